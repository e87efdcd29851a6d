"""How a device came to be what the inventory takes it for: what scans found and people decided, step by step."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from inventory.database import reading
from inventory.deciding import must_exist
from inventory.decisions import Verb, of_row
from inventory.explanations import explain
from inventory.names import device_name
from inventory.schema.identity import DECISIONS, IDENTITY_LOG, MERGES


@dataclass(frozen=True, slots=True)
class Step:
    """`event`: of `identity_log` (created, joined, merged, …) or `decided_` and a verb; `explanation`: packed sentences."""

    at: int
    event: str
    device: int
    where: str = ""
    explanation: str = ""
    person: str = ""  # who decided and why


def tell(engine: Engine, device: int) -> list[Step]:
    """The steps of a device and of those that were ever merged into it, oldest first. Raises DecisionError."""
    with reading(engine) as connection:
        must_exist(connection, device)
        into = sa.select(MERGES.c.device_id).where(MERGES.c.into_id == device)
        family = {device, *connection.execute(into).scalars()}
        c = IDENTITY_LOG.c
        refused = (c.event == "refused") & c.addresses.in_([device_name(one) for one in family])  # told of either side
        log = sa.select(IDENTITY_LOG).where(c.device_id.in_(family) | refused).order_by(c.id)
        steps = [
            Step(row.at, row.event, row.device_id, row.addresses, explain(row.evidence)) for row in connection.execute(log).all()
        ]
        about = sa.or_(DECISIONS.c.device_id.in_(family), DECISIONS.c.other_id.in_(family))
        for row in connection.execute(sa.select(DECISIONS).where(about).order_by(DECISIONS.c.id)).all():
            decision = of_row(row)
            assert decision.device is not None
            what = device_name(decision.other) if decision.other is not None else decision.field or ""
            value = f"{what} {decision.value}".strip() if decision.verb is not Verb.SPLIT and decision.value else what
            person = f"{decision.author}: {decision.reason}"
            steps.append(Step(decision.at, f"decided_{decision.verb}", decision.device, value, "", person))
    return sorted(steps, key=lambda step: step.at)
