"""What a login shows agrees with what SNMP shows, and reads as the platform writes it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator

from simulator.agent import Agent
from simulator.district import District
from simulator.faults import cp1258, tcvn3
from tests.simulator import reading

MAC = re.compile(r"\b(?:[0-9a-f]{4}[.-]){2}[0-9a-f]{4}\b|\b[0-9a-f]{6}-[0-9a-f]{6}\b|\b(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}\b")
TABLES = {
    "cisco_ios": "show mac address-table",
    "huawei": "display mac-address",
    "hp_comware": "display mac-address",
    "hp_procurve": "show mac-address",
    "mikrotik_routeros": "/interface bridge host print terse without-paging",
}


def consoles(district: District) -> Iterator[tuple[Agent, dict]]:
    network = district.at(district.today)
    truth = {d["address"]: d for d in network.truth()["devices"]}
    for agent in network.agents:
        if agent.ssh is not None and agent.address in truth:
            yield agent, truth[agent.address]


def test_all_platforms_are_there(district: District) -> None:
    found = {agent.ssh.platform for agent, _ in consoles(district) if agent.ssh}
    assert found == {*TABLES, "fortinet", "linux"}


def test_the_same_stations_over_ssh_and_snmp(district: District) -> None:
    network = district.at(district.today)
    checked = 0
    for agent, device in consoles(district):
        assert agent.ssh is not None
        command = TABLES.get(agent.ssh.platform)
        if (
            command not in agent.ssh.commands
            or not device["snmp_readable"]
            or agent.snmp is None
            or "half.bridge" in device["faults"]
        ):
            continue
        shown = {re.sub("[^0-9a-f]", "", m.lower()) for m in MAC.findall(agent.ssh.commands[command or ""])}
        told = {mac.replace(":", "") for mac, _ in reading.forwarding(agent.snmp.tree)}
        own = {device["mac"].replace(":", ""), "01000ccccccc"}
        assert shown - own == told - own, agent.address
        checked += 1
    assert checked >= 20
    assert network.date == district.today


def test_serial_model_and_release_are_on_the_console(district: District) -> None:
    for agent, device in consoles(district):
        assert agent.ssh is not None
        if agent.ssh.linux is not None:
            continue
        everything = "\n".join(agent.ssh.commands.values())
        assert device["real_serial"] in everything
        assert any(name in everything for name in device["accepted"]["model"])
        assert any(version in everything for version in device["accepted"]["os_version"])


def test_no_console_has_a_configuration_or_a_secret(district: District) -> None:
    secrets = [v for c in district.credentials.values() for k, v in c.items() if "secret" in k or k == "password"]
    secrets.remove("public")
    for agent, _ in consoles(district):
        assert agent.ssh is not None
        texts = [*agent.ssh.commands.values()]
        if agent.ssh.linux is not None:
            texts += [*agent.ssh.linux.files.values(), *agent.ssh.linux.commands.values()]
        assert not [s for s in secrets if any(s in text for text in texts)]
        assert not [c for c in agent.ssh.commands if "config" in c]


def test_linux_machines_give_json_that_agrees_with_the_plan(district: District) -> None:
    machines = [(agent, device) for agent, device in consoles(district) if agent.ssh and agent.ssh.linux]
    assert len(machines) >= 20
    for agent, device in machines:
        assert agent.ssh is not None
        linux = agent.ssh.linux
        assert linux is not None
        cards = {c["ifname"]: c for c in json.loads(linux.commands["ip -j addr"])}
        addresses = {info["local"]: name for name, card in cards.items() for info in card["addr_info"]}
        assert cards[addresses[agent.address]]["address"] == device["mac"]
        assert json.loads(linux.commands["lsblk -J -b"])["blockdevices"]
        assert not linux.denied & set(linux.files)
        assert linux.files["/etc/os-release"].startswith('PRETTY_NAME="' + device["os_version"])
        secret = [path for path in linux.denied if f"sudo -n cat {path}" in linux.commands]
        told = device["ssh_readable"] and bool(secret) and device["junk_serial"] is None
        assert device["tells"]["serial"] == told


def test_old_codes_are_those_of_the_tables() -> None:
    assert tcvn3("Phòng Địa chính") == b"Ph\xdfng \xae\xdea ch\xddnh"
    assert cp1258("Phòng Địa chính").decode("cp1258") != "Phòng Địa chính"  # tone marks are letters of their own there
    assert unicodedata.normalize("NFC", cp1258("Phòng Địa chính").decode("cp1258")) == "Phòng Địa chính"
