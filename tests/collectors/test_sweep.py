"""Who answers, and with which credential: against snmpd, small agents and small TCP servers."""

from __future__ import annotations

import contextlib
import math
import socket
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from pysnmp.proto.api import v2c

from collectors import banners
from collectors.credentials import CredentialProblem, Vault
from collectors.pace import Bucket, Pace, RoundTrip
from collectors.sweep import sweep
from collectors.tasks import Answering, Target
from inventory.facts import Outcome

FAST = Pace(sweep_packets_per_second=math.inf, timeout_s=0.3, retries=1)
TREE = {
    (1, 3, 6, 1, 2, 1, 1, 1, 0): b"Thi\xe1\xba\xbft b\xe1\xbb\x8b nh\xe1\xbb\x8f",
    (1, 3, 6, 1, 2, 1, 1, 2, 0): v2c.ObjectIdentifier((1, 3, 6, 1, 4, 1, 11, 2, 3)),
    (1, 3, 6, 1, 2, 1, 1, 5, 0): b"small",
}


def vault(**communities: str) -> Vault:
    return Vault("/nonexistent", {f"KIEMKE_CREDENTIAL_{name.upper()}_SECRET": text for name, text in communities.items()})


def swept(targets: list[Target], credentials: Vault, pace: Pace = FAST) -> dict[tuple[str, str], Answering]:
    found = list(sweep(targets, credentials, pace=pace))
    assert len(found) == len({(answer.target, answer.protocol) for answer in found})
    return {(answer.target.office, answer.protocol): answer for answer in found}


def only(community: str):
    return lambda self, asked: self.respond(asked) if asked.community == community else []


# -- SNMP -----------------------------------------------------------------------------------------------------------------


def test_snmpd_is_found_with_the_credential_that_fits(snmpd):
    listed = {
        "v2c": ("wrong", "read"),
        "v1": ("read1",),
        "v3": ("sha256aes",),
        "both": ("wrong", "sha256aes"),
        "wrong": ("wrong",),
        "wrong-user": ("stranger",),
        "missing": ("unheard-of",),
    }
    targets = [Target(snmpd.address, office, snmpd.port, 22, names) for office, names in listed.items()]
    stranger = {"kind": "snmp-user", "user": "stranger", "auth": "SHA-1", "auth_secret": "12345678"}
    found = swept(targets, snmpd.vault(wrong={"kind": "snmp-community", "secret": "wrong"}, stranger=stranger))
    read = {office: (answer.outcome, answer.credential, answer.version, answer.sys_name) for (office, _), answer in found.items()}
    assert read == {
        "v2c": (Outcome.ANSWERED, "read", "2c", "real-agent"),
        "v1": (Outcome.ANSWERED, "read1", "1", "real-agent"),
        "v3": (Outcome.ANSWERED, "sha256aes", "3", "real-agent"),
        "both": (Outcome.ANSWERED, "sha256aes", "3", "real-agent"),
        # Its v3 engine tells that somebody is there who does not know these credentials.
        "wrong": (Outcome.AUTH_FAILED, None, None, None),
        "wrong-user": (Outcome.AUTH_FAILED, None, None, None),
        "missing": (Outcome.NO_CREDENTIAL, None, None, None),
    }
    for office in ("v2c", "v1", "v3"):
        assert (found[office, "snmp"].sys_object_id or "").startswith(".1.3.6.1.4.1.8072.")
        assert "Linux" in (found[office, "snmp"].sys_descr or "")
        assert 0 < (found[office, "snmp"].round_trip_s or 0) < 1


def test_nobody_is_silent_or_refused(serve, agent):
    silent = serve(agent(TREE, misbehave=lambda self, asked: []))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        closed = one.getsockname()[1]
    targets = [Target("127.0.0.1", "silent", silent, 22, ("a",)), Target("127.0.0.1", "closed", closed, 22, ("a",))]
    found = swept(targets, vault(a="public"))
    assert {office: answer.outcome for (office, _), answer in found.items()} == {
        "silent": Outcome.SILENT,
        "closed": Outcome.REFUSED,
    }


def test_each_listed_community_is_tried_once_in_a_pass_and_no_other(serve, agent):
    knows, deaf = agent(TREE, misbehave=only("right")), agent(TREE, misbehave=only("nothing"))
    names = ("first", "second", "second", "last", "unheard-of")
    targets = [Target("127.0.0.1", "knows", serve(knows), 22, names), Target("127.0.0.1", "deaf", serve(deaf), 22, names)]
    found = swept(targets, vault(first="wrong", second="also-wrong", last="right", unlisted="never"))
    assert found["knows", "snmp"].credential == "last"
    assert found["knows", "snmp"].sys_descr == "Thiết bị nhỏ"
    assert found["knows", "snmp"].sys_object_id == ".1.3.6.1.4.1.11.2.3"
    assert found["deaf", "snmp"].outcome is Outcome.SILENT
    assert [asked.community for asked in knows.asked] == ["wrong", "also-wrong", "right"]
    assert [asked.community for asked in deaf.asked] == ["wrong", "also-wrong", "right"] * 2


def test_v2c_comes_before_v1(serve, agent):
    heard = []

    class Deaf:
        def serve(self, line):
            with contextlib.suppress(OSError):
                while True:
                    with contextlib.suppress(TimeoutError):
                        heard.append(line.recv(2048)[:8])

    old = agent(TREE, version="1")
    port = serve(old)
    credentials = Vault(
        "/nonexistent",
        {
            "KIEMKE_CREDENTIAL_OLD": '{"kind": "snmp-community", "version": "1", "secret": "public"}',
            "KIEMKE_CREDENTIAL_NEW": '{"kind": "snmp-community", "version": "2c", "secret": "public"}',
        },
    )
    found = swept([Target("127.0.0.1", "x", port, 22, ("old", "new"))], credentials)
    assert (found["x", "snmp"].credential, found["x", "snmp"].version) == ("old", "1")
    assert len(old.asked) == 1
    swept([Target("127.0.0.1", "x", serve(Deaf()), 22, ("old", "new"))], credentials)
    v1, v2 = b"\x02\x01\x00", b"\x02\x01\x01"
    assert [v1 in packet for packet in heard if v1 in packet or v2 in packet] == [False, True, False, True]


def test_a_lost_packet_is_made_up_for(serve, agent):
    lossy = agent(TREE, misbehave=lambda self, asked: self.respond(asked) if len(self.asked) > 1 else [])
    found = swept([Target("127.0.0.1", "x", serve(lossy), 22, ("a",))], vault(a="public"))
    assert found["x", "snmp"].outcome is Outcome.ANSWERED


def test_an_agent_that_lacks_the_group_is_there_all_the_same(serve, agent):
    found = swept([Target("127.0.0.1", "x", serve(agent({}, version="2c")), 22, ("a",))], vault(a="public"))
    assert found["x", "snmp"].outcome is Outcome.ANSWERED
    assert found["x", "snmp"].sys_descr is None


def test_nonsense_is_garbled(serve, agent):
    noisy = agent(TREE, misbehave=lambda self, asked: [b"\xff\xff", b"GET / HTTP/1.0"])
    found = swept([Target("127.0.0.1", "x", serve(noisy), 22, ("a",))], vault(a="public"))
    assert found["x", "snmp"].outcome is Outcome.GARBLED


def test_a_thousand_empty_addresses_hide_nobody(serve, agent):
    there = agent(TREE)
    port = serve(there, "127.77.0.1")
    offices = {str(n): f"127.77.{n // 256}.{n % 256}" for n in range(1, 1001)}
    living = {str(n) for n in range(1, 1001, 50)}
    for office in living - {"1"}:
        serve(there, offices[office], port)
    found = swept([Target(address, office, port, 22, ("a",)) for office, address in offices.items()], vault(a="public"))
    assert {office for (office, _), answer in found.items() if answer.outcome is Outcome.ANSWERED} == living
    assert Counter(answer.outcome for answer in found.values())[Outcome.REFUSED] == 1000 - len(living)


# -- SSH ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def tcp() -> Iterator[object]:
    """tcp(bytes, then close?) -> port of a server that says these bytes."""
    servers = []

    def start(says: bytes, stay_s: float = 0.0, pieces: int = 1) -> int:
        class Says(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                size = max(1, len(says) // pieces)
                for at in range(0, len(says), size):
                    self.request.sendall(says[at : at + size])
                    time.sleep(0.01)
                time.sleep(stay_s)

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Says)
        server.daemon_threads = True
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return int(server.server_address[1])

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_ssh_servers_tell_their_banner(tcp, monkeypatch):
    monkeypatch.setattr(banners, "_BANNER_WAIT_S", 0.5)
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        closed = one.getsockname()[1]
    ports = {
        "plain": tcp(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", 1),
        "slowly": tcp(b"SSH-2.0-HUAWEI-1.5\r\n", 1, pieces=20),
        "after-lines": tcp(b"Welcome\r\nto the machine\r\nSSH-1.99-Cisco-1.25\n", 1),
        "web": tcp(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        "mute": tcp(b"", 2),
        "gone": tcp(b""),
        "closed": closed,
        "flood": tcp(b"x" * 100_000),
    }
    targets = [Target("127.0.0.1", name, 161, port, (), ("login",)) for name, port in ports.items()]
    credentials = Vault(
        "/nonexistent", {"KIEMKE_CREDENTIAL_LOGIN": '{"kind": "ssh-login", "user": "a", "password": "canary-pw"}'}
    )
    found = swept(targets, credentials)
    assert {name: (answer.outcome, answer.version) for (name, _), answer in found.items()} == {
        "plain": (Outcome.ANSWERED, "SSH-2.0-OpenSSH_9.2p1 Debian-2"),
        "slowly": (Outcome.ANSWERED, "SSH-2.0-HUAWEI-1.5"),
        "after-lines": (Outcome.ANSWERED, "SSH-1.99-Cisco-1.25"),
        "web": (Outcome.GARBLED, None),
        "mute": (Outcome.SILENT, None),
        "gone": (Outcome.DROPPED, None),
        "closed": (Outcome.REFUSED, None),
        "flood": (Outcome.GARBLED, None),
    }
    assert found["plain", "ssh"].credential == "login"
    assert "canary-pw" not in repr(found)


def test_a_server_without_a_usable_login_is_told_apart(tcp):
    port = tcp(b"SSH-2.0-OpenSSH_9.2\r\n", 1)
    found = swept([Target("127.0.0.1", "x", 161, port, (), ("unheard-of",))], vault())
    assert found["x", "ssh"].outcome is Outcome.NO_CREDENTIAL
    assert found["x", "ssh"].version == "SSH-2.0-OpenSSH_9.2"


# -- the whole ------------------------------------------------------------------------------------------------------------


def test_progress_moves_forward_to_the_end(serve, agent):
    targets = [Target("127.0.0.1", str(n), serve(agent(TREE)), 1, ("a",), ("b",)) for n in range(5)]
    steps: list[tuple[int, int]] = []
    found = list(sweep(targets, vault(a="public"), pace=FAST, on_progress=lambda done, total: steps.append((done, total))))
    assert len(found) == 10
    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1] > 0


def test_a_wrongly_written_credential_is_one_sentence():
    credentials = Vault("/nonexistent", {"KIEMKE_CREDENTIAL_A": '{"kind": "snmp-community", "secrt": "canary"}'})
    with pytest.raises(CredentialProblem) as raised:
        list(sweep([Target("127.0.0.1", "x", 1, 22, ("a",))], credentials, pace=FAST))
    assert "canary" not in str(raised.value)


def test_nothing_to_ask_is_nothing():
    assert list(sweep([], vault(), pace=FAST)) == []
    assert list(sweep([Target("127.0.0.1", "x")], vault(), pace=FAST)) == []


def test_closing_early_stops_the_sweep(serve, agent):
    port = serve(agent(TREE))
    targets = [Target("127.0.0.1", "found", port, 22, ("a",))]
    targets += [Target(f"127.88.0.{n}", str(n), port, 22, ("a",)) for n in range(1, 200)]
    running = sweep(targets, vault(a="public"), pace=Pace(sweep_packets_per_second=20, timeout_s=2))
    assert next(running).target.office == "found"
    running.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "sweep"]


# -- pace -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [1.0, 50.0, 500.0, 20_000.0])
def test_a_bucket_holds_its_rate(rate):
    bucket, now, sent = Bucket(rate), 100.0, 0
    while now < 110.0:
        now += bucket.take(now)
        sent += 1
    assert sent == pytest.approx(10 * rate, rel=0.15, abs=3)


def test_idling_saves_up_little():
    bucket = Bucket(500.0)
    bucket.take(0.0)
    at_once = sum(bucket.take(1000.0) == 0 for _ in range(500))
    assert at_once <= 12
    assert Bucket(math.inf).take(0.0) == 0


def test_time_outs_follow_the_device():
    trip = RoundTrip(2.0)
    assert trip.timeout(0) == trip.timeout(2) == 2.0  # nothing is known yet
    for _ in range(20):
        trip.measured(0.010)
    assert trip.timeout(0) == RoundTrip.LOWEST_S
    for _ in range(20):
        trip.measured(1.0)
    assert 1.0 < trip.timeout(0) < 3.0
    assert trip.timeout(2) == 4 * trip.timeout(0)
