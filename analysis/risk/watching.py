"""What a log of repairs says of every device: how long it was watched, how old it was, when it failed.

Devices of the offices that the log is of, also those that never failed. A repair is a failure unless nothing had failed
(maintenance), or what did is no equipment: toner, a cable, software. Several of a device on one day are one failure. A part that
failed is a new one from then on; how old the first one was is known only from its device (`spread.within`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.ageing import MONTHS, Belief
from analysis.risk.fitting import Fit, Watched, fit
from analysis.risk.parameters import Parameters
from analysis.risk.spread import within
from analysis.tables import code, typed
from inventory.frames.columns import Column
from inventory.sentences import pack, together

#: What a log names that breaks no device.
NO_FAILURE = frozenset({"toner", "cable", "software"})

FITS = (
    Column("hazard", "string", "kind of device, or part"),
    Column("devices", "Int64", "devices that the log could have told of; of parts each new one, too"),
    Column("years", "Float64", "years that they were watched, together", "years"),
    Column("failures", "Int64", "failures of these"),
    Column("eta", "Float64", "estimate; the figure in force where there are too few failures", "years"),
    Column("eta_low", "Float64", "lower end of the 90 % interval; NA = too few failures", "years"),
    Column("eta_high", "Float64", "its upper end", "years"),
    Column("beta", "Float64", "estimate"),
    Column("beta_low", "Float64", "lower end of the 90 % interval"),
    Column("beta_high", "Float64", "its upper end"),
    Column("eta_now", "Float64", "in force", "years"),
    Column("beta_now", "Float64", "in force"),
    Column("fitted", "boolean", "there are enough failures"),
    Column("verdict", "told", "what that means"),
)


class Window(NamedTuple):
    """The days that a log speaks of, and the offices."""

    since: date
    until: date
    offices: frozenset[str]


def window(repairs: pd.DataFrame, as_of: date) -> Window | None:
    """From the month of the first repair to the month of the last one, and the offices that are named; None for an empty log."""
    if repairs.empty:
        return None
    first = repairs["day_from"].min().date().replace(day=1)
    last = (repairs["day_to"].max() + pd.offsets.MonthEnd(0)).date()
    return Window(first, min(last, as_of), frozenset(repairs["office"].dropna()))


def fits(
    repairs: pd.DataFrame,
    devices: pd.DataFrame,
    believed: Sequence[Belief],
    *,
    as_of: date,
    parameters: Parameters,
    log: Window,
) -> pd.DataFrame:
    """The frame of fits (`FITS`), kinds and parts that failed in the log only. `believed`: ages of `devices` on `as_of`."""
    failures, nameless = _failures(repairs, as_of, parameters)
    watched: dict[str, list[Watched]] = defaultdict(list)
    carriers = _carriers(parameters)
    for row, belief in zip(devices.to_dict("records"), believed, strict=True):
        device, kind = row["device"], code(row["kind"])
        if code(row["office"]) not in log.offices or kind not in parameters.hazards:
            continue
        since, until = (_years(as_of, day) for day in (log.since, min(log.until, _last_day(row, log.until))))
        if since <= until:
            continue
        own = failures.get(device, {})
        all_of_it = sorted({ago for days in own.values() for ago in days if until <= ago <= since}, reverse=True)
        watched[kind].append(Watched(belief, since, tuple(all_of_it), until))
        for part in carriers.get(kind, ()):
            days = sorted({ago for ago in own.get(part, ()) if until <= ago <= since}, reverse=True)
            watched[part] += _lives(within(belief), since, until, days)
    rows: list[dict[str, Any]] = []
    for name, lives in watched.items():
        found = fit(lives, parameters.hazards[name], parameters.fitting)
        if found.failures or nameless.get(name):
            rows.append(_row(name, found, nameless.get(name, 0), parameters))
    rows.sort(key=lambda row: (-row["failures"], row["hazard"]))
    return typed(rows, FITS)


def _carriers(parameters: Parameters) -> Mapping[str, Collection[str]]:
    """kind of device -> its parts that have a law of their own."""
    found: dict[str, set[str]] = defaultdict(set)
    for evidence in parameters.evidence.values():
        if (part := parameters.hazards.get(evidence.part)) is not None and part.is_part and part.eta:
            for kind in evidence.kinds:
                found[kind].add(evidence.part)
    return {kind: sorted(parts) for kind, parts in found.items()}


def _failures(
    repairs: pd.DataFrame, as_of: date, parameters: Parameters
) -> tuple[dict[str, dict[str, set[float]]], dict[str, int]]:
    """device -> part ("" for the rest of it) -> years before `as_of`; and by kind how many are of no known device."""
    found: dict[str, dict[str, set[float]]] = defaultdict(lambda: defaultdict(set))
    nameless: dict[str, int] = defaultdict(int)
    columns = ["device", "kind", "part", "action", "day_from", "day_to"]
    for device, kind, named, action, first, last in repairs[columns].itertuples(index=False):
        if code(action) == "maintained" or code(named) in NO_FAILURE or pd.isna(first):
            continue
        if pd.isna(device):
            nameless[code(kind)] += 1
            continue
        part = parameters.part(code(named)) if code(named) else ""
        found[device][part].add(round(_years(as_of, (first + (last - first) / 2).date()), 6))
    return found, nameless


def _years(as_of: date, day: date) -> float:
    return (as_of - day).days / 365.25


def _last_day(device: Mapping[Hashable, Any], until: date) -> date:
    """Of a device that is gone the day on which it last answered."""
    last = device.get("last_confirmed")
    if code(device.get("state")) != "gone" or last is None or pd.isna(last):
        return until
    return pd.Timestamp(last).date()


def _lives(first: Belief, since: float, until: float, failures: Sequence[float]) -> list[Watched]:
    """Parts one after the other, each until it failed. `failures`: years ago, the oldest first."""
    lives = []
    belief, begin = first, since
    for ago in failures:
        lives.append(Watched(belief, begin, (ago,), ago))
        belief, begin = _exactly(ago), ago
    lives.append(Watched(belief, begin, (), until))
    return lives


def _exactly(years: float) -> Belief:
    weights = np.zeros(MONTHS)
    weights[min(round(years * 12), MONTHS - 1)] = 1.0
    return Belief(weights, 0.5)


def _row(name: str, found: Fit, nameless: int, parameters: Parameters) -> dict[str, Any]:
    now = parameters.hazards[name]
    told = []
    if not found.enough:
        told.append(pack("detail.risk_fit_few", failures=found.failures, least=parameters.fitting.failures))
    elif found.eta_low <= now.eta <= found.eta_high and found.beta_low <= now.beta <= found.beta_high:
        told.append(pack("detail.risk_fit_agrees"))
    else:
        told.append(pack("detail.risk_fit_differs"))
    if nameless:
        told.append(pack("detail.risk_fit_nameless", count=nameless, share=round(nameless / (nameless + found.failures), 3)))
    interval = {name: getattr(found, name) for name in ("eta_low", "eta_high", "beta_low", "beta_high")}
    return {
        "hazard": name,
        "devices": found.devices,
        "years": found.years,
        "failures": found.failures,
        "eta": found.eta,
        "beta": found.beta,
        "eta_now": now.eta,
        "beta_now": now.beta,
        "fitted": found.enough,
        "verdict": together(told),
    } | {key: value if found.enough else None for key, value in interval.items()}


def as_parameters(fitted: pd.DataFrame, log: Window) -> dict[str, dict[str, object]]:
    """What a workspace's `risk.yaml` says of `hazards` by these fits, where there are enough failures."""
    days = f"{log.since.isoformat()} to {log.until.isoformat()}"
    return {
        str(row["hazard"]): {
            "eta": round(float(row["eta"]), 3),
            "beta": round(float(row["beta"]), 3),
            "source": f"eta, beta: fitted to {row['failures']} repairs, {days}",
            "status": "verified",
        }
        for row in fitted[fitted["fitted"]].to_dict("records")
    }
