"""Repairs that logs of offices tell of."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "repairs",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("file", "sheet")),
        sa.Column("row", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("digest", "day")),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("told", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("kind", "office")),
        sa.Column("office_told", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=True),
        sa.Column("part_told", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=True),
        sa.Column("action_told", sa.Text(), nullable=False),
        sa.Column("cost_vnd", sa.BigInteger(), nullable=True),
        sa.Column("hours_down", sa.Float(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_index("one_repairs_digest", "repairs", ["digest"], unique=True)
