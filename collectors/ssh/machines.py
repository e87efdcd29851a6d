"""What firmware says about a PC or a server, made comparable: brands, names, kinds. Shared by Linux and Windows."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from collectors.ssh.answers import evidence
from inventory import yaml_files
from inventory.facts import Evidence
from inventory.junk import is_junk, is_junk_serial, is_junk_uuid


@cache
def _makers() -> dict[str, Any]:
    made: dict[str, Any] = yaml_files.read(Path(__file__).parent / "makers.yaml")
    return made


def brand(said: str | None) -> str | None:
    """The brand behind a maker's name, the name itself where it is not listed, None where it says nothing."""
    text = " ".join((said or "").split())
    if is_junk(text):
        return None
    for pattern, name in _makers()["brands"]:
        if re.match(pattern, text, re.IGNORECASE):
            return str(name)
    return text


def model(vendor: str | None, product: str | None, version: str | None) -> str | None:
    """The model by the name that people know it by."""
    if vendor in _makers()["name_in_version"] and not is_junk(version) and re.search("[A-Za-z]{3}", version or ""):
        return version
    return None if is_junk(product) else re.sub(r" -\[\w+\]-$", "", product or "")  # IBM and Lenovo append the order number


def kind(vendor: str | None, product: str | None, chassis_type: int | None, source: str) -> Evidence | None:
    """pc or server. A virtual machine is a server with little certainty."""
    if vendor in _makers()["virtual"]:
        return evidence("server", source, 0.6, f"{vendor}")
    if re.search(_makers()["servers"], product or "", re.IGNORECASE):
        return evidence("server", source, 0.95, product)
    for name, types in _makers()["chassis"].items():
        if chassis_type in types:
            return evidence(name, source, 0.9, str(chassis_type))
    return None


def uuid(said: str | None) -> str | None:
    """The machine identifier of SMBIOS (DSP0134, 7.2.1) in lower case, None for what boards without one tell.

    Firmware before SMBIOS 2.6 leaves the order of its first three fields open, so one machine may be told in two ways.
    """
    text = (said or "").strip().lower()
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
        return None
    return None if is_junk_uuid(text) else text


def asset_tag(said: str | None, serial: Evidence | None) -> str | None:
    """The asset code that the owner wrote into the firmware; makers leave other things in its place, the serial number too."""
    text = " ".join((said or "").split())
    return None if is_junk_serial(text) or (serial and text == serial.value) else text


def is_virtual(vendor: str | None) -> bool:
    return vendor in _makers()["virtual"]
