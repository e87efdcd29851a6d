"""How many lines of generated registers find their device, over many seeds, beside a look-up of serial numbers.

    python -m benchmarks.register_matching [seeds]

The peer is what people do in a spreadsheet: each line takes the device that has exactly its serial number. Lines are perfectly
read and things perfectly scanned, so that matching alone is judged; three lines in ten have a usable serial number.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from time import process_time

from inventory.registers.matching import Asset, Ground, Thing, match
from inventory.registers.records import Bucket, Match
from tests.inventory.registers import district, scoring
from tests.inventory.registers.test_matching_figures import books_of


def by_serial(books: Sequence[Asset], there: Sequence[Thing], ground: Ground) -> list[Match]:  # noqa: ARG001 - as `match`
    """The peer."""
    device = {serial: thing.device for thing in there if thing.device is not None for serial in thing.serials}
    found = []
    for asset in books:
        for unit, serial in enumerate(asset.line.serials, 1):
            if serial in device:
                found.append(Match(Bucket.MATCHED, 1.0, "", asset.id, unit, device[serial]))
    return found


def main(seeds: int = 20) -> None:
    print("| method | seeds | precision | strictly | recall of devices | strictly | calibration | CPU s a district |")
    print("|---|---|---|---|---|---|---|---|")
    sides = [books_of(1000 + seed, 0.3) for seed in range(seeds)]
    for name, method in (("kiemke", match), ("look-up of serial numbers", by_serial)):
        began = process_time()
        matches = [method(books, there, ground) for _, books, there, ground in sides]
        spent = (process_time() - began) / seeds
        scores = [
            scoring.score(truth, district.rows(found, books, there))
            for (truth, books, there, _), found in zip(sides, matches, strict=True)
        ]
        figures = [
            f"{100 * sum(share.right for share in those) / sum(share.of for share in those):.1f} %"
            for those in (
                [score.precision for score in scores],
                [score.precision_strict for score in scores],
                [score.recall for score in scores],
                [score.recall_strict for score in scores],
            )
        ]
        error = sum(score.calibration_points for score in scores) / seeds
        print(f"| {name} | {seeds} | {' | '.join(figures)} | {error:.1f} points | {spent:.2f} |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
