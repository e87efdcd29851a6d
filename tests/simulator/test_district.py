"""The district that the YAML describes: sizes, offices, addresses, credentials, misbehaviour; the same on every machine."""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import json
import pickle
import random
import subprocess
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
import yaml

from simulator.catalogue import catalogue
from simulator.district import LAP_THACH, District, load
from simulator.plan import TALKATIVE, Silence, mac_text

LATER = dt.timedelta(days=100)


def test_the_sizes_that_the_district_promises(district: District) -> None:
    truth = district.at(district.today).truth()
    live = [o for o in district.offices if o.networks]
    assert len(live) == 25
    assert sum(o.name_en.endswith((" commune", " town")) for o in live) == 20
    assert 350 <= sum(bool(d["answers"]) for d in truth["devices"]) <= 450
    assert 750 <= len(truth["endpoints"]) <= 870
    assert sum(ipaddress.ip_network(n).num_addresses for o in live for n in o.networks) <= 3500
    assert len(truth["unmanaged"]) >= 40


def test_kinds_and_makes_are_mixed(district: District) -> None:
    truth = district.at(district.today).truth()
    kinds = Counter(d["kind"] for d in truth["devices"])
    assert set(kinds) == {
        "switch",
        "router",
        "firewall",
        "wireless",
        "printer",
        "ups",
        "server",
        "storage",
        "pc",
        "nvr",
        "camera",
    }
    assert len({d["vendor"] for d in truth["devices"] if d["kind"] == "switch"}) >= 8
    assert len({d["family"] for d in truth["devices"]}) >= 30
    ages = [(district.today - dt.date.fromisoformat(d["built"])).days / 365.25 for d in truth["devices"]]
    assert min(ages) < 2
    assert max(ages) > 13


def test_offices_do_not_share_networks_and_the_reform_is_there(district: District) -> None:
    networks = [ipaddress.ip_network(n) for o in district.offices for n in o.networks]
    assert all(n.subnet_of(ipaddress.ip_network("127.0.0.0/8")) for n in networks)
    assert not any(n.subnet_of(ipaddress.ip_network("127.0.0.0/16")) for n in networks)
    assert not [pair for pair in combinations(networks, 2) if pair[0].overlaps(pair[1])]
    codes = {o.code: o for o in district.offices}
    assert all(o.parent in codes for o in district.offices if o.parent)
    ended = codes["tay-son"]
    assert ended.valid_to == dt.date(2025, 6, 30)
    assert codes[ended.successor or ""].valid_from == dt.date(2025, 7, 1)
    for office in district.offices:
        assert {*office.credentials_snmp, *office.credentials_ssh} <= set(district.credentials)


@pytest.mark.parametrize("days", [0, 100, 400])
def test_no_address_serial_or_hardware_address_is_given_twice(district: District, days: int) -> None:
    network = district.at(district.today + dt.timedelta(days=days))
    plan = network.plan
    addresses = Counter([d.address for d in plan.devices.values()] + [s.address for s in plan.stations.values()])
    addresses.update(a.split("/")[0] for d in plan.devices.values() for _, a in d.routed)
    assert not [a for a, n in addresses.items() if n > 1]
    serials = Counter(d.box.serial for d in plan.devices.values())
    assert not [s for s, n in serials.items() if n > 1]
    own: Counter[str] = Counter(mac_text(s.mac) for s in plan.stations.values())
    for device in plan.devices.values():
        own.update({mac_text(face.mac) for face in network.shown(device.id).faces if face.mac})
    assert not [m for m, n in own.items() if n > 1]
    homes = {o.code: [ipaddress.ip_network(n) for n in o.networks] for o in district.offices}
    shut = [ipaddress.ip_network(x) for o in district.offices for x in o.exclusions]
    for thing in (*plan.devices.values(), *plan.stations.values()):
        address = ipaddress.ip_address(thing.address)
        assert any(address in n for n in homes[thing.office]), thing
        assert not any(address in x for x in shut)


def test_every_misbehaviour_is_there(district: District) -> None:
    wanted = yaml.safe_load(LAP_THACH.read_text(encoding="utf-8"))["faults"]
    network = district.at(district.today)
    found = Counter(fault for d in network.truth()["devices"] for fault in d["faults"])
    for fault in wanted:
        for protocol in ("snmp", "ssh"):
            for name in fault.get(protocol, {}):
                assert found[f"{protocol}.{name}"] == fault["count"], name
        if "half" in fault:
            assert found[f"half.{fault['half']}"] == fault["count"]
    assert found["community.unknown"] == 6
    assert found["serial.junk"] >= 4
    locations = [d.location for d in network.plan.devices.values()]
    garbled = [text for text in locations if not _is_utf8(text)]
    assert len(garbled) == 16
    v1_only = [a for a in network.agents if a.snmp and a.snmp.versions == {"1"}]
    v3 = [a for a in network.agents if a.snmp and a.snmp.versions == {"3"}]
    assert len(v1_only) >= 4
    assert {u.auth_protocol for a in v3 if a.snmp for u in a.snmp.users} == {"SHA", "SHA-256"}
    assert all(a.snmp.engine_id for a in v3 if a.snmp)


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_the_same_district_on_every_machine(district: District) -> None:
    day = district.today + LATER
    here = district.at(day).truth()
    script = (
        "import datetime,hashlib,json,sys;from simulator.district import load;"
        "t=load().at(datetime.date.fromisoformat(sys.argv[1])).truth();"
        "print(hashlib.sha256(json.dumps(t,sort_keys=True).encode()).hexdigest())"
    )
    there = subprocess.run(
        [sys.executable, "-c", script, day.isoformat()], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "77"},
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert there.stdout.strip() == hashlib.sha256(json.dumps(here, sort_keys=True).encode()).hexdigest()


def test_another_seed_gives_another_district(tmp_path: Path, district: District) -> None:
    text = LAP_THACH.read_text(encoding="utf-8").replace("seed: 20180604", "seed: 1")
    (tmp_path / "other.yaml").write_text(text, encoding="utf-8")
    other = load(tmp_path / "other.yaml")
    serials = {d.box.serial for d in other.at(other.today).plan.devices.values()}
    ours = {d.box.serial for d in district.at(district.today).plan.devices.values()}
    assert len(serials & ours) < len(ours) / 10  # some makes write the hardware address as the serial number


def test_a_network_crosses_to_another_process(district: District) -> None:
    network = district.at(district.today + LATER)
    copy = pickle.loads(pickle.dumps(network))
    assert [a.address for a in copy.agents] == [a.address for a in network.agents]
    for ours, theirs in zip(network.agents[:40], copy.agents[:40], strict=True):
        assert ours.ssh == theirs.ssh
        if ours.snmp and theirs.snmp:
            assert dict(ours.snmp.tree) == dict(theirs.snmp.tree)


def test_days_before_the_first_are_refused(district: District) -> None:
    with pytest.raises(ValueError, match="begins on 2026-03-02"):
        district.at(dt.date(2026, 3, 1))


@pytest.mark.parametrize("name", sorted(catalogue().models))
def test_serials_of_one_model_differ_and_leave_no_pattern_open(name: str) -> None:
    model = catalogue()[name]
    made = {model.serial(dt.date(model.made[0] + 1, 5, 3), mac, random.Random(mac)) for mac in range(50)}
    assert len(made) == 50
    assert not [s for s in made if "{" in s or s != s.strip()]


def test_a_silent_network_is_cabled_alike_and_tells_less(district: District) -> None:
    told, silent = (district.at(district.today, silence) for silence in (TALKATIVE, Silence(0.5, 0.2, 7)))
    assert silent.truth()["cables"] == told.truth()["cables"]
    switches = {d.id for d in told.running if told.shown(d.id).model.kind == "switch"}
    assert len(silent.plan.mute & switches) / len(switches) == pytest.approx(0.5, abs=0.04)
    for place in silent.plan.mute:
        device = silent.plan.devices[place]
        for protocol in ("lldp", "cdp"):
            assert not silent.cabling.shows(device, protocol)
            assert not any(
                neighbour.id == place
                for other in silent.running
                for _, neighbour, _ in silent.cabling.neighbours(other, protocol)
            )
    entries = [sum(len(network.cabling.forwarding(d)) for d in told.running) for network in (told, silent)]
    assert entries[1] / entries[0] == pytest.approx(0.8, abs=0.02)
    again = pickle.loads(pickle.dumps(silent))
    assert again.tree("lap-thach/sw1") == silent.tree("lap-thach/sw1") != told.tree("lap-thach/sw1")
    other = district.at(district.today, Silence(0.5, 0.2, 8))
    assert other.plan.mute != silent.plan.mute
    assert district.at(district.today, TALKATIVE) is district.at(district.today)
