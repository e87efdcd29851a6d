"""Mail is sent over TLS to a real server; whatever the server does is one sentence, and never for ever."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.secret import Secret
from reports.schedule import addresses, letters
from reports.schedule.letters import Document, Sender
from reports.schedule.mail_server import MailServer
from reports.schedule.problems import MailProblem
from reports.schedule.sending import Login, Patience, connected
from reports.texts import VIET_NAM, texts
from simulator.web import certificates
from tests.reports.schedule import mailbox

FROM, TO = "kiemke@example.vn", ("phong-cntt@example.vn", "lanh-dao@example.vn")
AT = datetime(2026, 12, 1, 0, 5, tzinfo=UTC)
LOGIN = Login(mailbox.USER, Secret(mailbox.PASSWORD))


def trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=certificates.authority())
    return context


def server(port: int, security: str = "starttls", **more) -> MailServer:
    return MailServer("127.0.0.1", FROM, TO, port, security, "post", **more)


def sender(settings: MailServer, language: str = "vi") -> Sender:
    return Sender(settings, Path("/srv/kiểm kê"), texts(language), "may-chu", VIET_NAM)


def send(settings: MailServer, login: Login | None = LOGIN, patience: Patience | None = None) -> dict[str, int]:
    message = letters.test(sender(settings), settings.to, AT)
    with connected(settings, trust(), login, patience) as line:
        return line.send(message)


def refusal(settings: MailServer, login: Login | None = LOGIN, patience: Patience | None = None) -> MailProblem:
    with pytest.raises(MailProblem) as refused:
        send(settings, login, patience)
    told = [str(refused.value), *(texts(language).problem(refused.value) for language in ("vi", "en"))]
    assert all("\n" not in sentence and "\x1b" not in sentence and mailbox.PASSWORD not in sentence for sentence in told)
    return refused.value


RECORD = {
    "id": "20261201T000500-monthly-state",
    "entry": "monthly-state",
    "run": "report network-state",
    "planned_at": "2026-12-01T00:00:00+00:00",
    "started_at": "2026-12-01T00:05:00+00:00",
    "finished_at": "2026-12-01T00:06:00+00:00",
    "tries": 2,
    "status": "failed",
    "sentence": {"vi": "Hỏng <b>rồi</b>.", "en": "Broken."},
    "log": "schedule/logs/x.log",
}


# The server -----------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # of the server, which does not see that it speaks TLS from the start
@pytest.mark.parametrize(("security", "without"), [("starttls", ()), ("tls", ("PLAIN",))])
def test_mail_goes_over_tls_with_a_login(security, without):
    with mailbox.serving(security, without=without) as box:
        assert send(server(box.port, security)) == {}
    (message,) = box.messages
    assert (message["From"], message["To"]) == (FROM, ", ".join(TO))
    assert message["Subject"] == "[Kiểm Kê] Thư thử"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@example.vn>")
    assert message["Date"].datetime == AT
    assert box.recipients == [list(TO)]
    assert box.encrypted == [True]
    assert "máy chủ thư đã được cài đặt đúng" in message.get_body(("plain",)).get_content()
    assert '<html lang="vi">' in message.get_body(("html",)).get_content()


def test_a_server_without_tls_is_used_only_where_the_settings_say_so():
    with mailbox.serving("none", login=False) as box:
        assert refusal(server(box.port)).key == "mail_no_tls"
        assert box.messages == []
        assert send(server(box.port, "none"), login=None) == {}
        assert len(box.messages) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_certificate_that_is_not_trusted_gets_no_password():
    with mailbox.serving("starttls", address="127.0.0.9") as box:  # of another server
        assert refusal(server(box.port)).key == "mail_certificate"
    with mailbox.serving("tls") as box:
        settings = server(box.port, "tls")
        message = letters.test(sender(settings), TO, AT)
        with pytest.raises(MailProblem) as refused, connected(settings, ssl.create_default_context(), LOGIN) as line:
            line.send(message)
        assert refused.value.key == "mail_certificate"
        assert box.messages == []


def test_refusals_are_told_apart():
    with mailbox.serving() as box:
        assert refusal(server(box.port), Login("kiemke", Secret("wrong"))).key == "mail_login"
        assert box.messages == []
        box.refuses = {TO[0]}
        assert list(send(server(box.port))) == [TO[0]]
        assert box.recipients == [[TO[1]]]
        box.refuses = set(TO)
        assert refusal(server(box.port)).key == "mail_recipients"
        box.refuses = {FROM}
        assert refusal(server(box.port)).key == "mail_sender"
        box.refuses, box.data_reply = set(), "554 spam"
        assert "554 spam" in str(refusal(server(box.port)))
    with mailbox.serving(without=("PLAIN", "LOGIN")) as box:
        assert refusal(server(box.port)).key == "mail_no_login"
    assert refusal(server(box.port)).key == "mail_unreachable"


@pytest.mark.parametrize(
    ("talk", "key"),
    [
        (mailbox.silent, "mail_slow"),
        (mailbox.dripping, "mail_slow"),
        (mailbox.dropping, "mail_broken"),
        (mailbox.closed, "mail_refused"),
    ],
)
def test_a_server_that_misbehaves_is_left(talk, key):
    with mailbox.misbehaving(talk) as port:
        assert refusal(server(port), patience=Patience(quiet_s=0.5, longest_s=1.0)).key == key
        if talk is mailbox.dropping:
            assert refusal(server(port, "tls"), patience=Patience(quiet_s=0.5, longest_s=1.0)).key == "mail_unreachable"


# The letters ----------------------------------------------------------------------------------------------------------


def test_a_failure_says_what_when_where_and_what_to_do():
    message = letters.failure(sender(server(25)), RECORD, TO, streak=3, next_at=datetime(2027, 1, 1, 0, 0, tzinfo=UTC))
    plain, rich = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert message["Subject"] == "[Kiểm Kê] Không thành công: monthly-state (lần thứ 3 liên tiếp)"
    for words in (
        "Hỏng <b>rồi</b>.",
        "01/12/2026 07:00",
        "01/01/2027 07:00",
        "kiemke schedule run monthly-state",
        "/srv/kiểm kê",
    ):
        assert words in plain
    assert "Hỏng &lt;b&gt;rồi&lt;/b&gt;." in rich
    assert "<b>" not in rich
    english = letters.failure(sender(server(25), "en"), RECORD, TO, streak=1, next_at=None)
    assert english["Subject"] == "[Kiểm Kê] Failed: monthly-state"
    assert "Broken." in english.get_body(("plain",)).get_content()


def test_the_same_thing_told_twice_has_the_same_id_and_another_thing_another():
    one, same = (letters.failure(sender(server(25)), RECORD, TO, streak=1, next_at=None) for _ in range(2))
    again = letters.works_again(sender(server(25)), RECORD, TO)
    assert one["Message-ID"] == same["Message-ID"] != again["Message-ID"]


def documents(tmp_path: Path, *sizes: tuple[str, int]) -> list[Document]:
    made = []
    for name, size in sizes:
        (tmp_path / name).write_bytes(b"x" * size)
        made.append(Document(tmp_path / name, f"run 1/{name}"))
    return made


@pytest.mark.parametrize(
    ("link", "where"),
    [
        ("https://noi-bo.example.vn/kiemke/", "https://noi-bo.example.vn/kiemke/run%201/b%C3%A1o-c%C3%A1o.html"),
        (r"\\may-chu\bao-cao", r"\\may-chu\bao-cao\run 1\báo-cáo.html"),
        ("", None),
    ],
)
def test_documents_are_attached_within_the_size_and_else_linked(tmp_path, link, where):
    made = documents(tmp_path, ("báo-cáo.html", 900_000), ("báo-cáo.xlsx", 600_000), ("báo-cáo.pdf", 300_000))
    settings = server(25, link=link, largest_mb=1.0)
    message = letters.documents(sender(settings), RECORD | {"status": "done"}, TO, ["Hiện trạng mạng", "Hiện trạng mạng"], made)
    assert message["Subject"] == "[Kiểm Kê] Báo cáo: Hiện trạng mạng"
    assert [part.get_filename() for part in message.iter_attachments()] == ["báo-cáo.pdf", "báo-cáo.xlsx"]
    assert [part.get_content_type() for part in message.iter_attachments()] == [
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]
    assert (where or str(tmp_path / "báo-cáo.html")) in message.get_body(("plain",)).get_content()


def test_a_document_that_is_gone_is_named_and_the_rest_is_sent(tmp_path):
    made = documents(tmp_path, ("a.html", 10), ("a.xlsx", 10))
    made[0].path.unlink()
    message = letters.documents(sender(server(25)), RECORD, TO, ["Tuổi"], made)
    assert [part.get_filename() for part in message.iter_attachments()] == ["a.xlsx"]
    assert "a.html" in message.get_body(("plain",)).get_content()


@settings(deadline=None)
@given(st.text(max_size=40))
def test_nothing_in_a_record_becomes_a_header(text):
    hostile = RECORD | {"entry": text, "run": f"x\r\nBcc: y@z.vn {text}", "sentence": {"vi": f"{text}\r\n\r\n.\r\nQUIT"}}
    message = letters.failure(sender(server(25)), hostile, TO, streak=2, next_at=None)
    lines = bytes(message).split(b"\r\n\r\n")[0].split(b"\r\n")
    names = {line.split(b":")[0] for line in lines if line[:1] not in (b" ", b"\t")}
    assert names <= {b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted", b"MIME-Version", b"Content-Type"}


@pytest.mark.parametrize(
    "address",
    [
        *("", "a", "a@", "@b.vn", "a b@c.vn", "a@b.vn\nBcc: c@d.vn", "a@b.vn,c@d.vn"),
        *("ô@b.vn", "a@-b.vn", "a..b@c.vn", "<a@b.vn>", "a@b.vn\n", f"{'a' * 250}@b.vn"),
    ],
)
def test_what_is_no_address_is_refused(address):
    assert not addresses.valid(address)
