"""Properties of reconciliation: order does not matter, repetition changes nothing, a lost answer removes nothing."""

from __future__ import annotations

import atexit
import dataclasses
import hashlib
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory import ledger
from inventory.database import connect, open_database, reading
from inventory.facts import (
    Addresses,
    ArpEntry,
    Component,
    Counters,
    Evidence,
    ForwardingEntry,
    Identity,
    Interface,
    Neighbour,
    Observation,
    Outcome,
    OwnAddress,
    Reading,
)
from inventory.frames import load
from inventory.schema import METADATA
from tests.inventory.conftest import mac, observe

OUTCOMES = st.sampled_from(
    [Outcome.ANSWERED] * 6 + [Outcome.PARTIAL, Outcome.AUTH_FAILED, Outcome.SILENT, Outcome.REFUSED, Outcome.DROPPED]
)
MACS = st.sampled_from([f"00:1c:73:00:00:{n:02x}" for n in range(12)] + ["02:42:ac:11:00:02", "00:00:5e:00:01:01"])
SERIALS = st.sampled_from(["CN11AAA111", "CN22BBB222", "CN33CCC333", "CN44DDD444", "To be filled by O.E.M.", None, None])
NAMES = st.sampled_from(["sw-1", "sw-2", "switch", "may-in", None])
PORTS = st.sampled_from(["Gi0/1", "Gi0/2", "Gi0/3"])


def blank(text: st.SearchStrategy) -> st.SearchStrategy:
    return text.map(lambda value: None if value is None else Evidence(value, "entity", 0.9))


IDENTITIES = st.builds(
    Identity,
    vendor=blank(st.sampled_from(["HPE", "Cisco", None])),
    model=blank(st.sampled_from(["2530", "C2960", None])),
    serial=blank(SERIALS),
    os_version=blank(st.sampled_from(["1", "2", None])),
    kind=blank(st.sampled_from(["switch", "router", "printer", None])),
    sys_name=NAMES,
    engine_id=st.sampled_from(["80000009030011223344", "8000000903005566", None]),
    base_mac=st.none() | MACS,
    uptime_s=st.sampled_from([10, 10**6, None]),
)
INTERFACES = st.lists(
    st.builds(
        Interface,
        index=st.integers(1, 4),
        name=PORTS,
        mac=MACS,
        oper_up=st.booleans(),
        counters=st.none() | st.builds(Counters, in_octets=st.integers(0, 2**64 - 1)),
    ),
    max_size=4,
).map(tuple)
ADDRESSES = st.builds(
    Addresses,
    own=st.none()
    | st.lists(st.builds(OwnAddress, st.sampled_from(["10.0.0.1", "10.0.0.2"]), st.just(24), st.just(1)), max_size=2).map(tuple),
    arp=st.none()
    | st.lists(st.builds(ArpEntry, st.sampled_from(["10.0.0.1", "10.0.0.3", "10.0.0.9"]), MACS), max_size=3).map(tuple),
    forwarding=st.none() | st.lists(st.builds(ForwardingEntry, MACS, PORTS), max_size=5).map(tuple),
)
OBSERVATIONS = st.builds(
    Observation,
    address=st.sampled_from([f"10.0.0.{n}" for n in range(1, 6)]),
    office=st.sampled_from(["A", "A", "B"]),
    protocol=st.sampled_from(["snmp", "ssh"]),
    observed_at=st.just(0),
    outcome=OUTCOMES,
    identity=st.none() | IDENTITIES,
    interfaces=st.none() | INTERFACES,
    components=st.none()
    | st.lists(st.builds(Component, st.sampled_from("123"), st.just("module"), serial=SERIALS), max_size=3).map(tuple),
    neighbours=st.none()
    | st.lists(st.builds(Neighbour, st.just("lldp"), PORTS, remote_chassis=MACS, remote_port=PORTS), max_size=3).map(tuple),
    addresses=st.none() | ADDRESSES,
    health=st.none()
    | st.lists(st.builds(Reading, st.just("cpu_load"), st.sampled_from("12"), st.floats(0, 100)), max_size=2).map(tuple),
    topics=st.dictionaries(
        st.sampled_from(["identity", "interfaces", "addresses", "health", "components", "neighbours"]),
        st.sampled_from([Outcome.ANSWERED, Outcome.PARTIAL, Outcome.SILENT]),
        max_size=2,
    ),
)
SCANS = st.lists(OBSERVATIONS, max_size=8, unique_by=lambda o: (o.office, o.address, o.protocol))


def new_database(folder: str, name: str = "a.sqlite") -> sa.Engine:
    """A copy of an empty database: making the tables takes longer than the scans."""
    template = Path(tempfile.gettempdir()) / f"kiemke-empty-{os.getpid()}.sqlite"
    if not template.exists():
        open_database(template)
        atexit.register(template.unlink)
    return connect(shutil.copy(template, Path(folder) / name))


def run(engine: sa.Engine, number: int, observations: Sequence[Observation]) -> None:
    at = 1_780_000_000 + number * 86_400
    targets = [(office, f"10.0.0.{n}") for office in "AB" for n in range(1, 9)]
    scan = ledger.begin_scan(engine, at, targets)
    ledger.record(engine, scan, [dataclasses.replace(o, observed_at=at + 1) for o in observations])
    ledger.finish(engine, scan, at + 60)


def rows(engine: sa.Engine, *, scan_free: bool = False) -> dict[str, list[tuple]]:
    """Every row of every interval table; `scan_free`: only what is true now."""
    found = {}
    with reading(engine) as connection:
        for table in METADATA.sorted_tables:
            if "valid_to" in table.c and table.name != "offices":
                statement = sa.select(table).where(table.c.valid_to.is_(None)) if scan_free else sa.select(table)
                found[table.name] = sorted(map(repr, map(tuple, connection.execute(statement).all())))
    return found


@settings(max_examples=12, deadline=None)
@given(st.lists(SCANS, min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_any_order_of_answers_gives_the_same_devices_and_history(scans: list[list[Observation]], chance: random.Random) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        engines = [new_database(folder, name) for name in ("a.sqlite", "b.sqlite")]
        for number, observations in enumerate(scans):
            run(engines[0], number, observations)
            run(engines[1], number, chance.sample(observations, len(observations)))
        assert rows(engines[0]) == rows(engines[1])
        for frame in ("devices", "links", "endpoints", "changes", "conflicts"):
            pd.testing.assert_frame_equal(load(engines[0], frame), load(engines[1], frame))


@settings(max_examples=12, deadline=None)
@given(SCANS)
def test_the_same_scan_again_changes_nothing(observations: list[Observation]) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        engine = new_database(folder)
        run(engine, 0, observations)
        run(engine, 1, observations)  # settles what needed the other devices to be known
        before, devices = rows(engine), load(engine, "devices")["device"].tolist()
        run(engine, 2, observations)
        assert rows(engine) == before
        assert load(engine, "devices")["device"].tolist() == devices
        assert load(engine, "changes").query("scan == 'S00003'").empty


def assert_settled(folder: Path, *observations: Observation) -> None:
    """A network that answers the same in every scan has no history after its second."""
    engine = new_database(str(folder))
    for number in (0, 1):
        run(engine, number, observations)
    settled = rows(engine)
    for number in (2, 3):
        run(engine, number, observations)
        assert rows(engine) == settled


def test_boxes_that_a_cloned_serial_number_joins_and_parts_do_not_change_places_at_every_scan(tmp_path: Path) -> None:
    """What two devices share is found out from the boxes of a scan, whatever of them was kept from the scan before."""
    cloned, other = (Identity(serial=Evidence(serial, "entity", 0.9)) for serial in ("CN11AAA111", "CN22BBB222"))
    module = (Component("1", "module", serial="CN22BBB222"),)
    told = (ArpEntry("10.0.0.1", mac(10)),)
    assert_settled(
        tmp_path,
        observe("10.0.0.2", protocol="ssh", identity=False, interfaces=(Interface(3, "Gi0/3", mac=mac(10)),)),
        dataclasses.replace(observe("10.0.0.1", office="B", arp=told, components=module), identity=cloned),
        dataclasses.replace(observe("10.0.0.4", protocol="ssh"), identity=other),
        observe("10.0.0.4", office="B", identity=False, interfaces=(), components=module),
        dataclasses.replace(observe("10.0.0.5", office="B"), identity=dataclasses.replace(cloned, base_mac=mac(0))),
    )


def test_a_card_that_is_listed_in_two_boxes_parts_what_rests_on_it_at_once(tmp_path: Path) -> None:
    heard = tuple(ForwardingEntry(mac(n), f"Gi0/{port}") for n, port in ((9, 2), (9, 3), (11, 2)))
    assert_settled(
        tmp_path,
        observe("10.0.0.4", identity=False, macs=[mac(3), mac(0)]),
        observe("10.0.0.5", identity=False, macs=[mac(8), mac(3)]),
        observe("10.0.0.4", office="B", protocol="ssh", identity=False, macs=[mac(3)], forwarding=heard),
    )


def test_an_answer_that_could_be_of_either_of_two_boxes_stays_with_the_one_it_was_with(tmp_path: Path) -> None:
    """Its chassis address is the one's, its ports' are the other's."""
    own = (OwnAddress("10.0.0.2", 24, 1),)
    here, there = {"office": "B", "vendor": None}, {"vendor": None, "serial": None}
    assert_settled(
        tmp_path,
        observe("10.0.0.2", model="C2960", base_mac=mac(0), macs=[mac(7), mac(5)], **there),
        observe("10.0.0.3", protocol="ssh", identity=False, macs=[mac(1), mac(8)]),
        observe("10.0.0.2", office="B", identity=False, outcome=Outcome.PARTIAL, macs=[mac(7), mac(1), mac(5)]),
        observe("10.0.0.2", protocol="ssh", model=None, serial="CN44DDD444", base_mac=mac(1), **here),
        observe("10.0.0.3", model=None, serial="To be filled by O.E.M.", own=own, **here),
        observe("10.0.0.4", protocol="ssh", model="2530", serial="CN33CCC333", base_mac=mac(0), **here),
    )


def test_a_box_whose_answers_contradict_each_other_is_recognised_and_not_new_in_every_scan(tmp_path: Path) -> None:
    serial = "CN44DDD444"
    assert_settled(
        tmp_path,
        observe("10.0.0.5", protocol="ssh", vendor="HPE", model="2530", serial=serial),
        observe("10.0.0.1", protocol="ssh", vendor="Cisco", model=None, serial=serial),
        observe(
            "10.0.0.5", office="B", protocol="ssh", vendor=None, model="C2960", serial="To be filled by O.E.M.",
            components=(Component("3", "module", serial=serial),),
        ),
    )  # fmt: skip


def test_routers_that_tell_different_cards_of_an_address_make_no_new_device_in_every_scan(tmp_path: Path) -> None:
    cards = tuple(Interface(3, "Gi0/2", mac=card) for card in (mac(3), "02:42:ac:11:00:02"))  # one listed twice, and in vain
    told = (ArpEntry("10.0.0.1", mac(7)), ArpEntry("10.0.0.1", mac(5)))
    assert_settled(
        tmp_path,
        observe("10.0.0.1", office="B", identity=False, interfaces=cards),
        observe("10.0.0.4", office="B", protocol="ssh", identity=False, arp=told),
    )


def test_an_address_is_of_the_office_whose_router_tells_of_it(tmp_path: Path) -> None:
    """Offices use the same addresses: a station that a switch hears over a trunk from the other office is none of its own."""
    assert_settled(
        tmp_path,
        observe("10.0.0.3", office="B", protocol="ssh", identity=False, arp=(ArpEntry("10.0.0.3", mac(0)),)),
        observe("10.0.0.3", office="A", protocol="ssh", identity=False, forwarding=(ForwardingEntry(mac(0), "Gi0/2"),)),
    )


@settings(max_examples=12, deadline=None)
@given(SCANS, st.sampled_from([Outcome.SILENT, Outcome.REFUSED, Outcome.NOT_ASKED, Outcome.AUTH_FAILED]))
def test_a_scan_that_gets_no_answers_removes_no_fact(observations: list[Observation], outcome: Outcome) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        engine = new_database(folder)
        run(engine, 0, observations)
        before = rows(engine, scan_free=True)
        targets = {(o.office, o.address) for o in observations}
        run(engine, 1, [Observation(address, office, "snmp", 0, outcome) for office, address in sorted(targets)])
        after = rows(engine, scan_free=True)
        for table in ("facts", "ports", "components", "neighbours", "readings", "stations"):
            missing = set(before[table]) - set(after[table])
            assert not missing, table


#: What may be lost of an answer on its way.
PARTS = ("identity", "components", "interfaces", "neighbours", "addresses", "health")


@st.composite
def networks(draw: st.DrawFn) -> list[Observation]:
    """Up to four boxes that answer in full at two addresses at most, over one protocol or both, and say the same everywhere.

    Names may be alike; serial numbers, engine ids and cards are each box's own.
    """
    answers = []
    for number, box in enumerate(map(_own, itertools.count(), draw(st.lists(OBSERVATIONS, max_size=4)))):
        places = draw(st.sets(st.sampled_from([2 * number + 1, 2 * number + 2]), min_size=1))
        for place in sorted(places):
            for protocol in sorted(draw(st.sets(st.sampled_from(["snmp", "ssh"]), min_size=1))):
                where = {"address": f"10.0.0.{place}", "protocol": protocol}
                answers.append(dataclasses.replace(box, **where, outcome=Outcome.ANSWERED, topics={}))
    return answers


def _own(number: int, box: Observation) -> Observation:
    """A box whose serial numbers, engine id, cards and addresses are none of another box."""

    def mac(said: str | None) -> str | None:
        return said and said[:-2].removesuffix("00:") + f"{number:02x}:{said[-2:]}"

    who = box.identity
    if who is not None:
        serial = who.serial and dataclasses.replace(who.serial, value=f"{who.serial.value}{number}")
        engine = who.engine_id and f"{who.engine_id}{number:02x}"
        who = dataclasses.replace(who, serial=serial, base_mac=mac(who.base_mac), engine_id=engine)
    # An address that it says is its own is one of its two: it never speaks for another box.
    own = box.addresses and box.addresses.own
    addresses = box.addresses and dataclasses.replace(
        box.addresses,
        own=own and tuple(dataclasses.replace(o, address=f"10.0.0.{2 * number + 1 + int(o.address[-1]) % 2}") for o in own),
    )
    return dataclasses.replace(
        box,
        identity=who,
        addresses=addresses,
        interfaces=box.interfaces and tuple(dataclasses.replace(i, mac=mac(i.mac)) for i in box.interfaces),
        components=box.components
        and tuple(dataclasses.replace(c, serial=c.serial and f"{c.serial}{number}") for c in box.components),
    )


@st.composite
def losses(draw: st.DrawFn, observations: st.SearchStrategy[list[Observation]]) -> tuple[list[Observation], list[Observation]]:
    """A scan's answers, and what is left of them when some are lost whole, some in part, and some are cut short."""
    whole = draw(observations)
    left = []
    for o in whole:
        fate = draw(st.sampled_from(["kept", "lost", "cut", "cut"]))
        if fate == "kept":
            left.append(o)
        elif fate == "cut":
            gone = draw(st.sets(st.sampled_from(PARTS), max_size=4))
            short = draw(st.sets(st.sampled_from(PARTS), max_size=3)) - gone
            topics = {**dict.fromkeys(sorted(gone), Outcome.SILENT), **dict.fromkeys(sorted(short), Outcome.PARTIAL)}
            some = {topic: getattr(o, topic)[:1] for topic in short if isinstance(getattr(o, topic), tuple)}
            left.append(dataclasses.replace(o, **dict.fromkeys(gone), **some, topics=topics))
    return whole, left


@settings(max_examples=25, deadline=None)
@given(losses(networks()))
def test_a_lost_answer_never_removes_a_fact(scan: tuple[list[Observation], list[Observation]]) -> None:
    whole, left = scan
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        engine = new_database(folder)
        run(engine, 0, whole)
        run(engine, 1, whole)
        before, devices = standing(engine), set(load(engine, "devices")["device"])
        run(engine, 2, left)
        after = standing(engine)
        assert devices <= set(load(engine, "devices")["device"])
        for table in ("facts", "ports", "components", "neighbours", "readings"):
            assert before[table].keys() <= after[table].keys(), table
        assert {mac for _, mac in before["stations"]} <= {mac for _, mac in after["stations"]}
        for key, facts in before["facts"].items():
            lost = [name for name, value in facts.items() if value is not None and after["facts"][key][name] is None]
            assert lost == []


def standing(engine: sa.Engine) -> dict[str, dict[tuple, dict[str, object]]]:
    """table -> (owner, key) -> values of every row that is true now."""
    found: dict[str, dict[tuple, dict[str, object]]] = {}
    with reading(engine) as connection:
        for table in METADATA.sorted_tables:
            if "valid_to" in table.c and "key" in table.c:
                owner = next(iter(table.primary_key)).name
                current = connection.execute(sa.select(table).where(table.c.valid_to.is_(None))).mappings()
                found[table.name] = {(row[owner], row["key"]): dict(row) for row in current}
    return found


def test_nothing_depends_on_the_order_of_sets(tmp_path: Path) -> None:
    """Python orders sets of texts anew in every process."""
    program = "from tests.inventory.test_reconcile import fingerprint; print(fingerprint())"
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(found) == 1


def fingerprint() -> str:
    """Of everything that four scans of a network leave behind in which much is doubtful."""
    chance = random.Random(4)

    def answer(n: int) -> Observation:
        said = lambda *values: chance.choice(values)  # noqa: E731
        macs = [f"00:1c:73:00:00:{chance.randrange(14):02x}" for _ in range(chance.randrange(4))]
        who = Identity(
            vendor=Evidence("HPE", "entity", 0.9),
            model=Evidence(said("2530", "5130"), "entity", 0.9),
            serial=Evidence(said("CN11AAA111", "CN22BBB222", "CN33CCC333"), "entity", 0.9) if chance.random() < 0.5 else None,
            sys_name=said("sw-1", "sw-2", "sw-3", None),
            engine_id=said("80000009030011223344", "8000000903005566", None),
            uuid=said("4c4c4544-0034-3410-8036-b7c04f4d3232", None),
        )
        return Observation(
            f"10.0.0.{1 + n // 2}",
            said("A", "B"),
            ("snmp", "ssh")[n % 2],
            0,
            Outcome.ANSWERED,
            identity=who if chance.random() < 0.9 else None,
            interfaces=tuple(Interface(i, f"Gi0/{i}", mac=m) for i, m in enumerate(macs)),
            components=tuple(Component(str(i), "disk", serial=f"DISK000{chance.randrange(6)}") for i in range(2)),
            neighbours=(Neighbour("lldp", "Gi0/1", remote_chassis=f"00:1c:73:00:00:{chance.randrange(20):02x}"),),
            addresses=Addresses(
                arp=tuple(
                    ArpEntry(f"10.0.0.{chance.randrange(1, 9)}", f"00:1c:73:00:00:{chance.randrange(20):02x}") for _ in "123"
                ),
                forwarding=tuple(ForwardingEntry(f"00:1c:73:00:00:{chance.randrange(30):02x}", "Gi0/1") for _ in "123"),
            ),
        )

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        engine = new_database(folder)
        for number in range(4):
            run(engine, number, [answer(n) for n in chance.sample(range(10), 8)])
        with reading(engine) as connection:
            tables = {t.name: sorted(map(repr, connection.execute(sa.select(t)).all())) for t in METADATA.sorted_tables}
    scans = tables.pop("scans")  # who ran them differs
    assert len(scans) == 4
    return hashlib.sha256(json.dumps(tables).encode()).hexdigest()


@settings(max_examples=12, deadline=None)
@given(st.lists(SCANS, min_size=1, max_size=3))
def test_intervals_never_overlap_and_never_run_backwards(scans: list[list[Observation]]) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        engine = new_database(folder)
        for number, observations in enumerate(scans):
            run(engine, number, observations)
        with reading(engine) as connection:
            for table in METADATA.sorted_tables:
                if "valid_to" not in table.c or table.name == "offices":
                    continue
                owner, key = list(table.primary_key)[:2]
                statement = sa.select(owner, key, table.c.valid_from, table.c.valid_to).order_by(owner, key, table.c.valid_from)
                last: tuple | None = None
                for row in connection.execute(statement):
                    assert row[3] is None or row[3] > row[2]
                    if last is not None and last[:2] == row[:2]:
                        assert last[3] is not None
                        assert last[3] <= row[2]
                    last = tuple(row)
