"""Systems that nobody gives security fixes for any more (the frame `lifecycle`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import pandas as pd

from analysis.security.ways import rules
from analysis.tables import code
from inventory.lifecycle.endings import PAST
from inventory.sentences import pack

_ENDS = ("os_end_of_security", "end_of_security", "os_end_of_extended", "last_day_of_support")


def exposures(lifecycle: pd.DataFrame, devices: Mapping[str, Mapping], as_of: date) -> Iterator[dict]:
    """Rows of EXPOSURES as of a day. `devices`: rows of that frame by device."""
    rule = rules()["kinds"]["system_past_support"]
    for row in lifecycle[lifecycle["status"] == PAST].to_dict("records"):
        device = devices.get(row["device"])
        if device is None:
            continue
        named = " ".join(filter(None, (code(row["product"]), code(row["release"])))) or code(row["model"])
        ends = [row[name] for name in _ENDS if pd.notna(row[name]) and row[name] < pd.Timestamp(as_of)]
        if ends:
            why = pack("detail.exposed_system_past", name=named, end=min(ends).date().isoformat())
        else:
            why = pack("detail.exposed_system_old", name=named)
        replace = row["step"] == "replace"
        yield {
            "device": row["device"],
            "office": code(row["office"]) or None,
            "kind": "system_past_support",
            "severity": "high" if row["kind"] in rule["high"] else rule["severity"],
            "address": code(device.get("address")) or None,
            "why": why,
            "first": pack("detail.exposed_system_replace_first") if replace else pack("detail.exposed_system_upgrade_first"),
            "read_at": device.get("last_confirmed"),
        }
