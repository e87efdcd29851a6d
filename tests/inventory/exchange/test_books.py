"""Lists of other programs beside an office's own books: both are matched, neither takes from the other."""

from __future__ import annotations

import dataclasses

from inventory.registers import imports
from inventory.registers.matches import match_registers
from inventory.registers.records import Bucket, Line, Register, program
from tests.inventory.conftest import START


def line(file, serial, **more):
    return Line(file, "", 2, "Switch HPE 2530-24G", kind="switch", serials=(serial,), office="A", **more)


def test_one_device_is_matched_on_the_books_and_in_every_list(scan, observe, engine, inventory):
    scan(0, observe(office="A", serial="CN1234567", name="sw-1"), offices=("A",))
    for books in ("xa/so", "NetBox", "GLPI NetworkEquipment"):
        imports.import_register(engine, Register("f", (line("f", "CN1234567"),)), books, books, START)
    match_registers(engine)
    matches, assets = inventory.matches(), inventory.assets()
    assert matches.set_index("register")["bucket"].to_dict() == dict.fromkeys(assets["register"], str(Bucket.MATCHED))
    assert not (matches["bucket"] == Bucket.NOT_ON_BOOKS).any()


def test_what_only_another_program_knows_is_on_nobodys_books(scan, observe, engine, inventory):
    scan(0, observe(office="A", serial="CN1234567", name="sw-1"), offices=("A",))
    imports.import_register(engine, Register("f", (line("f", "CN1234567"),)), "NetBox", "", START)
    match_registers(engine)
    assert sorted(inventory.matches()["bucket"]) == sorted([Bucket.MATCHED, Bucket.NOT_ON_BOOKS])


def test_an_offices_file_never_continues_another_programs_list(engine):
    lines = tuple(dataclasses.replace(line("f", f"CN000000{n}"), row=n) for n in range(2, 9))
    imports.import_register(engine, Register("f", lines), "NetBox", "1", START)
    name = imports.books(engine, Register("so-tai-san.xlsx", lines))
    assert program(name) is None
    first = imports.import_register(engine, Register("so-tai-san.xlsx", lines), name, "2", START + 1)
    assert len(first.added) == len(lines)
    imports.import_register(engine, Register("f", lines[:0]), "NetBox", "3", START + 2)  # NetBox forgot them
    again = imports.import_register(engine, Register("so-moi.xlsx", lines), "other", "4", START + 3)
    assert (len(again.added), len(again.returned)) == (len(lines), 0)


def test_names_of_books():
    assert [program(books) for books in ("NetBox", "NetBox tỉnh", "GLPI Computer", "xa/so-tai-san", "netboxes", "")] == [
        *("NetBox", "NetBox", "GLPI"),
        *(None, None, None),
    ]
