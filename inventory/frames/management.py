"""Frame of the ways in to devices' management: over which protocol, opened by which credential's name, and what is told of it."""

from __future__ import annotations

import pandas as pd

from inventory.facts import WAYS
from inventory.frames.reading import Reader
from inventory.fusing import WAY_BITS


def management(reader: Reader) -> pd.DataFrame:
    """Ways in as they were known at the moment, also those that were asked for and are shut."""
    names = "device_id, key, office, address, protocol, port, open, version, credential, facts"
    rows = reader.of_devices(reader.current("management", names))
    rows = rows.astype({"device_id": "Int64", "key": "string", "protocol": "string"})
    rows = rows.merge(_opened(reader), on=["device_id", "key"], how="left")
    confirmed = pd.concat([reader.covered(bit).assign(protocol=protocol) for protocol, bit in WAY_BITS.items()])
    rows = rows.merge(confirmed.astype({"device_id": "Int64", "protocol": "string"}), on=["device_id", "protocol"], how="left")
    order = rows["protocol"].map({protocol: position for position, protocol in enumerate(WAYS)})
    return rows.assign(order=order).sort_values(["device_id", "order", "office_told", "address", "port"], kind="stable")


def _opened(reader: Reader) -> pd.DataFrame:
    """device_id, key, first_seen: since when each way in is known to have been open, with gaps or without."""
    first = reader.first_seen("management", where="AND t.open")
    return first.astype({"device_id": "Int64", "key": "string", "first_seen": "Int64"})
