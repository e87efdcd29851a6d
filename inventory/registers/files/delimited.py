"""CSV in any code and with any separator."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from inventory.registers.encodings import text_of
from inventory.registers.files.cells import Cell, Fault, RegisterError, Sheet

_SEPARATORS = ",;\t|"
_SAMPLE = 400  # records
_LONGEST_CELL = 1000  # lines of text in one cell
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def read(file: str, name: str, octets: bytes) -> tuple[Sheet, str]:
    """The one sheet of a CSV file, and the code of its text as `encodings.text_of` has it. Raises RegisterError.

    The separator is the one that gives most records the same number of cells, as long as it is more than one.
    """
    text, code = text_of(octets)
    if _is_no_text(text[:4096]):
        raise RegisterError("register_damaged", file=file)
    told, text = _told_separator(text)
    separator = told or max(_SEPARATORS, key=lambda sign: (_evenness(text, sign), -_SEPARATORS.index(sign)))
    rows = {}
    for number, (record, broken) in enumerate(_records(text, separator), start=2 if told else 1):
        cells = {column: _cell(said, broken) for column, said in enumerate(record, start=1) if said.strip()}
        if cells:
            rows[number] = cells
    return Sheet(name, rows), code


def _is_no_text(sample: str) -> bool:
    """Full of signs that no text has, and hardly a line without them: a few spoilt rows of a short register are not that."""
    clean = sum(len(line) for line in sample.split("\n") if not _CONTROL.search(line))
    return sum(1 for _ in _CONTROL.finditer(sample)) * 50 > len(sample) and clean * 20 < len(sample)


def _told_separator(text: str) -> tuple[str, str]:
    """Excel's own first line "sep=;", and the text behind it."""
    found = re.match(r'"?sep=(.)"?\r?\n', text, re.IGNORECASE)
    return (found[1], text[found.end() :]) if found else ("", text)


def _cell(said: str, broken: bool) -> Cell:
    return Cell(Fault.OPEN_QUOTE if broken and said.startswith('"') and said.count('"') % 2 else said, said)


def _records(text: str, separator: str) -> list[tuple[list[str], bool]]:
    """Records, and whether one is broken: a quotation mark that nobody closes would swallow what follows, so it ends there."""
    csv.field_size_limit(10_000_000)
    try:
        return _parsed(list(io.StringIO(text, newline="")), separator)
    except csv.Error:  # a carriage return alone between records
        return _parsed(list(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"), newline="")), separator)


def _parsed(lines: list[str], separator: str) -> list[tuple[list[str], bool]]:
    found: list[tuple[list[str], bool]] = []
    begin = 0
    while begin < len(lines):
        start = begin
        reader = csv.reader((lines[at] for at in range(start, len(lines))), delimiter=separator)
        for record in reader:
            end = start + reader.line_num
            if (end - begin > 1 or end == len(lines)) and _open(lines[begin:end], separator):
                found.append((next(csv.reader([lines[begin]], delimiter=separator, quoting=csv.QUOTE_NONE)), True))
                begin += 1
                break
            found.append((record, False))
            begin = end
    return found


def _open(lines: list[str], separator: str) -> bool:
    """Whether a record has a quotation mark without an end; one of several lines also where the end is another cell's."""
    try:
        list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error as error:
        return len(lines) > 1 or "unexpected end" in str(error)
    return len(lines) > _LONGEST_CELL


def _evenness(text: str, separator: str) -> tuple[int, int]:
    """Records that have the most usual number of cells above one, and that number."""
    head = "\n".join(text.splitlines()[:_SAMPLE])
    try:
        counts = Counter(len(record) for record in csv.reader(io.StringIO(head, newline=""), delimiter=separator))
    except csv.Error:
        counts = Counter(line.count(separator) + 1 for line in head.split("\n"))
    counts.pop(0, None)
    counts.pop(1, None)
    return max(((count, width) for width, count in counts.items()), default=(0, 0))
