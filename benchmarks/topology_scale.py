"""What topology and connectivity cost as networks grow: seconds and memory at 1,000, 3,000 and 10,000 devices.

    python -m benchmarks.topology_scale [sizes, comma-separated]

Three shapes of each size. "offices": 25 devices each, five of them switches in a tree under the office's router. "one network":
all switches in one tree that no router divides. "nobody tells": the same without LLDP. Of each device there are four links,
parallel and redundant ones included (all told, but for the last shape), four stations, and twenty entries of forwarding tables:
a switch has learnt what hangs on it and of what is further away rather what many speak with; besides, one in six had aged. Each
line is measured in a process of its own, so that the peak of memory is of this size: what it has beyond the frames. Seconds are
of the processor, which one thread keeps busy.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
from bisect import bisect_right
from collections import defaultdict
from time import process_time

import numpy as np
import pandas as pd

from analysis.connectivity import connectivity
from analysis.tables import typed
from analysis.topology import discover
from inventory.frames.columns import FRAMES

OFFICE, SWITCHES = 25, 5
LINKS, STATIONS, ENTRIES = 4, 4, 20  # a device
AGED = 0.2


def network(devices: int, per: int, told: bool, seed: int = 0) -> dict[str, pd.DataFrame]:
    """Frames of an inventory with so many devices, `per` of them in each network."""
    dice = np.random.default_rng(seed)
    kinds = ["pc"] * devices
    above = np.full(devices, -1)
    switches_of = []
    for first in range(0, devices, per):
        here = list(range(first + 1, first + 1 + per * SWITCHES // OFFICE))
        kinds[first], above[here[0]] = "router", first
        for n, switch in enumerate(here):
            kinds[switch] = "switch"
            if n:
                above[switch] = here[(n - 1) // int(dice.integers(2, 9))]
        above[here[-1] + 1 : first + per] = dice.choice(here, first + per - here[-1] - 1)
        switches_of += [here] * per
    used = [0] * devices

    def plug(device: int) -> str:
        used[device] += 1
        return f"Gi0/{used[device]}"

    tree = {n: (plug(n), plug(int(top))) for n, top in enumerate(above) if top >= 0}
    lines = [(n, own, int(above[n]), far) for n, (own, far) in tree.items()]
    while len(lines) < LINKS * devices:  # what the spanning tree holds back
        a = int(dice.integers(devices))
        b = int(dice.choice(switches_of[a]))
        if a != b:
            lines.append((a, plug(a), b, plug(b)))
    names = [f"D{n:05d}" for n in range(devices)]
    offices = [f"X{n // per:04d}" for n in range(devices)]
    macs = [f"00:11:22:{n >> 16:02x}:{n >> 8 & 255:02x}:{n & 255:02x}" for n in range(devices * (1 + STATIONS))]
    top = [here[0] for here in switches_of]
    places = [(int(above[n]), tree[n][1]) if n in tree else (top[n], tree[top[n]][0]) for n in range(devices)]
    for n in range(devices * STATIONS):
        switch = int(dice.choice(switches_of[n % devices]))
        places.append((switch, plug(switch)))
    forwarding = _learnt(dice, above, tree, places, kinds, per)
    return {
        "devices": typed(
            [
                {
                    "device": names[n], "office": offices[n], "kind": kinds[n], "mac": macs[n], "state": "present",
                    "sys_name": names[n], "address": f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}",
                }
                for n in range(devices)
            ],
            FRAMES["devices"],
        ),
        "links": typed(
            [
                {"a_device": names[a], "a_port": p, "b_device": names[b], "b_port": q, "protocol": "lldp", "both_sides": True}
                for a, p, b, q in lines
                if told
            ],
            FRAMES["links"],
        ),
        "endpoints": typed(
            [
                {
                    "mac": macs[n], "office": offices[n % devices], "switch": names[switch], "port": port, "mac_class": "global",
                    "device": names[n] if n < devices else None, "vendor": "Dell Inc.",
                }
                for n, (switch, port) in enumerate(places)
            ],
            FRAMES["endpoints"],
        ),
        "interfaces": typed(
            [
                {
                    "device": names[device], "office": offices[device], "if_index": n, "name": f"Gi0/{n}", "type": 6,
                    "oper_up": True, "admin_up": True, "speed_bps": 10**9,
                }
                for device in range(devices)
                for n in range(1, used[device] + 1)
            ],
            FRAMES["interfaces"],
        ),
        "forwarding": pd.DataFrame(
            [(names[device], offices[device], port, macs[n]) for device, port, n in forwarding],
            columns=["device", "office", "port", "mac"],
        ),
        "offices": typed([{"office": office, "name": office} for office in dict.fromkeys(offices)], FRAMES["offices"]),
    }  # fmt: skip


def _learnt(
    dice: np.random.Generator,
    above: np.ndarray,
    tree: dict[int, tuple[str, str]],
    places: list[tuple[int, str]],
    kinds: list[str],
    per: int,
) -> list[tuple[int, str, int]]:
    """(switch, port, address): ports towards the places of addresses."""
    devices = len(above)
    below: dict[int, list[int]] = defaultdict(list)
    for n, top in enumerate(above.tolist()):
        if top >= 0 and kinds[n] == "switch":
            below[top].append(n)
    first, last, count = [0] * devices, [0] * devices, 0
    for top in [n for n, kind in enumerate(kinds) if kind == "router"]:  # preorder: what is below a switch is an interval
        todo = [(top, False)]
        while todo:
            node, passed = todo.pop()
            if passed:
                last[node] = count
                continue
            first[node] = count = count + 1
            todo += [(node, True), *[(child, False) for child in reversed(below[node])]]
    at: dict[int, list[int]] = defaultdict(list)
    for n, (switch, _) in enumerate(places):
        at[switch].append(n)
    mine = round(ENTRIES * OFFICE / SWITCHES * (1 + AGED))
    rows = []
    for switch in [n for n, kind in enumerate(kinds) if kind == "switch"]:
        start = switch // per * per
        known = at[switch][:mine]
        # many have heard the router and the servers, few have heard any one computer
        popular = dice.random((2, 4 * mine)) ** 3
        others = start + (popular[0] * per).astype(int) + devices * (popular[1] * (1 + STATIONS)).astype(int)
        known = [*known, *[int(n) for n in dict.fromkeys(others.tolist()) if places[n][0] != switch and n != switch]][:mine]
        starts = [first[child] for child in below[switch]]
        for n in known:
            place, port = (n, "") if n < devices and kinds[n] == "switch" else places[n]
            if place != switch:
                child = bisect_right(starts, first[place]) - 1
                inside = child >= 0 and first[place] <= last[below[switch][child]]
                port = tree[below[switch][child]][1] if inside else tree[switch][0]
            rows.append((switch, port, n))
    keep = dice.random(len(rows)) >= AGED / (1 + AGED)
    return [row for row, kept in zip(rows, keep.tolist(), strict=True) if kept]


def measure(devices: int, per: int, told: bool, work: str) -> tuple[int, int, float, float]:
    """Links found, entries, seconds, MiB beyond the frames at the peak."""
    frames = network(devices, per, told)
    offices = frames.pop("offices")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = process_time()
    links = 0
    if work == "discover":
        links = len(discover(**frames).links)
    else:
        connectivity(offices=offices, **frames)
    spent = process_time() - began
    return links, len(frames["forwarding"]), spent, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def main(sizes: str = "1000,3000,10000") -> None:
    """Prints the table."""
    print("| network | devices | entries | links | discover CPU s | MiB | with connectivity CPU s | MiB |")
    print("|---|---|---|---|---|---|---|---|")
    for shape, one, told in (("offices", False, True), ("one network", True, True), ("nobody tells", True, False)):
        for size in map(int, sizes.split(",")):
            found = []
            for work in ("discover", "connectivity"):
                with multiprocessing.get_context("spawn").Pool(1) as process:
                    found.append(process.apply(measure, (size, size if one else OFFICE, told, work)))
            (links, entries, *cost), (_, _, *all_cost) = found
            figures = " | ".join(f"{seconds:.1f} | {mib:.0f}" for seconds, mib in (cost, all_cost))
            print(f"| {shape} | {size} | {entries} | {links} | {figures} |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:2])
