"""Where a value of an identity comes from: a place, an expression to cut it out, a table to translate it.

Written in a profile as one string

    PLACE                      entity.model        ".11.2.36.1.1.2.9.0"      ".318.1.1.32.1.2.1.12.*"
    PLACE ~ REGEX              descr ~ ^FortiGate (\\S+)
    PLACE ~ REGEX => TEMPLATE  descr ~ (\\w+) build (\\d+) => \\1 b\\2
    = TEXT                     = RouterOS

or as a mapping with `from`, and `match`, `as`, `map`, `confidence`; values that a maker keeps in pieces are put together by
`{join: [PLACE, PLACE], as: V\\1.\\2}`, where every piece is there. OIDs with a leading dot are under 1.3.6.1.4.1, others
are written in full; `.*` at the end means any row of that column, in the order of the index. Makers that give each product
a tree of its own, the same inside, are read relative to sysObjectID: `self.1.2.0` follows it whole, `self(4).1.1.5.4.0` its
first four numbers after 1.3.6.1.4.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from collectors import mibs, values
from collectors.asking import Answers, Oid, Value
from collectors.topics import entity

#: Trust in a value by where it comes from (measured: private scalars are right in 95 of 100, ENTITY-MIB in 92).
PRIVATE, STANDARD, ENTITY, EXPRESSION, CONSTANT = 0.95, 0.9, 0.85, 0.8, 0.8


#: Signs of a value that expressions look at: RFC 3418 allows 255, and a device that sends 60,000 must not hold up a scan.
LONGEST = 2_000


def legible(value: Value | None) -> str | None:
    """A value as expressions see it: its beginning, without quotation marks around it, which are not the maker's."""
    text = (values.text(value) or "")[:LONGEST]
    return (text[1:].removesuffix('"').strip() if text.startswith('"') else text) or None


def _scalar(oid: Oid) -> Callable[[Answers], Iterator[str | None]]:
    def read(answers: Answers) -> Iterator[str | None]:
        yield legible(answers.get(oid))

    return read


def _rows(oid: Oid) -> Callable[[Answers], Iterator[str | None]]:
    def read(answers: Answers) -> Iterator[str | None]:
        column = answers.column(oid)
        for index in sorted(column):
            yield legible(column[index])

    return read


def _entity(field: str) -> Callable[[Answers], Iterator[str | None]]:
    def read(answers: Answers) -> Iterator[str | None]:
        said = entity.of_chassis(answers, field)
        yield said[:LONGEST] if said else None

    return read


def _object_id(answers: Answers) -> Iterator[str | None]:
    said = answers.get(mibs.SYS_OBJECT_ID)
    if isinstance(said, tuple):
        under = said[: len(mibs.ENTERPRISES)] == mibs.ENTERPRISES
        yield values.dotted(said[len(mibs.ENTERPRISES) :] if under else said)


def _macs(answers: Answers) -> Iterator[str | None]:
    column = answers.column(mibs.IF_PHYS_ADDRESS)
    for index in sorted(column):
        yield values.mac(column[index])


def _bridge_mac(answers: Answers) -> Iterator[str | None]:
    yield values.mac(answers.get(mibs.DOT1D_BASE_BRIDGE_ADDRESS))


def _own(length: int, rest: Oid, column: bool) -> Callable[[Answers], Iterator[str | None]]:
    def read(answers: Answers) -> Iterator[str | None]:
        oid = own_oid(answers, length, rest)
        if oid:
            yield from (_rows(oid) if column else _scalar(oid))(answers)

    return read


def own_oid(answers: Answers, length: int, rest: Oid) -> Oid | None:
    """The OID `rest` under the first `length` numbers of sysObjectID after 1.3.6.1.4.1 (0: under all of it)."""
    said = answers.get(mibs.SYS_OBJECT_ID)
    start = len(mibs.ENTERPRISES)
    if not isinstance(said, tuple) or said[:start] != mibs.ENTERPRISES or len(said) < start + max(length, 1):
        return None
    return (*said[: start + length if length else None], *rest)


@dataclass(frozen=True, slots=True)
class Place:
    """A named place: how to read it, the scalar to ask for (None when a topic asks anyway), and its trust."""

    read: Callable[[Answers], Iterator[str | None]]
    ask: Oid | None
    confidence: float


PLACES: Mapping[str, Place] = {
    "descr": Place(_scalar(mibs.SYS_DESCR), None, EXPRESSION),
    "name": Place(_scalar(mibs.SYS_NAME), None, EXPRESSION),
    "location": Place(_scalar(mibs.SYS_LOCATION), None, EXPRESSION),
    "contact": Place(_scalar(mibs.SYS_CONTACT), None, EXPRESSION),
    "oid": Place(_object_id, None, EXPRESSION),
    "entity.model": Place(_entity("model"), None, ENTITY),
    "entity.serial": Place(_entity("serial"), None, ENTITY),
    "entity.software": Place(_entity("software"), None, ENTITY),
    "entity.firmware": Place(_entity("firmware"), None, ENTITY),
    "entity.hardware": Place(_entity("hardware"), None, ENTITY),
    "entity.descr": Place(_entity("descr"), None, ENTITY),
    "entity.name": Place(_entity("name"), None, ENTITY),
    "entity.vendor": Place(_entity("vendor"), None, ENTITY),
    "entity.any.serial": Place(_rows(mibs.ENT_SERIAL), None, EXPRESSION),
    "entity.any.model": Place(_rows(mibs.ENT_MODEL_NAME), None, EXPRESSION),
    "entity.any.descr": Place(_rows(mibs.ENT_DESCR), None, EXPRESSION),
    "entity.any.name": Place(_rows(mibs.ENT_NAME), None, EXPRESSION),
    "entity.any.software": Place(_rows(mibs.ENT_SOFTWARE_REV), None, EXPRESSION),
    "entity.any.firmware": Place(_rows(mibs.ENT_FIRMWARE_REV), None, EXPRESSION),
    "printer.serial": Place(_rows(mibs.PRT_GENERAL_SERIAL), None, STANDARD),
    "printer.name": Place(_rows(mibs.PRT_GENERAL_NAME), None, STANDARD),
    "host.device": Place(_rows(mibs.HR_DEVICE_DESCR), None, STANDARD),
    "ups.vendor": Place(_scalar(mibs.UPS_MANUFACTURER), mibs.UPS_MANUFACTURER, STANDARD),
    "ups.model": Place(_scalar(mibs.UPS_MODEL), mibs.UPS_MODEL, STANDARD),
    "ups.firmware": Place(_scalar(mibs.UPS_SOFTWARE), mibs.UPS_SOFTWARE, STANDARD),
    "ups.software": Place(_scalar(mibs.UPS_AGENT_SOFTWARE), mibs.UPS_AGENT_SOFTWARE, STANDARD),
    "lldp.descr": Place(_scalar(mibs.LLDP_LOC_SYS_DESC), mibs.LLDP_LOC_SYS_DESC, EXPRESSION),
    "interface.mac": Place(_macs, None, EXPRESSION),
    "interface.descr": Place(_rows(mibs.IF_DESCR), None, EXPRESSION),
    "bridge.mac": Place(_bridge_mac, None, EXPRESSION),
}


@dataclass(frozen=True, slots=True)
class Source:
    """One way to a value. `scalar` or `column` is what must be asked for; both are None for what topics ask anyway."""

    written: str  # as in the profile, for people
    read: Callable[[Answers], Iterator[str | None]]
    confidence: float
    scalar: Oid | None = None
    column: Oid | None = None
    own: int | None = None  # scalar or column are relative to so many numbers of sysObjectID
    pattern: re.Pattern[str] | None = None
    template: str | None = None
    table: Mapping[str, str] | None = None
    pieces: tuple[Source, ...] = ()  # what it is put together from: these are asked for

    def asks(self, answers: Answers) -> tuple[Oid | None, Oid | None]:
        """The scalar instance, or the column, that must be fetched for this device."""
        if self.own is None:
            return self.scalar, self.column
        return (
            own_oid(answers, self.own, self.scalar) if self.scalar else None,
            own_oid(answers, self.own, self.column) if self.column else None,
        )

    def values(self, answers: Answers) -> Iterator[tuple[str, str]]:
        """(value, raw) of each row that has something; the caller takes the first that is not junk."""
        for raw in self.read(answers):
            if not raw:
                continue
            cut = self._cut(raw)
            if cut:
                yield " ".join(cut.split()), raw

    def says(self, pattern: re.Pattern[str], answers: Answers) -> bool:
        """Whether any of its values has the expression."""
        return any(pattern.search(raw) for raw in self.read(answers) if raw)

    def by_row(self, answers: Answers) -> dict[Oid, str]:
        """{index: value} of a source that is a table's column."""
        _, column = self.asks(answers)
        told = ((index, legible(value)) for index, value in answers.column(column).items()) if column else ()
        return {index: " ".join(cut.split()) for index, raw in told if raw and (cut := self._cut(raw))}

    def _cut(self, raw: str) -> str | None:
        value: str | None = raw
        if self.pattern is not None:
            match = self.pattern.search(raw)
            if match is None:
                return None
            if self.template is not None:
                value = match.expand(self.template)
            else:
                value = next((group for group in match.groups() if group), None) if match.re.groups else match[0]
        elif self.template is not None:
            value = self.template
        if self.table is not None and value is not None:
            value = self.table.get(value)
        return value.strip() if value else None


def constant(text: str) -> Source:
    return Source(f"= {text}", lambda _answers: iter((text,)), CONSTANT)


def joined(pieces: tuple[Source, ...], template: str) -> Source:
    """The first value of each piece, put into `\\1`, `\\2`, ... of a template; nothing where one is missing."""

    def read(answers: Answers) -> Iterator[str | None]:
        said = [next((value for value, _ in piece.values(answers)), None) for piece in pieces]
        if all(said):
            yield re.sub(r"\\(\d)", lambda number: said[int(number[1]) - 1] or "", template)

    written = " + ".join(piece.written for piece in pieces) + f" => {template}"
    return Source(written, read, min(piece.confidence for piece in pieces), pieces=pieces)


def at(place: str) -> Source | None:
    """The source that reads a place, None where there is no such place."""
    if place in PLACES:
        known = PLACES[place]
        return Source(place, known.read, known.confidence, scalar=known.ask)
    relative = re.fullmatch(r"self(?:\((\d+)\))?((?:\.\d+)+)(\.\*)?", place)
    if relative:
        length, rest = int(relative[1] or 0), tuple(int(part) for part in relative[2][1:].split("."))
        read = _own(length, rest, bool(relative[3]))
        return Source(place, read, PRIVATE, None if relative[3] else rest, rest if relative[3] else None, own=length)
    oid = absolute(place.removesuffix(".*"))
    if oid is None:
        return None
    confidence = PRIVATE if oid[: len(mibs.ENTERPRISES)] == mibs.ENTERPRISES else STANDARD
    if place.endswith(".*"):
        return Source(place, _rows(oid), confidence, column=oid)
    return Source(place, _scalar(oid), confidence, scalar=oid)


def absolute(said: str) -> Oid | None:
    """An OID as profiles write it: ".9.1." under 1.3.6.1.4.1, "1.3.6.." in full. None when it is not one."""
    if not re.fullmatch(r"\.?\d+(\.\d+)*\.?", said):
        return None
    oid = tuple(int(part) for part in said.strip(".").split("."))
    return (*mibs.ENTERPRISES, *oid) if said.startswith(".") else oid
