"""Linux: the files and programs' outputs that a read-only script finds."""

from __future__ import annotations

import json
import re

from simulator.chance import between, share
from simulator.consoles.look import Look
from simulator.factory import firmware_day
from simulator.mibs.host import disk_share, volumes
from simulator.plan import Device, mac_text
from simulator.shown import Face, Shown

DMI = "/sys/class/dmi/id"
#: SMBIOS lets only root read these (kernel: drivers/firmware/dmi-id.c, mode 0400).
ROOT_ONLY = ("product_serial", "board_serial", "chassis_serial", "product_uuid")
#: Ends of support life are not of interest here, only when such a release was usual.
_FIRST_YEAR = {"10": 2019, "11": 2021, "12": 2023, "18": 2018, "20": 2020, "22": 2022}


def look(shown: Shown) -> Look:
    files, outputs = _files(shown), _outputs(shown)
    version = shown.device.version
    ssh = "OpenSSH_9.2p1 Debian-2+deb12u3" if "Debian" in version else "OpenSSH_8.9p1 Ubuntu-3ubuntu0.10"
    denied = frozenset(f"{DMI}/{name}" for name in ROOT_ONLY)
    secret = {path: text for path, text in files.items() if path in denied}
    files = {path: text for path, text in files.items() if path not in denied}
    if _sudo(shown.device):
        outputs |= {f"sudo -n cat {path}": text for path, text in secret.items()}
    return Look("linux", ssh, f"kiemke@{shown.device.name}:~$ ", {}, files, outputs, denied)


def _sudo(device: Device) -> bool:
    """The administrator lets the inventory's account read the serial numbers and the disks."""
    return share("sudo", device.box.asset) < 0.75


def _files(shown: Shown) -> dict[str, str]:
    f, box = shown.model.fields, shown.device.box
    serial = str(shown.texts["told_serial"])
    maker = str(f["dmi_vendor"])
    bios = firmware_day(box.asset, box.built, shown.today)
    own_board = bool(f.get("junk"))
    files = {
        "/sys/class/hwmon/hwmon0/name": "coretemp",
        "/sys/class/hwmon/hwmon0/temp1_label": "Package id 0",
        "/sys/class/hwmon/hwmon0/temp1_input": str(1000 * shown.celsius),
        "/sys/class/hwmon/hwmon0/temp1_crit": "100000",
        f"{DMI}/sys_vendor": maker,
        f"{DMI}/product_name": str(f.get("dmi_model", shown.model.name)),
        f"{DMI}/product_version": str(f.get("dmi_family", "To be filled by O.E.M." if own_board else "")),
        f"{DMI}/product_family": str(f.get("dmi_family", "Default string" if own_board else "")),
        f"{DMI}/product_serial": serial,
        f"{DMI}/product_uuid": f"4c4c4544-{box.mac & 0xFFFF:04x}-{between(0, 65535, 'uuid', box.asset):04x}-8035-{box.mac:012x}",
        f"{DMI}/board_vendor": maker,
        f"{DMI}/board_name": shown.model.name if own_board else f"0{shown.model.name.replace(' ', '')[:5].upper()}",
        f"{DMI}/board_serial": serial if own_board else f".{serial}.CN7016366G00HR.",
        f"{DMI}/chassis_vendor": maker,
        f"{DMI}/chassis_serial": serial,
        f"{DMI}/chassis_type": "17" if shown.model.kind == "server" else "3",
        f"{DMI}/bios_vendor": "American Megatrends Inc." if own_board else maker,
        f"{DMI}/bios_version": "F7" if own_board else "2.13.0",
        f"{DMI}/bios_date": f"{bios:%m/%d/%Y}",
        "/etc/os-release": _os_release(shown.device.version),
        "/etc/debian_version": _debian(shown.device.version),
        "/etc/machine-id": f"{box.mac:032x}",
        "/etc/hostname": shown.device.name,
        "/proc/meminfo": _meminfo(shown),
        "/proc/cpuinfo": _cpuinfo(shown),
        "/proc/uptime": f"{shown.uptime_s}.00 {shown.uptime_s * 3}.00",
        "/proc/loadavg": "0.12 0.10 0.09 1/245 10321",
        "/proc/net/arp": _proc_arp(shown),
    }
    for face in shown.physical:
        files[f"/sys/class/net/{face.name}/speed"] = str(face.speed_bps // 1_000_000)
        files[f"/sys/class/net/{face.name}/duplex"] = face.duplex or "unknown"
        files[f"/sys/class/net/{face.name}/address"] = mac_text(face.mac or 0)
        files[f"/sys/class/net/{face.name}/operstate"] = "up" if face.oper_up else "down"
    return {path: text if text.endswith("\n") else text + "\n" for path, text in files.items()}


def _os_release(version: str) -> str:
    number = re.search(r"\d+(?:\.\d+)?", version)
    release = number[0] if number else ""
    if "Debian" in version:
        code = version.rpartition("(")[2].rstrip(")")
        return (
            f'PRETTY_NAME="{version}"\nNAME="Debian GNU/Linux"\nVERSION_ID="{release}"\nVERSION="{release} ({code})"\n'
            f'VERSION_CODENAME={code}\nID=debian\nHOME_URL="https://www.debian.org/"\n'
        )
    long = version.removeprefix("Ubuntu ")
    return f'PRETTY_NAME="{version}"\nNAME="Ubuntu"\nVERSION_ID="{release}"\nVERSION="{long}"\nID=ubuntu\nID_LIKE=debian\n'


def _debian(version: str) -> str:
    return {"10": "10.13", "11": "11.11", "12": "12.10"}.get(re.sub(r"\D", "", version)[:2], "bookworm/sid")


def _meminfo(shown: Shown) -> str:
    total = int(shown.model.fields["memory_gib"] * 2**20 * 0.97)
    free = total * (100 - shown.memory_percent) // 100
    return f"MemTotal:       {total:>8} kB\nMemFree:        {free // 2:>8} kB\nMemAvailable:   {free:>8} kB\n"


def _cpuinfo(shown: Shown) -> str:
    name = shown.model.fields["cpu"]
    return "\n".join(
        f"processor\t: {n}\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel name\t: {name}\nphysical id\t: 0\ncpu cores\t: 4\n"
        for n in range(shown.model.fields["cores"])
    )


def _proc_arp(shown: Shown) -> str:
    rows = ["IP address       HW type     Flags       HW address            Mask     Device"]
    card = shown.physical[0].name
    rows += [f"{address:<16} 0x1         0x2         {mac_text(mac)}     *        {card}" for address, mac, _ in shown.arp]
    return "\n".join(rows)


def _outputs(shown: Shown) -> dict[str, str]:
    kernel = str(shown.texts["kernel"])
    outputs = {
        "uname -s": "Linux", "uname -r": kernel, "uname -m": "x86_64", "uname -n": shown.device.name,
        "hostname": shown.device.name,
        "uname -a": shown.descr,
        "ip -j addr": json.dumps(_addresses(shown)),
        "ip -j neigh": json.dumps(
            [{"dst": a, "dev": shown.physical[0].name, "lladdr": mac_text(m), "state": ["REACHABLE"]} for a, m, _ in shown.arp]
        ),
        "ip -j route": json.dumps(_routes(shown)),
        "lsblk -J -b": json.dumps({"blockdevices": _blocks(shown)}, indent=3),
        "df -P -k": _df(shown),
    }  # fmt: skip
    if _sudo(shown.device):
        for n, (disk, name, size) in enumerate(shown.model.fields["disks"]):
            outputs[f"sudo -n smartctl -j /dev/{disk}"] = json.dumps(_smart(shown, n, disk, name, size), indent=2)
    return {command: text if text.endswith("\n") else text + "\n" for command, text in outputs.items()}


def _addresses(shown: Shown) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {
            "ifindex": 1, "ifname": "lo", "flags": ["LOOPBACK", "UP", "LOWER_UP"], "mtu": 65536, "qdisc": "noqueue",
            "operstate": "UNKNOWN", "group": "default", "txqlen": 1000, "link_type": "loopback", "address": "00:00:00:00:00:00",
            "broadcast": "00:00:00:00:00:00",
            "addr_info": [{"family": "inet", "local": "127.0.0.1", "prefixlen": 8, "scope": "host", "label": "lo"}],
        }
    ]  # fmt: skip
    rows += [_card(shown, face) for face in shown.physical]
    return rows


def _card(shown: Shown, face: Face) -> dict[str, object]:
    return {
        "ifindex": face.index, "ifname": face.name, "flags": ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"], "mtu": face.mtu,
        "qdisc": "fq_codel", "operstate": "UP" if face.oper_up else "DOWN", "group": "default", "txqlen": 1000,
        "link_type": "ether",
        "address": mac_text(face.mac or 0), "broadcast": "ff:ff:ff:ff:ff:ff",
        "addr_info": [
            {"family": "inet", "local": o.address, "prefixlen": o.prefix, "scope": "global", "label": face.name}
            for o in shown.own
            if o.if_index == face.index
        ],
    }  # fmt: skip


def _routes(shown: Shown) -> list[dict[str, object]]:
    plan = shown.cabling.plan
    gateway = plan.devices.get(shown.device.gateway or "")
    address = gateway.address if gateway else ""
    for vlan, other in gateway.routed if gateway else ():
        if vlan == shown.device.vlan:
            address = other.split("/")[0]
    return [{"dst": "default", "gateway": address, "dev": shown.physical[0].name, "protocol": "static", "flags": []}]


def _disk_serial(shown: Shown, n: int) -> str:
    return f"Z{between(10**7, 10**8 - 1, 'disk', shown.device.box.asset, n)}"


def _blocks(shown: Shown) -> list[dict[str, object]]:
    rows = []
    for n, (disk, name, size) in enumerate(shown.model.fields["disks"]):
        dash = "p" if disk.startswith("nvme") else ""
        spins = not any(word in name for word in ("SAMSUNG", "KINGSTON"))
        parts = [
            {"name": f"{disk}{dash}{p}", "type": "part", "size": total, "mountpoint": mount, "fstype": "ext4"}
            for p, (mount, total) in enumerate(volumes(shown), 1)
        ]  # fmt: skip
        rows.append(
            {
                "name": disk, "type": "disk", "size": size * 10**9, "model": name, "serial": _disk_serial(shown, n),
                "rota": spins,
                "tran": "nvme" if disk.startswith("nvme") else "sata", "vendor": "ATA     ", "rev": "0001", "fstype": None,
                "mountpoint": None, "children": parts if n == 0 else [],
            }
        )  # fmt: skip
    return rows


def _df(shown: Shown) -> str:
    rows = ["Filesystem     1024-blocks      Used Available Capacity Mounted on"]
    disk = shown.model.fields["disks"][0][0]
    for n, (mount, size) in enumerate(volumes(shown), 1):
        full = disk_share(shown, mount)
        used = int(size * full) // 1024
        rows.append(f"/dev/{disk}{n}      {size // 1024:>10} {used:>10} {size // 1024 - used:>10} {int(full * 100):>7}% {mount}")
    return "\n".join(rows)


def _smart(shown: Shown, n: int, disk: str, name: str, size: int) -> dict[str, object]:
    """smartctl's JSON: old disks have reallocated sectors, a few are failing."""
    hours = shown.age_days * between(8, 24, "hours", shown.device.box.asset)
    worn = share("disk", shown.device.box.asset, n) * shown.age_days / 365
    bad = int((worn - 4) ** 2 * 6) if worn > 4 else 0
    if n == 0 and "disk_failing" in shown.device.ails:
        bad = 400
    elif n == 0 and "disk_counts" in shown.device.ails:  # more every week, and it does not call itself failing yet
        bad = 12 + (shown.today.toordinal() % 365) // 7
    table = [
        {
            "id": 5,
            "name": "Reallocated_Sector_Ct",
            "value": max(1, 100 - bad),
            "thresh": 10,
            "raw": {"value": bad, "string": str(bad)},
        },
        {"id": 9, "name": "Power_On_Hours", "value": 60, "thresh": 0, "raw": {"value": hours, "string": str(hours)}},
        {"id": 187, "name": "Reported_Uncorrect", "value": 100, "thresh": 0, "raw": {"value": bad // 5, "string": str(bad // 5)}},
        {
            "id": 197,
            "name": "Current_Pending_Sector",
            "value": 100,
            "thresh": 0,
            "raw": {"value": bad // 9, "string": str(bad // 9)},
        },
    ]
    return {
        "json_format_version": [1, 0],
        "device": {"name": f"/dev/{disk}", "type": "nvme" if disk.startswith("nvme") else "sat"},
        "model_name": name,
        "serial_number": _disk_serial(shown, n),
        "firmware_version": "0001",
        "user_capacity": {"blocks": size * 10**9 // 512, "bytes": size * 10**9},
        "smart_status": {"passed": bad < 90},
        "power_on_time": {"hours": hours},
        "temperature": {"current": between(29, 44, "disk warm", shown.device.box.asset, n)},
        "ata_smart_attributes": {"revision": 10, "table": table},
    }
