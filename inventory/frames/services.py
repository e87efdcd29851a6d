"""Frame of the shared services: how the newest probe of each ended, seen from each office that probes."""

from __future__ import annotations

import pandas as pd

from inventory.frames.reading import Reader
from inventory.service_facts import REACHED

#: The newest probe by the moment of each url, so that a service that moved is not told by what its old address said.
_NEWEST = """
SELECT p.service, p.office, p.at AS probed_at, p.url, p.outcome, p.attempts, p.lost, p.name_ms, p.connect_ms, p.tls_ms,
p.first_byte_ms, p.latency_ms, p.status, p.certificate_until, p.issuer, p.detail
FROM probes p JOIN (
    SELECT service, office, url, MAX(at) AS at FROM probes WHERE at <= :at GROUP BY service, office, url
) n ON n.service = p.service AND n.office = p.office AND n.url = p.url AND n.at = p.at
"""
_KNOWN = """
SELECT code AS service, position, name_vi, name_en, url, goal, latency_limit_ms, certificate_days, offices FROM services
WHERE known_from <= :at AND (known_to IS NULL OR known_to > :at)
"""


def services(reader: Reader) -> pd.DataFrame:
    """Services as they were known at the moment, in the file's order, with their newest probes by then.

    With an office: what was probed from there, and, without a probe, what was never probed from anywhere.
    """
    rows = reader.rows(_KNOWN).merge(reader.rows(_NEWEST), on=["service", "url"], how="left")
    rows["loss"] = rows["lost"].astype("Float64") / rows["attempts"].astype("Float64")
    probed = rows["outcome"].notna()
    rows["reached"] = rows["outcome"].isin([str(outcome) for outcome in REACHED]).astype("boolean").mask(~probed)
    rows["offices"] = rows["offices"].replace("", None)
    rows["detail"] = rows["detail"].replace("", None)
    if reader.offices is not None:
        rows = rows[rows["office"].isin(reader.offices) | ~probed]
    return rows.sort_values(["position", "office"], kind="stable", na_position="first")
