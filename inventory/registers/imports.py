"""Registers, remembered: a file goes in, assets with a history come out.

An asset is one line of some books from the import that first told of it until the import that no longer does. The same file
again changes nothing; a line that says something else is a change of its asset (`inventory.registers.continuity`); a line
that left the books ends its asset, which stays in the history and goes on when the line comes back.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from time import time
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from inventory.database import reading, writing
from inventory.folding import fold
from inventory.registers.continuity import PLACE_IN_FILE, continued
from inventory.registers.records import Line, Register, Rejected, State, program
from inventory.registers.sides import Asset
from inventory.schema.registers import ASSETS, IMPORTS, REJECTED

_LISTS = ("serials", "macs")
_FIELDS = tuple(field.name for field in fields(Line))
#: The names of the integer columns, and what both databases can hold in them.
_LARGEST = {"quantity": 2**31 - 1, "row": 2**31 - 1} | dict.fromkeys(
    ("unit_price_vnd", "price_vnd", "residual_value_vnd"), 2**63 - 1
)
#: A file whose lines continue this share of what some books say is the next issue of those books.
_SAME_BOOKS = 0.5
#: Books of the same name with less than this in common are other books.
_OTHER_BOOKS = 0.3
#: More than this share of the books' assets, and more than so many, do not end without a person's word.
_MANY, _MANY_SHARE = 9, 0.5
#: What tells one issue of the same books from another in a file's name: "(bản cuối)", "năm 2025", "lần 2", "copy".
_ISSUE = re.compile(
    r"\b(?:(?:ban|file) (?:cuoi cung|cuoi|chinh thuc|chinh|moi nhat|moi|sua|in)|cap nhat|chinh thuc|cuoi cung|moi nhat"
    r"|final|copy|new|(?:den |tinh den )?(?:lan|dot|ky|quy|thang|nam|ngay|v|ver|version) (?:\d+|[ivx]+))\b"
)


class Change(NamedTuple):
    asset: int
    before: Line
    after: Line

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields of `Line` that say something else now."""
        return tuple(name for name in _FIELDS if getattr(self.before, name) != getattr(self.after, name))


@dataclass(frozen=True)
class Difference:
    """What a file changes, or changed, in the inventory. Ids of assets that were not stored yet may be others in the end."""

    books: str
    file: str
    added: tuple[Asset, ...]
    returned: tuple[Asset, ...]  # had left these or other books
    changed: tuple[Change, ...]
    shifted: tuple[Change, ...]  # says the same in another place of the file
    ended: tuple[Asset, ...]
    unchanged: int
    rejected: tuple[Rejected, ...]
    last_import: int | None = None  # when these books were imported before, seconds since the epoch
    superseded: int | None = None  # this very file was imported then, and a newer one of these books since
    import_id: int | None = None  # None: nothing was stored

    @property
    def nothing(self) -> bool:
        """The books say what they said before."""
        return not (self.added or self.returned or self.changed or self.ended)

    @property
    def many_end(self) -> bool:
        """So much would end that a person should say whether these are the same books."""
        return len(self.ended) > max(_MANY, _MANY_SHARE * self.stood)

    @property
    def stood(self) -> int:
        """Assets that the books had before."""
        return len(self.ended) + len(self.changed) + len(self.shifted) + self.unchanged


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def together(registers: Sequence[Register]) -> Register:
    """Several files of the same books as one register."""
    if len(registers) == 1:
        return registers[0]
    return Register(
        ", ".join(register.file for register in registers),
        tuple(line for register in registers for line in register.lines),
        tuple(rejected for register in registers for rejected in register.rejected),
        tuple(table for register in registers for table in register.tables),
        tuple(note for register in registers for note in register.notes),
    )


def books(engine: Engine, register: Register, office: str | None = None) -> str:
    """The name of the books that a file is an issue of, by what it says; a new name for books that are not known.

    `office`: code of the office whose register it is, where it was told.
    """
    lines = [_storable(line) for line in register.lines]
    with reading(engine) as connection:
        standing = {name: entries for name, entries in _standing(connection).items() if program(name) is None}
        names = set(connection.execute(sa.select(IMPORTS.c.register).distinct()).scalars())
    offices = {line.office for line in lines} if office is None else {office}
    only = offices.pop() if len(offices) == 1 else None
    usual = "/".join(filter(None, (only, title(register.file))))
    going_on = {name: _going_on(list(entries.values()), lines) for name, entries in standing.items()}
    # Of books that go on here, those of this name; then those of which this file is most: a summary holds its parts' lines too.
    same = [name for name in standing if going_on[name] >= _SAME_BOOKS * min(len(standing[name]), len(lines)) and going_on[name]]
    if same:
        return max(same, key=lambda name: (name == usual, going_on[name] / max(len(standing[name]), len(lines)), name))
    if usual in standing and going_on[usual] < _OTHER_BOOKS * min(len(standing[usual]), len(lines)):
        return next(other for n in range(2, len(names) + 3) if (other := f"{usual} ({n})") not in names)
    return usual


def compare(engine: Engine, register: Register, name: str, file_digest: str = "") -> Difference:
    """What an import of `register` into the books `name` would change. Stores nothing."""
    with reading(engine) as connection:
        return _compare(connection, register, name, file_digest)


def import_register(engine: Engine, register: Register, name: str, file_digest: str, at: int | None = None) -> Difference:
    """Remember what `register` says as the newest issue of the books `name`; one transaction, idempotent.

    `at`: seconds since the epoch (now); moved on where needed, so that no two imports share a time or go back.
    """
    with writing(engine) as connection:
        found = _compare(connection, register, name, file_digest)
        last = connection.execute(sa.select(sa.func.max(IMPORTS.c.at))).scalar()
        now = int(time()) if at is None else at
        now = now if last is None else max(now, last + 1)
        values = {
            "at": now,
            "register": name,
            "file": _text(register.file),
            "digest": file_digest,
            "lines": len(register.lines),
            "rejected": len(register.rejected),
            "added": len(found.added) + len(found.returned),
            "changed": len(found.changed),
            "ended": len(found.ended),
        }
        key = connection.execute(sa.insert(IMPORTS).values(values)).inserted_primary_key
        assert key is not None
        import_id = int(key[0])
        closed = [*(change.asset for change in (*found.changed, *found.shifted)), *(asset.id for asset in found.ended)]
        opened = [*found.added, *found.returned, *(Asset(c.asset, c.after) for c in (*found.changed, *found.shifted))]
        if closed:
            connection.execute(
                sa.update(ASSETS)
                .where(ASSETS.c.asset_id == sa.bindparam("b_asset"), ASSETS.c.valid_to.is_(None))
                .values(valid_to=now, closed_import=import_id),
                [{"b_asset": asset} for asset in closed],
            )
        if opened:
            common = {"key": "", "valid_from": now, "opened_import": import_id, "register": name}
            connection.execute(sa.insert(ASSETS), [{"asset_id": asset.id, **common, **_row(asset.line)} for asset in opened])
        if register.rejected:
            connection.execute(
                sa.insert(REJECTED),
                [
                    {"import_id": import_id, "position": i, **{name: _text(told) for name, told in asdict(one).items()}}
                    for i, one in enumerate(register.rejected)
                ],
            )
        return replace(found, import_id=import_id)


# -- inside ----------------------------------------------------------------------------------------------------------------


def _compare(connection: Connection, register: Register, name: str, file_digest: str) -> Difference:
    lines = [_storable(line) for line in register.lines]
    standing = list(_standing(connection, name).get(name, {}).items())
    left = _left(connection)
    owner: list[int | None] = [None] * len(lines)
    # What stands in the books comes first, then what left them, then what left other books with the same serial number.
    own = [(asset, line) for asset, (books_of, line) in left.items() if books_of == name]
    others = [
        (asset, line) for asset, (books_of, line) in left.items() if books_of != name and program(books_of) == program(name)
    ]
    for candidates, identified in ((standing, False), (own, False), (others, True)):
        open_lines = [i for i, asset in enumerate(owner) if asset is None]
        if identified:
            open_lines, candidates = _with_common_identifier(lines, open_lines, candidates)
        if not open_lines or not candidates:
            continue
        known = continued([line for _, line in candidates], [lines[i] for i in open_lines])
        for i, position in zip(open_lines, known, strict=True):
            if position is not None:
                owner[i] = candidates[position][0]
    before = dict(standing)
    taken = {asset for asset in owner if asset is not None}
    next_id = (connection.execute(sa.select(sa.func.max(ASSETS.c.asset_id))).scalar() or 0) + 1
    added: list[Asset] = []
    returned: list[Asset] = []
    changed: list[Change] = []
    shifted: list[Change] = []
    for asset, line in zip(owner, lines, strict=True):
        if asset is None:
            added.append(Asset(next_id + len(added), line))
        elif asset not in before:
            returned.append(Asset(asset, line))
        elif before[asset] != line:
            change = Change(asset, before[asset], line)
            (shifted if set(change.fields) <= set(PLACE_IN_FILE) else changed).append(change)
    last, superseded = _imports(connection, name, file_digest)
    return Difference(
        books=name,
        file=register.file,
        added=tuple(added),
        returned=tuple(returned),
        changed=tuple(changed),
        shifted=tuple(shifted),
        ended=tuple(Asset(asset, line) for asset, line in standing if asset not in taken),
        unchanged=len(lines) - len(added) - len(returned) - len(changed) - len(shifted),
        rejected=register.rejected,
        last_import=last,
        superseded=superseded,
    )


def _imports(connection: Connection, name: str, file_digest: str) -> tuple[int | None, int | None]:
    """When these books were imported last; and when this very file was, if something else has been imported since."""
    rows = connection.execute(
        sa.select(IMPORTS.c.at, IMPORTS.c.digest).where(IMPORTS.c.register == name).order_by(IMPORTS.c.id)
    ).all()
    if not rows:
        return None, None
    same = [row.at for row in rows if file_digest and row.digest == file_digest]
    return rows[-1].at, same[-1] if same and rows[-1].digest != file_digest else None


def _standing(connection: Connection, name: str | None = None) -> dict[str, dict[int, Line]]:
    """books -> asset -> what they say of it now."""
    query = sa.select(ASSETS).where(ASSETS.c.valid_to.is_(None)).order_by(ASSETS.c.asset_id)
    found: dict[str, dict[int, Line]] = defaultdict(dict)
    for row in connection.execute(query if name is None else query.where(ASSETS.c.register == name)).mappings():
        found[row["register"]][row["asset_id"]] = line_of(row)
    return found


def _left(connection: Connection) -> dict[int, tuple[str, Line]]:
    """Assets that stand in no books any more: the books that told of them last, and what."""
    last = sa.select(ASSETS.c.asset_id, sa.func.max(ASSETS.c.valid_from).label("at")).group_by(ASSETS.c.asset_id).subquery()
    query = (
        sa.select(ASSETS)
        .join(last, (last.c.asset_id == ASSETS.c.asset_id) & (last.c.at == ASSETS.c.valid_from))
        .where(ASSETS.c.valid_to.is_not(None))
        .order_by(ASSETS.c.asset_id)
    )
    return {row["asset_id"]: (row["register"], line_of(row)) for row in connection.execute(query).mappings()}


def _with_common_identifier(
    lines: Sequence[Line], open_lines: Sequence[int], candidates: Sequence[tuple[int, Line]]
) -> tuple[list[int], list[tuple[int, Line]]]:
    """The lines and the assets that share a serial number or MAC which each of the two sides has once."""
    here = Counter(one for i in open_lines for one in _identifiers(lines[i]))
    there = Counter(one for _, line in candidates for one in _identifiers(line))
    common = {one for one in here.keys() & there.keys() if here[one] == there[one] == 1}
    return (
        [i for i in open_lines if common & _identifiers(lines[i])],
        [(asset, line) for asset, line in candidates if common & _identifiers(line)],
    )


def _identifiers(line: Line) -> set[str]:
    return {*(fold(serial).replace(" ", "") for serial in line.serials), *line.macs}


def _going_on(known: Sequence[Line], lines: Sequence[Line]) -> int:
    """How many lines go on."""
    here, there = ({key for line in those for key in _keys(line)} for those in (known, lines))
    if not here & there:
        return 0
    return sum(one is not None for one in continued(known, lines))


def _keys(line: Line) -> set[tuple[str, ...]]:
    """Cheap to compare: lines of the same books have some of these in common."""
    what = (fold(line.name), line.acquired or line.in_use or "", str(line.unit_price_vnd or line.price_vnd))
    return {("id", one) for one in _identifiers(line)} | {("code", line.code or "", fold(line.name)), ("what", *what)}


def title(file: str) -> str:
    """A file's name without what tells its issues apart: "Sổ tài sản 31-12-2025 (bản cuối).xlsx" -> "so-tai-san"."""
    words = [word for word in _ISSUE.sub(" ", fold(Path(file).stem)).split() if word.isalpha()]
    return "-".join(words) or "so-tai-san"


def line_of(row: Mapping[str, Any] | sa.RowMapping) -> Line:
    """The line that a row of ASSETS holds."""
    values = {name: row[name] for name in _FIELDS}
    for name in _LISTS:
        values[name] = tuple(filter(None, values[name].split(",")))
    values["more"] = tuple((heading, told) for heading, told in json.loads(values["more"]))
    values["state"] = State(values["state"]) if values["state"] else None
    return Line(**values)


def _row(line: Line) -> dict[str, Any]:
    row = {name: getattr(line, name) for name in _FIELDS}
    return row | {name: ",".join(row[name]) for name in _LISTS} | {"more": json.dumps(line.more, ensure_ascii=False)}


def _storable(line: Line) -> Line:
    """The line as both databases can hold it and give it back: what is compared is what is kept."""
    changed: dict[str, Any] = {}
    for name in _FIELDS:
        told = getattr(line, name)
        if name in _LISTS:
            kept: Any = tuple(filter(None, (str(_text(one)).replace(",", " ").strip() for one in told)))
        elif name in _LARGEST:
            kept = None if told is None else min(told, _LARGEST[name])
        elif name == "more":
            kept = tuple((_text(heading), _text(text)) for heading, text in told)
        else:
            kept = _text(told)
        if kept != told:
            changed[name] = kept
    return replace(line, **changed) if changed else line


def _text(told: Any) -> Any:
    """Text without what a database refuses: NUL, halves of surrogate pairs."""
    if type(told) is not str or told.isprintable():
        return told
    return told.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
