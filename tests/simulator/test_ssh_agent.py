"""The simulated SSH servers, visited by clients that share nothing with them: paramiko, netmiko and OpenSSH's tools."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest
from netmiko import ConnectHandler

from simulator.agent import Agent, LinuxFacts, SshFace, SshFault
from simulator.serve import Agents, Running, serve
from simulator.ssh.linux import turn
from simulator.ssh.platforms import filtered, said

SNMP_PORT, SSH_PORT = 16140, 16040
LONG = "".join(f"row {number}\n" for number in range(1, 101))
NETWORK_DEVICES = {  # platform: prompt, a command with a long output, the command that stops the paging
    "cisco_ios": ("SW1#", "show version", "terminal length 0"),
    "huawei": ("<SW1>", "display version", "screen-length 0 temporary"),
    "hp_comware": ("<SW1>", "display version", "screen-length disable"),
    "hp_procurve": ("SW1# ", "show system", "no page"),
    "mikrotik_routeros": ("[admin@R1] > ", "/system resource print", None),
    "fortinet": ("FGT60F # ", "get system status", None),
}
LINUX = LinuxFacts(
    files={
        "/etc/os-release": 'NAME="Debian GNU/Linux"\nID=debian\n',
        "/sys/class/dmi/id/product_name": "PowerEdge R250\n",
        "/sys/block/sda/size": "1000\n",
    },
    commands={
        "uname -r": "6.1.0-25-amd64\n",
        "lsblk -J -b": '{"blockdevices": []}\n',
        "sudo -n smartctl -j -a /dev/sda": '{"smart_status": {"passed": true}}\n',
        "sudo -n cat /sys/class/dmi/id/product_serial": "CN7475\n",
        "ip -j addr": "[]\n",
        "df -P -k": "it's 5 % \\n $HOME `id`\n",
    },
    denied=frozenset({"/sys/class/dmi/id/product_serial"}),
    modified={"/etc/os-release": 1_600_000_000},
)


def device(platform: str, fault: SshFault | None = None, **changes: object) -> SshFace:
    prompt, command, _ = NETWORK_DEVICES[platform]
    face = SshFace(
        platform, {"admin": "right"}, f"seed of {platform}", "Test-1.0", prompt, {command: LONG}, fault=fault or SshFault()
    )
    return replace(face, **changes)  # type: ignore[arg-type]


FACES = {f"127.9.20.{number}": device(platform) for number, platform in enumerate(NETWORK_DEVICES, 1)} | {
    "127.9.21.1": device("cisco_ios", prompt="SW2>"),
    "127.9.21.2": device("huawei", motd="The password needs to be changed. Change now? [Y/N]:"),
    "127.9.21.3": SshFace(
        "linux", {"quantri": "right"}, "linux", "OpenSSH_9.2p1 Debian-2+deb12u3", "quantri@may1:~$ ", linux=LINUX
    ),
    "127.9.22.1": device("cisco_ios", SshFault(wrong_password=True)),
    "127.9.22.2": device("cisco_ios", SshFault(slow_banner_s=1.0)),
    "127.9.22.3": device("cisco_ios", SshFault(drop_after=1)),
    "127.9.22.4": device("cisco_ios", SshFault(hang=True)),
    "127.9.22.5": device("cisco_ios", SshFault(refuse=True)),
    "127.9.22.6": device("cisco_ios", SshFault(paging=True)),
    "127.9.22.7": device("cisco_ios", SshFault(legacy_crypto=True)),
    "127.9.22.8": device("cisco_ios", SshFault(changed_key=True)),
}


@pytest.fixture(scope="module")
def command_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ssh") / "commands.jsonl"


@pytest.fixture(scope="module", autouse=True)
def running(command_log: Path) -> Iterator[Running]:
    agents = [Agent(address, "", f"device {address}", ssh=face) for address, face in FACES.items()]
    with serve(Agents(agents), snmp_port=SNMP_PORT, ssh_port=SSH_PORT, command_log=command_log) as network:
        yield network


@contextmanager
def visit(address: str, user: str = "admin", password: str = "right", **options: object) -> Iterator[paramiko.SSHClient]:
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    try:
        client.connect(
            address, SSH_PORT, user, password, allow_agent=False, look_for_keys=False, timeout=10, auth_timeout=10, **options
        )
        yield client
    finally:
        client.close()


def until(channel: paramiko.Channel, end: str, patience_s: float = 5.0) -> str:
    """What the device shows, up to and with `end`."""
    channel.settimeout(patience_s)
    text = ""
    while not text.endswith(end):
        part = channel.recv(65535)
        if not part:
            raise EOFError(text)
        text += part.decode()
    return text


def told(log: Path, address: str) -> list[dict[str, str]]:
    return [entry for entry in map(json.loads, log.read_text(encoding="utf-8").splitlines()) if entry["address"] == address]


def key_of(address: str) -> str:
    with visit(address) as client:
        transport = client.get_transport()
        assert transport
        return transport.get_remote_server_key().get_base64()


# -- network devices ------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", [name for name in NETWORK_DEVICES if name != "fortinet"])
def test_netmiko_reads_a_long_output_whole(platform: str, command_log: Path) -> None:
    address = f"127.9.20.{list(NETWORK_DEVICES).index(platform) + 1}"
    prompt, command, paging_off = NETWORK_DEVICES[platform]
    connection = ConnectHandler(
        device_type=platform, host=address, port=SSH_PORT, username="admin", password="right", disabled_algorithms={}
    )
    try:
        assert connection.find_prompt() == prompt.strip()
        assert connection.send_command(command).split() == LONG.split()
        assert any(word in connection.send_command("display bogus thing") for word in ("nvalid", "nrecognized", "bad command"))
    finally:
        connection.paramiko_cleanup()
    commands = [entry["command"] for entry in told(command_log, address)]
    assert command in commands
    assert paging_off is None or paging_off in commands
    assert {entry["user"] for entry in told(command_log, address)} == {"admin"}  # MikroTik's +ct... is no part of it


@pytest.mark.parametrize("number", range(1, 7))
def test_a_device_echoes_pages_and_leaves(number: int) -> None:
    address, face = f"127.9.20.{number}", FACES[f"127.9.20.{number}"]
    _, command, _ = NETWORK_DEVICES[face.platform]
    with visit(address) as client:
        channel = client.invoke_shell(width=511, height=24)
        if face.platform == "hp_procurve":
            assert "opyright" in until(channel, "Press any key to continue")
            channel.send("x")
        until(channel, face.prompt)
        channel.send(command + "\n")
        if face.platform == "mikrotik_routeros":  # its scripts' terminals do not page
            assert until(channel, face.prompt).split("\r\n")[:2] == [command, "row 1"]
        else:
            shown = until(channel, "ore --" if "ruijie" in face.platform else _more(face.platform))
            assert shown.startswith(command + "\r\nrow 1\r\n")
            assert "row 24" not in shown
            for _ in range(4):
                channel.send(" ")
            assert "row 100\r\n" in until(channel, face.prompt)
        channel.send(("quit" if face.platform != "hp_procurve" else "exit") + "\r")
        with pytest.raises(EOFError):
            until(channel, "never shown")


def _more(platform: str) -> str:
    return {
        "cisco_ios": " --More-- ",
        "huawei": "  ---- More ----",
        "hp_comware": "---- More ----",
        "hp_procurve": "quit: Control-C",
        "fortinet": "--More-- ",
    }[platform]


def test_enable_asks_for_the_password() -> None:
    with visit("127.9.21.1") as client:
        channel = client.invoke_shell()
        until(channel, "SW2>")
        channel.send("enable\n")
        until(channel, "Password: ")
        channel.send("wrong\n")
        assert "denied" in until(channel, "SW2>")
        channel.send("en\n")
        until(channel, "Password: ")
        channel.send("right\n")
        assert "right" not in until(channel, "SW2#")


def test_a_question_at_the_login_is_answered_before_the_prompt(command_log: Path) -> None:
    with visit("127.9.21.2") as client:
        channel = client.invoke_shell()
        until(channel, "[Y/N]:")
        channel.send("N\n")
        assert until(channel, "<SW1>") == "N\r\n<SW1>"
    assert [entry["command"] for entry in told(command_log, "127.9.21.2")] == ["N"]


def test_commands_may_be_abbreviated_and_filtered() -> None:
    assert said("sh ver", "show version")
    assert said("SHOW  Version", "show version")
    assert not said("sh", "show version")
    assert not said("/system res print", "/system resource print", abbreviates=False)
    assert filtered("a 1\nb 2\n", "include", "b") == "b 2\n"
    assert filtered("a 1\nb 2\n", "exclude", "b") == "a 1\n"
    assert filtered("a 1\nb 2\nc 3\n", "begin", "b") == "b 2\nc 3\n"
    assert filtered("a [1\nb 2\n", "grep", "[") == "a [1\n"
    with visit("127.9.20.6") as client:
        channel = client.invoke_shell()
        until(channel, "FGT60F # ")
        channel.send("get system status | grep 'row 42'\n")
        assert until(channel, "FGT60F # ").split("\r\n")[1:] == ["row 42", "FGT60F # "]


# -- Linux machines -------------------------------------------------------------------------------


def run(command: str, script: str | None = None) -> tuple[str, str, int]:
    with visit("127.9.21.3", "quantri") as client:
        stdin, stdout, stderr = client.exec_command(command, timeout=20)
        if script is not None:
            stdin.write(script)
            stdin.channel.shutdown_write()
        return stdout.read().decode(), stderr.read().decode(), stdout.channel.recv_exit_status()


def test_a_script_sees_the_machine_that_is_simulated_and_not_the_real_one(command_log: Path) -> None:
    script = """
        . /etc/os-release; echo "$ID"
        cd /sys/class/dmi/id && cat product_name
        D=/sys/class/dmi/id; [ -e $D/product_serial ] && [ ! -r $D/product_serial ] && echo denied
        uname -r; for b in /sys/block/*; do echo "$b"; done
        for t in smartctl lsblk dmidecode touch rm python3 perl; do command -v $t >/dev/null && echo has $t; done
        cat /etc/passwd /etc/hostname 2>/dev/null | wc -l
        df -P -k
    """
    out, _, status = run("sh -s", script)
    assert out.split("\n") == [
        "debian", "PowerEdge R250", "denied", "6.1.0-25-amd64", "/sys/block/sda",
        "has smartctl", "has lsblk", "0", "it's 5 % \\n $HOME `id`", "",
    ]  # fmt: skip
    assert status == 0
    assert told(command_log, "127.9.21.3")[-1] | {"time": 0} == {
        "time": 0, "address": "127.9.21.3", "user": "quantri", "command": "sh -s", "script": script,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("command", "output", "status"),
    [
        ("uname -r", "6.1.0-25-amd64\n", 0),
        ("lsblk -J -b -o NAME,SIZE", '{"blockdevices": []}\n', 0),
        ("lsblk", "", 1),  # text where only JSON is known
        ("ip addr", "", 1),
        ("sudo -n smartctl -j -a /dev/sda", '{"smart_status": {"passed": true}}\n', 0),
        ("/usr/sbin/smartctl -j -a /dev/sda", "", 1),  # without sudo
        ("sudo -n dmidecode", "", 1),
        ("cat /sys/class/dmi/id/product_serial", "", 1),
        ("sudo -n cat /sys/class/dmi/id/product_serial", "CN7475\n", 0),
        ("cat /etc/os-release | grep ID=", "ID=debian\n", 0),
        ("id -u", "1000\n", 0),
        ("stat -c %Y /etc/os-release", "1600000000\n", 0),
        ("echo lost > /dev/null", "", 0),
        ("echo kept > /etc/os-release", "", 2),
        ("nonsense", "", 127),
    ],
)
def test_commands_answer_as_the_machine_would(command: str, output: str, status: int) -> None:
    assert run(command)[::2] == (output, status)


@pytest.mark.parametrize(
    ("script", "turned"),
    [
        ("cat /etc/os-release", "cat ROOT/etc/os-release"),
        ('[ -r "/sys/class/dmi/id/$f" ]', '[ -r "ROOT/sys/class/dmi/id/$f" ]'),
        ("for b in /sys/block/*; do", "for b in ROOT/sys/block/*; do"),
        ("PATH=/usr/sbin:/sbin:$PATH", "PATH=ROOT/usr/sbin:ROOT/sbin:$PATH"),
        ("ls >/dev/null 2>/dev/null </dev/null", "ls >/dev/null 2>/dev/null </dev/null"),
        ("#!/bin/sh", "#!/bin/sh"),
        (
            "sed s/var/etc/; cut -d/ -f2; $D/etc/x; ${D}/etc/x; ./etc/x",
            "sed s/var/etc/; cut -d/ -f2; $D/etc/x; ${D}/etc/x; ./etc/x",
        ),
        ("case $x in */sbin/*) ;; esac", "case $x in */sbin/*) ;; esac"),
        ("/system resource print", "/system resource print"),
    ],
)
def test_absolute_paths_are_turned_and_nothing_else(script: str, turned: str) -> None:
    assert turn(script, Path("ROOT")) == turned


def test_no_path_of_the_real_machine_is_shown() -> None:
    out, err, _ = run("sh -s", "pwd; ls /nowhere /etc/none; echo $PATH $HOME; set\n")
    assert "/tmp" not in out + err
    assert "kiemke" not in out + err


# -- faults ---------------------------------------------------------------------------------------


def test_a_wrong_password_is_refused() -> None:
    for address, password in (("127.9.20.1", "wrong"), ("127.9.22.1", "right")):
        with pytest.raises(paramiko.AuthenticationException), visit(address, password=password):
            pass


def test_the_banner_is_the_devices_own_and_may_be_slow() -> None:
    began = time.monotonic()
    with socket.create_connection(("127.9.22.2", SSH_PORT), timeout=5) as sock:
        assert sock.recv(100).startswith(b"SSH-2.0-Test-1.0\r\n")
    assert time.monotonic() - began >= 1.0


def test_a_connection_is_dropped_in_the_middle_of_an_output() -> None:
    with visit("127.9.22.3") as client:
        channel = client.invoke_shell()
        until(channel, "SW1#")
        channel.send("terminal length 0\n")
        until(channel, "SW1#")
        channel.send("show version\n")
        with pytest.raises((EOFError, OSError)) as cut:
            until(channel, "SW1#")
        assert "row 100" not in str(cut.value)


def test_a_hanging_device_says_nothing_after_the_login() -> None:
    with visit("127.9.22.4") as client, pytest.raises(TimeoutError):
        until(client.invoke_shell(), "SW1#", patience_s=0.4)


def test_who_refuses_is_not_there() -> None:
    for address in ("127.9.22.5", "127.9.22.99"):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((address, SSH_PORT), timeout=1)


def test_paging_that_cannot_be_turned_off() -> None:
    with visit("127.9.22.6") as client:
        channel = client.invoke_shell()
        until(channel, "SW1#")
        channel.send("terminal length 0\n")
        until(channel, "SW1#")
        channel.send("show version\n")
        until(channel, "--More-- ")
        channel.send("q")
        until(channel, "SW1#")


def test_old_gear_offers_old_algorithms_only() -> None:
    with visit("127.9.22.7") as client:
        transport = client.get_transport()
        assert transport
        assert transport.host_key_type == "ssh-rsa"
        assert transport.remote_cipher == "aes128-cbc"
    if shutil.which("ssh"):
        refused = subprocess.run(
            ["ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-F", "none",
             "-p", str(SSH_PORT), "admin@127.9.22.7"],
            capture_output=True, text=True, timeout=20,
        )  # fmt: skip
        assert "no matching" in refused.stderr
        assert "diffie-hellman-group14-sha1" in refused.stderr


def test_host_keys_last_as_long_as_the_device_and_change_with_it() -> None:
    assert key_of("127.9.20.1") == key_of("127.9.22.6")  # the same seed
    assert key_of("127.9.20.1") != key_of("127.9.20.2")
    assert key_of("127.9.20.1") != key_of("127.9.22.8")  # changed


@pytest.mark.skipif(not shutil.which("ssh-keyscan"), reason="OpenSSH's client is not installed")
def test_openssh_reads_the_host_key() -> None:
    scanned = subprocess.run(
        ["ssh-keyscan", "-T", "5", "-p", str(SSH_PORT), "127.9.20.1"], capture_output=True, text=True, timeout=20
    )
    assert f"ssh-ed25519 {key_of('127.9.20.1')}" in scanned.stdout


def test_garbage_and_half_open_connections_hold_nobody_up() -> None:
    sockets = [socket.create_connection(("127.9.20.1", SSH_PORT), timeout=2) for _ in range(10)]
    for number, sock in enumerate(sockets):
        sock.send(b"\x00\xffGET / HTTP/1.0\r\n\r\n" * number)
    assert key_of("127.9.20.1")
    for sock in sockets:
        sock.close()
    assert key_of("127.9.20.1")
