"""Services that work, and every way in which they do not, on real sockets."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from collectors.services.probing import Patience
from inventory.service_facts import ServiceOutcome
from reports.texts import LANGUAGES, texts
from tests.collectors.services.conftest import HURRIED, ISSUER


def days_left(probe) -> float:
    return (probe.certificate_until - datetime.now(UTC).timestamp()) / 86_400


def told(probe, language: str = "en") -> str:
    return texts(language).told(probe.detail)


def test_a_page_that_works(probe, web):
    port, asked = web()
    found = probe(f"http://127.0.0.1:{port}/cổng thông tin".replace(" ", "%20"))
    assert (found.outcome, found.status, found.attempts, found.lost, found.detail) == (ServiceOutcome.OK, 200, 3, 0, "")
    assert None not in (found.name_ms, found.connect_ms, found.first_byte_ms, found.latency_ms)
    assert (found.tls_ms, found.certificate_until) == (None, None)
    path, fields = asked[0]
    assert path == "/c%E1%BB%95ng%20th%C3%B4ng%20tin"
    assert "KiemKe" in fields["User-Agent"]
    assert fields["Host"] == f"127.0.0.1:{port}"
    assert "Cookie" not in fields


def test_an_encrypted_page_that_works_by_name_and_by_address(probe, web, authority):
    port, _ = web(authority.context())
    for host in ("may-chu.thu", "127.0.0.1"):
        found = probe(f"https://{host}:{port}/")
        assert (found.outcome, found.status, found.detail) == (ServiceOutcome.OK, 200, "")
        assert found.tls_ms is not None
        assert 199 < days_left(found) < 201
        assert found.issuer == f"{ISSUER}, CA"


@pytest.mark.parametrize(
    ("kind", "outcome", "days", "says"),
    [
        ("expired", "certificate_expired", -3, "it has expired"),
        ("soon", "certificate_soon", 5, "renew it before"),
        ("not_yet", "tls_failed", 200, "not valid yet"),
        ("wrong_name", "tls_failed", 200, "another name"),
        ("self_signed", "tls_failed", 200, "self-signed"),
        ("of_nobody", "tls_failed", 200, "not trusted here"),
        ("of_namesake", "tls_failed", 200, "not trusted here"),
    ],
)
@pytest.mark.parametrize("scheme", ["https", "tls"])
def test_a_certificate_that_is_not_good_is_told_with_the_reason_and_its_end(
    probe, web, authority, scheme, kind, outcome, days, says
):
    port, asked = web(authority.context(kind))
    found = probe(f"{scheme}://may-chu.thu:{port}")
    assert found.outcome == outcome
    assert days - 0.1 < days_left(found) < days + 0.1
    assert says in told(found)
    assert "ended on" in told(found) or kind != "expired"
    if outcome != "certificate_soon":
        assert asked == [], "nothing is said to a server that is not trusted"


def test_certificate_days_are_a_threshold(probe, web, authority):
    port, _ = web(authority.context("soon"))
    assert probe(f"https://may-chu.thu:{port}", certificate_days=4).outcome is ServiceOutcome.OK


def test_a_slow_page(probe, web):
    port, _ = web()
    found = probe(f"http://127.0.0.1:{port}/slow", latency_ms=100)
    assert found.outcome is ServiceOutcome.SLOW
    assert 140 < found.latency_ms < 900
    assert "100 ms" in told(found)
    assert probe(f"http://127.0.0.1:{port}/slow", latency_ms=5000).outcome is ServiceOutcome.OK


@pytest.mark.parametrize(
    ("path", "outcome", "status"),
    [
        ("/status/204", "ok", 204),
        ("/login", "ok", 401),
        ("/status/403", "http_error", 403),
        ("/status/503", "http_error", 503),
        ("/to?/", "ok", 200),
        ("/to?/to?/to?/", "ok", 200),
        ("/to?/to?/to?/to?/", "http_error", 302),
        ("/circle", "http_error", 301),
        ("/nowhere", "garbled", 302),
        ("/to?http://[", "garbled", 302),
        ("/to?ftp://127.0.0.1/", "garbled", 302),
        ("/chunked", "ok", 200),
        ("/cut", "garbled", 200),
    ],
)
def test_what_pages_answer(probe, web, path, outcome, status):
    port, asked = web()
    began = time.monotonic()
    found = probe(f"http://127.0.0.1:{port}{path}")
    assert found.outcome == outcome
    assert found.status == (None if outcome == "garbled" and path == "/cut" else status)
    assert all("Cookie" not in fields for _, fields in asked)
    assert time.monotonic() - began < 2


def test_an_endless_page_is_not_read_to_its_end(probe, web):
    port, _ = web()
    began = time.monotonic()
    assert probe(f"http://127.0.0.1:{port}/endless").outcome is ServiceOutcome.OK
    assert time.monotonic() - began < 2


def test_a_redirect_is_followed_to_https_and_not_from_it(probe, web, authority):
    plain, _ = web()
    safe, asked = web(authority.context())
    up = probe(f"http://may-chu.thu:{plain}/to?https://nobody:canary@may-chu.thu:{safe}/inside?session=canary")
    assert (up.outcome, up.status) == (ServiceOutcome.OK, 200)
    assert up.certificate_until is not None
    assert not any("Authorization" in fields for _, fields in asked)
    down = probe(f"https://may-chu.thu:{safe}/to?http://may-chu.thu:{plain}/?session=canary")
    assert down.outcome is ServiceOutcome.HTTP_ERROR
    assert "leads to http" in told(down)
    for found in (up, down):
        assert "canary" not in found.detail, "where a page leads to may hold a session's secret"


def test_nothing_listens(probe, refusing):
    for url in (f"http://127.0.0.1:{refusing}", f"tcp://127.0.0.1:{refusing}", f"tls://127.0.0.1:{refusing}"):
        found = probe(url)
        assert (found.outcome, found.lost, found.latency_ms) == (ServiceOutcome.REFUSED, 3, None)
        assert str(refusing) in told(found)


def test_no_such_name(probe):
    found = probe("https://khong-co.thu/")
    assert (found.outcome, found.lost, found.connect_ms) == (ServiceOutcome.NO_NAME, 3, None)
    assert "khong-co.thu" in told(found)


def test_one_that_accepts_and_says_nothing(probe, says):
    port = says(None)
    hurried = Patience(attempts=2, pause_s=0.01, attempt_s=0.3, probe_s=5)
    assert probe(f"tcp://127.0.0.1:{port}").outcome is ServiceOutcome.OK, "that it takes a connection is all that is asked"
    for scheme, stage in (("http", "the page"), ("tls", "encryption")):
        began = time.monotonic()
        found = probe(f"{scheme}://127.0.0.1:{port}", hurried)
        assert (found.outcome, found.lost) == (ServiceOutcome.SILENT, 2)
        assert stage in told(found)
        assert found.connect_ms is not None
        assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "word",
    [
        *(b"220 mail.thu ESMTP\r\n", b"\x00\xff\xfe" * 50, b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\nA: b", b"", b"H"),
        *(b"HTTP/1.1 200 OK\r\nA: " + b"x" * 200_000, b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 20_000),
    ],
    ids=["smtp", "bytes", "status", "cut", "nothing", "one_letter", "long_line", "many_lines"],
)
def test_one_that_sends_garbage(probe, says, word):
    port = says(word)
    found = probe(f"http://127.0.0.1:{port}")
    assert found.outcome is ServiceOutcome.GARBLED
    assert found.detail
    assert probe(f"tls://127.0.0.1:{port}").outcome in (ServiceOutcome.GARBLED, ServiceOutcome.TLS_FAILED)


def test_one_that_sends_other_bytes_and_stays_is_garbled_and_not_silent(probe, says, web):
    port, _ = web()
    assert probe(f"tls://127.0.0.1:{port}").outcome is ServiceOutcome.GARBLED
    assert "TLS" in told(probe(f"https://127.0.0.1:{port}"))


def test_a_line_that_loses_one_of_three_works_with_loss_and_one_that_loses_two_does_not(probe, says):
    page = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    hurried = Patience(attempts=3, pause_s=0.01, attempt_s=0.3, probe_s=5)
    found = probe(f"http://127.0.0.1:{says(page, None, page)}", hurried)
    assert (found.outcome, found.attempts, found.lost) == (ServiceOutcome.OK, 3, 1)
    assert "1 of 3" in told(found)
    assert probe(f"http://127.0.0.1:{says(page, None, None)}", hurried).outcome is ServiceOutcome.SILENT


def test_a_probe_has_a_deadline_over_all_its_attempts(probe, says):
    began = time.monotonic()
    found = probe(f"http://127.0.0.1:{says(None)}", Patience(attempts=50, pause_s=0.05, attempt_s=0.4, probe_s=1.0))
    assert time.monotonic() - began < 2
    assert 2 <= found.attempts <= 4


def test_an_informational_answer_is_followed_by_the_real_one(probe, says):
    port = says(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    assert probe(f"http://127.0.0.1:{port}").status == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_has_a_word(language):
    assert len({texts(language).word("service_outcome", outcome) for outcome in ServiceOutcome}) == len(ServiceOutcome)


def test_the_default_patience_is_bounded():
    assert Patience().attempts == HURRIED.attempts == 3
    assert Patience().probe_s < 60
