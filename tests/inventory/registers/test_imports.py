"""What an import remembers: nothing twice, nothing lost, and each asset with its history."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from inventory import sentences
from inventory.registers.imports import books, compare, import_register, together
from inventory.registers.records import Register, Rejected, State
from inventory.schema.registers import ASSETS, IMPORTS, REJECTED
from tests.inventory.registers.conftest import line

AT = 1_790_000_000


LINES = (
    line(6, code="TS.001", serials=("CZC5430K2L", "3CQ5120PWJ"), macs=("d8:cb:8a:00:00:01",), user="Nguyễn Văn Bình"),
    line(7, code="TS.002"),
    line(8, "Máy in laser", place="Phòng Một cửa", more=(("Nguồn vốn", "Ngân sách xã"),)),
    line(9, "Switch 24 cổng", quantity=3, price_vnd=9_000_000, state=State.IN_USE),
)
REGISTER = Register("so-tai-san-2024.xlsx", LINES)


def rows(engine, table):
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.select(table)).mappings()]


def assets(engine):
    """asset -> what stands in the books."""
    return {row["asset_id"]: row for row in rows(engine, ASSETS) if row["valid_to"] is None}


def test_the_same_file_again_changes_nothing_and_says_so(engine):
    first = import_register(engine, REGISTER, "A", "d1", AT)
    assert [asset.line for asset in first.added] == list(LINES)
    before = rows(engine, ASSETS)
    again = import_register(engine, REGISTER, "A", "d1", AT + 9)
    assert again.nothing
    assert again.unchanged == 4
    assert rows(engine, ASSETS) == before
    assert [row["added"] for row in rows(engine, IMPORTS)] == [4, 0]


def test_what_is_remembered_is_what_the_file_said(engine):
    import_register(engine, REGISTER, "A", "d1", AT)
    row = assets(engine)[1]
    assert (row["serials"], row["macs"], row["user"]) == ("CZC5430K2L,3CQ5120PWJ", "d8:cb:8a:00:00:01", "Nguyễn Văn Bình")
    assert assets(engine)[3]["more"] == '[["Nguồn vốn", "Ngân sách xã"]]'


def test_a_changed_row_is_a_change_of_the_same_asset(engine):
    import_register(engine, REGISTER, "A", "d1", AT)
    broken = replace(LINES[1], state=State.BROKEN)
    found = import_register(engine, replace(REGISTER, lines=(LINES[0], broken, *LINES[2:])), "A", "d2", AT + 100)
    assert [(c.asset, c.fields) for c in found.changed] == [(2, ("state",))]
    history = [(row["valid_from"], row["valid_to"], row["state"]) for row in rows(engine, ASSETS) if row["asset_id"] == 2]
    assert history == [(AT, AT + 100, None), (AT + 100, None, "broken")]


def test_a_row_that_left_ends_and_goes_on_when_it_comes_back(engine):
    import_register(engine, REGISTER, "A", "d1", AT)
    left = import_register(engine, replace(REGISTER, lines=LINES[1:]), "A", "d2", AT + 100)
    assert [asset.id for asset in left.ended] == [1]
    assert set(assets(engine)) == {2, 3, 4}
    back = import_register(engine, REGISTER, "A", "d1", AT + 200)
    assert [asset.id for asset in back.returned] == [1]
    assert set(assets(engine)) == {1, 2, 3, 4}
    assert back.superseded == AT


def test_a_line_that_only_moved_in_the_file_has_not_changed(engine):
    import_register(engine, REGISTER, "A", "d1", AT)
    turned = tuple(replace(one, row=20 - one.row, file="so-tai-san-2025.xlsx") for one in reversed(LINES))
    found = import_register(engine, Register("so-tai-san-2025.xlsx", turned), "A", "d2", AT + 100)
    assert found.nothing
    assert len(found.shifted) == 4
    assert {asset: row["row"] for asset, row in assets(engine).items()} == {1: 14, 2: 13, 3: 12, 4: 11}


def test_an_import_ends_only_what_the_same_books_said(engine):
    import_register(engine, REGISTER, "A", "d1", AT)
    other = Register("khac.xlsx", (line(6, "Máy chiếu", office="B", acquired="2020"),))
    import_register(engine, other, "B", "d2", AT + 100)
    assert len(assets(engine)) == 5


def test_a_thing_that_was_handed_to_other_books_stays_the_same_asset(engine):
    import_register(engine, REGISTER, "A", "d1", AT)
    import_register(engine, replace(REGISTER, lines=LINES[1:]), "A", "d2", AT + 100)
    handed = line(30, "Máy tính HP", office="B", serials=("czc5430k2l",), acquired="2015", code="B-7")
    found = import_register(engine, Register("b.xlsx", (handed,)), "B", "d3", AT + 200)
    assert [asset.id for asset in found.returned] == [1]
    assert assets(engine)[1]["register"] == "B"


def test_imports_within_a_second_do_not_collide_and_time_never_goes_back(engine):
    for n in range(4):
        changed = (replace(LINES[0], note=str(n)), *LINES[1:])
        import_register(engine, replace(REGISTER, lines=changed), "A", f"d{n}", AT - n)
    history = [(row["valid_from"], row["note"]) for row in rows(engine, ASSETS) if row["asset_id"] == 1]
    assert history == [(AT + n, str(n)) for n in range(4)]


def test_rejected_rows_are_remembered_with_cell_and_reason(engine):
    reason = sentences.pack("register.no_name")
    rejected = (Rejected("a.xlsx", "Sheet1", "B12", reason, "?"), Rejected("a.xlsx", "Sheet1", "B12", reason, "?", False))
    import_register(engine, replace(REGISTER, rejected=rejected), "A", "d1", AT)
    assert [(row["cell"], row["reason"], row["whole_row"]) for row in rows(engine, REJECTED)] == [
        ("B12", reason, True),
        ("B12", reason, False),
    ]


def test_a_comparison_stores_nothing(engine):
    found = compare(engine, REGISTER, "A")
    assert len(found.added) == 4
    assert rows(engine, ASSETS) == rows(engine, IMPORTS) == []


def test_what_no_database_can_hold_is_kept_as_far_as_possible(engine):
    strange = line(6, "Máy\0 in \ud800", serials=("A,B",), unit_price_vnd=10**30, quantity=10**12)
    import_register(engine, Register("x.xlsx", (strange,)), "A", "d1", AT)
    row = assets(engine)[1]
    assert (row["name"], row["serials"], row["quantity"]) == ("Máy in ?", "A B", 2**31 - 1)
    assert import_register(engine, Register("x.xlsx", (strange,)), "A", "d1", AT).nothing


def test_the_next_issue_of_the_same_books_is_known_by_what_it_says(engine):
    assert books(engine, REGISTER) == "A/so-tai-san"
    import_register(engine, REGISTER, "A/so-tai-san", "d1", AT)
    renamed = replace(REGISTER, file="kiem ke 31.12.2025.xlsx")
    assert books(engine, renamed) == "A/so-tai-san"


def test_books_of_other_offices_under_the_same_file_name_are_other_books(engine):
    for office in "ABC":
        lines = tuple(
            replace(one, office=None, office_told="", acquired=f"20{10 + ord(office) - 60}", serials=()) for one in LINES
        )
        lines = tuple(replace(one, unit_price_vnd=ord(office) * 100_000, macs=()) for one in lines)
        register = Register("so-tai-san.xlsx", lines)
        found = import_register(engine, register, books(engine, register), office, AT)
        assert not found.ended
    assert [row["register"] for row in rows(engine, IMPORTS)] == ["so-tai-san", "so-tai-san (2)", "so-tai-san (3)"]


def test_the_office_that_was_told_names_the_books(engine):
    assert books(engine, replace(REGISTER, file="Sổ TSCĐ (bản cuối) 2024.xls"), office="thai-hoa") == "thai-hoa/so-tscd"


def test_a_file_that_would_end_most_of_the_books_is_noticed(engine):
    many = tuple(line(n, code=f"TS.{n}") for n in range(40))
    import_register(engine, replace(REGISTER, lines=many), "A", "d1", AT)
    assert compare(engine, replace(REGISTER, lines=many[:15]), "A").many_end
    assert not compare(engine, replace(REGISTER, lines=many[:35]), "A").many_end


def test_several_files_of_the_same_books_are_one_register(engine):
    second = Register("may-in.xlsx", (replace(LINES[2], file="may-in.xlsx"),), (Rejected("may-in.xlsx", "S", "A1", "x"),))
    found = import_register(engine, together([replace(REGISTER, lines=LINES[:2]), second]), "A", "d1", AT)
    assert len(found.added) == 3
    assert rows(engine, IMPORTS)[0]["file"] == "so-tai-san-2024.xlsx, may-in.xlsx"


@pytest.mark.parametrize(
    ("file", "title"),
    [
        ("Sổ tài sản 31-12-2025 (bản cuối).xlsx", "so-tai-san"),
        ("so-tai-san-2024.xlsx", "so-tai-san"),
        ("TAI SAN Xa Ban Gian nam 2025 lan 2.csv", "tai-san-xa-ban-gian"),
        ("Kiểm kê quý IV 2025_v3 - Copy.xls", "kiem-ke"),
        ("2025.xlsx", "so-tai-san"),
    ],
)
def test_the_year_of_an_issue_is_not_part_of_the_books_name(engine, file, title):
    lines = tuple(replace(one, office=None) for one in LINES)
    assert books(engine, Register(file, lines)) == title


def test_a_summary_that_holds_an_offices_lines_does_not_take_its_register(engine):
    part = replace(REGISTER, file="xa-a.xlsx")
    summary = Register("tong-hop.xlsx", (*LINES, *(line(n, f"Máy chiếu số {n}", office="B") for n in range(20, 26))))
    names = [books(engine, part), books(engine, summary)]
    import_register(engine, part, names[0], "d1", AT)
    import_register(engine, summary, names[1], "d2", AT + 1)
    assert [books(engine, part), books(engine, summary)] == names == ["A/xa-a", "tong-hop"]
    assert books(engine, replace(part, file="khac.xlsx")) == "A/xa-a"
    assert books(engine, replace(summary, file="khac.xlsx")) == "tong-hop"
