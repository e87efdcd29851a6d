"""Whether each office can meet the administration's goals: documents through the software, officials on official mail.

Three things are needed, and each is yes, no, or not known: enough working computers, a way out that answers, and the services
of the goal that answer. An office is ready for a goal where all are yes, and not where one is no; blank beats wrong.

Computers are what `topology.stations` counts, present ones only and without those whose maker makes no computers. Things that
nobody can ask and that could be computers count as such, so that the number is an upper bound. A service is seen from the office
itself where somebody probed it there, else from the nearest office above, else from any other; a failure that only another
office saw may be that office's own line, and proves nothing here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import ceil

import pandas as pd

from analysis.tables import code, data_yaml, typed
from analysis.topology import stations
from inventory.frames.columns import Column
from inventory.sentences import pack, together

GOALS = ("documents", "mail")
HERE, ABOVE, ELSEWHERE = "here", "above", "elsewhere"

READINESS = (
    Column("office", "string", "code"),
    Column("staff", "Int64", "officials", "persons"),
    Column("computers", "Int64", "computers that were present, at most; NA = nothing of the office's network was seen"),
    Column("computers_per_official", "Float64", "the same for each official"),
    Column("documents_computers", "Int64", "computers that the goal for documents needs"),
    Column("mail_computers", "Int64", "computers that the goal for mail needs"),
    Column("uplink", "string", "device that is the way out, as far as is known"),
    Column("uplink_answers", "boolean", "it answered in the last scan that asked it"),
    Column("documents_services", "boolean", "all services for documents can be worked with; NA = not known"),
    Column("documents_seen_from", "string", "here, above, elsewhere: the farthest place that a service was seen from"),
    Column("mail_services", "boolean", "all services for mail can be worked with; NA = not known"),
    Column("mail_seen_from", "string", "here, above, elsewhere"),
    Column("documents_ready", "boolean", "can meet the goal for documents; NA = not known"),
    Column("mail_ready", "boolean", "can meet the goal for mail; NA = not known"),
    Column("lacks", "told", "what is missing"),
    Column("unknown", "told", "what is not known"),
)


@dataclass(frozen=True, slots=True)
class Goals:
    """The parameters; the usual ones, with their source, are in `analysis/data/readiness.yaml`."""

    documents: float  # share of officials, 0..1
    mail: float
    computers_per_official: float


@cache
def usual() -> Goals:
    told = data_yaml("readiness.yaml")
    shares = {goal: float(told["goals"][goal]["share"]) for goal in GOALS}
    return Goals(**shares, computers_per_official=float(told["computers_per_official"]))


def readiness(
    devices: pd.DataFrame,
    endpoints: pd.DataFrame,
    offices: pd.DataFrame,
    services: pd.DataFrame,
    uplinks: Mapping[str, str],
    as_of: date,
    goals: Goals | None = None,
) -> pd.DataFrame:
    """One row an office that stands on `as_of`, in the order of `offices`. Columns: `READINESS`.

    `services`: the whole frame, whatever the office: what was seen from above counts. `uplinks`: office -> its way out, as far as
    is known (`connectivity.uplinks`).
    """
    goals = goals or usual()
    counted = computers(devices, endpoints)
    states = dict(zip(devices["device"], devices["state"].fillna(""), strict=True))
    parents = {row["office"]: code(row["parent"]) for row in offices.to_dict("records")}
    wanted = {goal: _services(services[services["goal"] == goal]) for goal in GOALS}
    rows = []
    for office in offices.to_dict("records"):
        if not _stands(office, as_of):
            continue
        made = _Office(office["office"], None if pd.isna(office["staff"]) else int(office["staff"]))
        made.count(counted.get(made.code), goals)
        made.leave(uplinks.get(made.code, ""), states)
        for goal in GOALS:
            made.work(goal, wanted[goal], _line(made.code, parents))
        rows.append(made.row())
    return typed(rows, READINESS)


@dataclass(frozen=True, slots=True)
class _Service:
    """A service, for which offices it is meant (none: for all), and how it answered when it was last probed from each office."""

    name: str
    offices: frozenset[str]
    probes: dict[str, dict]

    def meant_for(self, line: list[str]) -> bool:
        """An office stands for those below it. `line`: an office and those above it."""
        return not self.offices or not self.offices.isdisjoint(line)


def _services(services: pd.DataFrame) -> list[_Service]:
    found: dict[str, _Service] = {}
    for row in services.sort_values("probed_at", kind="stable").to_dict("records"):
        name = str(row["service"])
        made = found.setdefault(name, _Service(name, frozenset(filter(None, code(row["offices"]).split(","))), {}))
        if pd.notna(row["outcome"]):
            made.probes[row["office"]] = row
    return [found[name] for name in services["service"].unique()]


def computers(devices: pd.DataFrame, endpoints: pd.DataFrame) -> dict[str, int]:
    """office -> computers that were present, at most: stations, and devices that are computers and no stations. An office of
    whose network nothing was seen is not in it."""
    present = devices[devices["state"] == "present"]
    machines = stations(endpoints, devices)
    machines = machines[machines["device"].notna() | ~machines["vendor"].map(_makes_none).astype(bool)]
    there = machines[machines["device"].isna() | machines["device"].isin(present["device"])]
    alone = present[(present["kind"] == "pc") & ~present["device"].isin(endpoints["device"].dropna())]
    found = Counter(there["office"].dropna()) + Counter(alone["office"].dropna())
    return {office: found[office] for office in {*present["office"].dropna(), *endpoints["office"].dropna()}}


@cache
def _no_computers() -> tuple[str, ...]:
    return tuple(data_yaml("readiness.yaml")["no_computers"])


def _makes_none(vendor: object) -> bool:
    """Whether a maker, as the IEEE registry names it, makes no computers."""
    maker = code(vendor).casefold()
    return any(name in maker for name in _no_computers())


def _stands(office: dict, on: date) -> bool:
    day = pd.Timestamp(on)
    begins, ends = office["valid_from"], office["valid_to"]
    return (pd.isna(begins) or begins <= day) and (pd.isna(ends) or day <= ends)


def _line(office: str, parents: dict[str, str]) -> list[str]:
    """The office and those above it, nearest first; safe on circles."""
    found: list[str] = []
    while office and office not in found:
        found.append(office)
        office = parents.get(office, "")
    return found


class _Office:
    """Gathers what one office has, lacks, and leaves open."""

    def __init__(self, office: str, staff: int | None) -> None:
        self.code = office
        self.staff = staff
        self.values: dict[str, object] = {}
        self.needs: dict[str, list[bool | None]] = {goal: [] for goal in GOALS}
        self.lacks: list[str] = []
        self.unknown: list[str] = []

    def count(self, computers: int | None, goals: Goals) -> None:
        if self.staff is None:
            self.unknown.append(pack("detail.readiness_no_staff"))
        if computers is None:
            self.unknown.append(pack("detail.readiness_not_seen"))
        self.values["computers"] = computers
        if self.staff and computers is not None:
            self.values["computers_per_official"] = computers / self.staff
        for goal in GOALS:
            wanted = None
            if self.staff is not None:
                # rounded first: 0.7 * 10 is a little more than 7 in binary
                wanted = ceil(round(self.staff * getattr(goals, goal) * goals.computers_per_official, 6))
                self.values[f"{goal}_computers"] = wanted
            enough = None if wanted is None or computers is None else computers >= wanted
            self.needs[goal].append(enough)
            if enough is False and wanted is not None and computers is not None:
                short = wanted - computers
                self.lacks.append(pack("detail.readiness_computers", goal=goal, short=short, wanted=wanted, computers=computers))

    def leave(self, uplink: str, states: dict[str, str]) -> None:
        state = states.get(uplink, "") if uplink else ""
        answers = {"present": True, "silent": False, "gone": False}.get(state)
        self.values |= {"uplink": uplink or None, "uplink_answers": answers}
        if not uplink:
            self.unknown.append(pack("detail.readiness_no_uplink"))
        elif answers is None:
            self.unknown.append(pack("detail.readiness_uplink_not_asked", device=uplink))
        elif not answers:
            self.lacks.append(pack("detail.readiness_uplink", device=uplink))
        for goal in GOALS:
            self.needs[goal].append(answers)

    def work(self, goal: str, services: list[_Service], line: list[str]) -> None:
        """`services`: those of the goal; `line`: the office and those above it."""
        answers: list[bool | None] = []
        places: list[str] = []
        for service in services:
            if not service.meant_for(line):
                continue
            answer, place = self._reached(service, line)
            answers.append(answer)
            places += [place] if place else []
        if not answers:
            self.unknown.append(pack("detail.readiness_no_service", goal=goal))
        reached = _all(answers) if answers else None
        self.needs[goal].append(reached)
        self.values[f"{goal}_services"] = reached
        self.values[f"{goal}_seen_from"] = max(places, key=(HERE, ABOVE, ELSEWHERE).index) if places else None

    def _reached(self, service: _Service, line: list[str]) -> tuple[bool | None, str]:
        """Whether it can be worked with, and from where that was seen."""
        if not service.probes:
            self.unknown.append(pack("detail.readiness_not_probed", service=service.name))
            return None, ""
        near = next((office for office in line if office in service.probes), None)
        if near is not None:
            row, place = service.probes[near], HERE if near == self.code else ABOVE
        else:  # of the others the best: that it works there tells that it works
            row = max(service.probes.values(), key=lambda row: (bool(row["reached"]), row["probed_at"]))
            place = ELSEWHERE
        if bool(row["reached"]):
            return True, place
        office, outcome = row["office"], row["outcome"]
        if place == ELSEWHERE:
            self.unknown.append(pack("detail.readiness_fails_elsewhere", service=service.name, outcome=outcome, office=office))
            return None, place
        self.lacks.append(pack("detail.readiness_fails", service=service.name, outcome=outcome, office=office))
        return False, place

    def row(self) -> dict[str, object]:
        ready = {f"{goal}_ready": _all(self.needs[goal]) for goal in GOALS}
        told = {"lacks": together(self.lacks) or None, "unknown": together(self.unknown) or None}
        return {"office": self.code, "staff": self.staff} | self.values | ready | told


def _all(answers: list[bool | None]) -> bool | None:
    """No where one is no, not known where one is not known, else yes (Kleene)."""
    return False if False in answers else None if None in answers else True
