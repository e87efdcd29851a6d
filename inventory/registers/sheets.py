"""A file of an office as sheets of Unicode text, whatever its format and code. The only place that opens the file."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from inventory.registers import encodings
from inventory.registers.encodings import Code
from inventory.registers.files import delimited, web, xls, xlsx
from inventory.registers.files.cells import Cell, RegisterError, Sheet
from inventory.sentences import pack

#: Octets of a file; a register of 10,000 lines has about one million.
LARGEST = 100_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")  # Excel 2, 3 and 4: no container
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|meta|table|style)\b", re.IGNORECASE)
_OTHER = (
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7-Zip"),
)


def read(path: Path) -> tuple[tuple[Sheet, ...], tuple[str, ...]]:
    """(sheets, notes) of a file: what it is, is told by what is in it, not by its name. Raises RegisterError.

    Notes are packed: a format that the name does not tell, a legacy code that was found and how often.
    """
    sheets, notes = _sheets(path)
    decoded, found = _decoded(path.name, sheets)
    return decoded, (*notes, *found)


def _sheets(path: Path) -> tuple[tuple[Sheet, ...], tuple[str, ...]]:
    file = str(path)
    try:
        if path.stat().st_size > LARGEST:
            raise RegisterError("register_too_large", file=file, limit=LARGEST // 1_000_000)
        octets = path.read_bytes()
    except FileNotFoundError:
        raise RegisterError("register_not_found", file=file) from None
    except OSError as error:
        raise RegisterError("register_not_readable", file=file, detail=error.strerror or "?") from None
    if not octets.strip(b"\x00 \t\r\n"):
        raise RegisterError("register_empty", file=file)
    suffix = path.suffix.lower()
    if octets.startswith(b"PK"):
        if (kind := _other_package(octets)) is not None:
            raise RegisterError("register_other_format", file=file, format=kind)
        return xlsx.read(file, octets), _as_named(suffix, (".xlsx", ".xlsm", ".xltx"), "XLSX")
    if octets.startswith(_OLE) or octets.startswith(_OLD_EXCEL):
        if "EncryptedPackage".encode("utf-16-le") in octets:  # an XLSX behind a password
            raise RegisterError("register_locked", file=file)
        if "WordDocument".encode("utf-16-le") in octets:
            raise RegisterError("register_other_format", file=file, format="Word (DOC)")
        return xls.read(file, octets), _as_named(suffix, (".xls", ".xlt"), "XLS")
    for beginning, kind in _OTHER:
        if octets.startswith(beginning):
            raise RegisterError("register_other_format", file=file, format=kind)
    head = octets[:2048].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(b"<"):
        if b"urn:schemas-microsoft-com:office:spreadsheet" in head or not _PAGE.search(head):
            raise RegisterError("register_other_format", file=file, format="XML")
        pages, code = web.read(octets)
        return pages, (pack("detail.register_really", format="HTML"), *_code_note(code))
    sheet, code = delimited.read(file, "", octets)
    return (sheet,), (*_as_named(suffix, (".csv", ".txt", ".tsv", ".tab"), "CSV"), *_code_note(code))


def _other_package(octets: bytes) -> str | None:
    """What a package of the same container as XLSX is, where it is something else."""
    try:
        names = set(zipfile.ZipFile(io.BytesIO(octets)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if "xl/workbook.bin" in names:
        return "XLSB"
    if any(name.startswith("word/") for name in names):
        return "Word (DOCX)"
    return "OpenDocument (ODS)" if "content.xml" in names else "ZIP" if not any(n.endswith(".rels") for n in names) else None


def _as_named(suffix: str, suffixes: tuple[str, ...], kind: str) -> tuple[str, ...]:
    return () if suffix in suffixes else (pack("detail.register_really", format=kind),)


def _code_note(code: str) -> tuple[str, ...]:
    return () if code in ("utf-8", "western") else (pack("detail.register_code", code=code.upper()),)


def _decoded(file: str, sheets: tuple[Sheet, ...]) -> tuple[tuple[Sheet, ...], tuple[str, ...]]:
    """The sheets in Unicode: every cell in the code that its own text tells, else its font, its sheet, the file."""
    texts = [[cell.text for row in sheet.rows.values() for cell in row.values() if type(cell.value) is str] for sheet in sheets]
    of_file = encodings.prevailing(text for of_sheet in texts for text in of_sheet)
    known = encodings.vocabulary(text for of_sheet in texts for text in of_sheet)
    decoded, notes = [], []
    for sheet, of_sheet in zip(sheets, texts, strict=True):
        around = encodings.prevailing(of_sheet) if any(not text.isascii() for text in of_sheet) else of_file
        counts: Counter[Code] = Counter()
        told: dict[tuple[str, Code], tuple[str, Code]] = {}  # a text stands in many cells
        rows = {number: _decoded_row(row, around, known, counts, told) for number, row in sheet.rows.items()}
        name = unicodedata.normalize("NFC", encodings.decode(sheet.name, Code.UNICODE)[0]).strip()
        decoded.append(replace(sheet, name=name, rows={number: row for number, row in rows.items() if row}))
        notes += [
            pack("detail.register_legacy", sheet=name or file, code=_CODE_NAMES[code], count=count)
            for code, count in sorted(counts.items())
            if code is not Code.UNICODE
        ]
    return tuple(decoded), tuple(notes)


_CODE_NAMES = {
    Code.TCVN3: "TCVN3 (ABC)",
    Code.VNI: "VNI",
    Code.CP1258: "Windows-1258",
    Code.UTF8: "UTF-8",
}


def _decoded_row(
    row: Mapping[int, Cell],
    around: Code,
    known: frozenset[str],
    counts: Counter[Code],
    told: dict[tuple[str, Code], tuple[str, Code]],
) -> dict[int, Cell]:
    found: dict[int, Cell] = {}
    for column, cell in row.items():
        if type(cell.value) is not str:
            found[column] = cell
            continue
        near = encodings.of_font(cell.font) or around
        if (cell.text, near) not in told:
            text, code = encodings.decode(cell.text, near, known)
            told[cell.text, near] = text.strip(), code
        text, code = told[cell.text, near]
        counts[code] += 1
        if text:
            found[column] = Cell(text, text, cell.font)
    return found
