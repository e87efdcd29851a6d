"""`kiemke probe`, and the probes of a scan, as people give the commands; all services are on this machine."""

import json
import socket
import subprocess
import sys
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from inventory.frames import Inventory
from simulator.agent import Agent, WebFace
from simulator.serve import WEB_ABOVE_SSH, Agents, serve
from simulator.web import certificates
from tests.end_to_end.running import kiemke_in

SNMP_PORT, SSH_PORT = 16190, 16090  # this file's own
OFFICES = """
offices:
  - {{code: huyen, name_vi: Huyện, name_en: District}}
  - code: xa-a
    name_vi: Xã A
    name_en: Commune A
    parent: huyen
    networks: [{{network: 127.7.1.1/32, ssh: [quan-tri], ssh_port: {closed}}}]
services:
  - {{code: van-ban, name_vi: Quản lý văn bản, name_en: Document management, url: "http://127.0.0.1:{web}/", goal: documents}}
  - {{code: thu, name_vi: Thư công vụ, name_en: Official mail, url: "tcp://127.0.0.1:{closed}", goal: mail}}
"""


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def home(tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with closing(socket.socket()) as line:
        line.bind(("127.0.0.1", 0))
        closed = line.getsockname()[1]
    (tmp_path / "kiemke.toml").write_text('language = "vi"\n')
    (tmp_path / "offices.yaml").write_text(OFFICES.format(web=server.server_port, closed=closed), encoding="utf-8")
    (tmp_path / "credentials.yaml").write_text('quan-tri: {kind: ssh-login, user: admin, password: "canary"}\n')
    (tmp_path / "credentials.yaml").chmod(0o600)
    yield tmp_path
    server.shutdown()
    server.server_close()


def kiemke(home, *arguments, **environ):
    clean = {"PATH": "/usr/bin:/bin", "HOME": str(home), "COLUMNS": "400", "LANG": "C.UTF-8"}
    return kiemke_in(clean | environ, *arguments, cwd=home)


def test_services_in_words_in_both_languages_and_the_status_tells(home):
    done = kiemke(home, "probe")
    assert done.status == 1, done.err
    for words in ("Dịch vụ nhìn từ Huyện", "Quản lý văn bản", "hoạt động tốt", "Thư công vụ", "bị từ chối", "đóng"):
        assert words in done.out
    assert "1 trong 2 dịch vụ" in done.err
    english = kiemke(home, "probe", "--service", "van-ban", "--from", "xa-a", KIEMKE_LANG="en")
    assert english.status == 0, english.err
    assert "Services from Commune A" in english.out
    assert "Document management" in english.out
    assert "Official mail" not in english.out
    rows = json.loads(kiemke(home, "show", "services", "--format", "json").out)
    assert [(row["service"], row["office"], row["outcome"]) for row in rows] == [
        ("van-ban", "huyen", "ok"),
        ("van-ban", "xa-a", "ok"),
        ("thu", "huyen", "refused"),
    ]
    assert "đóng" in rows[-1]["detail"]


def test_what_cannot_be_probed_is_a_usage_error(home):
    for arguments, words in ((("--service", "van-bna"), "van-ban"), (("--from", "xa-b"), "xa-a")):
        done = kiemke(home, "probe", *arguments)
        assert (done.status, done.out) == (2, "")
        assert words in done.err
        assert len(done.err.strip().splitlines()) == 1
    file = home / "offices.yaml"
    file.write_text(file.read_text(encoding="utf-8").partition("services:")[0], encoding="utf-8")
    done = kiemke(home, "probe")
    assert done.status == 2
    assert "services" in done.err
    file.write_text(file.read_text() + 'services: [{code: a, name_vi: a, name_en: a, url: "http://u:canary@127.0.0.1/"}]\n')
    done = kiemke(home, "probe")
    assert done.status == 2
    assert "canary" not in done.out + done.err


def test_a_scan_probes_too_and_is_not_failed_by_it(home):
    without = kiemke(home, "scan", "--office", "xa-a")
    assert "Dịch vụ có lỗi: thu." in without.err
    assert without.status == 0, without.out + without.err
    assert Inventory(home).services()["office"].tolist() == ["xa-a", "xa-a"]
    kiemke(home, "scan")
    assert set(Inventory(home).services()["office"]) == {"xa-a", "huyen"}


def test_a_probe_that_breaks_leaves_the_scan_as_it_is(home):
    code = (
        "import sys, kiemke.probing\n"
        "def broken(*args, **kwargs): raise RuntimeError('no more descriptors')\n"
        "kiemke.probing.probe = broken\n"
        "from kiemke.__main__ import main\n"
        "sys.argv = ['kiemke', 'scan']\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=home, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "no more descriptors" in done.stderr
    assert len(Inventory(home).scans().dropna(subset=["finished_at"])) == 1


def test_the_administrations_own_authority_is_trusted_where_the_settings_name_it(home):
    face = WebFace("Cổng thông tin")
    with serve(Agents([Agent("127.9.26.1", "", "portal", web=face)]), snmp_port=SNMP_PORT, ssh_port=SSH_PORT):
        file = home / "offices.yaml"
        url = f"https://127.9.26.1:{SSH_PORT + WEB_ABOVE_SSH}/"
        file.write_text(
            file.read_text(encoding="utf-8") + f'  - {{code: cong, name_vi: Cổng, name_en: Portal, url: "{url}"}}\n',
            encoding="utf-8",
        )
        assert "không tin" in kiemke(home, "probe", "--service", "cong").out
        (home / "kiemke.toml").write_text('[services]\nauthorities = "nganh.pem"\n', encoding="utf-8")
        for content in (None, "no certificate"):
            if content:
                (home / "nganh.pem").write_text(content)
            refused = kiemke(home, "probe", "--service", "cong")
            assert refused.status == 2
            assert "nganh.pem" in refused.err
            assert len(refused.err.splitlines()) == 1
        (home / "nganh.pem").write_text(certificates.authority())
        assert kiemke(home, "probe", "--service", "cong").status == 0
