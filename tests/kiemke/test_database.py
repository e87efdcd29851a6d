"""A workspace whose inventory is on PostgreSQL: every command finds it, and says in one sentence when it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from inventory import ledger
from kiemke import workspace
from tests.end_to_end.running import kiemke
from tests.inventory.conftest import observe
from tests.postgresql import PASSWORD, Cluster

OFFICES = "offices:\n  - {code: A, name_vi: Xã A, name_en: Commune A, networks: [{network: 127.0.0.1/32, snmp: [public]}]}\n"


@pytest.fixture
def folder(tmp_path: Path, cluster: Cluster, postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace on a server that wants a password, with one device in it."""
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    url = cluster.url_of_loopback(postgresql_url.partition("@/")[2].partition("?")[0])
    settings = f'language = "vi"\n[database]\nurl = "{url}"\n'
    opened = workspace.create(tmp_path / "kho", {"kiemke.toml": settings, "offices.yaml": OFFICES})
    engine = opened.engine()
    scan = ledger.begin_scan(engine, 1_780_000_000, [("A", "10.0.0.1")])
    ledger.record(engine, scan, [observe(serial="CN11AAA111", name="Đơn vị 1")])
    ledger.finish(engine, scan, 1_780_000_060)
    engine.dispose()
    return opened.root


def test_commands_and_notebooks_find_it(folder: Path) -> None:
    assert not (folder / "inventory.sqlite").exists()
    shown = kiemke("show", "devices", "-w", folder, "--format", "csv")
    assert (shown.status, shown.err) == (0, "")
    assert "CN11AAA111" in shown.out
    assert "Đơn vị 1" in shown.out
    assert workspace.open_workspace(folder).last_scan() == {"scan": "S00001"} | dict.fromkeys(
        ("finished_at", "known_at"), "2026-05-28T20:27:40+00:00"
    )


def test_a_server_that_is_away_is_told_in_one_sentence(folder: Path) -> None:
    wrong = kiemke("show", "devices", "-w", folder, PGPASSWORD="wrong-s3cret-word")
    assert (wrong.status, wrong.out, wrong.err.count("\n")) == (2, "", 1)
    assert "s3cret-word" not in wrong.err
    settings = folder / "kiemke.toml"
    served = settings.read_text(encoding="utf-8")
    settings.write_text(served.replace("127.0.0.1", "kiemke.invalid"), encoding="utf-8")
    for command, language, words in ((("show", "devices"), "vi", "Không kết nối được"), (("scan",), "en", "cannot be reached")):
        away = kiemke(*command, "-w", folder, KIEMKE_LANG=language)
        assert (away.status, away.out, away.err.count("\n")) == (2, "", 1), away.err
        assert words in away.err
        assert PASSWORD not in away.err
    settings.write_text(served.replace("kiemke@", "kiemke:s3cret-word@"), encoding="utf-8")
    refused = kiemke("scan", "-w", folder)
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert "kiemke.toml" in refused.err
    assert "s3cret-word" not in refused.err
