"""How hard the network is asked: one place, so that the stated rate limit is the real one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Limits that hold for a whole scan; defaults suit a commune behind a slow line. `math.inf` lifts a rate."""

    requests_per_second: float = 500.0  # packets sent, over all devices, retries included
    devices_at_once: int = 64
    ssh_at_once: int = 30
    timeout_s: float = 2.0  # first time-out; later ones adapt to the device's measured round trip
    retries: int = 2
    device_deadline_s: float = 120.0  # after this a device's remaining topics end as PARTIAL or SILENT
    sweep_packets_per_second: float = 2000.0  # small packets to different addresses: they burden the line, no device


class Bucket:
    """Lets `rate` packets a second pass, a few at once (the virtual scheduling form of a token bucket, ITU-T I.371).

    Pure: time is passed in and waits are returned, in seconds.
    """

    __slots__ = ("_due", "_interval", "_slack")

    def __init__(self, rate: float, burst_s: float = 0.02) -> None:
        """`burst_s` is how much of the rate may pass at once after idling, in seconds of it."""
        self._interval = 1.0 / rate
        self._slack = max(burst_s, self._interval)
        self._due = float("-inf")

    def take(self, now: float) -> float:
        """Take one packet's turn; how long to wait before sending it."""
        self._due = max(self._due, now - self._slack)
        self._due += self._interval
        return max(0.0, self._due - now)


class RoundTrip:
    """A device's time-out from its measured round trips (RFC 6298), with a floor that suits small agents.

    RFC 6298 holds 1 s as the lowest time-out; an agent on a LAN answers in milliseconds, and a lost packet should not cost a
    hundred round trips. Answers that come after their time-out still count, so that a low floor loses nothing.
    """

    LOWEST_S = 0.2

    __slots__ = ("_deviation", "_first", "lost", "smoothed")

    def __init__(self, first_timeout_s: float) -> None:
        self._first = first_timeout_s
        self._deviation = 0.0
        self.smoothed: float | None = None
        self.lost = 0  # sendings without an answer in time

    def measured(self, seconds: float) -> None:
        if self.smoothed is None:
            self.smoothed, self._deviation = seconds, seconds / 2
            return
        self._deviation += (abs(self.smoothed - seconds) - self._deviation) / 4
        self.smoothed += (seconds - self.smoothed) / 8

    def timeout(self, attempt: int) -> float:
        """Seconds to wait for the answer to sending number `attempt`, from 0; doubled with each."""
        if self.smoothed is None:
            return self._first
        return max(self.LOWEST_S, self.smoothed + 4 * self._deviation) * (1 << attempt)


Clock = Callable[[], int]  # seconds since the epoch, UTC
