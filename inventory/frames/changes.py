"""What each scan found changed, from the intervals that it opened and closed, and from who answered.

Coverage is not change. A device's parts, ports, links and stations `appear` only when an earlier scan had heard the device on
that topic, and a station moves to a device that was there only then; a value that was unknown before is learnt, not changed; a
value that another protocol now gives is another voice; and nothing is gone because nobody asked. What people decide is no change
of the network either (frame `decisions`).

A device itself `appeared` in the first scan that saw it; where no earlier scan had asked its address, the `cause` is coverage:
it was looked at for the first time, and may be old. All other changes are the network's.

Vocabulary, by subject:
- device: appeared, unseen (asked, silent, and answering when last asked), returned, moved (field office), readdressed (field
  address), changed (field).
- interface, component: appeared, gone, changed (field); item is the port, or the part's name.
- link: appeared, gone; item is the port, after or before the far end.
- endpoint: appeared, returned (was gone), gone, moved (field port, office), readdressed (field address); item is its MAC.
  Stations that are devices of ours are left to the subject device.
"""

# ruff: noqa: S608 - table and column names are constants of this package

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

import pandas as pd

from inventory import ranges
from inventory.facts import Outcome, Topic
from inventory.frames.links import End, Told, told
from inventory.frames.reading import NOW, Reader, device_names, records
from inventory.frames.surroundings import scan_names
from inventory.fusing import TOPIC_BITS
from inventory.names import device_name
from inventory.places import place_key

DEVICE_FIELDS = ("kind", "vendor", "model", "serial", "os_version", "sys_name", "sys_location")
INTERFACE_FIELDS = ("oper_up", "admin_up", "speed_bps", "duplex", "stp", "aggregate", "alias", "pvid", "mac")
#: What says nothing of a port without a link.
_OF_A_LINK = frozenset({"speed_bps", "duplex", "stp"})
COMPONENT_FIELDS = ("model", "serial", "hardware_rev", "firmware_rev", "software_rev", "size_bytes")


class Change(NamedTuple):
    scan_id: int
    office: str | None  # None: the office of the device
    subject: str
    device_id: int | None
    item: str
    change: str
    field: str = ""
    before: object = None
    after: object = None
    cause: str = "network"


def changes(reader: Reader) -> pd.DataFrame:
    """All changes up to the moment, oldest scan first."""
    history = _History(reader)
    found = [
        *_devices(reader, history),
        *_facts(reader),
        *_items(reader, history, "interfaces", "interface", "name", INTERFACE_FIELDS),
        *_items(reader, history, "components", "component", "name", COMPONENT_FIELDS),
        *_links(reader, history),
        *_endpoints(reader, history),
    ]
    rows = pd.DataFrame(found, columns=list(Change._fields)).astype({"device_id": "Int64"})
    rows["office"] = [
        office if isinstance(office, str) else history.office_at(device, scan)
        for office, device, scan in zip(rows["office"], rows["device_id"], rows["scan_id"], strict=True)
    ]
    rows = reader.in_scope(rows).copy()
    rows["at"] = rows["scan_id"].map(history.time)
    rows["scan"] = scan_names(rows["scan_id"])
    rows["device"] = device_names(rows["device_id"])
    for column in ("before", "after"):
        rows[column] = rows[column].map(_text).astype("string")
    rows["item"] = rows["item"].replace("", pd.NA)
    rows["field"] = rows["field"].replace("", pd.NA)
    order = ["at", "office", "subject", "device_id", "item", "change", "field"]
    return rows.sort_values(order, kind="stable")


def _text(value: object) -> str | None:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


class _History:
    """Who was asked and heard when, and where."""

    def __init__(self, reader: Reader) -> None:
        done = reader.rows("SELECT id, valid_at FROM scans WHERE state = 'finished' AND valid_at <= :at")
        self.time: dict[int, int] = dict(zip(done["id"], done["valid_at"], strict=True))
        self.sightings = records(
            reader.rows(
                "SELECT s.device_id, c.valid_at, s.scan_id, s.state, s.office, s.address, s.topics FROM sightings s "
                "JOIN scans c ON c.id = s.scan_id WHERE c.valid_at <= :at ORDER BY s.device_id, c.valid_at"
            )
        )
        merged = reader.rows("SELECT device_id, valid_from FROM merges")
        self.merged = set(zip(merged["device_id"], merged["valid_from"], strict=True))
        self._place: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
        self._heard: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._first_heard: dict[tuple[int, int], int] = {}
        for row in self.sightings:
            if row["state"] == "present":
                self._place[row["device_id"]].append((row["valid_at"], row["office"], row["address"]))
                self._heard[row["device_id"]].append((row["valid_at"], row["topics"]))

    def heard_before(self, device: int | None, bit: int, at: int) -> bool:
        """Whether a topic of a device was answered in full in a scan before `at`."""
        if device is None:
            return False
        if (device, bit) not in self._first_heard:  # asked for every row of the device
            times = (when for when, topics in self._heard.get(device, ()) if topics & bit)
            self._first_heard[device, bit] = min(times, default=NOW)
        return self._first_heard[device, bit] < at

    def heard_at(self, device: int | None, bit: int, at: int) -> bool:
        return device is not None and any(when == at and topics & bit for when, topics in self._heard.get(device, ()))

    def place_at(self, device: int | None, at: int) -> tuple[str, str] | None:
        """(office, address) that a device had answered at last, by `at`."""
        places = self._place.get(device, []) if device is not None else []
        position = bisect_right(places, at, key=itemgetter(0))
        return places[position - 1][1:] if position else None

    def order_at(self, device: int, at: int) -> tuple[tuple[str, int, int], int]:
        """Sorts devices by the address that they had."""
        place = self.place_at(device, at)
        return place_key(("", place[1] if place else "")), device

    def office_at(self, device: Any, scan: int) -> str | None:
        place = self.place_at(None if pd.isna(device) else int(device), self.time[scan])
        return place[0] if place else None


def _devices(reader: Reader, history: _History) -> Iterator[Change]:
    created = reader.rows("SELECT id, created_scan FROM devices WHERE first_seen <= :at AND created_scan > 0")
    asked = reader.rows(
        "SELECT c.valid_at, a.office, a.addresses FROM asked a JOIN scans c ON c.id = a.scan_id "
        "WHERE c.state = 'finished' AND c.valid_at <= :at "
        f"AND a.outcome NOT IN ('{Outcome.NOT_ASKED}', '{Outcome.NO_CREDENTIAL}')"
    )
    by_office: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in records(asked):
        by_office[row["office"]].append((row["valid_at"], row["addresses"]))
    for device, scan in zip(created["id"], created["created_scan"], strict=True):
        at = history.time[scan]
        place = history.place_at(device, at)
        # Its address had been asked before, in vain: it is new. Else nobody had looked there, and it may be old.
        looked = place is not None and any(when < at and ranges.holds(text, place[1]) for when, text in by_office[place[0]])
        yield Change(scan, None, "device", device, "", "appeared", cause="network" if looked else "coverage")
    last: dict[str, Any] | None = None
    answered: dict[str, Any] | None = None
    for row in history.sightings:
        if last is None or last["device_id"] != row["device_id"]:
            last, answered = row, row
            continue
        scan, office, device = row["scan_id"], row["office"], row["device_id"]
        if row["state"] != last["state"]:
            yield Change(scan, office, "device", device, "", "returned" if row["state"] == "present" else "unseen")
        if row["state"] == "present":
            for field, change in (("office", "moved"), ("address", "readdressed")):
                if answered is not None and answered[field] != row[field]:
                    yield Change(scan, office, "device", device, "", change, field, answered[field], row[field])
            answered = row
        last = row


def _facts(reader: Reader) -> Iterator[Change]:
    for new, old in _successions(reader, "facts"):
        for field in DEVICE_FIELDS:
            before, after = old[field], new[field]
            if before is None or after is None or before == after:
                continue
            if f"{field}_protocol" in new and new[f"{field}_protocol"] != old[f"{field}_protocol"]:
                continue
            yield Change(new["opened_scan"], None, "device", new["device_id"], "", "changed", field, before, after)


def _successions(reader: Reader, table: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """(row, the row that it took the place of in the same scan)."""
    where = f"FROM {table} n JOIN {table} o ON o.device_id = n.device_id AND o.key = n.key AND o.closed_scan = n.opened_scan "
    where += "AND n.opened_scan > 0"
    new = reader.rows(f"SELECT n.* {where} WHERE n.valid_from <= :at ORDER BY n.device_id, n.key, n.valid_from")
    old = reader.rows(f"SELECT o.* {where} WHERE n.valid_from <= :at ORDER BY n.device_id, n.key, n.valid_from")
    yield from zip(records(new), records(old), strict=True)


def _items(reader: Reader, history: _History, table: str, subject: str, name: str, fields: tuple[str, ...]) -> Iterator[Change]:
    bit = _bit(table)
    for new, old in _successions(reader, table):
        up_changed = old.get("oper_up") != new.get("oper_up")
        for field in fields:
            before, after = old[field], new[field]
            if before is None or after is None or before == after or new["protocol"] != old["protocol"]:
                continue
            if field in _OF_A_LINK and (up_changed or not before or not after):
                continue
            if field in ("oper_up", "admin_up"):
                before, after = bool(before), bool(after)
            yield Change(
                new["opened_scan"], None, subject, new["device_id"], new[name] or new["key"], "changed", field, before, after
            )
    none = f"NOT EXISTS (SELECT 1 FROM {table} o WHERE o.device_id = n.device_id AND o.key = n.key AND "
    opened = reader.rows(
        f"SELECT n.* FROM {table} n JOIN devices d ON d.id = n.device_id "
        "WHERE n.valid_from <= :at AND n.opened_scan > 0 AND n.opened_scan <> d.created_scan "
        f"AND {none} o.closed_scan = n.opened_scan)"
    )
    for row in records(opened):
        if history.heard_before(row["device_id"], bit, row["valid_from"]):
            yield Change(
                row["opened_scan"], None, subject, row["device_id"], row[name] or row["key"], "appeared", after=_part(row)
            )
    closed = reader.rows(
        f"SELECT n.* FROM {table} n WHERE n.valid_to <= :at AND n.closed_scan > 0 AND {none} o.opened_scan = n.closed_scan)"
    )
    for row in records(closed):
        if (row["device_id"], row["valid_to"]) not in history.merged:
            yield Change(row["closed_scan"], None, subject, row["device_id"], row[name] or row["key"], "gone", before=_part(row))


def _part(row: Mapping[str, Any]) -> str | None:
    """What a part is, in words; nothing for an interface."""
    words = [str(row[c]) for c in ("kind", "model", "serial") if row.get(c)]
    return " ".join(words) or None


def _links(reader: Reader, history: _History) -> Iterator[Change]:
    """A link has appeared when neither side told of it before, and is gone when no side that was heard tells of it.

    Where both sides show it, the one with the lower address is named.
    """
    bit = _bit("neighbours")
    by_ends: dict[frozenset[End], list[Told]] = defaultdict(list)
    for one in told(reader):
        by_ends[one.ends].append(one)
    for tellings in by_ends.values():
        seen_by: dict[tuple[int, str], list[Told]] = defaultdict(list)  # (time, change) -> the sides that show it
        for one in tellings:
            at = one.valid_from
            earlier = any(t is not one and t.valid_from < at <= t.valid_to for t in tellings)
            if not earlier and one.opened > 0 and history.heard_before(one.device, bit, at):
                seen_by[at, "appeared"].append(one)
            at = one.valid_to
            if at == NOW or one.closed is None or one.closed < 0 or (one.device, at) in history.merged:
                continue
            later = any(t is not one and t.valid_from <= at < t.valid_to and _speaks(t, one, history, bit, at) for t in tellings)
            if not later:
                seen_by[at, "gone"].append(one)
        for (at, change), sides in sorted(seen_by.items()):
            one = min(sides, key=lambda t: history.order_at(t.device, at))
            if change == "appeared":
                yield Change(one.opened, None, "link", one.device, one.port, change, after=one.far)
            elif one.closed is not None:
                yield Change(one.closed, None, "link", one.device, one.port, change, before=one.far)


def _speaks(other: Told, one: Told, history: _History, bit: int, at: int) -> bool:
    """The same device tells the link on (under another name), or the other side was heard in that scan and tells it."""
    return other.device == one.device or history.heard_at(other.device, bit, at)


def _endpoints(reader: Reader, history: _History) -> Iterator[Change]:
    bit = _bit("addresses")
    rows = records(reader.rows("SELECT * FROM stations WHERE valid_from <= :at ORDER BY office, key, valid_from"))
    by_mac: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_mac[row["key"]].append(row)
    for lives in by_mac.values():
        lives.sort(key=lambda r: (r["valid_from"], r["office"]))
        yield from _station(lives, reader.at, history, bit)


def _station(lives: list[dict[str, Any]], now: int, history: _History, bit: int) -> Iterator[Change]:
    """The intervals of one hardware address, oldest first."""
    for row in lives:
        office, mac, at = row["office"], row["key"], row["valid_from"]
        ours = row["device_id"] is not None
        just = [r for r in lives if r["closed_scan"] == row["opened_scan"] and r["valid_to"] == at]
        last = next((r for r in just if r["office"] == office), just[0] if just else None)
        if row["opened_scan"] < 0:
            pass  # a person's decision, nothing that a scan found
        elif last is not None:
            if not ours and last["device_id"] is None:
                yield from _station_changes(row, last, history, bit)
        elif not ours and any(history.heard_before(row[teller], bit, at) for teller in ("switch_id", "teller_id")):
            change = "returned" if any(r["valid_from"] < at for r in lives) else "appeared"
            yield Change(row["opened_scan"], office, "endpoint", row["switch_id"], mac, change, after=_where(row))
        over = row["valid_to"] is not None and row["valid_to"] <= now and row["closed_scan"] > 0
        if over and not ours and not any(r["opened_scan"] == row["closed_scan"] for r in lives):
            yield Change(row["closed_scan"], office, "endpoint", row["switch_id"], mac, "gone", before=_where(row))


def _station_changes(row: Mapping[str, Any], last: Mapping[str, Any], history: _History, bit: int) -> Iterator[Change]:
    scan, office, mac, switch = row["opened_scan"], row["office"], row["key"], row["switch_id"]
    if last["address"] is not None and row["address"] is not None and last["address"] != row["address"]:
        yield Change(scan, office, "endpoint", switch, mac, "readdressed", "address", last["address"], row["address"])
    if last["office"] != office:
        yield Change(scan, office, "endpoint", switch, mac, "moved", "office", last["office"], office)
    old, new = (last["switch_id"], last["port"]), (switch, row["port"])
    if old[0] is None or new[0] is None or old == new:
        return
    at = row["valid_from"]
    if old[1] == new[1] and history.place_at(old[0], at) == history.place_at(new[0], at):
        return  # another switch stands in the old one's place
    if history.place_at(new[0], at - 1) is not None and not history.heard_before(new[0], bit, at):
        return  # the switch had not told its stations before: they may always have been there
    yield Change(scan, office, "endpoint", switch, mac, "moved", "port", _where(last), _where(row))


def _where(row: Mapping[str, Any]) -> str | None:
    return f"{device_name(row['switch_id'])} {row['port']}" if row["switch_id"] is not None else row["address"]


def _bit(topic: str) -> int:
    return TOPIC_BITS[Topic(topic)]
