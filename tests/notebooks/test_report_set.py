"""The books against the network on a small inventory with a register: every bucket has its sheet, and the sums are the books'."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from inventory.database import open_database, workspace_database
from inventory.registers.imports import import_register
from inventory.registers.matches import match_registers
from inventory.registers.records import Line, Register
from reports.texts import texts
from tests.notebooks import running
from tests.notebooks.conftest import SECOND

REPORT = Path(__file__).parents[2] / "notebooks" / "reports" / "register-reconciliation.ipynb"
FILE = "so.xlsx"


def _line(row: int, name: str, price: int | None, **more: object) -> Line:
    told = {"office": "small", "quantity": 1, "price_vnd": price} | more
    return Line(FILE, "TSCD", row, name, **told)  # type: ignore[arg-type]


LINES = (
    _line(5, "Switch Cisco 2960", 16_000_000, kind="switch", serials=("FOC1229RL7B",)),
    _line(6, "Máy in <b>Canon</b> LBP 2900", 3_200_000, kind="printer", residual_value_vnd=4_000_000),
    _line(7, "Bàn làm việc", 10_000_001, quantity=3),
    _line(8, "Tủ sắt", None),
)


@pytest.fixture(scope="module")
def tables(small_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """Tables of the report, by their sheets."""
    workspace = Path(shutil.copytree(small_workspace, tmp_path_factory.mktemp("booked") / "workspace"))
    engine = open_database(workspace_database(workspace))
    import_register(engine, Register(FILE, LINES), "small/so", "digest", SECOND + 120)
    match_registers(engine)
    engine.dispose()
    try:
        notebook = running.run(running.shell(), REPORT, {"workspace": str(workspace), "language": "en"})
    finally:
        running.Shell.clear_instance()
    return {shown["sheet"]: shown for shown in running.payloads(notebook) if shown["what"] == "table"}


def _column(table: dict, name: str) -> list:
    place = next(place for place, column in enumerate(table["columns"]) if column["name"] == name)
    return [row[place] for row in table["rows"]]


def test_every_piece_is_on_one_sheet_and_the_money_is_the_books(tables: dict[str, dict]) -> None:
    say = texts("en")
    buckets = [tables[say(f"register_reconciliation.sheet_{name}")] for name in ("matched", "not_seen", "not_assessable")]
    assert sum(len(table["rows"]) for table in buckets) == sum(line.quantity for line in LINES)
    prices = [price for table in buckets for price in _column(table, "cost_vnd")]
    assert sum(price for price in prices if price is not None) == sum(line.price_vnd or 0 for line in LINES)
    assert None in prices, "what nobody wrote is no 0"
    assert "FOC1229RL7B" in _column(buckets[0], "serial")


def test_the_network_has_things_that_no_line_tells_of(tables: dict[str, dict]) -> None:
    missing = tables[texts("en")("register_reconciliation.sheet_not_on_books")]
    assert "FGL1418D6G0" in _column(missing, "serial_seen")
    assert "FOC1229RL7B" not in _column(missing, "serial_seen")


def test_the_books_mistakes_are_told_with_their_line(tables: dict[str, dict]) -> None:
    say = texts("en")
    mistakes = tables[say("register_reconciliation.sheet_corrections")]
    told = dict(zip(_column(mistakes, "row"), _column(mistakes, "what"), strict=True))
    assert told[6] == say("correction.residual")
    assert told[8] == say("correction.no_price")
