"""Where the inventory of a workspace is: one rule, and no password in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory import sources
from inventory.database import DatabaseError, open_database
from inventory.frames import FrameError, Inventory
from inventory.sources import SourceError, conninfo, postgresql, workspace_database
from tests.postgresql import PASSWORD, Cluster

PRINTED = "postgresql://kiemke:s3cret-word@db/kiemke"


def settings(folder: Path, text: str) -> Path:
    (folder / "kiemke.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_workspace_has_a_file_unless_its_settings_name_a_server(tmp_path: Path) -> None:
    assert workspace_database(tmp_path) == tmp_path / "inventory.sqlite"
    assert workspace_database(settings(tmp_path, 'language = "vi"')) == tmp_path / "inventory.sqlite"
    assert workspace_database(settings(tmp_path, "\ufeff[database]\n")) == tmp_path / "inventory.sqlite"
    url = "postgresql://kiemke@db.example.vn/kho?sslmode=require"
    assert workspace_database(settings(tmp_path, f'[database]\nurl = "{url}"')) == url
    assert Inventory(tmp_path).source == url
    assert repr(Inventory(tmp_path)) == "Inventory('kho@db.example.vn')"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f'[database]\nurl = "{PRINTED}"', "database_password"),
        ('[database]\nurl = "postgresql://kiemke@db/kiemke?password=s3cret-word"', "database_password"),
        ('[database]\nurl = "postgres://kiemke@db/kiemke?sslpassword=s3cret-word"', "database_password"),
        ('[database]\nurl = "mysql://kiemke:s3cret-word@db/kiemke"', "database_url"),
        ('[database]\nurl = "postgresql://kiemke:s3cret-word@db:x/kiemke"', "database_url"),
        ('[database]\nurl = "s3cret-word"', "database_url"),
        ('[database]\nurl = ["s3cret-word"]', "database_url"),
        ("database = 3", "database_url"),
        ('[database]\nurl = "postgresql://kiemke@db/kiemke?sslmod=require"', "database_url"),
        ("[database\n", "database_settings"),
        ("\udce9", "database_settings"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence_that_quotes_nothing(tmp_path: Path, text: str, key: str) -> None:
    (tmp_path / "kiemke.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SourceError) as caught:
        Inventory(tmp_path)
    assert caught.value.key == key
    assert str(tmp_path / "kiemke.toml") in str(caught.value)
    assert "s3cret-word" not in str(caught.value)
    assert caught.value.__cause__ is None


@given(st.text(max_size=40) | st.from_regex(r"postgres(ql)?://[^/]{0,12}(/.{0,8})?", fullmatch=True))
def test_any_url_is_understood_or_refused(url: str) -> None:
    try:
        parsed = postgresql(url)
    except SourceError:
        return
    assert parsed.password is None
    assert "connect_timeout" in conninfo(parsed)
    assert sources.name(url) if "://" in url else True


def test_both_drivers_are_told_the_same() -> None:
    assert conninfo(postgresql("postgresql://kho%20viên@db:5433/kho?sslmode=require&connect_timeout=3")) == (
        "host=db dbname=kho user='kho viên' port=5433 sslmode=require connect_timeout=3"
    )
    assert "service=kiemke" in conninfo(postgresql("postgresql://?service=kiemke"))


def test_the_password_comes_from_postgresqls_own_places_and_is_never_told(
    cluster: Cluster, postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = cluster.url_of_loopback(postgresql_url.partition("@/")[2].partition("?")[0])
    monkeypatch.setenv("HOME", str(tmp_path))
    for password in ("", "wrong-s3cret-word"):
        monkeypatch.setenv("PGPASSWORD", password)
        for use in (lambda: open_database(url), lambda: Inventory(url).devices()):
            with pytest.raises(DatabaseError) as caught:
                use()
            assert caught.value.key == "database_unreachable"
            assert "s3cret-word" not in str(caught.value)
            assert "127.0.0.1" in str(caught.value)
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    open_database(url).dispose()
    assert Inventory(url).devices().empty
    monkeypatch.delenv("PGPASSWORD")
    (tmp_path / ".pgpass").write_text(f"127.0.0.1:{cluster.port}:*:*:{PASSWORD}\n", encoding="utf-8")
    (tmp_path / ".pgpass").chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / ".pgpass"))
    open_database(url).dispose()
    assert Inventory(url).devices().empty
    for _, value in (("log", cluster.log), ("url", str(sources.postgresql(url)))):
        assert PASSWORD not in value


def test_who_reads_what_is_no_inventory_is_told_so(cluster: Cluster, tmp_path: Path) -> None:
    url = cluster.database("nothing_yet")
    with pytest.raises(DatabaseError) as caught:
        Inventory(url).devices()
    assert (caught.value.key, "nothing_yet" in str(caught.value)) == ("database_tables", True)
    cluster.execute("CREATE TABLE khách (tên text)", database="nothing_yet")
    with pytest.raises(DatabaseError) as caught:
        open_database(url)
    assert caught.value.key == "database_occupied"
    cluster.execute("CREATE DATABASE latin ENCODING LATIN1 LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0")
    with pytest.raises(DatabaseError) as caught:
        open_database(cluster.url("latin"))
    assert caught.value.key == "database_encoding"
    with pytest.raises(FrameError, match="no inventory"):
        Inventory(tmp_path).devices()
    (tmp_path / "inventory.sqlite").touch()
    with pytest.raises(DatabaseError) as caught:
        Inventory(tmp_path).devices()
    assert caught.value.key == "database_tables"
