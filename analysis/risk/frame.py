"""The frame `risks`: in dong a year, item by item, with its reasons, its interval, and what to measure first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.risk.chances import chances
from analysis.risk.consequence import failure_costs, incidents
from analysis.risk.knowing import AGE, Doubt, doubts
from analysis.risk.parameters import Parameters
from analysis.risk.rating import WHOLE, Rated
from analysis.tables import typed
from inventory.frames.columns import Column
from inventory.sentences import pack, together

#: Ages that are known more exactly than this are not worth looking for, in years.
_EXACT = 2.0

RISKS = (
    Column("device", "string", "device"),
    Column("office", "string", "its office"),
    Column("kind", "string", "kind of device"),
    Column("part", "string", "device (as a whole), or the part that is charged: ups_battery, disk, fan, supply, printer_kit"),
    Column("item", "string", "of a part: which one; NA = the only one, or not told"),
    Column("probability", "Float64", "chance of at least one failure in the next year", "0..1"),
    Column("multiplier", "Float64", "by how much what was measured multiplies its hazard; 1 = nothing was, or nothing tells"),
    Column("people", "Int64", "persons whose work its failure stops", "persons"),
    Column("service_people", "Int64", "persons who only lose a shared service with it", "persons"),
    Column("hours", "Float64", "working hours until people work again", "hours"),
    Column(
        "failure_cost_vnd", "Int64", "what one failure costs: work that stops, and the repair or the hurried purchase", "dong"
    ),
    Column("incident_vnd", "Int64", "what is to be expected a year of incidents through software without fixes", "dong"),
    Column("risk_vnd", "Int64", "probability times cost of a failure, and incidents: expected loss a year", "dong"),
    Column("risk_low_vnd", "Int64", "lower end of the 80 % interval that age and missing evidence leave", "dong"),
    Column("risk_high_vnd", "Int64", "its upper end", "dong"),
    Column("evidence", "told", "what the figure rests on"),
    Column("not_measured", "told", "what nobody measured, or what is known too roughly; it multiplies by 1. NA = nothing"),
    Column("measure_rank", "Int64", "order in which to measure: where knowing moves most money first; NA = nothing to measure"),
    Column("measure_vnd", "Int64", "by how much the figure is likely to move when all that is missing is known", "dong"),
    Column("measure", "told", "what to look at first, and why; NA = nothing to measure"),
)


def risks_frame(
    rated: Rated, unsupported: pd.Series, parameters: Parameters, person_hour_vnd: float | None = None
) -> pd.DataFrame:
    """Columns: `RISKS`, one row an item, the greatest risk first. `unsupported`: by device: no security fixes."""
    cost = failure_costs(rated.hazards, rated.people, rated.service_people, rated.price, parameters, person_hour_vnd)
    probability = chances(rated.hazards, rated.believed, rated.scale, np.zeros(1), parameters)[:, 0]
    without_fixes = set(unsupported.index[unsupported.fillna(False).astype(bool)])
    by_item = incidents(rated.people, parameters, person_hour_vnd)
    incident = np.array(
        [by_item[i] if item.part == WHOLE and item.device in without_fixes else 0.0 for i, item in enumerate(rated.items)]
    )
    doubt = doubts(rated, cost, parameters)
    risk = probability * cost + incident
    rank = _ranks(rated, doubt)
    hours = {name: law.hours for name in set(rated.hazards) if (law := parameters.of(name)) is not None}
    rows = []
    for i, item in enumerate(rated.items):
        rows.append(
            {
                "device": item.device,
                "office": item.office or None,
                "kind": item.kind,
                "part": item.part,
                "item": item.item or None,
                "probability": round(float(probability[i]), 5),
                "multiplier": round(float(rated.multiplier[i]), 4),
                "people": int(rated.people[i]),
                "service_people": int(rated.service_people[i]),
                "hours": hours[item.hazard],
                "failure_cost_vnd": round(cost[i]),
                "incident_vnd": round(incident[i]),
                "risk_vnd": round(risk[i]),
                "risk_low_vnd": round(min(doubt.low[i] + incident[i], risk[i])),
                "risk_high_vnd": round(max(doubt.high[i] + incident[i], risk[i])),
                "evidence": together(
                    _evidence(rated, i, doubt, probability[i], cost[i], incident[i], hours[item.hazard], parameters)
                ),
                "not_measured": together(_not_measured(rated, i, doubt)) or None,
                "measure_rank": rank.get(i),
                "measure_vnd": round(doubt.worth[i]) if i in rank else None,
                "measure": _measure(i, doubt) if i in rank else None,
            }
        )
    frame = typed(rows, RISKS)
    return frame.sort_values(["risk_vnd", "device", "part", "item"], ascending=[False, True, True, True], ignore_index=True)


def _ranks(rated: Rated, doubt: Doubt) -> dict[int, int]:
    """item -> its place among those of which something can be found out."""
    open_ones = [i for i, item in enumerate(rated.items) if doubt.worth[i] > 0 and (rated.missing[i] or _is_rough(doubt, i))]
    order = sorted(open_ones, key=lambda i: (-doubt.worth[i], rated.items[i].device, rated.items[i].part, rated.items[i].item))
    return {i: place for place, i in enumerate(order, 1)}


def _is_rough(doubt: Doubt, i: int) -> bool:
    low, high = doubt.ages[i]
    return bool(high - low > _EXACT)


def _evidence(
    rated: Rated, i: int, doubt: Doubt, probability: float, cost: float, incident: float, hours: float, parameters: Parameters
) -> list[str]:
    item = rated.items[i]
    low, high = (round(float(age), 1) for age in doubt.ages[i])
    chance = round(float(probability), 4)
    if item.part == WHOLE:
        told = [pack("detail.risk_age", low=low, high=high, chance=chance)]
    else:
        told = [pack("detail.risk_part_age", part=item.part, low=low, high=high, chance=chance)]
    for one in rated.found[i]:
        if one.why:
            told.append(one.why)
        if one.times != 1:
            told.append(pack("detail.risk_times", what=one.kind, times=one.times))
    for kind in rated.in_order[i]:
        told.append(pack("detail.risk_in_order", what=kind, times=round(parameters.effect(kind, item.part)[1], 2)))
    if rated.people[i] and hours:
        told.append(pack("detail.risk_people", people=int(rated.people[i]), hours=hours))
    if rated.service_people[i] and hours:
        told.append(pack("detail.risk_services", people=int(rated.service_people[i]), hours=hours))
    told.append(pack("detail.risk_cost", cost=round(float(cost))))
    if incident:
        told.append(pack("detail.risk_incidents", cost=round(float(incident))))
    return told


def _not_measured(rated: Rated, i: int, doubt: Doubt) -> list[str]:
    told = [pack("detail.risk_not_measured", what=kind) for kind in rated.missing[i]]
    if _is_rough(doubt, i):
        low, high = (round(float(age), 1) for age in doubt.ages[i])
        told.append(pack("detail.risk_age_rough", low=low, high=high))
    return told


def _measure(i: int, doubt: Doubt) -> str:
    worth = round(float(doubt.worth[i]))
    if doubt.lead[i] == AGE:
        low, high = (round(float(age), 1) for age in doubt.ages[i])
        return pack("detail.risk_look_at_age", low=low, high=high, worth=worth)
    return pack("detail.risk_measure", what=doubt.lead[i], worth=worth)
