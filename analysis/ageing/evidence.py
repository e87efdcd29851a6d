"""Everything that bounds the month in which each device of a frame was made."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analysis.ageing.belief import Evidence
from analysis.ageing.sources.dates import day_of, manufactured, not_after
from analysis.ageing.sources.mac_blocks import block
from analysis.ageing.sources.models import processor, sold, system
from analysis.ageing.sources.purchases import purchases
from analysis.ageing.sources.serials import serial
from analysis.tables import code
from inventory.lifecycle.eras import Eras, shipped_eras

_READ = (
    "device", "kind", "vendor", "model", "serial", "os_version", "sys_descr", "mac", "manufactured", "installed", "first_seen",
)  # fmt: skip


def evidence(
    devices: pd.DataFrame,
    today: date,
    *,
    components: pd.DataFrame | None = None,
    matches: pd.DataFrame | None = None,
    assets: pd.DataFrame | None = None,
    eras: Eras | None = None,
) -> list[tuple[Evidence, ...]]:
    """For each row of a `devices` frame its evidence. `components` tells processors, `matches` and `assets` purchases, `eras`
    when models were sold (None: as shipped)."""
    chips: dict[str, str] = {}
    if components is not None:
        cpus = components[components["kind"] == "cpu"]
        for device, model, said in zip(cpus["device"], cpus["model"], cpus["description"], strict=True):
            chips.setdefault(device, code(model) or code(said))
    papers = {} if matches is None or assets is None else purchases(matches, assets, today)
    return [
        _evidence_of(row, today, chips, papers, eras or shipped_eras())
        for row in devices.reindex(columns=list(_READ)).to_dict("records")
    ]


def _evidence_of(row: dict, today: date, chips: dict[str, str], papers: dict[str, Evidence], eras: Eras) -> tuple[Evidence, ...]:
    kind, vendor, model = code(row["kind"]), code(row["vendor"]), code(row["model"])
    described = code(row["sys_descr"])
    found = (
        serial(vendor, kind, code(row["serial"]), today),
        manufactured(kind, day_of(row["manufactured"]), today),
        papers.get(row["device"]),
        block(code(row["mac"]), today),
        processor(kind, (chips.get(row["device"], ""), described), today),
        sold(eras, vendor, model, today),
        not_after("os_installed", day_of(row["installed"]), today),
        system(eras, kind, code(row["os_version"]) or described, today),
        not_after("first_seen", day_of(row["first_seen"]), today),
    )
    return tuple(source for source in found if source)
