"""How much of a known cabling is found, and how fast: the simulated district and networks drawn at random, over many seeds.

    python -m benchmarks.topology [seeds] [first seed]

Discovery protocols are off on a random half of the switches, and one forwarding entry in five is lost (in the last two rows every
entry of one address in five, and no other). A link is right when
its two devices are cabled to each other, or joined by nothing but what nobody can ask (unmanaged switches, the provider, devices
without credentials), at the ports that it names. Cables that the spanning tree blocks count only where they are told. A station
is right at the nearest port of a device whose table can be read; a fifth of the stations have lost the entry of that very port,
and "at most" is the share that somebody could place who knew the whole cabling besides (`topology_scores.possible`). Unmanaged
switches count with two things or more behind them, below a device whose table can be read.
"""

from __future__ import annotations

import sys
from time import process_time

from simulator.district import load
from tests.analysis import networks, topology_scores


def main(count: int = 10, first: int = 1000) -> None:
    """Prints the table."""
    seeds = range(first, first + count)
    print("| network | " + " | ".join(topology_scores.HEAD) + " | CPU s |")
    print("|---|" + "---|" * (len(topology_scores.HEAD) + 1))
    district = load()
    day = district.at(district.today)
    cases = [("district", [networks.district(day, seed=seed) for seed in seeds])]
    cases += [(f"{size} devices", [networks.generated(size, seed=seed) for seed in seeds]) for size in (10, 25, 50, 100, 200)]
    cases += [("100 devices, tables whole", [networks.generated(100, lost=0, seed=seed) for seed in seeds])]
    cases += [("100 devices, nobody tells", [networks.generated(100, deaf=1, seed=seed) for seed in seeds])]
    cases += [
        (f"60 devices, nobody broadcasts{words}", [networks.generated(60, quiet=True, lost=lost, seed=seed) for seed in seeds])
        for words, lost in ((", tables whole", 0.0), ("", 0.2))
    ]
    cases += [
        ("district, whole stations aged", [networks.district(day, lost=0, asleep=0.2, seed=seed) for seed in seeds]),
        ("100 devices, whole stations aged", [networks.generated(100, lost=0, asleep=0.2, seed=seed) for seed in seeds]),
    ]
    for name, frames in cases:
        began = process_time()
        found = [topology_scores.find(one) for one in frames]
        spent = (process_time() - began) / count
        total = topology_scores.Score()
        for one, cabling in zip(frames, found, strict=True):
            total += topology_scores.score(one, cabling)
        print(f"| {name} | {' | '.join(total.figures())} | {spent:.2f} |", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
