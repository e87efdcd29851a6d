"""HiGHS, asked through its own package: linear programmes with their duals, and programmes in whole numbers.

scipy carries HiGHS too, but passes on neither where a search begins nor that it need not look for answers of its own. Every
programme here is a minimum. On HiGHS: Huangfu and Hall, Parallelizing the dual revised simplex method, Mathematical Programming
Computation 10 (2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from analysis.replacement.programme import Rows
from analysis.replacement.unheard import unheard

#: What HiGHS does beside proving a bound, to find answers: where a good one is known, it takes most of the time and finds little.
_OWN_ANSWERS = (
    "mip_heuristic_run_feasibility_jump",
    "mip_heuristic_run_rins",
    "mip_heuristic_run_rens",
    "mip_heuristic_run_root_reduced_cost",
)

with unheard():
    highspy.Highs()  # the first one of a process tells its name


@dataclass(frozen=True, slots=True)
class Linear:
    """The answer to a linear programme: `x` by column, its value, and how much the value changes by each unit of a row's limit
    (`of_rows`) and of a column's (`of_columns`); 0 where a limit does not hold anything."""

    x: np.ndarray
    value: float
    of_rows: np.ndarray
    of_columns: np.ndarray


@dataclass(frozen=True, slots=True)
class Searched:
    """`x` by column, None where none was found; the lower bound that was proved, None where none was."""

    x: np.ndarray | None
    bound: float | None


def linear(
    value: np.ndarray, rows: Rows, least: np.ndarray | float = 0.0, most: np.ndarray | float = np.inf, *, interior: bool = False
) -> Linear | None:
    """The least of `value` with columns between `least` and `most`, None where no answer keeps the rows. `interior`: by an
    interior point, then crossed over to a corner, where otherwise the simplex goes from corner to corner."""
    asked = _asked(value, rows, least, most, None)
    asked.setOptionValue("solver", "ipm" if interior else "simplex")
    asked.run()
    if asked.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    found = asked.getSolution()
    return Linear(
        np.array(found.col_value), asked.getInfo().objective_function_value, np.array(found.row_dual), np.array(found.col_dual)
    )


def search(
    value: np.ndarray,
    rows: Rows,
    whole: np.ndarray,
    most: np.ndarray,
    *,
    gap: float = 0.0,
    nodes: int,
    begin: np.ndarray | None = None,
    proving: bool = False,
) -> Searched:
    """The least of `value` with columns between 0 and `most`, whole where `whole` says so, to a relative gap or so many nodes.

    `begin`: an answer that is known. `proving`: look for a bound only, where that answer is thought to be good.

    Who looks for an answer that need not be the best of all does not make the programme smaller first, and who proves a bound
    does not begin anew with what is left of it: 40 plans with different money, years and rules took a quarter less time so, the
    longest of them half. The best of all is found sooner with both.
    """
    asked = _asked(value, rows, 0.0, most, whole)
    asked.setOptionValue("mip_rel_gap", gap)
    asked.setOptionValue("mip_max_nodes", nodes)
    if proving:
        asked.setOptionValue("mip_allow_restart", False)
        asked.setOptionValue("mip_heuristic_effort", 0.0)
        for option in _OWN_ANSWERS:
            asked.setOptionValue(option, False)
    elif gap > 0:
        asked.setOptionValue("presolve", "off")
    if begin is not None:
        known = highspy.HighsSolution()
        known.col_value = begin.tolist()
        asked.setSolution(known)
    asked.run()
    if asked.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return Searched(None, None)
    info = asked.getInfo()
    there = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return Searched(
        np.array(asked.getSolution().col_value) if there else None,
        info.mip_dual_bound if abs(info.mip_dual_bound) < highspy.kHighsInf else None,
    )


def _asked(
    value: np.ndarray, rows: Rows, least: np.ndarray | float, most: np.ndarray | float, whole: np.ndarray | None
) -> highspy.Highs:
    columns, matrix = len(value), rows.matrix.tocsc()
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = columns, matrix.shape[0]
    model.col_cost_ = np.asarray(value, dtype=float)
    model.col_lower_ = np.broadcast_to(np.asarray(least, dtype=float), columns).copy()
    model.col_upper_ = np.broadcast_to(np.asarray(most, dtype=float), columns).copy()
    model.row_lower_, model.row_upper_ = rows.lower, rows.upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    if whole is not None:
        kinds = {False: highspy.HighsVarType.kContinuous, True: highspy.HighsVarType.kInteger}
        model.integrality_ = [kinds[bool(one)] for one in whole]
    asked = highspy.Highs()
    asked.setOptionValue("output_flag", False)
    asked.setOptionValue("threads", 1)  # the same answer everywhere
    asked.passModel(model)
    return asked
