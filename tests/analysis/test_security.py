"""What is open: each kind from what tells of it, nothing from what was not asked, and what could not be judged beside it."""

from __future__ import annotations

import json
from datetime import date

import pandas as pd
import pytest

from analysis.security import EXPOSURES, UNJUDGED, overview, rules, security
from analysis.tables import typed
from collectors.ssh.algorithms import MODERN_ONLY
from inventory.frames.columns import FRAMES
from reports.texts import LANGUAGES, texts

DAY = date(2026, 3, 31)
AT = pd.Timestamp("2026-03-30 01:00", tz="UTC")
MODERN = {"kex": "curve25519-sha256,ext-info-s", "host_keys": "ssh-ed25519", "ciphers": "aes128-ctr", "macs": "hmac-sha2-256"}


def devices(*offices: str, state: str = "present") -> pd.DataFrame:
    rows = [{"device": f"D{n:05d}", "office": office, "state": state, "kind": "switch"} for n, office in enumerate(offices, 1)]
    return typed(rows, FRAMES["devices"])


def way(protocol: str, n: int = 1, office: str = "a", **more: object) -> dict[str, object]:
    usual = {"device": f"D{n:05d}", "office": office, "address": f"10.0.0.{n}", "port": 9, "open": True, "last_confirmed": AT}
    facts = {name: value for name, value in more.items() if name not in ("version", "credential", "open", "raw", "address")}
    told = {name: more[name] for name in ("version", "credential", "open", "address") if name in more}
    return usual | {"protocol": protocol, "facts": more.get("raw", json.dumps(facts) if facts else None)} | told


def judged(*ways: dict, known: pd.DataFrame | None = None, lifecycle: tuple[dict, ...] = ()):
    known = devices("a") if known is None else known
    return security(known, typed(ways, FRAMES["management"]), typed(lifecycle, FRAMES["lifecycle"]), DAY)


def kinds(found) -> set[tuple[str, str]]:
    return set(found.exposures[["kind", "severity"]].itertuples(index=False, name=None))


IN_THE_CLEAR = ("snmp_v1_v2c", "low")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (way("snmp", version="2c", credential="x", default="yes"), {IN_THE_CLEAR, ("default_community", "high")}),
        (way("snmp", version="1", credential="x", alike="x"), {IN_THE_CLEAR}),
        (way("snmp", version="3", credential="x", auth="SHA-256", priv="AES-128"), set()),
        (way("snmp", version="3", credential="x", auth="SHA-1", priv="none"), {("snmp_v3_unencrypted", "medium")}),
        (way("snmp", version="3", credential="x", auth="MD5", priv="DES"), {("snmp_v3_weak", "low")}),
        (way("ssh", version="2.0", **MODERN, key_type="ssh-ed25519", key_bits="256"), set()),
        (way("ssh", version="1.99", **MODERN), {("ssh_v1", "high")}),
        (way("ssh", version="1.5"), {("ssh_v1", "high")}),
        (way("ssh", version="2.0", **MODERN, key_changed="yes"), {("host_key_changed", "high")}),
        (way("ssh", version="2.0", **MODERN, default="yes", credential="x"), {("default_login", "high")}),
        (
            way("ssh", version="2.0", **(MODERN | {"kex": "diffie-hellman-group1-sha1,ext-info-s,kex-strict-s-v00@openssh.com"})),
            {("ssh_weak_kex", "medium")},
        ),
        (
            way("ssh", version="2.0", **(MODERN | {"ciphers": "aes256-ctr,3des-cbc", "macs": "hmac-md5,hmac-sha2-256"})),
            {("ssh_weak_cipher", "low"), ("ssh_weak_mac", "low")},
        ),
        (
            way("ssh", version="2.0", **(MODERN | {"host_keys": "rsa-sha2-512"}), key_type="ssh-rsa", key_bits="1024"),
            {("ssh_weak_host_key", "medium")},
        ),
        (way("ssh", version="2.0", **(MODERN | {"host_keys": "rsa-sha2-512,ssh-rsa"})), {("ssh_weak_host_key", "low")}),
        (way("telnet"), {("telnet_open", "high")}),
        (way("http"), {("http_open", "medium")}),
        (way("https", version="TLSv1.2"), set()),
        (way("https", version="SSLv3"), {("tls_old", "medium")}),
        (way("https", version="TLSv1.3", until="1600000000"), {("certificate_expired", "low")}),
        (way("https", version="TLSv1.3", until="9" * 30, self_signed="yes"), {("certificate_self_signed", "low")}),
        (way("https", version="TLSv1.3", key_type="rsa", key_bits="1024", hash="sha256"), {("certificate_weak", "low")}),
        (way("https", version="TLSv1.3", key_type="ec", key_bits="256", hash="sha1"), {("certificate_weak", "low")}),
        (way("https", version="TLSv1.3", key_type="ec", key_bits="256", hash="sha256"), set()),
    ],
)
def test_each_kind_is_found_from_what_tells_of_it(told, expected):
    assert kinds(judged(told)) == expected


def test_what_was_not_asked_or_is_shut_is_no_opening():
    shut = [way(protocol, open=False) for protocol in ("telnet", "http", "https")]
    assert judged(*shut).exposures.empty
    assert judged().exposures.empty
    assert judged(way("telnet"), known=devices("a", state="gone")).exposures.empty


def test_what_was_not_heard_again_though_the_device_answered_is_listed_and_not_held_against_it():
    known = devices("a").assign(last_confirmed=AT + pd.Timedelta(days=7))
    found = judged(way("telnet"), way("ssh", version="1.5"), known=known)
    assert found.exposures.empty
    assert sorted(found.unjudged["what"]) == ["ports", "snmp", "ssh"]
    assert any("30/03/2026" in texts("vi").told(why) for why in found.unjudged["why"])
    silent = devices("a").assign(last_confirmed=AT, state="silent")
    assert kinds(judged(way("telnet"), known=silent)) == {("telnet_open", "high")}


def test_a_community_is_shared_by_what_it_is_and_not_by_its_name():
    known = devices("a", "a", "b")
    alone = [way("snmp", n, office, version="2c", credential="x", alike="x") for n, office in ((1, "a"), (2, "a"))]
    assert kinds(judged(*alone, known=known)) == {IN_THE_CLEAR}
    other_name = way("snmp", 3, "b", version="1", credential="y", alike="x")
    found = judged(*alone, other_name, known=known).exposures.query("kind == 'shared_community'")
    assert set(found["device"]) == {"D00001", "D00002", "D00003"}
    assert set(found["why"].map(texts("en").told)) == {
        "One community (credential “x”) opens 3 devices at 2 offices: who learns it at one has them all."
    }
    same_name_only = way("snmp", 3, "b", version="2c", credential="x", alike="another")
    assert kinds(judged(*alone, same_name_only, known=known)) == {IN_THE_CLEAR}


def test_systems_past_their_support_with_the_first_of_the_days_that_have_passed():
    row = {"device": "D00001", "office": "a", "product": "Windows", "release": "7", "status": "past"}
    ends = {"os_end_of_security": pd.Timestamp("2020-01-14"), "last_day_of_support": pd.Timestamp("2030-01-01")}
    for kind, severity in (("pc", "medium"), ("firewall", "high")):
        found = judged(lifecycle=(row | ends | {"kind": kind, "step": "replace"},)).exposures
        assert found["severity"].tolist() == [severity]
        assert texts("vi").told(found["why"][0]) == "Windows 7: hết bản vá bảo mật từ 14/01/2020."


def test_what_could_not_be_judged_is_listed_and_nothing_else():
    full = [
        way("snmp", version="3", auth="SHA-1", priv="AES-128"),
        way("telnet", open=False),
        way("ssh", version="2.0", **MODERN),
    ]
    assert judged(*full).unjudged.empty
    assert judged().unjudged["what"].tolist() == ["snmp", "ports"]
    assert judged(*full[:2], way("ssh", version="2.0")).unjudged["what"].tolist() == ["ssh"]
    assert judged(*full, way("https")).unjudged["what"].tolist() == ["tls"]
    unknown = {"device": "D00001", "office": "a", "status": "unknown"}
    assert judged(*full, lifecycle=(unknown,)).unjudged["what"].tolist() == ["system"]


@pytest.mark.parametrize(
    "raw", ["", "{", "[1]", '"x"', '{"kex": 3, "key_bits": "many", "until": "-"}', '{"kex": "<script>,,\\u0000"}']
)
def test_facts_that_cannot_be_read_are_as_if_not_told(raw):
    found = judged(way("ssh", version="2.0", raw=raw), way("https", version="TLSv1.2", raw=raw))
    assert found.exposures.empty


def test_a_device_at_several_addresses_is_told_once():
    found = judged(*(way("telnet", address=f"10.0.0.{n}") for n in (7, 3, 5))).exposures
    assert found[["kind", "address"]].to_numpy().tolist() == [["telnet_open", "10.0.0.3"]]


def test_every_algorithm_that_collectors_do_without_counts_as_weak():
    weak = {name for rule in rules()["ssh"].values() for name in rule["weak"]}
    assert {name for part in MODERN_ONLY.values() for name in part} <= weak


def test_every_kind_has_a_word_a_source_and_its_place_in_the_documentation():
    named = {*rules()["kinds"], *(rule["kind"] for rule in rules()["ssh"].values())}
    column = next(column for column in EXPOSURES if column.name == "kind")
    assert named == set(column.meaning.split(", "))
    assert all(rule["source"] for rule in [*rules()["kinds"].values(), *rules()["ssh"].values()])
    for language in LANGUAGES:
        assert [kind for kind in named if not texts(language).has(f"exposure.{kind}")] == []
        what = next(column for column in UNJUDGED if column.name == "what").meaning.split(", ")
        assert [kind for kind in what if not texts(language).has(f"unjudged.{kind}")] == []


def test_counts_by_office_put_each_device_where_its_gravest_opening_is():
    known = devices("a", "a", "b", "b")
    told = [way("telnet", 1), way("http", 1), way("http", 2), way("https", 3, "b", version="TLSv1.3", self_signed="yes")]
    table = overview.by_office(judged(*told, known=known).exposures, known)
    assert table.to_numpy().tolist() == [["a", 2, 1, 1, 0, 0], ["b", 2, 0, 0, 1, 1]]
    grave = overview.from_on(judged(*told, known=known).exposures, "medium")
    assert set(grave["kind"]) == {"telnet_open", "http_open"}
