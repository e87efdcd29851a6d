"""The frames that analysis makes of an inventory, by name, as `kiemke show` gives them.

    frames.load(inventory, "topology", as_of=..., office=...)

Each is made from the whole inventory and then cut to an office: what hangs together is not known from one office's part.

Forwarding tables have no history, so that the cabling of an earlier day is what was found out then and kept (`document`).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from analysis import ageing, seen
from analysis.condition import CONDITION, TRENDS, UNMEASURED, Condition, condition
from analysis.connectivity import FINDINGS, Connectivity, Dependence, cabled, dependence, uplinks
from analysis.readiness import READINESS, Goals, computers, readiness
from analysis.replacement import PLAN, Candidates, Terms, decide, prepare, upstream
from analysis.risk import RISKS, parameters, risks
from analysis.security import EXPOSURES, UNJUDGED, Security, security
from analysis.tables import data_yaml, typed
from analysis.topology import ATTACHMENTS, TOPOLOGY, UNMANAGED, Cabling, discover, graph, part
from inventory.cablings import Document
from inventory.frames import AsOf
from inventory.frames.columns import Column, sections
from inventory.lifecycle.policies import Policies
from inventory.lifecycle.status import lifecycles

#: What one row of each frame is.
ROWS: dict[str, str] = {
    "topology": "One row a cable between two devices, told by them or inferred from forwarding tables; an aggregate is one row.",
    "attachments": "One row a station (MAC) and the port of the nearest managed device towards it.",
    "unmanaged": "One row a port of a managed device with a switch, or something like it, behind it that nobody can ask.",
    "findings": "One row a thing that is wrong with the network, or soon will be, the gravest first: what, how bad, what to do.",
    "risks": "One row a device, or a part of one that is known by itself: what it is expected to cost in the next year if it is "
    "kept, the most first. Kinds without a hazard in `risk.yaml` have none.",
    "readiness": "One row an office: can it meet the administration's goals for documents and mail, and what does it lack.",
    "condition": "One row a thing that is worn or out of order in a device, the gravest first: which part, how bad, what to do.",
    "unmeasured": "One row a thing that could tell something of a device's condition and was not measured.",
    "exposures": "One row a device and a kind of opening for whoever should not be in the network, the gravest first "
    "([security](security.md)).",
    "unjudged": "One row a thing that could not be judged of a device's security.",
    "plan": "One row a thing that could be bought: a device, a part of one, or a computer that an office lacks; in which year, "
    "or why not. With 400 million dong in each of five years; other terms by the report `replacement-plan`.",
    "ages": "One row a device: its age as an interval, the evidence, and evidence that disagrees.",
    "component_ages": "One row a part of a device that ages by itself: the battery of a UPS, a disk, a fan, a power supply, a "
    "printer's kit.",
}

FRAMES: dict[str, tuple[Column, ...]] = {
    "topology": TOPOLOGY,
    "attachments": ATTACHMENTS,
    "unmanaged": UNMANAGED,
    "findings": FINDINGS,
    "risks": RISKS,
    "readiness": READINESS,
    "condition": CONDITION,
    "unmeasured": UNMEASURED,
    "exposures": EXPOSURES,
    "unjudged": UNJUDGED,
    "plan": PLAN,
    "ages": ageing.COLUMNS,
    "component_ages": ageing.COMPONENT_AGES,
}


#: What `kiemke show plan` is asked for.
USUAL = Terms(budgets=400_000_000)

_KEPT = ("topology", "attachments", "unmanaged")
_FOR_NETWORK = ("devices", "offices", "interfaces", "links", "endpoints", "forwarding", "arp", "health", "changes")
_FOR_DEPENDENCE = ("devices", "offices", "endpoints")
_FOR_AGES = ("devices", "components", "matches", "assets")
_FOR_CONDITION = ("devices", "health", "interfaces", "changes", "components")
_FOR_CABLING = ("devices", "links", "endpoints", "interfaces", "forwarding", "arp")


class Inventory(Protocol):
    """What is needed of `inventory.frames.Inventory`."""

    def load(self, frame: str, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame: ...

    def readings(self, *metrics: str, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame: ...

    def day(self, as_of: AsOf | None = None) -> date: ...

    def is_newest(self, as_of: AsOf | None = None) -> bool: ...

    def cabling(self, *, as_of: AsOf | None = None) -> Document | None: ...

    def policies(self, *, as_of: AsOf | None = None) -> Policies: ...

    @property
    def lifecycle_folder(self) -> Path | None: ...


def load(inventory: Inventory, frame: str, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
    """A frame with the columns and dtypes of `FRAMES`. Raises FrameError for an unknown office or date."""
    within = set(inventory.load("offices", as_of=as_of, office=office)["office"])
    rows = _made(inventory, frame, as_of)
    if not office:
        return rows
    ends = [column for column in ("office", "a_office", "b_office") if column in rows]
    return rows[rows[ends].isin(within).any(axis=1)].reset_index(drop=True)


def _made(inventory: Inventory, frame: str, as_of: AsOf | None) -> pd.DataFrame:
    if frame in _KEPT:
        return cabling_of(inventory, as_of).frames[frame]
    if frame == "findings":
        return known_of(inventory, as_of=as_of).findings
    if frame in ("condition", "unmeasured"):
        found = condition_of(inventory, as_of=as_of)
        return found.findings if frame == "condition" else found.unmeasured
    if frame in ("exposures", "unjudged"):
        return getattr(security_of(inventory, as_of=as_of), frame)
    if frame == "risks":
        return risks_of(inventory, as_of=as_of)
    if frame == "plan":
        return decide(candidates_of(inventory, as_of=as_of), USUAL).items
    if frame in ("ages", "component_ages"):
        return getattr(ages_of(inventory, as_of=as_of), frame)
    return _readiness(inventory, as_of)


def readiness_of(
    inventory: Inventory,
    *,
    as_of: AsOf | None = None,
    office: str | None = None,
    goals: Goals | None = None,
    cabling: Cabling | None = None,
) -> pd.DataFrame:
    """Which offices can meet which goals (None: the usual ones); of an office and those below it, found out of everything."""
    rows = _readiness(inventory, as_of, cabling, goals)
    return rows[rows["office"].isin(inventory.load("offices", as_of=as_of, office=office)["office"])].reset_index(drop=True)


def _readiness(
    inventory: Inventory, as_of: AsOf | None, cabling: Cabling | None = None, goals: Goals | None = None
) -> pd.DataFrame:
    """`cabling`: of the whole inventory as of then, where it is found out already; so in all that follows."""
    told = {name: inventory.load(name, as_of=as_of) for name in (*_FOR_CABLING, "offices", "services")}
    day, devices, endpoints = inventory.day(as_of), told["devices"], told["endpoints"]
    cabling = cabling or cabling_of(inventory, as_of, told)
    ways_out = uplinks(devices, graph(devices, cabling.links, cabling.unmanaged, endpoints))
    return readiness(devices, endpoints, seen.standing(told["offices"], day), told["services"], ways_out, day, goals)


def cabling_of(inventory: Inventory, as_of: AsOf | None = None, told: Mapping[str, pd.DataFrame] | None = None) -> Cabling:
    """What is found out of the newest tables, or what was found out by an earlier moment. `told`: frames of the whole inventory,
    as of then, where they are read already."""
    kept = None if inventory.is_newest(as_of) else inventory.cabling(as_of=as_of)
    if kept is not None:
        return Cabling(*(_rows(kept[name], FRAMES[name]) for name in _KEPT))
    read = told or {name: inventory.load(name, as_of=as_of) for name in _FOR_CABLING}
    return discover(**{name: read[name] for name in _FOR_CABLING})


def document(inventory: Inventory) -> Document:
    """The newest cabling as what is kept of it: what an analysis of an earlier day reads again."""
    frames = cabling_of(inventory, None).frames
    return {
        name: {str(column): values.astype(object).where(values.notna(), None).tolist() for column, values in frames[name].items()}
        for name in _KEPT
    }


def _rows(columns: Mapping[str, Sequence[object]], wanted: tuple[Column, ...]) -> pd.DataFrame:
    """Kept columns as a frame of today: those that there were not yet are NA."""
    names = list(columns)
    return typed((dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)), wanted)


def known_of(
    inventory: Inventory,
    *,
    as_of: AsOf | None = None,
    office: str | None = None,
    cabling: Cabling | None = None,
    hanging: Dependence | None = None,
) -> Connectivity:
    """Everything about the cabling of an inventory; of an office, what hangs on its devices, found out of everything. `hanging`:
    what `dependence_of` finds, of the same, where it is known already."""
    told = _told(inventory, _FOR_NETWORK, as_of, office)
    cabling = cabling or cabling_of(inventory, as_of, None if office else told)
    before = seen.before_last(inventory.load("scans", as_of=as_of))
    if before is not None:
        told["earlier"] = inventory.load("interfaces", as_of=before.to_pydatetime(), office=office)
    return cabled(_within(cabling, inventory, as_of, office), **told, hanging=hanging)


def dependence_of(
    inventory: Inventory, *, as_of: AsOf | None = None, office: str | None = None, cabling: Cabling | None = None
) -> Dependence:
    """The same as `known_of`, of which only what hangs on what is found out."""
    cabling = cabling or cabling_of(inventory, as_of)
    return dependence(_within(cabling, inventory, as_of, office), **_told(inventory, _FOR_DEPENDENCE, as_of, office))


def _told(inventory: Inventory, names: Sequence[str], as_of: AsOf | None, office: str | None) -> dict[str, Any]:
    """Frames of an office, of which its units are those that stand, and the services of all: an office works with others'."""
    told = {name: inventory.load(name, as_of=as_of, office=office) for name in names}
    told["offices"] = seen.standing(told["offices"], inventory.day(as_of))
    return told | {"services": inventory.load("services", as_of=as_of)}


def _within(cabling: Cabling, inventory: Inventory, as_of: AsOf | None, office: str | None) -> Cabling:
    """The part of a cabling that touches an office's devices."""
    if not office:
        return cabling
    everyone = inventory.load("devices", as_of=as_of)[["device", "sys_name"]].dropna()
    devices = set(inventory.load("devices", as_of=as_of, office=office)["device"])
    return part(cabling, devices, dict(everyone.itertuples(index=False)))


def condition_of(
    inventory: Inventory, *, as_of: AsOf | None = None, office: str | None = None, cabling: Cabling | None = None
) -> Condition:
    """How worn the devices of an inventory are, and what was not measured; of an office, its own, found out of everything."""
    told: dict[str, Any] = {name: inventory.load(name, as_of=as_of, office=office) for name in _FOR_CONDITION}
    before = seen.before_last(inventory.load("scans", as_of=as_of))
    if before is not None:
        told["earlier"] = inventory.load("interfaces", as_of=before.to_pydatetime(), office=office)
    told["readings"] = inventory.readings(*TRENDS, as_of=as_of, office=office)
    cabling = cabling or cabling_of(inventory, as_of, None if office else _with(told, inventory, as_of))
    told["topology"] = cabling.links
    return condition(as_of=inventory.day(as_of), policies=inventory.policies(as_of=as_of), **told)


def security_of(inventory: Inventory, *, as_of: AsOf | None = None) -> Security:
    """What is open in an inventory's network, and what could not be judged: of all offices, because communities are shared."""
    told = {name: inventory.load(name, as_of=as_of) for name in ("devices", "management", "lifecycle")}
    return security(**told, as_of=inventory.day(as_of))


def _with(told: Mapping[str, pd.DataFrame], inventory: Inventory, as_of: AsOf | None) -> dict[str, pd.DataFrame]:
    """Frames of the whole inventory that the cabling is found in, without reading again what is read."""
    return {name: told[name] if name in told else inventory.load(name, as_of=as_of) for name in _FOR_CABLING}


def risks_of(inventory: Inventory, *, as_of: AsOf | None = None, known: Connectivity | Dependence | None = None) -> pd.DataFrame:
    """What everything is expected to cost in the next year. `known`: the cabling of the whole inventory as of then, where it is
    known already. Raises RiskFileError for what cannot be read in the workspace's own parameters."""
    cabling = cabling_of(inventory, as_of)
    worn, aged = condition_of(inventory, as_of=as_of, cabling=cabling), ages_of(inventory, as_of=as_of)
    return risks(
        aged.devices,
        inventory.load("offices", as_of=as_of),
        (known or dependence_of(inventory, as_of=as_of, cabling=cabling)).behind,
        as_of=inventory.day(as_of),
        policies=inventory.policies(as_of=as_of),
        believed=aged.believed,
        components=aged.component_ages,
        parameters=parameters(inventory.lifecycle_folder),
        condition=worn.findings,
        unmeasured=worn.unmeasured,
        software=lifecycles(inventory.lifecycle_folder),
    )


def candidates_of(
    inventory: Inventory,
    *,
    as_of: AsOf | None = None,
    office: str | None = None,
    known: Connectivity | Dependence | None = None,
    first_year: int | None = None,
    life_factor: float = 1.0,
    unknown_age: str = "inspect",
    worn: Condition | None = None,
    aged: Ages | None = None,
) -> Candidates:
    """Everything that a plan may buy, of all that is known of an inventory (`replacement.prepare`); of an office, its own.
    `known`, `worn`, `aged`: what `known_of`, `condition_of` and `ages_of` find, of the same, where it is known already. Raises
    RiskFileError as `risks_of` does."""
    day = inventory.day(as_of)
    cabling = None if known is not None and worn is not None else cabling_of(inventory, as_of)
    worn = worn or condition_of(inventory, as_of=as_of, office=office, cabling=cabling)
    aged = aged or ages_of(inventory, as_of=as_of, office=office)
    network = known or dependence_of(inventory, as_of=as_of, office=office, cabling=cabling)
    offices = seen.standing(inventory.load("offices", as_of=as_of, office=office), day)
    return prepare(
        aged.devices,
        offices,
        network.behind,
        as_of=day,
        policies=inventory.policies(as_of=as_of),
        first_year=first_year,
        life_factor=life_factor,
        unknown_age=unknown_age,
        believed=aged.believed,
        components=aged.component_ages,
        condition=worn.findings,
        unmeasured=worn.unmeasured,
        parameters=parameters(inventory.lifecycle_folder),
        known=lifecycles(inventory.lifecycle_folder),
        upstream=upstream(network.model),
        computers=computers(inventory.load("devices", as_of=as_of), inventory.load("endpoints", as_of=as_of)),
    )


@dataclass(frozen=True)
class Ages:
    """How old the devices of an inventory and their parts are. `believed`: a belief for each row of `devices`, in order."""

    devices: pd.DataFrame
    components: pd.DataFrame
    health: pd.DataFrame
    as_of: date
    policies: Policies
    believed: list[ageing.Belief]

    @cached_property
    def ages(self) -> pd.DataFrame:
        return ageing.ages(self.devices, self.as_of, believed=self.believed, policies=self.policies)

    @cached_property
    def component_ages(self) -> pd.DataFrame:
        return ageing.component_ages(
            self.devices, self.components, self.health, self.as_of, believed=self.believed, policies=self.policies
        )


def ages_of(inventory: Inventory, *, as_of: AsOf | None = None, office: str | None = None) -> Ages:
    """The ages of everything in an inventory; of an office, of what is in it. Purchases of things that nothing tells apart are
    the same for a whole office, so that nothing but it is needed."""
    told = {name: inventory.load(name, as_of=as_of, office=office) for name in _FOR_AGES}
    day, policies = inventory.day(as_of), inventory.policies(as_of=as_of)
    believed = ageing.beliefs(as_of=day, policies=policies, **told)
    health = inventory.load("health", as_of=as_of, office=office)
    return Ages(told["devices"], told["components"], health, day, policies, believed)


def vietnamese() -> dict[str, Any]:
    """`analysis/data/columns_vi.yaml`, as `inventory.frames.columns.vietnamese` has its own."""
    return data_yaml("columns_vi.yaml")


def page(language: str = "en") -> str:
    """The frames' documentation as Markdown in "en" or "vi": `docs/analysis.md`, `docs/analysis.vi.md`; a test compares."""
    words = vietnamese() if language == "vi" else None
    head = words["page"] if words else _ENGLISH
    lines = [f"# {head['title']}", "", f"*{head['other']}*", "", head["introduction"].strip(), "", head["made_by"]]
    return "\n".join(lines + sections(FRAMES, ROWS, words)) + "\n"


_ENGLISH = {
    "title": "Frames of the analyses",
    "other": "[Tiếng Việt](analysis.vi.md)",
    "introduction": """
`kiemke show FRAME` gives these as it gives the inventory's own ([frames](frames.md), which also tells what `as_of`, `office` and
the types mean); in a notebook: `analysis.frames.load(inventory, FRAME, as_of=..., office=...)`.

They are made anew each time, from the whole inventory as of that day, and then cut to the office.
""",
    "made_by": "`python -m analysis.frames > docs/analysis.md` makes this page.",
}


if __name__ == "__main__":
    print(page(*sys.argv[1:]), end="")
