"""The frames' columns in one place: name, dtype, unit, meaning. Documentation is made from this, loaders are checked against it.

dtypes: "string" (pandas string, missing = NA), "Int64", "Float64", "boolean" (all nullable), "time" (datetime64[s, UTC]),
"date" (datetime64[s], midnight, no zone), "told" (string: packed sentences that `reports.texts.Say.told` says in the reader's
language, as `kiemke show` does).

What these say in Vietnamese is in `columns_vi.yaml` beside this file; a test holds the two together.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from inventory import yaml_files


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    dtype: str
    meaning: str
    unit: str = ""


def _frame(*rows: tuple[str, str, str] | tuple[str, str, str, str]) -> tuple[Column, ...]:
    return tuple(Column(*row) for row in rows)


#: What one row of each frame is.
ROWS: dict[str, str] = {
    "devices": "One row a device that was ever confirmed, with what was last known of it.",
    "interfaces": "One row an interface of a device.",
    "links": "One row a pair of ends, told by LLDP or CDP: no second row where both sides, or both protocols, tell of it.",
    "endpoints": "One row a station (MAC) that was present, in whichever office; an address that routers share has one in each.",
    "forwarding": "One row an entry of the newest forwarding table of a device. There is no history: as of a time before that "
    "table was heard, a device has no rows; what was told in part is all there is of it.",
    "arp": "One row an entry of the newest ARP or neighbour table of a device. There is no history, as with `forwarding`.",
    "addresses": "One row an address of a device.",
    "components": "One row a part of a device.",
    "health": "One row a reading of a device, the newest of its kind.",
    "readings": "One row a number that a scan of the last year heard, or a state that began or stood then; oldest first.",
    "offices": "One row an office of `offices.yaml`, also those that no longer stand.",
    "scans": "One row a scan, oldest first.",
    "assets": "One row a line of a purchase register that stood in the books, by register, file, sheet and row.",
    "matches": "One row a unit of a line of the registers and what it is on the network, then each thing that is on no books.",
    "rejected": "One row a row or a value that the last import of a register could not take.",
    "conflicts": "One row a contradiction in a device's identity that stands, and what people ruled of it.",
    "decisions": "One row a decision of a person, oldest first, also those that were taken back later.",
    "changes": "One row a change, oldest scan first. What nobody asked has not changed, nor has a value that was learnt late.",
    "services": "One row a shared service of `offices.yaml` and an office that it was probed from: the newest probe.",
    "lifecycle": "One row a device: what it runs, its model, and whether these are still kept secure on that day "
    "([lifecycle](lifecycle.md)).",
    "management": "One row a way in to a device's management that was asked for, open or shut: no secret, and nothing made of "
    "one.",
    "repairs": "One row a repair that an office's log tells of, oldest first.",
}

FRAMES: dict[str, tuple[Column, ...]] = {
    "devices": _frame(
        ("device", "string", "our stable id, e.g. D00042"),
        ("office", "string", "code of the office whose network it was last confirmed in"),
        ("kind", "string", "switch, router, printer, … (`inventory.facts.KINDS`)"),
        ("vendor", "string", "brand"),
        ("model", "string", "model"),
        (
            "serial",
            "string",
            "chassis serial; NA where the device gives none, a placeholder, or what three devices carry",
        ),
        ("os_version", "string", "firmware or operating system release, as the device says it"),
        ("sys_name", "string", "the name that the device gives itself"),
        ("address", "string", "the address it was last confirmed at"),
        ("first_seen", "time", "end of the first scan that saw it"),
        ("last_confirmed", "time", "end of the last scan in which it answered"),
        ("last_asked", "time", "end of the last scan that asked it"),
        (
            "state",
            "string",
            "in its office's last scan: present, silent (asked, no answer), not_asked; or gone: silent in three scans or more "
            "over 28 days or more since it last answered, or a person said so since",
        ),
        ("mac", "string", "chassis address, else its first interface's"),
        ("manufactured", "date", "where the device itself tells it; a month counts as its first day"),
        ("installed", "date", "operating system's installation"),
        ("uptime_s", "Int64", "time since it started, as told at last_confirmed", "seconds"),
        ("sys_object_id", "string", "SNMP sysObjectID"),
        ("sys_descr", "string", "SNMP sysDescr"),
        ("sys_location", "string", "SNMP sysLocation"),
        ("profile", "string", "vendor profile that identified it"),
        ("uuid", "string", "machine identifier of its firmware (SMBIOS), where a login may read it"),
        ("asset_tag", "string", "asset code that its owner stored in it, where it tells it"),
        ("protocols", "string", "what it was read over at last_confirmed: snmp, ssh or both, comma-separated"),
        ("vendor_source", "string", "where the value of vendor came from"),
        ("model_source", "string", "where the value of model came from"),
        ("serial_source", "string", "where the value of serial came from"),
        ("os_version_source", "string", "where the value of os_version came from"),
        ("os_version_order", "string", "os_version in a form that sorts as versions do, for devices of one model"),
        ("confidence", "Float64", "lowest confidence among vendor, model, serial where present", "0..1"),
        (
            "conflict",
            "string",
            "what contradicts its identity and no person has confirmed, `;` between; NA = nothing: `same_serial SERIAL DEVICE` "
            "or `same_uuid UUID DEVICE` (another device has it too), `resembles EVIDENCE DEVICE` (it has cards or disks of "
            "this one), `protocols_differ serial SERIALS` (or `uuid` or `macs`: SNMP and SSH disagree), `changed serial OLD NEW` "
            "(or `uuid` or `macs`: known again although this is another), `host_key_changed ADDRESS`",
        ),
    ),
    "interfaces": _frame(
        ("device", "string", "device"),
        ("office", "string", "office of the device"),
        ("if_index", "Int64", "ifIndex"),
        ("name", "string", "ifName, else ifDescr"),
        ("description", "string", "ifDescr"),
        ("alias", "string", "ifAlias"),
        ("type", "Int64", "ifType (numbers of IANAifType)"),
        ("mac", "string", "physical address"),
        ("mtu", "Int64", "MTU", "bytes"),
        ("speed_bps", "Int64", "speed", "bit/s"),
        ("admin_up", "boolean", "switched on by its administrator"),
        ("oper_up", "boolean", "has a link"),
        ("pvid", "Int64", "untagged VLAN"),
        ("duplex", "string", "full or half; NA = not told, or no link"),
        ("aggregate", "string", "name of the interface that is made of this port and others (link aggregation)"),
        (
            "stp",
            "string",
            "state in the spanning tree: forwarding, blocking, listening, learning, disabled or broken; NA = not told, or it "
            "has no spanning tree",
        ),
        (
            "changed_at",
            "time",
            "when it last went up or down, by the device's clock; NA = not told, or not read by its office's last scan",
        ),
        (
            "in_octets",
            "Int64",
            "received since the device's previous reading, to seven digits; NA after a restart, and where its office's last scan "
            "did not read it",
            "bytes",
        ),
        ("out_octets", "Int64", "sent since then", "bytes"),
        ("in_errors", "Int64", "received with errors since then", "packets"),
        ("out_errors", "Int64", "not sent because of errors since then", "packets"),
        ("in_discards", "Int64", "received and discarded since then", "packets"),
        ("out_discards", "Int64", "discarded instead of sent since then", "packets"),
        (
            "in_frames",
            "Int64",
            "received without errors since then, those to groups and to all among them; NA also where in_errors is 0 or NA: "
            "they are there to judge errors by",
            "packets",
        ),
        ("out_frames", "Int64", "sent since then, likewise; NA also where out_errors is 0 or NA", "packets"),
        ("counted_s", "Int64", "time between the two readings", "seconds"),
    ),
    "links": _frame(
        ("a_device", "string", "the device that tells of the neighbour; where both do, the one with the lower id"),
        ("a_office", "string", "its office"),
        ("a_port", "string", "its port"),
        ("b_device", "string", "the neighbour, where the inventory knows it"),
        ("b_name", "string", "the neighbour's name as told, else its chassis id"),
        ("b_port", "string", "the neighbour's port as told (b_device's own name of it where known)"),
        ("b_address", "string", "the neighbour's address as told"),
        ("protocol", "string", "lldp or cdp, lldp where both tell it; else a maker's own: fdp, edp, sonmp, mndp"),
        ("both_sides", "boolean", "the neighbour tells the same from its side"),
        ("first_seen", "time", "end of the first scan that saw it"),
        ("last_confirmed", "time", "end of the last scan in which a side told of it"),
    ),
    "endpoints": _frame(
        ("mac", "string", "hardware address of the station"),
        ("office", "string", "office of the switch that it hangs on, else of the router that told its address"),
        ("address", "string", "IP address from an ARP table; NA = not known, or another's now"),
        ("vendor", "string", "organisation that the OUI registry lists; NA for local addresses"),
        (
            "mac_class",
            "string",
            "global, local (randomised, or made up by software), virtual (a virtual machine's), vrrp (shared by routers)",
        ),
        ("device", "string", "the inventory's device with this address, if it is one"),
        ("name", "string", "the name that it sends its switch (LLDP, CDP)"),
        ("description", "string", "what it sends of itself besides"),
        ("switch", "string", "device whose port is nearest: the fewest stations behind it, no uplink where another is known"),
        ("port", "string", "that port"),
        ("vlan", "Int64", "VLAN"),
        ("first_seen", "time", "end of the first scan that saw it"),
        ("last_seen", "time", "end of the last scan that heard its switch, or the router that told its address"),
    ),
    "forwarding": _frame(
        ("device", "string", "device whose table it is"),
        ("office", "string", "office of the device"),
        ("port", "string", "port behind which it had learnt the station; NA = not told. A station may be on several"),
        ("mac", "string", "hardware address of the station; groups' addresses are left out"),
        ("vlan", "Int64", "VLAN; NA = not told"),
        ("read_at", "time", "when the device was read"),
    ),
    "arp": _frame(
        ("device", "string", "device whose table it is"),
        ("office", "string", "office of the device"),
        ("mac", "string", "hardware address of the station"),
        ("address", "string", "its IP address"),
        ("port", "string", "interface of the device that it is behind; NA = not known"),
        ("read_at", "time", "when the device was read"),
    ),
    "addresses": _frame(
        ("address", "string", "IP address"),
        ("office", "string", "office in whose networks it is: addresses are unique per office only"),
        ("device", "string", "device that answered there or owns it"),
        ("prefix_length", "Int64", "length of the network mask", "bits"),
        ("if_index", "Int64", "ifIndex of its interface"),
        ("origin", "string", "answered (it answered there, told or not) or told (only the device says so)"),
        ("first_seen", "time", "end of the first scan that saw it"),
        ("last_confirmed", "time", "end of the last scan that saw it"),
    ),
    "components": _frame(
        ("device", "string", "device"),
        ("office", "string", "office of the device"),
        ("index", "string", "the device's own index"),
        ("kind", "string", "chassis, stack, module, psu, fan, … (`inventory.facts.Component`)"),
        ("name", "string", "name"),
        ("description", "string", "description"),
        ("vendor", "string", "vendor"),
        ("model", "string", "model"),
        ("serial", "string", "serial"),
        ("hardware_rev", "string", "hardware revision"),
        ("firmware_rev", "string", "firmware revision"),
        ("software_rev", "string", "software revision"),
        ("parent", "string", "index of the containing component"),
        ("manufactured", "date", "where the device tells it; a month counts as its first day"),
        ("size_bytes", "Int64", "size of a disk or a memory module", "bytes"),
        ("first_seen", "time", "end of the first scan that saw it"),
        ("last_confirmed", "time", "end of the last scan that saw it"),
    ),
    "health": _frame(
        ("device", "string", "device"),
        ("office", "string", "office of the device"),
        ("metric", "string", "supply_level, battery_charge, cpu_load, … (`inventory.facts.METRICS`)"),
        ("item", "string", "which of several: a toner, a disk, …"),
        ("value", "Float64", "number, in `unit`"),
        ("text", "string", "state, or date"),
        ("unit", "string", "unit of the metric"),
        ("read_at", "time", "when the device was last read for it"),
    ),
    "readings": _frame(
        ("device", "string", "device"),
        ("office", "string", "office of the device"),
        ("metric", "string", "as in `health`; and uptime, in seconds, as the device told it"),
        ("item", "string", "which of several: a toner, a disk, …"),
        ("value", "Float64", "number, in the unit that `health` has for the metric"),
        ("text", "string", "state, or date"),
        ("at", "time", "end of the scan that heard the number, or that first heard the state; of uptime, when it was read"),
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
        ("devices", "Int64", "devices last confirmed there, without those of the offices below"),
    ),
    "scans": _frame(
        ("scan", "string", "id"),
        ("started_at", "time", "start"),
        ("finished_at", "time", "end; NA = not by then: interrupted, or still running"),
        ("offices", "string", "codes of the offices that it was about, comma-separated"),
        ("targets", "Int64", "addresses asked"),
        ("answered", "Int64", "answers, also partial ones; an address that answers over SNMP and SSH counts twice"),
        ("failed", "Int64", "something is there but could not be read; counted as `answered` is"),
        ("devices", "Int64", "devices confirmed"),
        ("outcomes", "string", "outcome=count, comma-separated (`inventory.facts.Outcome`); counted as `answered` is"),
    ),
    "assets": _frame(
        ("asset", "string", "our stable id of the line through all issues of its register, e.g. A00042"),
        ("register", "string", "which books"),
        ("file", "string", "file of the last import"),
        ("sheet", "string", "sheet"),
        ("row", "Int64", "row, as the spreadsheet program numbers it"),
        ("code", "string", "asset code"),
        ("name", "string", "name as written"),
        ("kind", "string", "switch, printer, pc, … as far as the line tells it (`inventory.facts.KINDS`)"),
        ("vendor", "string", "brand, as far as the line tells it"),
        ("model", "string", "model, as far as the line tells it"),
        ("serial", "string", "serial numbers, comma-separated; placeholders left out"),
        ("mac", "string", "hardware addresses, comma-separated"),
        ("host_name", "string", "name on the network"),
        ("office", "string", "code of the office that uses it, where the text is understood"),
        ("office_told", "string", "that office as written"),
        ("place", "string", "room"),
        ("user", "string", "person"),
        ("quantity", "Int64", "things on the line", "pieces"),
        ("unit", "string", "unit of the quantity as written"),
        ("unit_price_vnd", "Int64", "price of one", "dong"),
        ("price_vnd", "Int64", "price of the whole line", "dong"),
        ("residual_value_vnd", "Int64", "residual value of the whole line", "dong"),
        ("acquired_from", "date", "first day on which it can have been bought: a bare year begins on 1 January"),
        ("acquired_to", "date", "last such day"),
        ("in_use_from", "date", "first day on which it can have been put into use"),
        ("in_use_to", "date", "last such day"),
        ("warranty_to", "date", "end of the warranty"),
        ("state", "string", "in_use, stored, broken, scrapped, moved, as far as the line tells it"),
        ("note", "string", "note"),
        ("first_imported", "time", "the import that first told of it"),
        ("last_imported", "time", "the last import of its register"),
    ),
    "matches": _frame(
        ("register", "string", "which books the line is in; NA of a thing that is on no books"),
        ("file", "string", "file of the line; NA of a thing that is on no books"),
        ("sheet", "string", "sheet"),
        ("row", "Int64", "row"),
        ("asset", "string", "the line in the frame `assets`"),
        ("unit", "Int64", "which of the things on the line, 1 … quantity"),
        ("code", "string", "asset code"),
        ("name", "string", "name of the line"),
        ("office", "string", "office of the line; of what is on no books, where it was seen"),
        ("device", "string", "the device"),
        ("mac", "string", "the station, where it is no device"),
        ("address", "string", "IP address of the device or station"),
        ("device_office", "string", "office where the device or station was seen last"),
        (
            "bucket",
            "string",
            "matched; not_seen (on the books, its network was asked, and it was not there); not_on_books (there, on no books); "
            "not_assessable (its network was not asked, or such a thing cannot be seen)",
        ),
        (
            "confidence",
            "Float64",
            "of matched: that it is this thing, or one that nothing tells apart from it; else: that the bucket is right",
            "0..1",
        ),
        ("alike", "Int64", "of matched: so many things would do as well, this one among them; which is which is arbitrary"),
        ("reason", "told", "why"),
        ("decided", "boolean", "a person decided it"),
        ("others", "string", "further devices that it could be, likeliest first, comma-separated"),
        ("since", "time", "the matching that first found it so"),
    ),
    "rejected": _frame(
        ("register", "string", "which books"),
        ("file", "string", "file"),
        ("sheet", "string", "sheet"),
        ("cell", "string", "cell, e.g. D12"),
        ("reason", "told", "why"),
        ("text", "string", "what stands there"),
        ("whole_row", "boolean", "the whole row was left out; no: only this value"),
        ("imported", "time", "the import"),
    ),
    "conflicts": _frame(
        ("device", "string", "device"),
        ("office", "string", "office of the device"),
        (
            "kind",
            "string",
            "same_serial, same_uuid, resembles, changed, protocols_differ, host_key_changed (`inventory.conflicts`)",
        ),
        (
            "value",
            "string",
            "what contradicts: the number; what agrees and what does not; what changed, the old, the new; the address",
        ),
        ("other", "string", "the other device, where there is one"),
        ("explanation", "told", "what this means"),
        ("since", "time", "end of the scan that found it"),
        ("state", "string", "open, or confirmed by a person: one device all the same"),
        ("decision", "Int64", "number of the decision that confirmed it"),
        ("author", "string", "who decided"),
        ("reason", "string", "why"),
    ),
    "decisions": _frame(
        ("decision", "Int64", "number"),
        ("at", "time", "from when on it holds"),
        ("author", "string", "who decided"),
        ("verb", "string", "merge, split, correct, confirm, gone, match, unmatch, undo (`inventory.decisions.Verb`)"),
        ("device", "string", "device that it is about, e.g. the one that was merged or split off"),
        ("other", "string", "of merge: the device that it is; of split: the one that it is not"),
        ("asset", "string", "of match and unmatch: the register's line, with `/2` the second unit of a line of several"),
        ("mac", "string", "of match and unmatch: a station without agent"),
        ("field", "string", "of correct: the column; of confirm: the conflict; of split: `since`, where a time divides"),
        ("value", "string", "of correct: the value; of split: addresses, or a time in seconds; of undo: the decision's number"),
        ("reason", "string", "why"),
        ("undone_by", "Int64", "decision that took it back; NA = it holds"),
        ("office", "string", "office of the device or asset at the moment"),
    ),
    "changes": _frame(
        ("scan", "string", "scan that saw it"),
        ("at", "time", "end of that scan"),
        ("office", "string", "office of the device or station at that time"),
        ("subject", "string", "device, interface, component, link, endpoint"),
        (
            "device",
            "string",
            "device concerned; of an endpoint, the switch; of a link, the side that tells of it (of two, the lower address)",
        ),
        ("item", "string", "port (interface, link), component, or station address (MAC); NA for a device"),
        (
            "change",
            "string",
            "device: appeared, unseen (asked, silent, answering before), returned, moved, readdressed, changed; "
            "interface, component: appeared, gone, changed; link: appeared, gone; "
            "endpoint: appeared, returned, gone, moved, readdressed",
        ),
        ("field", "string", "of changed: the column; of moved: office or port; of readdressed: address; else NA"),
        (
            "before",
            "string",
            "value before (`yes` or `no` of what is true or false); of what is gone: the part, the far end of a link, "
            "the place of a station",
        ),
        ("after", "string", "value after; of what appeared or returned: the part, the far end, the place"),
        (
            "cause",
            "string",
            "network: it changed there; coverage: a device appeared at an address that no scan had asked before, and may be old",
        ),
    ),
    "services": _frame(
        ("service", "string", "code"),
        ("office", "string", "office that it was probed from; NA = never probed at this url"),
        ("name_vi", "string", "name in Vietnamese"),
        ("name_en", "string", "name in English"),
        ("url", "string", "what is probed"),
        ("goal", "string", "what it counts for: documents, mail, other"),
        ("offices", "string", "codes of the offices that work with it, comma-separated; NA = all"),
        ("latency_limit_ms", "Int64", "slower is slow; NA = never", "milliseconds"),
        ("certificate_days", "Int64", "a certificate that ends within so many days ends soon", "days"),
        ("probed_at", "time", "the probe"),
        (
            "outcome",
            "string",
            "ok, slow, no_name, refused, silent, tls_failed, certificate_expired, certificate_soon, http_error, garbled: as most "
            "attempts ended (`inventory.service_facts.ServiceOutcome`)",
        ),
        ("reached", "boolean", "people can work with it: ok, slow, certificate_soon"),
        ("latency_ms", "Int64", "from the question for the name to the first byte of the page, median", "milliseconds"),
        ("name_ms", "Int64", "resolving the name, median, redirects together", "milliseconds"),
        ("connect_ms", "Int64", "connecting (TCP), likewise", "milliseconds"),
        ("tls_ms", "Int64", "agreeing on encryption, likewise", "milliseconds"),
        ("first_byte_ms", "Int64", "from the request to the first byte of the answer, likewise", "milliseconds"),
        ("attempts", "Int64", "attempts"),
        ("loss", "Float64", "share of them that nothing answered", "0..1"),
        ("status", "Int64", "status of HTTP"),
        ("certificate_until", "time", "end of the server's certificate, also of one that does not verify"),
        ("issuer", "string", "who issued it"),
        ("detail", "told", "why"),
    ),
    "lifecycle": _frame(
        ("device", "string", "device"),
        ("office", "string", "office of the device"),
        ("kind", "string", "kind of device"),
        ("vendor", "string", "brand"),
        ("model", "string", "model"),
        ("status", "string", "whether it is given security fixes: past where any date says so; supported, past, unknown"),
        (
            "step",
            "string",
            "where fixes are missing: upgrade (its software first), replace (its model is past too, or can run no supported "
            "release); NA = nothing known to be missing",
        ),
        ("product", "string", "software, as the lifecycle tables name it"),
        ("release", "string", "its release; where no table knows it, what the device says"),
        ("os_active", "string", "the release is still developed: supported, past, unknown"),
        ("os_end_of_active", "date", "last day of that"),
        ("os_security", "string", "it is given security fixes that everybody gets: supported, past, unknown"),
        ("os_end_of_security", "date", "last day of these"),
        ("os_extended", "string", "it is given fixes that are paid for or done by volunteers: supported, past, unknown"),
        ("os_end_of_extended", "date", "last day of these"),
        ("os_source", "string", "where the release's dates are from"),
        ("os_checked_on", "date", "when somebody looked there"),
        ("os_verified", "boolean", "somebody read the source"),
        ("hardware", "string", "row of the hardware table that fits the model: vendor and pattern; NA = none"),
        ("sale", "string", "the model is sold: supported, past, unknown"),
        ("end_of_sale", "date", "last day of sale"),
        ("software", "string", "it is given new software: supported, past, unknown"),
        ("end_of_software", "date", "last day of new software"),
        ("security", "string", "it is given security fixes: supported, past, unknown"),
        ("end_of_security", "date", "last day of security fixes"),
        ("support", "string", "its maker supports it: supported, past, unknown"),
        ("last_day_of_support", "date", "last day of support"),
        ("newest_release", "string", "newest release of its software that it can run; NA = not known"),
        ("newest_source", "string", "where that is from: of its model, else of its processor"),
        ("source", "string", "where the model's dates are from"),
        ("checked_on", "date", "when somebody looked there"),
        ("verified", "boolean", "somebody read the source"),
    ),
    "management": _frame(
        ("device", "string", "device"),
        ("office", "string", "office of the device"),
        ("address", "string", "the address that was asked"),
        ("protocol", "string", "snmp, ssh, telnet, http, https"),
        ("port", "Int64", "UDP port of snmp, TCP port of the others"),
        ("open", "boolean", "it answers there; false: it was asked for, and nothing does"),
        ("version", "string", "snmp: 1, 2c, 3; ssh: as its banner says, 2.0, 1.99, 1.5; https: TLSv1.3 … ; NA = not found out"),
        ("credential", "string", "name of the credential that opened it; NA = none was tried, or none fitted"),
        ("facts", "string", "what else was found out, as JSON (`inventory.facts.Way`); NA = nothing"),
        ("first_seen", "time", "end of the first scan that found it open; NA = never"),
        ("last_confirmed", "time", "end of the last scan that asked for it"),
    ),
    "repairs": _frame(
        ("repair", "string", "our stable id, e.g. R00042"),
        ("day_from", "date", "earliest day that the log's date can be"),
        ("day_to", "date", "latest day that it can be: of a month or a year, the last one"),
        ("device", "string", "device that it was of; NA = the log's words name none that is known, or several"),
        ("office", "string", "office of the device, else the one that the log names"),
        ("kind", "string", "kind of the device, else by the log's words"),
        ("told", "string", "the device, as the log names it"),
        (
            "part",
            "string",
            "what failed, by the log's words: device, battery, disk, fan, supply, printer_kit, toner, memory, cable, software; "
            "NA = not told, or not understood",
        ),
        ("part_told", "string", "these words"),
        ("action", "string", "what was done: replaced, repaired, maintained (nothing had failed), retired; NA = not understood"),
        ("action_told", "string", "these words"),
        ("cost_vnd", "Int64", "what it cost", "dong"),
        ("hours_down", "Float64", "working hours until it worked again; a day counts as 8", "hours"),
        ("office_told", "string", "the office, as the log names it"),
        ("note", "string", "the log's note"),
        ("file", "string", "file that first told of it"),
        ("sheet", "string", "sheet; NA = the file has none"),
        ("row", "Int64", "row, as a spreadsheet program numbers it"),
        ("imported", "time", "when it was imported"),
    ),
}


_ENGLISH: dict[str, Any] = {
    "title": "Frames",
    "other": "[Tiếng Việt](frames.vi.md)",
    "introduction": (
        "`kiemke show FRAME --as-of DATE --office CODE`, or `Inventory(workspace).FRAME(as_of=..., office=...)` in a notebook.\n"
        "\n"
        "- `as_of`: a date is the end of that day in Viet Nam, a time without a zone is Vietnamese time, nothing is the newest.\n"
        "  What a scan found is true from the scan's end on.\n"
        "- `office`: an office stands for itself, what is below it, and what was merged into any of these.\n"
        "- Missing values are NA in every column.\n"
        "- Types: string, Int64, Float64 and boolean are pandas' own that may be missing; time is `datetime64[s, UTC]`\n"
        "  (the table of `kiemke show` has Vietnamese time); date is `datetime64[s]`, midnight without a zone;\n"
        "  told is a string of packed sentences, which `kiemke show` says in your language (`reports.texts.Say.told` in Python)."
    ),
    "made_by": "`python -m inventory.frames.columns > docs/frames.md` makes this page.",
    "head": ("column", "type", "unit", "meaning"),
}


@cache
def vietnamese() -> dict[str, Any]:
    """`columns_vi.yaml`: page (as _ENGLISH), units (by the English), rows (as ROWS), frames (frame -> column -> meaning)."""
    words: dict[str, Any] = yaml_files.read(Path(__file__).with_name("columns_vi.yaml"))
    return words


def page(language: str = "en") -> str:
    """The frames' documentation as Markdown in "en" or "vi": `docs/frames.md` and `docs/frames.vi.md`, which a test compares."""
    vi = vietnamese() if language == "vi" else None
    words = vi["page"] if vi else _ENGLISH
    lines = [f"# {words['title']}", "", f"*{words['other']}*", "", words["introduction"].strip(), "", words["made_by"]]
    return "\n".join(lines + sections(FRAMES, ROWS, vi)) + "\n"


def sections(frames: Mapping[str, tuple[Column, ...]], rows: Mapping[str, str], vi: Mapping[str, Any] | None) -> list[str]:
    """A section of Markdown a frame. `vi`: `vietnamese()` or the like, None for English; the head of the tables and units are
    those of `columns_vi.yaml` where it has none of its own."""
    shared = vietnamese() if vi else _ENGLISH
    head = shared["page"]["head"] if vi else shared["head"]
    units = shared["units"] | vi.get("units", {}) if vi else {}
    lines = []
    for name, columns in frames.items():
        lines += ["", f"## {name}", "", vi["rows"][name] if vi else rows[name], ""]
        lines += ["| " + " | ".join(head) + " |", "|---|---|---|---|"]
        for column in columns:
            unit = units[column.unit] if vi and column.unit else column.unit
            meaning = vi["frames"][name][column.name] if vi else column.meaning
            lines.append(f"| {column.name} | {column.dtype} | {unit} | {meaning} |")
    return lines


if __name__ == "__main__":
    print(page(*sys.argv[1:]), end="")
