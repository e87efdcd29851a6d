"""What it costs a year to keep things, in dong: the chance of a failure times what a failure costs, item by item.

    risk = p * (people * work * hours * price of an hour + repair or hurried purchase) + incidents through software without fixes

`chances` has p, `consequence` what a failure costs, `rating` what was measured and whom it is charged to, `knowing` how sure the
figure is and what to measure first, `fitting` the parameters from a log of repairs (`watching`). What was not measured changes
nothing: it is neither zero risk nor a penalty. Parameters: `analysis/data/risk.yaml`, each with its source.

A plan takes the same items over several years, as arrays (items, years):

    rated = rate(devices, offices, behind, believed, prices=..., part_prices=..., parameters=..., components=..., condition=...)
    lost = losses(
        rated.hazards, rated.believed, rated.people, rated.price, unsupported, as_of=..., first_year=..., years=...,
        multipliers=rated.scale, service_persons=rated.service_people, parameters=...,
    )
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from analysis.ageing import Belief, beliefs
from analysis.risk.consequence import failure_costs, reached
from analysis.risk.frame import RISKS, risks_frame
from analysis.risk.losses import Losses, losses
from analysis.risk.parameters import Parameters, RiskFileError, parameters, shipped
from analysis.risk.rating import WHOLE, Rated, rate
from analysis.support import PAST, support
from inventory.lifecycle.policies import Policies
from inventory.lifecycle.status import Lifecycles

__all__ = [
    "RISKS",
    "WHOLE",
    "Losses",
    "Parameters",
    "Rated",
    "RiskFileError",
    "failure_costs",
    "losses",
    "parameters",
    "rate",
    "reached",
    "risks",
    "risks_frame",
    "shipped",
]


def risks(
    devices: pd.DataFrame,
    offices: pd.DataFrame,
    behind: pd.DataFrame,
    *,
    as_of: date,
    policies: Policies,
    parameters: Parameters | None = None,
    believed: Sequence[Belief] | None = None,
    components: pd.DataFrame | None = None,
    condition: pd.DataFrame | None = None,
    unmeasured: pd.DataFrame | None = None,
    software: Lifecycles | None = None,
    person_hour_vnd: float | None = None,
) -> pd.DataFrame:
    """The frame `risks` (`RISKS`): what each device, and each part that is known by itself, costs in the year after `as_of`.

    `behind`: `connectivity.BEHIND`. `believed`: beliefs about the ages of the same rows, where they are computed already.
    `components`, `condition`, `unmeasured`: the frames of those names (`component_ages`), None where there are none.
    `software`: a workspace's tables of what is still kept secure; None: the shipped ones.
    """
    known = parameters or shipped()
    rated = rate(
        devices,
        offices,
        behind,
        beliefs(devices, as_of) if believed is None else believed,
        prices={kind: price.vnd for kind, price in policies.prices.items()},
        part_prices={part: price.vnd for part, price in policies.part_prices.items()},
        parameters=known,
        components=components,
        condition=condition,
        unmeasured=unmeasured,
    )
    past = support(devices, as_of, software).set_index("device")["status"] == PAST
    return risks_frame(rated, past, known, person_hour_vnd)
