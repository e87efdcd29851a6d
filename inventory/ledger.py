"""What was asked and what was answered, scan by scan; a finished scan becomes history.

While a scan runs, observations are only *staged*. `finish` reconciles all of them and writes the intervals in one
transaction, so a process that is killed at any moment leaves either an unfinished scan, which the next one resumes, or a
finished one: never half a device.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from inventory import history, holding, observations, processes, ranges, sentences
from inventory.database import give_back, reading, writing
from inventory.facts import Observation, Outcome
from inventory.names import scan_name
from inventory.problems import Problem
from inventory.reconcile import THERE, reconcile
from inventory.schema.scans import ASKED, FAILURES, SCANS, STAGED, TARGETS

RUNNING, FINISHED, ABANDONED = "running", "finished", "abandoned"


class LedgerError(Problem):
    TEMPLATES: ClassVar[dict[str, str]] = {
        "scan_over": "Scan {scan} has been finished or given up by another process: nothing can be added to it; scan again.",
    }


#: Observations of a scan that are held in memory until it is finished; those of more devices are read back.
HELD = 5_000


class TargetOutcome(NamedTuple):
    """How asking one address over one protocol ended, where there is no observation (a sweep's result)."""

    office: str
    address: str
    protocol: str  # snmp | ssh
    outcome: Outcome
    detail: str = ""  # packed by `inventory.sentences`
    credential: str | None = None


@dataclass(frozen=True)
class Scan:
    """A scan as the ledger knows it. `done` are the (office, address, protocol) that need not be asked again."""

    id: int
    started_at: int
    offices: tuple[str, ...]
    targets: int
    state: str = RUNNING
    resumed: bool = False
    finished_at: int | None = None
    answered: int = 0
    failed: int = 0
    devices: int = 0
    done: frozenset[tuple[str, str, str]] = field(default=frozenset(), repr=False)
    #: What this process has recorded itself, by its bytes: it need not be read back from these.
    recorded: dict[bytes, Observation] = field(default_factory=dict, repr=False, compare=False)

    @property
    def name(self) -> str:
        """As people and frames call it: S00012."""
        return scan_name(self.id)


def begin_scan(
    engine: Engine, started_at: int, targets: Sequence[tuple[str, str]], offices: Iterable[str] = (), *, resume: bool = True
) -> Scan:
    """Open a scan of (office, address) targets, or resume the unfinished one that asked the same.

    `offices`: codes that belong to the scan although none of their addresses is asked. An unfinished scan of the same targets
    whose process is gone is resumed; with `resume=False` it is abandoned, and what it had staged is dropped.
    """
    asked: dict[str, list[str]] = defaultdict(list)
    for office, address in targets:
        asked[office].append(address)
    packed = {office: ranges.pack(addresses) for office, addresses in asked.items()}
    codes = tuple(sorted({*asked, *offices}))
    with writing(engine) as connection:
        for row in connection.execute(sa.select(SCANS).where(SCANS.c.state == RUNNING).order_by(SCANS.c.id.desc())).all():
            elsewhere = processes.lives(row.owner) or holding.held_elsewhere(connection, row.id)
            if row.offices != ",".join(codes) or elsewhere:
                continue
            before = dict(
                connection.execute(sa.select(TARGETS.c.office, TARGETS.c.addresses).where(TARGETS.c.scan_id == row.id)).all()
            )
            if before != packed:
                continue
            if resume:
                holding.hold(engine, row.id)
                connection.execute(sa.update(SCANS).where(SCANS.c.id == row.id).values(owner=processes.me()))
                key = (STAGED.c.office, STAGED.c.address, STAGED.c.protocol)
                done = connection.execute(sa.select(*key).where(STAGED.c.scan_id == row.id)).all()
                return Scan(row.id, row.started_at, codes, row.targets, resumed=True, done=frozenset(done))
            _abandon(connection, row.id)
        count = sum(1 for text in packed.values() for _ in ranges.unpack(text))
        values = {
            "started_at": started_at,
            "state": RUNNING,
            "owner": processes.me(),
            "offices": ",".join(codes),
            "targets": count,
        }
        key_row = connection.execute(sa.insert(SCANS).values(values)).inserted_primary_key
        assert key_row is not None
        holding.hold(engine, key_row[0])
        if packed:
            rows = [{"scan_id": key_row[0], "office": office, "addresses": text} for office, text in packed.items()]
            connection.execute(sa.insert(TARGETS), rows)
    return Scan(key_row[0], started_at, codes, count)


def record(engine: Engine, scan: Scan, batch: Iterable[Observation]) -> None:
    """Stage observations, in one transaction; the last one of an (office, address, protocol) counts. Raises LedgerError."""
    rows, kept = {}, {}
    for o in batch:
        payload, as_kept = observations.both(o)
        kept[payload] = as_kept
        rows[o.office, o.address, o.protocol] = {
            "scan_id": scan.id,
            "office": o.office,
            "address": o.address,
            "protocol": o.protocol,
            "outcome": str(o.outcome),
            "payload": payload,
        }
    if not rows:
        return
    with writing(engine) as connection:
        _must_run(connection, scan)
        _delete_keys(connection, STAGED, list(rows.values()))
        connection.execute(sa.insert(STAGED), list(rows.values()))
    if len(scan.recorded) < HELD:
        scan.recorded.update(kept)


def record_outcomes(engine: Engine, scan: Scan, outcomes: Iterable[TargetOutcome]) -> None:
    """Remember how asking ended where there is no observation; thousands of silent addresses are one row.

    An observation of the same address and protocol, staged before or after, counts more.
    """
    found: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    unreadable = []
    for one in outcomes:
        found[one.office, one.protocol, str(one.outcome)].add(one.address)
        if one.outcome in THERE and one.outcome is not Outcome.ANSWERED:
            unreadable.append(one)
    with writing(engine) as connection:
        _must_run(connection, scan)
        _add_asked(connection, scan.id, found)
        rows = {
            (o.office, o.address, o.protocol): {"scan_id": scan.id, **o._asdict(), "outcome": str(o.outcome)} for o in unreadable
        }
        if rows:
            _delete_keys(connection, FAILURES, list(rows.values()))
            connection.execute(sa.insert(FAILURES), list(rows.values()))


def finish(engine: Engine, scan: Scan, finished_at: int) -> Scan:
    """Reconcile what was staged with what is known, and write it down: one transaction, idempotent.

    The scan's rows become true at `finished_at`; when another scan or a decision has written later times already, at the first
    free second after them, so that history never runs backwards.
    """
    with writing(engine) as connection, _without_garbage_collection():
        row = connection.execute(sa.select(SCANS).where(SCANS.c.id == scan.id)).one()
        if row.state != RUNNING:
            holding.release(engine, scan.id)
            return _scan(row)
        at = max(finished_at, history.last_moment(connection) + 1)
        payloads = connection.execute(sa.select(STAGED.c.payload).where(STAGED.c.scan_id == scan.id)).scalars()
        held = scan.recorded
        staged = [held.pop(payload) if payload in held else observations.decode(payload) for payload in payloads]
        asked = _final_outcomes(connection, scan.id, staged)
        bare = _bare_presence(asked, staged, row.started_at)
        memory = history.load(connection, _asked_addresses(asked))
        result = reconcile(staged + bare, memory)
        history.write(connection, scan.id, at, result)
        counts = {outcome: 0 for _, _, outcome in sorted(asked, key=lambda key: key[2])}
        for (_, _, outcome), addresses in asked.items():
            counts[outcome] += len(addresses)
        there = sum(count for outcome, count in counts.items() if Outcome(outcome) in THERE)
        answered = counts.get(Outcome.ANSWERED, 0) + counts.get(Outcome.PARTIAL, 0)
        values = {
            "finished_at": finished_at,
            "valid_at": at,
            "state": FINISHED,
            "answered": answered,
            "failed": there - answered,
            "devices": result.confirmed,
            "outcomes": ",".join(f"{outcome}={count}" for outcome, count in counts.items()),
        }
        connection.execute(sa.update(SCANS).where(SCANS.c.id == scan.id).values(values))
        connection.execute(sa.delete(STAGED).where(STAGED.c.scan_id == scan.id))
        give_back(connection)
        finished = _scan(connection.execute(sa.select(SCANS).where(SCANS.c.id == scan.id)).one())
    holding.release(engine, scan.id)
    return finished


def scans(engine: Engine) -> list[Scan]:
    """All scans, oldest first."""
    with reading(engine) as connection:
        return [_scan(row) for row in connection.execute(sa.select(SCANS).order_by(SCANS.c.id)).all()]


def unfinished(engine: Engine) -> list[Scan]:
    """Scans that neither finished nor were given up, oldest first."""
    return [scan for scan in scans(engine) if scan.state == RUNNING]


def abandon(engine: Engine, scan: Scan) -> None:
    """Give up an unfinished scan: what it staged is dropped, that it was tried stays."""
    with writing(engine) as connection:
        _must_run(connection, scan)
        _abandon(connection, scan.id)
    holding.release(engine, scan.id)


def failures(engine: Engine, scan: Scan) -> list[TargetOutcome]:
    """What is there and could not be read in a scan, with the reason, ordered by office and address."""
    fields = (
        FAILURES.c.office,
        FAILURES.c.address,
        FAILURES.c.protocol,
        FAILURES.c.outcome,
        FAILURES.c.detail,
        FAILURES.c.credential,
    )
    with reading(engine) as connection:
        found = connection.execute(sa.select(*fields).where(FAILURES.c.scan_id == scan.id)).all()
    rows = [TargetOutcome(r[0], r[1], r[2], Outcome(r[3]), r[4], r[5]) for r in found]
    return sorted(rows, key=lambda r: (r.office, history.address_key(r.address), r.protocol))


# -- inside ----------------------------------------------------------------------------------------------------------------

Asked = dict[tuple[str, str, str], set[str]]  # (office, protocol, outcome) -> addresses


def _scan(row: sa.Row) -> Scan:
    return Scan(
        id=row.id,
        started_at=row.started_at,
        offices=tuple(filter(None, row.offices.split(","))),
        targets=row.targets,
        state=row.state,
        finished_at=row.finished_at,
        answered=row.answered or 0,
        failed=row.failed or 0,
        devices=row.devices or 0,
    )


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Reconciling makes hundreds of thousands of small records without circles: looking for circles costs a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _must_run(connection: Connection, scan: Scan) -> None:
    state = connection.execute(sa.select(SCANS.c.state).where(SCANS.c.id == scan.id)).scalar_one()
    if state != RUNNING:
        raise LedgerError("scan_over", scan=scan.name)


def _abandon(connection: Connection, scan_id: int) -> None:
    for table in (STAGED, FAILURES, ASKED):
        connection.execute(sa.delete(table).where(table.c.scan_id == scan_id))
    connection.execute(sa.update(SCANS).where(SCANS.c.id == scan_id).values(state=ABANDONED))


def _delete_keys(connection: Connection, table: sa.Table, rows: list[dict[str, object]]) -> None:
    keys = ("scan_id", "office", "address", "protocol")
    statement = sa.delete(table).where(*(table.c[k] == sa.bindparam(f"b_{k}") for k in keys))
    connection.execute(statement, [{f"b_{k}": row[k] for k in keys} for row in rows])


def _add_asked(connection: Connection, scan_id: int, found: Asked) -> None:
    """The last outcome of an address and protocol counts, so it is taken out of the others."""
    asked = _read_asked(connection, scan_id)
    for (office, protocol, outcome), addresses in found.items():
        for other in [key for key in asked if key[:2] == (office, protocol)]:
            asked[other] -= addresses
        asked[office, protocol, outcome] |= addresses
    _write_asked(connection, scan_id, asked)


def _read_asked(connection: Connection, scan_id: int) -> Asked:
    rows = connection.execute(sa.select(ASKED).where(ASKED.c.scan_id == scan_id)).all()
    asked: Asked = defaultdict(set)
    for row in rows:
        asked[row.office, row.protocol, row.outcome] = set(ranges.unpack(row.addresses))
    return asked


def _write_asked(connection: Connection, scan_id: int, asked: Asked) -> None:
    connection.execute(sa.delete(ASKED).where(ASKED.c.scan_id == scan_id))
    rows = [
        {"scan_id": scan_id, "office": key[0], "protocol": key[1], "outcome": key[2], "addresses": ranges.pack(addresses)}
        for key, addresses in sorted(asked.items())
        if addresses
    ]
    if rows:
        connection.execute(sa.insert(ASKED), rows)


def _final_outcomes(connection: Connection, scan_id: int, staged: list[Observation]) -> Asked:
    """Outcomes of the sweep overruled by those of the observations, written back; failures listed by the address."""
    found: Asked = defaultdict(set)
    for o in staged:
        found[o.office, o.protocol, str(o.outcome)].add(o.address)
    _add_asked(connection, scan_id, found)
    if staged:
        keys = [{"scan_id": scan_id, "office": o.office, "address": o.address, "protocol": o.protocol} for o in staged]
        _delete_keys(connection, FAILURES, keys)
        rows = []
        for key, o in zip(keys, staged, strict=True):
            missing = {
                topic: outcome for topic, outcome in o.topics.items() if outcome not in (Outcome.ANSWERED, Outcome.UNSUPPORTED)
            }
            if o.outcome is Outcome.ANSWERED and not missing:
                continue
            if o.outcome in THERE:
                detail = o.detail or sentences.together(
                    sentences.pack("detail.topic", topic=topic, outcome=outcome) for topic, outcome in sorted(missing.items())
                )
                rows.append({**key, "outcome": str(o.outcome), "detail": detail, "credential": o.credential})
        if rows:
            connection.execute(sa.insert(FAILURES), rows)
    return {key: addresses for key, addresses in _read_asked(connection, scan_id).items() if addresses}


def _asked_addresses(asked: Asked) -> set[tuple[str, str]]:
    """(office, address) that were really asked: a missing credential or an exclusion asks nothing."""
    nothing = {str(Outcome.NOT_ASKED), str(Outcome.NO_CREDENTIAL)}
    return {(office, address) for (office, _, outcome), found in asked.items() if outcome not in nothing for address in found}


def _bare_presence(asked: Asked, staged: list[Observation], at: int) -> list[Observation]:
    """Addresses where something is and nothing was read: an observation without content, so that the thing is not lost."""
    read = {(o.office, o.address, o.protocol) for o in staged}
    return [
        Observation(address, office, protocol, at, Outcome(outcome))
        for (office, protocol, outcome), addresses in sorted(asked.items())
        if Outcome(outcome) in THERE and not (outcome == Outcome.NO_CREDENTIAL and protocol == "snmp")
        for address in sorted(addresses)
        if (office, address, protocol) not in read
    ]
