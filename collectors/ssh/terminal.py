"""What a terminal would show of the octets that a console sends: erased page prompts and cursor tricks are gone. Pure.

Consoles rub out "--More--" with backspaces, carriage returns and spaces, or escape sequences (ECMA-48); some redraw their prompt.
Only the current line is ever changed, which holds for all consoles that were seen.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"\x1b\[(?P<args>[0-9;?]*)(?P<letter>[@-~])"  # control sequence
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # operating system command: window titles
    r"|\x1b(?P<escape>[^\[\]])"
    r"|(?P<control>[\r\n\x08\x07\x00\x0b\x0c\x7f])"
    r"|(?P<text>[^\x1b\r\n\x08\x07\x00\x0b\x0c\x7f]+)"
    r"|\x1b"  # cut short at the end
)
_WIDEST = 8192


def shown(sent: str) -> str:
    """The lines that a reader would see, newline between them, spaces at line ends dropped."""
    lines: list[str] = []
    line: list[str] = []
    at = 0
    for token in _TOKEN.finditer(sent):
        text, control = token["text"], token["control"]
        if text is not None:
            if at > len(line):
                line += " " * (at - len(line))
            line[at : at + len(text)] = text
            at += len(text)
        elif control == "\n" or token["escape"] in ("E", "D"):
            lines.append("".join(line).rstrip())
            line, at = [], 0
        elif control == "\r":
            at = 0
        elif control == "\x08":
            at = max(0, at - 1)
        elif token["letter"] is not None:
            numbers = [int(n) for n in re.findall(r"\d{1,4}", token["args"] or "")]
            first = numbers[0] if numbers else 0
            letter = token["letter"]
            if letter == "D":
                at = max(0, at - max(1, first))
            elif letter == "C":
                at = min(_WIDEST, at + max(1, first))
            elif letter == "G":
                at = min(_WIDEST, max(1, first) - 1)
            elif letter in "Hf":
                at = min(_WIDEST, max(1, numbers[1] if len(numbers) > 1 else 1) - 1)
            elif letter == "K" and first == 0:
                del line[at:]
            elif letter == "K":
                line[:at] = " " * min(at, len(line))
                if first == 2:
                    line.clear()
    lines.append("".join(line).rstrip())
    return "\n".join(lines)
