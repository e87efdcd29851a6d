"""Many devices at once, good and bad: each gets its observation, none stalls or ends the others."""

from __future__ import annotations

import logging
import math
import pickle
import socket
import threading
import time
from pathlib import Path

import pytest
from pysnmp.proto.api import v2c

from collectors import profiles
from collectors.credentials import CredentialProblem, Vault
from collectors.pace import Pace
from collectors.runners import local
from collectors.runners.local import LocalRunner, collect
from collectors.tasks import Target, Task
from inventory.facts import Observation, Outcome, Topic
from reports.texts import texts
from simulator.agent import INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, TIME_TICKS, Agent, SnmpFace, SnmpFault, V3User
from simulator.serve import Agents
from simulator.serve import serve as serve_network

NOW = 1_790_000_000
FAST = Pace(requests_per_second=math.inf, timeout_s=0.3, retries=1, device_deadline_s=15)
SYSTEM = (1, 3, 6, 1, 2, 1, 1)
IF = (1, 3, 6, 1, 2, 1, 2, 2, 1)


def runner(credentials: Vault, tmp_path: Path, pace: Pace = FAST) -> LocalRunner:
    return LocalRunner(credentials, profiles.load(), lambda: NOW, pace, tmp_path / "known_hosts")


def vault(**communities: str) -> Vault:
    return Vault("/nonexistent", {f"KIEMKE_CREDENTIAL_{name.upper()}_SECRET": text for name, text in communities.items()})


def snmp_task(address: str, port: int, credential: str = "a", office: str = "X1") -> Task:
    return Task("scan", Target(address, office, port, 22, (credential,)), "snmp", credential)


@pytest.mark.parametrize("credential", ["read", "read1", "sha256aes"])
def test_snmpd_is_collected_over_each_version(snmpd, tmp_path, credential, canaries, caplog):
    caplog.set_level(logging.DEBUG)
    task = snmp_task(snmpd.address, snmpd.port, credential)
    assert pickle.loads(pickle.dumps(task)) == task
    (said,) = runner(snmpd.vault(), tmp_path).run([task])
    assert said.outcome is Outcome.ANSWERED
    assert (said.address, said.office, said.protocol, said.credential) == ("127.0.0.1", "X1", "snmp", credential)
    assert said.observed_at == NOW
    assert said.round_trip_s is not None
    assert said.round_trip_s > 0
    assert said.identity is not None
    assert said.identity.sys_name == "real-agent"
    assert said.identity.sys_location == "Phòng máy chủ"
    assert said.interfaces is not None
    assert {interface.name for interface in said.interfaces} == {name for _, name in socket.if_nameindex()}
    assert (said.identity.engine_id or "").startswith("80001f88")
    assert said.topics[Topic.INTERFACES] is Outcome.ANSWERED
    shown = repr(said) + caplog.text
    assert not any(canary in shown for canary in canaries)


def test_collect_is_one_task_without_a_runner(snmpd, tmp_path):
    said = collect(
        snmp_task(snmpd.address, snmpd.port, "read"),
        snmpd.vault(),
        profiles.load(),
        clock=lambda: NOW,
        pace=FAST,
        known_hosts=tmp_path / "known_hosts",
    )
    assert said.outcome is Outcome.ANSWERED


# -- the simulator's misbehaving agents -----------------------------------------------------------------------------------


def tree(name: str, ports: int = 30) -> dict:
    rows = {
        (*SYSTEM, 1, 0): (OCTET_STRING, b"a switch"),
        (*SYSTEM, 2, 0): (OBJECT_IDENTIFIER, (1, 3, 6, 1, 4, 1, 99999, 1)),
        (*SYSTEM, 3, 0): (TIME_TICKS, 360_000),
        (*SYSTEM, 5, 0): (OCTET_STRING, name.encode()),
    }
    for port in range(1, ports + 1):
        rows[*IF, 1, port] = (INTEGER, port)
        rows[*IF, 2, port] = (OCTET_STRING, b"Port %d" % port)
        rows[*IF, 3, port] = (INTEGER, 6)
        rows[*IF, 6, port] = (OCTET_STRING, bytes((0, 0x1B, 0x21, 0, 0, port)))
        rows[*IF, 7, port] = (INTEGER, 1)
        rows[*IF, 8, port] = (INTEGER, 1 + port % 2)
    return dict(sorted(rows.items()))


FAULTS = {
    "well": SnmpFault(),
    "slow": SnmpFault(latency_s=0.1),
    "lossy": SnmpFault(loss=0.1),
    "no-bulk": SnmpFault(no_bulk=True),
    "short": SnmpFault(truncate_bulk=4),
    "small": SnmpFault(too_big_above=6),
    "twice-rows": SnmpFault(duplicate_rows=True),
    "twice": SnmpFault(answers_twice=True),
    "endless": SnmpFault(never_ending=(*IF, 2)),
    "hollow": SnmpFault(garbled=(*IF, 3)),
    "refuses": SnmpFault(refuse=True),
    "silent": SnmpFault(silent=True),
}


def test_every_fault_of_the_simulator_ends_in_a_clear_outcome(tmp_path):
    both = frozenset({"1", "2c"})
    user = V3User("kk", "SHA-256", "authentic-1", "AES", "secretive-1")
    faces = {name: SnmpFace({"public": "ro"}, both, (), b"", tree(name), fault) for name, fault in FAULTS.items()}
    faces["old"] = SnmpFace({"public": "ro"}, frozenset({"1"}), (), b"", tree("old"))
    faces["v3"] = SnmpFace({}, frozenset({"3"}), (user,), b"\x80\0\x1f\x88\x04sim", tree("v3"), SnmpFault(loss=0.05), 7)
    addresses = {name: f"127.66.0.{number}" for number, name in enumerate(faces, 1)}
    agents = [Agent(addresses[name], "X1", name, face) for name, face in faces.items()]
    credentials = {"v3": "user", "old": "v1"}
    environ = {
        "KIEMKE_CREDENTIAL_A_SECRET": "public",
        "KIEMKE_CREDENTIAL_V1": '{"kind": "snmp-community", "version": "1", "secret": "public"}',
        "KIEMKE_CREDENTIAL_USER": '{"kind": "snmp-user", "user": "kk", "auth": "SHA-256", "auth_secret": "authentic-1",'
        ' "priv": "AES-128", "priv_secret": "secretive-1"}',
    }
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.66.0.200", 0))
        port = one.getsockname()[1]
    with serve_network(Agents(agents), snmp_port=port, ssh_port=port) as running:
        tasks = [snmp_task(addresses[name], running.snmp_port, credentials.get(name, "a")) for name in faces]
        pace = Pace(requests_per_second=math.inf, timeout_s=0.4, retries=3, device_deadline_s=20)
        observations = list(runner(Vault("/nonexistent", environ), tmp_path, pace).run(tasks))
    names = {address: name for name, address in addresses.items()}
    said = {names[observation.address]: observation for observation in observations}
    assert len(observations) == len(tasks)
    assert said["refuses"].outcome is Outcome.REFUSED
    assert said["silent"].outcome is Outcome.SILENT
    for name in set(faces) - {"refuses", "silent"}:
        observation = said[name]
        assert observation.identity is not None, name
        assert observation.identity.sys_name == name
        interfaces = observation.interfaces or ()
        assert [interface.name for interface in interfaces] == [f"Port {port}" for port in range(1, 31)], name
        assert {interface.oper_up for interface in interfaces} == {True, False}, name
        looped = Outcome.LOOPED if name == "endless" else Outcome.ANSWERED
        assert observation.topics[Topic.INTERFACES] is looped, name
    assert said["v3"].identity is not None
    assert said["v3"].identity.engine_id == "80001f880473696d"


# -- nobody stalls or ends the scan ---------------------------------------------------------------------------------------


def test_one_that_never_ends_has_a_deadline_and_the_others_do_not_wait(serve, agent, tmp_path):
    def endless(self, asked):
        if asked.kind == "GetRequestPDU":
            return self.respond(asked)
        cells = []
        for n in range(1, asked.rows + 1):
            cells += [((*oid[:10], *(k + n for k in oid[10:11] or (0,))), v2c.OctetString(b"x")) for oid in asked.oids]
        return [asked.reply(cells)]

    system = {(*SYSTEM, 1, 0): b"endless", (*SYSTEM, 5, 0): b"endless"}
    port = serve(agent(system, misbehave=endless), "127.65.0.1")
    serve(agent({**system, (*SYSTEM, 5, 0): b"good"}), "127.65.0.2", port)
    pace = Pace(requests_per_second=200, timeout_s=0.3, retries=1, device_deadline_s=1.5)
    started = time.monotonic()
    running = runner(vault(a="public"), tmp_path, pace).run([snmp_task(f"127.65.0.{n}", port) for n in (1, 2)])
    first = next(running)
    assert first.address == "127.65.0.2"
    assert first.outcome is Outcome.ANSWERED
    (last,) = running
    assert last.outcome is Outcome.PARTIAL
    assert last.identity is not None
    assert last.identity.sys_name == "endless"
    assert time.monotonic() - started < 10


def test_an_error_of_ours_costs_one_device_and_quotes_nothing(serve, agent, tmp_path, monkeypatch, caplog):
    right = local.collect_snmp

    async def stumbling(client, task, *rest, **named):
        if task.target.office == "bad":
            raise KeyError("canary-from-the-device")
        return await right(client, task, *rest, **named)

    monkeypatch.setattr(local, "collect_snmp", stumbling)
    port = serve(agent({(*SYSTEM, 1, 0): b"x", (*SYSTEM, 5, 0): b"good"}))
    tasks = [snmp_task("127.0.0.1", port, office=office) for office in ("good", "bad", "also-good")]
    said = {observation.office: observation for observation in runner(vault(a="public"), tmp_path).run(tasks)}
    assert said["good"].outcome is said["also-good"].outcome is Outcome.ANSWERED
    assert said["bad"].outcome is Outcome.GARBLED
    assert "(KeyError at test_local_runner.py:" in texts("en").told(said["bad"].detail)
    assert "canary-from-the-device" not in said["bad"].detail + caplog.text


def test_tasks_that_cannot_be_asked_are_told(tmp_path):
    credentials = Vault(
        "/nonexistent",
        {
            "KIEMKE_CREDENTIAL_A_SECRET": "public",
            "KIEMKE_CREDENTIAL_LOGIN": '{"kind": "ssh-login", "user": "a", "password": "canary-pw"}',
        },
    )
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        closed = one.getsockname()[1]
    target = Target("127.0.0.1", "X1", closed, closed)
    tasks = [
        Task("s", target, "snmp", "unheard-of"),
        Task("s", target, "snmp", "login"),
        Task("s", target, "ssh", "a"),
        Task("s", target, "ssh", "login"),
        Task("s", target, "snmp", "a"),
    ]
    said = {
        (observation.protocol, observation.credential): observation for observation in runner(credentials, tmp_path).run(tasks)
    }
    assert {key: observation.outcome for key, observation in said.items()} == {
        ("snmp", "unheard-of"): Outcome.NO_CREDENTIAL,
        ("snmp", "login"): Outcome.NO_CREDENTIAL,
        ("ssh", "a"): Outcome.NO_CREDENTIAL,
        ("ssh", "login"): Outcome.REFUSED,
        ("snmp", "a"): Outcome.REFUSED,
    }
    assert "canary-pw" not in repr(said)


def test_a_wrongly_written_credential_ends_the_run_in_one_sentence(tmp_path):
    credentials = Vault("/nonexistent", {"KIEMKE_CREDENTIAL_A": '{"kind": "nonsense"}'})
    with pytest.raises(CredentialProblem):
        list(runner(credentials, tmp_path).run([snmp_task("127.0.0.1", 9)]))


def test_an_ssh_server_that_hangs_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(local, "_GRACE_S", 0.2)
    login = '{"kind": "ssh-login", "user": "a", "password": "b"}'
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        line.listen()
        task = Task("s", Target("127.0.0.1", "X1", 161, line.getsockname()[1]), "ssh", "login")
        pace = Pace(device_deadline_s=0.8)
        (said,) = runner(Vault("/nonexistent", {"KIEMKE_CREDENTIAL_LOGIN": login}), tmp_path, pace).run([task])
    assert said.outcome is Outcome.SILENT


def test_closing_early_stops_the_rest(serve, agent, tmp_path):
    port = serve(agent({(*SYSTEM, 1, 0): b"x", (*SYSTEM, 5, 0): b"good"}))
    silent = serve(agent({}, misbehave=lambda self, asked: []))
    tasks = [snmp_task("127.0.0.1", port), *(snmp_task("127.0.0.1", silent, office=str(n)) for n in range(100))]
    running = runner(vault(a="public"), tmp_path, Pace(timeout_s=5)).run(tasks)
    first: Observation = next(iter(running))
    assert first.outcome is Outcome.ANSWERED
    started = time.monotonic()
    running.close()  # type: ignore[attr-defined]
    assert time.monotonic() - started < 2
    assert not [thread for thread in threading.enumerate() if thread.name == "collect"]


def test_no_tasks_are_no_observations(tmp_path):
    assert list(runner(vault(), tmp_path).run([])) == []
