"""Offices whose line or gateway limits the services that they share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from statistics import median
from typing import NamedTuple

from analysis.connectivity.findings.given import Given, number
from analysis.connectivity.findings.load import load_of
from analysis.connectivity.findings.speeds import GIGABIT
from analysis.tables import code
from analysis.topology import ETHERNET
from inventory.sentences import pack, together

_RANK = {"high": 0, "medium": 1, "low": 2}


class Reason(NamedTuple):
    severity: str
    value: float
    unit: str
    limit: float
    why: str
    first: str


def offices_limited(given: Given) -> Iterator[dict]:
    """`office_limited`, one an office, with all reasons: a busy gateway, a line too slow for so many, 100 Mbit/s before a gigabit
    network, services that are slow or lossy from here and not from elsewhere. Value and limit are those of the worst."""
    seen = _services(given)
    lan = _fastest_switch_port(given)
    for row in given.offices.to_dict("records"):
        office, staff = row["office"], number(row["staff"])
        door = given.uplink.get(office)
        reasons = [*_gateway(given, door, staff, lan.get(office, 0.0))] if door else []
        reasons += seen.get(office, [])
        if not reasons:
            continue
        reasons.sort(key=lambda reason: _RANK[reason.severity])
        worst = reasons[0]
        about = given.devices.get(door or "", {})
        yield {
            "kind": "office_limited",
            "severity": worst.severity,
            "office": office,
            "device": door,
            "address": about.get("address"),
            "value": worst.value,
            "unit": worst.unit,
            "limit": worst.limit,
            "people": staff,
            "why": together(reason.why for reason in reasons),
            "first": together(dict.fromkeys(reason.first for reason in reasons)),
        }


def _gateway(given: Given, door: str, staff: float | None, lan: float) -> Iterator[Reason]:
    limits, load_limits = given.limits["office_limited"], given.limits["load"]
    up = [
        ((door, code(row["name"])), speed)
        for row in given.ports.of_device(door)
        if row["type"] in ETHERNET and code(row["name"]) and number(row["oper_up"]) and (speed := number(row["speed_bps"]))
    ]
    loads = [(load, end) for end, speed in up if (load := load_of(given, end, speed)) is not None]
    load, busiest = max(loads, default=(0.0, None))
    if busiest and load >= load_limits["share"]:
        yield Reason(
            "high" if load >= load_limits["high_share"] else "medium",
            load,
            "share",
            load_limits["share"],
            pack("detail.net_office_load", load=load, limit=load_limits["share"], port=busiest[1]),
            pack("detail.net_office_load_first"),
        )
    fastest = max((speed for _, speed in up), default=0.0)
    if not fastest or not staff:
        return
    if fastest / staff < limits["bps_per_official"]:
        yield Reason(
            "medium",
            fastest / staff,
            "bps",
            limits["bps_per_official"],
            pack(
                "detail.net_office_narrow",
                mbit=fastest / 1e6,
                staff=int(staff),
                each=round(fastest / staff / 1e6, 1),
                limit=limits["bps_per_official"] / 1e6,
            ),
            pack("detail.net_office_narrow_first"),
        )
    elif fastest <= limits["gateway_bps"] and lan >= GIGABIT and staff >= limits["gateway_staff"]:
        yield Reason(
            "low",
            fastest,
            "bps",
            limits["gateway_bps"],
            pack("detail.net_office_gateway", mbit=fastest / 1e6, staff=int(staff), limit=limits["gateway_bps"] / 1e6),
            pack("detail.net_office_narrow_first"),
        )


def _fastest_switch_port(given: Given) -> dict[str, float]:
    """office -> speed of its fastest switch port with a link."""
    switches = {device for device in given.devices if given.kind(device) == "switch"}
    frame = given.ports.frame
    up = frame[frame["device"].isin(switches) & frame["oper_up"].fillna(False) & frame["speed_bps"].notna()]
    return {str(office): float(speed) for office, speed in up.groupby("office")["speed_bps"].max().items()}


def _services(given: Given) -> dict[str, list[Reason]]:
    """office -> services that it reaches slowly or with losses, while half of the other offices do not."""
    limits = given.limits["office_limited"]
    found: dict[str, list[Reason]] = defaultdict(list)
    probed = given.services.dropna(subset=["service", "office"])
    for service, rows in probed.groupby("service"):
        for name in ("latency_ms", "loss"):
            values = rows[["office", name]].dropna().set_index("office")[name].astype(float).to_dict()
            for office, value in values.items():
                others = [other for place, other in values.items() if place != office]
                bound = limits["loss"]
                if name == "latency_ms":
                    bounds = rows[rows["office"] == office]["latency_limit_ms"].dropna()
                    if bounds.empty:
                        continue
                    bound = float(bounds.iloc[0])
                bad = value >= bound if name == "loss" else value > bound
                if not bad or not others or median(others) >= bound:
                    continue
                if name == "loss":
                    why = pack("detail.net_office_loss", service=service, loss=value, others=median(others), limit=bound)
                else:
                    why = pack(
                        "detail.net_office_slow",
                        service=service,
                        ms=round(value),
                        others=round(median(others)),
                        limit=round(bound),
                    )
                unit = "share" if name == "loss" else "ms"
                found[str(office)].append(Reason("medium", value, unit, bound, why, pack("detail.net_office_line_first")))
    return found
