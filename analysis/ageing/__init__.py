"""How old is a device, and how old are its parts: beliefs over months, from every piece of evidence, shown as intervals.

`belief` has the method, `sources` what bounds an age, `evidence` gathers it by device, `frame` and `components` are the frames.
Sources that exclude each other are listed as a contradiction, not averaged away. Where nothing bounds the age from both sides,
the age stays unknown (`years` is NA) and only the interval is given.
"""

from analysis.ageing.belief import COVERAGE, MONTHS, Belief, Evidence, Piece, contradictions, posterior, priors, span
from analysis.ageing.components import COMPONENT_AGES, component_ages
from analysis.ageing.evidence import evidence
from analysis.ageing.frame import COLUMNS, ages, beliefs, by_evidence, by_kind, is_bounded, older_than, shipped, standing

__all__ = [
    "COLUMNS",
    "COMPONENT_AGES",
    "COVERAGE",
    "MONTHS",
    "Belief",
    "Evidence",
    "Piece",
    "ages",
    "beliefs",
    "by_evidence",
    "by_kind",
    "component_ages",
    "contradictions",
    "evidence",
    "is_bounded",
    "older_than",
    "posterior",
    "priors",
    "shipped",
    "span",
    "standing",
]
