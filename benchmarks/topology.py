"""How much of a known cabling is found, and how fast: the simulated district and networks drawn at random, over many seeds.

    python -m benchmarks.topology [seeds]

Discovery protocols are off on a random half of the switches, and one forwarding entry in five is lost. A link is right when
its two devices are cabled to each other, or joined by nothing but unmanaged switches, at the ports that it names.
"""

from __future__ import annotations

import sys
from time import process_time

from simulator.district import load
from tests.analysis import networks, topology_scores


def main(seeds: int = 10) -> None:
    """Prints the table."""
    print("| network | " + " | ".join(topology_scores.HEAD) + " | CPU s |")
    print("|---|" + "---|" * (len(topology_scores.HEAD) + 1))
    district = load()
    day = district.at(district.today)
    cases = [("district", [networks.district(day, seed=seed) for seed in range(seeds)])]
    cases += [
        (f"{size} devices", [networks.generated(size, seed=seed) for seed in range(seeds)]) for size in (10, 25, 50, 100, 200)
    ]
    cases += [("100 devices, tables whole", [networks.generated(100, lost=0, seed=seed) for seed in range(seeds)])]
    cases += [("100 devices, nobody tells", [networks.generated(100, deaf=1, seed=seed) for seed in range(seeds)])]
    for name, frames in cases:
        began = process_time()
        found = [topology_scores.find(one) for one in frames]
        spent = (process_time() - began) / seeds
        total = topology_scores.Score()
        for one, cabling in zip(frames, found, strict=True):
            total += topology_scores.score(one, cabling)
        print(f"| {name} | {' | '.join(total.figures())} | {spent:.2f} |", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
