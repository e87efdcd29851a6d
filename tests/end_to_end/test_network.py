"""What is cabled to what, and which office can meet its goals, against the simulated district's truth."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from analysis import frames
from analysis.tables import DTYPES
from inventory.frames import Inventory
from tests.end_to_end.running import kiemke


@pytest.fixture(scope="module")
def truth(demo):
    return demo.district.at(demo.days[1]).truth()


@pytest.fixture(scope="module")
def found(demo):
    return {name: frames.load(demo.inventory, name) for name in frames.FRAMES}


def shown(demo, frame, *more):
    done = kiemke("show", frame, "--format", "json", "-w", demo.home, *more)
    assert done.status == 0, done.err
    return pd.DataFrame(json.loads(done.out))


@pytest.mark.parametrize("name", frames.FRAMES)
def test_a_frame_has_its_columns_and_is_what_show_prints(demo, found, name):
    rows = found[name]
    assert list(rows.columns) == [column.name for column in frames.FRAMES[name]]
    for column in frames.FRAMES[name]:
        assert str(rows[column.name].dtype) == DTYPES.get(column.dtype, column.dtype), column.name
    told = shown(demo, name)
    assert list(told.columns) == list(rows.columns)
    assert len(told) == len(rows) > 20


def test_an_empty_inventory_has_empty_frames(tmp_path):
    from inventory.database import open_database

    file = tmp_path / "empty.sqlite"
    open_database(file).dispose()
    for name, columns in frames.FRAMES.items():
        rows = frames.load(Inventory(file), name)
        assert rows.empty
        assert list(rows.columns) == [column.name for column in columns]


def test_an_office_has_the_cables_that_end_in_it(demo, found):
    rows = shown(demo, "topology", "--office", "tai-chinh")
    assert set(rows["a_office"]) | set(rows["b_office"]) == {"tai-chinh", "lap-thach"}, "its way out leaves it"
    whole = found["topology"]
    assert len(rows) == ((whole["a_office"] == "tai-chinh") | (whole["b_office"] == "tai-chinh")).sum()


def test_the_cabling_of_an_earlier_day_is_what_was_found_out_then(demo, found):
    """Forwarding tables have no history: of them alone, nothing would be known of the first day."""
    before = {name: frames.load(demo.inventory, name, as_of=demo.days[0]) for name in ("topology", "attachments", "unmanaged")}
    assert demo.inventory.forwarding(as_of=demo.days[0]).empty
    assert before["attachments"]["evidence"].eq("edge").sum() > 300
    assert len(before["unmanaged"]) > 20
    for name, rows in before.items():
        assert rows.dtypes.equals(found[name].dtypes)
    assert not before["attachments"].equals(found["attachments"]), "some have moved in a month"
    later = frames.load(demo.inventory, "topology", as_of=demo.days[1])
    pd.testing.assert_frame_equal(later, found["topology"])


def test_every_station_hangs_at_its_port_and_on_no_other_access_point(demo, truth, found):
    devices = demo.inventory.devices().set_index("device")
    rows = found["attachments"].set_index("mac")
    stations = [station for station in truth["endpoints"] if station["seen"] and station["switch_address"]]
    missed, points = [], []
    for station in stations:
        row = rows.loc[station["mac"]]
        if (row["address"], row["port"]) != (station["switch_address"], station["port"]):
            missed.append(station["mac"])
        if pd.notna(row["point"]):
            points.append((devices.loc[row["point"], "address"], row["radio"]) == (station["point"], station["radio"]))
    assert len(missed) <= 0.01 * len(stations), missed
    assert all(points)
    assert len(points) > 0.6 * sum(station["point"] is not None for station in stations)


def test_evidence_is_told_in_words(demo):
    rows = shown(demo, "attachments", "--office", "quang-son")
    assert not rows["why"].str.contains("detail.", regex=False).any()
    assert rows["why"].str.len().min() > 20


def test_probes_of_services_tell_what_works(demo, truth):
    rows = demo.inventory.services().set_index("service")
    assert rows["reached"].to_dict() == {service["service"]: service["reached"] for service in truth["services"]}
    assert rows.loc["cong-thong-tin", "outcome"] == "slow"
    assert rows.loc["mot-cua", "status"] == 503


def test_an_office_with_too_few_computers_lacks_so_many(demo, found):
    rows = shown(demo, "readiness").set_index("office")
    short = rows[rows["computers"] < rows["mail_computers"]]
    assert not short.empty
    assert not short["mail_ready"].any()
    for row in short.itertuples():
        assert f"{row.mail_computers:.0f} are needed, {row.computers:.0f} were seen" in row.lacks
    enough = rows[(rows["computers"] >= rows["mail_computers"]) & rows["uplink_answers"].eq(True)]
    assert enough["mail_ready"].all(), "mail works, and so does its way there"


def test_findings_are_told_in_words_with_what_to_do_first(demo):
    rows = shown(demo, "findings")
    assert not rows.empty
    for column in ("why", "first"):
        assert not rows[column].str.contains("detail.", regex=False).any()
        assert rows[column].str.len().min() > 20


#: Planted trouble -> the findings that tell of it. Two scans are too few to see a port go up and down.
TOLD_BY = {
    "duplex_mismatch": {"duplex_mismatch"},
    "slow_link": {"slow_link", "duplex_mismatch"},
    "rising_errors": {"error_rate", "rising_errors"},
    "power_budget": {"poe_budget"},
    "vlan_mismatch": {"vlan_mismatch"},
}


def test_planted_troubles_are_found_at_their_ports(demo, truth, found):
    addresses = demo.inventory.addresses()
    at = dict(addresses[["address", "device"]].itertuples(index=False))
    told: dict = {}
    for row in found["findings"].itertuples():
        for device, port in ((row.device, row.port), (row.other_device, row.other_port)):
            if isinstance(device, str):
                told.setdefault((device, port if isinstance(port, str) else None), set()).add(row.kind)
    planted = [trouble for trouble in truth["troubles"] if trouble["kind"] in TOLD_BY]
    assert {trouble["kind"] for trouble in planted} == set(TOLD_BY)
    missed = []
    for trouble in planted:
        ends = [(at.get(trouble[f"{side}address"]), trouble[f"{side}port"]) for side in ("", "other_")]
        if not any(TOLD_BY[trouble["kind"]] & told.get(end, set()) for end in ends):
            missed.append(trouble)
    assert missed == []


def test_a_sound_port_has_no_grave_finding(truth, found, demo):
    """What is called high is where something was planted, or where frames with errors were counted."""
    grave = found["findings"][found["findings"]["severity"] == "high"]
    addresses = {trouble["address"] for trouble in truth["troubles"]} | {t["other_address"] for t in truth["troubles"]}
    worn = {
        end["address"]
        for cable in truth["cables"]
        if cable["errors_per_day"]
        for end in (cable["a"], cable["b"])
        if "address" in end
    }
    devices = demo.inventory.devices().set_index("device")["address"]
    assert set(grave["device"].dropna().map(devices)) <= addresses | worn
