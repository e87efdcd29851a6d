"""Collect from this machine: SNMP on one event loop over one socket, SSH on a thread for each session.

One device can neither stall nor end a scan: each has its deadline, and an error in our own code that a device provokes becomes
that device's observation.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from collectors import ssh
from collectors.background import stream
from collectors.credentials import Community, Credential, Login, SnmpUser, UnknownCredential, Vault
from collectors.management.doors import Knocker
from collectors.management.known import Alike, alike_of, by_snmp
from collectors.management.ports import NOWHERE, Doors
from collectors.pace import Bucket, Clock, Pace
from collectors.profiles import Profiles
from collectors.snmp.client import Client
from collectors.snmp.collect import collect as collect_snmp
from collectors.ssh.logins import in_order as logins_in_order
from collectors.tasks import Task
from inventory import sentences
from inventory.facts import Observation, Outcome
from inventory.sentences import pack

log = logging.getLogger(__name__)

_T = TypeVar("_T")

#: Outcomes that do not prove that anything is there.
_NOBODY = frozenset({Outcome.SILENT, Outcome.REFUSED, Outcome.NOT_ASKED})
_GRACE_S = 15.0  # beyond its deadline, for a session that closes


class LocalRunner:
    """Collects tasks from this machine. `known_hosts` is the file of trusted SSH host keys, `doors` are the management ports that
    each device is asked for, too."""

    def __init__(
        self, credentials: Vault, profiles: Profiles, clock: Clock, pace: Pace, known_hosts: Path, doors: Doors = NOWHERE
    ) -> None:
        self._credentials = credentials
        self._profiles = profiles
        self._clock = clock
        self._pace = pace
        self._known_hosts = known_hosts
        self._doors = doors
        self._alike: Alike = {}

    def run(self, tasks: Iterable[Task]) -> Iterator[Observation]:
        """One observation for each task, in the order in which they are finished. Closing the iterator stops the rest.

        Raises CredentialProblem where what is written about a credential is wrong.
        """
        listed = list(tasks)

        async def produce(emit: Callable[[Observation], None]) -> None:
            await self._all(listed, emit)

        yield from stream(produce, "collect")

    async def _all(self, tasks: list[Task], emit: Callable[[Observation], None]) -> None:
        devices = asyncio.Semaphore(self._pace.devices_at_once)
        sessions = asyncio.Semaphore(self._pace.ssh_at_once)
        bucket = Bucket(self._pace.requests_per_second)
        knocker = Knocker(self._doors, bucket, self._pace.timeout_s)
        self._alike = alike_of(tasks, self._credentials)
        asked: set[tuple[str, str]] = set()  # places whose doors are asked beside another task

        async def one(client: Client, task: Task, doors_too: bool) -> None:
            async with devices if task.protocol == "snmp" else sessions:
                observation = await self._one(client, task)
            if doors_too and observation.outcome not in _NOBODY:
                observation = replace(observation, ways=(*observation.ways, *await knocker.ask(task.target.address)))
            emit(observation)

        async with Client(self._pace, bucket) as client, asyncio.TaskGroup() as group:
            for task in tasks:
                place = (task.target.office, task.target.address)
                group.create_task(one(client, task, place not in asked))
                asked.add(place)

    async def _one(self, client: Client, task: Task) -> Observation:
        found, missing = self._resolve(task)
        observation = self._ended(task, Outcome.NO_CREDENTIAL, missing)
        logins = [credential for credential in found if isinstance(credential, Login)]
        for credential in logins_in_order(task, logins) if task.protocol == "ssh" and logins else found[:1]:
            observation = await self._within_deadline(client, task, credential)
            if observation.outcome is not Outcome.AUTH_FAILED:
                break
        return observation

    def _resolve(self, task: Task) -> tuple[list[Credential], str]:
        """The credentials of a task whose secrets are on this machine, and a sentence about the last one that is not."""
        found, missing = [], ""
        for name in (task.credential, *task.others):
            try:
                found.append(self._credentials.resolve(name))
            except UnknownCredential as problem:
                missing = sentences.of(problem)
        return found, missing

    async def _within_deadline(self, client: Client, task: Task, credential: Credential) -> Observation:
        try:
            async with asyncio.timeout(self._pace.device_deadline_s + _GRACE_S):
                return await self._ask(client, task, credential)
        except TimeoutError:
            return self._ended(task, Outcome.SILENT, pack("detail.given_up"))
        except Exception as problem:  # noqa: BLE001 - one device's nonsense must not end the scan
            return self._ended(task, Outcome.GARBLED, _about(problem, task))

    async def _ask(self, client: Client, task: Task, credential: Credential) -> Observation:
        if task.protocol == "snmp" and isinstance(credential, Community | SnmpUser):
            observation = await collect_snmp(client, task, credential, self._profiles, clock=self._clock, pace=self._pace)
            opened = observation.identity is not None
            return (
                replace(observation, ways=(by_snmp(task.target.snmp_port, credential, self._alike),)) if opened else observation
            )
        if task.protocol == "ssh" and isinstance(credential, Login):
            deadline_s = self._pace.device_deadline_s
            return await _in_thread(
                lambda: ssh.collect(task, credential, self._known_hosts, clock=self._clock, deadline_s=deadline_s),
                f"ssh {task.target.address}",
            )
        return self._ended(
            task, Outcome.NO_CREDENTIAL, pack("detail.credential_kind", credential=credential.name, protocol=task.protocol)
        )

    def _ended(self, task: Task, outcome: Outcome, detail: str) -> Observation:
        target = task.target
        return Observation(
            target.address, target.office, task.protocol, self._clock(), outcome, detail, credential=task.credential
        )


def collect(task: Task, credentials: Vault, profiles: Profiles, *, clock: Clock, pace: Pace, known_hosts: Path) -> Observation:
    """One task, synchronously: what a worker at a site calls. Knows no database; only the credential's name crosses to it."""
    return next(iter(LocalRunner(credentials, profiles, clock, pace, known_hosts).run([task])))


def _about(problem: Exception, task: Task) -> str:
    """A sentence that names the error's type and place, not its text, which may quote what a device said."""
    kind = type(problem).__name__
    frames = traceback.extract_tb(problem.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    log.error("reading %s over %s failed: %s at %s", task.target.address, task.protocol, kind, place)
    return pack("detail.unreadable", kind=kind, place=place)


async def _in_thread(function: Callable[[], _T], name: str) -> _T:
    """Call a function that blocks, in a daemon thread: whoever stops the scan need not wait for the slowest device."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_T] = loop.create_future()

    def finish(result: _T | None, problem: Exception | None) -> None:
        if future.done():
            return
        if problem is not None:
            future.set_exception(problem)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result: _T | None = None
        problem: Exception | None = None
        try:
            result = function()
        except Exception as raised:  # noqa: BLE001 - raised again where it is awaited
            problem = raised
        with contextlib.suppress(RuntimeError):  # the loop has been closed meanwhile
            loop.call_soon_threadsafe(finish, result, problem)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await future
