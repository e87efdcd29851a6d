"""Values that makers leave in place of one: never an identity. By pattern, as seen in the field, and by frequency.

Raw values are kept elsewhere. No lossy "fixes": what is not junk stays as it was said.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

#: A serial number on so many devices says nothing of any of them. (On two it may be a mistake that a person decides.)
MANY = 3

_INSIDE = (
    *("to ?be ?filled", "default ?string", "system ?serial", "system manufacturer", "system product", "chassis ?serial"),
    *("not ?specified", "not ?available", "not ?applicable", "not ?defined", "not ?present", "not ?installed", "not ?supported"),
    *("not ?set", "unavailable", "undefined", "unspecified", "no such (?:object|instance)"),
)
_WHOLE = (
    *("none", "null", "nil", "n/?a", "unknown.*", "built-?in", "empty", "invalid.*", r"o\.?e\.?m\.?", "<?private>?", "tbd"),
    *(
        "no ?asset.*",
        r"asset-?\d*",
        r"serial ?(?:no|num|number)?\.?",
        "model",
        "error.*",
        "false",
        "true",
        "no serial.*",
        "sn",
        "test",
    ),
)
_JUNK = re.compile("|".join(_INSIDE) + "|^(?:" + "|".join(_WHOLE) + ")$", re.IGNORECASE)
_NO_CONTENT = re.compile(r"[\W_]*")  # only punctuation
#: Zeros and a last one, one sign repeated, the digits in order.
_NO_SERIAL = re.compile(r"(?:0|\W|_)+1?|([xX*#])\1+|(.)\2{3,}|0?123456789?0?.{0,2}")


def is_junk(value: str | None) -> bool:
    """Whether a value says nothing, for any field."""
    value = (value or "").strip()
    return bool(_NO_CONTENT.fullmatch(value) or _JUNK.search(value))


def is_junk_serial(value: str | None) -> bool:
    """Whether a serial number says nothing: junk as such, all zeros, one sign repeated, or too short to tell devices apart."""
    value = (value or "").strip()
    return is_junk(value) or not 3 <= len(value) <= 64 or bool(_NO_SERIAL.fullmatch(value))


#: Of boards that left their factory without one: all of one sign, the digits in order, and one that many makers leave.
_NO_UUID = re.compile(r"(.)\1{31}|03000200040005000006000700080009|0{20}.*|12345678.*|00020003000400050006000700080009")


def is_junk_uuid(value: str | None) -> bool:
    """Whether a machine identifier says nothing."""
    return bool(_NO_UUID.fullmatch((value or "").replace("-", "").strip().lower()))


def placeholders(serials: Iterable[tuple[object, str | None]]) -> frozenset[str]:
    """Of (device, serial number): those that `MANY` devices carry, as they were given; case and blanks do not tell them apart."""
    carriers: dict[str, set[object]] = defaultdict(set)
    spellings: dict[str, set[str]] = defaultdict(set)
    for device, serial in serials:
        if serial:
            plain = "".join(serial.split()).upper()
            carriers[plain].add(device)
            spellings[plain].add(serial)
    return frozenset(said for plain, devices in carriers.items() if len(devices) >= MANY for said in spellings[plain])
