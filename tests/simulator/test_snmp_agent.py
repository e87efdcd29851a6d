"""The simulated SNMP agents, asked by managers that share nothing with them: net-snmp's tools and pysnmp."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest
from pyasn1.codec.ber import decoder
from pysnmp.hlapi.v3arch import asyncio as hlapi
from pysnmp.proto.api import v2c

from simulator.agent import COUNTER64, SnmpFault
from simulator.snmp import ber
from simulator.snmp.recording import face as recorded
from simulator.snmp.responder import Responder
from tests.simulator.small import (
    ARP,
    IF_DESCR,
    IF_HC_IN,
    IF_INDEX,
    IF_TABLE,
    PORT,
    ROWS,
    SYS_DESCR,
    SYS_NAME,
    face,
    on_the_wire,
    signed_get,
    tree,
)

needs_net_snmp = pytest.mark.skipif(
    not shutil.which("snmpbulkwalk"), reason="net-snmp's tools are not installed: apt install snmp"
)

GOOD = "127.9.10.1"
FAULTS = {
    "127.9.10.2": SnmpFault(no_bulk=True),
    "127.9.10.3": SnmpFault(duplicate_rows=True),
    "127.9.10.4": SnmpFault(never_ending=IF_DESCR),
    "127.9.10.5": SnmpFault(truncate_bulk=3),
    "127.9.10.6": SnmpFault(too_big_above=2),
    "127.9.10.7": SnmpFault(garbled=IF_INDEX),
    "127.9.10.8": SnmpFault(latency_s=0.3),
    "127.9.10.9": SnmpFault(answers_twice=True),
    "127.9.10.10": SnmpFault(silent=True),
    "127.9.10.11": SnmpFault(refuse=True),
    "127.9.10.12": SnmpFault(loss=0.5),
}
V1_ONLY = "127.9.10.13"


@pytest.fixture(scope="module", autouse=True)
def agents() -> Iterator[None]:
    faces = {address: face(fault) for address, fault in FAULTS.items()}
    with on_the_wire({GOOD: face(), V1_ONLY: face(versions=frozenset({"1"})), **faces}):
        yield


def net_snmp(program: str, *arguments: str, address: str = GOOD) -> tuple[list[str], str]:
    """(lines of output, complaints) of one of net-snmp's tools."""
    *options, names = arguments
    command = [program, "-On", "-Oe", "-m", "", "-t", "1", "-r", "0", *options, f"{address}:{PORT}", *names.split()]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=30)
    # On its first run on a machine it tells of a directory that it made for itself.
    complaints = [line for line in ran.stderr.splitlines() if not line.startswith("Created directory:")]
    return ran.stdout.splitlines(), "\n".join(complaints)


def dotted(oid: tuple[int, ...]) -> str:
    return "." + ".".join(map(str, oid))


class Asker:
    """Sends one datagram of our own making and reads what comes back with pysnmp's types."""

    def __init__(self, address: str) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.settimeout(0.6)
        self.sock.connect((address, PORT))

    def ask(self, tag: int, names: list[tuple[int, ...]], second: int = 0, third: int = 0, version: int = 1) -> bytes:
        varbinds = b"".join(ber.varbind(ber.oid_content(name), ber.NULL) for name in names)
        pdu = ber.tlv(tag, ber.integer(5) + ber.integer(second) + ber.integer(third) + ber.tlv(0x30, varbinds))
        self.sock.send(ber.tlv(0x30, ber.integer(version) + ber.tlv(4, b"public") + pdu))
        return self.sock.recv(65535)

    def bulk(self, *names: tuple[int, ...], rows: int = 10) -> list[tuple[tuple[int, ...], object]]:
        message, _ = decoder.decode(self.ask(0xA5, list(names), 0, rows), asn1Spec=v2c.Message())
        pdu = v2c.apiMessage.get_pdu(message)
        return [(tuple(name), value) for name, value in v2c.apiPDU.get_varbinds(pdu)]


# -- good manners ----------------------------------------------------------------------------------------


@needs_net_snmp
@pytest.mark.parametrize("program", ["snmpwalk", "snmpbulkwalk"])
def test_a_walk_tells_every_object_in_order(program: str) -> None:
    lines, complaints = net_snmp(program, "-v2c", "-cpublic", "1.3.6.1.2.1")
    names = [line.split(" = ")[0] for line in lines if line.startswith(".1") and "No more variables" not in line]
    assert names == [dotted(oid) for oid in sorted(tree())]
    assert complaints == ""


@needs_net_snmp
def test_v1_walks_skip_64_bit_counters_and_end_by_no_such_name() -> None:
    lines, _ = net_snmp("snmpwalk", "-v1", "-cpublic", "1.3.6.1.2.1", address=V1_ONLY)
    names = [line.split(" = ")[0] for line in lines if " = " in line]
    assert names == [dotted(oid) for oid, (tag, _) in sorted(tree().items()) if tag != COUNTER64]


@needs_net_snmp
def test_v1_names_the_object_that_there_is_not() -> None:
    lines, complaints = net_snmp(
        "snmpget", "-v1", "-cpublic", "-Cf", f"{dotted(SYS_NAME)} {dotted(SYS_DESCR)} .1.3.6.1.2.1.1.9.0"
    )
    assert lines == []
    assert "noSuchName" in complaints
    assert "Failed object: .1.3.6.1.2.1.1.9.0" in complaints


@needs_net_snmp
def test_v2c_tells_a_missing_instance_from_a_missing_object() -> None:
    lines, _ = net_snmp("snmpget", "-v2c", "-cpublic", f"{dotted(SYS_NAME)} {dotted((*IF_DESCR, 999))} .1.3.6.1.4.1.9.1.0")
    assert lines[0] == f'{dotted(SYS_NAME)} = STRING: "small"'
    assert "No Such Instance" in lines[1]
    assert "No Such Object" in lines[2]


@needs_net_snmp
def test_nothing_is_ever_written() -> None:
    for version, error in (("-v1", "noSuchName"), ("-v2c", "noAccess")):
        _, complaints = net_snmp("snmpset", version, "-cpublic", f"{dotted(SYS_NAME)} s changed")
        assert error in complaints
    assert net_snmp("snmpget", "-v2c", "-cpublic", dotted(SYS_NAME))[0] == [f'{dotted(SYS_NAME)} = STRING: "small"']


@needs_net_snmp
@pytest.mark.parametrize("address", [GOOD, "127.9.10.200"])
def test_a_wrong_community_and_an_empty_address_are_silent(address: str) -> None:
    lines, complaints = net_snmp("snmpget", "-v2c", "-cwrong", dotted(SYS_NAME), address=address)
    assert lines == []
    assert "Timeout" in complaints


@needs_net_snmp
def test_a_v1_agent_is_silent_to_v2c() -> None:
    assert "Timeout" in net_snmp("snmpget", "-v2c", "-cpublic", dotted(SYS_NAME), address=V1_ONLY)[1]


def test_answers_keep_within_the_message_size() -> None:
    assert 1200 < len(Asker(GOOD).ask(0xA5, [IF_INDEX, IF_DESCR, IF_HC_IN], 0, 500)) <= 1472


def test_a_get_of_more_than_a_message_holds_is_too_big() -> None:
    names = [(*IF_DESCR, row) for row in range(1, ROWS + 1)] * 3
    message, _ = decoder.decode(Asker(GOOD).ask(0xA0, names), asn1Spec=v2c.Message())
    pdu = v2c.apiMessage.get_pdu(message)
    assert v2c.apiPDU.get_error_status(pdu) == 1
    assert len(v2c.apiPDU.get_varbinds(pdu)) == 0


def test_getbulk_repeats_only_the_repeaters() -> None:
    message, _ = decoder.decode(Asker(GOOD).ask(0xA5, [SYS_DESCR[:-1], IF_INDEX, IF_DESCR], 1, 3), asn1Spec=v2c.Message())
    names = [tuple(name) for name, _ in v2c.apiPDU.get_varbinds(v2c.apiMessage.get_pdu(message))]
    assert names == [SYS_DESCR] + [(*column, row) for row in (1, 2, 3) for column in (IF_INDEX, IF_DESCR)]


def test_getbulk_past_the_end_says_so_once_a_column() -> None:
    rows = Asker(GOOD).bulk((*IF_HC_IN, ROWS - 1), rows=20)
    assert [name for name, _ in rows] == [(*IF_HC_IN, ROWS)] * 2
    assert rows[0][1] == 2**64 - ROWS
    assert rows[1][1].isSameTypeWith(v2c.EndOfMibView())  # type: ignore[attr-defined]


# -- version 3 -------------------------------------------------------------------------------------------

V3 = {
    "SHA and AES": ("-u", "sha", "-l", "authPriv", "-a", "SHA", "-A", "auth-secret-1", "-x", "AES", "-X", "priv-secret-1"),
    "SHA-256 and AES": (
        "-u", "sha256", "-l", "authPriv", "-a", "SHA-256", "-A", "auth-secret-2", "-x", "AES", "-X", "priv-secret-2",
    ),
    "SHA-512 and AES-256": (
        "-u", "sha512", "-l", "authPriv", "-a", "SHA-512", "-A", "auth-secret-3", "-x", "AES-256", "-X", "priv-secret-3",
    ),
    "MD5 and AES": ("-u", "md5", "-l", "authPriv", "-a", "MD5", "-A", "auth-secret-4", "-x", "AES", "-X", "priv-secret-4"),
    "SHA-384": ("-u", "signed", "-l", "authNoPriv", "-a", "SHA-384", "-A", "auth-secret-5"),
    "noAuthNoPriv": ("-u", "plain", "-l", "noAuthNoPriv"),
}  # fmt: skip


@needs_net_snmp
@pytest.mark.parametrize("security", V3)
def test_v3_walks_tell_every_object(security: str) -> None:
    lines, complaints = net_snmp("snmpbulkwalk", "-v3", *V3[security], "1.3.6.1.2.1")
    if "Invalid" in complaints:
        pytest.skip(f"this net-snmp does not know {security}")
    assert len([line for line in lines if line.startswith(".1") and "No more variables" not in line]) == len(tree())


@needs_net_snmp
@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (("-A", "not-the-secret"), "Authentication failure"),
        (("-X", "not-the-secret"), "Decryption error"),
        (("-u", "nobody"), "Unknown user name"),
        (("-l", "authNoPriv"), "authorizationError"),
        (("-l", "noAuthNoPriv"), "authorizationError"),
    ],
)
def test_v3_says_what_is_wrong(wrong: tuple[str, str], complaint: str) -> None:
    good = list(V3["SHA-256 and AES"])
    good[good.index(wrong[0]) + 1] = wrong[1]
    lines, complaints = net_snmp("snmpget", "-v3", *good, dotted(SYS_NAME))
    assert lines == []
    assert complaint in complaints


def test_pysnmp_gets_over_every_version() -> None:
    users = [
        hlapi.CommunityData("public", mpModel=0),
        hlapi.CommunityData("public", mpModel=1),
        hlapi.UsmUserData(
            "sha",
            "auth-secret-1",
            "priv-secret-1",
            authProtocol=hlapi.USM_AUTH_HMAC96_SHA,
            privProtocol=hlapi.USM_PRIV_CFB128_AES,
        ),
        hlapi.UsmUserData(
            "sha256",
            "auth-secret-2",
            "priv-secret-2",
            authProtocol=hlapi.USM_AUTH_HMAC192_SHA256,
            privProtocol=hlapi.USM_PRIV_CFB128_AES,
        ),
        hlapi.UsmUserData(
            "sha512",
            "auth-secret-3",
            "priv-secret-3",
            authProtocol=hlapi.USM_AUTH_HMAC384_SHA512,
            privProtocol=hlapi.USM_PRIV_CFB256_AES_BLUMENTHAL,
        ),
    ]

    async def ask() -> list[bytes]:
        engine = hlapi.SnmpEngine()
        answers = []
        for user in users:
            target = await hlapi.UdpTransportTarget.create((GOOD, PORT), timeout=2, retries=1)
            name = hlapi.ObjectType(hlapi.ObjectIdentity(SYS_DESCR))
            error, status, _, varbinds = await hlapi.get_cmd(engine, user, target, hlapi.ContextData(), name, lookupMib=False)
            assert error is None, (user, error)
            assert not status
            answers.append(bytes(varbinds[0][1]))
        engine.close_dispatcher()
        return answers

    assert asyncio.run(ask()) == [tree()[SYS_DESCR][1]] * len(users)


def test_an_old_message_is_outside_the_time_window() -> None:
    """A manager that slept is told the engine's time in a signed report (RFC 3414, section 3.2, 7a)."""
    clock = [1_800_000_000.0]
    agent = Responder(face(), clock=lambda: clock[0])
    message = signed_get(agent)
    fresh = agent.answer(message) or b""
    clock[0] += 151
    late = agent.answer(message) or b""
    assert b"small" in fresh
    assert b"small" not in late
    assert ber.oid_content((1, 3, 6, 1, 6, 3, 15, 1, 1, 2, 0)) in late  # usmStatsNotInTimeWindows


# -- faults ----------------------------------------------------------------------------------------------


def test_an_agent_without_bulk_answers_getnext_only() -> None:
    asker = Asker("127.9.10.2")
    assert asker.ask(0xA1, [IF_DESCR])
    with pytest.raises(TimeoutError):
        asker.ask(0xA5, [IF_DESCR], 0, 10)


def test_rows_come_twice_in_the_tables_of_an_agent_that_repeats_itself() -> None:
    asker = Asker("127.9.10.3")
    rows = [name[-1] for name, _ in asker.bulk(IF_DESCR, rows=6)]
    assert rows == [1, 1, 2, 2, 3, 3]
    assert [name[-1] for name, _ in asker.bulk((*IF_DESCR, 3), rows=2)] == [4, 4]
    assert [name[-1] for name, _ in asker.bulk((*ARP, 1, 2), rows=4)] == [1, 1, 2, 2]
    assert [name for name, _ in asker.bulk(IF_HC_IN, rows=2)] == [(*IF_HC_IN, 1), (*IF_HC_IN, 2)]


def test_a_walk_that_never_ends_starts_again() -> None:
    asker = Asker("127.9.10.4")
    rows = [name for name, _ in asker.bulk((*IF_DESCR, ROWS - 2), rows=6)]
    assert rows == [(*IF_DESCR, row) for row in (ROWS - 1, ROWS, 1, 2, 3, 4)]
    assert [name for name, _ in asker.bulk((*IF_DESCR, ROWS), rows=1)] == [(*IF_DESCR, 1)]


@needs_net_snmp
def test_net_snmp_calls_it_not_increasing() -> None:
    assert "not increasing" in net_snmp("snmpbulkwalk", "-v2c", "-cpublic", dotted(IF_TABLE), address="127.9.10.4")[1]


def test_bulk_answers_are_cut_short() -> None:
    assert len(Asker("127.9.10.5").bulk(IF_INDEX, IF_DESCR, rows=10)) == 3


@needs_net_snmp
def test_more_than_two_objects_are_too_big() -> None:
    names = " ".join(dotted((*IF_DESCR, row)) for row in (1, 2, 3))
    assert "tooBig" in net_snmp("snmpget", "-v2c", "-cpublic", "-Cf", names, address="127.9.10.6")[1]
    assert len(net_snmp("snmpget", "-v2c", "-cpublic", names.rpartition(" ")[0], address="127.9.10.6")[0]) == 2


def test_garbled_integers_have_no_content() -> None:
    answer = Asker("127.9.10.7").ask(0xA5, [IF_INDEX], 0, 2)
    assert answer.endswith(ber.oid_content((*IF_INDEX, 2)) + b"\x02\x00")
    assert b"small" in Asker("127.9.10.7").ask(0xA0, [SYS_NAME])


def test_a_slow_agent_is_late_and_holds_nobody_up() -> None:
    slow, good = Asker("127.9.10.8"), Asker(GOOD)
    began = time.monotonic()
    slow.sock.settimeout(0.1)
    with pytest.raises(TimeoutError):
        slow.ask(0xA0, [SYS_NAME])
    good.ask(0xA0, [SYS_NAME])
    assert time.monotonic() - began < 0.3
    slow.sock.settimeout(2)
    assert b"small" in slow.sock.recv(65535)
    assert time.monotonic() - began >= 0.3


def test_an_agent_answers_twice() -> None:
    asker = Asker("127.9.10.9")
    assert asker.ask(0xA0, [SYS_NAME]) == asker.sock.recv(65535)


def test_silence_and_refusal_differ_where_we_may_tell() -> None:
    with pytest.raises(TimeoutError):
        Asker("127.9.10.10").ask(0xA0, [SYS_NAME])
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()
    except PermissionError:
        pytest.skip("only who may send ICMP can refuse")
    with pytest.raises(ConnectionRefusedError):
        Asker("127.9.10.11").ask(0xA0, [SYS_NAME])


def test_half_of_the_requests_are_lost_the_same_half_every_time() -> None:
    def lost(port: int) -> list[bool]:
        with on_the_wire({"127.9.11.1": face()}, port=port, loss=0.5, seed=7):
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.settimeout(0.02)
            sock.connect(("127.9.11.1", port))
            pdu = ber.tlv(
                0xA0, ber.integer(5) + ber.integer(0) * 2 + ber.tlv(0x30, ber.varbind(ber.oid_content(SYS_NAME), ber.NULL))
            )
            outcome = []
            for _ in range(24):
                sock.send(ber.tlv(0x30, ber.integer(1) + ber.tlv(4, b"public") + pdu))
                try:
                    outcome.append(not sock.recv(2000))
                except TimeoutError:
                    outcome.append(True)
            return outcome

    first = lost(PORT + 1)
    assert 4 < sum(first) < 20
    assert lost(PORT + 2) == first


# -- recordings ------------------------------------------------------------------------------------------


def test_a_recording_is_read_as_real_ones_are(tmp_path: object) -> None:
    path = tmp_path / "odd.snmprec"  # type: ignore[operator]
    path.write_bytes(
        b"# a comment\r\n"
        b"1.3.6.1.2.1.1.5.0|4|first\r\n"
        b"1.3.6.1.2.1.2.2.1.6.2|4x|001B21AABBCC\r\n"
        b"1.3.6.1.2.1.1.1.0|4|a | bar \xe1\xbb\x87\r\n"
        b"1.3.6.1.2.1.1.5.0|4|second\r\n"
        b"1.3.6.1.2.1.1.8.0|4e|\\x07\\xe4\\t\\\\\n"
        b"1.3.6.1.2.1.1.2.0|6|.1.3.6.1.4.1.9.1\n"
        b"1.3.6.1.2.1.4.20.1.1.10.0.0.1|64|10.0.0.1\n"
        b"1.3.6.1.2.1.4.20.1.1.10.0.0.2|64x|0a000002\n"
        b"1.3.6.1.2.1.31.1.1.1.6.1|70|18446744073709551615\n"
        b"1.3.6.1.2.1.2.2.1.1.1|2|not a number\n"
        b"1.3.6.1.2.1.2.2.1.1.2|2|\n"
        b"|2|3\nnonsense\n1.3.6.1.2.1.2.2.1.1.99999999999|2|1\n\n"
    )
    assert dict(recorded(path).tree) == {
        (1, 3, 6, 1, 2, 1, 1, 1, 0): (0x04, "a | bar ệ".encode()),
        (1, 3, 6, 1, 2, 1, 1, 2, 0): (0x06, (1, 3, 6, 1, 4, 1, 9, 1)),
        (1, 3, 6, 1, 2, 1, 1, 5, 0): (0x04, b"second"),
        (1, 3, 6, 1, 2, 1, 1, 8, 0): (0x04, b"\x07\xe4\t\\"),
        (1, 3, 6, 1, 2, 1, 2, 2, 1, 6, 2): (0x04, bytes.fromhex("001b21aabbcc")),
        (1, 3, 6, 1, 2, 1, 4, 20, 1, 1, 10, 0, 0, 1): (0x40, bytes((10, 0, 0, 1))),
        (1, 3, 6, 1, 2, 1, 4, 20, 1, 1, 10, 0, 0, 2): (0x40, bytes((10, 0, 0, 2))),
        (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6, 1): (0x46, 2**64 - 1),
    }
