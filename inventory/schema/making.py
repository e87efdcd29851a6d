"""How tables are made: their columns, tables of intervals, and views of what is kept in two tables."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import BigInteger, Integer, Text

METADATA = sa.MetaData()


def optional(name: str, kind: type[sa.types.TypeEngine]) -> sa.Column:
    """A column that may be empty."""
    return sa.Column(name, kind())


def required(name: str, kind: type[sa.types.TypeEngine]) -> sa.Column:
    """A column that is never empty."""
    return sa.Column(name, kind(), nullable=False)


class View(NamedTuple):
    """Rows as they are read, and the tables that they are kept in: `rows` names one of `parts` by its id."""

    table: sa.Table
    rows: sa.Table
    parts: sa.Table

    @property
    def by(self) -> str:
        """The column of `rows` that names the part."""
        return f"{self.parts.name.removesuffix('s')}_id"


#: All views, by name: `view` puts them here, as tables put themselves into `METADATA`.
VIEWS: dict[str, View] = {}


def view(name: str, rows: sa.Table, parts: sa.Table, *order: str) -> sa.Table:
    """What is read where `rows` and `parts` are written, with its columns in this order."""
    columns = {
        c.name: sa.Column(c.name, c.type, primary_key=c.primary_key) for c in (*parts.columns, *rows.columns) if c.name in order
    }
    table = sa.Table(name, sa.MetaData(), *(columns[c] for c in order))
    VIEWS[name] = View(table, rows, parts)
    return table


def interval_table(name: str, owner: sa.Column, *values: sa.Column, by: str = "scan", by_key: bool = False) -> sa.Table:
    """A table of intervals: (owner, key) is the thing, `values` what was said of it; `by`: what opens and closes rows.

    `by_key`: SQLite keeps the rows in the order of their keys, without a second copy of these.
    """
    table = sa.Table(
        name,
        METADATA,
        owner,
        required("key", Text),
        required("valid_from", BigInteger),
        optional("valid_to", BigInteger),
        required(f"opened_{by}", Integer),
        optional(f"closed_{by}", Integer),
        *values,
        sa.PrimaryKeyConstraint(owner.name, "key", "valid_from", name=f"pk_{name}"),
        sqlite_with_rowid=not by_key,
    )
    current = table.c.valid_to.is_(None)
    sa.Index(f"one_current_{name}", table.c[owner.name], table.c.key, unique=True, sqlite_where=current, postgresql_where=current)
    return table


def by_device(name: str, *values: sa.Column, by_key: bool = False) -> sa.Table:
    """A table of intervals of what was said of devices."""
    return interval_table(name, required("device_id", Integer), *values, by_key=by_key)
