"""Devices: when they were seen, and what they say of themselves.

Which of them are one and the same: `identity`. What hangs where: `cabling`.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import BigInteger, Boolean, Float, Integer, LargeBinary, Text

from inventory.schema.making import METADATA, by_device, optional, required, view

DEVICES = sa.Table(
    "devices",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=False),
    required("created_scan", Integer),
    required("first_seen", BigInteger),
)

#: One row for a device and a scan that asked it: `SIGHTINGS`. In the order of time for each device, so that what it said last is
#: found at once however long the history is.
SEEN = sa.Table(
    "seen",
    METADATA,
    required("device_id", Integer),
    required("at", BigInteger),  # `valid_at` of the scan
    required("scan_id", Integer),
    optional("seen_at", BigInteger),  # empty: asked, and silent
    required("topics", Integer),  # bits of inventory.fusing.TOPIC_BITS: answered in full
    optional("uptime_s", BigInteger),
    required("answer_id", Integer),
    sa.PrimaryKeyConstraint("device_id", "at", name="pk_seen"),
    sqlite_with_rowid=False,
)
#: What is the same from scan to scan.
ANSWERS = sa.Table(
    "answers",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=False),
    required("state", Text),  # present, silent
    required("office", Text),
    required("address", Text),
    required("protocols", Text),
    optional("score", Float),
    optional("evidence", Text),  # what made it this device, shortest words
)
SIGHTINGS = view(
    "sightings",
    SEEN,
    ANSWERS,
    *("device_id", "at", "scan_id", "state", "office", "address", "seen_at", "topics", "protocols", "uptime_s"),
    *("score", "evidence"),
)

FACT_FIELDS = ("kind", "vendor", "model", "serial", "os_version", "manufactured", "installed")
PLAIN_FIELDS = (
    *("sys_name", "sys_descr", "sys_object_id", "sys_location", "sys_contact", "engine_id", "base_mac", "profile"),
    *("uuid", "asset_tag"),
)

FACTS = by_device(
    "facts",
    *(optional(name, Text) for name in FACT_FIELDS),
    *(optional(f"{name}_source", Text) for name in FACT_FIELDS),
    *(optional(f"{name}_confidence", Float) for name in FACT_FIELDS),
    *(optional(f"{name}_protocol", Text) for name in FACT_FIELDS),
    *(optional(name, Text) for name in PLAIN_FIELDS),
)

ADDRESSES = by_device(
    "addresses",
    required("office", Text),
    required("address", Text),
    required("origin", Text),  # answered, told
    optional("prefix_length", Integer),
    optional("if_index", Integer),
    by_key=True,
)

#: Ways in to a device's management (`inventory.facts.Way`), also those that were asked for and are shut.
MANAGEMENT = by_device(
    "management",
    required("office", Text),
    required("address", Text),
    required("protocol", Text),
    required("port", Integer),
    required("open", Boolean),
    optional("version", Text),
    optional("credential", Text),
    optional("facts", Text),  # JSON
    by_key=True,
)

#: Interfaces of devices, `INTERFACES`: what differs from device to device, and changes.
PORTS = by_device(
    "ports",
    required("port_kind_id", Integer),
    optional("alias", Text),
    optional("mac", Text),
    optional("speed_bps", BigInteger),
    optional("admin_up", Boolean),
    optional("oper_up", Boolean),
    optional("pvid", Integer),
    optional("changed_at", BigInteger),  # as it was at `valid_from`; what it has become: `TRAFFIC`
    by_key=True,
)
#: What ports of devices of one model have in common, and what is said of all ports in the same few words.
PORT_KINDS = sa.Table(
    "port_kinds",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=False),
    required("protocol", Text),
    required("if_index", Integer),
    required("name", Text),
    optional("description", Text),
    optional("type", Integer),
    optional("mtu", BigInteger),
    optional("duplex", Text),
    optional("aggregate", Text),
    optional("stp", Text),
)
INTERFACES = view(
    "interfaces",
    PORTS,
    PORT_KINDS,
    *("device_id", "key", "valid_from", "valid_to", "opened_scan", "closed_scan"),
    *("protocol", "if_index", "name", "description", "alias", "type", "mac", "mtu", "speed_bps", "admin_up", "oper_up", "pvid"),
    *("duplex", "aggregate", "stp", "changed_at"),
)

#: The last reading of the interfaces of an office's devices (inventory.traffic), to make the next difference.
COUNTERS = sa.Table("counters", METADATA, sa.Column("office", Text, primary_key=True), required("readings", LargeBinary))

#: The differences of a scan, one packed table an office (inventory.traffic).
TRAFFIC = sa.Table(
    "traffic",
    METADATA,
    required("scan_id", Integer),
    required("office", Text),
    required("differences", LargeBinary),
    sa.PrimaryKeyConstraint("scan_id", "office", name="pk_traffic"),
)

COMPONENTS = by_device(
    "components",
    required("protocol", Text),
    required("index", Text),
    required("kind", Text),
    required("name", Text),
    required("description", Text),
    optional("vendor", Text),
    optional("model", Text),
    optional("serial", Text),
    optional("hardware_rev", Text),
    optional("firmware_rev", Text),
    optional("software_rev", Text),
    optional("parent", Text),
    optional("manufactured", Text),
    optional("size_bytes", BigInteger),
    by_key=True,
)

#: Which readings there are, and what they say in words. Numbers differ from scan to scan: `MEASURED`.
READINGS = by_device(
    "readings",
    required("protocol", Text),
    required("metric", Text),
    required("item", Text),
    optional("value", Float),  # the number that it had at `valid_from`
    optional("text", Text),
    by_key=True,
)

#: The numbers of all readings that a scan heard (inventory.gauges).
MEASURED = sa.Table(
    "measured",
    METADATA,
    sa.Column("scan_id", Integer, primary_key=True, autoincrement=False),
    required("numbers", LargeBinary),
)
