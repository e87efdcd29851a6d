"""Both ends of a cable, where they do not say the same: VLANs, names, ports, and what the port's label promises."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from analysis.connectivity.findings.given import End, Given, Line
from analysis.tables import code
from analysis.topology import FORWARDING
from inventory.sentences import pack

#: IANAifType of an aggregate (ieee8023adLag).
_LAG = 161
_ADDRESS = re.compile(r"(?i)^([0-9a-f]{2}([:.\-]?)){5}[0-9a-f]{2}$|^\d+\.\d+\.\d+\.\d+$")


def vlans(given: Given) -> Iterator[dict]:
    """`vlan_mismatch` of cables that are told: untagged VLANs that differ, else stations that cross the cable from one VLAN into
    another."""
    different: set[int] = set()
    for line in given.between_network_devices:
        one, other = (given.ports.number(end, "pvid") for end in line.ends)
        if line.told and one and other and one != other:
            different.add(line.number)
            yield given.finding(
                "vlan_mismatch",
                "medium",
                line.a,
                other=line.b,
                people=line.people,
                why=pack("detail.net_vlan_untagged", a=int(one), b=int(other)),
                first=pack("detail.net_vlan_first"),
            )
    limit = given.limits["vlan_mismatch"]["stations"]
    for line, vlan, far_vlan, count in _crossing(given, limit):
        if line.number not in different:
            different.add(line.number)
            yield given.finding(
                "vlan_mismatch",
                "medium",
                line.a,
                other=line.b,
                value=float(count),
                unit="stations",
                limit=limit,
                people=line.people,
                why=pack("detail.net_vlan_crossed", count=count, a=vlan, b=far_vlan, limit=limit),
                first=pack("detail.net_vlan_first"),
            )


def _crossing(given: Given, least: float) -> Iterator[tuple[Line, int, int, int]]:
    """(line, VLAN at a, VLAN at b, stations): stations that one end learnt at the cable in a VLAN that the other end lacks, and
    that are in another one there. Both tables must have two VLANs or more: else they tell one number for all."""
    table = given.forwarding.dropna(subset=["mac", "vlan", "device"])
    if table.empty:
        return
    ends: dict[End, tuple[Line, str, bool]] = {}
    for line in given.between_network_devices:
        if line.told:
            ends |= {line.a: (line, line.b[0], True), line.b: (line, line.a[0], False)}
    of_interest = {device for end in ends for device in (end[0], ends[end][1])}
    table = table[table["device"].isin(of_interest)]
    vlans_of: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    every: dict[str, set[int]] = defaultdict(set)
    at: dict[End, list[tuple[str, int]]] = defaultdict(list)
    for device, port, mac, vlan in table[["device", "port", "mac", "vlan"]].itertuples(index=False):
        vlans_of[device][mac].add(int(vlan))
        every[device].add(int(vlan))
        if (device, port) in ends:
            at[device, port].append((mac, int(vlan)))
    for end, learnt in sorted(at.items()):
        line, far, forward = ends[end]
        if len(every[end[0]]) < 2 or len(every[far]) < 2:
            continue
        crossed: Counter[tuple[int, int]] = Counter()
        for mac, vlan in learnt:
            there = vlans_of[far].get(mac, set())
            if vlan not in every[far] and len(there) == 1 and len(vlans_of[end[0]][mac]) == 1:
                crossed[vlan, next(iter(there))] += 1
        for (vlan, far_vlan), count in crossed.most_common(1):
            if count >= least:
                yield line, vlan if forward else far_vlan, far_vlan if forward else vlan, count


def names(given: Given) -> Iterator[dict]:
    """`name_mismatch`: a neighbour told by another name, or at another port, than it tells itself; a port's label that names
    another device than the one that is cabled there."""
    yield from _told_names(given)
    yield from _told_ports(given)
    yield from _labels(given)


def _plain(name: str) -> str:
    """A name as it is compared: without domain, serial number in brackets, and case."""
    return re.sub(r"\(.*\)$", "", name).split(".")[0].strip().lower()


def _told_names(given: Given) -> Iterator[dict]:
    for row in given.links.dropna(subset=["a_device", "b_device", "b_name"]).to_dict("records"):
        told, own = code(row["b_name"]), code(given.devices.get(row["b_device"], {}).get("sys_name"))
        if not own or _ADDRESS.match(told) or row["a_device"] not in given.devices:
            continue
        one, other = _plain(told), _plain(own)
        if one and other and not one.startswith(other) and not other.startswith(one):  # tables cut long names short
            yield given.finding(
                "name_mismatch",
                "low",
                (row["a_device"], code(row["a_port"])),
                other=(row["b_device"], code(row["b_port"])),
                why=pack("detail.net_name_told", told=told, own=own),
                first=pack("detail.net_name_first"),
            )


def _told_ports(given: Given) -> Iterator[dict]:
    """Two neighbours that tell of the same cable and do not agree on a port, though both ports exist and are no aggregate's."""
    rows = given.links.dropna(subset=["a_device", "a_port", "b_device", "b_port"])
    told = list(rows[["a_device", "a_port", "b_device", "b_port"]].itertuples(index=False, name=None))
    own: dict[tuple[str, str, str], set[str]] = defaultdict(set)  # (device, far, port of far) -> ports that device tells of it
    for device, port, far, far_port in told:
        own[device, far, far_port].add(port)
    for a, a_port, b, b_port in told:
        ports = own[b, a, a_port]
        if not ports or b_port in ports or a not in given.devices:
            continue
        port = min(ports)
        faces = [given.ports.at((b, name)) for name in (port, b_port)]
        if all(face and face["type"] != _LAG and not code(face["aggregate"]) for face in faces):
            yield given.finding(
                "name_mismatch",
                "low",
                (a, a_port),
                other=(b, port),
                why=pack("detail.net_port_told", told=b_port, own=port, name=given.name(b)),
                first=pack("detail.net_name_first"),
            )


def _labels(given: Given) -> Iterator[dict]:
    names_of = Counter(_plain(code(row.get("sys_name"))) for row in given.devices.values())
    device_named = {
        plain: device
        for device, row in given.devices.items()
        if len(plain := _plain(code(row.get("sys_name")))) >= 4 and names_of[plain] == 1 and row.get("kind") in FORWARDING
    }
    near: dict[str, set[str]] = defaultdict(set)
    for line in given.lines:
        near[line.a[0]].add(line.b[0])
        near[line.b[0]].add(line.a[0])
    behind: dict[End, set[str]] | None = None
    for line in given.between_network_devices:
        for pair in line.pairs if line.told else ():
            for end, far in (pair, pair[::-1]):
                words = re.findall(r"[\w\-]+", given.ports.text(end, "alias").lower())
                named = {device_named[word] for word in words if word in device_named} - {end[0]}
                if not named or far[0] in named or _plain(code(given.devices[far[0]].get("sys_name"))) in words:
                    continue
                if named & near[far[0]]:
                    continue  # it names where the cable leads in the end
                if behind is None:
                    behind = _learnt(given)
                if named & behind.get(end, set()):
                    continue
                other = sorted(named)[0]
                yield given.finding(
                    "name_mismatch",
                    "low",
                    end,
                    other=far,
                    why=pack("detail.net_label", label=given.name(other), name=given.name(far[0])),
                    first=pack("detail.net_label_first"),
                )


def _learnt(given: Given) -> dict[End, set[str]]:
    """(device, port) -> devices whose address was learnt there."""
    device_of = {code(row.get("mac")): device for device, row in given.devices.items() if code(row.get("mac"))}
    found: dict[End, set[str]] = defaultdict(set)
    table = given.forwarding[given.forwarding["mac"].isin(device_of)]
    for device, port, mac in table[["device", "port", "mac"]].dropna().itertuples(index=False):
        found[device, port].add(device_of[mac])
    return found
