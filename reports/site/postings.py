"""Which runs hold a term, written short: "3:0-57,60;12:4" is runs 0 to 57 and 60 of series 3, and run 4 of series 12. Pure.

The runs of one series (a report for an office, in a language) mostly hold the same terms, and most terms stand in the same
runs as many others: terms are kept by what they have in common, so that an index of thousands of runs stays small.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from reports.site.words import terms

#: Files that the index is spread over; a term's file follows from its first two letters.
SHARDS = 64
Ranges = list[tuple[int, int]]


class Postings:
    """The runs of every term. A run is (series, number); numbers of a series are given once and grow."""

    def __init__(self, written: Mapping[str, str] | None = None) -> None:
        self._of_term: dict[str, str] = dict(written or {})

    def add(self, texts: Iterable[str], series: int, number: int) -> None:
        """Note that a run holds these texts."""
        known: dict[str, str] = {}
        for term in terms(texts):
            if len(term) < 2:
                continue
            before = self._of_term.get(term, "")
            if before not in known:
                runs = parse(before)
                runs[series] = _with(runs.get(series, []), number)
                known[before] = write(runs)
            self._of_term[term] = known[before]

    def remove(self, runs: Iterable[tuple[int, int]]) -> None:
        """Forget runs, and the terms that stood in no others."""
        gone: dict[int, set[int]] = defaultdict(set)
        for series, number in runs:
            gone[series].add(number)
        known: dict[str, str] = {}
        kept: dict[str, str] = {}
        for term, before in self._of_term.items():
            if before not in known:
                left = {
                    series: _without(ranges, gone[series]) if series in gone else ranges
                    for series, ranges in parse(before).items()
                }
                known[before] = write({series: ranges for series, ranges in left.items() if ranges})
            if known[before]:
                kept[term] = known[before]
        self._of_term = kept

    def runs(self, term: str) -> set[tuple[int, int]]:
        """The runs that hold a term."""
        ranges = parse(self._of_term.get(term, ""))
        return {(series, number) for series, spans in ranges.items() for low, high in spans for number in range(low, high + 1)}

    def shards(self) -> dict[int, list[list[str]]]:
        """The index as it is kept: by shard, the runs and the terms (apart by line ends) that have exactly these."""
        spread: dict[int, dict[str, list[str]]] = {number: defaultdict(list) for number in range(SHARDS)}
        for term in sorted(self._of_term):
            spread[shard(term)][self._of_term[term]].append(term)
        return {
            number: [[posting, "\n".join(kept)] for posting, kept in sorted(groups.items())] for number, groups in spread.items()
        }


def read(shards: Iterable[Any]) -> Postings:
    """The index from what `shards` gave. Raises `ValueError` or `TypeError` for anything else."""
    written: dict[str, str] = {}
    for groups in shards:
        for posting, kept in groups:
            parse(posting)
            written.update(dict.fromkeys(kept.split("\n"), posting))
    return Postings(written)


def shard(term: str) -> int:
    """The shard of a term of at least two letters, or of any that begins like it."""
    return (ord(term[0]) * 31 + ord(term[1])) % SHARDS


def parse(posting: str) -> dict[int, Ranges]:
    """Ranges of runs by series. Raises `ValueError` for what is not written so."""
    found: dict[int, Ranges] = {}
    for part in posting.split(";") if posting else ():
        series, _, ranges = part.partition(":")
        pairs = [piece.partition("-") for piece in ranges.split(",")]
        found[int(series)] = [(int(low), int(high or low)) for low, _, high in pairs]
    return found


def write(runs: Mapping[int, Ranges]) -> str:
    return ";".join(
        f"{series}:" + ",".join(str(low) if low == high else f"{low}-{high}" for low, high in ranges)
        for series, ranges in sorted(runs.items())
    )


def _with(ranges: Ranges, number: int) -> Ranges:
    if ranges and ranges[-1][1] == number - 1:
        return [*ranges[:-1], (ranges[-1][0], number)]
    return _spans({number} | {held for low, high in ranges for held in range(low, high + 1)})


def _without(ranges: Ranges, gone: set[int]) -> Ranges:
    return _spans({number for low, high in ranges for number in range(low, high + 1)} - gone)


def _spans(numbers: set[int]) -> Ranges:
    spans: Ranges = []
    for number in sorted(numbers):
        if spans and spans[-1][1] == number - 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return spans
