"""Expected losses by year, as arrays: what the plan weighs against prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from analysis.ageing import Belief
from analysis.risk.chances import chances, lasting
from analysis.risk.consequence import failure_costs, incidents
from analysis.risk.parameters import Parameters, shipped


@dataclass(frozen=True, slots=True)
class Losses:
    """Expected loss, dong a year. `keep[i, t]`: item i kept in year t; `new[i, k]`: its successor in its k-th year."""

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
    hours_vnd: Sequence[float | None] = (None,),
    multipliers: Sequence[float] | np.ndarray | None = None,
    service_persons: Sequence[int] | None = None,
    parameters: Parameters | None = None,
) -> list[Losses]:
    """Losses over the plan's years, one row an item: a device ("pc"), or a part of one ("pc/disk", `Rated.hazards`), with the
    belief about its own age and the `persons` of its device. `new` of a device is with all of its parts, `keep` of one with those
    that are no items of their own (by `multipliers`).

    One answer for each of `hours_vnd`, prices of a person's hour (None: that of the parameters): how likely things fail does not
    hang on it. `unsupported[i, t]`: no security fixes in year t (bool; of parts never). `multipliers`: what was measured,
    `Rated.scale` (None: nothing was). A successor has been measured by nobody. `first_year` begins on its 1 January, or now.
    """
    known = parameters or shipped()
    wait = max((date(first_year, 1, 1) - as_of).days / 365.25, 0.0)
    count = len(kinds)
    scale = np.ones(count) if multipliers is None else np.asarray(multipliers, dtype=float)
    people = np.asarray(persons, dtype=float)
    services = np.zeros(count) if service_persons is None else np.asarray(service_persons, dtype=float)
    without_fixes = np.asarray(unsupported, dtype=float).reshape(count, years)
    kept = chances(kinds, believed, scale, wait + np.arange(years), known)
    first = {
        kind: 1 - lasting(law, np.zeros(1), np.arange(years, dtype=float))[0]
        for kind in set(kinds)
        if (law := known.of(kind)) is not None
    }
    nothing = np.zeros(years)
    new = np.array([first.get(kind, nothing) for kind in kinds]).reshape(count, years)
    found = []
    for hour in hours_vnd:
        cost = failure_costs(kinds, people, services, np.asarray(price, dtype=float), known, hour)[:, None]
        found.append(Losses(kept * cost + without_fixes * incidents(people, known, hour)[:, None], new * cost))
    return found
