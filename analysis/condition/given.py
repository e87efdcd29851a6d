"""What condition is found in: the newest readings of every device, those before, its ports, and what is to be told of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.condition.plausible import believed
from analysis.condition.trends import Series
from analysis.connectivity.findings.given import Ports, missing, number, whole
from analysis.tables import code, data_yaml
from inventory.lifecycle.policies import Policies
from inventory.sentences import pack

#: Kinds that are never switched off, so that a restart means something.
ALWAYS_ON = frozenset({"switch", "router", "firewall", "wireless", "access", "server", "storage", "nvr", "ups"})
NETWORK = frozenset({"switch", "router", "firewall"})


class Reading(NamedTuple):
    """The newest reading of one thing: a number or a state."""

    value: float | None
    text: str
    read_at: pd.Timestamp | None


@cache
def _document(name: str) -> Mapping[str, Any]:
    return data_yaml(name)


Key = tuple[str, str, str]  # device, metric, item
_NONE = Series(np.empty(0), np.empty(0))


@dataclass(frozen=True)
class Given:
    """`devices`: rows of the frame by device, without those that are gone. `limits`: condition.yaml; `of_ports`:
    connectivity.yaml."""

    devices: Mapping[str, Mapping[Hashable, object]]
    health: pd.DataFrame
    readings: pd.DataFrame
    ports: Ports
    earlier: Ports
    changes: pd.DataFrame
    topology: pd.DataFrame
    components: pd.DataFrame
    policies: Policies
    limits: Mapping[str, Any] = field(default_factory=partial(_document, "condition.yaml"))
    of_ports: Mapping[str, Any] = field(default_factory=partial(_document, "connectivity.yaml"))

    def kind(self, device: str) -> str:
        return code(self.devices[device].get("kind"))

    def text(self, device: str, column: str) -> str:
        return code(self.devices[device].get(column))

    # --- readings ---------------------------------------------------------------------------------------------------------

    @cached_property
    def _newest(self) -> dict[str, dict[tuple[str, str], Reading]]:
        found: dict[str, dict[tuple[str, str], Reading]] = defaultdict(dict)
        rows = believed(whole(self.health, "health"))
        columns = [rows[name].tolist() for name in ("device", "metric", "item", "value", "text", "read_at")]
        for device, metric, item, value, text, read_at in zip(*columns, strict=True):
            if code(device) in self.devices:
                at = None if missing(read_at) else read_at
                found[device][code(metric), code(item)] = Reading(number(value), code(text), at)
        return found

    def newest(self, device: str, metric: str, item: str = "") -> Reading | None:
        """The newest reading of a metric, None where there is none that can be believed."""
        return self._newest[device].get((metric, item)) if device in self._newest else None

    def items(self, metric: str) -> Iterator[tuple[str, str, Reading]]:
        """(device, item, reading) of all newest readings of a metric, by device and item."""
        for device in sorted(self._newest):
            for (told, item), reading in sorted(self._newest[device].items()):
                if told == metric:
                    yield device, item, reading

    def items_of(self, device: str, metric: str) -> list[str]:
        """The items of a metric that a device has told."""
        return [item for told, item in self._newest.get(device, ()) if told == metric]

    def tells(self, device: str, *metrics: str) -> bool:
        """The device has told any of the metrics."""
        return any(metric in metrics for metric, _ in self._newest.get(device, ()))

    @cached_property
    def _history(self) -> dict[Key, Series]:
        rows = believed(whole(self.readings, "readings"))
        rows = rows[rows["value"].notna() & rows["at"].notna() & rows["device"].isin(list(self.devices))]
        if rows.empty:
            return {}
        # column by column and by number: a year of weekly scans of 2,000 devices has a million rows
        things = [pd.factorize(rows[name].fillna("")) for name in ("device", "metric", "item")]
        (device, devices), (metric, metrics), (item, items) = things
        codes = (device * len(metrics) + metric) * len(items) + item
        seconds = rows["at"].to_numpy(dtype="datetime64[s]").astype(float)
        values = rows["value"].to_numpy(dtype=float)
        order = np.lexsort((seconds, codes))
        codes, seconds, values = codes[order], seconds[order], values[order]
        starts = np.flatnonzero(np.diff(codes, prepend=-1))
        ends = np.append(starts[1:], len(codes)).tolist()
        named = (
            (
                str(devices[code // len(items) // len(metrics)]),
                str(metrics[code // len(items) % len(metrics)]),
                str(items[code % len(items)]),
            )
            for code in codes[starts].tolist()
        )
        return {
            key: Series(seconds[start:end], values[start:end])
            for key, start, end in zip(named, starts.tolist(), ends, strict=True)
        }

    def series(self, device: str, metric: str, item: str = "") -> Series:
        """The readings of one thing over time, oldest first; none where nothing is known."""
        return self._history.get((device, metric, item), _NONE)

    @cached_property
    def _twice(self) -> set[str]:
        return {device for (device, _, _), series in self._history.items() if len(series) > 1}

    def measured_twice(self, device: str) -> bool:
        """Anything of it was read more than once, so that there is something to compare."""
        return device in self._twice

    # --- what is told -----------------------------------------------------------------------------------------------------

    def finding(
        self,
        device: str,
        kind: str,
        severity: str,
        part: str,
        *,
        why: str,
        first: str,
        item: str = "",
        value: float | None = None,
        unit: str | None = None,
        limit: float | None = None,
        trend: str | None = None,
        read_at: pd.Timestamp | None = None,
        since: float | None = None,
    ) -> dict[str, object]:
        """A row of CONDITION. `since`: seconds since the epoch."""
        last = self.devices[device].get("last_confirmed")
        return {
            "device": device,
            "office": self.devices[device].get("office"),
            "kind": kind,
            "severity": severity,
            "part": part,
            "item": item or None,
            "value": value,
            "unit": unit,
            "limit": limit,
            "trend": trend,
            "why": why,
            "first": first,
            "read_at": read_at if read_at is not None else None if missing(last) else last,
            "since": None if since is None else pd.Timestamp(int(since), unit="s", tz="UTC"),
        }


def movement(series: Series, unit: str) -> str | None:
    """How the newest reading stands to the first of the series, in words; None where there is no other, or it is the same."""
    if len(series) < 2 or series.values[-1] == series.values[0]:
        return None
    before, day = round(float(series.values[0]), 1), str(pd.Timestamp(int(series.at[0]), unit="s").date())
    if series.values[-1] > series.values[0]:
        return pack("detail.worn_rising", before=before, unit=unit, day=day)
    return pack("detail.worn_falling", before=before, unit=unit, day=day)
