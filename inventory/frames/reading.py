"""Reads what was true at a moment, of one office or all."""

# ruff: noqa: S608 - table and column names are constants of this package

from __future__ import annotations

import datetime
import difflib
import re
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar

import pandas as pd

from inventory import sources
from inventory.facts import Topic
from inventory.frames import queries, states
from inventory.fusing import TOPIC_BITS
from inventory.offices import scope
from inventory.problems import Problem
from inventory.schema import VERSION
from inventory.sources import Source
from inventory.unusable import DatabaseError

AsOf = datetime.date | datetime.datetime | int | str

#: Viet Nam has one time zone without summer time; "as of a date" is the end of that day there.
LOCAL = datetime.timezone(datetime.timedelta(hours=7))
NOW = 2**62


class FrameError(Problem):
    """What cannot be shown, and why."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "frame_unknown": "There is no frame “{frame}”; the frames are {known}.",
        "frame_office": "The inventory knows no office “{office}”; did you mean “{nearest}”?",
        "frame_as_of": "“{given}” is not a date; write dd/mm/yyyy or yyyy-mm-dd.",
        "frame_no_database": "There is no inventory at {file}; scan first, or name another workspace.",
    }


def moment(as_of: AsOf | None) -> datetime.datetime | None:
    """The moment that is meant: a date is the end of that day in Viet Nam, a time without a zone is Vietnamese time."""
    if as_of is None or as_of == "":
        return None
    if isinstance(as_of, int):
        return datetime.datetime.fromtimestamp(as_of, datetime.UTC)
    if isinstance(as_of, str):
        given, text = as_of, as_of.strip()
        if match := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text):
            text = f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}"
        try:
            as_of = datetime.datetime.fromisoformat(text) if len(text) > 10 else datetime.date.fromisoformat(text)
        except ValueError:
            raise FrameError("frame_as_of", given=given) from None
    if isinstance(as_of, datetime.datetime):
        return as_of if as_of.tzinfo else as_of.replace(tzinfo=LOCAL)
    return datetime.datetime.combine(as_of, datetime.time(23, 59, 59), LOCAL)


def epoch(as_of: AsOf | None) -> int:
    """`moment` in seconds since the epoch; far in the future for None."""
    when = moment(as_of)
    return NOW if when is None else int(when.timestamp())


def day_before(day: datetime.date) -> int:
    """The last second before a day in Viet Nam, in seconds since the epoch."""
    return int(datetime.datetime.combine(day, datetime.time(), LOCAL).timestamp()) - 1


def device_names(ids: pd.Series) -> pd.Series:
    """42 -> D00042; missing stays missing."""
    known = ids.dropna().unique()
    return ids.map({i: f"D{int(i):05d}" for i in known}).astype("string")


class Reader:
    """One consistent view of the inventory as of a moment, of one office or all."""

    def __init__(self, source: Source, at: int, office: str | None) -> None:
        self.at = at
        self._office = office
        self._places: pd.DataFrame | None = None
        self._source = source

    def __enter__(self) -> Reader:
        file = sources.sqlite_file(self._source)
        if file is not None and not Path(file).exists():
            raise FrameError("frame_no_database", file=file)
        with ExitStack() as stack:
            self._query = stack.enter_context(queries.opened(self._source))
            self._check()
            self.offices = self._scope()
            self._open = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._open.__exit__(kind, error, trace)

    def _check(self) -> None:
        """Who only reads does not bring tables up to date."""
        version = self.scalar("SELECT version_num FROM alembic_version")
        if version != VERSION:
            key = "database_newer" if version > VERSION else "database_tables"
            raise DatabaseError(key, file=sources.name(self._source), version=version)

    # -- queries -----------------------------------------------------------------------------------------------------

    def rows(self, sql: str) -> pd.DataFrame:
        """Rows of a query; `:at` in it is the moment."""
        return self._query(sql.replace(":at", str(self.at)))

    def scalar(self, sql: str) -> Any:
        found: Any = self.rows(sql).iloc[0, 0]
        return None if pd.isna(found) else found

    def current(self, table: str, columns: str = "*", where: str = "") -> pd.DataFrame:
        """Rows of an interval table that were true at the moment."""
        return self.rows(f"SELECT {columns} FROM {table} t WHERE {standing('t')} {where}")

    def first_seen(self, table: str, owner: str = "device_id") -> pd.DataFrame:
        """owner, key, first_seen: when each row's thing was first seen."""
        if owner != "device_id":
            of = f"FROM {table} WHERE valid_from <= :at GROUP BY {owner}, key"
            return self.rows(f"SELECT {owner}, key, MIN(valid_from) AS first_seen {of}")
        is_now = "COALESCE(m.into_id, t.device_id)"
        return self.rows(
            f"SELECT {is_now} AS device_id, t.key, MIN(t.valid_from) AS first_seen FROM {table} t {_merged_from('t')} "
            f"WHERE t.valid_from <= :at GROUP BY {is_now}, t.key"
        )

    def heard(self, topic: str) -> pd.DataFrame:
        """device_id, last_confirmed: when each device, as whatever it was known then, last answered a topic in full."""
        is_now = "COALESCE(m.into_id, s.device_id)"
        return self.rows(
            f"SELECT {is_now} AS device_id, MAX(c.valid_at) AS last_confirmed FROM sightings s JOIN scans c ON c.id = s.scan_id "
            f"{_merged_from('s')} WHERE c.valid_at <= :at AND (s.topics & {TOPIC_BITS[Topic(topic)]}) <> 0 GROUP BY {is_now}"
        )

    # -- devices and offices -----------------------------------------------------------------------------------------

    def places(self) -> pd.DataFrame:
        """The devices of `all_places` in scope."""
        return self.in_scope(self.all_places())

    def all_places(self) -> pd.DataFrame:
        """device_id, office, address, protocols, uptime_s, first_seen, last_confirmed, last_asked, state of every device."""
        if self._places is None:
            rows = self.rows(
                "WITH done AS (SELECT id, valid_at FROM scans WHERE state = 'finished' AND valid_at <= :at), "
                "answered AS (SELECT s.device_id, MAX(d.valid_at) AS at FROM sightings s JOIN done d ON d.id = s.scan_id "
                "WHERE s.state = 'present' GROUP BY s.device_id), "
                "unanswered AS (SELECT s.device_id, COUNT(*) AS times, MAX(d.valid_at) AS at FROM sightings s "
                "JOIN done d ON d.id = s.scan_id JOIN answered a ON a.device_id = s.device_id "
                "WHERE s.state = 'silent' AND d.valid_at > a.at GROUP BY s.device_id), "
                "asked AS (SELECT t.office, MAX(d.valid_at) AS at FROM targets t "
                "JOIN done d ON d.id = t.scan_id GROUP BY t.office) "
                "SELECT v.id AS device_id, s.office, s.address, s.protocols, s.uptime_s, v.first_seen, a.at AS last_confirmed, "
                "COALESCE(u.at, a.at) AS last_asked, COALESCE(u.times, 0) AS silences, "
                "COALESCE(l.state, 'not_asked') AS state "
                "FROM devices v JOIN answered a ON a.device_id = v.id JOIN done d ON d.valid_at = a.at "
                "JOIN sightings s ON s.device_id = v.id AND s.scan_id = d.id "
                "LEFT JOIN unanswered u ON u.device_id = v.id "
                "LEFT JOIN asked k ON k.office = s.office LEFT JOIN done e ON e.valid_at = k.at "
                "LEFT JOIN sightings l ON l.device_id = v.id AND l.scan_id = e.id ORDER BY v.id"
            )
            ruled = {row["device_id"]: row["at"] for row in records(self.ruled("gone"))}
            self._places = states.name(states.fold(rows, self.merged()), ruled)
        return self._places

    def merged(self) -> dict[int, int]:
        """device -> the device that it had turned out to be by the moment."""
        rows = self.rows(f"SELECT device_id, into_id FROM merges m WHERE {standing('m')}")
        return dict(zip(rows["device_id"], rows["into_id"], strict=True))

    def ruled(self, verb: str) -> pd.DataFrame:
        """Decisions of a verb that hold at the moment, oldest first, on the devices that theirs are now."""
        rows = self.rows(
            f"SELECT * FROM decisions WHERE verb = '{verb}' AND at <= :at AND (undone_at IS NULL OR undone_at > :at) ORDER BY id"
        )
        rows["device_id"] = rows["device_id"].replace(self.merged())
        return rows

    def in_scope(self, rows: pd.DataFrame, column: str = "office") -> pd.DataFrame:
        return rows if self.offices is None else rows[rows[column].isin(self.offices)]

    def of_devices(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows of devices in scope, with `device` and `office`."""
        places = self.places()[["device_id", "office"]]
        joined = rows.merge(places, on="device_id", how="inner", suffixes=("_told", ""))
        joined["device"] = device_names(joined["device_id"])
        return joined

    def known_offices(self) -> pd.DataFrame:
        """Offices as they were known at the moment; where nothing was known yet, as they were first known."""
        known = self.rows("SELECT * FROM offices ORDER BY position, code")
        then = known[(known["known_from"] <= self.at) & (known["known_to"].isna() | (known["known_to"] > self.at))]
        return known[known["known_from"] == known["known_from"].min()] if then.empty else then

    def _scope(self) -> frozenset[str] | None:
        if self._office is None:
            return None
        known = self.known_offices()
        codes = set(known["code"])
        if self._office not in codes:
            codes |= set(self.rows("SELECT DISTINCT office FROM sightings")["office"])
            if self._office not in codes:
                nearest = difflib.get_close_matches(self._office, sorted(codes), n=1, cutoff=0.0)
                raise FrameError("frame_office", office=self._office, nearest=nearest[0] if nearest else "")
        parents = {code: None if pd.isna(up) else up for code, up in zip(known["code"], known["parent"], strict=True)}
        successors = {code: None if pd.isna(up) else up for code, up in zip(known["code"], known["successor"], strict=True)}
        return frozenset(scope(self._office, parents, successors))


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries of plain Python values; missing is None."""
    columns = [[None if value is pd.NA else value for value in rows[name].tolist()] for name in rows.columns]
    return [dict(zip(rows.columns, values, strict=True)) for values in zip(*columns, strict=True)]


def standing(table: str) -> str:
    """SQL: the interval was true at the moment."""
    return f"{table}.valid_from <= :at AND ({table}.valid_to IS NULL OR {table}.valid_to > :at)"


def _merged_from(table: str) -> str:
    """SQL: joins what a table's device had turned out to be by the moment."""
    return f"LEFT JOIN merges m ON m.device_id = {table}.device_id AND {standing('m')}"
