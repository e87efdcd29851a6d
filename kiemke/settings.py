"""`kiemke.toml`: the settings of a workspace, read strictly."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar

from collectors.management.doors import Doors
from collectors.pace import Pace
from inventory.problems import Problem

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
    where.known(content, ("language", "scan", "management", "reports", "services", "database"))
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
    kept = {name: where.counted(reports, name) for name in ("keep_days", "keep_runs")}
    doors = _doors(where.section(content, "management"), where)
    return Settings(language, folder, _pace(scan, where), doors, authorities, **kept)


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
        ports = isinstance(given, list) and all(isinstance(port, int) and 0 < port < 65_536 for port in given if port is not True)
        if not ports or True in given or len(given) > _MOST_DOORS:
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
