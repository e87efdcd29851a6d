"""Ports that are slower than they could be, half-duplex, or at odds with the other end of their cable."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.connectivity.findings.errors import rate_of
from analysis.connectivity.findings.given import End, Given
from analysis.topology import ETHERNET
from inventory.sentences import pack

GIGABIT = 1_000_000_000
#: How makers begin the names of ports that do a gigabit or more, and of those that cannot.
_FAST = re.compile(r"(?i)^(gi(g|gabit)?\s?e?|ge|xe|xge|te|ten|tw|fo|hu|et-|10g|25g|40g|x?gigabit|ten-?gigabit)[a-z]*[\s\-]?\d")
_SLOW = re.compile(r"(?i)^(fa|fe|fast\s?ethernet)[\s\-]?\d")
_GIGABIT_TYPE, _FAST_TYPE = 117, 62


def can_gigabit(given: Given, end: End) -> bool | None:
    """Whether a port can do a gigabit, by its name, its type, or ports of its sort; None where nothing tells."""
    port = given.ports.at(end)
    if not port:
        return None
    if _SLOW.match(end[1]) or port["type"] == _FAST_TYPE:
        return False
    if _FAST.match(end[1]) or port["type"] == _GIGABIT_TYPE:
        return True
    sort = re.sub(r"\d+", "#", end[1])
    alike = [
        (given.ports.number((end[0], str(row["name"])), "if_index") or 0.0, speed, row["name"] == end[1])
        for row in given.ports.of_device(end[0])
        if re.sub(r"\d+", "#", str(row["name"])) == sort
        and row["type"] in ETHERNET
        and (speed := given.ports.number((end[0], str(row["name"])), "speed_bps"))
        # agents tell nothing, little or the most of a port without a link: only the most says something
        and (speed >= GIGABIT or not given.ports.is_down((end[0], str(row["name"]))))
    ]
    alike.sort()
    fast = [speed >= GIGABIT for _, speed, _ in alike]
    here = next((n for n, (*_, own) in enumerate(alike) if own), None)
    if here is None:
        return None
    if any(fast[:here]) and any(fast[here + 1 :]):
        return True
    limits = given.limits["slow_link"]
    if sum(fast) >= limits["like_ports"] and sum(fast) >= limits["like_share"] * len(fast):
        return True
    return None


def slow_links(given: Given) -> Iterator[dict]:
    """Cables between network devices at 100 Mbit/s or less whose ports can do a gigabit at both ends."""
    limits = given.limits["slow_link"]
    for line in given.between_network_devices:
        speed = given.speed(line)
        if not line.direct or not speed or speed > limits["bps"] or any(given.ports.is_down(end) for end in line.ends):
            continue
        if not all(can_gigabit(given, end) for pair in line.pairs for end in pair):
            continue
        yield given.finding(
            "slow_link",
            "high" if speed <= limits["very_bps"] else "medium",
            line.a,
            other=line.b,
            value=speed,
            unit="bps",
            limit=limits["bps"],
            people=line.people,
            why=pack("detail.net_slow_link", mbit=speed / 1e6, limit=limits["bps"] / 1e6, other=given.name(line.b[0])),
            first=pack("detail.net_slow_link_first"),
        )


def duplexes(given: Given) -> Iterator[dict]:
    """`duplex_mismatch` where the ends of a cable differ, or one is half-duplex and errors tell that the other is not; else
    `half_duplex`."""
    told: set[End] = set()
    for line in given.lines:
        for one, other in line.pairs:
            half, far = (one, other) if given.ports.text(one, "duplex") == "half" else (other, one)
            if given.ports.text(half, "duplex") != "half" or not line.direct or given.ports.is_down(half):
                continue
            severity = ""
            if given.ports.text(far, "duplex") == "full":
                severity = "high"
                why = pack("detail.net_duplex_mismatch", full=given.name(far[0]), half=given.name(half[0]))
                value, unit, limit = None, None, None
            elif not given.ports.text(far, "duplex"):
                limits = given.limits["error_rate"]
                limit, octets = limits["per_million"], limits["mean_frame_bytes"]
                rates = [rate for end in (half, far) if (rate := rate_of(octets, given.ports.at(end))) is not None]
                value, unit = max((rate.per_million for rate in rates), default=0.0), "per_million"
                if value >= limit:
                    severity = "medium"
                    why = pack("detail.net_duplex_suspected", half=given.name(half[0]), rate=round(value), limit=limit)
            if severity:
                told |= {half, far}
                yield given.finding(
                    "duplex_mismatch",
                    severity,
                    half,
                    other=far,
                    value=value,
                    unit=unit,
                    limit=limit,
                    people=line.people,
                    why=why,
                    first=pack("detail.net_duplex_mismatch_first"),
                )
    frame = given.ports.frame
    half_up = frame[(frame["duplex"] == "half").fillna(False) & frame["oper_up"].fillna(False) & frame["type"].isin(ETHERNET)]
    for device, name in half_up[["device", "name"]].dropna().itertuples(index=False):
        end = (device, name)
        if end in told or device not in given.devices:
            continue
        far_end = given.far(end)
        if far_end is not None and far_end in told:
            continue
        if far_end is not None and given.ports.text(far_end, "duplex") == "half":
            told.add(end)  # both ends of one cable are one finding
        network = far_end is not None and given.forwards(device) and given.forwards(far_end[0])
        there = given.line_at.get(end)
        yield given.finding(
            "half_duplex",
            "high" if network else "low",
            end,
            other=far_end,
            people=there.people if there else None,
            why=pack("detail.net_half_duplex"),
            first=pack("detail.net_half_duplex_first"),
        )
