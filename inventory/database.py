"""Opens the inventory's database and brings its tables up to date.

SQLite in a file for a workspace, PostgreSQL for many users: one SQLAlchemy Core code for both.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.engine import Connection, Engine

from inventory.problems import Problem

if TYPE_CHECKING:
    from alembic.config import Config

FILE_NAME = "inventory.sqlite"
MIGRATIONS = Path(__file__).with_name("migrations")
#: A second writer waits this long for the first. Reconciling the largest scan takes a few seconds.
BUSY_TIMEOUT_S = 60
#: PostgreSQL: writers take turns, as SQLite makes them do.
_WRITER_LOCK = 0x6B69656D


class DatabaseError(Problem):
    """The database cannot be used, and what to do."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "database_not_one": "{file} is not an inventory database; choose another workspace, or move the file away.",
        "database_newer": "{file} was written by a newer Kiểm Kê (version {version} of its tables); update the program.",
        "database_folder": "{file}: its folder does not exist, or may not be written to; make the folder or change its rights.",
    }


def workspace_database(workspace: Path | str) -> Path:
    """The database file of a workspace folder."""
    return Path(workspace) / FILE_NAME


def connect(url_or_path: str | Path) -> Engine:
    """An engine with transactions as they should be; tables are not touched. See `open_database`."""
    text = str(url_or_path)
    if "://" not in text:
        url = sa.URL.create("sqlite", database=text)
        arguments = {"timeout": BUSY_TIMEOUT_S, "factory": _CountedConnection}
        engine = sa.create_engine(url, connect_args=arguments, poolclass=sa.NullPool)
    else:
        engine = sa.create_engine(text)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    return engine


# -- two SQLite libraries in one process -----------------------------------------------------------------------------------
#
# ADBC brings a SQLite library of its own. File locks belong to a process, so two libraries in one process do not see each
# other's: the one that closes first drops the other's locks and may remove a write-ahead log that is still being written.
# (https://www.sqlite.org/howtocorrupt.html, 2.2.1.) Therefore only one of them has a file open at a time in a process:
# connections are closed after use, and frames are read through ADBC only while this process has no connection of its own.

_library = threading.RLock()
_open_connections = 0


class _CountedConnection(sqlite3.Connection):
    """Counts itself while it is open."""

    _counted = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        global _open_connections  # noqa: PLW0603 - one process, one count
        with _library:  # waits for a frame that is being read through ADBC
            super().__init__(*arguments, **options)
            _open_connections += 1
            self._counted = True

    def close(self) -> None:
        super().close()
        self._uncount()

    def __del__(self) -> None:
        self._uncount()

    def _uncount(self) -> None:
        global _open_connections  # noqa: PLW0603
        with _library:
            if self._counted:
                self._counted = False
                _open_connections -= 1


def claim_file() -> bool:
    """Whether ADBC may open a SQLite file now. After True, `release_file` must follow."""
    _library.acquire()
    if _open_connections:
        _library.release()
        return False
    return True


def release_file() -> None:
    _library.release()


# -- transactions ----------------------------------------------------------------------------------------------------------


def _sqlite_connect(connection: Any, _record: object) -> None:
    # The driver's own transaction handling begins too late and commits DDL behind our back: take it out of the way.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")
    connection.execute("PRAGMA synchronous = NORMAL")  # with WAL: a power cut may lose the last commit, never corrupts
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")


def _sqlite_begin(connection: Connection) -> None:
    # A deferred transaction that turns into a writer fails at once when another writer was first; an immediate one waits.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction of one writer: all of it happens, or nothing; a second writer waits."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view for several queries; does not wait for writers and does not hold them up."""
    with engine.connect().execution_options(reading=True) as connection, connection.begin():
        yield connection


def upgrade(engine: Engine) -> None:
    """Bring the tables to this version. All of it in one transaction; idempotent; raises DatabaseError."""
    # Only who writes needs Alembic: its import would cost every reader 0.3 s.
    from alembic import command
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = _alembic()
    script = ScriptDirectory.from_config(config)
    with writing(engine) as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current == script.get_current_head():
            return
        if current is not None and current not in {r.revision for r in script.walk_revisions()}:
            raise DatabaseError("database_newer", file=_name(engine), version=current)
        if current is None and sa.inspect(connection).get_table_names():
            raise DatabaseError("database_not_one", file=_name(engine))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()  # outside a transaction; the file keeps it
        try:
            raw.cursor().execute("PRAGMA journal_mode = WAL")
        finally:
            raw.close()


def open_database(url_or_path: str | Path) -> Engine:
    """The engine of an up-to-date database, made when there is none. Raises DatabaseError."""
    engine = connect(url_or_path)
    try:
        upgrade(engine)
    except exc.OperationalError as error:
        engine.dispose()
        if "unable to open" in str(error) or "readonly" in str(error):
            raise DatabaseError("database_folder", file=_name(engine)) from None
        raise
    except exc.DatabaseError as error:
        engine.dispose()
        if "not a database" in str(error):
            raise DatabaseError("database_not_one", file=_name(engine)) from None
        raise
    return engine


def _name(engine: Engine) -> str:
    return engine.url.database or engine.url.render_as_string(hide_password=True)


def _alembic() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
