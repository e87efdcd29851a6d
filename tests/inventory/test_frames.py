"""Frames: the documented columns always, as of any date, of any office; and changes that are real."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path

import pandas as pd
import pytest

from inventory import offices
from inventory.database import open_database
from inventory.facts import ArpEntry, ForwardingEntry, Interface, Neighbour, Outcome, OwnAddress
from inventory.frames import FRAMES, FrameError, Inventory, load
from inventory.frames.reading import moment
from inventory.frames.surroundings import maker
from inventory.hardware_addresses import mac_class

DTYPES = {
    "string": "string",
    "told": "string",
    "Int64": "Int64",
    "Float64": "Float64",
    "boolean": "boolean",
    "time": "datetime64[s, UTC]",
    "date": "datetime64[s]",
}


def check(frame: str, rows: pd.DataFrame) -> None:
    assert list(rows.columns) == [c.name for c in FRAMES[frame]]
    for column in FRAMES[frame]:
        assert str(rows[column.name].dtype) == DTYPES[column.dtype], (frame, column.name)


def switch(observe, mac, n: int, *neighbours: Neighbour, stations=(), arp=None, kind: str = "switch", **more):
    ports = tuple(Interface(i, f"Gi0/{i}", f"GigabitEthernet0/{i}", mac=mac(n * 100 + i), oper_up=True) for i in range(1, 5))
    learned = tuple(ForwardingEntry(m, port, vlan=10) for m, port in stations)
    return observe(
        f"10.0.0.{n}",
        serial=f"CN0000{n:04d}",
        name=f"sw-{n}",
        base_mac=mac(n * 100),
        kind=kind,
        interfaces=ports,
        neighbours=tuple(neighbours),
        forwarding=learned,
        arp=arp,
        own=(OwnAddress(f"10.0.0.{n}", 24, 1),),
        **more,
    )


@pytest.mark.parametrize("frame", FRAMES)
def test_an_empty_inventory_has_all_columns(engine, frame: str) -> None:
    rows = load(engine, frame)
    assert rows.empty
    check(frame, rows)


def test_a_filled_one_has_them_too_and_both_ways_of_reading_agree(scan, observe, mac, engine, source) -> None:
    station = mac(9999)
    scan(0, switch(observe, mac, 1, stations=[(station, "Gi0/2")], arp=(ArpEntry("10.0.0.99", station),)))
    scan(1, switch(observe, mac, 1, os_version="17.0", stations=[(station, "Gi0/2")], arp=(ArpEntry("10.0.0.99", station),)))
    for frame in FRAMES:
        through_adbc = load(source, frame)
        check(frame, through_adbc)
        with engine.connect():  # this process has the file open: ADBC stays away from SQLite
            pd.testing.assert_frame_equal(load(source, frame), through_adbc)


def test_a_link_told_by_both_sides_is_one_row(scan, observe, mac, inventory) -> None:
    a = switch(observe, mac, 1, Neighbour("lldp", "Gi0/4", 4, "sw-2", "GigabitEthernet0/1", remote_chassis=mac(200)))
    b = switch(observe, mac, 2, Neighbour("lldp", "Gi0/1", 1, "SW-1.example.vn", "Gi0/4"))
    c = switch(observe, mac, 3, Neighbour("cdp", "Gi0/1", 1, "nobody", "eth0", remote_address="10.0.0.200"))
    scan(0, a, b, c)
    links = inventory.links()
    assert [
        tuple(r) for r in links[["a_device", "a_port", "b_device", "b_port", "both_sides"]].astype(object).fillna("").to_numpy()
    ] == [
        ("D00001", "Gi0/4", "D00002", "Gi0/1", True),
        ("D00003", "Gi0/1", "", "eth0", False),
    ]
    scan(1, dataclasses.replace(a, neighbours=()), c)  # b died: its port is down, it is not heard any more
    assert list(inventory.links()["a_device"]) == ["D00003"]
    told = inventory.changes().query("scan == 'S00002'")
    assert list(zip(told["subject"], told["change"], strict=True)) == [("device", "unseen"), ("link", "gone")]
    assert len(inventory.links(as_of=inventory.as_of_default().to_pydatetime() - datetime.timedelta(hours=5))) == 2


def stations_of(inventory) -> dict[str, tuple[str, str]]:
    return {row.mac: (row.switch, row.port) for row in inventory.endpoints().itertuples() if pd.isna(row.device)}


def test_a_station_hangs_where_the_fewest_are_and_trunks_come_last(scan, observe, mac, inventory) -> None:
    pcs = [mac(9000 + n) for n in range(4)]
    up = Neighbour("lldp", "Gi0/1", 1, "sw-1", "Gi0/2")
    core = switch(observe, mac, 1, stations=[(pc, "Gi0/2") for pc in pcs[:3]] + [(pcs[3], "Gi0/3")])
    edge = switch(observe, mac, 2, up, stations=[(pcs[0], "Gi0/2"), (pcs[1], "Gi0/3"), (pcs[2], "Gi0/3"), (pcs[3], "Gi0/1")])
    scan(0, core, edge)
    places = {pcs[0]: ("D00002", "Gi0/2"), pcs[1]: ("D00002", "Gi0/3"), pcs[2]: ("D00002", "Gi0/3"), pcs[3]: ("D00001", "Gi0/3")}
    assert stations_of(inventory) == places
    scan(1, core)  # the edge is silent: its stations show only on the trunk, and have not moved
    assert stations_of(inventory) == places
    moved = switch(observe, mac, 2, up, stations=[(pcs[1], "Gi0/2"), (pcs[2], "Gi0/3"), (pcs[3], "Gi0/1")])
    scan(2, switch(observe, mac, 1, stations=[(pcs[1], "Gi0/2"), (pcs[2], "Gi0/2"), (pcs[3], "Gi0/3")]), moved)
    assert stations_of(inventory) == {pcs[1]: ("D00002", "Gi0/2"), pcs[2]: ("D00002", "Gi0/3"), pcs[3]: ("D00001", "Gi0/3")}
    told = inventory.changes().query("subject == 'endpoint'")
    assert list(zip(told["scan"], told["item"], told["change"], told["before"], told["after"], strict=True)) == [
        ("S00003", pcs[0], "gone", "D00002 Gi0/2", pd.NA),
        ("S00003", pcs[1], "moved", "D00002 Gi0/3", "D00002 Gi0/2"),
    ]


def test_endpoints_know_makers_classes_and_our_devices(scan, observe, mac, inventory) -> None:
    phone, printer, vrrp = "da:a1:19:00:00:01", "00:1b:a9:11:22:33", "00:00:5e:00:01:0a"
    table = [(phone, "Gi0/2"), (printer, "Gi0/3"), (vrrp, "Gi0/4"), ("01:00:5e:00:00:01", "Gi0/4"), (mac(201), "Gi0/1")]
    arp = (ArpEntry("10.0.0.50", printer), ArpEntry("10.0.0.2", mac(201)), ArpEntry("10.0.0.51", "ff:ff:ff:ff:ff:ff"))
    scan(0, switch(observe, mac, 1, stations=table, arp=arp), switch(observe, mac, 2))
    frame = inventory.endpoints().set_index("mac")
    assert dict(frame["mac_class"]) == {phone: "local", printer: "global", vrrp: "vrrp", mac(201): "global"}
    assert "Brother" in frame.loc[printer, "vendor"].title()
    assert pd.isna(frame.loc[phone, "vendor"])
    assert (frame.loc[mac(201), "device"], frame.loc[printer, "address"]) == ("D00002", "10.0.0.50")
    assert mac_class("01:00:5e:00:00:01") == "multicast"
    assert maker("00:00:0c:12:34:56").startswith("C")


def test_a_neighbours_port_is_not_the_bridge_that_has_its_address(scan, observe, mac, inventory) -> None:
    ports = (Interface(1, "br0", mac=mac(1)), Interface(2, "eth0", mac=mac(1)), Interface(3, "eth1", mac=mac(2)))
    tells = Neighbour("lldp", "Gi0/1", remote_chassis=mac(1), remote_port=mac(1), remote_port_description="eth0")
    scan(0, switch(observe, mac, 9, tells), observe("10.0.0.2", serial="LINUX002", interfaces=ports))
    assert inventory.links()[["a_port", "b_port"]].to_numpy().tolist() == [["Gi0/1", "eth0"]]


def test_a_link_that_both_sides_tell_is_named_by_the_lower_address(scan, observe, mac, inventory) -> None:
    def pair(port):
        edge = switch(observe, mac, 9, Neighbour("lldp", "Gi0/1", 1, "sw-2", port))
        return edge, switch(observe, mac, 2, Neighbour("lldp", port, 2, "sw-9", "Gi0/1"))

    scan(0, switch(observe, mac, 9))  # the edge is known first, so its id is lower; the core comes later
    scan(1, *pair("Gi0/2"))
    scan(2, *pair("Gi0/3"))
    told = inventory.changes().query("scan == 'S00003' and subject == 'link'")
    assert sorted(zip(told["device"], told["item"], told["change"], strict=True)) == [
        ("D00002", "Gi0/2", "gone"),
        ("D00002", "Gi0/3", "appeared"),
    ]


def test_an_address_names_whoever_has_it_now(scan, observe, mac, inventory) -> None:
    locked, leased = mac(9001), mac(9002)  # a printer that nobody may read; a laptop

    def seen(*pairs):
        table = [(locked, "Gi0/2"), (leased, "Gi0/3")]
        return switch(observe, mac, 1, stations=table, arp=tuple(ArpEntry(address, one) for address, one in pairs))

    def printer(address):
        return observe(address, serial="VNB3K12345", kind="printer", macs=[mac(9003)])

    scan(0, seen(("10.0.0.7", locked)), printer("10.0.0.8"))
    scan(1, seen(("10.0.0.8", locked)), printer("10.0.0.7"))  # they change places
    assert inventory.endpoints()["device"].isna().all()
    told = inventory.changes().query("scan == 'S00002'")
    assert sorted(zip(told["subject"], told["change"], told["before"], told["after"], strict=True)) == [
        ("device", "readdressed", "10.0.0.8", "10.0.0.7"),
        ("endpoint", "readdressed", "10.0.0.7", "10.0.0.8"),
    ]
    scan(2, seen(("10.0.0.7", leased)))  # the printer is off, and its address is given away
    frame = inventory.endpoints().set_index("mac")
    assert (frame.loc[leased, "address"], frame.loc[leased, "device"]) == ("10.0.0.7", pd.NA)


def test_stations_of_a_replaced_switch_go_when_its_successor_has_them_not(scan, observe, mac, inventory) -> None:
    stays, goes = mac(9001), mac(9002)
    scan(0, switch(observe, mac, 1, stations=[(stays, "Gi0/2"), (goes, "Gi0/3")]))
    new = switch(observe, mac, 2, stations=[(stays, "Gi0/2")])
    scan(1, dataclasses.replace(new, address="10.0.0.1", addresses=dataclasses.replace(new.addresses, own=())))
    assert stations_of(inventory) == {stays: ("D00002", "Gi0/2")}
    told = inventory.changes().query("scan == 'S00002' and subject == 'endpoint'")
    assert list(zip(told["item"], told["change"], strict=True)) == [(goes, "gone")]


def test_a_device_that_does_not_tell_its_hardware_address_keeps_it_while_it_sleeps(scan, observe, mac, inventory) -> None:
    core = switch(observe, mac, 1, stations=[(mac(9001), "Gi0/2")], arp=(ArpEntry("10.0.0.8", mac(9001)),))
    partly = observe("10.0.0.8", serial="VNB3K12345", kind="printer", macs=[mac(9003)])  # tells of another card only
    scan(0, core, partly)
    scan(1, core)
    assert list(inventory.endpoints()["device"]) == ["D00002"]
    assert inventory.changes().query("scan == 'S00002' and subject == 'endpoint'").empty


def test_real_changes_are_told_and_nothing_else(scan, observe, mac, inventory) -> None:
    pc = mac(9000)
    before = switch(observe, mac, 1, stations=[(pc, "Gi0/2")], arp=(ArpEntry("10.0.0.50", pc),), uptime_s=100)
    scan(0, before)
    scan(1, dataclasses.replace(before, identity=dataclasses.replace(before.identity, uptime_s=5, sys_descr="rebuilt today")))
    assert inventory.changes().query("scan == 'S00002'").empty
    ports = tuple(dataclasses.replace(p, oper_up=p.index != 3, speed_bps=0 if p.index == 3 else 10**9) for p in before.interfaces)
    after = switch(observe, mac, 1, stations=[(pc, "Gi0/2")], arp=(ArpEntry("10.0.0.60", pc),), os_version="17.0")
    scan(2, dataclasses.replace(after, interfaces=ports))
    told = inventory.changes().query("scan == 'S00003'").fillna("")
    assert [tuple(r) for r in told[["subject", "item", "change", "field", "before", "after"]].to_numpy()] == [
        ("device", "", "changed", "os_version", "16.11", "17.0"),
        ("endpoint", pc, "readdressed", "address", "10.0.0.50", "10.0.0.60"),
        ("interface", "Gi0/3", "changed", "oper_up", "yes", "no"),
    ]


def test_offices_stand_for_those_below_and_those_merged_into_them(scan, observe, mac, engine, inventory, tmp_path: Path) -> None:
    file = tmp_path / "offices.yaml"
    file.write_text(
        "offices:\n"
        "  - {code: X, name_vi: Xã mới, name_en: New commune, staff: 30, valid_from: 01/07/2025}\n"
        "  - {code: A, name_vi: Xã cũ, name_en: Old commune, valid_to: 30/06/2025, successor: X}\n"
        "  - {code: B, name_vi: Trạm, name_en: Station, parent: X, networks: [10.0.0.0/27]}\n"
        "  - {code: Z, name_vi: Khác, name_en: Other}\n",
        encoding="utf-8",
    )
    offices.write(engine, offices.load(file), 100)
    scan(0, observe("10.0.0.1", office="A", macs=[mac(1)]), observe("10.0.0.2", office="B", macs=[mac(2)]))
    assert list(inventory.devices(office="X")["office"]) == ["A", "B"]
    assert list(inventory.devices(office="A")["office"]) == ["A"]
    assert inventory.devices(office="Z").empty
    assert list(inventory.scans(office="Z")["scan"]) == []
    assert list(inventory.changes(office="B")["device"]) == ["D00002"]
    rows = inventory.offices(office="X")
    assert list(zip(rows["office"], rows["devices"], strict=True)) == [("X", 0), ("A", 1), ("B", 1)]
    assert rows["valid_from"][0] == pd.Timestamp("2025-07-01")
    with pytest.raises(FrameError, match="did you mean"):
        inventory.devices(office="XX")
    renamed = (
        file.read_text(encoding="utf-8")
        .replace("staff: 30", "staff: 45")
        .replace("  - {code: Z, name_vi: Khác, name_en: Other}\n", "")
    )
    file.write_text(renamed, encoding="utf-8")
    offices.write(engine, offices.load(file), 200)
    offices.write(engine, offices.load(file), 300)
    assert list(inventory.offices(as_of=150)["staff"].dropna()) == [30]
    assert list(inventory.offices(as_of=250)["staff"].dropna()) == [45]
    assert list(inventory.offices()["office"]) == ["X", "A", "B"]
    assert list(inventory.offices(as_of=5)["office"]) == ["X", "A", "B", "Z"]  # before anything was known: as first known


def test_a_date_is_the_end_of_that_day_in_viet_nam() -> None:
    end = datetime.datetime(2026, 3, 31, 16, 59, 59, tzinfo=datetime.UTC)
    assert moment(datetime.date(2026, 3, 31)) == end
    assert moment("31/03/2026") == end
    assert moment("2026-03-31") == end
    assert moment(datetime.datetime(2026, 3, 31, 7)) == datetime.datetime(2026, 3, 31, tzinfo=datetime.UTC)
    assert moment("") is None
    with pytest.raises(FrameError, match="dd/mm/yyyy"):
        moment("hôm qua")


def test_as_of_shows_each_day_as_it_was(scan, observe, mac, inventory) -> None:
    for day, version in enumerate(["1", "2", "2", "3"]):
        scan(day, observe(macs=[mac(1)], os_version=version))
    times = inventory.scans()["finished_at"]
    assert [inventory.devices(as_of=t.to_pydatetime())["os_version"][0] for t in times] == ["1", "2", "2", "3"]
    assert inventory.devices(as_of=times[0].to_pydatetime() - datetime.timedelta(seconds=1)).empty
    assert inventory.as_of_default() == times[3]


def test_mojibake_and_odd_texts_come_back_as_they_were(scan, observe, mac, inventory) -> None:
    odd = "Má»¥c Ä‘Ã­ch \x07 'quote\" ; DROP TABLE\n \u202e\U0001f5a8"
    port = Interface(1, "", mac=mac(1), alias=odd)
    twin = Interface(2, "", mac=mac(2), alias="ế" * 500)
    scan(0, observe(name=odd, interfaces=(port, twin, port), model=odd))
    assert list(inventory.devices()["sys_name"]) == [odd]
    assert list(inventory.interfaces()["alias"]) == [odd, "ế" * 500]
    scan(1, observe(name=odd, interfaces=(twin, port), model=odd))
    assert inventory.changes().query("scan == 'S00002'").empty


def test_a_workspace_without_a_database_and_unknown_frames(tmp_path: Path) -> None:
    with pytest.raises(FrameError, match="scan first"):
        Inventory(tmp_path).devices()
    open_database(tmp_path / "inventory.sqlite")
    assert Inventory(tmp_path).as_of_default() is None
    with pytest.raises(FrameError, match="devices"):
        load(tmp_path / "inventory.sqlite", "device")


def test_a_station_seen_over_a_trunk_from_another_office_is_one_station(scan, observe, mac, inventory) -> None:
    pc, vrrp = mac(9000), "00:00:5e:00:01:01"
    core = switch(observe, mac, 1, Neighbour("lldp", "Gi0/4", 4, "sw-2", "Gi0/1"), stations=[(pc, "Gi0/4"), (vrrp, "Gi0/4")])
    edge = dataclasses.replace(switch(observe, mac, 2, stations=[(pc, "Gi0/2"), (vrrp, "Gi0/1")]), office="B")
    scan(0, core, edge)
    frame = inventory.endpoints()
    assert sorted(zip(frame["mac"], frame["office"], strict=True)) == [(vrrp, "A"), (vrrp, "B"), (pc, "B")]
    scan(1, core, offices=("A",))  # the other office was not asked: over the trunk its station is still seen, and stays
    assert inventory.changes().query("scan == 'S00002'").empty
    gone = dataclasses.replace(switch(observe, mac, 2, stations=[]), office="B")
    scan(2, switch(observe, mac, 1, stations=[(pc, "Gi0/3")]), gone)
    told = inventory.changes().query("subject == 'endpoint' and item == @pc")
    assert list(zip(told["office"], told["change"], told["field"], told["after"], strict=True)) == [
        ("A", "moved", "office", "A"),
        ("A", "moved", "port", "D00001 Gi0/3"),
    ]


def test_a_station_whose_switch_is_heard_for_the_first_time_has_not_moved(scan, observe, mac, inventory) -> None:
    """A poor link: the nearer switch answers, and its forwarding table is not read until the next scan."""
    pcs = [mac(9000 + n) for n in range(2)]
    up = Neighbour("lldp", "Gi0/1", 1, "sw-1", "Gi0/2")
    core = switch(observe, mac, 1, stations=[(pc, "Gi0/2") for pc in pcs])
    edge = switch(observe, mac, 2, up, stations=[(pcs[0], "Gi0/2"), (pcs[1], "Gi0/3")])
    scan(0, core, switch(observe, mac, 2, up, topics={"addresses": Outcome.PARTIAL}))
    assert set(stations_of(inventory).values()) == {("D00001", "Gi0/2")}
    scan(1, core, edge)
    assert set(stations_of(inventory).values()) == {("D00002", "Gi0/2"), ("D00002", "Gi0/3")}
    assert inventory.changes().query("scan == 'S00002'").empty
    scan(2, core, switch(observe, mac, 2, up, stations=[(pcs[0], "Gi0/4"), (pcs[1], "Gi0/3")]))
    told = inventory.changes().query("scan == 'S00003'")
    assert list(zip(told["item"], told["change"], told["after"], strict=True)) == [(pcs[0], "moved", "D00002 Gi0/4")]


def test_a_serial_that_three_devices_carry_is_none(scan, observe, mac, inventory):
    """Makers leave the same number in every box; two boxes with one number are a conflict, and keep it."""
    scan(0, *(observe(f"10.0.0.{n}", serial="SN2024000001", macs=[mac(n)], name=f"pc{n}") for n in (1, 2, 3)))
    shown = inventory.devices()
    assert len(shown) == 3
    assert shown["serial"].isna().all()
    assert shown["serial_source"].isna().all()
    assert shown["conflict"].str.contains("same_serial").all()
    scan(1, *(observe(f"10.0.0.{n}", serial=f"TK2024{n % 2:06}", macs=[mac(n)], name=f"pc{n}") for n in (1, 2, 3)))
    assert inventory.devices().set_index("address").loc["10.0.0.1", "serial"] == "TK2024000001"
    assert inventory.devices(as_of=inventory.scans()["finished_at"].iloc[0])["serial"].isna().all()  # as it was seen then


def test_versions_sort(scan, observe, mac, inventory):
    told = {1: "15.0(2)SE11", 2: "15.0(2)SE8", 3: None}
    scan(0, *(observe(f"10.0.0.{n}", os_version=version, macs=[mac(n)], serial=f"FOC1{n}ABCD") for n, version in told.items()))
    shown = inventory.devices().sort_values("os_version_order")
    assert shown["os_version"].tolist()[:2] == ["15.0(2)SE8", "15.0(2)SE11"]
    assert shown["os_version_order"].isna().tolist() == [False, False, True]
