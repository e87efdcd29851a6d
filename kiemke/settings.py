"""`kiemke.toml`: the settings of a workspace, read strictly."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar

from collectors.management.ports import Doors
from collectors.pace import Pace
from inventory.problems import Problem
from reports import letterhead
from reports.schedule import addresses
from reports.schedule.mail_server import LARGEST_MB, PORTS, MailServer

LANGUAGES = ("vi", "en")
#: Ports of one protocol: this asks devices, and is no port scan.
_MOST_DOORS = 4


class SettingsError(Problem):
    TEMPLATES: ClassVar[dict[str, str]] = {
        "settings_syntax": "{file}: not valid TOML ({detail}); mend that line.",
        "settings_unknown": "{file}, line {line}: '{name}' is not a setting; did you mean '{nearest}'?",
        "settings_type": "{file}, line {line}: '{name}' must be {wanted}, not {given!r}.",
        "settings_language": '{file}, line {line}: language must be "vi" or "en", not {given!r}.',
        "settings_ports": "{file}, line {line}: '{name}' must be a list of at most {most} TCP ports, such as [80, 8080]; "
        "[] asks for none; not {given!r}.",
        "settings_choice": "{file}, line {line}: '{name}' must be one of {known}, not {given!r}.",
        "settings_address": "{file}, line {line}: '{name}' must be a mail address such as phong-cntt@example.vn, not {given!r}.",
        "settings_needed": "{file}, line {line}: [mail] has no '{name}'; add the line {name} = \"...\".",
        "settings_port": "{file}, line {line}: 'port' must be a number from 1 to 65535, not {given!r}.",
        "settings_host": "{file}, line {line}: 'host' must be the name or address of the mail server, not {given!r}.",
        "settings_clear": "{file}, line {line}: 'login' would send the password unprotected; set "
        'security = "starttls" or "tls".',
        "settings_secret": "{file}, line {line}: no password here; put it into credentials.yaml under a name, and write that "
        "name as 'login'.",
        "settings_positive": "{file}, line {line}: '{name}' must be above zero, not {given!r}.",
    }


@dataclass(frozen=True, slots=True)
class Settings:
    language: str = "vi"
    reports_folder: str = "reports"
    pace: Pace = field(default_factory=Pace)
    doors: Doors = field(default_factory=Doors)
    #: File of certificates (PEM), from the workspace's folder: whom probes of services trust beside those whom this machine does.
    authorities: str = ""
    #: How long runs of reports are kept, in days, and how many of each; None: all.
    keep_days: int | None = None
    keep_runs: int | None = None
    #: None: nobody is told by mail.
    mail: MailServer | None = None


def read(path: Path) -> Settings:
    """The settings in `path`; every absent one has its default.

    Raises `SettingsError` (one sentence, file, line, the fix), `SourceError`.
    """
    text = path.read_text(encoding="utf-8-sig")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError("settings_syntax", file=path.name, detail=error) from None
    where = _Where(path.name, text)
    sections = ("language", "scan", "management", "reports", "services", "database", "mail", letterhead.SECTION)
    where.known(content, sections)
    language = content.get("language", "vi")
    if language not in LANGUAGES:
        raise SettingsError("settings_language", file=path.name, line=where.line("language"), given=language)
    scan, reports = where.section(content, "scan"), where.section(content, "reports")
    where.known(scan, tuple(limit.name for limit in fields(Pace)))
    where.known(reports, ("folder", "keep_days", "keep_runs"))
    services = where.section(content, "services")
    where.known(services, ("authorities",))
    folder, authorities = where.said(reports, "folder", "reports"), where.said(services, "authorities", "")
    _database(where.section(content, "database"), where)
    _letterhead(where.section(content, letterhead.SECTION), where)
    kept = {name: where.counted(reports, name) for name in ("keep_days", "keep_runs")}
    doors = _doors(where.section(content, "management"), where)
    mail = _mail(where.section(content, "mail"), where)
    return Settings(language, folder, _pace(scan, where), doors, authorities, mail=mail, **kept)


def _mail(mail: Mapping[str, Any], where: _Where) -> MailServer | None:
    if not mail:
        return None
    for name in mail:
        if name.lower() in ("password", "passwd", "secret", "mat_khau"):
            raise SettingsError("settings_secret", file=where.file, line=where.line(name))
    where.known(mail, ("host", "port", "security", "login", "from", "to", "largest_mb", "link"))
    for name in ("host", "from"):
        if name not in mail:
            raise SettingsError("settings_needed", file=where.file, line=where.line("mail"), name=name)
    at = {name: {"file": where.file, "line": where.line(name), "given": mail.get(name)} for name in mail}
    security = where.said(mail, "security", "starttls")
    if security not in PORTS:
        raise SettingsError("settings_choice", name="security", known=", ".join(PORTS), **at["security"])
    host, login = where.said(mail, "host", ""), where.said(mail, "login", "")
    if not re.fullmatch(r"[A-Za-z0-9._:-]{1,253}", host):
        raise SettingsError("settings_host", **at["host"])
    if login and security == "none":
        raise SettingsError("settings_clear", file=where.file, line=where.line("login"))
    port = mail.get("port", PORTS[security])
    if isinstance(port, bool) or not isinstance(port, int) or not 1 <= port <= 65_535:
        raise SettingsError("settings_port", **at["port"])
    largest = mail.get("largest_mb", LARGEST_MB)
    if isinstance(largest, bool) or not isinstance(largest, int | float):
        raise SettingsError("settings_type", name="largest_mb", wanted="10", **at["largest_mb"])
    if largest <= 0:
        raise SettingsError("settings_positive", name="largest_mb", **at["largest_mb"])
    to = mail.get("to", [])
    to = [to] if isinstance(to, str) else to
    if not isinstance(to, list):
        raise SettingsError("settings_type", name="to", wanted='["..."]', **at["to"])
    for name, address in (("from", mail["from"]), *(("to", address) for address in to)):
        if not isinstance(address, str) or not addresses.valid(address):
            raise SettingsError("settings_address", name=name, **at[name] | {"given": address})
    link = where.said(mail, "link", "")
    return MailServer(host, mail["from"], tuple(dict.fromkeys(to)), port, security, login, float(largest), link)


def _letterhead(section: Mapping[str, Any], where: _Where) -> None:
    """A run reads it itself (`reports.letterhead`); here it is only checked."""
    where.known(section, letterhead.NAMES)
    for name, given in section.items():
        texts = given if name in letterhead.LISTS else [given]
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            wanted = '["...", "..."]' if name in letterhead.LISTS else '"..."'
            raise SettingsError("settings_type", file=where.file, line=where.line(name), name=name, wanted=wanted, given=given)


def _database(database: Mapping[str, Any], where: _Where) -> None:
    """Its url is read where the inventory is opened (`inventory.sources`); here it is only checked."""
    where.known(database, ("url",))
    if "url" not in database:
        return
    if not isinstance(database["url"], str):
        line = where.line("url")
        raise SettingsError("settings_type", file=where.file, line=line, name="url", wanted='"..."', given="…")
    from inventory import sources

    sources.postgresql(database["url"], where.file)


def _pace(scan: Mapping[str, Any], where: _Where) -> Pace:
    limits: dict[str, Any] = {}
    for limit in fields(Pace):
        if limit.name not in scan:
            continue
        given, wanted = scan[limit.name], int if str(limit.type) == "int" else float
        at = {"file": where.file, "line": where.line(limit.name), "name": limit.name, "given": given}
        if isinstance(given, bool) or not isinstance(given, int if wanted is int else (int, float)):
            raise SettingsError("settings_type", wanted="1, 2, 3" if wanted is int else "1.5", **at)
        if given < 0 or (given == 0 and limit.name != "retries"):
            raise SettingsError("settings_positive", **at)
        limits[limit.name] = wanted(given)
    return Pace(**limits)


def _doors(management: Mapping[str, Any], where: _Where) -> Doors:
    where.known(management, tuple(door.name for door in fields(Doors)))
    for name, given in management.items():
        ports = isinstance(given, list) and all(isinstance(port, int) and 0 < port < 65_536 for port in given)
        if not ports or any(isinstance(port, bool) for port in given) or len(given) > _MOST_DOORS:
            at = {"file": where.file, "line": where.line(name), "name": name}
            raise SettingsError("settings_ports", given=given, most=_MOST_DOORS, **at)
    return Doors(**{name: tuple(ports) for name, ports in management.items()})


@dataclass(frozen=True, slots=True)
class _Where:
    """Finds a name's line: tomllib does not keep it."""

    file: str
    text: str

    def line(self, name: str) -> int:
        for number, line in enumerate(self.text.splitlines(), 1):
            if line.split("=")[0].strip().strip("[]\"' ") == name:
                return number
        return 1

    def known(self, content: Mapping[str, Any], names: tuple[str, ...]) -> None:
        for name in content:
            if name not in names:
                nearest = (difflib.get_close_matches(name, names, 1, 0) or [names[0]])[0]
                raise SettingsError("settings_unknown", file=self.file, line=self.line(name), name=name, nearest=nearest)

    def section(self, content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        section = content.get(name, {})
        if not isinstance(section, dict):
            raise SettingsError(
                "settings_type", file=self.file, line=self.line(name), name=name, wanted=f"[{name}]", given=section
            )
        return section

    def said(self, content: Mapping[str, Any], name: str, otherwise: str) -> str:
        given = content.get(name, otherwise)
        if not isinstance(given, str) or (name in content and not given):
            raise SettingsError("settings_type", file=self.file, line=self.line(name), name=name, wanted='"..."', given=given)
        return given

    def counted(self, content: Mapping[str, Any], name: str) -> int | None:
        """A whole number above zero; None where it is absent."""
        given = content.get(name)
        if given is None:
            return None
        if isinstance(given, bool) or not isinstance(given, int):
            raise SettingsError("settings_type", file=self.file, line=self.line(name), name=name, wanted="1, 2, 3", given=given)
        if given <= 0:
            raise SettingsError("settings_positive", file=self.file, line=self.line(name), name=name, given=given)
        return given
