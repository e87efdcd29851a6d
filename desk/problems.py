"""What the desks tell people who typed something else than was asked for; the Vietnamese stands under `problem.<key>`."""

from __future__ import annotations

from typing import ClassVar

from inventory.problems import Problem


class DeskProblem(Problem):
    """An input that a desk cannot take. The answer before stays."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "desk_not_dong": "{field}: {text!r} is not an amount in dong; write for example 400,000,000 or 400 million.",
        "desk_too_much": "{field}: {text!r} is more than {most} dong.",
        "desk_empty": "{field}: nothing was filled in.",
        "desk_no_such_thing": "Nothing is called {text!r}: type a few letters and choose from the list.",
    }
