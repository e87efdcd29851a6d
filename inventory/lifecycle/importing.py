"""New lifecycle data into the tables of a workspace: what people wrote there stays, what an import brought earlier gives way.

Pure but for reading files; who calls writes the table (`Table.text`).
"""

from __future__ import annotations

import csv
import errno
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from inventory.lifecycle import endoflife, hardware, releases
from inventory.lifecycle.hardware import Model, model_of
from inventory.lifecycle.products import Rule
from inventory.lifecycle.releases import Release, release_of
from inventory.lifecycle.tables import FOLDER, LifecycleError, Row, Troubles, read


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the workspace as it is to be, and what the import made of it. `products`, `as_of`, `commit`, `left_out`: of
    endoflife.date (`endoflife.Found`)."""

    file: str
    text: str
    rows: int
    products: int = 0
    left_out: int = 0
    commit: str = ""
    as_of: date | None = None
    troubles: tuple[LifecycleError, ...] = field(default=())


def imported(path: Path, folder: Path, rules: Sequence[Rule], today: date) -> Table:
    """`path`: a checkout or dump of endoflife.date, or a CSV file of hardware or releases; `folder`: a workspace's `lifecycle/`.

    Raises `LifecycleError`: nothing that can be imported is there, or a row of the workspace's own table could not be kept.
    """
    if not path.exists():
        raise LifecycleError("lifecycle_unreadable", file=path, reason=os.strerror(errno.ENOENT))
    if path.is_file() and path.suffix.casefold() in (".csv", ".txt", ".tsv"):
        return _of_csv(path, folder)
    found = endoflife.read(path, frozenset(rule.product for rule in rules), today)
    if not found.releases:
        raise found.troubles[0] if found.troubles else LifecycleError("lifecycle_no_releases", file=path)
    text = _releases(found.releases, folder)
    products = len({one.product for one in found.releases})
    about = (products, found.left_out, found.commit, found.as_of, tuple(found.troubles))
    return Table(releases.FILE, text, len(found.releases), *about)


def _of_csv(path: Path, folder: Path) -> Table:
    rows = read(path)
    columns = set(rows[0].cells) if rows else set()
    troubles = Troubles()
    if {"vendor", "model_glob"} <= columns:
        models = list(troubles.read(rows, model_of))
        return Table(hardware.FILE, _models(models, folder), len(models), troubles=tuple(troubles.listed))
    if {"product", "release"} <= columns:
        listed = list(troubles.read(rows, release_of))
        return Table(releases.FILE, _releases(listed, folder), len(listed), troubles=tuple(troubles.listed))
    raise LifecycleError("lifecycle_which_table", file=path.name)


def _releases(new: Sequence[Release], folder: Path) -> str:
    """What people wrote themselves comes first; an earlier import of the same products goes."""
    head, own = _kept(folder / releases.FILE, "product", "release")
    before = [release_of(row) for row in own]
    products = {one.product for one in new}
    written = [one for one in before if not one.source.startswith(endoflife.SOURCE)]
    others = [one for one in before if one.source.startswith(endoflife.SOURCE) and one.product not in products]
    return _written(head, releases.COLUMNS, (one.cells() for one in [*written, *new, *others]))


def _models(new: Sequence[Model], folder: Path) -> str:
    """A row of the same vendor and pattern is replaced; the new ones come first."""
    head, own = _kept(folder / hardware.FILE, "vendor", "model_glob")
    names = {(one.vendor.casefold(), one.glob.casefold()) for one in new}
    rest = [one for one in map(model_of, own) if (one.vendor.casefold(), one.glob.casefold()) not in names]
    return _written(head, hardware.COLUMNS, (one.cells() for one in [*new, *rest]))


def _kept(path: Path, *required: str) -> tuple[list[str], list[Row]]:
    """The remarks at the head of a workspace's table, and its rows. Raises `LifecycleError`."""
    if not path.is_file():
        return [], []
    rows = read(path, *required, shown=f"{FOLDER}/{path.name}")
    lines = path.read_bytes().decode("utf-8-sig", "replace").splitlines()
    return [line for line in lines if line.startswith("#")], rows


def _written(head: Sequence[str], columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    out = io.StringIO()
    for line in head:
        out.write(f"{line}\n")
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
