"""A sheet of a book: letterhead, title, heading, groups, lines, totals, signatures; as cells with places that are merged."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from simulator.chance import number
from simulator.registers.clerk import Clerk, group, words
from simulator.registers.entries import Cell, Entry
from simulator.registers.forms import Form, numbering
from simulator.registers.purchases import person

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


@dataclass(slots=True)
class Sheet:
    """Rows of cells from 0, merged rectangles (row, column, row, column), widths, and which rows are no asset and why."""

    name: str
    rows: list[dict[int, Cell]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    others: list[dict[str, Any]] = field(default_factory=list)  # row from 1, what
    modern: set[int] = field(default_factory=set)  # rows from 0 that were typed in Unicode in a file of another code
    ruled: set[int] = field(default_factory=set)  # rows from 0 with lines around every cell
    tables: list[dict[str, Any]] = field(default_factory=list)  # heading_rows from 1, first and last; columns: letter -> field
    indent: int = 0  # empty columns on the left

    def add(self, cells: dict[int, Cell] | None = None, what: str = "") -> int:
        """A further row; its number from 0."""
        self.rows.append(cells or {})
        if what:
            self.others.append({"row": len(self.rows), "what": what})
        return len(self.rows) - 1

    def merge(self, row: int, column: int, last_row: int, last_column: int) -> None:
        if (row, column) != (last_row, last_column):
            self.merged.append((row, column, last_row, last_column))


@dataclass(frozen=True, slots=True)
class Habits:
    """What somebody does throughout one file."""

    money: str
    grouped: str  # "", kind or room
    subtotals: bool
    totals: bool
    shuffled: bool
    merged_places: bool
    merges: bool  # the format has merged cells at all
    pages: int = 0  # rows after which a page ends; 0: nobody minds
    formulas: bool = False
    indent: int = 0  # empty columns on the left


THOUSANDS = ("nghìn đồng", "1.000 đồng", "1000đ", "Nghìn đồng")
WIDTHS = {
    "number": 5, "name": 42, "serial": 20, "office": 24, "place": 20, "user": 20, "note": 24, "mac": 19, "host_name": 20,
    "price": 15, "code": 14, "config": 26,
}  # fmt: skip


def sheet(
    name: str, form: Form, entries: Sequence[Entry], clerk: Clerk, habits: Habits, *, today: dt.date, office: str, room: str = ""
) -> Sheet:
    """Lays entries out; every entry learns its row."""
    made = Sheet(name, widths=[WIDTHS.get(c.field, 12) for c in form.columns], indent=habits.indent)
    width = len(form.columns)
    _above(made, form, clerk, habits, today=today, office=office, room=room)
    _heading(made, form, habits)
    columns = {xl_col_to_name(place + habits.indent): column.field for place, column in enumerate(form.columns)}
    made.tables.append({"heading_rows": [len(made.rows) - form.depth + 1, len(made.rows)], "columns": columns})
    if form.numbering and clerk.dice.random() < 0.85:
        made.add({n: Cell(mark, "small") for n, mark in enumerate(numbering(form))}, "numbering")
    entries = _ordered(entries, clerk, habits)
    groups = _groups(entries, habits)
    running = written = 0
    first = len(made.rows)
    for place, (title, members) in enumerate(groups):
        if title:
            cells = {
                0: Cell(ROMAN[place % 12] if clerk.dice.random() < 0.8 else "", "group"),
                _name_column(form): Cell(title, "group"),
            }
            if habits.subtotals and "price" in form.fields:
                cells[form.fields["price"]] = _sum(members, clerk, habits.money, "group")
            at = made.add(cells, "group")
            if habits.merges and not habits.subtotals and clerk.dice.random() < 0.4:
                made.rows[at] = {0: Cell(f"{ROMAN[place % 12]}. {title}", "group")}
                made.merge(at, 0, at, width - 1)
            running = 0 if clerk.dice.random() < 0.5 else running
        for entry in members:
            running += 1
            if clerk.dice.random() < clerk.style.blank_rows:
                made.add(what="blank")
            if habits.pages and written and written % habits.pages == 0:
                _page(made, form, clerk, habits, _entries(groups)[:written])
            written += 1
            _row(made, form, entry, running, habits)
            if clerk.dice.random() < clerk.style.details and len(entry.line.units) == 1:
                _details(made, form, clerk, entry)
            elif clerk.dice.random() < clerk.style.duplicates:
                running += 1
                again = made.add(
                    dict(made.rows[-1]) | {0: Cell(running, "number")}
                    if form.columns[0].field == "number"
                    else dict(made.rows[-1])
                )
                made.others.append({"row": again + 1, "what": "duplicate", "of": entry.place[2]})
    if habits.merged_places and habits.merges:
        _merge_equal(made, form, _entries(groups))
    _ditto(made, form, groups, clerk)
    if habits.totals:
        sums = clerk.dice.choice(("Tổng cộng", "Cộng", "TỔNG CỘNG", "Tổng cộng:", "Cộng:", "Tổng số"))
        cells = {_name_column(form) if clerk.dice.random() < 0.7 else 0: Cell(sums, "total")}
        if "price" in form.fields:
            total = _sum(entries, clerk, habits.money, "total")
            if habits.formulas and not habits.subtotals and total.shown == "total_money":
                total = replace(total, formula=("sum", len(made.rows) - first, 1))
            cells[form.fields["price"]] = total
        if "quantity" in form.fields and clerk.dice.random() < 0.5:
            cells[form.fields["quantity"]] = Cell(sum(len(e.line.units) for e in entries), "total")
        made.add(cells, "total")
    made.ruled = set(range(first, len(made.rows)))
    _below(made, form, clerk, today)
    return made


def _entries(groups: Sequence[tuple[str, list[Entry]]]) -> list[Entry]:
    return [entry for _, members in groups for entry in members]


def _page(made: Sheet, form: Form, clerk: Clerk, habits: Habits, before: Sequence[Entry]) -> None:
    """The end of a page: the sum so far, and the heading or the sum again."""
    column = _name_column(form)
    if "price" in form.fields:
        so_far = _sum(before, clerk, habits.money, "total")
        for text in ("Cộng chuyển trang sau", "Số trang trước chuyển sang"):
            made.add({column: Cell(text, "total"), form.fields["price"]: so_far}, "total")
    else:
        made.add({place: Cell(c.heading[-1], "head") for place, c in enumerate(form.columns)}, "heading")


def _details(made: Sheet, form: Form, clerk: Clerk, entry: Entry) -> None:
    """Rows that say what a thing is made of."""
    texts = words()["details"].get(entry.line.good.kind, words()["details"]["other"])
    for text in clerk.dice.sample(texts, clerk.dice.randint(1, min(3, len(texts)))):
        cells = {_name_column(form): Cell(text)}
        if "quantity" in form.fields and clerk.dice.random() < 0.3:
            cells[form.fields["quantity"]] = Cell(1, "number")
        at = made.add(cells, "detail")
        made.others[-1]["of"] = entry.place[2]
        if entry.unicode:
            made.modern.add(at)


def stack(parts: Sequence[tuple[Sheet, Sequence[Entry]]], name: str) -> Sheet:
    """Tables one below the other on one sheet; entries learn their new rows."""
    made = Sheet(name, widths=[max(w) for w in itertools.zip_longest(*(s.widths for s, _ in parts), fillvalue=5)])
    made.indent = parts[0][0].indent
    for part, entries in parts:
        down = len(made.rows)
        made.rows += part.rows
        made.merged += [(top + down, left, bottom + down, right) for top, left, bottom, right in part.merged]
        made.others += [o | {"row": o["row"] + down} | ({"of": o["of"] + down} if "of" in o else {}) for o in part.others]
        made.modern |= {row + down for row in part.modern}
        made.tables += [t | {"heading_rows": [row + down for row in t["heading_rows"]]} for t in part.tables]
        made.ruled |= {row + down for row in part.ruled}
        for entry in entries:
            entry.place = ("", name, entry.place[2] + down)
        made.add(what="blank")
    return made


def _name_column(form: Form) -> int:
    return form.fields.get("name", form.fields.get("model", 0))


def _sum(entries: Sequence[Entry], clerk: Clerk, money: str, shown: str) -> Cell:
    total = sum(e.line.price * len(e.line.units) for e in entries if "price_vnd" in e.reading)
    value, _ = clerk.money(total, money)
    return Cell(value, f"{shown}_money" if not isinstance(value, str) else shown)


def _above(made: Sheet, form: Form, clerk: Clerk, habits: Habits, *, today: dt.date, office: str, room: str) -> None:
    texts = {
        "office": office, "budget_code": f"1{number(office) % 10**6:06d}", "year": today.year - 1, "next_year": today.year,
        "what": "Máy móc, thiết bị", "room": room.upper() or "PHÒNG MÁY", "person": person(clerk.goods, clerk.dice),
        "money_unit": clerk.dice.choice(THOUSANDS) if habits.money == "thousands" else "đồng",
    }  # fmt: skip
    width = len(form.columns)
    middle = max(1, width // 2)
    for n in range(max(len(form.head_left), len(form.head_right))):
        cells = {}
        if n < len(form.head_left):
            left = form.head_left[n].format(**texts)
            cells[0] = Cell(left.upper() if n == 0 and clerk.dice.random() < 0.4 else left, "letterhead")
        if n < len(form.head_right):
            cells[middle] = Cell(form.head_right[n].format(**texts), "letterhead_right")
        at = made.add(cells, "title")
        if habits.merges and width > 3:
            made.merge(at, 0, at, middle - 1)
            if middle in cells:
                made.merge(at, middle, at, width - 1)
    if form.title:
        at = made.add({0: Cell(form.title.format(**texts), "title")}, "title")
        if habits.merges:
            made.merge(at, 0, at, width - 1)
    under = [*form.under]
    if habits.money == "thousands" and not any("{money_unit}" in line for line in under) and "price" in form.fields:
        under.append("ĐVT: {money_unit}")  # nobody could know otherwise
    for line in under:
        texts["person"] = person(clerk.goods, clerk.dice)
        at = made.add({0: Cell(line.format(**texts), "under")}, "title")
        if habits.merges:
            made.merge(at, 0, at, width - 1)
    if made.rows and clerk.dice.random() < 0.6:
        made.add(what="blank")


def _heading(made: Sheet, form: Form, habits: Habits) -> None:
    """Headings of several rows: equal words side by side are one merged cell, short ones reach down."""
    top, depth = len(made.rows), form.depth
    for _ in range(depth):
        made.add(what="heading")
    for place, column in enumerate(form.columns):
        for level, text in enumerate(column.heading):
            above = column.heading[: level + 1]
            before = form.columns[place - 1].heading[: level + 1] if place else ()
            last = level == len(column.heading) - 1
            if above == before and not last:
                continue
            unit = text.replace("(đồng)", "(nghìn đồng)") if habits.money == "thousands" else text
            made.rows[top + level][place] = Cell(unit, "head")
            if last:
                made.merge(top + level, place, top + depth - 1, place)
            else:
                end = place
                while end + 1 < len(form.columns) and form.columns[end + 1].heading[: level + 1] == above:
                    end += 1
                made.merge(top + level, place, top + level, end)


def _ordered(entries: Sequence[Entry], clerk: Clerk, habits: Habits) -> list[Entry]:
    found = list(entries)
    if habits.shuffled:
        clerk.dice.shuffle(found)
    if habits.merged_places:
        found.sort(
            key=lambda e: (
                str(e.cells["office"].value) if "office" in e.cells else "",
                str(e.cells["place"].value) if "place" in e.cells else "",
            )
        )
    return found


def _groups(entries: Sequence[Entry], habits: Habits) -> list[tuple[str, list[Entry]]]:
    if not habits.grouped:
        return [("", list(entries))]
    by: dict[str, list[Entry]] = defaultdict(list)
    title: Callable[[Entry], str] = {
        "kind": lambda e: group(e.line.good),
        "room": lambda e: e.line.room or "Dùng chung",
    }[habits.grouped]
    for entry in entries:
        by[title(entry)].append(entry)
    for name, members in by.items():
        if habits.grouped == "room":
            for entry in members:
                entry.reading.setdefault("place", name)
                entry.tells |= {"room"} if name == entry.line.room and "other room" not in entry.tells else set()
    return list(by.items())


def _row(made: Sheet, form: Form, entry: Entry, running: int, habits: Habits) -> None:
    cells = {place: entry.cells[field_] for field_, place in form.fields.items() if field_ in entry.cells}
    if "number" in form.fields:
        cells[form.fields["number"]] = Cell(running, "number")
    price, each, count = (form.fields.get(name, -1) for name in ("price", "unit_price", "quantity"))
    if (
        habits.formulas
        and {price, each, count} <= cells.keys()
        and all(cells[c].shown in {"money", "number"} for c in (price, each, count))
    ):
        cells[price] = replace(cells[price], formula=("product", each, count))
    at = made.add(cells)
    entry.place = ("", made.name, at + 1)
    if not entry.unicode:
        return
    made.modern.add(at)


def _merge_equal(made: Sheet, form: Form, entries: Sequence[Entry]) -> None:
    """One merged cell for the same office or room on rows that follow each other."""
    for name in ("office", "place"):
        if name not in form.fields:
            continue
        column = form.fields[name]
        start = 0
        for n in range(1, len(entries) + 1):
            first = entries[start]
            value = first.cells.get(name)
            follows = n < len(entries) and entries[n].place[2] == entries[n - 1].place[2] + 1
            if follows and value and value.value and entries[n].cells.get(name) == value:
                continue
            top, bottom = first.place[2] - 1, entries[n - 1].place[2] - 1
            if bottom > top and value and value.value:
                for row in range(top + 1, bottom + 1):
                    made.rows[row].pop(column, None)
                made.merge(top, column, bottom, column)
            start = n


def _ditto(made: Sheet, form: Form, groups: Sequence[tuple[str, list[Entry]]], clerk: Clerk) -> None:
    inside = {(row, column) for r, c, last, _ in made.merged for row in range(r, last + 1) for column in (c,)}
    for _, members in groups:
        for before, entry in itertools.pairwise(members):
            for name in ("place", "user", "in_use", "unit"):
                column = form.fields.get(name)
                at = entry.place[2] - 1
                if (
                    column is None
                    or (at, column) in inside
                    or (at - 1, column) in inside
                    or entry.place[2] != before.place[2] + 1
                ):
                    continue
                same = name in entry.cells and entry.cells[name] == before.cells.get(name)
                if same and entry.cells[name].value and clerk.dice.random() < clerk.style.ditto:
                    made.rows[at][column] = Cell(clerk.dice.choice(("nt", "-nt-", '"', "NT", "như trên", "//")))


def _below(made: Sheet, form: Form, clerk: Clerk, today: dt.date) -> None:
    if not form.sign and not form.after:
        return
    made.add(what="blank")
    for line in form.after:
        made.add({0: Cell(line.format(year=today.year - 1), "under")}, "signature")
    if form.sign:
        width = len(form.columns)
        made.add({max(0, width - 3): Cell(f"Ngày 31 tháng 12 năm {today.year - 1}", "under")}, "signature")
        step = max(1, width // len(form.sign))
        made.add({min(width - 1, n * step): Cell(who, "total") for n, who in enumerate(form.sign)}, "signature")
        made.add({min(width - 1, n * step): Cell("(Ký, họ tên)", "small") for n in range(len(form.sign))}, "signature")
        for _ in range(3):
            made.add(what="blank")
        made.add(
            {min(width - 1, n * step): Cell(person(clerk.goods, clerk.dice), "total") for n in range(len(form.sign))}, "signature"
        )
