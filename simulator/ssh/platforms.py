"""How the command lines of the makes behave, as data; from the vendors' command references."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import dropwhile


@dataclass(frozen=True, slots=True)
class Platform:
    """One command line. Patterns of commands are lower case, their words may be abbreviated by who types."""

    unknown: str  # the error for a command that there is not; {command} and {caret} (spaces up to the end of the prompt)
    more: str  # the paging prompt
    paging_off: tuple[str, ...] = ()  # commands that stop the paging, without output
    quiet: tuple[str, ...] = ()  # other session settings that are accepted without output
    leave: tuple[str, ...] = ("exit", "quit", "logout")
    enable: bool = False  # an unprivileged prompt ">" becomes "#" after `enable` and the password
    pages: bool = True  # whether long outputs stop before the paging is turned off
    welcome: str = ""  # shown after the login, before the device's own message
    press_any_key: bool = False  # to get past the welcome
    configure: tuple[str, ...] = ()  # what enters the configuration; a collector must never get here
    abbreviates: bool = True
    pipes: tuple[str, ...] = ()  # filters after "|", by their full names: include, exclude, begin, grep


CISCO = Platform(
    unknown="{caret}^\n% Invalid input detected at '^' marker.\n",
    more=" --More-- ",
    paging_off=("terminal length 0", "terminal datadump"),
    quiet=("terminal width 511", "terminal no monitor", "terminal exec prompt no timestamp"),
    enable=True,
    pipes=("include", "exclude", "begin"),
    configure=("configure terminal",),
)
HUAWEI = Platform(
    unknown="{caret}^\nError: Unrecognized command found at '^' position.",
    more="  ---- More ----",
    paging_off=("screen-length 0 temporary",),
    quiet=("undo terminal monitor", "screen-width 512"),
    leave=("quit",),
    pipes=("include", "exclude", "begin"),
    configure=("system-view",),
)
COMWARE = Platform(
    unknown="{caret}^\n % Unrecognized command found at '^' position.",
    more="---- More ----",
    paging_off=("screen-length disable",),
    quiet=("undo terminal monitor",),
    leave=("quit",),
    pipes=("include", "exclude", "begin"),
    configure=("system-view",),
)
PROCURVE = Platform(
    unknown="Invalid input: {command}",
    more="-- MORE --, next page: Space, next line: Enter, quit: Control-C",
    paging_off=("no page", "terminal length 1000"),
    quiet=("terminal width 511", "terminal width 1920"),
    enable=True,
    welcome="(C) Copyright 1991-2017 Hewlett Packard Enterprise Development LP\nAll Rights Reserved.\n",
    press_any_key=True,
    configure=("configure",),
)
MIKROTIK = Platform(
    unknown="bad command name {word} (line 1 column 1)",
    more="-- [Q quit|D dump|down]",
    leave=("/quit", "quit"),
    pages=False,
    configure=(),
    abbreviates=False,
)
FORTINET = Platform(
    unknown="Unknown action 0\nCommand fail. Return code -1",
    more="--More-- ",
    leave=("exit", "quit"),
    pipes=("grep",),
    configure=("config system console", "config global", "config system global"),
)
GENERIC = Platform(
    unknown="% Unknown command", more="--More--", paging_off=("terminal length 0", "no page", "screen-length disable")
)

PLATFORMS = {
    "cisco_ios": CISCO,
    "cisco_nxos": CISCO,
    "cisco_s300": CISCO,
    "ruijie_os": CISCO,
    "huawei": HUAWEI,
    "huawei_vrp": HUAWEI,
    "hp_comware": COMWARE,
    "hp_procurve": PROCURVE,
    "aruba_osswitch": PROCURVE,
    "mikrotik_routeros": MIKROTIK,
    "fortinet": FORTINET,
}


def filtered(output: str, pipe: str, pattern: str) -> str:
    """The rows that a filter lets through; the pattern is taken as plain text when it is not a regular expression."""
    try:
        matches = re.compile(pattern).search
    except re.error:
        matches = re.compile(re.escape(pattern)).search
    rows = output.splitlines()
    if pipe == "begin":
        rows = list(dropwhile(lambda row: not matches(row), rows))
    else:
        rows = [row for row in rows if bool(matches(row)) != (pipe == "exclude")]
    return "".join(row + "\n" for row in rows)


def platform(name: str) -> Platform:
    """How a platform behaves; a plain command line for one that is not known."""
    return PLATFORMS.get(name, GENERIC)


def said(typed: str, command: str, *, abbreviates: bool = True) -> bool:
    """Whether what was typed means this command: word by word, each the beginning of the command's."""
    typed_words, words = typed.lower().split(), command.lower().split()
    if not abbreviates:
        return typed_words == words
    return len(typed_words) == len(words) and all(word.startswith(t) for t, word in zip(typed_words, words, strict=True))
