"""Frame of the lifecycle: of each device, whether what it runs and its model are still kept secure."""

from __future__ import annotations

import datetime

import pandas as pd

from inventory.frames.columns import FRAMES
from inventory.frames.dtypes import conform
from inventory.frames.equipment import devices
from inventory.frames.reading import LAST_SCAN, LOCAL, NOW, Reader
from inventory.lifecycle.status import Lifecycles, lifecycles, statuses

_CARRIED = ("device", "office", "kind", "vendor", "model")
_READ = ("vendor", "model", "sys_object_id", "os_version", "sys_descr")


def lifecycle(reader: Reader) -> pd.DataFrame:
    """Every device, as of the day of the moment; of the newest moment, the day of the last finished scan."""
    return of(conform("devices", devices(reader)), _day(reader), lifecycles(reader.lifecycle_folder))


def of(found: pd.DataFrame, on: datetime.date, known: Lifecycles) -> pd.DataFrame:
    """The frame's rows for those of a `devices` frame, in its order, as of a day."""
    texts = found[list(_READ)].astype(object).where(found[list(_READ)].notna(), "")
    columns = [column.name for column in FRAMES["lifecycle"] if column.name not in _CARRIED]
    rows = pd.DataFrame([*statuses(texts.to_dict("records"), on, known)], columns=columns, index=found.index, dtype=object)
    return conform("lifecycle", pd.concat([found[list(_CARRIED)], rows], axis="columns"))


def _day(reader: Reader) -> datetime.date:
    last = reader.asked if reader.asked != NOW else reader.scalar(LAST_SCAN)
    when = datetime.datetime.now(LOCAL) if last is None else datetime.datetime.fromtimestamp(int(last), LOCAL)
    return when.date()
