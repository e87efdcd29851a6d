"""One page about one office in plain words: what `analysis.office_sheet` finds, as blocks of a sheet."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis import words
from analysis.labels import capital, shorten
from analysis.office_sheet import FAILING, PLANNED, Sheet
from analysis.replacement.planned import Plan
from inventory.sentences import unpack
from reports.sheets import Block
from reports.texts import Say, is_missing

#: So many letters of what a thing is, and of the name that it gives itself, are shown: the page must hold.
THING, OWN = 44, 24


@dataclass(frozen=True, slots=True)
class Names:
    """What devices and services are called: by id what a device is, and the name that it gives itself; by code a service."""

    things: Mapping[str, str]
    own: Mapping[str, str]
    services: Mapping[str, str]

    def device(self, device: object) -> str:
        """Máy in Canon LBP6230dn (may-in-mot-cua)"""
        thing, own = self.things.get(str(device), str(device)), self.own.get(str(device), "")
        return f"{shorten(thing, THING)} ({shorten(own, OWN)})" if own else shorten(thing, THING + OWN)


def names(say: Say, devices: pd.DataFrame, services: pd.DataFrame) -> Names:
    told = words.with_things(devices, say)
    own = devices.dropna(subset=["sys_name"])
    return Names(
        dict(zip(told["device"], told["thing"], strict=True)),
        dict(zip(own["device"], own["sys_name"], strict=True)),
        dict(zip(services["service"], services[say("figures.office_column")], strict=True)),
    )


def keys(say: Say, sheet: Sheet) -> list[tuple[str, str, bool]]:
    """Numbers in large type: (value, what it counts, needs action)."""
    goals = (sheet.documents_ready, sheet.mail_ready)
    met = False if False in goals else None if None in goals else True
    return [
        (say.number(sheet.devices), say("office_sheet.key_devices", answering=sheet.answering), False),
        (say.number(sheet.past), say("office_sheet.key_past", unknown=sheet.unknown_age), sheet.past > 0),
        (say.number(sheet.failing_all), say("office_sheet.key_failing"), sheet.failing_all > 0),
        (
            say("format.missing") if sheet.computers is None else say.number(sheet.computers),
            say("office_sheet.key_computers", staff=say("format.missing") if sheet.staff is None else say.number(sheet.staff)),
            sheet.computers is not None and sheet.staff is not None and sheet.computers < sheet.staff,
        ),
        (say.word("ready", met), say("office_sheet.key_goals"), met is False),
    ]


def blocks(say: Say, sheet: Sheet, known: Names, plan: Plan) -> list[Block]:
    """The page's blocks, in the order in which they are read."""
    return [
        Block(say("office_sheet.first"), "top", [_todo(say, what, row, known) for what, row in sheet.first], numbered=True),
        _kinds(say, sheet),
        Block(
            say("office_sheet.services"),
            "left",
            [
                say("office_sheet.service", name=known.services.get(code, code), reached=say.word("reached", reached))
                for code, reached in sheet.services
            ],
            empty=say("office_sheet.no_services"),
        ),
        Block(
            say("office_sheet.points"),
            "right",
            [_point(say, row, known) for row in sheet.points.to_dict("records")],
            empty=say("office_sheet.no_points"),
        ),
        Block(
            say("office_sheet.failing"),
            "right",
            [_worn(say, row, known) for row in sheet.failing.to_dict("records")],
            note=say("office_sheet.more", count=sheet.failing_all - FAILING) if sheet.failing_all > FAILING else "",
            empty=say("office_sheet.nothing_fails"),
        ),
        _planned(say, sheet, plan),
    ]


def _point(say: Say, row: Mapping[Hashable, Any], known: Names) -> str:
    key = "office_sheet.way_out" if row["uplink"] else "office_sheet.point"
    return say(key, name=known.device(row["device"]), people=row["people"])


def _worn(say: Say, row: Mapping[Hashable, Any], known: Names) -> str:
    told = {"what": say.word("worn", row["kind"]), "severity": say.word("severity", row["severity"])}
    return say("office_sheet.worn", name=known.device(row["device"]), **told)


def _kinds(say: Say, sheet: Sheet) -> Block:
    rows = []
    for row in sheet.kinds.to_dict("records"):
        kind = (
            say("office_sheet.other_kinds")
            if is_missing(row["kind"])
            else say.kind(None if row["kind"] == "unknown" else row["kind"])
        )
        oldest = say("format.missing") if is_missing(row["oldest"]) else say.number(row["oldest"], 0)
        rows.append((capital(kind), *(say.number(row[name]) for name in ("count", "past", "unknown")), oldest))
    heads = [say(f"office_sheet.head_{name}") for name in ("kind", "count", "past", "unknown", "oldest")]
    return Block(
        say("office_sheet.kinds"),
        "left",
        heads=heads,
        rows=rows,
        numbers=frozenset(range(1, 5)),
        empty=say("office_sheet.no_devices"),
    )


def _planned(say: Say, sheet: Sheet, plan: Plan) -> Block:
    budget = int(plan.years["budget_vnd"].sum())
    first, last = int(plan.years["year"].iloc[0]), int(plan.years["year"].iloc[-1])
    told = words.things_of_plan(sheet.planned, say)
    rows = [
        (
            str(int(row["year"])),
            shorten(row["thing"], THING + OWN),
            "" if is_missing(row["address"]) else row["address"],
            say.millions(row["cost_vnd"]),
        )
        for row in told.to_dict("records")
    ]
    note = say(
        "office_sheet.plan_note", first_year=first, last_year=last, budget=budget, own=sheet.planned_vnd, count=sheet.planned_all
    )
    if sheet.planned_all > PLANNED:
        note += " " + say("office_sheet.more", count=sheet.planned_all - PLANNED)
    return Block(
        say("office_sheet.plan"),
        "bottom",
        heads=[say(f"office_sheet.head_{name}") for name in ("year", "thing", "address", "price")],
        rows=rows,
        numbers=frozenset({3}),
        note=note,
        empty=say("office_sheet.no_plan"),
    )


def _todo(say: Say, what: str, row: Mapping[str, Any], known: Names) -> str:
    """One thing to do, as a sentence."""
    match what:
        case "step":
            return say(f"office_sheet.do_{row['step']}", name=known.device(row["device"]), count=row["count"])
        case "worn" | "network":
            first = say.told(str(row["first"])) if unpack(str(row["first"])) else ""
            text = say("office_sheet.do_part", name=known.device(row["device"]), first=first)
            others = int(row.get("count", 1)) - 1
            return text + (" " + say("office_sheet.do_others", count=others) if others else "")
    return say(f"office_sheet.do_{what}", **row)


def table(say: Say, found: list[Sheet], offices: pd.DataFrame, known: Names) -> pd.DataFrame:
    """One row an office: office, office_name, staff, devices, answering, past, unknown_age, failing, computers, documents_ready,
    mail_ready, planned_vnd, first (its three things to do in one text)."""
    rows = [
        {
            "office": sheet.office, "staff": sheet.staff, "devices": sheet.devices, "answering": sheet.answering,
            "past": sheet.past, "unknown_age": sheet.unknown_age, "failing": sheet.failing_all, "computers": sheet.computers,
            "documents_ready": sheet.documents_ready, "mail_ready": sheet.mail_ready, "planned_vnd": sheet.planned_vnd,
            "first": " ".join(f"{n}. {_todo(say, what, row, known)}" for n, (what, row) in enumerate(sheet.first, 1)),
        }
        for sheet in found
    ]  # fmt: skip
    columns = (
        *("office", "staff", "devices", "answering", "past", "unknown_age", "failing", "computers"),
        *("documents_ready", "mail_ready", "planned_vnd", "first"),
    )
    types = dict.fromkeys(columns, "Int64") | {"office": "string", "first": "string"}
    types |= dict.fromkeys(("documents_ready", "mail_ready"), "boolean")
    frame = pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=types[name]) for name in columns})
    return words.with_offices(frame, offices, say)
