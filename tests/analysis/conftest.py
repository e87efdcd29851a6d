"""Frames as the inventory would give them, made by hand: the columns and dtypes are checked against the contract."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.tables import typed
from inventory.frames.columns import FRAMES


def frame(name: str, rows: list[dict] | None = None) -> pd.DataFrame:
    """Rows of one of the inventory's frames; columns that a test does not speak of are NA."""
    known = {column.name for column in FRAMES[name]}
    for row in rows or []:
        assert set(row) <= known, set(row) - known
    return typed(rows or [], FRAMES[name])


@pytest.fixture
def make_frame():
    return frame


def device(number: int, **values: object) -> dict:
    defaults = {
        "device": f"D{number:05d}",
        "office": "X01",
        "kind": "switch",
        "vendor": "Cisco",
        "model": "M",
        "address": f"127.1.0.{number % 250 + 1}",
        "first_seen": "2026-11-01",
        "last_confirmed": "2026-11-01",
        "state": "present",
    }
    return defaults | values


@pytest.fixture
def make_device():
    return device
