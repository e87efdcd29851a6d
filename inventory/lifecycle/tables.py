"""A table of the lifecycle data as rows that know where they stand: the workspace's first, then the shipped ones.

A table is CSV as spreadsheet programs save it (comma, semicolon or tab; UTF-8 or an older Vietnamese code), with its headings in
English or Vietnamese (`headings.yaml`) and lines that begin with `#` as remarks. A row that cannot be used gets one sentence and
is left out; the others are read.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import ClassVar, TypeVar

from inventory import yaml_files
from inventory.folding import fold
from inventory.problems import Problem
from inventory.registers.encodings import Code, decode, text_of
from inventory.registers.files.cells import Cell
from inventory.registers.values import amount

#: The folder of a workspace whose tables come before the shipped ones.
FOLDER = "lifecycle"
SHIPPED = Path(__file__).with_name("data")
#: A table of more octets is none that people keep: it is not read.
LARGEST = 32 * 2**20

VERIFIED, UNVERIFIED = "verified", "unverified"
_STATUS = {
    **dict.fromkeys(("verified", "da kiem chung", "da xac minh", "da kiem tra", "yes", "true"), VERIFIED),
    **dict.fromkeys(("", "unverified", "chua kiem chung", "chua xac minh", "chua kiem tra", "no", "false"), UNVERIFIED),
}
_LOCAL_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")

Value = TypeVar("Value")


class LifecycleError(Problem):
    """Why a table, or a row of it, cannot be used. Every message has `file`."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "lifecycle_unreadable": "{file}: cannot be read ({reason}); check the name and the permissions.",
        "lifecycle_not_table": "{file}: this is no table in text; save it as CSV from a spreadsheet program.",
        "lifecycle_too_large": "{file}: the file is larger than {limit} MB; no lifecycle table is.",
        "lifecycle_columns": "{file}, line {line}: the column “{column}” is missing; the columns are {columns}.",
        "lifecycle_blank": "{file}, line {line}: the column “{column}” is blank; the row was left out.",
        "lifecycle_no_date": "{file}, line {line}: “{given}” ({column}) is no date; write yyyy-mm-dd or dd/mm/yyyy. "
        "The row was left out.",
        "lifecycle_no_number": "{file}, line {line}: “{given}” ({column}) is no number that makes sense there; "
        "the row was left out.",
        "lifecycle_no_kind": "{file}, line {line}: there is no kind “{given}”; the kinds are {known}. The row was left out.",
        "lifecycle_no_status": "{file}, line {line}: “{given}” is neither “verified” nor “unverified”; the row was left out.",
        "lifecycle_no_releases": "{file}: no products of endoflife.date are there that a device could tell "
        "(products/*.md, *.json).",
        "lifecycle_no_front_matter": "{file}: there is no list of releases in it; the file was left out.",
        "lifecycle_broken": "{file}, line {line}: this is where it stops making sense; the file was left out.",
        "lifecycle_nameless": "{file}: a release without a name was left out.",
        "lifecycle_release_date": "{file}, release {release}: “{given}” ({column}) is no date; it was left blank.",
        "lifecycle_which_table": "{file}: neither hardware (vendor, model_glob) nor releases (product, release) by its headings; "
        "nothing was changed.",
        "lifecycle_no_pattern": "{file}, line {line}: “{given}” ({column}) is no regular expression; the row was left out.",
    }


@dataclass(frozen=True, slots=True)
class Row:
    """A row's cells by column, and where it stands. `own`: of the workspace, not shipped."""

    file: str
    line: int
    own: bool
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """Text on one line; "" where there is none."""
        return self.cells.get(column, "")

    def required(self, column: str) -> str:
        """Raises `LifecycleError` for a blank."""
        if not self.text(column):
            raise LifecycleError("lifecycle_blank", file=self.file, line=self.line, column=column)
        return self.text(column)

    def day(self, column: str) -> date | None:
        """yyyy-mm-dd or dd/mm/yyyy. Raises `LifecycleError`."""
        given = self.text(column)
        if not given:
            return None
        local = _LOCAL_DATE.fullmatch(given)
        try:
            return date(int(local[3]), int(local[2]), int(local[1])) if local else date.fromisoformat(given)
        except ValueError:
            raise LifecycleError("lifecycle_no_date", file=self.file, line=self.line, column=column, given=given) from None

    def number(self, column: str, least: float, most: float) -> float | None:
        """A number of `least` to `most`, with a decimal point or comma. Raises `LifecycleError`."""
        given = self.text(column)
        if not given:
            return None
        try:
            said = float(given.replace(",", "."))
        except ValueError:
            said = math.nan
        if not least <= said <= most:
            raise LifecycleError("lifecycle_no_number", file=self.file, line=self.line, column=column, given=given)
        return said

    def dong(self, column: str) -> int | None:
        """An amount of money: 15000000, 15.000.000, "15 triệu". Raises `LifecycleError`."""
        given = self.text(column)
        if not given:
            return None
        said = amount(Cell(given, given))
        if not isinstance(said, int):
            raise LifecycleError("lifecycle_no_number", file=self.file, line=self.line, column=column, given=given)
        return said

    def one_of(self, column: str, known: Sequence[str]) -> str:
        """Raises `LifecycleError` for another word."""
        given = self.required(column).casefold()
        if given not in known:
            raise LifecycleError("lifecycle_no_kind", file=self.file, line=self.line, given=given, known=", ".join(known))
        return given

    def pattern(self, column: str) -> re.Pattern[str] | None:
        """A regular expression without regard to case. Raises `LifecycleError`."""
        given = self.text(column)
        try:
            return re.compile(given, re.IGNORECASE) if given else None
        except re.error:
            raise LifecycleError("lifecycle_no_pattern", file=self.file, line=self.line, column=column, given=given) from None

    def verified(self) -> bool:
        """Whether somebody read the source; blank is no. Raises `LifecycleError`."""
        given = self.text("status")
        if fold(given) not in _STATUS:
            raise LifecycleError("lifecycle_no_status", file=self.file, line=self.line, given=given)
        return _STATUS[fold(given)] == VERIFIED


@dataclass(slots=True)
class Troubles:
    """What could not be used, in the order in which it was met."""

    listed: list[LifecycleError] = field(default_factory=list)

    def read(self, rows: Iterable[Row], make: Callable[[Row], Value]) -> Iterator[Value]:
        """`make` of every row; a row for which it raises `LifecycleError` is noted and left out."""
        for row in rows:
            try:
                yield make(row)
            except LifecycleError as trouble:
                self.listed.append(trouble)


def layered(name: str, folder: Path | None, troubles: Troubles, *required: str) -> list[Row]:
    """Rows of a table: those of `folder` (a workspace's `lifecycle/`), then those that are shipped.

    A file of the workspace that cannot be read is a trouble, and the shipped rows stand alone.
    """
    found: list[Row] = []
    own = folder / name if folder else None
    if own is not None and own.is_file():
        try:
            found += read(own, *required, shown=f"{FOLDER}/{name}")
        except LifecycleError as trouble:
            troubles.listed.append(trouble)
    if (SHIPPED / name).is_file():
        found += _shipped(name, *required)
    return found


@cache
def _shipped(name: str, *required: str) -> tuple[Row, ...]:
    return tuple(read(SHIPPED / name, *required, own=False))


def read(path: Path, *required: str, shown: str = "", own: bool = True) -> list[Row]:
    """The rows of a CSV file; `shown`: what messages call it. Raises `LifecycleError`: unreadable, no text, or without a
    column of `required`."""
    file = shown or path.name
    try:
        if path.stat().st_size > LARGEST:
            raise LifecycleError("lifecycle_too_large", file=file, limit=LARGEST // 2**20)
        octets = path.read_bytes()
    except OSError as error:
        raise LifecycleError("lifecycle_unreadable", file=file, reason=error.strerror or error) from None
    text, code = text_of(octets)
    if octets.startswith(b"PK") or "\0" in text:  # a workbook, or something else that is packed
        raise LifecycleError("lifecycle_not_table", file=file)
    if code == "western":
        text = "\n".join(decode(line, Code.UNICODE)[0] for line in text.splitlines())
    return rows(text, file, *required, own=own)


def rows(text: str, file: str, *required: str, own: bool = True) -> list[Row]:
    """The rows of a table in text. Raises `LifecycleError`."""
    lines = ["\n" if line.lstrip().startswith("#") else line for line in text.splitlines(keepends=True)]
    head = next((line for line in lines if line.strip()), "")
    reader = csv.reader(lines, delimiter=max(",;\t", key=head.count))
    found: list[Row] = []
    names: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = [_column(cell) for cell in cells]
                for column in required:
                    if column not in names:
                        raise LifecycleError(
                            "lifecycle_columns", file=file, line=reader.line_num, column=column, columns=", ".join(required)
                        )
                continue
            found.append(Row(file, reader.line_num, own, {n: " ".join(c.split()) for n, c in zip(names, cells, strict=False)}))
    except csv.Error:  # a cell of more than 128 KiB: a quotation mark that nobody closes, or no table at all
        raise LifecycleError("lifecycle_not_table", file=file) from None
    if names is None and required:
        raise LifecycleError("lifecycle_columns", file=file, line=1, column=required[0], columns=", ".join(required))
    return found


@cache
def _headings() -> Mapping[str, str]:
    """Folded heading -> column."""
    known: dict[str, list[str]] = yaml_files.read(Path(__file__).with_name("headings.yaml"))
    return {fold(heading): column for column, others in known.items() for heading in (column, *others)}


def _column(heading: str) -> str:
    return _headings().get(fold(heading), heading.strip().casefold())
