"""Which generation a processor is of, and when machines with it were sold: from what a machine tells and from what people write.

Windows tells CPUID's family and model in sysDescr ("Intel64 Family 6 Model 94 Stepping 3"), Linux the name; registers tell names
("Core i3-4150/4GB/500GB"). Of several generations that share a number, all are meant. Pure; the facts are in `processors.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from inventory import yaml_files
from inventory.folding import fold

_FILE = Path(__file__).with_name("processors.yaml")
_CPUID = re.compile(r"\b(intel|amd|x86|em64t|ia)\w* family (\d+) model (\d+)")
_INTEL_FAMILY = 6


@dataclass(frozen=True, slots=True)
class Generation:
    """Processors of one design, and the years in which new machines with them were bought, first and last."""

    name: str
    family: int
    models: frozenset[int]  # of CPUID; empty: every model of the family
    names: re.Pattern[str]
    sold: tuple[int, int]


@cache
def generations() -> tuple[Generation, ...]:
    """All that `processors.yaml` has."""
    told = _facts()
    return tuple(_generation(row) for house in ("intel", "amd") for row in told[house])


@cache
def _facts() -> Mapping[str, Any]:
    told: dict[str, Any] = yaml_files.read(_FILE)
    return told


def _generation(row: Mapping[str, Any]) -> Generation:
    first, last = row["sold"]
    names = re.compile(rf"(?<![a-z\d])(?:{'|'.join(row['names'])})(?![a-z\d])")
    return Generation(row["name"], row.get("family", _INTEL_FAMILY), frozenset(row.get("cpuid", ())), names, (first, last))


@lru_cache(maxsize=1 << 13)
def of_text(text: str) -> frozenset[Generation]:
    """The generations that a text can mean; empty where it names no processor that is known.

    >>> sorted(g.name for g in of_text("Hardware: Intel64 Family 6 Model 158 Stepping 10 AT/AT COMPATIBLE"))
    ['coffee lake', 'kaby lake']
    >>> [g.name for g in of_text("Intel(R) Core(TM) i3-4150 CPU @ 3.50GHz")], of_text("Máy tính Dell OptiPlex 3050")
    (['haswell'], frozenset())
    """
    plain = fold(text)
    if cpuid := _CPUID.search(plain):
        family, model = int(cpuid[2]), int(cpuid[3])
        return frozenset(g for g in generations() if g.family == family and (model in g.models or not g.models))
    plain = re.sub(r"\b(core|intel|tm|r|cpu|processor|gold|silver)\b", " ", plain) if "core 2" not in plain else plain
    plain = " ".join(plain.split())
    return frozenset(generation for generation in generations() if generation.names.search(plain))


@lru_cache(maxsize=1 << 13)
def mobile(text: str) -> bool | None:
    """Whether a processor is one for laptops, by its number or by the letter behind its name; None where nothing tells.

    >>> mobile("Intel64 Family 6 Model 78 Stepping 3"), mobile("Core i3-7100 CPU"), mobile("i5-8250U"), mobile("Core i5")
    (True, False, True, None)
    """
    plain = fold(text)
    if (cpuid := _CPUID.search(plain)) and int(cpuid[2]) == _INTEL_FAMILY:
        return int(cpuid[3]) in _facts()["mobile"]
    if name := re.search(r"\bi[3579] (?:\d{3,5}(?P<letters>[a-z]{0,2})|\d{4}g\d)\b", plain):
        letters = name["letters"]
        return letters is None or letters[:1] in ("u", "h", "y", "m", "p")
    return None


def sold(those: frozenset[Generation]) -> tuple[int, int] | None:
    """First and last year in which machines with such a processor were bought; None for no generation."""
    return (min(g.sold[0] for g in those), max(g.sold[1] for g in those)) if those else None
