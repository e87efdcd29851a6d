"""Useful lives, prices and norms: dated, the workspace's own first, and no bad row costs more than itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.database import open_database
from inventory.facts import KINDS
from inventory.frames import Inventory
from inventory.frames.reading import LOCAL
from inventory.lifecycle.policies import PARTS, Life, Norm, policies
from inventory.lifecycle.tables import LifecycleError, Troubles, read, rows
from reports.texts import texts

TODAY = date(2026, 11, 22)
DAYS = st.dates(date(2014, 1, 1), date(2031, 1, 1))


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_what_is_shipped_is_whole_and_names_its_sources():
    known = policies(None, TODAY)
    assert known.troubles == ()
    assert set(known.lives) <= set(KINDS)
    assert set(known.part_prices) == set(PARTS)
    assert set(known.prices) == set(known.lives), "a kind that has a life has a price"
    every = [*known.lives.values(), *known.prices.values(), *known.norms.values(), *known.part_lives.values()]
    assert all(row.source_vi and row.source_en for row in [*every, *known.part_prices.values(), *known.price_limits.values()])


def test_the_rule_that_is_in_force_on_the_day_counts():
    assert "45/2018" in policies(None, date(2023, 6, 9)).lives["pc"].source_vi
    assert "23/2023" in policies(None, date(2023, 6, 10)).lives["pc"].source_vi
    assert "pc" not in policies(None, date(2025, 6, 30)).price_limits
    limit = policies(None, date(2025, 7, 1)).price_limits["pc"]
    assert limit.vnd == 20_000_000
    assert limit.verified
    assert policies(None, TODAY).prices["pc"].vnd <= limit.vnd


def test_a_workspaces_own_row_comes_before_newer_shipped_ones_once_it_is_in_force(tmp_path):
    own = write(tmp_path / "lifecycle", "useful_lives.csv", "kind,years,valid_from,status\npc,7,2020-01-01,\npc,6,2027-01-01,\n")
    assert policies(own, TODAY).lives["pc"].years == 7
    assert policies(own, date(2027, 1, 1)).lives["pc"].years == 6
    assert policies(own, date(2019, 12, 31)).lives["pc"].years == policies(None, date(2019, 12, 31)).lives["pc"].years
    assert policies(own, TODAY).lives["switch"] == policies(None, TODAY).lives["switch"]


def test_a_table_as_a_vietnamese_spreadsheet_saves_it(tmp_path):
    head = "\ufeffLoại thiết bị;Đơn giá;Nguồn;Tình trạng;Áp dụng từ"
    text = f"{head}\npc;14.500.000;Báo giá 12/BG;đã kiểm chứng;01/09/2026\nups;5,5 triệu;;;\n"
    known = policies(write(tmp_path / "lifecycle", "prices.csv", text), TODAY)
    price = known.prices["pc"]
    assert (price.vnd, price.source_en, price.verified, price.valid_from) == (14_500_000, "Báo giá 12/BG", True, date(2026, 9, 1))
    assert known.prices["ups"].vnd == 5_500_000
    assert known.troubles == ()


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ("pc,five,,", "lifecycle_no_number"),
        ("pc,nan,,", "lifecycle_no_number"),
        ("pc,-3,,", "lifecycle_no_number"),
        ("pc,1e400,,", "lifecycle_no_number"),
        ("pc,,,", "lifecycle_blank"),
        (",5,,", "lifecycle_blank"),
        ("laptop,5,,", "lifecycle_no_kind"),
        ("pc,5,2023-02-30,", "lifecycle_no_date"),
        ("pc,5,31/02/2023,", "lifecycle_no_date"),
        ("pc,5,soon,", "lifecycle_no_date"),
        ("pc,5,,perhaps", "lifecycle_no_status"),
    ],
)
def test_a_bad_row_is_one_sentence_with_file_and_line_and_the_others_count(tmp_path, row, key):
    own = write(tmp_path / "lifecycle", "useful_lives.csv", f"# ours\nkind,years,valid_from,status\n{row}\nups,3,,\n")
    known = policies(own, TODAY)
    (trouble,) = known.troubles
    assert trouble.key == key
    assert "lifecycle/useful_lives.csv" in str(trouble)
    assert "line 3" in str(trouble)
    assert "dòng 3" in texts("vi").problem(trouble)
    assert known.lives["ups"].years == 3
    assert known.lives["pc"] == policies(None, TODAY).lives["pc"]


@pytest.mark.parametrize("octets", [b"PK\x03\x04 a workbook", b"", b"# nothing\n", b"kind;sometimes\npc;5\n", b"\xff\xfe"])
def test_a_file_that_is_no_such_table_is_one_sentence_and_the_shipped_rows_stand(tmp_path, octets):
    (tmp_path / "useful_lives.csv").write_bytes(octets)
    known = policies(tmp_path, TODAY)
    assert len(known.troubles) == 1
    assert "lifecycle/useful_lives.csv" in str(known.troubles[0])
    assert known.lives == policies(None, TODAY).lives


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)), st.booleans())
def test_whatever_stands_in_a_file_is_read_or_told(tmp_path_factory, octets, headed):
    folder = tmp_path_factory.getbasetemp()
    (folder / "useful_lives.csv").write_bytes((b"kind,years,valid_from,status\n" if headed else b"") + octets)
    known = policies(folder, TODAY)
    assert {kind: 0.1 <= life.years <= 100 for kind, life in known.lives.items()} == dict.fromkeys(known.lives, True)
    assert set(policies(None, TODAY).lives) <= set(known.lives)


@given(
    st.lists(st.dates(date(2015, 1, 1), date(2030, 1, 1)), min_size=1, max_size=6, unique=True),
    st.dates(date(2014, 1, 1), date(2031, 1, 1)),
)
@settings(max_examples=60, deadline=None)
def test_the_last_row_that_has_begun_is_in_force(tmp_path_factory, days, on):
    folder = tmp_path_factory.getbasetemp()
    lines = [f"olt,{number},{day.isoformat()}" for number, day in enumerate(days, 1)]
    (folder / "useful_lives.csv").write_text("\n".join(["kind,years,valid_from", *lines]) + "\n")
    begun = [day for day in days if day <= on]
    life = policies(folder, on).lives.get("olt")
    assert (life.years if life else None) == (days.index(max(begun)) + 1 if begun else None)


def test_heat_halves_the_life_of_a_battery_and_nothing_else():
    known = policies(None, TODAY).part_lives
    battery = known["ups_battery"]
    assert battery.at(None) == battery.at(20) == battery.at(25) == battery.years
    assert battery.at(33) == battery.years / 2
    assert battery.at(41) == battery.years / 4
    assert known["disk"].at(60) == known["disk"].years
    assert Life(5, "", "", False).at(90) == 5


def test_what_an_office_needs_at_least():
    by_staff = Norm(10, 1, "", "", False)
    assert [by_staff.least(staff) for staff in (None, 0, 1, 10, 11, 95)] == [1, 1, 1, 1, 2, 10]
    assert Norm(None, 2, "", "", False).least(50) == 2
    assert Norm(1, 0, "", "", False).least(None) == 0


def test_an_inventory_has_the_policies_of_its_workspace(tmp_path):
    write(tmp_path / "lifecycle", "useful_lives.csv", "kind,years\npc,9\n")
    there = Inventory(tmp_path)
    assert there.policies(as_of=TODAY).lives["pc"].years == 9
    assert there.policies(as_of="22/11/2026").on == TODAY
    file = tmp_path / "inventory.sqlite"
    assert Inventory(file).policies(as_of=TODAY).lives["pc"].years == 5
    open_database(file).dispose()
    today = datetime.now(LOCAL).date()
    assert abs(Inventory(file).policies().on - today) <= timedelta(days=1), "nothing was scanned: today"


def test_lines_are_counted_as_an_editor_counts_them():
    text = '# one\n\nkind,years,source\n# four\npc,5,"two\nlines"\nups,3,\n'
    found = rows(text, "file", "kind", "years")
    assert [(row.line, row.text("kind")) for row in found] == [(6, "pc"), (7, "ups")]
    assert found[0].text("source") == "two lines"


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(LifecycleError, match=r"none\.csv"):
        read(tmp_path / "none.csv")
    assert Troubles().listed == []


def test_years_of_sale_are_the_workspaces_first_and_a_bad_row_is_told(tmp_path):
    text = "Hãng,Dòng máy,Bán từ năm,Bán đến năm\nCanon,*LBP2900*,2007,2020\nCanon,*X*,2010,2005\nCanon,*Y*,soon,\n"
    own = write(tmp_path / "lifecycle", "models_sold.csv", text)
    write(own, "os_hardware.csv", "says,kinds,made_before\nwindows 8,pc laptop,2016-01-01\n")
    known = policies(own, TODAY)
    (first, *others) = [one for one in known.eras.sold if "lbp2900" in one.glob]
    assert (first.first, first.last, first.verified) == (2007, 2020, False)
    assert others == [one for one in policies(None, TODAY).eras.sold if "lbp2900" in one.glob]
    assert [trouble.key for trouble in known.troubles] == ["lifecycle_no_number"] * 2 + ["lifecycle_no_kind"]
    assert len(policies(None, TODAY).eras.sold) >= 70
    assert len(known.eras.systems) == len(policies(None, TODAY).eras.systems) == 2


def test_how_much_a_printer_may_print_is_the_workspaces_to_say(tmp_path):
    text = "Hãng;Mẫu máy;Số trang tối đa một tháng;Tình trạng\nCanon;*LBP6230*;5000;verified\nHP;X;many;\n"
    write(tmp_path / "lifecycle", "printer_duty.csv", text)
    known = policies(tmp_path / "lifecycle", TODAY)
    first = next(duty for duty in known.duties if duty.fits("Canon", "Canon LBP6230dn"))
    assert (first.most, first.long_run, first.verified) == (5_000, None, True)
    assert len(known.troubles) == 1
    assert not any(duty.verified for duty in policies(None, TODAY).duties), "nobody has read these yet"
