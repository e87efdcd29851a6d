"""The second demonstration shows what the simulated district changed in between, and nothing else."""

from __future__ import annotations


def key(subject, address, item, change, field):
    return subject, address or "", item or "", change, field or ""


def test_changes_are_the_districts_changes(demo):
    truth = demo.district.changes(*demo.days)
    wanted = {key(row["subject"], row["address"], row.get("item"), row["change"], row.get("field")) for row in truth}
    devices = demo.inventory.devices().set_index("device")["address"]
    seen = {
        key(
            row.subject,
            devices.get(row.device),
            row.item if isinstance(row.item, str) else "",
            row.change,
            row.field if isinstance(row.field, str) else "",
        )
        for row in demo.changes().itertuples()
    }
    assert {"missed": sorted(wanted - seen), "invented": sorted(seen - wanted)} == {"missed": [], "invented": []}
    assert wanted
