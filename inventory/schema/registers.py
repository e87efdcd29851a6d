"""Purchase registers: every import, the lines of the books, and which device a line is."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import BigInteger, Boolean, Float, Integer, Text

from inventory.schema.making import METADATA, interval_table, optional, required

#: Every import of a register file, also one that changed nothing.
IMPORTS = sa.Table(
    "imports",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=True),
    required("at", BigInteger),
    required("register", Text),  # which books: an import closes only what the same books said before
    required("file", Text),
    required("digest", Text),  # SHA-256 of the file
    required("lines", Integer),
    required("rejected", Integer),
    required("added", Integer),
    required("changed", Integer),
    required("ended", Integer),
)

#: Rows and values of an import that could not be taken, each with its cell and the reason.
REJECTED = sa.Table(
    "rejected",
    METADATA,
    required("import_id", Integer),
    required("position", Integer),
    required("file", Text),
    required("sheet", Text),
    required("cell", Text),
    required("reason", Text),  # inventory.sentences
    required("text", Text),
    required("whole_row", Boolean),
    sa.PrimaryKeyConstraint("import_id", "position", name="pk_rejected"),
)

#: What a person confirmed that the columns of an office's register mean.
MAPPINGS = sa.Table(
    "mappings",
    METADATA,
    required("office", Text),
    required("headings", Text),  # the headings as compared, so that another layout asks again
    required("columns", Text),  # JSON: heading -> field
    required("scale", Integer),  # dong that a 1 in the columns of prices stands for
    required("at", BigInteger),
    sa.PrimaryKeyConstraint("office", "headings", name="pk_mappings"),
)

ASSETS = interval_table(
    "assets",
    required("asset_id", Integer),
    required("register", Text),
    required("file", Text),
    required("sheet", Text),
    required("row", Integer),
    required("name", Text),
    optional("code", Text),
    optional("kind", Text),
    optional("vendor", Text),
    optional("model", Text),
    required("serials", Text),  # comma-separated
    required("macs", Text),  # comma-separated
    optional("host_name", Text),
    optional("address", Text),
    optional("office", Text),
    required("office_told", Text),
    optional("place", Text),
    optional("user", Text),
    required("quantity", Integer),
    optional("unit", Text),
    optional("unit_price_vnd", BigInteger),
    optional("price_vnd", BigInteger),
    optional("residual_value_vnd", BigInteger),
    optional("acquired", Text),
    optional("in_use", Text),
    optional("warranty_to", Text),
    optional("state", Text),
    optional("note", Text),
    required("more", Text),  # JSON: [[heading, text], ...] of the columns that are no field
    by="import",
)

#: What `kiemke register match` found, written on change.
MATCH_RUNS = sa.Table(
    "match_runs",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=True),
    required("at", BigInteger),
)
MATCHES = interval_table(
    "matches",
    required("asset_id", Integer),  # 0: a thing that is on no books; key: the unit, or "D00042", or a MAC
    optional("unit", Integer),
    optional("device_id", Integer),
    optional("mac", Text),
    required("bucket", Text),
    required("confidence", Float),
    required("reason", Text),  # inventory.sentences
    required("decided", Boolean),
    required("others", Text),  # device ids, comma-separated
    sa.Column("alike", Integer, nullable=False, server_default="1"),
    by="run",
)
