"""A scan from end to end: sweep, collect, remember, reconcile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from time import monotonic

from collectors import profiles
from collectors.runners.local import LocalRunner
from collectors.sweep import sweep
from collectors.tasks import Answering, Target, Task
from inventory import ledger
from inventory.facts import Observation, Outcome
from inventory.ledger import Scan, TargetOutcome
from kiemke.workspace import Workspace

#: Observations, and seconds, that go into one transaction: what a kill can cost at most.
BATCH, BATCH_S = 50, 2.0

Clock = Callable[[], int]
#: stage -> context manager of `advance(done, total)`; stages are "sweep", "collect", "remember".
Progress = Callable[[str], AbstractContextManager[Callable[[int, int], None]]]


@dataclass(frozen=True, slots=True)
class Scanned:
    scan: Scan
    asked: int
    failures: tuple[TargetOutcome, ...]


def scan(
    workspace: Workspace,
    targets: Sequence[Target],
    *,
    clock: Clock,
    progress: Progress,
    told: Callable[[Scan], None],
    fresh: bool = False,
) -> Scanned:
    """Ask `targets` (see `kiemke.targets`), remember and reconcile what they say. `told` hears of the scan when it is opened.

    An interrupted scan of the same targets goes on where it stopped, unless `fresh`. What happens on the network becomes
    outcomes; only a broken configuration raises (`Problem`).
    """
    engine, vault = workspace.engine(), workspace.vault()
    try:
        opened = ledger.begin_scan(engine, clock(), [(target.office, target.address) for target in targets], resume=not fresh)
        told(opened)
        with progress("sweep") as advance:
            found = list(sweep(targets, vault, pace=workspace.settings.pace, on_progress=advance))
        ledger.record_outcomes(engine, opened, map(_outcome, found))
        tasks = [task for task in _tasks(opened.name, found) if _key(task) not in opened.done]
        settings = workspace.settings
        families = profiles.load(workspace.root / "profiles")
        runner = LocalRunner(vault, families, clock, settings.pace, workspace.known_hosts, settings.doors)
        with progress("collect") as advance:
            done = 0
            for batch in _batches(runner.run(tasks)):
                ledger.record(engine, opened, batch)
                done += len(batch)
                advance(done, len(tasks))
        with progress("remember"):
            finished = ledger.finish(engine, opened, clock())
        return Scanned(finished, len(targets), tuple(ledger.failures(engine, finished)))
    finally:
        engine.dispose()


def _outcome(answer: Answering) -> TargetOutcome:
    target = answer.target
    return TargetOutcome(target.office, target.address, answer.protocol, answer.outcome, answer.detail, answer.credential)


def _key(task: Task) -> tuple[str, str, str]:
    return task.target.office, task.target.address, task.protocol


def _tasks(scan: str, found: Iterable[Answering]) -> Iterator[Task]:
    """What to collect: SNMP where a credential was accepted; SSH where a server answers and a login is listed."""
    identities = {
        (answer.target.office, answer.target.address): answer
        for answer in found
        if answer.protocol == "snmp" and answer.outcome is Outcome.ANSWERED
    }
    for answer in found:
        if answer.outcome is not Outcome.ANSWERED:
            continue
        target = answer.target
        if answer.protocol == "snmp" and answer.credential:
            yield Task(scan, target, "snmp", answer.credential, answer.version, answer.sys_object_id, answer.sys_descr)
        elif answer.protocol == "ssh" and target.ssh:
            known = identities.get((target.office, target.address))
            object_id, descr = (known.sys_object_id, known.sys_descr) if known else (None, None)
            yield Task(scan, target, "ssh", target.ssh[0], answer.version, object_id, descr, target.ssh[1:])


def _batches(observations: Iterable[Observation]) -> Iterator[list[Observation]]:
    """Observations as they come, in batches for one transaction each."""
    batch: list[Observation] = []
    began = monotonic()
    for observation in observations:
        batch.append(observation)
        if len(batch) >= BATCH or monotonic() - began >= BATCH_S:
            yield batch
            batch, began = [], monotonic()
    if batch:
        yield batch
