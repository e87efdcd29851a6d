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

import numpy as np
import pandas as pd

from inventory import sources
from inventory.facts import Topic
from inventory.frames import queries, states
from inventory.fusing import TOPIC_BITS
from inventory.names import device_name
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
    return ids.map({i: device_name(int(i)) for i in known}).astype("string")


#: When the last scan by the moment ended.
LAST_SCAN = "SELECT MAX(valid_at) FROM scans WHERE state = 'finished' AND valid_at <= :at"
#: Devices that have answered by the moment, with their last answer, and what was asked of them since. Each is looked up by the
#: key of `seen`, which both databases do whatever else there is.
_LAST = "FROM seen p WHERE p.device_id = v.id AND p.at <= :at AND p.seen_at IS NOT NULL ORDER BY p.at DESC LIMIT 1"
_PLACES = f"""
SELECT d.device_id, a.office, a.address, a.protocols, d.uptime_s, d.first_seen, d.last_confirmed, d.last_asked, d.silences,
COALESCE((SELECT CASE WHEN l.seen_at IS NULL THEN 'silent' ELSE 'present' END
    FROM seen l WHERE l.device_id = d.device_id AND l.at = k.at), 'not_asked') AS state
FROM (
    SELECT v.id AS device_id, v.first_seen,
    (SELECT p.at {_LAST}) AS last_confirmed, (SELECT p.uptime_s {_LAST}) AS uptime_s, (SELECT p.answer_id {_LAST}) AS answer_id,
    (SELECT MAX(u.at) FROM seen u WHERE u.device_id = v.id AND u.at <= :at) AS last_asked,
    (SELECT COUNT(*) FROM seen u WHERE u.device_id = v.id AND u.at <= :at AND u.at > (SELECT p.at {_LAST})) AS silences
    FROM devices v
) d
JOIN answers a ON a.id = d.answer_id
LEFT JOIN (
    SELECT t.office, MAX(c.valid_at) AS at FROM targets t JOIN scans c ON c.id = t.scan_id
    WHERE c.state = 'finished' AND c.valid_at <= :at GROUP BY t.office
) k ON k.office = a.office
ORDER BY d.device_id
"""
_OFFICES = f"""
SELECT d.device_id, a.office, d.first_seen, d.last_confirmed FROM (
    SELECT v.id AS device_id, v.first_seen, (SELECT p.at {_LAST}) AS last_confirmed, (SELECT p.answer_id {_LAST}) AS answer_id
    FROM devices v
) d
JOIN answers a ON a.id = d.answer_id
ORDER BY d.device_id
"""


class Reader:
    """One consistent view of the inventory as of a moment, of one office or all."""

    def __init__(
        self, source: Source, at: int, office: str | None, lifecycle_folder: Path | None = None, known_at: int = NOW
    ) -> None:
        #: What was asked for, `NOW` for the newest; and the last moment that counts, which is no later than what is known.
        self.asked, self.at = at, min(at, known_at)
        self.lifecycle_folder = lifecycle_folder
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

    def first_seen(self, table: str, owner: str = "device_id", where: str = "") -> pd.DataFrame:
        """owner, key, first_seen: when each row's thing was first seen. `where`: of rows of devices (t) that count, "AND …"."""
        if owner != "device_id":
            of = f"FROM {table} WHERE valid_from <= :at GROUP BY {owner}, key"
            return self.rows(f"SELECT {owner}, key, MIN(valid_from) AS first_seen {of}")
        is_now = "COALESCE(m.into_id, t.device_id)"
        return self.rows(
            f"SELECT {is_now} AS device_id, t.key, MIN(t.valid_from) AS first_seen FROM {table} t {_merged_from('t')} "
            f"WHERE t.valid_from <= :at {where} GROUP BY {is_now}, t.key"
        )

    def heard(self, topic: str) -> pd.DataFrame:
        """device_id, last_confirmed: when each device, as whatever it was known then, last answered a topic in full."""
        return self.covered(TOPIC_BITS[Topic(topic)])

    def covered(self, bit: int) -> pd.DataFrame:
        """`heard` by the bit of what was asked for (`inventory.fusing`)."""
        is_now = "COALESCE(m.into_id, s.device_id)"
        return self.rows(
            f"SELECT {is_now} AS device_id, MAX(s.at) AS last_confirmed FROM ({self._last(bit)}) s "
            f"{_merged_from('s')} WHERE s.at IS NOT NULL GROUP BY {is_now}"
        )

    def read_at(self, topic: str) -> pd.DataFrame:
        """device_id, read_at: when each device itself was read when it last answered a topic in full."""
        return self.rows(
            f"SELECT s.device_id, s.seen_at AS read_at FROM ({self._last(TOPIC_BITS[Topic(topic)])}) l "
            "JOIN seen s ON s.device_id = l.device_id AND s.at = l.at"
        )

    def _last(self, bit: int) -> str:
        """SQL: device_id, at: the last sighting of each device by the moment that covers a topic; looked up device by device."""
        return (
            "SELECT d.id AS device_id, (SELECT h.at FROM seen h WHERE h.device_id = d.id AND h.at <= :at "
            f"AND (h.topics & {bit}) <> 0 ORDER BY h.at DESC LIMIT 1) AS at FROM devices d"
        )

    # -- devices and offices -----------------------------------------------------------------------------------------

    def places(self) -> pd.DataFrame:
        """The devices of `all_places` in scope."""
        return self.in_scope(self.all_places())

    def all_places(self) -> pd.DataFrame:
        """device_id, office, address, protocols, uptime_s, first_seen, last_confirmed, last_asked, state of every device."""
        if self._places is None:
            rows = self.rows(_PLACES)
            ruled = {row["device_id"]: row["at"] for row in records(self.ruled("gone"))}
            self._places = states.name(states.fold(rows, self.merged()), ruled)
        return self._places

    def _offices_of_devices(self) -> pd.DataFrame:
        """device_id, office of `all_places`, without asking for the rest."""
        rows = self._places
        if rows is None:
            rows = states.fold(self.rows(_OFFICES), self.merged())
        return rows[["device_id", "office"]]

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
        places = self.in_scope(self._offices_of_devices()).reset_index(drop=True)
        places["device"] = device_names(places["device_id"])
        rows = rows.rename(columns={"office": "office_told"})
        found = beside(rows["device_id"], places, places["device_id"]).drop(columns="device_id")
        joined = pd.concat([rows.reset_index(drop=True), found], axis=1)
        return joined if found["device"].notna().all() else joined[found["device"].notna()].reset_index(drop=True)

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


def beside(keys: pd.Series | np.ndarray, table: pd.DataFrame, by: pd.Series | np.ndarray) -> pd.DataFrame:
    """For each key the row of `table` that has it, missing where none has: what a merge does, where a table has each key once."""
    wanted = pd.Index(np.asarray(keys, dtype=np.int64))
    places = pd.Index(np.asarray(by, dtype=np.int64)).get_indexer(wanted)
    missing = bool((places < 0).any())
    return pd.DataFrame({name: column.array.take(places, allow_fill=missing) for name, column in table.items()})


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
