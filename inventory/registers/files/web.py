"""Pages (HTML) that management software saves under the name .xls: their tables as sheets."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from inventory.registers.encodings import text_of
from inventory.registers.files.cells import Area, Cell, Sheet

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_LARGEST_SPAN = 1000


def read(octets: bytes) -> tuple[tuple[Sheet, ...], str]:
    """Every table of a page that is not part of another, and the code of the text as `encodings.text_of` has it."""
    text, code = text_of(octets)
    found = _CHARSET.search(octets[:4096])
    if code == "western" and found and found[1].lower() in (b"windows-1258", b"cp1258"):
        text, code = octets.decode("cp1258", "replace"), "cp1258"
    tables = _Tables()
    tables.feed(text)
    tables.close()
    return tuple(Sheet(f"Table {n}", rows, tuple(merged)) for n, (rows, merged) in enumerate(tables.found, start=1) if rows), code


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[dict[int, dict[int, Cell]], list[Area]]] = []
        self._depth = self._row = self._column = 0
        self._said: list[str] | None = None
        self._span = (1, 1)
        self._taken: set[tuple[int, int]] = set()
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        match tag:
            case "table":
                self._depth += 1
                if self._depth == 1:
                    self.found.append(({}, []))
                    self._row, self._taken = 0, set()
            case "style" | "script" | "title":
                self._unseen += 1
            case "tr" if self._depth == 1:
                self._end_cell()
                self._row, self._column = self._row + 1, 0
            case "td" | "th" if self._depth == 1:
                self._end_cell()
                given = dict(attrs)
                self._span = _span(given.get("rowspan")), _span(given.get("colspan"))
                self._said = []
            case "br" | "p" | "div" if self._said is not None:
                self._said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "table":
                self._end_cell()
                self._depth = max(0, self._depth - 1)
            case "style" | "script" | "title":
                self._unseen = max(0, self._unseen - 1)
            case "td" | "th" | "tr" if self._depth == 1:
                self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._said is not None and not self._unseen:
            self._said.append(re.sub(r"[\r\n\t ]+", " ", data))

    def _end_cell(self) -> None:
        if self._said is None:
            return
        self._row = max(1, self._row)
        self._column += 1
        while (self._row, self._column) in self._taken:
            self._column += 1
        down, right = self._span
        if self._span != (1, 1):
            area = Area(self._row, self._column, self._row + down - 1, self._column + right - 1)
            self.found[-1][1].append(area)
            self._taken |= {
                (row, column) for row in range(area.top, area.bottom + 1) for column in range(area.left, area.right + 1)
            }
        if text := "".join(self._said).strip():
            self.found[-1][0].setdefault(self._row, {})[self._column] = Cell(text, text)
        self._column += right - 1
        self._said = None


def _span(said: str | None) -> int:
    return min(int(said), _LARGEST_SPAN) if said and said.isascii() and said.isdigit() and 0 < len(said) < 6 and int(said) else 1
