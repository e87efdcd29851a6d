"""In which language the command line speaks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from kiemke.settings import LANGUAGES


def chosen(environ: Mapping[str, str], workspace: Path | None) -> str:
    """ "vi" or "en": KIEMKE_LANG, else the workspace's setting, else the locale when it is English, else Vietnamese.

    The setting is only glanced at: a broken kiemke.toml is reported by the command that needs it, in some language.
    """
    if environ.get("KIEMKE_LANG") in LANGUAGES:
        return environ["KIEMKE_LANG"]
    if workspace:
        settings = workspace / "kiemke.toml"
        if settings.is_file():
            found = re.search(r'^language\s*=\s*"(vi|en)"', settings.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
            if found:
                return found.group(1)
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "en" if locale.startswith("en") else "vi"
