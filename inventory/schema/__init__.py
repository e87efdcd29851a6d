"""The inventory's tables. Times are seconds since the epoch in UTC, days are ISO text: both databases keep them exactly.

What a device says is kept in *intervals*: a row is true from `valid_from` until before `valid_to` (empty: still), and is
written only when something changes. `opened_scan` and `closed_scan` say which scan saw the change. The partial unique index
on current rows is the safety net against two "current" truths.

Where the larger part of a row is the same in thousands of others, that part is kept once, in a table of its own, and whoever
reads sees a view of both (`VIEWS`; rows go in through `inventory.kept`).

Whoever imports one module of this package has imported them all, so that `METADATA` and `VIEWS` are never half of it.
"""

from inventory.schema import cabling, devices, identity, offices, registers, repairs, scans, services
from inventory.schema.making import METADATA, VIEWS, View

__all__ = ["METADATA", "VERSION", "VIEWS", "View"]
__all__ += ["cabling", "devices", "identity", "offices", "registers", "repairs", "scans", "services"]

#: The newest migration: who only reads must not import Alembic to know it.
VERSION = "0010"
