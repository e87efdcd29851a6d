"""Numbers that no such thing can show: what agents send where they mean "I do not know" (0, 127, 255, -1, 65535)."""

from __future__ import annotations

import numpy as np
import pandas as pd

_PERCENT = (0.0, 100.0)
_BYTES = (0.0, 2.0**60)
_COUNT = (0.0, 2.0**31 - 1)
#: metric -> the least and the most that is believed.
RANGES: dict[str, tuple[float, float]] = {
    "temperature": (1.0, 125.0),
    "temperature_limit": (20.0, 125.0),
    "battery_temperature": (1.0, 100.0),
    "battery_charge": _PERCENT,
    "battery_runtime": (0.0, 10_000.0),
    "output_load": (0.0, 200.0),
    "supply_level": _PERCENT,
    "cpu_load": _PERCENT,
    "pages": (0.0, 1e9),
    "memory_total": (1.0, 2.0**60),
    "memory_used": _BYTES,
    "storage_total": (1.0, 2.0**60),
    "storage_used": _BYTES,
    "disk_power_on": (0.0, 400_000.0),
    "disk_wear": (0.0, 255.0),
    "disk_reallocated": _COUNT,
    "disk_uncorrectable": _COUNT,
    "disk_timeouts": _COUNT,
    "disk_pending": _COUNT,
    "disk_unreadable": _COUNT,
    "uptime": (0.0, 4e9),
}


def believed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of `health` or `readings` whose number is one that there can be; of metrics that are not listed, all."""
    codes, metrics = pd.factorize(rows["metric"])  # a year of readings has a million rows and few metrics
    ranges = np.array([RANGES.get(str(metric), (-np.inf, np.inf)) for metric in metrics] + [(-np.inf, np.inf)])
    numbers = rows["value"].to_numpy(dtype=float, na_value=np.nan)
    return rows[~((numbers < ranges[codes, 0]) | (numbers > ranges[codes, 1]))]
