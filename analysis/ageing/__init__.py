"""How old is a device: a belief over months, from every piece of evidence, shown as an interval.

Each source multiplies a prior by r * Uniform(months that it allows) + (1 - r) * Uniform(all months): r is how far the source
is trusted, so that one wrong source cannot zero the truth. Sources that exclude each other are listed as a contradiction, not
averaged away. Where nothing bounds the age from both sides, the age stays unknown (`years` is NA) and only the interval is given.

The prior is the age distribution of equipment that is bought at a steady rate and serves until it fails: proportional to the
Weibull survival of its kind (renewal theory: Cox, Renewal Theory, 1962, chapter 5).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.tables import code, data_csv, typed
from inventory import serial_dates as serials
from inventory.frames.columns import Column
from inventory.serial_dates import month_number

#: Oldest age that is considered.
MONTHS = 30 * 12
#: The interval shown holds this share of the belief.
COVERAGE = 0.8
#: Trust in each kind of evidence (a serial's is with its layout).
TRUST = {"told": 0.95, "os_installed": 0.97, "first_seen": 0.99, "sold": 0.9, "os_era": 0.9}
#: Kinds whose "manufactured" is the firmware's (BIOS) date: the board is made about then, or the firmware was renewed later.
FIRMWARE_DATED = frozenset({"pc", "server", "storage"})
#: Months around a told date: (before, after).
TOLD_WINDOW = (1, 1)
FIRMWARE_WINDOW = (18, 12)
#: Months by which two sources may miss each other before they contradict.
TOLERANCE = 2

COLUMNS = (
    Column("device", "string", "device"),
    Column("office", "string", "office of the device"),
    Column("kind", "string", "kind of device"),
    Column("vendor", "string", "brand"),
    Column("model", "string", "model"),
    Column("years_low", "Float64", "age, lower end of the 80 % interval", "years"),
    Column("years", "Float64", "age, median; NA = unknown", "years"),
    Column("years_high", "Float64", "age, upper end of the 80 % interval", "years"),
    Column("made_low", "date", "manufacture, earlier end"),
    Column("made_high", "date", "manufacture, later end"),
    Column("basis", "string", "evidence, comma-separated keys: serial told os_installed os_era first_seen sold"),
    Column("grade", "string", "A within a year, B within three, C bounded on both sides, D unknown"),
    Column("contradiction", "string", "pairs of evidence that exclude each other: told|serial, comma-separated"),
    Column("useful_life_years", "Float64", "useful life of its kind by policy; NA = no policy", "years"),
    Column("past_life", "Float64", "probability that it is older than that; NA = not known", "0..1"),
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Months (`serials.month_number`) in which one source lets a device be made."""

    name: str
    intervals: tuple[tuple[int, int], ...]
    trust: float


@dataclass(frozen=True, slots=True)
class Policy:
    """A useful life by kind, and where the figure is from, in both languages."""

    years: float
    source_vi: str
    source_en: str
    verified: bool


@dataclass(slots=True)
class Belief:
    """`weights[i]` = probability that the device was made `i` months before the month of `as_of` (sums to 1).

    `elapsed`: share of the month of `as_of` that has passed. Made in month i, it is between i - 1 + elapsed and i + elapsed old.
    """

    weights: np.ndarray
    elapsed: float = 1.0
    evidence: tuple[Evidence, ...] = field(default_factory=tuple)

    def quantile(self, share: float) -> float:
        """Age in years below which `share` of the belief lies, linear within a month."""
        return float(np.interp(share, self._cumulative(), self._months())) / 12

    def older_than(self, years: float) -> float:
        """Probability of an age above `years`."""
        return float(1 - np.interp(years * 12, self._months(), self._cumulative()))

    def _cumulative(self) -> np.ndarray:
        return np.concatenate(([0.0], np.cumsum(self.weights)))

    def _months(self) -> np.ndarray:
        """Ages in months at which the months of manufacture begin and end."""
        return np.maximum(np.arange(len(self.weights) + 1) - 1 + self.elapsed, 0.0)


@cache
def useful_lives() -> dict[str, Policy]:
    """kind -> useful life (`analysis/data/useful_lives.csv`)."""
    return {
        row["kind"]: Policy(float(row["years"]), row["source_vi"], row["source_en"], row["status"] == "verified")
        for row in data_csv("useful_lives.csv").to_dict("records")
    }


@cache
def _sold() -> tuple[tuple[str, str, int, int | None], ...]:
    """vendor, model glob, first month, last month (None: still sold, or not known)."""
    return tuple(
        (
            row["vendor"].casefold(),
            row["model_glob"].casefold(),
            12 * int(row["first_year"]),
            12 * int(row["last_year"]) + 11 if code(row["last_year"]) else None,
        )
        for row in data_csv("models_sold.csv").to_dict("records")
    )


@cache
def _os_limits() -> tuple[tuple[re.Pattern[str], frozenset[str], int], ...]:
    return tuple(
        (
            re.compile(row["says"], re.IGNORECASE),
            frozenset(row["kinds"].split()),
            month_number(date.fromisoformat(row["made_before"])) - 1,
        )
        for row in data_csv("os_hardware.csv").to_dict("records")
    )


@cache
def _prior(kind: str) -> np.ndarray:
    life = useful_lives().get(kind, Policy(6.0, "", "", False)).years
    age = np.arange(MONTHS) / 12
    weights = np.exp(-((age / (3.0 * life)) ** 2.5))
    return weights / weights.sum()


def _day(value: object) -> date | None:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return None
    return pd.Timestamp(value).date()  # type: ignore[arg-type]


def evidence_of(device: dict, today: date) -> tuple[Evidence, ...]:
    """Everything in one row of a `devices` frame that bounds the month of manufacture. Dates after `today` say nothing."""
    now, oldest = month_number(today), month_number(today) - MONTHS + 1
    vendor, model, kind = code(device.get("vendor")), code(device.get("model")), code(device.get("kind"))
    found = []
    if intervals := serials.made(vendor, kind, code(device.get("serial")), today):
        found.append(Evidence("serial", tuple((i.first, i.last) for i in intervals), intervals[0].reliability))
    told = _day(device.get("manufactured"))
    if told and oldest <= month_number(told) <= now:
        before, after = FIRMWARE_WINDOW if kind in FIRMWARE_DATED else TOLD_WINDOW
        month = month_number(told)
        found.append(Evidence("told", ((month - before, min(month + after, now)),), TRUST["told"]))
    installed = _day(device.get("installed"))
    if installed and oldest <= month_number(installed) <= now:
        found.append(Evidence("os_installed", ((oldest, month_number(installed)),), TRUST["os_installed"]))
    seen = _day(device.get("first_seen"))
    if seen and seen <= today:
        found.append(Evidence("first_seen", ((oldest, month_number(seen)),), TRUST["first_seen"]))
    for brand, glob, first, last in _sold():
        if brand == vendor.casefold() and fnmatchcase(model.casefold(), glob):
            if first <= now:
                found.append(Evidence("sold", ((first, now if last is None else min(last, now)),), TRUST["sold"]))
            break
    software = code(device.get("os_version")) or code(device.get("sys_descr"))
    for says, kinds, latest in _os_limits():
        if kind in kinds and says.search(software):
            found.append(Evidence("os_era", ((oldest, min(latest, now)),), TRUST["os_era"]))
            break
    return tuple(found)


def belief(kind: str, evidence: Sequence[Evidence], today: date) -> Belief:
    """The posterior over months of manufacture. Source of the formula: see the module."""
    now = month_number(today)
    weights = _prior(kind).copy()
    for source in evidence:
        allowed = np.zeros(MONTHS, dtype=bool)
        for first, last in source.intervals:
            allowed[max(now - last, 0) : max(now - first + 1, 0)] = True
        count = allowed.sum()
        if count:
            weights *= source.trust * allowed / count + (1 - source.trust) / MONTHS
    return Belief(weights / weights.sum(), min(today.day / 30.4, 1.0), tuple(evidence))


def _contradictions(evidence: Sequence[Evidence]) -> list[str]:
    """Pairs without a common month, however it is read."""
    pairs = []
    for a, b in combinations(sorted(evidence, key=lambda e: e.name), 2):
        meets = any(
            max(first_a, first_b) <= min(last_a, last_b) + TOLERANCE
            for first_a, last_a in a.intervals
            for first_b, last_b in b.intervals
        )
        if not meets:
            pairs.append(f"{a.name}|{b.name}")
    return pairs


def _grade(width: float, bounded: bool, contradicted: bool) -> str:
    if not bounded:
        return "D"
    grade = 0 if width <= 1.0 else 1 if width <= 3.0 else 2
    return "ABC"[min(grade + contradicted, 2)]


def beliefs(devices: pd.DataFrame, as_of: date) -> list[Belief]:
    """One belief for each row of a `devices` frame, in its order."""
    return [belief(code(row["kind"]), evidence_of(row, as_of), as_of) for row in devices.to_dict("records")]


def ages(devices: pd.DataFrame, as_of: date, *, believed: Sequence[Belief] | None = None) -> pd.DataFrame:
    """The `ages` frame: one row for each of `devices`, in its order. Columns: `COLUMNS`.

    `believed` passes beliefs that were already computed for the same rows and day.
    """
    believed = beliefs(devices, as_of) if believed is None else believed
    month_start = pd.Timestamp(as_of).to_period("M").to_timestamp()
    rows = []
    for device, known in zip(devices.to_dict("records"), believed, strict=True):
        names = [source.name for source in known.evidence]
        low, high = known.quantile((1 - COVERAGE) / 2), known.quantile((1 + COVERAGE) / 2)
        bounded = "serial" in names or "told" in names or "sold" in names
        contradictions = _contradictions(known.evidence)
        policy = useful_lives().get(code(device["kind"]))
        past = known.older_than(policy.years) if policy else None
        if past is not None and not bounded and 0.1 < past < 0.9:
            past = None  # it would be the prior speaking
        rows.append(
            {
                **{name: device[name] for name in ("device", "office", "kind", "vendor", "model")},
                "years_low": round(low, 2),
                "years": round(known.quantile(0.5), 2) if bounded else None,
                "years_high": round(high, 2),
                "made_low": month_start - pd.DateOffset(months=int(high * 12)),
                "made_high": month_start - pd.DateOffset(months=int(low * 12)),
                "basis": ",".join(names),
                "grade": _grade(high - low, bounded, bool(contradictions)),
                "contradiction": ",".join(contradictions),
                "useful_life_years": policy.years if policy else None,
                "past_life": None if past is None else round(past, 4),
            }
        )
    return typed(rows, COLUMNS)


def standing(ages: pd.DataFrame) -> pd.Series:
    """For each device past (more likely than not older than its useful life), within, or unknown."""
    past, unknown = (ages["past_life"] >= 0.5).fillna(False), ages["past_life"].isna()
    return pd.Series(np.where(unknown, "unknown", np.where(past, "past", "within")), index=ages.index, dtype="string")


def older_than(ages: pd.DataFrame, years: float) -> pd.Series:
    """Devices whose median age, or where that is unknown their least age, is at least `years`."""
    return (ages["years"].fillna(ages["years_low"]) >= years).fillna(False).astype(bool)


def by_kind(ages: pd.DataFrame) -> pd.DataFrame:
    """One row a kind, most devices past their useful life first: count, past, within, unknown, years (median of known), life."""
    rows: list[dict] = []
    for kind, group in ages.assign(standing=standing(ages)).groupby("kind", dropna=False):
        counts = group["standing"].value_counts()
        policy = useful_lives().get(code(kind))
        rows.append(
            {
                "kind": None if pd.isna(kind) else kind,
                "count": len(group),
                **{name: int(counts.get(name, 0)) for name in ("past", "within", "unknown")},
                "years": group["years"].median(),
                "life": policy.years if policy else None,
                "source_vi": policy.source_vi if policy else None,
                "source_en": policy.source_en if policy else None,
                "verified": policy.verified if policy else None,
            }
        )
    columns = (
        *(Column(name, "string", "") for name in ("kind",)),
        *(Column(name, "Int64", "") for name in ("count", "past", "within", "unknown")),
        *(Column(name, "Float64", "") for name in ("years", "life")),
        Column("source_vi", "string", ""),
        Column("source_en", "string", ""),
        Column("verified", "boolean", ""),
    )
    rows.sort(key=lambda row: (-int(row["past"]), -int(row["count"]), code(row["kind"])))
    return typed(rows, columns)
