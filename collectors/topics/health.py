"""Health: printers (Printer-MIB, RFC 3805), UPSs (UPS-MIB, RFC 1628, and PowerNet-MIB), hosts (HOST-RESOURCES-MIB, RFC 2790)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from collectors import mibs
from collectors.asking import Answers, Get, Oid, Request, Walk
from collectors.topics import bridge, environment, links, presence
from collectors.values import counter, integer, line, text
from inventory.facts import Reading

PRINTER = Walk(
    (
        mibs.PRT_MARKER_COUNTER_UNIT,
        mibs.PRT_MARKER_LIFE_COUNT,
        mibs.PRT_SUPPLY_TYPE,
        mibs.PRT_SUPPLY_DESCR,
        mibs.PRT_SUPPLY_MAX,
        mibs.PRT_SUPPLY_LEVEL,
    ),
    limit=200,
)
PRINTER_STATE = Walk((mibs.HR_PRINTER_STATUS, mibs.HR_PRINTER_ERROR_STATE), limit=20)
UPS = Get(
    (
        mibs.UPS_BATTERY_STATUS,
        mibs.UPS_SECONDS_ON_BATTERY,
        mibs.UPS_MINUTES_REMAINING,
        mibs.UPS_CHARGE_REMAINING,
        mibs.UPS_BATTERY_TEMPERATURE,
    )
)
UPS_LINES = Walk((mibs.UPS_INPUT_VOLTAGE,), limit=10)
UPS_LOADS = Walk((mibs.UPS_OUTPUT_LOAD,), limit=10)
UPS_ALARMS = Walk((mibs.UPS_ALARM_DESCR,), limit=100)
APC = Get(
    (
        mibs.APC_BATTERY_STATUS,
        mibs.APC_TIME_ON_BATTERY,
        mibs.APC_BATTERY_REPLACED,
        mibs.APC_BATTERY_CAPACITY,
        mibs.APC_BATTERY_TEMPERATURE,
        mibs.APC_BATTERY_RUN_TIME,
        mibs.APC_BATTERY_REPLACE,
        mibs.APC_INPUT_VOLTAGE,
        mibs.APC_OUTPUT_LOAD,
    )
)
STORAGE = Walk(
    (mibs.HR_STORAGE_TYPE, mibs.HR_STORAGE_DESCR, mibs.HR_STORAGE_UNITS, mibs.HR_STORAGE_SIZE, mibs.HR_STORAGE_USED), limit=1_000
)
#: What groups of ports may feed to devices, and do (POWER-ETHERNET-MIB).
FEEDING = Walk((mibs.PSE_POWER, mibs.PSE_USED), limit=64)
SPANNING_TREE = Get((mibs.DOT1D_STP_PROTOCOL, mibs.DOT1D_STP_TOPOLOGY_CHANGES, mibs.DOT1D_STP_ROOT))
PROCESSORS = Walk((mibs.HR_PROCESSOR_LOAD,), limit=512)
HOST = Get((mibs.HR_SYSTEM_PROCESSES, mibs.HR_MEMORY_SIZE))

_BATTERY = {1: "unknown", 2: "normal", 3: "low", 4: "depleted"}
_APC_BATTERY = {1: "unknown", 2: "normal", 3: "low", 4: "depleted"}  # upsBasicBatteryStatus: 4 is batteryInFaultCondition
_PRINTER_STATUS = {1: "other", 2: "unknown", 3: "idle", 4: "printing", 5: "warmup"}
#: hrPrinterDetectedErrorState: bits from the most significant of the first octet (RFC 2790; RFC 3805 adds the second octet).
_PRINTER_ERRORS = (
    *("lowPaper", "noPaper", "lowToner", "noToner", "doorOpen", "jammed", "offline", "serviceRequested"),
    *("inputTrayMissing", "outputTrayMissing", "markerSupplyMissing", "outputNearFull", "outputFull", "inputTrayEmpty"),
    "overduePreventMaint",
)
#: PrtMarkerSuppliesTypeTC (RFC 3805), as far as it tells what is printed with apart from what wears.
_SUPPLIES = {
    **dict.fromkeys((3, 5, 6, 7, 12, 13, 21), "toner"),
    **dict.fromkeys((4, 8, 14), "waste"),
    **dict.fromkeys((11, 15, 17, 22), "fuser"),
    **dict.fromkeys((16, 18, 19), "cleaner"),
    9: "drum",
    10: "developer",
    20: "transfer",
}
#: upsWellKnownAlarms -> what they say: upsAlarmBatteryBad, upsAlarmTempBad, upsAlarmFanFailure.
_ALARMS = {
    (*mibs.UPS, 6, 3, 1): Reading("battery_replace", "", None, "yes"),
    (*mibs.UPS, 6, 3, 5): Reading("temperature_status", "", None, "critical"),
    (*mibs.UPS, 6, 3, 16): Reading("fan_status", "", None, "failed"),
}
_HR_RAM: Oid = (*mibs.MIB2, 25, 2, 1, 2)
_HR_DISKS = frozenset({(*mibs.MIB2, 25, 2, 1, 4), (*mibs.MIB2, 25, 2, 1, 10)})  # hrStorageFixedDisk, hrStorageNetworkDisk
_IMPRESSIONS, _SHEETS = 7, 8  # PrtMarkerCounterUnitTC
_STP_PROTOCOLS = {2: "decLb100", 3: "ieee8021d"}  # dot1dStpProtocolSpecification; newer ones have no number in it
_MOST_WATTS = 100_000  # of a chassis full of supplies
_APC_OBJECT: Oid = (*mibs.ENTERPRISES, 318)


def requests(answers: Answers, kind: str | None) -> tuple[Request, ...]:
    asked: list[Request] = []
    if presence.has(answers, mibs.PRT_MARKER_LIFE_COUNT, mibs.PRT_SUPPLY_DESCR) or kind == "printer":
        asked += [PRINTER, PRINTER_STATE]
    if kind == "ups" or answers.get(mibs.UPS_MODEL) is not None or answers.get(mibs.UPS_MANUFACTURER) is not None:
        asked += [UPS, UPS_LINES, UPS_LOADS, UPS_ALARMS]
        said = answers.get(mibs.SYS_OBJECT_ID)
        if isinstance(said, tuple) and said[: len(_APC_OBJECT)] == _APC_OBJECT:
            asked.append(APC)
    elif kind != "printer":
        if kind != "switch" and presence.has(answers, mibs.HR_STORAGE_DESCR):  # a switch's are its flash and buffers
            asked += [STORAGE, HOST]
        if presence.has(answers, mibs.HR_PROCESSOR_LOAD):
            asked.append(PROCESSORS)
    if kind in links.FORWARDING and presence.has(answers, mibs.PSE_POWER):
        asked.append(FEEDING)
    if kind in links.FORWARDING and (bridge.ports(answers) or presence.told(answers, mibs.DOT1D_STP_PORT_STATE)):
        asked.append(SPANNING_TREE)
    asked += environment.requests(answers, kind)
    return tuple(request for request in asked if not answers.asked(request))


def parse(answers: Answers) -> tuple[Reading, ...]:
    """Every reading that the device gave, one for each metric and item."""
    found: dict[tuple[str, str], Reading] = {}
    for reading in (
        *_printer(answers),
        *_apc(answers),
        *_ups(answers),
        *_host(answers),
        *_feeding(answers),
        *_spanning_tree(answers),
        *environment.parse(answers),
    ):
        found.setdefault((reading.metric, reading.item), reading)
    return tuple(found.values())


def _printer(answers: Answers) -> Iterator[Reading]:
    if answers.asked(PRINTER):
        units = answers.column(mibs.PRT_MARKER_COUNTER_UNIT)
        for index, value in answers.column(mibs.PRT_MARKER_LIFE_COUNT).items():
            pages = counter(value)
            if pages is not None and pages < 2**31 and integer(units.get(index)) in (_IMPRESSIONS, _SHEETS, None):
                yield Reading("pages", "" if index[-1:] in ((), (1,)) else str(index[-1]), float(pages))
        yield from _supplies(answers)
    if answers.asked(PRINTER_STATE):
        errors = answers.column(mibs.HR_PRINTER_ERROR_STATE)
        for index, value in answers.column(mibs.HR_PRINTER_STATUS).items():
            state = _PRINTER_STATUS.get(integer(value) or 0)
            wrong = printer_errors(errors.get(index))
            if state or wrong:
                yield Reading("printer_status", "", None, " ".join(wrong) or state)
                break


def printer_errors(value: object) -> list[str]:
    """The names of the bits that are set in hrPrinterDetectedErrorState."""
    if not isinstance(value, bytes):
        return []
    return [name for bit, name in enumerate(_PRINTER_ERRORS) if bit // 8 < len(value) and value[bit // 8] >> (7 - bit % 8) & 1]


def _supplies(answers: Answers) -> Iterator[Reading]:
    """prtMarkerSupplies: -3 is "some left", -2 unknown, -1 no limit; without a maximum a level is no percentage."""
    names = answers.column(mibs.PRT_SUPPLY_DESCR)
    maxima, levels = answers.column(mibs.PRT_SUPPLY_MAX), answers.column(mibs.PRT_SUPPLY_LEVEL)
    types = answers.column(mibs.PRT_SUPPLY_TYPE)
    for index in names:
        name = line(names[index]) or ".".join(map(str, index))
        sort = _SUPPLIES.get(integer(types.get(index)) or 0)
        if sort:
            yield Reading("supply_type", name, None, sort)
        level, most = integer(levels.get(index)), integer(maxima.get(index))
        if level is None:
            continue
        if level == -3:
            yield Reading("supply_level", name, None, "some")
        elif level >= 0 and most is not None and most > 0:
            yield Reading("supply_level", name, round(min(100.0, 100 * level / most), 1))
        elif level == 0:
            yield Reading("supply_level", name, 0.0)


def _ups(answers: Answers) -> Iterator[Reading]:
    if not answers.asked(UPS):
        return
    status = _BATTERY.get(integer(answers.get(mibs.UPS_BATTERY_STATUS)) or 0)
    if status:
        yield Reading("battery_status", "", None, status)
    for metric, oid, most in (
        ("on_battery", mibs.UPS_SECONDS_ON_BATTERY, 10**8),
        ("battery_runtime", mibs.UPS_MINUTES_REMAINING, 100_000),
        ("battery_charge", mibs.UPS_CHARGE_REMAINING, 100),
        ("battery_temperature", mibs.UPS_BATTERY_TEMPERATURE, 150),
    ):
        number = integer(answers.get(oid))
        if number is not None and 0 <= number <= most:
            yield Reading(metric, "", float(number))
    for metric, column, most in (("input_voltage", mibs.UPS_INPUT_VOLTAGE, 1_000), ("output_load", mibs.UPS_OUTPUT_LOAD, 400)):
        rows = answers.column(column)
        for index, value in rows.items():
            number = integer(value)
            if number is not None and 0 <= number <= most:
                yield Reading(metric, str(index[-1]) if index and len(rows) > 1 else "", float(number))
    if answers.asked(UPS_ALARMS):
        said = {tuple(value) for value in answers.column(mibs.UPS_ALARM_DESCR).values() if isinstance(value, tuple)}
        yield from (reading for alarm, reading in _ALARMS.items() if alarm in said)


def _apc(answers: Answers) -> Iterator[Reading]:
    if not answers.asked(APC):
        return
    status = _APC_BATTERY.get(integer(answers.get(mibs.APC_BATTERY_STATUS)) or 0)
    if status:
        yield Reading("battery_status", "", None, status)
    replace = integer(answers.get(mibs.APC_BATTERY_REPLACE))
    if replace in (1, 2):
        yield Reading("battery_replace", "", None, "yes" if replace == 2 else "no")
    replaced = us_date(text(answers.get(mibs.APC_BATTERY_REPLACED)))
    if replaced:
        yield Reading("battery_replaced_on", "", None, replaced)
    for metric, oid, unit, most in (
        ("on_battery", mibs.APC_TIME_ON_BATTERY, 100, 10**8),  # TimeTicks
        ("battery_charge", mibs.APC_BATTERY_CAPACITY, 1, 100),
        ("battery_temperature", mibs.APC_BATTERY_TEMPERATURE, 1, 150),
        ("battery_runtime", mibs.APC_BATTERY_RUN_TIME, 6000, 100_000),  # TimeTicks
        ("input_voltage", mibs.APC_INPUT_VOLTAGE, 1, 1_000),
        ("output_load", mibs.APC_OUTPUT_LOAD, 1, 400),
    ):
        number = integer(answers.get(oid))
        if number is not None and 0 <= number / unit <= most:
            yield Reading(metric, "", round(number / unit, 1))


def us_date(said: str | None) -> str | None:
    """PowerNet-MIB's mm/dd/yy or mm/dd/yyyy as an ISO date."""
    match = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})", said or "")
    if not match:
        return None
    month, day, year = int(match[1]), int(match[2]), int(match[3])
    year += 0 if year > 99 else 2000 if year < 80 else 1900
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None


def _host(answers: Answers) -> Iterator[Reading]:
    if answers.asked(PROCESSORS):
        loads = [
            load
            for value in answers.column(mibs.HR_PROCESSOR_LOAD).values()
            if (load := integer(value)) is not None and 0 <= load <= 100
        ]
        if loads:
            yield Reading("cpu_load", "", round(sum(loads) / len(loads), 1))
    if answers.asked(HOST):
        processes, memory = counter(answers.get(mibs.HR_SYSTEM_PROCESSES)), counter(answers.get(mibs.HR_MEMORY_SIZE))
        if processes:
            yield Reading("processes", "", float(processes))
        if memory:
            yield Reading("memory_total", "", float(memory * 1024))
    if answers.asked(STORAGE):
        yield from _storage(answers)


def _feeding(answers: Answers) -> Iterator[Reading]:
    if not answers.asked(FEEDING):
        return
    for metric, column in (("poe_budget_w", mibs.PSE_POWER), ("poe_used_w", mibs.PSE_USED)):
        for index, value in answers.column(column).items():
            watts = integer(value)
            if watts is not None and 0 <= watts <= _MOST_WATTS and len(index) == 1:
                yield Reading(metric, str(index[0]), float(watts))


def _spanning_tree(answers: Answers) -> Iterator[Reading]:
    """dot1dStp: a root of zeros is told where none runs."""
    protocol, root = integer(answers.get(mibs.DOT1D_STP_PROTOCOL)), links.root(answers)
    if root == links.NO_ROOT:
        yield Reading("stp_protocol", "", None, "off")
        return
    if protocol is not None and (root or answers.column(mibs.DOT1D_STP_PORT_STATE)):
        yield Reading("stp_protocol", "", None, _STP_PROTOCOLS.get(protocol, "other"))
    if root:
        yield Reading("stp_root", "", None, root)
        changes = counter(answers.get(mibs.DOT1D_STP_TOPOLOGY_CHANGES))
        if changes is not None:
            yield Reading("stp_topology_changes", "", float(changes))


def _storage(answers: Answers) -> Iterator[Reading]:
    """hrStorageTable: sizes in allocation units; large volumes come as negative 32-bit numbers."""
    types, names = answers.column(mibs.HR_STORAGE_TYPE), answers.column(mibs.HR_STORAGE_DESCR)
    for index in names:
        unit = integer(answers.column(mibs.HR_STORAGE_UNITS).get(index))
        size = counter(answers.column(mibs.HR_STORAGE_SIZE).get(index))
        used = counter(answers.column(mibs.HR_STORAGE_USED).get(index))
        said = types.get(index)
        kind: Oid = tuple(said) if isinstance(said, tuple) else ()
        if unit is None or unit <= 0 or not size:
            continue
        if kind == _HR_RAM:
            metric, item = "memory", ""
        elif kind in _HR_DISKS:
            metric, item = "storage", line(names[index]) or ".".join(map(str, index))
        else:
            continue
        yield Reading(f"{metric}_total", item, float(size * unit))
        if used is not None:
            yield Reading(f"{metric}_used", item, float(used * unit))
