"""What contradicts a device's identity, as rows that a person sees and decides. Pure.

| kind | value | other device |
|---|---|---|
| `same_serial`, `same_uuid` | the number | which has it too |
| `resembles` | what agrees and what contradicts (`inventory.explanations`) | which has cards or disks that this one has too |
| `changed` | `serial`, `uuid` or `macs`, the old, the new: it was recognised although this is another | |
| `protocols_differ` | `serial`, `uuid` or `macs`, and the values: SNMP and SSH disagree | |
| `host_key_changed` | the address | |

What two devices share stands as long as both have it, whether they answer or not. What changed stands until a person says what
it means (`inventory.decisions`), or until it changes back: a part was swapped, or it is not the same box.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from inventory.facts import Observation, Outcome
from inventory.fusing import Rows
from inventory.hardware_addresses import tells_a_box
from inventory.identity import Box
from inventory.intervals import Values
from inventory.traits import Traits
from inventory.weighing import Comparison, compare

#: Kinds that a device has with another one.
WITH_ANOTHER = ("same_serial", "same_uuid", "resembles")
_READ = (Outcome.ANSWERED, Outcome.PARTIAL)


def of_box(box: Box, why: Comparison | None, answers: Sequence[Observation], known: Traits | None, before: Rows) -> Rows:
    """key -> (kind, value, None) of a device that answers. `known`: its traits before; `before`: the rows that stand."""
    rows: Rows = {}
    inside = [answers[i] for i in box.members]
    compared = len({o.protocol for o in inside if o.identity is not None}) > 1
    for what in box.clashes:
        values = _told(box.traits, what) if what != "macs" else {min(macs) for o in inside if (macs := _macs(o))}
        rows[f"protocols_differ|{what}"] = ("protocols_differ", f"{what} {','.join(sorted(values))}", None)
    for o in inside:
        if o.outcome is Outcome.HOST_KEY_CHANGED:
            rows[f"host_key_changed|{o.address}"] = ("host_key_changed", o.address, None)
    logged_in = {o.address for o in inside if o.protocol == "ssh" and o.outcome in _READ}
    for key, row in before.items():
        if (row[0] == "protocols_differ" and not compared) or (row[0] == "host_key_changed" and row[1] not in logged_in):
            rows.setdefault(key, row)
    for what in ("serial", "uuid", "macs"):
        changed = _changed(what, box, why, known, before)
        if changed is not None:
            rows["|".join(("changed", *changed))] = ("changed", " ".join(changed), None)
    return rows


def _macs(o: Observation) -> list[str]:
    return [i.mac for i in o.interfaces or () if i.mac and tells_a_box(i.mac)]


def _told(traits: Traits, what: str) -> frozenset[str]:
    return traits.every_mac if what == "macs" else traits.uuids if what == "uuid" else traits.serials


def _changed(what: str, box: Box, why: Comparison | None, known: Traits | None, before: Rows) -> tuple[str, str, str] | None:
    """(what, the value that people last knew of, the value that is told now), None where nothing is to be decided."""
    standing = [str(row[1]).split(" ") for row in before.values() if row[0] == "changed"]
    old, new = next(((row[1], row[2]) for row in standing if row[0] == what and len(row) == 3), (None, None))
    now = _told(box.traits, what)
    if why is not None and what in why.denies and known is not None:
        gone = _told(known, what) - now
        if gone and now:
            old, new = old or min(gone), min(now - _told(known, what), default=None)
    if old is None or new is None or old in now:
        return None
    return what, old, new


def between(
    devices: Mapping[int, Traits], apart: Collection[frozenset[int]] = ()
) -> dict[tuple[int, int], tuple[Rows, Comparison]]:
    """(device, device) -> rows for the first, and why they were not taken for one. `apart`: pairs that people ruled on already.

    What three devices carry is a placeholder, or a docking station's, and says nothing.
    """
    found: dict[tuple[int, int], tuple[Rows, Comparison]] = {}
    pairs: dict[tuple[int, int], Rows] = {}
    for kind, carried in (("same_serial", "serials"), ("same_uuid", "uuids")):
        for value, (one, other) in _carried_by_two(devices, carried):
            for a, b in ((one, other), (other, one)):
                pairs.setdefault((a, b), {})[f"{kind}|{value}|{b}"] = (kind, value, b)
    for carried in ("every_mac", "disks"):
        for _, (one, other) in _carried_by_two(devices, carried):
            pairs.setdefault((one, other), {}), pairs.setdefault((other, one), {})
    for (a, b), rows in pairs.items():
        if frozenset({a, b}) in apart:
            continue
        comparison = compare(devices[a], devices[b])
        if rows or _resemble(comparison):
            words: Values = ("resembles", comparison.words, b)
            found[a, b] = rows or {f"resembles|{b}": words}, comparison
    return found


def _carried_by_two(devices: Mapping[int, Traits], carried: str) -> list[tuple[str, tuple[int, int]]]:
    """(value, the two devices that carry it); what more carry is left out."""
    first: dict[str, int] = {}
    second: dict[str, int | None] = {}
    for device, traits in devices.items():
        for value in getattr(traits, carried):
            if first.setdefault(value, device) != device:
                second[value] = None if value in second else device
    return sorted((value, (first[value], other)) for value, other in second.items() if other is not None)


def _resemble(comparison: Comparison) -> bool:
    """Whether two devices share more than chance, a docking station or a card that was moved explains."""
    agrees = set(comparison.agrees)
    return bool(agrees & {"base_mac", "macs", "disks"}) or {"mac", "name"} <= agrees
