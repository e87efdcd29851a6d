"""A plan while other things are done, and what else is asked of it: HiGHS lets other threads run while it searches."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import pandas as pd

from analysis.replacement.candidates import Candidates
from analysis.replacement.listed import curve_of, more_of
from analysis.replacement.planned import Plan, Terms, decide
from analysis.replacement.scenarios import Doubt, doubt_by, tried
from analysis.replacement.solving import GAP


@dataclass(frozen=True, slots=True)
class Answers:
    """A plan, and what else is asked of it. Each is waited for when it is asked for, and raises what its search raised."""

    _plan: Future[Plan]
    _doubt: Future[Doubt]
    _curve: Future[pd.DataFrame]
    _more: Future[tuple[pd.DataFrame, float]]

    @property
    def plan(self) -> Plan:
        """The plan itself."""
        return self._plan.result()

    @property
    def doubt(self) -> Doubt:
        """How sure it is."""
        return self._doubt.result()

    @property
    def curve(self) -> pd.DataFrame:
        """What any budget leaves: `listed.CURVE`."""
        return self._curve.result()

    @property
    def richer(self) -> pd.DataFrame:
        """What a tenth more money a year changes: `listed.MORE`."""
        return self._more.result()[0]

    @property
    def saves(self) -> float:
        """What that saves more, dong."""
        return self._more.result()[1]


def deciding(ready: Candidates, terms: Terms, *, gap: float = GAP) -> Future[Plan]:
    """The plan of what is prepared, by these terms, which is decided from now on: `result()` waits for it."""
    with _beside(1) as pool:
        return pool.submit(decide, ready, terms, gap=gap)


def ask(ready: Candidates, terms: Terms, scenarios: int = 20) -> Answers:
    """The plan of what is prepared, by these terms, and the answers about it, which are looked for from now on: the same as each
    by itself gives."""
    with _beside(2) as first, _beside(1) as then:
        plan = first.submit(decide, ready, terms)
        outcomes = first.submit(tried, ready, terms, scenarios)  # they need no plan
        return Answers(
            plan,
            # one after another: whoever has the plan works beside them
            then.submit(lambda: doubt_by(plan.result(), outcomes.result())),
            then.submit(lambda: curve_of(plan.result())),
            then.submit(lambda: more_of(plan.result())),
        )


@contextmanager
def _beside(threads: int) -> Iterator[ThreadPoolExecutor]:
    """Threads for what goes on when the context has ended."""
    pool = ThreadPoolExecutor(threads)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False)
