"""Agents out of recordings: `.snmprec`, one `OID|tag|value` a line.

Tags are ASN.1 tag numbers; an `x` after it says the value is hexadecimal, an `e` that it has backslash escapes. Real files are
unsorted, repeat OIDs, have CRLF ends, comments, and values that do not fit their tag: what cannot be read is left out.
"""

from __future__ import annotations

import re
from pathlib import Path

from simulator.agent import IP_ADDRESS, LazyTree, Oid, SnmpFace, Typed
from simulator.snmp import ber

TAGS = {"2": 0x02, "4": 0x04, "6": 0x06, "64": 0x40, "65": 0x41, "66": 0x42, "67": 0x43, "68": 0x44, "70": 0x46}
ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|(.))", re.DOTALL)
LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"0": b"\0", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}


def read_value(tag: str, text: bytes) -> Typed | None:
    """The value of one line; None when it cannot be read."""
    number = TAGS.get(tag.rstrip("xe"))
    if number is None:
        return None
    try:
        if tag.endswith("x"):
            return number, bytes.fromhex(text.decode("ascii"))
        if tag.endswith("e"):
            return number, ESCAPE.sub(lambda m: bytes.fromhex(m[1].decode()) if m[1] else LETTERS.get(m[2], m[2]), text)
        if number == 0x04 or number == 0x44:
            return number, text
        if number == IP_ADDRESS:
            parts = [int(part) for part in text.split(b".")]
            return (number, bytes(parts)) if len(parts) == 4 else None
        if number == 0x06:
            return number, read_oid(text.decode("ascii"))
        return number, int(text)
    except ValueError:
        return None


def read_oid(text: str) -> Oid:
    """Raises ValueError for what is not dotted numbers of 32 bits."""
    arcs = tuple(int(part) for part in text.strip().strip(".").split("."))
    if any(not 0 <= arc <= 0xFFFFFFFF for arc in arcs):
        raise ValueError(text)
    ber.oid_content(arcs)
    return arcs


def read(path: Path) -> dict[Oid, Typed]:
    """All objects of a recording, in any order; of two values for one OID the last."""
    tree: dict[Oid, Typed] = {}
    for line in path.read_bytes().split(b"\n"):
        name, _, rest = line.rstrip(b"\r").partition(b"|")
        tag, bar, text = rest.partition(b"|")
        if not bar or name.lstrip().startswith(b"#"):
            continue
        try:
            oid = read_oid(name.decode("ascii"))
            typed = read_value(tag.decode("ascii").strip(), text)
            if typed is not None:
                ber.value(typed)
                tree[oid] = typed
        except ValueError:  # also UnicodeDecodeError and BerError
            continue
    return tree


class _Reading:
    """Reads a recording when its agent is first asked; picklable."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self) -> dict[Oid, Typed]:
        return read(self._path)


def face(path: Path, community: str = "public") -> SnmpFace:
    """An agent of v1 and v2c that tells what a recording holds."""
    return SnmpFace({community: "ro"}, frozenset({"1", "2c"}), (), b"", LazyTree(_Reading(path.resolve())))
