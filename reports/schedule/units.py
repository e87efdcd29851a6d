"""systemd units for a schedule: a timer and a service for each entry, and a service that tells when one of them failed.

Pure: texts by file name. Names begin with `kiemke-<workspace>-`, where `<workspace>` is the folder's name and six digits of a
hash of its path: the units of several workspaces live side by side. Options after systemd.service(5), systemd.exec(5),
systemd.timer(5).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from reports.schedule.entries import BUSY_STATUS, REPORT, Entry, Schedule
from reports.schedule.reading import slug

#: What a run gets beyond its tries: to write its record, and to send its mails.
AROUND_S = 900
#: How long the process gets to end its child and write the record, when it is told to stop.
STOP_S = 60
#: SNMP, SSH, mail and kernels on loopback; names are looked up over all of them.
_NETWORK = "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK"


@dataclass(frozen=True, slots=True)
class Place:
    """Where and as whom the units run. `writable`: folders outside the workspace that are written to (of reports, on a share);
    `home`: the account's home folder; `prefixes`: where Python and the program are.
    """

    workspace: Path
    command: tuple[str, ...]
    writable: tuple[Path, ...] = ()
    prefixes: tuple[Path, ...] = ()
    user: str = ""  # of a system unit; empty: root, or the user's own manager
    group: str = ""
    home: Path | None = None
    system: bool = True

    @property
    def stem(self) -> str:
        digest = hashlib.sha256(str(self.workspace).encode()).hexdigest()[:6]
        return f"kiemke-{slug(self.workspace.name) or 'workspace'}-{digest}"

    @property
    def mark(self) -> str:
        """The first line of every file that is ours: by it, and by nothing else, a file is known as one that may be replaced."""
        return f"# kiemke schedule install: {self.workspace}"


def unit_files(schedule: Schedule, place: Place) -> dict[str, str]:
    """All units' texts by file name."""
    files = {f"{place.stem}-failed@.service": _failed(place)}
    for entry in schedule.entries.values():
        files[f"{place.stem}-{entry.name}.service"] = _service(entry, place)
        files[f"{place.stem}-{entry.name}.timer"] = _timer(entry, schedule, place)
    return dict(sorted(files.items()))


def timers(files: Iterable[str]) -> list[str]:
    return [name for name in files if name.endswith(".timer")]


def _service(entry: Entry, place: Place) -> str:
    tries = entry.retries + 1
    grace = 90 if entry.kind == REPORT else 30
    longest = tries * (entry.timeout_s + grace) + entry.retries * entry.retry_after_s + AROUND_S
    unit = [
        f"Description=Kiểm Kê: {entry.name} ({entry.run})",
        f"OnFailure={place.stem}-failed@{entry.name}.service",
        *(["Wants=network-online.target", "After=network-online.target"] if place.system else []),
    ]
    service = [
        "Type=oneshot",
        f"ExecStart={_command(place, 'schedule', 'run', entry.name)}",
        f"TimeoutStartSec={longest}",
        f"TimeoutStopSec={STOP_S}",
        "KillMode=mixed",  # the run itself is told first, and ends its child and writes the record
        f"SuccessExitStatus={BUSY_STATUS}",
        "Nice=10",
        "IOSchedulingClass=best-effort",
        "IOSchedulingPriority=7",
        *_everywhere(place, entry.name),
    ]
    return _text(place, ("Unit", unit), ("Service", service))


def _failed(place: Place) -> str:
    unit = ["Description=Kiểm Kê: %i failed, and somebody is told"]
    service = [
        "Type=oneshot",
        f"ExecStart={_command(place, 'schedule', 'failed')} %i",
        f"TimeoutStartSec={AROUND_S}",
        *_everywhere(place, "failed-%i"),
    ]
    return _text(place, ("Unit", unit), ("Service", service))


def _timer(entry: Entry, schedule: Schedule, place: Place) -> str:
    unit = [f"Description=Kiểm Kê: {entry.name}, {_plain(entry.when)}"]
    timer = [
        f"OnCalendar={entry.calendar} {schedule.zone_name}",
        "Persistent=true",  # what was missed while the machine was off is run once when it is on again
        "AccuracySec=1min",
    ]
    return _text(place, ("Unit", unit), ("Timer", timer), ("Install", ["WantedBy=timers.target"]))


def _everywhere(place: Place, name: str) -> list[str]:
    """As whom, where, and what it may do."""
    runtime = f"{place.stem}-{name}"
    lines = [
        f"WorkingDirectory={str(place.workspace).replace('%', '%%')}",  # the one path that systemd takes without quotes only
        # What Jupyter, IPython, matplotlib and fontconfig keep for themselves must not need the home folder.
        f"RuntimeDirectory={runtime}",
        "RuntimeDirectoryMode=0700",
        f"Environment=JUPYTER_RUNTIME_DIR=%t/{runtime}/jupyter IPYTHONDIR=%t/{runtime}/ipython",
        f"Environment=MPLCONFIGDIR=%t/{runtime}/matplotlib XDG_CACHE_HOME=%t/{runtime}/cache",
        "NoNewPrivileges=yes",
        _NETWORK,
        "RestrictRealtime=yes",
        "RestrictSUIDSGID=yes",
        "LockPersonality=yes",
        "SystemCallArchitectures=native",
        "SystemCallFilter=@system-service",
        "SystemCallErrorNumber=EPERM",
    ]
    if not place.system:  # a user's own manager may not do the rest
        return lines
    # The home folder holds SSH keys and a keyring; others' are not looked at. It can only be shut where nothing of ours is in it.
    inside = [place.workspace, *place.writable, *place.prefixes, *([place.home] if place.home else [])]
    homes = any(part.is_relative_to(top) for part in inside for top in ("/home", "/root", "/run/user"))
    shared = (place.workspace, *place.writable, *place.prefixes)
    temporary = any(part.is_relative_to(top) for part in shared for top in ("/tmp", "/var/tmp"))  # noqa: S108 - told, not used
    return [
        *([f"User={place.user}"] if place.user else []),
        *([f"Group={place.group}"] if place.group else []),
        *lines,
        "ProtectSystem=strict",
        *(f"ReadWritePaths={_escaped(str(folder))}" for folder in (place.workspace, *place.writable)),
        f"ProtectHome={'read-only' if homes else 'yes'}",
        f"PrivateTmp={'no' if temporary else 'yes'}",
        *(["ReadWritePaths=/tmp"] if temporary else []),
        "PrivateDevices=yes",
        "ProtectClock=yes",
        "ProtectHostname=yes",
        "ProtectControlGroups=yes",
        "ProtectKernelLogs=yes",
        "ProtectKernelModules=yes",
        "ProtectKernelTunables=yes",
        "ProtectProc=invisible",
        "RestrictNamespaces=yes",
        "RemoveIPC=yes",
        "CapabilityBoundingSet=",
        "AmbientCapabilities=",
    ]


def _command(place: Place, *arguments: str) -> str:
    words = (*place.command, *arguments, "--workspace", str(place.workspace))
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    """A word of a command line, as systemd.service(5) reads it."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return escaped if re.fullmatch(r"[\w@%+=:,./$-]+", escaped) else f'"{escaped}"'


def _escaped(path: str) -> str:
    """A path of a list of paths: specifiers and spaces kept as they are meant."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return escaped if re.fullmatch(r"[\w@%+=:,./$-]+", escaped) else f'"{escaped}"'


def _plain(text: str) -> str:
    return " ".join(text.replace("%", "%%").replace("\\", "\\\\").split())


def _text(place: Place, *sections: tuple[str, list[str]]) -> str:
    blocks = ["\n".join((f"[{name}]", *lines)) for name, lines in sections]
    return "\n".join((place.mark, "\n\n".join(blocks), ""))
