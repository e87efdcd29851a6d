"""One address over SSH, from the connection to an Observation. Misfortune on the network is an outcome, never an exception."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from collectors.credentials import Login
from collectors.ssh import console, linux, shell, windows
from collectors.ssh.answers import Facts
from collectors.ssh.connection import Connection, Deadline, Limits, connected
from collectors.ssh.greeting import Greeting
from collectors.ssh.misfortune import Misfortune
from collectors.ssh.parsing import parse
from collectors.ssh.platforms import Platform, choose
from collectors.tasks import Task
from inventory import sentences
from inventory.facts import Observation, Outcome


def collect(
    task: Task,
    login: Login,
    known_hosts: Path,
    *,
    clock: Callable[[], int],
    timeout_s: float = 60.0,
    deadline_s: float = 120.0,
) -> Observation:
    """Everything that `task`'s address tells over SSH, in one session.

    `known_hosts` is the file of trusted host keys (written on first use), `clock` gives seconds since the epoch, `timeout_s`
    bounds one answer and `deadline_s` the whole device. Never raises for what a network or a device does.
    """
    target = task.target
    limits = Limits.within(timeout_s)
    deadline = Deadline(deadline_s)
    said = Observation(target.address, target.office, "ssh", clock(), Outcome.ANSWERED, credential=login.name)
    started = time.monotonic()
    greeting, inside = Greeting(), False

    def platform_of(banner: str) -> Platform | None:
        return choose(task.sys_object_id, task.sys_descr, banner, login.platform)

    def user_for(banner: str) -> str:
        platform = platform_of(banner)
        return login.user + (platform.user_suffix if platform is not None else "")

    try:
        with connected(
            target.address, target.ssh_port, login, known_hosts, limits, deadline, user_for, greeting.heard
        ) as connection:
            inside = True
            said = replace(said, round_trip_s=round(time.monotonic() - started, 4), notes=_notes(connection))
            platform = platform_of(connection.banner)
            if platform is None:
                raise Misfortune(
                    Outcome.UNSUPPORTED,
                    "ssh_unknown_platform",
                    place=connection.place,
                    banner=connection.banner[:80],
                    credential=login.name,
                )
            if not platform.verified:
                said = replace(said, notes=(*said.notes, f"ssh-unverified: {platform.name}"))
            facts, outcome, detail = _ask(connection, platform, limits, deadline, login)
    except Misfortune as problem:
        ways = greeting.ways(target.ssh_port, login, problem.outcome, inside=inside)
        return replace(said, outcome=problem.outcome, detail=sentences.of(problem), ways=ways)
    return replace(
        said,
        ways=greeting.ways(target.ssh_port, login, outcome, inside=inside),
        outcome=outcome,
        detail=detail,
        identity=facts.identity,
        components=facts.components,
        interfaces=facts.interfaces,
        neighbours=facts.neighbours,
        addresses=facts.addresses,
        health=facts.health,
        topics=dict(facts.topics),
        notes=(*said.notes, *facts.notes),
    )


def _notes(connection: Connection) -> tuple[str, ...]:
    first = ("ssh: host key trusted on first use",) if connection.first_use else ()
    return (str(connection.negotiated), *connection.negotiated.weak(), *first)


def _ask(
    connection: Connection, platform: Platform, limits: Limits, deadline: Deadline, login: Login
) -> tuple[Facts, Outcome, str]:
    """Facts, the outcome of the whole, and a sentence where it is not ANSWERED."""
    place = connection.place
    if platform.reached_by == "console":
        answers = console.ask(connection, platform, limits, deadline)
        facts, cut = parse(platform, answers.outputs, answers.missing), answers.cut
    else:
        asking: ModuleType = {"shell": linux, "powershell": windows}[platform.reached_by]
        mark = "k" + secrets.token_hex(12)
        output, ended = shell.run(connection, platform.permitted(asking.command(mark)), asking.script(mark), limits, deadline)
        if not asking.understood(mark, output):
            if ended is Outcome.DROPPED:
                raise Misfortune(Outcome.DROPPED, "ssh_dropped", place=place)
            if ended is Outcome.PARTIAL:
                raise Misfortune(Outcome.SILENT, "ssh_silent", place=place, seconds=round(limits.answer))
            raise Misfortune(
                Outcome.UNSUPPORTED,
                "ssh_unknown_platform",
                place=place,
                banner=connection.banner[:80],
                credential=login.name,
            )
        facts, cut = asking.parse(mark, output), None if ended is Outcome.ANSWERED else ended
    if cut is not None and not facts.topics:
        key = "ssh_dropped" if cut is Outcome.DROPPED else "ssh_silent"
        raise Misfortune(
            Outcome.DROPPED if cut is Outcome.DROPPED else Outcome.SILENT, key, place=place, seconds=round(limits.answer)
        )
    if cut is not None:
        key = "ssh_dropped" if cut is Outcome.DROPPED else "ssh_deadline"
        return facts, Outcome.PARTIAL, sentences.of(Misfortune(cut, key, place=place, seconds=round(deadline.seconds)))
    told = set(facts.topics.values())
    if told <= {Outcome.UNSUPPORTED}:
        return (
            facts,
            Outcome.UNSUPPORTED,
            sentences.of(Misfortune(Outcome.UNSUPPORTED, "ssh_no_answer", place=place, platform=platform.name)),
        )
    if not told & {Outcome.ANSWERED, Outcome.PARTIAL}:
        return (
            facts,
            Outcome.GARBLED,
            sentences.of(Misfortune(Outcome.GARBLED, "ssh_nothing_read", place=place, platform=platform.name)),
        )
    return facts, Outcome.PARTIAL if Outcome.PARTIAL in told else Outcome.ANSWERED, ""
