"""The inventory against the simulated district's truth: everything that answers is found, nothing is invented."""

from __future__ import annotations

import re
from collections import Counter

import pandas as pd
import pytest

from simulator.troubles import AILMENTS

FIELDS = ("vendor", "model", "serial", "os_version", "kind")
#: Kinds whose ports are asked of their links.
FORWARDING = ("switch", "router", "firewall", "wireless")


def plain(text):
    return re.sub(r"[^a-z0-9]+", "", str(text or "").lower())


def same(said, true):
    """Equal but for punctuation and case; a model or a release may be told with more words around it."""
    a, b = plain(said), plain(true)
    return a == b or (min(len(a), len(b)) >= 3 and (a in b or b in a))


@pytest.fixture(scope="module")
def truth(demo):
    return demo.district.at(demo.days[1]).truth()


@pytest.fixture(scope="module")
def found(demo):
    """Device of the inventory by any address that it answered at, as of the second scan."""
    devices = demo.inventory.devices()
    devices = devices[devices["state"] == "present"].set_index("device")
    addresses = demo.inventory.addresses()
    at = addresses[addresses["origin"] == "answered"]
    # A device that is gone keeps its last address; who answers there now counts.
    at = at[at["device"].isin(devices.index)]
    return {row.address: devices.loc[row.device].to_dict() | {"device": row.device} for row in at.itertuples()}


def readable(truth):
    return [device for device in truth["devices"] if device["snmp_readable"] or device["ssh_readable"]]


def test_every_device_that_answers_is_found(truth, found):
    missing = [(d["address"], d["office"], d["model"]) for d in readable(truth) if d["address"] not in found]
    assert missing == []
    assert 350 <= len(readable(truth)) <= 450


def test_no_device_is_found_that_is_not_there(truth, found):
    there = {address for device in truth["devices"] for address in (device["address"], *device["other_addresses"])}
    assert sorted(set(found) - there) == []


def test_every_device_is_one_device(truth, found):
    """No two boxes are one device, and no box is two."""
    by_device = Counter(found[d["address"]]["device"] for d in readable(truth))
    assets = {found[d["address"]]["device"]: set() for d in readable(truth)}
    for device in readable(truth):
        assets[found[device["address"]]["device"]].add(device["asset"])
    assert [device for device, boxes in assets.items() if len(boxes) > 1] == []
    boxes = Counter(device["asset"] for device in readable(truth))
    assert sum(by_device.values()) == sum(boxes.values())


def test_identity_is_right_wherever_it_is_told_and_never_invented(truth, found, report_folder):
    told, right, blank, wrong = Counter(), Counter(), Counter(), []
    for device in readable(truth):
        seen = found[device["address"]]
        for field in FIELDS:
            value = seen[field] if isinstance(seen[field], str) and seen[field] else None
            tells = device["tells"].get(field, field == "kind")
            told[field] += tells
            if value is None:
                blank[field] += tells
            elif device[field] is None or not same(value, device[field]):
                wrong.append((field, device["address"], device["vendor"], device["model"], value, device[field]))
            else:
                right[field] += 1
    lines = ["| field | told | right | blank though told | wrong |", "|---|---|---|---|---|"]
    for field in FIELDS:
        mistakes = sum(row[0] == field for row in wrong)
        lines.append(f"| {field} | {told[field]} | {right[field]} | {blank[field]} | {mistakes} |")
    (report_folder / "truth.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    assert [row for row in wrong if row[0] in ("vendor", "model", "serial")] == []
    assert {field: blank[field] for field in ("vendor", "model", "serial")} == {"vendor": 0, "model": 0, "serial": 0}
    assert wrong == []


def test_every_interface(truth, found, demo):
    interfaces = demo.inventory.interfaces()
    seen = {device: rows.set_index("if_index") for device, rows in interfaces.groupby("device")}
    wrong = []
    for device in truth["devices"]:
        if not device["snmp_readable"]:
            continue
        mine = seen.get(found[device["address"]]["device"])
        for port in device["interfaces"]:
            if mine is None or port["index"] not in mine.index:
                wrong.append((device["address"], port["name"], "missing"))
                continue
            row = mine.loc[port["index"]]
            for field in ("name", "mac", "speed_bps", "admin_up", "oper_up"):
                value = row[field]
                value = None if pd.isna(value) else value
                if port[field] is not None and value != port[field]:
                    wrong.append((device["address"], port["name"], field, value, port[field]))
    assert wrong == []


def test_what_ports_say_of_their_links(truth, found, demo):
    interfaces = demo.inventory.interfaces()
    seen = {device: rows.set_index("if_index") for device, rows in interfaces.groupby("device")}
    told, wrong = Counter(), []
    for device in truth["devices"]:
        if not device["snmp_readable"] or device["kind"] not in FORWARDING:
            continue
        mine = seen[found[device["address"]]["device"]]
        for port in device["interfaces"]:
            for field in ("duplex", "aggregate", "stp"):
                value = mine.loc[port["index"], field]
                value = None if pd.isna(value) else value
                told[field] += port[field] is not None
                if value != port[field] and (port[field] or value not in ("disabled", None)):
                    wrong.append((device["address"], port["name"], field, value, port[field]))
    assert wrong == []
    assert told["duplex"] > 200
    assert told["aggregate"] == 4
    assert told["stp"] > 200
    assert interfaces["changed_at"].notna().sum() > 300
    assert (interfaces["changed_at"].dropna() <= demo.inventory.scans()["finished_at"].max()).all()


def test_the_troubles_of_the_cabling_show(truth, found, demo):
    """What a person sees who looks for each of them in the frames."""
    interfaces = demo.inventory.interfaces().set_index(["device", "name"])
    health = demo.inventory.health().set_index(["device", "metric"])
    kinds = Counter()

    def port(trouble, end=""):
        return interfaces.loc[found[trouble[f"{end}address"]]["device"], trouble[f"{end}port"]]

    for trouble in truth["troubles"]:
        if trouble["kind"] in AILMENTS:  # of a device itself: tests/end_to_end/test_condition.py
            continue
        kinds[trouble["kind"]] += 1
        match trouble["kind"]:
            case "duplex_mismatch":
                assert (port(trouble)["duplex"], port(trouble, "other_")["duplex"]) == ("half", "full")
            case "slow_link":
                assert port(trouble)["speed_bps"] == port(trouble, "other_")["speed_bps"] == 10**8
            case "flapping":
                ago = demo.inventory.scans()["finished_at"].max() - port(trouble)["changed_at"]
                assert ago < pd.Timedelta(hours=2)
            case "vlan_mismatch":
                assert port(trouble)["pvid"] != port(trouble, "other_")["pvid"]
            case "power_budget":
                device = found[trouble["address"]]["device"]
                budget, used = (health.loc[(device, metric), "value"] for metric in ("poe_budget_w", "poe_used_w"))
                assert float(used) > 0.9 * float(budget)
            case "no_spanning_tree":
                device = found[trouble["address"]]["device"]
                assert health.loc[(device, "stp_protocol"), "text"] == "off"
                assert interfaces.loc[device]["stp"].isna().all()
    assert min(kinds.values()) >= 1
    assert len(kinds) == 7


def test_every_link_that_is_told(truth, found, demo, report_folder):
    links = demo.inventory.links()
    address = {row["device"]: a for a, row in found.items()}
    # A neighbour that nobody may read is known by the name that its neighbours tell.
    named = {device["sys_name"]: device["address"] for device in truth["devices"] if device["address"] not in found}
    seen = set()
    for row in links.itertuples():
        a, b = address.get(row.a_device), address.get(row.b_device) or named.get(row.b_name)
        seen |= {(a, row.a_port, b), (b, row.b_port, a)}
    told = [link for link in truth["links"] if link["told_by"]]
    missing = []
    for link in told:
        if "a" in link["told_by"] and (link["a_address"], link["a_port"], link["b_address"]) not in seen:
            missing.append((link["a_address"], link["a_port"], link["b_address"]))
        if "b" in link["told_by"] and (link["b_address"], link["b_port"], link["a_address"]) not in seen:
            missing.append((link["b_address"], link["b_port"], link["a_address"]))
    with (report_folder / "truth.md").open("a", encoding="utf-8") as file:
        file.write(f"\nlinks told by LLDP or CDP: {len(told)}, missing: {len(missing)}\n")
    assert missing == []
    pairs = {frozenset((link["a_address"], link["b_address"])) for link in truth["links"]}
    known = links.dropna(subset=["a_device", "b_device"])
    invented = [
        row for row in known.itertuples() if frozenset((address.get(row.a_device), address.get(row.b_device))) not in pairs
    ]
    assert invented == []


def test_every_station_that_is_seen(truth, demo):
    endpoints = demo.inventory.endpoints()
    now = endpoints[endpoints["last_seen"] == endpoints["last_seen"].max()]
    seen = set(now["mac"])
    wanted = {station["mac"] for station in truth["endpoints"] if station["seen"]}
    assert sorted(wanted - seen) == []
    assert len(wanted) >= 600
