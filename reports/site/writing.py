"""The site's files: written under a lock, each whole, and only those that changed.

| file | holds |
|---|---|
| `index.html` | the page; without scripts a plain list of what is newest |
| `site/runs.js` | all runs as they are listed, and what was indexed: the next writing begins from it |
| `site/runs/<run>.js` | what the run's document shows (`reports.site.shown`), written once |
| `site/words-<generation>/<shard>.js` | in which runs a word stands (`reports.site.postings`) |
| `site/*.js` | the scripts, and the texts in both languages |

While one is written, `site/.torn` is there: where it is found, a writer was killed, and the next one writes all anew.
A run has the same place in the index as long as a generation lasts, so that a page that is open while a run is added finds
what it found before.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reports import executed
from reports.records import DONE, read_records
from reports.site import listing, postings
from reports.site.asked import asked
from reports.site.front import front
from reports.site.postings import Postings
from reports.site.shown import main_finding, shown, texts_of
from reports.texts import LANGUAGES, catalogue
from reports.whole_files import whole

INDEX = "index.html"
FOLDER = "site"
#: Of what is kept; with another one the site is written anew.
_VERSION = 1
#: Texts that the scripts write.
_SPOKEN = ("site.", "index.", "format.missing", "format.yes", "format.no")
_SCRIPTS = Path(__file__).parent / "scripts"
_GENERATION = re.compile(r"words-([0-9]+)")
Place = tuple[int, int]


def write(out_dir: Path, *, anew: bool = False) -> Path:
    """Write the site of the runs in `out_dir`; returns the path of its page. Only runs that are new are read.

    With `anew` all of them are: after somebody changed or deleted something by hand. Raises `OSError`.
    """
    home = out_dir / FOLDER
    (home / "runs").mkdir(parents=True, exist_ok=True)
    with _alone(home):
        torn = home / ".torn"
        state = _new_state(home) if anew or torn.exists() else _read_state(home)
        torn.touch()
        try:
            _bring_up_to_date(state, out_dir, home)
        except _Broken:
            state = _new_state(home)
            _bring_up_to_date(state, out_dir, home)
        _write_scripts(home)
        _write(home / "runs.js", _call("list", state.listed()))
        _write(out_dir / INDEX, front(state.rows, _stamp(home)))
        _clear_away(home, state)
        torn.unlink()
    return out_dir / INDEX


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Inside, nobody else writes this site; who comes second waits and then sees what the first one did."""
    file = os.open(home / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


# What is known already --------------------------------------------------------------------------------------------------


@dataclass
class _State:
    """The site as `runs.js` keeps it. `places` says where each run is in the index: number of its series, number in it."""

    generation: int
    stamp: int = 0
    series: list[tuple[str, ...]] = field(default_factory=list)
    next_numbers: list[int] = field(default_factory=list)
    rows: list[listing.Row] = field(default_factory=list)

    def place(self, row: Mapping[str, Any]) -> Place:
        """A new place for a run."""
        key = listing.series(row)
        if key not in self.series:
            self.series.append(key)
            self.next_numbers.append(0)
        number = self.series.index(key)
        self.next_numbers[number] += 1
        return number, self.next_numbers[number] - 1

    def listed(self) -> dict[str, Any]:
        return {
            "version": _VERSION,
            "generation": self.generation,
            "stamp": self.stamp,
            "series": self.series,
            "next": self.next_numbers,
            "runs": self.rows,
        }


def _new_state(home: Path) -> _State:
    return _State(1 + max(_generations(home), default=0))


class _Broken(Exception):
    """What is kept of the site was changed by somebody else."""


def _read_state(home: Path) -> _State:
    """A new one where there is no site yet, or one that somebody broke or another version wrote."""
    new = _new_state(home)
    try:
        kept = _argument((home / "runs.js").read_text(encoding="utf-8"))
        if kept["version"] != _VERSION or not (home / f"words-{int(kept['generation'])}").is_dir():
            return new
        series = [(str(report), str(place), str(language)) for report, place, language in kept["series"]]
        state = _State(int(kept["generation"]), int(kept["stamp"]), [*series], [int(n) for n in kept["next"]], kept["runs"])
        for row in state.rows:
            if row["at"] is not None and state.series[row["at"][0]] != listing.series(row):
                return new
    except (OSError, ValueError, TypeError, KeyError, IndexError, RecursionError):
        return new
    return state


def _bring_up_to_date(state: _State, out_dir: Path, home: Path) -> None:
    known = {row["run"]: row for row in state.rows if row["at"] is not None}
    records = read_records(out_dir)
    rows = [listing.row(record) for record in records]
    listing.name_offices(rows)
    kept, new = set(), []
    for row, record in zip(rows, records, strict=True):
        before = known.get(row["run"])
        if before and (before["started"], before["finished"], before["status"]) == (
            row["started"],
            row["finished"],
            row["status"],
        ):
            row |= {name: before[name] for name in ("at", "finding", "action")}
            kept.add(row["run"])
        else:
            row["at"] = None
            new += [(row, record)] if row["status"] == DONE else []
    gone = [tuple(row["at"]) for run, row in known.items() if run not in kept]
    state.rows = rows
    words = home / f"words-{state.generation}"
    if not (new or gone or not words.exists()):
        return
    index, files = _read_words(words)
    index.remove(gone)
    for row, record in reversed(new):
        _take_in(row, record, state, index, out_dir, home)
    words.mkdir(exist_ok=True)
    for number, groups in index.shards().items():
        if files.get(number) != (content := _call("words", number, groups)):
            _write(words / f"{number}.js", content)
    state.stamp += 1


def _read_words(words: Path) -> tuple[Postings, dict[int, str]]:
    """The index and the files that it is kept in. Raises `_Broken`."""
    if not words.exists():
        return Postings(), {}
    try:
        files = {number: (words / f"{number}.js").read_text(encoding="utf-8") for number in range(postings.SHARDS)}
        return postings.read(_argument(text)[1] for text in files.values()), files
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise _Broken from error


def _take_in(row: listing.Row, record: Mapping[str, Any], state: _State, index: Postings, out_dir: Path, home: Path) -> None:
    """Read a run's document once: into the index, and into a file of its own. One that cannot be read is listed all the same."""
    try:
        seen = shown(executed.read(out_dir / record["folder"] / record["files"]["notebook"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return
    row |= {"at": state.place(row), "finding": main_finding(seen), "action": seen["action"]}
    index.add(texts_of(seen), *row["at"])
    _write(home / "runs" / f"{row['run']}.js", _call("shown", {"run": row["run"], "settings": asked(record), **seen}))


# Files ------------------------------------------------------------------------------------------------------------------


def _write_scripts(home: Path) -> None:
    kept = {
        language: {
            key.removeprefix("site.").removeprefix("index."): text
            for key, text in catalogue(language).items()
            if key.startswith(_SPOKEN)
        }
        for language in LANGUAGES
    }
    _write(home / "texts.js", _call("speak", kept))
    for script in _SCRIPTS.glob("*.js"):
        _write(home / script.name, script.read_text(encoding="utf-8"))


def _stamp(home: Path) -> str:
    """Changes whenever a script did, so that no browser uses one that it kept."""
    return format(max(int(file.stat().st_mtime * 1000) for file in home.glob("*.js")), "x")


def _clear_away(home: Path, state: _State) -> None:
    """What belongs to no run that is listed, and what an earlier generation left."""
    kept = {f"{row['run']}.js" for row in state.rows if row["at"] is not None}
    for file in (home / "runs").glob("*.js"):
        if file.name not in kept:
            file.unlink(missing_ok=True)
    for generation in _generations(home) - {state.generation}:
        folder = home / f"words-{generation}"
        if not folder.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)


def _generations(home: Path) -> set[int]:
    return {int(match[1]) for folder in home.iterdir() if (match := _GENERATION.fullmatch(folder.name))}


def _call(name: str, *arguments: Any) -> str:
    """A script that hands its data to the page."""
    written = ",".join(json.dumps(argument, ensure_ascii=False, separators=(",", ":")) for argument in arguments)
    return f"kiemke.{name}({written});\n".replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _argument(script: str) -> Any:
    """What `_call` was given: its argument, or a list of them. Raises `ValueError`."""
    arguments = json.loads("[" + script.partition("(")[2].rstrip().removesuffix(");") + "]")
    return arguments[0] if len(arguments) == 1 else arguments


def _write(path: Path, content: str) -> None:
    """Write what changed. Half a letter that a device sent becomes a question mark."""
    data = content.encode("utf-8", "replace")
    with suppress(OSError):
        if path.read_bytes() == data:
            return
    with whole(path) as partial:
        partial.write_bytes(data)
