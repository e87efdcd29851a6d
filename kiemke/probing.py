"""A probe from end to end: the services that are named, asked from where this machine stands, and remembered."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from kiemke.targets import TargetError

if TYPE_CHECKING:
    from inventory.offices import Offices
    from inventory.service_facts import Probe, Service
    from kiemke.workspace import Workspace


def chosen(offices: Offices, codes: Sequence[str]) -> tuple[Service, ...]:
    """The services with these codes, or all. Raises `TargetError`."""
    known = {service.code: service for service in offices.services}
    for code in codes:
        if code not in known:
            nearest = (difflib.get_close_matches(code, known, 1, 0) or [""])[0]
            raise TargetError("service_not_listed", code=code, nearest=nearest)
    return tuple(service for service in offices.services if not codes or service.code in codes)


def vantage(offices: Offices, day: date, code: str | None) -> str:
    """The office that this machine stands in: the one that is given, or the uppermost. Raises `TargetError`."""
    if code is None:
        return offices.root(day) or ""
    if code not in offices.by_code:
        nearest = (difflib.get_close_matches(code, offices.by_code, 1, 0) or [""])[0]
        raise TargetError("office_not_listed", code=code, nearest=nearest)
    return code


def probe(
    workspace: Workspace,
    offices: Offices,
    services: Sequence[Service],
    office: str,
    *,
    clock: Callable[[], int],
    progress: Callable[[int, int], None] | None = None,
) -> list[Probe]:
    """Ask and remember; in the order of `services`. What happens on the network becomes outcomes.

    Raises `WorkspaceError` where the settings name authorities that cannot be read.
    """
    from collectors.services import probing
    from inventory import offices as office_rows
    from inventory import services as remembered

    trust = workspace.trust()
    engine = workspace.engine()
    try:
        office_rows.write(engine, offices, clock())  # a probe is of a service as it is known by then
        found = {made.service: made for made in probing.probe(services, clock=clock, trust=trust, on_progress=progress)}
        probes = [found[service.code] for service in services]
        remembered.record(engine, office, probes)
        return probes
    finally:
        engine.dispose()
