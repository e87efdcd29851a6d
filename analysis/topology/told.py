"""Links that devices tell (LLDP, CDP, makers' own), each once, and aggregates as one link.

A told link is believed at 0.99 when both sides tell it and 0.9 when one does. Cables of ports that a device tells to be of one
aggregate (IEEE8023-LAG-MIB) are one link at that aggregate. Where no device tells it, several cables between the same two devices
are one when a device of the two has an aggregate with a link whose speed is the sum of theirs (or is not told), and no more than
one that could be it. Anything else stays several cables, of which the spanning tree may hold back all but one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import pandas as pd

from analysis.tables import code
from analysis.topology.columns import LAG
from analysis.topology.members import written


def facts_of(devices: pd.DataFrame) -> dict[str, dict]:
    """device -> office, address, kind ("" where it is not known: NA must not be compared)."""
    rows = devices[["device", "office", "address", "kind"]].to_dict("records")
    return {row["device"]: row | {"kind": code(row["kind"])} for row in rows}


def told_cables(links: pd.DataFrame) -> list[dict]:
    """Each cable once, though both ends may tell it in a row of their own."""
    cables: list[dict] = []
    by_end: dict[tuple[str, str, str], dict] = {}
    for row in links.sort_values(["a_device", "a_port", "b_device", "b_name"]).to_dict("records"):
        a, b = code(row["a_device"]), code(row["b_device"])
        if not a or a == b:
            continue
        peer = b or "?" + (code(row["b_name"]) or code(row["b_address"]))
        ends = [(a, code(row["a_port"]), peer)] + ([(b, code(row["b_port"]), a)] if b and code(row["b_port"]) else [])
        cable = next((by_end[end] for end in ends if end in by_end), None)
        both = row["both_sides"] is True or bool(code(row["both_sides"]) == "True")
        if cable is None:
            cable = {
                "a": a,
                "a_port": code(row["a_port"]),
                "b": b,
                "b_port": code(row["b_port"]),
                "b_name": code(row["b_name"]),
                "b_address": code(row["b_address"]),
                "protocol": code(row["protocol"]) or "lldp",
                "both": both,
            }
            cables.append(cable)
        else:
            cable["both"] = cable["both"] or both or a != cable["a"]
            if a != cable["a"] and not cable["b_port"]:
                cable["b_port"] = code(row["a_port"])
        for end in ends:
            by_end.setdefault(end, cable)
    return cables


def aggregates(interfaces: pd.DataFrame | None) -> dict[str, dict[str, int]]:
    """device -> its aggregates that are not down -> speed, 0 where it is not told."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    if interfaces is not None:
        rows = interfaces[(interfaces["type"] == LAG) & interfaces["name"].notna() & interfaces["oper_up"].fillna(True)]
        for device, name, speed in zip(rows["device"], rows["name"], rows["speed_bps"], strict=True):
            found[device][name] = 0 if pd.isna(speed) else int(speed)
    return found


def members(interfaces: pd.DataFrame | None) -> dict[tuple[str, str], str]:
    """(device, port) -> the aggregate that the device tells it to be of."""
    if interfaces is None or "aggregate" not in interfaces:
        return {}
    rows = interfaces[["device", "name", "aggregate"]].dropna()
    return {(device, port): whole for device, port, whole in rows.itertuples(index=False) if whole != port}


def together(cables: list[dict], interfaces: pd.DataFrame | None, learnt: frozenset[tuple[str, str]]) -> list[dict]:
    """The cables with those of an aggregate as one, `members` its cables. `learnt`: (device, port) that have entries in a
    forwarding table: the members of an aggregate have none of their own."""
    bundles, told = aggregates(interfaces), members(interfaces)
    if interfaces is None or not (bundles or told):
        return cables
    speeds = {
        (device, name): int(speed)
        for device, name, speed in zip(interfaces["device"], interfaces["name"], interfaces["speed_bps"], strict=True)
        if pd.notna(speed)
    }
    parallel: dict[frozenset[str], list[dict]] = defaultdict(list)
    for cable in cables:
        if cable["b"] and cable["a_port"] and cable["b_port"]:
            parallel[frozenset((cable["a"], cable["b"]))].append(cable)
    gone: set[int] = set()
    added = []
    for group in parallel.values():
        a, b = group[0]["a"], group[0]["b"]
        wholes: dict[tuple[str | None, str | None], list[dict]] = defaultdict(list)
        for cable in (c if c["a"] == a else _turned(c) for c in group):
            wholes[told.get((a, cable["a_port"])), told.get((b, cable["b_port"]))].append(cable)
        turned = wholes.pop((None, None), [])
        for (a_port, b_port), one in wholes.items():
            gone |= {id(c) for c in group if any((c["a"], c["a_port"]) in ((a, w["a_port"]), (b, w["b_port"])) for w in one)}
            added.append(_whole(one, a_port, b_port))
        if len(turned) < 2:
            continue
        names = {
            device: _bundle(bundles.get(device, {}), speeds, [(device, c[end]) for c in turned])
            for device, end in ((a, "a_port"), (b, "b_port"))
        }
        if not any(names.values()) or any((d, c[end]) in learnt for c in turned for d, end in ((a, "a_port"), (b, "b_port"))):
            continue
        gone |= {id(c) for c in group if any((c["a"], c["a_port"]) in ((a, w["a_port"]), (b, w["b_port"])) for w in turned)}
        added.append(_whole(turned, names[a], names[b]))
    return [c for c in cables if id(c) not in gone] + added


def _whole(cables: list[dict], a_port: str | None, b_port: str | None) -> dict:
    """One link of cables that run the same way; the names of aggregates where a side has one."""
    first = cables[0]
    a, b = first["a"], first["b"]
    return first | {
        "a_port": a_port or first["a_port"],
        "b_port": b_port or first["b_port"],
        "both": any(c["both"] for c in cables),
        "members": written((c["a_port"], c["b_port"]) for c in cables),
        "ends": [(d, c[end], o) for c in cables for d, end, o in ((a, "a_port", b), (b, "b_port", a))],
    }


def _turned(cable: Mapping) -> dict:
    return {**cable, "a": cable["b"], "a_port": cable["b_port"], "b": cable["a"], "b_port": cable["a_port"]}


def _bundle(bundles: Mapping[str, int], speeds: Mapping[tuple[str, str], int], members: list[tuple[str, str]]) -> str | None:
    """The only aggregate of a device that these ports could be."""
    told = [speeds[member] for member in members if speeds.get(member)]
    total = sum(told) if len(told) == len(members) else 0
    possible = [name for name, speed in bundles.items() if not speed or not total or speed == total]
    return possible[0] if len(possible) == 1 else None
