"""Remembers the shared services that the offices file names, and every probe of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from sqlalchemy.engine import Connection, Engine

from inventory import dated_lists, kept
from inventory.database import writing
from inventory.schema.services import PROBES, SERVICES
from inventory.service_facts import Probe, Service


def write(connection: Connection, services: Sequence[Service], at: int) -> None:
    """Keep the services as they are known from `at` on. The caller is the one writer, and holds the transaction."""
    rows = {
        service.code: {
            "position": position,
            "name_vi": service.name_vi,
            "name_en": service.name_en,
            "url": service.url,
            "goal": service.goal,
            "latency_limit_ms": service.latency_ms,
            "certificate_days": service.certificate_days,
            "offices": ",".join(service.offices),
        }
        for position, service in enumerate(services)
    }
    dated_lists.keep(connection, SERVICES, rows, at)


def record(engine: Engine, office: str, probes: Iterable[Probe]) -> None:
    """Keep probes that were made from an office. One that is told again at the same second takes the other's place."""
    rows = [asdict(probe) | {"office": office, "outcome": probe.outcome.value} for probe in probes]
    with writing(engine) as connection:
        for row in rows:
            kept.put(connection, PROBES, row)
