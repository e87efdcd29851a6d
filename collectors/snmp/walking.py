"""Walking columns of a table: what to ask next, and what an answer says. Pure; the session sends.

Ends of a column: an OID outside it, endOfMibView, noSuchName in v1 (RFC 3416, 4.2.3), an answer that brings no row that is new
(LOOPED), or more rows than the limit (PARTIAL). Agents that repeat a row, or give rows out of order, are read to the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from collectors.asking import Oid, Value, Walk
from collectors.snmp import ber
from inventory.facts import Outcome

#: Columns side by side in one request, and cells in one answer: what fits a full-sized UDP packet of most agents.
COLUMNS_AT_ONCE = 10
CELLS_AT_ONCE = 100
FIRST_ROWS = 10


@dataclass(slots=True)
class Appetite:
    """What one device bears in an answer, learnt as it goes."""

    bulk: bool = True  # False: v1, or it does not answer GETBULK
    bulk_proven: bool = False
    cells: int = CELLS_AT_ONCE
    columns: int = COLUMNS_AT_ONCE

    def rows(self, columns: int, wished: int) -> int:
        """Repetitions for a request of so many columns; 1 when it had better be a GETNEXT."""
        return max(1, min(wished, self.cells // columns)) if self.bulk else 1

    def bears_only(self, cells: int) -> None:
        """It gave, or bore, no more cells than these."""
        self.cells = max(1, min(self.cells, cells))
        self.columns = max(1, min(self.columns, cells))


@dataclass(slots=True)
class Column:
    """One column on the way. `outcome` is None while it runs."""

    oid: Oid
    prefix: bytes
    last: bytes
    rows: dict[Oid, Value] = field(default_factory=dict)
    blank: set[Oid] = field(default_factory=set)  # rows without a readable value
    outcome: Outcome | None = None

    def end(self, outcome: Outcome) -> None:
        """It cannot go on: what came is kept."""
        self.outcome = Outcome.PARTIAL if self.rows and outcome is not Outcome.LOOPED else outcome


class Walking:
    """Some columns of one `Walk`, side by side."""

    def __init__(self, oids: Sequence[Oid], limit: int) -> None:
        self.columns = [Column(oid, raw, raw) for oid in oids if (raw := ber.encode_oid(oid))]
        self.limit = limit
        self.rows_wished = min(FIRST_ROWS, limit)
        self._indexes: dict[bytes, Oid] = {}  # the same indexes stand in every column

    def running(self, appetite: Appetite) -> list[Column]:
        """The columns to ask for next; none when all have ended."""
        return [column for column in self.columns if column.outcome is None][: appetite.columns]

    def take(self, asked: Sequence[Column], rows: int, answer: Sequence[ber.VarBind]) -> bool:
        """Eat an answer to `asked` x `rows`; whether any column moved on.

        A column that the answer does not reach (the agent cut it short) is asked again. One whose cells are all known is a loop.
        """
        width = len(asked)
        before = [len(column.rows) + len(column.blank) for column in asked]
        reached = min(width, len(answer))
        indexes = self._indexes
        for position, (name, value) in enumerate(answer):
            column = asked[position % width]
            if column.outcome is not None:
                continue
            prefix = column.prefix
            if value is ber.END_OF_MIB or not name.startswith(prefix) or (value is None and name == column.last):
                column.outcome = Outcome.ANSWERED  # the last: agents that echo the question, with noSuchObject
                continue
            tail = name[len(prefix) :]
            index = indexes.get(tail)
            if index is None:
                index = ber.decode_index(tail)
                if index is None:
                    continue
                indexes[tail] = index
            column.last = name
            if value is None:
                column.blank.add(index)
            elif index not in column.rows:
                column.rows[index] = value  # type: ignore[assignment]  # END_OF_MIB is ruled out above
        moved = False
        for position, column in enumerate(asked[:reached]):
            if column.outcome is not None:
                moved = True
            elif len(column.rows) + len(column.blank) == before[position]:
                column.outcome = Outcome.LOOPED
            else:
                moved = True
            if max(len(column.rows), len(column.blank)) >= self.limit and column.outcome is not Outcome.ANSWERED:
                column.outcome = Outcome.PARTIAL  # there may be more
            while len(column.rows) > self.limit:
                column.rows.popitem()
                column.outcome = Outcome.PARTIAL
        if len(answer) >= width * rows:
            self.rows_wished = min(self.rows_wished * 2, CELLS_AT_ONCE)
        else:  # an agent cuts an answer where its packet is full (RFC 3416, 4.2.3): it need not gather more than fits
            self.rows_wished = max(2, -(-len(answer) // width))
        return moved

    def fail(self, columns: Sequence[Column], outcome: Outcome) -> None:
        for column in columns:
            if column.outcome is None:
                column.end(outcome)


def split(walk: Walk) -> list[Walking]:
    """A walk in groups of columns that fit one request, evenly filled."""
    groups = -(-len(walk.columns) // COLUMNS_AT_ONCE)
    return [Walking(walk.columns[number::groups], walk.limit) for number in range(groups)]


def summary(columns: Sequence[Column]) -> Outcome:
    """How a walk as a whole ended, from its columns."""
    outcomes = {column.outcome or Outcome.PARTIAL for column in columns}
    if outcomes <= {Outcome.ANSWERED}:
        return Outcome.ANSWERED
    if Outcome.LOOPED in outcomes:
        return Outcome.LOOPED
    if len(outcomes) == 1 and not any(column.rows for column in columns):
        return outcomes.pop()
    return Outcome.PARTIAL
