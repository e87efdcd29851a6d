"""Frames that arrive broken: how many in a million, and whether that rises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from analysis.connectivity.findings.given import Given, Port, number
from inventory.sentences import pack


class Rate(NamedTuple):
    """Errors, and frames with and without error, between two readings. `reckoned`: frames from octets."""

    errors: float
    frames: float
    reckoned: bool

    @property
    def per_million(self) -> float:
        return 1e6 * self.errors / self.frames


def rate_of(mean_frame_bytes: float, port: Port, like: Port | None = None) -> Rate | None:
    """None where errors or frames are not told, or nothing was received.

    Frames of a reading without troubles are not kept: they are reckoned from octets, as long as those of `like`, another reading
    of the port, where that tells how long its frames are, else `mean_frame_bytes`.
    """
    errors, frames, octets = (number(port.get(name)) for name in ("in_errors", "in_frames", "in_octets"))
    if errors is None:
        return None
    reckoned = frames is None
    if frames is None and octets is not None:
        length = _frame_bytes(like) if like else None
        reckoned = length is None
        frames = octets / (length or mean_frame_bytes)
    return Rate(errors, frames + errors, reckoned) if frames is not None and frames + errors > 0 else None


def _frame_bytes(port: Port) -> float | None:
    """The mean length of the frames that a port received."""
    frames, octets = number(port.get("in_frames")), number(port.get("in_octets"))
    return octets / frames if frames and octets else None


def error_rates(given: Given) -> Iterator[dict]:
    """`error_rate` over the limit, and `rising_errors` against the earlier reading."""
    limits, rising = given.limits["error_rate"], given.limits["rising_errors"]
    frame = given.ports.frame
    some = frame[(frame["in_errors"] >= min(limits["errors"], rising["errors"])).fillna(False)]
    for port in some.to_dict("records"):
        end = (port["device"], port["name"])
        rate = rate_of(limits["mean_frame_bytes"], port)
        if rate is None or end[0] not in given.devices or not isinstance(end[1], str):
            continue
        far = given.far(end)
        line = given.line_at.get(end)
        network = far is not None and given.forwards(end[0]) and given.forwards(far[0])
        people = line.people if line else None
        if rate.errors >= limits["errors"] and rate.per_million >= limits["per_million"]:
            severe = rate.per_million >= limits["high_per_million"]
            errors, many, limit = round(rate.errors), round(rate.per_million), limits["per_million"]
            if rate.reckoned:
                why = pack("detail.net_error_rate_reckoned", errors=errors, rate=many, limit=limit)
            else:
                why = pack("detail.net_error_rate", errors=errors, rate=many, limit=limit)
            yield given.finding(
                "error_rate",
                ("high" if severe else "medium") if network else ("medium" if severe else "low"),
                end,
                other=far,
                value=rate.per_million,
                unit="per_million",
                limit=limits["per_million"],
                people=people,
                why=why,
                first=pack("detail.net_error_rate_first"),
            )
        before = rate_of(limits["mean_frame_bytes"], given.earlier.at(end), like=port)
        if before is None or before.reckoned != rate.reckoned or rate.errors < rising["errors"]:
            continue
        bound = 1e6 * (before.errors + 3) / before.frames
        if rate.per_million >= max(rising["factor"] * bound, rising["per_million"]):
            yield given.finding(
                "rising_errors",
                "medium" if network else "low",
                end,
                other=far,
                value=rate.per_million,
                unit="per_million",
                limit=rising["factor"] * bound,
                people=people,
                why=pack(
                    "detail.net_rising_errors",
                    rate=round(rate.per_million, 1),
                    before=round(before.per_million, 1),
                    factor=rising["factor"],
                ),
                first=pack("detail.net_error_rate_first"),
            )
