"""Temperatures, fans and power supplies as makers tell them: CISCO-ENVMON-MIB and HP-ICF-CHASSIS."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.agent import Oid, Typed
from simulator.mibs.values import counter32, gauge, integer, object_id, octets
from simulator.shown import Shown

ENVMON = (1, 3, 6, 1, 4, 1, 9, 9, 13, 1)
HP_SENSORS = (1, 3, 6, 1, 4, 1, 11, 2, 14, 11, 1, 2, 6, 1)
_CISCO_LIMIT = 68
_NORMAL, _WARNING, _CRITICAL, _NOT_FUNCTIONING = 1, 2, 3, 6
_BAD, _GOOD = 2, 4


def cisco_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    ails = shown.device.ails
    state = _NORMAL if shown.celsius < _CISCO_LIMIT else _WARNING if shown.celsius < _CISCO_LIMIT + 10 else _CRITICAL
    yield (*ENVMON, 3, 1, 2, 1008), octets("SW#1, Sensor#1, " + {1: "GREEN", 2: "YELLOW", 3: "RED"}[state])
    yield (*ENVMON, 3, 1, 3, 1008), gauge(shown.celsius)
    yield (*ENVMON, 3, 1, 4, 1008), integer(_CISCO_LIMIT)
    yield (*ENVMON, 3, 1, 6, 1008), integer(state)
    yield (*ENVMON, 4, 1, 2, 1004), octets("Switch#1, Fan#1")
    yield (*ENVMON, 4, 1, 3, 1004), integer(_NOT_FUNCTIONING if "fan_failed" in ails else _NORMAL)
    yield (*ENVMON, 5, 1, 2, 1003), octets("Sw1, PS1 Faulty" if "supply_failed" in ails else "Sw1, PS1 Normal, RPS NotExist")
    yield (*ENVMON, 5, 1, 3, 1003), integer(_NOT_FUNCTIONING if "supply_failed" in ails else _NORMAL)
    yield (*ENVMON, 5, 1, 4, 1003), integer(2)  # ac


def hp_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    ails = shown.device.ails
    for n, (name, kind, bad) in enumerate(
        (
            ("Fan Sensor", 2, "fan_failed" in ails),
            ("Power Supply Sensor", 1, "supply_failed" in ails),
            ("Chassis Temperature Sensor", 3, "hot" in ails),
        ),
        1,
    ):
        yield (*HP_SENSORS, 1, n), integer(n)
        yield (*HP_SENSORS, 2, n), object_id((1, 3, 6, 1, 4, 1, 11, 2, 3, 7, 8, 3, kind))
        yield (*HP_SENSORS, 3, n), integer(1)
        yield (*HP_SENSORS, 4, n), integer(_BAD if bad else _GOOD)
        yield (*HP_SENSORS, 5, n), counter32(0)
        yield (*HP_SENSORS, 6, n), counter32(int(bad))
        yield (*HP_SENSORS, 7, n), octets(name)
