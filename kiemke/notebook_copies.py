"""The explore notebooks in a workspace: copies that people may run, save and change.

The originals stay clean. A copy that nobody changed is renewed when its original changes; a changed one is never touched.
What counts as a change is the cells' sources: running and saving a notebook does not.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

ORIGINALS = Path(__file__).parents[1] / "notebooks" / "explore"
RECORD = ".copied.json"


def renew(folder: Path, originals: Path = ORIGINALS) -> list[str]:
    """Copy what is missing or outdated into `folder`; names of the notebooks that were written."""
    folder.mkdir(parents=True, exist_ok=True)
    record_file = folder / RECORD
    record: dict[str, str] = json.loads(record_file.read_text(encoding="utf-8")) if record_file.exists() else {}
    written = []
    for original in sorted(originals.glob("*.ipynb")):
        copy = folder / original.name
        if copy.exists() and (sources(copy) == sources(original) or sources(copy) != record.get(original.name)):
            continue
        copy.write_bytes(original.read_bytes())
        record[original.name] = sources(original)
        written.append(original.name)
    record_file.write_text(json.dumps(record, indent=1), encoding="utf-8")
    return written


def sources(notebook: Path) -> str:
    """A digest of the cells' kinds and sources; of the bytes when it is no notebook any more."""
    content = notebook.read_bytes()
    try:
        cells = [[cell["cell_type"], "".join(cell["source"])] for cell in json.loads(content)["cells"]]
    except (ValueError, LookupError, TypeError):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()
