"""Columns of the frames that connectivity makes: `behind`, `cables`, `offices`, `redundancy`, and the answers to what-if."""

from __future__ import annotations

from inventory.frames.columns import Column

BEHIND = (
    Column("device", "string", "device"),
    Column("office", "string", "its office"),
    Column("kind", "string", "kind of device"),
    Column("address", "string", "address"),
    Column("sys_name", "string", "name that the device gives itself"),
    Column("uplink", "boolean", "the office's way out, as far as is known"),
    Column("reachable", "boolean", "a path from the office's uplink to it is known"),
    Column("devices_behind", "Int64", "other devices that lose every path when it fails"),
    Column("machines_behind", "Int64", "machines that lose every path when it fails"),
    Column("share", "Float64", "of the office's machines", "0..1"),
    Column("offices_cut", "Int64", "offices with people that are cut off"),
    Column("people", "Int64", "staff of each office times the share of its machines that is cut off", "persons"),
    Column("services", "string", "codes of the shared services that somebody loses with it, comma-separated; NA = none"),
    Column("service_people", "Int64", "staff who lose a shared service with it, besides those who are cut off", "persons"),
    Column("single_point", "boolean", "something else is cut off with it"),
)

CABLES = (
    Column("a_device", "string", "device at one end"),
    Column("a_office", "string", "its office"),
    Column("a_port", "string", "its port; NA = not known"),
    Column("b_device", "string", "device at the other end; NA = it is not in the inventory, or an unmanaged switch"),
    Column("b_office", "string", "its office"),
    Column("b_port", "string", "its port; NA = not known"),
    Column("b_name", "string", "name of the other end as told"),
    Column("origin", "string", "told or inferred"),
    Column("cables", "Int64", "of an aggregate: its cables; else 1"),
    Column("above", "string", "node of the network nearer to the outside, as far as one is: the other one is below"),
    Column("below", "string", "the other node"),
    Column("bridge", "boolean", "the only cable between the two sides: no other path, no second cable beside it"),
    Column("devices_behind", "Int64", "devices that lose every path when it is cut"),
    Column("machines_behind", "Int64", "machines that lose every path when it is cut"),
    Column("offices_cut", "Int64", "offices with people that are cut off"),
    Column("people", "Int64", "staff of each office times the share of its machines that is cut off", "persons"),
    Column("services", "string", "codes of the shared services that somebody loses with it, comma-separated; NA = none"),
    Column("single_point", "boolean", "more than one machine, or a device that forwards, is cut off with it"),
)

OFFICES = (
    Column("office", "string", "code"),
    Column("staff", "Int64", "officials", "persons"),
    Column("devices", "Int64", "devices known"),
    Column("answering", "Int64", "devices that answered in the last scan that asked"),
    Column("silent", "Int64", "devices asked, without an answer"),
    Column("switches", "Int64", "managed switches"),
    Column("ports", "Int64", "Ethernet ports of managed switches"),
    Column("ports_used", "Int64", "of them with a link"),
    Column("ports_free", "Int64", "of them without a link"),
    Column("unmanaged", "Int64", "unmanaged switches suspected"),
    Column("uplink", "string", "device that is the way out, as far as is known"),
    Column("machines", "Int64", "machines seen"),
    Column("placed", "Int64", "of them at a known port"),
    Column("visible", "Float64", "share of machines at a known port; NA = none seen", "0..1"),
    Column("unplaced", "Int64", "devices without a known path to the uplink"),
    Column("single_points", "Int64", "devices that cut off others"),
    Column("single_cables", "Int64", "cables that cut off a device that forwards, or several machines"),
    Column("people_at_one", "Int64", "most people that one device other than the uplink cuts off", "persons"),
    Column("links_told", "Int64", "cables that devices tell"),
    Column("links_inferred", "Int64", "cables implied by forwarding tables"),
    Column("slow_links", "Int64", "cables between network devices at 100 Mbit/s or less"),
)

REDUNDANCY = (
    Column("office", "string", "code"),
    Column("ways", "Int64", "paths to the outside that share no device, as many as can be at once; 4 = four or more"),
    Column("cable_ways", "Int64", "paths to the outside that share no cable, as many as can be at once; 4 = four or more"),
    Column("devices", "string", "devices that each cut off the whole office, the outermost first, comma-separated"),
    Column("cables", "string", "cables that each cut off the whole office: `device port`, the outermost first, `;` between"),
    Column("people", "Int64", "officials who then are cut off", "persons"),
)

CUT_OFFICES = (
    Column("office", "string", "code"),
    Column("staff", "Int64", "officials", "persons"),
    Column("machines", "Int64", "machines before"),
    Column("machines_cut", "Int64", "of them cut off"),
    Column("devices_cut", "Int64", "devices of the office that are cut off, without those taken away"),
    Column("people_cut", "Int64", "staff times the share of machines that is cut off", "persons"),
    Column(
        "share", "Float64", "of the machines that is cut off; of an office without known machines 1 when its way out is", "0..1"
    ),
    Column("services_before", "string", "codes of the shared services that the office works with and can reach, comma-separated"),
    Column("services_after", "string", "those that everybody in the office can still reach"),
    Column("services_lost", "string", "those that somebody in the office can no longer reach"),
)

CUT_DEVICES = (
    Column("device", "string", "device"),
    Column("office", "string", "its office"),
    Column("kind", "string", "kind of device"),
    Column("sys_name", "string", "name that the device gives itself"),
    Column("address", "string", "address"),
    Column("machines", "Int64", "machines that hang on it"),
    Column("removed", "boolean", "it was taken away itself"),
)

FINDINGS = (
    Column(
        "kind",
        "string",
        "slow_link, half_duplex, duplex_mismatch, oversubscribed_uplink, error_rate, rising_errors, flapping, poe_budget, "
        "not_reachable, cabled_nowhere, vlan_mismatch, name_mismatch, loop_without_stp, office_limited",
    ),
    Column("severity", "string", "high, medium, low"),
    Column("office", "string", "code"),
    Column("device", "string", "device; NA = the office as a whole"),
    Column("address", "string", "its address"),
    Column("port", "string", "its port"),
    Column("other_device", "string", "device at the other end"),
    Column("other_port", "string", "its port"),
    Column("value", "Float64", "what was measured, in `unit`"),
    Column("unit", "string", "bps, share, ratio, per_million, scans, stations, cables, ms; NA = nothing was measured"),
    Column("limit", "Float64", "from where on it is found, in `unit`"),
    Column("people", "Int64", "officials who are cut off when the device or cable fails; NA = not known, or not by it alone"),
    Column("why", "told", "what was found, with value, unit and limit"),
    Column("first", "told", "what to do first"),
)

DIFFERENCES = (
    Column(
        "change",
        "string",
        "cable_added, cable_gone, cable_moved (the same device at another port, or the same port with another device), "
        "device_cut_off (a path to it was known, and is not now), finding_new, finding_ended, finding_worse",
    ),
    Column("office", "string", "code"),
    Column("device", "string", "device"),
    Column("port", "string", "its port"),
    Column("other_device", "string", "device at the other end, after the change where there is one"),
    Column("other_port", "string", "its port"),
    Column("kind", "string", "of a finding: its kind"),
    Column("severity", "string", "of a finding: high, medium, low; of one that ended, what it was"),
    Column("before", "string", "of a moved cable: the end that it left, `device port`; of a worse finding: severity before"),
    Column("value_before", "Float64", "of a worse finding: value before"),
    Column("value", "Float64", "of a finding: value, in `unit`"),
    Column("unit", "string", "unit of the values"),
    Column("people", "Int64", "officials whom it concerns; NA = not known"),
    Column("why", "told", "what changed"),
)
