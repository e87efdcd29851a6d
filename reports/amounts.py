"""Amounts of money as people type them: 500.000.000, 500,000,000, 500 triệu, 1,5 tỷ, 2 tỷ 500 triệu, 500 million."""

from __future__ import annotations

import re
from decimal import Decimal

from inventory.folding import fold

#: Digits in groups of three, with one mark throughout.
GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([., _\u00a0])[0-9]{3})(?:\1[0-9]{3})*")
_WHOLE = re.compile(r"[0-9]+")
_DECIMAL = re.compile(r"[0-9]+[.,][0-9]{1,2}|0[.,][0-9]{3}")
_TERM = re.compile(r"\s*([0-9][0-9., _\u00a0]*?)\s*([^\W\d_]+)")
#: By the unit's word without accents.
_UNITS = {
    **dict.fromkeys(("ty", "ti", "billion", "bn"), 10**9),
    **dict.fromkeys(("trieu", "tr", "million", "mn"), 10**6),
    **dict.fromkeys(("nghin", "ngan", "thousand"), 10**3),
    **dict.fromkeys(("dong", "d", "vnd"), 1),
}
_LARGEST = 10**18


def dong(text: str) -> int | None:
    """The amount in dong; None for what is none, and for what may be two: 12.500 triệu is twelve million or twelve billion."""
    text = text.strip()
    if GROUPED.fullmatch(text):
        return _limited(int(re.sub(r"[^0-9]", "", text)))
    total, place, above = Decimal(0), 0, _LARGEST
    for term in _TERM.finditer(text):
        unit, number = _UNITS.get(fold(term[2])), _number(term[1])
        if term.start() != place or unit is None or number is None or unit >= above:
            return None
        total, place, above = total + number * unit, term.end(), unit
    rest = fold(text[place:])
    if not place or rest not in ("", "dong", "d", "vnd") or total != int(total):
        return None
    return _limited(int(total))


def _number(said: str) -> Decimal | None:
    said = said.strip()
    if _WHOLE.fullmatch(said):
        return Decimal(said)
    if _DECIMAL.fullmatch(said):
        return Decimal(said.replace(",", "."))
    digits = re.sub(r"[^0-9]", "", said)
    return Decimal(digits) if GROUPED.fullmatch(said) and len(said) - len(digits) > 1 else None


def _limited(amount: int) -> int | None:
    return amount if amount < _LARGEST else None
