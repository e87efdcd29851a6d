"""Who misbehaves, and how: chosen by the seed from the counts in the district's YAML."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from simulator.agent import SnmpFault, SshFault
from simulator.catalogue import Catalogue, oid
from simulator.chance import number
from simulator.plan import Device, Plan, Silence

#: TCVN 6909 letters in TCVN3 (ABC), the one-byte code of the nineties that old gear is still typed in.
_TCVN3 = dict(
    zip(
        "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđ",
        bytes.fromhex(
            "b5b6b7b8b9a8bbbcbdbec6a9c7c8c9cacbcccecfd0d1aad2d3d4d5d6d7d8dcdddedfe1e2e3e4abe5e6e7e8e9aceaebecedeeeff1f2f3f4adf5f6f7f8f9fafbfcfdfeae"
        ),
        strict=True,
    )
)


def tcvn3(text: str) -> bytes:
    """Text in TCVN3; capitals with marks become small, as in that code's common fonts."""
    return bytes(_TCVN3.get(c.lower(), ord(c) & 0x7F) for c in text)


def cp1258(text: str) -> bytes:
    """Text in Windows-1258, which writes tone marks as combining letters."""
    out = bytearray()
    for letter in text:
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            spread = unicodedata.normalize("NFD", letter)
            base, marks = spread[0], spread[1:]
            # Windows-1258 has the vowels with circumflex, breve and horn, and the five tones as combining marks.
            tones = [m for m in marks if m in "\u0300\u0301\u0303\u0309\u0323"]
            vowel = unicodedata.normalize("NFC", base + "".join(m for m in marks if m not in tones))
            out += vowel.encode("cp1258") + "".join(tones).encode("cp1258")
    return bytes(out)


def is_spine(device: Device) -> bool:
    """The spine of the network behaves, so that one fault does not hide a whole office."""
    return device.id.endswith(("/wan1", "/wansw1", "/core1", "/core2", "/fw1"))


def afflict(plan: Plan, catalogue: Catalogue, faults: Sequence[Mapping[str, Any]], seed: int) -> None:
    """Gives each fault to its number of devices; no device gets two, so that each can be told apart."""
    taken: set[str] = set()
    for place, fault in enumerate(faults):
        fitting = [d for d in plan.devices.values() if d.id not in taken and not is_spine(d) and _fits(d, catalogue, fault)]
        fitting.sort(key=lambda d: number(seed, "fault", place, d.id))
        for device in fitting[: fault["count"]]:
            taken.add(device.id)
            plan.devices[device.id] = _with(device, fault, place, seed)


def _fits(device: Device, catalogue: Catalogue, fault: Mapping[str, Any]) -> bool:
    model = catalogue[device.box.model]
    access = device.access
    if "families" in fault and model.family not in fault["families"]:
        return False
    if "kinds" in fault and model.kind not in fault["kinds"]:
        return False
    if "snmp" in fault or "community" in fault or "half" in fault:
        return bool(access.versions) and access.community is not None
    if "ssh" in fault:
        return access.login is not None
    return bool(access.versions)


def _with(device: Device, fault: Mapping[str, Any], place: int, seed: int) -> Device:
    access = device.access
    if "snmp" in fault:
        settings = dict(fault["snmp"])
        settings = {key: oid(value) if isinstance(value, str) else value for key, value in settings.items()}
        access = replace(access, snmp_fault=SnmpFault(**settings))
    if "ssh" in fault:
        access = replace(access, ssh_fault=SshFault(**fault["ssh"]))
    if "community" in fault:
        access = replace(access, community=fault["community"])
    if "half" in fault:
        access = replace(access, half=fault["half"])
    device = replace(device, access=access)
    if "location" in fault:
        text = device.location.decode()
        device = replace(device, location=tcvn3(text) if fault["location"] == "tcvn3" else cp1258(text))
    if "junk_serial" in fault:
        junk = fault["junk_serial"][number(seed, "junk", place, device.id) % len(fault["junk_serial"])]
        device = replace(device, box=replace(device.box, junk_serial=junk))
    return device


def silenced(plan: Plan, catalogue: Catalogue, silence: Silence) -> None:
    """Lets the plan tell no more than that: which switches are mute is drawn by the seed."""
    switches = [place for place, device in plan.devices.items() if catalogue[device.box.model].kind == "switch"]
    switches.sort(key=lambda place: number(silence.seed, "mute", place))
    plan.mute = frozenset(switches[: round(len(switches) * silence.mute)])
    plan.silence = silence
