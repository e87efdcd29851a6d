"""Simulated districts of several seeds as the frames that a perfect scan and perfect readers of the registers would fill, and
when each device was really made.

Nothing here knows how ages are inferred. Registers are matched by the inventory's own matching, so that its doubts are real.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import yaml

from analysis.tables import typed
from inventory.frames.columns import FRAMES
from inventory.registers.matching import match
from simulator.district import LAP_THACH, District
from simulator.network import Network
from simulator.registers import write
from tests.inventory.registers import district as books
from tests.inventory.registers import scoring

#: Consoles that tell the day of manufacture (`simulator.consoles`).
_TELL_THEIR_DAY = frozenset({"huawei", "hp_comware"})


@dataclass(frozen=True)
class Aged:
    today: date
    devices: pd.DataFrame
    components: pd.DataFrame
    matches: pd.DataFrame
    assets: pd.DataFrame
    #: device -> the day when it was made
    built: dict[str, date]


@cache
def district(seed: int, serials: float = 0.3) -> Aged:
    """The demonstration's district with everything drawn anew. `serials`: share of usable serial numbers in the registers."""
    description = yaml.safe_load(LAP_THACH.read_text(encoding="utf-8"))
    # planted troubles are about devices of the usual seed, which others do not have
    whole = District(LAP_THACH, description | {"seed": seed, "troubles": ()})
    network = whole.at(whole.today)
    with TemporaryDirectory() as folder:
        told = scoring.load(write(network, Path(folder), seed=seed, usable_serials=serials))
    lines, there = books.assets(told), books.things(network)
    matches = match(lines, there, books.ground(network, whole.offices))
    devices, components, built = _scanned(network)
    office = {f"D{thing.device:05d}": thing.office for thing in there if thing.device}
    return Aged(
        whole.today,
        devices,
        components,
        typed(
            (
                {
                    "asset": None if m.asset is None else f"A{m.asset:05d}", "unit": m.unit, "bucket": str(m.bucket),
                    "device": None if m.device is None else f"D{m.device:05d}", "confidence": m.confidence, "alike": m.alike,
                    "device_office": office.get(f"D{m.device:05d}") if m.device else None,
                }
                for m in matches
            ),
            FRAMES["matches"],
        ),
        typed(
            (
                {"asset": f"A{a.id:05d}", "kind": a.line.kind}
                | _ends("acquired", a.line.acquired)
                | _ends("in_use", a.line.in_use)
                for a in lines
            ),
            FRAMES["assets"],
        ),
        built,
    )  # fmt: skip


def _ends(name: str, told: str | None) -> dict[str, str]:
    """First and last day of an ISO day, month or year."""
    if not told:
        return {}
    first = pd.Period(told)
    return {f"{name}_from": str(first.start_time.date()), f"{name}_to": str(first.end_time.date())}


def _scanned(network: Network) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, date]]:
    rows, parts, built = [], [], {}
    for number, device in enumerate(network.truth()["devices"], 1):
        if not (device["snmp_readable"] or device["ssh_readable"]):
            continue
        name, model, tells = f"D{number:05d}", network.catalogue[device["model"]], device["tells"]
        made = date.fromisoformat(device["built"])
        told = str(made) if device["ssh_readable"] and model.platform in _TELL_THEIR_DAY else books._firmware_of(network, device)
        built[name] = made
        rows.append(
            {
                "device": name, "office": device["office"], "kind": device["kind"], "address": device["address"],
                "vendor": device["vendor"] if tells["vendor"] else None, "model": device["model"] if tells["model"] else None,
                "serial": device["serial"] if tells["serial"] else None, "mac": device["mac"],
                "os_version": device["os_version"] if tells["os_version"] else None, "manufactured": told,
                "sys_descr": network.shown(device["place"]).descr if device["snmp_readable"] else None,
                "first_seen": str(network.date - timedelta(days=1)), "state": "present",
            }
        )  # fmt: skip
        if device["ssh_readable"] and model.fields.get("cpu"):
            parts.append({"device": name, "kind": "cpu", "model": model.fields["cpu"]})
    return typed(rows, FRAMES["devices"]), typed(parts, FRAMES["components"]), built


#: How often a record is another machine's. Estimates; the simulator, whose BIOSes are renewed and whose dealers have old stock as
#: elsewhere, has none.
_OTHER_BOARD = 0.04  # the date in a serial number, or told
_WRONG_LINE = 0.04  # of a register


def mistaken(aged: Aged, seed: int) -> Aged:
    """The same devices, with the mistakes that records of real offices have."""
    chance = random.Random(seed)
    devices, assets = aged.devices.copy(), aged.assets.copy()
    columns = {name: list(devices[name]) for name in ("serial", "manufactured")}
    for row in range(len(devices)):
        if chance.random() < _OTHER_BOARD:
            alike = devices.index[(devices["vendor"] == devices["vendor"].iloc[row]).fillna(False) & devices["serial"].notna()]
            columns["serial"][row] = devices["serial"][chance.choice(list(alike))] if len(alike) else columns["serial"][row]
        if pd.notna(columns["manufactured"][row]) and chance.random() < _OTHER_BOARD:
            columns["manufactured"][row] = pd.Timestamp(aged.today - timedelta(days=chance.randint(100, 6000)))
    for row in assets.index:
        if chance.random() < _WRONG_LINE:
            late = pd.Timedelta(days=chance.randint(-2000, 2000))
            for name in ("acquired_from", "acquired_to", "in_use_from", "in_use_to"):
                assets.loc[row, name] += late
    return replace(aged, devices=devices.assign(**columns).astype(dict(devices.dtypes)), assets=assets)
