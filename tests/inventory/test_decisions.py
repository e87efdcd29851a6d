"""What people rule: merged, split, corrected, confirmed, gone; kept through scans, and taken back without a trace."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory import decisions, identity_story, ledger
from inventory.database import connect, reading
from inventory.deciding import Deciding, DecisionError, parse_asset, parse_device
from inventory.facts import Component, ForwardingEntry, Neighbour, Observation, Outcome
from inventory.frames import FRAMES, Inventory
from inventory.schema.identity import DECISIONS
from tests.inventory.conftest import DAY, START, mac, observe

FRAMES_OF_DEVICES = ("devices", "interfaces", "links", "endpoints", "addresses", "components", "health")


@pytest.fixture
def deciding(engine):
    return Deciding(engine, "Nguyễn Văn A", "đã xem tận nơi", START)


def states(inventory):
    return dict(inventory.devices().set_index("device")["state"])


def frames(inventory, **when):
    return {frame: inventory.load(frame, **when) for frame in FRAMES_OF_DEVICES}


def assert_same(one, other):
    for frame in FRAMES_OF_DEVICES:
        pd.testing.assert_frame_equal(one[frame], other[frame], obj=frame)


def four_boxes() -> dict[int, Observation]:
    """Number -> a box at the address of that number, which has nothing of another."""
    return {
        n: observe(
            f"10.0.0.{n}", serial=f"CN{n}{n}AAA{n}{n}", macs=[mac(n)], name=f"sw-{n}", components=(Component("1", "chassis"),)
        )
        for n in range(1, 5)
    }


@pytest.fixture
def two(scan, observe, mac):
    """D00001 and D00002: one box of which nothing tells that it is one (a mainboard was swapped, the name was changed)."""
    first = observe("10.0.0.1", serial="CN11AAA111", macs=[mac(1), mac(2)], name="sw-1", model="A1")
    second = observe("10.0.0.9", serial="CN22BBB222", macs=[mac(8), mac(9)], name="sw-9", model="B2")
    scan(0, first)
    scan(7, second)
    return first, second


def test_a_merge_shows_one_device_with_what_is_known_newest(two, deciding, inventory) -> None:
    deciding.merge(2, 1)
    (device,) = inventory.devices().itertuples()
    assert (device.device, device.serial, device.address, device.state) == ("D00001", "CN22BBB222", "10.0.0.9", "present")
    assert set(inventory.addresses()["address"]) == {"10.0.0.1", "10.0.0.9"}
    assert set(inventory.interfaces()["device"]) == {"D00001"}


def test_a_merge_holds_through_scans_whichever_face_answers(two, deciding, scan, inventory) -> None:
    first, second = two
    deciding.merge(2, 1)
    scan(14, first)
    scan(21, second)
    assert states(inventory) == {"D00001": "present"}
    scan(28, first, second)  # both at once: a person says that it is one box
    assert states(inventory) == {"D00001": "present"}
    assert list(inventory.devices()["serial"]) in (["CN11AAA111"], ["CN22BBB222"])


def test_a_frame_as_of_the_time_before_a_decision_does_not_know_it(two, deciding, inventory, engine) -> None:
    before = frames(inventory)
    decision = deciding.merge(2, 1)
    assert_same(frames(inventory, as_of=decision.at - 1), before)
    assert len(inventory.devices(as_of=decision.at)) == 1
    assert inventory.decisions(as_of=decision.at - 1).empty


def test_split_undoes_a_merge_by_a_person(two, deciding, inventory) -> None:
    before = frames(inventory)
    deciding.merge(2, 1)
    deciding.split(2)
    assert_same(frames(inventory), before)


def test_undo_takes_back_a_merge_and_a_split(two, deciding, inventory) -> None:
    before = frames(inventory)
    merged = deciding.merge(2, 1)
    together = frames(inventory)
    deciding.undo(merged.id)
    assert_same(frames(inventory), before)
    merged = deciding.merge(2, 1)
    split = deciding.split(2)
    deciding.undo(split.id)
    assert_same(frames(inventory), together)


def test_a_merge_takes_links_and_stations_along_and_gives_them_back(scan, observe, mac, deciding, inventory) -> None:
    heard = (Neighbour("lldp", "Gi0/1", remote_name="sw-9", remote_chassis=mac(8), remote_port="Gi0/1"),)
    near = observe("10.0.0.1", serial="CN11AAA111", macs=[mac(1)], name="sw-1", neighbours=heard)
    stations = (ForwardingEntry("00:50:56:00:00:01", "Gi0/1"),)
    far = observe("10.0.0.9", serial="CN22BBB222", base_mac=mac(8), macs=[mac(8)], name="sw-9", forwarding=stations)
    other = observe("10.0.0.5", serial="CN55EEE555", macs=[mac(5)], name="sw-5")
    scan(0, near, far, other)
    before = frames(inventory)
    switch = before["devices"].set_index("address")["device"]["10.0.0.9"]
    into = before["devices"].set_index("address")["device"]["10.0.0.5"]
    deciding.merge(parse_device(switch), parse_device(into))
    assert list(inventory.endpoints()["switch"]) == [into]
    assert list(inventory.links()["b_device"]) == [into]
    deciding.split(parse_device(switch))
    assert_same(frames(inventory), before)


def test_what_a_scan_merged_can_be_split_and_stays_split(scan, observe, mac, deciding, inventory, engine) -> None:
    here = observe("10.0.0.1", serial="RT0000123", macs=[mac(1)])
    scan(0, here, observe("10.0.0.2", identity=False, outcome=Outcome.AUTH_FAILED))
    both = [observe(f"10.0.0.{n}", serial="RT0000123", macs=[mac(1), mac(2)]) for n in (1, 2)]
    scan(7, *both)
    assert len(inventory.devices()) == 1
    deciding.split(2)
    assert set(states(inventory)) == {"D00001", "D00002"}
    for day in (14, 21):
        scan(day, *both)
        assert set(states(inventory)) == {"D00001", "D00002"}
    assert {step.event for step in identity_story.tell(engine, 1)} >= {"created", "merged", "decided_split"}


def test_a_clone_is_split_off_by_its_address_and_stays_another(scan, observe, mac, deciding, inventory) -> None:
    """Two virtual machines copied with everything: only a person can tell them apart."""
    one = observe("10.0.0.1", serial="VMWARE4213", macs=[mac(1)], name="may-chu", kind="server")
    two = observe("10.0.0.2", serial="VMWARE4213", macs=[mac(1)], name="may-chu", kind="server")
    scan(0, one, two)
    assert list(inventory.devices()["device"]) == ["D00001"]
    split = deciding.split_addresses(1, ["10.0.0.2"])
    assert split.other == 2
    assert dict(inventory.devices().set_index("device")["address"]) == {"D00001": "10.0.0.1", "D00002": "10.0.0.2"}
    for day in (7, 14):
        scan(day, one, two)
        assert dict(inventory.devices().set_index("device")["address"]) == {"D00001": "10.0.0.1", "D00002": "10.0.0.2"}
        assert states(inventory) == {"D00001": "present", "D00002": "present"}
    scan(21, two)
    assert states(inventory) == {"D00001": "silent", "D00002": "present"}


def test_taking_back_a_split_by_address_makes_one_device_again(scan, observe, mac, deciding, inventory) -> None:
    one = observe("10.0.0.1", serial="VMWARE4213", macs=[mac(1)], name="may-chu", kind="server")
    two = observe("10.0.0.2", serial="VMWARE4213", macs=[mac(1)], name="may-chu", kind="server")
    scan(0, one, two)
    before = frames(inventory)
    split = deciding.split_addresses(1, ["10.0.0.2"])
    deciding.undo(split.id)
    assert_same(frames(inventory), before)
    scan(7, one, two)
    assert states(inventory) == {"D00001": "present"}


def test_a_replacement_that_was_taken_for_the_old_box_is_split_by_its_day(scan, observe, mac, deciding, inventory) -> None:
    """A printer that tells no serial and no hardware address: nothing but its release is another."""
    old = observe("10.0.0.1", name="sw-1", os_version="16.10")
    new = observe("10.0.0.1", name="sw-1", os_version="16.11")
    scan(0, old)
    scan(7, new)
    scan(14, new)
    assert len(inventory.devices()) == 1
    split = deciding.split_since(1, START + 3 * DAY)
    assert split.other == 2
    by_device = inventory.devices().set_index("device")
    assert dict(by_device["os_version"]) == {"D00001": "16.10", "D00002": "16.11"}
    assert by_device["last_confirmed"]["D00001"] < by_device["first_seen"]["D00002"]
    assert by_device["state"]["D00002"] == "present"
    scan(21, new)
    assert states(inventory) == {"D00001": "silent", "D00002": "present"}
    assert dict(inventory.devices().set_index("device")["os_version"]) == {"D00001": "16.10", "D00002": "16.11"}


def test_a_correction_counts_more_than_what_the_device_says_until_it_is_taken_back(scan, observe, deciding, inventory) -> None:
    answer = observe("10.0.0.1", serial="CN11AAA111", model="unknown box")
    scan(0, answer)
    deciding.correct(1, "model", "2530-24G")
    decision = deciding.correct(1, "serial", "")
    scan(7, answer)
    (device,) = inventory.devices().itertuples()
    assert (device.model, device.model_source, pd.isna(device.serial)) == ("2530-24G", "decision 1", True)
    deciding.undo(decision.id)
    assert list(inventory.devices()["serial"]) == ["CN11AAA111"]
    assert list(inventory.devices(as_of=START + 60)["model"]) == ["unknown box"]


def test_a_confirmed_conflict_is_no_open_one_but_stays_to_be_seen(scan, observe, mac, deciding, inventory) -> None:
    scan(
        0,
        observe("10.0.0.1", serial="CN11AAA111", macs=[mac(1)]),
        observe("10.0.0.2", serial="CN11AAA111", macs=[mac(2)]),
    )
    assert list(inventory.conflicts()["state"]) == ["open", "open"]
    deciding.confirm(1)
    found = inventory.conflicts().set_index("device")
    assert dict(found["state"]) == {"D00001": "confirmed", "D00002": "open"}
    assert found["author"]["D00001"] == "Nguyễn Văn A"
    assert inventory.devices().set_index("device")["conflict"].notna().to_dict() == {"D00001": False, "D00002": True}
    with pytest.raises(DecisionError, match="no open conflict"):
        deciding.confirm(1)


def test_gone_by_decision_until_it_answers(scan, observe, deciding, inventory) -> None:
    answer = observe("10.0.0.1", serial="CN11AAA111")
    scan(0, answer)
    deciding.gone(1)
    assert states(inventory) == {"D00001": "gone"}
    scan(7)
    assert states(inventory) == {"D00001": "gone"}
    scan(14, answer)
    assert states(inventory) == {"D00001": "present"}


def test_gone_by_silence_needs_three_scans_and_a_month(scan, observe, inventory) -> None:
    scan(0, observe("10.0.0.1", serial="CN11AAA111"))
    for day, state in ((1, "silent"), (2, "silent"), (3, "silent"), (29, "gone")):
        scan(day)
        assert states(inventory) == {"D00001": state}
        assert inventory.devices()["last_asked"].iloc[0].timestamp() == START + day * DAY + 60
    scan(30, observe("10.0.0.2", office="B", serial="CN99ZZZ999"), offices=("B",))
    assert states(inventory)["D00001"] == "gone"  # not asked again: still gone
    scan(31, observe("10.0.0.1", serial="CN11AAA111"))
    assert states(inventory)["D00001"] == "present"


def test_silence_of_scans_that_did_not_ask_is_none(scan, observe, inventory) -> None:
    scan(0, observe("10.0.0.1", serial="CN11AAA111"))
    for day in (10, 20, 30, 40):
        scan(day, offices=("B",))
    assert states(inventory) == {"D00001": "present"}  # in its office's last scan


REFUSED = (
    (lambda d: d.merge(1, 99), "no device “D00099”"),
    (lambda d: d.merge(1, 1), "are one device already"),
    (lambda d: d.split(1), "has not been merged"),
    (lambda d: d.split_addresses(1, ["10.0.0.77"]), "has not answered at 10.0.0.77; it has answered at 10.0.0.1"),
    (lambda d: d.split_addresses(1, ["10.0.0.1"]), "leave it at least one"),
    (lambda d: d.split_since(1, START + 900 * DAY), "nothing to split"),
    (lambda d: d.correct(1, "colour", "red"), "“colour” cannot be corrected"),
    (lambda d: d.correct(1, "kind", "toaster"), "“toaster” is no kind"),
    (lambda d: d.correct(1, "manufactured", "hôm qua"), "is no manufactured"),
    (lambda d: d.undo(5), "no decision “5”"),
    (lambda d: d.match(7), "no asset “A00007”"),
)


def test_what_cannot_be_decided_changes_nothing_and_says_why(two, deciding, inventory, engine) -> None:
    before = frames(inventory)
    for act, sentence in REFUSED:
        with pytest.raises(DecisionError, match=sentence):
            act(deciding)
        assert_same(frames(inventory), before)
        with reading(engine) as connection:
            assert connection.execute(sa.select(DECISIONS)).all() == [], sentence


def test_a_decision_needs_an_author_and_a_reason(engine) -> None:
    with pytest.raises(DecisionError, match="needs an author"):
        Deciding(engine, "  ", "x")
    with pytest.raises(DecisionError, match="needs a reason"):
        Deciding(engine, "A", "\n")


def test_a_merged_device_is_named_by_what_it_is(two, deciding) -> None:
    deciding.merge(2, 1)
    with pytest.raises(DecisionError, match="D00002 has been merged into D00001"):
        deciding.correct(2, "model", "X")


def test_decisions_that_rest_on_another_are_taken_back_first(two, scan, observe, deciding) -> None:
    scan(8, observe("10.0.0.20", serial="CN33CCC333"))
    first = deciding.merge(2, 1)
    second = deciding.merge(1, 3)
    with pytest.raises(DecisionError, match=f"take back {second.id} first"):
        deciding.undo(first.id)
    deciding.undo(second.id)
    deciding.undo(first.id)
    with pytest.raises(DecisionError, match="was taken back by decision"):
        deciding.undo(first.id)


@pytest.fixture
def four(scan):
    """D00001 to D00004: boxes of which each answers alone in one scan or another."""
    boxes = four_boxes()
    scan(0, *boxes.values())
    return boxes


def test_a_merged_device_that_is_merged_on_is_known_by_every_face_it_had(four, scan, deciding, inventory) -> None:
    first = deciding.merge(3, 4)
    scan(7, four[3])  # all that is known of D00004 is now what box 3 told
    second = deciding.merge(4, 1)
    for day, box in ((14, 4), (21, 3), (28, 1), (35, 4)):
        scan(day, four[box])
        assert list(inventory.devices()["device"]) == ["D00001", "D00002"]
        assert inventory.devices()["serial"][0] == f"CN{box}{box}AAA{box}{box}"
    deciding.undo(second.id)
    deciding.undo(first.id)
    assert list(inventory.devices()["serial"]) == ["CN11AAA11", "CN22AAA22", "CN33AAA33", "CN44AAA44"]


def test_a_merge_that_was_taken_back_stands_between_nothing(four, deciding, inventory) -> None:
    deciding.merge(3, 4)
    second = deciding.merge(4, 1)
    with pytest.raises(DecisionError, match="D00003 was merged into D00004, and D00004 into D00001; split D00004 first"):
        deciding.split(3)
    deciding.undo(second.id)
    deciding.split(3)
    assert set(states(inventory)) == {"D00001", "D00002", "D00003", "D00004"}


def test_a_merge_of_merges_that_was_taken_back_leaves_those_that_it_rests_on(four, deciding, inventory) -> None:
    deciding.merge(3, 4)
    deciding.merge(4, 1)
    third = deciding.merge(1, 2)
    deciding.undo(third.id)
    with pytest.raises(DecisionError, match="split D00004 first"):
        deciding.split(3)


@pytest.mark.parametrize(("given", "wanted"), [("D00042", 42), (" d42 ", 42)])
def test_device_names(given, wanted) -> None:
    assert parse_device(given) == wanted


@pytest.mark.parametrize(("given", "wanted"), [("A00042", (42, 1)), ("a42/3", (42, 3))])
def test_asset_names(given, wanted) -> None:
    assert parse_asset(given) == wanted


@pytest.mark.parametrize("given", ["", "42", "D", "Dx1", "D00042; DROP TABLE", "A1/"])
def test_no_names(given) -> None:
    with pytest.raises(DecisionError):
        parse_device(given)
    with pytest.raises(DecisionError):
        parse_asset(given)


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), st.integers(1, 4), st.integers(1, 4)),
        st.tuples(st.just("split"), st.integers(1, 4), st.none()),
        st.tuples(st.just("undo"), st.integers(1, 8), st.none()),
        st.tuples(st.just("scan"), st.sets(st.integers(1, 4)), st.none()),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_any_sequence_of_decisions_can_be_taken_back_newest_first(tmp_path_factory, empty_inventory, acts) -> None:
    """Decisions and scans in any order: each box is in exactly one device, and undoing everything frees all four."""
    file = tmp_path_factory.mktemp("acts") / "inventory.sqlite"
    shutil.copy(empty_inventory, file)
    engine = connect(file)
    inventory = Inventory(engine)
    boxes = four_boxes()
    day = 0

    def scan(*numbers: int) -> None:
        nonlocal day
        day += 1
        opened = ledger.begin_scan(engine, START + day * DAY, [("A", f"10.0.0.{n}") for n in range(1, 5)])
        ledger.record(engine, opened, [boxes[n] for n in numbers])
        ledger.finish(engine, opened, START + day * DAY + 60)

    scan(1, 2, 3, 4)
    scanned = any(verb == "scan" for verb, _, _ in acts)
    before = None if scanned else frames(inventory)
    deciding = Deciding(engine, "A", "thử", START)
    for verb, a, b in acts:
        if verb == "scan":
            scan(*a)
            continue
        try:
            getattr(deciding, verb)(a) if b is None else getattr(deciding, verb)(a, b)
        except DecisionError:
            continue
    with reading(engine) as connection:
        holding = decisions.standing(connection)
    devices = inventory.devices()
    assert len(devices) + len({d.device for d in holding if d.verb == "merge"}) >= 1
    assert devices["device"].is_unique
    for decision in reversed(holding):
        deciding.undo(decision.id)
    after = {"devices": inventory.devices()} if before is None else frames(inventory)
    assert list(after["devices"]["device"]) == ["D00001", "D00002", "D00003", "D00004"]
    if before is not None:
        assert_same(after, before)
    scan(1, 2, 3, 4)
    devices = inventory.devices().set_index("device")
    assert dict(devices["state"]) == dict.fromkeys(["D00001", "D00002", "D00003", "D00004"], "present")
    assert dict(devices["serial"]) == {f"D0000{n}": f"CN{n}{n}AAA{n}{n}" for n in range(1, 5)}


def test_the_frames_of_decisions_say_what_happened(two, deciding, inventory) -> None:
    merged = deciding.merge(2, 1)
    deciding.undo(merged.id)
    rows = inventory.decisions()
    assert list(rows["verb"]) == ["merge", "undo"]
    assert list(rows["undone_by"].fillna(0)) == [2, 0]
    assert list(rows["value"].fillna("")) == ["", "1"]
    assert list(rows.columns) == [column.name for column in FRAMES["decisions"]]
