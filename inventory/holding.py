"""Which process runs a scan. PostgreSQL tells it of all machines: a session holds the scan, and ends with its process.

Where the database is a file, all its processes are on one machine, and `inventory.processes` knows them.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

#: Of advisory locks, the first of the two keys; the second is the scan's number.
_SCANS = 0x6B69656D
#: What this process holds: (database, scan) -> the session that does it.
_sessions: dict[tuple[str, int], Any] = {}


def hold(engine: Engine, scan: int) -> None:
    """Until `release`, or the end of this process, nobody takes the scan for one that was interrupted."""
    key = (str(engine.url), scan)
    if engine.dialect.name != "postgresql" or key in _sessions:
        return
    session = engine.raw_connection()
    session.detach()  # not of the pool, which closes and reuses its own
    session.cursor().execute(f"SELECT pg_try_advisory_lock({_SCANS}, {int(scan)})")
    session.commit()
    _sessions[key] = session


def release(engine: Engine, scan: int) -> None:
    session = _sessions.pop((str(engine.url), scan), None)
    if session is not None:
        session.close()


def held_elsewhere(connection: Connection, scan: int) -> bool:
    """Whether another process holds a scan, on any machine."""
    if connection.dialect.name != "postgresql" or (str(connection.engine.url), scan) in _sessions:
        return False
    held = (
        "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = :scans AND objid = :scan AND objsubid = 2 "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    return bool(connection.execute(sa.text(held), {"scans": _SCANS, "scan": scan}).scalar_one())
