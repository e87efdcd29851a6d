"""What goes wrong on the network is told in the language of the workspace, and as codes to programs."""

import json
import socket
import string
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from collectors.ssh.misfortune import Misfortune
from reports.texts import catalogue, texts

KIEMKE = Path(sys.executable).parent / "kiemke"
OFFICES = """
offices:
  - code: xa-a
    name_vi: Xã A
    name_en: Commune A
    networks:
      - {{network: 127.7.0.1/32, ssh: [quan-tri], ssh_port: {other}}}
      - {{network: 127.7.0.2/32, ssh: [quan-tri], ssh_port: {ssh}}}
      - {{network: 127.7.0.3/32, ssh: [vang], ssh_port: {ssh}}}
      - {{network: 127.7.0.4/32, snmp: [doc], ssh: [quan-tri], ssh_port: {other}, snmp_port: {closed}}}
"""
CREDENTIALS = """
quan-tri: {kind: ssh-login, user: admin, password: "not-the-one"}
doc: {kind: snmp-community, version: "2c", secret: "not-the-one"}
"""


@pytest.fixture
def says():
    """Servers that greet each visitor so and hang up; gives their port."""
    servers = []

    def serve(greeting):
        server = socket.create_server(("0.0.0.0", 0))
        servers.append(server)

        def run():
            while True:
                try:
                    visitor, _ = server.accept()
                except OSError:
                    return
                with visitor:
                    visitor.sendall(greeting)

        threading.Thread(target=run, daemon=True).start()
        return server.getsockname()[1]

    yield serve
    for server in servers:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


@pytest.fixture
def home(tmp_path, says):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        closed = probe.getsockname()[1]
    ports = {"other": says(b"220 mail.example ESMTP\r\n"), "ssh": says(b"SSH-2.0-Cisco-1.25\r\n"), "closed": closed}
    (tmp_path / "kiemke.toml").write_text('language = "vi"\n')
    (tmp_path / "offices.yaml").write_text(OFFICES.format(**ports), encoding="utf-8")
    credentials = tmp_path / "credentials.yaml"
    credentials.write_text(CREDENTIALS)
    credentials.chmod(0o600)
    return tmp_path


def kiemke(home, *arguments, **environ):
    clean = {"PATH": "/usr/bin:/bin", "HOME": str(home), "COLUMNS": "400", "LANG": "C.UTF-8"}
    return subprocess.run(
        [KIEMKE, *arguments], cwd=home, env=clean | environ, capture_output=True, text=True, timeout=60, check=False
    )


def english():
    """What only an English reader is told about misfortune: the fixed parts of its sentences and words."""
    keys = [key for key in catalogue("en") if key.startswith(("detail.", "outcome.", "topic.", "cli.scan.column_", "cli.sweep."))]
    keys += [f"problem.{key}" for key in Misfortune.TEMPLATES]
    for key in keys:
        for fixed, *_ in string.Formatter().parse(catalogue("en")[key]):
            words = fixed.strip(" .,:;()“”")
            if len(words) > 3 and words not in " ".join(catalogue("vi").values()):
                yield words


def test_a_failed_scan_is_told_in_vietnamese_and_no_english(home):
    done = kiemke(home, "scan")
    assert done.returncode == 1, done.stderr
    assert "Dịch vụ ở cổng SSH không nói giao thức SSH." in done.stdout
    assert "[127.7.0.2]:" in done.stdout
    assert "đã ngắt kết nối." in done.stdout
    assert "Máy này không có mật khẩu" in done.stdout  # the login without a secret
    assert [words for words in english() if words in done.stdout + done.stderr] == []
    assert "not-the-one" not in done.stdout + done.stderr


def test_the_same_scan_in_english(home):
    done = kiemke(home, "scan", KIEMKE_LANG="en")
    assert "What listens on the SSH port does not speak SSH." in done.stdout
    assert "closed the connection." in done.stdout
    assert [words for words in english() if words in done.stdout]  # so the tests here would notice English


def test_a_sweep_has_words_for_people_and_codes_for_programs(home):
    networks = ["127.7.0.1/32", "127.7.0.4/32"]
    table = kiemke(home, "sweep", *networks)
    assert texts("vi").word("outcome", "garbled") in table.stdout
    assert "Dịch vụ ở cổng SSH không nói giao thức SSH." in table.stdout
    assert [words for words in english() if words in table.stdout + table.stderr] == []
    lines = [json.loads(line) for line in kiemke(home, "sweep", *networks, "--json").stdout.splitlines()]
    told = {(line["address"], line["protocol"]): (line["outcome"], line["detail"]) for line in lines}
    assert told["127.7.0.1", "ssh"] == ("garbled", "Dịch vụ ở cổng SSH không nói giao thức SSH.")
    assert told["127.7.0.4", "snmp"] == ("refused", "Cổng SNMP đóng: không có dịch vụ nào ở đó.")
