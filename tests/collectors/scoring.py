"""How well devices are named, over the recorded devices: `make identify-score` prints it and writes the level that tests hold.

The recordings are test data beside the project. Their own `score.py` decides what is right; the denominator is what a recording
can tell.
"""

from __future__ import annotations

import json
import lzma
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from collectors.replay import replay, result_line
from tests.collectors.recorded import ABSENT, PROFILES, recordings, unpacked

LEVEL = Path(__file__).with_name("identification.json")
PAGE = LEVEL.with_suffix(".md")

FIELDS = ("vendor", "kind", "model", "serial", "os_version")
PORTS = ("port", "name", "mac", "speed", "admin", "oper")
LINKS = ("link", "local", "rport")
NAMES = {
    **{field: field for field in FIELDS},
    "os_version": "version",
    "port": "interfaces found",
    "name": "interface names",
    "mac": "interface addresses",
    "speed": "interface speeds",
    "admin": "switched on",
    "oper": "has a signal",
    "spurious": "interfaces invented",
    "link": "neighbours found",
    "local": "with the local port",
    "rport": "with the remote port",
}

Score = dict[str, dict[str, int]]  # measure -> right, of, wrong (not empty)


def scores(folder: Path, work: Path) -> dict[str, Score]:
    """Replays every recording of a folder; the score of "office", "all", and each kind ("kind switch")."""
    files = unpacked(folder, work / "recordings")
    expected = work / "expect.jsonl"
    expected.write_bytes(lzma.decompress((folder / "expect-dev.jsonl.xz").read_bytes()))
    results = work / "results.jsonl"
    with results.open("w", encoding="utf-8") as file:
        for name, seen in replay(files, PROFILES):
            file.write(json.dumps(result_line(name, seen), ensure_ascii=False) + "\n")
    judged = work / "judged.json"
    command = [sys.executable, folder / "score.py", results, expected, "--json", judged]
    subprocess.run(command, capture_output=True, check=True)
    office = {line["recording"] for line in map(json.loads, expected.open(encoding="utf-8")) if line.get("office")}
    rows = json.loads(judged.read_text(encoding="utf-8"))
    by_kind = {f"kind {kind}": [row for row in rows if row["kind_e"] == kind] for kind, _ in _counted(rows)}
    groups = {"office": [row for row in rows if row["recording"] in office], "all": rows, **by_kind}
    return {name: _score(group) for name, group in groups.items()}


def _counted(rows: Iterable[dict[str, Any]]) -> list[tuple[str, int]]:
    return Counter(row["kind_e"] for row in rows).most_common()


def _score(rows: list[dict[str, Any]]) -> Score:
    found: Score = {}
    for field in FIELDS:
        told = [row["f"][field] for row in rows if field in row["f"]]  # hit, got, expected
        right = sum(bool(hit) for hit, _, _ in told)
        found[field] = {"right": right, "of": len(told), "wrong": sum(not hit and bool(got) for hit, got, _ in told)}
    ports = sum((Counter(row["ports"]) for row in rows), Counter())
    links = sum((Counter(row["links"]) for row in rows), Counter())
    for name in PORTS:
        found[name] = {"right": ports[f"{name}_hit"], "of": ports[f"{name}_exp"], "wrong": 0}
    found["spurious"] = {"right": 0, "of": 0, "wrong": ports["spurious"]}
    for name in LINKS:
        found[name] = {"right": links[f"{name}_hit"], "of": links["link_exp"], "wrong": 0}
    return found


def table(measured: dict[str, Score]) -> str:
    """The page: every measure over office families and over all, then the fields by kind."""
    office, every = measured["office"], measured["all"]
    lines = [
        "# How well devices are named",
        "",
        "Over 1,012 recordings of real devices (no part of this project), against an independent system's results. The share is",
        "of what a recording can tell; *wrong* counts values that are worse than a blank. The profiles were written beside these",
        "recordings: expect less of families that nobody has recorded. `make identify-score` makes this page; tests hold it.",
        "",
        "| | office families | wrong | all | wrong |",
        "|---|---|---|---|---|",
    ]
    for name in (*FIELDS, *PORTS, "spurious", *LINKS):
        cells = (f"{_share(one[name])} | {one[name]['wrong'] or ''}" for one in (office, every))
        lines.append(f"| {NAMES[name]} | " + " | ".join(cells) + " |")
    lines += ["", "| kind | " + " | ".join(NAMES[field] for field in FIELDS) + " |", "|---|" + "---|" * len(FIELDS)]
    kinds = {name.removeprefix("kind "): score for name, score in measured.items() if name.startswith("kind ")}
    for kind, score in kinds.items():
        if kind != "?":
            lines.append(f"| {kind} | " + " | ".join(_share(score[field]) for field in FIELDS) + " |")
    return "\n".join(lines) + "\n"


def _share(one: dict[str, int]) -> str:
    return f"{100 * one['right'] / one['of']:.1f} % ({one['right']:,} of {one['of']:,})" if one["of"] else ""


def main() -> None:
    folder = recordings()
    if folder is None or not (folder / "score.py").exists():
        sys.exit(ABSENT)
    with tempfile.TemporaryDirectory() as work:
        measured = scores(folder, Path(work))
    level = {name: measured[name] for name in ("office", "all")}
    LEVEL.write_text(json.dumps(level, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(table(measured), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
