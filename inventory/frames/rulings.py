"""Frames of what people have to decide and have decided: conflicts, decisions."""

from __future__ import annotations

import pandas as pd

from inventory.explanations import contradiction
from inventory.frames.reading import Reader, device_names
from inventory.names import asset_name


def conflicts(reader: Reader) -> pd.DataFrame:
    """Contradictions that stand at the moment; one that a person confirmed stays, with the decision."""
    rows = reader.of_devices(reader.current("conflicts", "device_id, key, kind, value, other_id, valid_from"))
    rows["other"] = device_names(rows["other_id"])
    rows["since"] = rows["valid_from"]
    ruled = reader.ruled("confirm").rename(columns={"id": "decision", "field": "key"})
    rows = rows.merge(
        ruled[["device_id", "key", "decision", "author", "reason"]].drop_duplicates(["device_id", "key"], keep="last"),
        on=["device_id", "key"],
        how="left",
    )
    rows["state"] = rows["decision"].notna().map({True: "confirmed", False: "open"})
    words = zip(rows["kind"], rows["value"], rows["other"], strict=True)
    rows["explanation"] = [contradiction(kind, value, None if pd.isna(other) else other) for kind, value, other in words]
    return rows.sort_values(["device_id", "kind", "value", "other_id"], kind="stable")


def decisions(reader: Reader) -> pd.DataFrame:
    """Decisions taken by the moment, oldest first; `undone_by` only where that had happened by then."""
    rows = reader.rows("SELECT * FROM decisions WHERE at <= :at ORDER BY id").rename(columns={"id": "decision"})
    rows["undone_by"] = rows["undone_by"].where(rows["undone_at"].notna() & (rows["undone_at"] <= reader.at))
    rows["device"] = device_names(rows["device_id"])
    rows["other"] = device_names(rows["other_id"])
    rows["asset"] = [
        None if pd.isna(asset) else asset_name(int(asset)) + ("" if pd.isna(unit) or unit == 1 else f"/{int(unit)}")
        for asset, unit in zip(rows["asset_id"], rows["unit"], strict=True)
    ]
    merged = reader.merged()
    places = reader.all_places().set_index("device_id")["office"]
    of_device = rows["device_id"].replace(merged).map(places).astype("string")
    assets = reader.current("assets", "asset_id, office").set_index("asset_id")["office"]
    rows["office"] = of_device.fillna(rows["asset_id"].map(assets).astype("string"))
    return reader.in_scope(rows)
