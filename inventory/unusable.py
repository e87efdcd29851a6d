"""What keeps a database from being used, each in one sentence: a lock, a full disk, a server that is away.

Whatever happens here, the transaction did not: a scan that was interrupted goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from sqlalchemy import exc
from sqlalchemy.engine import Engine

from inventory import sources
from inventory.problems import Problem

#: Execution option of an engine: how long a writer waits for another, in seconds.
BUSY_TIMEOUT = "busy_timeout_s"


class DatabaseError(Problem):
    """The database cannot be used, and what to do."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "database_not_one": "{file} is not an inventory database; choose another workspace, or move the file away.",
        "database_occupied": "{file} holds tables of another program; name an empty database in [database] of kiemke.toml.",
        "database_encoding": "{file} keeps texts as {encoding}, which has no Vietnamese; make it with the encoding UTF8.",
        "database_newer": "{file} was written by a newer Kiểm Kê (version {version} of its tables); update the program.",
        "database_folder": "{file}: its folder does not exist, or may not be written to; make the folder or change its rights.",
        "database_locked": "{file} is being written by another process for more than {seconds} s; nothing was changed, try "
        "again when that one is done.",
        "database_full": "The disk of {file} is full; nothing was lost: make room and give the same command again.",
        "database_disk": "The disk of {file} does not take what is written ({detail}); nothing was lost: mend it and give the "
        "same command again.",
        "database_tables": "{file} holds no inventory of this version yet; scan once, which makes it or brings it up to date.",
        "database_missing": "There is no inventory at {file}; scan first, or name another workspace.",
        "database_damaged": "{file} is damaged ({detail}); put a backup in its place.",
        "database_rights": "{file} does not permit this ({detail}); its owner must grant the rights.",
        "database_unreachable": "{file} cannot be reached ({detail}); nothing was lost: try again when the server answers.",
    }


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Misfortune of the database inside becomes a DatabaseError; mistakes of the program stay what they are."""
    try:
        yield
    except exc.DBAPIError as error:
        if problem := told(sources.name(engine), error.orig, float(engine.get_execution_options().get(BUSY_TIMEOUT, 0.0))):
            raise problem from None
        raise


def told(file: str, error: BaseException | None, wait_s: float) -> DatabaseError | None:
    """The sentence for an error of a driver; None for a mistake of the program."""
    key = key_of(error)
    return DatabaseError(key, file=file, detail=_line(str(error)), seconds=f"{wait_s:g}") if key else None


#: By the beginning of SQLite's names for its results (https://www.sqlite.org/rescode.html); the first that fits.
_SQLITE: tuple[tuple[str, str], ...] = (
    ("SQLITE_BUSY", "database_locked"),
    ("SQLITE_LOCKED", "database_locked"),
    ("SQLITE_FULL", "database_full"),
    ("SQLITE_IOERR", "database_disk"),
    ("SQLITE_READONLY", "database_folder"),
    ("SQLITE_CANTOPEN", "database_folder"),
    ("SQLITE_PERM", "database_folder"),
    ("SQLITE_NOTADB", "database_not_one"),
    ("SQLITE_CORRUPT", "database_damaged"),
)

#: By the beginning of SQLSTATE (PostgreSQL, appendix A).
_SQLSTATE: tuple[tuple[str, str], ...] = (
    ("53100", "database_full"),
    ("55P03", "database_locked"),
    ("40P01", "database_locked"),
    ("25006", "database_rights"),
    ("42501", "database_rights"),
    ("58", "database_disk"),
    ("XX001", "database_damaged"),
    ("XX002", "database_damaged"),
    ("08", "database_unreachable"),
    ("28", "database_unreachable"),
    ("3D", "database_unreachable"),
    ("53", "database_unreachable"),
    ("57", "database_unreachable"),
)


def key_of(error: BaseException | None) -> str | None:
    """The key of `told` for an error of sqlite3, psycopg or ADBC."""
    name = getattr(error, "sqlite_errorname", None) or ""
    state = getattr(error, "sqlstate", None) or ""
    for begin, key in _SQLITE if name else _SQLSTATE:
        if (name or state).startswith(begin):
            return key
    if "alembic_version" in str(error):  # who reads asks for it first: there is no such table
        return "database_tables"
    # No answer at all, or none any more.
    return "database_unreachable" if type(error).__name__ == "OperationalError" and not (name or state) else None


def _line(text: str) -> str:
    """The first line of a message, without what the drivers put before what the server or the system said."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    for before in ("[libpq] ", "failed: ", "FATAL:", "ERROR:", "query: "):
        first = first.rpartition(before)[2].strip()
    return first.rstrip(".")
