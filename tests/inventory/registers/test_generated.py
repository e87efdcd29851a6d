"""Registers of a whole district, with the truth about every line, read by a reader that shares no code with their writer."""

from __future__ import annotations

from pathlib import Path

from simulator.district import load
from simulator.registers import write
from tests.inventory.registers.reading_score import DISTRICT, offices_of, score


def test_generated_registers_are_read_as_they_are_meant(tmp_path: Path) -> None:
    district = load(DISTRICT)
    result = score(write(district.at(district.today), tmp_path, seed=11), offices_of(district))
    lines = result.lines[""]
    assert result.found[""] >= 0.995 * lines
    assert result.right[""] >= 0.97 * lines  # every field of the line
    # What is written twice without a code or a serial number cannot be told from two things.
    assert len(result.invented) <= 0.01 * lines
