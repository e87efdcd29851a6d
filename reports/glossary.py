"""The glossary: what the words of the interface and of networks are called in both languages, and what they mean.

`docs/glossary.md` and `docs/glossary.vi.md` are made from it, `notebooks/explore/glossary.ipynb` shows it, and the texts in
Vietnamese keep to it: `instead_of` holds other words for the same thing, which no text may use.
"""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from inventory import yaml_files

if TYPE_CHECKING:
    import pandas as pd

_FILE = Path(__file__).parent / "texts" / "glossary.yaml"


@dataclass(frozen=True, slots=True)
class Term:
    """A word and what it means, by language; `instead_of`: Vietnamese words for the same that the texts do not use."""

    vi: str
    en: str
    means_vi: str
    means_en: str
    instead_of: tuple[str, ...] = ()

    def word(self, language: str) -> str:
        return self.vi if language == "vi" else self.en

    def other(self, language: str) -> str:
        return self.en if language == "vi" else self.vi

    def meaning(self, language: str) -> str:
        return self.means_vi if language == "vi" else self.means_en


@lru_cache
def terms() -> tuple[Term, ...]:
    """All terms, as the file has them."""
    rows = yaml_files.read(_FILE)
    return tuple(Term(**{**row, "instead_of": tuple(row.get("instead_of", ()))}) for row in rows)


def ordered(language: str) -> list[Term]:
    """By the word in that language, as a dictionary has them: letters first, then their marks."""
    return sorted(terms(), key=lambda term: (_letters(term.word(language)), term.word(language)))


def _letters(word: str) -> str:
    apart = unicodedata.normalize("NFD", word.lower().replace("đ", "dz"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def frame(language: str) -> pd.DataFrame:
    """The glossary as a table to search, in the reader's language."""
    import pandas as pd

    rows = [(term.word(language), term.other(language), term.meaning(language)) for term in ordered(language)]
    return pd.DataFrame(rows, columns=list(_HEADS[language]))


_HEADS = {"vi": ("Từ", "Tiếng Anh", "Nghĩa là"), "en": ("Term", "Vietnamese", "Meaning")}
_TITLES = {
    "vi": (
        "Thuật ngữ",
        "[English](glossary.md)",
        "Trang này được tạo bằng `python -m reports.glossary vi > docs/glossary.vi.md`.",
    ),
    "en": ("Glossary", "[Tiếng Việt](glossary.vi.md)", "`python -m reports.glossary en > docs/glossary.md` makes this page."),
}


def page(language: str) -> str:
    """The glossary as Markdown: `docs/glossary.md`, `docs/glossary.vi.md`; a test compares."""
    title, other, made_by = _TITLES[language]
    lines = [f"# {title}", "", f"*{other}*", "", made_by, "", "| " + " | ".join(_HEADS[language]) + " |", "|---|---|---|"]
    lines += [f"| {term.word(language)} | {term.other(language)} | {term.meaning(language)} |" for term in ordered(language)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(*sys.argv[1:]), end="")
