"""Words to search by: without accents, case or tone marks, so that "thai hoa" finds "Thái Hòa". Pure.

A *term* is a word and the word after it ("thai hoa"), or the last word of a text alone: a search for several words is then a
search for their pairs, which in Vietnamese, where a name is several short words, finds names and not their syllables anywhere.
A name of several pieces ("sw-thaihoa-01") can be found from each of them. `scripts/search.js` reads the same terms.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

_TOKEN = re.compile(r"[^\W_]+(?:[-_./:@+][^\W_]+)*")
_PIECE = re.compile(r"[-_./:@+]")
#: Longer words are keys, hashes or nonsense.
_LONGEST = 40


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Lower case, without any mark above, below or through a letter."""
    plain = "".join(letter for letter in unicodedata.normalize("NFD", text) if unicodedata.category(letter)[0] != "M")
    return plain.lower().replace("đ", "d")


def tokens(text: str) -> list[str]:
    """The words of a text, folded: names, addresses and dates in one piece."""
    return [token[:_LONGEST] for token in _TOKEN.findall(fold(text))]


def terms(texts: Iterable[str]) -> set[str]:
    """All terms of some texts."""
    found: set[str] = set()
    for text in set(texts):
        found |= _terms(text)
    return found


@lru_cache(maxsize=20_000)
def _terms(text: str) -> frozenset[str]:
    words = tokens(text)
    return frozenset(
        f"{head} {after}" if after and head is word else head
        for word, after in zip(words, [*words[1:], ""], strict=False)  # the last word has none after it
        if is_head(word)
        for head in _heads(word)
    )


def is_head(word: str) -> bool:
    """Whether a term begins with the word: not for small and decimal numbers, of which tables are full."""
    if any(letter.isalpha() for letter in word):
        return True
    pieces = _PIECE.split(word)
    return len(pieces) > 3 or (len(pieces) == 1 and len(word) > 3)  # an address; a year or a serial number


def _heads(word: str) -> Iterator[str]:
    """The word, and of a name the rest from each of its pieces on."""
    yield word
    if all(piece.isdigit() or len(piece) < 3 for piece in _PIECE.split(word)):  # an address is looked up from its beginning
        return
    for split in _PIECE.finditer(word):
        rest = word[split.end() :]
        if len(rest) > 1 and is_head(rest):
            yield rest
