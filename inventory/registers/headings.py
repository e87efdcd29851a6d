"""What headings of registers mean: fields of a line, groups over columns, units of money. The words are in `headings.yaml`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from inventory import yaml_files
from inventory.folding import fold

LONGEST = 120  # letters of a heading
#: A heading is sure of a field from here on; a weak word is less sure than this.
SURE, WEAK = 0.75, 0.45


class _Words(NamedTuple):
    fields: Mapping[str, tuple[str, ...]]  # phrase -> fields; none for columns of something else
    weak: frozenset[str]
    first: frozenset[str]
    beside: frozenset[str]
    scales: tuple[tuple[int, re.Pattern[str]], ...]
    found: re.Pattern[str]


@cache
def _words() -> _Words:
    told: dict[str, Any] = yaml_files.read(Path(__file__).with_name("headings.yaml"))
    fields: dict[str, list[str]] = defaultdict(list)
    for name, phrases in told["fields"].items():
        for phrase in phrases:
            fields[phrase].append(name)
    for phrase in told["other"]:
        fields.setdefault(phrase, [])
    scales = tuple((scale, _any_of(told["scales"][scale])) for scale in (1_000_000, 1_000, 1))
    return _Words(
        {phrase: tuple(names) for phrase, names in fields.items()},
        frozenset(told["weak"]),
        frozenset(told["groups"]["first"]),
        frozenset(told["groups"]["beside"]),
        scales,
        _any_of(fields),
    )


def _any_of(phrases: Any) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:{'|'.join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))})(?!\S)")


_IN_BRACKETS = re.compile(r"\([^)]*\)?|\[[^\]]*\]?")


@lru_cache(maxsize=8192)
def meanings(heading: str) -> Mapping[str, float]:
    """field -> how sure a heading's words are of it, 0..1; "" for a column of something else.

    >>> meanings("Năm đưa vào SD"), meanings("Nguyên giá (nghìn đồng)"), meanings("Nước SX")
    ({'in_use': 1.0}, {'price': 1.0}, {'': 1.0})
    """
    words = _words()
    found: dict[str, float] = {}
    for text in dict.fromkeys((heading, _IN_BRACKETS.sub(" ", heading))):
        plain = fold(_apart(text))
        if not plain and text.strip() == "#":
            plain = "#"
        if not plain or len(plain) > LONGEST:
            continue
        if plain in words.fields:
            _add(found, words.fields[plain], WEAK + 0.05 if plain in words.weak else 1.0)
            continue
        covered, place = 0, 0
        parts: list[tuple[str, int]] = []
        while (match := words.found.search(plain, place)) is not None:
            parts.append((match[0], match.start()))
            covered += len(match[0])
            place = match.end()
        for phrase, start in parts:
            share = len(phrase) / len(plain)
            sure = (0.35 + 0.6 * share) * (0.5 if phrase in words.weak else 1.0) * (1.0 if start == 0 else 0.85)
            _add(found, words.fields[phrase], min(sure, 0.95))
    return found


def _apart(text: str) -> str:
    """Words that a program exported as one: "TenTaiSan"."""
    return "".join(f" {b}" if a.islower() and b.isupper() else b for a, b in pairwise(" " + text))


def _add(found: dict[str, float], names: Sequence[str], sure: float) -> None:
    for name in names or ("",):
        found[name] = max(found.get(name, 0.0), sure)


def is_group(text: str) -> bool:
    """Whether a heading is one of groups, or begins as one of several words does: "Ghi giảm TSCĐ và CCDC"."""
    return is_of_books(text) or is_beside(text)


def is_of_books(text: str) -> bool:
    """Whether the values of the books stand beneath a heading: "Theo sổ kế toán"."""
    return _begins(text, _words().first)


def is_beside(text: str) -> bool:
    """Whether the same columns stand beneath a heading again, of a count, a difference, a reduction: "Theo kiểm kê"."""
    return _begins(text, _words().beside)


def _begins(text: str, phrases: frozenset[str]) -> bool:
    plain = fold(without_brackets(text)) or fold(text)
    return plain in phrases or any(" " in phrase and plain.startswith(phrase + " ") for phrase in phrases)


def without_brackets(text: str) -> str:
    return _IN_BRACKETS.sub(" ", text)


# -- money -----------------------------------------------------------------------------------------------------------------

_UNIT_OF_MONEY = re.compile(r"(?<!\S)(?:dvt|don vi tinh|don vi|dv tinh|d v t|don vi tien|unit)(?!\S) *(.*)")


def scale_of(heading: str) -> int | None:
    """Dong that a 1 stands for, where a heading says so: "Nguyên giá (nghìn đồng)"."""
    plain = fold(heading)
    return next((scale for scale, pattern in _words().scales if pattern.search(plain)), None)


def scale_of_line(text: str) -> int | None:
    """The same of a line over a table: "ĐVT: 1.000 đồng"."""
    found = _UNIT_OF_MONEY.search(fold(text))
    return next((scale for scale, pattern in _words().scales if pattern.match(found[1])), None) if found else None
