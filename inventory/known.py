"""What must be known of an inventory before anything is read from it: its offices, its last scan, and how far it goes.

Cheap, and without pandas: a command checks what it was given before it starts what takes long.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inventory import sources
from inventory.database import connect, reading
from inventory.names import scan_name
from inventory.schema import VERSION
from inventory.schema.devices import ANSWERS
from inventory.schema.identity import DECISIONS, MERGES
from inventory.schema.offices import OFFICES
from inventory.schema.registers import IMPORTS, MATCH_RUNS
from inventory.schema.repairs import REPAIRS
from inventory.schema.scans import SCANS
from inventory.schema.services import PROBED, SERVICES
from inventory.sources import Source
from inventory.unusable import DatabaseError

#: Where anything that happened leaves its moment. Intervals begin and end at one of these.
_MOMENTS = (
    *(OFFICES.c.known_from, OFFICES.c.known_to, SERVICES.c.known_from, SERVICES.c.known_to),
    *(DECISIONS.c.at, DECISIONS.c.undone_at, MERGES.c.valid_from, MERGES.c.valid_to),
    *(IMPORTS.c.at, MATCH_RUNS.c.at, REPAIRS.c.at, PROBED.c.at),
)


def offices(source: Source) -> dict[str, tuple[str, ...]]:
    """Offices that the inventory knows or has known, in the order of their file: code -> their names. Raises `DatabaseError`."""
    with _reading(source) as connection:
        rows = connection.execute(
            sa.select(OFFICES.c.code, OFFICES.c.name_vi, OFFICES.c.name_en).order_by(OFFICES.c.known_from, OFFICES.c.position)
        )
        # What a name was later takes the place of what it was; the place in the order is that of the first.
        known: dict[str, tuple[str, ...]] = {code: tuple(name for name in names if name) for code, *names in rows}
        seen = connection.execute(sa.select(ANSWERS.c.office).distinct().order_by(ANSWERS.c.office)).scalars()
        return known | {code: () for code in seen if code not in known}


def last_scan(source: Source) -> dict[str, str] | None:
    """The last finished scan, and up to when the inventory knows anything: `scan` (its id), `finished_at` and `known_at` (ISO
    times). None before the first. Raises `DatabaseError`."""
    with _reading(source) as connection:
        finished = sa.select(SCANS.c.id, SCANS.c.valid_at, SCANS.c.finished_at).where(SCANS.c.state == "finished")
        row = connection.execute(finished.order_by(SCANS.c.valid_at.desc()).limit(1)).first()
        if row is None:
            return None
        moments = sa.union_all(*(sa.select(sa.func.max(column).label("at")) for column in _MOMENTS)).subquery()
        latest = connection.execute(sa.select(sa.func.max(moments.c.at))).scalar()
    known_at = max(row.valid_at, latest or 0)
    return {"scan": scan_name(row.id), "finished_at": _iso(row.finished_at), "known_at": _iso(known_at)}


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


@contextmanager
def _reading(source: Source) -> Iterator[Connection]:
    file = sources.sqlite_file(source)
    if file is not None and not Path(file).exists():
        raise DatabaseError("database_missing", file=file)
    engine = source if isinstance(source, sa.Engine) else connect(source)
    try:
        with reading(engine) as connection:
            version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
            if version != VERSION:
                key = "database_newer" if version is not None and version > VERSION else "database_tables"
                raise DatabaseError(key, file=sources.name(source), version=version)
            yield connection
    finally:
        if engine is not source:
            engine.dispose()
