"""Opens the inventory's database and brings its tables up to date.

SQLite in a file for a workspace, PostgreSQL for many users: one SQLAlchemy Core code for both.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from inventory import sources
from inventory.one_library import CountedConnection
from inventory.sources import workspace_database
from inventory.unusable import BUSY_TIMEOUT, DatabaseError, explained

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["DatabaseError", "connect", "open_database", "reading", "upgrade", "workspace_database", "writing"]

MIGRATIONS = Path(__file__).with_name("migrations")
#: A second writer waits this long for the first. Reconciling the largest scan takes a few seconds.
BUSY_TIMEOUT_S = 60.0
#: PostgreSQL: writers take turns, as SQLite makes them do.
_WRITER_LOCK = 0x6B69656D


def connect(url_or_path: str | Path, busy_timeout_s: float | None = None) -> Engine:
    """An engine with transactions as they should be; tables are not touched. See `open_database`.

    `busy_timeout_s`: how long a writer waits for another, BUSY_TIMEOUT_S where it is not given. Raises SourceError.
    """
    wait = BUSY_TIMEOUT_S if busy_timeout_s is None else busy_timeout_s
    options = {BUSY_TIMEOUT: wait}
    if sources.is_url(url_or_path):
        # A pooled connection may have outlived its server.
        engine = sa.create_engine(sources.postgresql(str(url_or_path)), pool_pre_ping=True, execution_options=options)
        event.listen(engine, "connect", _postgresql_connect(wait))
        return engine
    url = sa.URL.create("sqlite", database=str(url_or_path))
    arguments = {"timeout": wait, "factory": CountedConnection}
    engine = sa.create_engine(url, connect_args=arguments, poolclass=sa.NullPool, execution_options=options)
    event.listen(engine, "connect", _sqlite_connect(wait))
    event.listen(engine, "begin", _sqlite_begin)
    return engine


# -- transactions ----------------------------------------------------------------------------------------------------------


def _sqlite_connect(wait_s: float) -> Any:
    def prepare(connection: Any, _record: object) -> None:
        # The driver's own transaction handling begins too late and commits DDL behind our back: take it out of the way.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {int(wait_s * 1000)}")
        connection.execute("PRAGMA synchronous = NORMAL")  # with WAL: a power cut may lose the last commit, never corrupts
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA cache_size = -65536")  # KiB: a large scan changes more pages than the usual 2 MB hold
        if connection.execute("PRAGMA page_count").fetchone() == (0,):  # a new file; later this would wait for writers
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # see `give_back`

    return prepare


def _postgresql_connect(wait_s: float) -> Any:
    def prepare(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {int(wait_s * 1000)}")
        connection.commit()

    return prepare


def _sqlite_begin(connection: Connection) -> None:
    # A deferred transaction that turns into a writer fails at once when another writer was first; an immediate one waits.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction of one writer: all of it happens, or nothing; a second writer waits. Raises DatabaseError."""
    with explained(engine), engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view for several queries; does not wait for writers and does not hold them up. Raises DatabaseError."""
    with explained(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.execution_options(reading=True).begin():
            yield connection


def give_back(connection: Connection) -> None:
    """SQLite: what was deleted makes the file smaller, when the transaction is done."""
    if connection.dialect.name == "sqlite":
        raw: Any = connection.connection.driver_connection
        for _ in range(raw.execute("PRAGMA freelist_count").fetchone()[0]):
            raw.execute("PRAGMA incremental_vacuum(1)")  # the driver makes one step, which is one page


def upgrade(engine: Engine) -> None:
    """Bring the tables to this version. All of it in one transaction; idempotent. Raises DatabaseError."""
    # Only who writes needs Alembic: its import would cost every reader 0.3 s.
    from alembic import command
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = _alembic()
    script = ScriptDirectory.from_config(config)
    file = sources.name(engine)
    with writing(engine) as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current == script.get_current_head():
            return
        if current is not None and current not in {r.revision for r in script.walk_revisions()}:
            raise DatabaseError("database_newer", file=file, version=current)
        if current is None and sa.inspect(connection).get_table_names():
            raise DatabaseError("database_not_one" if engine.dialect.name == "sqlite" else "database_occupied", file=file)
        if engine.dialect.name == "postgresql":
            encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
            if encoding != "UTF8":
                raise DatabaseError("database_encoding", file=file, encoding=encoding)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    if engine.dialect.name == "sqlite":
        with explained(engine), closing(engine.raw_connection()) as raw:  # outside a transaction; the file keeps it
            raw.cursor().execute("PRAGMA journal_mode = WAL")
            if current is not None:  # a new arrangement of what is there: without room for it, the file stays as it is
                with suppress(sqlite3.OperationalError):
                    raw.cursor().execute("PRAGMA auto_vacuum = INCREMENTAL")
                    raw.cursor().execute("VACUUM")


def open_database(url_or_path: str | Path, busy_timeout_s: float | None = None) -> Engine:
    """The engine of an up-to-date database, made when there is none. Raises DatabaseError, SourceError."""
    engine = connect(url_or_path, busy_timeout_s)
    try:
        upgrade(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _alembic() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
