"""Walking columns of tables: what to ask next, and what an answer says. Pure; the session sends.

All columns that a device is to be asked for stand in one pool, whatever table they are of, and each request takes as many side
by side as its answer has room for: few rows of many columns rather than many rows of few. Short tables then end inside
requests that longer ones need anyway, and a table's end costs a cell a column, not a packet.

Ends of a column: an OID outside it, endOfMibView, noSuchName in v1 (RFC 3416, 4.2.3), answers that bring no row that is new
(LOOPED), or more rows than the limit (PARTIAL). Agents that repeat a row, or give rows out of order, are read to the end.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from collectors.asking import Oid, Value
from collectors.snmp import ber
from inventory.facts import Outcome

#: Octets of variable bindings in an answer that no line breaks into fragments: 1,472 in UDP on Ethernet, less the message's own,
#: and less what cells grow by as their numbers do.
ROOM = 1385
ROOM_V3 = 1265
#: Columns side by side, and cells in one answer: what agents with small tables of their own bear.
COLUMNS_AT_ONCE = 32
CELLS_AT_ONCE = 100
FIRST_ROWS = 10  # of columns that nothing is known of yet
_SPLIT_FROM = 32  # rows after which a table counts as long, and is fetched by several requests at a time: these cost a few more
_SHARE = 0.9  # of the columns that are due to a request: with fewer at hand it waits for those on their way
_ENDED_TOGETHER = 3  # columns at least, and two of three, that end a table for the rest
_ROWS_PAST_REPEATS = 10  # of a column that did not move: an agent that repeats its rows moves in the end
_A_CELL = 32.0  # octets, before anything is known
_LEAST_ROOM = 120
_AROUND_A_CELL = 6  # tags and lengths of the binding, the name and the value


@dataclass(slots=True)
class Appetite:
    """What one device bears in an answer, learnt as it goes."""

    bulk: bool = True  # False: v1, or it does not answer GETBULK
    bulk_proven: bool = False
    cells: int = CELLS_AT_ONCE
    columns: int = COLUMNS_AT_ONCE
    most: int = ROOM
    room: float = ROOM
    shown: float = 0.0  # octets of the largest answer so far
    single_rows_in_bulk: bool = False  # a GETNEXT was too big for it; a GETBULK of one row may be cut

    def bears_only(self, cells: int) -> None:
        """It gave, or bore, no more cells than these."""
        self.cells = max(1, min(self.cells, cells))
        self.columns = max(1, min(self.columns, cells))

    def gave(self, octets: float, cells: int, *, cut: bool) -> None:
        """It answered with so much. Where it cut the answer (RFC 3416, 4.2.3), its packet was full, or the next cell was huge."""
        self.shown = min(self.most, max(self.shown, octets))
        if cut:
            self.room = max(_LEAST_ROOM, min(self.room, octets * (1 + 1 / cells)), self.shown)
        else:
            self.room = min(self.most, self.room * 1.2)


class Gaps:
    """Where a device's MIB is known to hold nothing: from an OID that was asked to the one that came next, for RFC 3416, 4.2.2.

    A column inside one is empty without being asked. An agent that goes backwards, or shows something in its own gaps, proves
    nothing by what it leaves out.
    """

    def __init__(self) -> None:
        self._known: list[tuple[Oid, Oid | None]] = []
        self._shown: list[Oid] = []

    def add(self, asked: bytes, told: bytes | None) -> None:
        """`told` is None where the MIB ends."""
        start, end = ber.decode_oid(asked), ber.decode_oid(told) if told is not None else None
        if start is None or (told is not None and end is None):
            return
        if end is not None:
            self._shown.append(end)
        self._known.append((start, end))

    @property
    def proven(self) -> bool:
        return not any(
            (end is not None and end <= start) or any(start < one and (end is None or one < end) for one in self._shown)
            for start, end in self._known
        )

    def hold(self, column: Column) -> bool:
        """Whether nothing of this column can follow where it stands."""
        last = ber.decode_oid(column.last) or column.oid
        size = len(column.oid)
        return any(start <= last and (end is None or (end > last and end[:size] != column.oid)) for start, end in self._known)


@dataclass(slots=True)
class Table:
    """What the columns of one table (of one entry, in SMI's words) have in common."""

    rows: int = -1  # as the device says, or as many as a column had that has ended
    columns: list[Column] = field(default_factory=list)

    def ends_with(self, column: Column) -> bool:
        """Whether a column stands at the row that ended most of its table: then it need not be asked whether there is more."""
        if not column.known or column.known < self.rows:
            return False
        filled = [other for other in self.columns if other.known]
        ended = sum(other.outcome is Outcome.ANSWERED and other.index == column.index for other in filled)
        return ended >= _ENDED_TOGETHER and 3 * ended >= 2 * len(filled)


@dataclass(slots=True, eq=False)
class Column:
    """One column on the way. `outcome` is None while it runs."""

    oid: Oid
    limit: int
    table: Table
    prefix: bytes
    last: bytes
    rows: dict[Oid, Value] = field(default_factory=dict)
    blank: set[Oid] = field(default_factory=set)  # rows without a readable value
    outcome: Outcome | None = None
    limited: bool = False  # ended by its limit: more may be asked for later
    size: float = _A_CELL  # octets of a cell, as they have been
    turn: int = 0  # when it was last told something; 0: never
    asked: bool = False  # in a request that is on its way
    stuck: bool = False  # the last answer brought no new row
    careful: bool = False  # the next request had better be a GETNEXT
    company: int = COLUMNS_AT_ONCE  # columns that may stand in one request with it, less where such requests failed

    @classmethod
    def of(cls, oid: Oid, limit: int, table: Table) -> Column:
        raw = ber.encode_oid(oid)
        column = cls(oid, limit, table, raw, raw)
        table.columns.append(column)
        return column

    @property
    def known(self) -> int:
        return len(self.rows) + len(self.blank)

    @property
    def index(self) -> bytes:
        """Of its last row, encoded."""
        return self.last[len(self.prefix) :]

    @property
    def at_its_end(self) -> bool:
        """Whether it has as many rows as the device says, or as another column of the table."""
        return self.known == self.table.rows

    @property
    def left(self) -> int:
        """Rows that it may still have, the end included: to its limit, or to where another column of the table has ended."""
        to_limit = self.limit - len(self.rows)
        return min(to_limit, self.table.rows + 1 - self.known) if self.known <= self.table.rows else to_limit

    def end(self, outcome: Outcome) -> None:
        """It cannot go on: what came is kept."""
        self.outcome = Outcome.PARTIAL if self.rows and outcome is not Outcome.LOOPED else outcome

    def go_on(self, limit: int) -> None:
        """Wanted once more, perhaps with more rows than before."""
        self.limit = max(self.limit, limit)
        if self.limited and len(self.rows) < self.limit and len(self.blank) < self.limit:
            self.outcome, self.limited = None, False

    def keep_to_limit(self) -> None:
        if len(self.rows) > self.limit:
            while len(self.rows) > self.limit:
                self.rows.popitem()
            self.last = self.prefix + ber.encode_index(next(reversed(self.rows)))
            self.outcome = None
        if self.outcome is None and max(len(self.rows), len(self.blank)) >= self.limit:
            self.outcome, self.limited = Outcome.PARTIAL, True  # there may be more


class Batch(NamedTuple):
    """What one request asks: the next `rows` rows of some columns; a single row is a GETNEXT."""

    columns: list[Column]
    rows: int

    @property
    def names(self) -> list[bytes]:
        return [column.last for column in self.columns]

    @property
    def cells(self) -> int:
        return len(self.columns) * self.rows


class Walking:
    """The columns that a device is being asked for."""

    def __init__(self, columns: Sequence[Column], gaps: Gaps | None = None) -> None:
        self.columns = columns
        self.gaps = gaps or Gaps()
        self.close_the_empty()
        self._turn = 0
        self._indexes: dict[bytes, Oid] = {}  # the same indexes stand in every column of a table

    def close_the_empty(self) -> None:
        """End the columns that need not be asked."""
        if not self.gaps.proven:
            return
        for column in self.columns:
            if column.outcome is None and not column.known and self.gaps.hold(column):
                column.outcome = Outcome.ANSWERED

    def pick(self, appetite: Appetite, abreast: int = 1) -> Batch | None:
        """What to ask next, where so many requests may be on their way at once; None when there is nothing to send now."""
        running = [column for column in self.columns if column.outcome is None]
        idle = [column for column in running if not column.asked]
        batch = self._mending(idle, appetite) or self._next_rows(running, appetite, abreast)
        for column in batch.columns if batch else ():
            column.asked = True
        return batch

    def _mending(self, idle: list[Column], appetite: Appetite) -> Batch | None:
        """What is asked in another way than the rest, after something went wrong."""
        careful = [column for column in idle if column.careful]
        if careful:
            return Batch(_in_company(careful, min(appetite.columns, appetite.cells), appetite.room), 1)
        stuck = [column for column in idle if column.stuck]
        if stuck and appetite.bulk:
            return Batch(stuck[: max(1, appetite.cells // _ROWS_PAST_REPEATS)], _ROWS_PAST_REPEATS)
        return None

    def _next_rows(self, running: list[Column], appetite: Appetite, abreast: int) -> Batch | None:
        """More rows of the columns that have most to go; columns that should be at their end wait, and are asked together."""
        most = min(appetite.columns, appetite.cells)
        going = [column for column in running if not column.at_its_end]
        idle = [column for column in going or running if not column.asked]
        if not going:
            whole = len(idle) == len(running)
            return Batch(_in_company(idle, most, appetite.room), 1) if idle and whole else None
        if len(idle) < len(going) and len(idle) * abreast < len(going) * _SHARE:
            return None
        idle.sort(key=lambda column: column.known)  # so that they end together, and the new ones come first
        new = not idle[0].turn
        octets_left = sum(column.size * column.left for column in going)
        if idle[0].known >= _SPLIT_FROM and octets_left > appetite.room * abreast:
            most = min(most, -(-len(going) // abreast))
        columns = _in_company(idle, most, appetite.room)
        if not appetite.bulk:
            return Batch(columns, 1)
        columns, rows = _fill(columns, appetite.room, FIRST_ROWS if new else appetite.cells)
        return Batch(columns, max(1, min(rows, appetite.cells // len(columns))))

    def take(self, batch: Batch, answer: Sequence[ber.VarBind], appetite: Appetite) -> None:
        """Eat an answer.

        A column that the answer does not reach (the agent cut it short) is asked again. One whose cells are all known is a loop.
        """
        asked, rows = batch
        width = len(asked)
        before = [column.known for column in asked]
        indexes = self._indexes
        for position, (name, value) in enumerate(answer):
            column = asked[position % width]
            if column.outcome is not None:
                continue
            prefix = column.prefix
            if value is ber.END_OF_MIB or not name.startswith(prefix) or (value is None and name == column.last):
                column.outcome = Outcome.ANSWERED  # the last: agents that echo the question, with noSuchObject
                if value is ber.END_OF_MIB or value is not None:
                    self.gaps.add(column.last, None if value is ber.END_OF_MIB else name)
                if column.known:
                    column.table.rows = max(column.known, column.table.rows)
                continue
            tail = name[len(prefix) :]
            index = indexes.get(tail)
            if index is None:
                index = ber.decode_index(tail)
                if index is None:
                    continue
                indexes[tail] = index
            if column.limit == 1 and not column.known:  # a probe
                self.gaps.add(column.last, name)
            column.last = name
            if value is None:
                column.blank.add(index)
            elif index not in column.rows:
                column.rows[index] = value  # type: ignore[assignment]  # END_OF_MIB is ruled out above
        self._turn += 1
        for column, known in zip(asked[: len(answer)], before, strict=False):
            column.turn = self._turn
            if column.outcome is None and column.known == known:
                if column.stuck or rows >= _ROWS_PAST_REPEATS or not appetite.bulk:
                    column.outcome = Outcome.LOOPED
                column.stuck = True
            else:
                column.stuck = False
            column.keep_to_limit()
        for column in asked:
            if column.outcome is None and column.table.ends_with(column):
                column.outcome = Outcome.ANSWERED
        self._learn(batch, answer, appetite)

    def _learn(self, batch: Batch, answer: Sequence[ber.VarBind], appetite: Appetite) -> None:
        """How large the cells are, and how much fits."""
        width = len(batch.columns)
        for place, column in enumerate(batch.columns[: len(answer)]):
            there = answer[place::width]
            size = (_octets(there[0]) + _octets(there[-1])) / 2
            column.size = size if column.turn == self._turn and column.size == _A_CELL else (column.size + size) / 2
            column.careful, column.company = False, min(COLUMNS_AT_ONCE, column.company + 1)
        whole = len(answer) >= batch.cells or answer[-1][1] is ber.END_OF_MIB  # behind the end of everything it need not go on
        octets = sum(column.size for column in batch.columns) * batch.rows if whole else sum(map(_octets, answer))
        appetite.gave(octets, len(answer), cut=not whole)

    def release(self, batch: Batch) -> None:
        """The request is no longer on its way."""
        for column in batch.columns:
            column.asked = False

    def divide(self, batch: Batch, parts: int) -> None:
        """Ask for these columns in smaller company: one of them, or their number, is what the agent stumbles over."""
        for column in batch.columns:
            column.company = max(1, len(batch.columns) // parts)

    def fail(self, columns: Sequence[Column], outcome: Outcome) -> None:
        for column in columns:
            if column.outcome is None:
                column.end(outcome)


def _in_company(columns: Sequence[Column], most: int, room: float) -> list[Column]:
    """The first of these columns that may stand in one request, one row of them within the room."""
    chosen: list[Column] = []
    octets = 0.0
    for column in columns:
        most = min(most, column.company)
        octets += column.size
        if chosen and (len(chosen) >= most or octets > room):
            break
        chosen.append(column)
    return chosen


def _fill(columns: list[Column], room: float, most: int) -> tuple[list[Column], int]:
    """So many rows of so many of these columns that the room is filled best: all of them, or fewer and one row more."""
    octets = list(accumulate(column.size for column in columns))
    most = min(most, max(column.left for column in columns))
    rows = max(1, int(room / octets[-1]))
    if rows >= most:
        return columns, most
    fewer = bisect_right(octets, room / (rows + 1))
    if fewer and octets[fewer - 1] * (rows + 1) > octets[-1] * rows:
        return columns[:fewer], rows + 1
    return columns, rows


def _octets(cell: ber.VarBind) -> int:
    name, value = cell
    if isinstance(value, bytes):
        return _AROUND_A_CELL + len(name) + len(value)
    if isinstance(value, int):
        return _AROUND_A_CELL + len(name) + value.bit_length() // 8 + 1
    return _AROUND_A_CELL + len(name) + (len(value) if isinstance(value, tuple) else 0)


def summary(columns: Sequence[Column], *, probe: bool = False) -> Outcome:
    """How a walk as a whole ended, from its columns. A probe wants one row: with that it is answered, though there is more."""
    outcomes = {Outcome.ANSWERED if probe and column.limited else column.outcome or Outcome.PARTIAL for column in columns}
    if outcomes <= {Outcome.ANSWERED}:
        return Outcome.ANSWERED
    if Outcome.LOOPED in outcomes:
        return Outcome.LOOPED
    if len(outcomes) == 1 and not any(column.rows for column in columns):
        return outcomes.pop()
    return Outcome.PARTIAL
