"""The steps of an attempt by themselves: names, lines, the system's store; and judging, which is pure."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.services import certificates, lines, names, probing
from collectors.services.attempts import Attempt
from collectors.services.certificates import Certificate
from collectors.services.endings import Ended
from collectors.services.judging import judge
from inventory.sentences import unpack
from inventory.service_facts import Service, ServiceOutcome
from tests.collectors.services.conftest import HURRIED

NOW = 1_780_000_000
DAY = 86_400
SERVICE = Service("s", "n", "n", "https://a.thu/", latency_ms=500, certificate_days=30)


# -- names -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "problem", [socket.gaierror(socket.EAI_NONAME, ""), socket.gaierror(socket.EAI_AGAIN, ""), UnicodeError("label")]
)
def test_a_name_that_does_not_resolve(monkeypatch, problem):
    def fails(*args, **more):
        raise problem

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    with pytest.raises(Ended) as caught:
        asyncio.run(names.resolve("a.thu", 80))
    assert caught.value.outcome is ServiceOutcome.NO_NAME


def test_name_servers_that_are_silent_hold_up_neither_the_probe_nor_the_end_of_the_program(monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: over.wait(30) and [])
    began = time.monotonic()
    hurried = probing.Patience(attempts=2, pause_s=0.01, attempt_s=0.2, probe_s=2)
    (found,) = probing.probe([SERVICE], clock=lambda: NOW, patience=hurried)
    assert found.outcome is ServiceOutcome.NO_NAME
    assert [sentence.key for sentence in unpack(found.detail)] == ["detail.service_name_servers"]
    assert time.monotonic() - began < 2
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "resolve")
    over.set()


# -- lines -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def silent() -> Iterator[tuple[str, int]]:
    """An address that takes no connection and says nothing of it: its queue is full."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=0)) as server:
        waiting = []
        for _ in range(4):
            line = socket.socket()
            line.setblocking(False)
            line.connect_ex(server.getsockname())
            waiting.append(line)
        time.sleep(0.05)
        yield server.getsockname()
        for line in waiting:
            line.close()


def test_an_address_that_is_silent_does_not_hold_up_the_next(silent):
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        good = server.getsockname()
        began = time.monotonic()
        line = asyncio.run(lines.connect([(socket.AF_INET, silent), (socket.AF_INET, good)]))
        assert line.getpeername() == good
        assert time.monotonic() - began < 1
        line.close()


def test_a_port_that_takes_no_connection_is_silent(silent, probe):
    found = probe(f"tcp://127.0.0.1:{silent[1]}", probing.Patience(attempts=2, pause_s=0.01, attempt_s=0.3, probe_s=2))
    assert (found.outcome, found.connect_ms, found.lost) == (ServiceOutcome.SILENT, None, 2)


def test_a_page_that_drips_is_given_up_in_time(probe):
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def drip():
            visitor, _ = server.accept()
            with visitor:
                try:
                    for letter in b"HTTP/1.1 200 OK\r\nServer: " + b"x" * 500:
                        visitor.sendall(bytes([letter]))
                        time.sleep(0.02)
                except OSError:
                    pass

        threading.Thread(target=drip, daemon=True).start()
        began = time.monotonic()
        hurried = probing.Patience(attempts=1, attempt_s=0.4)
        assert probe(f"http://127.0.0.1:{server.getsockname()[1]}", hurried).outcome is ServiceOutcome.SILENT
        assert time.monotonic() - began < 1.5


# -- trust -----------------------------------------------------------------------------------------------------------------


def test_the_store_of_the_system_decides(monkeypatch, web, authority):
    port, _ = web(authority.context())
    service = Service("s", "n", "n", f"https://127.0.0.1:{port}/")

    def outcome():
        (found,) = probing.probe([service], clock=lambda: int(time.time()), patience=HURRIED)
        return found.outcome

    assert outcome() is ServiceOutcome.TLS_FAILED
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    assert outcome() is ServiceOutcome.OK


@given(st.binary(max_size=300))
def test_what_is_no_certificate_tells_nothing(data):
    assert certificates.read(data) is None


# -- judging ---------------------------------------------------------------------------------------------------------------


def made(outcome=ServiceOutcome.OK, latency_s=0.1, until=NOW + 90 * DAY, detail=""):
    certificate = Certificate(until, "CA")
    return Attempt(outcome, 0.01, latency_s / 2, latency_s / 2 - 0.01, 0.0, 200, certificate, detail)


@pytest.mark.parametrize(
    ("attempts", "outcome", "lost"),
    [
        ([made()], "ok", 0),
        ([made(), made(ServiceOutcome.SILENT), made()], "ok", 1),
        ([made(), made(ServiceOutcome.SILENT), made(ServiceOutcome.SILENT)], "silent", 2),
        ([made(), made(ServiceOutcome.REFUSED), made(ServiceOutcome.SILENT)], "silent", 2),
        ([made(ServiceOutcome.REFUSED), made()], "ok", 1),
        ([made(latency_s=0.1), made(latency_s=9), made(latency_s=0.2)], "ok", 0),
        ([made(latency_s=0.1), made(latency_s=9), made(latency_s=0.7)], "slow", 0),
        ([made(until=NOW + 29 * DAY)], "certificate_soon", 0),
        ([made(latency_s=1, until=NOW + 29 * DAY)], "certificate_soon", 0),
        ([made(ServiceOutcome.HTTP_ERROR, latency_s=1, until=NOW + DAY)], "http_error", 0),
    ],
)
def test_attempts_are_judged_together(attempts, outcome, lost):
    found = judge(SERVICE, attempts, NOW)
    assert (found.outcome, found.lost, found.attempts) == (outcome, lost, len(attempts))


def test_the_detail_has_all_that_is_to_be_told_and_no_number_that_changes_each_time():
    found = judge(
        SERVICE, [made(latency_s=1, until=NOW + DAY), made(latency_s=1.1, until=NOW + DAY), made(ServiceOutcome.SILENT)], NOW
    )
    assert [sentence.key.removeprefix("detail.service_") for sentence in unpack(found.detail)] == ["slow", "ends", "lost"]
    assert found.latency_ms == 1050
    again = judge(
        SERVICE, [made(latency_s=2, until=NOW + DAY), made(latency_s=3, until=NOW + DAY), made(ServiceOutcome.SILENT)], NOW
    )
    assert again.detail == found.detail


@given(st.integers(-(2**62), 2**62))
def test_a_certificate_may_end_beyond_any_calendar(until):
    assert judge(SERVICE, [made(until=until)], NOW).certificate_until == until
