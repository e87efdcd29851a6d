"""What ports say of their links, by agents that keep to the MIB, and by those that do not."""

from __future__ import annotations

import pytest

from collectors.asking import Rows, Walk
from collectors.interview import interview
from collectors.replay import ask
from collectors.topics import links
from inventory.facts import Interface, Observation
from tests.collectors.recorded import PROFILES, TARGET, observe, recording
from tests.collectors.test_topics import SWITCH

NOW = 1_700_000_000
#: Four ports and an aggregate of two of them; 1 is up for an hour, 2 and 3 since long, 4 is down. Up since 100 hours.
PORTS = """
1.3.6.1.2.1.1.1.0|4|HP J9776A 2530-24G Switch, revision YA.16.11.0014, ROM YA.15.20
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.11.2.3.7.11.139
1.3.6.1.2.1.1.3.0|67|36000000
1.3.6.1.2.1.17.1.2.0|2|3
1.3.6.1.2.1.2.1.0|2|5
""" + "".join(
    f"""1.3.6.1.2.1.2.2.1.2.{i}|4|{name}
1.3.6.1.2.1.2.2.1.3.{i}|2|{kind}
1.3.6.1.2.1.2.2.1.8.{i}|2|{up}
1.3.6.1.2.1.2.2.1.9.{i}|67|{changed}
1.3.6.1.2.1.31.1.1.1.6.{i}|70|5000
"""
    for i, name, kind, up, changed in (
        (1, "1", 6, 1, 35640000),
        (2, "2", 6, 1, 1000),
        (3, "3", 6, 1, 0),
        (4, "4", 6, 2, 36000001),
        (7, "Trk1", 161, 1, 1000),
    )
)
DUPLEX, STATE, ABOVE = "1.3.6.1.2.1.10.7.2.1.19", "1.3.6.1.2.1.17.2.15.1.3", "1.2.840.10006.300.43.1.2.1.1.13"
#: The spanning tree's root, and a map of bridge ports: 11, 12 and 14 are the ports 1, 2 and 4, and 17 is the aggregate.
TREE = """
1.3.6.1.2.1.17.2.1.0|2|3
1.3.6.1.2.1.17.2.4.0|65|12
1.3.6.1.2.1.17.2.5.0|4x|8000001b210a0b00
""" + "".join(f"1.3.6.1.2.1.17.1.4.1.2.1{i}|2|{i}\n" for i in (1, 2, 4, 7))


def ports(lines: str) -> dict[str, Interface]:
    return {port.name: port for port in observe(PORTS + lines).interfaces or ()}


def readings(lines: str) -> dict[tuple[str, str], object]:
    return {(r.metric, r.item): r.text if r.value is None else r.value for r in observe(PORTS + lines).health or ()}


def test_duplex_is_told_of_ports_with_a_link() -> None:
    told = ports(f"{DUPLEX}.1|2|2\n{DUPLEX}.2|2|3\n{DUPLEX}.3|2|1\n{DUPLEX}.4|2|3\n")
    assert [told[name].duplex for name in ("1", "2", "3", "4", "Trk1")] == ["half", "full", None, None, None]


@pytest.mark.parametrize("said", ["2|99", "2|0", "2|-1", "4|full", "66|4294967295"])
def test_a_duplex_that_no_mib_has_is_none(said: str) -> None:
    assert ports(f"{DUPLEX}.1|{said}\n{DUPLEX}.2|2|3\n")["1"].duplex is None


def test_aggregate_is_named_as_the_device_names_it() -> None:
    told = ports(f"{ABOVE}.1|2|7\n{ABOVE}.2|2|0\n{ABOVE}.3|2|3\n")
    assert [told[name].aggregate for name in ("1", "2", "3", "Trk1")] == ["Trk1", None, None, None]


@pytest.mark.parametrize("above", ["2|99", "2|-7", "4|Trk1"])
def test_an_aggregate_that_is_no_interface_is_none(above: str) -> None:
    assert ports(f"{ABOVE}.1|{above}\n{ABOVE}.2|2|7\n")["1"].aggregate is None


def test_aggregates_are_found_in_the_stack_of_interfaces_where_the_lag_mib_is_not() -> None:
    stack = "1.3.6.1.2.1.31.1.2.1.3"
    # 9 is no interface, 4 is not in service, and what is above port 3 is no aggregate.
    told = ports(f"{stack}.7.1|2|1\n{stack}.7.2|2|1\n{stack}.7.4|2|2\n{stack}.7.9|2|1\n{stack}.1.3|2|1\n{stack}.7.0|2|1\n")
    assert {name: port.aggregate for name, port in told.items() if port.aggregate} == {"1": "Trk1", "2": "Trk1"}


def test_states_of_the_spanning_tree_are_of_bridge_ports() -> None:
    told = ports(TREE + f"{STATE}.11|2|5\n{STATE}.12|2|2\n{STATE}.14|2|1\n{STATE}.17|2|5\n{STATE}.1|2|6\n")
    assert [told[name].stp for name in ("1", "2", "3", "4", "Trk1")] == ["forwarding", "blocking", None, None, "forwarding"]


@pytest.mark.parametrize("said", ["2|0", "2|7", "2|-1", "4|forwarding"])
def test_a_state_that_no_mib_has_is_none(said: str) -> None:
    assert ports(TREE + f"{STATE}.11|{said}\n{STATE}.12|2|5\n")["1"].stp is None


def test_health_tells_of_the_spanning_tree() -> None:
    told = readings(TREE + f"{STATE}.11|2|5\n")
    assert told == {("stp_protocol", ""): "ieee8021d", ("stp_root", ""): "00:1b:21:0a:0b:00", ("stp_topology_changes", ""): 12.0}


def test_without_a_root_no_spanning_tree_runs() -> None:
    """Ports of such a switch are told to be forwarding all the same."""
    off = TREE.replace("8000001b210a0b00", "8000000000000000") + f"{STATE}.11|2|5\n"
    assert readings(off) == {("stp_protocol", ""): "off"}
    assert ports(off)["1"].stp is None


def test_a_root_in_words_is_none() -> None:
    words = TREE.replace("4x|8000001b210a0b00", "4|0/00:00:00:00:00") + f"{STATE}.11|2|5\n"
    assert readings(words) == {("stp_protocol", ""): "ieee8021d"}
    assert ports(words)["1"].stp == "forwarding"


def test_what_switches_feed_to_devices() -> None:
    peth = "1.3.6.1.2.1.105.1.3.1.1"
    told = readings(f"{peth}.2.1|66|370\n{peth}.4.1|66|115\n{peth}.2.2|66|4294967295\n{peth}.4.2|2|-1\n")
    assert told == {("poe_budget_w", "1"): 370.0, ("poe_used_w", "1"): 115.0}


def changed(lines: str) -> list[int | None]:
    told = {port.name: port.changed_at for port in observe(lines).interfaces or ()}
    return [told[name] for name in ("1", "2", "3", "4")]


def test_when_a_port_changed_last_is_by_the_devices_clock() -> None:
    """3 has not changed since the device started, and 4 is ahead of the clock: it has started again since."""
    assert changed(PORTS) == [NOW - 3600, NOW - 360_000 + 10, None, None]


def test_nobody_knows_when_ports_changed_once_the_clock_has_started_again() -> None:
    engine = "1.3.6.1.6.3.10.2.1.3.0"
    assert changed(PORTS + f"{engine}|2|360000\n")[0] == NOW - 3600
    assert changed(PORTS + f"{engine}|2|43300000\n") == [None] * 4  # 501 days
    assert changed(PORTS.replace("1.3.6.1.2.1.1.3.0|67|36000000\n", "")) == [None] * 4


ERRORS = "".join(f"1.3.6.1.2.1.2.2.1.{column}.{port}|65|9\n" for column in (14, 20) for port in (1, 2, 3, 4))


def test_frames_of_all_sorts_are_counted() -> None:
    x = "1.3.6.1.2.1.31.1.1.1"
    told = ports(
        ERRORS
        + "".join(f"{x}.{column}.1|70|{10**column}\n" for column in (7, 8, 9, 11, 12, 13))
        + f"{x}.8.2|70|5\n{x}.11.2|70|6\n{x}.7.3|4|many\n{x}.7.4|70|8\n"
    )
    counted = {name: (port.counters.in_frames, port.counters.out_frames) for name, port in told.items() if port.counters}
    assert counted["1"] == (111 * 10**7, 111 * 10**11)
    assert counted["2"] == (None, 6)  # groups alone are no count
    assert counted["3"] == counted["4"] == (None, None)


def test_frames_are_told_beside_errors_each_way_by_itself() -> None:
    errors, x = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
    frames = "".join(f"{x}.{column}.{port}|70|5\n" for column in (7, 11) for port in (1, 2, 3))
    told = ports(f"{errors}.14.1|65|1\n{errors}.14.2|65|0\n{errors}.20.2|65|1\n{frames}")
    counted = [told[name].counters for name in ("1", "2", "3")]
    assert [(counters.in_frames, counters.out_frames) for counters in counted if counters] == [(5, None), (None, 5), (None, None)]


def test_frames_of_32_bits_where_there_are_no_others() -> None:
    narrow = PORTS.replace("1.3.6.1.2.1.31.1.1.1.6.", "1.3.6.1.2.1.2.2.1.10.").replace("|70|", "|65|")
    entry = "1.3.6.1.2.1.2.2.1"
    told = observe(narrow + ERRORS + f"{entry}.11.1|65|4294967290\n{entry}.12.1|65|10\n{entry}.17.1|65|3\n").interfaces or ()
    counters = told[0].counters
    assert counters is not None
    assert (counters.width, counters.in_frames, counters.out_frames) == (32, 4, 3)  # together they wrap as each does


def asked(lines: str) -> list[Walk | Rows]:
    """The requests of an interview that are about links."""
    conversation = interview(TARGET, NOW, PROFILES)
    seen: list[Walk | Rows] = []

    def listening():
        requests = next(conversation)
        while True:
            seen.extend(request for request in requests if isinstance(request, Walk | Rows))
            try:
                answers = yield requests
                requests = conversation.send(answers)
            except StopIteration as end:
                return end.value

    ask(recording(lines), listening())
    return [request for request in seen if request == links.CHANGES or isinstance(request, Rows)]


def test_what_has_no_such_table_is_not_asked_for_it() -> None:
    kinds = {column for request in asked(SWITCH) if isinstance(request, Rows) for column in request.columns}
    assert not kinds & {tuple(map(int, oid.split("."))) for oid in (DUPLEX, STATE, ABOVE)}


def test_what_does_not_forward_is_not_asked() -> None:
    printer = (
        PORTS.replace("HP J9776A 2530-24G Switch, revision YA.16.11.0014, ROM YA.15.20", "HP ETHERNET MULTI-ENVIRONMENT").replace(
            "1.3.6.1.4.1.11.2.3.7.11.139", "1.3.6.1.4.1.11.2.3.9.1"
        )
        + f"{DUPLEX}.1|2|3\n{STATE}.1|2|5\n"
    )
    seen: Observation = observe(printer)
    assert seen.identity is not None
    assert seen.identity.kind is not None
    assert seen.identity.kind.value == "printer"
    assert not asked(printer)
    assert {(port.duplex, port.stp, port.changed_at) for port in seen.interfaces or ()} == {(None, None, None)}
