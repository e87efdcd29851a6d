"""What to buy in which year with the money there is, and why: candidates, rules, the best choice, and reasons that hold.

`instance` is the model (pure numbers), `solving` finds the best choice of it; `planned` makes the plan of an inventory.
"""

from analysis.replacement.instance import yearly
from analysis.replacement.planned import PLAN, WHY_NOT, YEARS, Plan, plan

__all__ = ["PLAN", "WHY_NOT", "YEARS", "Plan", "plan", "yearly"]
