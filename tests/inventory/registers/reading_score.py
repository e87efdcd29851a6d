"""How much of generated registers is read right: `python -m tests.inventory.registers.reading_score [SEED…]`."""

from __future__ import annotations

import json
import sys
import tempfile
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inventory.facts import KINDS
from inventory.folding import fold
from inventory.offices import Office, Offices
from inventory.registers.reading import read
from inventory.registers.records import Line, Register
from simulator.district import District, load
from simulator.registers import write

DISTRICT = Path(__file__).parents[3] / "simulator" / "districts" / "lap_thach.yaml"
FIELDS = (
    *(
        "name",
        "code",
        "kind",
        "vendor",
        "model",
        "serials",
        "macs",
        "host_name",
        "address",
        "office",
        "place",
        "user",
        "quantity",
        "unit",
    ),
    *("unit_price_vnd", "price_vnd", "residual_value_vnd", "acquired", "in_use", "state"),
)


@dataclass
class Score:
    """Counts by the mess of the file that the line stands in: letters, form, format; "" for all."""

    lines: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)  # every field as the truth has it
    fields: dict[str, Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )  # field -> right, wrong, missing, invented
    invented: list[str] = field(default_factory=list)  # lines that are none
    wrong: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)


def offices_of(district: District) -> Offices:
    return Offices(
        {
            o.code: Office(
                o.code, o.name_vi, o.name_en, o.parent, successor=o.successor, valid_from=o.valid_from, valid_to=o.valid_to
            )
            for o in district.offices
        }
    )


def score(truth_path: Path, offices: Offices, into: Score | None = None) -> Score:
    """Reads every file of a truth and compares."""
    into = into or Score()
    truth: dict[str, Any] = json.loads(truth_path.read_text(encoding="utf-8"))
    wanted: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in truth["lines"]:
        wanted[one["file"]].append(one)
    for file in truth["files"]:
        register = read(truth_path.parent / file["file"], offices, office=file["told_office"])
        _compare(register, file, wanted[file["file"]], into)
    return into


def _compare(register: Register, file: dict[str, Any], wanted: list[dict[str, Any]], into: Score) -> None:
    csv = file["csv"]
    messes = ["", f"letters {file['letters'] or 'unicode'}", f"form {file['layout']}", f"style {file['style']}"]
    messes.append(f"csv {csv['encoding']} {csv['delimiter']!r}" if csv else "xlsx")
    read_lines = {(line.sheet, line.row): line for line in register.lines}
    out = {(rejected.sheet, int("".join(c for c in rejected.cell if c.isdigit()))): rejected for rejected in register.rejected}
    for one in wanted:
        key = one["sheet"], one["row"]
        line = read_lines.pop(key, None)
        where = f"{one['file']} {one['sheet']}:{one['row']}"
        right = False
        if line is None:
            into.wrong.append(f"{where} not read: {one['reading'].get('name')} {out.get(key)}")
        else:
            differences = list(_differences(line, one, file["letters"] == "ascii", into))
            into.wrong += [f"{where} {d}" for d in differences]
            right = not differences
        for mess in messes:
            into.lines[mess] += 1
            into.found[mess] += line is not None
            into.right[mess] += right
    into.invented += [f"{register.file} {sheet}:{row} {line.name}" for (sheet, row), line in read_lines.items()]


def _differences(line: Line, one: dict[str, Any], without_marks: bool, into: Score) -> Iterator[str]:
    reading = one["reading"]
    for name in FIELDS:
        told, wanted = getattr(line, name), reading.get(name)
        if name in ("serials", "macs"):
            told, wanted = ([s.replace(" ", "").upper() for s in sorted(of)] for of in (told, wanted or []))
        if name in ("vendor", "model", "kind") and (not one["equipment"] or not wanted):
            continue
        if name == "kind":
            wanted = {"laptop": "pc", "tablet": "pc", "camera system": "camera"}.get(wanted, wanted)
            if wanted not in KINDS:
                continue
        if name == "unit" and not wanted:
            continue
        if name in ("acquired", "in_use") and (not reading.get("acquired") or not reading.get("in_use")):
            told, wanted = line.in_use or line.acquired, reading.get("in_use") or reading.get("acquired")
        told, wanted = _plain(told), _plain(wanted)
        if without_marks and isinstance(told, str) and isinstance(wanted, str) and fold(told) == fold(wanted):
            told = wanted
        if (
            name in ("model", "vendor")
            and told
            and (
                fold(told).replace(" ", "") in fold(wanted).replace(" ", "")
                or fold(wanted).replace(" ", "") in fold(told).replace(" ", "")
            )
        ):
            told = wanted
        if told == wanted:
            into.fields[name]["right"] += wanted is not None
            continue
        what = "missing" if not told else "invented" if not wanted else "wrong"
        into.fields[name][what] += 1
        if name != "model":
            yield f"{what} {name}: {told!r}, not {wanted!r} ({line.name!r})"
        else:
            into.models.append(f"{what} {told!r} {wanted!r} {line.name!r}")


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", " ".join(value.split())) or None
    return value or None


def main(seeds: list[int]) -> None:
    """Figures on standard output, and what was read wrong, line by line, on standard error."""
    district = load(DISTRICT)
    total = Score()
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            score(write(district.at(district.today), Path(folder), seed=seed), offices_of(district), total)
    for mess, lines in sorted(total.lines.items()):
        print(
            f"{mess or 'all':28} {lines:6} lines, found {total.found[mess] / lines:7.2%}, right {total.right[mess] / lines:7.2%}"
        )
    for name, counts in total.fields.items():
        print(f"{name:20}", dict(counts))
    print(len(total.invented), "lines that are none")
    for wrong in (*total.wrong, *(f"INVENTED {line}" for line in total.invented), *(f"MODEL {line}" for line in total.models)):
        print(wrong, file=sys.stderr)


if __name__ == "__main__":
    main([int(seed) for seed in sys.argv[1:]] or [1, 2, 3])
