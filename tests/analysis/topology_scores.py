"""Found cabling against what is right."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, fields

import pandas as pd

from analysis.topology import Cabling, discover
from analysis.topology.members import read
from tests.analysis.networks import Frames

HEAD = (
    "links right", "of told by nobody", "cables found", "of told by nobody", "stations at the right port",
    "at most",
    "of those whose entry is left",
    "of named ports right", "unmanaged found", "false",
)  # fmt: skip


@dataclass
class Score:
    """Counts; each share is a pair of them."""

    links: int = 0
    links_right: int = 0
    inferred: int = 0
    inferred_right: int = 0
    cables: int = 0
    cables_found: int = 0
    untold: int = 0
    untold_found: int = 0
    stations: int = 0
    stations_right: int = 0
    stations_possible: int = 0
    kept: int = 0
    kept_right: int = 0
    named: int = 0
    hubs: int = 0
    hubs_found: int = 0
    claimed: int = 0
    claimed_right: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def shares(self) -> dict[str, float]:
        pairs = {
            "precision": (self.links_right, self.links), "precision_inferred": (self.inferred_right, self.inferred),
            "recall": (self.cables_found, self.cables), "recall_untold": (self.untold_found, self.untold),
            "attached": (self.stations_right, self.stations),
            "attached_possible": (self.stations_possible, self.stations), "attached_kept": (self.kept_right, self.kept),
            "attached_named": (self.stations_right, self.named), "unmanaged": (self.hubs_found, self.hubs),
            "false_unmanaged": (self.claimed - self.claimed_right, self.claimed),
        }  # fmt: skip
        return {name: right / of if of else float("nan") for name, (right, of) in pairs.items()}

    def figures(self) -> list[str]:
        return [f"{100 * share:.1f} %" for share in self.shares.values()]


def find(frames: Frames) -> Cabling:
    return discover(frames.devices, frames.links, frames.endpoints, frames.interfaces, frames.forwarding, frames.arp)


def possible(frames: Frames) -> int:
    """How many stations one could place who knew the whole cabling and how many stations hang on each port.

    Stations of one device whose own entry is lost, behind ports of one speed and VLAN, are told apart by nothing; the best that
    can be done is to name the same port for all of them, the one with most.
    """
    ports = {
        (device, port): (str(speed), str(vlan))
        for device, port, speed, vlan in frames.interfaces[["device", "name", "speed_bps", "pvid"]].itertuples(index=False)
    }
    seen, lost, count = set(frames.forwarding["mac"]), defaultdict[tuple, Counter](Counter), 0
    for mac, (device, port) in frames.truth.stations.items():
        if mac in seen and mac in frames.kept:
            count += 1
        elif mac in seen:
            lost[device, ports.get((device, port))][port] += 1
    return count + sum(max(at.values()) for at in lost.values())


def score(frames: Frames, found: Cabling, mistakes: list | None = None) -> Score:
    """`mistakes`: takes what is wrong, to read."""
    truth, total = frames.truth, Score()
    told = {
        frozenset(((a, p), (b, q)))
        for a, p, b, q in frames.links[["a_device", "a_port", "b_device", "b_port"]].itertuples(index=False)
    }
    ends: set[tuple] = set()
    for cable in truth.cables | truth.joined:
        (a, p), (b, q) = tuple(cable)
        for x, y in (((a, p), (b, q)), ((b, q), (a, p))):
            for one in (x, (x[0], None)):
                for other in (y, (y[0], None)):
                    ends.add((one, other))
    pairs: set[frozenset[str]] = set()
    for row in found.links.dropna(subset=["a_device", "b_device"]).itertuples(index=False):
        a = (row.a_device, None if pd.isna(row.a_port) else row.a_port)
        b = (row.b_device, None if pd.isna(row.b_port) else row.b_port)
        # an aggregate is right when each of its cables is
        pairs_of = read("" if pd.isna(row.members) else row.members)
        cables = [((row.a_device, p), (row.b_device, q)) for p, q in pairs_of] or [(a, b)]
        right = all(cable in ends for cable in cables)
        total.links += 1
        total.links_right += right
        if row.origin == "inferred":
            total.inferred += 1
            total.inferred_right += right
        if right:
            pairs.add(frozenset((a[0], b[0])))
        elif mistakes is not None:
            mistakes.append(("link", row))
    for cable in truth.cables - (truth.blocked - told):
        here = frozenset(end[0] for end in cable) in pairs
        total.cables += 1
        total.cables_found += here
        if cable not in told:
            total.untold += 1
            total.untold_found += here
        if not here and mistakes is not None:
            mistakes.append(("missing", cable))
    at = {mac: (d, p) for mac, d, p in found.attachments[["mac", "device", "port"]].itertuples(index=False)}
    seen = set(frames.forwarding["mac"])
    for mac, end in truth.stations.items():
        if mac not in seen:
            continue
        place = at.get(mac, (None, None))
        right = place[0] == end[0] and pd.notna(place[1]) and place[1] == end[1]
        total.stations += 1
        total.stations_right += right
        total.named += pd.notna(place[1])
        if mac in frames.kept:
            total.kept += 1
            total.kept_right += right
        if not right and pd.notna(place[1]) and mistakes is not None:
            mistakes.append(("station", mac, end, place))
    total.stations_possible += possible(frames)
    claimed = set(found.unmanaged[["device", "port"]].itertuples(index=False, name=None))
    wanted = {end for end, count in truth.unmanaged.items() if count >= 2}
    total.hubs += len(wanted)
    total.hubs_found += len(wanted & claimed)
    total.claimed += len(claimed)
    total.claimed_right += len(claimed & set(truth.unmanaged))
    if mistakes is not None:
        mistakes += [("hub missing", end, truth.unmanaged[end]) for end in wanted - claimed]
        mistakes += [("hub false", row) for row in found.unmanaged.itertuples() if (row.device, row.port) not in truth.unmanaged]
    return total
