"""XLSX (ECMA-376): the parts of the package that tell cells, merged areas, number formats and fonts.

Read here and not by a library because registers need what libraries leave out: the text of an error, the zeros that a format
puts before a serial number, the font that tells a legacy code; and because one stray cell at XFD1048576, or a bomb, must cost
nothing. Names of elements are compared without their namespace, so that the strict variant is read as well.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

from inventory.registers.files.cells import Area, Cell, Fault, RegisterError, Sheet
from inventory.registers.files.formats import BUILT_IN, cell_of

#: Octets of the parts that are read, unpacked. A register of 10,000 lines has about 20 MB.
LARGEST = 200_000_000
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class _Style(NamedTuple):
    code: str = "General"
    font: str = ""


class _Limited(io.RawIOBase):
    """A part of the package, unpacked while it is read, up to what the whole package may have."""

    def __init__(self, package: _Package, name: str) -> None:
        self._package, self._part = package, package.zip.open(name)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        octets = self._part.read(size if 0 < size < 1 << 20 else 1 << 16)
        self._package.left -= len(octets)
        if self._package.left < 0:
            raise RegisterError("register_too_large", file=self._package.file, limit=LARGEST // 1_000_000)
        return octets


class _Package:
    def __init__(self, file: str, octets: bytes) -> None:
        self.file, self.left = file, LARGEST
        self.zip = zipfile.ZipFile(io.BytesIO(octets))
        self.names = {name.lower(): name for name in self.zip.namelist()}

    def has(self, name: str) -> bool:
        return name.lower() in self.names

    def elements(self, name: str, wanted: frozenset[str]) -> Iterator[tuple[str, ElementTree.Element]]:
        """(plain name, element) of the wanted elements of a part, each when it is complete; it is emptied afterwards."""
        actual = self.names.get(name.lower())
        if actual is None:
            return
        parsing = ElementTree.iterparse(_Limited(self, actual), ("start", "end"))  # noqa: S314 — expat bounds what entities grow to
        open_elements: list[ElementTree.Element] = []
        for event, element in parsing:
            if event == "start":
                open_elements.append(element)
                continue
            open_elements.pop()
            plain = _plain(element.tag)
            if plain in wanted:
                yield plain, element
                element.clear()
                if open_elements:
                    open_elements[-1].remove(element)

    def relations(self, of: str) -> dict[str, tuple[str, str]]:
        """id -> (kind, part) of the parts that a part refers to."""
        folder, name = posixpath.split(of)
        found = {}
        for _, element in self.elements(f"{folder}/_rels/{name}.rels", frozenset({"Relationship"})):
            target = element.get("Target", "").replace("\\", "/")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            found[element.get("Id", "")] = (element.get("Type", "").rpartition("/")[2], part)
        return found


def read(file: str, octets: bytes) -> tuple[Sheet, ...]:
    """The worksheets of an XLSX file in their order. Raises RegisterError."""
    try:
        package = _Package(file, octets)
        if sum(info.file_size for info in package.zip.infolist() if info.filename.lower().endswith(".xml")) > LARGEST:
            raise RegisterError("register_too_large", file=file, limit=LARGEST // 1_000_000)
        return _workbook(package)
    except RuntimeError:  # zipfile: a part needs a password
        raise RegisterError("register_locked", file=file) from None
    except (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, EOFError, OSError, ValueError, KeyError, IndexError):
        raise RegisterError("register_damaged", file=file) from None
    except NotImplementedError:
        raise RegisterError("register_damaged", file=file) from None


def _workbook(package: _Package) -> tuple[Sheet, ...]:
    start = next((part for kind, part in package.relations("").values() if kind == "officeDocument"), "xl/workbook.xml")
    if not package.has(start):
        raise RegisterError("register_damaged", file=package.file)
    parts = package.relations(start)
    from_1904, sheets = False, []
    for kind, element in package.elements(start, frozenset({"workbookPr", "sheet"})):
        if kind == "workbookPr":
            from_1904 = element.get("date1904") in ("1", "true")
            continue
        relation = next((value for name, value in element.attrib.items() if _plain(name) == "id"), "")
        sheets.append((element.get("name", ""), element.get("state", "visible") != "visible", parts.get(relation, ("", ""))))
    of_kind = dict(parts.values())
    folder = posixpath.dirname(start)
    strings = _strings(package, of_kind.get("sharedStrings", f"{folder}/sharedStrings.xml"))
    styles = _styles(package, of_kind.get("styles", f"{folder}/styles.xml"))
    return tuple(
        _sheet(package, part, name, hidden, strings, styles, from_1904)
        for name, hidden, (kind, part) in sheets
        if kind == "worksheet" and package.has(part)
    )


def _strings(package: _Package, part: str) -> list[str]:
    return [_text(element) for _, element in package.elements(part, frozenset({"si"}))]


def _styles(package: _Package, part: str) -> list[_Style]:
    codes, fonts, styles = dict(BUILT_IN), [], []
    for kind, element in package.elements(part, frozenset({"numFmt", "font", "cellXfs", "dxfs"})):
        if kind == "numFmt":
            codes[_number(element.get("numFmtId"))] = element.get("formatCode", "General")
        elif kind == "font":
            names = (child.get("val", "") for child in element if _plain(child.tag) in ("name", "rFont"))
            fonts.append(next(names, ""))
        elif kind == "cellXfs":
            for child in element:
                font = _number(child.get("fontId"))
                code = codes.get(_number(child.get("numFmtId")), "General")
                styles.append(_Style(code, fonts[font] if 0 <= font < len(fonts) else ""))
    return styles


def _sheet(
    package: _Package, part: str, name: str, hidden: bool, strings: list[str], styles: list[_Style], from_1904: bool
) -> Sheet:
    rows: dict[int, dict[int, Cell]] = {}
    merged: list[Area] = []
    row = 0
    for kind, element in package.elements(part, frozenset({"row", "mergeCell"})):
        if kind == "mergeCell":
            if (area := _area(element.get("ref", ""))) is not None:
                merged.append(area)
            continue
        row = _number(element.get("r")) or row + 1
        column, cells = 0, {}
        for cell in element:
            reference = _REFERENCE.fullmatch(cell.get("r", ""))
            column = _column(reference[1]) if reference else column + 1
            if len(cell) and (read := _cell(cell, strings, styles, from_1904)) is not None:
                cells[column] = read
        if cells:
            rows[row] = dict(sorted(cells.items()))
    return Sheet(name, dict(sorted(rows.items())), tuple(merged), hidden)


def _cell(element: ElementTree.Element, strings: list[str], styles: list[_Style], from_1904: bool) -> Cell | None:
    style_number = _number(element.get("s"))
    style = styles[style_number] if 0 <= style_number < len(styles) else _Style()
    kind = element.get("t", "n")
    said = formula = ""
    for child in element:
        plain = _plain(child.tag)
        if plain == "f":
            formula = "=" + (child.text or "")
        elif plain == "v":
            said = child.text or ""
        elif plain == "is":
            said = _text(child)
    if kind == "s":
        number = _number(said, -1)
        said = strings[number] if 0 <= number < len(strings) else ""
    elif kind == "str":
        said = _unescaped(said)
    if not said.strip():
        return Cell(Fault.NOT_WORKED_OUT, formula, style.font) if formula and kind != "str" else None
    if kind == "e":
        return Cell(Fault(said) if said in set(Fault) else Fault.OTHER, said, style.font)
    if kind == "b":
        return Cell(said == "1", said, style.font)
    if kind == "n":
        try:
            number_said = float(said)
        except ValueError:
            return Cell(said, said, style.font)
        if abs(number_said) < float("inf"):
            return cell_of(number_said, style.code, style.font, from_1904)
    return Cell(said, said, style.font)


def _text(element: ElementTree.Element) -> str:
    """Text of a string: of itself and of its runs, without the phonetic guides."""
    found = []
    for child in element:
        plain = _plain(child.tag)
        if plain == "t":
            found.append(child.text or "")
        elif plain == "r":
            found.append(_text(child))
    return _unescaped("".join(found))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _plain(tag: str) -> str:
    return tag.rpartition("}")[2]


def _number(said: str | None, otherwise: int = 0) -> int:
    return int(said) if said is not None and said.isascii() and said.isdigit() and len(said) < 10 else otherwise


def _column(said: str) -> int:
    number = 0
    for letter in said:
        number = number * 26 + ord(letter) - 64
    return number


def _area(said: str) -> Area | None:
    first, _, last = said.partition(":")
    begins, ends = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last or first)
    if begins is None or ends is None:
        return None
    return Area(int(begins[2]), _column(begins[1]), int(ends[2]), _column(ends[1]))
