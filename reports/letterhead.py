"""Who issues a document: the head and the end of an administrative document, from `[letterhead]` of `kiemke.toml`.

Nothing is made up: what is empty here becomes a line to fill in by hand. What stands where is in Appendix I of
Decree 30/2020/NĐ-CP.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

SETTINGS = "kiemke.toml"
SECTION = "letterhead"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """`parent` is the body above (cơ quan chủ quản), `issuer` the body that issues (cơ quan ban hành), `number` and `sign` the
    document's own ("12", "BC-UBND"), `place` where it is issued, `signer_title` the capacity of who signs.
    Each of `recipients` has a line."""

    parent: str = ""
    issuer: str = ""
    number: str = ""
    sign: str = ""
    place: str = ""
    signer_title: str = ""
    recipients: tuple[str, ...] = ()


NAMES = tuple(part.name for part in fields(Letterhead))
#: Settings that are lists of texts; the others are one text.
LISTS = ("recipients",)


def of(section: Mapping[str, Any]) -> Letterhead:
    """The letterhead of a section that `kiemke.settings` has checked; what is of another type is left empty."""
    values: dict[str, Any] = {}
    for name in NAMES:
        given = section.get(name)
        if name in LISTS and isinstance(given, list):
            values[name] = tuple(text.strip() for text in given if isinstance(text, str) and text.strip())
        elif name not in LISTS and isinstance(given, str):
            values[name] = given.strip()
    return Letterhead(**values)


def read(workspace: Path) -> Letterhead:
    """The letterhead of a workspace; an empty one where there are no settings that can be read."""
    try:
        content = tomllib.loads((workspace / SETTINGS).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):  # the command says what is wrong with a file of settings; a run goes on without
        return Letterhead()
    section = content.get(SECTION, {})
    return of(section) if isinstance(section, Mapping) else Letterhead()
