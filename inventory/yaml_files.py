"""Files of ours that are written in YAML."""

from __future__ import annotations

from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

#: Both read the same and build nothing but plain values; the one in C, which few installations lack, is eight times as fast.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: Path | Traversable) -> Any:
    """What stands in a file."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506 - a safe loader
