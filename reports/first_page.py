"""What a council asks before it reads: which data, as of when, how much was seen, what is not known, who ran it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from reports.about import maker
from reports.executed import Executed
from reports.texts import Say

#: So many of the things that are not known stand on the first page; all of them stand at the end.
_UNKNOWN = 3
_LONGEST = 260
# The first sentence of a text: up to a stop that a capital letter or a mark of strong words follows.
_SENTENCE = re.compile(r"^.{20,}?[.;:](?= [\w*(“\"])", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FirstPage:
    """`facts` are (label, text); `unknown` the first things that are not known (`more` stand at the end); `made` who and when."""

    facts: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...] = ()
    more: int = 0
    made: str = ""


def first_page(executed: Executed) -> FirstPage:
    """The first page's facts of a report, in its language."""
    unknown = [item for payload in executed.all("unknown") for item in payload["items"]]
    return replace(
        of_opening(executed.opening, executed.say),
        unknown=tuple(_short(item) for item in unknown[:_UNKNOWN]),
        more=max(len(unknown) - _UNKNOWN, 0),
        made=maker(executed.run, executed.say),
    )


def of_opening(opening: Mapping[str, Any], say: Say) -> FirstPage:
    """What the opening alone says: of which office, as of when, and how much was seen."""
    as_of = opening["as_of"]
    day = (say.moment(as_of) if "T" in as_of else say.date(as_of)) if as_of else say("format.missing")
    facts = [(say("show.office"), opening["office"]), (say("show.as_of"), day), *map(tuple, opening["coverage"])]
    return FirstPage(tuple((label, text) for label, text in facts if text))


def _short(text: str) -> str:
    """A long text's first sentence: the rest stands at the end."""
    if len(text) <= _LONGEST or not (found := _SENTENCE.match(text)) or len(found[0]) > _LONGEST:
        return text
    return found[0].rstrip(";:.") + "…"
