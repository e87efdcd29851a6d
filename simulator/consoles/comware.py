"""H3C Comware."""

from __future__ import annotations

from simulator.consoles.look import Look, dashed, plural, readable
from simulator.mibs.bridge import port_vlan
from simulator.shown import Face, Shown


def look(shown: Shown) -> Look:
    commands = {
        "display version": _version(shown),
        "display device manuinfo": _manuinfo(shown),
        "display interface brief": _brief(shown),
        "display lldp neighbor-information verbose": _lldp(shown),
        "display mac-address": _mac_table(shown),
        "display arp": _arp(shown),
    }
    return Look("hp_comware", f"Comware-{shown.texts['version_number']}", f"<{shown.device.name}>", commands)


def _uptime(shown: Shown) -> str:
    minutes = shown.uptime_s // 60
    weeks, days, hours = minutes // 10080, minutes // 1440 % 7, minutes // 60 % 24
    return f"{plural(weeks, 'week')}, {plural(days, 'day')}, {plural(hours, 'hour')}, {plural(minutes % 60, 'minute')}"


def _version(shown: Shown) -> str:
    t = shown.texts
    return f"""H3C Comware Software, Version {t["version_number"]}, {t["version_release"]}
Copyright (c) 2004-2022 New H3C Technologies Co., Ltd. All rights reserved.
H3C {shown.model.name} uptime is {_uptime(shown)}
Last reboot reason : Power on

Boot image: flash:/{shown.model.name.lower()}-cmw-boot.bin
Boot image version: {t["version_number"]}, {t["version_release"]}

Slot 1:
Uptime is {_uptime(shown)}
{shown.model.name} with 1 Processor
BOARD TYPE:         {shown.model.name}
DRAM:               1024M bytes
FLASH:              512M bytes
PCB 1 Version:      VER.A
Bootrom Version:    147
CPLD 1 Version:     001
Release Version:    H3C {shown.model.name}-{t["version_release"].removeprefix("Release ")}
Patch Version  :    None
Reboot Cause  :     Power on
[SubSlot 0] 24GE+4SFP
"""


def _manuinfo(shown: Shown) -> str:
    """With the date of manufacture, which hardly any other make tells."""
    box = shown.device.box
    return f"""Slot 1 CPU 0:
 DEVICE_NAME          : {shown.model.name}
 DEVICE_SERIAL_NUMBER : {shown.texts["told_serial"]}
 MAC_ADDRESS          : {dashed(box.mac).upper()}
 MANUFACTURING_DATE   : {box.built.isoformat()}
 VENDOR_NAME          : H3C
"""


def _short(face: Face) -> str:
    return face.name.replace("Vlan-interface", "Vlan").replace("GigabitEthernet", "GE")


def _brief(shown: Shown) -> str:
    rows = [
        "Brief information on interfaces in route mode:",
        "Link: ADM - administratively down; Stby - standby",
        "Protocol: (s) - spoofing",
        "Interface            Link Protocol Primary IP      Description                ",
    ]
    addresses = {own.if_index: own.address for own in shown.own}
    for face in shown.faces:
        if face.name == "NULL0":
            rows.append("NULL0                UP   UP(s)    --                                         ")
        elif face.port is None:
            rows.append(f"{_short(face):<20} UP   UP       {addresses.get(face.index, '--'):<15}                            ")
    rows += [
        "",
        "Brief information on interfaces in bridge mode:",
        "Link: ADM - administratively down; Stby - standby",
        "Speed: (a) - auto",
        "Duplex: (a)/A - auto; H - half; F - full",
        "Type: A - access; T - trunk; H - hybrid",
        "Interface            Link Speed   Duplex Type PVID Description                ",
    ]
    for face in shown.physical:
        link = "UP" if face.oper_up else "DOWN" if face.admin_up else "ADM"
        speed = ("1G(a)" if face.speed_bps >= 10**9 else "100M(a)") if face.oper_up else "auto"
        duplex = "F(a)" if face.oper_up else "A"
        hop = shown.cabling.by_port.get((shown.device.id, face.name))
        trunk = hop is not None and shown.cabling.forwards(hop.to) and len(shown.device.vlans) > 1
        rows.append(
            f"{_short(face):<20} {link:<4} {speed:<7} {duplex:<6} {'T' if trunk else 'A':<4} "
            f"{port_vlan(shown, face):<4} {readable(face.alias)}"
        )
    return "\n".join(rows) + "\n"


def _lldp(shown: Shown) -> str:
    rows = []
    for heard in shown.heard("lldp"):
        port = heard.face.port.number if heard.face.port else 0
        mac = heard.model.kind == "wireless" and heard.remote.mac
        rows.append(
            f"LLDP neighbor-information of port {port}[{heard.face.name}]:\n"
            f"LLDP agent nearest-bridge:\n"
            f" LLDP neighbor index : 1\n"
            f" Update time         : 0 days, 2 hours, 4 minutes, 51 seconds\n"
            f" Chassis type        : MAC address\n"
            f" Chassis ID          : {dashed(heard.device.box.mac)}\n"
            f" Port ID type        : {'MAC address' if mac else 'Interface name'}\n"
            f" Port ID             : {dashed(heard.remote.mac or 0) if mac else heard.remote.name}\n"
            f" Time to live        : 121\n"
            f" Port description    : {heard.remote.descr or heard.remote.name}\n"
            f" System name         : {heard.device.name}\n"
            f" System description  : {heard.descr}\n"
            f" System capabilities supported : Bridge\n"
            f" System capabilities enabled   : Bridge\n"
            f" Management address type           : IPv4\n"
            f" Management address                : {heard.device.address}\n"
            f" Management address interface type : IfIndex\n"
            f" Management address interface ID   : {heard.remote.index}\n"
            f" Management address OID            : 0\n"
            f" Port VLAN ID(PVID)  : {heard.device.vlan}\n"
        )
    return "\n".join(rows)


def _mac_table(shown: Shown) -> str:
    rows = ["MAC Address      VLAN ID    State            Port/Nickname            Aging"]
    rows += [
        f"{dashed(mac):<16} {vlan:<10} {'Learned':<16} {_short(face):<24} Y"
        for mac, face, _, vlan in shown.forwarding
        if face is not None
    ]
    return "\n".join(rows) + "\n"


def _arp(shown: Shown) -> str:
    faces = {face.index: face for face in shown.faces}
    rows = [
        "  Type: S-Static   D-Dynamic   O-Openflow   R-Rule   M-Multiport  I-Invalid",
        "IP address      MAC address    VLAN/VSI   Interface                Aging Type",
    ]
    for address, mac, index in shown.arp:
        vlan = faces[index].name.removeprefix("Vlan-interface")
        rows.append(f"{address:<15} {dashed(mac)} {vlan:<10} {_short(faces[index]):<24} 16    D")
    return "\n".join(rows) + "\n"
