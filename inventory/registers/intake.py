"""A file on its way into the inventory: read as its office's people confirmed it before, shown, corrected, stored.

What the command and the notebook have in common.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from sqlalchemy.engine import Engine

from inventory import offices
from inventory.folding import fold
from inventory.offices import Offices
from inventory.problems import Problem
from inventory.registers import imports, mappings, recognised
from inventory.registers.imports import Difference
from inventory.registers.office_names import OfficeNames
from inventory.registers.reading import read
from inventory.registers.records import FIELDS, Register

#: How the names of files end that may be registers; what is in them decides.
SUFFIXES = (".xlsx", ".xlsm", ".xls", ".csv", ".tsv", ".txt", ".html", ".htm")


class IntakeError(Problem):
    """What was told of a file and does not fit it."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "register_office": "offices.yaml lists no office {code}; did you mean {nearest}?",
        "register_no_files": "{folder}: this folder holds no register (XLSX, XLS, CSV).",
        "register_column": "{file} has no column “{column}”; it has {known}.",
        "register_field": "“{field}” is nothing that a column can hold; did you mean “{nearest}”? A column that is to be "
        "left alone: -.",
    }


def files_of(paths: Iterable[Path]) -> list[Path]:
    """The files themselves, and for a folder those in it that may be registers. Raises IntakeError for a folder without."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
        if not inside:
            raise IntakeError("register_no_files", folder=path)
        found += inside
    return found


@dataclass(frozen=True)
class Issue:
    """One issue of some books: one file, or several that belong together."""

    register: Register
    digest: str
    confirmed: frozenset[str] = frozenset()  # headings of the columns of which a person said, now or before, what they hold
    news: bool = False  # something of that was said now
    office: str | None = None  # whose register it is: as told, else as the file's name has it
    books: str = ""


class Intake:
    """Reads files for one office, or for whichever their lines name. Raises IntakeError for an office that is not known."""

    #: What is written for a column that is no field.
    NONE = "-"

    def __init__(self, engine: Engine, known: Offices, office: str | None = None) -> None:
        if office is not None and office not in known.by_code:
            raise IntakeError("register_office", code=office, nearest=_nearest(office, list(known.by_code)))
        self.engine = engine
        self.offices = known
        self.office = office

    def read(
        self, path: Path, told: Mapping[str, str] | None = None, scale: int | None = None, *, confirmed: bool = False
    ) -> Issue:
        """A file, with its columns as they were confirmed before and as `told` says now (column letter or heading -> field).

        `scale`: dong that a 1 in the columns of prices stands for, where a person says so. `confirmed`: a person accepts what is
        recognised. Raises IntakeError, and RegisterError for a file that cannot be read.
        """
        office = self.office or self._office_of_name(path)
        register = read(path, self.offices, office=office)
        before = [one for table in register.tables if (one := mappings.recall(self.engine, office, table)) is not None]
        said = self._told(register, told or {})
        columns = {heading: field for one in before for heading, field in one.columns.items()} | said
        scales = {one.scale for one in before}
        told_scale = scale or (scales.pop() if len(scales) == 1 else None)
        if columns or told_scale:
            register = read(path, self.offices, columns, office, told_scale)
        # What is recognised without doubt needs no memory: a better reader may recognise more.
        accepted = recognised.unanimous(register) if confirmed else frozenset()
        news = bool(said or scale or accepted)
        return Issue(register, imports.digest(path), frozenset(columns) | accepted, news, office)

    def field(self, given: str) -> str:
        """The field of `records.FIELDS` that is meant, "" for none. Raises IntakeError."""
        if given == self.NONE:
            return ""
        if given not in FIELDS:
            raise IntakeError("register_field", field=given, nearest=_nearest(given, FIELDS))
        return given

    def together(self, issues: Sequence[Issue], books: str | None = None) -> list[Issue]:
        """Each issue with the name of its books (`books`, or what it is found to continue); files of the same books as one."""
        by_books: dict[str, list[Issue]] = defaultdict(list)
        for issue in issues:
            by_books[books or imports.books(self.engine, issue.register, issue.office)].append(issue)
        return [
            replace(same[0], books=name)
            if len(same) == 1
            else Issue(
                imports.together([one.register for one in same]),
                " ".join(sorted(one.digest for one in same)),
                frozenset().union(*(one.confirmed for one in same)),
                any(one.news for one in same),
                self.office,
                name,
            )
            for name, same in by_books.items()
        ]

    def compare(self, issue: Issue) -> Difference:
        """What storing would change."""
        return imports.compare(self.engine, issue.register, issue.books, issue.digest)

    def store(self, issue: Issue, at: int | None = None) -> Difference:
        """Import, and remember what a person confirmed of its columns. `at`: seconds since the epoch (now)."""
        offices.write(self.engine, self.offices, at)  # lines are asked for by office, also before the first scan
        if issue.news:
            mappings.remember(self.engine, issue.office, issue.register.tables, issue.confirmed, at)
        return imports.import_register(self.engine, issue.register, issue.books, issue.digest, at)

    def _office_of_name(self, path: Path) -> str | None:
        """The office that a file's name ends or begins with: "So tai san xa Thai Hoa 2025"."""
        words = imports.title(path.name).split("-")
        names = OfficeNames(self.offices)
        ends = [words[start:] for start in range(len(words) - 1)] + [words[:stop] for stop in range(len(words), 1, -1)]
        return next((code for part in ends if (code := names.find(" ".join(part))) is not None), None)

    def _told(self, register: Register, told: Mapping[str, str]) -> dict[str, str]:
        """heading -> field."""
        return {heading: self.field(field) for column, field in told.items() for heading in self._headings(register, column)}

    def _headings(self, register: Register, column: str) -> list[str]:
        """The headings that a letter or a heading, as typed, stands for."""
        found = [
            heading
            for table in register.tables
            for letter, heading in table.headings.items()
            if column == heading or column.upper() == letter or (fold(column) and fold(column) == fold(heading))
        ]
        if not found:
            known = ", ".join(f"{letter} “{heading}”" for table in register.tables for letter, heading in table.headings.items())
            raise IntakeError("register_column", file=register.file, column=column, known=known)
        return found


def _nearest(given: str, known: Sequence[str]) -> str:
    return (difflib.get_close_matches(given, known, n=1, cutoff=0.0) or ["?"])[0]
