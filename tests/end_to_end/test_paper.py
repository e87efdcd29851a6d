"""The demonstration's reports on paper: every table whole, in its margins, with the first page's facts, in both dresses."""

from __future__ import annotations

import json

import pytest

from reports import executed, to_pdf
from reports.letterhead import Letterhead
from reports.texts import texts
from tests.reports.papers import facts, in_order, needs_poppler, outside, overlapping, sheets, squeezed

pytestmark = [needs_poppler, pytest.mark.skipif(to_pdf.missing() is not None, reason=str(to_pdf.missing()))]

#: Margins at the sides in mm, of the narrowest page; a justified line may be half a millimetre too long.
SIDES = {"plain": (19.9, 14.5), "administrative": (29.9, 16.4)}


@pytest.fixture(scope="module")
def papers(demo, tmp_path_factory):
    """(report, dress, what the notebook showed, the PDF): the plain one is the run's own."""
    folder = tmp_path_factory.mktemp("paper")
    found = {}
    for file in sorted((demo.home / "reports").glob("*/run.json")):
        record = json.loads(file.read_text(encoding="utf-8"))
        found[record["report"]] = (file.parent, record)
    made = []
    for name, (home, record) in found.items():
        shown = executed.read(home / record["files"]["notebook"])
        made.append((name, "plain", shown, home / record["files"]["pdf"]))
        path = folder / f"{name}.pdf"
        to_pdf.write(shown, path, "administrative", Letterhead(issuer="Ủy ban nhân dân huyện Lập Thạch"))
        made.append((name, "administrative", shown, path))
    return made


def test_nothing_lies_outside_the_margins(papers):
    assert [(name, dress, found) for name, dress, _, path in papers if (found := outside(sheets(path), *SIDES[dress]))] == []


def test_no_word_is_set_over_another(papers):
    assert [(name, dress, found) for name, dress, _, path in papers if (found := overlapping(sheets(path)))] == []


def test_every_head_and_every_row_is_there_in_right_vietnamese(papers):
    for name, dress, shown, path in papers:
        text = squeezed(in_order(path))
        assert "\ufffd" not in text
        for table in shown.all("table"):
            columns = [(place, column) for place, column in enumerate(table["columns"]) if column["document"]]
            for _, column in columns:
                assert squeezed(column["title"]) in text, (name, dress, column["title"])
            for row in table["rows"][: table["top"]] if table["top"] else table["rows"]:
                for place, _ in columns:
                    if isinstance(row[place], str) and row[place].isalpha():
                        assert squeezed(row[place]) in text, (name, dress, row[place])
        for payload in shown.all("finding"):
            assert squeezed(payload["text"].replace("**", "")) in text, (name, dress)


def test_the_first_page_says_what_a_council_asks_first(papers):
    say = texts("vi")
    for name, dress, shown, path in papers:
        first = squeezed(sheets(path)[0].text)
        opening = shown.opening
        as_of = say.moment(opening["as_of"]) if "T" in opening["as_of"] else say.date(opening["as_of"])
        asked = [opening["office"], say("show.as_of"), as_of, say("about.made"), shown.run["ran_by"]]
        asked += [text for pair in opening["coverage"] for text in pair]
        asked += [say("show.unknown")] if shown.all("unknown") else []
        for text in asked:
            assert squeezed(text.replace("**", "")) in first, (name, dress, text)


def test_it_can_be_read_aloud_and_has_a_title(papers):
    for name, dress, shown, path in papers:
        told = facts(path)
        assert told["Title"] == shown.opening["title"], (name, dress)
        assert told["Tagged"] == "yes"
