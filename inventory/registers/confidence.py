"""From a probability under the model to one that holds: what is said with 0.8 is right four times in five. Pure."""

from __future__ import annotations

import math

#: The model is too careful in the middle: it takes pieces of evidence for less than they are together, and keeps "nobody" and
#: what it cannot tell apart open. Platt scaling (Platt, Probabilistic Outputs for Support Vector Machines, 1999): slope and
#: shift of the log-odds, fitted to matches of generated registers and taken half-way, because real registers have errors that
#: no generator thinks of, and because which one of several alike it is, is left open. benchmarks/register_matching.py tells how
#: well that holds.
_SLOPE, _SHIFT = 1.2, 0.6
_LEAST = 1e-9


def calibrated(probability: float) -> float:
    """The confidence to be told for a probability under the model; keeps their order.

    >>> [round(calibrated(p), 2) for p in (0.0, 0.5, 0.8, 0.95, 1.0)]
    [0.0, 0.65, 0.91, 0.98, 1.0]
    """
    if probability <= _LEAST or probability >= 1.0 - _LEAST:
        return min(max(probability, 0.0), 1.0)
    odds = math.log(probability / (1.0 - probability))
    return 1.0 / (1.0 + math.exp(-_SLOPE * odds - _SHIFT))
