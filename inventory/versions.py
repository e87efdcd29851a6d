"""Versions of firmware and operating systems in a form that sorts as versions do. What the device said stays beside it."""

from __future__ import annotations

import re
import unicodedata

_LEADING = re.compile(r"^(?:version|ver|release|rel|firmware|fw|software|sw|v)[\s.:]*(?=\d)", re.IGNORECASE)
_PARTS = re.compile(r"\d+|[^\W\d_]+")
_DIGITS = 10  # of a number; builds and dates have up to eight
#: What comes before the release that it belongs to.
_BEFORE = frozenset({"alpha", "beta", "rc", "pre", "preview", "dev", "test", "ea"})


def order(version: str | None) -> str | None:
    """Text that sorts like the version, for versions of one product; None where there is none.

    Numbers compare as numbers, letters after numbers and without regard to case; a release comes after its candidates, and
    punctuation does not matter.

    >>> sorted(["15.0(2)SE11", "15.0(2)SE8", "15.0(2)"], key=order)
    ['15.0(2)', '15.0(2)SE8', '15.0(2)SE11']
    >>> order("v7.10rc1") < order("7.10") < order("7.10.1")
    True
    """
    plain = _LEADING.sub("", unicodedata.normalize("NFKC", version or "").strip())
    parts = [part.lower() for part in _PARTS.findall(plain)]
    if not parts:
        return None
    # "-" sorts before ".", with which every other part, and the whole, ends.
    drawn = [("-" if part in _BEFORE else ".") + (part.zfill(_DIGITS) if part.isdecimal() else part) for part in parts]
    return "".join(drawn)[1:] + "."
