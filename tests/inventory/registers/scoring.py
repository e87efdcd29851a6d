"""How well registers are matched with the network, against the truth of `simulator.registers`.

`score(truth, matches)` takes truth.json and rows of the frame `matches` (mappings or named tuples with file, sheet, row, device,
address, bucket, confidence; mac where there is one) and gives figures; `Score.markdown()` shows them.

- A matched row is *strictly* right when its thing is one that its line bought, found by any of the thing's addresses or its MAC.
  It is right *as far as anybody can tell* when the truth calls the thing interchangeable with one of them.
- Recall counts things whose bucket is matched in the truth: found when a row of theirs names them (or, for the second figure, one
  that is interchangeable). Things that only tables show (a PC without an agent) are counted apart.
- Rows of a duplicate count as rows of the line that they repeat.
- Calibration: matched rows in ten bins of equal counts by confidence; the mean distance between confidence and share of right
  rows, weighted by the bins, in points (expected calibration error).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BINS = 10
BUCKETS = ("matched", "not_seen", "not_assessable", "not_on_books")


@dataclass(frozen=True, slots=True)
class Judged:
    """One matched row."""

    place: tuple[str, str, int]
    thing: str | None  # what it named; None where the network has no such thing
    confidence: float
    right: bool
    tolerable: bool  # right, or nobody could tell
    seen_as: str  # of the thing named
    wanted: str  # what the truth says, for a person to read


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    right: int
    of: int

    def __str__(self) -> str:
        return f"{self.right} of {self.of} ({100 * float(self):.1f} %)" if self.of else "none"

    def __float__(self) -> float:
        return self.right / self.of if self.of else 1.0


@dataclass(frozen=True, slots=True)
class Score:
    """All figures of one register run."""

    precision: Share  # as far as anybody can tell
    precision_strict: Share
    precision_devices: Share
    precision_stations: Share
    recall: Share  # devices
    recall_strict: Share
    recall_stations: Share
    recall_pinned: Share  # things whose line tells something that only they show
    recall_by_sort: Mapping[str, Share]  # devices, by kind and whether the wire tells their model
    calibration_points: float
    calibration_strict_points: float
    bins: tuple[tuple[float, float, int], ...]  # mean confidence, share right, rows
    buckets: Mapping[tuple[str, str], int]  # (truth, said) -> units
    bucket_accuracy: Share  # of units whose line was read; buckets that are right as well count
    lines_missing: int  # lines of which no row says anything
    rows_elsewhere: int  # rows at a place where no line is
    judged: tuple[Judged, ...]

    def wrong(self) -> list[Judged]:
        """Matched rows that are wrong as far as anybody can tell, the surest first."""
        return sorted((j for j in self.judged if not j.tolerable), key=lambda j: -j.confidence)

    def markdown(self) -> str:
        """Tables for a note."""
        rows: list[tuple[str, object]] = [
            ("matched precision", self.precision),
            ("— strictly", self.precision_strict),
            ("— devices", self.precision_devices),
            ("— stations without an agent", self.precision_stations),
            ("recall, devices", self.recall),
            ("— strictly", self.recall_strict),
            ("— told by serial number, MAC or name", self.recall_pinned),
            ("recall, stations without an agent", self.recall_stations),
            ("right bucket", self.bucket_accuracy),
            ("calibration error", f"{self.calibration_points:.1f} points"),
            ("— strictly", f"{self.calibration_strict_points:.1f} points"),
            ("lines that no row tells of", self.lines_missing),
            ("rows where no line is", self.rows_elsewhere),
        ]
        text = ["| figure | value |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows), ""]
        text += ["| truth \\ said | " + " | ".join((*BUCKETS[:3], "nothing")) + " |", "|---|" + "---|" * 4]
        for true in BUCKETS:
            counts = [self.buckets.get((true, said), 0) for said in (*BUCKETS[:3], "nothing")]
            if any(counts):
                text.append(f"| {true} | " + " | ".join(map(str, counts)) + " |")
        text += ["", "| devices to be found | recall |", "|---|---|"]
        text += [f"| {sort} | {share} |" for sort, share in sorted(self.recall_by_sort.items())]
        text += ["", "| confidence | right | rows |", "|---|---|---|"]
        text += [f"| {confidence:.3f} | {right:.3f} | {count} |" for confidence, right, count in self.bins]
        return "\n".join(text) + "\n"


def load(path: Path) -> dict[str, Any]:
    """truth.json."""
    truth: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return truth


def _value(row: Any, name: str) -> Any:
    value = row.get(name) if isinstance(row, Mapping) else getattr(row, name, None)
    return None if value is None or value != value or str(value) in {"", "<NA>", "None"} else value


def _file(name: Any) -> str:
    return Path(str(name)).name


def score(truth: Mapping[str, Any], matches: Iterable[Any]) -> Score:
    """Judges the rows of `matches` that belong to a line; those of things on no books count for the buckets only."""
    lines = {(line["file"], line["sheet"], line["row"]): line for line in truth["lines"]}
    sheets = defaultdict(set)
    for file, sheet, _ in lines:
        sheets[file].add(sheet)
    again = {
        (o["file"], o["sheet"], o["row"]): (o["file"], o["sheet"], o["of"]) for o in truth["others"] if o["what"] == "duplicate"
    }
    things = _things(truth)
    by_address = {address: thing for thing, row in things.items() for address in row["addresses"]}
    by_mac = {row["mac"]: thing for thing, row in things.items() if row["mac"]}

    judged: list[Judged] = []
    said: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    elsewhere = 0
    unbooked: set[str] = set()
    for row in matches:
        bucket = str(_value(row, "bucket"))
        thing = by_address.get(str(_value(row, "address"))) or by_mac.get(str(_value(row, "mac")))
        if bucket == "not_on_books" or _value(row, "file") is None:  # of a thing, not of a line
            unbooked.add(thing or "")
            continue
        file = _file(_value(row, "file"))
        sheet = str(_value(row, "sheet") or "")
        if sheet not in sheets[file] and len(sheets[file]) == 1:
            sheet = next(iter(sheets[file]))  # CSV has one sheet, whatever it is called
        place = (file, sheet, int(_value(row, "row")))
        place = again.get(place, place)
        line = lines.get(place)
        if line is None:
            elsewhere += 1
            continue
        said[place].append(bucket)
        if bucket == "matched":
            judged.append(_judge(line, place, thing, float(_value(row, "confidence") or 0.0), things))
    return _figures(truth, lines, things, judged, said, elsewhere, unbooked)


def _things(truth: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in (*(u for line in truth["lines"] for u in line["units"]), *truth["not_on_books"]):
        if row["thing"]:
            found[row["thing"]] = {
                "addresses": row.get("addresses") or [row["address"]],
                "mac": row["mac"],
                "seen_as": row["seen_as"],
            }
    return found


def _judge(
    line: Mapping[str, Any], place: tuple[str, str, int], thing: str | None, confidence: float, things: Mapping[str, Any]
) -> Judged:
    own = {u["thing"] for u in line["units"] if u["thing"]}
    others = {x for u in line["units"] for x in u["interchangeable"]}
    wanted = "; ".join(str(u["thing"] or u["why"]) for u in line["units"])
    seen_as = things[thing]["seen_as"] if thing else ""
    return Judged(place, thing, confidence, thing in own, thing in own | others, seen_as, wanted)


def _figures(
    truth: Mapping[str, Any],
    lines: Mapping[tuple[str, str, int], Mapping[str, Any]],
    things: Mapping[str, Any],
    judged: Sequence[Judged],
    said: Mapping[tuple[str, str, int], list[str]],
    elsewhere: int,
    unbooked: set[str],
) -> Score:
    # A thing matched twice (by a line and by its duplicate) counts once for precision when right.
    once: dict[tuple[tuple[str, str, int], str | None], Judged] = {}
    for j in judged:
        once.setdefault((j.place, j.thing), j)
    judged = list(once.values())
    found = {j.thing for j in judged if j.tolerable}
    found_strictly = {j.thing for j in judged if j.right}
    wanted = {u["thing"]: u for line in lines.values() for u in line["units"] if u["bucket"] == "matched"}
    devices = {t for t, u in wanted.items() if u["seen_as"] == "device"}
    stations = wanted.keys() - devices
    pinned = {t for t, u in wanted.items() if u["pinned"]}
    sorts: dict[str, set[str]] = defaultdict(set)
    for thing in devices:
        unit = wanted[thing]
        sorts[f"{unit['kind']}, model {'' if 'model' in unit['tells'] else 'not '}told"].add(thing)
    buckets, accurate, units = _buckets(lines, said)
    for row in truth["not_on_books"]:
        if row["seen_as"] and row["kind"] != "smartphone":
            buckets["not_on_books", "matched" if row["thing"] in {j.thing for j in judged} else "nothing"] += 1
    tolerant, bins = calibration([(j.confidence, j.tolerable) for j in judged])
    strict, _ = calibration([(j.confidence, j.right) for j in judged])
    return Score(
        precision=Share(sum(j.tolerable for j in judged), len(judged)),
        precision_strict=Share(sum(j.right for j in judged), len(judged)),
        precision_devices=Share(
            sum(j.tolerable for j in judged if j.seen_as == "device"), sum(j.seen_as == "device" for j in judged)
        ),
        precision_stations=Share(
            sum(j.tolerable for j in judged if j.seen_as == "station"), sum(j.seen_as == "station" for j in judged)
        ),
        recall=Share(len(devices & found), len(devices)),
        recall_strict=Share(len(devices & found_strictly), len(devices)),
        recall_stations=Share(len(stations & found), len(stations)),
        recall_pinned=Share(len(pinned & found_strictly), len(pinned)),
        recall_by_sort={sort: Share(len(members & found), len(members)) for sort, members in sorts.items()},
        calibration_points=tolerant,
        calibration_strict_points=strict,
        bins=bins,
        buckets=buckets,
        bucket_accuracy=Share(accurate, units),
        lines_missing=sum(place not in said for place in lines),
        rows_elsewhere=elsewhere,
        judged=tuple(judged),
    )


def _buckets(
    lines: Mapping[tuple[str, str, int], Mapping[str, Any]], said: Mapping[tuple[str, str, int], list[str]]
) -> tuple[Counter[tuple[str, str]], int, int]:
    """Counts of (truth, said); how many units are in a right bucket, of how many that rows tell of. Within a line units have no
    order: what agrees is paired first."""
    table: Counter[tuple[str, str]] = Counter()
    accurate = units = 0
    for place, line in lines.items():
        told = list(said.get(place, ()))
        open_units = list(line["units"])
        for exact in (True, False):
            for unit in list(open_units):
                right = [unit["bucket"]] if exact else unit["accepted_buckets"]
                hit = next((b for b in told if b in right), None)
                if hit is not None:
                    told.remove(hit)
                    open_units.remove(unit)
                    table[unit["bucket"], hit if exact else unit["bucket"]] += 1
                    accurate += 1
                    units += 1
        for unit in open_units:
            other = told.pop() if told else "nothing"
            table[unit["bucket"], other] += 1
            units += other != "nothing"
    return table, accurate, units


def calibration(rows: Sequence[tuple[float, bool]]) -> tuple[float, tuple[tuple[float, float, int], ...]]:
    """Expected calibration error in points over bins of equal counts, and the bins: mean confidence, share right, rows.

    Rows of equal confidence stay together: their order among themselves says nothing."""
    ordered = sorted(rows)
    bins: list[list[tuple[float, bool]]] = []
    size = max(1, -(-len(ordered) // BINS))
    for row in ordered:
        if not bins or (len(bins[-1]) >= size and row[0] != bins[-1][-1][0]):
            bins.append([])
        bins[-1].append(row)
    figures = tuple((sum(c for c, _ in b) / len(b), sum(r for _, r in b) / len(b), len(b)) for b in bins)
    error = sum(abs(confidence - right) * count for confidence, right, count in figures) / max(1, len(ordered))
    return 100 * error, figures
