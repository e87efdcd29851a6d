"""Missed, overlapping, failing, hanging and killed runs: each ends in a true record and, where it failed, one mail."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiemke import unattended
from kiemke.workspace import Workspace, open_workspace
from reports.schedule.records import Records, entry_lock
from simulator.web import certificates
from tests.end_to_end.running import KIEMKE, kiemke
from tests.reports.schedule import mailbox

OFFICES = """\
offices:
  - code: xa-a
    name_vi: Xã A
    name_en: Commune A
    networks:
      - {{network: 127.0.0.1/32, snmp: [doc], snmp_port: {silent}}}
services:
  - {{code: web, name_vi: Cổng, name_en: Portal, url: "https://127.0.0.1:9/", goal: other}}
"""
SCHEDULE = """\
entries:
  dich-vu: {run: probe, when: daily 02:30}
  quet: {run: scan, when: daily 01:00, timeout: 1 h}
"""
SETTINGS = """\
language = "vi"
[scan]
timeout_s = 600
[services]
authorities = "authorities.pem"
[mail]
host = "127.0.0.1"
port = {port}
login = "post"
from = "kiemke@example.vn"
to = ["phong-cntt@example.vn"]
"""


@pytest.fixture
def box():
    with mailbox.serving() as served:
        yield served


@pytest.fixture
def home(tmp_path: Path, empty_inventory: Path, box: mailbox.Mailbox) -> Path:
    """A workspace whose one device says nothing, for as long as anybody asks."""
    folder = tmp_path / "huyện <b>"
    folder.mkdir()
    shutil.copy(empty_inventory, folder / "inventory.sqlite")
    (folder / "authorities.pem").write_text(certificates.authority())
    (folder / "kiemke.toml").write_text(SETTINGS.format(port=box.port), encoding="utf-8")
    (folder / "schedule.yaml").write_text(SCHEDULE, encoding="utf-8")
    secrets = (
        f'doc: {{kind: snmp-community, secret: "x"}}\npost: {{kind: mail-login, user: kiemke, password: "{mailbox.PASSWORD}"}}\n'
    )
    (folder / "credentials.yaml").write_text(secrets, encoding="utf-8")
    (folder / "credentials.yaml").chmod(0o600)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        offices = OFFICES.format(silent=silent.getsockname()[1])
        (folder / "offices.yaml").write_text(offices, encoding="utf-8")
        yield folder


def opened(home: Path) -> Workspace:
    return open_workspace(home)


def statuses(home: Path) -> list[tuple[str, str]]:
    """(entry, status) of all records, oldest first."""
    return [(record["entry"], record["status"]) for record in reversed(Records(home).all())]


def until(what, seconds: float = 120):
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.1)
    return found


def test_a_failure_is_mailed_once_and_that_it_works_again(home, box):
    inventory, good = home / "inventory.sqlite", (home / "inventory.sqlite").read_bytes()
    inventory.write_bytes(b"this is no database" * 100)
    failed = kiemke("schedule", "run", "dich-vu", "-w", home)
    assert failed.status == 1, failed.out + failed.err
    assert box.subjects == ["[Kiểm Kê] Không thành công: dich-vu"]
    assert box.recipients == [["phong-cntt@example.vn"]]
    assert box.encrypted == [True]
    assert "inventory.sqlite" in box.messages[0].get_body(("plain",)).get_content()
    inventory.write_bytes(good)
    done = kiemke("schedule", "run", "dich-vu", "-w", home)
    assert done.status == 0, done.out + done.err
    assert box.subjects[1:] == ["[Kiểm Kê] Đã chạy lại được: dich-vu"]
    assert statuses(home) == [("dich-vu", "failed"), ("dich-vu", "done")]
    record = Records(home).all()[0]
    assert record["sentence"]["en"] == "0 of 1 services answered."
    assert record["planned_at"].endswith("T19:30:00+00:00")  # 02:30 in Viet Nam
    shown = kiemke("schedule", "show", "-w", home)
    assert "0 of 1 services answered." in shown.err
    everything = [*home.glob("schedule/**/*"), *(home / "reports").glob("**/*")]
    assert not any(mailbox.PASSWORD.encode() in path.read_bytes() for path in everything if path.is_file())


def test_a_run_that_hangs_overlaps_and_is_killed_is_told_as_it_was(home, box):
    first = subprocess.Popen([KIEMKE, "schedule", "run", "quet", "-w", home], stderr=subprocess.DEVNULL)
    running = until(lambda: [r for r in Records(home).all() if r["log"] and (home / r["log"]).exists()])
    child = until(lambda: Path(f"/proc/{first.pid}/task/{first.pid}/children").read_text().split())
    overlapping = kiemke("schedule", "run", "quet", "-w", home)
    assert overlapping.status == 75
    assert "at work already" in overlapping.err
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    unattended.settle(opened(home), Records(home))
    assert statuses(home) == [("quet", "running"), ("quet", "busy")], "its child is still at it"
    os.kill(int(child[0]), signal.SIGKILL)
    until(lambda: not Records(home).at_work("quet"))
    for _ in range(2):
        assert unattended.due(opened(home)) == []
        assert statuses(home) == [("quet", "killed"), ("quet", "busy")]
        assert box.subjects == ["[Kiểm Kê] Không thành công: quet"]
    assert Records(home).get(running[0]["id"])["mail"][0]["status"] == "sent"


def test_a_run_that_hangs_is_stopped_at_its_time_out_and_tried_as_often_as_it_says(home, box):
    entry = "{run: scan, when: daily 01:00, timeout: 1 s, retries: 1, retry_after: 0 s}"
    (home / "schedule.yaml").write_text(f"entries:\n  quet: {entry}\n")
    record = unattended.run(opened(home), "quet")
    assert (record["status"], record["tries"]) == ("timed_out", 2)
    assert "after 1 s" in record["sentence"]["en"]
    assert box.subjects == ["[Kiểm Kê] Không thành công: quet"]


def test_a_mistake_in_the_schedule_is_told_once_and_the_rest_is_run(home, box):
    (home / "schedule.yaml").write_text(
        SCHEDULE + "  sai: {run: probe, when: sometimes}\n  dem: {run: scan, when: daily 25:00}\n"
    )
    for _ in range(2):
        done = unattended.due(opened(home))
        assert [(record["entry"], record["status"]) for record in done] == [("sai", "refused"), ("dem", "refused")]
    assert sorted(box.subjects) == ["[Kiểm Kê] Không thành công: dem", "[Kiểm Kê] Không thành công: sai"]
    (home / "schedule.yaml").write_text("entries: [\n")
    for _ in range(2):
        (whole,) = unattended.due(opened(home))
        assert (whole["entry"], whole["status"]) == ("", "refused")
    assert box.subjects[2:] == ["[Kiểm Kê] Không thành công: schedule.yaml"]


def test_what_was_missed_is_run_once_however_often_it_was(home, box):
    (home / "schedule.yaml").write_text("entries:\n  dich-vu: {run: probe, when: hourly}\n")
    now = datetime.now(UTC)
    assert unattended.due(opened(home)) == [], "what came before it was known was not missed"
    known = home / "schedule" / "known.json"
    content = json.loads(known.read_text())
    content["dich-vu"]["since"] = (now - timedelta(days=10)).isoformat()
    known.write_text(json.dumps(content))
    with Records(home).lock("due"):
        assert unattended.due(opened(home)) is None, "never twice at once"
    with Records(home).lock(entry_lock("dich-vu")):
        assert unattended.due(opened(home)) == [], "nor what somebody else is at"
    done = kiemke("report", "due", "-w", home)
    assert done.status == 0, done.out + done.err
    (record,) = Records(home).all()
    assert record["status"] == "done"
    assert now - timedelta(hours=1) <= datetime.fromisoformat(record["planned_at"]) <= now + timedelta(hours=1)
    assert unattended.due(opened(home)) == []
    assert box.messages == []


def test_documents_are_mailed_and_what_could_not_be_sent_is_sent_later(home, box):
    (home / "schedule.yaml").write_text(
        "entries:\n  hien-trang:\n    run: report network-state\n    when: monthly 07:00\n"
        "    parameters: {as_of: last month}\n    formats: [html, xlsx]\n    mail: [lanh-dao@example.vn]\n"
    )
    box.refuses = {"kiemke@example.vn"}
    record = unattended.run(opened(home), "hien-trang")
    assert record["status"] == "done", record["sentence"]
    assert [letter["status"] for letter in record["mail"]] == ["unsent"]
    assert "553" in record["mail"][0]["reason"]["vi"]
    box.refuses = set()
    assert unattended.tell(opened(home))
    assert box.recipients == [["lanh-dao@example.vn"]]
    assert box.subjects == ["[Kiểm Kê] Báo cáo: Hiện trạng mạng"]
    names = [part.get_filename() for part in box.messages[0].iter_attachments()]
    assert names == ["network-state-vi.xlsx", "network-state-vi.html"]
    run = json.loads((home / "reports" / record["runs"][0] / "run.json").read_text(encoding="utf-8"))
    assert (run["through"], run["schedule"]) == ("schedule", "hien-trang")
    planned = datetime.fromisoformat(record["planned_at"]) + timedelta(hours=7)
    assert run["parameters"]["as_of"] == (planned.replace(day=1) - timedelta(days=1)).date().isoformat()


def test_a_service_that_failed_without_a_record_gets_one(home, box):
    unit = {"MONITOR_INVOCATION_ID": "abc", "MONITOR_SERVICE_RESULT": "exit-code", "MONITOR_EXIT_STATUS": "203"}
    for _ in range(2):
        unattended.after_a_failure(opened(home), "quet", unit)
    (record,) = Records(home).all()
    assert (record["status"], record["invocation"]) == ("failed", "abc")
    assert "exit-code 203" in record["sentence"]["vi"]
    assert box.subjects == ["[Kiểm Kê] Không thành công: quet"]


def test_the_test_mail(home, box):
    sent = kiemke("schedule", "mail-test", "--to", "ai-do@example.vn", "-w", home)
    assert sent.status == 0, sent.err
    assert box.recipients == [["ai-do@example.vn"]]
    (home / "credentials.yaml").write_text("doc: {kind: snmp-community, secret: x}\n")
    lost = kiemke("schedule", "mail-test", "-w", home)
    assert lost.status == 1
    assert "post" in lost.err
    assert mailbox.PASSWORD not in sent.out + sent.err + lost.err
