"""What may be told of a secret, and that nothing else is: neither the secret, nor anything made of it."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.credentials import Community, Login, SnmpUser
from collectors.management.known import alike, by_snmp, is_shipped
from collectors.secret import Secret

#: Secrets that no name, version or protocol holds by chance.
SECRETS = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ", min_size=8, max_size=24)


@pytest.mark.parametrize("secret", ["public", "private", "Secret Code", "ILMI"])
def test_a_community_that_makers_ship_is_known_as_one(secret):
    assert by_snmp(161, Community("any-name", Secret(secret)), {}).facts["default"] == "yes"


@pytest.mark.parametrize("secret", ["Public", "public1", "gia-lap-doc-mang"])
def test_another_is_not_even_where_it_looks_alike(secret):
    assert "default" not in by_snmp(161, Community("public", Secret(secret)), {}).facts


def test_a_login_is_known_by_both_its_user_and_its_password():
    assert is_shipped(Login("x", "ubnt", Secret("ubnt")))
    assert not is_shipped(Login("x", "giamsat", Secret("ubnt")))
    assert not is_shipped(Login("x", "ubnt", None))


def test_two_names_of_one_secret_are_told_by_the_first_name():
    communities = [Community("xa", Secret("s1")), Community("huyen", Secret("s1"), "1"), Community("rieng", Secret("s2"))]
    found = alike([*communities, SnmpUser("v3", "u"), Login("ssh", "u", Secret("s1"))])
    assert found == {"huyen": "huyen", "xa": "huyen", "rieng": "rieng"}


@pytest.mark.parametrize(
    ("user", "facts"),
    [
        (SnmpUser("v3", "u", "MD5", Secret("12345678"), "DES", Secret("12345678")), {"auth": "MD5", "priv": "DES"}),
        (SnmpUser("v3", "u", "SHA-256", Secret("12345678")), {"auth": "SHA-256", "priv": "none"}),
        (SnmpUser("v3", "u"), {"auth": "none", "priv": "none"}),
    ],
)
def test_a_user_is_told_by_its_protocols(user, facts):
    way = by_snmp(161, user, {})
    assert (way.version, way.credential, dict(way.facts)) == ("3", "v3", facts)


@given(SECRETS, SECRETS)
def test_nothing_of_a_secret_nor_made_of_it_is_in_a_way(one, other):
    credentials = [Community("a", Secret(one)), Community("b", Secret(other)), Community("c", Secret(one), "1")]
    names = alike(credentials)
    told = json.dumps([asdict(by_snmp(161, credential, names)) for credential in credentials])
    for secret in (one, other):
        raw = secret.encode()
        made = [hashlib.new(name, raw).hexdigest()[:12] for name in ("md5", "sha1", "sha256", "sha512")]
        for text in (secret, secret[::-1], raw.hex(), base64.b64encode(raw).decode().rstrip("="), *made):
            assert text not in told
