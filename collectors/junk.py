"""Values that makers leave in place of one: never an identity. Patterns seen in the field; raw values are kept elsewhere."""

from __future__ import annotations

import re

_INSIDE = (
    *("to be filled", "default ?string", "system ?serial", "system manufacturer", "system product", "chassis serial number"),
    *("not ?specified", "not ?available", "not ?applicable", "not ?defined", "not ?present", "not ?installed", "not ?supported"),
    *("unavailable", "undefined", "unspecified", "no such (?:object|instance)"),
)
_WHOLE = (
    *(
        "none",
        "null",
        "nil",
        "n/?a",
        "unknown.*",
        "built-?in",
        "empty",
        "invalid.*",
        r"o\.?e\.?m\.?",
        "<?private>?",
        "tbd",
        r"asset-?\d*",
    ),
    *(r"serial ?(?:no|num|number)?\.?", "model", "error.*", "false", "true", "no serial.*"),
)
_JUNK = re.compile("|".join(_INSIDE) + "|^(?:" + "|".join(_WHOLE) + ")$", re.IGNORECASE)
_NO_CONTENT = re.compile(r"[\W_]*")  # only punctuation
_NO_SERIAL = re.compile(r"(?:0|\W|_)+|([xX*#])\1+|(.)\2{5,}|0?123456789?0?")  # zeros, one sign repeated, the digits in order


def is_junk(value: str | None) -> bool:
    """Whether a value says nothing, for any field."""
    value = (value or "").strip()
    return bool(_NO_CONTENT.fullmatch(value) or _JUNK.search(value))


def is_junk_serial(value: str | None) -> bool:
    """Whether a serial number says nothing: junk as such, all zeros, one sign repeated, or too short to tell devices apart."""
    value = (value or "").strip()
    return is_junk(value) or not 3 <= len(value) <= 64 or bool(_NO_SERIAL.fullmatch(value))
