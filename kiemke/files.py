"""Files that a command writes: there whole, or as they were before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from inventory.problems import Problem
from reports import whole_files


class FileError(Problem):
    TEMPLATES: ClassVar[dict[str, str]] = {
        "file_unwritten": "{file} could not be written ({reason}); nothing of it was changed.",
        "folder_is_file": "{folder} is a file; choose another name for the folder.",
    }


def folder(path: Path) -> Path:
    """The folder, made where it is not there. Raises `FileError`."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise FileError("folder_is_file", folder=path) from None
    except OSError as error:
        raise FileError("file_unwritten", file=path, reason=error.strerror or error) from None
    return path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path to write to; `path` itself is replaced when all of it was written. Raises `FileError`."""
    try:
        with whole_files.whole(path) as partial:
            yield partial
    except OSError as error:
        raise FileError("file_unwritten", file=path, reason=error.strerror or error) from None
