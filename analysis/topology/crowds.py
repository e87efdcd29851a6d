"""Unmanaged switches: ports behind which there is more than one thing, and nothing that could be asked to explain it.

Rivals are weighed by what the addresses tell: guests of a hypervisor are one machine with its host; two stations of which one is
a telephone are a desk; a managed access point, or a neighbour that tells its name, passes on what is behind it; mostly random
addresses are an access point that nobody manages. Switched-off stations are not there, so that a switch with one running
machine looks like a cable; so do two unmanaged switches in a row look like one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from analysis.topology.columns import FORWARDING, JOINING
from analysis.topology.makers import desk_telephone, sorts
from analysis.topology.network import neighbours
from inventory.sentences import pack


def crowds(
    facts: Mapping[str, dict],
    cables: pd.DataFrame,
    endpoints: pd.DataFrame,
    placed: pd.DataFrame,
    device_of: Mapping[str, str],
    radio: Collection[str],
    joined: Mapping[tuple[str, str], tuple[int, int]],
    explained: Collection[tuple[str, str]],
    tables: Collection[str],
) -> Iterator[dict]:
    """Rows of UNMANAGED. `device_of`: MAC -> the device whose it is; `radio`: addresses of machines without a socket; `joined`:
    (device, port) -> switches behind it that nothing managed joins, stations seen from both ends; `explained`: ports
    at which a known access point, nobody knows which, is in front of the stations, or that lead to a switch at whose port what
    lies between is told; `tables`: devices with a forwarding table."""
    about = {row["mac"]: row for row in endpoints[["mac", "mac_class", "vendor", "name", "description"]].to_dict("records")}
    sort_of = sorts(placed["mac"].dropna().tolist(), about)
    at: dict[tuple[str, str], list[str]] = defaultdict(list)
    for mac, device, port in placed[["mac", "device", "port"]].dropna().itertuples(index=False):
        if device_of.get(mac) not in tables:
            at[device, port].append(mac)
    links = neighbours(cables[cables["evidence"] != "through_unmanaged"])
    told = neighbours(cables[cables["origin"] == "told"])
    for end in sorted({*at, *joined}):
        device, port = end
        if device not in facts or (facts[device]["kind"] == "wireless" and end not in joined):
            continue
        macs = at.get(end, [])
        switches = any(facts.get(device_of.get(mac, ""), {}).get("kind") in JOINING for mac in macs)
        if end not in joined and (switches or end in explained):
            continue  # a switch that cannot be read is a switch all the same
        known = {device_of[mac] for mac in macs if device_of.get(mac, "") in facts}
        neighbour = links.get(end)
        forwards = neighbour is not None and (neighbour in tables or facts.get(neighbour, {}).get("kind") in FORWARDING)
        # a neighbour that tells its name explains the stations; one that is only inferred does when it is there alone
        if forwards and end not in joined and (end in told or len(known) == 1):
            continue
        things = _things(macs, device_of, sort_of)
        children, between = joined.get(end, (0, 0))
        if len(things) < 2 and not children:
            continue
        row = {
            "device": device,
            "office": facts[device]["office"],
            "address": facts[device]["address"],
            "port": port,
            "stations": len(things),
            "managed": children,
        }
        random = {mac for mac in things if mac in radio or sort_of[mac] == "local"}
        yield row | _explained(things, children, between, about, random)


def _things(macs: list[str], device_of: Mapping[str, str], sort_of: Mapping[str, str]) -> list[str]:
    """One address a thing: those of one device are one, and guests are with the host that they run on."""
    found: dict[str, str] = {}
    guests = []
    for mac in sorted(macs):
        sort = sort_of[mac]
        if sort in ("vrrp", "multicast"):
            continue
        if sort == "virtual":
            guests.append(mac)
        else:
            found.setdefault(device_of.get(mac, mac), mac)
    things = list(found.values())
    return things or guests[:1]


def _explained(things: list[str], children: int, between: int, about: Mapping[str, Mapping], random: Collection[str]) -> dict:
    count = len(things)
    if children > 1:
        return _switch(0.95 if between or children > 2 else 0.85, "joins", pack("detail.cable_joins", count=children))
    if children:
        return _switch(min(0.95, 0.6 + 0.15 * between), "between", pack("detail.cable_crowd_between", count=between))
    if count > 2 and 2 * len(random) > count:
        why = pack("detail.cable_random", count=count, random=len(random))
        return {"explanation": "access_point", "confidence": 0.6, "evidence": "crowd", "why": why}
    if count == 2:
        phone = any(desk_telephone(about.get(mac, {})) for mac in things)
        why = pack("detail.cable_desk") if phone else pack("detail.cable_pair")
        return {"explanation": "small", "confidence": 0.2 if phone else 0.6, "evidence": "pair", "why": why}
    return _switch(0.8 if count == 3 else 0.95, "crowd", pack("detail.cable_crowd", count=count))


def _switch(confidence: float, evidence: str, why: str) -> dict:
    return {"explanation": "unmanaged_switch", "confidence": confidence, "evidence": evidence, "why": why}
