"""Networks that nobody simulated: bridges of this kernel in namespaces of their own, cabled by hand, read as hosts over SSH are.

    p1 p2        p3 p4          p5 p6 p7
      |            |               |
     sw1 -------- sw2 --- hub --- sw3
      |                    |
     hub2 - p10 p11      p8 p9

`hub` and `hub2` are bridges that nobody may ask. lldpd runs on sw1 and sw2 (where Debian's is installed), not on sw3.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from analysis.topology import Cabling, discover
from collectors.ssh import linux
from inventory import ledger
from inventory.database import open_database
from inventory.facts import Observation, Outcome, Topic
from inventory.frames import Inventory

AT = 1_780_000_000
SWITCHES = {"sw1": "10.77.0.1", "sw2": "10.77.0.2", "sw3": "10.77.0.3"}
CABLES = (("sw1", "sw2"), ("sw2", "hub"), ("sw3", "hub"), ("hub2", "sw1"))
STATIONS = {
    "p1": "sw1", "p2": "sw1", "p3": "sw2", "p4": "sw2", "p5": "sw3", "p6": "sw3", "p7": "sw3", "p8": "hub", "p9": "hub",
    "p10": "hub2", "p11": "hub2",
}  # fmt: skip
#: Every frame that a station sends to all is learnt by every bridge.
SHOUT = """import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
s.bind((sys.argv[1], 0))
s.sendto(b"here", ("10.77.0.255", 9))
"""
HAS_LLDPD = shutil.which("lldpd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin") is not None


def run(*words: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=60, **more)  # type: ignore[call-overload,no-any-return]


@dataclass
class Lab:
    """Namespaces by name; a process of each keeps its host name and its /run."""

    prefix: str
    places: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def space(self, name: str) -> str:
        return f"{self.prefix}{name}"

    def add(self, name: str, then: str = "") -> None:
        run("ip", "netns", "add", self.space(name))
        within = f"hostname {name}; mount -t tmpfs none /run; mkdir -p /run/lldpd; ip link set lo up; {then} exec sleep 600"
        place = ["ip", "netns", "exec", self.space(name), "unshare", "--uts", "--mount", "sh", "-c", within]
        self.places[name] = subprocess.Popen(
            place, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(100):
            if self.inside(name, "hostname", check=False).stdout.strip() == name:
                return
            time.sleep(0.05)
        raise AssertionError(f"{name} did not start")

    def inside(self, name: str, *words: str, said: str | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
        there = ["nsenter", "--target", str(self.places[name].pid), "--net", "--uts", "--mount"]
        return subprocess.run([*there, *words], input=said, check=check, capture_output=True, text=True, timeout=60)

    def bridge(self, name: str, address: str = "") -> None:
        self.add(name)
        self.inside(name, "ip", "link", "add", "br0", "type", "bridge", "forward_delay", "0")
        self.inside(name, "ip", "link", "set", "br0", "up")
        if address:
            self.inside(name, "ip", "addr", "add", f"{address}/24", "broadcast", "10.77.0.255", "dev", "br0")

    def plug(self, a: str, b: str) -> None:
        """A cable; each end is named after the other, and belongs to the bridge where there is one."""
        port, far = f"to-{b}", f"to-{a}"
        run("ip", "link", "add", port, "netns", self.space(a), "type", "veth", "peer", "name", far, "netns", self.space(b))
        for place, end in ((a, port), (b, far)):
            if place not in STATIONS:
                self.inside(place, "ip", "link", "set", end, "master", "br0")
            self.inside(place, "ip", "link", "set", end, "up")

    def mac(self, name: str, port: str) -> str:
        return self.inside(name, "cat", f"/sys/class/net/{port}/address").stdout.strip()

    def close(self) -> None:
        for name, process in self.places.items():
            process.kill()
            process.wait()
            spaces = run("ip", "netns", "pids", self.space(name)).stdout.split()
            for pid in spaces:
                subprocess.run(["kill", "-9", pid], check=False)
            subprocess.run(["ip", "netns", "del", self.space(name)], check=False)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    network = Lab(f"kk{os.getpid()}-")
    if shutil.which("nsenter") is None or shutil.which("ip") is None:
        pytest.skip("iproute2 and util-linux are needed")
    probe = network.space("probe")
    tried = subprocess.run(["ip", "netns", "add", probe], check=False, capture_output=True, text=True)
    if tried.returncode:
        pytest.skip(f"network namespaces are not allowed here: {tried.stderr.strip()}")
    made = subprocess.run(
        ["ip", "-n", probe, "link", "add", "br0", "type", "bridge"], check=False, capture_output=True, text=True
    )
    subprocess.run(["ip", "netns", "del", probe], check=False)
    if made.returncode:
        pytest.skip(f"bridges are not allowed here: {made.stderr.strip()}")
    try:
        for name in ("hub", "hub2"):
            network.bridge(name)
        for name, address in SWITCHES.items():
            network.bridge(name, address)
        for name in STATIONS:
            network.add(name)
        for a, b in (*CABLES, *STATIONS.items()):
            network.plug(a, b)
        for n, (name, place) in enumerate(STATIONS.items(), 11):
            network.inside(name, "ip", "addr", "add", f"10.77.0.{n}/24", "broadcast", "10.77.0.255", "dev", f"to-{place}")
        time.sleep(1)
        for name in SWITCHES:
            network.inside(name, "python3", "-c", SHOUT, SWITCHES[name])
        for n, name in enumerate(STATIONS, 11):
            network.inside(name, "python3", "-c", SHOUT, f"10.77.0.{n}")
        yield network
    finally:
        network.close()


def ask(lab: Lab, name: str) -> Observation:
    """What the collector gets of a session's `sh -s`, and makes of it."""
    mark = "k0123456789abcdef"
    output = lab.inside(name, "sh", "-s", said=linux.script(mark)).stdout
    facts = linux.parse(mark, output)
    return Observation(
        SWITCHES[name], "A", "ssh", AT, Outcome.ANSWERED, identity=facts.identity, components=facts.components,
        interfaces=facts.interfaces, neighbours=facts.neighbours, addresses=facts.addresses, health=facts.health,
        topics=facts.topics, notes=facts.notes,
    )  # fmt: skip


def acquainted(lab: Lab) -> bool:
    """Both daemons have heard each other by now."""
    both = ("sw1", "sw2")
    for _ in range(4 if HAS_LLDPD else 0):  # one that misses its cards at the start never finds them
        for name in both:
            lab.inside(name, "sh", "-c", "lldpd && lldpcli configure lldp tx-interval 1")
        for _ in range(12):
            time.sleep(0.5)
            if all("via=LLDP" in lab.inside(name, "lldpctl", "-f", "keyvalue").stdout for name in both):
                return True
        for name in both:
            lab.inside(name, "sh", "-c", "kill $(cat /run/lldpd.pid); rm -f /run/lldpd.*")
    return False


def cabling(observations: list[Observation], folder: Path) -> tuple[Cabling, Inventory]:
    engine = open_database(folder / "inventory.sqlite")
    try:
        scan = ledger.begin_scan(engine, AT, [("A", address) for address in SWITCHES.values()])
        ledger.record(engine, scan, observations)
        ledger.finish(engine, scan, AT + 60)
    finally:
        engine.dispose()
    inventory = Inventory(folder / "inventory.sqlite")
    frames = (inventory.devices(), inventory.links(), inventory.endpoints(), inventory.interfaces(), inventory.forwarding())
    return discover(*frames, inventory.arp()), inventory


@pytest.fixture(scope="module")
def speaking(lab: Lab) -> bool:
    return acquainted(lab)


@pytest.fixture(scope="module")
def observations(lab: Lab, speaking: bool) -> list[Observation]:
    return [ask(lab, name) for name in SWITCHES]


def test_the_collector_reads_what_a_bridge_has_learnt(lab: Lab, observations: list[Observation]) -> None:
    for observation, name in zip(observations, SWITCHES, strict=True):
        assert observation.addresses is not None
        learnt = {(entry.mac, entry.port) for entry in observation.addresses.forwarding or ()}
        own = {(lab.mac(station, f"to-{name}"), f"to-{station}") for station, place in STATIONS.items() if place == name}
        assert own <= learnt
        stations = {lab.mac(station, f"to-{place}") for station, place in STATIONS.items()}
        assert stations <= {mac for mac, _ in learnt}  # every one, and none of its own
        assert not {mac for mac, _ in learnt} & {interface.mac for interface in observation.interfaces or ()}
        assert {i.type for i in observation.interfaces or () if i.name == "br0"} == {209}


def test_what_is_told_and_what_is_implied_is_what_was_cabled(
    lab: Lab, speaking: bool, observations: list[Observation], tmp_path: Path
) -> None:
    if not speaking:
        pytest.skip("lldpd is not installed, or did not hear its neighbour here")
    check(lab, observations, tmp_path, lldp=True)


def test_the_same_without_any_neighbour_that_tells(lab: Lab, observations: list[Observation], tmp_path: Path) -> None:
    from dataclasses import replace

    silent = [
        replace(o, neighbours=None, topics={t: x for t, x in o.topics.items() if t != Topic.NEIGHBOURS}) for o in observations
    ]
    check(lab, silent, tmp_path, lldp=False)


def check(lab: Lab, observations: list[Observation], folder: Path, *, lldp: bool) -> None:
    found, inventory = cabling(observations, folder)
    name = dict(inventory.devices()[["device", "sys_name"]].itertuples(index=False))
    assert set(name.values()) == set(SWITCHES)
    links = {
        frozenset(((name[row.a_device], row.a_port), (name[row.b_device], row.b_port))): (row.origin, row.evidence)
        for row in found.links.itertuples()
    }
    direct = frozenset((("sw1", "to-sw2"), ("sw2", "to-sw1")))
    assert links == {
        direct: ("told", "lldp_both") if lldp else ("inferred", "facing"),
        frozenset((("sw2", "to-hub"), ("sw3", "to-hub"))): ("inferred", "through_unmanaged"),
    }
    at = {row.mac: (name[row.device], row.port) for row in found.attachments.itertuples()}
    right = {
        lab.mac(station, f"to-{place}"): {place: {(place, f"to-{station}")}, "hub": {("sw2", "to-hub"), ("sw3", "to-hub")}}
        | {"hub2": {("sw1", "to-hub2")}}
        for station, place in STATIONS.items()
    }
    for station, place in STATIONS.items():
        mac = lab.mac(station, f"to-{place}")
        assert at[mac] in right[mac][place]
    claimed = {(name[row.device], row.port) for row in found.unmanaged.itertuples()}
    assert ("sw1", "to-hub2") in claimed
    assert len(claimed) == 2
    assert claimed & {("sw2", "to-hub"), ("sw3", "to-hub")}
