"""Names that other programs want: each once, short enough, of letters that they know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from inventory.folding import fold


def slug(text: str, blank: str = "-", longest: int = 100) -> str:
    """Lower-case ASCII letters and digits with `blank` between words; nothing where no such letter is in the text.

    >>> slug("Máy chủ (HPE)"), slug("lap-thach", "_")
    ('may-chu-hpe', 'lap_thach')
    """
    return re.sub(r"[^a-z0-9]+", blank, fold(text))[: longest + 1].strip(blank)[:longest].strip(blank)


def slugs(names: Iterable[str], blank: str = "-", longest: int = 100) -> dict[str, str]:
    """A slug for each name, no two alike: a second one gets a number."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        if name in found:
            continue
        base = slug(name, blank, longest) or "x"
        candidate, number = base, 2
        while candidate in taken:
            suffix = f"{blank}{number}"
            candidate, number = base[: longest - len(suffix)] + suffix, number + 1
        taken.add(candidate)
        found[name] = candidate
    return found


def distinct(wanted: Sequence[str], ids: Sequence[str], longest: int, mark: str = " ({})") -> list[str]:
    """The wanted names where they are told and theirs alone (case aside), else with the id, else the id alone.

    >>> distinct(["sw", "SW", "", "nas"], ["D1", "D2", "D3", "D4"], 64)
    ['sw (D1)', 'SW (D2)', 'D3', 'nas']
    """
    times: dict[str, int] = {}
    for name in wanted:
        times[name.casefold()] = times.get(name.casefold(), 0) + 1
    taken: set[str] = set()
    named = []
    for name, own in zip(wanted, ids, strict=True):
        suffix = mark.format(own)
        choices = [name] if name and times[name.casefold()] == 1 and len(name) <= longest else []
        choices += [name[: longest - len(suffix)].rstrip() + suffix] if name else []
        choices += [own]
        choice = next((choice for choice in choices if choice.casefold() not in taken), own)
        taken.add(choice.casefold())
        named.append(choice)
    return named
