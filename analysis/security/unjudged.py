"""What could not be judged of a device that answers: listed, never held against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.security.ways import Way
from analysis.tables import code
from inventory.lifecycle.endings import UNKNOWN
from inventory.sentences import pack

_PORTS = frozenset({"telnet", "http", "https"})


def unjudged(
    devices: Mapping[str, Mapping], management: pd.DataFrame, ways: Mapping[str, list[Way]], lifecycle: pd.DataFrame
) -> Iterator[dict]:
    """Rows of UNJUDGED, by device."""
    asked: dict[str, set[str]] = {}
    for device, protocol in management[["device", "protocol"]].itertuples(index=False):
        asked.setdefault(device, set()).add(protocol)
    unknown = set(lifecycle.loc[lifecycle["status"] == UNKNOWN, "device"])
    for device in sorted(devices):
        own = ways.get(device, [])
        stale = [way for way in own if way.stale(devices[device])]
        current = [way for way in own if way not in stale]
        for what, why in (*_unheard(stale), *_missing(asked.get(device, set()), current, system=device in unknown)):
            yield {"device": device, "office": code(devices[device].get("office")) or None, "what": what, "why": why}


def _unheard(stale: list[Way]) -> Iterator[tuple[str, str]]:
    for way in stale:
        what = "ports" if way.protocol in _PORTS else way.protocol
        yield what, pack("detail.unjudged_stale", protocol=way.protocol.upper(), at=str(way.read_at))


def _missing(asked: set[str], ways: list[Way], *, system: bool) -> Iterator[tuple[str, str]]:
    if "snmp" not in asked:
        yield "snmp", pack("detail.unjudged_snmp")
    if any(way.protocol == "ssh" and not way.listed("kex") for way in ways):
        yield "ssh", pack("detail.unjudged_ssh")
    if not asked & _PORTS:
        yield "ports", pack("detail.unjudged_ports")
    if any(way.protocol == "https" and not way.version for way in ways):
        yield "tls", pack("detail.unjudged_tls")
    if system:
        yield "system", pack("detail.unjudged_system")
