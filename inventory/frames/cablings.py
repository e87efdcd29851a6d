"""What was found out about the cabling after the newest scan by a moment that has it."""

from __future__ import annotations

from inventory.cablings import Document, unpack
from inventory.frames.reading import Reader

_NEWEST = """
SELECT k.document FROM cablings k JOIN scans c ON c.id = k.scan_id
WHERE c.state = 'finished' AND c.valid_at <= :at ORDER BY c.valid_at DESC LIMIT 1
"""


def cabling(reader: Reader) -> Document | None:
    """The document, None where no scan by the moment has one."""
    rows = reader.rows(_NEWEST)
    return None if rows.empty else unpack(rows["document"].iloc[0])
