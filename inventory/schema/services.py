"""Shared services of the administration, and probes of them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import BigInteger, Integer, Text

from inventory.schema.making import METADATA, optional, required, view

#: Shared services of the administration, as the offices file names them.
SERVICES = sa.Table(
    "services",
    METADATA,
    required("code", Text),
    required("known_from", BigInteger),  # when the file was read that says so
    optional("known_to", BigInteger),
    required("position", Integer),  # order in the file
    required("name_vi", Text),
    required("name_en", Text),
    required("url", Text),
    required("goal", Text),
    optional("latency_limit_ms", Integer),
    required("certificate_days", Integer),
    required("offices", Text),  # codes, comma-separated; empty: all
    sa.PrimaryKeyConstraint("code", "known_from", name="pk_services"),
)

#: Probes of services, `PROBES`: what differs from probe to probe. In the order of time for each service and vantage.
PROBED = sa.Table(
    "probed",
    METADATA,
    required("service", Text),
    required("office", Text),  # where the prober stood
    required("at", BigInteger),
    required("attempts", Integer),
    required("lost", Integer),
    optional("name_ms", Integer),
    optional("connect_ms", Integer),
    optional("tls_ms", Integer),
    optional("first_byte_ms", Integer),
    optional("latency_ms", Integer),
    required("probe_result_id", Integer),
    sa.PrimaryKeyConstraint("service", "office", "at", name="pk_probed"),
    sqlite_with_rowid=False,
)
#: What is the same from probe to probe.
PROBE_RESULTS = sa.Table(
    "probe_results",
    METADATA,
    sa.Column("id", Integer, primary_key=True, autoincrement=False),
    required("url", Text),
    required("outcome", Text),
    optional("status", Integer),
    optional("certificate_until", BigInteger),
    optional("issuer", Text),
    required("detail", Text),  # inventory.sentences
)
PROBES = view(
    "probes",
    PROBED,
    PROBE_RESULTS,
    *("service", "office", "at", "url", "outcome", "attempts", "lost", "name_ms", "connect_ms", "tls_ms", "first_byte_ms"),
    *("latency_ms", "status", "certificate_until", "issuer", "detail"),
)
