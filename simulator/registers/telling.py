"""The truth about written lines, as `truth.json` has it: units, buckets, and what is on no books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.network import Network
from simulator.plan import mac_text
from simulator.registers import alike
from simulator.registers.entries import Entry
from simulator.registers.goods import Goods
from simulator.registers.purchases import MOVED, SCRAPPED, STORED, Line, Unit
from simulator.registers.things import Thing
from simulator.truth import witnesses


def judged(
    network: Network, entries: Sequence[Entry], every: Sequence[Thing], none: Mapping[str, str], stock: Goods
) -> dict[str, Any]:
    """`lines`, `not_on_books`, and the share of lines of equipment with a right serial number (`usable_serials`)."""
    unbooked = [t for t in every if t.id in none]
    same = alike.interchangeable(entries, unbooked, stock)
    lines = [_line(n, e, same) for n, e in enumerate(entries)]
    equipment = [line for line in lines if line["equipment"]]
    right = sum(line["serial_state"] == "right" for line in equipment)
    seen = witnesses(network)
    loose = [
        {"thing": s.id, "address": s.address, "office": s.office, "mac": mac_text(s.mac), "kind": s.what,
         "seen_as": "station" if s.mac in seen else "", "why": "belongs to an employee"}
        for s in network.plan.stations.values() if s.what == "smartphone"
    ]  # fmt: skip
    return {
        "usable_serials": right / max(1, len(equipment)),
        "lines": lines,
        "not_on_books": [_thing(t) | {"why": none[t.id]} for t in unbooked] + loose,
    }


def _thing(thing: Thing) -> dict[str, Any]:
    return {
        "thing": thing.id, "address": thing.address, "office": thing.office, "mac": thing.mac, "kind": thing.kind,
        "seen_as": thing.seen_as,
    }  # fmt: skip


def _line(number: int, one: Entry, same: Mapping[tuple[int, int], list[str]]) -> dict[str, Any]:
    file, sheet_, row = one.place
    line = one.line
    return {
        "file": file, "sheet": sheet_, "row": row, "office": line.office, "equipment": bool(line.good.noun),
        "reading": one.reading, "name_tells": one.level, "serial_state": one.serial_state,
        "units": [
            {"unit": m + 1, **_unit(one, unit), "interchangeable": _others(line, unit) or same.get((number, m), [])}
            for m, unit in enumerate(line.units)
        ],
    }  # fmt: skip


def _others(line: Line, unit: Unit) -> list[str]:
    return [part for part in line.parts if unit.thing is None or part != unit.thing.id]


def _unit(one: Entry, unit: Unit) -> dict[str, Any]:
    line, thing = one.line, unit.thing
    if thing is None:
        bucket, accepted = "not_seen", ["not_seen"]
        if unit.why.startswith("cannot be seen"):
            bucket, accepted = "not_assessable", ["not_assessable", *(["not_seen", "matched"] if line.parts else [])]
            if line.good.kind == "other" and unit.why.rpartition(": ")[2] in {
                "no network port",
                "copier without a network card",
                "ups without a network card",
            }:
                accepted.append("not_seen")  # only who knows the model knows it
        elif unit.why == "never connected" and line.alone:
            bucket, accepted = "not_assessable", ["not_assessable", "not_seen"]
        elif line.state in {STORED, SCRAPPED, MOVED}:
            accepted.append("not_assessable")
        blank: dict[str, Any] = {
            "thing": None,
            "address": None,
            "addresses": [],
            "office": line.office,
            "mac": None,
            "kind": line.good.kind,
            "seen_as": "",
        }
        return blank | {
            "why": unit.why,
            "serial": unit.serial or None,
            "pinned": False,
            "bucket": bucket,
            "accepted_buckets": accepted,
        }
    pinned = alike.pinned(one, unit)
    if line.parts:
        bucket, accepted, why = "not_assessable", ["not_assessable", "not_seen", "matched"], unit.why
    elif not thing.seen_as:
        bucket, accepted, why = "not_seen", ["not_seen"], unit.why or "silent"
    elif unit.why and not pinned and not line.moved_to:
        bucket, accepted, why = "not_seen", ["not_seen", "matched"], f"{unit.why}, and the line tells nothing of it"
    else:
        bucket, accepted, why = "matched", ["matched"], unit.why
    return _thing(thing) | {
        "addresses": list(thing.addresses), "why": why, "serial": unit.serial or None, "tells": sorted(thing.told),
        "pinned": pinned, "bucket": bucket, "accepted_buckets": accepted,
    }  # fmt: skip
