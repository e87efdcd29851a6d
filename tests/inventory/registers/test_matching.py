"""Matching lines of a register with things on the network: what a person who reviews the result would miss."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.registers.matching import Asset, Ground, OfficeGround, Ruling, Thing, match
from inventory.registers.records import Bucket, Line, State
from inventory.registers.rulings import MOST_UNITS
from reports.texts import texts

TODAY = "2026-03-02"
GROUND = Ground(
    {
        "H": OfficeGround(asked=TODAY, share=1.0),
        "A": OfficeGround(parent="H", asked=TODAY, share=1.0),
        "B": OfficeGround(parent="H", asked=TODAY, share=1.0),
        "C": OfficeGround(parent="H"),  # nobody has asked its networks
        "OLD": OfficeGround(parent="H", successor="B", ended=True),
    },
    TODAY,
)


def asset(number: int, name: str, **more) -> Asset:
    told = {"office": "A", "acquired": "2018-06-01", **more}
    return Asset(number, Line("so.xlsx", "Sheet1", number, name, **told))


def device(number: int, kind: str = "printer", **more) -> Thing:
    seen = {"office": "A", "macs": frozenset({f"02:00:00:00:00:{number:02x}"}), "first_seen": TODAY, "last_confirmed": TODAY}
    return Thing(device=number, kind=kind, **(seen | more))


def printer(number: int, model: str = "LaserJet 400 M401dn", **more) -> Thing:
    return device(number, **({"vendor": "HP", "model": model} | more))


def station(number: int, block: str = "18:03:73", **more) -> Thing:
    mac = f"{block}:00:01:{number:02x}"
    return Thing(mac=mac, macs=frozenset({mac}), office=more.pop("office", "A"), first_seen=TODAY, **more)


#: Equipment of two offices, so that what is common is common.
SURROUNDINGS = [
    *(printer(100 + n, "LBP6230dn", vendor="Canon", office="B") for n in range(4)),
    *(device(110 + n, "switch", vendor="Cisco", model="SG350-28", office="B") for n in range(3)),
    *(device(120 + n, "pc", office="B", name=f"PC-B-{n}") for n in range(6)),
    *(station(n, office="B") for n in range(8)),
]


def of(matches, number, unit=1):
    return next(m for m in matches if m.asset == number and m.unit == unit)


def said(one) -> str:
    return texts("vi").told(one.reason)


def test_a_serial_number_alone_is_enough_wherever_it_stands():
    there = [*SURROUNDINGS, printer(1, serials=frozenset({"PHGFE16984"})), printer(2, serials=frozenset({"PHGFE20001"}))]
    found = of(match([asset(1, "Máy in", serials=("phgfe-16984",), office="B", acquired=None)], there, GROUND), 1)
    assert (found.bucket, found.device) == (Bucket.MATCHED, 1)
    assert found.confidence > 0.95
    assert "Cùng số sê-ri" in said(found)
    assert "Thấy ở đơn vị khác: A" in said(found)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("PHGFEI6984", "trông giống nhau"),
        ("PHGFEl6984", "trông giống nhau"),
        ("PHGFE16984X", "trùng với một phần"),
        ("HGFE16984", "trùng với một phần"),
        ("PHFGE16984", "khác một ký tự"),
        ("S/N: PHGFE16984", "Cùng số sê-ri"),
    ],
)
def test_a_serial_number_as_people_copy_it(written, words):
    there = [*SURROUNDINGS, printer(1, serials=frozenset({"PHGFE16984"})), printer(2, serials=frozenset({"PHBLQ16210"}))]
    found = of(match([asset(1, "Máy in HP M401dn", serials=(written,))], there, GROUND), 1)
    assert (found.bucket, found.device) == (Bucket.MATCHED, 1)
    assert words in said(found)


def test_the_next_serial_number_of_a_delivery_is_another_machine():
    there = [*SURROUNDINGS, printer(1, serials=frozenset({"PHGFE16984"}))]
    there += [printer(2, serials=frozenset({"PHGFE16985"}))]
    books = [asset(1, "Máy in HP M401dn", serials=("PHGFE16985",)), asset(2, "Máy in HP M401dn", serials=("PHGFE16984",))]
    matches = match(books, there, GROUND)
    assert (of(matches, 1).device, of(matches, 2).device) == (2, 1)


def test_the_serial_number_of_a_part_says_a_little():
    there = [*SURROUNDINGS, printer(1, parts=frozenset({"ZK123456"})), printer(2)]
    matches = match([asset(1, "Máy in HP M401dn", serials=("ZK123456",))], there, GROUND)
    assert of(matches, 1).device == 1
    assert "bộ phận" in said(of(matches, 1))


def test_one_serial_number_on_many_lines_names_none_of_them():
    """Somebody filled the column downwards."""
    there = [*SURROUNDINGS, printer(1, serials=frozenset({"PHGFE16984"}))]
    books = [asset(n, f"Máy in HP {m}", serials=("PHGFE16984",)) for n, m in enumerate(("M401dn", "P2055", "1102w", "404"), 1)]
    matches = match(books, there, GROUND)
    assert [m.asset for m in matches if m.device == 1 and m.bucket == Bucket.MATCHED] == [1]


def test_model_and_office_find_the_only_one_there():
    there = [*SURROUNDINGS, printer(1), printer(2, "LBP2900", vendor="Canon"), printer(3, office="B")]
    found = of(match([asset(1, "Máy in HP LJ Pro 400 M401dn")], there, GROUND), 1)
    assert (found.bucket, found.device) == (Bucket.MATCHED, 1)
    assert "Cùng kiểu máy LaserJet 400 M401dn. Cùng đơn vị." in said(found)


def test_things_of_an_office_that_was_merged_are_in_its_heir():
    there = [*SURROUNDINGS, printer(1, office="B"), printer(2, office="A")]
    found = of(match([asset(1, "Máy in HP LaserJet 400 M401dn", office="OLD")], there, GROUND), 1)
    assert found.device == 1
    assert "nơi đã tiếp nhận OLD" in said(found)


def test_the_years_tell_two_of_a_model_apart():
    there = [*SURROUNDINGS, printer(1, made="2012-03"), printer(2, made="2018-02")]
    books = [asset(1, "Máy in HP M401dn", acquired="2018-06-01"), asset(2, "Máy in HP M401dn", acquired="2012")]
    matches = match(books, there, GROUND)
    assert (of(matches, 1).device, of(matches, 2).device) == (2, 1)


def test_the_user_in_the_name_of_the_machine():
    there = [*SURROUNDINGS, device(1, "pc", name="PC-NVAN"), device(2, "pc", name="PC-TTBINH"), device(3, "pc", name="KETOAN3")]
    books = [asset(1, "Máy vi tính để bàn", user="Trần Thị Bình"), asset(2, "Máy vi tính để bàn", user="Nguyễn Văn An")]
    matches = match(books, there, GROUND)
    assert (of(matches, 1).device, of(matches, 2).device) == (2, 1)
    assert "Trần Thị Bình" in said(of(matches, 1))


@pytest.mark.parametrize("field", ["name", "location", "contact", "asset_tag"])
def test_the_asset_code_that_somebody_wrote_into_the_device(field):
    there = [*SURROUNDINGS, device(1, "pc", **{field: "MVT-2018/007"}), device(2, "pc"), device(3, "pc")]
    found = of(match([asset(1, "Máy vi tính để bàn", code="MVT.2018.007")], there, GROUND), 1)
    assert (found.bucket, found.device) == (Bucket.MATCHED, 1)


def test_memory_and_disk_tell_computers_apart_that_tell_no_model():
    there = [
        *SURROUNDINGS,
        device(1, "pc", memory_gb=3.9, disk_gb=500.0),
        device(2, "pc", memory_gb=7.8, disk_gb=240.0),
        *(device(n, "pc", office="B", memory_gb=1.9, disk_gb=160.0) for n in range(10, 16)),
    ]
    books = [asset(1, "Máy vi tính HP 280 G2 Core i3-6100/4GB/500GB"), asset(2, "Máy vi tính Lenovo M70s Ram 8G SSD 240GB")]
    matches = match(books, there, GROUND)
    assert (of(matches, 1).device, of(matches, 2).device) == (1, 2)
    assert "Cùng dung lượng bộ nhớ, 8 GB." in said(of(matches, 2))


def test_books_that_do_not_tell_their_office_are_of_the_office_that_has_what_is_on_them():
    there = [*SURROUNDINGS, *(printer(n, serials=frozenset({f"PHGFE1{n}984"})) for n in (1, 2, 3)), printer(4, "LBP2900X")]
    there += [printer(5, "LBP2900X", office="B")]
    books = [asset(n, "Máy in HP M401dn", office=None, serials=(f"PHGFE1{n}984",)) for n in (1, 2, 3)]
    found = of(match([*books, asset(4, "Máy in Canon LBP2900X", office=None)], there, GROUND), 4)
    assert (found.bucket, found.device) == (Bucket.MATCHED, 4)
    assert "Sổ không ghi đơn vị; theo các dòng khác của sổ này thì là A." in said(found)


def test_a_station_is_matched_by_its_hardware_address_only():
    there = [*SURROUNDINGS, *(station(n) for n in range(20, 26))]
    known = asset(1, "Máy vi tính để bàn Dell", macs=(there[-1].mac,))
    guessed = asset(2, "Máy vi tính để bàn Dell Vostro 3681")
    matches = match([known, guessed], there, GROUND)
    assert (of(matches, 1).bucket, of(matches, 1).mac) == (Bucket.MATCHED, there[-1].mac)
    assert of(matches, 2).bucket == Bucket.NOT_ASSESSABLE
    assert "máy trạm" in said(of(matches, 2))


def test_five_alike_on_one_line_are_five_machines():
    there = [*SURROUNDINGS, *(device(n, "pc", vendor="Dell", model="OptiPlex 3050") for n in range(1, 6))]
    matches = match([asset(1, "Máy vi tính để bàn Dell OptiPlex 3050", quantity=5)], there, GROUND)
    units = [m for m in matches if m.asset == 1]
    assert [m.unit for m in units] == [1, 2, 3, 4, 5]
    assert {m.device for m in units} == {1, 2, 3, 4, 5}
    assert {m.bucket for m in units} == {Bucket.MATCHED}
    assert min(m.confidence for m in units) > 0.8, "units of one line are alike: any of the five is right"


def test_two_lines_that_nothing_tells_apart_have_their_two_machines():
    there = [*SURROUNDINGS, *(device(n, "switch", vendor="H3C", model="S5560S-28S-EI") for n in (1, 2))]
    matches = match([asset(n, "Switch H3C S5560S-28S-EI") for n in (1, 2)], there, GROUND)
    assert {of(matches, n).device for n in (1, 2)} == {1, 2}
    assert all(of(matches, n).confidence > 0.8 for n in (1, 2)), "both are there"
    assert all(of(matches, n).alike == 2 for n in (1, 2)), "which is which is told by nothing"
    assert "1 trong 2 máy như nhau" in said(of(matches, 1))


def test_more_lines_than_machines_are_missing_one_and_nobody_knows_which():
    there = [*SURROUNDINGS, *(device(n, "switch", vendor="H3C", model="S5560S-28S-EI") for n in (1, 2))]
    matches = match([asset(n, "Switch H3C S5560S-28S-EI") for n in (1, 2, 3)], there, GROUND)
    assert len({of(matches, n).device for n in (1, 2, 3) if of(matches, n).bucket == Bucket.MATCHED}) <= 2
    assert all(m.alike == 2 for m in matches if m.bucket == Bucket.MATCHED)
    assert of(matches, 3).bucket != Bucket.NOT_SEEN, "each of the three may be there"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Màn hình Dell 18.5 inch", "không có kết nối mạng"),
        ("Bàn máy vi tính", "không có kết nối mạng"),
        ("Phần mềm kế toán", "không có kết nối mạng"),
        ("Máy in Canon LBP 2900", "không có cổng mạng"),
        ("Máy scan HP ScanJet", "thường không nối mạng"),
    ],
)
def test_what_no_scan_can_see_is_not_missing(name, words):
    found = of(match([asset(1, name)], SURROUNDINGS, GROUND), 1)
    assert found.bucket == Bucket.NOT_ASSESSABLE
    assert words in said(found)


def test_what_is_where_nobody_asked_is_not_missing():
    found = of(match([asset(1, "Máy in HP LaserJet 400 M401dn", office="C")], [*SURROUNDINGS, printer(9, office="B")], GROUND), 1)
    assert found.bucket == Bucket.NOT_ASSESSABLE
    assert "chưa được quét lần nào" in said(found)


def test_a_switch_that_answers_elsewhere_and_not_here_is_missing():
    books = [asset(1, "Switch Cisco SG350-28"), asset(2, "Switch Cisco SG350-28", office="B", quantity=3)]
    found = of(match(books, [*SURROUNDINGS, printer(1)], GROUND), 1)
    assert found.bucket == Bucket.NOT_SEEN
    assert "quét lần cuối ngày 02/03/2026" in said(found)


def test_scrapped_and_not_seen_is_as_the_books_say():
    found = of(match([asset(1, "Switch Cisco SG350-28", state=State.SCRAPPED)], SURROUNDINGS, GROUND), 1)
    assert found.bucket == Bucket.NOT_SEEN
    assert "Sổ ghi đã thanh lý; mạng không thấy." in said(found)


def test_scrapped_and_seen_is_matched_and_said():
    there = [*SURROUNDINGS, printer(1, serials=frozenset({"PHGFE16984"}))]
    found = of(match([asset(1, "Máy in HP M401dn", serials=("PHGFE16984",), state=State.SCRAPPED)], there, GROUND), 1)
    assert (found.bucket, found.device) == (Bucket.MATCHED, 1)
    assert "Sổ ghi đã thanh lý, nhưng mạng vẫn thấy." in said(found)


def test_a_device_that_is_gone_is_not_seen_and_the_reason_says_until_when():
    there = [*SURROUNDINGS, printer(1, serials=frozenset({"PHGFE16984"}), state="gone", last_confirmed="2025-11-03")]
    matches = match([asset(1, "Máy in HP M401dn", serials=("PHGFE16984",))], there, GROUND)
    assert (of(matches, 1).bucket, of(matches, 1).others) == (Bucket.NOT_SEEN, (1,))
    assert "thấy lần cuối ngày 03/11/2025" in said(of(matches, 1))
    assert not [m for m in matches if m.asset is None and m.device == 1]


def test_what_no_line_tells_of_is_listed():
    matches = match([asset(1, "Máy in HP M401dn")], [*SURROUNDINGS, printer(1)], GROUND)
    off_books = {m.device for m in matches if m.asset is None}
    assert off_books == {thing.device for thing in SURROUNDINGS if thing.device} | {None}
    assert {m.bucket for m in matches if m.asset is None} == {Bucket.NOT_ON_BOOKS}


def test_a_stack_is_as_many_purchases_as_it_has_members():
    stack = device(
        1, "switch", vendor="Cisco", model="WS-C2960X-24TS-L", boxes=3, serials=frozenset({"FOC1", "FOC22222", "FOC33333"})
    )
    matches = match([asset(1, "Switch Cisco 2960X-24TS-L", quantity=3)], [*SURROUNDINGS, stack], GROUND)
    assert [m.device for m in matches if m.asset == 1] == [1, 1, 1]


def test_nothing_and_nonsense_do_no_harm():
    assert match([], [], Ground()) == []
    odd = Line("x.xlsx", "", 1, "", quantity=0, serials=("", "000000", "To be filled by O.E.M."), acquired="chưa rõ", user="?")
    matches = match([Asset(1, odd)], [Thing(device=5), Thing(mac="not a mac", macs=frozenset({"not a mac"}))], Ground())
    assert [(m.asset, m.unit) for m in matches if m.asset] == [(1, 1)]
    assert of(matches, 1).bucket != Bucket.MATCHED


def test_a_price_in_the_column_of_quantities_does_no_harm():
    matches = match([asset(1, "Máy in HP M401dn", quantity=2**31 - 1)], [*SURROUNDINGS, printer(1)], GROUND)
    assert len([m for m in matches if m.asset]) == MOST_UNITS
    assert [m.device for m in matches if m.asset and m.bucket == Bucket.MATCHED] == [1]


# -- rulings ---------------------------------------------------------------------------------------------------------------


def test_people_overrule_a_serial_number_and_it_stays_so():
    there = [*SURROUNDINGS, printer(1, serials=frozenset({"PHGFE16984"})), printer(2)]
    books = [asset(1, "Máy in HP M401dn", serials=("PHGFE16984",))]
    found = of(match(books, there, GROUND, [Ruling(1, 1, device=2)]), 1)
    assert (found.bucket, found.device, found.decided, found.confidence) == (Bucket.MATCHED, 2, True, 1.0)


def test_a_pair_that_people_forbade_is_not_made_again_by_another_unit():
    there = [*SURROUNDINGS, printer(1)]
    books = [asset(1, "Máy in HP M401dn", quantity=2)]
    matches = match(books, there, GROUND, [Ruling(1, 1, device=1, same=False)])
    assert not [m for m in matches if m.device == 1 and m.bucket == Bucket.MATCHED]


def test_people_say_that_it_is_nowhere():
    there = [*SURROUNDINGS, printer(1, serials=frozenset({"PHGFE16984"}))]
    books = [asset(1, "Máy in HP M401dn", serials=("PHGFE16984",))]
    found = of(match(books, there, GROUND, [Ruling(1, 1, same=False)]), 1)
    assert (found.bucket, found.decided) == (Bucket.NOT_SEEN, True)


def test_the_newer_of_two_rulings_holds():
    there = [*SURROUNDINGS, printer(1), printer(2)]
    books = [asset(1, "Máy in HP M401dn"), asset(2, "Máy in HP M401dn")]
    rulings = [Ruling(1, 1, device=1, number=1), Ruling(2, 1, device=1, number=2), Ruling(2, 1, device=1, same=False, number=0)]
    matches = match(books, there, GROUND, rulings)
    assert (of(matches, 2).device, of(matches, 2).decided) == (1, True)
    assert (of(matches, 1).device, of(matches, 1).decided) == (2, False)


def test_a_ruling_on_a_device_that_is_not_seen_now_stays():
    found = of(match([asset(1, "Máy in HP M401dn")], SURROUNDINGS, GROUND, [Ruling(1, 1, device=77)]), 1)
    assert (found.bucket, found.device, found.decided) == (Bucket.MATCHED, 77, True)


# -- whatever the registers hold -------------------------------------------------------------------------------------------

MODELS = ("LaserJet 400 M401dn", "LBP6230dn", "OptiPlex 3050", "SG350-28", "S5560S-28S-EI")
KINDS = dict(zip(MODELS, ("printer", "printer", "pc", "switch", "switch"), strict=True))
NAMES = ("Máy in HP M401dn", "Máy in Canon LBP 6230", "Máy vi tính Dell", "Switch Cisco SG350", "Switch", "Máy tính", "Bàn ghế")


def _serial(n: int) -> str:
    return f"{random.Random(n).randrange(16**10):010X}Z{n}"


things = st.lists(
    st.builds(
        lambda model, office, serial, boxes: Thing(
            kind=KINDS[model],
            model=model,
            office=office,
            serials=frozenset({_serial(serial)}) if serial else frozenset(),
            boxes=boxes,
        ),
        st.sampled_from(MODELS),
        st.sampled_from(("A", "B", None)),
        st.integers(0, 9),
        st.sampled_from((1, 1, 1, 2)),
    ),
    max_size=12,
).map(lambda those: [replace(t, device=n, macs=frozenset({f"18:03:73:00:00:{n:02x}"})) for n, t in enumerate(those, 1)])
books = st.lists(
    st.builds(
        lambda name, office, serial, quantity, year, state: Line(
            "a",
            "b",
            1,
            name,
            office=office,
            serials=(_serial(serial),) if serial else (),
            quantity=quantity,
            acquired=year,
            state=state,
        ),
        st.sampled_from(NAMES),
        st.sampled_from(("A", "B", "C", "OLD", None)),
        st.integers(0, 9),
        st.sampled_from((1, 1, 1, 2, 5)),
        st.sampled_from(("2012", "2018-06", "2020-01-05", None)),
        st.sampled_from((None, State.IN_USE, State.SCRAPPED, State.MOVED)),
    ),
    max_size=10,
).map(lambda lines: [Asset(n, line) for n, line in enumerate(lines, 1)])
rulings = st.lists(
    st.builds(
        Ruling,
        st.integers(1, 10),
        st.integers(1, 2),
        device=st.one_of(st.none(), st.integers(1, 12)),
        same=st.booleans(),
        number=st.integers(0, 50),
    ),
    max_size=4,
    unique_by=lambda r: r.number,
)
FEW = settings(max_examples=60, deadline=None)


@FEW
@given(books, things, rulings)
def test_one_to_one_and_every_unit_is_told_once(lines, there, ruled):
    matches = match(lines, there, GROUND, ruled)
    assert Counter((m.asset, m.unit) for m in matches if m.asset) == {
        (a.id, unit): 1 for a in lines for unit in range(1, a.line.quantity + 1)
    }
    boxes = {t.device: t.boxes for t in there}
    used = Counter(m.device for m in matches if m.bucket == Bucket.MATCHED and m.device in boxes)
    assert all(count <= boxes[device] for device, count in used.items())
    assert not used.keys() & {m.device for m in matches if m.asset is None}
    assert used.keys() | {m.device for m in matches if m.asset is None} == boxes.keys()
    assert all(0.0 <= m.confidence <= 1.0 for m in matches)
    for m in matches:
        assert m.device not in m.others
        assert all(texts(language).told(m.reason) != m.reason for language in ("vi", "en"))


@FEW
@given(books, things, rulings, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(lines, there, ruled, dice):
    shuffled = [list(those) for those in (lines, there, ruled)]
    for those in shuffled:
        dice.shuffle(those)
    assert match(*shuffled[:2], GROUND, shuffled[2]) == match(lines, there, GROUND, ruled)


@FEW
@given(books, things, st.data())
def test_a_ruling_wins_and_sticks(lines, there, data):
    if not lines or not there:
        return
    one, thing = data.draw(st.sampled_from(lines)), data.draw(st.sampled_from(there))
    for ruling in (Ruling(one.id, 1, device=thing.device), Ruling(one.id, 1, device=thing.device, same=False)):
        first = match(lines, there, GROUND, [ruling])
        more = [*there, printer(60, office="B")]
        for matches in (first, match(lines, more, GROUND, [ruling])):
            pairs = {(m.asset, m.device) for m in matches if m.bucket == Bucket.MATCHED}
            assert ((one.id, thing.device) in pairs) == ruling.same
            assert not ruling.same or of(matches, one.id).decided


@FEW
@given(books, things)
def test_a_unique_serial_number_is_matched_whatever_else(lines, there):
    """Whatever the line says besides: another office, another model, another year, or that it was scrapped."""
    there = [replace(thing, boxes=1) for thing in there] + [printer(50, office="B", serials=frozenset({"VNB3R55501"}))]
    lines = [*lines, asset(50, "Máy vi tính Dell OptiPlex 3050", serials=("VNB3R55501",), acquired="2012", office="A")]
    found = of(match(lines, there, GROUND), 50)
    assert (found.bucket, found.device) == (Bucket.MATCHED, 50)


@FEW
@given(books, things, st.sampled_from(("line", "thing")))
def test_what_has_nothing_to_do_with_it_changes_no_sure_match(lines, there, what):
    before = match(lines, there, GROUND)
    if what == "line":
        lines = [*lines, asset(90, "Điều hòa Daikin 12000BTU", office="B")]
    else:
        there = [*there, device(90, "camera", vendor="Axis", model="P3245", office="C")]
    after = match(lines, there, GROUND)
    for m in before:
        if m.bucket == Bucket.MATCHED and m.confidence >= 0.9:
            now = of(after, m.asset, m.unit)
            assert (now.bucket, now.device) == (m.bucket, m.device)
