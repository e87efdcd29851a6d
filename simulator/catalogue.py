"""The families' YAML as records: what a model looks like on the wire, and how its serial number is written."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from simulator import yaml_files
from simulator.agent import Oid
from simulator.plan import Box, mac_bytes

FAMILIES = Path(__file__).parent / "families"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_ALNUM = "0123456789" + _LETTERS
#: Huawei writes year and month of manufacture as one character each: 2010 = A, no I and no O, 2023 = P; months 1-9, A-C.
_HUAWEI_YEARS = {2000 + n: str(n) for n in range(1, 10)} | {2010 + n: c for n, c in enumerate("ABCDEFGHJKLMNPQRSTUVWXY")}
_HUAWEI_MONTHS = "0123456789ABC"
#: Brother writes the month as a letter, A-M without I.
_BROTHER_MONTHS = "-ABCDEFGHJKLM"


def oid(text: str) -> Oid:
    """An OID; a leading dot stands for 1.3.6.1.4.1 (enterprises)."""
    numbers = tuple(int(part) for part in text.strip(".").split("."))
    return (1, 3, 6, 1, 4, 1, *numbers) if text.startswith(".") else numbers


@dataclass(frozen=True, slots=True)
class Port:
    """One physical interface of a model. `number` is the bridge port, from 1."""

    number: int
    index: int  # ifIndex
    name: str  # ifDescr
    short: str  # ifName: the name that cables use
    speed_mbps: int
    type: int
    segment: str  # lan | wan
    uplink: bool
    hidden: bool  # behind a built-in switch without an interface of its own
    addressed: bool  # carries the management address itself


class Model:
    """One model of one family; the model's own fields stand before the family's."""

    def __init__(self, family: Mapping[str, Any], name: str, own: Mapping[str, Any]) -> None:
        self.fields: dict[str, Any] = {**family, **own}
        self.fields.pop("models", None)
        self.family: str = family["id"]
        self.name = name
        self.vendor: str = self.fields["vendor"]
        self.kind: str = self.fields["kind"]
        self.made: tuple[int, int] = (self.fields["made"][0], self.fields["made"][1])
        self.versions: tuple[str, ...] = tuple(v.format(**self._texts()) for v in self.fields["versions"])
        self.mibs: frozenset[str] = frozenset(self.fields["mibs"])
        self.platform: str | None = self.fields.get("platform")
        self.object_id = oid(self.fields["oid"])
        self.aliases: tuple[str, ...] = tuple(self.fields.get("aliases", ()))
        self.brands: tuple[str, ...] = tuple(self.fields.get("brands", ()))
        self.snmp_versions: frozenset[str] = frozenset(self.fields.get("snmp_versions", ("1", "2c", "3")))

    def _texts(self) -> dict[str, Any]:
        return {k: v for k, v in self.fields.items() if isinstance(v, str | int)}

    def __repr__(self) -> str:
        return f"Model({self.family}, {self.name})"

    @cached_property
    def ports(self) -> tuple[Port, ...]:
        found: list[Port] = []
        for group in self.fields["ports"]:
            first = group.get("start", 1)
            for n in range(first, first + group["count"]):
                texts = {**self._texts(), "model": self.name, "n": n}
                found.append(
                    Port(
                        number=len(found) + 1,
                        index=group["index"] + n,
                        name=group["name"].format(**texts),
                        short=group["short"].format(**texts),
                        speed_mbps=group["speed"],
                        type=group.get("type", 6),
                        segment=group.get("segment", "lan"),
                        uplink=group.get("uplink", False),
                        hidden=group.get("hidden", False),
                        addressed=group.get("addressed", False),
                    )
                )
        return tuple(found)

    @cached_property
    def port_by_name(self) -> dict[str, Port]:
        return {port.short: port for port in self.ports}

    @property
    def bridges(self) -> bool:
        """It forwards between its LAN ports (and may keep a forwarding table that nobody can read)."""
        inside = sum(port.segment == "lan" for port in self.ports)
        return self.kind in {"switch", "wireless"} or (self.kind == "router" and inside > 1)

    @property
    def told(self) -> Mapping[str, Any]:
        """Per field: false when this family never tells it, "ssh" when only a login reveals it."""
        told: Mapping[str, Any] = self.fields.get("told", {})
        return told

    def versions_alike(self, version: str) -> tuple[str, ...]:
        """The release, and shorter ways to write it that are right too."""
        matches = [re.search(pattern, version) for pattern in self.fields.get("version_aliases", ())]
        return tuple(dict.fromkeys([version, *(match[1] for match in matches if match)]))

    def serial(self, built: dt.date, mac: int, dice: random.Random) -> str:
        """A serial number as this make writes it, for a box of that date."""
        week = built.isocalendar().week
        texts = self._texts() | {
            "yy": built.year % 100, "y": built.year % 10, "ww": week, "month": built.month, "day": built.day,
            "cisco_yy": built.year - 1996, "huawei_y": _HUAWEI_YEARS.get(built.year, "1"),
            "huawei_m": _HUAWEI_MONTHS[built.month], "brother_m": _BROTHER_MONTHS[built.month], "hex_m": f"{built.month:X}",
            "MAC12": mac_bytes(mac).hex().upper(),
        }  # fmt: skip
        parts = _Random(dice, texts)
        return str(self.fields["serial"]).format_map(parts)

    def version_at(self, built: dt.date, dice: random.Random) -> str:
        """The release that a box of that date carries: newer boxes newer ones, with some that nobody upgraded."""
        first, last = self.made
        position = (built.year - first) / max(1, last - first)
        step = round(position * (len(self.versions) - 1) + dice.choice((-0.6, 0, 0, 0.4, 0.8)))
        return self.versions[max(0, min(len(self.versions) - 1, step))]


class _Random(dict[str, Any]):
    """Fields for a serial's pattern: d5 = five digits, a4 = four letters or digits, hex8, letter."""

    def __init__(self, dice: random.Random, texts: Mapping[str, Any]) -> None:
        super().__init__(texts)
        self.dice = dice

    def __missing__(self, key: str) -> str:
        if key == "letter":
            return self.dice.choice(_LETTERS)
        match = re.fullmatch(r"(d|a|hex)(\d+)x?", key)
        if match is None:
            raise KeyError(key)
        alphabet = {"d": "0123456789", "a": _ALNUM, "hex": "0123456789ABCDEF"}[match[1]]
        return "".join(self.dice.choice(alphabet) for _ in range(int(match[2])))


def context(box: Box, model: Model, version: str, name: str, address: str) -> dict[str, Any]:
    """What a family's texts may refer to."""
    told = box.serial if box.junk_serial is None else box.junk_serial
    mac = mac_bytes(box.mac)
    number, _, release = version.partition(" ")
    kernel = ""
    for key, text in (model.fields.get("kernels") or {}).items():
        if f" {key}" in version:
            kernel = text
    nt, _, build = version.rpartition(".")
    dice = random.Random(box.mac)
    texts: dict[str, Any] = model._texts()
    texts |= {
        "model": model.name, "version": version, "version_number": number, "version_release": release, "kernel": kernel,
        "nt": nt, "build": build,
        "serial": box.serial, "told_serial": told, "name": name, "address": address, "built": box.built, "mac": mac.hex(":"),
        "MAC12": mac.hex().upper(), "yy": box.built.year % 100, "ww": box.built.isocalendar().week,
        "hex7": f"{dice.randrange(16**7):07X}", "d5x": f"{dice.randrange(10**5):05d}",
    }  # fmt: skip
    return texts


class Catalogue:
    """All families, by model name (names are unique)."""

    def __init__(self, families: list[Mapping[str, Any]]) -> None:
        self.models: dict[str, Model] = {}
        self.families: dict[str, Mapping[str, Any]] = {}
        for family in families:
            self.families[family["id"]] = family
            for name, own in family["models"].items():
                if name in self.models:
                    raise ValueError(f"model {name} stands in two families: {self.models[name].family} and {family['id']}")
                self.models[name] = Model(family, name, own)

    def __getitem__(self, name: str) -> Model:
        return self.models[name]

    def of_kind(self, kind: str) -> list[Model]:
        return [m for m in self.models.values() if m.kind == kind]


@cache
def catalogue() -> Catalogue:
    """The catalogue of the families that come with the simulator."""
    families: list[Mapping[str, Any]] = []
    for path in sorted(FAMILIES.glob("*.yaml")):
        families.extend(yaml_files.read(path))
    return Catalogue(families)
