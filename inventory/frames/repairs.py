"""The frame of repairs."""

from __future__ import annotations

import pandas as pd

from inventory.frames.equipment import devices
from inventory.frames.reading import Reader, device_names
from inventory.names import repair_name
from inventory.registers.periods import first_day, last_day


def repairs(reader: Reader) -> pd.DataFrame:
    """What logs told by the moment, of devices as they are known then."""
    rows = reader.rows("SELECT * FROM repairs WHERE at <= :at").sort_values(["day", "id"], ignore_index=True)
    rows["device_id"] = rows["device_id"].replace(reader.merged())
    rows["device"] = device_names(rows["device_id"])
    places = reader.all_places().set_index("device_id")["office"]
    rows["office"] = rows["device_id"].map(places).astype("string").fillna(rows["office"].astype("string"))
    rows = reader.in_scope(rows).copy()
    kinds = devices(reader).set_index("device")["kind"]
    rows["kind"] = rows["device"].map(kinds).astype("string").fillna(rows["kind"].astype("string"))
    rows["repair"] = rows["id"].map(lambda number: repair_name(int(number))).astype("string")
    rows["day_from"] = rows["day"].map(first_day, na_action="ignore")
    rows["day_to"] = rows["day"].map(last_day, na_action="ignore")
    for column in ("office_told", "part_told", "action_told", "note", "sheet"):
        rows[column] = rows[column].replace("", pd.NA)
    rows["imported"] = rows["at"]
    return rows
