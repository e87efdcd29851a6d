"""When the registers say that a device was bought or put into use: the frames `matches` and `assets`.

How far a line speaks for a device is the confidence of their match. Where nothing tells several devices apart (`matches.alike`),
any of their lines may be this device's: it has a share of all their dates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

import pandas as pd

from analysis.ageing.belief import MONTHS, Evidence
from analysis.ageing.sources.dates import day_of
from analysis.ageing.sources.reliability import before, dated
from analysis.tables import code
from inventory.serial_dates import month_number

#: First and last month of the purchase.
Bought = tuple[int, int]


def bought(asset: dict, today: date) -> Bought | None:
    """When a line's thing was bought; where that is not told, when it was put into use. None for what lies outside time."""
    for name in ("acquired", "in_use"):
        first, last = day_of(asset[f"{name}_from"]), day_of(asset[f"{name}_to"])
        if first is None or last is None or first > last or first > today or month_number(last) <= month_number(today) - MONTHS:
            continue
        return month_number(first), min(month_number(last), month_number(today))
    return None


def purchases(matches: pd.DataFrame, assets: pd.DataFrame, today: date) -> dict[str, Evidence]:
    """device -> what its lines tell. Columns: `inventory.frames.columns`. A device with several lines has the surest one."""
    lines = matches[(matches["bucket"] == "matched") & matches["device"].notna()]
    if lines.empty:
        return {}
    dates = {row["asset"]: bought(row, today) for row in assets.to_dict("records")}
    lines = lines.assign(
        sure=lines["confidence"].astype("Float64").fillna(1.0).to_numpy(dtype=float),
        alike=lines["alike"].astype("Float64").fillna(1.0).to_numpy(dtype=float),
    ).sort_values(["sure", "asset"], ascending=[False, True], kind="stable")
    groups: dict[tuple[str, str], list[Bought]] = {}
    kinds = dict(zip(assets["asset"], assets["kind"], strict=True))
    rows = lines[["device", "device_office", "asset", "sure", "alike"]].to_dict("records")
    for row in rows:
        if row["alike"] > 1 and (when := dates.get(row["asset"])):
            groups.setdefault((code(row["device_office"]), code(kinds.get(row["asset"]))), []).append(when)
    found: dict[str, Evidence] = {}
    for row in rows:
        own = dates.get(row["asset"])
        if own is None or row["device"] in found:
            continue
        group = groups.get((code(row["device_office"]), code(kinds.get(row["asset"]))), []) if row["alike"] > 1 else []
        evidence = _evidence(own, group, row["alike"], row["sure"], month_number(today))
        if evidence:
            found[row["device"]] = evidence
    return found


def _evidence(own: Bought, group: Sequence[Bought], alike: float, sure: float, now: int) -> Evidence | None:
    """`group`: dates of all lines of things that nothing tells apart, this one's among them."""
    others = list(group)
    if own in others:
        others.remove(own)
    mine = 1 / alike if others else 1.0
    pieces = list(before("purchase", *own, now, mine))
    for other, lines in Counter(others).items():
        pieces += before("purchase", *other, now, (1 - mine) * lines / len(others))
    return dated("purchase", tuple(pieces), min(sure, 1.0))
