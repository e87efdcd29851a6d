"""Releases out of endoflife.date in each of its shapes, whole and broken."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.lifecycle import endoflife, products, releases
from inventory.lifecycle.endings import Ending
from inventory.lifecycle.importing import imported
from inventory.lifecycle.status import lifecycles, statuses
from inventory.lifecycle.tables import LifecycleError, Troubles

TODAY = date(2026, 11, 22)
WANTED = frozenset({"debian", "fortios", "routeros"})
RULES = products.rules(None, Troubles())
COMMIT = "0123456789abcdef0123456789abcdef01234567"

PAGE = """---
title: Debian
permalink: /debian
releaseLabel: "__RELEASE_CYCLE__ (__CODENAME__)"
somethingNew: {deeply: [nested, true]}
releases:
-   releaseCycle: "15"
    releaseDate: 2026-08-01
    eoas: false
    eol: 2031-08-01
    eoes: 2033-06-30
    latest: "15.1"
    latestReleaseDate: 2026-10-03
-   releaseCycle: "14"
    eol: false
    lts: true
-   releaseCycle: "2"
    eol: true
---

> A page.
---
"""


def checkout(folder: Path, **pages: str) -> Path:
    (folder / "products").mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / "products" / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def by_name(found: endoflife.Found) -> dict[str, releases.Release]:
    return {one.release: one for one in found.releases}


def test_a_checkout(tmp_path):
    checkout(tmp_path, debian=PAGE, ansible=PAGE.replace("/debian", "/ansible"))
    (tmp_path / ".git" / "refs" / "heads").mkdir(parents=True)
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/master\n")
    (tmp_path / ".git" / "packed-refs").write_text(f"# pack-refs with: peeled\n{COMMIT} refs/heads/master\n")
    found = endoflife.read(tmp_path, WANTED, TODAY)
    assert (found.commit, found.as_of, found.left_out, found.troubles) == (COMMIT, date(2026, 10, 3), 1, [])
    newest = by_name(found)["15"]
    assert (newest.released, newest.latest, newest.label) == (date(2026, 8, 1), "15.1", "")
    assert (newest.security, newest.extended) == (Ending(date(2031, 8, 1)), Ending(date(2033, 6, 30)))
    assert newest.active == Ending(ended=False)
    assert (newest.source, newest.checked_on, newest.verified) == ("endoflife.date 0123456", date(2026, 10, 3), True)
    assert by_name(found)["14"].security == Ending(ended=False)
    assert by_name(found)["14"].lts
    assert by_name(found)["2"].security == Ending(ended=True)


def test_keys_of_earlier_years_mean_the_same(tmp_path):
    old = '---\npermalink: /debian\nreleases:\n  - releaseCycle: "10"\n    release: 2019-07-06\n    support: 2021-01-01\n'
    checkout(tmp_path, debian=old + "    eol: 2022-09-10\n    extendedSupport: 2024-06-30\n---\n")
    (one,) = endoflife.read(tmp_path, WANTED, TODAY).releases
    assert (one.released, one.active.day, one.security.day) == (date(2019, 7, 6), date(2021, 1, 1), date(2022, 9, 10))
    assert one.extended.day == date(2024, 6, 30)


def test_files_of_the_first_api(tmp_path):
    told = [
        {
            "cycle": "7.9",
            "releaseDate": "2026-05-01",
            "eol": "2030-11-01",
            "support": "2029-05-01",
            "lts": False,
            "latest": "7.9.1",
        }
    ]
    (tmp_path / "fortios.json").write_text(json.dumps([*told, {"cycle": 6.4, "eol": True}]))
    (tmp_path / "all.json").write_text(json.dumps(["debian", "fortios"]))
    found = endoflife.read(tmp_path, WANTED, TODAY)
    assert by_name(found)["7.9"].security.day == date(2030, 11, 1)
    assert by_name(found)["7.9"].active.day == date(2029, 5, 1)
    assert by_name(found)["6.4"].security == Ending(ended=True)
    assert found.troubles == []


@pytest.mark.parametrize("whole", [True, False])
def test_documents_of_the_present_api(tmp_path, whole):
    release = {
        "name": "15",
        "label": "15 (Somebody)",
        "releaseDate": "2026-08-01",
        "isLts": False,
        "isEol": False,
        "eolFrom": "2031-08-01",
        "isEoes": False,
        "eoesFrom": None,
        "isMaintained": True,
        "latest": {"name": "15.1", "date": "2026-10-03"},
    }
    product = {"name": "debian", "label": "Debian", "releases": [release]}
    document = {"schema_version": "1.1.0", "generated_at": "2026-11-20T05:00:00+00:00", "result": [product] if whole else product}
    file = tmp_path / ("full.json" if whole else "debian.json")
    file.write_text(json.dumps(document))
    found = endoflife.read(file, WANTED, TODAY)
    (one,) = found.releases
    assert (one.product, one.label, one.latest) == ("debian", "15 (Somebody)", "15.1")
    assert (one.security.day, one.extended, one.checked_on) == (date(2031, 8, 1), Ending(ended=False), date(2026, 11, 20))


@pytest.mark.parametrize(
    ("page", "key"),
    [
        (PAGE[:150], "lifecycle_no_front_matter"),
        (PAGE.replace("releases:", "\treleases:"), "lifecycle_broken"),
        (PAGE.replace('releaseCycle: "14"', 'releaseCycle: "14'), "lifecycle_broken"),
        (PAGE.replace("releases:", "others:"), "lifecycle_no_front_matter"),
        ("---\npermalink: /debian\nreleases: " + "[" * 5000 + "\n---\n", "lifecycle_broken"),
        (PAGE.replace('releaseCycle: "2"', "codename: nobody"), "lifecycle_nameless"),
        (PAGE.replace('releaseCycle: "2"', 'releaseCycle: "=HYPERLINK(1)"'), "lifecycle_nameless"),
        (PAGE.replace("eol: 2031-08-01", "eol: 2031-02-30"), "lifecycle_release_date"),
        (PAGE.replace("eol: 2031-08-01", "eol: when we feel like it"), "lifecycle_release_date"),
    ],
)
def test_a_broken_page_is_one_sentence_and_the_others_are_read(tmp_path, page, key):
    checkout(tmp_path, debian=page, fortios=PAGE.replace("/debian", "/fortios"))
    found = endoflife.read(tmp_path, WANTED, TODAY)
    assert [trouble.key for trouble in found.troubles] == [key]
    assert "debian.md" in str(found.troubles[0])
    assert len([one for one in found.releases if one.product == "fortios"]) == 3


def test_a_date_that_is_none_leaves_the_rest_of_its_release(tmp_path):
    checkout(tmp_path, debian=PAGE.replace("eol: 2031-08-01", "eol: 2031-02-30"))
    newest = by_name(endoflife.read(tmp_path, WANTED, TODAY))["15"]
    assert newest.security == Ending()
    assert newest.extended.day == date(2033, 6, 30)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([".md", ".json"]))
def test_no_file_makes_it_raise_anything_but_a_sentence(tmp_path_factory, octets, ending):
    file = tmp_path_factory.getbasetemp() / f"debian{ending}"
    file.write_bytes(octets)
    with suppress(LifecycleError):
        endoflife.read(file, WANTED, TODAY)


@settings(max_examples=80, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["name", "cycle", "eol", "eolFrom", "latest", "releases", "result", "label"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    )
)
def test_no_document_of_json_does_either(tmp_path_factory, document):
    file = tmp_path_factory.getbasetemp() / "debian.json"
    file.write_text(json.dumps(document))
    for one in endoflife.read(file, WANTED, TODAY).releases:
        assert one.release


def status_of(folder: Path, **device: str) -> tuple[object, object]:
    (row,) = statuses([device], TODAY, lifecycles(folder))
    return row["release"], row["os_security"]


def test_an_import_brings_new_releases_without_new_rules(tmp_path):
    old = {"os_version": "Debian GNU/Linux 15.1 (somebody)"}
    own = tmp_path / "lifecycle"
    assert status_of(own, **old) == ("15", "unknown")
    table = imported(checkout(tmp_path, debian=PAGE), own, RULES, TODAY)
    assert (table.file, table.rows, table.products) == ("os_releases.csv", 3, 1)
    own.mkdir()
    (own / table.file).write_text(table.text, encoding="utf-8")
    assert status_of(own, **old) == ("15", "supported")
    assert status_of(own, os_version="Debian GNU/Linux 14") == ("14", "supported")
    assert status_of(own, os_version="Debian GNU/Linux 2") == ("2", "past")
    assert status_of(own, os_version="Ubuntu 22.04") == ("22.04", "supported"), "the shipped ones stand beside them"


def test_what_people_wrote_stays_first_and_an_earlier_import_goes(tmp_path):
    own = tmp_path / "lifecycle"
    own.mkdir()
    theirs = "# ours\nproduct,release,end_of_security,source\ndebian,15,2040-01-01,contract 7\n"
    theirs += "debian,99,2000-01-01,endoflife.date abc\n"
    (own / "os_releases.csv").write_text(theirs, encoding="utf-8")
    text = imported(checkout(tmp_path, debian=PAGE), own, RULES, TODAY).text
    assert text.startswith("# ours\n")
    assert "debian,99" not in text
    (own / "os_releases.csv").write_text(text, encoding="utf-8")
    assert imported(tmp_path, own, RULES, TODAY).text == text, "once more changes nothing"
    known = lifecycles(own)
    assert known.troubles == ()
    assert known.releases.named("debian", "15").security.day == date(2040, 1, 1)


def test_a_list_that_cannot_be_kept_is_not_written_over(tmp_path):
    own = tmp_path / "lifecycle"
    own.mkdir()
    (own / "os_releases.csv").write_text("product,release,end_of_security\ndebian,15,never\n")
    with pytest.raises(LifecycleError, match="line 2"):
        imported(checkout(tmp_path, debian=PAGE), own, RULES, TODAY)


@pytest.mark.parametrize("name", ["none", "empty", "notes.csv", "page.md"])
def test_what_holds_no_such_data_is_told(tmp_path, name):
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.csv").write_text("name,colour\na,b\n")
    (tmp_path / "page.md").write_text("# Title\n")
    with pytest.raises(LifecycleError):
        imported(tmp_path / name, tmp_path / "lifecycle", RULES, TODAY)


def test_hardware_with_vietnamese_headings(tmp_path):
    own = tmp_path / "lifecycle"
    file = tmp_path / "phan-cung.csv"
    file.write_text(
        "Hãng;Dòng máy;Ngừng bán;Ngừng vá bảo mật;Ngừng hỗ trợ;Nguồn;Ngày kiểm tra;Tình trạng\n"
        "TP-Link;T1600G*;30/06/2023;30/06/2026;;thông báo của hãng;01/10/2026;đã kiểm chứng\n"
        "TP-Link;T2600G*;hôm qua;;;;;\n",
        encoding="utf-8",
    )
    table = imported(file, own, RULES, TODAY)
    assert (table.file, table.rows, [trouble.key for trouble in table.troubles]) == ("hardware.csv", 1, ["lifecycle_no_date"])
    own.mkdir()
    (own / table.file).write_text(table.text, encoding="utf-8")
    (row,) = statuses([{"vendor": "TP-Link", "model": "T1600G-28TS"}], TODAY, lifecycles(own))
    assert (row["sale"], row["security"], row["support"], row["verified"]) == ("past", "past", "unknown", True)
