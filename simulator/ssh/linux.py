"""A Linux machine's exec channel: the received script really runs, in `/bin/sh`, among the simulated machine's own files.

No mounts and no privileges: absolute paths in the script are turned to a private folder that holds the machine's files, and PATH
leads to small stand-ins that print the machine's command outputs, beside the real machine's plain text tools. What the script
prints has the folder's name taken out again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from simulator.agent import LinuxFacts

#: Tools of the real machine that only turn text into text.
BASICS = """[ awk base64 basename cat cut date dirname echo egrep env expr false find fold gawk grep head ls mawk nl od paste
printf pwd readlink sed seq sh sleep sort stat tail test timeout tr true uniq wc which xargs"""
#: Where a script's absolute paths begin. /bin/sh, /usr/bin/env and the harmless devices stay the real ones.
ABSOLUTE = re.compile(
    r"(?<![\w.}~$*?-])/(?!dev/(?:null|zero|stdin|stdout|stderr|fd|tty)\b|bin/sh\b|usr/bin/env\b)"
    r"(?=(?:sys|proc|etc|var|usr|lib|opt|root|home|run|boot|dev|sbin|bin|srv|mnt|media|tmp)(?:/|\b))"
)
TIMEOUT_S = 30.0
MOST_OUTPUT = 4 << 20
NOBODY = 65534


@dataclass(frozen=True, slots=True)
class Ran:
    stdout: bytes
    stderr: bytes
    status: int


class Machine:
    """A machine's files and commands, laid out in a folder of its own, inside `folder`, at first use."""

    def __init__(self, facts: LinuxFacts, user: str, folder: Path) -> None:
        self._facts, self._user, self._folder = facts, user, folder
        self._root: Path | None = None

    def root(self) -> Path:
        if self._root is None:
            self._root = Path(tempfile.mkdtemp(dir=self._folder))
            self._root.chmod(0o755)
            self._lay_out(self._root)
        return self._root

    def remove(self) -> None:
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)
            self._root = None

    def _lay_out(self, root: Path) -> None:
        facts = self._facts
        for folder in {_inside(root, path).parent for path in (*facts.files, *facts.denied)}:
            folder.mkdir(parents=True, exist_ok=True)
        for path, content in facts.files.items():
            place = _inside(root, path)
            place.write_text(content, encoding="utf-8")
            place.chmod(0o444)  # nobody writes here
            os.utime(place, (facts.modified.get(path, 0),) * 2)
        for path in facts.denied:
            place = _inside(root, path)
            place.touch()
            place.chmod(0)
        tools, outputs = root / "usr" / "bin", root / ".outputs"
        tools.mkdir(parents=True, exist_ok=True)
        outputs.mkdir()
        by_tool: dict[str, list[tuple[str, Path]]] = {}
        for number, (command, output) in enumerate(facts.commands.items()):
            words = command.split()
            place = outputs / str(number)
            place.write_text(output, encoding="utf-8")
            by_tool.setdefault(words[0], []).append((" ".join(words), place))
            if words[0] == "sudo":  # what root may run is there for others too, and fails
                tool = next(word for word in words[1:] if not word.startswith("-"))
                if tool not in BASICS.split():
                    by_tool.setdefault(tool, [])
        for tool in ("sudo", "id"):
            by_tool.setdefault(tool, [])
        for tool, known in by_tool.items():
            script = tools / Path(tool).name
            script.write_text(_stand_in(tool, known, root, self._user), encoding="utf-8")
            script.chmod(0o755)
        for name, kept in (("sbin", tools), ("usr/sbin", tools), ("bin", _basics(self._folder))):
            place = root / name
            if not place.exists():
                place.symlink_to(kept)

    async def run(self, command: str, stdin: bytes) -> Ran:
        """Runs a command line with this standard input. Never raises for what the command does."""
        root = self.root()
        turned = turn(command, root)
        fed = turn(stdin.decode("utf-8", "surrogateescape"), root).encode("utf-8", "surrogateescape")
        identity: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        tools = f"{root}/usr/bin:{root}/bin"
        process = await asyncio.create_subprocess_exec(
            "/bin/sh", "-c", turned,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            cwd=root, env={"PATH": tools, "HOME": f"{root}", "LANG": "C.UTF-8", "USER": self._user, "LOGNAME": self._user},
            start_new_session=True, **identity,
        )  # fmt: skip
        try:
            out, err = await asyncio.wait_for(process.communicate(fed), TIMEOUT_S)
        except TimeoutError:
            out, err = b"", b"timed out\n"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        status = process.returncode if process.returncode is not None else 124
        prefix = str(root).encode()
        return Ran(out.replace(prefix, b"")[:MOST_OUTPUT], err.replace(prefix, b"")[:MOST_OUTPUT], status)


@cache
def _basics(folder: Path) -> Path:
    """A folder with the real machine's plain text tools, in `folder` for all its machines."""
    tools = folder / "basics"
    tools.mkdir()
    for name in BASICS.split():
        real = shutil.which(name)
        if real:
            (tools / name).symlink_to(real)
    return tools


def turn(script: str, root: Path) -> str:
    """The script with its absolute paths under `root`."""
    return ABSOLUTE.sub(f"{root}/", script)


def _inside(root: Path, path: str) -> Path:
    place = Path(os.path.normpath(f"{root}/{path}"))
    if not place.is_relative_to(root):
        raise ValueError(f"{path} is not an absolute path")
    return place


def _stand_in(tool: str, known: list[tuple[str, Path]], root: Path, user: str) -> str:
    """A script that prints what the machine's command prints; for sudo, what root is shown, or that a password is required.

    The known command line is exactly the given one, else the longest whose words are all given: `lsblk -J -b -o NAME` is answered
    as `lsblk -J -b`. JSON is never given where it was not asked for, nor text where JSON was: old tools have no JSON.
    """
    sorry = f'echo "{tool}: permission denied or invalid arguments" >&2; exit 1'
    if tool == "sudo":
        sorry = 'echo "sudo: a password is required" >&2; exit 1'
    elif tool == "id":
        sorry = f"""case "$line" in *-un*) echo {_quoted(user)} ;; *-u*) echo 1000 ;;
*) echo 'uid=1000({user}) gid=1000({user}) groups=1000({user})' ;; esac"""
    exact = "".join(f"{_quoted(line)}) exec cat {_quoted(str(place))} ;;\n" for line, place in known)
    longest_first = sorted(known, key=lambda pair: -len(pair[0].split()))
    near = "".join(
        f"given {_wanted(line)} {' '.join(map(_quoted, line.split()))} && exec cat {_quoted(str(place))}\n"
        for line, place in longest_first
    )
    # Without a process of its own for anything but the answer: a script asks often.
    return f"""#!/bin/sh
line={_quoted(tool)}"${{*:+ $*}}"
while :; do
    case "$line" in *{root}*) line="${{line%%{root}*}}${{line#*{root}}}" ;; *) break ;; esac
done
case "$line" in
{exact}esac
case " $line " in *" -j "*|*" -J "*|*" --json "*) wanted=json ;; *) wanted=text ;; esac
given() {{
    [ "$1" = "$wanted" ] || return 1
    shift
    for word; do case " $line " in *" $word "*) ;; *) return 1 ;; esac; done
}}
{near}{sorry}
"""


def _wanted(line: str) -> str:
    """Whether a command line asks for JSON, or for text."""
    return "json" if {"-j", "-J", "--json"} & set(line.split()) else "text"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
