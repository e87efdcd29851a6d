"""How old the parts of devices are: batteries of UPSs, disks, fans, power supplies, kits of printers. The frame `component_ages`.

A part is as old as its device, or was put in later. Without evidence of its own the belief about it follows from that about its
device: still the first one with the chance that such a part survives that long, else put in at any time since (an approximation
of the age in a renewal process: Cox, Renewal Theory, 1962). Evidence of its own sharpens that: a date that it tells or that its
serial number carries, hours that it ran, the day when a battery was changed, the first scan that saw it.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from analysis.ageing.belief import MONTHS, Belief, Evidence, Piece, posterior, span
from analysis.ageing.frame import GRADES, described, grade, is_bounded, shipped
from analysis.ageing.sources.dates import day_of
from analysis.ageing.sources.reliability import trust
from analysis.ageing.sources.serials import serial
from analysis.tables import code, data_yaml, typed
from inventory.frames.columns import Column
from inventory.lifecycle.policies import Life, Policies
from inventory.serial_dates import month_number

PARTS_BASIS = "serial, told, replaced_on, power_on, fitted, used_up, device"

COMPONENT_AGES = (
    Column("device", "string", "device that the part is in"),
    Column("office", "string", "office of the device"),
    Column("part", "string", "ups_battery, disk, fan, supply, printer_kit"),
    Column("item", "string", "which of several: a disk, a fan, a kit, as the device names it"),
    Column("years_low", "Float64", "age, lower end of the 80 % interval", "years"),
    Column("years", "Float64", "age, median; NA = unknown", "years"),
    Column("years_high", "Float64", "age, upper end of the 80 % interval", "years"),
    Column("made_low", "date", "manufacture, earlier end"),
    Column("made_high", "date", "manufacture, later end"),
    Column("basis", "string", f"evidence, comma-separated keys: {PARTS_BASIS}; device = only that it is in its device"),
    Column("grade", "string", "A within a year, B within three, C wider but bounded on both sides by evidence, D unknown"),
    Column("contradiction", "string", "pairs of evidence that exclude each other, a bar between the two keys, comma-separated"),
    Column("useful_life_years", "Float64", "useful life of such a part by policy; NA = no policy", "years"),
    Column("past_life", "Float64", "probability that it is older than that; NA = not known", "0..1"),
)


@dataclass(slots=True)
class _Part:
    """A part and what is known of it by itself."""

    device: str
    part: str
    item: str
    evidence: list[Evidence] = field(default_factory=list)


_METRICS = ("battery_replaced_on", "disk_power_on", "supply_level")


@cache
def _rules() -> dict[str, Any]:
    return data_yaml("ageing_parts.yaml")


@cache
def _since_device(life: float) -> np.ndarray:
    """Row a, column b: probability that a part is b months old in a device of a months."""
    age = np.arange(MONTHS)
    first = np.exp(-((age / 12 / (_rules()["scale"] * life)) ** _rules()["shape"]))
    later = np.tril(np.ones((MONTHS, MONTHS))) / (age + 1)[:, None]
    return np.asarray(np.diag(first) + (1 - first)[:, None] * later)


def component_ages(
    devices: pd.DataFrame,
    components: pd.DataFrame,
    health: pd.DataFrame,
    as_of: date,
    *,
    believed: Sequence[Belief],
    policies: Policies | None = None,
) -> pd.DataFrame:
    """One row a part of a device that ages by itself. Columns: `COMPONENT_AGES`. `believed`: the beliefs of `devices`."""
    lives = (policies or shipped(as_of)).part_lives
    told = devices[["device", "office", "kind", "vendor", "first_seen"]].to_dict("records")
    known = {str(row["device"]): row for row in told}
    parts = list(_parts(known, components, health, lives, as_of).values())
    if not parts:
        return typed([], COMPONENT_AGES)
    of = dict(zip(devices["device"], believed, strict=True))
    prior = np.empty((len(parts), MONTHS))
    by_part: dict[str, list[int]] = {}
    for at, part in enumerate(parts):
        by_part.setdefault(part.part, []).append(at)
    for name, those in by_part.items():
        weights = np.stack([of[parts[at].device].weights for at in those])
        prior[those] = weights @ _since_device(lives[name].years) if name in lives else weights
    evidence = [(*part.evidence, _in_device(of[part.device], as_of)) if part.evidence else () for part in parts]
    found = posterior(prior, evidence, as_of)
    rows = described(found, [lives.get(part.part) for part in parts], as_of)
    for row, part, belief in zip(rows, parts, found, strict=True):
        width = row["years_high"] - row["years_low"]
        if row["years"] is None and width <= GRADES["B"] and is_bounded(of[part.device].evidence, as_of):
            # hardly ever replaced so early: as old as its device
            row |= {"years": round(belief.quantile(0.5), 2), "grade": grade(width, True, False)}
        row |= {
            "device": part.device, "office": known[part.device]["office"], "part": part.part, "item": part.item or None,
            "basis": row["basis"] or "device",
        }  # fmt: skip
    return typed(rows, COMPONENT_AGES)


def _in_device(device: Belief, today: date) -> Evidence:
    """A part is hardly older than the device that it is in."""
    now, how = month_number(today), _rules()["in_device"]
    oldest = int(device.quantile(0.95) * 12) + 1 + how["months_older"]
    return span("device", now - min(oldest, MONTHS - 1), now, how["trust"])


def _parts(
    known: Mapping[str, Mapping[Hashable, Any]],
    components: pd.DataFrame,
    health: pd.DataFrame,
    lives: Mapping[str, Life],
    today: date,
) -> dict[tuple[str, str, str], _Part]:
    """Parts by device, part and item, as components and readings tell of them; a UPS has a battery whether it tells or not."""
    found: dict[tuple[str, str, str], _Part] = {}

    def the(device: str, part: str, item: str) -> _Part:
        return found.setdefault((device, part, item), _Part(device, part, item))

    for row in components[components["kind"].isin(list(_rules()["kinds"]))].to_dict("records"):
        device, part = known.get(row["device"]), _rules()["kinds"][row["kind"]]
        if device is None or (part == "ups_battery" and device["kind"] != "ups"):
            continue
        item = "" if part == "ups_battery" else code(row["name"]) or code(row["index"])
        the(row["device"], part, item).evidence += _of_component(row, part, device, today)
    for name, device in known.items():
        if device["kind"] == "ups":
            the(name, "ups_battery", "")
    for row in health[health["metric"].isin(_METRICS) & health["device"].isin(known)].to_dict("records"):
        metric, item, kind = row["metric"], code(row["item"]), code(known[row["device"]]["kind"])
        if metric == "battery_replaced_on" and kind == "ups":
            changed = day_of(pd.to_datetime(row["text"], errors="coerce"))
            the(row["device"], "ups_battery", "").evidence += _replaced_on(changed, today)
        elif metric == "disk_power_on":
            the(row["device"], "disk", item).evidence += _power_on(row["value"], kind, today)
        elif metric == "supply_level" and kind == "printer" and re.search(_rules()["kits"], item):
            the(row["device"], "printer_kit", item).evidence += _used_up(row["value"], lives.get("printer_kit"), today)
    return found


def _of_component(row: Mapping[Hashable, Any], part: str, device: Mapping[Hashable, Any], today: date) -> Iterator[Evidence]:
    """Its own date, its serial number (of fans and supplies, which have the maker's layout), and being newer than its device."""
    told, now = day_of(row["manufactured"]), month_number(today)
    if told and told <= today and month_number(told) > now - MONTHS:
        yield span("told", month_number(told), month_number(told), trust("told"))
    if part in ("fan", "supply"):
        dated_serial = serial(code(row["vendor"]) or code(device["vendor"]), code(device["kind"]), code(row["serial"]), today)
        if dated_serial:
            yield dated_serial
    since, there = day_of(row["first_seen"]), day_of(device["first_seen"])
    if since and there and since <= today and month_number(since) - month_number(there) > _rules()["fitted"]["months_after"]:
        yield from _dated("fitted", since, today)


def _replaced_on(day: date | None, today: date) -> Iterator[Evidence]:
    if day and day <= today:
        yield from _dated("replaced_on", day, today)


def _dated(name: str, day: date, today: date) -> Iterator[Evidence]:
    """Put in on a day: made some months before."""
    how, month = _rules()[name], month_number(day)
    if month > month_number(today) - MONTHS:
        pieces = tuple(Piece(month - piece["to"], month - piece["from"], piece["share"]) for piece in how["pieces"])
        yield Evidence(name, pieces, how["trust"])


def _power_on(hours: object, kind: str, today: date) -> Iterator[Evidence]:
    """At least as old as it has run; and hardly older than machines of its kind need to run so long."""
    how = _rules()["power_on"]
    if _number(hours) and 0 <= float(hours) / _HOURS < MONTHS - 1:  # type: ignore[arg-type]
        now, months = month_number(today), float(hours) / _HOURS  # type: ignore[arg-type]
        least = how["least_share"].get(kind, how["least_share"]["pc"])
        yield span("power_on", now - min(int(months / least) + 1, MONTHS - 1), now - int(months), how["trust"])


def _used_up(left: object, life: Life | None, today: date) -> Iterator[Evidence]:
    """A kit that is used up by so much has served about so much of its useful life."""
    how = _rules()["used_up"]
    if life and _number(left) and 0 <= float(left) <= 100:  # type: ignore[arg-type]
        now, months = month_number(today), (1 - float(left) / 100) * life.years * 12  # type: ignore[arg-type]
        yield span("used_up", now - int(months * how["spread"]) - 1, now - int(months / how["spread"]), how["trust"])


def _number(value: object) -> bool:
    return value is not None and not pd.isna(value)  # type: ignore[call-overload]


#: Hours of a month.
_HOURS = 365.25 * 24 / 12
