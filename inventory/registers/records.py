"""What a purchase register says, line by line: frozen records. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

#: What a column of a register can hold.
FIELDS = (
    *("number", "code", "name", "kind", "vendor", "model", "serial", "mac", "host_name", "address"),
    *(
        "office",
        "place",
        "user",
        "quantity",
        "unit",
        "unit_price",
        "price",
        "residual_value",
        "acquired",
        "in_use",
        "warranty_to",
    ),
    *("state", "note"),
)


#: Programs whose lists of devices are kept as books: third parties, who bought none of it. Names of such books begin so.
PROGRAMS = ("NetBox", "GLPI")


def program(books: str) -> str | None:
    """The program whose list some books are; None for those of an office."""
    return next((name for name in PROGRAMS if books == name or books.startswith(f"{name} ")), None)


class State(StrEnum):
    """What the books say of a thing; blank where they say nothing that is understood."""

    IN_USE = "in_use"
    STORED = "stored"  # kept, not used
    BROKEN = "broken"
    SCRAPPED = "scrapped"  # thanh lý, xuất huỷ
    MOVED = "moved"  # handed over to another office (điều chuyển)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a register: one thing, or `quantity` things of a kind."""

    file: str
    sheet: str
    row: int  # 1-based, as the spreadsheet program numbers it
    name: str  # as written, decoded and in NFC
    code: str | None = None  # asset code
    kind: str | None = None  # one of inventory.facts.KINDS, or None
    vendor: str | None = None
    model: str | None = None
    serials: tuple[str, ...] = ()  # as written, placeholders left out
    macs: tuple[str, ...] = ()  # "aa:bb:cc:dd:ee:ff"
    host_name: str | None = None
    address: str | None = None
    office: str | None = None  # code of the office, where the text is understood
    office_told: str = ""  # the text
    place: str | None = None  # room
    user: str | None = None
    quantity: int = 1
    unit: str | None = None  # chiếc, bộ, cái
    unit_price_vnd: int | None = None
    price_vnd: int | None = None  # of the whole line
    residual_value_vnd: int | None = None
    acquired: str | None = None  # ISO day, month or year: "2012-07-15", "2012-07", "2012"
    in_use: str | None = None  # likewise, đưa vào sử dụng
    warranty_to: str | None = None  # likewise
    state: State | None = None
    note: str | None = None
    more: tuple[tuple[str, str], ...] = ()  # (heading, text) of the columns that are no field, filled cells only


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something in a file that is no asset although it may look like one, or a value that could not be read."""

    file: str
    sheet: str
    cell: str  # "D12"
    reason: str  # packed by inventory.sentences; a cell of a file is rejected once, for all its reasons together
    text: str = ""  # what stands there
    whole_row: bool = True  # False: the line was taken, without this value


@dataclass(frozen=True, slots=True)
class Table:
    """Where a table stands in a sheet and what its columns are taken for."""

    sheet: str
    heading_rows: tuple[int, int]  # first and last, 1-based
    columns: Mapping[str, str]  # column letter -> field of FIELDS
    headings: Mapping[str, str]  # column letter -> heading as written, groups before it: "Nguyên giá / Đơn giá"; all distinct
    scale: int = 1  # dong that a 1 in the columns of prices stands for: 1, 1_000 or 1_000_000
    doubtful: tuple[str, ...] = ()  # column letters whose field a person should look at


@dataclass(frozen=True, slots=True)
class Register:
    """What one file says."""

    file: str
    lines: tuple[Line, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = field(default=())  # packed: the encoding that was found, totals that do not add up, ...


class Bucket(StrEnum):
    """How a line of the register and the network stand to each other."""

    MATCHED = "matched"
    NOT_SEEN = "not_seen"  # on the books, its network was scanned, such a thing would be seen, and it was not
    NOT_ON_BOOKS = "not_on_books"  # seen, not on the books
    NOT_ASSESSABLE = "not_assessable"  # its network was not scanned, or such a thing cannot be seen


@dataclass(frozen=True, slots=True)
class Match:
    """One unit of one line and the thing that it is, or why there is none; or a thing that no line tells of."""

    bucket: Bucket
    #: Matched: that it is this thing, or one that nothing tells apart from it; else: that the bucket is right. Calibrated, 0..1.
    confidence: float
    reason: str  # packed by inventory.sentences
    asset: int | None = None
    unit: int = 1  # 1..quantity of the line
    device: int | None = None
    mac: str | None = None  # of a station that is no device
    decided: bool = False  # a person said so
    others: tuple[int, ...] = ()  # further devices that it could be, likeliest first
    alike: int = 1  # matched: so many things, this one among them, would do as well, and which is which is arbitrary
