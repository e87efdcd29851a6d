"""Shared services of the administration, and probes of them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

PROBES = """
CREATE VIEW probes AS SELECT p.service, p.office, p.at, r.url, r.outcome, p.attempts, p.lost, p.name_ms, p.connect_ms, p.tls_ms,
p.first_byte_ms, p.latency_ms, r.status, r.certificate_until, r.issuer, r.detail
FROM probed p JOIN probe_results r ON r.id = p.probe_result_id
"""


def upgrade() -> None:
    op.create_table(
        "services",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("known_from", sa.BigInteger(), nullable=False),
        sa.Column("known_to", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_vi", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("latency_limit_ms", sa.Integer(), nullable=True),
        sa.Column("certificate_days", sa.Integer(), nullable=False),
        sa.Column("offices", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", "known_from", name="pk_services"),
    )
    op.create_table(
        "probe_results",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("certificate_until", sa.BigInteger(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "probed",
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("name_ms", sa.Integer(), nullable=True),
        sa.Column("connect_ms", sa.Integer(), nullable=True),
        sa.Column("tls_ms", sa.Integer(), nullable=True),
        sa.Column("first_byte_ms", sa.Integer(), nullable=True),
        sa.Column("latency_ms", sa.Integer(), nullable=True),
        sa.Column("probe_result_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("service", "office", "at", name="pk_probed"),
        sqlite_with_rowid=False,
    )
    op.execute(PROBES)
