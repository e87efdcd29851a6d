"""Recordings served over UDP by the simulator tell the same as in replay: the wire and the file carry one interview.

What a device costs is held here too, in datagrams: `benchmarks/round_trips.py` tells it for every recording, by kind.
"""

import json
import random
import time
from collections import Counter
from pathlib import Path
from statistics import median

import pytest

from benchmarks.round_trips import ninetieth, typical_switch
from collectors.credentials import Vault
from collectors.pace import Pace
from collectors.replay import replay, result_line
from collectors.runners.local import LocalRunner
from collectors.snmp.client import Client
from collectors.tasks import Target, Task
from inventory.facts import Observation, Outcome
from simulator.agent import OCTET_STRING, Agent, SnmpFace
from simulator.district import District, load
from simulator.serve import Agents, serve, serve_recordings
from tests.collectors.conftest import free_udp_port
from tests.collectors.recorded import PROFILES, required, unpacked

COUNT = 120
TYPICAL, LARGE, QUIET = 30, 40, 3


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Datagrams to each address."""
    counts: Counter[str] = Counter()
    send = Client._send

    async def counting(self: Client, packet: bytes, endpoint: tuple[str, int]) -> bool:
        counts[endpoint[0]] += 1
        return await send(self, packet, endpoint)

    monkeypatch.setattr(Client, "_send", counting)
    return counts


def ask(folder: Path, port: int, communities: dict[str, str]) -> dict[str, Observation]:
    """What each address tells, by its community."""
    names = {secret: f"c{number}" for number, secret in enumerate(dict.fromkeys(communities.values()))}
    environ = {
        f"KIEMKE_CREDENTIAL_{name.upper()}": json.dumps({"kind": "snmp-community", "secret": secret, "version": "2c"})
        for secret, name in names.items()
    }
    pace = Pace(requests_per_second=5_000)
    runner = LocalRunner(Vault(folder, environ), PROFILES, lambda: int(time.time()), pace, folder / "known_hosts")
    tasks = []
    for address, secret in communities.items():
        name = names[secret]
        tasks.append(Task("scan", Target(address, "", snmp_port=port, snmp=(name,)), "snmp", name, "2c"))
    return {seen.address: seen for seen in runner.run(tasks)}


def test_the_wire_and_the_file_tell_the_same(tmp_path: Path, sent: Counter[str]) -> None:
    folder = required()
    usable = [path for path in unpacked(folder, tmp_path) if path.stat().st_size < 300_000]
    replayed = dict(replay(usable, PROFILES))
    switches = [path for path in usable if typical_switch(replayed[path.stem])]
    chosen = sorted({*random.Random(5).sample(usable, COUNT), *switches})
    told = {path.stem: result_line(path.stem, replayed[path.stem]) for path in chosen}
    port = free_udp_port()
    with serve_recordings(chosen, snmp_port=port, ssh_port=free_udp_port()) as serving:
        names = {address: path.stem for address, path in serving.recordings.items()}
        seen = ask(tmp_path, port, dict.fromkeys(names, "public"))
    assert {names[address]: result_line(names[address], one) for address, one in seen.items()} == told
    costs = [sent[address] for address, one in seen.items() if typical_switch(one)]
    assert len(costs) >= 50
    assert median(costs) <= TYPICAL / 1.5
    assert ninetieth(costs) <= TYPICAL


def test_a_device_that_has_nothing_else_to_tell_is_asked_three_times(tmp_path: Path, sent: Counter[str]) -> None:
    group = {(1, 3, 6, 1, 2, 1, 1, number, 0): (OCTET_STRING, b"x") for number in (1, 4, 5, 6)}
    models = ("1.3.6.1.4.1.9.1.716", "1.3.6.1.4.1.318.1.3.27", "1.3.6.1.4.1.8072.3.2.10", "1.3.6.1.4.1.99999.1")
    agents = [
        Agent(f"127.9.8.{number}", "", model, SnmpFace({"public": "ro"}, frozenset({"2c"}), (), b"", _with_model(group, model)))
        for number, model in enumerate(models, 1)
    ]
    port = free_udp_port()
    with serve(Agents(agents), snmp_port=port, ssh_port=free_udp_port()):
        seen = ask(tmp_path, port, {agent.address: "public" for agent in agents})
    assert {one.outcome for one in seen.values()} == {Outcome.ANSWERED}
    assert all(sent[agent.address] <= QUIET for agent in agents), sent


def _with_model(group: dict[tuple[int, ...], tuple[int, object]], model: str) -> dict[tuple[int, ...], tuple[int, object]]:
    return dict(sorted({**group, (1, 3, 6, 1, 2, 1, 1, 2, 0): (0x06, tuple(map(int, model.split("."))))}.items()))


@pytest.fixture(scope="module")
def district() -> District:
    return load()


def test_a_typical_switch_is_read_in_thirty_requests(tmp_path: Path, district: District, sent: Counter[str]) -> None:
    """Of the simulated district: 24 to 52 ports, up to 300 learnt addresses, neighbours and parts, read whole. One has the most
    of all of these: 52 interfaces, as many parts, and every address of the district office."""
    network = district.at(district.today)
    switches = {
        device.address
        for device in network.running
        if network.catalogue.models[device.box.model].kind == "switch" and network.snmp_readable(device)
    }
    agents = [
        agent
        for agent in network.agents
        if agent.address in switches and agent.snmp and "2c" in agent.snmp.versions and agent.snmp.communities
    ]
    sound = [agent for agent in agents if agent.snmp and agent.snmp.fault == type(agent.snmp.fault)()]
    communities = {agent.address: next(iter(agent.snmp.communities)) for agent in sound if agent.snmp}
    port = free_udp_port()
    with serve(Agents(sound), snmp_port=port, ssh_port=free_udp_port()):
        seen = ask(tmp_path, port, communities)
    assert len(seen) > 20
    assert {one.outcome for one in seen.values()} == {Outcome.ANSWERED}
    assert sum(bool(one.addresses and one.addresses.forwarding) for one in seen.values()) > 20
    assert sum(bool(one.neighbours) for one in seen.values()) > 20
    assert max(len(one.interfaces or ()) for one in seen.values()) > 48
    *typical, largest = sorted(sent[address] for address in seen)
    assert max(typical) <= TYPICAL, sent.most_common(3)
    assert largest <= LARGE
