"""What a run was asked: its parameters as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from reports.about import setting
from reports.texts import LANGUAGES, texts


def asked(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each parameter's `name`, and by language its `help` and `value`. What a foreign record has otherwise is left out."""
    found = []
    settings = record.get("settings")
    for item in settings if isinstance(settings, list) else ():
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            found.append(
                {
                    "name": str(item["name"]),
                    "help": {language: str(item["help"][language]) for language in LANGUAGES},
                    "value": {
                        language: setting(item["name"], item["hint"], item["value"], texts(language)) for language in LANGUAGES
                    },
                }
            )
    return found
