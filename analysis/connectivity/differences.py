"""What changed between two looks at the same network: cables, devices without a known path, findings.

Nothing is gone because nobody was asked: a cable is gone, and a finding has ended, only where its device answers now; a cable
whose ports are not known is the one that was there before between the same devices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from analysis.connectivity.columns import DIFFERENCES
from analysis.connectivity.findings import SEVERITIES
from analysis.connectivity.findings.given import number
from analysis.connectivity.known import Connectivity
from analysis.tables import code, typed
from inventory.sentences import pack

#: A value so many times as far from its limit is worse, at the same severity.
WORSE = 1.5
_FINDING = ("kind", "office", "device", "port", "other_device", "other_port")


class End(NamedTuple):
    device: str
    port: str

    def __str__(self) -> str:
        return f"{self.device} {self.port}".strip()


Cable = tuple[End, End]  # in order of devices


def differences(before: Connectivity, after: Connectivity) -> pd.DataFrame:
    """Columns: `DIFFERENCES`: cables, then devices, then findings, the gravest first."""
    return typed([*_cables(before, after), *_cut_off(before, after), *_findings(before, after)], DIFFERENCES)


def _present(known: Connectivity, device: str) -> bool:
    return known.model.devices.get(device, {}).get("state") == "present"


def _office(known: Connectivity, device: str) -> str | None:
    return code(known.model.devices.get(device, {}).get("office")) or None


def _cables_of(known: Connectivity) -> dict[Cable, int | None]:
    """Cables between devices of the inventory -> people whom each alone cuts off."""
    found: dict[Cable, int | None] = {}
    rows = known.cables[known.cables["a_device"].notna() & known.cables["b_device"].notna()]
    for row in rows[["a_device", "a_port", "b_device", "b_port", "bridge", "people"]].to_dict("records"):
        ends = sorted((End(row["a_device"], code(row["a_port"])), End(row["b_device"], code(row["b_port"]))))
        found[ends[0], ends[1]] = int(row["people"]) if row["bridge"] else None
    return found


def _cables(before: Connectivity, after: Connectivity) -> Iterator[dict]:
    old, new = _cables_of(before), _cables_of(after)
    gone, added = [c for c in sorted(old) if c not in new], [c for c in sorted(new) if c not in old]
    for here in list(gone):
        # the same cable, of which less is known now, or more
        same = next((c for c in added if _may_be(here, c)), None)
        if same is not None:
            gone.remove(here)
            added.remove(same)
    gone = [c for c in gone if any(_present(after, end.device) for end in c)]
    for moved in (_same_devices, _same_end, _same_leaf):
        for here in list(gone):
            now = next((c for c in added if moved(here, c, before, after)), None)
            if now is None:
                continue
            gone.remove(here)
            added.remove(now)
            kept, end, left = _move(here, now)
            yield {
                "change": "cable_moved",
                "office": _office(after, kept.device),
                "device": kept.device,
                "port": kept.port or None,
                "other_device": end.device,
                "other_port": end.port or None,
                "before": str(left),
                "people": new[now],
                "why": pack("detail.net_moved", device=_name(after, kept), before=_name(before, left), after=_name(after, end)),
            }
    for change, cables, known, people in (("cable_added", added, after, new), ("cable_gone", gone, before, old)):
        for one, other in cables:
            names = _name(known, one), _name(known, other)
            yield {
                "change": change,
                "office": _office(known, one.device),
                "device": one.device,
                "port": one.port or None,
                "other_device": other.device,
                "other_port": other.port or None,
                "people": people[one, other],
                "why": pack("detail.net_added", a=names[0], b=names[1])
                if change == "cable_added"
                else pack("detail.net_gone", a=names[0], b=names[1]),
            }


def _may_be(one: Cable, other: Cable) -> bool:
    return all(a.device == b.device and (a.port == b.port or not a.port or not b.port) for a, b in zip(one, other, strict=True))


def _same_devices(old: Cable, new: Cable, _before: Connectivity, _after: Connectivity) -> bool:
    return {end.device for end in old} == {end.device for end in new}


def _same_end(old: Cable, new: Cable, _before: Connectivity, _after: Connectivity) -> bool:
    return any(end.port and end in new for end in old)


def _same_leaf(old: Cable, new: Cable, before: Connectivity, after: Connectivity) -> bool:
    """A device with one cable before and one after."""
    shared = {end.device for end in old} & {end.device for end in new}
    return any(before.network.degree(device) == after.network.degree(device) == 1 for device in shared)


def _move(old: Cable, new: Cable) -> tuple[End, End, End]:
    """(the end that stayed, or the device that did; the end where the cable is now; the end that it left)."""
    devices = {end.device for end in old}
    stay = next((end for end in new if end in old), None) or next(end for end in new if end.device in devices)
    return stay, _far(new, stay.device), _far(old, stay.device)


def _far(cable: Cable, device: str) -> End:
    return cable[1] if cable[0].device == device else cable[0]


def _name(known: Connectivity, end: End) -> str:
    row = known.model.devices.get(end.device, {})
    return " ".join(filter(None, (code(row.get("sys_name")) or code(row.get("address")) or end.device, end.port)))


def _cut_off(before: Connectivity, after: Connectivity) -> Iterator[dict]:
    then = before.behind.set_index("device")["reachable"].to_dict()
    rows = after.behind[~after.behind["reachable"].astype(bool)]
    for row in rows.to_dict("records"):
        if then.get(row["device"]) is True:
            yield {
                "change": "device_cut_off",
                "office": row["office"],
                "device": row["device"],
                "people": row["people"],
                "why": pack("detail.net_cut_off", name=_name(after, End(row["device"], ""))),
            }


def _findings(before: Connectivity, after: Connectivity) -> Iterator[dict]:
    old, new = _findings_of(before), _findings_of(after)
    for key, rows in new.items():
        for row, was in zip(rows, [*old.get(key, ()), *([None] * len(rows))], strict=False):
            if was is None:
                yield _finding("finding_new", row)
            elif _worse(was, row):
                yield _finding("finding_worse", row) | {"before": was["severity"], "value_before": number(was["value"])}
    for key, rows in old.items():
        device = key[2]
        if not device or _present(after, device):
            yield from (_finding("finding_ended", row) for row in rows[len(new.get(key, ())) :])


def _findings_of(known: Connectivity) -> dict[tuple[str, ...], list[Mapping]]:
    found: dict[tuple[str, ...], list[Mapping]] = defaultdict(list)
    for row in known.findings.to_dict("records"):
        found[tuple(code(row[name]) for name in _FINDING)].append(row)
    return found


def _worse(was: Mapping, now: Mapping) -> bool:
    ranks = SEVERITIES.index(now["severity"]), SEVERITIES.index(was["severity"])
    if ranks[0] != ranks[1]:
        return ranks[0] < ranks[1]
    value, limit, past = (number(now["value"]), number(now["limit"]), number(was["value"]))
    if value is None or past is None or limit is None or code(now["unit"]) != code(was["unit"]) or not past or not value:
        return False
    return past / value >= WORSE if value <= limit and past <= limit else value / past >= WORSE


def _finding(change: str, row: Mapping) -> dict:
    names = ("office", "device", "port", "other_device", "other_port", "kind", "severity", "value", "unit", "people", "why")
    return {"change": change} | {name: row[name] for name in names}
