"""How much each pair of line and thing has in its favour. Pure.

Probabilistic record linkage (Fellegi & Sunter, A Theory for Record Linkage, Journal of the American Statistical Association
64, 1969): the weight of a pair is the logarithm of how much likelier what is found between the two is if they are one (m)
than if they are not (u), summed over the evidence.

- u is counted, for each line by itself: the share of all things that meet this line as well as this one does. So an
  agreement on a rare model or office says more than on a common one (Newcombe et al., Science 130, 1959; Winkler,
  Frequency-Based Matching in Fellegi-Sunter Model of Record Linkage, 2000), and what is so of every thing says nothing.
- m begins as a rule of thumb and is corrected by what is found between *anchors*: pairs that share an identifier that nobody
  else has, and pairs that an earlier look found likely, by how likely they are (one step of expectation and maximisation:
  Dempster, Laird & Rubin, Journal of the Royal Statistical Society B 39, 1977). So a register in which rooms are never right,
  or that an authority keeps for all its offices, is weighed by its own habits.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from inventory.registers import equipped as equipment
from inventory.registers import evidence, identifiers, sorts
from inventory.registers.evidence import Field, coded
from inventory.registers.identifiers import Identifiers
from inventory.registers.likeness import Model
from inventory.registers.records import Line
from inventory.registers.sides import Ground, Thing

K = TypeVar("K")
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

#: What a rule of thumb is worth, in anchors.
_THUMB = 25.0
#: What is known beforehand of how often something comes about by chance is worth so many things.
_CHANCE = 8.0
#: A kind of device that a line's words do not suggest is found this often all the same.
_OTHER_KIND = 0.004
#: From here on (logarithm of how much likelier than any other) a thing is of the line's kind.
_SAME_KIND = -1.0
#: Of pairs of which both sides tell a model, by whether the line names a model that some thing has, another, or a series only.
_KNOWN_EXPECTED = {Model.FULL: 0.7, Model.NUMBER: 0.23, Model.SERIES: 0.02, Model.SIBLING: 0.03, Model.OTHER: 0.02}
_NUMBER_EXPECTED = {Model.FULL: 0.62, Model.NUMBER: 0.24, Model.SERIES: 0.02, Model.SIBLING: 0.03, Model.OTHER: 0.09}
_MODEL_BY_CHANCE = {Model.FULL: 0.02, Model.NUMBER: 0.03, Model.SERIES: 0.15, Model.SIBLING: 0.02, Model.OTHER: 0.93}
_SERIES_EXPECTED = {Model.SERIES: 0.85, Model.OTHER: 0.15}
SAME_BRAND, AKIN_BRAND, OTHER_BRAND = 0, 1, 2
_BRAND_EXPECTED = (0.92, 0.04, 0.04)
_BRAND_BY_CHANCE = (0.15, 0.05, 0.8)
_CARD_EXPECTED = (0.55, 0.10, 0.35)
#: Units of one line that count as so many lines.
_MOST_UNITS = 20
#: Pairs with less are not even looked at (natural logarithm of the weight against "nobody").
LEAST = -8.0
#: An exact serial number or hardware address that no other line and no other thing has outweighs whatever speaks against it.
_SURE = 7.0
#: So many things a line are looked at, the best.
MOST = 250
_ROWS_AT_ONCE = 512


#: (line, thing, how likely they are one)
Likely = tuple[int, int, float]


@dataclass(frozen=True)
class What:
    """Kind, brand and model: one comparison, because they are not independent."""

    line_codes: Ints
    thing_codes: Ints
    weights: Floats  # distinct lines x distinct things
    models: NDArray[np.int8]  # level of the model
    brands: NDArray[np.int8]  # -1: not told
    kinds: Floats  # logarithm of the part that the kind alone has


@dataclass(frozen=True)
class Table:
    """All evidence between lines and things; `pairs` makes weights of it."""

    lines: tuple[Line, ...]
    things: tuple[Thing, ...]
    what: What
    fields: tuple[Field, ...]
    shared: Identifiers
    by_pair: Mapping[tuple[int, int], tuple[identifiers.Shared, ...]]
    field_weights: tuple[Floats, ...]  # of each field: distinct lines x distinct things
    identifier_rates: Mapping[str, Mapping[str, float]]
    makers: tuple[str | None, ...]
    alike: Mapping[tuple[int, str, str], int]  # (line, identifier, level) -> how many things meet the line so
    ground: Ground
    anchors: tuple[Likely, ...]  # pairs by which habits are learnt
    sure: frozenset[tuple[int, int]]  # pairs with an exact identifier that nobody else has

    @cached_property
    def answers_elsewhere(self) -> NDArray[np.bool_]:
        """For each line whether devices answer that are of its very model."""
        devices = np.zeros(self.what.models.shape[1], dtype=bool)
        devices[self.what.thing_codes[[j for j, thing in enumerate(self.things) if thing.device is not None]]] = True
        named = np.isin(self.what.models, (Model.FULL, Model.NUMBER)) & (self.what.kinds > _SAME_KIND) & devices[None, :]
        return np.asarray(named.any(axis=1))[self.what.line_codes]


def table(
    lines: Sequence[Line], things: Sequence[Thing], makers: Sequence[str | None], ground: Ground, likely: Sequence[Likely] = ()
) -> Table:
    """Compares everything with everything. `makers`: of the network card of each thing, as the OUI registry has it.

    `likely`: what an earlier look found, to learn habits from where no identifier tells (lines and things of anchors left out).
    """
    shared = identifiers.compare(lines, things)
    sure = frozenset(_unique(shared, ("serial", "mac")))
    anchors = tuple((i, j, 1.0) for i, j in _anchors(shared, lines, things))
    known_lines, known_things = {i for i, _, _ in anchors}, {j for _, j, _ in anchors}
    anchors += tuple(one for one in likely if one[0] not in known_lines and one[1] not in known_things)
    equipped = equipment.of_lines(lines, things, anchors)
    built_in = [equipment.of_thing(thing) if thing.model is None else None for thing in things]
    fields = (
        evidence.office(lines, things, ground),
        evidence.made(lines, things, ground),
        evidence.first_seen(lines, things),
        evidence.system(lines, things),
        evidence.room(lines, things),
        evidence.memory([one.memory for one in equipped], things),
        evidence.disk([one.disk for one in equipped], things),
        evidence.processor([one.processor for one in equipped], built_in),
        evidence.sold(lines, built_in),
        evidence.form(lines, things),
    )
    found: dict[tuple[int, int], list[identifiers.Shared]] = defaultdict(list)
    for one in shared.shared:
        found[one.line, one.thing].append(one)
    by_pair = {pair: tuple(those) for pair, those in found.items()}
    found_levels = {f.name: [(f.level(i, j), share) for i, j, share in anchors] for f in fields}
    return Table(
        lines=tuple(lines),
        things=tuple(things),
        what=_what(lines, things, makers, anchors),
        fields=fields,
        shared=shared,
        by_pair=by_pair,
        field_weights=tuple(_field_weights(f, found_levels[f.name]) for f in fields),
        identifier_rates=_identifier_rates(shared, by_pair, anchors),
        makers=tuple(makers),
        alike=Counter((one.line, one.name, one.level) for one in shared.shared),
        ground=ground,
        anchors=anchors,
        sure=sure,
    )


# -- anchors ---------------------------------------------------------------------------------------------------------------


def _unique(shared: Identifiers, names: Collection[str]) -> Iterator[tuple[int, int]]:
    """Pairs that share exactly an identifier that no other line and no other thing has."""
    equal = [one for one in shared.shared if one.level == "equal" and one.name in names]
    of_line, of_thing = Counter((o.name, o.line) for o in equal), Counter((o.name, o.thing) for o in equal)
    return ((o.line, o.thing) for o in equal if of_line[o.name, o.line] == 1 and of_thing[o.name, o.thing] == 1)


def _anchors(shared: Identifiers, lines: Sequence[Line], things: Sequence[Thing]) -> Iterator[tuple[int, int]]:
    """One line of one thing, one thing of one box, that share an identifier that nobody else has, and nobody else comes near."""
    pairs = set(_unique(shared, ("serial", "mac", "host")))
    lines_of, things_of = Counter(i for i, _ in pairs), Counter(j for _, j in pairs)
    for i, j in sorted(pairs):
        if lines_of[i] == 1 and things_of[j] == 1 and lines[i].quantity == 1 and things[j].boxes == 1:
            yield i, j


def _identifier_rates(
    shared: Identifiers, by_pair: Mapping[tuple[int, int], tuple[identifiers.Shared, ...]], anchors: Sequence[Likely]
) -> dict[str, dict[str, float]]:
    """m of the identifiers, each counted on anchors that hold by another one."""
    rates: dict[str, dict[str, float]] = {}
    for name, expected in identifiers.EXPECTED.items():
        found: list[tuple[str, float]] = []
        for i, j, share in anchors:
            those = by_pair.get((i, j), ())
            if any(one.level == "equal" and one.name in ("serial", "mac", "host") and one.name != name for one in those):
                levels = [one.level for one in those if one.name == name]
                if levels:
                    found.append((levels[0], share))
                elif i in shared.line_tells[name] and j in shared.thing_tells[name]:
                    found.append(("other", share))
        informative = {level: thumb for level, thumb in expected.items() if thumb}
        corrected = _rates(informative, found) if "other" in expected else informative
        rates[name] = {level: corrected.get(level, 0.0) for level in expected}
    return rates


# -- kind, brand, model ----------------------------------------------------------------------------------------------------


def _what(lines: Sequence[Line], things: Sequence[Thing], makers: Sequence[str | None], anchors: Sequence[Likely]) -> What:
    described = [(sort.name if (sort := sorts.sort_of(line)) else "", evidence.text_of(line)) for line in lines]
    line_codes, line_values = coded(described)
    thing_codes, thing_values = coded([_dress(thing, maker) for thing, maker in zip(things, makers, strict=True)])
    units = [float(min(max(line.quantity, 1), _MOST_UNITS)) for line in lines]
    line_counts = np.bincount(line_codes, units, len(line_values)).astype(np.float64)
    thing_counts = np.bincount(thing_codes, minlength=len(thing_values)).astype(np.float64)
    models = evidence.Models(things)
    names = sorted({kind for kinds, *_ in thing_values for kind, _ in kinds})
    shares, usual = _shares(names, [kinds for kinds, *_ in thing_values], thing_counts)
    model_of = np.array([models.number[model] if model else -1 for _, _, _, model in thing_values], dtype=np.int64)
    houses_of_things = [houses for _, houses, _, _ in thing_values]
    by_card = np.array([card for _, _, card, _ in thing_values], dtype=bool)
    levels = np.zeros((len(line_values), len(thing_values)), dtype=np.int8)
    brands = np.full(levels.shape, -1, dtype=np.int8)
    kinds = np.zeros(levels.shape, dtype=np.float32)
    for i, (sort_name, text) in enumerate(line_values):
        if models.names:
            levels[i] = np.where(model_of >= 0, models.levels(text)[np.maximum(model_of, 0)], Model.SILENT)
        brands[i] = _brand_levels(sorts.houses(text), houses_of_things)
        kinds[i] = np.log(_kind_ratio(sort_name, names, shares, usual))
    found = [(int(line_codes[i]), int(thing_codes[j]), share) for i, j, share in anchors]
    model_m = _model_rates(levels, found)
    told_m, card_m = (
        _rates(dict(enumerate(expected)), [(int(brands[a, b]), share) for a, b, share in found if by_card[b] == card])
        for card, expected in ((False, _BRAND_EXPECTED), (True, _CARD_EXPECTED))
    )
    compatible = np.exp(np.minimum(kinds, 0.0))  # things of another kind are no competition
    weights = kinds + _model_weights(levels, model_m, compatible, line_counts, thing_counts)
    for i in range(len(line_values)):
        alike = thing_counts * compatible[i]
        unnamed = (levels[i] == Model.SILENT) | (levels[i] == Model.OTHER)
        for card, rates in ((False, told_m), (True, card_m)):
            told = (brands[i] >= 0) & (by_card == card)
            weights[i] += np.where(unnamed, _ratio(brands[i], rates, dict(enumerate(_BRAND_BY_CHANCE)), alike, told), 0.0)
    return What(line_codes, thing_codes, weights.astype(np.float32), levels, brands, kinds)


def _model_rates(levels: NDArray[np.int8], anchors: Sequence[Likely]) -> list[Mapping[Model, float]]:
    """m of the levels of a model, for each distinct line: by what it tells of a model at all."""
    known = (levels == Model.FULL).any(axis=1)
    series = ~np.isin(levels, (Model.FULL, Model.NUMBER)).any(axis=1) & (levels == Model.SERIES).any(axis=1)

    def rates(expected: Mapping[Model, float], of: NDArray[np.bool_]) -> Mapping[Model, float]:
        return _rates(expected, [(Model(levels[a, b]), share) for a, b, share in anchors if of[a]])

    by_known, by_series = rates(_KNOWN_EXPECTED, known), rates(_SERIES_EXPECTED, series)
    by_number = rates(_NUMBER_EXPECTED, ~known & ~series)
    return [by_known if k else by_series if s else by_number for k, s in zip(known.tolist(), series.tolist(), strict=True)]


def _model_weights(
    levels: NDArray[np.int8],
    model_m: Sequence[Mapping[Model, float]],
    compatible: NDArray[np.float32],
    line_counts: NDArray[np.float64],
    thing_counts: NDArray[np.float64],
) -> NDArray[np.float64]:
    """log(m/u) of the models of every distinct line and thing.

    Agreeing comes about by chance as often as the more frequent side has it: u = max(n lines, n things) / max(N lines, N
    things), of those that tell a model of that kind. Where as many things tell a model as lines have it, all of it is told: a
    thing that tells no model is hardly one of them then.
    """
    told = levels != Model.SILENT
    any_model = told.any(axis=0)
    weights = np.zeros(levels.shape)
    lines_telling = (told.any(axis=1) * line_counts) @ (compatible * any_model)  # per thing, of its kind
    things_telling = compatible @ (thing_counts * any_model)  # per line, of its kind
    things_there = compatible @ thing_counts
    most = np.maximum(lines_telling[None, :], things_telling[:, None])
    reached = np.zeros(levels.shape, dtype=bool)
    for level in (Model.FULL, Model.NUMBER, Model.SERIES):
        reached |= levels == level
        here = levels == level
        n_lines = line_counts @ (reached * compatible)
        n_things = (reached * compatible) @ thing_counts
        u = (np.maximum(n_lines[None, :], n_things[:, None]) + _CHANCE * _MODEL_BY_CHANCE[level]) / (most + _CHANCE)
        m = np.array([rates.get(level, _NUMBER_EXPECTED[level]) for rates in model_m])
        weights[here] = (np.log(m)[:, None] - np.log(np.clip(u, 1e-9, 1.0)))[here]
    n_named = np.isin(levels, (Model.FULL, Model.NUMBER)) * compatible @ thing_counts
    for level in (Model.SIBLING, Model.OTHER):
        here = levels == level
        u = ((here * compatible) @ thing_counts + _CHANCE * _MODEL_BY_CHANCE[level]) / (things_telling + _CHANCE)
        m = np.array([rates.get(level, _NUMBER_EXPECTED[level]) for rates in model_m])
        weights[here] = np.broadcast_to((np.log(m) - np.log(np.clip(u, 1e-9, 1.0)))[:, None], levels.shape)[here]
    # Of the lines of a model, as many as there are things of it are told.
    same = (levels == Model.FULL) | (levels == Model.NUMBER)
    counterparts = np.array([(line_counts * same[:, here].any(axis=1)).sum() if here.any() else 0.0 for here in same])
    left = np.where(counterparts > 0, 1.0 - 0.9 * np.minimum(n_named / np.maximum(counterparts, 1.0), 1.0), 1.0)
    silent_share = 1.0 - things_telling / np.maximum(things_there, 1.0)
    silence = np.log(np.clip(left / np.clip(silent_share, 0.05, 1.0), 0.1, 1.0))
    return np.where(told, weights, np.where(same.any(axis=1)[:, None], silence[:, None], 0.0))


def _dress(thing: Thing, maker: str | None) -> tuple[tuple[tuple[str, float], ...], frozenset[str], bool, str | None]:
    """(kinds, brands, whether only the network card tells the brand, model)."""
    kinds = tuple(sorted((evidence.kinds_of(thing, maker) or {}).items()))
    houses = sorts.houses(f"{thing.vendor or ''} {thing.model or ''}")
    if houses or not maker:
        return kinds, houses, False, thing.model
    card = sorts.card_of(maker)
    return kinds, sorts.houses(maker) if card and card.brand else frozenset(), True, thing.model


def _shares(
    names: Sequence[str], kinds: Sequence[tuple[tuple[str, float], ...]], counts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Shares of each kind in each distinct thing, and in all of them together; what may be anything is as all are."""
    shares = np.array([[dict(those).get(name, 0.0) for name in names] for those in kinds]).reshape(len(kinds), len(names))
    usual = (shares * counts[:, None]).sum(axis=0) + 0.5
    usual = usual / usual.sum() if len(names) else usual
    shares[shares.sum(axis=1) == 0] = usual
    return shares, usual


def _kind_ratio(sort: str, names: Sequence[str], shares: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """How much likelier each distinct thing is to be of the line's kind than any thing is."""
    known = sorts.knowledge().sorts.get(sort)
    if known is None:
        return np.ones(len(shares))
    wanted = np.array([known.kinds.get(name, 0.0) for name in names])
    return _OTHER_KIND + (1.0 - _OTHER_KIND) * (shares * (wanted / usual)).sum(axis=1)


def _brand_levels(of_line: frozenset[str], of_things: Sequence[frozenset[str]]) -> NDArray[np.int8]:
    """How a line's brands meet those of each distinct thing; -1 where one of them tells none."""
    found = np.full(len(of_things), -1, dtype=np.int8)
    for j, there in enumerate(of_things):
        if of_line and there:
            akin = any(sorts.akin(a, b) for a in of_line for b in there)
            found[j] = SAME_BRAND if of_line & there else AKIN_BRAND if akin else OTHER_BRAND
    return found


def _rates(expected: Mapping[K, float], found: Iterable[tuple[K, float]]) -> dict[K, float]:
    """A rule of thumb (m of each level; they sum to 1) and what was counted, together; each find counts by its share."""
    counts = dict.fromkeys(expected, 0.0)
    for level, share in found:
        if level in counts:
            counts[level] += share
    total = _THUMB + sum(counts.values())
    return {level: (thumb * _THUMB + counts[level]) / total for level, thumb in expected.items()}


def _ratio(
    levels: np.ndarray, m: Mapping[int, float], by_chance: Mapping[int, float], counts: np.ndarray, told: np.ndarray
) -> np.ndarray:
    """log(m/u) of one line's levels; u is the share of the things that tell and have this level. 0 where nothing is told."""
    found = np.zeros(len(levels))
    total = counts[told].sum() + _CHANCE
    for level, rate in m.items():
        here = told & (levels == level)
        if here.any():
            u = (counts[here].sum() + _CHANCE * by_chance[level]) / total
            found[here] = np.log(rate / u)
    return found


# -- pairs -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pairs:
    """Pairs worth a look, and what each has in its favour (natural logarithm, against "nobody")."""

    lines: Ints
    things: Ints
    weights: NDArray[np.float64]


def pairs(told: Table, odds: NDArray[np.float64], alone: NDArray[np.float64]) -> Pairs:
    """The pairs of each line that are worth a look.

    `odds`: for each line the logarithm of the odds that it is seen. `alone`: for each thing the logarithm of how many such are
    on no books. A pair's weight is what is found between the two, more the first, less the second.
    """
    tables = [(told.what.line_codes, told.what.thing_codes, told.what.weights)]
    tables += [(f.line_codes, f.thing_codes, w) for f, w in zip(told.fields, told.field_weights, strict=True)]
    against = _against(told)
    named: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for (i, j), those in told.by_pair.items():
        named[i].append((j, _identifier_weight(told, i, j, those)))
    rows, columns, weights = [], [], []
    for start in range(0, len(told.lines), _ROWS_AT_ONCE):
        chunk = np.arange(start, min(start + _ROWS_AT_ONCE, len(told.lines)))
        total = (odds[chunk][:, None] - alone[None, :]).astype(np.float32)
        for line_codes, thing_codes, table_weights in tables:
            total += table_weights[line_codes[chunk]][:, thing_codes]
        for line_flags, thing_flags, weight in against:
            total += weight * line_flags[chunk][:, None] * thing_flags[None, :]
        for row, i in enumerate(chunk.tolist()):
            for j, weight in named.get(i, ()):
                total[row, j] += weight
                if (i, j) in told.sure:
                    total[row, j] = max(total[row, j], _SURE)
        for row, i in enumerate(chunk.tolist()):
            good = np.flatnonzero(total[row] >= LEAST)
            if len(good) > MOST:
                good = np.sort(good[np.argsort(-total[row][good], kind="stable")[:MOST]])
            rows.append(np.full(len(good), i, dtype=np.int64))
            columns.append(good)
            weights.append(total[row][good].astype(np.float64))
    if not rows:
        return Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    return Pairs(np.concatenate(rows), np.concatenate(columns), np.concatenate(weights))


def _field_weights(f: Field, found: Sequence[tuple[int, float]]) -> Floats:
    """log(m/u) of every distinct line and thing. `found`: the levels of the anchors."""
    counts = np.bincount(f.thing_codes, minlength=f.levels.shape[1]).astype(np.float64)
    weights = np.zeros(f.levels.shape, dtype=np.float32)
    for question in f.questions:
        m = _rates({level: expected for level, (expected, _) in question.items()}, found)
        by_chance = {level: chance for level, (_, chance) in question.items()}
        for i, levels in enumerate(f.levels):
            told = np.isin(levels, list(question))
            if told.any():
                weights[i] += _ratio(levels, m, by_chance, counts, told)
    return weights


def _against(told: Table) -> list[tuple[Floats, Floats, float]]:
    """Where both sides tell an identifier of a name and it is not shared."""
    found = []
    for name, rates in told.identifier_rates.items():
        if "other" in rates:
            line_flags, thing_flags = np.zeros(len(told.lines), np.float32), np.zeros(len(told.things), np.float32)
            line_flags[list(told.shared.line_tells[name])] = 1.0
            thing_flags[list(told.shared.thing_tells[name])] = 1.0
            found.append((line_flags, thing_flags, float(np.log(rates["other"]))))
    return found


def _identifier_weight(told: Table, i: int, j: int, those: tuple[identifiers.Shared, ...]) -> float:
    """What the identifiers that are shared add, over what `_against` took."""
    weight = 0.0
    for one in those:
        rates = told.identifier_rates[one.name]
        if "other" in rates and i in told.shared.line_tells[one.name] and j in told.shared.thing_tells[one.name]:
            weight -= float(np.log(rates["other"]))
        if rates[one.level]:
            chance = identifiers.BY_CHANCE[one.name][one.level] * told.alike[i, one.name, one.level] / len(told.things)
            weight += float(np.log(rates[one.level] / chance))
    return weight
