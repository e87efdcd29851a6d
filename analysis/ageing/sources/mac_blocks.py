"""Not made before its block of hardware addresses was registered (`analysis/data/mac_blocks.csv`, `registry_copies`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files

from analysis.ageing.belief import Evidence, span
from analysis.ageing.sources.reliability import trust
from inventory.hardware_addresses import mac_class, tells_a_box
from inventory.serial_dates import month_number


@cache
def registered_after() -> Mapping[str, date]:
    """Block (six capital hexadecimal digits) -> a day on which it was not registered yet."""
    found = {}
    with files("analysis.data").joinpath("mac_blocks.csv").open(encoding="utf-8") as file:
        rows = [line.strip().split(",") for line in file if not line.startswith("#")]
    for not_before, _, blocks in rows[1:]:
        found.update(dict.fromkeys(blocks.split(), date.fromisoformat(not_before)))
    return found


def block(mac: str, today: date) -> Evidence | None:
    """None for blocks of the oldest copy, for addresses that software made up, and for guests' and routers' shared ones."""
    if not tells_a_box(mac) or mac_class(mac) != "global":
        return None
    since = registered_after().get(mac[:8].replace(":", "").upper())
    if since is None or since > today:
        return None
    return span("mac_block", month_number(since), month_number(today), trust("mac_block"))
