"""Repairs, remembered: each once, however often its file comes again, with the device that it was of as far as that is known."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from time import time

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from inventory import offices
from inventory.database import writing
from inventory.folding import fold
from inventory.frames import load
from inventory.names import device_name
from inventory.offices import Offices
from inventory.registers.records import Rejected
from inventory.repairs.naming import Names, devices_of, names
from inventory.repairs.records import Log, Repair
from inventory.schema.repairs import REPAIRS
from inventory.sentences import pack


@dataclass(frozen=True, slots=True)
class Remembered:
    """What an import did: rows that are new; that were known; of these, whose device is known only now. `doubts`: rows whose
    device is not known, or not which of several."""

    added: int
    known: int
    found: int
    doubts: tuple[Rejected, ...]


def remember(engine: Engine, log: Log, known: Offices, at: int | None = None) -> Remembered:
    """Store what is new. `at`: seconds since the epoch (now)."""
    now = int(time()) if at is None else at
    offices.write(engine, known, now)  # repairs are asked for by office, also before the first scan
    called = names(*(load(engine, frame) for frame in ("devices", "assets", "matches")))
    told = list(_numbered(log))
    devices, doubts = _devices(log, called)
    with writing(engine) as connection:
        stored = {row.digest: row for row in connection.execute(sa.select(REPAIRS.c.id, REPAIRS.c.digest, REPAIRS.c.device_id))}
        new = [
            _row(repair, digest, device, now)
            for (digest, repair), device in zip(told, devices, strict=True)
            if digest not in stored
        ]
        if new:
            connection.execute(sa.insert(REPAIRS), new)
        found = 0
        for (digest, _), device in zip(told, devices, strict=True):
            if device is not None and digest in stored and stored[digest].device_id is None:
                connection.execute(sa.update(REPAIRS).where(REPAIRS.c.id == stored[digest].id).values(device_id=device))
                found += 1
    return Remembered(len(new), len(told) - len(new), found, tuple(doubts))


def _numbered(log: Log) -> Iterator[tuple[str, Repair]]:
    """(digest, repair): of rows that say the same, the second is another repair, and the same one when the file comes again."""
    before: Counter[str] = Counter()
    for repair in log.repairs:
        said = json.dumps(
            [
                repair.day,
                sorted(fold(name) for name in (repair.told, *repair.serials)),
                *(fold(text) for text in (repair.part_told, repair.action_told, repair.office_told)),
                repair.cost_vnd,
                repair.hours_down,
            ]
        )
        yield hashlib.sha256(f"{said}{before[said]}".encode()).hexdigest(), repair
        before[said] += 1


def _devices(log: Log, called: Names) -> tuple[list[int | None], list[Rejected]]:
    found: list[int | None] = []
    doubts = []
    for repair in log.repairs:
        devices = devices_of(repair, called)
        found.append(next(iter(devices)) if len(devices) == 1 else None)
        if len(devices) == 1:
            continue
        if devices:
            several = ", ".join(device_name(device) for device in sorted(devices)[:5])
            reason = pack("detail.repair_several_devices", devices=several)
        else:
            reason = pack("detail.repair_unknown_device")
        doubts.append(Rejected(repair.file, repair.sheet, repair.at, reason, repair.told[:200], whole_row=False))
    return found, doubts


def _row(repair: Repair, digest: str, device: int | None, at: int) -> dict[str, object]:
    return {
        "at": at,
        "file": repair.file,
        "sheet": repair.sheet,
        "row": repair.row,
        "digest": digest,
        "day": repair.day,
        "device_id": device,
        "told": repair.told,
        "kind": repair.kind,
        "office": repair.office,
        "office_told": repair.office_told,
        "part": repair.part,
        "part_told": repair.part_told,
        "action": repair.action,
        "action_told": repair.action_told,
        "cost_vnd": repair.cost_vnd,
        "hours_down": repair.hours_down,
        "note": repair.note,
    }
