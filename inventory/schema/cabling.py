"""What hangs where: what devices tell of others, the tables that they learnt, and the cabling that follows."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import BigInteger, Integer, LargeBinary, Text

from inventory.schema.making import METADATA, by_device, interval_table, optional, required

#: What a device tells of its neighbours (LLDP, CDP), with the device that we take the neighbour for.
NEIGHBOURS = by_device(
    "neighbours",
    required("asked_by", Text),  # snmp, ssh
    required("protocol", Text),  # lldp, cdp
    required("local_port", Text),
    optional("remote_name", Text),
    optional("remote_port", Text),
    optional("remote_port_description", Text),
    optional("remote_chassis", Text),
    optional("remote_address", Text),
    optional("remote_description", Text),
    optional("neighbour_id", Integer),
    optional("neighbour_port", Text),  # the neighbour's own name of remote_port
    by_key=True,
)

#: Stations by (office, MAC): where they hang.
STATIONS = interval_table(
    "stations",
    required("office", Text),
    optional("address", Text),
    optional("device_id", Integer),  # the station is this device of ours
    optional("switch_id", Integer),
    optional("port", Text),
    optional("vlan", Integer),
    optional("teller_id", Integer),  # the device whose ARP table gave the address
    optional("name", Text),  # that it told its switch (LLDP, CDP)
    optional("description", Text),  # likewise
    by_key=True,
)

#: The newest forwarding and ARP table of each device (inventory.learnt). It is no history: the next one takes its place. Kept
#: under the number that the device had then; a device that turned out to be another is looked up as such (frames.learnt).
LEARNT = sa.Table(
    "learnt",
    METADATA,
    required("device_id", Integer),
    required("kind", Text),  # forwarding, arp: a device may tell one of them and not the other
    required("at", BigInteger),  # of the scan, as in `seen`
    required("scan_id", Integer),
    required("read_at", BigInteger),
    required("entries", LargeBinary),
    sa.PrimaryKeyConstraint("device_id", "kind", name="pk_learnt"),
    sqlite_with_rowid=False,
)

#: What was found out about the cabling after a scan (inventory.cablings), packed.
CABLINGS = sa.Table(
    "cablings",
    METADATA,
    sa.Column("scan_id", Integer, autoincrement=False, nullable=False),
    required("document", LargeBinary),
    sa.PrimaryKeyConstraint("scan_id", name="pk_cablings"),
)
