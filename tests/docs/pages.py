"""The pages under docs/, as their tests read them."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def page_text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The contents of a page's fenced blocks of a language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", page_text(page), re.DOTALL)
