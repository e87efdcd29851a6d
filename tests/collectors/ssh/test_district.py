"""The simulated district over SSH, against its truth: nothing wrong, no told link missed, nothing typed that is not permitted."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from collectors.credentials import Login
from collectors.secret import Secret
from collectors.ssh import collect
from collectors.ssh.platforms import FORBIDDEN, platforms
from inventory.facts import Observation, Outcome
from simulator.agent import Agent
from simulator.district import load
from simulator.network import Network

from .conftest import Devices, task


@pytest.fixture(scope="module")
def network() -> Network:
    district = load()
    return district.at(district.today)


@pytest.fixture(scope="module")
def scanned(network: Network) -> Iterator[tuple[Devices, dict[str, Observation]]]:
    # Not pytest's private folder: the simulated Linux machines run their scripts as nobody.
    with tempfile.TemporaryDirectory(prefix="district-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        devices = Devices(folder)
        yield devices, _scan(network, devices, folder)
        devices.close()


def _scan(network: Network, devices: Devices, folder: Path) -> dict[str, Observation]:
    # Those who hang or dawdle have a test of their own, and would only make this one wait.
    agents = {
        a.address: a for a in network.agents if a.ssh is not None and not a.ssh.fault.hang and not a.ssh.fault.slow_banner_s
    }
    devices.seat({address: agent.ssh for address, agent in agents.items() if agent.ssh is not None})

    def ask(agent: Agent) -> Observation:
        assert agent.ssh is not None
        user, password = next(iter(agent.ssh.users.items()))
        login = Login("ssh", user, Secret(password), legacy=agent.ssh.fault.legacy_crypto)
        descr = agent.snmp.tree.get((1, 3, 6, 1, 2, 1, 1, 2, 0)) if agent.snmp is not None else None
        oid = "." + ".".join(map(str, descr[1])) if descr is not None and isinstance(descr[1], tuple) else None
        asked = task(devices.port, agent.address, sys_object_id=oid)
        return collect(asked, login, folder / "known_hosts", clock=lambda: 0, timeout_s=30, deadline_s=60)

    with ThreadPoolExecutor(30) as pool:
        return {observation.address: observation for observation in pool.map(ask, agents.values())}


def test_identities_are_told_and_none_is_invented(network: Network, scanned: tuple[Devices, dict[str, Observation]]) -> None:
    wrong, told, read = [], 0, 0
    for device in network.truth()["devices"]:
        said = scanned[1].get(device["address"])
        if said is None or said.identity is None:
            continue
        read += 1
        for fact in ("vendor", "model", "serial", "os_version", "kind"):
            evidence = getattr(said.identity, fact)
            if evidence is not None:
                told += 1
                if evidence.value != device[fact] and evidence.value not in device.get("brands", []):
                    wrong.append((device["address"], fact, evidence.value, device[fact]))
    assert wrong == []
    assert read >= 80
    assert told >= 4 * read


def test_who_can_be_read_is_read(network: Network, scanned: tuple[Devices, dict[str, Observation]]) -> None:
    ended = [scanned[1][d["address"]] for d in network.truth()["devices"] if d["ssh_readable"] and d["address"] in scanned[1]]
    assert len(ended) >= 80
    assert [(o.address, o.detail) for o in ended if o.outcome not in (Outcome.ANSWERED, Outcome.PARTIAL)] == []


def test_every_told_link_is_found(network: Network, scanned: tuple[Devices, dict[str, Observation]]) -> None:
    box = {device["address"]: device["asset"] for device in network.truth()["devices"]}  # by its first address
    whole = {
        address
        for address, o in scanned[1].items()
        if address in box and o.outcome is Outcome.ANSWERED and o.neighbours is not None
    }
    want = {
        (box[link[f"{end}_address"]], link[f"{end}_port"])
        for link in network.truth()["links"]
        for end in link["told_by"]
        if link[f"{end}_address"] in whole
    }
    got = {(box[address], n.local_port) for address in whole for n in scanned[1][address].neighbours or ()}
    assert want - got == set()
    assert got - want == set()


def test_only_permitted_commands_were_typed(network: Network, scanned: tuple[Devices, dict[str, Observation]]) -> None:
    typed = {entry["command"] for entry in scanned[0].entries()} - {"N"}
    known = platforms().values()
    assert len(typed) > 30
    for command in typed:
        assert not FORBIDDEN.search(command)
        assert any(pattern.fullmatch(command) for platform in known for pattern in platform.allowed), command
