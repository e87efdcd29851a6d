"""Matching the registers with the network, remembered as intervals: what a run finds again is not written again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from inventory.database import writing
from inventory.frames.reading import NOW, Reader
from inventory.intervals import Delta, Row
from inventory.names import device_name
from inventory.registers import loading
from inventory.registers.matching import match
from inventory.registers.records import Match
from inventory.schema.registers import MATCH_RUNS, MATCHES

_VALUES = ("unit", "device_id", "mac", "bucket", "confidence", "reason", "decided", "others", "alike")


@dataclass(frozen=True)
class Run:
    """One matching of all registers with the network."""

    id: int
    at: int  # seconds since the epoch
    matches: tuple[Match, ...]
    opened: int  # rows that are new or say something else than after the run before
    closed: int  # rows that are no longer so


def match_registers(engine: Engine, at: int | None = None) -> Run:
    """Match what stands in the books with what the network shows, under what people decided, and remember it.

    `at`: seconds since the epoch (now); moved on where needed, so that no two runs share a time or go back.
    """
    with Reader(engine, NOW, None) as reader:
        lists = loading.assets(reader)
        sides = loading.things(reader), loading.ground(reader), loading.rulings(reader)
    found = match(lists.pop(None), *sides)
    # What another program knows is for that on nobody's books, and takes nothing from what is.
    for listed in lists.values():
        found += [one for one in match(listed, *sides) if one.asset is not None]
    return remember(engine, found, at)


def remember(engine: Engine, matches: Sequence[Match], at: int | None = None) -> Run:
    """Write down what a matching found: one transaction."""
    with writing(engine) as connection:
        last = connection.execute(sa.select(sa.func.max(MATCH_RUNS.c.at))).scalar()
        now = int(time()) if at is None else at
        now = now if last is None else max(now, last + 1)
        key = connection.execute(sa.insert(MATCH_RUNS).values(at=now)).inserted_primary_key
        assert key is not None
        run = int(key[0])
        current = _current(connection)
        delta = Delta()
        delta.add(current, {_key(one): _values(one) for one in matches}, list(current))
        _close(connection, delta.closed, now, run)
        if delta.opened:
            connection.execute(
                sa.insert(MATCHES),
                [
                    {
                        "asset_id": owner,
                        "key": key,
                        "valid_from": now,
                        "opened_run": run,
                        **dict(zip(_VALUES, values, strict=True)),
                    }
                    for (owner, key), values in delta.opened.items()
                ],
            )
    return Run(run, now, tuple(matches), len(delta.opened), len(delta.closed))


def _key(one: Match) -> Row:
    if one.asset is not None:
        return one.asset, str(one.unit)
    return 0, one.mac or "" if one.device is None else device_name(one.device)


def _values(one: Match) -> tuple[object, ...]:
    """In the order of `_VALUES`; a confidence to three digits, so that noise behind them is no change."""
    unit = None if one.asset is None else one.unit
    others = ",".join(map(str, one.others))
    return unit, one.device, one.mac, str(one.bucket), round(one.confidence, 3), one.reason, one.decided, others, one.alike


def _current(connection: Connection) -> Mapping[Row, tuple[Any, ...]]:
    columns = (MATCHES.c.asset_id, MATCHES.c.key, *(MATCHES.c[name] for name in _VALUES))
    rows = connection.execute(sa.select(*columns).where(MATCHES.c.valid_to.is_(None))).all()
    return {(row[0], row[1]): tuple(row[2:]) for row in rows}


def _close(connection: Connection, rows: Iterable[Row], at: int, run: int) -> None:
    closed = [{"b_asset": owner, "b_key": key} for owner, key in rows]
    if closed:
        where = (
            MATCHES.c.asset_id == sa.bindparam("b_asset"),
            MATCHES.c.key == sa.bindparam("b_key"),
            MATCHES.c.valid_to.is_(None),
        )
        connection.execute(sa.update(MATCHES).where(*where).values(valid_to=at, closed_run=run), closed)
