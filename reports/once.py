"""One thing is run once at a time: a report with its parameters, in a language."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reports.problems import Busy

_FOLDER = ".locks"


@contextmanager
def only_one(out_dir: Path, report: str, parameters: Mapping[str, Any], language: str) -> Iterator[None]:
    """Inside, nobody else runs the same thing into `out_dir`: raises `Busy` at once where somebody does.

    The lock is the operating system's (flock(2)): it is let go of when the process ends, also when that is killed. The empty
    files in `.locks` stay: taking one away could give two processes a lock each.
    """
    thing = json.dumps([report, dict(parameters), language], sort_keys=True, ensure_ascii=False)
    folder = out_dir / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(thing.encode()).hexdigest()[:16]
    file = os.open(folder / f"{report}-{language}-{digest}", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("run_busy", report=report) from None
        yield
    finally:
        os.close(file)
