"""Platforms as data: which netmiko driver, how they are recognised, what they may be asked, and how the answers map to facts.

One YAML file each in `platforms/`; its name is the platform's. Every command goes through one gate, `Platform.permitted`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from inventory import yaml_files
from inventory.facts import Topic

#: Never sent, whatever a platform's file says: separators, pipes, redirections, substitution, line ends.
FORBIDDEN = re.compile(r"[;|<>$`&\r\n\x00-\x1f]")


class ForbiddenCommand(Exception):
    """A command that is not on the platform's list: a mistake in this program or its data, not of the network."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A regular expression over a command's output. Named groups give the columns; each match is a row."""

    command: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Table:
    """Where rows of a topic come from: a TextFSM template, a pattern, or pieces with a pattern for each field."""

    command: str
    template: str | None = None
    pattern: re.Pattern[str] | None = None
    split: re.Pattern[str] | None = None  # the output is cut before each match, and each piece is one row of `fields`
    columns: Mapping[str, str] = field(default_factory=dict)  # fact field -> column
    fields: Mapping[str, re.Pattern[str]] = field(default_factory=dict)  # fact field -> pattern within the piece
    keep: Mapping[str, re.Pattern[str]] = field(default_factory=dict)  # a row stays if these fact fields match
    drop: Mapping[str, re.Pattern[str]] = field(default_factory=dict)  # and goes if any of these does
    carry: tuple[str, ...] = ()  # fact fields that a piece takes from the one before it: the port over several neighbours
    protocol: str = "lldp"


@dataclass(frozen=True, slots=True)
class Platform:
    name: str
    reached_by: Literal["console", "shell", "powershell"]
    driver: str  # netmiko's device_type
    vendor: str | None
    kind: str | None
    kinds: Mapping[str, re.Pattern[str]]  # kind -> models that are of it, before `kind`
    verified: bool  # false: made from documents, never seen by us
    object_ids: tuple[str, ...]
    sys_descr: re.Pattern[str] | None
    banner: re.Pattern[str] | None
    user_suffix: str
    session: tuple[str, ...]  # settings of our own terminal session, sent after login; errors there are passed over
    allowed: tuple[re.Pattern[str], ...]
    errors: re.Pattern[str] | None
    settle_s: float  # quiet time after a prompt, for consoles that print it twice
    ports: Mapping[str, str]  # beginnings of port names as consoles shorten them -> as ifName has them
    topics: Mapping[Topic, tuple[str, ...]]
    identity: Mapping[str, tuple[Lines, ...]]
    tables: Mapping[str, tuple[Table, ...]]  # interfaces, components, neighbours, own, arp, forwarding

    def permitted(self, command: str) -> str:
        """The command, if it may be sent. Raises ForbiddenCommand."""
        if FORBIDDEN.search(command) or not any(pattern.fullmatch(command) for pattern in self.allowed):
            raise ForbiddenCommand(f"{self.name}: {command!r}")
        return command

    @property
    def commands(self) -> tuple[str, ...]:
        """All commands once, identity first."""
        return tuple(dict.fromkeys(command for topic in Topic for command in self.topics.get(topic, ())))

    def port(self, said: str) -> str:
        """A port's name as ifName has it: "GE1/0/1" -> "GigabitEthernet1/0/1" on Comware, the other way round on IOS."""
        match = re.match(r"([A-Za-z\-]+) ?(\d.*)$", said.strip())
        if match and match[1] in self.ports:
            return self.ports[match[1]] + match[2]
        return said.strip()


_PIECES = {"identity", "interfaces", "components", "neighbours", "own", "arp", "forwarding"}
_KNOWN = {
    "driver",
    "reached_by",
    "vendor",
    "kind",
    "kinds",
    "verified",
    "object_ids",
    "sys_descr",
    "banner",
    "user_suffix",
    "session",
}
_KNOWN |= {"allowed", "errors", "settle_s", "ports", "topics"} | _PIECES


def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of a platform's file: any case, `^` and `$` at each line, and spaces (`\\s*`, `\\s+`) within one line only.

    Rows are lines: a column that is empty must not be filled from the next row.
    """
    pattern = re.sub(r"\\s(?=[*+?{])", r"[^\\S\n]", pattern)
    return re.compile(pattern, re.MULTILINE | re.IGNORECASE)


def _maybe(pattern: str | None) -> re.Pattern[str] | None:
    return None if pattern is None else _compiled(pattern)


def _all_compiled(patterns: Mapping[str, str] | None) -> dict[str, re.Pattern[str]]:
    return {name: _compiled(pattern) for name, pattern in (patterns or {}).items()}


def _table(row: Mapping[str, Any]) -> Table:
    return Table(
        command=row["command"],
        template=row.get("template"),
        pattern=_maybe(row.get("pattern")),
        split=_maybe(row.get("split")),
        columns=row.get("columns") or {},
        fields=_all_compiled(row.get("fields")),
        keep=_all_compiled(row.get("keep")),
        drop=_all_compiled(row.get("drop")),
        carry=tuple(row.get("carry", ())),
        protocol=row.get("protocol", "lldp"),
    )


def _platform(name: str, data: Mapping[str, Any]) -> Platform:
    unknown = set(data) - _KNOWN
    if unknown:
        raise ValueError(f"platforms/{name}.yaml: unknown {sorted(unknown)}")
    platform = Platform(
        name=name,
        reached_by=data.get("reached_by", "console"),
        driver=data.get("driver", "generic"),
        vendor=data.get("vendor"),
        kind=data.get("kind"),
        kinds=_all_compiled(data.get("kinds")),
        verified=data.get("verified", True),
        object_ids=tuple(data.get("object_ids", ())),
        sys_descr=_maybe(data.get("sys_descr")),
        banner=_maybe(data.get("banner")),
        user_suffix=data.get("user_suffix", ""),
        session=tuple(data.get("session", ())),
        allowed=tuple(re.compile(pattern) for pattern in data["allowed"]),
        errors=_maybe(data.get("errors")),
        settle_s=data.get("settle_s", 0.0),
        ports=data.get("ports") or {},
        topics={Topic(topic): tuple(commands) for topic, commands in (data.get("topics") or {}).items()},
        identity={
            field_name: tuple(Lines(command, _compiled(pattern)) for command, pattern in ways)
            for field_name, ways in (data.get("identity") or {}).items()
        },
        tables={piece: tuple(map(_table, data[piece])) for piece in _PIECES - {"identity"} if piece in data},
    )
    for command in (*platform.session, *platform.commands):
        platform.permitted(command)
    return platform


@cache
def platforms() -> Mapping[str, Platform]:
    """All platforms by name. A file that is wrong raises here, at the first use, and in the tests."""
    found = {}
    for file in sorted((Path(__file__).parent / "platforms").glob("*.yaml")):
        found[file.stem] = _platform(file.stem, yaml_files.read(file))
    return found


def choose(sys_object_id: str | None, sys_descr: str | None, banner: str, named: str | None) -> Platform | None:
    """The platform of a device: by sysDescr, by the longest prefix of sysObjectID, by the SSH banner, else as the login names it.

    sysDescr is before sysObjectID because makers number their firewalls among their switches; netmiko's SSHDetect is not used: it
    takes minutes, types commands of other makes, and does not know half of ours.
    """
    known = platforms()
    if sys_descr:
        for platform in known.values():
            if platform.sys_descr is not None and platform.sys_descr.search(sys_descr):
                return platform
    if sys_object_id:
        oid = "." + sys_object_id.strip(".") + "."
        fits = [(len(p), platform) for platform in known.values() for p in platform.object_ids if oid.startswith(p + ".")]
        if fits:
            return max(fits, key=lambda fit: fit[0])[1]
    fitting = next((p for p in known.values() if p.banner is not None and p.banner.search(banner)), None)
    # OpenSSH is in Junos, NX-OS and AOS-CX too: what a person says counts for more than its banner.
    if named is not None and named in known and (fitting is None or fitting.reached_by == "shell"):
        return known[named]
    return fitting
