"""HP ProCurve and Aruba switches with ProVision software."""

from __future__ import annotations

from simulator.consoles.look import Look, halved
from simulator.shown import Shown


def look(shown: Shown) -> Look:
    commands = {
        "show system": _system(shown),
        "show modules": _modules(shown),
        "show interfaces brief": _brief(shown),
        "show lldp info local-device": _local(shown),
        "show lldp info remote-device detail": _lldp(shown),
        "show mac-address": _mac_table(shown),
        "show arp": _arp(shown),
    }
    return Look("hp_procurve", "Mocana SSH 6.3", f"{shown.device.name}# ", commands)


def _system(shown: Shown) -> str:
    release = shown.model.fields["release"]
    location = shown.device.location.decode("utf-8", "replace")[:40]
    days, hours, minutes = shown.uptime_s // 86400, shown.uptime_s // 3600 % 24, shown.uptime_s // 60 % 60
    uptime = f"{days} days" if days else f"{hours} hours {minutes} mins"
    return f"""
 Status and Counters - General System Information

  System Name        : {shown.device.name}
  System Contact     :
  System Location    : {location}

  MAC Age Time (sec) : 300

  Time Zone          : 420
  Daylight Time Rule : None


  Software revision  : {shown.device.version:<20} Base MAC Addr      : {halved(shown.device.box.mac)}
  ROM Version        : {release + ".15.13":<20} Serial Number      : {shown.texts["told_serial"]}

  Up Time            : {uptime:<20} Memory   - Total   : 152,455,616
  CPU Util (%)       : {shown.cpu_percent:<20}            Free    : 110,527,264

  IP Mgmt  - Pkts Rx : 1,204,332            Packet   - Total   : 6750
             Pkts Tx : 880,122              Buffers    Free    : 5106
                                                       Lowest  : 5086
                                                       Missed  : 0

"""


def _modules(shown: Shown) -> str:
    part, series = shown.model.fields["partnumber"], shown.model.fields["series"]
    return f"""
 Status and Counters - Module Information

  Chassis: {series} {part}         Serial Number:   {shown.texts["told_serial"]}

  Slot  Module Description                       Serial Number   Status
  ----- ---------------------------------------- --------------- --------------
"""


def _brief(shown: Shown) -> str:
    rows = [
        " Status and Counters - Port Status",
        "",
        "                          | Intrusion                           MDI  Flow Bcast",
        "  Port         Type       | Alert     Enabled Status Mode       Mode Ctrl Limit",
        "  ------------ ---------- + --------- ------- ------ ---------- ---- ---- -----",
    ]
    for face in shown.physical:
        top = face.port.speed_mbps if face.port else 1000
        kind = "100/1000T" if top >= 1000 else "10/100TX"
        mode = f"{min(face.speed_bps // 1_000_000, top)}FDx"
        rows.append(
            f"  {face.name:<12} {kind:<10} | No        {'Yes' if face.admin_up else 'No':<7} "
            f"{'Up' if face.oper_up else 'Down':<6} "
            f"{mode:<10} {'MDIX' if face.oper_up else 'Auto':<4} off  0    "
        )
    return "\n".join(rows) + "\n"


def _local(shown: Shown) -> str:
    return f"""
 LLDP Local Device Information

  Chassis Type : mac-address
  Chassis Id   : {halved(shown.device.box.mac)}
  System Name  : {shown.device.name}
  System Description : {shown.descr}
  System Capabilities Supported:bridge
  System Capabilities Enabled:bridge

  Management Address  1:
     Type    :ipv4
     Address :{shown.device.address}

"""


def _lldp(shown: Shown) -> str:
    rows = [" LLDP Remote Device Information Detail\n"]
    for heard in shown.heard("lldp"):
        mac = heard.model.kind == "wireless" and heard.remote.mac
        port = heard.remote.mac.to_bytes(6, "big").hex(" ") if mac and heard.remote.mac else heard.remote.name
        rows.append(
            f"  Local Port   : {heard.face.name}\n"
            f"  ChassisType  : mac-address         \n"
            f"  ChassisId    : {halved(heard.device.box.mac)}       \n"
            f"  PortType     : {'mac-address' if mac else 'interface-name'}\n"
            f"  PortId       : {port}\n"
            f"  SysName      : {heard.device.name}\n"
            f"  System Descr : {heard.descr.splitlines()[0] if heard.descr else ''}\n"
            f"  PortDescr    : {heard.remote.descr or heard.remote.name}\n"
            f"  Pvid         : {heard.device.vlan}\n\n"
            f"  System Capabilities Supported  : bridge\n"
            f"  System Capabilities Enabled    : bridge\n\n"
            f"  Remote Management Address\n"
            f"     Type    : ipv4\n"
            f"     Address : {heard.device.address}\n\n"
            f"------------------------------------------------------------------------------"
        )
    return "\n".join(rows) + "\n"


def _mac_table(shown: Shown) -> str:
    rows = [
        "", " Status and Counters - Port Address Table", "",
        "  MAC Address       Port                            VLAN",
        "  ----------------- ------------------------------- ----",
    ]  # fmt: skip
    rows += [f"  {halved(mac)}     {face.name:<31} {vlan}" for mac, face, _, vlan in shown.forwarding if face is not None]
    return "\n".join(rows) + "\n"


def _arp(shown: Shown) -> str:
    ports = {mac: face.name for mac, face, _, _ in shown.forwarding if face is not None}
    rows = [
        "",
        " IP ARP table",
        "",
        "  IP Address      MAC Address       Type    Port",
        "  --------------- ----------------- ------- ----",
    ]
    rows += [f"  {address:<15} {halved(mac)}     dynamic {ports.get(mac, '')}" for address, mac, _ in shown.arp]
    return "\n".join(rows) + "\n"
