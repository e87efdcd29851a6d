"""What stands beneath a heading: whether cells can be what the heading says, and what they are where it says nothing."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Sequence
from statistics import median

from inventory.folding import fold
from inventory.registers import values
from inventory.registers.files.cells import Cell, Fault
from inventory.registers.office_names import OfficeNames, like_office
from inventory.registers.products import product, vendor
from inventory.registers.records import FIELDS
from inventory.registers.rows import is_place
from inventory.registers.states import state

UNITS = frozenset(
    (
        "cai",
        "chiec",
        "bo",
        "may",
        "c",
        "thiet bi",
        "con",
        "cuc",
        "bo may",
        "he thong",
        "ht",
        "pcs",
        "set",
        "piece",
        "unit",
        "ea",
        "quyen",
        "day",
        "met",
        "m",
        "hop",
        "goi",
        "to",
        "ban",
    )
)


_PERSON = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){1,4}")
_IDENTIFIER = re.compile(r"(?=.*\d)[A-Za-zĐđ0-9][\w./\- ,;:#()]*", re.DOTALL)


def fit(name: str, cells: Sequence[Cell], names: OfficeNames, today: datetime.date) -> float | None:
    """Share of cells that can be of a field; None where nothing stands beneath, or the field takes any text."""
    judged = [cell for cell in cells if not isinstance(cell.value, Fault)]
    if not judged:
        return None
    if name not in _JUDGED:
        return None
    share = sum(_fits(name, cell, names, today) for cell in judged) / len(judged)
    return share if name != "code" or _numbered_through(judged) else 0.75 * share


def _numbered_through(cells: Sequence[Cell]) -> bool:
    """Whether values are of one shape and differ, as codes do and models do not: TS01, TS02."""
    shapes = Counter(re.sub(r"[^\W\d_]+", "A", re.sub(r"\d+", "0", cell.text)) for cell in cells)
    different = len({fold(cell.text) for cell in cells})
    return shapes.most_common(1)[0][1] >= 0.7 * len(cells) and different >= 0.8 * len(cells)


_JUDGED = frozenset(FIELDS) - {"note"}


def _fits(name: str, cell: Cell, names: OfficeNames, today: datetime.date) -> float:
    text, plain = cell.text, fold(cell.text)
    number = isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    match name:
        case "number":
            return float(
                len(plain) <= 6 and (plain.isdigit() or len(plain) <= 4 or re.fullmatch(r"[ivx]+|[\d ]+", plain) is not None)
            )
        case "acquired" | "in_use" | "warranty_to":
            return float(not isinstance(values.day(cell, today, True), values.Refused))
        case "unit_price" | "price" | "residual_value":
            read = values.amount(cell)
            return float(not isinstance(read, values.Refused))
        case "quantity":
            said = values.quantity(cell)
            return float(said is not None and not isinstance(said, values.Refused) and said[0] < 2000)
        case "unit":
            return (
                1.0
                if plain in UNITS
                else 0.5
                if not number and len(plain) <= 12 and not like_office(text) and not known(names, text)
                else 0.0
            )
        case "mac":
            return float(not isinstance(values.macs(cell), values.Refused))
        case "address":
            return float(not isinstance(values.address(cell), values.Refused))
        case "serial":
            return 1.0 if _IDENTIFIER.fullmatch(text) and text.isascii() and len(plain) >= 4 and not _dated(cell) else 0.2
        case "code":
            return 1.0 if _IDENTIFIER.fullmatch(text) and not _dated(cell) else 0.4
        case "host_name":
            return 1.0 if re.fullmatch(r"[A-Za-z][\w.\-]{2,62}", text) else 0.1
        case "name" | "kind":
            return (
                0.1
                if number or _dated(cell)
                else 1.0
                if product(text).thing
                else 0.7
                if len(plain) > 3 and name == "name"
                else 0.5
            )
        case "vendor":
            return 0.0 if number or _dated(cell) else 1.0 if vendor(text) != text or product(text).vendor else 0.6
        case "model":
            return 0.0 if _dated(cell) else 0.9 if any(c.isdigit() for c in text) else 0.5
        case "state":
            return 1.0 if not number and state(text) is not None else 0.3 if not number else 0.0
        case "office":
            return 0.0 if number or plain in UNITS else 1.0 if known(names, text) or like_office(text) else 0.6
        case "place":
            return 0.3 if plain in UNITS else 0.4 if known(names, text) else 0.8
        case "user":
            return (
                0.0
                if number
                else 1.0
                if _PERSON.fullmatch(text.strip()) and not product(text).thing and not is_place(text)
                else 0.4
            )
    return 0.5


def known(names: OfficeNames, text: str) -> bool:
    return names.find(text) is not None


def _dated(cell: Cell) -> bool:
    return isinstance(cell.value, datetime.date)


def telling(name: str, cells: Sequence[Cell], names: OfficeNames, today: datetime.date) -> float:
    """Share of cells that are of a field beyond chance, for columns whose headings say nothing."""
    if name == "name":
        texts = [cell for cell in cells if type(cell.value) is str]
        return sum(product(cell.text).thing for cell in texts) / len(cells)
    if name == "office":
        return sum(known(names, cell.text) for cell in cells) / len(cells)
    if name == "in_use" and not any(isinstance(cell.value, datetime.date) or len(cell.text) > 5 for cell in cells):
        return 0.0  # numbers that may be years by chance
    if name == "quantity" and any(not isinstance(cell.value, int | float) or cell.value > 100 for cell in cells):
        return 0.0
    if name == "price" and any(not isinstance(cell.value, int | float) or cell.value < 100_000 for cell in cells):
        return 0.0
    return fit(name, cells, names, today) or 0.0


def doubtful_scale(prices: Sequence[int]) -> bool:
    """Whether the amounts of a table cannot be dong: half of them below 20,000 or above two thousand million."""
    told = [price for price in prices if price > 0]
    return len(told) >= 3 and not 20_000 <= median(told) <= 2_000_000_000
