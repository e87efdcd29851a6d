"""MikroTik RouterOS."""

from __future__ import annotations

import ipaddress

from simulator.consoles.look import Look, capitals, readable
from simulator.shown import Shown


def look(shown: Shown) -> Look:
    hosts = _hosts(shown)
    commands = {
        "/system resource print": _resource(shown),
        "/system routerboard print": _routerboard(shown),
        "/system identity print": f"  name: {shown.device.name}\n",
        "/interface print terse without-paging": _interfaces(shown),
        "/interface ethernet print": _ethernet(shown),
        "/interface ethernet print without-paging": _ethernet(shown),
        "/ip neighbor print detail without-paging": _neighbours(shown),
        "/ip address print without-paging": _addresses(shown),
        "/ip address print": _addresses(shown),
        "/ip arp print without-paging": _arp(shown),
        "/interface bridge host print terse without-paging": hosts,
    }
    return Look("mikrotik_routeros", "ROSSSH", f"[giamsat@{shown.device.name}] > ", commands)


def _uptime(seconds: int) -> str:
    weeks, days = seconds // 604800, seconds // 86400 % 7
    hours, minutes = seconds // 3600 % 24, seconds // 60 % 60
    parts = [(weeks, "w"), (days, "d"), (hours, "h"), (minutes, "m"), (seconds % 60, "s")]
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"


def _resource(shown: Shown) -> str:
    f = shown.model.fields
    rows = {
        "uptime": _uptime(shown.uptime_s), "version": f"{shown.device.version} (stable)", "build-time": "Nov/14/2022 09:13:02",
        "factory-software": "6.42.7", "free-memory": "190.2MiB", "total-memory": "256.0MiB", "cpu": str(f["cpu"]),
        "cpu-count": "2",
        "cpu-frequency": "880MHz", "cpu-load": f"{shown.cpu_percent}%", "free-hdd-space": "5.2MiB", "total-hdd-space": "16.3MiB",
        "architecture-name": str(f["arch"]), "board-name": str(f["board"]), "platform": "MikroTik",
    }  # fmt: skip
    return "".join(f"{key:>24}: {value}\n" for key, value in rows.items())


def _routerboard(shown: Shown) -> str:
    rows = {
        "routerboard": "yes", "board-name": str(shown.model.fields["board"]), "model": shown.model.name,
        "serial-number": str(shown.texts["told_serial"]), "firmware-type": str(shown.model.fields["arch"]),
        "factory-firmware": "6.42.7", "current-firmware": shown.device.version, "upgrade-firmware": shown.device.version,
    }  # fmt: skip
    return "".join(f"{key:>18}: {value}\n" for key, value in rows.items())


def _interfaces(shown: Shown) -> str:
    rows = []
    for n, face in enumerate(shown.faces):
        flags = ("X" if not face.admin_up else "R" if face.oper_up else " ") + (
            "S" if face.port and face.port.segment == "lan" else " "
        )
        kind = "ether" if face.port is not None else "bridge"
        comment = f"comment={readable(face.alias)} " if face.alias else ""
        rows.append(
            f"{n:>2} {flags:<3} {comment}name={face.name} "
            + (f"default-name={face.name} " if kind == "ether" else "")
            + f"type={kind} mtu=1500 actual-mtu=1500 l2mtu=1596 mac-address={capitals(face.mac or 0)} link-downs=1"
        )
    return "\n".join(rows) + "\n"


def _ethernet(shown: Shown) -> str:
    rows = [
        "Flags: X - disabled, R - running, S - slave ",
        " #    NAME                 MTU MAC-ADDRESS       ARP             SWITCH",
    ]
    for n, face in enumerate(shown.physical):
        flags = ("X" if not face.admin_up else "R" if face.oper_up else " ") + (
            "S" if face.port and face.port.segment == "lan" else " "
        )
        rows.append(f"{n:>2} {flags:<2} {face.name:<19} 1500 {capitals(face.mac or 0)} enabled         switch1")
    return "\n".join(rows) + "\n"


def _neighbours(shown: Shown) -> str:
    rows = []
    for n, heard in enumerate(shown.heard("lldp")):
        bridge = ",bridge" if heard.face.port and heard.face.port.segment == "lan" else ""
        first = heard.descr.splitlines()[0] if heard.descr else ""
        rows.append(
            f"{n:>2} interface={heard.face.name}{bridge} address={heard.device.address} address4={heard.device.address} "
            f'mac-address={capitals(heard.device.box.mac)} identity="{heard.device.name}" platform="{heard.model.vendor}" '
            f'version="{heard.device.version}" unpack=none age=17s interface-name="{heard.remote.name}" '
            f'system-description="{first}" system-caps=bridge system-caps-enabled=bridge \n'
        )
    return "\n".join(rows)


def _addresses(shown: Shown) -> str:
    names = {face.index: face.name for face in shown.faces}
    rows = ["Flags: X - disabled, I - invalid, D - dynamic ", " #   ADDRESS            NETWORK         INTERFACE"]
    for n, own in enumerate(shown.own):
        network = ipaddress.ip_interface(f"{own.address}/{own.prefix}").network
        rows.append(f"{n:>2}   {f'{own.address}/{own.prefix}':<18} {network.network_address!s:<15} {names[own.if_index]}")
    return "\n".join(rows) + "\n"


def _arp(shown: Shown) -> str:
    names = {face.index: face.name for face in shown.faces}
    rows = [
        "Flags: X - disabled, I - invalid, H - DHCP, D - dynamic, P - published, C - complete ",
        " #    ADDRESS         MAC-ADDRESS       INTERFACE",
    ]
    rows += [f"{n:>2} DC {address:<15} {capitals(mac)} {names[index]}" for n, (address, mac, index) in enumerate(shown.arp)]
    return "\n".join(rows) + "\n"


def _hosts(shown: Shown) -> str:
    rows: list[str] = []
    for mac, face, _, _ in shown.forwarding:
        if face is not None:
            rows.append(
                f"{len(rows)} D E  mac-address={capitals(mac)} interface={face.name} bridge=bridge on-interface={face.name}"
            )
    rows.append(
        f"{len(rows)} DLE  mac-address={capitals(shown.device.box.mac)} interface=bridge bridge=bridge on-interface=bridge"
    )
    return "\n".join(rows) + "\n"
