"""Releases out of endoflife.date: a checkout of its repository, or files of its API that were kept.

Three shapes, of which each product's file is read by itself, so that a broken one costs no other:

- `products/PRODUCT.md` (github.com/endoflife-date/endoflife.date): YAML front matter; `releases` with `releaseCycle`, `eol`, and
  `eoas`, `eoes`, or as it was earlier `support`, `extendedSupport`, `release`;
- `api/PRODUCT.json` (the first API): a list of objects with `cycle`, `eol`, `support`, `extendedSupport`, `lts`;
- a document of API v1 (of a product, or `products/full`): `result`, with `releases` of `name`, `isEol`, `eolFrom`, and so on.

A date may be told as a day, as `true` (it has come) or as `false` (it has not). The texts of the pages are not read: only the
front matter is data (MIT licence).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from inventory.lifecycle.endings import Ending
from inventory.lifecycle.releases import Release
from inventory.lifecycle.tables import LARGEST, LifecycleError

SOURCE = "endoflife.date"
#: The project's largest page has less than a tenth of this.
_LARGEST_PAGE = 2 * 2**20
_PERMALINK = re.compile(r"^permalink:\s*[\"']?/?([\w.-]+)", re.MULTILINE)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHORT = 7
#: What a release, its label and its version are written with; anything else is no name, and may be a formula to a spreadsheet.
_PLAIN = re.compile(r"[\w(][\w .,:+()/&'-]{0,79}")


@dataclass(slots=True)
class Found:
    """What a checkout or dump holds. `as_of`: the newest day that it tells of, and so not after the day that it was made;
    `left_out`: products that were not wanted."""

    releases: list[Release] = field(default_factory=list)
    left_out: int = 0
    commit: str = ""
    as_of: date | None = None
    troubles: list[LifecycleError] = field(default_factory=list)


def read(path: Path, wanted: frozenset[str], today: date) -> Found:
    """Releases of the products that are `wanted`. `path`: a checkout, a folder of the API's files, or one file.

    Raises `LifecycleError` where there is nothing of the kind.
    """
    found = Found(commit=_commit(path) if path.is_dir() else "")
    pages = list(_pages(path))
    if not pages:
        raise LifecycleError("lifecycle_no_releases", file=path)
    for page in pages:
        try:
            _read_page(page, wanted, today, found)
        except LifecycleError as trouble:
            found.troubles.append(trouble)
    source = f"{SOURCE} {found.commit[:_SHORT]}".strip()
    days = [one.released for one in found.releases if one.released and one.released <= today]
    newest = [day for day in (found.as_of, *days) if day]
    found.as_of = max(newest) if newest else None
    found.releases = [replace(one, source=source, checked_on=found.as_of, verified=True) for one in found.releases]
    return found


def _pages(path: Path) -> Iterator[Path]:
    """The files to read, in a fixed order."""
    try:
        if path.is_file():
            yield path
        for folder in (path / "products", path / "api", path):
            files = sorted(file for file in folder.glob("*") if file.suffix in (".md", ".json") and file.is_file())
            if files:
                yield from files
                return
    except OSError as error:
        raise LifecycleError("lifecycle_unreadable", file=path, reason=error.strerror or error) from None


def _read_page(page: Path, wanted: frozenset[str], today: date, found: Found) -> None:
    """Raises `LifecycleError` for a page that cannot be read at all."""
    try:
        largest = LARGEST if page.suffix == ".json" else _LARGEST_PAGE
        if page.stat().st_size > largest:
            raise LifecycleError("lifecycle_too_large", file=page.name, limit=largest // 2**20)
        text = page.read_bytes().decode("utf-8-sig", "replace")
    except OSError as error:
        raise LifecycleError("lifecycle_unreadable", file=page.name, reason=error.strerror or error) from None
    if page.suffix == ".json":
        _read_json(page, text, wanted, today, found)
        return
    link = _PERMALINK.search(text)
    product = (link[1] if link else page.stem).casefold()
    if product not in wanted:
        found.left_out += 1
        return
    document = _front_matter(page, text)
    _take(page, product, document.get("releases"), today, found)


def _front_matter(page: Path, text: str) -> Mapping[str, Any]:
    """Every value as text: that a date is none is told of that date, and not of the whole page."""
    lines = text.splitlines()
    ends = [i for i, line in enumerate(lines) if line.rstrip() == "---"]
    if len(ends) < 2 or ends[0] != 0:
        raise LifecycleError("lifecycle_no_front_matter", file=page.name)
    try:
        document = yaml.load("\n".join(lines[1 : ends[1]]), Loader=yaml.BaseLoader)  # noqa: S506 - texts, lists and mappings only
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise LifecycleError("lifecycle_broken", file=page.name, line=mark.line + 2 if mark else 1) from None
    if not isinstance(document, dict):
        raise LifecycleError("lifecycle_no_front_matter", file=page.name)
    return document


def _read_json(page: Path, text: str, wanted: frozenset[str], today: date, found: Found) -> None:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise LifecycleError("lifecycle_broken", file=page.name, line=error.lineno) from None
    except (RecursionError, ValueError):
        raise LifecycleError("lifecycle_broken", file=page.name, line=1) from None
    if isinstance(document, list):  # the first API: a product's releases, or `all.json`, the products' names
        releases = [one for one in document if isinstance(one, dict)]
        products: list[Any] = [{"name": page.stem, "releases": releases}] if releases else []
    else:
        result = document.get("result") if isinstance(document, dict) else None
        products = result if isinstance(result, list) else [result] if isinstance(result, dict) else [None]
        for told in ("last_modified", "generated_at"):
            day = _day(str(document.get(told) or "")[:10]) if isinstance(document, dict) else None
            if day and day <= today:
                found.as_of = max(found.as_of or day, day)
    for one in products:
        if not isinstance(one, dict):
            raise LifecycleError("lifecycle_no_front_matter", file=page.name)
        product = str(one.get("name") or page.stem).casefold()
        if product in wanted:
            _take(page, product, one.get("releases"), today, found)
        else:
            found.left_out += 1


def _take(page: Path, product: str, listed: Any, today: date, found: Found) -> None:
    if not isinstance(listed, list):
        raise LifecycleError("lifecycle_no_front_matter", file=page.name)
    for one in listed:
        name = _text(one, "releaseCycle", "cycle", "name") if isinstance(one, dict) else ""
        if not _PLAIN.fullmatch(name):
            found.troubles.append(LifecycleError("lifecycle_nameless", file=page.name))
            continue
        told = _Told(page, name, one, found.troubles)
        latest = one.get("latest")
        found.releases.append(
            Release(
                product=product,
                release="-".join(name.casefold().split()),
                label=_label(one),
                released=told.day("releaseDate", "release"),
                active=told.ending(("eoas", "support"), "isEoas", "eoasFrom"),
                security=told.ending(("eol",), "isEol", "eolFrom"),
                extended=told.ending(("eoes", "extendedSupport"), "isEoes", "eoesFrom"),
                lts=_text(one, "lts", "isLts").casefold() not in ("", "false"),
                latest=_plain(_text(latest, "name") if isinstance(latest, dict) else _text(one, "latest")),
            )
        )
        newest = _day(_text(one, "latestReleaseDate") or (_text(latest, "date") if isinstance(latest, dict) else ""))
        if newest and newest <= today:
            found.as_of = max(found.as_of or newest, newest)


@dataclass(frozen=True, slots=True)
class _Told:
    """One release as it is told; a value that is none is noted, and the rest of the release stands."""

    page: Path
    name: str
    release: Mapping[str, Any]
    troubles: list[LifecycleError]

    def day(self, *keys: str) -> date | None:
        text = _text(self.release, *keys)
        found = _day(text)
        if text and found is None and text.casefold() not in ("true", "false"):
            where = {"file": self.page.name, "release": self.name, "column": keys[0], "given": text[:60]}
            self.troubles.append(LifecycleError("lifecycle_release_date", **where))
        return found

    def ending(self, keys: tuple[str, ...], ended: str, since: str) -> Ending:
        day = self.day(*keys, since)
        if day is not None:
            return Ending(day)
        said = _text(self.release, *keys, ended).casefold()
        return Ending(ended=said == "true") if said in ("true", "false") else Ending()


def _text(release: Mapping[str, Any], *keys: str) -> str:
    """The first of the values that is there, on one line."""
    for key in keys:
        value = release.get(key)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str | int | float) and str(value).strip() not in ("", "null", "~"):
            return " ".join(str(value).split())[:200]
    return ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def _label(release: Mapping[str, Any]) -> str:
    """How people call it; templates and marked-up labels are left out."""
    label = _text(release, "releaseLabel", "label")
    return "" if "__" in label else _plain(label)


def _plain(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else ""


def _commit(checkout: Path) -> str:
    """The commit of a Git checkout, "" where there is none. Nothing of Git is run: a checkout may be anybody's."""
    git = checkout / ".git"
    try:
        head = (git / "HEAD").read_text(encoding="ascii", errors="replace").strip()
        if not head.startswith("ref: "):
            return head if _COMMIT.fullmatch(head) else ""
        name = head.removeprefix("ref: ").strip()
        if ".." in name or name.startswith("/"):
            return ""
        loose = git / name
        packed = git / "packed-refs"
        if loose.is_file():
            lines = [loose.read_text(encoding="ascii", errors="replace").strip()]
        else:
            listed = packed.read_text(encoding="ascii", errors="replace").splitlines() if packed.is_file() else []
            lines = [line.split(" ")[0] for line in listed if line.endswith(f" {name}")]
    except OSError:
        return ""
    return next((line for line in lines if _COMMIT.fullmatch(line)), "")
