"""What people ruled: merges, splits, corrections, confirmations, matches. Each with an author, a reason and a number.

Nothing is deleted: a decision is taken back by another (`undo`), and both stay. A decision is true from its own moment on,
which is after everything that the inventory had written before: frames as of an earlier date do not know it. What people
ruled is asked by every later scan (`inventory.reconcile`), so it outlives scans. `inventory.deciding` takes decisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inventory.schema.identity import DECISIONS


class Verb(StrEnum):
    """What can be ruled."""

    MERGE = "merge"  # `device` is `other`
    SPLIT = "split"  # `device` is not `other`, although they were taken for one
    CORRECT = "correct"  # `field` of `device` is `value`, whatever it says itself
    CONFIRM = "confirm"  # a conflict (`field`: its key) of `device` is seen, and `device` is one device all the same
    GONE = "gone"  # `device` is no longer there
    MATCH = "match"  # unit `unit` of `asset` is `device`, or the station `mac`
    UNMATCH = "unmatch"  # it is not, or (neither named) it is none that the network shows
    UNDO = "undo"  # the decision with the number `value` is taken back


@dataclass(frozen=True, slots=True)
class Decision:
    """One ruling. Which of the subjects are there depends on the verb; `at` in seconds since the epoch."""

    id: int
    at: int
    author: str
    reason: str
    verb: Verb
    device: int | None = None
    other: int | None = None
    asset: int | None = None
    unit: int | None = None
    mac: str | None = None
    field: str | None = None
    value: str | None = None
    undone_by: int | None = None


def standing(connection: Connection, at: int | None = None) -> list[Decision]:
    """Decisions that hold (as of a moment), oldest first; `undo` itself and what it took back are left out."""
    rows = connection.execute(sa.select(DECISIONS).order_by(DECISIONS.c.id)).all()
    decisions = [of_row(row) for row in rows if at is None or row.at <= at]
    undone = {row.id for row in rows if row.undone_at is not None and (at is None or row.undone_at <= at)}
    return [d for d in decisions if d.verb is not Verb.UNDO and d.id not in undone]


def held_apart(decisions: Sequence[Decision]) -> frozenset[frozenset[int]]:
    """Pairs of devices that are not one, as far as people ruled last."""
    pairs: set[frozenset[int]] = set()
    for d in decisions:
        if d.device is not None and d.other is not None:
            pair = frozenset({d.device, d.other})
            if d.verb is Verb.SPLIT:
                pairs.add(pair)
            elif d.verb is Verb.MERGE:
                pairs.discard(pair)
    return frozenset(pairs)


def of_row(row: sa.Row) -> Decision:
    """A row of the `decisions` table."""
    return Decision(
        id=row.id,
        at=row.at,
        author=row.author,
        reason=row.reason,
        verb=Verb(row.verb),
        device=row.device_id,
        other=row.other_id,
        asset=row.asset_id,
        unit=row.unit,
        mac=row.mac,
        field=row.field,
        value=row.value,
        undone_by=row.undone_by,
    )
