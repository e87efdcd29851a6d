"""v3 security against pysnmp's keys, the RFC's examples and Debian's snmpd."""

from __future__ import annotations

import asyncio
import math
from hashlib import md5, new, sha1

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.type.univ import OctetString

from pysnmp.proto.secmod.rfc3414 import localkey  # isort: skip - pysnmp's modules import in a circle
from pysnmp.proto.secmod.eso.priv import aes192, aes256
from pysnmp.proto.secmod.rfc3414.auth import hmacmd5, hmacsha
from pysnmp.proto.secmod.rfc7860.auth import hmacsha2

from collectors.asking import Answers, Get, Walk
from collectors.credentials import SnmpUser
from collectors.pace import Pace, RoundTrip
from collectors.secret import Secret
from collectors.snmp import ber, messages, usm
from collectors.snmp.client import Client
from collectors.snmp.session import SnmpSession
from inventory.facts import Outcome

FAST = Pace(requests_per_second=math.inf, timeout_s=0.4, retries=1)
SYS_NAME = (1, 3, 6, 1, 2, 1, 1, 5, 0)
IF_DESCR = (1, 3, 6, 1, 2, 1, 2, 2, 1, 2)
ENGINE = bytes.fromhex("000000000000000000000002")
USERS = ["sha256aes", "sha1aes", "sha512aes256", "sha1aes256", "md5des", "sha224only"]


# -- keys -----------------------------------------------------------------------------------------------------------------


def test_keys_of_the_rfcs_examples():
    """RFC 3414, A.3."""
    password = Secret("maplesyrup")
    assert usm.localised_key("md5", password, ENGINE).hex() == "526f5eed9fcce26f8964c2930787d82b"
    assert usm.localised_key("sha1", password, ENGINE).hex() == "6695febc9288e36282235fc7151f128497b38f3f"


@given(st.text(min_size=8, max_size=40), st.binary(min_size=5, max_size=32), st.sampled_from(["md5", "sha1", "sha256", "sha512"]))
def test_keys_are_pysnmps(password, engine_id, name):
    theirs = localkey.password_to_key(OctetString(password.encode()), OctetString(engine_id), lambda data=b"": new(name, data))
    assert usm.localised_key(name, Secret(password), engine_id) == theirs.asOctets()


@pytest.mark.parametrize("cisco", [False, True])
@pytest.mark.parametrize(("auth", "oid"), [("MD5", hmacmd5.HmacMd5.SERVICE_ID), ("SHA-1", hmacsha.HmacSha.SERVICE_ID)])
@pytest.mark.parametrize("bits", [192, 256])
def test_short_keys_are_stretched_as_pysnmp_does(cisco, auth, oid, bits):
    kind = {(192, False): aes192.AesBlumenthal192, (256, False): aes256.AesBlumenthal256}.get((bits, cisco))
    kind = kind or {192: aes192.Aes192, 256: aes256.Aes256}[bits]
    master = localkey.hash_passphrase(b"correct horse", {"MD5": md5, "SHA-1": sha1}[auth])
    theirs = kind().localize_key(oid, master, OctetString(ENGINE))
    user = SnmpUser("x", "x", auth, Secret("authentic"), f"AES-{bits}", Secret("correct horse"))
    ours = usm.UserMessages(user, usm.Engine(ENGINE))
    if cisco:
        report = ber.Pdu(ber.REPORT, 0, 0, 0, [(ber.encode_oid((1, 3, 6, 1, 6, 3, 15, 1, 1, 6, 0)), 1)], True)
        assert ours.reported(report) is None  # it tries the other way
        assert ours.reported(report) is Outcome.AUTH_FAILED  # once
    assert ours._priv_key == theirs.asOctets()


def test_sha2_digests_are_cut_as_pysnmp_does():
    sizes = {"SHA-224": 16, "SHA-256": 24, "SHA-384": 32, "SHA-512": 48}
    assert {name: usm._AUTH[name][1] for name in sizes} == sizes
    assert sorted(sizes.values()) == sorted(hmacsha2.HmacSha2.DIGEST_LENGTH.values())


# -- a real agent ---------------------------------------------------------------------------------------------------------


def ask(port: int, user: SnmpUser, change=lambda engine: None) -> tuple[Answers, usm.Engine]:
    async def run():
        async with Client(FAST) as client:
            engine = await usm.discover(client, ("127.0.0.1", port), RoundTrip(FAST.timeout_s))
            assert isinstance(engine, usm.Engine)
            change(engine)
            session = SnmpSession(client, ("127.0.0.1", port), usm.UserMessages(user, engine), FAST)
            answers = Answers()
            await session.fetch([Get((SYS_NAME,)), Walk((IF_DESCR,))], answers)
            return answers, engine

    return asyncio.run(run())


@pytest.mark.parametrize("name", USERS)
def test_snmpd_is_read_by_every_kind_of_user(snmpd, name):
    answers, engine = ask(snmpd.port, snmpd.vault().snmp_user(name))
    assert set(answers.outcomes.values()) == {Outcome.ANSWERED}
    assert answers.get(SYS_NAME) == b"real-agent"
    assert b"lo" in [value.rstrip(b"\0") for value in answers.column(IF_DESCR).values()]
    assert engine.authentic
    assert len(engine.engine_id) >= 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"user": "nobody"},
        {"auth_secret": "not-the-secret"},
        {"auth": "SHA-1"},
        {"auth": None, "auth_secret": None, "priv": None, "priv_secret": None},
    ],
)
def test_a_wrong_user_is_told_by_the_agent(snmpd, wrong, canaries):
    right = {"kind": "snmp-user", "user": "sha256aes", "auth": "SHA-256", "auth_secret": canaries[1], "priv": "AES-128"}
    right["priv_secret"] = canaries[2]
    fields = {key: value for key, value in (right | wrong).items() if value is not None}
    answers, _ = ask(snmpd.port, snmpd.vault(wrong=fields).snmp_user("wrong"))
    assert set(answers.outcomes.values()) == {Outcome.AUTH_FAILED}
    assert answers.values == {}


def test_a_wrong_privacy_password_gives_no_value(snmpd, canaries):
    fields = {"kind": "snmp-user", "user": "sha256aes", "auth": "SHA-256", "auth_secret": canaries[1]}
    fields |= {"priv": "AES-128", "priv_secret": "not-the-secret"}
    answers, _ = ask(snmpd.port, snmpd.vault(wrong=fields).snmp_user("wrong"))
    assert answers.values == {}
    assert set(answers.outcomes.values()) <= {Outcome.AUTH_FAILED, Outcome.SILENT}


def test_a_clock_that_we_have_wrong_is_set(snmpd):
    answers, engine = ask(snmpd.port, snmpd.vault().snmp_user("sha256aes"), lambda engine: engine.set(0, 0, authentic=False))
    assert answers.get(SYS_NAME) == b"real-agent"
    assert engine.boots > 0


def test_an_agent_that_rebooted_meanwhile_is_still_read(snmpd):
    answers, _ = ask(snmpd.port, snmpd.vault().snmp_user("sha256aes"), lambda engine: engine.set(0, 10**6, authentic=False))
    assert answers.get(SYS_NAME) == b"real-agent"


def test_an_engine_id_that_changed_is_learnt(snmpd):
    def forget(engine):
        engine.engine_id = b"\x80\0\0\0\x05wrong"

    answers, engine = ask(snmpd.port, snmpd.vault().snmp_user("sha256aes"), forget)
    assert answers.get(SYS_NAME) == b"real-agent"
    assert engine.authentic


# -- what an attacker may send ----------------------------------------------------------------------------------------------


def both_ends(level: str = "priv") -> tuple[usm.UserMessages, usm.UserMessages]:
    auth = ("SHA-256", Secret("authentic")) if level != "none" else (None, None)
    priv = ("AES-128", Secret("secretive")) if level == "priv" else (None, None)
    user = SnmpUser("x", "x", *auth, *priv)
    ours, theirs = (usm.UserMessages(user, usm.Engine(ENGINE)) for _ in range(2))
    theirs.engine.set(3, 5000, authentic=True)
    return ours, theirs


def response(number: int) -> messages.Draft:
    draft = messages.get((SYS_NAME,))
    return messages.Draft(bytes((ber.RESPONSE,)) + draft.head[1:], draft.tail)


@pytest.mark.parametrize("level", ["auth", "priv"])
def test_any_changed_byte_makes_an_answer_void(level):
    ours, theirs = both_ends(level)
    honest = theirs.seal(response(0x01020304), 0x01020304)
    opened = ours.open(honest, 0x01020304)
    assert opened is not None
    assert opened.kind == ber.RESPONSE
    for at in range(len(honest)):
        forged = honest[:at] + bytes((honest[at] ^ 0x01,)) + honest[at + 1 :]
        try:
            pdu = ours.open(forged, 0x01020304)
        except ber.Garbled:
            continue
        assert pdu is None or pdu.kind == ber.REPORT


@pytest.mark.parametrize("level", ["none", "auth"])
def test_an_answer_at_a_lower_level_is_void(level):
    ours, _ = both_ends("priv")
    _, weaker = both_ends(level)
    assert ours.open(weaker.seal(response(0x01020304), 0x01020304), 0x01020304) is None


def test_an_answer_to_another_number_is_void():
    ours, theirs = both_ends()
    assert ours.open(theirs.seal(response(0x01020305), 0x01020305), 0x01020304) is None


def test_an_old_answer_played_again_is_void():
    ours, theirs = both_ends()
    old = theirs.seal(response(0x01020304), 0x01020304)
    theirs.engine.set(3, 5000 + 200, authentic=True)
    assert ours.open(theirs.seal(response(0x01020306), 0x01020306), 0x01020306) is not None
    assert ours.open(old, 0x01020304) is None


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_an_engine_with_an_absurd_clock_breaks_nothing(boots, seconds):
    _, theirs = both_ends("none")
    theirs.engine.boots, theirs.engine.seconds = boots, 0
    discovery = usm.Discovery()
    answer = theirs.seal(response(0x01020304), 0x01020304)
    assert discovery.open(answer, 0x01020304) is not None
    assert discovery.engine is not None
    user = SnmpUser("x", "x", "SHA-1", Secret("authentic"), "AES-128", Secret("secretive"))
    discovery.engine.set(boots, seconds, authentic=False)
    assert usm.UserMessages(user, discovery.engine).seal(messages.get((SYS_NAME,)), 0x01020304)


@given(st.binary(max_size=300))
def test_garbage_is_garbled_at_most(data):
    ours, _ = both_ends()
    for reader in (ours.open, usm.Discovery().open):
        try:
            assert reader(data, 0x01020304) is None
        except ber.Garbled:
            continue


def test_secrets_are_nowhere_to_be_seen(snmpd, canaries):
    user = snmpd.vault().snmp_user("sha256aes")
    wrapping = usm.UserMessages(user, usm.Engine(ENGINE))
    shown = repr(wrapping) + str(wrapping) + repr(wrapping.engine)
    assert not any(canary in shown for canary in canaries)
    assert wrapping._auth_key.hex() not in shown
