"""What things are called where there is little room: in pictures, and on one page."""

from __future__ import annotations

import pandas as pd

from analysis.seen import Say
from analysis.tables import code


def shorten(text: str, length: int) -> str:
    """Cut at a length, with an ellipsis."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def device_labels(devices: pd.DataFrame, say: Say, length: int = 24) -> dict[str, str]:
    """device id -> the name that people know it by: its own name, else kind and model."""
    found = {}
    for row in devices.to_dict("records"):
        model = " ".join(filter(None, (code(row.get("vendor")), code(row.get("model")))))
        found[row["device"]] = shorten(code(row.get("sys_name")) or model or say("figures.unnamed", id=row["device"]), length)
    return found


def office_names(offices: pd.DataFrame, say: Say) -> dict[str, str]:
    """office code -> its name in the reader's language."""
    return {
        row["office"]: code(row[say("figures.office_column")]) or code(row["name_vi"]) or row["office"]
        for row in offices.to_dict("records")
    }


def capital(text: str) -> str:
    """The first letter in upper case, the rest as it is."""
    return text[:1].upper() + text[1:]
