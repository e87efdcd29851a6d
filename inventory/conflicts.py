"""What contradicts a device's identity, as rows that a person sees. Pure.

Kinds: `same_serial` (value: the serial; another device that answers at the same time has it too), `protocols_differ` (SNMP
and SSH at one address disagree on value: serial or macs), `changed` (it was recognised although its value: serial or macs is
another than before: a part was swapped, or it is not the same box), `host_key_changed` (value: the address).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from inventory.facts import Observation, Outcome
from inventory.fusing import Rows
from inventory.identity import Assignment, Box, Shared


def conflicts(
    boxes: Sequence[Box], device_of_box: Sequence[int], assignment: Assignment, shared: Shared, answers: Sequence[Observation]
) -> dict[int, Rows]:
    """device -> key -> (kind, value, other device), for every device that answered; an empty dict says that all is well."""
    rows: dict[int, Rows] = {device: {} for device in device_of_box}
    carriers: dict[str, list[int]] = defaultdict(list)
    for position, (box, device) in enumerate(zip(boxes, device_of_box, strict=True)):
        for serial in box.traits.serials & shared.serials:
            carriers[serial].append(device)
        for what in box.clashes:
            value = f"{what} {','.join(sorted(box.traits.serials))}" if what == "serial" else what
            rows[device][f"protocols_differ|{what}"] = ("protocols_differ", value, None)
        why = assignment.why.get(position)
        for what in why.denies if why else ():
            if what in ("serial", "macs"):
                rows[device][f"changed|{what}"] = ("changed", what, None)
        for i in box.members:
            if answers[i].outcome is Outcome.HOST_KEY_CHANGED:
                rows[device][f"host_key_changed|{answers[i].address}"] = ("host_key_changed", answers[i].address, None)
    for serial, holders in carriers.items():
        for device in holders:
            for other in holders:
                if other != device:
                    rows[device][f"same_serial|{serial}|{other}"] = ("same_serial", serial, other)
    return rows
