"""Tables are made, brought up to date and never left half done."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from inventory import database, one_library
from inventory.database import DatabaseError, open_database, reading, upgrade, workspace_database
from inventory.schema import METADATA


def test_migrations_make_the_tables_of_the_schema_and_are_idempotent(tmp_path: Path) -> None:
    file = tmp_path / "có dấu cách" / "inventory.sqlite"
    file.parent.mkdir()
    engine = open_database(file)
    upgrade(engine)
    again = open_database(file)
    with again.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    assert [d for d in differences if d[0] != "remove_table"] == []
    with sqlite3.connect(file) as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import op

    calls = []
    real = op.create_table

    def failing(name: str, *columns: object, **options: object) -> object:
        calls.append(name)
        if len(calls) == 5:
            raise RuntimeError("the disk is full")
        return real(name, *columns, **options)

    monkeypatch.setattr(op, "create_table", failing)
    with pytest.raises(RuntimeError, match="the disk is full"):
        open_database(tmp_path / "a.sqlite")
    monkeypatch.undo()
    with sqlite3.connect(tmp_path / "a.sqlite") as plain:
        assert plain.execute("SELECT name FROM sqlite_master").fetchall() == []
    engine = open_database(tmp_path / "a.sqlite")
    assert "devices" in sa.inspect(engine).get_table_names()


@pytest.mark.parametrize("what", ["text", "another", "newer", "folder"])
def test_what_is_no_inventory_is_left_alone_with_a_clear_sentence(tmp_path: Path, what: str) -> None:
    file = tmp_path / "x.sqlite"
    key = "database_not_one"
    if what == "text":
        file.write_text("xin chào " * 1000, encoding="utf-8")
    elif what == "another":
        with sqlite3.connect(file) as plain:
            plain.execute("CREATE TABLE khách (tên)")
    elif what == "newer":
        open_database(file)
        with sqlite3.connect(file) as plain:
            plain.execute("UPDATE alembic_version SET version_num = '9999'")
        key = "database_newer"
    else:
        file, key = tmp_path / "none" / "x.sqlite", "database_folder"
    before = file.read_bytes() if file.exists() else None
    with pytest.raises(DatabaseError) as caught:
        open_database(file)
    assert caught.value.key == key
    assert str(file) in str(caught.value)
    assert before is None or what == "newer" or file.read_bytes()[:100] == before[:100]


def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    engine = open_database(workspace_database(tmp_path))
    with database.writing(engine) as connection:
        connection.execute(sa.text("INSERT INTO devices (id, created_scan, first_seen) VALUES (1, 1, 1)"))
        with reading(engine) as other:
            assert other.execute(sa.text("SELECT COUNT(*) FROM devices")).scalar() == 0
    with reading(engine) as other:
        assert other.execute(sa.text("SELECT COUNT(*) FROM devices")).scalar() == 1


def test_adbc_and_the_writer_never_have_the_file_open_at_once(tmp_path: Path) -> None:
    """Two SQLite libraries in a process do not see each other's locks (see inventory.one_library)."""
    engine = open_database(workspace_database(tmp_path))
    assert one_library.claim_file()
    one_library.release_file()
    with reading(engine):
        assert not one_library.claim_file()
    assert one_library.claim_file()
    one_library.release_file()
