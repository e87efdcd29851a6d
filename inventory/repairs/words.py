"""What the words of a log of repairs mean: headings, what failed, what was done. The words are in `words.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from inventory import yaml_files
from inventory.folding import fold
from inventory.registers.headings import without_brackets


@cache
def _told() -> Mapping[str, Any]:
    told: Mapping[str, Any] = yaml_files.read(Path(__file__).with_name("words.yaml"))
    return told


@cache
def _phrases(section: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Phrases, the longest first, and what each means."""
    meaning = {fold(phrase): key for key, phrases in _told()[section].items() for phrase in phrases}
    longest = sorted(meaning, key=lambda phrase: (-len(phrase), phrase))
    return re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, longest))})(?!\S)"), meaning


def hours_a_day() -> float:
    return float(_told()["hours_a_day"])


def field_of(heading: str) -> tuple[str, float] | None:
    """(field, how much of the heading says so: 0..1); None for a heading of something else.

    >>> field_of("Mã tài sản"), field_of("Ngày hỏng (dd/mm)"), field_of("STT")
    (('code', 1.0), ('day', 1.0), None)
    """
    plain = fold(without_brackets(heading)) or fold(heading)
    pattern, meaning = _phrases("headings")
    found = [match[0] for match in pattern.finditer(plain)]
    if not found:
        return None
    best = max(found, key=len)
    return meaning[best], len(best) / len(plain)


def part_of(text: str) -> str | None:
    """What failed.

    >>> part_of("Hỏng ổ cứng"), part_of("Máy không lên nguồn"), part_of("kêu to")
    ('disk', 'device', None)
    """
    return _longest("parts", text)


def action_of(text: str) -> str | None:
    """What was done.

    >>> action_of("Thay ắc quy mới"), action_of("Vệ sinh máy"), action_of("Thay máy mới")
    ('replaced', 'maintained', 'retired')
    """
    return _longest("actions", text)


def _longest(section: str, text: str) -> str | None:
    pattern, meaning = _phrases(section)
    found = [match[0] for match in pattern.finditer(fold(text))]
    return meaning[max(found, key=len)] if found else None
