"""What a document says about itself: who or what ran it, when, with which parameters and versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.texts import Say, exact


def about(run: Mapping[str, Any], say: Say) -> list[tuple[str, str]]:
    """(label, text) pairs from a run's record; empty for a notebook that was run by hand."""
    if not run:
        return []
    pairs = [(say("about.made_at"), say.moment(run["started_at"]))]
    if run.get("ran_by"):
        pairs.append((say("about.ran_by"), run["ran_by"]))
    pairs.extend(
        (item["help"][say.language], setting(item["name"], item["hint"], item["value"], say)) for item in run["settings"]
    )
    if run.get("database"):
        pairs.append((say("about.last_scan"), say("about.scan", scan=run["database"]["scan"], at=run["database"]["finished_at"])))
    pairs.append((say("about.versions"), ", ".join(f"{name} {version}" for name, version in run["versions"].items())))
    pairs.append((say("about.notebook"), f"{run['report']}.ipynb · SHA-256 {run['notebook_sha256'][:16]}"))
    return pairs


def maker(run: Mapping[str, Any], say: Say) -> str:
    """Who or what ran it, how, and when: one line. Empty for a notebook that was run by hand."""
    if not run:
        return ""
    through = say(f"about.through_{run['through']}", schedule=run.get("schedule") or "") if run.get("through") else ""
    return ", ".join(piece for piece in (run.get("ran_by"), through, say.moment(run["started_at"])) if piece)


def setting(name: str, hint: str, value: Any, say: Say) -> str:
    """A parameter's value as people read it; `hint` is what it means (`reports.parameters.HINTS`)."""
    if isinstance(value, list):
        return "; ".join(setting(name, hint, item, say) for item in value) or say("format.missing")
    if value == "":
        empty = f"about.empty_{name if say.has(f'about.empty_{name}') else hint}"
        return say(empty) if hint in ("office", "date") else say("format.missing")
    if say.has(choice := f"choice.{name}.{value}"):
        return say(choice)
    if hint == "date":
        return say.date(value)
    if hint == "year":
        return str(value)
    if hint == "dong":
        return say.dong(value, "dong")
    if isinstance(value, float):
        return say.number(value, max(0, -int(exact(value).normalize().as_tuple().exponent)))  # all its decimals: 0.05 is not 0.1
    return say.any(value)
