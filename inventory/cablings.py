"""What was found out about the cabling after each scan, kept as it was found then.

Forwarding tables have no history (`inventory.learnt`), so that what they implied cannot be found again later: it is kept instead,
a document a scan. Whoever infers it decides what is in it; here it is frames as columns of plain values.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence

from sqlalchemy.engine import Engine

from inventory import kept
from inventory.database import writing
from inventory.schema.cabling import CABLINGS

#: frame -> column -> values, None where one is missing
Document = Mapping[str, Mapping[str, Sequence[object]]]


def keep(engine: Engine, scan_id: int, document: Document) -> None:
    """Keep what was found after a scan; told again, it takes the other's place."""
    packed = zlib.compress(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(), 6)
    with writing(engine) as connection:
        kept.put(connection, CABLINGS, {"scan_id": scan_id, "document": packed})


def unpack(packed: bytes) -> Document:
    """The document that `keep` packed."""
    found: Document = json.loads(zlib.decompress(packed))
    return found
