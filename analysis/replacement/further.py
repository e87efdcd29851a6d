"""What else is asked of a plan, side by side: HiGHS lets other threads run while it searches."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pandas as pd

from analysis.replacement.listed import curve_of, more_of
from analysis.replacement.planned import Plan
from analysis.replacement.scenarios import Doubt, doubt


@dataclass(frozen=True, slots=True)
class Further:
    """How sure the plan is; `curve` (`listed.CURVE`): what any budget leaves; `richer` (`listed.MORE`): what a tenth more money
    a year changes, which saves `saves` dong more."""

    doubt: Doubt
    curve: pd.DataFrame
    richer: pd.DataFrame
    saves: float


def further(plan: Plan, scenarios: int = 20) -> Further:
    """The answers about a plan, the same as each by itself gives."""
    with ThreadPoolExecutor() as pool:
        more, curve = pool.submit(more_of, plan), pool.submit(curve_of, plan)
        unsure = doubt(plan, scenarios)
        return Further(unsure, curve.result(), *more.result())
