"""Pictures for people who decide: each takes a frame of `analysis` and `say` (words in the reader's language), returns a Figure.

The title states the finding; the subtitle (`about`) says data, day and coverage. The accent means "needs action", everywhere;
grey is the rest; hatching, not colour alone, tells what is unknown, so that a black-and-white print says the same.
"""

from analysis.figures.age_evidence import age_evidence, age_pyramid
from analysis.figures.ages import age_by_kind, age_by_office, age_intervals
from analysis.figures.condition import condition_by_office, condition_by_part, condition_over_time
from analysis.figures.district import district_map
from analysis.figures.goal_steps import goal_curve, requirements
from analysis.figures.happenings import happenings_by_office, happenings_by_scan
from analysis.figures.maps import office_map
from analysis.figures.network import coverage, ports, single_points
from analysis.figures.overview import devices_by_office
from analysis.figures.plan import plan_by_office, plan_by_year, plan_curve, risk_by_year
from analysis.figures.readiness import goals_by_office
from analysis.figures.reconciliation import books_by_office
from analysis.figures.security import exposures_by_kind

__all__ = [
    "age_by_kind",
    "age_by_office",
    "age_evidence",
    "age_intervals",
    "age_pyramid",
    "books_by_office",
    "condition_by_office",
    "condition_by_part",
    "condition_over_time",
    "coverage",
    "devices_by_office",
    "district_map",
    "exposures_by_kind",
    "goal_curve",
    "goals_by_office",
    "happenings_by_office",
    "happenings_by_scan",
    "office_map",
    "plan_by_office",
    "plan_by_year",
    "plan_curve",
    "ports",
    "requirements",
    "risk_by_year",
    "single_points",
]
