"""How hard the network is asked: one place, so that the stated rate limit is the real one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Limits that hold for a whole scan; defaults suit a commune behind a slow line."""

    requests_per_second: float = 500.0  # packets sent, over all devices, retries included
    devices_at_once: int = 64
    ssh_at_once: int = 30
    timeout_s: float = 2.0  # first time-out; later ones adapt to the device's measured round trip
    retries: int = 2
    device_deadline_s: float = 120.0  # after this a device's remaining topics end as PARTIAL or SILENT
