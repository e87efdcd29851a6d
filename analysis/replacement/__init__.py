"""What to buy in which year with the money there is, and why: candidates, rules, the best choice, and reasons that hold.

`instance` is the model (numbers and rules alone), `programme` its rows and columns, `clerk` the baseline, `solving` the best
choice; `explanations` and `shortage` say why, `outlook` what other money would do; `candidates` makes the things of an inventory,
`planned` the plan of them, `scenarios` how sure it is; `further` asks what else a report tells, side by side.
"""

from analysis.replacement.candidates import Candidates, prepare
from analysis.replacement.instance import yearly
from analysis.replacement.planned import PLAN, WHY_NOT, YEARS, Plan, Terms, decide, plan
from analysis.replacement.upstream import upstream

__all__ = ["PLAN", "WHY_NOT", "YEARS", "Candidates", "Plan", "Terms", "decide", "plan", "prepare", "upstream", "yearly"]
