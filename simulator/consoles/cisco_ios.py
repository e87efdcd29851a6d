"""Cisco IOS."""

from __future__ import annotations

from simulator.consoles.look import Look, dotted, readable, spelled
from simulator.mibs.bridge import port_vlan
from simulator.mibs.entity import parts
from simulator.shown import Face, Heard, Shown

_CAPABILITIES = {"switch": "B", "router": "B,R", "firewall": "R", "wireless": "B,W"}


def look(shown: Shown) -> Look:
    commands = {
        "show version": _version(shown),
        "show inventory": _inventory(shown),
        "show lldp neighbors detail": _lldp(shown),
        "show cdp neighbors detail": _cdp(shown),
        "show ip arp": _arp(shown),
        "show arp": _arp(shown),
        "show interfaces": _interfaces(shown),
    }
    if shown.model.kind == "switch":
        commands["show interfaces status"] = _status(shown)
        commands["show mac address-table"] = _mac_table(shown)
    return Look("cisco_ios", "Cisco-1.25", f"{shown.device.name}#", commands)


def _version(shown: Shown) -> str:
    model, serial, image = shown.model.name, shown.texts["told_serial"], shown.model.fields["image"].lower()
    head = shown.descr.replace("\r\n", "\n")
    tail = f"""
ROM: Bootstrap program is {image} boot loader
BOOTLDR: {image} Boot Loader, Version 12.2(44r)SE3, RELEASE SOFTWARE (fc3)

{shown.device.name} uptime is {spelled(shown.uptime_s)}
System returned to ROM by power-on
System image file is "flash:/{image}-{shown.device.version}.bin"


cisco {model} (PowerPC405) processor (revision V02) with 131072K bytes of memory.
Processor board ID {serial}
Last reset from power-on
{len(shown.physical)} Gigabit Ethernet interfaces
The password-recovery mechanism is enabled.

512K bytes of flash-simulated non-volatile configuration memory.
Base ethernet MAC Address       : {shown.texts["mac"].upper()}
Model number                    : {model}
System serial number            : {serial}
Hardware Board Revision Number  : 0x02


Configuration register is 0xF
"""
    if shown.model.kind == "router":
        tail = f"""
ROM: System Bootstrap, Version 15.0(1r)M16, RELEASE SOFTWARE (fc1)

{shown.device.name} uptime is {spelled(shown.uptime_s)}
System returned to ROM by power-on
System image file is "flash0:{image}-universalk9-mz.SPA.bin"
Last reload type: Normal Reload

Cisco {model} (revision 1.0) with 483328K/40960K bytes of memory.
Processor board ID {serial}
{len(shown.physical)} Gigabit Ethernet interfaces
DRAM configuration is 64 bits wide with parity enabled.
255K bytes of non-volatile configuration memory.

Configuration register is 0x2102
"""
    return f"{head}\n{tail}"


def _inventory(shown: Shown) -> str:
    rows = []
    for part in parts(shown):
        if part["class"] not in {3, 6} or (not part.get("serial") and part["class"] == 6):
            continue
        rows.append(
            f'NAME: "{part["name"]}", DESCR: "{part["descr"]}"\n'
            f"PID: {part.get('model', '') or part['name'].split()[0]:<18}, VID: {part.get('hw', '') or 'V01'}  , "
            f"SN: {part.get('serial', '')}\n"
        )
    return "\n".join(rows)


def _status(shown: Shown) -> str:
    rows = ["", "Port      Name               Status       Vlan       Duplex  Speed Type"]
    for face in shown.physical:
        hop = shown.cabling.by_port.get((shown.device.id, face.name))
        trunk = hop is not None and shown.cabling.forwards(hop.to) and len(shown.device.vlans) > 1
        state = "connected" if face.oper_up else "notconnect" if face.admin_up else "disabled"
        duplex = f"a-{face.duplex}" if face.duplex else "auto"
        speed = f"a-{face.speed_bps // 1_000_000}" if face.oper_up else "auto"
        kind = "10/100BaseTX" if face.name.startswith("Fa") else "10/100/1000BaseTX"
        vlan = "trunk" if trunk else str(port_vlan(shown, face))
        rows.append(f"{face.name:<9} {readable(face.alias)[:18]:<18} {state:<12} {vlan:<10} {duplex:>6} {speed:>6} {kind}")
    return "\n".join(rows) + "\n"


def _interfaces(shown: Shown) -> str:
    rows = []
    for face in shown.faces:
        if face.type not in {6, 53}:
            continue
        line = "up" if face.oper_up else "down"
        admin = "administratively down" if not face.admin_up else line
        mac = dotted(face.mac) if face.mac else "0000.0000.0000"
        note = " (connected)" if face.oper_up else " (notconnect)"
        own = next((o for o in shown.own if o.if_index == face.index), None)
        rows += [
            f"{face.descr} is {admin}, line protocol is {line}{note}",
            f"  Hardware is Gigabit Ethernet, address is {mac} (bia {mac})",
        ]
        if face.alias:
            rows.append(f"  Description: {readable(face.alias)}")
        if own is not None:
            rows.append(f"  Internet address is {own.address}/{own.prefix}")
        rows += [
            f"  MTU {face.mtu} bytes, BW {face.speed_bps // 1000} Kbit/sec, DLY 10 usec,",
            "     reliability 255/255, txload 1/255, rxload 1/255",
            "  Encapsulation ARPA, loopback not set",
            f"  {(face.duplex or 'auto').title()}-duplex, {face.speed_bps // 1_000_000}Mb/s, media type is 10/100/1000BaseTX",
            "  5 minute input rate 0 bits/sec, 0 packets/sec",
            "  5 minute output rate 0 bits/sec, 0 packets/sec",
            f"     {face.octets_in // 640} packets input, {face.octets_in} bytes, 0 no buffer",
            f"     {face.errors_in} input errors, {face.errors_in} CRC, 0 frame, 0 overrun, 0 ignored",
            f"     {face.octets_out // 640} packets output, {face.octets_out} bytes, 0 underruns",
            "     0 output errors, 0 collisions, 1 interface resets",
        ]
    return "\n".join(rows) + "\n"


def _lldp(shown: Shown) -> str:
    rows = [_lldp_entry(heard) for heard in shown.heard("lldp")]
    return "\n".join(rows) + f"\n\nTotal entries displayed: {len(rows)}\n"


def _lldp_entry(heard: Heard) -> str:
    return (
        f"------------------------------------------------\n"
        f"Local Intf: {heard.face.name}\n"
        f"Chassis id: {dotted(heard.device.box.mac)}\n"
        f"Port id: {_port_id(heard)}\n"
        f"Port Description: {heard.remote.descr or heard.remote.name}\n"
        f"System Name: {heard.device.name}\n\n"
        f"System Description: \n{_lines(heard.descr)}\n\n"
        f"Time remaining: 101 seconds\n"
        f"System Capabilities: {_CAPABILITIES.get(heard.model.kind, 'S')}\n"
        f"Enabled Capabilities: {_CAPABILITIES.get(heard.model.kind, 'S')}\n"
        f"Management Addresses:\n    IP: {heard.device.address}\n"
        f"Auto Negotiation - not supported\n"
        f"Physical media capabilities - not advertised\n"
        f"Media Attachment Unit type - not advertised\n"
        f"Vlan ID: - not advertised\n"
    )


def _port_id(heard: Heard) -> str:
    return dotted(heard.remote.mac) if heard.model.kind == "wireless" and heard.remote.mac else heard.remote.name


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _cdp(shown: Shown) -> str:
    rows: list[str] = []
    for heard in shown.heard("cdp"):
        capabilities = "Router Switch IGMP" if heard.model.kind == "router" else "Switch IGMP"
        rows.append(
            f"-------------------------\n"
            f"Device ID: {heard.device.name}\n"
            f"Entry address(es): \n  IP address: {heard.device.address}\n"
            f"Platform: cisco {heard.model.name},  Capabilities: {capabilities} \n"
            f"Interface: {heard.face.descr},  Port ID (outgoing port): {heard.remote.descr}\n"
            f"Holdtime : 141 sec\n\n"
            f"Version :\n{_lines(heard.descr)}\n\n"
            f"advertisement version: 2\n"
            f"Duplex: full\n"
            f"Management address(es): \n  IP address: {heard.device.address}\n"
        )
    return "\n".join(rows) + f"\n\nTotal cdp entries displayed : {len(rows)}\n"


def _mac_table(shown: Shown) -> str:
    rows = [
        "          Mac Address Table",
        "-------------------------------------------",
        "",
        "Vlan    Mac Address       Type        Ports",
    ]
    rows.append("----    -----------       --------    -----")
    rows.append(f" All    {dotted(0x0100_0CCC_CCCC)}    STATIC      CPU")
    rows += [
        f"{vlan:>4}    {dotted(mac)}    DYNAMIC     {face.name}" for mac, face, _, vlan in shown.forwarding if face is not None
    ]
    return "\n".join(rows) + f"\nTotal Mac Addresses for this criterion: {len(rows) - 5}\n"


def _arp(shown: Shown) -> str:
    rows = ["Protocol  Address          Age (min)  Hardware Addr   Type   Interface"]
    by_index: dict[int, Face] = {face.index: face for face in shown.faces}
    for own in shown.own:
        face = by_index[own.if_index]
        rows.append(f"Internet  {own.address:<16} {'-':>8}   {dotted(face.mac or shown.device.box.mac)}  ARPA   {face.descr}")
    rows += [
        f"Internet  {address:<16} {'12':>8}   {dotted(mac)}  ARPA   {by_index[index].descr}" for address, mac, index in shown.arp
    ]
    return "\n".join(rows) + "\n"
