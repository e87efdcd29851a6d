"""Rows of a table as lines of a register: what is an asset, what holds for the rows beneath, what had to be left out and why."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple, TypeVar

from inventory.folding import fold
from inventory.registers import rows, values
from inventory.registers.blocks import Grid, is_numbering
from inventory.registers.columns import DATES, Columns
from inventory.registers.files.cells import Area, Cell, Fault, Sheet, letters, place
from inventory.registers.office_names import OfficeNames, like_office
from inventory.registers.products import product, vendor
from inventory.registers.records import Line, Rejected, State
from inventory.registers.states import is_plain, state, state_of_note
from inventory.registers.sums import SUMMED, Sum, of_prices, of_totals
from inventory.registers.values import Refused
from inventory.sentences import pack, together

T = TypeVar("T")
Place = tuple[int, int]  # row and column

#: A value of these in a merged area holds for every row of it. Numbers that tell one thing from another do not; how many,
#: and what all of them cost, is shared out.
_FOR_ALL_ROWS = frozenset(
    ("name", "kind", "vendor", "model", "office", "place", "user", "unit", "unit_price", *DATES, "state", "note")
)
_TELLING = ("code", "serial", "mac", "host_name", "address")
_DITTO = frozenset(
    ('"', "''", "“", "”", "〃", '-"-', '- " -', "-nt-", "nt", "- nt -", "như trên", "nhu tren", "-//-", "//", "″", '"nt"')
)
_PART = re.compile(r"\s*[-+–•*]\s*\w")
_COUNT = re.compile(r"[(\-–,:]\s*0*(\d{1,3})\s*(bộ|cái|chiếc|máy|bo|cai|chiec|may)\s*\)?\s*$", re.IGNORECASE)


class Told(NamedTuple):
    """What rows of groups, a sheet's name, its titles say for the rows beneath them."""

    office: str | None = None
    office_told: str = ""
    kind: str | None = None
    place: str | None = None


@dataclass
class Found:
    """What the rows of a table are."""

    lines: list[Line] = field(default_factory=list)
    columns: list[Mapping[str, int]] = field(default_factory=list)  # of each line: field -> column
    rejected: list[Rejected] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Page(NamedTuple):
    """Rows of a table up to where its headings are repeated, and what titles over them say anew."""

    first: int
    last: int
    told: Told | None = None


def read_rows(
    file: str, sheet: Sheet, columns: Columns, pages: Sequence[Page], names: OfficeNames, told: Told, today: datetime.date
) -> Found:
    """Lines, and what was left out, of the rows of a table. `told` holds where the rows say nothing themselves."""
    return _Rows(file, sheet, columns, names, told, today).read(pages)


class _Rows:
    def __init__(self, file: str, sheet: Sheet, columns: Columns, names: OfficeNames, told: Told, today: datetime.date) -> None:
        self.file, self.sheet, self.columns, self.names, self.today = file, sheet, columns, names, today
        self.grid = Grid(sheet)
        self.default = self.told = told
        self.found = Found()
        self.sums: list[Sum] = []
        self.refusals: dict[Place, Rejected] = {}
        self.fresh: list[Place] = []  # refused in this row
        self.refused_sums: set[str] = set()  # fields in which a value was refused
        self.above: dict[int, Cell] = {}
        self.ended = False
        self.numbered = self._numbered()
        column = columns.at.get("code", 0)
        self.codes = Counter(" ".join(cells[column].text.split()) for cells in sheet.rows.values() if column in cells)
        self.next_row = dict(pairwise(sheet.rows))

    def _numbered(self) -> bool:
        """Whether assets of this table carry running numbers."""
        column = self.columns.at.get("number")
        if column is None:
            return False
        said = [cells[column].text for row, cells in self.sheet.rows.items() if row >= self.columns.first and column in cells]
        return sum(text.strip(" .").isdigit() for text in said) >= 2

    # -- rows ---------------------------------------------------------------------------------------------------------------

    def read(self, pages: Sequence[Page]) -> Found:
        for page in pages:
            self.ended = False
            if page.told is not None:
                self.default = self.told = page.told
            for row in [number for number in self.sheet.rows if page.first <= number <= page.last]:
                self._row(row)
        lines, sheet = self.found.lines, self.sheet.name
        self.found.notes += [
            *of_totals(self.sums, lines, sheet, self.refused_sums),
            *of_prices(lines, sheet, self.columns, self.file),
        ]
        self.found.rejected = [self.refusals[at] for at in sorted(self.refusals)]
        return self.found

    def _row(self, row: int) -> None:
        own = {
            column: cell for column, cell in self.sheet.rows[row].items() if not values.blank(cell) or cell.text.strip() in _DITTO
        }
        if not own or is_numbering(own):
            return
        telling = {self.columns.at.get(name) for name in _TELLING}
        own = {
            c: self._as_above(c, cell) for c, cell in own.items() if not (c in telling and cell.text.strip().lower() in _DITTO)
        }
        if not own:
            return
        texts = {
            column: cell.text for column, cell in own.items() if type(cell.value) is str and any(c.isalpha() for c in cell.text)
        }
        if self._is_total(row, own, texts):
            self._sum(row, own)
            self._leave_out(row, own, pack("detail.register_total_row"))
        elif self._is_signature(own, texts):
            self.ended = True
            self._leave_out(row, own, pack("detail.register_below"))
        elif self.ended and not self._like_asset(own):
            self._leave_out(row, own, pack("detail.register_below"))
        elif self._is_part(own):
            self._add_part(row, own)
        elif (group := self._group(row, own, texts)) is not None:
            self._sum(row, own)
            self.told = group
            self._leave_out(row, own, pack("detail.register_group"))
        else:
            self.ended = False
            self._line(row, own)

    def _as_above(self, column: int, cell: Cell) -> Cell:
        """The cell, or what stands above it where it is a ditto mark."""
        if type(cell.value) is str and cell.text.strip().lower() in _DITTO:
            return self.above.get(column, cell)
        self.above[column] = cell
        return cell

    def _cell(self, own: dict[int, Cell], name: str) -> Cell | None:
        column = self.columns.at.get(name)
        return own.get(column) if column is not None else None

    def _leave_out(self, row: int, own: dict[int, Cell], reason: str) -> None:
        column = next((c for c, cell in own.items() if type(cell.value) is str), next(iter(own)))
        self.refusals[row, column] = Rejected(self.file, self.sheet.name, place(row, column), reason, own[column].text)

    def _has(self, own: dict[int, Cell], names: Iterable[str]) -> bool:
        return any(self._cell(own, name) is not None for name in names)

    def _is_total(self, row: int, own: dict[int, Cell], texts: dict[int, str]) -> bool:
        if self._has(own, ("code", "serial", "mac")):
            return False
        first = next(iter(texts.values()), "")
        if first and rows.is_total(first):
            return True
        name = self._cell(own, "name")
        number = self._cell(own, "number")
        only_sums = all(column in {self.columns.at.get(n) for n in (*SUMMED, "unit_price")} for column in own)
        return name is None and number is None and only_sums and bool(self.found.lines) and self._seen(row, "name") is None

    def _is_signature(self, own: dict[int, Cell], texts: dict[int, str]) -> bool:
        name = self._cell(own, "name")
        if len(own) > 5 or len(texts) < len(own) or (name is not None and not rows.is_signature(name.text)):
            return False
        number = self._cell(own, "number")
        if number is not None and number.text.strip(" .").isdigit():
            return False
        return any(rows.is_signature(text) for text in texts.values()) and not any(product(text).kind for text in texts.values())

    def _like_asset(self, own: dict[int, Cell]) -> bool:
        name = self._cell(own, "name")
        if name is None or type(name.value) is not str:
            return False
        number = self._cell(own, "number")
        counted = number is not None and number.text.strip(" .").isdigit()
        return (product(name.text).thing and len(own) >= 3) or (counted and len(own) >= 4)

    def _is_part(self, own: dict[int, Cell]) -> bool:
        """Whether a row is a detail of the line above: "+ Màn hình Dell 18.5", "- Bàn phím, chuột"."""
        name = self._cell(own, "name")
        if name is None or not self.found.lines or not _PART.match(name.text):
            return False
        return not self._has(own, ("number", *_TELLING, "price", "unit_price", "residual_value", *DATES))

    def _add_part(self, row: int, own: dict[int, Cell]) -> None:
        name = self._cell(own, "name")
        line = self.found.lines[-1]
        if name is not None:
            part = (self._heading("name"), " ".join(name.text.split()))
            self.found.lines[-1] = replace(line, more=(*line.more, part))
        self._leave_out(row, own, pack("detail.register_part"))

    # -- groups -------------------------------------------------------------------------------------------------------------

    def _group(self, row: int, own: dict[int, Cell], texts: dict[int, str]) -> Told | None:
        """What a row says for the rows beneath it, or None for an asset."""
        sums = {self.columns.at.get(name) for name in SUMMED}
        number_column = self.columns.at.get("number")
        marks = [column for column in own if column == number_column or rows.is_group_number(own[column].text)]
        said = {column: text for column, text in texts.items() if column not in marks or len(own) == 1 or len(fold(text)) > 6}
        others = [column for column in own if column not in said and column not in marks and column not in sums]
        if len(said) != 1 or others:
            return None
        column, text = next(iter(said.items()))
        code = self.columns.at.get("code")
        if self._has({c: cell for c, cell in own.items() if c not in marks and not c == column == code}, _TELLING):
            return None
        number = own.get(number_column) if number_column is not None and number_column != column else None
        number = number or next((own[c] for c in own if c < column and rows.is_group_number(own[c].text)), None)
        summed = any(column in sums for column in own)
        plain = rows.without_number(text)
        area = self.grid.area(row, column)
        over = self.grid.area(self.columns.table.heading_rows[0], column)  # a heading as wide: all its cells are
        wide = area is not None and area.right - area.left >= 2 and (over is None or area.right > over.right)
        known = self.names.find(plain)
        is_office = known is not None or like_office(plain)
        thing = product(plain)
        sure = wide or is_office or (number is not None and rows.is_group_number(number.text)) or column == number_column
        if number is not None and not rows.is_group_number(number.text):
            if not (is_office and not thing.thing) and not self._has_parts(row, number.text):
                return None
        elif not sure and plain == text:
            uncounted = "quantity" in self.columns.at and self._cell(own, "quantity") is None
            of_sort = self._bare_kind(plain) or rows.is_sort(plain) or (rows.is_place(plain) and not thing.kind)
            if summed and not ((self.numbered or uncounted) and (text.isupper() or of_sort)):
                return None
            if not summed and not self.numbered and thing.thing and not self._bare_kind(plain) and not rows.is_sort(plain):
                return None
        if (
            self.columns.at.get("name") == column
            and not sure
            and not self.numbered
            and plain == text
            and len(self.columns.at) < 3
        ):
            return None
        if known is not None or is_office:
            return Told(known, plain)
        if rows.is_place(plain) and not thing.kind:
            return self.told._replace(place=plain)
        if thing.thing:
            return self.told._replace(kind=thing.kind)
        if self.told.place is not None and not rows.is_sort(plain):
            return self.told._replace(place=plain)  # the groups of this table are rooms: "Kế toán" after "Phòng Tư pháp"
        return self.told._replace(kind=None)

    @staticmethod
    def _bare_kind(text: str) -> bool:
        told = product(text)
        return told.thing and told.vendor is None and told.model is None

    def _has_parts(self, row: int, number: str) -> bool:
        """Whether the next row is numbered as a part of this one: 2.1 beneath 2."""
        column = self.columns.at["number"]
        beneath = self.sheet.rows.get(self.next_row.get(row, 0), {})
        return (
            column in beneath
            and beneath[column].text.strip().startswith(number.strip(" .") + ".")
            and number.strip(" .").isdigit()
        )

    # -- lines --------------------------------------------------------------------------------------------------------------

    def _seen(self, row: int, name: str) -> tuple[Cell, Place] | None:
        """A field's cell in a row, and where it stands; of a merged area where its value holds for all rows of it."""
        column = self.columns.at.get(name)
        if column is None:
            return None
        return self._seen_at(row, column, name in _FOR_ALL_ROWS)

    def _seen_at(self, row: int, column: int, for_all: bool) -> tuple[Cell, Place] | None:
        own = self.grid.own(row, column)
        if own is not None and not (not for_all and type(own.value) is str and own.text.strip().lower() in _DITTO):
            return self._ditto(column, own), (row, column)
        area = self.grid.area(row, column)
        if area is None or not for_all or area.left != column or area.top < self.columns.first:
            return None
        cell = self.grid.own(area.top, area.left)
        return (cell, (area.top, area.left)) if cell is not None else None

    def _ditto(self, column: int, cell: Cell) -> Cell:
        return self.above.get(column, cell) if type(cell.value) is str and cell.text.strip().lower() in _DITTO else cell

    def _shared(self, row: int, name: str) -> tuple[Cell, Area] | None:
        """A field's value that stands for several rows together."""
        column = self.columns.at.get(name)
        area = self.grid.area(row, column) if column is not None else None
        if area is None or area.bottom == area.top:
            return None
        cell = self.grid.own(area.top, area.left)
        return (cell, area) if cell is not None else None

    def _take(self, row: int, name: str, read: Callable[[Cell | None], T | Refused | None]) -> T | None:
        seen = self._seen(row, name)
        if seen is None:
            return None
        result = read(seen[0])
        if isinstance(result, Refused):
            self._refuse(seen[1], seen[0], result.reason)
            return None
        return result

    def _refuse(self, at: Place, content: Cell, reason: str) -> None:
        if (before := self.refusals.get(at)) is not None:
            if reason not in before.reason.split("\n"):
                self.refusals[at] = replace(before, reason=together((before.reason, reason)))
            return
        self.fresh.append(at)
        self.refusals[at] = Rejected(self.file, self.sheet.name, place(*at), reason, content.text, whole_row=False)

    def _leave_line_out(self, row: int, own: dict[int, Cell], reason: str) -> None:
        """A row that turned out to be no asset: what was refused of it counts no more."""
        for at in self.fresh:
            del self.refusals[at]
        self._leave_out(row, own, reason)

    def _line(self, row: int, own: dict[int, Cell]) -> None:
        self.fresh = []
        name = self._take(row, "name", values.text)
        kind_told = self._take(row, "kind", values.text)
        model_told = self._take(row, "model", values.text)
        vendor_told = self._take(row, "vendor", values.text)
        if name is None:
            if self._continues(row, own):
                return
            name = " ".join(filter(None, (kind_told, vendor_told, model_told))) or None
        elif not any(c.isalpha() for c in name):  # "303" beside "Bộ phát wifi"
            name = " ".join(filter(None, (kind_told, vendor_told, name)))
        if name is None or not any(c.isalpha() for c in name):
            self._leave_line_out(row, own, pack("detail.register_no_name"))
            return
        quantity, unit_told = self._quantity(row)
        if quantity is None and self._seen(row, "quantity") is None and (count := _COUNT.search(name)) is not None:
            quantity, unit_told = int(count[1]), count[2]
        code = self._take(row, "code", values.identifier)
        if quantity is None and code is not None and self._seen(row, "quantity") is None and self.codes[code] == 1:
            quantity = values.codes(code) if values.codes(code) > 1 else None  # "TSCD00011 - TSCD00013": a code for each
        if quantity == 0:
            self._leave_line_out(row, own, pack("detail.register_none_left"))
            return
        serials = self._take(row, "serial", lambda cell: values.serials(cell, quantity or 1)) or ()
        note_cell = self._seen(row, "note")
        note_told = note_cell[0].text if note_cell is not None else ""
        serials = serials or values.serials_inside(name) or values.serials_inside(note_told)
        macs = self._take(row, "mac", values.macs) or values.macs_inside(name) or values.macs_inside(note_told)
        of_name, of_model = product(name), product(model_told or "")
        of_vendor = product(vendor_told or "")
        kind = of_name.kind
        if kind is None and not of_name.thing:
            kind = (
                product(kind_told or "").kind or of_model.kind or (self.told.kind if not product(kind_told or "").thing else None)
            )
        brand = vendor(vendor_told) if vendor_told else of_name.vendor or of_model.vendor
        model = (of_model.model if of_model.vendor and of_model.model else model_told) or of_name.model or of_vendor.model
        office, office_told, place_told = self._office(row)
        more, state_told, note = self._state(row, name)
        line = Line(
            self.file,
            self.sheet.name,
            row,
            name,
            code=code,
            kind=kind,
            vendor=brand,
            model=model,
            serials=serials,
            macs=macs,
            host_name=self._take(row, "host_name", values.text),
            address=self._take(row, "address", values.address),
            office=office,
            office_told=office_told,
            place=place_told,
            user=self._take(row, "user", values.text),
            quantity=quantity or max(1, len(serials)),
            unit=self._take(row, "unit", values.text) or unit_told,
            unit_price_vnd=self._price(row, "unit_price"),
            price_vnd=self._price(row, "price"),
            residual_value_vnd=self._price(row, "residual_value"),
            acquired=self._date(row, "acquired", more),
            in_use=self._date(row, "in_use", more),
            warranty_to=self._date(row, "warranty_to", more),
            state=state_told,
            note=note,
        )
        more += self._more(row)
        self.found.lines.append(replace(line, more=tuple(more)))
        self.found.columns.append(self.columns.at)

    def _continues(self, row: int, own: dict[int, Cell]) -> bool:
        """Whether a row without a name only tells further serial numbers of the line above, which has several things."""
        if not self.found.lines or self._has(own, ("name", "kind", "vendor", "model", "quantity", "price", "code", "number")):
            return False
        line = self.found.lines[-1]
        serials = values.serials(self._cell(own, "serial"))
        if line.row < row - line.quantity or not isinstance(serials, tuple) or len(line.serials) + len(serials) > line.quantity:
            return False
        macs = values.macs(self._cell(own, "mac"))
        self.found.lines[-1] = replace(
            line, serials=(*line.serials, *serials), macs=(*line.macs, *(macs if isinstance(macs, tuple) else ()))
        )
        return True

    def _quantity(self, row: int) -> tuple[int | None, str | None]:
        shared = self._shared(row, "quantity")
        if shared is not None:
            cell, area = shared
            told = values.quantity(cell)
            height = sum(1 for r in range(area.top, area.bottom + 1) if r in self.sheet.rows)
            if isinstance(told, Refused):
                self._refuse((area.top, area.left), cell, told.reason)
            elif told is not None and told[0] != height:
                self._refuse((area.top, area.left), cell, pack("detail.register_merged_quantity", rows=height))
            return 1, told[1] if isinstance(told, tuple) and not isinstance(told, Refused) else None
        told = self._take(row, "quantity", values.quantity)
        if told is None:
            if self._seen(row, "quantity") is not None:
                self.refused_sums.add("quantity")
            return None, None
        return told

    def _price(self, row: int, name: str) -> int | None:
        column = self.columns.at.get(name)
        if column is None:
            return None
        scale = self.columns.scales.get(column, 1)
        shared = self._shared(row, name) if name != "unit_price" else None
        if shared is None:
            amount = self._take(row, name, lambda cell: values.amount(cell, scale))
            if amount is None and (seen := self._seen(row, name)) is not None and not values.blank(seen[0]):
                self.refused_sums.add(name)
            return amount
        cell, area = shared
        whole = values.amount(cell, scale)
        if isinstance(whole, Refused):
            self._refuse((area.top, area.left), cell, whole.reason)
            return None
        members = [r for r in range(area.top, area.bottom + 1) if r in self.sheet.rows]
        if whole is None or whole % len(members) == 0:
            return None if whole is None else whole // len(members)
        return whole if row == members[0] else None

    def _date(self, row: int, name: str, more: list[tuple[str, str]]) -> str | None:
        ahead = name == "warranty_to"
        told = self._take(row, name, lambda cell: values.day(cell, self.today, ahead))
        seen = self._seen(row, name)
        if (
            told is not None
            and seen is not None
            and type(seen[0].value) is str
            and len(told) == 4
            and not seen[0].text.strip().isdigit()
        ):
            more.append((self._heading(name), seen[0].text))  # a quarter, "about": more than the year says
        return told

    def _heading(self, name: str) -> str:
        return self.columns.table.headings.get(letters(self.columns.at[name]), name)

    def _office(self, row: int) -> tuple[str | None, str, str | None]:
        """(code, text, place) of a row: its own words, else what holds here."""
        said = self._take(row, "office", values.text)
        where = self._take(row, "place", values.text)
        if said is not None:
            found = self.names.find(said)
            if found is not None:
                return found, said, where or self.told.place
            if like_office(said):
                return None, said, where or self.told.place
            return self.told.office or self.default.office, said, where or said
        if where is not None and (found := self.names.find(where)) is not None and "office" not in self.columns.at:
            return found, where, self.told.place
        if self.told.office is not None or self.told.office_told:
            return self.told.office, self.told.office_told, where or self.told.place
        return self.default.office, self.default.office_told, where or self.told.place

    def _state(self, row: int, name: str | None) -> tuple[list[tuple[str, str]], State | None, str | None]:
        """What is kept beside the fields, the state, the note."""
        more: list[tuple[str, str]] = []
        note = self._take(row, "note", values.text)
        said = self._take(row, "state", values.text)
        told = state(said) if said else None
        ticks = [told for column, told in self.columns.ticks.items() if values.ticked(self.grid.own(row, column))]
        if len(ticks) == 1 and told is None:
            told = ticks[0]
        if said and told is None:
            told = state_of_note(note or "")
            seen = self._seen(row, "state")
            if seen is not None:
                self._refuse(seen[1], seen[0], pack("detail.register_no_state"))
        elif said and not is_plain(said):
            more.append((self._heading("state"), said))
        if note and (by_note := state_of_note(note)) is not None and (told is None or told is State.IN_USE):
            told = by_note if told is None or by_note in (State.SCRAPPED, State.MOVED) else told
        if told is None and name is not None:
            told = state_of_note(name)
        if told in (None, State.IN_USE):
            reasons = [seen[0].text for c in sorted(self.columns.reduced) if (seen := self._seen_at(row, c, True)) is not None]
            if any(not values.blank(Cell(text, text)) and text != "0" for text in reasons):
                told = next((s for text in reasons if (s := state(text)) not in (None, State.IN_USE)), State.SCRAPPED)
        return more, told, note

    def _more(self, row: int) -> list[tuple[str, str]]:
        found = []
        for column, heading in self.columns.more.items():
            seen = self._seen_at(row, column, True)
            if seen is not None and not values.blank(seen[0]) and not isinstance(seen[0].value, Fault):
                found.append((heading, " ".join(seen[0].text.split())))
        return found

    # -- sums ---------------------------------------------------------------------------------------------------------------

    def _sum(self, row: int, own: dict[int, Cell]) -> None:
        told = {}
        for name in SUMMED:
            column = self.columns.at.get(name)
            if column is None or column not in own:
                continue
            cell = own[column]
            if name == "quantity":
                count = values.quantity(cell)
                amount = count[0] if isinstance(count, tuple) and not isinstance(count, Refused) else None
            else:
                price = values.amount(cell, self.columns.scales.get(column, 1))
                amount = price if isinstance(price, int) else None
            if amount is not None:
                told[name] = column, amount
        self.sums.append(Sum(row, len(self.found.lines), told))
