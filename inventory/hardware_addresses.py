"""What a hardware address tells of itself: a card of its own, one that routers share, a virtual machine, or a random one.

Bits of the first octet: IEEE 802, 8.2 (the lowest: group, the next: locally administered). Standard library only.
"""

from __future__ import annotations

import re
from functools import lru_cache

EMPTY = "00:00:00:00:00:00"
_WRITTEN = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")

#: Addresses that wander between routers: VRRP and CARP (RFC 9568), HSRP version 1, version 2 and for IPv6, GLBP (Cisco).
_OF_ROUTERS = ("00:00:5e:00:01", "00:00:5e:00:02", "00:00:0c:07:ac", "00:00:0c:9f:f", "00:05:73:a0:0", "00:07:b4:00")

#: Blocks from which hypervisors give their guests addresses, as their documentation tells. QEMU's is locally administered.
_OF_GUESTS = (
    *("00:50:56", "00:0c:29", "00:05:69", "00:1c:14"),  # VMware
    "00:15:5d",  # Hyper-V
    "08:00:27",  # VirtualBox
    "52:54:00",  # QEMU, libvirt
    "bc:24:11",  # Proxmox
    "00:16:3e",  # Xen
    "00:1c:42",  # Parallels
)
#: QEMU gives every guest this one unless told otherwise.
_FIRST_OF_QEMU = "52:54:00:12:34:56"


@lru_cache(maxsize=1 << 18)  # every switch between a station and its router tells of it
def is_station(mac: str) -> bool:
    """A unicast address of some card; randomised and virtual ones count, multicast and empty ones do not."""
    return _WRITTEN.fullmatch(mac) is not None and not int(mac[:2], 16) & 1 and mac != EMPTY


@lru_cache(maxsize=1 << 18)
def is_shared_by_routers(mac: str) -> bool:
    """Whether an address is that of a virtual router."""
    return mac.startswith(_OF_ROUTERS)


def is_of_guest(mac: str) -> bool:
    """Whether a hypervisor gave an address to a virtual machine."""
    return mac.startswith(_OF_GUESTS)


@lru_cache(maxsize=1 << 18)  # a scan asks several times for each of its hundred thousand addresses
def tells_a_box(mac: str | None) -> bool:
    """Whether an address stands for one card or one virtual machine: not random, multicast, empty, or of a virtual router."""
    if not mac or not is_station(mac) or is_shared_by_routers(mac) or mac == _FIRST_OF_QEMU:
        return False
    return not int(mac[:2], 16) & 2 or is_of_guest(mac)


def mac_class(mac: str) -> str:
    """multicast, vrrp (routers share it), virtual (a hypervisor's guest), local (randomised, or made up by software), global."""
    first = int(mac[:2], 16)
    if first & 1:
        return "multicast"
    if is_shared_by_routers(mac):
        return "vrrp"
    if is_of_guest(mac):
        return "virtual"
    return "local" if first & 2 else "global"
