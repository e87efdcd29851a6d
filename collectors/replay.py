"""Recordings instead of a network: `.snmprec` files and the text of `snmpwalk -On`, interviewed as a device would be.

A recording answers the very requests that the wire would get, nothing else is looked at. Recordings are unsorted, partial,
hold an OID twice (the first counts), end lines either way, and have comments and lines that mean nothing: those are passed
over. A file that has no value at all is a silent device.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from collectors.asking import Answers, Get, Oid, OidValue, Request, Rows, Value, Walk
from collectors.interview import Interview, interview
from collectors.profiles import Profiles
from collectors.tasks import Target
from collectors.values import parse_oid
from inventory.facts import Observation, Outcome

#: What the names of recordings end in, in folders. A single file may have any name.
ENDINGS = (".snmprec", ".snmpwalk", ".walk")

_INTEGER_TAGS = frozenset({b"2", b"65", b"66", b"67", b"70"})
_WALK_LINE = re.compile(rb"^\.?((?:iso|\d+)(?:\.\d+)+)\s+=\s?(.*)$")
_TYPED = re.compile(rb"^([A-Za-z0-9-]+(?: [A-Z][a-z]+)?): ?(.*)$", re.DOTALL)
_NOTHING = (b"No Such", b"No more variables")


class Recording:
    """The values of one device, in the order of an agent. `said`: OID -> (tag, text), as in `.snmprec`."""

    def __init__(self, pairs: Iterable[tuple[Oid, tuple[bytes, bytes]]]) -> None:
        said: dict[Oid, tuple[bytes, bytes]] = {}
        for oid, tagged in pairs:
            said.setdefault(oid, tagged)
        self.said: Mapping[Oid, tuple[bytes, bytes]] = said
        self._order = sorted(said)

    def __len__(self) -> int:
        return len(self._order)

    def get(self, oid: Oid) -> Value | None:
        tagged = self.said.get(oid)
        return None if tagged is None else _value(*tagged)

    def rows(self, column: Oid, limit: int) -> dict[Oid, Value]:
        """{index: value} of a column, as a walk would bring it."""
        found: dict[Oid, Value] = {}
        length = len(column)
        for place in range(bisect_left(self._order, column), len(self._order)):
            oid = self._order[place]
            if oid[:length] != column or len(found) >= limit:
                break
            value = _value(*self.said[oid])
            if value is not None and len(oid) > length:
                found[oid[length:]] = value
        return found

    def answer(self, requests: Iterable[Request], answers: Answers) -> None:
        """Fill `answers` as a transport does."""
        for request in requests:
            if isinstance(request, Get):
                for oid in request.oids:
                    value = self.get(oid)
                    if value is not None:
                        answers.values[oid] = value
            elif isinstance(request, Rows):
                answers.keep(request, {oid: value for oid in request.oids if (value := self.get(oid)) is not None})
            elif isinstance(request, Walk):
                for column in request.columns:
                    answers.tables[column] = self.rows(column, request.limit)
            answers.outcomes[request] = Outcome.ANSWERED if self._order else Outcome.SILENT


def read(path: Path) -> Recording:
    """A recording from a file of either format. Raises OSError when it cannot be read."""
    octets = path.read_bytes()
    walked = _WALK_LINE.search(octets[:4096].lstrip(b"\xef\xbb\xbf").split(b"\n", 1)[0].strip()) or path.suffix in (
        ".snmpwalk",
        ".walk",
    )
    return Recording(_walk_pairs(octets) if walked else _snmprec_pairs(octets))


def _snmprec_pairs(octets: bytes) -> Iterator[tuple[Oid, tuple[bytes, bytes]]]:
    for line in octets.split(b"\n"):
        said, _, rest = line.partition(b"|")
        tag, bar, value = rest.partition(b"|")
        if not bar:
            continue
        try:
            oid = tuple(map(int, said.decode("ascii").strip(" .\ufeff").split(".")))
        except ValueError:
            continue
        yield oid, (tag.strip(), value.removesuffix(b"\r"))


def _value(tag: bytes, said: bytes) -> Value | None:
    """A value by its tag: the number of the ASN.1 type, `x` for hexadecimal, `e` for escaped text. None for NULL and nonsense."""
    kind, form = tag.rstrip(b"xe"), tag[-1:]
    try:
        if form == b"x":
            said = bytes.fromhex(said.decode("ascii").strip())
        elif form == b"e":
            said = codecs.escape_decode(said)[0]
        if kind in _INTEGER_TAGS:
            return int.from_bytes(said, "big", signed=kind == b"2") if form == b"x" else int(said)
        if kind == b"4" or kind == b"68":
            return said
        if kind == b"6":
            oid = parse_oid(said.decode("ascii"))
            return None if oid is None else OidValue(oid)
        if kind == b"64":
            return said if form in (b"x", b"e") else bytes(int(part) for part in said.strip().split(b"."))
    except ValueError:
        return None
    return None


def _walk_pairs(octets: bytes) -> Iterator[tuple[Oid, tuple[bytes, bytes]]]:
    """Lines of `snmpwalk -On`; a line that starts no value continues the one before."""
    oid: Oid | None = None
    said = b""
    for line in octets.split(b"\n"):
        line = line.removesuffix(b"\r")
        match = _WALK_LINE.match(line)
        if match is None:
            said += b"\n" + line
            continue
        if oid is not None:
            yield oid, _walk_value(said)
        oid, said = parse_oid(match[1].replace(b"iso", b"1", 1).decode("ascii")), match[2]
    if oid is not None:
        yield oid, _walk_value(said)


def _walk_value(said: bytes) -> tuple[bytes, bytes]:
    """The tag and text, as in `.snmprec`, of a value as net-snmp prints it."""
    if said.startswith(_NOTHING):
        return b"5", b""
    match = _TYPED.match(said)
    if match is None or said.startswith(b'"'):
        return b"4", _unquoted(said)
    kind, value = match[1], match[2]
    if kind in (b"INTEGER", b"Counter32", b"Gauge32", b"Counter64", b"Unsigned32", b"UInteger32", b"Integer32"):
        number = re.search(rb"\((-?\d+)\)|(-?\d+)", value)
        return (b"2", number[1] or number[2]) if number else (b"5", b"")
    if kind == b"Timeticks":
        ticks = re.search(rb"\((\d+)\)|^(\d+)", value)
        return (b"67", ticks[1] or ticks[2]) if ticks else (b"5", b"")
    if kind in (b"Hex-STRING", b"BITS", b"Network Address"):
        octets = re.findall(rb"\b[0-9A-Fa-f]{2}\b", value.split(b"\n\n")[0].replace(b":", b" "))
        return b"4x", b"".join(octets)
    if kind == b"OID":
        return b"6", value.strip().replace(b"iso", b"1", 1)
    if kind == b"IpAddress":
        return b"64", value.strip()
    if kind in (b"STRING", b"Opaque"):
        return b"4", _unquoted(value)
    return b"4", said


def _unquoted(value: bytes) -> bytes:
    value = value.rstrip(b"\n")
    if value.startswith(b'"'):
        value = value[1:].removesuffix(b'"')
        value = re.sub(rb'\\(["\\])', rb"\1", value)
    return value


def paths(given: Iterable[Path]) -> Iterator[Path]:
    """The recordings among files and folders, folders in the order of the names."""
    for path in given:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.suffix in ENDINGS and one.is_file())
        else:
            yield path


def replay(given: Iterable[Path], profiles: Profiles, observed_at: int = 0) -> Iterator[tuple[str, Observation]]:
    """(name of the recording, what it tells) of every recording. Raises OSError for a file that cannot be read."""
    for path in paths(given):
        name = path.name.removesuffix(path.suffix) if path.suffix in ENDINGS else path.name
        yield name, ask(read(path), interview(Target(name, ""), observed_at, profiles, protocol="replay"))


class Answering(Protocol):
    """What answers requests at once: a recording, or whoever listens to one."""

    def answer(self, requests: Iterable[Request], answers: Answers) -> None:
        """Fill `answers` as a transport does."""


def ask(device: Answering, conversation: Interview) -> Observation:
    """Drive an interview over a recording to its end."""
    answers = Answers()
    try:
        requests = next(conversation)
        while True:
            device.answer(requests, answers)
            requests = conversation.send(answers)
    except StopIteration as done:
        observation: Observation = done.value
        return observation


def result_line(name: str, observation: Observation) -> dict[str, Any]:
    """What a recording told, as one JSON object for `kiemke replay --jsonl`."""
    who = observation.identity

    def said(field: str) -> str | None:
        evidence = getattr(who, field, None)
        return evidence.value if evidence else None

    return {
        "recording": name,
        **{field: said(field) for field in ("vendor", "model", "serial", "os_version", "kind")},
        "sys_name": who.sys_name if who else None,
        "profile": who.profile if who else None,
        "interfaces": [
            {
                "index": port.index,
                "name": port.name,
                "mac": port.mac,
                "speed_bps": port.speed_bps,
                "admin_up": port.admin_up,
                "oper_up": port.oper_up,
            }
            for port in observation.interfaces or ()
        ],
        "neighbors": [
            {
                "local_port": other.local_port,
                "remote_name": other.remote_name,
                "remote_port": other.remote_port,
                "remote_port_descr": other.remote_port_description,
                "protocol": other.protocol,
            }
            for other in observation.neighbours or ()
        ],
    }
