"""What a PDF holds, as poppler reads it."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
import zlib
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest

_PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
_WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>')
MM = 72 / 25.4

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="sudo apt install poppler-utils")


@dataclass
class Word:
    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass
class Sheet:
    """One page: sizes in points."""

    width: float
    height: float
    words: list[Word]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


def sheets(path: Path) -> list[Sheet]:
    told = _run("pdftotext", "-bbox", str(path), "-")
    return [
        Sheet(
            float(width),
            float(height),
            [Word(unescape(text), *map(float, box)) for *box, text in _WORD.findall(content)],  # type: ignore[arg-type]
        )
        for width, height, content in _PAGE.findall(told)
    ]


def outside(found: list[Sheet], left: float, right: float, edge: float = 5) -> list[tuple[int, str]]:
    """(page, word) of what stands outside the margins (in mm) at the sides, or within `edge` mm of the paper's top and bottom."""
    return [
        (number, word.text)
        for number, sheet in enumerate(found, 1)
        for word in sheet.words
        if word.left < left * MM - 1
        or word.right > sheet.width - right * MM + 1
        or word.top < edge * MM
        or word.bottom > sheet.height - edge * MM
    ]


def overlapping(found: list[Sheet]) -> list[tuple[int, str, str]]:
    """(page, word, word) of what is set over one another."""
    over = []
    for number, sheet in enumerate(found, 1):
        words = sorted(sheet.words, key=lambda word: word.left)
        for place, word in enumerate(words):
            for other in words[place + 1 :]:
                if other.left >= word.right - 1:
                    break
                shared = min(word.bottom, other.bottom) - max(word.top, other.top)
                if shared > 0.5 * min(word.bottom - word.top, other.bottom - other.top):
                    over.append((number, word.text, other.text))
    return over


def squeezed(text: str) -> str:
    """Letters without the spaces between, composed (NFC): a word that was folded is still the same."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text))


def structure(path: Path) -> str:
    """The tags of a PDF, with the text that they hold."""
    return _run("pdfinfo", "-struct-text", str(path))


def in_order(path: Path) -> str:
    """The text in the order in which it was set: cell after cell, not line after line."""
    return _run("pdftotext", "-raw", str(path), "-")


def objects(path: Path) -> bytes:
    """What a PDF says of itself, unpacked."""
    packed = re.findall(rb"/FlateDecode.*?stream\r?\n(.*?)\r?\nendstream", path.read_bytes(), re.DOTALL)
    return b"".join(zlib.decompressobj().decompress(stream) for stream in packed if stream[:1] == b"\x78")


def facts(path: Path) -> dict[str, str]:
    """Title, author, page size and such."""
    lines = (line.partition(":") for line in _run("pdfinfo", str(path)).splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}


def faces(path: Path) -> list[str]:
    """Names of the faces in a PDF, without their tags; all must be embedded."""
    rows = _run("pdffonts", str(path)).splitlines()[2:]
    assert all(re.search(r"\byes\s+\w+\s+\w+\s+\d+\s+\d+$", row) for row in rows), rows
    return [row.split()[0].partition("+")[2] for row in rows]


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    return done.stdout
