"""Offices, as they were known."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import BigInteger, Integer, Text

from inventory.schema.making import METADATA, optional, required

OFFICES = sa.Table(
    "offices",
    METADATA,
    required("code", Text),
    required("known_from", BigInteger),  # when the file was read that says so
    optional("known_to", BigInteger),
    required("position", Integer),  # order in the file
    required("name_vi", Text),
    required("name_en", Text),
    optional("parent", Text),
    optional("staff", Integer),
    optional("valid_from", Text),
    optional("valid_to", Text),
    optional("successor", Text),
    required("networks", Text),
    sa.PrimaryKeyConstraint("code", "known_from", name="pk_offices"),
)
