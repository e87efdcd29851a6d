"""What happened to an inventory in a period, in kinds that people ask for: new, lost, replaced, moved, upgraded. Pure.

The frame `changes` tells single differences, scan by scan. Here those of one event become one: a device that fell silent and
another that answers at its place since are a replacement; one that was silent for a scan and is back is back; an address that
changed because the device went to another office belongs to the move. What was only looked at for the first time stays apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from analysis.tables import code, typed
from inventory import versions
from inventory.frames.columns import Column

#: In the order in which they are read.
KINDS = (
    *("new", "lost", "replaced", "moved", "back", "renamed", "upgraded", "downgraded", "identity", "part"),
    *("link_new", "link_lost", "address", "setting", "port", "machine_new", "machine_gone", "machine_moved", "first_looked"),
)
#: Of these a device itself is the subject.
OF_DEVICES = KINDS[:10]
#: What one wants to see at a glance; the rest is detail.
CHIEF = ("new", "lost", "replaced", "moved", "upgraded", "identity", "part", "link_new", "link_lost")

COLUMNS = (
    Column("what", "string", "kind (`KINDS`)"),
    Column("at", "time", "end of the scan that saw it"),
    Column("office", "string", "office, at that time"),
    Column("subject", "string", "device, interface, component, link, endpoint"),
    Column("device", "string", "device; of a replacement, the new one"),
    Column("other", "string", "of a replacement, the old one"),
    Column("item", "string", "port, part or station"),
    Column("field", "string", "what of it"),
    Column("before", "string", "before"),
    Column("after", "string", "after"),
)
LOOK = (
    Column(
        "why",
        "string",
        "why it wants a look: lost, replaced, identity, downgraded, moved, link_lost, unsteady, conflict, unknown",
    ),
    Column("severity", "string", "high, medium, low"),
    Column("at", "time", "when it was seen"),
    Column("office", "string", "office"),
    Column("device", "string", "device"),
    Column("detail", "string", "what exactly, as the frame says it"),
)

_VERSIONS = ("os_version", "software_rev", "firmware_rev")
_IDENTITY = ("kind", "vendor", "model", "serial")
#: Others hang on these, or hold what people work with.
_CARRYING = frozenset({"router", "firewall", "switch", "wireless", "server", "storage", "olt", "access"})
_MACHINES = {"appeared": "machine_new", "returned": "machine_new", "gone": "machine_gone"}
#: So many times back within a period is not chance: a cable, a power supply, a user who switches it off.
_UNSTEADY = 2


def happenings(changes: pd.DataFrame, devices: pd.DataFrame) -> pd.DataFrame:
    """Rows of `changes` of a period, oldest first, as what happened. Columns: `COLUMNS`. `devices`: as of the period's end."""
    rows = changes.to_dict("records")
    told = devices[["device", "address", "state", "kind"]].to_dict("records")
    now: dict[str, Mapping[Hashable, Any]] = {row["device"]: row for row in told}
    fell = [row for row in rows if row["subject"] == "device" and row["change"] == "unseen"]
    last = {row["device"]: row["at"] for row in fell}  # rows are oldest first
    rows = [row for row in rows if row["change"] != "unseen" or row["at"] == last[row["device"]]]
    replaced = _replaced(rows, now)
    found = [one for row in rows if (one := _told(row, now, replaced)) is not None]
    table = typed(found, COLUMNS)
    order = table["what"].map({what: place for place, what in enumerate(KINDS)})
    table = table.assign(_order=order).sort_values(["at", "_order", "office", "device", "item"], kind="stable")
    return table.drop(columns="_order").reset_index(drop=True)


def _told(row: Mapping[Hashable, Any], now: Mapping[str, Mapping[Hashable, Any]], replaced: Mapping[str, str]) -> dict | None:
    """One change as a happening; None where another one tells of it."""
    device, field = code(row["device"]), code(row["field"])
    told = {name: row[name] for name in ("at", "office", "subject", "device", "item", "field", "before", "after")}
    match row["subject"], row["change"]:
        case "device", "appeared":
            if row["cause"] == "coverage":
                return told | {"what": "first_looked"}
            return told | ({"what": "replaced", "other": replaced[device]} if device in replaced else {"what": "new"})
        case "device", "unseen":
            over = code(now.get(device, {}).get("state")) == "present" or device in replaced.values()
            return None if over else told | {"what": "lost"}
        case "device", "returned":
            return told | {"what": "back"}
        case "device", "moved":
            return told | {"what": "moved"}
        case "device", "readdressed":
            return told | {"what": "address"}
        case "device" | "component", "changed":
            return told | {"what": _of_field(row["subject"], field, code(row["before"]), code(row["after"]))}
        case "component", _:
            return told | {"what": "part"}
        case "link", "appeared" | "gone":
            return told | {"what": "link_new" if row["change"] == "appeared" else "link_lost"}
        case "interface", _:
            return told | {"what": "port" if field == "oper_up" or row["change"] != "changed" else "setting"}
        case "endpoint", _:
            return told | {"what": _MACHINES.get(row["change"], "machine_moved")}
    return told | {"what": "setting"}


def _of_field(subject: str, field: str, before: str, after: str) -> str:
    if field in _VERSIONS:
        old, new = versions.order(before), versions.order(after)
        return "downgraded" if old is not None and new is not None and new < old else "upgraded"
    if field == "sys_name":
        return "renamed"
    if field == "sys_location":
        return "setting"
    return "identity" if subject == "device" and field in _IDENTITY else "part"


def _replaced(rows: list[dict[Hashable, Any]], now: Mapping[str, Mapping[Hashable, Any]]) -> dict[str, str]:
    """new device -> the old one whose place it took: unseen in the scan in which the new one appeared, at the same address of the
    same office, and not of another kind as far as both are known."""
    came: dict[str, str] = {}  # device -> the address that it appeared at
    unseen: dict[tuple[Any, str, str], str] = {}
    for row in rows:
        device = code(row["device"])
        if row["subject"] == "device" and row["change"] == "readdressed" and device not in came:
            came[device] = code(row["before"])
    for row in rows:
        if (
            row["subject"] == "device"
            and row["change"] == "unseen"
            and code(now.get(row["device"], {}).get("state")) != "present"
        ):
            unseen[row["at"], code(row["office"]), code(now.get(row["device"], {}).get("address"))] = code(row["device"])
    found: dict[str, str] = {}
    for row in rows:
        if row["subject"] != "device" or row["change"] != "appeared":
            continue
        new = code(row["device"])
        address = came.get(new) or code(now.get(new, {}).get("address"))
        old = unseen.get((row["at"], code(row["office"]), address)) if address else None
        kinds = {code(now.get(one, {}).get("kind")) for one in (new, old or "")} - {""}
        if old and len(kinds) < 2:
            found[new] = old
    return found


def by_kind(found: pd.DataFrame) -> pd.DataFrame:
    """what, count, offices, in the order of `KINDS`; kinds that did not happen are left out."""
    table = found.groupby("what").agg(count=("what", "size"), offices=("office", "nunique"))
    table = table.reindex([kind for kind in KINDS if kind in table.index]).rename_axis("what").reset_index()
    return table.astype({"what": "string", "count": "Int64", "offices": "Int64"})


def by_office(found: pd.DataFrame, kinds: tuple[str, ...] = CHIEF) -> pd.DataFrame:
    """One row an office in which something happened, the most first: office, a column a kind, machines, all."""
    table = pd.crosstab(found["office"], found["what"]).reindex(columns=list(KINDS), fill_value=0).astype("Int64")
    table["machines"] = table[["machine_new", "machine_gone", "machine_moved"]].sum(axis=1)
    table["details"] = table[["back", "renamed", "downgraded", "address", "setting", "port"]].sum(axis=1)
    table["all"] = table[list(KINDS[:-1])].sum(axis=1)
    table = table[table["all"] > 0][[*kinds, "details", "machines", "all"]].rename_axis(columns=None).reset_index()
    table = table.assign(_chief=table[list(kinds)].sum(axis=1)).sort_values(
        ["_chief", "all", "office"], ascending=[False, False, True]
    )
    return table.drop(columns="_chief").reset_index(drop=True)


def by_scan(found: pd.DataFrame, kinds: tuple[str, ...] = CHIEF) -> pd.DataFrame:
    """Counts by the time of the scan (rows, oldest first) and kind (columns)."""
    table = pd.crosstab(found["at"], found["what"]).reindex(columns=list(kinds), fill_value=0)
    return table.rename_axis(columns=None).sort_index()


def look(found: pd.DataFrame, devices: pd.DataFrame, conflicts: pd.DataFrame, start: pd.Timestamp | None) -> pd.DataFrame:
    """What a person should look at, the gravest first. Columns: `LOOK`. `conflicts`: the frame; open ones since `start` count."""
    kinds = {row["device"]: code(row["kind"]) for row in devices.to_dict("records")}
    opened = conflicts[(conflicts["state"] == "open") & ((conflicts["since"] > start) if start is not None else True)]
    contradictions = opened.assign(why="conflict", severity="high", at=opened["since"], detail=opened["explanation"])
    rows: list[dict] = [*_of_happenings(found, kinds), *contradictions[[column.name for column in LOOK]].to_dict("records")]
    order = {"high": 0, "medium": 1, "low": 2}
    table = typed(rows, LOOK)
    table = table.assign(_order=table["severity"].map(order)).sort_values(["_order", "office", "device", "why"], kind="stable")
    return table.drop(columns="_order").reset_index(drop=True)


def _of_happenings(found: pd.DataFrame, kinds: Mapping[str, str]) -> Iterator[dict[str, object]]:
    back: Counter[str] = Counter()
    last: dict[str, Mapping[Hashable, Any]] = {}
    for row in found.to_dict("records"):
        what, device = row["what"], code(row["device"])
        told = {"why": what, "at": row["at"], "office": row["office"], "device": row["device"], "detail": _detail(row)}
        if what == "lost":
            yield told | {"severity": "high" if kinds.get(device) in _CARRYING else "medium"}
        elif what in ("identity", "downgraded") or what == "link_lost":
            yield told | {"severity": "medium"}
        elif what == "moved":
            yield told | {"severity": "low"}
        elif what == "new" and not kinds.get(device):
            yield told | {"why": "unknown", "severity": "low"}
        elif what == "back":
            back[device] += 1
            last[device] = row
    for device, times in back.items():
        if times >= _UNSTEADY:
            told = {name: last[device][name] for name in ("at", "office", "device")}
            yield told | {"why": "unsteady", "severity": "medium", "detail": str(times)}


def _detail(row: Mapping[Hashable, Any]) -> str | None:
    sides = " → ".join(side for side in (code(row["before"]), code(row["after"])) if side)
    return " ".join(filter(None, (code(row["item"]), sides))) or None
