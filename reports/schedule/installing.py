"""Puts units into a folder of systemd: ours are written, those of ours that are not wanted any more go, no other is touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reports.whole_files import whole


@dataclass(frozen=True, slots=True)
class Plan:
    """What an installation would do to a folder, by file name. `foreign` bear a name of ours but are somebody else's."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    foreign: tuple[str, ...]


def plan(folder: Path, files: Mapping[str, str], stem: str, mark: str) -> Plan:
    """Compare a folder with the units that are wanted."""
    there = {path.name: _content(path) for path in folder.glob(f"{stem}-*") if path.is_file() or path.is_symlink()}
    foreign = tuple(sorted(name for name, content in there.items() if content is None or content.split("\n", 1)[0] != mark))
    ours = {name: content for name, content in there.items() if name not in foreign}
    wanted = {name: content for name, content in files.items() if name not in foreign}
    return Plan(
        tuple(name for name, content in wanted.items() if ours.get(name) != content),
        tuple(name for name, content in wanted.items() if ours.get(name) == content),
        tuple(sorted(name for name in ours if name not in files)),
        foreign,
    )


def write(folder: Path, files: Mapping[str, str], found: Plan) -> None:
    """Do it. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in found.written:
        with whole(folder / name) as partial:
            partial.write_text(files[name], encoding="utf-8")
            partial.chmod(0o644)
    for name in found.removed:
        (folder / name).unlink(missing_ok=True)


def _content(path: Path) -> str | None:
    if path.is_symlink():
        return None
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
