"""Fortinet FortiOS."""

from __future__ import annotations

import ipaddress

from simulator.consoles.look import Look
from simulator.plan import mac_text
from simulator.shown import Shown


def look(shown: Shown) -> Look:
    commands = {
        "get system status": _status(shown),
        "get system performance status": _performance(shown),
        "get system interface physical": _interfaces(shown),
        "get system arp": _arp(shown),
    }
    return Look("fortinet", "FTNT", f"{shown.device.name} # ", commands)


def _status(shown: Shown) -> str:
    return f"""Version: {shown.model.name} {shown.device.version}
Virus-DB: 92.04512(2026-01-24 02:26)
Extended DB: 1.00000(2018-04-09 18:07)
IPS-DB: 6.00741(2015-12-01 02:30)
APP-DB: 6.00741(2015-12-01 02:30)
Serial-Number: {shown.texts["told_serial"]}
BIOS version: 05000011
System Part-Number: P24286-03
Log hard disk: Not available
Hostname: {shown.device.name}
Operation Mode: NAT
Current virtual domain: root
Max number of virtual domains: 10
Virtual domains status: 1 in NAT mode, 0 in TP mode
Virtual domain configuration: disable
FIPS-CC mode: disable
Current HA mode: standalone
Branch point: 1575
Release Version Information: GA
System time: {shown.today:%a %b %d} 08:00:00 {shown.today.year}
"""


def _performance(shown: Shown) -> str:
    days, hours, minutes = shown.uptime_s // 86400, shown.uptime_s // 3600 % 24, shown.uptime_s // 60 % 60
    used = 2_061_108 * shown.memory_percent // 100
    return f"""CPU states: {shown.cpu_percent}% user 0% system 0% nice {100 - shown.cpu_percent}% idle 0% iowait 0% irq 0% softirq
CPU0 states: {shown.cpu_percent}% user 0% system 0% nice {100 - shown.cpu_percent}% idle 0% iowait 0% irq 0% softirq
Memory: 2061108k total, {used}k used ({shown.memory_percent}%), {2_061_108 - used}k free (44.9%), 102400k freeable (5.0%)
Average network usage: 1420 / 1380 kbps in 1 minute, 1408 / 1366 kbps in 10 minutes, 1398 / 1357 kbps in 30 minutes
Average sessions: 412 sessions in 1 minute, 398 sessions in 10 minutes, 377 sessions in 30 minutes
Virus caught: 0 total in 1 minute
IPS attacks blocked: 0 total in 1 minute
Uptime: {days} days,  {hours} hours,  {minutes} minutes
"""


def _interfaces(shown: Shown) -> str:
    rows = ["== [onboard]"]
    own = {o.if_index: o for o in shown.own}
    for face in shown.physical:
        address = "0.0.0.0 0.0.0.0"
        if face.index in own:
            interface = ipaddress.ip_interface(f"{own[face.index].address}/{own[face.index].prefix}")
            address = f"{interface.ip} {interface.network.netmask}"
        speed = f"{face.speed_bps // 1_000_000}Mbps (Duplex: full)" if face.oper_up else "n/a"
        rows += [
            f"\t==[{face.name}]", "\t\tmode: static", f"\t\tip: {address}", "\t\tipv6: ::/0",
            f"\t\tstatus: {'up' if face.oper_up else 'down'}", f"\t\tspeed: {speed}",
        ]  # fmt: skip
    return "\n".join(rows) + "\n"


def _arp(shown: Shown) -> str:
    names = {face.index: face.name for face in shown.faces}
    rows = ["Address           Age(min)   Hardware Addr      Interface"]
    rows += [f"{address:<17} 2          {mac_text(mac)} {names[index]}" for address, mac, index in shown.arp]
    return "\n".join(rows) + "\n"
