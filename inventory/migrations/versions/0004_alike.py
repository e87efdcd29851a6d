"""Of how many things that nothing tells apart a match names one."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("matches", sa.Column("alike", sa.Integer(), nullable=False, server_default="1"))
