"""The inventory's tables. Times are seconds since the epoch in UTC, days are ISO text: both databases keep them exactly.

What a device says is kept in *intervals*: a row is true from `valid_from` until before `valid_to` (empty: still), and is
written only when something changes. `opened_scan` and `closed_scan` say which scan saw the change. The partial unique index
on current rows is the safety net against two "current" truths.

Where the larger part of a row is the same in thousands of others, that part is kept once, in a table of its own, and whoever
reads sees a view of both (`VIEWS`; rows go in through `inventory.kept`).
"""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import BigInteger, Boolean, Float, Integer, LargeBinary, Text

METADATA = sa.MetaData()
#: The newest migration: who only reads must not import Alembic to know it.
VERSION = "0010"


def _c(name: str, kind: type[sa.types.TypeEngine]) -> sa.Column:
    return sa.Column(name, kind())


def _required(name: str, kind: type[sa.types.TypeEngine]) -> sa.Column:
    return sa.Column(name, kind(), nullable=False)


class View(NamedTuple):
    """Rows as they are read, and the tables that they are kept in: `rows` names one of `parts` by its id."""

    table: sa.Table
    rows: sa.Table
    parts: sa.Table

    @property
    def by(self) -> str:
        """The column of `rows` that names the part."""
        return f"{self.parts.name.removesuffix('s')}_id"


def _view(name: str, rows: sa.Table, parts: sa.Table, *order: str) -> View:
    columns = {
        c.name: sa.Column(c.name, c.type, primary_key=c.primary_key) for c in (*parts.columns, *rows.columns) if c.name in order
    }
    return View(sa.Table(name, sa.MetaData(), *(columns[c] for c in order)), rows, parts)


def _interval_table(name: str, owner: sa.Column, *values: sa.Column, by: str = "scan") -> sa.Table:
    """A table of intervals: (owner, key) is the thing, `values` what was said of it; `by`: what opens and closes rows."""
    table = sa.Table(
        name,
        METADATA,
        owner,
        _required("key", Text),
        _required("valid_from", BigInteger),
        _c("valid_to", BigInteger),
        _required(f"opened_{by}", Integer),
        _c(f"closed_{by}", Integer),
        *values,
        sa.PrimaryKeyConstraint(owner.name, "key", "valid_from", name=f"pk_{name}"),
        sqlite_with_rowid=name not in _BY_KEY,
    )
    current = table.c.valid_to.is_(None)
    sa.Index(f"one_current_{name}", table.c[owner.name], table.c.key, unique=True, sqlite_where=current, postgresql_where=current)
    return table


#: Interval tables that SQLite keeps in the order of their keys, without a second copy of these.
_BY_KEY = frozenset({"ports", "components", "neighbours", "addresses", "readings", "stations", "management"})


def _by_device(name: str, *values: sa.Column) -> sa.Table:
    return _interval_table(name, _required("device_id", Integer), *values)


# -- offices and scans -----------------------------------------------------------------------------------------------------

OFFICES = sa.Table(
    "offices",
    METADATA,
    _required("code", Text),
    _required("known_from", BigInteger),  # when the file was read that says so
    _c("known_to", BigInteger),
    _required("position", Integer),  # order in the file
    _required("name_vi", Text),
    _required("name_en", Text),
    _c("parent", Text),
    _c("staff", Integer),
    _c("valid_from", Text),
    _c("valid_to", Text),
    _c("successor", Text),
    _required("networks", Text),
    sa.PrimaryKeyConstraint("code", "known_from", name="pk_offices"),
)

SCANS = sa.Table(
    "scans",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=True),
    _required("started_at", BigInteger),
    _c("finished_at", BigInteger),
    _c("valid_at", BigInteger),  # finished_at, moved on where needed so that no two scans share a time or go back
    _required("state", Text),  # running, finished, abandoned
    _required("owner", Text),  # inventory.processes, so that a scan that still runs is not resumed by another
    _required("offices", Text),  # codes, sorted, comma-separated
    _required("targets", Integer),
    _c("answered", Integer),
    _c("failed", Integer),
    _c("devices", Integer),
    _c("outcomes", Text),
)

#: Which addresses a scan set out to ask, as ranges (inventory.ranges).
TARGETS = sa.Table(
    "targets",
    METADATA,
    _required("scan_id", Integer),
    _required("office", Text),
    _required("addresses", Text),
    sa.PrimaryKeyConstraint("scan_id", "office", name="pk_targets"),
)

#: How asking ended for every address, as ranges: this tells "gone" from "not asked".
ASKED = sa.Table(
    "asked",
    METADATA,
    _required("scan_id", Integer),
    _required("office", Text),
    _required("protocol", Text),
    _required("outcome", Text),
    _required("addresses", Text),
    sa.PrimaryKeyConstraint("scan_id", "office", "protocol", "outcome", name="pk_asked"),
)

#: What is there and could not be read, or only in part: one row each, with the reason for a person.
FAILURES = sa.Table(
    "failures",
    METADATA,
    _required("scan_id", Integer),
    _required("office", Text),
    _required("address", Text),
    _required("protocol", Text),
    _required("outcome", Text),
    _required("detail", Text),
    _c("credential", Text),
    sa.PrimaryKeyConstraint("scan_id", "office", "address", "protocol", name="pk_failures"),
)

#: Observations of a scan that is not finished yet (inventory.observations).
STAGED = sa.Table(
    "staged",
    METADATA,
    _required("scan_id", Integer),
    _required("office", Text),
    _required("address", Text),
    _required("protocol", Text),
    _required("outcome", Text),
    _required("payload", LargeBinary),
    sa.PrimaryKeyConstraint("scan_id", "office", "address", "protocol", name="pk_staged"),
)

# -- devices ---------------------------------------------------------------------------------------------------------------

DEVICES = sa.Table(
    "devices",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=False),
    _required("created_scan", Integer),
    _required("first_seen", BigInteger),
)

#: Which device turned out to be which, as intervals: a merge that was taken back has an end. Chains are kept flat: `into_id`
#: is a device that is not merged itself at that time.
MERGES = sa.Table(
    "merges",
    METADATA,
    _required("device_id", Integer),
    _required("into_id", Integer),
    _required("valid_from", BigInteger),
    _c("valid_to", BigInteger),
    _c("scan_id", Integer),  # the scan that found it out,
    _c("decision_id", Integer),  # or the decision of a person
    _c("score", Float),
    _required("evidence", Text),
    sa.PrimaryKeyConstraint("device_id", "valid_from", name="pk_merges"),
)
sa.Index(
    "one_current_merges",
    MERGES.c.device_id,
    unique=True,
    sqlite_where=MERGES.c.valid_to.is_(None),
    postgresql_where=MERGES.c.valid_to.is_(None),
)

#: What people ruled (inventory.decisions). Nothing is ever deleted: a decision that was taken back names the one that did it.
DECISIONS = sa.Table(
    "decisions",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=True),
    _required("at", BigInteger),
    _required("author", Text),
    _required("reason", Text),
    _required("verb", Text),  # inventory.decisions.Verb
    _c("device_id", Integer),
    _c("other_id", Integer),
    _c("asset_id", Integer),
    _c("unit", Integer),
    _c("mac", Text),  # of a station that is no device
    _c("field", Text),
    _c("value", Text),
    _c("undone_by", Integer),
    _c("undone_at", BigInteger),
)

#: One row for a device and a scan that asked it: `SIGHTINGS`. In the order of time for each device, so that what it said last is
#: found at once however long the history is.
SEEN = sa.Table(
    "seen",
    METADATA,
    _required("device_id", Integer),
    _required("at", BigInteger),  # `valid_at` of the scan
    _required("scan_id", Integer),
    _c("seen_at", BigInteger),  # empty: asked, and silent
    _required("topics", Integer),  # bits of inventory.reconcile.TOPIC_BITS: answered in full
    _c("uptime_s", BigInteger),
    _required("answer_id", Integer),
    sa.PrimaryKeyConstraint("device_id", "at", name="pk_seen"),
    sqlite_with_rowid=False,
)
#: What is the same from scan to scan.
ANSWERS = sa.Table(
    "answers",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=False),
    _required("state", Text),  # present, silent
    _required("office", Text),
    _required("address", Text),
    _required("protocols", Text),
    _c("score", Float),
    _c("evidence", Text),  # what made it this device, shortest words
)
_SIGHTINGS = _view(
    "sightings",
    SEEN,
    ANSWERS,
    *("device_id", "at", "scan_id", "state", "office", "address", "seen_at", "topics", "protocols", "uptime_s"),
    *("score", "evidence"),
)

#: Why a device was made, joined, merged, or refused: what a person needs to undo it.
IDENTITY_LOG = sa.Table(
    "identity_log",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=True),
    _required("scan_id", Integer),
    _required("at", BigInteger),
    _required("device_id", Integer),
    _required("event", Text),  # created joined merged refused late
    _required("addresses", Text),
    _c("score", Float),
    _required("evidence", Text),
)

FACT_FIELDS = ("kind", "vendor", "model", "serial", "os_version", "manufactured", "installed")
PLAIN_FIELDS = (
    *("sys_name", "sys_descr", "sys_object_id", "sys_location", "sys_contact", "engine_id", "base_mac", "profile"),
    *("uuid", "asset_tag"),
)

FACTS = _by_device(
    "facts",
    *(_c(name, Text) for name in FACT_FIELDS),
    *(_c(f"{name}_source", Text) for name in FACT_FIELDS),
    *(_c(f"{name}_confidence", Float) for name in FACT_FIELDS),
    *(_c(f"{name}_protocol", Text) for name in FACT_FIELDS),
    *(_c(name, Text) for name in PLAIN_FIELDS),
)

CONFLICTS = _by_device("conflicts", _required("kind", Text), _required("value", Text), _c("other_id", Integer))

#: Interfaces of devices, `INTERFACES`: what differs from device to device, and changes.
PORTS = _by_device(
    "ports",
    _required("port_kind_id", Integer),
    _c("alias", Text),
    _c("mac", Text),
    _c("speed_bps", BigInteger),
    _c("admin_up", Boolean),
    _c("oper_up", Boolean),
    _c("pvid", Integer),
    _c("changed_at", BigInteger),  # as it was at `valid_from`; what it has become: `TRAFFIC`
)
#: What ports of devices of one model have in common, and what is said of all ports in the same few words.
PORT_KINDS = sa.Table(
    "port_kinds",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=False),
    _required("protocol", Text),
    _required("if_index", Integer),
    _required("name", Text),
    _c("description", Text),
    _c("type", Integer),
    _c("mtu", BigInteger),
    _c("duplex", Text),
    _c("aggregate", Text),
    _c("stp", Text),
)
_INTERFACES = _view(
    "interfaces",
    PORTS,
    PORT_KINDS,
    *("device_id", "key", "valid_from", "valid_to", "opened_scan", "closed_scan"),
    *("protocol", "if_index", "name", "description", "alias", "type", "mac", "mtu", "speed_bps", "admin_up", "oper_up", "pvid"),
    *("duplex", "aggregate", "stp", "changed_at"),
)

#: Shared services of the administration, as the offices file names them.
SERVICES = sa.Table(
    "services",
    METADATA,
    _required("code", Text),
    _required("known_from", BigInteger),  # when the file was read that says so
    _c("known_to", BigInteger),
    _required("position", Integer),  # order in the file
    _required("name_vi", Text),
    _required("name_en", Text),
    _required("url", Text),
    _required("goal", Text),
    _c("latency_limit_ms", Integer),
    _required("certificate_days", Integer),
    _required("offices", Text),  # codes, comma-separated; empty: all
    sa.PrimaryKeyConstraint("code", "known_from", name="pk_services"),
)

#: Probes of services, `PROBES`: what differs from probe to probe. In the order of time for each service and vantage.
PROBED = sa.Table(
    "probed",
    METADATA,
    _required("service", Text),
    _required("office", Text),  # where the prober stood
    _required("at", BigInteger),
    _required("attempts", Integer),
    _required("lost", Integer),
    _c("name_ms", Integer),
    _c("connect_ms", Integer),
    _c("tls_ms", Integer),
    _c("first_byte_ms", Integer),
    _c("latency_ms", Integer),
    _required("probe_result_id", Integer),
    sa.PrimaryKeyConstraint("service", "office", "at", name="pk_probed"),
    sqlite_with_rowid=False,
)
#: What is the same from probe to probe.
PROBE_RESULTS = sa.Table(
    "probe_results",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=False),
    _required("url", Text),
    _required("outcome", Text),
    _c("status", Integer),
    _c("certificate_until", BigInteger),
    _c("issuer", Text),
    _required("detail", Text),  # inventory.sentences
)
_PROBES = _view(
    "probes",
    PROBED,
    PROBE_RESULTS,
    *("service", "office", "at", "url", "outcome", "attempts", "lost", "name_ms", "connect_ms", "tls_ms", "first_byte_ms"),
    *("latency_ms", "status", "certificate_until", "issuer", "detail"),
)

VIEWS = (_SIGHTINGS, _INTERFACES, _PROBES)
SIGHTINGS, INTERFACES, PROBES = _SIGHTINGS.table, _INTERFACES.table, _PROBES.table

COMPONENTS = _by_device(
    "components",
    _required("protocol", Text),
    _required("index", Text),
    _required("kind", Text),
    _required("name", Text),
    _required("description", Text),
    _c("vendor", Text),
    _c("model", Text),
    _c("serial", Text),
    _c("hardware_rev", Text),
    _c("firmware_rev", Text),
    _c("software_rev", Text),
    _c("parent", Text),
    _c("manufactured", Text),
    _c("size_bytes", BigInteger),
)

#: What a device tells of its neighbours (LLDP, CDP), with the device that we take the neighbour for.
NEIGHBOURS = _by_device(
    "neighbours",
    _required("asked_by", Text),  # snmp, ssh
    _required("protocol", Text),  # lldp, cdp
    _required("local_port", Text),
    _c("remote_name", Text),
    _c("remote_port", Text),
    _c("remote_port_description", Text),
    _c("remote_chassis", Text),
    _c("remote_address", Text),
    _c("remote_description", Text),
    _c("neighbour_id", Integer),
    _c("neighbour_port", Text),  # the neighbour's own name of remote_port
)

ADDRESSES = _by_device(
    "addresses",
    _required("office", Text),
    _required("address", Text),
    _required("origin", Text),  # answered, told
    _c("prefix_length", Integer),
    _c("if_index", Integer),
)

#: Which readings there are, and what they say in words. Numbers differ from scan to scan: `MEASURED`.
READINGS = _by_device(
    "readings",
    _required("protocol", Text),
    _required("metric", Text),
    _required("item", Text),
    _c("value", Float),  # the number that it had at `valid_from`
    _c("text", Text),
)

#: Ways in to a device's management (`inventory.facts.Way`), also those that were asked for and are shut.
MANAGEMENT = _by_device(
    "management",
    _required("office", Text),
    _required("address", Text),
    _required("protocol", Text),
    _required("port", Integer),
    _required("open", Boolean),
    _c("version", Text),
    _c("credential", Text),
    _c("facts", Text),  # JSON
)

#: Stations by (office, MAC): where they hang.
STATIONS = _interval_table(
    "stations",
    _required("office", Text),
    _c("address", Text),
    _c("device_id", Integer),  # the station is this device of ours
    _c("switch_id", Integer),
    _c("port", Text),
    _c("vlan", Integer),
    _c("teller_id", Integer),  # the device whose ARP table gave the address
    _c("name", Text),  # that it told its switch (LLDP, CDP)
    _c("description", Text),  # likewise
)

# -- counters --------------------------------------------------------------------------------------------------------------

#: The last reading of the interfaces of an office's devices (inventory.traffic), to make the next difference.
COUNTERS = sa.Table("counters", METADATA, sa.Column("office", Text, primary_key=True), _required("readings", LargeBinary))

#: The differences of a scan, one packed table an office (inventory.traffic).
TRAFFIC = sa.Table(
    "traffic",
    METADATA,
    _required("scan_id", Integer),
    _required("office", Text),
    _required("differences", LargeBinary),
    sa.PrimaryKeyConstraint("scan_id", "office", name="pk_traffic"),
)

#: The numbers of all readings that a scan heard (inventory.gauges).
MEASURED = sa.Table(
    "measured",
    METADATA,
    sa.Column("scan_id", Integer, primary_key=True, autoincrement=False),
    _required("numbers", LargeBinary),
)

# -- tables that devices learnt ----------------------------------------------------------------------------------------------

#: The newest forwarding and ARP table of each device (inventory.learnt). It is no history: the next one takes its place. Kept
#: under the number that the device had then; a device that turned out to be another is looked up as such (frames.learnt).
LEARNT = sa.Table(
    "learnt",
    METADATA,
    _required("device_id", Integer),
    _required("kind", Text),  # forwarding, arp: a device may tell one of them and not the other
    _required("at", BigInteger),  # of the scan, as in `seen`
    _required("scan_id", Integer),
    _required("read_at", BigInteger),
    _required("entries", LargeBinary),
    sa.PrimaryKeyConstraint("device_id", "kind", name="pk_learnt"),
    sqlite_with_rowid=False,
)

#: What was found out about the cabling after a scan (inventory.cablings), packed.
CABLINGS = sa.Table(
    "cablings",
    METADATA,
    sa.Column("scan_id", Integer, autoincrement=False, nullable=False),
    _required("document", LargeBinary),
    sa.PrimaryKeyConstraint("scan_id", name="pk_cablings"),
)

# -- purchase registers ----------------------------------------------------------------------------------------------------

#: Every import of a register file, also one that changed nothing.
IMPORTS = sa.Table(
    "imports",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=True),
    _required("at", BigInteger),
    _required("register", Text),  # which books: an import closes only what the same books said before
    _required("file", Text),
    _required("digest", Text),  # SHA-256 of the file
    _required("lines", Integer),
    _required("rejected", Integer),
    _required("added", Integer),
    _required("changed", Integer),
    _required("ended", Integer),
)

#: Rows and values of an import that could not be taken, each with its cell and the reason.
REJECTED = sa.Table(
    "rejected",
    METADATA,
    _required("import_id", Integer),
    _required("position", Integer),
    _required("file", Text),
    _required("sheet", Text),
    _required("cell", Text),
    _required("reason", Text),  # inventory.sentences
    _required("text", Text),
    _required("whole_row", Boolean),
    sa.PrimaryKeyConstraint("import_id", "position", name="pk_rejected"),
)

#: What a person confirmed that the columns of an office's register mean.
MAPPINGS = sa.Table(
    "mappings",
    METADATA,
    _required("office", Text),
    _required("headings", Text),  # the headings as compared, so that another layout asks again
    _required("columns", Text),  # JSON: heading -> field
    _required("scale", Integer),  # dong that a 1 in the columns of prices stands for
    _required("at", BigInteger),
    sa.PrimaryKeyConstraint("office", "headings", name="pk_mappings"),
)

ASSETS = _interval_table(
    "assets",
    _required("asset_id", Integer),
    _required("register", Text),
    _required("file", Text),
    _required("sheet", Text),
    _required("row", Integer),
    _required("name", Text),
    _c("code", Text),
    _c("kind", Text),
    _c("vendor", Text),
    _c("model", Text),
    _required("serials", Text),  # comma-separated
    _required("macs", Text),  # comma-separated
    _c("host_name", Text),
    _c("address", Text),
    _c("office", Text),
    _required("office_told", Text),
    _c("place", Text),
    _c("user", Text),
    _required("quantity", Integer),
    _c("unit", Text),
    _c("unit_price_vnd", BigInteger),
    _c("price_vnd", BigInteger),
    _c("residual_value_vnd", BigInteger),
    _c("acquired", Text),
    _c("in_use", Text),
    _c("warranty_to", Text),
    _c("state", Text),
    _c("note", Text),
    _required("more", Text),  # JSON: [[heading, text], ...] of the columns that are no field
    by="import",
)

#: What `kiemke register match` found, written on change.
MATCH_RUNS = sa.Table(
    "match_runs",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=True),
    _required("at", BigInteger),
)
MATCHES = _interval_table(
    "matches",
    _required("asset_id", Integer),  # 0: a thing that is on no books; key: the unit, or "D00042", or a MAC
    _c("unit", Integer),
    _c("device_id", Integer),
    _c("mac", Text),
    _required("bucket", Text),
    _required("confidence", Float),
    _required("reason", Text),  # inventory.sentences
    _required("decided", Boolean),
    _required("others", Text),  # device ids, comma-separated
    sa.Column("alike", Integer, nullable=False, server_default="1"),
    by="run",
)

# -- repairs ---------------------------------------------------------------------------------------------------------------

#: What offices' logs of repairs tell (inventory.repairs), each row once.
REPAIRS = sa.Table(
    "repairs",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=True),
    _required("at", BigInteger),  # of the import that first told it
    _required("file", Text),
    _required("sheet", Text),
    _required("row", Integer),
    _required("digest", Text),  # of what it says, and of which of several that say the same
    _required("day", Text),  # ISO day, month or year
    _c("device_id", Integer),
    _required("told", Text),  # the device, as written
    _c("kind", Text),  # by the words of `told`
    _c("office", Text),
    _required("office_told", Text),
    _c("part", Text),
    _required("part_told", Text),
    _c("action", Text),
    _required("action_told", Text),
    _c("cost_vnd", BigInteger),
    _c("hours_down", Float),
    _required("note", Text),
)
sa.Index("one_repairs_digest", REPAIRS.c.digest, unique=True)
