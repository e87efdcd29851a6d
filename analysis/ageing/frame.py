"""The `ages` frame, and what follows from it: past its useful life or not, the old ones, counts by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.ageing.belief import COVERAGE, Belief, Evidence, contradictions, lives_of, posterior, priors, quantiles
from analysis.ageing.evidence import evidence
from analysis.tables import code, typed
from inventory.frames.columns import Column
from inventory.lifecycle.policies import Life, Policies
from inventory.lifecycle.policies import policies as in_force
from inventory.serial_dates import month_number

#: Months that the evidence may leave open between "not before" and "not after" for the age to count as bounded.
BOUNDED = 12 * 12
#: Grades: the width of the interval in years, at most; C is bounded but wider, D is not bounded.
GRADES = {"A": 1.0, "B": 3.0}

BASIS = "serial, told, firmware, purchase, mac_block, processor, sold, os_installed, os_era, first_seen"

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
    Column("basis", "string", f"evidence, comma-separated keys: {BASIS}"),
    Column("grade", "string", "A within a year, B within three, C wider but bounded on both sides by evidence, D unknown"),
    Column("contradiction", "string", "pairs of evidence that exclude each other, a bar between the two keys, comma-separated"),
    Column("useful_life_years", "Float64", "useful life of its kind by policy; NA = no policy", "years"),
    Column("past_life", "Float64", "probability that it is older than that; NA = not known", "0..1"),
)


@lru_cache(maxsize=8)
def shipped(on: date) -> Policies:
    """The policies in force on a day where a workspace has none of its own."""
    return in_force(None, on)


def beliefs(
    devices: pd.DataFrame,
    as_of: date,
    *,
    components: pd.DataFrame | None = None,
    matches: pd.DataFrame | None = None,
    assets: pd.DataFrame | None = None,
    policies: Policies | None = None,
) -> list[Belief]:
    """One belief for each row of a `devices` frame, in its order. The other frames tell more, where there are any."""
    known = policies or shipped(as_of)
    kinds = [code(kind) for kind in devices["kind"]]
    prior = priors(lives_of(kinds, {kind: life.years for kind, life in known.lives.items()}))
    return posterior(
        prior, evidence(devices, as_of, components=components, matches=matches, assets=assets, eras=known.eras), as_of
    )


def is_bounded(sources: Sequence[Evidence], as_of: date) -> bool:
    """The evidence says both since when and until when, and does not leave more than `BOUNDED` months between."""
    if not sources:
        return False
    bounds = [source.bounds for source in sources]
    return min(month_number(as_of), *(last for _, last in bounds)) - max(first for first, _ in bounds) < BOUNDED


def grade(width: float, bounded: bool, contradicted: bool) -> str:
    """By the width of the interval in years; evidence that disagrees costs a grade."""
    if not bounded:
        return "D"
    narrow = next((n for n, most in enumerate(GRADES.values()) if width <= most), len(GRADES))
    return "ABC"[min(narrow + contradicted, 2)]


def ages(
    devices: pd.DataFrame,
    as_of: date,
    *,
    believed: Sequence[Belief] | None = None,
    components: pd.DataFrame | None = None,
    matches: pd.DataFrame | None = None,
    assets: pd.DataFrame | None = None,
    policies: Policies | None = None,
) -> pd.DataFrame:
    """The `ages` frame: one row for each of `devices`, in its order. Columns: `COLUMNS`.

    `believed` passes beliefs that were already computed for the same rows and day.
    """
    policies = policies or shipped(as_of)
    if believed is None:
        believed = beliefs(devices, as_of, components=components, matches=matches, assets=assets, policies=policies)
    named = devices[["device", "office", "kind", "vendor", "model"]].to_dict("records")
    lives = [policies.lives.get(code(row["kind"])) for row in named]
    return typed([n | shown for n, shown in zip(named, described(believed, lives, as_of), strict=True)], COLUMNS)


def described(believed: Sequence[Belief], lives: Sequence[Life | None], as_of: date) -> list[dict]:
    """Of each belief the columns from `years_low` on."""
    month_start = pd.Timestamp(as_of).to_period("M").to_timestamp()
    made = [month_start - pd.DateOffset(months=months) for months in range(30 * 12 + 2)]
    shares = quantiles(believed, ((1 - COVERAGE) / 2, 0.5, (1 + COVERAGE) / 2)).tolist()
    rows = []
    for known, life, (low, middle, high) in zip(believed, lives, shares, strict=True):
        bounded = is_bounded(known.evidence, as_of)
        against = contradictions(known.evidence)
        past = known.older_than(life.years) if life else None
        if past is not None and not bounded and 0.1 < past < 0.9:
            past = None  # it would be the prior speaking
        rows.append(
            {
                "years_low": round(low, 2),
                "years": round(middle, 2) if bounded else None,
                "years_high": round(high, 2),
                "made_low": made[int(high * 12)],
                "made_high": made[int(low * 12)],
                "basis": ",".join(dict.fromkeys(source.name for source in known.evidence)),
                "grade": grade(high - low, bounded, bool(against)),
                "contradiction": ",".join(against),
                "useful_life_years": life.years if life else None,
                "past_life": None if past is None else round(past, 4),
            }
        )
    return rows


def standing(ages: pd.DataFrame) -> pd.Series:
    """For each device past (more likely than not older than its useful life), within, or unknown."""
    past, unknown = (ages["past_life"] >= 0.5).fillna(False), ages["past_life"].isna()
    return pd.Series(np.where(unknown, "unknown", np.where(past, "past", "within")), index=ages.index, dtype="string")


def older_than(ages: pd.DataFrame, years: float) -> pd.Series:
    """Devices whose median age, or where that is unknown their least age, is at least `years`."""
    return (ages["years"].fillna(ages["years_low"]) >= years).fillna(False).astype(bool)


def by_evidence(ages: pd.DataFrame) -> pd.DataFrame:
    """One row a kind of evidence, the most devices first: basis, devices, A, B, C, D (by grade), against (contradicted)."""
    keys = ages["basis"].fillna("").str.split(",")
    sides = ages["contradiction"].fillna("").str.replace("|", ",", regex=False).str.split(",")
    names = [name for name in BASIS.split(", ") if keys.map(lambda found, name=name: name in found).any()]
    rows: list[dict] = []
    for name in names:
        those = ages[keys.map(lambda found, name=name: name in found)]
        counts = those["grade"].value_counts()
        against = int(sides.map(lambda found, name=name: name in found).sum())
        rows.append({"basis": name, "devices": len(those), **{g: int(counts.get(g, 0)) for g in "ABCD"}, "against": against})
    rows.sort(key=lambda row: -row["devices"])
    columns = (Column("basis", "string", ""), *(Column(name, "Int64", "") for name in ("devices", *"ABCD", "against")))
    return typed(rows, columns)


def by_kind(ages: pd.DataFrame, lives: Mapping[str, Life]) -> pd.DataFrame:
    """One row a kind, most devices past their useful life first: count, past, within, unknown, years (median of known), life.

    `lives`: the useful lives by which `ages` was made, for their sources.
    """
    rows: list[dict] = []
    for kind, group in ages.assign(standing=standing(ages)).groupby("kind", dropna=False):
        counts = group["standing"].value_counts()
        policy = lives.get(code(kind))
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
