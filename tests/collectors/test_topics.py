"""What each topic makes of the tables: by agents that keep to the MIB, and by those that do not."""

import pytest

from collectors.asking import Answers, Walk
from collectors.interview import interview
from collectors.replay import ask
from collectors.topics.components import date
from collectors.topics.health import printer_errors, us_date
from collectors.topics.interfaces import speed
from inventory.facts import ArpEntry, Counters, ForwardingEntry, Outcome, OwnAddress, Reading
from tests.collectors.recorded import PROFILES, TARGET, observe, recording

SWITCH = """
1.3.6.1.2.1.1.1.0|4|HP J9776A 2530-24G Switch, revision YA.16.11.0014, ROM YA.15.20
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.11.2.3.7.11.139
1.3.6.1.2.1.1.3.0|67|8640000
1.3.6.1.2.1.1.5.0|4|sw-ubnd
1.3.6.1.2.1.17.1.1.0|4x|001b210a0b00
1.3.6.1.2.1.17.1.2.0|2|2
1.3.6.1.2.1.17.1.4.1.2.1|2|101
1.3.6.1.2.1.17.1.4.1.2.2|2|102
1.3.6.1.2.1.17.7.1.2.2.1.2.7.0.80.86.1.2.3|2|1
1.3.6.1.2.1.17.7.1.2.2.1.3.7.0.80.86.1.2.3|2|3
1.3.6.1.2.1.17.7.1.2.2.1.2.7.0.27.33.10.11.0|2|0
1.3.6.1.2.1.17.7.1.2.2.1.3.7.0.27.33.10.11.0|2|4
1.3.6.1.2.1.17.7.1.4.2.1.3.0.20|66|7
1.3.6.1.2.1.17.7.1.4.5.1.1.1|66|20
1.3.6.1.2.1.2.2.1.2.101|4|GigabitEthernet 1
1.3.6.1.2.1.2.2.1.2.102|4|GigabitEthernet 2
1.3.6.1.2.1.2.2.1.3.101|2|6
1.3.6.1.2.1.2.2.1.5.101|66|1000000000
1.3.6.1.2.1.2.2.1.5.102|66|4294967295
1.3.6.1.2.1.2.2.1.6.101|4x|001b210a0b01
1.3.6.1.2.1.2.2.1.6.102|4x|000000000000
1.3.6.1.2.1.2.2.1.7.101|2|1
1.3.6.1.2.1.2.2.1.7.102|2|2
1.3.6.1.2.1.2.2.1.8.101|2|1
1.3.6.1.2.1.2.2.1.8.102|2|7
1.3.6.1.2.1.2.2.1.14.101|65|5
1.3.6.1.2.1.31.1.1.1.1.101|4|1
1.3.6.1.2.1.31.1.1.1.1.102|4|2
1.3.6.1.2.1.31.1.1.1.6.101|70|99999999999
1.3.6.1.2.1.31.1.1.1.15.101|66|1000
1.3.6.1.2.1.31.1.1.1.15.102|66|10000
1.3.6.1.2.1.31.1.1.1.18.102|4|Tầng 2
1.3.6.1.2.1.4.20.1.2.10.1.1.1|2|101
1.3.6.1.2.1.4.20.1.3.10.1.1.1|64|255.255.255.128
1.3.6.1.2.1.4.22.1.2.101.10.1.1.9|4x|005056010203
1.3.6.1.2.1.4.22.1.4.101.10.1.1.9|2|3
1.3.6.1.2.1.4.22.1.2.101.10.1.1.8|4x|ffffffffffff
1.0.8802.1.1.2.1.3.7.1.2.2|2|7
1.0.8802.1.1.2.1.3.7.1.3.2|4|2
1.0.8802.1.1.2.1.3.7.1.4.2|4|GigabitEthernet 2
1.0.8802.1.1.2.1.4.1.1.4.0.2.1|2|4
1.0.8802.1.1.2.1.4.1.1.5.0.2.1|4x|001b21ffffff
1.0.8802.1.1.2.1.4.1.1.6.0.2.1|2|5
1.0.8802.1.1.2.1.4.1.1.7.0.2.1|4|Gi0/1
1.0.8802.1.1.2.1.4.1.1.9.0.2.1|4|router-xa
1.0.8802.1.1.2.1.4.2.1.3.0.2.1.1.4.10.1.1.254|2|1
"""


@pytest.fixture(scope="module")
def switch():
    return observe(SWITCH)


def test_interfaces(switch):
    one, two = switch.interfaces
    assert (one.index, one.name, one.description, one.type, one.mac) == (101, "1", "GigabitEthernet 1", 6, "00:1b:21:0a:0b:01")
    assert (one.speed_bps, one.admin_up, one.oper_up, one.pvid) == (10**9, True, True, 20)
    assert one.counters == Counters(in_octets=99999999999, in_errors=5, width=64)
    assert (two.speed_bps, two.mac, two.admin_up, two.oper_up, two.alias) == (10**10, "00:00:00:00:00:00", False, False, "Tầng 2")


def test_counters_of_32_bits_are_asked_only_where_there_are_no_others():
    lines = "1.3.6.1.2.1.1.1.0|4|x\n1.3.6.1.2.1.2.2.1.2.1|4|eth0\n1.3.6.1.2.1.2.2.1.10.1|65|77\n"
    assert observe(lines).interfaces[0].counters == Counters(in_octets=77, width=32)


@pytest.mark.parametrize(
    ("if_speed", "if_high_speed", "bits"),
    [
        (10**8, 100, 10**8),
        (2**32 - 1, 10_000, 10**10),
        (0, 1000, 10**9),
        (None, 40_000, 4 * 10**10),
        (None, None, None),
        (10**9, 10**9, 10**15),  # bits told as Mbit/s: as told here, judged in inventory.plausible
        (2_048_000, 2, 2_048_000),
        (39_963_000, 39, 39_000_000),
        (10**9, 100, 10**9),
    ],
)
def test_speed(if_speed, if_high_speed, bits):
    assert speed(if_speed, if_high_speed) == bits


def test_neighbour_with_its_local_port_and_address(switch):
    (other,) = switch.neighbours
    assert (other.protocol, other.local_port, other.local_index) == ("lldp", "2", 102)
    assert (other.remote_name, other.remote_port, other.remote_chassis) == ("router-xa", "Gi0/1", "00:1b:21:ff:ff:ff")
    assert other.remote_address == "10.1.1.254"


BASE = """1.3.6.1.2.1.1.1.0|4|x
1.3.6.1.2.1.2.2.1.2.5|4|ether5
1.3.6.1.2.1.2.2.1.2.9|4|ether9
1.3.6.1.2.1.17.1.4.1.2.5|2|9
"""


def test_the_name_of_a_local_port_is_believed_before_its_number():
    lines = (
        BASE + "1.0.8802.1.1.2.1.3.7.1.3.9|4|ether5\n1.0.8802.1.1.2.1.4.1.1.7.0.9.1|4|p1\n1.0.8802.1.1.2.1.4.1.1.9.0.9.1|4|n\n"
    )
    assert observe(lines).neighbours[0].local_port == "ether5"


def test_without_a_name_a_local_port_is_a_bridge_port_then_an_index():
    lines = BASE + "1.0.8802.1.1.2.1.4.1.1.7.0.5.1|4|p1\n1.0.8802.1.1.2.1.4.1.1.9.0.5.1|4|n\n"
    assert observe(lines).neighbours[0].local_port == "ether9"
    lines = BASE + "1.0.8802.1.1.2.1.4.1.1.7.0.9.1|4|p1\n1.0.8802.1.1.2.1.4.1.1.9.0.9.1|4|n\n"
    assert observe(lines).neighbours[0].local_port == "ether9"


@pytest.mark.parametrize("index", ["3", "5.3"])
def test_agents_that_drop_parts_of_the_lldp_index(index):
    lines = BASE + f"1.0.8802.1.1.2.1.4.1.1.7.{index}|4|p1\n1.0.8802.1.1.2.1.4.1.1.9.{index}|4|neighbour\n"
    (other,) = observe(lines).neighbours
    assert (other.remote_name, other.remote_port) == ("neighbour", "p1")


def test_cdp():
    entry = "1.3.6.1.4.1.9.9.23.1.2.1.1."
    rows = {3: "2|1", 4: "4x|0a010164", 6: "4|sw2(FOC1)", 7: "4|Gi0/2", 8: "4|cisco WS-C2960"}
    lines = BASE + "".join(f"{entry}{column}.9.1|{value}\n" for column, value in rows.items())
    (other,) = observe(lines).neighbours
    assert (other.protocol, other.local_port, other.remote_name, other.remote_port) == (
        "cdp",
        "ether9",
        "sw2(FOC1)",
        "Gi0/2",
    )
    assert (other.remote_address, other.remote_vendor_model) == ("10.1.1.100", "cisco WS-C2960")


def test_addresses(switch):
    assert switch.addresses.own == (OwnAddress("10.1.1.1", 25, 101),)
    assert switch.addresses.arp == (ArpEntry("10.1.1.9", "00:50:56:01:02:03", 101),)
    assert switch.addresses.forwarding == (ForwardingEntry("00:50:56:01:02:03", "1", 101, 20),)


def test_the_older_forwarding_table_is_asked_where_the_newer_is_empty():
    lines = BASE + "1.3.6.1.2.1.17.4.3.1.2.0.80.86.1.2.3|2|5\n1.3.6.1.2.1.17.4.3.1.3.0.80.86.1.2.3|2|3\n"
    assert observe(lines).addresses.forwarding == (ForwardingEntry("00:50:56:01:02:03", "ether9", 9, None),)


def test_ipv6_and_the_newer_tables():
    lines = BASE + (
        "1.3.6.1.2.1.4.34.1.3.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1|2|5\n1.3.6.1.2.1.4.35.1.4.5.1.4.10.1.1.7|4x|005056010203\n"
    )
    found = observe(lines).addresses
    assert found.own == (OwnAddress("2001:db8::1", None, 5),)
    assert found.arp == (ArpEntry("10.1.1.7", "00:50:56:01:02:03", 5),)


STACK = "\n".join(
    f"1.3.6.1.2.1.47.1.1.1.1.{column}.{index}|{tag}|{value}"
    for index, row in {
        1: {5: 11, 2: "Stack", 4: 0},
        1001: {5: 3, 2: "Switch 1", 4: 1, 11: "FOC1111A0AA", 13: "WS-C2960X-24TS-L", 10: "15.2(7)E2", 7: "Switch 1"},
        1002: {5: 9, 2: "SFP", 4: 1001, 11: "MODULE9999", 13: "GLC-T"},
        2001: {5: 3, 2: "Switch 2", 4: 1, 11: "FOC2222A0AA", 13: "WS-C2960X-24TS-L"},
    }.items()
    for column, value in row.items()
    for tag in ["2" if isinstance(value, int) else "4"]
)


def test_a_stack_is_one_device_over_members():
    seen = observe("1.3.6.1.2.1.1.1.0|4|x\n" + STACK)
    assert seen.identity.serial.value == "FOC1111A0AA"
    assert seen.identity.model.value == "WS-C2960X-24TS-L"
    assert [(part.kind, part.serial) for part in seen.components] == [
        ("stack", None),
        ("chassis", "FOC1111A0AA"),
        ("module", "MODULE9999"),
        ("chassis", "FOC2222A0AA"),
    ]
    assert seen.components[2].parent == "1001"


def test_a_module_never_says_who_the_device_is():
    rows = "1.3.6.1.2.1.1.1.0|4|x\n" + "\n".join(
        f"1.3.6.1.2.1.47.1.1.1.1.{c}.{i}|{t}|{v}"
        for i in (1, 2)
        for c, t, v in [(5, 2, 9), (11, 4, f"MODULE000{i}"), (13, 4, "SFP-10G-SR")]
    )
    identity = observe(rows).identity
    assert identity.serial is None
    assert identity.model is None


PRINTER = """1.3.6.1.2.1.1.1.0|4|HP ETHERNET MULTI-ENVIRONMENT,SN:VNB3J12345,PID:HP LaserJet Pro M402dn
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.11.2.3.9.1
1.3.6.1.2.1.25.3.2.1.3.1|4|HP LaserJet Pro M402dn
1.3.6.1.2.1.25.3.5.1.1.1|2|1
1.3.6.1.2.1.25.3.5.1.2.1|4x|2400
1.3.6.1.2.1.43.5.1.1.17.1|4|VNB3J12345
1.3.6.1.2.1.43.10.2.1.3.1.1|2|7
1.3.6.1.2.1.43.10.2.1.4.1.1|65|48211
1.3.6.1.2.1.43.11.1.1.6.1.1|4|Black Cartridge HP CF226A
1.3.6.1.2.1.43.11.1.1.6.1.2|4|Maintenance Kit
1.3.6.1.2.1.43.11.1.1.8.1.1|2|3100
1.3.6.1.2.1.43.11.1.1.8.1.2|2|-2
1.3.6.1.2.1.43.11.1.1.9.1.1|2|310
1.3.6.1.2.1.43.11.1.1.9.1.2|2|-3
"""


def test_printer():
    seen = observe(PRINTER)
    assert (seen.identity.kind.value, seen.identity.vendor.value) == ("printer", "HP")
    assert (seen.identity.model.value, seen.identity.serial.value) == ("LaserJet Pro M402dn", "VNB3J12345")
    assert set(seen.health) == {
        Reading("pages", "", 48211.0),
        Reading("supply_level", "Black Cartridge HP CF226A", 10.0),
        Reading("supply_level", "Maintenance Kit", None, "some"),
        Reading("printer_status", "", None, "lowToner jammed"),
    }


def test_printer_errors_by_bit():
    assert printer_errors(b"\x80\x04") == ["lowPaper", "inputTrayEmpty"]
    assert printer_errors(b"") == []
    assert printer_errors(7) == []


def test_ups_by_its_maker_and_by_the_standard():
    lines = """1.3.6.1.2.1.1.1.0|4|APC Web/SNMP Management Card (MB:v4.1.0 PF:v6.8.2 AF1:v6.8.2 MN:AP9630 HR:05 SN: ZA1)
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.318.1.3.27
1.3.6.1.4.1.318.1.1.1.1.1.1.0|4|Smart-UPS 1500
1.3.6.1.4.1.318.1.1.1.1.2.3.0|4|AS1234567890
1.3.6.1.4.1.318.1.1.1.2.1.1.0|2|2
1.3.6.1.4.1.318.1.1.1.2.1.3.0|4|07/21/19
1.3.6.1.4.1.318.1.1.1.2.2.1.0|66|87
1.3.6.1.4.1.318.1.1.1.2.2.3.0|67|180000
1.3.6.1.4.1.318.1.1.1.2.2.4.0|2|2
1.3.6.1.2.1.33.1.2.7.0|2|31
"""
    seen = observe(lines)
    assert (seen.identity.kind.value, seen.identity.model.value, seen.identity.serial.value) == (
        "ups",
        "Smart-UPS 1500",
        "AS1234567890",
    )
    told = {reading.metric: reading.text or reading.value for reading in seen.health}
    assert told["battery_replace"] == "yes"
    assert told["battery_replaced_on"] == "2019-07-21"
    assert (told["battery_charge"], told["battery_runtime"], told["battery_status"], told["battery_temperature"]) == (
        87,
        30,
        "normal",
        31,
    )


def test_host_storage_beyond_31_bits():
    entry = "1.3.6.1.2.1.25.2.3.1."
    lines = "1.3.6.1.2.1.1.1.0|4|Linux nas 5.10.0-33-amd64 #1\n" + "\n".join(
        [
            f"{entry}2.31|6|1.3.6.1.2.1.25.2.1.4",
            f"{entry}3.31|4|/volume1",
            f"{entry}4.31|2|4096",
            f"{entry}5.31|2|-1294967296",
            f"{entry}6.31|2|10",
        ]
    )
    told = {reading.metric: reading for reading in observe(lines).health}
    assert told["storage_total"].value == 3_000_000_000 * 4096
    assert told["storage_used"] == Reading("storage_used", "/volume1", 40960.0)


@pytest.mark.parametrize(
    ("said", "day"),
    [(b"\x07\xe4\x08\x09\x03\x1b\x00\x00", "2020-08-09"), (b"\x00" * 8, None), (b"\x07\xe4\x0d\x01", None), (7, None)],
)
def test_dates(said, day):
    assert date(said) == day


def test_american_dates():
    assert us_date("11/05/2018") == "2018-11-05"
    assert us_date("13/05/2018") is None
    assert us_date("Unknown") is None


def test_what_a_device_does_not_have_is_unsupported_and_what_is_empty_is_empty():
    seen = observe("1.3.6.1.2.1.1.1.0|4|x\n")
    assert seen.outcome is Outcome.ANSWERED
    assert (seen.neighbours, seen.topics["neighbours"]) == (None, Outcome.UNSUPPORTED)
    seen = observe(BASE + "1.0.8802.1.1.2.1.3.7.1.3.5|4|ether5\n")
    assert (seen.neighbours, seen.topics["neighbours"]) == ((), Outcome.ANSWERED)


def _play(lines, broken):
    """An interview whose transport fails at the requests that `broken` picks."""
    device, answers = recording(lines), Answers()
    conversation = interview(TARGET, 0, PROFILES)
    requests = next(conversation)
    try:
        while True:
            device.answer(requests, answers)
            for request in requests:
                if (outcome := broken(request)) is not None:
                    answers.outcomes[request] = outcome
            requests = conversation.send(answers)
    except StopIteration as done:
        return done.value


def test_the_first_round_unanswered_is_the_outcome_of_the_whole():
    seen = _play(SWITCH, lambda request: Outcome.AUTH_FAILED)
    assert (seen.outcome, seen.identity, seen.interfaces) == (Outcome.AUTH_FAILED, None, None)


def test_a_walk_that_breaks_off_keeps_its_rows_and_says_so():
    seen = _play(
        SWITCH,
        lambda request: (
            Outcome.PARTIAL if isinstance(request, Walk) and len(request.columns) > 10 and request.limit > 1 else None
        ),
    )
    assert (seen.outcome, seen.topics["interfaces"]) == (Outcome.PARTIAL, Outcome.PARTIAL)
    assert len(seen.interfaces) == 2
    assert seen.topics["neighbours"] is Outcome.ANSWERED


def test_silence_after_the_first_round_ends_the_topics_not_the_observation():
    first = iter([None, None])
    seen = _play(SWITCH, lambda request: next(first, Outcome.SILENT))
    assert seen.identity.vendor.value == "HPE"
    assert seen.interfaces is None
    assert seen.topics["interfaces"] is Outcome.SILENT
    assert seen.outcome is Outcome.PARTIAL


def test_a_switch_costs_few_rounds():
    device, rounds = recording(SWITCH), []
    conversation = interview(TARGET, 0, PROFILES)

    class Counting:
        def answer(self, requests, into):
            rounds.append(len(requests))
            device.answer(requests, into)

    ask(Counting(), conversation)
    assert len(rounds) <= 4
    assert sum(rounds) <= 20
