"""A plan while other things are done, and what else is asked of it: HiGHS lets other threads run while it searches."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import pandas as pd

from analysis.replacement.candidates import Candidates
from analysis.replacement.listed import curve_of, more_of
from analysis.replacement.planned import Plan, Terms, decide
from analysis.replacement.scenarios import Doubt, doubt_by, tried
from analysis.replacement.solving import GAP


@dataclass(frozen=True, slots=True)
class Further:
    """How sure the plan is; `curve` (`listed.CURVE`): what any budget leaves; `richer` (`listed.MORE`): what a tenth more money
    a year changes, which saves `saves` dong more."""

    doubt: Doubt
    curve: pd.DataFrame
    richer: pd.DataFrame
    saves: float


def deciding(ready: Candidates, terms: Terms, *, gap: float = GAP) -> Future[Plan]:
    """The plan of what is prepared, by these terms, which is decided from now on: `result()` waits for it."""
    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(decide, ready, terms, gap=gap)
    finally:
        pool.shutdown(wait=False)


def decide_and_ask(ready: Candidates, terms: Terms, scenarios: int = 20) -> tuple[Plan, Further]:
    """The plan of what is prepared, by these terms, and the answers about it: the same as each by itself gives."""
    with ThreadPoolExecutor() as pool:
        outcomes = pool.submit(tried, ready, terms, scenarios)  # they need no plan
        plan = decide(ready, terms)
        more, curve = pool.submit(more_of, plan), pool.submit(curve_of, plan)
        unsure = doubt_by(plan, outcomes.result())
        return plan, Further(unsure, curve.result(), *more.result())
