"""A run's documents on the page: to read, and to download."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from reports import given_out
from reports.texts import Say

#: What fits into an address: browsers refuse to download more from one.
_IN_AN_ADDRESS = 1_400_000
#: A longer document is better opened by itself.
_ON_THE_PAGE = 20_000_000


def downloads(folder: Path, record: Mapping[str, Any], say: Say, served: str | None) -> str:
    """Links to the documents of a run. `served`: where a server gives them out (`kiemke forms`); else they are in the link."""
    links = [_link(kind, path, record, say, served) for kind, path in given_out.files(folder, record).items()]
    return f"<span class='kf-downloads'>{''.join(links)}</span>" if links else ""


def _link(kind: str, path: Path, record: Mapping[str, Any], say: Say, served: str | None) -> str:
    size = path.stat().st_size
    small = size < 1_000_000
    told = say("form.kilobytes", size=-(-size // 1000)) if small else say("form.megabytes", size=say.number(size / 1e6, 1))
    named = say(f"form.download_{kind}", size=told)
    if served is not None:
        where = f"{served}{quote(str(record['folder']))}/{quote(path.name)}"
    elif size > _IN_AN_ADDRESS:
        return f"<span>{html.escape(named)}: {html.escape(str(path))}</span>"
    else:
        where = f"data:{given_out.GIVEN[kind]};base64,{base64.b64encode(path.read_bytes()).decode()}"
    name = html.escape(path.name, quote=True)
    return f"<a class='kf-download kf-{kind}' href='{where}' download='{name}'>{html.escape(named)}</a>"


def document(folder: Path, record: Mapping[str, Any], say: Say) -> str:
    """The document within the page. It runs no script and reaches nothing around it."""
    path = given_out.files(folder, record).get("html")
    if path is None:
        return ""
    if path.stat().st_size > _ON_THE_PAGE:
        return f"<p>{html.escape(say('form.too_long'))}</p>"
    held = html.escape(path.read_text(encoding="utf-8", errors="replace"), quote=True)
    title = html.escape(str(record.get("titles", {}).get(say.language, path.stem)), quote=True)
    return f'<iframe class="kf-document" title="{title}" sandbox="" srcdoc="{held}"></iframe>'
