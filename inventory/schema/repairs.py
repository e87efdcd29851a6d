"""Logs of repairs."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import BigInteger, Float, Integer, Text

from inventory.schema.making import METADATA, optional, required

#: What offices' logs of repairs tell (inventory.repairs), each row once.
REPAIRS = sa.Table(
    "repairs",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=True),
    required("at", BigInteger),  # of the import that first told it
    required("file", Text),
    required("sheet", Text),
    required("row", Integer),
    required("digest", Text),  # of what it says, and of which of several that say the same
    required("day", Text),  # ISO day, month or year
    optional("device_id", Integer),
    required("told", Text),  # the device, as written
    optional("kind", Text),  # by the words of `told`
    optional("office", Text),
    required("office_told", Text),
    optional("part", Text),
    required("part_told", Text),
    optional("action", Text),
    required("action_told", Text),
    optional("cost_vnd", BigInteger),
    optional("hours_down", Float),
    required("note", Text),
)
sa.Index("one_repairs_digest", REPAIRS.c.digest, unique=True)
