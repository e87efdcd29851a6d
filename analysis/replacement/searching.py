"""A search in whole numbers through some columns of a programme, the others given."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from analysis.replacement import highs
from analysis.replacement.programme import Programme, Rows
from analysis.replacement.relaxation import Whole, objective

#: A search of many columns ends after fewer nodes: columns times nodes are its effort. At least so many nodes.
LEAST_NODES = 20
#: What costs this share of the least money of a year, or more, is a lump; nodes of the search for the lumps.
LUMP, LUMP_NODES = 0.1, 200


def search(
    programme: Programme,
    made: Whole,
    value: np.ndarray,
    fixed: np.ndarray,
    free: np.ndarray,
    gap: float,
    effort: int,
    *,
    begin: np.ndarray | None = None,
    proving: bool = False,
) -> tuple[np.ndarray | None, float | None]:
    """The least of `value` (one entry a column, missing ones included) over whole numbers of the `free` columns.

    `fixed`: counts of the other columns; `effort`: columns times nodes; `begin`: counts of all own columns to begin at; `proving`
    as in `highs.search`. Answer: counts of all own columns, and the lower bound that was proved.
    """
    columns = len(programme.unit)
    used = np.concatenate([free, np.arange(columns, columns + made.missing)])
    taken = made.rows.matrix[:, :columns] @ fixed
    part = made.rows.matrix[:, used].tocsr()
    busy = np.diff(part.indptr) > 0
    lower, upper = made.rows.lower - taken, made.rows.upper - taken
    if (lower[~busy] > 1e-6).any() or (upper[~busy] < -1e-6).any():
        return None, None
    base = float(value[:columns] @ fixed)
    if not len(used):
        return fixed, base
    rows, classes = _counted(programme, made, Rows(part[busy], lower[busy], upper[busy]), free, busy)
    whole_numbers = np.ones(len(used) + classes.shape[0], dtype=bool)
    whole_numbers[len(free) : len(used)] = False  # what is missing follows from what is bought
    most = np.concatenate([programme.size[free].astype(float), np.full(len(used) - len(free) + classes.shape[0], np.inf)])
    found = highs.search(
        np.concatenate([value[used], np.zeros(classes.shape[0])]),
        rows,
        whole_numbers,
        most,
        gap=gap,
        nodes=max(effort // len(used), LEAST_NODES),
        begin=None if begin is None or made.missing else np.concatenate([begin[free], classes @ begin[free]]),
        proving=proving and begin is not None and not made.missing,
    )
    bound = None if found.bound is None else found.bound + base
    if found.x is None:
        return None, bound
    counts = fixed.copy()
    counts[free] = np.round(found.x[: len(free)]).astype(np.int64)
    return counts, bound


def _counted(programme: Programme, made: Whole, rows: Rows, free: np.ndarray, kept: np.ndarray) -> tuple[Rows, sparse.csr_matrix]:
    """The rows with a column more for each price of a year that several free columns have, which counts them, and pays for them.

    How many of each price are bought is what must come out whole: with that given, what remains is an assignment, whose corners
    are whole by themselves. So HiGHS finds its cuts in a few short rows instead of in long ones. `kept`: which of the programme's
    rows there are. Second answer: price x free column, 1 where it is counted.
    """
    kinds = np.column_stack([programme.year[free], programme.price[free]])
    _, first, kind, often = np.unique(kinds, axis=0, return_index=True, return_inverse=True, return_counts=True)
    several = often > 1
    kind = kind.reshape(-1)  # numpy 2.0 gives it the shape of a column
    inside = several[kind]
    members = np.nonzero(inside)[0]
    number = (np.cumsum(several) - 1)[kind[members]]
    classes = sparse.csr_matrix((np.ones(len(members)), (number, members)), shape=(int(several.sum()), len(free)))
    row = np.nonzero(kept)[0]
    spent = sparse.diags(((row >= made.units) & (row < made.units + made.years)).astype(float)) @ rows.matrix
    by_class = sparse.diags(np.concatenate([inside, np.zeros(made.missing)]).astype(float))
    matrix = sparse.bmat(
        [
            [rows.matrix - spent @ by_class, spent[:, first[several]]],
            [sparse.hstack([classes, sparse.csr_matrix((classes.shape[0], made.missing))]), -sparse.eye(classes.shape[0])],
        ],
        format="csr",
    )
    matrix.eliminate_zeros()
    none = np.zeros(classes.shape[0])
    return Rows(matrix, np.concatenate([rows.lower, none]), np.concatenate([rows.upper, none])), classes


def lumps(programme: Programme, made: Whole, gap: float) -> tuple[dict[int, int], float]:
    """How many of each column that takes much of a year's money, were all else divisible; and what nothing can exceed then.

    A relaxation buys such things in part. With them whole, it is nearly what can be had, and the rest a matter of small change.
    """
    lump = programme.price >= LUMP * min((money for money in programme.instance.money if money > 0), default=0)
    if not lump.any():
        return {}, np.inf
    most = np.concatenate([programme.size.astype(float), np.full(made.missing, np.inf)])
    whole_numbers = np.concatenate([lump, np.zeros(made.missing, dtype=bool)])
    found = highs.search(objective(programme, made), made.rows, whole_numbers, most, gap=0.3 * gap, nodes=LUMP_NODES)
    counts = {} if found.x is None else {int(c): round(float(found.x[c])) for c in np.nonzero(lump)[0]}
    return counts, np.inf if found.bound is None else -found.bound * programme.scale
