"""What was found out about the cabling after each scan."""

from __future__ import annotations

from inventory import cablings
from inventory.frames import Inventory
from tests.inventory.conftest import DAY, START

FIRST, SECOND = ({"topology": {"a_device": ["D00001"], "why": [text]}} for text in ("trước", "sau"))


def test_the_newest_by_then_is_told(scan, observe, engine, source) -> None:
    inventory = Inventory(source)
    assert inventory.cabling() is None
    scans = [scan(day, observe(serial="CN11AAA111")) for day in (0, 7, 14)]
    cablings.keep(engine, scans[0].id, SECOND)
    cablings.keep(engine, scans[0].id, FIRST)  # told again
    cablings.keep(engine, scans[1].id, SECOND)
    assert inventory.cabling(as_of=START - DAY) is None
    assert inventory.cabling(as_of=START + 3 * DAY) == FIRST
    assert inventory.cabling(as_of=START + 8 * DAY) == SECOND
    assert inventory.cabling() == SECOND, "the last scan has none: nothing newer is known"
