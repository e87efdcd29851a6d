"""From the attempts at a service to one probe. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from statistics import median

from collectors.services.attempts import Attempt
from inventory.sentences import pack, together
from inventory.service_facts import Probe, Service, ServiceOutcome

_DAY_S = 86_400
_VIET_NAM = timezone(timedelta(hours=7))
#: Nothing answered.
_LOST = frozenset({ServiceOutcome.NO_NAME, ServiceOutcome.REFUSED, ServiceOutcome.SILENT})


def judge(service: Service, attempts: Sequence[Attempt], at: int) -> Probe:
    """How most attempts ended, the latest among equals; of a service that answers, whether its thresholds are kept.

    One word tells the outcome, the nearer trouble first: a certificate that ends soon before slowness. The detail has both.
    """
    counts = Counter(made.outcome for made in attempts)
    latest = max(reversed(attempts), key=lambda made: counts[made.outcome])
    alike = [made for made in attempts if made.outcome == latest.outcome]
    lost = sum(made.outcome in _LOST for made in attempts)
    certificate = next((made.certificate for made in reversed(alike) if made.certificate), None)
    answered = latest.outcome in (ServiceOutcome.OK, ServiceOutcome.HTTP_ERROR)
    latency = _ms(made.latency_s for made in alike) if answered else None
    outcome, details = latest.outcome, [latest.detail] if latest.detail else []
    if outcome is ServiceOutcome.OK and latency is not None and service.latency_ms and latency > service.latency_ms:
        outcome = ServiceOutcome.SLOW
        details.append(pack("detail.service_slow", limit=service.latency_ms))
    if certificate is not None:
        left_s = certificate.until - at
        if latest.outcome is ServiceOutcome.OK and left_s < service.certificate_days * _DAY_S:
            outcome = ServiceOutcome.CERTIFICATE_SOON
            details.append(pack("detail.service_ends", end=_day(certificate.until)))
        elif left_s < 0:
            details.append(pack("detail.service_ended", end=_day(certificate.until)))
    if 0 < lost < len(attempts):
        details.append(pack("detail.service_lost", lost=lost, attempts=len(attempts)))
    return Probe(
        service=service.code,
        url=service.url,
        at=at,
        outcome=outcome,
        attempts=len(attempts),
        lost=lost,
        name_ms=_ms(made.name_s for made in attempts),
        connect_ms=_ms(made.connect_s for made in attempts),
        tls_ms=_ms(made.tls_s for made in attempts),
        first_byte_ms=_ms(made.first_byte_s for made in attempts),
        latency_ms=latency,
        status=latest.status,
        certificate_until=certificate.until if certificate else None,
        issuer=certificate.issuer if certificate else None,
        detail=together(details),
    )


def _ms(seconds: Iterable[float | None]) -> int | None:
    """The median of those that are there, in whole milliseconds."""
    known = [second for second in seconds if second is not None]
    return round(median(known) * 1000) if known else None


def _day(at: int) -> str:
    """The day in Viet Nam, in ISO. Certificates may be made to end beyond any calendar."""
    try:
        return datetime.fromtimestamp(at, UTC).astimezone(_VIET_NAM).date().isoformat()
    except (OverflowError, ValueError, OSError):
        return "9999-12-31"
