"""Tables side by side: what a person looks at to believe a cable."""

from __future__ import annotations

from analysis.topology.evidence import side_by_side, sightings, without_tables


def learnt(make_frame, *rows):
    return make_frame("forwarding", [{"device": device, "port": port, "mac": mac} for device, port, mac in rows])


def test_an_address_speaks_for_a_cable_or_against_it(make_frame):
    tables = learnt(
        make_frame,
        *(("A", "1", "far"), ("B", "9", "far")),  # behind B for A, elsewhere for B
        *(("A", "1", "hub"), ("B", "1", "hub")),
        *(("A", "5", "stale"), ("B", "9", "stale")),
        *(("A", "7", "near"), ("B", "1", "near")),
        ("B", "9", "aged"),
        *(("A", "3", "moves"), ("A", "1", "moves"), ("B", "9", "moves")),
        ("C", "1", "elsewhere"),
    )
    rows = side_by_side(tables, "A", "1", "B", "1").set_index("mac")["speaks"].to_dict()
    assert rows == {
        "far": "for", "near": "for", "hub": "between", "stale": "against", "aged": "nothing", "moves": "for",
    }  # fmt: skip


def test_every_table_that_has_an_address_is_told_and_where_it_hangs(make_frame):
    tables = learnt(make_frame, ("A", "1", "m"), ("B", "2", "m"), ("B", "2", "n"))
    arp = make_frame("arp", [{"device": "R", "port": "vlan1", "mac": "m", "address": "10.0.0.9"}])
    attachments = make_frame("endpoints", []).reindex(columns=["mac", "device", "port"])
    attachments.loc[0] = ["m", "B", "2"]
    rows = sightings("m", tables, arp, attachments)
    assert rows[["device", "table", "hangs_here"]].to_numpy().tolist() == [
        ["A", "forwarding", False], ["B", "forwarding", True], ["R", "arp", False],
    ]  # fmt: skip
    assert sightings("x", tables, arp, attachments).empty


def test_switches_that_told_no_table_are_named(make_frame, make_device):
    devices = make_frame(
        "devices", [make_device(1), make_device(2), make_device(3, kind="printer"), make_device(4, state="silent")]
    )
    assert without_tables(devices, learnt(make_frame, ("D00002", "1", "m")))["device"].tolist() == ["D00001"]
