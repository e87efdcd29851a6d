"""Who speaks SNMP, and with which of the credentials that are listed for it: the SNMP half of the sweep.

Thousands of addresses are asked side by side: one wave of packets, a short time to listen, the next wave to those who were
silent. A wave tries one community of each address, v2c ones first, then v1; each is tried once in a pass, and the second pass
makes up for loss, so that nobody sees a burst of wrong communities. With its last community an address is sent a v3 discovery
(RFC 3414, 4), which needs no credential and tells that an agent is there. Users then prove themselves with one GET each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from collectors.asking import Answers, Get, OidValue
from collectors.credentials import Community, SnmpUser, UnknownCredential, Vault
from collectors.pace import Pace
from collectors.snmp import ber, messages, usm
from collectors.snmp.client import Client, Endpoint, Question, canonical
from collectors.snmp.session import AUTHORIZATION_ERROR, SnmpSession
from collectors.tasks import Answering, Target
from inventory.facts import Outcome
from inventory.sentences import pack

SYS_DESCR, SYS_OBJECT_ID, SYS_NAME = (1, 3, 6, 1, 2, 1, 1, 1, 0), (1, 3, 6, 1, 2, 1, 1, 2, 0), (1, 3, 6, 1, 2, 1, 1, 5, 0)
WHO = (SYS_OBJECT_ID, SYS_DESCR, SYS_NAME)
_WHO_RAW = tuple(ber.encode_oid(oid) for oid in WHO)
_Said = tuple[str | None, str | None, str | None]  # sysObjectID, sysDescr, sysName

_PASSES = 2
_LISTEN_S = 1.0  # after a wave; what comes later still counts
_BREATH = 32  # packets sent before the answers get read
_USERS_AT_ONCE = 64

Emit = Callable[[Answering], None]


@dataclass(slots=True)
class _Door:
    """One target on the way."""

    target: Target
    endpoint: Endpoint
    communities: list[Community]
    users: list[SnmpUser]
    missing: list[str]  # names without a secret on this machine
    numbers: list[int] = field(default_factory=list)  # of questions that may still be answered
    engine: usm.Engine | None = None
    awaited: bool = False  # the present wave listens for it
    proving: bool = False  # v3 users are being tried
    outcome: Outcome | None = None
    garbled: bool = False
    refuses_us: bool = False


async def knock_all(
    targets: Sequence[Target], credentials: Vault, client: Client, pace: Pace, emit: Emit, step: Callable[[int], None]
) -> None:
    """Ask every target with SNMP credentials listed; each is emitted once, who answers at once, the others in the end.

    `step(n)` is called as n of `waves(targets)` x targets have been asked or need no asking.
    """
    await _Knocking(targets, credentials, client, pace, emit).run(step)


def waves(targets: Iterable[Target]) -> int:
    """The most waves that asking these may take."""
    return _PASSES * max((len(target.snmp) for target in targets), default=0)


class _Knocking:
    def __init__(self, targets: Sequence[Target], credentials: Vault, client: Client, pace: Pace, emit: Emit) -> None:
        self._client = client
        self._pace = pace
        self._emit = emit
        self._doors = [_door(target, credentials) for target in targets]
        self._drafts: dict[str, tuple[messages.CommunityMessages, messages.Draft]] = {}
        self._awaited = 0  # doors of the present wave that have said nothing yet
        self._all_heard = asyncio.Event()
        self._gate = asyncio.Semaphore(_USERS_AT_ONCE)

    async def run(self, step: Callable[[int], None]) -> None:
        rounds = max(1, max((len(door.communities) for door in self._doors), default=0))
        async with asyncio.TaskGroup() as proofs:
            for number in range(_PASSES * rounds):
                again, turn = divmod(number, rounds)
                await self._wave(turn, last=turn == rounds - 1, again=again > 0, step=step)
                final = number == _PASSES * rounds - 1
                await self._listen(self._pace.timeout_s if final else min(_LISTEN_S, self._pace.timeout_s))
                for door in self._doors:
                    if door.outcome is None and door.engine is not None and door.users and not door.proving:
                        door.proving = True
                        proofs.create_task(self._prove(door, door.engine))
        for door in self._doors:
            if door.outcome is None:
                door.garbled |= sum(self._client.forget(number) for number in door.numbers) > 0
                self._settle(door, _unanswered(door))

    async def _wave(self, turn: int, *, last: bool, again: bool, step: Callable[[int], None]) -> None:
        self._all_heard.clear()
        for door in self._doors:
            door.awaited = door.outcome is None and not door.proving
        self._awaited = sum(door.awaited for door in self._doors)
        for count, door in enumerate(self._doors):
            if door.awaited:
                if turn < len(door.communities):
                    await self._try_community(door, door.communities[turn])
                if last and (door.users or again) and door.engine is None:
                    await self._discover(door)
            if count % _BREATH == _BREATH - 1:
                await asyncio.sleep(0)
                step(_BREATH)
        step(len(self._doors) % _BREATH)

    async def _listen(self, seconds: float) -> None:
        if self._awaited == 0:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._all_heard.wait()
        except TimeoutError:
            return

    # -- communities --------------------------------------------------------------------------------------------------

    async def _try_community(self, door: _Door, community: Community) -> None:
        if community.name not in self._drafts:
            wrapping = messages.CommunityMessages(community.version, community.secret.reveal())
            self._drafts[community.name] = wrapping, wrapping.message(messages.get(WHO))
        wrapping, draft = self._drafts[community.name]
        number = self._client.expect(
            door.endpoint, wrapping.open, lambda question: self._answered(door, community.name, community.version, question)
        )
        door.numbers.append(number)
        await self._client.send(draft.numbered(number), door.endpoint)

    def _answered(self, door: _Door, credential: str, version: str, question: Question) -> None:
        pdu = question.result
        if isinstance(pdu, Outcome):
            self._misfortune(door, pdu)
        elif pdu is not None and pdu.error_status == AUTHORIZATION_ERROR:
            door.refuses_us = True
        elif pdu is not None:
            told = dict(pdu.varbinds)
            said = _said([told.get(name) for name in _WHO_RAW])
            self._settle(door, Outcome.ANSWERED, credential, version, said, round_trip_s=question.round_trip)

    def _misfortune(self, door: _Door, outcome: Outcome) -> None:
        if outcome is Outcome.REFUSED:
            self._settle(door, Outcome.REFUSED, detail=pack("detail.snmp_closed"))

    # -- v3 -----------------------------------------------------------------------------------------------------------

    async def _discover(self, door: _Door) -> None:
        def heard(question: Question) -> None:
            if isinstance(question.result, Outcome):
                self._misfortune(door, question.result)
            elif door.engine is None:
                door.engine = discovery.engine
                if not door.communities:
                    self._heard(door)

        discovery = usm.Discovery()
        number = self._client.expect(door.endpoint, discovery.open, heard)
        door.numbers.append(number)
        await self._client.send(discovery.seal(number), door.endpoint)

    async def _prove(self, door: _Door, engine: usm.Engine) -> None:
        """Try each user once, with the session's own retries for loss."""
        async with self._gate:
            for user in door.users:
                session = SnmpSession(self._client, door.endpoint, usm.UserMessages(user, engine), self._pace)
                answers = Answers()
                get = Get(WHO)
                await session.fetch([get], answers)
                outcome = answers.outcomes[get]
                if door.outcome is not None:
                    return
                if outcome in (Outcome.ANSWERED, Outcome.PARTIAL):
                    said = _said([answers.get(oid) for oid in WHO])
                    self._settle(door, Outcome.ANSWERED, user.name, "3", said, round_trip_s=session.trip.smoothed)
                    return
                if outcome is Outcome.AUTH_FAILED:
                    door.refuses_us = True
                elif outcome is Outcome.GARBLED:
                    door.garbled = True

    # -- ends ---------------------------------------------------------------------------------------------------------

    def _settle(
        self,
        door: _Door,
        outcome: Outcome,
        credential: str | None = None,
        version: str | None = None,
        said: _Said = (None, None, None),
        *,
        round_trip_s: float | None = None,
        detail: str = "",
    ) -> None:
        if door.outcome is not None:
            return
        door.outcome = outcome
        for number in door.numbers:
            self._client.forget(number)
        self._heard(door)
        self._emit(Answering(door.target, "snmp", outcome, credential, version, *said, round_trip_s, detail))

    def _heard(self, door: _Door) -> None:
        if door.awaited:
            door.awaited = False
            self._awaited -= 1
            if self._awaited == 0:
                self._all_heard.set()


def _door(target: Target, credentials: Vault) -> _Door:
    communities: list[Community] = []
    users: list[SnmpUser] = []
    missing: list[str] = []
    for name in dict.fromkeys(target.snmp):
        try:
            credential = credentials.resolve(name)
        except UnknownCredential:
            missing.append(name)
            continue
        if isinstance(credential, Community):
            communities.append(credential)
        else:
            users.append(credentials.snmp_user(name))  # raises where it is a login
    communities.sort(key=lambda community: community.version != "2c")
    return _Door(target, (canonical(target.address), target.snmp_port), communities, users, missing)


def _unanswered(door: _Door) -> Outcome:
    """What is to be said of one that nobody could read."""
    if door.refuses_us or door.engine is not None:
        return Outcome.AUTH_FAILED if door.communities or door.users else Outcome.NO_CREDENTIAL
    return Outcome.GARBLED if door.garbled else Outcome.SILENT


def _said(values: Sequence[object]) -> _Said:
    """Values of `WHO` as text."""
    object_id, descr, name = values
    return (str(object_id) if isinstance(object_id, OidValue) else None, _text(descr), _text(name))


def _text(value: object) -> str | None:
    return value.decode("utf-8", "replace").strip("\0 \r\n\t") or None if isinstance(value, bytes) else None
