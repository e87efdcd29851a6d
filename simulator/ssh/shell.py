"""A session at a network device: it echoes, shows its prompt, pages, and answers what it knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from simulator.agent import SshFace
from simulator.ssh.platforms import Platform, filtered, platform, said

PAGE_ROWS = 24
#: A line longer than this is not typed by anybody.
LONGEST_LINE = 4096


class Terminal(Protocol):
    """The device's side of a terminal: characters as they are typed, and text with plain newlines to show."""

    async def read(self) -> str:
        """What was typed; the empty string at the end."""

    def write(self, text: str) -> None: ...


class Dropped(Exception):
    """The device cuts the connection."""


class Shell:
    """One interactive session. `log` is told every line before it is answered."""

    def __init__(self, face: SshFace, terminal: Terminal, log: Callable[[str], None]) -> None:
        self._face, self._terminal, self._log = face, terminal, log
        self._platform: Platform = platform(face.platform)
        self._prompt = face.prompt
        self._typed = ""  # not yet consumed
        self._paging = self._platform.pages or face.fault.paging
        self._after_cr = False
        self._answered = 0

    async def run(self) -> None:
        """Until the user leaves. Raises Dropped where the fault says so."""
        try:
            await self._greet()
            while True:
                self._terminal.write(self._prompt)
                line = (await self._line()).strip()
                if not line:
                    continue
                self._log(line)
                if any(said(line, leave, abbreviates=False) for leave in self._platform.leave):
                    return
                await self._answer(line)
        except EOFError:
            return

    async def _greet(self) -> None:
        motd = self._face.motd.rstrip("\n")
        asks = motd.rstrip(" :").upper().endswith("[Y/N]")  # "The password needs to be changed. Change now? [Y/N]:"
        self._terminal.write(self._platform.welcome + motd + ("\n" if motd and not asks else ""))
        if self._platform.press_any_key:
            self._terminal.write("Press any key to continue")
            await self._key()
            self._terminal.write("\n")
        if asks:
            answer = await self._line()
            self._log(answer.strip())
            if answer.strip().lower().startswith("y"):
                self._terminal.write("Please enter old password: ")
                self._log(f"(a new password) {len(await self._line(echo=False))} characters")
                self._terminal.write("\nInfo: The configuration was saved.\n")

    async def _answer(self, line: str) -> None:
        fault = self._face.fault
        self._answered += 1
        output = self._output(line)
        if fault.drop_after and self._answered > fault.drop_after:
            self._terminal.write(output[: len(output) // 2])
            raise Dropped
        if said(line, "enable") and self._platform.enable:
            await self._enable()
            return
        await self._show(output, line)

    def _output(self, line: str) -> str:
        how = self._platform
        if any(said(line, command) for command in (*how.paging_off, *how.quiet)):
            if any(said(line, command) for command in how.paging_off):
                self._paging = self._face.fault.paging
            return ""
        typed = " ".join(line.split())
        before, bar, after = typed.partition(" | ")
        pipe, _, pattern = after.partition(" ")
        meant_pipes = [known for known in how.pipes if pipe and known.startswith(pipe)]
        if bar and pattern and meant_pipes:
            return filtered(self._output(before), meant_pipes[0], pattern.strip("\"'"))
        for command, output in self._face.commands.items():
            if said(typed, command, abbreviates=False):
                return output
        if how.abbreviates:
            meant = [output for command, output in self._face.commands.items() if said(typed, command)]
            if len(meant) == 1:
                return meant[0]
        if any(said(typed, command) for command in how.configure):
            return ""  # it would be obeyed; the log is what tells on who typed it
        word = typed.split()[0]
        return how.unknown.format(command=typed, word=word, caret=" " * len(self._prompt))

    async def _enable(self) -> None:
        if not self._prompt.rstrip().endswith(">"):
            return
        self._terminal.write("Password: ")
        password = (await self._line(echo=False)).strip()
        self._terminal.write("\n")
        if password in self._face.users.values():
            self._prompt = self._prompt.rstrip()[:-1] + "#" + self._prompt[len(self._prompt.rstrip()) :]
        else:
            self._terminal.write("% Access denied\n")

    async def _show(self, output: str, line: str) -> None:
        rows = output.splitlines()
        paging = self._paging and not ("without-paging" in line and not self._face.fault.paging)
        if not paging or len(rows) < PAGE_ROWS:
            self._terminal.write("".join(row + "\n" for row in rows))
            return
        shown, more = 0, self._platform.more
        step = PAGE_ROWS - 1
        while shown < len(rows):
            self._terminal.write("".join(row + "\n" for row in rows[shown : shown + step]))
            shown += step
            if shown >= len(rows):
                return
            self._terminal.write(more)
            key = await self._key()
            self._terminal.write("\r" + " " * len(more) + "\r")
            if key in "qQ\x03":
                return
            step = 1 if key in "\r\n" else PAGE_ROWS - 1

    # -- typing ----------------------------------------------------------------------------------------------

    async def _more_typed(self) -> None:
        text = await self._terminal.read()
        if not text:
            raise EOFError
        self._typed += text

    async def _key(self) -> str:
        while not self._typed:
            await self._more_typed()
        key, self._typed = self._typed[0], self._typed[1:]
        return key

    async def _line(self, *, echo: bool = True) -> str:
        """The next line, echoed as a terminal does; CR, LF and CR LF end it."""
        line = ""
        while True:
            key = await self._key()
            if key == "\n" and self._after_cr:
                self._after_cr = False
                continue
            self._after_cr = key == "\r"
            if key in "\r\n":
                self._terminal.write("\n" if echo else "")
                return line
            if key == "\x03":
                line = ""
                self._terminal.write("^C\n" + self._prompt)
            elif key in "\x08\x7f":
                line = line[:-1]
            elif key == "\x04" and not line:
                raise EOFError
            elif key >= " " or key == "\t":
                line = (line + key)[:LONGEST_LINE]
                if echo:
                    self._terminal.write(key)
