"""Scans: whom they asked, how asking ended, and what a scan that still runs has heard."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import BigInteger, Integer, LargeBinary, Text

from inventory.schema.making import METADATA, optional, required

SCANS = sa.Table(
    "scans",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=True),
    required("started_at", BigInteger),
    optional("finished_at", BigInteger),
    optional("valid_at", BigInteger),  # finished_at, moved on where needed so that no two scans share a time or go back
    required("state", Text),  # running, finished, abandoned
    required("owner", Text),  # inventory.processes, so that a scan that still runs is not resumed by another
    required("offices", Text),  # codes, sorted, comma-separated
    required("targets", Integer),
    optional("answered", Integer),
    optional("failed", Integer),
    optional("devices", Integer),
    optional("outcomes", Text),
)

#: Which addresses a scan set out to ask, as ranges (inventory.ranges).
TARGETS = sa.Table(
    "targets",
    METADATA,
    required("scan_id", Integer),
    required("office", Text),
    required("addresses", Text),
    sa.PrimaryKeyConstraint("scan_id", "office", name="pk_targets"),
)

#: How asking ended for every address, as ranges: this tells "gone" from "not asked".
ASKED = sa.Table(
    "asked",
    METADATA,
    required("scan_id", Integer),
    required("office", Text),
    required("protocol", Text),
    required("outcome", Text),
    required("addresses", Text),
    sa.PrimaryKeyConstraint("scan_id", "office", "protocol", "outcome", name="pk_asked"),
)

#: What is there and could not be read, or only in part: one row each, with the reason for a person.
FAILURES = sa.Table(
    "failures",
    METADATA,
    required("scan_id", Integer),
    required("office", Text),
    required("address", Text),
    required("protocol", Text),
    required("outcome", Text),
    required("detail", Text),
    optional("credential", Text),
    sa.PrimaryKeyConstraint("scan_id", "office", "address", "protocol", name="pk_failures"),
)

#: Observations of a scan that is not finished yet (inventory.observations).
STAGED = sa.Table(
    "staged",
    METADATA,
    required("scan_id", Integer),
    required("office", Text),
    required("address", Text),
    required("protocol", Text),
    required("outcome", Text),
    required("payload", LargeBinary),
    sa.PrimaryKeyConstraint("scan_id", "office", "address", "protocol", name="pk_staged"),
)
