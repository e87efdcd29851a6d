"""Linux and its relatives (NAS, OpenWrt, ARM boards): one script over an exec channel, and what its answer means.

The answer is framed text, not one JSON object: a machine without python or jq cannot quote JSON safely in shell, and when a
connection drops halfway the sections that came are whole. The frame's mark is random per session, so that no file's content can
pose as a section.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from collectors.ssh import linux_bridges, machines
from collectors.ssh.answers import Facts, date, evidence, ip, mac, number
from inventory.facts import (
    DUPLEXES,
    Addresses,
    ArpEntry,
    Component,
    Evidence,
    Identity,
    Interface,
    Outcome,
    OwnAddress,
    Reading,
    Topic,
)
from inventory.junk import is_junk_serial


def command(mark: str) -> str:  # noqa: ARG001 - as windows.command
    return "sh -s"


@cache
def _script() -> str:
    return (Path(__file__).parent / "linux.sh").read_text(encoding="utf-8")


def script(mark: str) -> str:
    """What goes to the standard input of `sh -s`. `mark` is a random word of letters and digits."""
    return f"mark='{mark}'\n{_script()}"


class Sections(Mapping[str, str]):
    """The script's answer by section; `denied` are the files that only root may read."""

    def __init__(self, mark: str, output: str) -> None:
        self._text: dict[str, str] = {}
        self.denied: set[str] = set()
        name, lines = None, list[str]()
        for line in [*output.replace("\r\n", "\n").split("\n"), f"{mark} end-of-output"]:
            if not line.startswith(mark + " "):
                lines.append(line)
                continue
            if name is not None:
                self._text[name] = "\n".join(lines).strip()
            name, lines = line[len(mark) + 1 :].strip(), []
            if name.endswith(" denied"):
                self.denied.add(name.removesuffix(" denied"))
                name = None

    def __getitem__(self, name: str) -> str:
        return self._text[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._text)

    def __len__(self) -> int:
        return len(self._text)

    @property
    def complete(self) -> bool:
        return "end" in self._text


def understood(mark: str, output: str) -> bool:
    """Whether a shell ran the script at all; the console of a switch does not."""
    return bool(Sections(mark, output).get("hello"))


def parse(mark: str, output: str) -> Facts:
    """Facts from the script's output; whatever is missing or malformed is left out."""
    said = Sections(mark, output)
    interfaces, own = _interfaces(said)
    index_of = {i.name: i.index for i in interfaces or () if i.name}
    arp = _arp(said, index_of)
    learnt = linux_bridges.forwarding(_rows(_json(said["fdb"])), said["fdb"], index_of) if "fdb" in said else None
    heard = linux_bridges.neighbours(said["lldp"], index_of) if said.get("lldp") else None
    disks, disk_health = _disks(said)
    identity, notes = _identity(said)
    if "smart" not in " ".join(said) and any(d.kind == "disk" for d in disks):
        notes = (*notes, "disk health: no permission or no smartctl")
    outcome = Outcome.ANSWERED if said.complete else Outcome.PARTIAL
    addresses = Addresses(own, arp, learnt) if own is not None or arp is not None or learnt is not None else None
    parts = {
        Topic.IDENTITY: identity,
        Topic.COMPONENTS: (*_boards(said), *disks),
        Topic.INTERFACES: interfaces,
        Topic.NEIGHBOURS: heard,
        Topic.ADDRESSES: addresses,
        Topic.HEALTH: (*_memory(said), *_storage(said), *disk_health, *_heat(said)),
    }
    topics = {topic.value: outcome for topic, part in parts.items() if part is not None}
    if said.complete:
        topics |= {topic.value: Outcome.UNSUPPORTED for topic, part in parts.items() if part is None}
        if not isinstance(_json(said.get("lsblk")), dict):  # no list of disks is not the same as no disks
            topics[Topic.COMPONENTS.value] = Outcome.PARTIAL
    return Facts(
        identity=identity,
        components=parts[Topic.COMPONENTS],  # type: ignore[arg-type]
        interfaces=interfaces,
        neighbours=heard,
        addresses=addresses,
        health=parts[Topic.HEALTH],  # type: ignore[arg-type]
        topics=topics,
        notes=notes,
    )


def _identity(said: Sections) -> tuple[Identity, tuple[str, ...]]:
    notes: list[str] = []
    release = _shell_values(said.get("os-release", ""))
    os_name = release.get("PRETTY_NAME") or release.get("NAME")
    kernel = " ".join(filter(None, (said.get("hello"), said.get("kernel"))))
    maker = machines.brand(said.get("dmi.sys_vendor"))
    product = said.get("dmi.product_name")
    vendor = evidence(maker, "ssh:dmi.sys_vendor", 0.95, said.get("dmi.sys_vendor"))
    model = evidence(machines.model(maker, product, said.get("dmi.product_version")), "ssh:dmi.product_name", 0.95, product)
    kind = machines.kind(maker, product, number(said.get("dmi.chassis_type")), "ssh:dmi.chassis_type")
    serial = _serial(said.get("dmi.product_serial"), "ssh:dmi.product_serial") or _serial(
        said.get("dmi.chassis_serial"), "ssh:dmi.chassis_serial"
    )
    if serial is None and {"dmi.product_serial", "dmi.chassis_serial"} & said.denied:
        notes.append("serial: no permission")
    if machines.is_virtual(maker):
        notes.append("virtual machine")
    nas = _shell_values(said.get("synology.model", "")).get("upnpmodelname")
    qnap = _shell_values(said.get("qnap", ""))
    if nas:
        vendor, model = evidence("Synology", "ssh:/etc/synoinfo.conf", 0.95), evidence(nas, "ssh:/etc/synoinfo.conf", 0.95)
        serial = _serial(said.get("synology.serial"), "ssh:syno_serial") or serial
        kind = evidence("storage", "ssh:/etc/synoinfo.conf", 0.95)
        version = _shell_values(said.get("synology.version", ""))
        if version.get("productversion"):
            os_name = f"DSM {version['productversion']}-{version.get('buildnumber', '')}".rstrip("-")
    elif qnap.get("Model"):
        vendor, model = evidence("QNAP", "ssh:uLinux.conf", 0.95), evidence(qnap["Model"], "ssh:uLinux.conf", 0.9)
        kind = evidence("storage", "ssh:uLinux.conf", 0.95)
        os_name = f"QTS {qnap['Version']}" if qnap.get("Version") else os_name
    elif model is None and (tree := said.get("tree.model")):  # boards without DMI
        model = evidence(tree, "ssh:device-tree model", 0.9)
        known = machines.brand(tree)
        vendor = evidence(known, "ssh:device-tree model", 0.8) if known != " ".join(tree.split()) else vendor
        serial = serial or _serial(said.get("tree.serial"), "ssh:device-tree serial-number")
    if "openwrt" in said and kind is None:
        kind = evidence("router", "ssh:/etc/openwrt_release", 0.7)
    bios = date(said.get("dmi.bios_date"))
    return Identity(
        vendor=vendor,
        model=model,
        serial=serial,
        os_version=evidence(os_name, "ssh:/etc/os-release", 0.95) or evidence(kernel, "ssh:uname", 0.7),
        kind=kind,
        # A BIOS is at most as old as the machine and updates make it younger: a hint, not a birth certificate.
        manufactured=None if machines.is_virtual(maker) else evidence(bios, "ssh:dmi.bios_date", 0.5, said.get("dmi.bios_date")),
        installed=evidence(_day(said.get("machine-id.written")), "ssh:/etc/machine-id", 0.7),
        sys_name=said.get("hostname") or None,
        sys_descr=" ".join(filter(None, (kernel, said.get("machine")))) or None,
        base_mac=None,
        uptime_s=number(said.get("uptime")),
        profile="ssh:linux",
        uuid=machines.uuid(said.get("dmi.product_uuid")),
        asset_tag=machines.asset_tag(said.get("dmi.chassis_asset_tag"), serial),
    ), tuple(notes)


def _serial(said: str | None, source: str) -> Evidence | None:
    return None if is_junk_serial(said) else evidence(said, source, 0.95)


def _day(epoch: str | None) -> str | None:
    stamp = number(epoch)
    if stamp is None or not 946_684_800 < stamp < 4_102_444_800:  # 2000 to 2100: boards without a clock write 1970
        return None
    return datetime.datetime.fromtimestamp(stamp, datetime.UTC).date().isoformat()


def _shell_values(text: str) -> dict[str, str]:
    """KEY=value and KEY="value" lines, as in os-release(5)."""
    pairs = re.findall(r"^\s*([A-Za-z_ ]+?)\s*=\s*(.*?)\s*$", text, re.MULTILINE)
    return {key: value.strip("\"'") for key, value in pairs}


def _json(text: str | None) -> Any:
    with contextlib.suppress(ValueError, RecursionError):
        return json.loads(text or "null")
    return None


def _rows(data: Any) -> list[dict[str, Any]]:
    return [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    """A JSON value as text; old lsblk quotes numbers, new ones do not."""
    if value is None or isinstance(value, dict | list):
        return None
    return " ".join(str(value).split()) or None


def _interfaces(said: Sections) -> tuple[tuple[Interface, ...] | None, tuple[OwnAddress, ...] | None]:
    rows = _rows(_json(said.get("addr"))) or _plain_ip_addr(said.get("addr", ""))
    if not rows:
        return None, None
    links = {name: (speed, duplex.strip()) for name, speed, duplex in map(_three, said.get("speed", "").splitlines())}
    states = {
        name: _STP.get(state) for name, state, running in map(_three, said.get("bridge", "").splitlines()) if running != "0"
    }
    bonds = said.get("bonds", "").split()
    more = {_text(row.get("ifname")): row for row in _rows(_json(said.get("link")))}
    found: dict[int, Interface] = {}
    own: list[OwnAddress] = []
    for row in rows:
        index, name = row.get("ifindex"), _text(row.get("ifname"))
        if not isinstance(index, int) or index <= 0 or name is None:
            continue
        flags = _list(row.get("flags"))
        state, mtu = row.get("operstate"), row.get("mtu")
        told, duplex = links.get(name, ("", ""))
        speed = number(told) if not told.startswith("-") else None
        master = _text(row.get("master"))
        up = state == "UP" or (state in (None, "UNKNOWN") and "LOWER_UP" in flags)
        found[index] = Interface(
            index=index,
            name=name,
            alias=_text(row.get("ifalias")),
            type=linux_bridges.TYPES.get(_kind(more.get(name)), {"ether": 6, "loopback": 24}.get(str(row.get("link_type")))),
            mac=mac(_text(row.get("address"))) if row.get("link_type") == "ether" else None,
            mtu=mtu if isinstance(mtu, int) else None,
            speed_bps=speed * 10**6 if speed and speed < 2**31 else None,
            admin_up="UP" in flags,
            oper_up=up,
            duplex=duplex if up and duplex in DUPLEXES else None,
            aggregate=master if master in bonds else None,
            stp=states.get(name),
        )
        for entry in _rows(row.get("addr_info")):
            address, length = ip(_text(entry.get("local"))), entry.get("prefixlen")
            if address is not None:
                own.append(OwnAddress(address, length if isinstance(length, int) else None, index))
    return tuple(found.values()), tuple(dict.fromkeys(own))


#: The kernel's BR_STATE_ numbers (linux/if_bridge.h).
_STP = {"0": "disabled", "1": "listening", "2": "learning", "3": "forwarding", "4": "blocking"}


def _three(line: str) -> tuple[str, str, str]:
    """A line's three words; what was not read between them is blank."""
    name, _, rest = line.partition(" ")
    first, _, second = rest.partition(" ")
    return name, first, second


def _kind(row: Mapping[str, Any] | None) -> str:
    """What ip-link(8) calls the kind of a link."""
    info = (row or {}).get("linkinfo")
    return str(info.get("info_kind") or "") if isinstance(info, dict) else ""


def _plain_ip_addr(text: str) -> list[dict[str, Any]]:
    """`ip addr` without -j (busybox, iproute2 before 4.13), in the shape of `ip -j addr`."""
    rows: list[dict[str, Any]] = []
    for line in text.splitlines():
        head = re.match(r"(\d{1,9}): ([^:@\s]+)(?:@\S+)?: <([^>]*)>(?:.*? mtu (\d{1,9}))?(?:.*? state (\S+))?", line)
        link = re.match(r"\s+link/(\S+)(?: ([0-9a-fA-F:]+))?", line)
        address = re.match(r"\s+inet6? ([0-9a-fA-F.:]+)(?: peer \S+)?/?(\d{1,3})?", line)
        if head:
            rows.append(
                {"ifindex": int(head[1]), "ifname": head[2], "flags": head[3].split(","), "operstate": head[5], "addr_info": []}
            )
            rows[-1]["mtu"] = int(head[4]) if head[4] else None
        elif rows and link:
            rows[-1] |= {"link_type": link[1], "address": link[2]}
        elif rows and address:
            rows[-1]["addr_info"].append({"local": address[1], "prefixlen": int(address[2]) if address[2] else None})
    return rows


def _arp(said: Sections, index_of: dict[str, int]) -> tuple[ArpEntry, ...] | None:
    if "neigh" not in said and "arp" not in said:
        return None
    found = []
    for row in _rows(_json(said.get("neigh"))):
        failed = "FAILED" in _list(row.get("state"))
        found.append((_text(row.get("dst")), _text(row.get("lladdr")), _text(row.get("dev")), failed))
    for address, device, hardware, state in re.findall(
        r"^(\S+) dev (\S+)(?: lladdr (\S+))?.*?([A-Z]*)$", said.get("neigh", ""), re.MULTILINE
    ):
        found.append((address, hardware, device, state == "FAILED"))
    if not found:  # /proc/net/arp: IP type flags MAC mask device
        lines = [line.split() for line in said.get("arp", "").splitlines()[1:]]
        found += [(words[0], words[3], words[5], words[2] == "0x0") for words in lines if len(words) >= 6]
    entries = []
    for address, hardware, device, failed in found:
        who, where = mac(hardware), ip(address)
        if not failed and who is not None and where is not None:
            entries.append(ArpEntry(where, who, index_of.get(device or "")))
    return tuple(dict.fromkeys(entries))


def _boards(said: Sections) -> tuple[Component, ...]:
    """Mainboard, firmware and processor."""
    parts = []
    if board := machines.model(None, said.get("dmi.board_name"), None):
        serial = said.get("dmi.board_serial")
        parts.append(
            Component(
                index="board",
                kind="board",
                name="board",
                vendor=machines.brand(said.get("dmi.board_vendor")),
                model=board,
                serial=None if is_junk_serial(serial) else serial,
                firmware_rev=said.get("dmi.bios_version") or None,
                manufactured=None,
            )
        )
    cpu = said.get("cpu", "")
    name = re.search(r"^(?:model name|cpu model|Hardware|Model|system type)\s*:\s*(.+)$", cpu, re.MULTILINE)
    if name:
        cores = len(re.findall(r"^processor\s*:", cpu, re.MULTILINE))
        model = " ".join(name[1].split())
        parts.append(Component("cpu", "cpu", "cpu", description=f"{cores} × {model}" if cores > 1 else model, model=model))
    memory = _kib(said, "MemTotal")
    if memory:
        parts.append(Component("memory", "memory", "memory", size_bytes=memory))
    return tuple(parts)


def _disks(said: Sections) -> tuple[tuple[Component, ...], tuple[Reading, ...]]:
    disks: dict[str, Component] = {}
    readings: list[Reading] = []
    listing = _json(said.get("lsblk"))
    for row in _rows(listing.get("blockdevices") if isinstance(listing, dict) else None):
        name, size = _text(row.get("name")), number(_text(row.get("size")))
        if row.get("type") != "disk" or not name or not size or re.match(r"(zram|ram|loop|nbd|fd)\d", name):
            continue
        rotates = _text(row.get("rota"))
        sort = {"0": "SSD", "False": "SSD", "1": "HDD", "True": "HDD"}.get(rotates or "")
        model, serial = _text(row.get("model")), _text(row.get("serial"))
        vendor = machines.brand(_text(row.get("vendor")))
        disks[name] = Component(
            index=f"disk:{name}",
            kind="disk",
            name=name,
            description=" ".join(filter(None, (_text(row.get("tran")), sort))),
            vendor=None if vendor == "ATA" else vendor,
            model=model,
            serial=None if is_junk_serial(serial) else serial,
            firmware_rev=_text(row.get("rev")),
            size_bytes=size,
        )
    for section in said:
        if section.startswith("smart "):
            name = section.removeprefix("smart ")
            disk, told = _smart(name, _json(said[section]), disks.get(name))
            readings += told
            if disk is not None:
                disks[name] = disk
    return tuple(disks.values()), tuple(readings)


def _smart(name: str, data: Any, disk: Component | None) -> tuple[Component | None, list[Reading]]:
    """smartctl's JSON (smartmontools 7): identity and health of one disk."""
    if not isinstance(data, dict):
        return disk, []
    readings = []
    status = data.get("smart_status")
    if isinstance(status, dict) and isinstance(status.get("passed"), bool):
        readings.append(Reading("disk_health", name, None, "ok" if status["passed"] else "failing"))
    for metric, key, inner in (("disk_power_on", "power_on_time", "hours"), ("temperature", "temperature", "current")):
        value = data.get(key)
        amount = value.get(inner) if isinstance(value, dict) else None
        if isinstance(amount, int | float) and 0 <= amount < 10**6:
            readings.append(Reading(metric, name, float(amount)))
    readings += _smart_counts(name, data)
    capacity = data.get("user_capacity")
    size = capacity.get("bytes") if isinstance(capacity, dict) else None
    model, serial = _text(data.get("model_name")), _text(data.get("serial_number"))
    if model or serial:
        before = disk or Component(f"disk:{name}", "disk", name)
        disk = Component(
            index=before.index,
            kind="disk",
            name=name,
            description=before.description,
            vendor=before.vendor,
            model=model or before.model,
            serial=before.serial if is_junk_serial(serial) else serial,
            firmware_rev=_text(data.get("firmware_version")) or before.firmware_rev,
            size_bytes=size if isinstance(size, int) else before.size_bytes,
        )
    return disk, readings


#: Attributes of SMART that tell of a failure to come -> how many bits of the raw value are the count: what some makers put above
#: it is something else.
_ATTRIBUTES = {
    5: ("disk_reallocated", 32),
    187: ("disk_uncorrectable", 32),
    188: ("disk_timeouts", 16),
    197: ("disk_pending", 32),
    198: ("disk_unreadable", 32),
}


def _smart_counts(name: str, data: Mapping[str, Any]) -> Iterator[Reading]:
    """Counts of an ATA disk's attributes, and what an NVMe disk logs instead."""
    attributes = data.get("ata_smart_attributes")
    for row in _rows(attributes.get("table") if isinstance(attributes, dict) else None):
        metric, bits = _ATTRIBUTES.get(row["id"] if isinstance(row.get("id"), int) else 0, ("", 0))
        raw = row.get("raw")
        value = raw.get("value") if isinstance(raw, dict) else None
        if metric and isinstance(value, int) and value >= 0:
            yield Reading(metric, name, float(value % 2**bits))
    log = data.get("nvme_smart_health_information_log")
    for metric, key, most in (("disk_wear", "percentage_used", 255), ("disk_uncorrectable", "media_errors", 2**31)):
        value = log.get(key) if isinstance(log, dict) else None
        if isinstance(value, int) and 0 <= value <= most:
            yield Reading(metric, name, float(value))


#: Chips of disks, whose temperature smartctl tells under the disk's own name.
_DISK_CHIPS = frozenset({"drivetemp", "nvme"})


def _heat(said: Sections) -> Iterator[Reading]:
    """hwmon's sensors (Linux, Documentation/hwmon/sysfs-interface): thousandths of a degree, with the chip's own limit."""
    for line in said.get("heat", "").splitlines():
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 4:
            continue
        chip, label, *told = parts
        now, critical = (int(one) / 1000 if re.fullmatch(r"[0-9]{1,7}", one) else 0.0 for one in told)
        if chip in _DISK_CHIPS or not chip or not 0 < now < 150:
            continue
        item = " ".join(filter(None, (chip, label)))
        yield Reading("temperature", item, round(now, 1))
        if 20 <= critical <= 125:
            yield Reading("temperature_limit", item, critical)


def _kib(said: Sections, key: str) -> int | None:
    match = re.search(rf"^{key}:\s+(\d{{1,15}}) kB", said.get("memory", ""), re.MULTILINE)
    return int(match[1]) * 1024 if match else None


def _memory(said: Sections) -> list[Reading]:
    total, free = _kib(said, "MemTotal"), _kib(said, "MemAvailable")
    readings = [Reading("memory_total", "memory", float(total))] if total else []
    if total and free is not None and free <= total:
        readings.append(Reading("memory_used", "memory", float(total - free)))
    return readings


def _storage(said: Sections) -> list[Reading]:
    """`df -P -k` (POSIX): real file systems only."""
    readings = []
    for line in said.get("df", "").splitlines()[1:]:
        match = re.match(r"(/dev/\S+|\S+:\S*)\s+(\d{1,15})\s+(\d{1,15})\s+\d+\s+\S+\s+(/.*)$", line)
        if match and not match[1].startswith("/dev/loop") and int(match[2]):
            readings.append(Reading("storage_total", match[4], int(match[2]) * 1024.0))
            readings.append(Reading("storage_used", match[4], int(match[3]) * 1024.0))
    return readings
