"""No rule knows one device: what a recorded device would say if it were another model, release or copy is read as well.

Every digit of a model, serial number or version is made another one, wherever the device says it; the same rule must find it. A
few rules are about the digits (a maker's prefix of all its serial numbers, a name with a number in it), and stop here.
"""

import re

from collectors.interview import interview
from collectors.replay import Recording, ask, read
from inventory.facts import Identity
from tests.collectors.recorded import PROFILES, TARGET, required, unpacked

OTHER = str.maketrans("0123456789", "2345678913")
FIELDS = ("model", "serial", "os_version")
SURVIVE = 0.985


def identity(said: dict) -> Identity | None:
    return ask(Recording(said.items()), interview(TARGET, 0, PROFILES)).identity


def octets(tag: bytes, said: bytes) -> bytes | None:
    try:
        return bytes.fromhex(said.decode("ascii")) if tag.endswith(b"x") else said
    except ValueError:
        return None


def as_another(said: dict, value: str) -> dict:
    """The same device with other digits in a value, wherever it says it."""
    old, new = value.encode(), value.translate(OTHER).encode()
    changed = {}
    for oid, (tag, text) in said.items():
        raw = octets(tag, text) if tag.rstrip(b"xe") == b"4" else None
        changed[oid] = (b"4x", raw.replace(old, new).hex().encode()) if raw and old in raw else (tag, text)
    return changed


def test_another_model_release_or_serial_is_read_by_the_same_rules(tmp_path):
    folder = required()
    tried, lost = 0, []
    for path in unpacked(folder, tmp_path):
        said = dict(read(path).said)
        who = identity(said)
        for field in FIELDS:
            told = getattr(who, field, None)
            if told is None or not re.search(r"\d", told.value):
                continue
            changed = as_another(said, told.value)
            if changed == said:
                continue  # a map's word for a number, or put together
            tried += 1
            now = getattr(identity(changed), field)
            if now is None or now.value != told.value.translate(OTHER):
                lost.append((who.profile, path.stem, field, told.value, now and now.value))
    assert tried > 1_400
    assert len(lost) <= (1 - SURVIVE) * tried, lost
