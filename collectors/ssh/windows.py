"""Windows with OpenSSH Server: one PowerShell script that prints JSON. From Microsoft's documents; no such machine was seen yet.

The script travels in the command line, because PowerShell reads its standard input line by line, with echoes. cmd.exe takes 8,191
characters and -EncodedCommand triples the length, so the script is packed: a short loader inflates it. Dates are written by the
script, because PowerShell 5.1 writes them as /Date(...)/.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from functools import cache
from pathlib import Path
from typing import Any

from collectors.ssh import machines
from collectors.ssh.answers import Facts, date, evidence, ip, mac
from inventory.facts import Addresses, ArpEntry, Component, Identity, Interface, Outcome, OwnAddress, Reading, Topic
from inventory.junk import is_junk_serial

_LOADER = (
    "$s=New-Object IO.StreamReader((New-Object IO.Compression.DeflateStream((New-Object IO.MemoryStream(,"
    "[Convert]::FromBase64String('{packed}'))),[IO.Compression.CompressionMode]::Decompress)));iex $s.ReadToEnd()"
)
LONGEST = 8191  # characters of a command line in cmd.exe


@cache
def _script() -> str:
    return (Path(__file__).parent / "windows.ps1").read_text(encoding="utf-8")


def command(mark: str) -> str:
    """The command line that runs the script; its answer stands on a line after `mark`."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = squeeze.compress(_script().replace("MARK", mark).encode()) + squeeze.flush()
    loader = _LOADER.replace("{packed}", base64.b64encode(packed).decode())
    encoded = base64.b64encode(loader.encode("utf-16-le")).decode()
    return f"powershell -NoProfile -NonInteractive -EncodedCommand {encoded}"


def script(mark: str) -> str:  # noqa: ARG001 - as linux.script
    """Nothing goes to standard input."""
    return ""


def understood(mark: str, output: str) -> bool:
    return _answer(mark, output) is not None


def _answer(mark: str, output: str) -> dict[str, Any] | None:
    match = re.search(rf"^\ufeff?{re.escape(mark)} (\{{.*)$", output, re.MULTILINE)
    try:
        data = json.loads(match[1]) if match else None
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _rows(data: Any) -> list[dict[str, Any]]:
    """A list of objects. ConvertTo-Json writes a list of one as the object alone, in some versions."""
    return [row for row in (data if isinstance(data, list) else [data]) if isinstance(row, dict)]


def _text(value: Any) -> str | None:
    return None if value is None or isinstance(value, dict | list | bool) else " ".join(str(value).split()) or None


def _amount(value: Any) -> int | None:
    text = str(value)
    return int(text) if not isinstance(value, bool) and re.fullmatch(r"\d{1,18}", text) else None


def parse(mark: str, output: str) -> Facts:
    """Facts from the script's answer; whatever is missing or malformed is left out."""
    said = _answer(mark, output)
    if said is None:
        return Facts()
    interfaces = _interfaces(said)
    parts = {
        Topic.IDENTITY: _identity(said),
        Topic.COMPONENTS: _components(said),
        Topic.INTERFACES: interfaces,
        Topic.ADDRESSES: _addresses(said, {i.index for i in interfaces}),
        Topic.HEALTH: _health(said),
    }
    return Facts(
        identity=parts[Topic.IDENTITY],  # type: ignore[arg-type]
        components=parts[Topic.COMPONENTS],  # type: ignore[arg-type]
        interfaces=interfaces,
        addresses=parts[Topic.ADDRESSES],  # type: ignore[arg-type]
        health=parts[Topic.HEALTH],  # type: ignore[arg-type]
        topics={topic.value: Outcome.ANSWERED for topic in parts},
        notes=("virtual machine",) if machines.is_virtual(machines.brand(_text(said.get("maker")))) else (),
    )


def _identity(said: dict[str, Any]) -> Identity:
    maker, product = machines.brand(_text(said.get("maker"))), _text(said.get("model"))
    serial, bios = _text(said.get("serial")), _text(said.get("bios_date"))
    chassis = said.get("chassis")
    first = chassis[0] if isinstance(chassis, list) and chassis else chassis
    told_serial = None if is_junk_serial(serial) else evidence(serial, "ssh:Win32_BIOS", 0.95)
    version = " ".join(filter(None, (_text(said.get("os")), _text(said.get("version")))))
    return Identity(
        vendor=evidence(maker, "ssh:Win32_ComputerSystem", 0.95, _text(said.get("maker"))),
        model=evidence(machines.model(maker, product, _text(said.get("family"))), "ssh:Win32_ComputerSystem", 0.95, product),
        serial=told_serial,
        os_version=evidence(version, "ssh:Win32_OperatingSystem", 0.95),
        kind=machines.kind(maker, product, _amount(first), "ssh:Win32_SystemEnclosure"),
        manufactured=None if machines.is_virtual(maker) else evidence(date(bios), "ssh:Win32_BIOS", 0.5, bios),
        # Feature upgrades move this date, so it says little about the machine's age.
        installed=evidence(date(_text(said.get("installed"))), "ssh:Win32_OperatingSystem", 0.6),
        sys_name=_text(said.get("name")),
        sys_descr=version or None,
        uptime_s=_amount(said.get("uptime")),
        profile="ssh:windows",
        uuid=machines.uuid(_text(said.get("uuid"))),
        asset_tag=machines.asset_tag(_text(said.get("tag")), told_serial),
    )


def _components(said: dict[str, Any]) -> tuple[Component, ...]:
    parts: list[Component] = []

    def add(index: str, kind: str, row: dict[str, Any], **more: Any) -> None:
        serial = _text(row.get("serial"))
        parts.append(
            Component(
                index=index,
                kind=kind,
                name=index,
                vendor=machines.brand(_text(row.get("maker"))),
                model=machines.model(None, _text(row.get("model") or row.get("name")), None),
                serial=None if is_junk_serial(serial) else serial,
                size_bytes=_amount(row.get("size")),
                **more,
            )
        )

    for row in _rows(said.get("board"))[:1]:
        add("board", "board", row, firmware_rev=_text(said.get("bios")))
    for number, row in enumerate(_rows(said.get("cpu"))):
        add(f"cpu{number}", "cpu", row)
    for number, row in enumerate(_rows(said.get("dimms"))):
        add(f"memory:{_text(row.get('slot')) or number}", "memory", row)
    for number, row in enumerate(_rows(said.get("disks"))):
        sort = " ".join(filter(None, (_text(row.get("bus")), _text(row.get("media")))))
        add(f"disk:{_text(row.get('id')) or number}", "disk", row, description=sort, firmware_rev=_text(row.get("firmware")))
    return tuple({part.index: part for part in parts}.values())


def _interfaces(said: dict[str, Any]) -> tuple[Interface, ...]:
    found = {}
    for row in _rows(said.get("cards")):
        index, name = _amount(row.get("index")), _text(row.get("name"))
        if index and name:
            found[index] = Interface(
                index=index,
                name=name,
                description=_text(row.get("description")),
                mac=mac(_text(row.get("mac"))),
                mtu=_amount(row.get("mtu")),
                speed_bps=_amount(row.get("speed")),
                admin_up=row["enabled"] if isinstance(row.get("enabled"), bool) else None,
                oper_up=row["up"] if isinstance(row.get("up"), bool) else None,
            )
    return tuple(found.values())


def _addresses(said: dict[str, Any], cards: set[int]) -> Addresses:
    own = [
        OwnAddress(address, _amount(row.get("length")), _amount(row.get("index")))
        for row in _rows(said.get("addresses"))
        if (address := ip(_text(row.get("address"))))
        and not address.startswith(("127.", "169.254.", "fe80"))
        and address != "::1"
    ]
    arp = [
        ArpEntry(address, hardware, _amount(row.get("index")))
        for row in _rows(said.get("neighbours"))
        if (address := ip(_text(row.get("address")))) and (hardware := mac(_text(row.get("mac"))))
        # Windows lists multicast groups among its neighbours.
        and not int(hardware[:2], 16) & 1 and _amount(row.get("index")) in cards
    ]  # fmt: skip
    return Addresses(own=tuple(dict.fromkeys(own)), arp=tuple(dict.fromkeys(arp)))


def _health(said: dict[str, Any]) -> tuple[Reading, ...]:
    readings = []
    memory = _amount(said.get("memory"))
    if memory:
        readings.append(Reading("memory_total", "memory", float(memory)))
    for row in _rows(said.get("volumes")):
        name, size, free = _text(row.get("name")), _amount(row.get("size")), _amount(row.get("free"))
        if name and size and free is not None and free <= size:
            readings.append(Reading("storage_total", name, float(size)))
            readings.append(Reading("storage_used", name, float(size - free)))
    for number, row in enumerate(_rows(said.get("disks"))):
        item = f"disk:{_text(row.get('id')) or number}"
        state = {"healthy": "ok", "warning": "failing", "unhealthy": "failed"}.get((_text(row.get("health")) or "").lower())
        if state:
            readings.append(Reading("disk_health", item, None, state))
        if (hours := _amount(row.get("hours"))) is not None:
            readings.append(Reading("disk_power_on", item, float(hours)))
        if (wear := _amount(row.get("wear"))) is not None and row.get("media") == "SSD":
            readings.append(Reading("disk_wear", item, float(wear)))
        if temperature := _amount(row.get("temperature")):
            readings.append(Reading("temperature", item, float(temperature)))
    return tuple(readings)
