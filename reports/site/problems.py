"""Why two runs cannot be compared."""

from __future__ import annotations

from typing import ClassVar

from inventory.problems import Problem


class SiteProblem(Problem):
    TEMPLATES: ClassVar[dict[str, str]] = {
        "runs_differ": "Runs {before} and {after} are not of one report in one language; only such runs can be compared.",
        "run_not_shown": "Run {run} has no notebook that can be read; only finished runs can be compared.",
    }
