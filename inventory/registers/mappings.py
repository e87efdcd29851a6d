"""What people confirmed that the columns of a register mean, remembered by office and headings."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from time import time
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from inventory.database import reading, writing
from inventory.folding import fold
from inventory.registers.records import Table
from inventory.schema.registers import MAPPINGS


class Remembered(NamedTuple):
    """The columns of one layout of headings."""

    columns: dict[str, str]  # heading as written -> field of records.FIELDS; "" for a column that is none
    scale: int  # dong that a 1 in the columns of prices stands for


def layout(table: Table) -> str:
    """A table's headings as they are compared: another layout asks again, another order or spelling does not."""
    return "\n".join(sorted(fold(heading) for heading in table.headings.values()))


def recall(engine: Engine, office: str | None, table: Table) -> Remembered | None:
    """What was confirmed for a table with these headings, by this office; None where nobody has confirmed anything."""
    with reading(engine) as connection:
        row = connection.execute(
            sa.select(MAPPINGS).where(MAPPINGS.c.office == (office or ""), MAPPINGS.c.headings == layout(table))
        ).one_or_none()
    if row is None:
        return None
    # Keys are folded, so that a heading that is spelled otherwise next year is known again.
    columns = json.loads(row.columns)
    known = {heading: columns[fold(heading)] for heading in table.headings.values() if fold(heading) in columns}
    return Remembered(known, row.scale)


def remember(
    engine: Engine, office: str | None, tables: Iterable[Table], headings: Collection[str], at: int | None = None
) -> None:
    """Keep what a person confirmed of the columns with these headings; what was confirmed later counts.

    `at`: seconds since the epoch (now).
    """
    with writing(engine) as connection:
        for table in tables:
            columns = {
                fold(heading): table.columns.get(letter, "") for letter, heading in table.headings.items() if heading in headings
            }
            key = {"office": office or "", "headings": layout(table)}
            connection.execute(sa.delete(MAPPINGS).where(*(MAPPINGS.c[name] == value for name, value in key.items())))
            values = {"columns": json.dumps(columns), "scale": table.scale, "at": int(time()) if at is None else at}
            connection.execute(sa.insert(MAPPINGS).values(**key, **values))
