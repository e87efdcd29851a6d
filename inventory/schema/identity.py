"""Which device is which: what scans found out, what contradicts itself, and what people ruled."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import BigInteger, Float, Integer, Text

from inventory.schema.making import METADATA, by_device, optional, required

#: Which device turned out to be which, as intervals: a merge that was taken back has an end. Chains are kept flat: `into_id`
#: is a device that is not merged itself at that time.
MERGES = sa.Table(
    "merges",
    METADATA,
    required("device_id", Integer),
    required("into_id", Integer),
    required("valid_from", BigInteger),
    optional("valid_to", BigInteger),
    optional("scan_id", Integer),  # the scan that found it out,
    optional("decision_id", Integer),  # or the decision of a person
    optional("score", Float),
    required("evidence", Text),
    sa.PrimaryKeyConstraint("device_id", "valid_from", name="pk_merges"),
)
sa.Index(
    "one_current_merges",
    MERGES.c.device_id,
    unique=True,
    sqlite_where=MERGES.c.valid_to.is_(None),
    postgresql_where=MERGES.c.valid_to.is_(None),
)

#: Why a device was made, joined, merged, or refused: what a person needs to undo it.
IDENTITY_LOG = sa.Table(
    "identity_log",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=True),
    required("scan_id", Integer),
    required("at", BigInteger),
    required("device_id", Integer),
    required("event", Text),  # created joined merged refused late
    required("addresses", Text),
    optional("score", Float),
    required("evidence", Text),
)

CONFLICTS = by_device("conflicts", required("kind", Text), required("value", Text), optional("other_id", Integer))

#: What people ruled (inventory.decisions). Nothing is ever deleted: a decision that was taken back names the one that did it.
DECISIONS = sa.Table(
    "decisions",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=True),
    required("at", BigInteger),
    required("author", Text),
    required("reason", Text),
    required("verb", Text),  # inventory.decisions.Verb
    optional("device_id", Integer),
    optional("other_id", Integer),
    optional("asset_id", Integer),
    optional("unit", Integer),
    optional("mac", Text),  # of a station that is no device
    optional("field", Text),
    optional("value", Text),
    optional("undone_by", Integer),
    optional("undone_at", BigInteger),
)
