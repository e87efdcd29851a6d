"""How fast a kind of equipment fails, learnt from a log of repairs: the most likely eta and beta, with intervals.

Failures are a power-law process (`chances`): while a device is watched, from age a to age b, the log-likelihood of failures at
ages t1, t2, ... is

    sum_j [log(beta / eta) + (beta - 1) log(t_j / eta)] - (b / eta) ** beta + (a / eta) ** beta

so that what failed before anybody wrote it down is left out (left truncation), and what has not failed yet counts with the years
it has lasted (right censoring). Ages are uncertain: the likelihood of each device is averaged over its belief. A weak prior
around the figures in force keeps few failures from saying much (`Fitting`): the estimate is the most likely one given both. The
intervals, 90 %, are of the profile of that (Cox and Hinkley, Theoretical Statistics, 1974); for the process see Rigdon and Basu,
Statistical Methods for the Reliability of Repairable Systems, 2000.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.stats import chi2

from analysis.ageing import Belief
from analysis.risk.parameters import Fitting, Hazard
from analysis.risk.spread import even_ages

#: Ages that stand for a belief.
AGES = 12
#: The intervals hold this share.
LEVEL = 0.9
#: No age is exactly none: a logarithm needs something, here a month.
_LEAST = 1 / 12


@dataclass(frozen=True, slots=True)
class Watched:
    """One device, or part, in the time that a log speaks of. `belief`: its age on some day. Years before that day: `since` it was
    watched, `failures`, and `until` it was watched, or was there."""

    belief: Belief
    since: float
    failures: tuple[float, ...] = ()
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Fit:
    """Estimates in years, with their intervals. `years`: device-years that were watched. `enough`: so many failures that it may
    be used; where not, the estimate is the figure in force."""

    devices: int
    years: float
    failures: int
    enough: bool
    eta: float
    beta: float
    eta_low: float
    eta_high: float
    beta_low: float
    beta_high: float


@dataclass(frozen=True, slots=True)
class _Data:
    """(devices, AGES): ages at which watching began and ended, and those that are ruled out; of each failure its device and the
    logarithms of its ages."""

    begin: np.ndarray
    end: np.ndarray
    device: np.ndarray
    log_failed: np.ndarray
    out: np.ndarray


def fit(watched: Sequence[Watched], prior: Hazard, how: Fitting) -> Fit:
    """The law of one kind. `prior`: the figures in force."""
    data = _data(watched)
    years = float((data.end - data.begin).mean(axis=1).sum()) if len(watched) else 0.0
    failures = len(data.device)
    if failures < how.failures:
        return Fit(len(watched), years, failures, False, prior.eta, prior.beta, *(np.nan,) * 4)

    centre = np.log([prior.eta, prior.beta])
    spread = np.array([how.eta_sd, how.beta_sd])

    def against(at: np.ndarray) -> float:
        """Minus the log of likelihood times prior, at log eta and log beta."""
        return -_log_likelihood(data, *np.exp(at)) + 0.5 * float((((at - centre) / spread) ** 2).sum())

    best = minimize(against, centre, method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-5, "maxiter": 2000})
    ends = [_profile(against, best.x, best.fun, axis) for axis in (0, 1)]
    (eta_low, eta_high), (beta_low, beta_high) = np.exp(ends)
    eta, beta = np.exp(best.x)
    return Fit(len(watched), years, failures, True, *map(float, (eta, beta, eta_low, eta_high, beta_low, beta_high)))


def _data(watched: Sequence[Watched]) -> _Data:
    ages = even_ages([one.belief for one in watched], AGES)
    begin = np.maximum(ages - np.array([one.since for one in watched])[:, None], 0.0)
    end = np.maximum(ages - np.array([one.until for one in watched])[:, None], 0.0)
    device = np.array([i for i, one in enumerate(watched) for _ in one.failures], dtype=int)
    ago = np.array([ago for one in watched for ago in one.failures])
    failed = ages[device] - ago[:, None] if len(device) else np.empty((0, AGES))
    # what failed was there: ages that say otherwise are ruled out, unless all of a belief do; then it failed as good as new
    out = np.zeros(ages.shape, dtype=bool)
    np.logical_or.at(out, device, failed <= 0)
    out[out.all(axis=1)] = False
    return _Data(begin, np.maximum(end, begin), device, np.log(np.maximum(failed, _LEAST)), out)


def _log_likelihood(data: _Data, eta: float, beta: float) -> float:
    each = (data.begin / eta) ** beta - (data.end / eta) ** beta
    np.add.at(each, data.device, np.log(beta / eta) + (beta - 1) * (data.log_failed - np.log(eta)))
    each[data.out] = -np.inf
    top = each.max(axis=1, keepdims=True)
    return float((top[:, 0] + np.log(np.exp(each - top).mean(axis=1))).sum())


def _profile(against: Callable[[np.ndarray], float], best: np.ndarray, least: float, axis: int) -> tuple[float, float]:
    """The ends of the interval of one logarithm: where the best that the other one can do has lost what chi squared allows."""
    other = 1 - axis
    near = best[other]  # of the other one, from where it is looked for: where it was best the time before

    def lost(value: float) -> float:
        def rest(free: float) -> float:
            at = np.empty(2)
            at[axis], at[other] = value, free
            return against(at)

        nonlocal near
        found = minimize_scalar(rest, bracket=(near - 0.05, near + 0.05), options={"xtol": 1e-4})
        near = found.x
        return float(found.fun - least - chi2.ppf(LEVEL, 1) / 2)

    ends = []
    for sign in (-1, 1):
        near, step = best[other], 0.1
        while lost(best[axis] + sign * step) < 0 and step < 10:
            step *= 2
        inside = best[axis] if step <= 0.1 else best[axis] + sign * step / 2
        outside = best[axis] + sign * step
        ends.append(float(brentq(lost, *sorted((inside, outside)), xtol=1e-3)) if lost(outside) > 0 else outside)
    return ends[0], ends[1]
