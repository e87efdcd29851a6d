"""The simulated district as the two sides of matching, without a scan and without a file: what a perfect reader reads of the
generator's registers, and what a perfect scan knows of the network. So matching is judged apart from reading and scanning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from inventory.registers.records import Line, Match, State
from inventory.registers.sides import Asset, Ground, OfficeGround, Thing
from simulator.factory import firmware_day
from simulator.network import Network

#: Kinds of the generator -> kinds of devices.
_KINDS = {"laptop": "pc", "telephone": "phone", "other": None, "camera system": None}


def assets(truth: Mapping[str, Any]) -> list[Asset]:
    """Every line of truth.json as it stands in the books; ids from 1, in the order of the truth."""
    return [Asset(n, line(told)) for n, told in enumerate(truth["lines"], 1)]


def line(told: Mapping[str, Any]) -> Line:
    """One line, perfectly read."""
    reading = dict(told["reading"])
    return Line(
        file=told["file"],
        sheet=told["sheet"],
        row=told["row"],
        name=reading["name"],
        code=reading.get("code"),
        kind=_KINDS.get(reading["kind"], reading["kind"]),
        vendor=reading.get("vendor"),
        model=reading.get("model"),
        serials=tuple(reading.get("serials", ())),
        macs=tuple(reading.get("macs", ())),
        host_name=reading.get("host_name"),
        address=reading.get("address"),
        office=reading.get("office"),
        office_told=reading.get("office_told", ""),
        place=reading.get("place"),
        user=reading.get("user"),
        quantity=reading["quantity"],
        unit=reading.get("unit"),
        unit_price_vnd=reading.get("unit_price_vnd"),
        price_vnd=reading.get("price_vnd"),
        residual_value_vnd=reading.get("residual_value_vnd"),
        acquired=reading.get("acquired"),
        in_use=reading.get("in_use"),
        state=State(reading["state"]) if reading.get("state") else None,
        note=reading.get("note"),
    )


def things(network: Network) -> list[Thing]:
    """What a perfect scan of the network knows: devices that can be read, numbered from 1, and stations that tables show."""
    found = []
    truth = network.truth()
    unread = []
    for number, device in enumerate(truth["devices"], 1):
        if not (device["snmp_readable"] or device["ssh_readable"]):
            unread.append(device)
            continue
        tells = device["tells"]
        found.append(
            Thing(
                device=number,
                office=device["office"],
                address=device["address"],
                kind=device["kind"],
                vendor=device["vendor"] if tells["vendor"] else None,
                model=device["model"] if tells["model"] else None,
                serials=frozenset({device["serial"]} if device["serial"] else ()),
                macs=frozenset({device["mac"], *(port["mac"] for port in device["interfaces"] if port["mac"])}),
                name=device["sys_name"],
                location=device["sys_location"] if device["snmp_readable"] else None,
                os_version=device["os_version"] if tells["os_version"] else None,
                **_equipment(network, device),
                made=_firmware_of(network, device),
                first_seen=truth["date"],
                last_confirmed=truth["date"],
            )
        )
    stations = [*(e for e in truth["endpoints"] if e["seen"]), *unread]
    return found + [
        Thing(
            mac=s["mac"],
            office=s["office"],
            address=s["address"],
            macs=frozenset({s["mac"]}),
            first_seen=truth["date"],
            last_confirmed=truth["date"],
        )
        for s in stations
    ]


def _equipment(network: Network, device: Mapping[str, Any]) -> dict[str, Any]:
    """Memory, disks and processor, which computers tell over SNMP and over SSH."""
    fields = network.catalogue[device["model"]].fields
    if device["kind"] not in ("pc", "server", "storage") or "memory_gib" not in fields:
        return {}
    described = str(fields["descr"]).replace("{cpu_model}", str(fields.get("cpu_model"))) if device["snmp_readable"] else None
    return {
        "memory_gb": fields["memory_gib"],
        "disk_gb": float(sum(size for *_, size in fields.get("disks", ()))),
        "processor": fields.get("cpu") if device["ssh_readable"] else described,
    }


def _firmware_of(network: Network, device: Mapping[str, Any]) -> str | None:
    """The day of the firmware, which Linux tells over SSH, as `simulator.consoles.linux` has it."""
    if network.catalogue[device["model"]].platform != "linux" or not device["ssh_readable"]:
        return None
    return str(firmware_day(device["asset"], date.fromisoformat(device["built"]), network.date))


def ground(network: Network, offices: Iterable[Any]) -> Ground:
    """Every office that has networks was asked whole, on the day of the network."""
    day = network.date.isoformat()
    return Ground(
        {
            o.code: OfficeGround(
                parent=o.parent,
                successor=o.successor,
                ended=not o.networks,
                asked=day if o.networks else None,
                share=1.0 if o.networks else 0.0,
            )
            for o in offices
        },
        today=day,
    )


def rows(matches: Iterable[Match], books: Iterable[Asset], there: Iterable[Thing]) -> list[dict[str, Any]]:
    """Matches as rows of the frame `matches`, for `scoring.score`."""
    by_asset = {asset.id: asset.line for asset in books}
    by_device = {thing.device: thing for thing in there if thing.device is not None}
    found = []
    for match in matches:
        told = by_asset.get(match.asset or 0)
        device = by_device.get(match.device) if match.device is not None else None
        found.append(
            {
                "file": told.file if told else None,
                "sheet": told.sheet if told else None,
                "row": told.row if told else None,
                "bucket": str(match.bucket),
                "confidence": match.confidence,
                "address": device.address if device else None,
                "mac": match.mac,
                "reason": match.reason,
            }
        )
    return found
