"""The only door to DataFrames: any frame, as of any date, of any office.

    inventory = Inventory("my-workspace")
    inventory.devices(as_of=datetime.date(2026, 3, 31), office="lap-thach")

Columns, dtypes and units: `inventory.frames.columns`. An office stands for itself, the offices below it, and those that were
merged into any of these.
"""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import pandas as pd
from sqlalchemy.engine import Engine

from inventory.cablings import Document
from inventory.frames.cablings import cabling
from inventory.frames.changes import changes
from inventory.frames.columns import FRAMES
from inventory.frames.dtypes import conform
from inventory.frames.equipment import addresses, components, devices, health, interfaces
from inventory.frames.given import note, note_files
from inventory.frames.learnt import arp, forwarding
from inventory.frames.lifecycle import lifecycle
from inventory.frames.links import links
from inventory.frames.management import management
from inventory.frames.reading import LAST_SCAN, LOCAL, NOW, AsOf, FrameError, Reader, day_before, epoch, moment
from inventory.frames.readings import readings
from inventory.frames.registers import assets, matches, rejected
from inventory.frames.repairs import repairs
from inventory.frames.rulings import conflicts, decisions
from inventory.frames.services import services
from inventory.frames.surroundings import endpoints, offices, scans
from inventory.lifecycle.policies import Policies, policies
from inventory.lifecycle.tables import FOLDER
from inventory.sources import Source, is_url, name, workspace_database

__all__ = ["FRAMES", "AsOf", "FrameError", "Inventory", "day_before", "load", "moment", "workspace_database"]

_MAKE = {
    "devices": devices,
    "interfaces": interfaces,
    "links": links,
    "endpoints": endpoints,
    "forwarding": forwarding,
    "arp": arp,
    "addresses": addresses,
    "components": components,
    "health": health,
    "readings": readings,
    "offices": offices,
    "scans": scans,
    "assets": assets,
    "matches": matches,
    "rejected": rejected,
    "conflicts": conflicts,
    "decisions": decisions,
    "changes": changes,
    "services": services,
    "lifecycle": lifecycle,
    "management": management,
    "repairs": repairs,
}


def load(
    source: Source,
    frame: str,
    *,
    as_of: AsOf | None = None,
    office: str | None = None,
    lifecycle_folder: Path | None = None,
    known_at: int = NOW,
) -> pd.DataFrame:
    """A frame with the columns and dtypes of `columns.FRAMES`.

    `source`: an engine, the path of a database, or the URL of one on PostgreSQL. `as_of`: a date (the end of that day in Viet
    Nam), a datetime, seconds since the epoch, or None for the newest. `lifecycle_folder`: a workspace's own lifecycle tables.
    `known_at`: nothing that became known after that second counts, whatever is asked for.
    Raises FrameError for an unknown frame, office, date or database, DatabaseError where the database cannot be used.
    """
    if frame not in _MAKE:
        raise FrameError("frame_unknown", frame=frame, known=", ".join(_MAKE))
    with Reader(source, epoch(as_of), office or None, lifecycle_folder, known_at) as reader:
        return note(frame, conform(frame, _MAKE[frame](reader)))


#: Set for the kernel of a report's run: an ISO time. What became known later is not there for it, so that all that a report reads
#: is of one moment though a scan ends meanwhile, and so that the run can be repeated.
KNOWN_AT = "KIEMKE_KNOWN_AT"


class Inventory:
    """The frames of one workspace (its folder, its database's file or URL, or an engine), a method each.

    In a report's run it is the inventory as it was known at one moment (`KNOWN_AT`).
    """

    def __init__(self, source: Source) -> None:
        self._known_at = epoch(os.environ.get(KNOWN_AT))
        #: What was read already, where it cannot change any more; given out as copies, which cost nothing until they are changed.
        self._read: dict[tuple[str, int, str], pd.DataFrame] = {}
        #: The last scan's end, likewise.
        self._last: pd.Timestamp | None = None
        self._lifecycle: Path | None = None
        if isinstance(source, Engine) or is_url(source):
            self.source: Source = source
            return
        path = Path(source)
        if path.is_dir():
            self._lifecycle = path / FOLDER
        self.source = workspace_database(path) if path.is_dir() else path

    @property
    def lifecycle_folder(self) -> Path | None:
        """The workspace's own lifecycle tables; None where only a database is known."""
        note_files("lifecycle_files", self._lifecycle)
        return self._lifecycle

    def __repr__(self) -> str:
        return f"Inventory({name(self.source)!r})"

    def as_of_default(self) -> pd.Timestamp | None:
        """The time of the last finished scan; None when there is none."""
        if self._last is not None:
            return self._last
        with self._reader() as reader:
            last = reader.scalar(LAST_SCAN)
        found = None if last is None else pd.Timestamp(last, unit="s", tz="UTC")
        if self._known_at != NOW:
            self._last = found
        return found

    def is_newest(self, as_of: AsOf | None = None) -> bool:
        """Whether no scan has ended since the moment: forwarding tables, of which there is no history, are of then."""
        with self._reader(as_of) as reader:
            return bool(reader.scalar("SELECT COUNT(*) FROM scans WHERE state = 'finished' AND valid_at > :at") == 0)

    def _reader(self, as_of: AsOf | None = None, office: str | None = None) -> Reader:
        return Reader(self.source, epoch(as_of), office or None, self._lifecycle, self._known_at)

    def day(self, as_of: AsOf | None = None) -> datetime.date:
        """The day, in Viet Nam, that `as_of` means: of the last finished scan for None, and today where there is none."""
        when = moment(as_of) or self.as_of_default()
        return (datetime.datetime.now(LOCAL) if when is None else when.astimezone(LOCAL)).date()

    def policies(self, *, as_of: AsOf | None = None) -> Policies:
        """Useful lives, prices and norms in force on that day: the workspace's own, then the shipped ones."""
        found = policies(self._lifecycle, self.day(as_of))
        note("policies", found)
        return found

    def load(self, frame: str, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        thing = (frame, epoch(as_of), office or "")
        if thing not in self._read:
            own, at = self._lifecycle, self._known_at
            rows = load(self.source, frame, as_of=as_of, office=office, lifecycle_folder=own, known_at=at)
            if self._known_at == NOW:
                return rows
            self._read[thing] = rows
        return self._read[thing].copy(deep=False)

    def devices(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """Every device that was ever confirmed, with what was last known of it."""
        return self.load("devices", as_of=as_of, office=office)

    def interfaces(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """Interfaces of devices; traffic as differences to the scan before."""
        return self.load("interfaces", as_of=as_of, office=office)

    def links(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """LLDP and CDP links, one row each, whether one side tells of it or both."""
        return self.load("links", as_of=as_of, office=office)

    def endpoints(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """Stations that were present, with their nearest port."""
        return self.load("endpoints", as_of=as_of, office=office)

    def forwarding(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """The newest forwarding table of every device; there is no history of these."""
        return self.load("forwarding", as_of=as_of, office=office)

    def arp(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """The newest ARP table of every device; there is no history of these."""
        return self.load("arp", as_of=as_of, office=office)

    def addresses(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """Addresses of devices."""
        return self.load("addresses", as_of=as_of, office=office)

    def components(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """Parts of devices."""
        return self.load("components", as_of=as_of, office=office)

    def health(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """Health readings."""
        return self.load("health", as_of=as_of, office=office)

    def readings(
        self, *metrics: str, since: AsOf | None = None, as_of: AsOf | None = None, office: str | None = None
    ) -> pd.DataFrame:
        """What scans have read of health: the named metrics, or all; since a moment, or over the last year."""
        with self._reader(as_of, office) as reader:
            return note("readings", conform("readings", readings(reader, metrics, None if since is None else epoch(since))))

    def offices(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """Offices as they were known, also those that no longer stand."""
        return self.load("offices", as_of=as_of, office=office)

    def scans(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """Scans, oldest first."""
        return self.load("scans", as_of=as_of, office=office)

    def assets(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """Lines of the purchase registers."""
        return self.load("assets", as_of=as_of, office=office)

    def matches(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """Lines of the purchase registers and what they are on the network; then what is on no books."""
        return self.load("matches", as_of=as_of, office=office)

    def rejected(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """What the last import of each register could not take."""
        return self.load("rejected", as_of=as_of, office=office)

    def changes(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """What each scan found changed."""
        return self.load("changes", as_of=as_of, office=office)

    def conflicts(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """Contradictions in devices' identities, and whether a person confirmed them."""
        return self.load("conflicts", as_of=as_of, office=office)

    def decisions(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """Decisions of people, also those that were taken back."""
        return self.load("decisions", as_of=as_of, office=office)

    def services(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """Shared services and their newest probes; `office` is where a probe was made."""
        return self.load("services", as_of=as_of, office=office)

    def lifecycle(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """Of each device, whether what it runs and its model are still kept secure."""
        return self.load("lifecycle", as_of=as_of, office=office)

    def management(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """Ways in to devices' management, also those that were asked for and are shut."""
        return self.load("management", as_of=as_of, office=office)

    def repairs(self, *, as_of: AsOf | None = None, office: str | None = None) -> pd.DataFrame:
        """Repairs that offices' logs tell of."""
        return self.load("repairs", as_of=as_of, office=office)

    def cabling(self, *, as_of: AsOf | None = None) -> Document | None:
        """What was found out about the cabling after the newest scan by then (`inventory.cablings`)."""
        with self._reader(as_of) as reader:
            found = cabling(reader)
        note("cabling", found)
        return found
