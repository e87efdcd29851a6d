"""What changed between two looks at a network, and what only nobody saw."""

from __future__ import annotations

import pytest

from analysis.connectivity import connectivity, differences
from reports.texts import LANGUAGES, texts

ROUTER, CORE, EDGE, PRINTER = "D00001", "D00002", "D00003", "D00004"
KINDS = {ROUTER: "router", CORE: "switch", EDGE: "switch", PRINTER: "printer"}
USUAL = [(ROUTER, "1", CORE, "1"), (CORE, "2", EDGE, "1"), (EDGE, "7", PRINTER, "lan")]


@pytest.fixture
def network(make_frame, make_device):
    def _network(cables=USUAL, ports=(), silent=()):
        devices = [
            make_device(int(d[1:]), kind=kind, sys_name=f"name-{d[-1]}", state="silent" if d in silent else "present")
            for d, kind in KINDS.items()
        ]
        links = [
            {"a_device": a, "a_port": pa, "b_device": b, "b_port": pb, "protocol": "lldp", "both_sides": True}
            for a, pa, b, pb in cables
        ]
        faces = [{"office": "X01", "type": 6, "oper_up": True, "speed_bps": 10**9} | face for face in ports]
        seen = [
            {"mac": f"00:11:22:00:00:0{n}", "office": "X01", "switch": s, "port": "9", "mac_class": "global"}
            for n, s in enumerate((CORE, EDGE))
        ]
        return connectivity(
            make_frame("devices", devices),
            make_frame("offices", [{"office": "X01", "staff": 10}]),
            make_frame("interfaces", faces),
            make_frame("links", links),
            make_frame("endpoints", seen),
        )

    return _network


def told(before, after):
    """(change, device, port, other device, other port) of cables and devices."""
    found = differences(before, after)
    for language in LANGUAGES:
        assert not [text for text in found["why"] if "detail." in texts(language).told(text)]
    rows = found[~found["change"].str.startswith("finding")]
    columns = ["change", "device", "port", "other_device", "other_port"]
    return [tuple(None if value is None or value != value else value for value in row) for row in _plain(rows[columns])]


def _plain(frame):
    return frame.astype(object).where(frame.notna(), None).itertuples(index=False)


def test_nothing_changed(network):
    assert differences(network(), network()).empty


def test_a_second_cable_is_added_and_then_gone(network):
    more = [*USUAL, (CORE, "3", EDGE, "2")]
    assert told(network(), network(more)) == [("cable_added", CORE, "3", EDGE, "2")]
    assert told(network(more), network()) == [("cable_gone", CORE, "3", EDGE, "2")]


def test_a_cable_at_another_port_of_the_same_device_moved(network):
    moved = [USUAL[0], (CORE, "5", EDGE, "1"), USUAL[2]]
    found = differences(network(), network(moved))
    assert told(network(), network(moved)) == [("cable_moved", EDGE, "1", CORE, "5")]
    assert found.iloc[0]["before"] == f"{CORE} 2"
    assert found.iloc[0]["people"] == 5


def test_a_printer_at_another_switch_moved(network):
    moved = [*USUAL[:2], (CORE, "7", PRINTER, "lan")]
    assert told(network(), network(moved)) == [("cable_moved", PRINTER, "lan", CORE, "7")]
    unknown = [(a, pa, b, None if b == PRINTER else pb) for a, pa, b, pb in moved]
    usual = [(a, pa, b, None if b == PRINTER else pb) for a, pa, b, pb in USUAL]
    assert told(network(usual), network(unknown)) == [("cable_moved", PRINTER, None, CORE, "7")]


def test_a_cable_of_which_less_is_known_is_the_same(network):
    assert told(network(), network([*USUAL[:2], (EDGE, "7", PRINTER, None)])) == []


def test_what_nobody_could_ask_is_not_gone(network):
    rest = USUAL[:2]
    changed = told(network(), network(rest, silent=[EDGE, PRINTER]))
    assert ("cable_gone", EDGE, "7", PRINTER, "lan") not in changed
    assert ("cable_gone", EDGE, "7", PRINTER, "lan") in told(network(), network(rest))


def test_a_device_without_a_known_way_any_more_is_cut_off(network):
    rows = told(network(), network(USUAL[:2]))
    assert ("device_cut_off", PRINTER, None, None, None) in rows
    assert not [row for row in told(network(USUAL[:2]), network(USUAL[:2])) if row[0] == "device_cut_off"]


def errors(count):
    return [{"device": CORE, "name": "2", "in_errors": count, "in_frames": 1_000_000}]


def changes_of(before, after):
    found = differences(before, after)
    return found[found["change"].str.startswith("finding")][["change", "kind", "severity"]].values.tolist()


def test_findings_begin_end_and_get_worse(network):
    well, bad, worse, high = (network(ports=errors(count)) for count in (0, 200, 400, 4_000))
    assert changes_of(well, bad) == [["finding_new", "error_rate", "medium"]]
    assert changes_of(bad, well) == [["finding_ended", "error_rate", "medium"]]
    assert changes_of(bad, worse) == [["finding_worse", "error_rate", "medium"]]
    assert changes_of(bad, network(ports=errors(250))) == []
    assert changes_of(worse, bad) == []
    row = differences(bad, high).iloc[0]
    assert (row["change"], row["before"], row["severity"]) == ("finding_worse", "medium", "high")
    assert (round(row["value_before"]), round(row["value"])) == (200, 3984)


def test_a_finding_of_a_device_that_no_longer_answers_has_not_ended(network):
    assert changes_of(network(ports=errors(200)), network(silent=[CORE])) == []
