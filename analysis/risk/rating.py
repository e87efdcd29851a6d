"""What is charged with risk: every device of a kind that has a hazard, and those of its parts whose age or state is known.

A finding multiplies the hazard of what it is about: a failing disk its disk, not the computer. A part that is rated by itself
takes its share of the device's failures with it, so that none is counted twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.ageing import Belief
from analysis.risk.consequence import reached
from analysis.risk.parameters import Parameters
from analysis.risk.spread import between, within
from analysis.tables import code

#: `part` of what is a device as a whole.
WHOLE = "device"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that can fail. `row`: of its device in `devices`. `hazard`: its name in `Parameters.of`."""

    row: int
    device: str
    office: str
    kind: str
    part: str
    item: str
    hazard: str
    belief: Belief


@dataclass(frozen=True, slots=True)
class Found:
    """A finding that counts: its kind, by how much it multiplies, and what `condition` says of it (packed)."""

    kind: str
    times: float
    why: str


@dataclass(frozen=True, slots=True)
class Rated:
    """Items in the order of `devices`, a device before its parts, and by item what is known of it.

    people, service_people, price: of a failure. multiplier: product of `found` and of `in_order` (kinds of evidence that were
    looked for and not found), capped. scale: this times the share of the device's failures that are the item's own. missing:
    kinds of evidence that nobody measured, which multiply by 1.
    """

    items: tuple[Item, ...]
    people: np.ndarray
    service_people: np.ndarray
    price: np.ndarray
    multiplier: np.ndarray
    scale: np.ndarray
    found: tuple[tuple[Found, ...], ...]
    in_order: tuple[tuple[str, ...], ...]
    missing: tuple[tuple[str, ...], ...]

    @property
    def hazards(self) -> list[str]:
        """`kinds` of `losses`."""
        return [item.hazard for item in self.items]

    @property
    def believed(self) -> list[Belief]:
        return [item.belief for item in self.items]


def rate(
    devices: pd.DataFrame,
    offices: pd.DataFrame,
    behind: pd.DataFrame,
    believed: Sequence[Belief],
    *,
    prices: Mapping[str, int],
    part_prices: Mapping[str, int],
    parameters: Parameters,
    components: pd.DataFrame | None = None,
    condition: pd.DataFrame | None = None,
    unmeasured: pd.DataFrame | None = None,
) -> Rated:
    """Everything that is charged. `believed`: one for each of `devices`. `prices`, `part_prices`: of new ones, dong.

    `components`: the frame `component_ages`; `condition` and `unmeasured`: those of `analysis.condition`. Without `unmeasured`
    nothing but what was found counts as measured.
    """
    charged = _Charged(condition, parameters)
    missing_of = _missing(unmeasured)
    touched = reached(devices, offices, behind, parameters)
    ages = _ages(components, parameters)
    gone = set(devices.loc[devices["state"].eq("gone").fillna(False), "device"])  # these have no condition
    items: list[Item] = []
    share: list[float] = []
    apart: dict[str, set[str]] = {}
    for row, (device, office, kind) in enumerate(devices[["device", "office", "kind"]].itertuples(index=False)):
        if code(kind) not in parameters.hazards or parameters.hazards[kind].is_part:
            continue
        parts = _parts(device, believed[row], ages.get(device, {}), charged)
        items.append(Item(row, device, code(office), kind, WHOLE, "", kind, believed[row]))
        apart[device] = {name for name, _, _ in parts}
        share.append(max(1 - sum(parameters.hazards[name].share for name in apart[device]), 0.0))
        count = Counter(name for name, _, _ in parts)
        items += [
            Item(row, device, code(office), kind, name, item, f"{kind}/{name}/{count[name]}", belief)
            for name, item, belief in parts
        ]
        share += [1.0] * len(parts)
    found = [charged.of(item) for item in items]
    looked = [
        _looked_for(item, have, apart[item.device], item.device in gone, missing_of, parameters)
        for item, have in zip(items, found, strict=True)
    ]
    multiplier = np.array(
        [
            parameters.capped(
                float(np.prod([one.times for one in have] + [parameters.effect(kind, item.part)[1] for kind in in_order]))
            )
            for item, have, (in_order, _) in zip(items, found, looked, strict=True)
        ]
    )
    rows = np.array([item.row for item in items], dtype=int)
    return Rated(
        items=tuple(items),
        people=touched["people"].to_numpy(dtype=float)[rows],
        service_people=touched["service_people"].to_numpy(dtype=float)[rows],
        price=np.array([_price(item, prices, part_prices) for item in items], dtype=float),
        multiplier=multiplier,
        scale=multiplier * np.array(share),
        found=tuple(found),
        in_order=tuple(in_order for in_order, _ in looked),
        missing=tuple(missing for _, missing in looked),
    )


def _price(item: Item, prices: Mapping[str, int], part_prices: Mapping[str, int]) -> int:
    return prices.get(item.kind, 0) if item.part == WHOLE else part_prices.get(item.part, 0)


_Part = tuple[str, str, Belief]
_Age = tuple[float, float | None, float]


def _ages(components: pd.DataFrame | None, parameters: Parameters) -> dict[str, dict[tuple[str, str], _Age]]:
    """device -> (part, item) -> low, median or None, high."""
    found: dict[str, dict[tuple[str, str], _Age]] = defaultdict(dict)
    if components is None:
        return found
    columns = ["device", "part", "item", "years_low", "years", "years_high"]
    for device, part, item, low, median, high in components[columns].itertuples(index=False):
        if (name := parameters.part(code(part))) not in ("", WHOLE) and pd.notna(low) and pd.notna(high):
            found[device][name, code(item)] = (float(low), None if pd.isna(median) else float(median), float(high))
    return found


def _parts(
    device: str,
    belief: Belief,
    ages: Mapping[tuple[str, str], _Age],
    charged: _Charged,
) -> list[_Part]:
    """The parts of a device that are rated by themselves: of known age, and those of which something was found."""
    found = {key: between(low, median, high, belief.elapsed) for key, (low, median, high) in ages.items()}
    for part, item in charged.parts.get(device, ()):
        if not any(known == part for known, _ in found):
            found[part, item] = within(belief)
    return [(part, item, age) for (part, item), age in sorted(found.items(), key=lambda one: one[0])]


class _Charged:
    """Findings by what they are charged to."""

    def __init__(self, condition: pd.DataFrame | None, parameters: Parameters) -> None:
        self._by: dict[tuple[str, str], dict[tuple[str, str], Found]] = defaultdict(dict)
        self.parts: dict[str, list[tuple[str, str]]] = defaultdict(list)
        if condition is None:
            return
        for device, kind, named, item, why in condition[["device", "kind", "part", "item", "why"]].itertuples(index=False):
            evidence, part = parameters.evidence.get(code(kind)), parameters.part(code(named))
            if evidence is None or not part:
                continue
            self._by[device, part].setdefault((code(kind), code(item)), Found(code(kind), evidence.times, code(why)))
            if part != WHOLE:
                self.parts[device].append((part, code(item)))

    def of(self, item: Item) -> tuple[Found, ...]:
        """What was found of it. A finding that names no item, or one that is not known, is about all of that part."""
        about = self._by.get((item.device, item.part), {})
        named: dict[str, Found] = {}
        for (kind, name), found in about.items():
            if item.part == WHOLE or name in ("", item.item) or not item.item:
                named.setdefault(kind, found)
        return tuple(named.values())


def _missing(unmeasured: pd.DataFrame | None) -> Mapping[str, frozenset[str]] | None:
    """device -> what was not measured of it; None: of nothing is it known."""
    if unmeasured is None:
        return None
    found: dict[str, set[str]] = defaultdict(set)
    for device, what in unmeasured[["device", "what"]].itertuples(index=False):
        found[device].add(code(what))
    return {device: frozenset(whats) for device, whats in found.items()}


def _looked_for(
    item: Item,
    found: Sequence[Found],
    apart: set[str],
    gone: bool,
    missing_of: Mapping[str, frozenset[str]] | None,
    parameters: Parameters,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Kinds of evidence about an item that were looked for and not found, and those that nobody measured. A device has those of
    its parts that are not charged by themselves."""
    have = {one.kind for one in found}
    about = [
        kind
        for kind, evidence in parameters.evidence.items()
        if item.kind in evidence.kinds
        and evidence.times != 1
        and kind not in have
        and (evidence.part == item.part or (item.part == WHOLE and evidence.part not in apart))
    ]
    if missing_of is None or gone:
        return (), tuple(about)
    missing = missing_of.get(item.device, frozenset())
    nobody = tuple(kind for kind in about if parameters.evidence[kind].measured_by & missing)
    return tuple(kind for kind in about if kind not in nobody and parameters.evidence[kind].clears), nobody
