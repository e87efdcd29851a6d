"""What is the same in thousands of rows is kept once, and what always changes is packed by scan."""

import sqlalchemy as sa
from alembic import op

from inventory import traffic

revision = "0003"
down_revision = "0002"

SIGHTINGS = """
CREATE VIEW sightings AS SELECT s.device_id, s.at, s.scan_id, a.state, a.office, a.address, s.seen_at, s.topics, a.protocols,
s.uptime_s, a.score, a.evidence FROM seen s JOIN answers a ON a.id = s.answer_id
"""
INTERFACES = """
CREATE VIEW interfaces AS SELECT p.device_id, p.key, p.valid_from, p.valid_to, p.opened_scan, p.closed_scan, k.protocol,
k.if_index, k.name, k.description, p.alias, k.type, p.mac, k.mtu, p.speed_bps, p.admin_up, p.oper_up, p.pvid
FROM ports p JOIN port_kinds k ON k.id = p.port_kind_id
"""


def upgrade() -> None:
    _sightings()
    _interfaces()
    _numbers()
    if op.get_bind().dialect.name == "sqlite":
        for table in ("components", "neighbours", "addresses", "readings", "stations"):
            _keep_by_key(table)


def _sightings() -> None:
    op.rename_table("sightings", "old")
    op.add_column("old", sa.Column("at", sa.BigInteger()))
    op.execute("UPDATE old SET at = (SELECT c.valid_at FROM scans c WHERE c.id = old.scan_id)")
    op.execute("UPDATE old SET seen_at = at WHERE seen_at IS NULL AND state = 'present'")
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("protocols", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "seen",
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("scan_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("topics", sa.Integer(), nullable=False),
        sa.Column("uptime_s", sa.BigInteger(), nullable=True),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "at", name="pk_seen"),
        sqlite_with_rowid=False,
    )
    _share("answers", "seen", ("state", "office", "address", "protocols", "score", "evidence"))
    op.execute(SIGHTINGS)


def _interfaces() -> None:
    op.rename_table("interfaces", "old")
    op.create_table(
        "port_kinds",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("protocol", sa.Text(), nullable=False),
        sa.Column("if_index", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("type", sa.Integer(), nullable=True),
        sa.Column("mtu", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "ports",
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.Column("opened_scan", sa.Integer(), nullable=False),
        sa.Column("closed_scan", sa.Integer(), nullable=True),
        sa.Column("port_kind_id", sa.Integer(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=True),
        sa.Column("mac", sa.Text(), nullable=True),
        sa.Column("speed_bps", sa.BigInteger(), nullable=True),
        sa.Column("admin_up", sa.Boolean(), nullable=True),
        sa.Column("oper_up", sa.Boolean(), nullable=True),
        sa.Column("pvid", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("device_id", "key", "valid_from", name="pk_ports"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "one_current_ports",
        "ports",
        ["device_id", "key"],
        unique=True,
        sqlite_where=sa.text("valid_to IS NULL"),
        postgresql_where=sa.text("valid_to IS NULL"),
    )
    _share("port_kinds", "ports", ("protocol", "if_index", "name", "description", "type", "mtu"))
    op.execute(INTERFACES)


def _share(parts: str, rows: str, names: tuple[str, ...]) -> None:
    """Moves the rows of `old` into `parts`, where each combination of `names` is once, and `rows`, which name it by its id."""
    by = f"{parts.removesuffix('s')}_id"
    own = [c["name"] for c in sa.inspect(op.get_bind()).get_columns(rows) if c["name"] != by]
    listed, kept = ", ".join(names), ", ".join(own)
    same = " AND ".join(f"p.{name} IS NOT DISTINCT FROM o.{name}" for name in names)
    if op.get_bind().dialect.name == "sqlite":
        same = same.replace("IS NOT DISTINCT FROM", "IS")
    op.execute(
        f"INSERT INTO {parts} (id, {listed}) SELECT ROW_NUMBER() OVER (ORDER BY {listed}), {listed} "  # noqa: S608 - names of ours
        f"FROM (SELECT DISTINCT {listed} FROM old) d"
    )
    op.execute(f"CREATE INDEX parts_for_now ON {parts} ({', '.join(names[:3])})")
    of = ", ".join(f"o.{name}" for name in own)
    op.execute(f"INSERT INTO {rows} ({kept}, {by}) SELECT {of}, p.id FROM old o JOIN {parts} p ON {same}")  # noqa: S608
    op.execute("DROP INDEX parts_for_now")
    op.drop_table("old")


def _numbers() -> None:
    connection = op.get_bind()
    readings = traffic.of_devices(
        connection.execute(sa.text("SELECT device_id, read_at, uptime_s, readings FROM counters")).all()
    )
    op.drop_table("counters")
    counters = op.create_table(
        "counters",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("readings", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("office"),
    )
    if len(readings):
        op.bulk_insert(counters, [{"office": "", "readings": traffic.pack_readings(readings)}])
    op.create_table(
        "measured",
        sa.Column("scan_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("numbers", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("scan_id"),
    )


def _keep_by_key(table: str) -> None:
    """Without a second copy of the keys, which SQLite keeps beside a table of numbered rows."""
    with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_with_rowid": False}):
        pass
