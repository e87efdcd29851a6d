"""What a log of repairs says, row by row: frozen records. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass, field

from inventory.registers.records import Rejected

#: What failed, and what was done: keys of `words.yaml`.
PARTS = ("device", "battery", "disk", "fan", "supply", "printer_kit", "toner", "memory", "cable", "software")
ACTIONS = ("replaced", "repaired", "maintained", "retired")


@dataclass(frozen=True, slots=True)
class Repair:
    """One row. What is not told, or not understood, is None; `*_told` and the names of the device are as written."""

    file: str
    sheet: str
    row: int  # 1-based, as the spreadsheet program numbers it
    day: str  # ISO day, month or year, as exactly as it was written
    code: str | None = None
    serials: tuple[str, ...] = ()
    name: str | None = None
    address: str | None = None
    device_told: str = ""
    kind: str | None = None  # of inventory.facts.KINDS, by the words of device_told
    office: str | None = None  # code, where the text is understood
    office_told: str = ""
    part: str | None = None  # one of PARTS
    part_told: str = ""
    action: str | None = None  # one of ACTIONS
    action_told: str = ""
    cost_vnd: int | None = None
    hours_down: float | None = None  # working hours
    note: str = ""
    at: str = ""  # the cell that names the device

    @property
    def told(self) -> str:
        """The device in one text."""
        parts = (self.device_told, self.code, *self.serials, self.name, self.address)
        return ", ".join(dict.fromkeys(part for part in parts if part))


@dataclass(frozen=True, slots=True)
class Log:
    """What one file says. `columns`: heading as written -> field."""

    file: str
    repairs: tuple[Repair, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = field(default=())  # packed
