"""Moves what is known of devices when people merge and split them, so that it can be moved back.

A decision opens and closes rows as a scan does: it stands as a *negative* number where a scan's would (`opened_scan`,
`closed_scan`). So history stays as it was, what a decision changed can be told from what a scan found, and can be taken back
row by row, wherever no scan has said anything newer since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inventory import kept
from inventory.history import (
    DEVICE_TABLES,
    as_of,
    current,
    ended,
    faces,
    look,
    numbers,
    owner_column,
    value_columns,
    write_delta,
)
from inventory.intervals import Delta, Values, fill
from inventory.places import Place, place_key
from inventory.schema.cabling import LEARNT, NEIGHBOURS, STATIONS
from inventory.schema.devices import ADDRESSES, DEVICES, FACTS, READINGS, SIGHTINGS
from inventory.schema.identity import CONFLICTS, MERGES
from inventory.schema.scans import SCANS
from inventory.traits import Traits
from inventory.weighing import compare

Rows = dict[str, Values]


def answered_at(connection: Connection, device: int) -> set[Place]:
    """Places at which a device is known to answer."""
    a = ADDRESSES.c
    rows = sa.select(a.office, a.address).where(a.device_id == device, a.valid_to.is_(None), a.origin == "answered")
    return {(office, address) for office, address in connection.execute(rows)}


def confirmed_around(connection: Connection, device: int, moment: int) -> bool:
    """Whether a device answered in a scan by the moment and in one after it."""
    times = [row.valid_at for row in _confirmations(connection, device)]
    return bool(times) and min(times) <= moment < max(times)


def merged_on(connection: Connection, device: int) -> int | None:
    """The device that one had been merged into, where that one was merged into a third since."""
    c, then = MERGES.c, MERGES.alias("then")
    standing = c.valid_to.is_(None)
    third = sa.select(c.device_id).where(
        standing, c.into_id == sa.select(c.into_id).where(standing, c.device_id == device).scalar_subquery()
    )
    between = sa.select(then.c.into_id).where(
        then.c.device_id == device, then.c.valid_from >= ended(connection, device), then.c.into_id.in_(third)
    )
    return max(connection.execute(between).scalars(), key=lambda one: ended(connection, one), default=None)


def join(connection: Connection, decision: int, at: int, device: int, into: int) -> None:
    """`device` becomes `into`: what the one that was confirmed last tells is true, the other fills its gaps."""
    newer = device if _last_confirmed(connection, device) > _last_confirmed(connection, into) else into
    for table in DEVICE_TABLES:
        old, new = current(connection, table, device), current(connection, table, into)
        fresh, stale = (old, new) if newer == device else (new, old)
        if table is ADDRESSES:
            rows = {**stale, **fresh}
        elif table is CONFLICTS:
            rows = {key: row for key, row in {**old, **new}.items() if row[2] not in (device, into)}
        elif table is FACTS:
            rows = {key: fill(row, stale.get(key)) for key, row in fresh.items()} or stale
        else:
            rows = fresh or stale
        _write(connection, table, decision, at, device, old, {})
        _write(connection, table, decision, at, into, new, rows)
    _point(connection, decision, at, device, into)
    _open_merge(connection, decision, at, device, into)


def part(connection: Connection, decision: int, at: int, device: int) -> None:
    """A merged device stands again, as it was when it was merged; the other loses what the merge gave it.

    Where a scan has heard of the two since, what it said belongs to the one that it is more like.
    """
    merge = connection.execute(sa.select(MERGES).where(MERGES.c.device_id == device, MERGES.c.valid_to.is_(None))).one()
    into, mark, when = merge.into_id, _mark(merge), ended(connection, device)
    before = when - 1
    since = [row for row in _confirmations(connection, into) if row.valid_at > when]
    if since and _more_like(connection, look(connection, into, at), device, into, before):
        _give(connection, decision, at, into, device, before)
        _hand_over(connection, since, device)
    else:
        for table in DEVICE_TABLES:
            _reopen(connection, table, decision, at, mark, (table.c.device_id == device,))
        if merge.decision_id is not None:
            for table in DEVICE_TABLES:
                _take_back(connection, table, decision, at, mark, (table.c.device_id == into,))
        ours, others = current(connection, ADDRESSES, into), current(connection, ADDRESSES, device)
        _write(connection, ADDRESSES, decision, at, into, ours, {key: row for key, row in ours.items() if key not in others})
    if merge.decision_id is not None:
        for table in (STATIONS, NEIGHBOURS):
            _take_back(connection, table, decision, at, mark, ())
    _close_merges(connection, at, merge)


def _more_like(connection: Connection, now: Traits, device: int, into: int, before: int) -> bool:
    """Whether what is true of `into` now is more like `device`, and what went into that, than like what else `into` is."""
    c = MERGES.c
    family = dict(connection.execute(sa.select(c.device_id, c.into_id).where(c.into_id == into, c.valid_to.is_(None))).all())
    theirs = {device, *connection.execute(sa.select(c.device_id).where(c.into_id == device)).scalars()}
    looks = [(one, look(connection, one, before)) for one in (device, into)] + faces(connection, family)
    alike = {side: max(compare(now, face).score for one, face in looks if (one in theirs) is side) for side in (True, False)}
    return alike[True] > alike[False]


def _give(connection: Connection, decision: int, at: int, device: int, other: int, before: int) -> None:
    """What is true of `device` goes over to `other`, and `device` is as it was at a moment; its tables of then are not kept."""
    for table in DEVICE_TABLES:
        known, then = current(connection, table, device), as_of(connection, table, device, before)
        taken = known
        if table is CONFLICTS:  # what changed in between, and between the two, needs no more deciding
            taken = {key: row for key, row in known.items() if row[0] != "changed" and row[2] not in (device, other)}
            then = {}
        _write(connection, table, decision, at, other, {}, taken)
        _write(connection, table, decision, at, device, known, then)
    later = sa.select(LEARNT.c.kind).where(LEARNT.c.device_id == device, LEARNT.c.at > before)
    kinds = connection.execute(later).scalars().all()
    connection.execute(sa.delete(LEARNT).where(LEARNT.c.device_id == other, LEARNT.c.kind.in_(kinds)))
    mine = sa.update(LEARNT).where(LEARNT.c.device_id == device, LEARNT.c.kind.in_(kinds))
    connection.execute(mine.values(device_id=other))


def divide(connection: Connection, decision: int, at: int, device: int, other: int, places: Iterable[Place]) -> None:
    """`other` is new and begins as a copy of `device`; each keeps its own addresses, and `other` the sightings there.

    Stations and the tables of what was learnt stay with `device`: two switches that learnt the same would be a false lead.
    """
    places = set(places)
    for table in DEVICE_TABLES:
        known = current(connection, table, device)
        if table is ADDRESSES:
            theirs = {key: row for key, row in known.items() if (row[0], row[1]) in places}
            _write(connection, table, decision, at, device, known, {key: row for key, row in known.items() if key not in theirs})
            _write(connection, table, decision, at, other, {}, theirs)
        else:
            _write(connection, table, decision, at, other, {}, {} if table is CONFLICTS else known)
    _share_sightings(connection, device, other, places)
    _make(connection, decision, at, other)


def succeed(connection: Connection, decision: int, at: int, device: int, other: int, since: int) -> None:
    """`other` is new and takes over what was said after `since`; `device` is what it was then."""
    _give(connection, decision, at, device, other, since)
    later = (
        sa.select(SIGHTINGS)
        .join(SCANS, SCANS.c.id == SIGHTINGS.c.scan_id)
        .where(SIGHTINGS.c.device_id == device, SCANS.c.valid_at > since)
    )
    _hand_over(connection, connection.execute(later).all(), other)
    _point(connection, decision, at, device, other)
    _make(connection, decision, at, other)


def reunite(connection: Connection, decision: int, at: int, split: int, device: int, other: int) -> None:
    """Takes back `divide` and `succeed`: `other` was `device` all the time."""
    for table in DEVICE_TABLES:
        mine, theirs = current(connection, table, device), current(connection, table, other)
        _take_back(connection, table, decision, at, -split, (table.c.device_id == device,))
        if table is ADDRESSES:
            mine = current(connection, table, device)
            _write(connection, table, decision, at, device, mine, {**theirs, **mine})
        _write(connection, table, decision, at, other, theirs, {})
    _take_back(connection, STATIONS, decision, at, -split, ())
    _take_back(connection, NEIGHBOURS, decision, at, -split, (NEIGHBOURS.c.device_id != device,))
    _open_merge(connection, decision, at, other, device)


# -- rows --------------------------------------------------------------------------------------------------------------------


def _write(
    connection: Connection, table: sa.Table, decision: int, at: int, owner: int, before: Rows, after: Mapping[str, Values]
) -> None:
    delta = Delta()
    keyed = {(owner, key): row for key, row in before.items()}
    delta.add(keyed, {(owner, key): row for key, row in after.items()}, list(keyed))
    write_delta(connection, table, -decision, at, delta)


def _point(connection: Connection, decision: int, at: int, device: int, into: int) -> None:
    """Rows of others that name `device` name `into` from now on."""
    for table, names in ((STATIONS, ("device_id", "switch_id", "teller_id")), (NEIGHBOURS, ("neighbour_id",))):
        owner, values = owner_column(table), [c.name for c in value_columns(table)]
        naming = sa.or_(*(table.c[name] == device for name in names))
        delta = Delta()
        for row in connection.execute(sa.select(table).where(naming, table.c.valid_to.is_(None))).mappings():
            new = tuple(into if name in names and row[name] == device else row[name] for name in values)
            key = (row[owner.name], row["key"])
            delta.closed.append(key)
            delta.opened[key] = new
        write_delta(connection, table, -decision, at, delta)


def _reopen(connection: Connection, table: sa.Table, decision: int, at: int, mark: int, of: Sequence[Any]) -> None:
    """Rows that `mark` closed, all at its one moment, are true again where nothing newer is."""
    owner, c = owner_column(table), table.c
    closed = connection.execute(sa.select(table).where(c.closed_scan == mark, *of)).mappings().all()
    standing = set(connection.execute(sa.select(owner, c.key).where(c.valid_to.is_(None), *of)).all())
    rows = [
        {**row, "valid_from": at, "valid_to": None, "opened_scan": -decision, "closed_scan": None}
        for row in closed
        if (row[owner.name], row["key"]) not in standing
    ]
    if table is READINGS and closed:
        since = {(row["device_id"], row["key"]): row["valid_from"] for row in closed if row["value"] is not None}
        told = numbers(connection, since, closed[0]["valid_to"] - 1)
        rows = [{**row, "value": told.get((row["device_id"], row["key"]), row["value"])} for row in rows]
    kept.add(connection, table, rows)


def _take_back(connection: Connection, table: sa.Table, decision: int, at: int, mark: int, of: Sequence[Any]) -> None:
    """Rows that a decision opened and that still stand end, and what they took the place of is true again."""
    c = table.c
    still = sa.select(owner_column(table), c.key).where(c.opened_scan == mark, c.valid_to.is_(None), *of)
    write_delta(connection, table, -decision, at, Delta(closed=[(row[0], row[1]) for row in connection.execute(still)]))
    _reopen(connection, table, decision, at, mark, of)


# -- devices and sightings ---------------------------------------------------------------------------------------------------


def _confirmations(connection: Connection, device: int) -> Sequence[sa.Row]:
    """Sightings in which a device answered, with `valid_at` of their scan, oldest first."""
    seen = sa.select(SIGHTINGS, SCANS.c.valid_at).join(SCANS, SCANS.c.id == SIGHTINGS.c.scan_id)
    mine = seen.where(SIGHTINGS.c.device_id == device, SIGHTINGS.c.state == "present")
    return connection.execute(mine.order_by(SCANS.c.valid_at)).all()


def _last_confirmed(connection: Connection, device: int) -> int:
    return max((row.valid_at for row in _confirmations(connection, device)), default=0)


def _hand_over(connection: Connection, sightings: Sequence[Any], to: int) -> None:
    seen = kept.rows_of(SIGHTINGS)
    for row in sightings:
        mine = (seen.c.scan_id == row.scan_id, seen.c.device_id == row.device_id)
        connection.execute(sa.update(seen).where(*mine).values(device_id=to))


def _share_sightings(connection: Connection, device: int, other: int, places: set[Place]) -> None:
    """Of every scan in which `device` answered at these places, `other` has the sighting; at further places, both have one."""
    for row in _confirmations(connection, device):
        then = as_of(connection, ADDRESSES, device, row.valid_at).values()
        answered = {(str(values[0]), str(values[1])) for values in then if values[2] == "answered"} | {(row.office, row.address)}
        if not answered & places:
            continue
        if answered <= places:
            _hand_over(connection, [row], other)
            continue
        office, address = (
            (row.office, row.address) if (row.office, row.address) in places else min(answered & places, key=place_key)
        )
        told = {column.name: getattr(row, column.name) for column in SIGHTINGS.columns}
        kept.add(connection, SIGHTINGS, [{**told, "device_id": other, "office": office, "address": address}])
        if (row.office, row.address) in places:
            office, address = min(answered - places, key=place_key)
            kept.put(connection, SIGHTINGS, {**told, "office": office, "address": address})


def _make(connection: Connection, decision: int, at: int, device: int) -> None:
    first = min((row.valid_at for row in _confirmations(connection, device)), default=at)
    connection.execute(sa.insert(DEVICES).values(id=device, created_scan=-decision, first_seen=first))


def _open_merge(connection: Connection, decision: int, at: int, device: int, into: int) -> None:
    c = MERGES.c
    behind = connection.execute(sa.select(c.device_id).where(c.into_id == device, c.valid_to.is_(None))).scalars().all()
    connection.execute(sa.update(MERGES).where(c.into_id == device, c.valid_to.is_(None)).values(valid_to=at))
    rows = [
        {"device_id": one, "into_id": into, "valid_from": at, "decision_id": decision, "evidence": "decided"}
        for one in (device, *behind)
    ]
    connection.execute(sa.insert(MERGES), rows)


def _mark(merge: sa.Row) -> int:
    """What stands in the rows that a merge opened and closed."""
    return int(merge.scan_id if merge.decision_id is None else -merge.decision_id)


def _close_merges(connection: Connection, at: int, merge: sa.Row) -> None:
    """Ends a merge; what had been merged into the device before is merged into it again."""
    c = MERGES.c
    by_same = (c.decision_id.is_not_distinct_from(merge.decision_id), c.scan_id.is_not_distinct_from(merge.scan_id))
    same = (*by_same, c.into_id == merge.into_id, c.valid_to.is_(None), c.device_id != merge.device_id)
    moved = connection.execute(sa.select(c.device_id).where(*same)).scalars().all()
    earlier = sa.select(MERGES).where(c.device_id.in_(moved), c.into_id == merge.device_id).order_by(c.valid_from)
    before = {row["device_id"]: row for row in connection.execute(earlier).mappings()}
    ours = [merge.device_id, *before]
    connection.execute(sa.update(MERGES).where(c.device_id.in_(ours), c.valid_to.is_(None)).values(valid_to=at))
    if before:
        connection.execute(sa.insert(MERGES), [{**row, "valid_from": at, "valid_to": None} for row in before.values()])
