"""A simulated district: one YAML, a seed, and any day from its first one on.

district = load(Path("simulator/districts/lap_thach.yaml"))
network = district.at(datetime.date(2026, 4, 1))
network.agents, network.truth()
district.changes(datetime.date(2026, 3, 2), datetime.date(2026, 4, 1))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulator import yaml_files
from simulator.catalogue import catalogue
from simulator.changes import differences
from simulator.faults import silenced
from simulator.founding import Founder, read_offices
from simulator.history import History
from simulator.network import Network
from simulator.plan import TALKATIVE, Office, Service, Silence

DISTRICTS = Path(__file__).parent / "districts"
LAP_THACH = DISTRICTS / "lap_thach.yaml"
REMEMBERED = 16  # networks that a district keeps, the oldest goes first


class District:
    """The plan of the first day and its history. `offices`, `services` and `credentials` are what a workspace for it needs."""

    def __init__(self, path: Path, description: Mapping[str, Any]) -> None:
        self.path = path
        self.today: dt.date = description["today"]
        self.seed: int = description["seed"]
        self.offices: tuple[Office, ...] = read_offices(description)
        self.credentials: Mapping[str, Mapping[str, str]] = description["credentials"]
        self.services: tuple[Service, ...] = tuple(Service(**service) for service in description.get("services", ()))
        self._catalogue = catalogue()
        self._history = History(Founder(description, self._catalogue).found(), self._catalogue, description)
        self._networks: dict[tuple[dt.date, Silence], Network] = {}

    def at(self, date: dt.date, silence: Silence = TALKATIVE) -> Network:
        """The network on the morning of a day, as far as its switches tell. Raises ValueError for a day before the first."""
        if date < self.today:
            raise ValueError(f"the simulated district begins on {self.today}; it cannot show {date}")
        if (date, silence) not in self._networks:
            if len(self._networks) >= REMEMBERED:
                del self._networks[next(iter(self._networks))]
            plan = self._history.plan_at(date).copy()
            silenced(plan, self._catalogue, silence)
            self._networks[date, silence] = Network(self.path, date, plan, self._catalogue, self.credentials, self.services)
        return self._networks[date, silence]

    def changes(self, from_date: dt.date, to_date: dt.date) -> list[dict[str, Any]]:
        """What a scan of one day and then of the other should show as changed; see `simulator.changes`."""
        return differences(self.at(from_date), self.at(to_date))


def load(path: Path = LAP_THACH) -> District:
    """The district that a YAML describes."""
    path = Path(path).resolve()
    return District(path, yaml_files.read(path))
