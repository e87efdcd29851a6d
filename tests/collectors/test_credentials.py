"""Names are resolved from the environment, the keyring and a private file; secrets do not leak on the way."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import pickle
import re
import traceback
from pathlib import Path

import pytest
import yaml

from collectors.credentials import (
    CREDENTIALS_TEMPLATE,
    Community,
    CredentialProblem,
    Login,
    MailLogin,
    SnmpUser,
    UnknownCredential,
    Vault,
)
from collectors.secret import Secret
from inventory.problems import Problem

CANARY = "c4nary-Mật-khẩu-7731"

FILE = f"""\
commune-read: {{kind: snmp-community, version: "2c", secret: "{CANARY}"}}
old: {{kind: snmp-community, version: "1", secret: 0123}}
district-v3: {{kind: snmp-user, user: kiemke, auth: sha256, auth_secret: "{CANARY}", priv: AES-128, priv_secret: "{CANARY}2"}}
linux: {{kind: ssh-login, user: kiemke, password: "{CANARY}", legacy: yes}}
elsewhere: {{kind: ssh-login, user: kiemke}}
"""


class Rings:
    """A keyring back end with fixed content."""

    def __init__(self, **kept: str) -> None:
        self.kept = kept

    def get_password(self, service: str, username: str) -> str | None:
        assert service == "kiemke"
        return self.kept.get(username)


class NoRings:
    calls = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.calls += 1
        raise RuntimeError("no desktop here")


def workspace(tmp_path: Path, text: str = FILE, mode: int = 0o600) -> Path:
    file = tmp_path / "credentials.yaml"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return tmp_path


def vault(tmp_path: Path, text: str = FILE, **environ: str) -> Vault:
    return Vault(workspace(tmp_path, text), environ, Rings())


def test_a_secret_cannot_be_printed() -> None:
    secret = Secret(CANARY)
    holder = Login("linux", "kiemke", secret)
    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r:>40}", "%s" % secret, f"{holder}", repr([holder])]  # noqa: UP031
    shown += [
        repr(dataclasses.asdict(holder)),
        repr(copy.deepcopy(holder)),
        str(logging.makeLogRecord({"msg": "%s", "args": (secret,)})),
    ]
    assert not [text for text in shown if CANARY in text]
    for leak in (pickle.dumps, json.dumps, list, iter, lambda s: json.dumps(dataclasses.asdict(holder)), vars):
        with pytest.raises(TypeError):
            leak(secret)
    assert copy.copy(secret) == secret == Secret(CANARY) != Secret("x")
    assert secret.reveal() == CANARY


def test_the_file_gives_each_kind(tmp_path: Path) -> None:
    v = vault(tmp_path)
    assert v.resolve("commune-read") == Community("commune-read", Secret(CANARY), "2c")
    assert v.community("old").secret.reveal() == "0123"  # not a number
    assert v.snmp_user("district-v3") == SnmpUser(
        "district-v3", "kiemke", "SHA-256", Secret(CANARY), "AES-128", Secret(CANARY + "2")
    )
    assert v.login("linux").legacy is True
    with pytest.raises(CredentialProblem, match="ssh-login"):
        v.community("linux")


def test_environment_before_keyring_before_file(tmp_path: Path) -> None:
    place = workspace(tmp_path)
    ring = Rings(linux="from-ring", **{"district-v3": json.dumps({"kind": "snmp-user", "user": "ring"})})
    assert Vault(place, {}, ring).login("linux").password == Secret("from-ring")
    assert Vault(place, {}, ring).snmp_user("district-v3").user == "ring"
    environ = {"KIEMKE_CREDENTIAL_LINUX_PASSWORD": "from-environment", "KIEMKE_CREDENTIAL_LONE_SECRET": "public"}
    environ["KIEMKE_CREDENTIAL_DISTRICT_V3"] = json.dumps({"kind": "snmp-user", "user": "env"})
    v = Vault(place, environ, ring)
    login = v.login("linux")
    assert (login.user, login.password) == ("kiemke", Secret("from-environment"))
    assert v.snmp_user("district-v3").user == "env"
    assert v.resolve("lone") == Community("lone", Secret("public"), "2c")


def test_a_broken_keyring_is_not_an_error_and_is_asked_once(tmp_path: Path) -> None:
    ring = NoRings()
    v = Vault(workspace(tmp_path), {}, ring)
    assert v.login("linux").password == Secret(CANARY)
    v.resolve("old")
    assert ring.calls == 1


def test_unknown_name_and_missing_secret(tmp_path: Path) -> None:
    for name in ("nobody", "elsewhere"):
        with pytest.raises(UnknownCredential) as caught:
            vault(tmp_path).resolve(name)
        assert name in str(caught.value)
        assert "KIEMKE_CREDENTIAL_" in str(caught.value)
    with pytest.raises(UnknownCredential):
        Vault(tmp_path / "nowhere", {}, Rings()).resolve("linux")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(CredentialProblem) as caught:
        Vault(workspace(tmp_path, mode=mode), {}, Rings()).resolve("linux")
    assert f"{mode:04o}" in str(caught.value)
    assert f"chmod 600 {tmp_path / 'credentials.yaml'}" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f'a: {{kind: ssh-login, password: "{CANARY}\nb: 1', ":"),
        (f"a: {{kind: ssh-login, password: {CANARY}: x}}", ":1"),
        (f"\na: {CANARY}", ":2"),
        (f"- {CANARY}", ":1"),
        (f"a: {{kind: ssh-login, user: k, password: [{CANARY}]}}", ":1"),
        (f"a: {{kind: ssh, user: k, password: {CANARY}}}", "ssh-login"),
        (f"a: {{kind: ssh-login, user: k, pasword: {CANARY}}}", "password"),
        (f"a: {{kind: ssh-login, password: {CANARY}}}", "user"),
        (f"a: {{kind: snmp-user, user: k, auth: ROT13, auth_secret: {CANARY}}}", "SHA-512"),
        ("a: {kind: snmp-user, user: k, auth: MD5, auth_secret: short}", "8"),
        (f"a: {{kind: snmp-user, user: k, priv: DES, priv_secret: {CANARY}}}", "auth"),
        (f"a: {{kind: snmp-community, secret: {CANARY}, version: 3}}", "2c"),
        (f"a: {{kind: ssh-login, user: k, key_file: /nowhere/id, password: {CANARY}}}", "/nowhere/id"),
        (f"a: {{kind: snmp-community, secret: {CANARY}}}\na: {{kind: snmp-community, secret: y}}", ":2"),
        (f"a: *{CANARY}", ":1"),
        ("\x00", ":"),
    ],
)
def test_a_wrong_file_gets_one_sentence_without_its_secrets(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(Problem) as caught:
        vault(tmp_path, text).resolve("a")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_bytes_that_are_not_text(tmp_path: Path) -> None:
    place = workspace(tmp_path)
    (place / "credentials.yaml").write_bytes(b"a: {kind: snmp-community, secret: \xff\xfe}")
    with pytest.raises(CredentialProblem, match="cannot be read"):
        Vault(place, {}, Rings()).resolve("a")


def test_a_wrong_environment_variable_is_named_not_shown() -> None:
    with pytest.raises(CredentialProblem) as caught:
        Vault(Path("/nowhere"), {"KIEMKE_CREDENTIAL_A": CANARY}, Rings()).resolve("a")
    assert "KIEMKE_CREDENTIAL_A" in str(caught.value)
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_what_the_service_manager_passes_on_is_a_secret_of_that_name(tmp_path: Path) -> None:
    passed = tmp_path / "passed"
    passed.mkdir()
    (passed / "post").write_text(CANARY + "\n", encoding="utf-8")
    v = vault(tmp_path, "post: {kind: mail-login, user: kiemke}", CREDENTIALS_DIRECTORY=str(passed))
    assert v.mail_login("post") == MailLogin("post", "kiemke", Secret(CANARY))
    with pytest.raises(UnknownCredential):
        v.resolve("../passed/post")


def test_the_template_is_empty_and_its_examples_are_right(tmp_path: Path) -> None:
    assert yaml.safe_load(CREDENTIALS_TEMPLATE) is None
    examples = [line[2:] for line in CREDENTIALS_TEMPLATE.splitlines() if ": {kind" in line]
    text = "\n".join(examples).replace('"..."', '"long-enough"').replace("~/.ssh/kiemke_ed25519", "/dev/null")
    v = vault(tmp_path, text)
    assert [type(v.resolve(line.split(":")[0])) for line in examples] == [
        Community,
        Community,
        SnmpUser,
        Login,
        Login,
        Login,
        MailLogin,
    ]


def test_every_sentence_exists_in_both_languages() -> None:
    texts = Path(__file__).parents[2] / "reports" / "texts"
    for language in ("vi", "en"):
        said = yaml.safe_load((texts / f"{language}.yaml").read_text(encoding="utf-8"))["problem"]
        for key, template in CredentialProblem.TEMPLATES.items():
            assert set(re.findall(r"{(\w+)}", said[key])) == set(re.findall(r"{(\w+)}", template)), (language, key)
