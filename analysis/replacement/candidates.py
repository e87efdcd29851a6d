"""What could be bought: devices, parts of them, and equipment that offices lack; what each costs, and what it saves by year.

A device may be replaced from the year in which it is more likely than not past the useful life of its kind, when what was
measured at least doubles its chance of failing, or when its model gets no security fixes any more. A part (battery, disk, fan,
supply, kit) may be replaced when it is past its own useful life, or something is found about it: it is the cheap alternative, at
most one of both is bought. What an office lacks to the norm (machines that were seen, at most, against the norm) may be bought at
any time.

What is saved is expected loss that goes away: that of keeping a device with all its parts, less that of a new one, over the years
that are left. Both are linear in the price of an hour, so that a plan with another price needs no new preparation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

import numpy as np
import pandas as pd

from analysis import ageing, risk
from analysis.ageing import Belief
from analysis.support import PAST, support
from analysis.tables import code
from inventory.frames.lifecycle import of as lifecycle_of
from inventory.lifecycle.policies import Policies
from inventory.lifecycle.status import Lifecycles, lifecycles

#: Years that are prepared; a plan takes as many of them as it wants.
HORIZON = 10
#: Kinds that must go by a deadline when their model gets no security fixes any more.
SECURITY = frozenset({"firewall", "router"})
#: Of this kind, what is nearer to the way out is the core of what hangs on it.
CORE = "switch"
#: What was measured makes a device due when it multiplies its hazard at least so much.
WORN = 2.0
MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing: a device, a part of one, or something that an office lacks. `name` is unique; `ruled_out`: a key of `WHY_NOT`
    for which it is not bought whatever the money; "" = it may be."""

    name: str
    device: str
    office: str
    kind: str
    part: str
    item: str
    price: int
    people: int
    ruled_out: str
    mandatory: bool
    reasons: tuple[tuple[str, dict], ...]


@dataclass(frozen=True, slots=True)
class Basis:
    """`rated` items, which of them are without fixes by year (`exposed`); by thing: items whose loss goes away with it, the one
    that stands for its successor, its useful life in years (infinite: none), and whether something else than its age makes it
    due."""

    rated: risk.Rated
    exposed: np.ndarray
    of_item: tuple[tuple[int, ...], ...]
    of_new: tuple[int | None, ...]
    lives: np.ndarray
    due_anyway: np.ndarray
    as_of: date
    parameters: risk.Parameters

    def losses(self, believed: Sequence[Belief], first_year: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """keep, keep_hour, new, new_hour of `Candidates`, with these beliefs about the items."""
        rated = self.rated
        at = risk.losses(
            rated.hazards, believed, rated.people.tolist(), rated.price.tolist(), self.exposed,
            as_of=self.as_of, first_year=first_year, years=HORIZON, hours_vnd=(0.0, 1.0),
            multipliers=rated.scale, service_persons=rated.service_people.tolist(), parameters=self.parameters,
        )  # fmt: skip

        def table(pairs: Sequence[tuple[int, int]], losses: np.ndarray) -> np.ndarray:
            """By thing, of (thing, item)."""
            found = np.zeros((len(self.of_item), HORIZON))
            things, items = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
            np.add.at(found, things, losses[items])
            return found

        gone = [(thing, n) for thing, numbers in enumerate(self.of_item) for n in numbers]
        successors = [(thing, n) for thing, n in enumerate(self.of_new) if n is not None]
        keep, new = table(gone, at[0].keep), table(successors, at[0].new)
        return keep, table(gone, at[1].keep) - keep, new, table(successors, at[1].new) - new


@dataclass(frozen=True, slots=True)
class Candidates:
    """All things of an inventory, ready for plans with any money. Arrays: thing x year (`HORIZON` of them from `first_year`).

    Losses in dong: `keep` at a price of nothing for an hour, `keep_hour` for each dong of it; of a device with its parts. `new`:
    of a successor in its k-th year. `due`: may be bought. `unsupported`: without security fixes.
    `instead`: (device, part) of which at most one is bought; `before`: (nearer to the way out, behind it), places in `things`.
    `norms`: office -> kind -> (things that it lacks, how many it has, how many it needs).
    """

    things: tuple[Candidate, ...]
    keep: np.ndarray
    keep_hour: np.ndarray
    new: np.ndarray
    new_hour: np.ndarray
    due: np.ndarray
    unsupported: np.ndarray
    instead: tuple[tuple[int, int], ...]
    before: tuple[tuple[int, int], ...]
    norms: Mapping[tuple[str, str], tuple[tuple[int, ...], int, int]]
    first_year: int
    person_hour_vnd: float
    frame: pd.DataFrame
    #: ages as shown, by device
    ages: pd.DataFrame
    support: pd.DataFrame
    #: what the losses were computed from, for other ages (`scenarios`)
    basis: Basis

    def losses(self, hour: float, years: int) -> tuple[np.ndarray, np.ndarray]:
        """keep[i, t], new[i, k] at a price of an hour."""
        return (self.keep + hour * self.keep_hour)[:, :years], (self.new + hour * self.new_hour)[:, :years]

    def benefit(self, hour: float, years: int) -> np.ndarray:
        """Expected loss that goes away when a thing is bought in a year: over the years that are left, dong."""
        keep, new = self.losses(hour, years)
        return np.stack([keep[:, t:].sum(axis=1) - new[:, : years - t].sum(axis=1) for t in range(years)], axis=1)

    def risks(self, hour: float | None = None) -> pd.DataFrame:
        """The frame `risks` of the same things, at a price of an hour."""
        past = self.support.set_index("device")["status"] == PAST
        return risk.risks_frame(self.basis.rated, past, self.basis.parameters, hour)


def prepare(
    devices: pd.DataFrame,
    offices: pd.DataFrame,
    behind: pd.DataFrame,
    *,
    as_of: date,
    policies: Policies,
    first_year: int | None = None,
    life_factor: float = 1.0,
    unknown_age: str = "inspect",
    believed: Sequence[Belief] | None = None,
    components: pd.DataFrame | None = None,
    condition: pd.DataFrame | None = None,
    unmeasured: pd.DataFrame | None = None,
    parameters: risk.Parameters | None = None,
    known: Lifecycles | None = None,
    upstream: Mapping[str, str] | None = None,
    computers: Mapping[str, int] | None = None,
) -> Candidates:
    """All things of a `devices` frame, for plans from `first_year` (the year after `as_of`).

    `behind`: `connectivity.BEHIND`. `life_factor` stretches useful lives. `unknown_age`: "inspect" leaves devices of unknown age
    out until somebody looks at them, "include" lets the likely age speak. `believed`, `components` (`component_ages`),
    `condition`, `unmeasured`: as `risk.rate` takes them. `known`: the workspace's lifecycle tables. `upstream`: device -> the
    one that it hangs on. `computers`: office -> machines that were seen, at most; nothing is lacking where that is not known.
    """
    order = np.argsort(devices["device"].to_numpy(dtype=object), kind="stable")
    if believed is None:
        believed = ageing.beliefs(devices, as_of, policies=policies)
    believed = [believed[i] for i in order]
    devices = devices.iloc[order].reset_index(drop=True)
    first_year = as_of.year + 1 if first_year is None else first_year
    known_parameters = parameters or risk.shipped()
    tables = known or lifecycles(None)
    ages = ageing.ages(devices, as_of, believed=believed, policies=policies)
    software = support(devices, as_of, tables)
    rated = risk.rate(
        devices, offices, behind, believed,
        prices={kind: price.vnd for kind, price in policies.prices.items()},
        part_prices={part: price.vnd for part, price in policies.part_prices.items()},
        parameters=known_parameters, components=components, condition=condition, unmeasured=unmeasured,
    )  # fmt: skip
    whole = {item.row: n for n, item in enumerate(rated.items) if item.part == risk.WHOLE}
    starts = [pd.Timestamp(first_year + t, 1, 1) for t in range(HORIZON)]
    without = _without_fixes(devices, as_of, tables, starts)
    wait = max((date(first_year, 1, 1) - as_of).days / 365.25, 0.0)

    hardware_past, unfixed = without
    rows = [item.row for item in rated.items]
    is_whole = np.array([item.part == risk.WHOLE for item in rated.items], dtype=bool)
    exposed = unfixed[rows] & is_whole[:, None] if rows else np.zeros((0, HORIZON), dtype=bool)
    things: list[Candidate] = []
    due: list[np.ndarray] = []
    lives: list[float] = []
    anyway: list[bool] = []
    of_item: list[list[int]] = []  # items whose loss goes away with the thing
    of_new: list[int | None] = []  # the item that stands for its successor
    parts_of: dict[int, list[int]] = {}
    for n, item in enumerate(rated.items):
        if item.part != risk.WHOLE:
            parts_of.setdefault(item.row, []).append(n)
    place: dict[str, int] = {}
    instead: list[tuple[int, int]] = []
    age_rows, software_rows = ages.to_dict("records"), software.to_dict("records")
    names = zip(*(devices[name] for name in ("device", "office", "kind", "state")), strict=True)
    for i, (device, office, kind_cell, state) in enumerate(names):
        kind, age = code(kind_cell), age_rows[i]
        number = whole.get(i)
        found = rated.found[number] if number is not None else ()
        worn = float(np.prod([one.times for one in found])) >= WORN
        life = (policies.lives[kind].years if kind in policies.lives else np.inf) * life_factor
        past = believed[i].older_than_each(np.maximum(life - wait - np.arange(HORIZON), 0.0)) >= 0.5
        may = past | worn | hardware_past[i]
        price = policies.prices[kind].vnd if kind in policies.prices else 0
        people = int(rated.people[number]) if number is not None else 0
        out = _ruled_out(code(state), age, price, kind in policies.lives, worn or bool(hardware_past[i]), unknown_age)
        own = [n for n in [number] if n is not None]
        place[device] = len(things)
        reasons = _reasons(age, software_rows[i], first_year, people)
        if hardware_past[i]:
            reasons.insert(0, ("model_unsupported", {}))
        reasons += [("found", {"what": one.kind}) for one in found if one.times > 1]
        must = bool(hardware_past[i]) and kind in SECURITY and not out
        things.append(Candidate(device, device, code(office), kind, risk.WHOLE, "", price, people, out, must, tuple(reasons)))
        due.append(may & (price > 0))
        lives.append(life)
        anyway.append((worn or bool(hardware_past[i])) and price > 0)
        of_item.append([*own, *parts_of.get(i, [])])
        of_new.append(number)
        for n in parts_of.get(i, []):
            part = _part(rated, n, policies, wait, life_factor)
            if part is None or out in ("silent", "gone"):
                continue
            candidate, when, part_life, found_of_it = part
            instead.append((place[device], len(things)))
            things.append(candidate)
            due.append(when)
            lives.append(part_life)
            anyway.append(found_of_it)
            of_item.append([n])
            of_new.append(n)
    norms = _lacking(offices, computers or {}, policies, things)
    nothing = len(things) - len(due)
    due += [np.ones(HORIZON, dtype=bool)] * nothing
    lives += [np.inf] * nothing
    anyway += [True] * nothing
    of_item += [[]] * nothing
    of_new += [None] * nothing
    before = _order(things, place, due, upstream or {})

    basis = Basis(
        rated, exposed, tuple(tuple(numbers) for numbers in of_item), tuple(of_new), np.array(lives, dtype=float),
        np.array(anyway, dtype=bool), as_of, known_parameters,
    )  # fmt: skip
    keep, keep_hour, new, new_hour = basis.losses(rated.believed, first_year)
    hour = known_parameters.person_hour_vnd
    unsupported = np.zeros((len(things), HORIZON), dtype=bool)
    for i, device in enumerate(devices["device"]):
        unsupported[place[device]] = unfixed[i]
    return Candidates(
        tuple(things), keep, keep_hour, new, new_hour, np.array(due, dtype=bool).reshape(len(things), HORIZON), unsupported,
        tuple(instead), before, norms, first_year, hour, devices, ages, software, basis,
    )  # fmt: skip


def _without_fixes(
    devices: pd.DataFrame, as_of: date, tables: Lifecycles, starts: Sequence[pd.Timestamp]
) -> tuple[np.ndarray, np.ndarray]:
    """By device: its model gets no security fixes today (or can run no supported release); by year: it gets none."""
    status = lifecycle_of(devices, as_of, tables)
    replaced = ((status["security"] == "past") | (status["step"] == "replace")).fillna(False).to_numpy(dtype=bool)
    unfixed = np.zeros((len(devices), HORIZON), dtype=bool)
    for name in ("os_end_of_security", "end_of_security"):
        ends = pd.to_datetime(status[name])
        for t, start in enumerate(starts):
            unfixed[:, t] |= (ends < start).fillna(False).to_numpy(dtype=bool)
    return replaced, unfixed | (status["status"] == "past").fillna(False).to_numpy(dtype=bool)[:, None]


def _ruled_out(state: str, age: Mapping, price: int, has_life: bool, speaks: bool, unknown_age: str) -> str:
    """Why a device is not bought whatever the money; "" = it may be. `speaks`: something else than its age says so."""
    unknown = pd.isna(age["years"]) and (pd.isna(age["past_life"]) or age["past_life"] < 0.5)
    if price <= 0 or not has_life:
        return "no_price"
    if state in ("silent", "gone"):
        return state
    return "age_unknown" if unknown and unknown_age == "inspect" and not speaks else ""


def _part(
    rated: risk.Rated, number: int, policies: Policies, wait: float, life_factor: float
) -> tuple[Candidate, np.ndarray, float, bool] | None:
    """A part that is past its life in some year, or of which something was found; when, its life, and whether anything was."""
    item = rated.items[number]
    found = [one for one in rated.found[number] if one.times > 1]
    life = policies.part_lives.get(item.part)
    price = policies.part_prices.get(item.part)
    if price is None:
        return None
    years = life.years * life_factor if life else np.inf
    past = item.belief.older_than_each(np.maximum(years - wait - np.arange(HORIZON), 0.0)) >= 0.5
    when = past | bool(found)
    if not when.any():
        return None
    reasons: list[tuple[str, dict]] = [("found", {"what": one.kind}) for one in found]
    if life and past.any():
        age = {"years": item.belief.quantile(0.5), "low": item.belief.quantile(0.1), "high": item.belief.quantile(0.9)}
        key = "age_past" if past[0] else "age"
        reasons.append((key, {name: round(value, 1) for name, value in age.items()} | {"life": life.years}))
    name = f"{item.device}/{item.part}/{item.item}"
    people = int(rated.people[number])
    if people > 1:
        reasons.append(("people", {"people": people}))
    made = Candidate(
        name, item.device, item.office, item.kind, item.part, item.item, price.vnd, people, "", False, tuple(reasons)
    )
    return made, when, years, bool(found)


def _lacking(
    offices: pd.DataFrame, computers: Mapping[str, int], policies: Policies, things: list[Candidate]
) -> dict[tuple[str, str], tuple[tuple[int, ...], int, int]]:
    """Adds the computers that offices lack to `things`. Of other kinds nobody knows how many there are that are not seen."""
    norm, price = policies.norms.get("pc"), policies.prices.get("pc")
    found: dict[tuple[str, str], tuple[tuple[int, ...], int, int]] = {}
    if norm is None or price is None:
        return found
    for office, staff in sorted(zip(offices["office"], offices["staff"], strict=True)):
        if pd.isna(staff) or office not in computers:
            continue
        need, have = norm.least(int(staff)), int(computers[office])
        places = []
        for n in range(max(need - have, 0)):
            places.append(len(things))
            reason = ("missing", {"have": have, "need": need, "people": int(staff)})
            things.append(Candidate(f"{office}+pc+{n:04d}", "", office, "pc", MISSING, "", price.vnd, 1, "", False, (reason,)))
        if places:
            found[office, "pc"] = (tuple(places), have, need)
    return found


def _order(
    things: Sequence[Candidate], place: Mapping[str, int], due: Sequence[np.ndarray], upstream: Mapping[str, str]
) -> tuple[tuple[int, int], ...]:
    """Pairs of switches of which the first is nearer to the way out, in the same office, and due no later than the second."""
    found = []
    for below, above in sorted(upstream.items()):
        if below not in place or above not in place:
            continue
        a, b = place[above], place[below]
        if {things[a].kind, things[b].kind} != {CORE} or things[a].office != things[b].office:
            continue
        if things[a].ruled_out or things[b].ruled_out:
            continue
        if due[a].any() and due[b].any() and due[a].argmax() <= due[b].argmax():
            found.append((a, b))
    return tuple(found)


def _reasons(age: Mapping, software: Mapping, first_year: int, people: int) -> list[tuple[str, dict]]:
    """Keys and values of the sentences that speak for replacing (or looking at) a device."""
    found: list[tuple[str, dict]] = []
    if pd.notna(age["years"]):
        key = "age_past" if pd.notna(age["past_life"]) and age["past_life"] >= 0.5 else "age"
        found.append(
            (key, {"years": age["years"], "low": age["years_low"], "high": age["years_high"], "life": age["useful_life_years"]})
        )
    elif pd.notna(age["past_life"]) and age["past_life"] >= 0.95:
        found.append(("age_at_least", {"low": age["years_low"], "life": age["useful_life_years"]}))
    else:
        found.append(("age_unknown", {"low": age["years_low"], "high": age["years_high"]}))
    end = software["end_of_security"]
    if pd.notna(end) and end < pd.Timestamp(first_year, 1, 1):
        product = f"{code(software['product'])} {code(software['release'])}"
        found.append(("unsupported", {"product": product, "end": end.date().isoformat()}))
    if people > 1:
        found.append(("people", {"people": people}))
    return [(key, {k: None if pd.isna(v) else v for k, v in values.items()}) for key, values in found]


def least(share: float, have: int, need: int) -> int:
    """How many of what an office lacks it must get to have that share of the norm."""
    return max(ceil(round(share * need, 9)) - have, 0)


def told(reasons: Sequence[tuple[str, dict]]) -> str:
    """Reasons as one line of JSON."""
    return json.dumps([[key, values] for key, values in reasons])
