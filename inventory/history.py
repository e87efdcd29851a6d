"""Between the reconciliation and the database: what is true now goes in, what changed comes out as intervals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inventory import decisions, gauges, kept, traffic
from inventory.fusing import Rows
from inventory.intervals import Delta, Values
from inventory.places import Place, place_key
from inventory.reconcile import Memory, Result
from inventory.schema.cabling import NEIGHBOURS, STATIONS
from inventory.schema.devices import (
    ADDRESSES,
    COMPONENTS,
    COUNTERS,
    DEVICES,
    FACTS,
    INTERFACES,
    MANAGEMENT,
    MEASURED,
    READINGS,
    SIGHTINGS,
    TRAFFIC,
)
from inventory.schema.identity import CONFLICTS, DECISIONS, IDENTITY_LOG, MERGES
from inventory.schema.scans import SCANS
from inventory.traits import Traits, known_traits

#: Interval tables whose owner is a device; a device's rows are all there.
DEVICE_TABLES = (FACTS, INTERFACES, COMPONENTS, NEIGHBOURS, ADDRESSES, READINGS, MANAGEMENT, CONFLICTS)
_INTERVALS = (*DEVICE_TABLES, STATIONS)
_COMMON = ("key", "valid_from", "valid_to", "opened_scan", "closed_scan")


def value_columns(table: sa.Table) -> list[sa.Column]:
    """The columns of an interval table that hold what was said, in the order of `Values`."""
    return [c for c in table.columns if c.name not in _COMMON and not c.primary_key]


def owner_column(table: sa.Table) -> sa.Column:
    return table.c.office if table is STATIONS else table.c.device_id


def address_key(address: str) -> tuple[int, int]:
    """Sorts addresses as numbers."""
    return place_key(("", address))[1:]


def last_moment(connection: Connection) -> int:
    """The latest time that anything here is true from; 0 when there is nothing. What is written next begins after it."""
    scan = connection.execute(sa.select(sa.func.max(SCANS.c.valid_at))).scalar() or 0
    decision = connection.execute(sa.select(sa.func.max(DECISIONS.c.at))).scalar() or 0
    return int(max(scan, decision))


def next_device(connection: Connection) -> int:
    """The first number that no device has."""
    return (connection.execute(sa.select(sa.func.max(DEVICES.c.id))).scalar() or 0) + 1


#: Where each device answered last, and when it ever answered last: the answers of a later scan may be older.
_LAST_PLACES = """
SELECT v.id, a.office, a.address, (SELECT MAX(e.seen_at) FROM seen e WHERE e.device_id = v.id) FROM devices v
JOIN seen s ON s.device_id = v.id AND s.at = (
    SELECT p.at FROM seen p WHERE p.device_id = v.id AND p.seen_at IS NOT NULL ORDER BY p.at DESC LIMIT 1
) JOIN answers a ON a.id = s.answer_id
"""


def load(connection: Connection, asked: set[Place]) -> Memory:
    """Everything that is true now and could concern a scan.

    All devices and stations, because they may have moved from any office; rows are read whole, which is faster than picking.
    """
    memory = Memory(asked=asked)
    merges = connection.execute(sa.select(MERGES).where(MERGES.c.valid_to.is_(None))).all()
    gone = {merge.device_id for merge in merges}
    memory.next_id = next_device(connection)
    memory.facts = {device: values for device, _, values in _current(connection, FACTS) if device not in gone}
    for table in DEVICE_TABLES:
        if table is not FACTS:
            _by_device(_current(connection, table), getattr(memory, table.name))
    memory.stations = {(office, mac): values for office, mac, values in _current(connection, STATIONS)}
    memory.counters = {office: traffic.unpack_readings(packed) for office, packed in connection.execute(sa.select(COUNTERS))}
    for device, office, address, seen_at in connection.execute(sa.text(_LAST_PLACES)):
        if device not in gone:
            memory.place[device] = (office, address)
            memory.seen_at[device] = seen_at
    memory.traits = {device: _traits(memory, device) for device in memory.facts}
    _ruled(connection, memory, {merge.device_id: merge.into_id for merge in merges})
    return memory


def _ruled(connection: Connection, memory: Memory, into: Mapping[int, int]) -> None:
    """What people said of identity: other faces of devices that they merged, and which devices they hold apart."""
    for number, (device, traits) in enumerate(faces(connection, into), 1):
        face = device if device in into and device not in memory.faces else -number
        memory.faces[face], memory.roots[face] = traits, into.get(device, device)
    pairs = decisions.held_apart(decisions.standing(connection))
    also = (frozenset(into.get(device, device) for device in pair) for pair in pairs)
    memory.apart = pairs | {pair for pair in also if len(pair) == 2}


def faces(connection: Connection, into: Mapping[int, int]) -> list[tuple[int, Traits]]:
    """(device, how else it may look) for devices that people merged; those that are merged themselves first, as they were last.

    `into`: which device is which now. Of each merge that holds, both as they were before it: also where the other was merged
    into a third since, for by then all that was known of the two may have been what the one had told.
    """
    c = MERGES.c
    decided = sa.select(c.device_id, c.into_id, c.valid_from).where(c.decision_id.is_not(None))
    last: dict[tuple[int, int], None] = {}  # (device, moment)
    others: dict[tuple[int, int], None] = {}
    for device, other, since in connection.execute(decided.order_by(c.device_id, c.valid_from)).all():
        if device not in into or into[device] != into.get(other, other):
            continue
        end = ended(connection, device)
        if since >= end:  # else it was taken back, and the device merged anew
            last[device, end - 1] = None
            others[other, end - 1] = None
    return [(device, look(connection, device, at)) for device, at in {**last, **others}]


def ended(connection: Connection, device: int) -> int:
    """When the rows of a device that is merged ended: its merge may have been taken back and made again since."""
    last = sa.select(sa.func.max(FACTS.c.valid_to)).where(FACTS.c.device_id == device)
    return int(connection.execute(last).scalar_one())


def look(connection: Connection, device: int, at: int) -> Traits:
    """The traits that a device had at a moment, from the rows that were true then."""
    then = Memory(facts={device: (None,) * len(_FACT_NAMES)})

    def rows(table: sa.Table) -> Iterator[tuple[int, str, Values]]:
        for key, values in as_of(connection, table, device, at).items():
            yield device, key, values

    for table, into in ((INTERFACES, then.interfaces), (COMPONENTS, then.components), (ADDRESSES, then.addresses)):
        _by_device(rows(table), into)
    for _, _, values in rows(FACTS):
        then.facts[device] = values
    return _traits(then, device)


def as_of(connection: Connection, table: sa.Table, device: int, at: int) -> Rows:
    """key -> values of a device that were true at a moment."""
    c = table.c
    return _rows(connection, table, device, at, c.valid_from <= at, sa.or_(c.valid_to.is_(None), c.valid_to > at))


def current(connection: Connection, table: sa.Table, device: int) -> Rows:
    """key -> values of a device that are true now."""
    return _rows(connection, table, device, None, table.c.valid_to.is_(None))


def _rows(connection: Connection, table: sa.Table, device: int, at: int | None, *standing: sa.ColumnElement[bool]) -> Rows:
    c = table.c
    selected = connection.execute(
        sa.select(c.key, c.valid_from, *value_columns(table)).where(c.device_id == device, *standing)
    ).all()
    rows: Rows = {row[0]: tuple(row[2:]) for row in selected}
    if table is READINGS:
        since = {(device, row[0]): row[1] for row in selected if rows[row[0]][_NUMBER_AT] is not None}
        for (_, key), number in numbers(connection, since, at).items():
            rows[key] = (*rows[key][:_NUMBER_AT], number, *rows[key][_NUMBER_AT + 1 :])
    return rows


def numbers(connection: Connection, since: Mapping[gauges.Reading, int], at: int | None = None) -> dict[gauges.Reading, float]:
    """The newest numbers, up to a moment, of readings that stand since a time; without those that were not measured."""
    measured = sa.select(SCANS.c.valid_at, MEASURED.c.numbers).join(SCANS, SCANS.c.id == MEASURED.c.scan_id)
    if at is not None:
        measured = measured.where(SCANS.c.valid_at <= at)
    scans = connection.execute(measured.order_by(SCANS.c.valid_at.desc())) if since else ()
    return gauges.newest(since, ((when, packed) for when, packed in scans))


def _current(connection: Connection, table: sa.Table) -> Iterator[tuple[Any, str, Values]]:
    """(owner, key, values) of all rows that are true now."""
    owner, names = owner_column(table).name, [c.name for c in value_columns(table)]
    for row in kept.plain(connection, table, [owner, "key", *names], "valid_to IS NULL"):
        yield row[0], row[1], row[2:]


def _by_device(rows: Iterable[tuple[int, str, Values]], into: dict[int, Rows]) -> None:
    for device, key, values in rows:
        known = into.get(device)
        if known is None:
            known = into[device] = {}
        known[key] = values


_FACT_NAMES = [c.name for c in value_columns(FACTS)]
_MAC_AT = [c.name for c in value_columns(INTERFACES)].index("mac")
_PART_NAMES = [c.name for c in value_columns(COMPONENTS)]
_NUMBER_AT = [c.name for c in value_columns(READINGS)].index("value")
_KIND_AT, _SERIAL_AT = _PART_NAMES.index("kind"), _PART_NAMES.index("serial")


def _traits(memory: Memory, device: int) -> Traits:
    facts = dict(zip(_FACT_NAMES, memory.facts[device], strict=True))
    answered = {(str(row[0]), str(row[1])) for row in memory.addresses.get(device, {}).values() if row[2] == "answered"}
    return known_traits(
        answered | ({memory.place[device]} if device in memory.place else set()),
        facts,
        [row[_MAC_AT] for row in memory.interfaces.get(device, {}).values()],  # type: ignore[misc]
        ((row[_KIND_AT], row[_SERIAL_AT]) for row in memory.components.get(device, {}).values()),
        str(facts["engine_id"]) if facts["engine_id"] else None,
    )


def write(connection: Connection, scan_id: int, at: int, result: Result) -> None:
    """Write a scan's result; the caller holds the transaction."""
    created = [{"id": device, "created_scan": scan_id, "first_seen": at} for device in result.created]
    kept.add(connection, DEVICES, created)
    _merge(connection, scan_id, at, result)
    for table in _INTERVALS:
        if table.name in result.deltas:
            write_delta(connection, table, scan_id, at, result.deltas[table.name])
    sightings = [
        {
            "scan_id": scan_id,
            "at": at,
            "device_id": s.device,
            "state": s.state,
            "office": s.office,
            "address": s.address,
            "seen_at": s.seen_at,
            "topics": s.topics,
            "protocols": s.protocols,
            "uptime_s": s.uptime_s,
            "score": s.score,
            "evidence": s.evidence,
        }
        for s in result.sightings
    ]
    kept.add(connection, SIGHTINGS, sightings)
    kept.add(
        connection,
        IDENTITY_LOG,
        [
            {
                "scan_id": scan_id,
                "at": at,
                "device_id": entry.device,
                "event": entry.event,
                "addresses": entry.addresses,
                "score": entry.score,
                "evidence": entry.evidence,
            }
            for entry in result.log
        ],
    )
    _replace(connection, COUNTERS, "readings", {o: traffic.pack_readings(table) for o, table in result.counted.readings.items()})
    found = result.counted.differences.items()
    rows = [{"scan_id": scan_id, "office": office, "differences": traffic.pack_differences(table)} for office, table in found]
    kept.add(connection, TRAFFIC, rows)
    if result.numbers:
        kept.add(connection, MEASURED, [{"scan_id": scan_id, "numbers": gauges.pack(result.numbers)}])
    if result.learnt:
        mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
        tables = [(*table, scan_id, at) for table in result.learnt]
        connection.exec_driver_sql(_NEWEST_TABLE.replace("?", mark), tables)


#: In place of the table that is known; one that is heard again, as it was read at the same time, stays what it is.
_NEWEST_TABLE = """
INSERT INTO learnt (device_id, kind, read_at, entries, scan_id, at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (device_id, kind) DO UPDATE
SET at = excluded.at, scan_id = excluded.scan_id, read_at = excluded.read_at, entries = excluded.entries
WHERE learnt.read_at <> excluded.read_at OR learnt.entries <> excluded.entries
"""


def _replace(connection: Connection, table: sa.Table, column: str, by_office: Mapping[str, bytes]) -> None:
    connection.execute(sa.delete(table).where(table.c.office.in_(by_office)))
    kept.add(connection, table, [{"office": office, column: packed} for office, packed in sorted(by_office.items())])


def write_delta(connection: Connection, table: sa.Table, scan_id: int, at: int, delta: Delta) -> None:
    """Close and open rows of an interval table. `scan_id`: of the scan, or of a decision as a negative number."""
    owner = owner_column(table).name
    if delta.closed:
        stored = kept.rows_of(table)
        statement = (
            sa.update(stored)
            .where(stored.c[owner] == sa.bindparam("b_owner"), stored.c.key == sa.bindparam("b_key"), stored.c.valid_to.is_(None))
            .values(valid_to=at, closed_scan=scan_id)
        )
        connection.execute(statement, [{"b_owner": key[0], "b_key": key[1]} for key in delta.closed])
    names = [c.name for c in value_columns(table)]
    kept.add(
        connection,
        table,
        (
            {owner: who, "key": key, "valid_from": at, "opened_scan": scan_id, **dict(zip(names, values, strict=True))}
            for (who, key), values in delta.opened.items()
        ),
    )


def _merge(connection: Connection, scan_id: int, at: int, result: Result) -> None:
    """A device that turned out to be another: its rows end, its history stays under its own id, so that it can be split again."""
    why = {entry.device: entry for entry in result.log if entry.event == "merged"}
    for device, into in result.merged.items():
        behind = sa.select(MERGES.c.device_id).where(MERGES.c.into_id == device, MERGES.c.valid_to.is_(None))
        moved = connection.execute(behind).scalars().all()
        connection.execute(
            sa.update(MERGES).where(MERGES.c.device_id.in_(moved), MERGES.c.valid_to.is_(None)).values(valid_to=at)
        )
        rows = [
            {
                "device_id": d,
                "into_id": into,
                "valid_from": at,
                "scan_id": scan_id,
                "score": why[device].score,
                "evidence": why[device].evidence,
            }
            for d in (device, *moved)
        ]
        connection.execute(sa.insert(MERGES), rows)
        for table in map(kept.rows_of, DEVICE_TABLES):
            ending = sa.update(table).where(table.c.device_id == device, table.c.valid_to.is_(None))
            connection.execute(ending.values(valid_to=at, closed_scan=scan_id))
