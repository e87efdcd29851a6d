"""How likely failures are and what they cost: `analysis/data/risk.yaml`, and what a workspace says instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import yaml

from analysis.tables import data_yaml
from inventory.problems import Problem

#: Whose work stops: the rules of `hazards.*.people`.
RULES = ("behind", "service", "self", "shared", "office", "device", "none")
#: The file in a workspace's folder `lifecycle/` whose values come before the shipped ones.
OWN_FILE = "risk.yaml"
#: What each number may be, ends included; whatever is not named here is a share.
_RANGES: Mapping[str, tuple[float, float]] = {
    "eta": (0.1, 200),
    "beta": (0.2, 10),
    "hours": (0, 2000),
    "times": (0.1, 100),
    "person_hour_vnd": (0, 1e8),
    "incidents_per_year": (0, 100),
    "incident_hours": (0, 2000),
    "emergency_premium": (0, 10),
    "low": (0.01, 1),
    "high": (1, 100),
    "eta_sd": (0.01, 10),
    "beta_sd": (0.01, 10),
    "failures": (1, 1000),
}
_TEXTS = ("source", "status", "people", "part")
_LISTS = ("kinds", "measured_by")


class RiskFileError(Problem):
    """What cannot be read in a workspace's own parameters."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "risk_file": "{file} cannot be read ({detail}); mend it, or take it away.",
        "risk_unknown": "{file}: there is no parameter “{name}”; write it as docs/risk.md names it.",
        "risk_value": "{file}: {name} is “{value}”; it must be a number from {low} to {high}.",
        "risk_word": "{file}: {name} is “{value}”; it must be one of {known}.",
    }


@dataclass(frozen=True, slots=True)
class Hazard:
    """How one kind of device, or part, fails, and whose work stops. `eta` in years; 0: of a part that fails as its share of its
    device does (`Parameters.of`). `share`: of a part, see `risk.yaml`."""

    eta: float
    beta: float
    hours: float
    people: str
    work: float
    source: str
    verified: bool
    share: float = 0.0

    def cumulative(self, age: np.ndarray | float) -> np.ndarray:
        """H: failures expected until these ages in years."""
        return (np.maximum(age, 0.0) / self.eta) ** self.beta

    @property
    def is_part(self) -> bool:
        return self.people == "device"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one kind of finding says of the hazard. `part`: of what, "device" for the device as a whole."""

    times: float
    found: float
    part: str
    kinds: frozenset[str]
    measured_by: frozenset[str]
    clears: bool
    source: str
    verified: bool

    @property
    def in_order(self) -> float:
        """The multiplier where it was looked for and not found, so that the average over all is 1."""
        return max((1 - self.found * self.times) / (1 - self.found), 0.0)


@dataclass(frozen=True, slots=True)
class Fitting:
    """How sure the shipped hazards are before anything is counted, and how many failures make a fit."""

    eta_sd: float
    beta_sd: float
    failures: int


@dataclass(frozen=True, slots=True)
class Parameters:
    """All of them. `parts`: names that findings have for parts -> names of their hazards. Money in dong."""

    hazards: Mapping[str, Hazard]
    evidence: Mapping[str, Evidence]
    parts: Mapping[str, str]
    fitting: Fitting
    cap_low: float
    cap_high: float
    repaired: float
    repair_price: float
    emergency_premium: float
    person_hour_vnd: float
    service_work: float
    incidents_per_year: float
    incident_hours: float

    def capped(self, multiplier: float) -> float:
        """A product of multipliers within what evidence may count for."""
        return min(max(multiplier, self.cap_low), self.cap_high)

    def effect(self, kind: str, part: str) -> tuple[float, float]:
        """By how much evidence of a kind multiplies the hazard of a part (or "device") where it is found, and where it was looked
        for and not found. Of a device whose part is not charged by itself, the part's share of the failures is multiplied."""
        evidence = self.evidence[kind]
        share = 1.0 if evidence.part == part else self.hazards[evidence.part].share
        return 1 + share * (evidence.times - 1), 1 + share * (evidence.in_order - 1)

    def of(self, name: str) -> Hazard | None:
        """The hazard of a kind of device, or of a part in one: "pc", "pc/disk", "switch/fan"; "switch/fan/2": of each of two that
        share the failures. None for what has none."""
        kind, _, rest = name.partition("/")
        part, _, count = rest.partition("/")
        device, own = self.hazards.get(kind), self.hazards.get(part)
        if device is None or not part or own is None:
            return device if not part and device is not None and device.eta else None
        work = own.work * device.work
        if own.eta:
            return replace(own, work=work)
        share = own.share / int(count or 1)  # (a / eta') ** beta is this share of (a / eta) ** beta
        return replace(own, eta=device.eta * share ** (-1 / device.beta), beta=device.beta, work=work)

    def part(self, name: str) -> str:
        """A finding's name of a part as `hazards` has it; "device" where it is no part that fails by itself, "" for what does
        not fail at all (a cable, toner)."""
        if name in ("device", ""):
            return "device"
        found = self.parts.get(name, name)
        return found if found in self.hazards and self.hazards[found].is_part else ""


_PLAIN = (
    *("repaired", "repair_price", "emergency_premium", "person_hour_vnd", "service_work"),
    *("incidents_per_year", "incident_hours"),
)


@cache
def shipped() -> Parameters:
    """Those of `analysis/data/risk.yaml`."""
    return _made(data_yaml("risk.yaml"))


def parameters(folder: Path | None = None) -> Parameters:
    """Those in force. `folder`: a workspace's `lifecycle/`, which need not exist, nor hold a file. Raises `RiskFileError`."""
    file = folder / OWN_FILE if folder is not None else None
    if file is None or not file.exists():
        return shipped()
    return _made(_over(data_yaml("risk.yaml"), own(file), str(file)))


def own(file: Path) -> dict[str, Any]:
    """What a workspace's file says; nothing where it does not exist. Raises `RiskFileError`."""
    if not file.exists():
        return {}
    try:
        told = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RiskFileError("risk_file", file=str(file), detail=_short(error)) from None
    if told is None:
        return {}
    if not isinstance(told, dict):
        raise RiskFileError("risk_file", file=str(file), detail=type(told).__name__)
    return told


def _short(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "strerror", None) or type(error).__name__
    return f"{what}, line {mark.line + 1}" if mark is not None else str(what)


def _over(below: dict[str, Any], told: dict[Any, Any], file: str, path: str = "") -> dict[str, Any]:
    """`below` with the values of `told` in their places. Raises `RiskFileError`."""
    found = dict(below)
    for key, value in told.items():
        name = f"{path}.{key}" if path else str(key)
        if key not in below and key not in _TEXTS and key not in ("eta", "beta"):
            raise RiskFileError("risk_unknown", file=file, name=name)
        before = below.get(key)
        if isinstance(before, dict):
            if not isinstance(value, dict):
                value = {"value": value} if "value" in before else None
            if value is None:
                raise RiskFileError("risk_unknown", file=file, name=name)
            found[str(key)] = _over(before, value, file, name)
        else:
            found[str(key)] = _checked(str(key), value, name, file)
    return found


def _checked(key: str, value: Any, name: str, file: str) -> Any:
    if key == "people":
        if value not in RULES:
            raise RiskFileError("risk_word", file=file, name=name, value=str(value), known=", ".join(RULES))
        return value
    if key in _LISTS or key == "clears":
        if not isinstance(value, bool if key == "clears" else list):
            known = "true, false" if key == "clears" else "[…, …]"
            raise RiskFileError("risk_word", file=file, name=name, value=str(value), known=known)
        return value
    if key in _TEXTS or name.startswith("parts."):
        return str(value)
    range_of = name.split(".")[0] if key == "value" else key
    low, high = _RANGES.get(range_of, (0.0, 0.99 if range_of == "found" else 1.0))
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not low <= value <= high:  # NaN is in no range
        raise RiskFileError("risk_value", file=file, name=name, value=str(value), low=f"{low:g}", high=f"{high:g}")
    return value


def _made(told: Mapping[str, Any]) -> Parameters:
    return Parameters(
        hazards={
            kind: Hazard(
                float(row.get("eta", 0.0)),
                float(row.get("beta", 1.0)),
                float(row["hours"]),
                str(row["people"]),
                float(row["work"]),
                str(row["source"]),
                row["status"] == "verified",
                float(row.get("share", 0.0)),
            )
            for kind, row in told["hazards"].items()
        },
        evidence={
            kind: Evidence(
                float(row["times"]),
                float(row["found"]),
                str(row["part"]),
                frozenset(row["kinds"]),
                frozenset(row["measured_by"]),
                bool(row.get("clears", True)),
                str(row["source"]),
                row["status"] == "verified",
            )
            for kind, row in told["evidence"].items()
        },
        parts=dict(told["parts"]),
        fitting=Fitting(float(told["fitting"]["eta_sd"]), float(told["fitting"]["beta_sd"]), int(told["fitting"]["failures"])),
        cap_low=float(told["cap"]["low"]),
        cap_high=float(told["cap"]["high"]),
        **{name: float(told[name]["value"]) for name in _PLAIN},
    )
