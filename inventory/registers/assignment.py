"""Who belongs to whom, one to one, when every pair has a weight: the likeliest assignment, and how likely each pair is. Pure.

A *weight* of a pair says how much likelier the pair is than both staying alone. An assignment's probability is proportional
to the product of the weights of its pairs (a monomer-dimer model, or a permanent with gaps):

- `marginals`: the probability of each pair over all assignments, by belief propagation, which counts competing alternatives
  on both sides and "nobody" (Heilmann & Lieb, Communications in Mathematical Physics 25, 1972; Huang & Jebara, Approximating
  the Permanent with Belief Propagation, arXiv:0908.1769, 2009). Exact where the pairs form no ring; n alike on both sides
  give 1/n each.
- `best`: the assignment of greatest probability (Jonker & Volgenant, Computing 38, 1987, in SciPy's form for sparse tables).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ROUNDS = 400
_CLOSE = 1e-5
_LEAST = 1e-6


@dataclass(frozen=True)
class Edges:
    """Pairs that are possible: rows (lines) and columns (things) with the logarithm of their weights."""

    rows: Ints
    columns: Ints
    log_weights: Floats
    row_places: Ints  # for each row how many units it has
    column_places: Ints  # for each column how many units it can be


def marginals(edges: Edges) -> Floats:
    """For each pair the probability that one unit of its row is one place of its column.

    Units of a row, and places of a column, are alike: what one of them sends, all send.
    """
    rows, columns = edges.rows, edges.columns
    weight = np.exp(np.clip(edges.log_weights, -50.0, 50.0))
    units, places = edges.row_places[rows].astype(float), edges.column_places[columns].astype(float)
    out = np.ones(len(rows))  # what a unit sends to a place: the odds that it is free for it
    back = np.ones(len(rows))
    for _ in range(_ROUNDS):
        to_unit = weight * back
        new_out = 1.0 / (1.0 + np.maximum(_sums(rows, to_unit * places, len(edges.row_places))[rows] - to_unit, 0.0))
        out = np.sqrt(out * new_out)  # damped: on rings of near-certain pairs the bare messages swing
        to_place = weight * out
        new_back = 1.0 / (1.0 + np.maximum(_sums(columns, to_place * units, len(edges.column_places))[columns] - to_place, 0.0))
        moved = np.abs(np.log(new_back) - np.log(back)).max(initial=0.0)
        back = np.sqrt(back * new_back)
        if moved < _CLOSE:
            break
    joint = weight * out * back
    return joint / (1.0 + joint)


def _sums(index: Ints, values: Floats, length: int) -> Floats:
    return np.bincount(index, weights=values, minlength=length).astype(np.float64)


def best(edges: Edges) -> list[tuple[int, int, int]]:
    """The likeliest assignment as (row, unit, column), units counted from 0; only pairs likelier than nobody.

    Equal weights are told apart by the order of rows and columns, so that the same input gives the same answer.
    """
    good = edges.log_weights > 0
    rows, columns, gains = edges.rows[good], edges.columns[good], edges.log_weights[good]
    if not len(rows):
        return []
    degree_of_row = np.bincount(rows, minlength=len(edges.row_places))
    degree_of_column = np.bincount(columns, minlength=len(edges.column_places))
    most_places = np.bincount(rows, weights=edges.column_places[columns], minlength=len(edges.row_places)).astype(np.int64)
    most_units = np.bincount(columns, weights=edges.row_places[rows], minlength=len(edges.column_places)).astype(np.int64)
    units = np.where(degree_of_row > 0, np.minimum(edges.row_places, most_places), 0)
    places = np.where(degree_of_column > 0, np.minimum(edges.column_places, most_units), 0)
    first_unit, first_place = np.cumsum(units) - units, np.cumsum(places) - places
    n_units, n_places = int(units.sum()), int(places.sum())
    each = units[rows] * places[columns]
    which = np.repeat(np.arange(len(rows)), each)
    turn = np.arange(len(which)) - np.repeat(np.cumsum(each) - each, each)
    unit = first_unit[rows[which]] + turn // places[columns[which]]
    place = first_place[columns[which]] + turn % places[columns[which]]
    # Every unit has a place of its own for "nobody", with a gain of zero. Ties: the earlier row takes the earlier column.
    steps = np.linspace(0.0, 1e-7, n_places) if n_places > 1 else np.zeros(n_places)
    tie = steps[place] * (1.0 - unit / max(n_units, 1))
    top = float(gains.max()) + 1.0
    cost = np.concatenate([top - gains[which] + tie, np.full(n_units, top)])
    at = (np.concatenate([unit, np.arange(n_units)]), np.concatenate([place, n_places + np.arange(n_units)]))
    table = sparse.csr_array((cost, at), shape=(n_units, n_places + n_units))
    chosen_units, chosen = min_weight_full_bipartite_matching(sparse.csr_matrix(table))
    row_of = np.repeat(np.arange(len(units)), units)
    column_of = np.repeat(np.arange(len(places)), places)
    pairs = []
    for u, p in zip(chosen_units.tolist(), chosen.tolist(), strict=True):
        if p < n_places:
            row = int(row_of[u])
            pairs.append((row, int(u - first_unit[row]), int(column_of[p])))
    return sorted(pairs)
