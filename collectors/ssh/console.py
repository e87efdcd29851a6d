"""The console of a network device: netmiko's drivers, held to reading.

Two of netmiko's drivers change the device at login (FortiOS: the console's output mode; Huawei: the configuration is saved at one
banner), others want the enable password, most wait longer than the device takes. So `ReadOnly` stands before every driver: it
answers No to questions, turns pages instead of configuring paging away where that is a configuration, waits for the prompt
itself, and has no way to configure. netmiko never learns the password: the connection is made, and its host key checked, before.
"""

from __future__ import annotations

import codecs
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NoReturn

import paramiko
from netmiko.base_connection import BaseConnection
from netmiko.channel import SSHChannel
from netmiko.ssh_dispatcher import CLASS_MAPPER

from collectors.ssh import terminal
from collectors.ssh.connection import Connection, Deadline, Limits
from collectors.ssh.misfortune import Misfortune
from collectors.ssh.platforms import ForbiddenCommand, Platform
from inventory.facts import Outcome

_PROMPT = re.compile(r"^(?=.{1,120}$)(?:[^\s>#$%].*)?[\w)\]>~*@:\- ][>#$%\]]\s*$|^<[^<>]{1,100}>\s*$|^[\w.\-]{1,60}[>#$%]\s*$")
_MORE = re.compile(
    r"-{2,4} ?\(?more\)? ?(?:\d+%)?-{0,4}.{0,60}$|-- \[Q quit.*\]$|press any key to continue.{0,20}$|Quit SPACE n Next Page.*$"
    r"|<--- More --->$|---\(more(?: \d+%)?\)---$|Press Enter to continue or .*$",
    re.IGNORECASE,
)
#: Questions at login: change the password, save the configuration, read the licence. The answer is always no.
_QUESTION = re.compile(r"\[(?:y/n|yes/no)\][:? ]*$|\(y/n\)[:? ]*$|license\? \[y/n\].*$", re.IGNORECASE)
#: How makes say that they do not know a command: a device asked in another make's words must not look like an empty one.
_UNKNOWN_COMMAND = re.compile(
    r"^\s*(?:ERROR: )?%+ ?(?:invalid|unknown|unrecognized|ambiguous|incomplete|bad |too many)|^Invalid input: |^\s*syntax error|"
    r"unrecognized command|unknown command|bad command name|unknown action|command parse error|command not found|^error: ",
    re.IGNORECASE | re.MULTILINE,
)
_ACCEPT = re.compile(r"to accept\W*$", re.IGNORECASE)  # FortiOS' login banner: a
_MOST = 16 * 1024 * 1024
_TAIL = 4096  # characters looked at for a prompt, and for the echo of a command
_ECHO_WITHIN = 10  # lines
_NO_ECHO_S = 3.0  # quiet time after which a prompt counts on consoles that do not echo


@dataclass(slots=True)
class Answers:
    """What came of the commands. A command is in `outputs`, in `missing` (the device does not know it), or was not reached."""

    outputs: dict[str, str] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    cut: Outcome | None = None  # what ended the session early: DROPPED or SILENT


class _Gone(Exception):
    pass


class _Quiet(Exception):
    pass


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _is_waiting(last_line: str) -> bool:
    """Whether a console waits for us: with a question, or with what looks like a prompt."""
    return bool(_QUESTION.search(last_line) or _ACCEPT.search(last_line) or _PROMPT.match(last_line))


class ReadOnly(BaseConnection):
    """Stands before a netmiko driver class; see the module's text."""

    connection: Connection
    platform: Platform
    limits: Limits
    deadline: Deadline
    _prompt: str = ""

    def establish_connection(self, width: int = 511, height: int = 1000) -> None:
        channel = self.connection.transport.open_session(timeout=self.deadline.left(self.limits.answer))
        channel.settimeout(self.deadline.left(self.limits.answer))
        channel.get_pty("vt100", width, height)
        channel.invoke_shell()
        self.remote_conn = channel
        self.channel = SSHChannel(conn=channel, encoding=self.encoding)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace")

    def _try_session_preparation(self, force_data: bool = True) -> None:  # noqa: ARG002 - netmiko's signature
        self.session_preparation()

    def session_preparation(self) -> None:
        """Gets past banners and questions to the prompt, and sets up our own terminal."""
        said = ""
        for _ in range(20):
            said = self._read_until(_is_waiting, 0.15, self.limits.prompt)
            last = said.rsplit("\n", 1)[-1].strip()
            if _QUESTION.search(last):
                self.write_channel("N" + self.RETURN)
            elif _ACCEPT.search(last):
                self.write_channel("a\r")
            else:
                # Asked again with an empty line: the same last line twice is a prompt, and not the end of a banner.
                if last == self._prompt:
                    break
                self._prompt = last
                self.write_channel(self.RETURN)
        else:
            raise _Quiet
        self.base_prompt = self._prompt
        for command in self.platform.session:
            self.ask(command)

    def ask(self, command: str) -> str:
        """The output of one command, without its echo and the prompt. Raises _Gone, _Quiet, ForbiddenCommand."""
        self.write_channel(self.platform.permitted(command) + self.RETURN)
        said = self._read_until(lambda tail: tail.strip() == self._prompt, self.platform.settle_s, self.limits.answer, command)
        lines = said.split("\n")[:-1]
        for number, line in enumerate(lines[:_ECHO_WITHIN]):
            if _squeezed(line).endswith(_squeezed(command)):
                lines = lines[number + 1 :]
                break
        return "\n".join(lines).strip("\n")

    def _read_until(self, ended: Callable[[str], bool], settle_s: float, patience_s: float, echo: str = "") -> str:
        """What a terminal shows, up to a last line for which `ended` holds and after which nothing comes for `settle_s`.

        Raises _Quiet when nothing comes for `patience_s` or the device's time is over, _Gone when the channel closes.
        """
        sent, size, turned, echoed = "", 0, 0, not echo
        channel = self.remote_conn
        assert isinstance(channel, paramiko.Channel)
        while True:
            settled = False
            tail = terminal.shown(sent[-_TAIL:]).rsplit("\n", 1)
            if sent and ended(tail[-1]):
                # A prompt before our command's echo is a late one, of the line before.
                echoed = echoed or _squeezed(echo) in _squeezed(terminal.shown(sent[:_TAIL]))
                if echoed and settle_s == 0:
                    return terminal.shown(sent)
                settled = True
            elif _MORE.search(tail[-1]) and len(sent) > turned:
                turned = len(sent)
                self.write_channel(self.RETURN if "enter to" in tail[-1].lower() else " ")
            wait = (settle_s if echoed else _NO_ECHO_S) if settled else self.deadline.left(patience_s)
            if wait <= 0 or size > _MOST:
                raise _Quiet
            channel.settimeout(wait)
            try:
                data = channel.recv(65536)
            except TimeoutError:
                if settled:
                    return terminal.shown(sent)
                raise _Quiet from None
            if not data:
                raise _Gone
            size += len(data)
            sent += self._decode.decode(data)

    def special_login_handler(self, delay_factor: float = 1.0) -> None:
        """Nothing: questions are answered in session_preparation."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002 - stands for methods of many shapes
        raise ForbiddenCommand("this connection only reads")

    enable = config_mode = send_config_set = send_config_from_file = save_config = commit = _refuse
    disable_paging = set_terminal_width = send_command_timing = _refuse


@cache
def driver(device_type: str) -> type[ReadOnly]:
    """netmiko's driver of this name behind `ReadOnly`, registered with netmiko as `kiemke_<name>`."""
    base = CLASS_MAPPER[device_type]
    made = type(f"ReadOnly{base.__name__}", (ReadOnly, base), {})
    CLASS_MAPPER[f"kiemke_{device_type}"] = made
    return made


def ask(connection: Connection, platform: Platform, limits: Limits, deadline: Deadline) -> Answers:
    """Runs the platform's commands in one session. What came before a cut is kept.

    Raises Misfortune when there was no prompt to begin with.
    """
    answers = Answers()
    console = driver(platform.driver)(
        device_type=f"kiemke_{platform.driver}", host=connection.place, username="", auto_connect=False, fast_cli=False
    )
    console.connection, console.platform, console.limits, console.deadline = connection, platform, limits, deadline
    started = time.monotonic()
    try:
        console._open()  # the way that netmiko has for connections of one's own
    except (_Gone, EOFError, OSError, paramiko.SSHException):
        raise Misfortune(Outcome.DROPPED, "ssh_dropped", place=connection.place) from None
    except _Quiet:
        waited = time.monotonic() - started
        if not console._prompt:
            raise Misfortune(Outcome.SILENT, "ssh_silent", place=connection.place, seconds=round(waited)) from None
        raise Misfortune(Outcome.GARBLED, "ssh_no_prompt", place=connection.place) from None
    for command in platform.commands:
        try:
            output = console.ask(command)
        except (_Gone, EOFError, OSError, paramiko.SSHException):
            answers.cut = Outcome.DROPPED
            break
        except _Quiet:
            answers.cut = Outcome.SILENT
            break
        if is_error(platform, output):
            answers.missing.add(command)
        else:
            answers.outputs[command] = output
    return answers


def is_error(platform: Platform, output: str) -> bool:
    """Whether the device says that it does not know the command: such words stand in the first lines only."""
    beginning = "\n".join(output.split("\n")[:4])
    return bool(_UNKNOWN_COMMAND.search(beginning)) or (platform.errors is not None and bool(platform.errors.search(beginning)))
