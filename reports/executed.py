"""What an executed notebook shows: its payloads in order. Document and spreadsheet are made from nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reports.texts import Say, texts

_MIME = re.compile(r"application/vnd\.kiemke\.(\w+)\+json")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that the notebook showed: `what` (table, finding, ...), its payload, and its HTML."""

    what: str
    payload: Mapping[str, Any]
    html: str


@dataclass(frozen=True, slots=True)
class Executed:
    """A report as its notebook holds it. `run` is what `reports.run` wrote into the notebook's metadata."""

    language: str
    parts: tuple[Part, ...]
    run: Mapping[str, Any]
    #: Which data it has read (`reports.data_read`); empty where it has read none.
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def say(self) -> Say:
        return texts(self.language)

    def all(self, what: str) -> list[Mapping[str, Any]]:
        return [part.payload for part in self.parts if part.what == what]

    @property
    def opening(self) -> Mapping[str, Any]:
        """The opening's payload; empty texts when the notebook has none."""
        found = self.all("opening")
        return found[0] if found else {"title": "", "subtitle": "", "office": "", "as_of": "", "coverage": []}


def read(notebook: Path) -> Executed:
    """What the notebook at `notebook` shows."""
    return extract(json.loads(notebook.read_text(encoding="utf-8")))


def extract(notebook: Mapping[str, Any]) -> Executed:
    """What a notebook (nbformat 4, as JSON) shows. Anything else that its cells printed is left out."""
    parts = tuple(_parts(notebook))
    languages = [part.payload["language"] for part in parts if part.what == "language"]
    run = notebook.get("metadata", {}).get("kiemke", {}).get("run", {})
    read = [part.payload for part in parts if part.what == "data"]
    shown = tuple(part for part in parts if part.what not in ("language", "data"))
    return Executed(languages[0] if languages else "vi", shown, run, read[-1] if read else {})


def _parts(notebook: Mapping[str, Any]) -> Iterator[Part]:
    for cell in notebook.get("cells", []):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for mime, payload in data.items():
                if match := _MIME.fullmatch(mime):
                    html = data.get("text/html", "")
                    yield Part(match[1], payload, html if isinstance(html, str) else "".join(html))
