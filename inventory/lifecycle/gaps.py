"""Which models and releases of an inventory the lifecycle tables know nothing of: what to look up next, most numerous first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from inventory.lifecycle.endings import UNKNOWN

HARDWARE, SOFTWARE = "hardware", "software"
NO_ROW, NO_DATE = "no_row", "no_date"


class Gap(NamedTuple):
    """`name`: the model, or the product and release (of an unknown product, what the device says). `lacks`: no_row, or no_date
    where a row is there that tells no end."""

    devices: int
    what: str
    vendor: str
    name: str
    lacks: str


def gaps(rows: Iterable[Mapping[Any, Any]]) -> list[Gap]:
    """`rows`: of the `lifecycle` frame, each with its device's `os_version`; "" where missing. What no device tells is no gap."""
    counted: Counter[tuple[str, str, str, str]] = Counter()
    for row in rows:
        vendor, model, said = row["vendor"], row["model"], " ".join(row["os_version"].split())
        if model and UNKNOWN == row["security"] == row["support"]:
            counted[HARDWARE, vendor, model, NO_DATE if row["hardware"] else NO_ROW] += 1
        if row["os_security"] == UNKNOWN and (row["product"] or said):
            name = f"{row['product']} {row['release']}" if row["product"] else said
            counted[SOFTWARE, vendor, name, NO_DATE if row["os_source"] else NO_ROW] += 1
    found = [Gap(count, *key) for key, count in counted.items()]
    return sorted(found, key=lambda gap: (-gap.devices, gap.what, gap.vendor, gap.name))
