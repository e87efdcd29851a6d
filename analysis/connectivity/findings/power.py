"""Switches that feed devices with nearly all the power that they have for it."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.connectivity.findings.given import Given
from analysis.tables import code
from inventory.sentences import pack


def poe_budgets(given: Given) -> Iterator[dict]:
    """`poe_budget`: used against budget, of each group of ports."""
    limits = given.limits["poe_budget"]
    rows = given.health[given.health["metric"].isin(["poe_budget_w", "poe_used_w"]) & given.health["value"].notna()]
    watts: dict[tuple[str, str], dict[str, float]] = {}
    for row in rows.to_dict("records"):
        watts.setdefault((row["device"], code(row["item"])), {})[row["metric"]] = float(row["value"])
    for (device, _), found in watts.items():
        budget, used = found.get("poe_budget_w"), found.get("poe_used_w")
        if not budget or used is None or device not in given.devices or used / budget < limits["share"]:
            continue
        left = budget - used
        severe = used / budget >= limits["high_share"] or left < limits["device_w"]
        yield given.finding(
            "poe_budget",
            "high" if severe else "medium",
            (device, None),
            value=used / budget,
            unit="share",
            limit=limits["share"],
            people=given.people(device),
            why=pack(
                "detail.net_poe",
                used=round(used),
                budget=round(budget),
                share=used / budget,
                limit=limits["share"],
                left=round(left),
            ),
            first=pack("detail.net_poe_first"),
        )
