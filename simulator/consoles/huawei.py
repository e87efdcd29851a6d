"""Huawei VRP 5."""

from __future__ import annotations

from simulator.consoles.look import Look, dashed, plural, readable
from simulator.mibs.bridge import port_vlan
from simulator.shown import Shown


def look(shown: Shown) -> Look:
    commands = {
        "display version": _version(shown),
        "display device": _device(shown),
        "display esn": f"ESN of slot 0: {shown.texts['told_serial']}\n",
        "display elabel": _elabel(shown),
        "display sysname": f"sysname {shown.device.name}\n",
        "display interface brief": _brief(shown),
        "display interface": _interfaces(shown),
        "display lldp neighbor": _lldp(shown),
        "display arp all": _arp(shown),
    }
    if shown.model.mibs & {"bridge", "qbridge"}:
        commands["display mac-address"] = _mac_table(shown)
    return Look("huawei", "HUAWEI-1.5", f"<{shown.device.name}>", commands)


def _uptime(shown: Shown) -> str:
    minutes = shown.uptime_s // 60
    weeks, days, hours = minutes // 10080, minutes // 1440 % 7, minutes // 60 % 24
    return f"{plural(weeks, 'week')}, {plural(days, 'day')}, {plural(hours, 'hour')}, {plural(minutes % 60, 'minute')}"


def _version(shown: Shown) -> str:
    name, series, version = shown.model.name, shown.model.fields["series"], shown.device.version
    what = "Router" if shown.model.kind == "router" else "Routing Switch"
    return f"""Huawei Versatile Routing Platform Software
VRP (R) software, Version 5.170 ({series} {version})
Copyright (C) 2000-2020 HUAWEI TECH Co., Ltd.
HUAWEI {name} {what} uptime is {_uptime(shown)}

{name} 0(Master)  : uptime is {_uptime(shown)}
DDR             Memory Size : 512   M bytes
FLASH Total     Memory Size : 512   M bytes
FLASH Available Memory Size : 240   M bytes
Pcb           Version : VER.C
BootROM       Version : 0000.0509
BootLoad      Version : 020a.0001
CPLD          Version : 0108
Software      Version : VRP (R) Software, Version 5.170 ({version})
"""


def _device(shown: Shown) -> str:
    name = shown.model.name
    line = "-" * 79
    return f"""{name}'s Device status:
{line}
Slot  Sub Type                   Online    Power    Register     Status   Role
{line}
0     -   {name:<22} Present   PowerOn  Registered   Normal   Master
"""


def _elabel(shown: Shown) -> str:
    box = shown.device.box
    return f"""Info: It is executing, please wait...
[Slot_0]
/$[Board Integration Version]
/$BoardIntegrationVersion=3.0


[Main_Board]

/$[ArchivesInfo Version]
/$ArchivesInfoVersion=3.0


[Board Properties]
BoardType={shown.model.name}
BarCode={shown.texts["told_serial"]}
Item={shown.model.fields.get("huawei_item", "")}
Description=Assembling Components,{shown.model.name}
Manufactured={box.built.isoformat()}
VendorName=Huawei
IssueNumber=00
CLEICode=
BOM=
"""


def _short(name: str) -> str:
    return name.replace("GigabitEthernet", "GE").replace("Ethernet", "Eth")


def _brief(shown: Shown) -> str:
    rows = [
        "PHY: Physical", "*down: administratively down", "(l): loopback", "(s): spoofing", "(b): BFD down", "(e): ETHOAM down",
        "(dl): DLDP down", "(d): Dampening Suppressed", "InUti/OutUti: input utility/output utility",
        "Interface                   PHY   Protocol  InUti OutUti   inErrors  outErrors",
    ]  # fmt: skip
    for face in shown.faces:
        if face.name.startswith(("InLoop", "NULL")):
            rows.append(f"{face.name:<27} up    up(s)        0%     0%          0          0")
            continue
        physical = "up" if face.oper_up else "down" if face.admin_up else "*down"
        rows.append(
            f"{face.name:<27} {physical:<5} {'up' if face.oper_up else 'down':<9} 0.02%  0.05% {face.errors_in:>10}          0"
        )
    return "\n".join(rows) + "\n"


def _interfaces(shown: Shown) -> str:
    rows = []
    for face in shown.physical:
        state = "UP" if face.oper_up else "DOWN" if face.admin_up else "Administratively DOWN"
        rows.append(
            f"{face.name} current state : {state}\n"
            f"Line protocol current state : {'UP' if face.oper_up else 'DOWN'}\n"
            f"Description:{readable(face.alias)}\n"
            f"Switch Port, PVID : {port_vlan(shown, face):>4}, TPID : 8100(Hex), The Maximum Frame Length is 9216\n"
            f"IP Sending Frames' Format is PKTFMT_ETHNT_2, Hardware address is {dashed(face.mac or 0)}\n"
            f"Port Mode: COMMON COPPER\n"
            f"Speed : {face.speed_bps // 1_000_000:>4},  Loopback: NONE\n"
            f"Duplex: FULL,  Negotiation: ENABLE\n"
            f"Mdi   : AUTO\n"
            f"Input:  {face.octets_in // 640} packets, {face.octets_in} bytes\n"
            f"  CRC:                    {face.errors_in:>10},  Giants:                          0\n"
            f"Output:  {face.octets_out // 640} packets, {face.octets_out} bytes\n"
        )
    return "\n".join(rows)


def _lldp(shown: Shown) -> str:
    rows = []
    for heard in shown.heard("lldp"):
        mac = heard.model.kind == "wireless" and heard.remote.mac
        rows.append(
            f"{heard.face.name} has 1 neighbor(s):\n\n"
            f"Neighbor index :1\n"
            f"Chassis type   :MAC address \n"
            f"Chassis ID     :{dashed(heard.device.box.mac)} \n"
            f"Port ID type   :{'MAC address' if mac else 'Interface name'} \n"
            f"Port ID        :{dashed(heard.remote.mac or 0) if mac else heard.remote.name} \n"
            f"Port description    :{heard.remote.descr or heard.remote.name} \n"
            f"System name         :{heard.device.name} \n"
            f"System description  :{heard.descr} \n"
            f"System capabilities supported   :bridge \n"
            f"System capabilities enabled     :bridge \n"
            f"Management address type  :ipv4 \n"
            f"Management address value :{heard.device.address}\n"
            f"OID  :0.0 \n"
            f"Expired time   :105s \n\n"
            f"Port VLAN ID(PVID)  :{heard.device.vlan} \n"
        )
    return "\n".join(rows)


def _arp(shown: Shown) -> str:
    names = {face.index: face.name for face in shown.faces}
    rows = [
        "IP ADDRESS      MAC ADDRESS     EXPIRE(M) TYPE        INTERFACE   VPN-INSTANCE ",
        "                                          VLAN/CEVLAN ",
        "------------------------------------------------------------------------------",
    ]
    rows += [f"{own.address:<15} {dashed(shown.own_mac)}            I -         {names[own.if_index]}" for own in shown.own]
    rows += [f"{address:<15} {dashed(mac)}  14        D-0         {names[index]}" for address, mac, index in shown.arp]
    rows += [
        "------------------------------------------------------------------------------",
        f"Total:{len(shown.arp) + len(shown.own):<10}Dynamic:{len(shown.arp):<8}Static:0     Interface:{len(shown.own)}    ",
    ]
    return "\n".join(rows) + "\n"


def _mac_table(shown: Shown) -> str:
    line = "-" * 79
    learnt = [(mac, face, vlan) for mac, face, _, vlan in shown.forwarding if face is not None]
    rows = [line, "MAC Address    VLAN/VSI                          Learned-From        Type      ", line]
    rows += [f"{dashed(mac)} {f'{vlan}/-':<33} {_short(face.name):<19} dynamic   " for mac, face, vlan in learnt]
    rows += ["", line, f"Total items displayed = {len(learnt)} "]
    return "\n".join(rows) + "\n"
