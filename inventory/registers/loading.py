"""The sides of a match (`inventory.registers.sides`), as the inventory knows them at a moment."""

# ruff: noqa: S608 - table and column names are constants of this package

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from inventory import ranges
from inventory.decisions import Verb
from inventory.facts import Outcome
from inventory.frames.equipment import devices as device_rows
from inventory.frames.reading import LOCAL, Reader, records
from inventory.frames.surroundings import endpoints
from inventory.hardware_addresses import mac_class, tells_a_box
from inventory.junk import is_junk_serial
from inventory.registers.imports import line_of
from inventory.registers.records import program
from inventory.registers.sides import Asset, Ground, OfficeGround, Ruling, Thing

#: Components that are bought singly; anything else with a serial number is a part of one.
_BOXES = ("chassis",)
_WHOLE = ("chassis", "stack")
#: What has a processor that books tell.
_COMPUTERS = ("pc", "server")
#: Addresses count as asked for so long before their office was last asked.
_RECENT_S = 366 * 86_400
_NOT_REALLY = (str(Outcome.NOT_ASKED), str(Outcome.NO_CREDENTIAL))


def assets(reader: Reader) -> dict[str | None, list[Asset]]:
    """What stands in the books of the offices (None), and in the list of each other program."""
    found: dict[str | None, list[Asset]] = {None: []}
    for row in records(reader.current("assets")):
        found.setdefault(program(row["register"]), []).append(Asset(row["asset_id"], line_of(row)))
    return found


def things(reader: Reader) -> list[Thing]:
    """Every device that was ever confirmed, and every station that is present and is no device."""
    serials, parts, boxes = _components(reader)
    sizes, processors = _sizes(reader), _processors(reader)
    stations = records(endpoints(reader)[["mac", "office", "address", "device_id", "name", "first_seen", "last_seen"]])
    macs = _macs(reader)
    for row in stations:
        if row["device_id"] is not None and tells_a_box(row["mac"]):
            macs[row["device_id"]].add(row["mac"])
    found = []
    for row in records(device_rows(reader)):
        device = row["device_id"]
        chassis = {row["serial"]} if row["serial"] else set()
        found.append(
            Thing(
                device=device,
                office=row["office"],
                address=row["address"],
                kind=row["kind"],
                vendor=row["vendor"],
                model=row["model"],
                serials=frozenset(chassis | serials[device]),
                parts=frozenset(parts[device] - chassis),
                macs=frozenset(macs[device] | ({row["base_mac"]} if row["base_mac"] else set())),
                boxes=max(1, len(boxes[device])),
                name=row["sys_name"],
                location=row["sys_location"],
                contact=row["sys_contact"],
                os_version=row["os_version"],
                memory_gb=_gb(sizes.get((device, "memory_total")), 2**30),
                processor=_processor(row, processors.get(device)),
                disk_gb=_gb(sizes.get((device, "storage_total")), 10**9),
                made=row["manufactured"],
                installed=row["installed"],
                first_seen=_day(row["first_seen"]),
                last_confirmed=_day(row["last_confirmed"]),
                state=row["state"],
            )
        )
    return [*found, *_stations(stations)]


def ground(reader: Reader) -> Ground:
    """Which offices' networks were asked, when, and how completely."""
    last = reader.scalar("SELECT MAX(valid_at) FROM scans WHERE state = 'finished' AND valid_at <= :at")
    today = None if last is None else _day(last)
    asked = _asked(reader)
    found = {}
    for row in records(reader.known_offices()):
        when, addresses = asked.pop(row["code"], (None, []))
        found[row["code"]] = OfficeGround(
            parent=row["parent"],
            successor=row["successor"],
            ended=bool(row["valid_to"] and today and row["valid_to"] < today),
            asked=None if when is None else _day(when),
            share=_share(row["networks"], addresses),
        )
    # Offices that scans know and the file does not: what was asked is all that is known of their networks.
    found |= {code: OfficeGround(asked=_day(when), share=1.0) for code, (when, _) in asked.items()}
    return Ground(found, today)


def rulings(reader: Reader) -> list[Ruling]:
    """What people decided of assets, and holds."""
    found = [
        Ruling(row["asset_id"], row["unit"] or 1, row["device_id"], row["mac"], same, row["id"])
        for verb, same in ((Verb.MATCH, True), (Verb.UNMATCH, False))
        for row in records(reader.ruled(verb))
    ]
    return sorted(found, key=lambda ruling: ruling.number)


# -- inside ----------------------------------------------------------------------------------------------------------------


def _components(reader: Reader) -> tuple[Mapping[int, set[str]], Mapping[int, set[str]], Mapping[int, set[str]]]:
    """device -> serial numbers of the device itself and of the members of its stack; of its parts; of what is bought singly."""
    serials: dict[int, set[str]] = defaultdict(set)
    parts: dict[int, set[str]] = defaultdict(set)
    boxes: dict[int, set[str]] = defaultdict(set)
    for row in records(reader.current("components", "device_id, kind, serial", "AND serial IS NOT NULL")):
        if is_junk_serial(row["serial"]):
            continue
        (serials if row["kind"] in _WHOLE else parts)[row["device_id"]].add(row["serial"])
        if row["kind"] in _BOXES:
            boxes[row["device_id"]].add(row["serial"])
    return serials, parts, boxes


def _sizes(reader: Reader) -> Mapping[tuple[int, str], float]:
    """(device, memory_total or storage_total) -> bytes of all its items together."""
    found: dict[tuple[int, str], float] = defaultdict(float)
    rows = records(reader.current("readings", "device_id, metric, value", "AND metric IN ('memory_total', 'storage_total')"))
    for row in rows:
        if row["value"]:
            found[row["device_id"], row["metric"]] += row["value"]
    return found


def _processors(reader: Reader) -> Mapping[int, str]:
    """device -> the name of its processor, of the first where there are several."""
    rows = records(reader.current("components", "device_id, key, model, description", "AND kind = 'cpu'"))
    ordered = sorted(rows, key=lambda row: row["key"], reverse=True)
    return {row["device_id"]: row["model"] or row["description"] for row in ordered if row["model"] or row["description"]}


def _processor(row: Mapping[str, Any], told: str | None) -> str | None:
    """The processor of a computer, which Windows tells in sysDescr."""
    return (told or row["sys_descr"]) if row["kind"] in _COMPUTERS else None


def _gb(size: float | None, unit: int) -> float | None:
    return round(size / unit, 1) if size else None


def _macs(reader: Reader) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for row in records(reader.current("interfaces", "DISTINCT device_id, mac", "AND mac IS NOT NULL")):
        if tells_a_box(row["mac"]):
            found[row["device_id"]].add(row["mac"])
    return found


def _stations(rows: Iterable[Mapping[str, Any]]) -> Iterator[Thing]:
    for row in rows:
        # Nobody buys a virtual machine, and a random address is not the same tomorrow.
        if row["device_id"] is None and mac_class(row["mac"]) == "global":
            yield Thing(
                mac=row["mac"],
                name=row["name"],
                office=row["office"],
                address=row["address"],
                macs=frozenset({row["mac"]}),
                first_seen=_day(row["first_seen"]),
                last_confirmed=_day(row["last_seen"]),
            )


def _asked(reader: Reader) -> dict[str, tuple[int, list[ranges.Span]]]:
    """office -> when it was asked last, and the addresses that were really asked within a year before."""
    refused = ", ".join(f"'{outcome}'" for outcome in _NOT_REALLY)
    rows = records(
        reader.rows(
            "SELECT a.office, a.addresses, s.valid_at FROM asked a JOIN scans s ON s.id = a.scan_id "
            f"WHERE s.state = 'finished' AND s.valid_at <= :at AND a.outcome NOT IN ({refused})"
        )
    )
    last: dict[str, int] = {}
    for row in rows:
        last[row["office"]] = max(last.get(row["office"], 0), row["valid_at"])
    spans: dict[str, list[ranges.Span]] = defaultdict(list)
    for row in rows:
        if row["valid_at"] >= last[row["office"]] - _RECENT_S:
            spans[row["office"]] = ranges.joined([*spans[row["office"]], *ranges.spans(row["addresses"])])
    return {office: (at, spans[office]) for office, at in last.items()}


def _share(networks: str, asked: list[ranges.Span]) -> float:
    """How much of an office's networks has been asked; its hosts, as `offices.addresses` counts them."""
    hosts = ranges.joined(_hosts(text) for text in networks.split(",") if text)
    total = sum(last - first + 1 for _, first, last in hosts)
    return ranges.common(hosts, asked) / total if total else 0.0


def _hosts(network: str) -> ranges.Span:
    net = ipaddress.ip_network(network)
    first, last = int(net[0]), int(net[-1])
    if net.version == 4 and net.prefixlen < 31:
        first, last = first + 1, last - 1
    return net.version, first, last


def _day(at: int | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, LOCAL).date().isoformat()
