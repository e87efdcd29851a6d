"""Temperatures, fans, power supplies and kinds of supplies, from standard tables and makers' own; and what is not believed."""

from __future__ import annotations

import pytest

from inventory.facts import Reading
from tests.collectors.recorded import observe

START = """
1.3.6.1.2.1.1.1.0|4|{descr}
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.{oid}
1.3.6.1.2.1.1.3.0|67|8640000
1.3.6.1.2.1.17.1.1.0|4x|001b210a0b00
1.3.6.1.2.1.17.1.2.0|2|2
1.3.6.1.2.1.2.2.1.2.1|4|port 1
"""
CISCO = START.format(descr="Cisco IOS Software, C2960 Software (C2960-LANBASEK9-M), Version 12.2(55)SE7", oid="9.1.716")
HP = START.format(descr="HP J9776A 2530-24G Switch, revision YA.16.11.0014, ROM YA.15.20", oid="11.2.3.7.11.140")
HUAWEI = START.format(descr="Huawei Versatile Routing Platform Software VRP S5720", oid="2011.2.23.100")
OTHER = START.format(descr="A switch", oid="99999.1")
METRICS = {"temperature", "temperature_limit", "temperature_status", "fan_status", "supply_status", "disk_health"}


def heard(lines: str) -> set[tuple]:
    told: tuple[Reading, ...] = observe(lines).health or ()
    return {(r.metric, r.item, r.value if r.text is None else r.text) for r in told if r.metric in METRICS}


def cisco(state: int, fan: int = 1, supply: int = 1, celsius: int = 44) -> str:
    table = "1.3.6.1.4.1.9.9.13.1"
    return CISCO + (
        f"{table}.3.1.2.1008|4|SW#1, Sensor#1, GREEN\n{table}.3.1.3.1008|66|{celsius}\n{table}.3.1.4.1008|2|68\n"
        f"{table}.3.1.6.1008|2|{state}\n{table}.4.1.2.1004|4|Switch#1, Fan#1\n{table}.4.1.3.1004|2|{fan}\n"
        f"{table}.5.1.2.1003|4|Sw1, PS1 Normal, RPS NotExist\n{table}.5.1.3.1003|2|{supply}\n"
    )


def test_cisco_tells_its_threshold_and_what_it_thinks():
    assert heard(cisco(2, fan=6, supply=1)) == {
        ("temperature", "SW#1, Sensor#1", 44.0),
        ("temperature_limit", "SW#1, Sensor#1", 68.0),
        ("temperature_status", "SW#1, Sensor#1", "warning"),
        ("fan_status", "Switch#1, Fan#1", "failed"),
        ("supply_status", "Sw1, PS1", "ok"),
    }


def test_what_is_not_there_has_not_failed():
    assert heard(cisco(5, fan=5, supply=5)) == set()


@pytest.mark.parametrize("celsius", [-1, 0, 255, 65_535])
def test_a_temperature_that_there_cannot_be_is_not_told(celsius):
    assert "temperature" not in {metric for metric, *_ in heard(cisco(1, celsius=celsius))}


def test_procurve_sensors_by_their_names():
    table = "1.3.6.1.4.1.11.2.14.11.1.2.6.1"
    names = ("Fan Sensor", "Power Supply Sensor", "Chassis Temperature Sensor")
    lines = "".join(f"{table}.4.{n}|2|{state}\n" for n, state in ((1, 2), (2, 4), (3, 5)))
    lines += "".join(f"{table}.7.{n}|4|{name}\n" for n, name in enumerate(names, 1))
    assert heard(HP + lines) == {("fan_status", "Fan Sensor", "failed"), ("supply_status", "Power Supply Sensor", "ok")}


def entity(rows: dict[int, tuple[int, str]]) -> str:
    table = "1.3.6.1.2.1.47.1.1.1.1"
    return "".join(f"{table}.{column}.{index}|{kind}\n" for column in (5, 7) for index, told in rows.items()
                   for kind in [f"2|{told[0]}" if column == 5 else f"4|{told[1]}"])  # fmt: skip


def test_huawei_rows_of_boards_only_and_one_that_says_nothing_is_left_out():
    table, fans = "1.3.6.1.4.1.2011.5.25.31.1.1.1.1", "1.3.6.1.4.1.2011.5.25.31.1.1.10.1"
    lines = entity({9: (9, "MPU Board 0"), 20: (10, "GigabitEthernet0/0/1"), 30: (9, "Card slot 0/1")})
    lines += "".join(f"{table}.11.{index}|2|{value}\n" for index, value in ((9, 42), (20, 60), (30, 0)))
    lines += "".join(f"{table}.12.{index}|2|{value}\n" for index, value in ((9, 57), (20, 0), (30, 0)))
    lines += f"{fans}.6.0.1|2|1\n{fans}.6.0.2|2|2\n{fans}.7.0.1|2|2\n{fans}.7.0.2|2|2\n"
    assert heard(HUAWEI + lines) == {
        ("temperature", "MPU Board 0", 42.0),
        ("temperature_limit", "MPU Board 0", 57.0),
        ("fan_status", "fan 0.1", "failed"),
    }


def sensors(rows: dict[int, tuple[int, int, int, int, int]]) -> str:
    table = "1.3.6.1.2.1.99.1.1.1"
    return "".join(
        f"{table}.{column}.{index}|2|{values[column - 1]}\n" for column in range(1, 6) for index, values in rows.items()
    )


def test_sensors_of_degrees_by_scale_and_precision_without_transceivers():
    names = entity({1: (8, "Inlet"), 2: (8, "CPU"), 3: (8, "SFP 1/1 temperature"), 4: (8, "Fan 1"), 5: (8, "Broken")})
    rows = {
        1: (8, 9, 1, 245, 1),  # 24.5
        2: (8, 8, 0, 53_250, 1),  # thousandths
        3: (8, 9, 0, 70, 1),
        4: (10, 9, 0, 4_000, 1),  # revolutions
        5: (8, 9, 0, 99, 3),  # does not work
    }
    assert heard(OTHER + names + sensors(rows)) == {("temperature", "Inlet", 24.5), ("temperature", "CPU", 53.2)}


def test_kinds_of_supplies_are_told_where_the_printer_types_them():
    table = "1.3.6.1.2.1.43.11.1.1"
    rows = {1: (3, "Black", 100, 50), 2: (15, "Fuser", 100, 7), 3: (1, "Roller Kit", 100, 90)}
    lines = "".join(
        f"{table}.{column}.1.{n}|{kind}|{row[position]}\n"
        for position, (column, kind) in enumerate(((5, 2), (6, 4), (8, 2), (9, 2)))
        for n, row in rows.items()
    )
    said = observe(START.format(descr="HP ETHERNET MULTI-ENVIRONMENT", oid="11.2.3.9.1") + lines).health or ()
    assert {(r.item, r.text) for r in said if r.metric == "supply_type"} == {("Black", "toner"), ("Fuser", "fuser")}
    assert {(r.item, r.value) for r in said if r.metric == "supply_level"} == {("Black", 50), ("Fuser", 7), ("Roller Kit", 90)}
