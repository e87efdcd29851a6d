"""Credentials by name, resolved on the machine that makes the connection.

Offices, tasks, logs and the database hold *names* only. A name is looked up, in this order, in

1. the environment: `KIEMKE_CREDENTIAL_<NAME>` holds a JSON object with the fields below; or `KIEMKE_CREDENTIAL_<NAME>_<FIELD>`
   holds one secret field (`SECRET`, `PASSWORD`, `AUTH_SECRET`, `PRIV_SECRET`, `KEY_PASSPHRASE`) of a credential whose other
   fields stand in the file. `<NAME>` is the name in capitals, with `_` for everything that is not a letter or a digit. A lone
   `..._SECRET` is an SNMP v2c community;
2. a file that the service manager passes on (systemd.exec(5), LoadCredential=): `$CREDENTIALS_DIRECTORY/<name>`; a JSON object as
   above, or the bare secret;
3. the keyring: service `kiemke`, user name = the credential's name; a JSON object as above, or the bare secret (a password, or a
   community). No keyring on this machine is not an error;
4. `credentials.yaml` in the workspace, which only its owner may read (mode 0600):

        commune-read: {kind: snmp-community, version: "2c", secret: "..."}
        district-v3:  {kind: snmp-user, user: kiemke, auth: SHA-256, auth_secret: "...", priv: AES-128, priv_secret: "..."}
        linux:        {kind: ssh-login, user: kiemke, key_file: ~/.ssh/kiemke_ed25519}
        old-switches: {kind: ssh-login, user: kiemke, password: "...", legacy: yes}

Fields by kind (`*` required, `!` secret):

    snmp-community  *secret!  version ("2c", "1")
    snmp-user       *user  auth (MD5 SHA-1 SHA-224 SHA-256 SHA-384 SHA-512)  auth_secret!
                    priv (DES AES-128 AES-192 AES-256)  priv_secret!
    ssh-login       *user  password! or key_file (with key_passphrase!)
                    legacy (yes/no: also SHA-1 and CBC, for old devices)
                    platform (a file's name in collectors/ssh/platforms: this login is tried first on such devices, last on
                    others, and says the platform of a device that tells it neither by SNMP nor by its banner)
    mail-login      *user  *password!  (for the mail server of kiemke.toml)

Every value is text as it is typed: `0123` is not read as a number. Messages name the file, the line, the credential and the
field, never the value of a secret field.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import stat
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol, TypeVar

import yaml

from collectors.secret import Secret
from inventory.problems import Problem

FILE = "credentials.yaml"
KEYRING_SERVICE = "kiemke"

CREDENTIALS_TEMPLATE = """\
# Thông tin đăng nhập để hỏi thiết bị. Chỉ chủ tệp được đọc tệp này: chmod 600 credentials.yaml
# Credentials for asking devices. Only the owner may read this file: chmod 600 credentials.yaml
#
# Mỗi dòng: một tên (được dùng trong offices.yaml) và các giá trị. Đặt thông tin mật trong dấu ngoặc kép.
# One line each: a name (used in offices.yaml) and its values. Put secrets in double quotes.
#
# Cũng có thể đặt thông tin mật trong kho khóa của máy (keyring, dịch vụ "kiemke") hoặc biến môi trường KIEMKE_CREDENTIAL_<TÊN>.
# Secrets may also be kept in the keyring (service "kiemke") or in the variable KIEMKE_CREDENTIAL_<NAME>.
#
# SNMP v2c: chuỗi community chỉ đọc / SNMP v2c: a read-only community
# doc-mang: {kind: snmp-community, version: "2c", secret: "..."}
#
# Thiết bị cũ chỉ biết SNMP v1 cần một thông tin đăng nhập riêng với version: "1", kể cả khi chuỗi community giống nhau.
# Old gear that only knows SNMP v1 needs a credential of its own with version: "1", even where the community is the same.
# doc-mang-cu: {kind: snmp-community, version: "1", secret: "..."}
#
# SNMP v3: auth là MD5, SHA-1, SHA-224, SHA-256, SHA-384 hoặc SHA-512; priv là DES, AES-128, AES-192 hoặc AES-256
# SNMP v3: auth is MD5, SHA-1, SHA-224, SHA-256, SHA-384 or SHA-512; priv is DES, AES-128, AES-192 or AES-256
# doc-v3: {kind: snmp-user, user: kiemke, auth: SHA-256, auth_secret: "...", priv: AES-128, priv_secret: "..."}
#
# SSH: nên dùng tài khoản chỉ đọc; mật khẩu hoặc tệp khóa / SSH: a read-only account; a password or a key file
# platform: trên loại thiết bị đó, thông tin đăng nhập này được thử trước / the login is tried first on such devices
# may-chu: {kind: ssh-login, user: kiemke, key_file: ~/.ssh/kiemke_ed25519, platform: linux}
# quan-tri: {kind: ssh-login, user: kiemke, password: "..."}
#
# Thiết bị cũ chỉ có thuật toán mã hóa yếu: thêm legacy: yes / old devices that only know weak algorithms: add legacy: yes
# quan-tri-cu: {kind: ssh-login, user: kiemke, password: "...", legacy: yes}
#
# Máy chủ thư gửi báo cáo và báo lỗi (mục [mail] trong kiemke.toml) / the mail server of [mail] in kiemke.toml
# may-chu-thu: {kind: mail-login, user: kiemke, password: "..."}
"""

#: RFC 3414 (MD5, SHA-1), RFC 7860 (SHA-2).
AUTH_PROTOCOLS = ("MD5", "SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512")
#: RFC 3414 (DES), RFC 3826 (AES-128); AES-192 and AES-256 as vendors ship them (draft-blumenthal-aes-usm-04).
PRIV_PROTOCOLS = ("DES", "AES-128", "AES-192", "AES-256")
_ALIASES = {"SHA": "SHA-1", "SHA1": "SHA-1", "SHA224": "SHA-224", "SHA256": "SHA-256", "SHA384": "SHA-384", "SHA512": "SHA-512"}
_ALIASES |= {"AES": "AES-128", "AES128": "AES-128", "AES192": "AES-192", "AES256": "AES-256"}


@dataclass(frozen=True, slots=True)
class Community:
    name: str
    secret: Secret
    version: str = "2c"  # "2c" | "1"


@dataclass(frozen=True, slots=True)
class SnmpUser:
    name: str
    user: str
    auth_protocol: str | None = None  # of AUTH_PROTOCOLS
    auth_secret: Secret | None = None
    priv_protocol: str | None = None  # of PRIV_PROTOCOLS
    priv_secret: Secret | None = None


@dataclass(frozen=True, slots=True)
class Login:
    name: str
    user: str
    password: Secret | None = None
    key_file: Path | None = None
    key_passphrase: Secret | None = None
    legacy: bool = False  # may use SHA-1 and CBC, for devices that know nothing newer
    platform: str | None = None  # named by a person, where neither SNMP nor the banner tells it


@dataclass(frozen=True, slots=True)
class MailLogin:
    name: str
    user: str
    password: Secret


Credential = Community | SnmpUser | Login | MailLogin
_C = TypeVar("_C", Community, SnmpUser, Login, MailLogin)

_KINDS: dict[str, type[Credential]] = {
    "snmp-community": Community,
    "snmp-user": SnmpUser,
    "ssh-login": Login,
    "mail-login": MailLogin,
}
_FIELDS = {
    "snmp-community": ("secret", "version"),
    "snmp-user": ("user", "auth", "auth_secret", "priv", "priv_secret"),
    "ssh-login": ("user", "password", "key_file", "key_passphrase", "legacy", "platform"),
    "mail-login": ("user", "password"),
}
_REQUIRED = {
    "snmp-community": ("secret",),
    "snmp-user": ("user",),
    "ssh-login": ("user",),
    "mail-login": ("user", "password"),
}
_SECRET_FIELDS = ("secret", "password", "auth_secret", "priv_secret", "key_passphrase")
#: The field that a bare secret in the keyring fills.
_MAIN_SECRET = {"snmp-community": "secret", "snmp-user": "auth_secret", "ssh-login": "password", "mail-login": "password"}
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}
_SHORTEST_V3_SECRET = 8  # RFC 3414, 11.2


class CredentialProblem(Problem):
    """A credential cannot be used, and what to do about it."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "credential_unknown": "No credential “{name}” on this machine: add it to {file}, to the keyring, or as {variable}.",
        "credential_no_secret": "Credential “{name}” lacks its {field} here: add it to {file}, to the keyring, or as {variable}.",
        "credential_wrong_kind": "Credential “{name}” is {kind}, and {wanted} is needed here.",
        "credential_where": "{where}: credential “{name}”: {field}: {choices} expected.",
        "credential_field": "{where}: credential “{name}” has a field “{field}” that is not known; did you mean “{nearest}”?",
        "credential_required": "{where}: credential “{name}” lacks the field “{field}”.",
        "credential_short": "{where}: credential “{name}”: {field} needs at least {least} characters (RFC 3414).",
        "credential_key_file": "{where}: credential “{name}”: the key file {key_file} cannot be read.",
        "credential_environment": "The environment variable {variable} must hold a JSON object, or be named {variable}_SECRET.",
        "credential_twice": "{where}: credential “{name}” stands here a second time; remove one of the two.",
        "credentials_mode": "{file} may be read by others (mode {mode}): run  chmod 600 {file}",
        "credentials_unreadable": "{file} cannot be read: {reason}.",
        "credentials_syntax": "{where}: this is not YAML; put secrets in double quotes and check the braces and colons.",
        "credentials_shape": "{where}: a name, a colon and fields in braces are expected here, as in the examples of the file.",
    }


class UnknownCredential(CredentialProblem):
    """The name is not known here, or its secret is not on this machine (outcome NO_CREDENTIAL)."""

    def __init__(self, name: str, field: str | None = None) -> None:
        variable = variable_of(name)
        if field is None:
            super().__init__("credential_unknown", name=name, file=FILE, variable=variable)
        else:
            super().__init__("credential_no_secret", name=name, field=field, file=FILE, variable=f"{variable}_{field.upper()}")


class Keyring(Protocol):
    """What is used of a `keyring` backend."""

    def get_password(self, service: str, username: str) -> str | None: ...


@dataclass(frozen=True, slots=True, repr=False)
class _Entry:
    """Fields of a credential as written. No repr: the fields include secrets."""

    fields: Mapping[str, str]
    where: str  # "credentials.yaml, line 3" or the variable's name


def variable_of(name: str) -> str:
    """The environment variable of a credential: `commune-read` -> `KIEMKE_CREDENTIAL_COMMUNE_READ`."""
    return "KIEMKE_CREDENTIAL_" + re.sub(r"[^A-Z0-9]", "_", name.upper())


class Vault:
    """Resolves names to credentials. Threads may share one. Nothing is read before the first name is asked for."""

    def __init__(self, workspace: Path | str, environ: Mapping[str, str], keyring_backend: Keyring | None = None) -> None:
        """`environ` is os.environ or a stand-in; `keyring_backend` defaults to the machine's own keyring, if it has one."""
        self._file = Path(workspace) / FILE
        self._environ = environ
        self._keyring = keyring_backend
        self._keyring_tried = keyring_backend is not None
        self._entries: dict[str, _Entry] | None = None
        self._resolved: dict[str, Credential] = {}
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"Vault({str(self._file)!r})"

    def resolve(self, name: str) -> Credential:
        """The credential called `name`. Raises UnknownCredential, or CredentialProblem where what is written is wrong."""
        with self._lock:
            if name not in self._resolved:
                self._resolved[name] = _build(name, self._gather(name))
            return self._resolved[name]

    def community(self, name: str) -> Community:
        return self._of_kind(name, Community)

    def snmp_user(self, name: str) -> SnmpUser:
        return self._of_kind(name, SnmpUser)

    def login(self, name: str) -> Login:
        return self._of_kind(name, Login)

    def mail_login(self, name: str) -> MailLogin:
        return self._of_kind(name, MailLogin)

    def _of_kind(self, name: str, wanted: type[_C]) -> _C:
        found = self.resolve(name)
        if not isinstance(found, wanted):
            kinds = {cls: kind for kind, cls in _KINDS.items()}
            raise CredentialProblem("credential_wrong_kind", name=name, kind=kinds[type(found)], wanted=kinds[wanted])
        return found

    def _gather(self, name: str) -> _Entry:
        """Fields from the strongest place that has them; single secrets are laid over the file's entry."""
        variable = variable_of(name)
        if variable in self._environ:
            return _Entry(_json_object(self._environ[variable], variable), variable)
        loose = {
            f: self._environ[f"{variable}_{f.upper()}"] for f in _SECRET_FIELDS if f"{variable}_{f.upper()}" in self._environ
        }
        kept = None if loose else self._from_service_manager(name) or self._from_keyring(name)
        if kept is not None and kept.lstrip().startswith("{") and (whole := _maybe_object(kept)) is not None:
            return _Entry(whole, "keyring")
        entry = self._from_file().get(name)
        if entry is None:
            if loose:
                entry = _Entry({"kind": "snmp-community"}, variable)
            elif kept is not None:
                entry = _Entry({"kind": "snmp-community"}, "keyring")
            else:
                raise UnknownCredential(name)
        if kept is not None:
            loose = {_MAIN_SECRET.get(entry.fields.get("kind", ""), "secret"): kept}
        return _Entry({**entry.fields, **loose}, entry.where)

    def _from_service_manager(self, name: str) -> str | None:
        folder = self._environ.get("CREDENTIALS_DIRECTORY")
        if not folder or "/" in name:
            return None
        try:
            return Path(folder, name).read_text(encoding="utf-8").rstrip("\n") or None
        except (OSError, UnicodeDecodeError):
            return None

    def _from_keyring(self, name: str) -> str | None:
        if not self._keyring_tried:
            self._keyring_tried = True
            self._keyring = _machine_keyring()
        if self._keyring is None:
            return None
        try:
            return self._keyring.get_password(KEYRING_SERVICE, name)
        except Exception:  # noqa: BLE001 - backends raise whatever their desktop does; a missing keyring is no error
            self._keyring = None  # one failure is enough: some back ends take seconds to fail
            return None

    def _from_file(self) -> dict[str, _Entry]:
        if self._entries is None:
            self._entries = _read_file(self._file)
        return self._entries


def _machine_keyring() -> Keyring | None:
    try:
        import keyring  # here, not above: looking for back ends takes a tenth of a second

        backend: Keyring = keyring.get_keyring()
    except Exception:  # noqa: BLE001 - as above
        return None
    return backend


def _read_file(path: Path) -> dict[str, _Entry]:
    """Entries of credentials.yaml by name; {} where there is no file."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return {}
    except OSError as problem:
        raise CredentialProblem("credentials_unreadable", file=path, reason=problem.strerror) from None
    with os.fdopen(descriptor, "rb") as file:
        # The opened file is asked, not the path: the two could differ by the time of reading.
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if os.name == "posix" and mode & 0o077:
            raise CredentialProblem("credentials_mode", file=path, mode=f"{mode:04o}")
        try:
            text = file.read().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as problem:
            raise CredentialProblem("credentials_unreadable", file=path, reason=type(problem).__name__) from None
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as problem:
        # `from None`, and no text of the problem: YAML's own message quotes the line, with the secret in it.
        mark = problem.problem_mark or problem.context_mark
        raise CredentialProblem("credentials_syntax", where=_where(path, mark.line if mark else 0)) from None
    except yaml.YAMLError:
        raise CredentialProblem("credentials_syntax", where=_where(path, 0)) from None
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise CredentialProblem("credentials_shape", where=_where(path, root.start_mark.line))
    entries: dict[str, _Entry] = {}
    for key, value in root.value:
        where = _where(path, key.start_mark.line)
        if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.MappingNode):
            raise CredentialProblem("credentials_shape", where=where)
        if key.value in entries:
            raise CredentialProblem("credential_twice", where=where, name=key.value)
        fields: dict[str, str] = {}
        for field, content in value.value:
            if not isinstance(field, yaml.ScalarNode) or not isinstance(content, yaml.ScalarNode):
                raise CredentialProblem("credentials_shape", where=_where(path, field.start_mark.line))
            fields[field.value] = content.value
        entries[key.value] = _Entry(fields, where)
    return entries


def _where(path: Path, line: int) -> str:
    return f"{path}:{line + 1}"


def _maybe_object(text: str) -> dict[str, str] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    if not isinstance(value, dict) or not all(isinstance(v, str | int | bool) for v in value.values()):
        return None
    return {k: ("yes" if v else "no") if isinstance(v, bool) else str(v) for k, v in value.items()}


def _json_object(text: str, variable: str) -> dict[str, str]:
    value = _maybe_object(text)
    if value is None:
        raise CredentialProblem("credential_environment", variable=variable)
    return value


def _build(name: str, entry: _Entry) -> Credential:
    """A checked credential from written fields."""
    fields, where = {k: v for k, v in entry.fields.items() if v != ""}, entry.where

    def choose(field: str, choices: tuple[str, ...], default: str | None) -> str | None:
        if field not in fields:
            return default
        text = fields[field].upper().replace("_", "-")
        for choice in choices:
            if choice.upper() == _ALIASES.get(text, text):
                return choice
        raise CredentialProblem("credential_where", where=where, name=name, field=field, choices=", ".join(choices))

    def secret(field: str, least: int = 1) -> Secret | None:
        if field not in fields:
            return None
        if len(fields[field]) < least:
            raise CredentialProblem("credential_short", where=where, name=name, field=field, least=least)
        return Secret(fields[field])

    kind = fields.pop("kind", "")
    if kind not in _KINDS:
        raise CredentialProblem("credential_where", where=where, name=name, field="kind", choices=", ".join(_KINDS))
    for field in fields:
        if field not in _FIELDS[kind]:
            nearest = difflib.get_close_matches(field, _FIELDS[kind], n=1, cutoff=0.0)[0]
            raise CredentialProblem("credential_field", where=where, name=name, field=field, nearest=nearest)
    for field in _REQUIRED[kind]:
        if field not in fields:
            if field in _SECRET_FIELDS:
                raise UnknownCredential(name, field)
            raise CredentialProblem("credential_required", where=where, name=name, field=field)
    if kind == "snmp-community":
        held = secret("secret")
        assert held is not None  # required above
        return Community(name, held, choose("version", ("2c", "1"), "2c") or "2c")
    if kind == "snmp-user":
        auth, priv = choose("auth", AUTH_PROTOCOLS, None), choose("priv", PRIV_PROTOCOLS, None)
        for protocol, field in ((auth, "auth_secret"), (priv, "priv_secret")):
            if protocol is not None and field not in fields:
                raise UnknownCredential(name, field)
        if priv is not None and auth is None:  # RFC 3414 has no privacy without authentication
            raise CredentialProblem("credential_required", where=where, name=name, field="auth")
        return SnmpUser(
            name,
            fields["user"],
            auth,
            secret("auth_secret", _SHORTEST_V3_SECRET) if auth else None,
            priv,
            secret("priv_secret", _SHORTEST_V3_SECRET) if priv else None,
        )
    if kind == "mail-login":
        password = secret("password")
        assert password is not None  # required above
        return MailLogin(name, fields["user"], password)
    legacy = _YES_NO[(choose("legacy", tuple(_YES_NO), "no") or "no")]
    key_file = Path(fields["key_file"]).expanduser() if "key_file" in fields else None
    if key_file is not None and not os.access(key_file, os.R_OK):
        raise CredentialProblem("credential_key_file", where=where, name=name, key_file=key_file)
    if key_file is None and "password" not in fields:
        raise UnknownCredential(name, "password")
    return Login(name, fields["user"], secret("password"), key_file, secret("key_passphrase"), legacy, fields.get("platform"))
