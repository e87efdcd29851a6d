"""Lists that people keep in a file, remembered as they were known: a row has `known_from` and, when it changed, `known_to`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection


def keep(connection: Connection, table: sa.Table, rows: Mapping[str, Mapping[str, Any]], at: int) -> None:
    """From `at` (seconds since the epoch) on the list is `rows` (code -> its other columns); earlier states stay.

    The caller is the one writer, and holds the transaction.
    """
    standing = connection.execute(sa.select(table).where(table.c.known_to.is_(None))).mappings()
    current = {row["code"]: dict(row) for row in standing}
    for code, before in current.items():
        same = code in rows and all(before[name] == value for name, value in rows[code].items())
        if same:
            continue
        here = (table.c.code == code, table.c.known_to.is_(None))
        if code in rows and at <= before["known_from"]:  # corrected at once, or the clock went back: no interval of no length
            connection.execute(sa.update(table).where(*here).values(rows[code]))
            continue
        connection.execute(sa.update(table).where(*here).values(known_to=max(at, before["known_from"] + 1)))
        if code in rows:
            connection.execute(sa.insert(table).values(code=code, known_from=at, **rows[code]))
    for code in rows.keys() - current.keys():
        connection.execute(sa.delete(table).where(table.c.code == code, table.c.known_from == at))
        connection.execute(sa.insert(table).values(code=code, known_from=at, **rows[code]))
