"""What each device and cable cuts off, redundancy, findings and one what-if, by size of the network.

    python -m benchmarks.connectivity [devices …]

Offices of 25 devices, every third behind another one, four cables a device (rings, parallel cables, aggregates), three stations a
device, ports with counters. Each size in a process of its own: seconds of topology, of connectivity on top of it, of one what-if,
and the most memory that the process had, pandas and networkx included.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
from time import perf_counter

import pandas as pd

from analysis.connectivity import cabled, what_if
from analysis.topology import discover
from tests.analysis.cabled import World

SIZES = (1_000, 3_000, 10_000)


def network(size: int, seed: int = 0) -> World:
    """So many devices, four cables each."""
    dice = random.Random(seed)
    made = World()
    number = 0
    previous: list[str] = []
    for n in range(size // 25):
        office = f"X{n:03d}"
        made.offices[office] = f"X{n - 1:03d}" if n % 3 else None
        made.staff[office] = dice.randint(10, 60)
        inside = []
        for k in range(25):
            number += 1
            name = f"D{number:05d}"
            made.device[name] = (office, "router" if k == 0 else "switch")
            if inside:
                made.plug(name, dice.choice(inside))
            inside.append(name)
        if n % 3:
            made.plug(inside[0], dice.choice(previous), 2)
        while len(made.cables) < 4 * number:
            made.plug(*dice.sample(inside, 2), dice.choice([1, 1, 2]), dice.random() < 0.5)
        made.stations += [(office, switch, made.port(switch)) for switch in inside for _ in range(3)]
        previous = inside
    return made


def frames(size: int) -> dict[str, pd.DataFrame]:
    """As an inventory would give them, with an interface for every port."""
    made = network(size)
    found = made.frames()
    have = set(zip(found["interfaces"]["device"], found["interfaces"]["name"], strict=True))
    rows = [
        {
            "device": device, "office": made.device[device][0], "name": f"p{n}", "type": 6, "oper_up": True, "pvid": 1,
            "speed_bps": 1_000_000_000, "in_octets": 10**9, "out_octets": 10**9, "in_errors": n, "counted_s": 86_400,
        }
        for device, ports in made.ports.items()
        for n in range(1, ports + 1)
        if (device, f"p{n}") not in have
    ]  # fmt: skip
    columns = found["interfaces"].columns
    more = pd.DataFrame(rows).reindex(columns=columns).astype(found["interfaces"].dtypes.to_dict())
    found["interfaces"] = pd.concat([found["interfaces"], more], ignore_index=True)
    return found


def one(size: int) -> None:
    """Prints a row of the table."""
    given = frames(size)
    began = perf_counter()
    cabling = discover(given["devices"], given["links"], given["endpoints"], given["interfaces"])
    topology = perf_counter() - began
    began = perf_counter()
    known = cabled(cabling, **given)
    alone = perf_counter() - began
    busiest = known.behind.sort_values("people", ascending=False)["device"].head(3)
    began = perf_counter()
    what_if(known, devices=busiest, cables=range(10))
    asked = perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"| {size:,} | {len(given['links']):,} | {len(given['interfaces']):,} | {topology:.1f} | {alone:.1f} "
        f"| {asked:.2f} | {memory:,.0f} |",
        flush=True,
    )


def main(sizes: tuple[int, ...] = SIZES) -> None:
    """Prints the table, each size measured in a process of its own."""
    print("| devices | links | ports | topology, s | connectivity, s | what-if, s | MiB |", flush=True)
    print("|---|---|---|---|---|---|---|", flush=True)
    for size in sizes:
        subprocess.run([sys.executable, "-m", "benchmarks.connectivity", "--one", str(size)], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(int(sys.argv[2]))
    else:
        main(tuple(map(int, sys.argv[1:])) or SIZES)
