"""Duplex, aggregate and state in the spanning tree of ports, and when they last went up or down."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

INTERFACES = """
CREATE VIEW interfaces AS SELECT p.device_id, p.key, p.valid_from, p.valid_to, p.opened_scan, p.closed_scan, k.protocol,
k.if_index, k.name, k.description, p.alias, k.type, p.mac, k.mtu, p.speed_bps, p.admin_up, p.oper_up, p.pvid, k.duplex,
k.aggregate, k.stp, p.changed_at FROM ports p JOIN port_kinds k ON k.id = p.port_kind_id
"""


def upgrade() -> None:
    op.execute("DROP VIEW interfaces")
    for name in ("duplex", "aggregate", "stp"):
        op.add_column("port_kinds", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("ports", sa.Column("changed_at", sa.BigInteger(), nullable=True))
    op.execute(INTERFACES)
