"""The frames' columns in one place: name, dtype, unit, meaning. Documentation is made from this, loaders are checked against it.

dtypes: "string" (pandas string, missing = NA), "Int64", "Float64", "boolean" (all nullable), "time" (datetime64[s, UTC]),
"date" (datetime64[s], midnight, no zone).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    dtype: str
    meaning: str
    unit: str = ""


def _frame(*rows: tuple[str, str, str] | tuple[str, str, str, str]) -> tuple[Column, ...]:
    return tuple(Column(*row) for row in rows)


FRAMES: dict[str, tuple[Column, ...]] = {
    "devices": _frame(
        ("device", "string", "our stable id, e.g. D00042"),
        ("office", "string", "code of the office whose network it was last confirmed in"),
        ("kind", "string", "switch, router, printer, ... (inventory.facts.KINDS)"),
        ("vendor", "string", "brand"),
        ("model", "string", "model"),
        ("serial", "string", "chassis serial; blank when the device gives junk"),
        ("os_version", "string", "firmware or operating system release"),
        ("sys_name", "string", "the name that the device gives itself"),
        ("address", "string", "the address it was last confirmed at"),
        ("first_seen", "time", "first scan that saw it"),
        ("last_confirmed", "time", "last scan in which it answered"),
        ("state", "string", "answering (in the last scan that asked), silent (asked, no answer), not_asked (by the last scan)"),
        ("mac", "string", "chassis or first interface address"),
        ("manufactured", "date", "where the device itself tells it"),
        ("installed", "date", "operating system's installation"),
        ("uptime_s", "Int64", "at last_confirmed", "seconds"),
        ("sys_object_id", "string", "SNMP sysObjectID"),
        ("sys_descr", "string", "SNMP sysDescr"),
        ("sys_location", "string", "SNMP sysLocation"),
        ("profile", "string", "vendor profile that identified it"),
        ("protocols", "string", "snmp, ssh or both, comma-separated"),
        ("vendor_source", "string", "where the value came from"),
        ("model_source", "string", "where the value came from"),
        ("serial_source", "string", "where the value came from"),
        ("os_version_source", "string", "where the value came from"),
        ("confidence", "Float64", "lowest confidence among vendor, model, serial where present", "0..1"),
        ("conflict", "string", "what contradicts its identity, for people; blank = none"),
    ),
    "interfaces": _frame(
        ("device", "string", "device"),
        ("office", "string", "office of the device"),
        ("if_index", "Int64", "ifIndex"),
        ("name", "string", "ifName, else ifDescr"),
        ("description", "string", "ifDescr"),
        ("alias", "string", "ifAlias"),
        ("type", "Int64", "IANAifType"),
        ("mac", "string", "physical address"),
        ("mtu", "Int64", "MTU", "bytes"),
        ("speed_bps", "Int64", "speed", "bit/s"),
        ("admin_up", "boolean", "switched on by its administrator"),
        ("oper_up", "boolean", "has a link"),
        ("pvid", "Int64", "untagged VLAN"),
        ("in_octets", "Int64", "difference to the previous scan; NA after a reset", "bytes"),
        ("out_octets", "Int64", "difference to the previous scan", "bytes"),
        ("in_errors", "Int64", "difference to the previous scan", "packets"),
        ("out_errors", "Int64", "difference to the previous scan", "packets"),
        ("in_discards", "Int64", "difference to the previous scan", "packets"),
        ("out_discards", "Int64", "difference to the previous scan", "packets"),
        ("counted_s", "Int64", "time between the two readings", "seconds"),
    ),
    "links": _frame(
        ("a_device", "string", "the device that tells of the neighbour"),
        ("a_office", "string", "its office"),
        ("a_port", "string", "its port"),
        ("b_device", "string", "the neighbour, where the inventory knows it"),
        ("b_name", "string", "the neighbour's name as told"),
        ("b_port", "string", "the neighbour's port as told (b_device's own name of it where known)"),
        ("b_address", "string", "the neighbour's address as told"),
        ("protocol", "string", "lldp or cdp"),
        ("both_sides", "boolean", "the neighbour tells the same from its side"),
        ("first_seen", "time", "first scan that saw it"),
        ("last_confirmed", "time", "last scan that saw it"),
    ),
    "endpoints": _frame(
        ("mac", "string", "station address"),
        ("office", "string", "office of the switch or router that saw it"),
        ("address", "string", "IP address from an ARP table"),
        ("vendor", "string", "from the OUI registry"),
        ("mac_class", "string", "global, local (randomised or virtual), multicast, vrrp"),
        ("device", "string", "the inventory's device with this address, if it is one"),
        ("switch", "string", "device whose port is nearest (fewest stations behind the port)"),
        ("port", "string", "that port"),
        ("vlan", "Int64", "VLAN"),
        ("first_seen", "time", "first scan that saw it"),
        ("last_seen", "time", "last scan that saw it"),
    ),
    "addresses": _frame(
        ("address", "string", "IP address"),
        ("office", "string", "office: addresses are unique per office only"),
        ("device", "string", "device that answered there or owns it"),
        ("prefix_length", "Int64", "mask"),
        ("if_index", "Int64", "interface"),
        ("origin", "string", "answered (we asked there) or told (the device says so)"),
        ("first_seen", "time", "first scan that saw it"),
        ("last_confirmed", "time", "last scan that saw it"),
    ),
    "components": _frame(
        ("device", "string", "device"),
        ("office", "string", "office of the device"),
        ("index", "string", "the device's own index"),
        ("kind", "string", "chassis stack module psu fan ... (inventory.facts.Component)"),
        ("name", "string", "name"),
        ("description", "string", "description"),
        ("vendor", "string", "vendor"),
        ("model", "string", "model"),
        ("serial", "string", "serial"),
        ("hardware_rev", "string", "hardware revision"),
        ("firmware_rev", "string", "firmware revision"),
        ("software_rev", "string", "software revision"),
        ("parent", "string", "index of the containing component"),
        ("manufactured", "date", "where the device tells it"),
        ("size_bytes", "Int64", "disks and memory", "bytes"),
        ("first_seen", "time", "first scan that saw it"),
        ("last_confirmed", "time", "last scan that saw it"),
    ),
    "health": _frame(
        ("device", "string", "device"),
        ("office", "string", "office of the device"),
        ("metric", "string", "inventory.facts.METRICS"),
        ("item", "string", "which of several"),
        ("value", "Float64", "number, in unit"),
        ("text", "string", "state"),
        ("unit", "string", "unit of the metric"),
        ("read_at", "time", "when it was read"),
    ),
    "offices": _frame(
        ("office", "string", "code"),
        ("name_vi", "string", "name in Vietnamese"),
        ("name_en", "string", "name in English"),
        ("parent", "string", "code of the office above"),
        ("staff", "Int64", "officials working there", "persons"),
        ("valid_from", "date", "first day"),
        ("valid_to", "date", "last day; NA = still stands"),
        ("successor", "string", "office that took over"),
        ("networks", "string", "CIDRs, comma-separated"),
        ("devices", "Int64", "devices known there as of the date"),
    ),
    "scans": _frame(
        ("scan", "string", "id"),
        ("started_at", "time", "start"),
        ("finished_at", "time", "end; NA = was interrupted"),
        ("offices", "string", "office codes asked, comma-separated"),
        ("targets", "Int64", "addresses asked"),
        ("answered", "Int64", "observations with an answer"),
        ("failed", "Int64", "observations that are there but could not be read"),
        ("devices", "Int64", "devices confirmed"),
        ("outcomes", "string", "outcome=count, comma-separated"),
    ),
    "changes": _frame(
        ("scan", "string", "scan that saw it"),
        ("at", "time", "time of that scan"),
        ("office", "string", "office"),
        ("subject", "string", "device, interface, component, link, endpoint"),
        ("device", "string", "device concerned"),
        ("item", "string", "port, component, or station address; blank for a device"),
        ("change", "string", "appeared, unseen, returned, changed, moved (office), readdressed, gone"),
        ("field", "string", "field that changed"),
        ("before", "string", "value before"),
        ("after", "string", "value after"),
    ),
}


def page() -> str:
    """The frames' documentation as Markdown: `docs/frames.md` is this, and a test compares."""
    lines = [
        "# Frames",
        "",
        "`kiemke show FRAME`, or `Inventory(workspace).FRAME(as_of=..., office=...)` in a notebook. An office stands for itself,",
        "what is below it, and what was merged into it. Missing values are NA in every column.",
        "",
        "`python -m inventory.frames.columns > docs/frames.md` makes this page.",
    ]
    for name, columns in FRAMES.items():
        lines += ["", f"## {name}", "", "| column | type | unit | meaning |", "|---|---|---|---|"]
        lines += [f"| {column.name} | {column.dtype} | {column.unit} | {column.meaning} |" for column in columns]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
