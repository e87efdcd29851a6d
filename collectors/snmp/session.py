"""Asking one device: fetches what topics request, in as few round trips as the device bears, and ends in outcomes.

What is asked together travels together: all scalars of a round in one GET, the columns of all its tables side by side. A column
is read once, whichever requests want it.

Devices are met as they are: an agent may drop GETBULK, answer it short, say tooBig, know only v1, stop answering half way or
repeat itself for ever. What came is kept, the rest of the requests goes on, and the deadline holds.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine, Iterable, Sequence
from functools import partial
from typing import Protocol

from collectors.asking import Answers, Get, Oid, Request, Rows, Value, Walk
from collectors.pace import Pace, RoundTrip
from collectors.snmp import ber, messages
from collectors.snmp.client import Client, Endpoint
from collectors.snmp.walking import ROOM, ROOM_V3, Appetite, Batch, Column, Gaps, Table, Walking, summary
from inventory.facts import Outcome

# error-status (RFC 3416, 3)
NO_ERROR, TOO_BIG, NO_SUCH_NAME, GEN_ERR, NO_ACCESS, AUTHORIZATION_ERROR = 0, 1, 2, 5, 6, 16

_OIDS_AT_ONCE = 64  # in a GET, where as many fit its answer
_AROUND_A_VALUE = 10  # octets, with a short value; most of what a GET names is absent or short
_SMALL_GET = 8  # what an agent with a small buffer bears
_FEWER = 3  # times fewer columns, where a GETNEXT of many is not answered or fails without naming one
_WINDOW_FIRST, _WINDOW_MOST = 2, 4  # requests outstanding at one device
_CLEAN_TO_WIDEN = 6  # answers in a row without a loss
_BULK_WAIT_S = 1.0  # for the first GETBULK: who does not know it, drops it
_REFUSALS = {NO_ACCESS: Outcome.REFUSED, AUTHORIZATION_ERROR: Outcome.AUTH_FAILED}
_GIVEN_UP = 3  # unanswered requests in a row, each with its retries, after which the device counts as gone


class Wrapping(Protocol):
    """How PDUs become messages: a community's (`messages`) or a v3 user's (`usm`)."""

    version: str

    def seal(self, pdu: messages.Draft, number: int) -> bytes:
        """The bytes to send under this number."""

    def open(self, data: bytes, number: int) -> ber.Pdu | None:
        """The response or report in an answer; None when it is no answer to this number, or not authentic. Raises Garbled."""

    def reported(self, report: ber.Pdu) -> Outcome | None:
        """What a report (RFC 3414, 3.2) means: an outcome, or None when the request should be sent again."""


class Window:
    """At most so many requests outstanding at a device: more while it keeps up, one when packets get lost."""

    def __init__(self) -> None:
        self.width = _WINDOW_FIRST
        self._inside = 0
        self._clean = 0
        self._queue: deque[asyncio.Future[None]] = deque()

    async def __aenter__(self) -> None:
        while self._inside >= self.width:
            turn = asyncio.get_running_loop().create_future()
            self._queue.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                self._let_in()  # the turn may have been ours
                raise
        self._inside += 1

    async def __aexit__(self, *_: object) -> None:
        self._inside -= 1
        self._let_in()

    def _let_in(self) -> None:
        free = self.width - self._inside
        while free > 0 and self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                free -= 1

    def kept_up(self) -> None:
        self._clean += 1
        if self._clean >= _CLEAN_TO_WIDEN and self.width < _WINDOW_MOST:
            self.width, self._clean = self.width + 1, 0

    def lost(self) -> None:
        self.width, self._clean = 1, 0


class SnmpSession:
    """One device, asked over the shared socket with one credential. `deadline` is in the event loop's time."""

    def __init__(self, client: Client, endpoint: Endpoint, wrapping: Wrapping, pace: Pace) -> None:
        self.endpoint = endpoint
        self.trip = RoundTrip(pace.timeout_s)
        self.deadline = asyncio.get_running_loop().time() + pace.device_deadline_s
        self.requests = 0
        self._client = client
        self._wrapping = wrapping
        self._pace = pace
        room = ROOM_V3 if wrapping.version == "3" else ROOM
        self._appetite = Appetite(bulk=wrapping.version != "1", most=room, room=room)
        self._window = Window()
        self._columns: dict[Oid, Column] = {}
        self._tables: dict[Oid, Table] = {}
        self._gaps = Gaps()
        self._unanswered = 0

    async def fetch(self, requests: Sequence[Request], answers: Answers) -> None:
        """Ask these, together, and fill `answers`: every request has an outcome afterwards. Raises nothing for misfortune."""
        wanted = [request for request in dict.fromkeys(requests) if not answers.asked(request)]
        gets = [request for request in wanted if isinstance(request, Get | Rows)]
        getting = _Getting(tuple(oid for request in gets for oid in request.oids))
        walks = {request: self._columns_of(request, answers) for request in wanted if isinstance(request, Walk)}
        walking = Walking(tuple(dict.fromkeys(column for columns in walks.values() for column in columns)), self._gaps)
        errands = [self._get(getting)] if gets else []
        if any(column.outcome is None for column in walking.columns):
            errands.append(self._walk(walking))
        await self._run(errands)
        for request in gets:
            if isinstance(request, Rows):
                answers.keep(request, getting.values)
            else:
                answers.values.update({oid: getting.values[oid] for oid in request.oids if oid in getting.values})
            answers.outcomes[request] = getting.outcome_of(request)
        for walk, columns in walks.items():
            for column in columns:
                answers.tables.setdefault(column.oid, {}).update(column.rows)
            answers.outcomes[walk] = summary(columns, probe=walk.limit == 1)

    def _columns_of(self, walk: Walk, answers: Answers) -> list[Column]:
        """The columns of a walk where earlier ones left them; those that failed begin anew."""
        found = []
        told = answers.get(walk.rows) if walk.rows else None
        for oid in walk.columns:
            table = self._tables.setdefault(oid[:-1], Table())
            if isinstance(told, int) and 0 < told < walk.limit:
                table.rows = max(table.rows, told)
            column = self._columns.get(oid)
            if column is None or column.outcome not in (None, Outcome.ANSWERED, Outcome.PARTIAL, Outcome.LOOPED):
                column = self._columns[oid] = Column.of(oid, walk.limit, table)
            column.go_on(walk.limit)
            found.append(column)
        return found

    async def _run(self, errands: Sequence[Coroutine[None, None, None]]) -> None:
        """All of them, until the device's deadline."""
        try:
            async with asyncio.timeout_at(self.deadline):
                if len(errands) == 1:
                    await errands[0]
                    return
                async with asyncio.TaskGroup() as group:
                    for errand in errands:
                        group.create_task(errand)
        except TimeoutError:
            return

    async def exchange(
        self, draft: messages.Draft, *, retries: int | None = None, last_wait_s: float | None = None
    ) -> ber.Pdu | Outcome:
        """One request and its answer; an `Outcome` when there is none."""
        async with self._window:
            for _ in range(3):  # a v3 agent may report twice: its engine id, then its clock
                if self._unanswered >= _GIVEN_UP:
                    return Outcome.SILENT
                lost = self.trip.lost
                self.requests += 1
                result = await self._client.ask(
                    self.endpoint,
                    partial(self._wrapping.seal, draft),
                    self._wrapping.open,
                    self.trip,
                    retries=retries,
                    last_wait_s=last_wait_s,
                )
                if self.trip.lost > lost:
                    self._window.lost()
                else:
                    self._window.kept_up()
                if isinstance(result, Outcome):
                    self._unanswered += result is Outcome.SILENT
                    return result
                self._unanswered = 0
                if result.kind != ber.REPORT:
                    return result
                meaning = self._wrapping.reported(result)
                if meaning is not None:
                    return meaning
        return Outcome.AUTH_FAILED

    # -- scalars ------------------------------------------------------------------------------------------------------

    async def _get(self, getting: _Getting) -> None:
        outcomes = [await self._get_some(getting, part) for part in _fitting(getting.wanted, self._appetite.most)]
        getting.outcome = _together(outcomes)

    async def _get_some(self, getting: _Getting, oids: tuple[Oid, ...]) -> Outcome:
        """Ask for these, again and with less where the agent wants it so. Each turn asks for fewer, so that it ends."""
        while oids:
            answer = await self.exchange(messages.get(oids))
            if isinstance(answer, Outcome):
                if answer in (Outcome.SILENT, Outcome.GARBLED) and len(oids) > _SMALL_GET and self._unanswered < _GIVEN_UP:
                    return _together([await self._get_some(getting, part) for part in _parts(oids, _SMALL_GET)])
                return answer
            if answer.error_status == NO_ERROR:
                named = getting.keep(answer.varbinds)
                rest = tuple(oid for oid in oids if oid not in named)
                if not rest:
                    return Outcome.ANSWERED
                if len(rest) == len(oids):
                    return Outcome.GARBLED  # it speaks of something else
                oids = rest
            elif answer.error_status == AUTHORIZATION_ERROR:  # about the whole request (RFC 3413, 3.2)
                return Outcome.AUTH_FAILED
            elif answer.error_status == NO_SUCH_NAME and self._wrapping.version == "1" and not getting.by_next:
                # v1 names the first missing one only; asking behind each one's parent tells of all at once.
                getting.by_next = True
                await self._get_by_next(getting, oids)
                return Outcome.ANSWERED if self._unanswered < _GIVEN_UP else Outcome.SILENT
            elif answer.error_status != TOO_BIG and 1 <= answer.error_index <= len(oids):
                missing = answer.error_index - 1
                if len(oids) == 1 and answer.error_status != NO_SUCH_NAME:
                    return _REFUSALS.get(answer.error_status, Outcome.UNSUPPORTED)
                oids = oids[:missing] + oids[missing + 1 :]
            elif len(oids) > 1:
                return _together([await self._get_some(getting, part) for part in _parts(oids, (len(oids) + 1) // 2)])
            else:
                return Outcome.ANSWERED if answer.error_status == NO_SUCH_NAME else Outcome.UNSUPPORTED
        return Outcome.ANSWERED

    async def _get_by_next(self, getting: _Getting, oids: tuple[Oid, ...]) -> None:
        while oids:
            answer = await self.exchange(messages.get_next([_before(oid) for oid in oids]))
            if isinstance(answer, Outcome):
                return
            if answer.error_status == NO_ERROR:
                getting.keep(answer.varbinds)
                return
            if not 1 <= answer.error_index <= len(oids):
                return
            oids = oids[: answer.error_index - 1] + oids[answer.error_index :]  # behind the end of its MIB

    # -- tables -------------------------------------------------------------------------------------------------------

    async def _walk(self, walking: Walking) -> None:
        """Several requests at a time, as the window allows; one until the device has shown that it knows GETBULK."""
        appetite = self._appetite
        sent: set[asyncio.Task[None]] = set()
        try:
            while True:
                width = self._window.width if appetite.bulk_proven or not appetite.bulk else 1
                while len(sent) < width and (batch := walking.pick(appetite, width)):
                    sent.add(asyncio.create_task(self._ask(walking, batch)))
                if not sent:
                    return
                done, sent = await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            for task in sent:
                task.cancel()

    async def _ask(self, walking: Walking, batch: Batch) -> None:
        """One request, and what its answer means for its columns."""
        try:
            await self._ask_and_take(walking, batch)
        finally:
            walking.release(batch)

    async def _ask_and_take(self, walking: Walking, batch: Batch) -> None:
        appetite = self._appetite
        columns, rows = batch
        if rows == 1 and (columns[0].careful or not (appetite.bulk and appetite.single_rows_in_bulk)):
            answer = await self.exchange(messages.get_next(batch.names))
        elif appetite.bulk_proven:
            answer = await self.exchange(messages.get_bulk(batch.names, rows))
        else:
            answer, rows = await self._first_bulk(batch)
            batch = Batch(columns, rows)
        if isinstance(answer, Outcome):
            lost = answer in (Outcome.SILENT, Outcome.GARBLED) and self._unanswered < _GIVEN_UP
            if rows > 1 and lost:
                appetite.bears_only(max(len(columns), batch.cells // 4))  # large answers may not get through
                self._carefully(columns)
            elif lost and len(columns) > _SMALL_GET:
                walking.divide(batch, _FEWER)
            else:
                walking.fail(columns, answer)
        elif answer.error_status != NO_ERROR:
            self._mend(walking, batch, answer)
        elif not answer.varbinds:
            self._shrink(walking, batch, Outcome.GARBLED)
        else:
            walking.take(batch, answer.varbinds, appetite)

    async def _first_bulk(self, batch: Batch) -> tuple[ber.Pdu | Outcome, int]:
        """The first GETBULK at a device, and a GETNEXT where it is not answered: the answer, and its rows."""
        draft = messages.get_bulk(batch.names, batch.rows)
        answer = await self.exchange(draft, retries=min(1, self._pace.retries), last_wait_s=_BULK_WAIT_S)
        if not isinstance(answer, Outcome):
            self._appetite.bulk_proven = True
            return answer, batch.rows
        if answer not in (Outcome.SILENT, Outcome.GARBLED):
            return answer, 1
        answer = await self.exchange(messages.get_next(batch.names))
        if not isinstance(answer, Outcome):
            self._appetite.bulk = False
        return answer, 1

    def _carefully(self, columns: Iterable[Column]) -> None:
        for column in columns:
            column.careful = True

    def _mend(self, walking: Walking, batch: Batch, answer: ber.Pdu) -> None:
        """After an error: end the column that it names, or ask for less."""
        columns, rows = batch
        status, place = answer.error_status, answer.error_index
        if status == TOO_BIG:
            self._shrink(walking, batch, Outcome.UNSUPPORTED)
        elif status == AUTHORIZATION_ERROR:
            walking.fail(columns, Outcome.AUTH_FAILED)
        elif rows > 1:
            self._carefully(columns)  # what a GETBULK stumbles over, a GETNEXT may tell
        elif len(columns) > 1 and not 1 <= place <= len(columns):
            walking.divide(batch, _FEWER)
        else:
            column = columns[place - 1 if len(columns) > 1 else 0]
            if status == NO_SUCH_NAME:
                column.outcome = Outcome.ANSWERED
                if self._wrapping.version == "1" and place:  # RFC 1157, 4.1.3: there is no successor
                    walking.gaps.add(column.last, None)
                    walking.close_the_empty()
            else:
                column.end(_REFUSALS.get(status, Outcome.UNSUPPORTED))

    def _shrink(self, walking: Walking, batch: Batch, outcome: Outcome) -> None:
        """Ask for half as much; where that is less than one cell, these columns end."""
        appetite = self._appetite
        if batch.rows == 1 and len(batch.columns) > 1:  # a GETNEXT cannot be cut, a GETBULK of one row can
            if appetite.bulk and not appetite.single_rows_in_bulk:
                appetite.single_rows_in_bulk = True
            else:
                walking.divide(batch, 2)
        elif batch.cells > 1:
            appetite.bears_only(batch.cells // 2)
        else:
            walking.fail(batch.columns, outcome)


class _Getting:
    """A `Get` on its way."""

    def __init__(self, oids: tuple[Oid, ...]) -> None:
        self.wanted = tuple(dict.fromkeys(oids))
        self.values: dict[Oid, Value] = {}
        self.outcome = Outcome.SILENT
        self.by_next = False
        self._names = {ber.encode_oid(oid): oid for oid in self.wanted}

    def outcome_of(self, request: Get | Rows) -> Outcome:
        """How one of the requests that were asked together ended."""
        if self.outcome not in (Outcome.SILENT, Outcome.PARTIAL):
            return self.outcome
        return Outcome.PARTIAL if any(oid in self.values for oid in request.oids) else Outcome.SILENT

    def keep(self, varbinds: Sequence[ber.VarBind]) -> set[Oid]:
        """Keep the values that were asked for; the OIDs that the answer names."""
        named: set[Oid] = set()
        for name, value in varbinds:
            oid = self._names.get(name)
            if oid is None:
                continue
            named.add(oid)
            if value is not None and not isinstance(value, ber.EndOfMib):
                self.values[oid] = value
        return named


def _before(oid: Oid) -> bytes:
    """What a GETNEXT names to be told of this instance, where there is one."""
    return ber.encode_oid((*oid[:-1], oid[-1] - 1) if oid[-1] else oid[:-1])


def _parts(oids: tuple[Oid, ...], size: int) -> list[tuple[Oid, ...]]:
    return [oids[at : at + size] for at in range(0, len(oids), size)]


def _fitting(oids: tuple[Oid, ...], room: float) -> list[tuple[Oid, ...]]:
    """In parts whose answers should fit a packet."""
    parts: list[tuple[Oid, ...]] = []
    start, octets = 0, 0
    for at, oid in enumerate(oids):
        size = len(ber.encode_oid(oid)) + _AROUND_A_VALUE
        if at - start >= _OIDS_AT_ONCE or (at > start and octets + size > room):
            parts.append(oids[start:at])
            start, octets = at, 0
        octets += size
    return [*parts, oids[start:]] if oids else []


def _together(outcomes: Sequence[Outcome]) -> Outcome:
    """The outcome of a request that was asked in parts."""
    distinct = set(outcomes) or {Outcome.ANSWERED}
    return distinct.pop() if len(distinct) == 1 else Outcome.PARTIAL
