"""A device made of a few lines in the form of `.snmprec`, and its interview."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest

from collectors import profiles
from collectors.interview import interview
from collectors.replay import Recording, _snmprec_pairs, ask
from collectors.tasks import Target
from inventory.facts import Observation

PROFILES = profiles.load()
TARGET = Target("10.1.1.1", "ubnd")


def recording(lines: str | bytes) -> Recording:
    return Recording(_snmprec_pairs(lines if isinstance(lines, bytes) else lines.encode()))


def observe(lines: str | bytes, known: profiles.Profiles = PROFILES) -> Observation:
    return ask(recording(lines), interview(TARGET, 1_700_000_000, known))


def recordings() -> Path | None:
    """The folder of recorded devices, where it is present: it is test data and no part of the project."""
    named = os.environ.get("KIEMKE_RECORDINGS")
    candidates = [Path(named)] if named else [Path(__file__).parents[3] / "shared" / "recordings"]
    return next((folder for folder in candidates if folder.is_dir()), None)


ABSENT = "the recorded devices are not here: set KIEMKE_RECORDINGS to their folder, or put it at ../shared/recordings"


def required(*files: str) -> Path:
    """The folder of recorded devices; the test is skipped where it, or one of these files in it, is absent."""
    folder = recordings()
    if folder is None or not all((folder / file).exists() for file in files):
        pytest.skip(ABSENT)
    return folder


def unpack(archive: Path, into: Path) -> None:
    """A tar of recordings, unpacked."""
    checked = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # Python 3.11.2, as Debian 12 has it, cannot
    with tarfile.open(archive) as opened:
        opened.extractall(into, **checked)


def unpacked(folder: Path, into: Path) -> list[Path]:
    """The recordings of that folder, unpacked."""
    unpack(folder / "dev.tar.xz", into)
    return sorted(into.rglob("*.snmprec"))
