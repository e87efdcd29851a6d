"""Management ports against real listeners: what is open, what an HTTPS server says of itself, and that nothing else is sent."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import queue
import socket
import threading
from contextlib import contextmanager, suppress

import pytest

from collectors.management import encryption
from collectors.management.doors import Knocker
from collectors.management.ports import NOWHERE, Doors
from collectors.pace import Bucket
from simulator.agent import Agent, HttpsDoor
from simulator.agent import Doors as Listening
from simulator.serve import DOORS_ABOVE_SSH, Agents, serve
from tests.end_to_end.running import free_port
from tests.simulator.small import face

ADDRESS = "127.9.41."


def ask(address: str, doors: Doors, timeout_s: float = 0.5):
    return asyncio.run(Knocker(doors, Bucket(math.inf), timeout_s).ask(address))


@pytest.fixture(scope="module")
def network():
    """Ports, and the doors of four devices: all, an old one, one that only has pages without encryption, none."""
    seats = {
        "1": Listening(telnet=True, http=True, https=HttpsDoor("TLSv1.3")),
        "2": Listening(https=HttpsDoor("TLSv1", ended=dt.date(2021, 6, 30), short_key=True)),
        "3": Listening(http=True),
        "4": Listening(),
    }
    agents = [Agent(ADDRESS + number, "", number, face(), doors=doors) for number, doors in seats.items()]
    snmp, ssh = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
    with serve(Agents(agents), snmp_port=snmp, ssh_port=ssh):
        yield Doors(**{protocol: (ssh + above,) for protocol, above in DOORS_ABOVE_SSH.items()})


def test_what_listens_is_open_and_the_rest_is_shut(network):
    found = {number: {way.protocol: way.open for way in ask(ADDRESS + number, network)} for number in "1234"}
    assert found == {
        "1": {"telnet": True, "http": True, "https": True},
        "2": {"telnet": False, "http": False, "https": True},
        "3": {"telnet": False, "http": True, "https": False},
        "4": {"telnet": False, "http": False, "https": False},
    }


def test_an_https_server_says_its_best_version_and_its_certificate(network):
    new, old = (next(way for way in ask(ADDRESS + number, network) if way.protocol == "https") for number in "12")
    assert (new.version, old.version) == ("TLSv1.3", "TLSv1")
    assert (new.facts["self_signed"], new.facts["key_type"], new.facts["hash"]) == ("yes", "ec", "sha256")
    assert int(old.facts["until"]) == int(dt.datetime(2021, 6, 30, tzinfo=dt.UTC).timestamp())
    assert (old.facts["key_type"], old.facts["key_bits"]) == ("rsa", "1024")


def test_without_ports_nothing_is_asked():
    assert ask(ADDRESS + "1", NOWHERE) == ()


@contextmanager
def listener(answer: bytes = b""):
    """A port, and what every visitor sent until it left."""
    heard: queue.Queue[bytes] = queue.Queue()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)

        def serve_all() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                with line:
                    line.settimeout(10)
                    said = b""
                    if answer:
                        line.sendall(answer)
                    with suppress(ConnectionResetError):  # by whoever leaves without reading
                        while more := line.recv(4096):
                            said += more
                heard.put(said)

        thread = threading.Thread(target=serve_all, daemon=True)
        thread.start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def test_telnet_and_http_are_connected_to_once_and_nothing_is_sent():
    with listener(b"\xff\xfb\x01login: ") as (telnet, heard_there), listener() as (http, heard_here):
        ways = ask("127.0.0.1", Doors((telnet,), (http,), ()))
        assert all(way.open for way in ways)
        for heard in (heard_there, heard_here):
            assert heard.get(timeout=10) == b""
            assert heard.empty()


@pytest.mark.parametrize("answer", [b"HTTP/1.0 400 Bad Request\r\n\r\n", b"\x15\x03\x00\x00\x02\x02\x28", b"\x00" * 64])
def test_what_is_no_tls_is_open_and_not_judged(answer):
    with listener(answer) as (port, _):
        (way,) = ask("127.0.0.1", Doors((), (), (port,)))
    assert (way.open, dict(way.facts)) == (True, {})
    assert way.version in (None, encryption.OLDER)


def test_a_server_that_only_knows_ssl_3_is_told_as_one():
    """A server hello of version 3.0 (RFC 6101, 5.6.1.3)."""
    hello = b"\x16\x03\x00\x00\x2a\x02\x00\x00\x26\x03\x00" + bytes(32) + b"\x00\x00\x05\x00"
    with listener(hello) as (port, _):
        (way,) = ask("127.0.0.1", Doors((), (), (port,)))
    assert (way.open, way.version) == (True, encryption.OLDER)


@pytest.mark.parametrize("der", [None, b"", b"junk", b"\x30\x82\x01\x00" + bytes(256)])
def test_what_is_no_certificate_tells_nothing(der):
    assert encryption.told(der) == {}
