"""Who hangs on what: what each device and each cable cuts off, and what follows when any of them are taken away.

People are counted as the office's staff times the share of its machines that is cut off; machines are addresses that a managed
device has learned.
"""

from analysis.connectivity.columns import BEHIND, CABLES, CUT_DEVICES, CUT_OFFICES, DIFFERENCES, FINDINGS, OFFICES, REDUNDANCY
from analysis.connectivity.differences import differences
from analysis.connectivity.known import Connectivity, Dependence, cabled, connectivity, dependence, what_if
from analysis.connectivity.removal import Cut
from analysis.connectivity.ways_out import OUTSIDE, uplinks

__all__ = [
    "BEHIND",
    "CABLES",
    "CUT_DEVICES",
    "CUT_OFFICES",
    "DIFFERENCES",
    "FINDINGS",
    "OFFICES",
    "OUTSIDE",
    "REDUNDANCY",
    "Connectivity",
    "Cut",
    "Dependence",
    "cabled",
    "connectivity",
    "dependence",
    "differences",
    "uplinks",
    "what_if",
]
