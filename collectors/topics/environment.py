"""Temperatures, fans and power supplies: ENTITY-SENSOR-MIB (RFC 3433), else the maker's own table.

CISCO-ENVMON-MIB, HP-ICF-CHASSIS (hpicfSensorTable), HH3C-ENTITY-EXT-MIB, HUAWEI-ENTITY-EXTENT-MIB, MIKROTIK-MIB (mtxrHealth),
SYNOLOGY-SYSTEM-MIB and SYNOLOGY-DISK-MIB. A maker's table is asked of devices with that maker's sysObjectID only, and of sensors
those alone that measure degrees: most sensors of a switch sit in its transceivers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from collectors import mibs
from collectors.asking import Answers, Get, Oid, Request, Rows, Value, Walk
from collectors.topics import presence
from collectors.values import integer, line
from inventory.facts import Reading

SENSOR_TYPES = Walk((mibs.SENSOR_TYPE,), limit=2_000)
#: Of several tables together: they are short, and so is the answer.
CISCO = Walk(
    (
        *(mibs.CISCO_TEMPERATURE_DESCR, mibs.CISCO_TEMPERATURE, mibs.CISCO_TEMPERATURE_LIMIT, mibs.CISCO_TEMPERATURE_STATE),
        *(mibs.CISCO_FAN_DESCR, mibs.CISCO_FAN_STATE, mibs.CISCO_SUPPLY_DESCR, mibs.CISCO_SUPPLY_STATE),
    ),
    limit=100,
)
HP_SENSORS = Walk((mibs.HP_SENSOR_STATUS, mibs.HP_SENSOR_DESCR), limit=100)
HUAWEI = Walk((mibs.HUAWEI_FAN_PRESENT, mibs.HUAWEI_FAN_STATE, mibs.HUAWEI_SUPPLY_PRESENT, mibs.HUAWEI_SUPPLY_STATE), limit=100)
MIKROTIK = Get((mibs.MIKROTIK_TEMPERATURE, mibs.MIKROTIK_PROCESSOR_TEMPERATURE))
SYNOLOGY = Get((mibs.SYNOLOGY_TEMPERATURE, mibs.SYNOLOGY_SUPPLY, mibs.SYNOLOGY_FAN, mibs.SYNOLOGY_PROCESSOR_FAN))
SYNOLOGY_DISKS = Walk((mibs.SYNOLOGY_DISK_NAME, mibs.SYNOLOGY_DISK_STATUS, mibs.SYNOLOGY_DISK_TEMPERATURE), limit=100)

_CISCO, _HP, _COMWARE, _HUAWEI, _MIKROTIK, _NET_SNMP = 9, 11, 25506, 2011, 14988, 8072
_CELSIUS, _OK = 8, 1  # EntitySensorDataType, EntitySensorStatus
_UNITS = 9  # EntitySensorDataScale: 9 is 10^0, each step a thousand
_MOST_SENSORS = 32
_OPTICS = re.compile(r"(?i)transceiver|sfp|xfp|optic|laser|\bdom\b|\bddm\b|ethernet ?\d|port ?\d")
#: CiscoEnvMonState. Neither what is not there nor what does not work as a sensor says anything.
_CISCO_STATES = {1: "ok", 2: "warning", 3: "critical", 4: "critical"}
_CISCO_PARTS = {1: "ok", 2: "warning", 3: "failed", 4: "failed", 6: "failed"}
_HP_STATES = {2: "failed", 3: "warning", 4: "ok"}
_SYNOLOGY_DISKS = {1: "ok", 4: "failed", 5: "failed"}  # normal, system partition failed, crashed
#: entPhysicalClass of what has a temperature of its own in the tables of Comware and VRP: chassis, sensor, module.
_WARM = frozenset({3, 8, 9})
_FAN, _SUPPLY = 7, 6
#: HH3C-ENTITY-EXT-MIB's error status of fans and supplies: 2 normal, 41 fanError, 51 psuError.
_COMWARE_STATES = {2: "ok", 41: "failed", 51: "failed"}


def requests(answers: Answers, kind: str | None) -> Iterator[Request]:
    """What tells of a device's heat and power; nothing of kinds that have no such tables."""
    if kind in ("printer", "pc", "ups", "phone", "camera"):
        return
    maker = _maker(answers)
    if maker == _CISCO:
        yield CISCO
    elif maker == _HP:
        yield HP_SENSORS
    elif maker == _MIKROTIK:
        yield MIKROTIK
    elif maker == _HUAWEI:
        yield HUAWEI
    if kind == "storage" and maker in (_NET_SNMP, 6574):
        yield from (SYNOLOGY, SYNOLOGY_DISKS)
    if maker in (_HUAWEI, _COMWARE):
        yield from _of_entities(answers, maker)
    if maker != _CISCO and presence.told(answers, mibs.SENSOR_TYPE):
        yield _sensors(answers) or SENSOR_TYPES


def _maker(answers: Answers) -> int | None:
    said = answers.get(mibs.SYS_OBJECT_ID)
    return said[6] if isinstance(said, tuple) and said[:6] == mibs.ENTERPRISES and len(said) > 6 else None


def _sensors(answers: Answers) -> Rows | None:
    """The sensors of degrees, without those of transceivers, once the types are known."""
    if not answers.asked(SENSOR_TYPES):
        return None
    types = answers.column(mibs.SENSOR_TYPE)
    warm = [index for index, kind in types.items() if integer(kind) == _CELSIUS and not _OPTICS.search(_name(answers, index))]
    return Rows(mibs.SENSOR_VALUES, tuple(sorted(warm)[:_MOST_SENSORS])) if warm else None


def _of_entities(answers: Answers, maker: int) -> Iterator[Rows]:
    """Rows of the maker's table beside entPhysicalTable, of the entities that have something to tell there."""
    classes = answers.column(mibs.ENT_CLASS)
    wanted = _WARM | {_FAN, _SUPPLY} if maker == _COMWARE else _WARM
    rows = sorted(i for i, kind in classes.items() if integer(kind) in wanted and not _OPTICS.search(_name(answers, i)))
    if rows:
        yield Rows(mibs.COMWARE_ENTITY if maker == _COMWARE else mibs.HUAWEI_ENTITY, tuple(rows[:_MOST_SENSORS]))


def _name(answers: Answers, index: Oid) -> str:
    """What an entity is called; its index where it has no name."""
    said = (line(answers.column(column).get(index)) for column in (mibs.ENT_NAME, mibs.ENT_DESCR))
    return next((name for name in said if name), ".".join(map(str, index)))


def parse(answers: Answers) -> Iterator[Reading]:
    """Temperatures with the thresholds and states that the device gives them; states of fans and power supplies."""
    yield from _entity_sensors(answers)
    yield from _cisco(answers)
    yield from _states(answers, mibs.HP_SENSOR_STATUS, mibs.HP_SENSOR_DESCR, _HP_STATES)
    yield from _present(answers, mibs.HUAWEI_FAN_STATE, mibs.HUAWEI_FAN_PRESENT, "fan_status", "fan")
    yield from _present(answers, mibs.HUAWEI_SUPPLY_STATE, mibs.HUAWEI_SUPPLY_PRESENT, "supply_status", "power")
    for columns in (mibs.HUAWEI_ENTITY, mibs.COMWARE_ENTITY):
        yield from _warm_entities(answers, columns)
    for oid, item in ((mibs.MIKROTIK_TEMPERATURE, "board"), (mibs.MIKROTIK_PROCESSOR_TEMPERATURE, "cpu")):
        yield from _celsius(item, answers.get(oid), tenths=True)
    yield from _synology(answers)


def _celsius(item: str, value: Value | None, *, tenths: bool = False) -> Iterator[Reading]:
    number = integer(value)
    if number is not None and 0 < number / (10 if tenths else 1) < 150:
        yield Reading("temperature", item, number / 10 if tenths else float(number))


def _entity_sensors(answers: Answers) -> Iterator[Reading]:
    scales, precisions, values, states = (answers.column(column) for column in mibs.SENSOR_VALUES)
    for index, value in values.items():
        number, scale, precision = integer(value), integer(scales.get(index)), integer(precisions.get(index))
        if number is None or integer(states.get(index)) != _OK:
            continue
        celsius = number * 1000.0 ** ((scale or _UNITS) - _UNITS) / 10.0 ** (precision or 0)
        if 0 < celsius < 150:
            yield Reading("temperature", _name(answers, index), round(celsius, 1))


def _cisco(answers: Answers) -> Iterator[Reading]:
    names = answers.column(mibs.CISCO_TEMPERATURE_DESCR)
    limits, states = answers.column(mibs.CISCO_TEMPERATURE_LIMIT), answers.column(mibs.CISCO_TEMPERATURE_STATE)
    for index, value in answers.column(mibs.CISCO_TEMPERATURE).items():
        item = _plain(line(names.get(index)) or ".".join(map(str, index)))
        state = _CISCO_STATES.get(integer(states.get(index)) or 0)
        if state is None:
            continue
        yield from _celsius(item, value)
        limit = integer(limits.get(index))
        if limit is not None and 20 <= limit <= 125:
            yield Reading("temperature_limit", item, float(limit))
        yield Reading("temperature_status", item, None, state)
    for metric, descr, column in (
        ("fan_status", mibs.CISCO_FAN_DESCR, mibs.CISCO_FAN_STATE),
        ("supply_status", mibs.CISCO_SUPPLY_DESCR, mibs.CISCO_SUPPLY_STATE),
    ):
        called = answers.column(descr)
        for index, value in answers.column(column).items():
            state = _CISCO_PARTS.get(integer(value) or 0)
            if state:
                yield Reading(metric, _plain(line(called.get(index)) or ".".join(map(str, index))), None, state)


def _plain(name: str) -> str:
    """A name without the state that some put into it ("Sw1, PS1 Normal, RPS NotExist", "SW#1, Sensor#1, GREEN")."""
    return re.sub(r"(?i)[, ]*\b(normal|green|yellow|red|faulty|RPS \w+)\b", "", name).strip(", ") or name


def _states(answers: Answers, column: Oid, descr: Oid, words: Mapping[int, str]) -> Iterator[Reading]:
    """hpicfSensorTable: what a sensor watches is told by its name alone."""
    names = answers.column(descr)
    for index, value in answers.column(column).items():
        name, state = line(names.get(index)) or "", words.get(integer(value) or 0)
        low = name.casefold()
        if state is None:
            continue
        if "fan" in low:
            yield Reading("fan_status", name, None, state)
        elif "power" in low or "psu" in low:
            yield Reading("supply_status", name, None, state)
        elif "temperature" in low or "chassis" in low:
            yield Reading("temperature_status", name, None, "critical" if state == "failed" else state)


def _present(answers: Answers, column: Oid, presence_column: Oid, metric: str, name: str) -> Iterator[Reading]:
    """Huawei's fans and supplies: 1 is normal, 2 is not, the rest says nothing; of those that are there."""
    there = answers.column(presence_column)
    for index, value in answers.column(column).items():
        state = {1: "ok", 2: "failed"}.get(integer(value) or 0)
        if state and integer(there.get(index)) != 2:
            yield Reading(metric, f"{name} {'.'.join(map(str, index))}", None, state)


def _warm_entities(answers: Answers, columns: tuple[Oid, ...]) -> Iterator[Reading]:
    """Temperatures and thresholds beside entPhysicalTable; some agents show one and the same in every row: it is told once."""
    told: set[tuple[int, int | None]] = set()
    classes = answers.column(mibs.ENT_CLASS)
    limits = answers.column(columns[1])
    for index, value in answers.column(columns[0]).items():
        number, limit = integer(value), integer(limits.get(index))
        if number is None or not 0 < number < 150 or (number, limit) in told:
            continue
        told.add((number, limit))
        yield Reading("temperature", _name(answers, index), float(number))
        if limit is not None and 20 <= limit <= 125:
            yield Reading("temperature_limit", _name(answers, index), float(limit))
    for index, value in answers.column(columns[2]).items() if len(columns) > 2 else ():
        metric = {_FAN: "fan_status", _SUPPLY: "supply_status"}.get(integer(classes.get(index)) or 0)
        state = _COMWARE_STATES.get(integer(value) or 0)
        if metric and state:
            yield Reading(metric, _name(answers, index), None, state)


def _synology(answers: Answers) -> Iterator[Reading]:
    yield from _celsius("system", answers.get(mibs.SYNOLOGY_TEMPERATURE))
    for oid, metric, item in (
        (mibs.SYNOLOGY_SUPPLY, "supply_status", "power"),
        (mibs.SYNOLOGY_FAN, "fan_status", "system"),
        (mibs.SYNOLOGY_PROCESSOR_FAN, "fan_status", "cpu"),
    ):
        state = {1: "ok", 2: "failed"}.get(integer(answers.get(oid)) or 0)
        if state:
            yield Reading(metric, item, None, state)
    names, warmth = answers.column(mibs.SYNOLOGY_DISK_NAME), answers.column(mibs.SYNOLOGY_DISK_TEMPERATURE)
    for index, value in answers.column(mibs.SYNOLOGY_DISK_STATUS).items():
        name = line(names.get(index)) or f"Disk {'.'.join(map(str, index))}"
        state = _SYNOLOGY_DISKS.get(integer(value) or 0)
        if state:
            yield Reading("disk_health", name, None, state)
        yield from _celsius(name, warmth.get(index))
