"""How likely things fail in a year.

    p(t) = 1 - E_age[exp(-m (H(a + t + 1) - H(a + t)))],  H(a) = (a / eta) ** beta

is the chance of at least one failure in the year that begins in t years: failures follow a power-law process (Crow, Reliability
Analysis for Complex, Repairable Systems, 1974; of a thing that is not repaired it is Weibull's law). What fails is mended and
goes on as old as it was. The average is over the whole belief about the age. m: what was measured (`evidence`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from analysis.ageing import Belief
from analysis.ageing.belief import month_ages
from analysis.risk.parameters import Hazard, Parameters

#: Beliefs that are looked at together: bounds memory.
_LOT = 8192


def lasting(hazard: Hazard, ages: np.ndarray, starts: np.ndarray, multiplier: float = 1.0) -> np.ndarray:
    """(ages, starts): chance that nothing fails in the year that begins `starts` years from now."""
    since = ages[:, None] + starts[None, :]
    return np.exp(-multiplier * (hazard.cumulative(since + 1) - hazard.cumulative(since)))


@lru_cache(maxsize=512)  # a plan asks as often as it tries scenarios, of other beliefs
def _by_month(hazard: Hazard, elapsed: float, months: int, starts: tuple[float, ...], multiplier: float) -> np.ndarray:
    """(months, starts): the same of what was made in each month of a belief."""
    return lasting(hazard, month_ages(elapsed, months), np.array(starts), multiplier)


def chances(
    kinds: Sequence[str],
    believed: Sequence[Belief],
    multipliers: np.ndarray | Sequence[float],
    starts: np.ndarray,
    parameters: Parameters,
) -> np.ndarray:
    """(items, starts): averaged over each belief. `kinds`: as `Parameters.of` names hazards; what has none never fails.

    Items of one kind with one multiplier are looked at together, and a belief that several of them share once.
    """
    found = np.zeros((len(kinds), len(starts)))
    laws = {kind: law for kind in set(kinds) if (law := parameters.of(kind)) is not None}
    alike: dict[tuple[str, float, float, int], list[int]] = {}
    for i, (kind, belief, multiplier) in enumerate(zip(kinds, believed, multipliers, strict=True)):
        if kind in laws:
            alike.setdefault((kind, float(multiplier), belief.elapsed, len(belief.weights)), []).append(i)
    for (kind, multiplier, elapsed, months), members in alike.items():
        years = _by_month(laws[kind], elapsed, months, tuple(starts.tolist()), multiplier)
        different = {id(believed[i]): believed[i] for i in members}
        place = {key: number for number, key in enumerate(different)}
        each = list(different.values())
        averages = [np.stack([belief.weights for belief in each[lot : lot + _LOT]]) @ years for lot in range(0, len(each), _LOT)]
        # Of what lasts, since weights add up to 1 only nearly: where all fails for sure, that makes a difference.
        found[members] = np.clip(1 - np.concatenate(averages), 0, 1)[[place[id(believed[i])] for i in members]]
    return found
