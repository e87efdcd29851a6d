"""Lines of a small register, and an import in one call."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.engine import Engine

from inventory.registers.imports import Difference, import_register
from inventory.registers.records import Line, Register
from tests.inventory.conftest import START


def line(row: int, name: str = "Máy vi tính để bàn", **more: object) -> Line:
    told = {"office": "A", "acquired": "2015-06-01", "unit_price_vnd": 12_500_000 + row, "quantity": 1, **more}
    return Line("so-tai-san-2024.xlsx", "Sheet1", row, name, **told)  # type: ignore[arg-type]


@pytest.fixture(name="line")
def _line() -> Callable[..., Line]:
    return line


@pytest.fixture
def keep(engine: Engine) -> Callable[..., Difference]:
    """keep(*lines, at=..., books=...): an import of these lines."""

    def run(*lines: Line, at: int = START, books: str = "A", **more: object) -> Difference:
        register = Register(lines[0].file if lines else "empty.xlsx", lines, **more)  # type: ignore[arg-type]
        return import_register(engine, register, books, f"digest of {lines}", at)

    return run
