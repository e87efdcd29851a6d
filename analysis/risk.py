"""What keeping a device costs per year, in dong: chance of failure times what a failure costs.

    p(t) = E_age[1 - exp(-(H(a + t) - H(a + t - 1)))],  H(a) = (a / eta) ** beta      (Weibull, conditional on having lived to a)
    loss(t) = p(t) * (people * part * hours * price of an hour + emergency premium) + what missing security fixes add

The average runs over the whole belief about the age (`ageing.Belief`). What was not measured changes nothing: it is neither
zero risk nor a penalty. Parameters: `analysis/data/risk.yaml`, each with its source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from analysis.ageing import MONTHS, Belief
from analysis.tables import code, data_csv, data_yaml


@dataclass(frozen=True, slots=True)
class Class:
    """How one kind of equipment fails, and whose work stops."""

    eta: float
    beta: float
    hours: float
    people: str
    part: float
    source: str
    verified: bool

    def hazard(self, age: np.ndarray) -> np.ndarray:
        """Cumulative hazard H at ages in years."""
        return (np.maximum(age, 0) / self.eta) ** self.beta


@cache
def classes() -> dict[str, Class]:
    """kind -> its parameters."""
    return {
        kind: Class(row["eta"], row["beta"], row["hours"], row["people"], row["part"], row["source"], row["status"] == "verified")
        for kind, row in data_yaml("risk.yaml")["kinds"].items()
    }


@cache
def constants() -> dict[str, float]:
    """person_hour_vnd, emergency_premium, incidents_per_year, incident_hours."""
    document = data_yaml("risk.yaml")
    return {
        "person_hour_vnd": document["person_hour_vnd"]["value"],
        "emergency_premium": document["emergency_premium"]["value"],
        "incidents_per_year": document["unsupported"]["incidents_per_year"]["value"],
        "incident_hours": document["unsupported"]["hours"]["value"],
    }


@cache
def prices() -> dict[str, int]:
    """kind -> price of a new one, dong (`analysis/data/prices.csv`)."""
    return {row["kind"]: int(row["vnd"]) for row in data_csv("prices.csv").to_dict("records")}


def prices_table() -> pd.DataFrame:
    """The price list as it is shown: kind, vnd (Int64), source_vi, source_en, status, valid_from."""
    return data_csv("prices.csv").astype({"vnd": "Int64"})


def people(devices: pd.DataFrame, offices: pd.DataFrame, behind: pd.DataFrame) -> pd.Series:
    """Persons whose work a device's failure touches, by the rule of its kind; aligned with `devices` (Int64)."""
    staff = {o: int(s) for o, s in zip(offices["office"], offices["staff"], strict=True) if pd.notna(s)}
    cut = behind.set_index("device")["people"].to_dict()
    count = Counter(zip(devices["office"], devices["kind"], strict=True))
    found = []
    for row in devices[["device", "office", "kind"]].to_dict("records"):
        office, rule = row["office"], classes()[code(row["kind"])].people if code(row["kind"]) in classes() else "none"
        if rule == "behind":
            found.append(int(cut.get(row["device"], 0)))
        elif rule == "self":
            found.append(1)
        elif rule == "shared":
            found.append(-(-staff.get(office, 0) // count[(office, row["kind"])]))  # rounded up
        elif rule == "office":
            found.append(staff.get(office, 0))
        else:
            found.append(0)
    return pd.Series(found, index=devices.index, dtype="Int64")


@dataclass(frozen=True, slots=True)
class Losses:
    """Expected loss, dong a year. `keep[i, t]`: device i kept in year t; `new[i, k]`: its successor in its k-th year."""

    keep: np.ndarray
    new: np.ndarray


def losses(
    kinds: Sequence[str],
    believed: Sequence[Belief],
    persons: Sequence[int],
    price: Sequence[int],
    unsupported: np.ndarray,
    *,
    as_of: date,
    first_year: int,
    years: int,
    person_hour_vnd: float | None = None,
) -> Losses:
    """Losses over the plan's years, one row a device. `unsupported[i, t]`: no security fixes in year t (bool)."""
    known = constants()
    hour = known["person_hour_vnd"] if person_hour_vnd is None else person_hour_vnd
    count = len(kinds)
    keep, new = np.zeros((count, years)), np.zeros((count, years))
    wait = max((date(first_year, 1, 1) - as_of).days / 365.25, 0.0)
    age = (np.arange(MONTHS) + 0.5) / 12
    by_kind: dict[str, list[int]] = {}
    for i, kind in enumerate(kinds):
        by_kind.setdefault(kind, []).append(i)
    per_failure = np.zeros(count)
    for kind, members in by_kind.items():
        if kind not in classes():
            continue
        how = classes()[kind]
        weights = np.stack([believed[i].weights for i in members])
        for t in range(years):
            old = 1 - np.exp(-(how.hazard(age + wait + t + 1) - how.hazard(age + wait + t)))
            keep[members, t] = weights @ old
            new[members, t] = 1 - np.exp(-float(how.hazard(np.array(t + 1.0)) - how.hazard(np.array(float(t)))))
        for i in members:
            per_failure[i] = persons[i] * how.part * how.hours * hour + known["emergency_premium"] * price[i]
    keep *= per_failure[:, None]
    new *= per_failure[:, None]
    incident = known["incidents_per_year"] * known["incident_hours"] * hour * np.asarray(persons, dtype=float)
    keep += unsupported * incident[:, None]
    return Losses(keep, new)
