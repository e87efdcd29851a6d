"""What the data cover: the day, the offices and the devices that were seen, and what was not. Every report says it first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

import pandas as pd

from analysis.tables import code

Say = Callable[..., str]
#: Viet Nam has one time zone, without summer time.
VIET_NAM = timezone(timedelta(hours=7))


def day_of(*moments: datetime | pd.Timestamp | None) -> date:
    """The day, in Viet Nam, of the first moment that is known. Raises `ValueError` when none is."""
    for moment in moments:
        if moment is not None and not pd.isna(moment):
            return moment.astimezone(VIET_NAM).date()
    raise ValueError("no moment is known")


def standing(offices: pd.DataFrame, day: date) -> pd.DataFrame:
    """Offices that stand on a day: begun, and not merged or closed before it."""
    on = pd.Timestamp(day)
    begun = offices["valid_from"].isna() | (offices["valid_from"] <= on)
    lasting = offices["valid_to"].isna() | (offices["valid_to"] >= on)
    return offices[begun & lasting].reset_index(drop=True)


def finished(scans: pd.DataFrame) -> pd.DataFrame:
    """Scans that ended, oldest first."""
    return scans[scans["finished_at"].notna()].sort_values("started_at", kind="stable").reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class Seen:
    """How much was seen on a day. `failed`: places of the last scan where something is there and could not be read."""

    day: date
    offices: int
    offices_seen: int
    unseen: tuple[str, ...]  # codes
    devices: int
    answering: int
    silent: int
    not_asked: int
    failed: int
    scan: dict | None

    def coverage(self, offices: pd.DataFrame, say: Say) -> list[tuple[str, str]]:
        """(label, sentence) pairs for a report's head."""
        names = dict(zip(offices["office"], offices[say("figures.office_column")].fillna(offices["name_vi"]), strict=True))
        listed = [str(names.get(office) or office) for office in self.unseen]
        missing = ", ".join(listed[:8]) + (" …" if len(listed) > 8 else "")
        share = self.answering / self.devices if self.devices else 0.0
        scanned = say("scope.scan_none")
        if self.scan is not None:
            counts = {name: int(self.scan[name]) for name in ("targets", "answered", "failed")}
            scanned = say("scope.scan_text", at=self.scan["started_at"], **counts)
        return [
            (
                say("scope.offices"),
                say("scope.offices_missing", seen=self.offices_seen, all=self.offices, names=missing)
                if self.unseen
                else say("scope.offices_text", seen=self.offices_seen, all=self.offices),
            ),
            (
                say("scope.devices"),
                say(
                    "scope.devices_text",
                    answering=self.answering, known=self.devices, share=share, silent=self.silent, not_asked=self.not_asked,
                ),
            ),
            (say("scope.scan"), scanned),
        ]  # fmt: skip

    def about(self, say: Say, place: str = "") -> str:
        """The line under a figure's title."""
        where = place or say("show.all_offices")
        return say("figures.about", as_of=self.day, place=where, answering=self.answering, known=self.devices)


def seen(devices: pd.DataFrame, offices: pd.DataFrame, scans: pd.DataFrame, day: date) -> Seen:
    """From the inventory's `devices` (without those that are gone), `offices` (those that stand) and `scans`, as of the day."""
    devices = devices[devices["state"].fillna("") != "gone"]
    state = devices["state"].fillna("not_asked")
    with_answer = set(devices.loc[state == "present", "office"].dropna())
    ended = finished(scans)
    last = ended.iloc[-1].fillna(0).to_dict() if len(ended) else None
    unseen = tuple(office for office in offices["office"] if office not in with_answer)
    return Seen(
        day=day,
        offices=len(offices),
        offices_seen=len(offices) - len(unseen),
        unseen=unseen,
        devices=len(devices),
        answering=int((state == "present").sum()),
        silent=int((state == "silent").sum()),
        not_asked=int((state == "not_asked").sum()),
        failed=int(last["failed"]) if last else 0,
        scan=last,
    )


@dataclass(frozen=True, slots=True)
class Changes:
    """What the last scan found changed: `rows` of the `changes` frame; `before`, `after`: when the two began (None: none)."""

    rows: pd.DataFrame
    before: pd.Timestamp | None
    after: pd.Timestamp | None


_ORDER = {"device": 0, "link": 1, "component": 2, "interface": 3, "endpoint": 4}


def last_changes(changes: pd.DataFrame, scans: pd.DataFrame) -> Changes:
    """Changes that the last finished scan found against the one before; none at all after a first scan."""
    ended = finished(scans)
    if len(ended) < 2:
        return Changes(changes.iloc[0:0], None, ended["started_at"].iloc[-1] if len(ended) else None)
    rows = changes[changes["scan"] == ended["scan"].iloc[-1]]
    return Changes(_in_order(rows), ended["started_at"].iloc[-2], ended["started_at"].iloc[-1])


def _in_order(changes: pd.DataFrame) -> pd.DataFrame:
    """Scan by scan, devices first."""
    order = changes["subject"].map(_ORDER).fillna(9)
    rows = changes.assign(_order=order).sort_values(["at", "_order", "office", "device", "item"], kind="stable")
    return rows.drop(columns="_order").reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much was looked at since a moment: without it, no change and not looked are one."""

    scans: int
    first: pd.Timestamp | None
    last: pd.Timestamp | None
    offices: int
    unseen: tuple[str, ...]  # codes of standing offices with devices or networks that no scan was about
    devices: int
    asked: int
    silent: int


def before_last(scans: pd.DataFrame) -> pd.Timestamp | None:
    """The moment after which only the last finished scan ended; None when there is at most one."""
    ended = finished(scans)["finished_at"].sort_values()
    return None if len(ended) < 2 else ended.iloc[-2]


def changes_since(changes: pd.DataFrame, start: pd.Timestamp | None) -> pd.DataFrame:
    """Rows of the `changes` frame after a moment, devices first within a scan; all where the moment is None."""
    return _in_order(changes if start is None else changes[changes["at"] > start])


def coverage_since(devices: pd.DataFrame, offices: pd.DataFrame, scans: pd.DataFrame, start: pd.Timestamp | None) -> Coverage:
    """From the inventory's `devices`, `offices` and `scans`: what was asked after a moment."""
    ended = finished(scans)
    ended = ended if start is None else ended[ended["finished_at"] > start]
    about = {code for codes in ended["offices"].dropna() for code in codes.split(",")}
    known = devices[devices["state"].fillna("") != "gone"]
    asked = known["last_asked"].notna() if start is None else known["last_asked"] > start
    stand = offices[offices["networks"].fillna("").ne("") & offices["valid_to"].isna()]
    return Coverage(
        scans=len(ended),
        first=None if ended.empty else ended["finished_at"].min(),
        last=None if ended.empty else ended["finished_at"].max(),
        offices=len(stand),
        unseen=tuple(code for code in stand["office"] if code not in about),
        devices=len(known),
        asked=int(asked.sum()),
        silent=int((known["state"] == "silent").sum()),
    )


def place_name(offices: pd.DataFrame, office: str, say: Say) -> str:
    """Name of one office, "" for all."""
    if not office:
        return ""
    row = offices[offices["office"] == office]
    if row.empty:
        return office
    return code(row.iloc[0][say("figures.office_column")]) or code(row.iloc[0]["name_vi"]) or office
