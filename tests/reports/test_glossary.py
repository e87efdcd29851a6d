"""The glossary: in both languages, its pages as made from it, and the Vietnamese texts keep to its words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reports import glossary
from reports.texts import LANGUAGES, catalogue

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_made_from_it(language):
    page = ROOT / "docs" / ("glossary.vi.md" if language == "vi" else "glossary.md")
    assert page.read_text(encoding="utf-8") == glossary.page(language)


def test_every_term_is_explained_in_both_languages_once():
    terms = glossary.terms()
    assert len(terms) > 50
    for language in LANGUAGES:
        words = [term.word(language) for term in terms]
        assert len(set(words)) == len(words)
        for term in terms:
            assert term.meaning(language).endswith("."), term
            assert "|" not in term.word(language) + term.meaning(language)
    assert all(term.means_vi != term.means_en for term in terms)


def test_it_is_ordered_as_a_dictionary_is():
    words = [term.vi for term in glossary.ordered("vi")]
    assert words.index("đơn vị") > words.index("dự toán")
    assert words.index("số sê-ri") < words.index("sổ tài sản") < words.index("tài sản")


def test_the_texts_use_no_other_word_for_the_same():
    """Two words for one thing make a reader look for two things."""
    instead = {other: term.vi for term in glossary.terms() for other in term.instead_of}
    found = [
        f"{key}: {other!r}, and the glossary says {word!r}"
        for key, text in catalogue("vi").items()
        for other, word in instead.items()
        if re.search(rf"\b{re.escape(other)}\b", text, re.IGNORECASE)
    ]
    assert found == []


def test_the_terms_are_words_that_the_texts_use():
    """A glossary of words that nobody meets helps nobody: most are in the texts, in the interface's help or in the reports."""
    said = " ".join(catalogue("vi").values()).lower()
    unused = [term.vi for term in glossary.terms() if re.sub(r" \(.*", "", term.vi).lower() not in said]
    assert len(unused) <= len(glossary.terms()) // 5, unused
