"""Ports that receive broken frames or go up and down: the cable is suspected first, the device last.

The arithmetic and the limits are those of the network's findings (`analysis.connectivity.findings`), which know what a cable cuts
off; here every port of every device counts, also those that lead to a computer.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.condition.given import NETWORK, Given
from analysis.connectivity.findings.errors import rate_of
from analysis.connectivity.findings.flapping import changed
from analysis.connectivity.findings.given import End
from analysis.tables import code
from inventory.sentences import pack


def ends_between_devices(topology: pd.DataFrame) -> set[End]:
    """(device, port) of both ends of every cable between devices, of aggregates those of each cable too."""
    found: set[End] = set()
    rows = topology[topology["a_device"].notna() & topology["b_device"].notna()]
    for a, a_port, b, b_port, members in rows[["a_device", "a_port", "b_device", "b_port", "members"]].itertuples(index=False):
        pairs = [pair.partition("=")[::2] for pair in code(members).split("; ") if pair]
        for one, other in [(code(a_port), code(b_port)), *pairs]:
            found |= {(a, one), (b, other)}
    return {end for end in found if end[1]}


def port_errors(given: Given) -> Iterator[dict]:
    """`port_errors`: more broken frames in a million, counted between two scans, than a cable in order shows."""
    limits = given.of_ports["error_rate"]
    frame = given.ports.frame
    between = ends_between_devices(given.topology)
    for port in frame[(frame["in_errors"] >= limits["errors"]).fillna(False)].to_dict("records"):
        device, name = code(port["device"]), code(port["name"])
        rate = rate_of(limits["mean_frame_bytes"], port)
        if rate is None or device not in given.devices or not name or rate.per_million < limits["per_million"]:
            continue
        severe = rate.per_million >= limits["high_per_million"]
        trend, before = None, rate_of(limits["mean_frame_bytes"], given.earlier.at((device, name)), like=port)
        if before is not None and before.reckoned == rate.reckoned:
            trend = pack("detail.worn_rate_before", before=round(before.per_million, 1), now=round(rate.per_million, 1))
        errors, many, limit = round(rate.errors), round(rate.per_million), limits["per_million"]
        if rate.reckoned:
            why = pack("detail.net_error_rate_reckoned", errors=errors, rate=many, limit=limit)
        else:
            why = pack("detail.net_error_rate", errors=errors, rate=many, limit=limit)
        yield given.finding(
            device,
            "port_errors",
            ("high" if severe else "medium") if (device, name) in between else ("medium" if severe else "low"),
            "cable",
            item=name,
            value=rate.per_million,
            unit="per_million",
            limit=limit,
            trend=trend,
            why=why,
            first=pack("detail.net_error_rate_first"),
        )


def flapping(given: Given) -> Iterator[dict]:
    """`flapping`: ports of network devices towards other devices whose link changed in several scans. Computers are switched off
    every evening: what happens at their ports says nothing."""
    limits = given.of_ports["flapping"]
    between = ends_between_devices(given.topology)
    for end, scans in sorted(changed(given.changes, given.ports, limits["days"]).items()):
        device, name = end
        if end not in between or device not in given.devices or given.kind(device) not in NETWORK:
            continue
        if len(scans) >= limits["scans"]:
            yield given.finding(
                device,
                "flapping",
                "medium",
                "cable",
                item=name,
                value=float(len(scans)),
                unit="scans",
                limit=limits["scans"],
                why=pack("detail.net_flapping", count=len(scans), days=limits["days"], limit=limits["scans"]),
                first=pack("detail.net_flapping_first"),
            )
