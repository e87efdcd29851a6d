"""Writes rows whose larger part is the same in thousands of others: that part is kept once (inventory.schema.VIEWS)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inventory.schema import VIEWS, View


def rows_of(table: sa.Table) -> sa.Table:
    """The table whose rows may be updated: of a view, the one that it is made from; else the table itself."""
    return VIEWS[table.name].rows if table.name in VIEWS else table


def plain(connection: Connection, table: sa.Table, names: Sequence[str], where: str) -> Iterator[tuple[Any, ...]]:
    """Rows as plain tuples, fast: a row object for each of 60,000 interfaces costs more than reading them.

    `where` is SQL on the table that `rows_of` gives. What many rows have in common is one object in all of them.
    """
    if table.name not in VIEWS:
        yield from _fetched(connection, table, names, where)
        return
    view = VIEWS[table.name]
    shared = [c.name for c in view.parts.columns]
    own = [name for name in names if name not in shared]
    parts = {part[0]: part for part in _fetched(connection, view.parts, shared, "TRUE")}
    in_order = itemgetter(*((*own, view.by, *shared).index(name) for name in names))
    for row in _fetched(connection, view.rows, [*own, view.by], where):
        yield in_order(row + parts[row[-1]])


def _fetched(connection: Connection, table: sa.Table, names: Sequence[str], where: str) -> list[tuple[Any, ...]]:
    columns = sa.select(*(table.c[name] for name in names)).where(sa.text(where)).compile(dialect=connection.dialect)
    return list(connection.exec_driver_sql(str(columns)).cursor.fetchall())


def add(connection: Connection, table: sa.Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows, also those of a view. The caller is the one writer, and holds the transaction."""
    listed = list(rows)
    if table.name in VIEWS and listed:
        view = VIEWS[table.name]
        listed, table = _shared(connection, view, listed), view.rows
    if listed:
        connection.execute(sa.insert(table), listed)


def put(connection: Connection, table: sa.Table, row: Mapping[str, Any]) -> None:
    """Insert a row in place of the one that has its primary key."""
    stored = rows_of(table)
    connection.execute(sa.delete(stored).where(*(column == row[column.name] for column in stored.primary_key)))
    add(connection, table, [row])


def _shared(connection: Connection, view: View, rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Rows with the id of their part in place of the part; new parts are written."""
    names = [c.name for c in view.parts.columns if c.name != "id"]
    kept = connection.execute(sa.select(view.parts.c.id, *(view.parts.c[name] for name in names)))
    ids = {tuple(part): number for number, *part in kept.all()}
    free = max(ids.values(), default=0) + 1
    own = [c.name for c in view.rows.columns if c.name in view.table.c]
    new: list[Mapping[str, Any]] = []
    changed: list[Mapping[str, Any]] = []
    for row in rows:
        part = tuple([row[name] for name in names])
        number = ids.get(part)
        if number is None:
            number = ids[part] = free + len(new)
            new.append({"id": number, **dict(zip(names, part, strict=True))})
        changed.append({view.by: number, **{name: row.get(name) for name in own}})
    if new:
        connection.execute(sa.insert(view.parts), new)
    return changed
