"""Tables are made, brought up to date and never left half done."""

from __future__ import annotations

import sqlite3
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from inventory import database, ledger, one_library
from inventory.database import DatabaseError, open_database, reading, upgrade, workspace_database
from inventory.facts import Counters, Interface
from inventory.frames import Inventory
from inventory.schema import METADATA, VERSION, VIEWS


def test_migrations_make_the_tables_of_the_schema_and_are_idempotent(tmp_path: Path) -> None:
    file = tmp_path / "có dấu cách" / "inventory.sqlite"
    file.parent.mkdir()
    engine = open_database(file)
    upgrade(engine)
    again = open_database(file)
    with again.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
        for view in VIEWS.values():
            read = connection.execute(sa.text(f"SELECT * FROM {view.table.name}"))
            assert list(read.keys()) == [c.name for c in view.table.columns]
    assert [d for d in differences if d[0] != "remove_table"] == []
    with sqlite3.connect(file) as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        kept = {name: not without for _, name, _, _, without, _ in plain.execute("PRAGMA table_list")}
        for table in METADATA.sorted_tables:
            assert kept[table.name] == table.dialect_options["sqlite"]["with_rowid"], table.name


def test_who_reads_knows_the_newest_tables() -> None:
    assert ScriptDirectory.from_config(database._alembic()).get_current_head() == VERSION


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


#: What the first version of the tables held of a switch: two scans, a port that came up, its counters, a reading.
FIRST_ROWS = """
INSERT INTO scans VALUES (1, 1000, 2000, 2000, 'finished', 'h:1', 'A', 1, 1, 0, 1, 'answered=1'),
(2, 3000, 4000, 4000, 'finished', 'h:1', 'A', 1, 1, 0, 1, 'answered=1');
INSERT INTO targets VALUES (1, 'A', '10.0.0.1'), (2, 'A', '10.0.0.1');
INSERT INTO devices (id, created_scan, first_seen) VALUES (1, 1, 2000);
INSERT INTO facts (device_id, key, valid_from, opened_scan, serial, model) VALUES (1, '', 2000, 1, 'CN11AAA111', '2530');
INSERT INTO sightings VALUES
(1, 1, 'answering', 'A', '10.0.0.1', 1500, 63, 'snmp', 50, NULL, 'serial'),
(2, 1, 'answering', 'A', '10.0.0.1', 3500, 63, 'snmp', 2050, NULL, 'serial');
INSERT INTO interfaces VALUES
(1, 'Gi0/1', 2000, 4000, 1, 2, 'snmp', 1, 'Gi0/1', 'Gigabit0/1', NULL, 6, '00:1c:73:00:00:01', 1500, 1000000000, 1, 0, 1),
(1, 'Gi0/1', 4000, NULL, 2, NULL, 'snmp', 1, 'Gi0/1', 'Gigabit0/1', NULL, 6, '00:1c:73:00:00:01', 1500, 1000000000, 1, 1, 2),
(1, 'Gi0/2', 2000, NULL, 1, NULL, 'snmp', 2, 'Gi0/2', NULL, 'tầng 2', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO readings VALUES (1, 'cpu_load|', 2000, NULL, 1, NULL, 'snmp', 'cpu_load', '', 5.0, NULL);
"""


def test_an_older_inventory_keeps_all_that_it_knows(tmp_path: Path, observe, mac) -> None:
    engine = database.connect(tmp_path / "inventory.sqlite")
    with database.writing(engine) as connection:
        config = database._alembic()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in FIRST_ROWS.split(";"):
            connection.execute(sa.text(statement))
        before = np.array([[1, 64, 10**9, 1000, 2000, 0, 0, 0, 0]], dtype=np.uint64)  # ifIndex, width, speed, counters
        planes = np.ascontiguousarray(before.T).view(np.uint8).reshape(9, -1, 8).transpose(0, 2, 1)
        row = {"packed": zlib.compress(planes.tobytes(), 1)}
        connection.execute(sa.text("INSERT INTO counters VALUES (1, 3500, 2050, :packed)"), row)
        changed = np.array([[1, 1, 2000, 700, 800, 0, 0, 0, 2**64 - 1]], dtype=np.uint64)  # device, ifIndex, seconds, differences
        planes = np.ascontiguousarray(changed.T).view(np.uint8).reshape(9, -1, 8).transpose(0, 2, 1)
        row = {"packed": zlib.compress(planes.tobytes(), 1)}
        connection.execute(sa.text("INSERT INTO traffic VALUES (2, 'A', :packed)"), row)
    engine = open_database(tmp_path / "inventory.sqlite")
    inventory = Inventory(engine)
    ports = inventory.interfaces().set_index("name")
    assert list(ports["oper_up"]) == [True, pd.NA]
    assert list(inventory.interfaces(as_of=2500)["oper_up"]) == [False, pd.NA]
    assert ports.loc["Gi0/2", "alias"] == "tầng 2"
    assert list(ports.loc["Gi0/1", ["in_octets", "out_octets", "out_discards", "counted_s"]]) == [700, 800, pd.NA, 2000]
    device = inventory.devices().iloc[0]
    assert (device["serial"], device["state"], device["uptime_s"], device["address"]) == (
        "CN11AAA111",
        "present",
        2050,
        "10.0.0.1",
    )
    assert list(inventory.health()["value"]) == [5.0]
    counted = Interface(1, "Gi0/1", "Gigabit0/1", mac=mac(1), counters=Counters(1100, 2100, 0, 0, 0, 0))
    scan = ledger.begin_scan(engine, 5000, [("A", "10.0.0.1")])
    ledger.record(engine, scan, [observe(serial="CN11AAA111", model="2530", uptime_s=3550, at=5000, interfaces=(counted,))])
    ledger.finish(engine, scan, 6000)
    port = inventory.interfaces().set_index("name").loc["Gi0/1"]
    assert list(port[["device", "in_octets", "out_octets", "counted_s"]]) == ["D00001", 100, 100, 1500]


def test_what_was_deleted_makes_the_file_smaller(tmp_path: Path, observe, mac) -> None:
    engine = open_database(tmp_path / "inventory.sqlite")
    for at in (1000, 2000):
        scan = ledger.begin_scan(engine, at, [("A", f"10.0.{n}.1") for n in range(200)])
        macs = [[mac(n * 100 + i) for i in range(48)] for n in range(200)]
        ledger.record(engine, scan, [observe(f"10.0.{n}.1", at=at, serial=f"CN{n:08d}", macs=macs[n]) for n in range(200)])
        ledger.finish(engine, scan, at + 500)
        with sqlite3.connect(tmp_path / "inventory.sqlite") as plain:
            assert plain.execute("PRAGMA freelist_count").fetchone() == (0,)
