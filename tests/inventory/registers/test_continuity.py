"""Lines keep their assets when a register is sorted, corrected and added to; a replacement is a new asset."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.registers.continuity import continued
from inventory.registers.records import Line, State

NAMES = ("Máy vi tính để bàn", "Máy tính xách tay", "Máy in laser", "Máy photocopy", "Bộ lưu điện", "Máy chiếu", "Switch 24 cổng")
MISSPELT = {
    "Máy vi tính để bàn": "May vi tinh de ban",
    "Máy tính xách tay": "MÁY TÍNH XÁCH TAY ",
    "Máy in laser": "Máy in lase",
    "Máy photocopy": "Máy photo copy",
    "Bộ lưu điện": "Bộ lưu điện (UPS)",
    "Máy chiếu": "Máy chiêú",
    "Switch 24 cổng": "Swich 24 cổng",
}


def register(seed: int, count: int, coded: bool) -> list[Line]:
    """Lines that a person could tell apart: no two with the same name, office, year and price."""
    chance = random.Random(seed)
    lines: dict[tuple, Line] = {}
    while len(lines) < count:
        number = len(lines) + 1
        name, office, year = chance.choice(NAMES), chance.choice("ABC"), chance.randint(2008, 2025)
        price = chance.randrange(4_000_000, 30_000_000, 250_000)
        line = Line(
            "so.xlsx",
            "Sheet1",
            number + 5,
            name,
            code=f"TS.{number:04d}" if coded else None,
            serials=(f"SN{seed}{number}X",) if coded and number % 3 == 0 else (),
            office=office,
            acquired=str(year),
            unit_price_vnd=price,
            quantity=chance.choice((1, 1, 1, 5)),
            state=State.IN_USE,
        )
        lines.setdefault((name, office, year, price), line)
    return list(lines.values())


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(0, 10**6), st.integers(1, 40), st.booleans())
def test_lines_are_known_again_in_any_order_with_corrections_and_additions(data, seed, count, coded):
    known = register(seed, count, coded)
    chance = random.Random(seed + 1)
    order = data.draw(st.permutations(range(count)))
    gone = set(data.draw(st.lists(st.integers(0, count - 1), max_size=count // 3, unique=True)))
    now, truth = [], []
    for i in order:
        if i in gone:
            continue
        line = known[i]
        if chance.random() < 0.4:
            line = replace(line, name=MISSPELT[line.name])
        if chance.random() < 0.3:
            line = replace(line, state=State.BROKEN, note="hỏng nguồn")
        now.append(line)
        truth.append(i)
    for new in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(now)))
        code = f"TS.9{new:03d}" if coded else None
        now.insert(
            at, Line("so.xlsx", "Sheet1", 0, f"Máy hút ẩm số {new}", code=code, acquired="2026", unit_price_vnd=9_900_000 + new)
        )
        truth.insert(at, None)
    now = [replace(line, row=row + 6) for row, line in enumerate(now)]
    assert continued(known, now) == truth


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 30), st.integers(0, 30))
def test_no_asset_is_given_twice(seed, before, after):
    chance = random.Random(seed)
    pool = [Line("a", "s", n, chance.choice(NAMES), code=chance.choice((None, "X1", "X2")), acquired="2015") for n in range(60)]
    found = continued(chance.sample(pool, before), chance.sample(pool, after))
    taken = [one for one in found if one is not None]
    assert len(found) == after
    assert len(set(taken)) == len(taken)


def line(name="Máy in laser", row=1, **more):
    return Line("so.xlsx", "Sheet1", row, name, **{"office": "A", "acquired": "2015", "unit_price_vnd": 5_000_000, **more})


def test_a_replacement_is_a_new_asset():
    old = line(model="LBP 2900", acquired="2012-05-04", unit_price_vnd=3_200_000)
    new = line(model="LBP 6030", acquired="2024-03-01", unit_price_vnd=3_900_000)
    assert continued([old], [new]) == [None]


def test_a_code_that_was_given_to_another_thing_is_not_followed():
    old = line(code="TS01", serials=("CNCKZ29103",), model="LBP 2900")
    new = line("Máy chiếu", code="TS01", serials=("UA5K710221L",), acquired="2024", unit_price_vnd=14_000_000)
    assert continued([old], [new]) == [None]


def test_codes_that_were_numbered_anew_after_an_insertion_yield_to_what_the_lines_say():
    old = [line(code=f"TS{n:02d}", serials=(f"SER{n}A",), place=f"P{n}", row=n) for n in range(1, 9)]
    inserted = line(code="TS01", serials=("NEW1",), place="P99", acquired="2025", unit_price_vnd=7_000_000)
    new = [inserted, *(replace(one, code=f"TS{n + 1:02d}", row=n + 1) for n, one in enumerate(old, 1))]
    assert continued(old, new) == [None, *range(8)]


def test_a_new_scheme_of_codes_changes_no_asset():
    old = register(4, 30, coded=True)
    new = [replace(one, code=f"VP-2025-{n}", serials=()) for n, one in enumerate(old)]
    assert continued(old, new) == list(range(30))


def test_a_serial_number_that_many_lines_have_identifies_none_of_them():
    old = [line(serials=("123456",), place=f"P{n}", acquired=f"20{n + 10}", row=n) for n in range(5)]
    new = [replace(one, row=9 - n) for n, one in enumerate(reversed(old))]
    assert continued(old, [replace(one, note="đã kiểm") for one in new]) == [4, 3, 2, 1, 0]


def test_the_network_card_of_a_line_is_followed():
    old = [line(macs=("d8:cb:8a:00:00:01",)), line(macs=("d8:cb:8a:00:00:02",), row=2)]
    new = [line("Máy in", macs=("d8:cb:8a:00:00:02",)), line("Máy in", macs=("d8:cb:8a:00:00:01",), row=2)]
    assert continued(old, new) == [1, 0]


def test_lines_that_are_alike_keep_their_order():
    old = [line(row=n) for n in range(5, 10)]
    new = [replace(one, row=one.row + 1, residual_value_vnd=1) for one in old]
    assert continued(old, new) == list(range(5))


def test_many_lines_that_all_changed_are_told_apart_too():
    old = register(7, 1900, coded=False)
    big = [replace(one, place=f"P{n}") for n, one in enumerate(old + register(8, 1900, coded=False))]
    new = [replace(one, residual_value_vnd=5, row=one.row + 3) for one in big]
    found = continued(big, new)
    assert sum(a == b for a, b in enumerate(found)) > 0.97 * len(big)
