"""Which database holds the inventory of a workspace: a file in its folder, or the PostgreSQL that its settings name.

    [database]
    url = "postgresql://kiemke@db.example.vn/kiemke"

The only place that decides it. Passwords do not stand there: PostgreSQL's own ways to give one (PGPASSWORD, ~/.pgpass, a service
file) keep it out of settings, logs and notebooks.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import Engine

from inventory.problems import Problem

Source = Engine | Path | str

FILE_NAME = "inventory.sqlite"
#: The settings of a workspace, of which only `[database] url` is read here.
SETTINGS = "kiemke.toml"

_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
#: Parameters of a connection that are secrets (libpq, "Parameter Key Words").
_SECRETS = frozenset({"password", "sslpassword"})
#: A server that does not exist is told within this time; a `connect_timeout` in the URL counts more.
CONNECT_TIMEOUT_S = 10


class SourceError(Problem):
    """The settings name no database that can be used. Never quotes the URL, which may hold a password."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "database_settings": "{file} cannot be read ({detail}); mend that line.",
        "database_url": '{file}: the url of [database] must look like "postgresql://user@server/database".',
        "database_password": "{file}: the url of [database] must not hold a password; give it in PGPASSWORD, ~/.pgpass or a "
        "service file of PostgreSQL.",
    }


def workspace_database(workspace: Path | str) -> Path | str:
    """The database of a workspace folder: the URL of its settings, else the file. Raises SourceError."""
    settings = Path(workspace) / SETTINGS
    try:
        content = tomllib.loads(settings.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        content = {}
    except (OSError, ValueError) as error:  # no UTF-8, no TOML
        raise SourceError("database_settings", file=settings, detail=error) from None
    database = content.get("database", {})
    url = database.get("url") if isinstance(database, dict) else database
    if url is None:
        return Path(workspace) / FILE_NAME
    postgresql(url, where=settings)
    return str(url)


def is_url(source: Source) -> bool:
    return not isinstance(source, Engine) and "://" in str(source)


def postgresql(url: object, where: Path | str = SETTINGS) -> sa.URL:
    """The URL for SQLAlchemy's psycopg. Raises SourceError, naming the file `where` it stands."""
    import psycopg  # here: whose inventory is a file need not wait for it

    try:
        parsed = sa.make_url(url if isinstance(url, str) else "")
    except (exc.ArgumentError, ValueError):
        raise SourceError("database_url", file=where) from None
    if parsed.drivername not in _SCHEMES or not (parsed.database or parsed.query):
        raise SourceError("database_url", file=where)
    if parsed.password is not None or _SECRETS.intersection(parsed.query):
        raise SourceError("database_password", file=where)
    parsed = parsed.set(drivername="postgresql+psycopg")
    if "connect_timeout" not in parsed.query:
        parsed = parsed.update_query_dict({"connect_timeout": str(CONNECT_TIMEOUT_S)})
    try:
        conninfo(parsed)
    except (ValueError, psycopg.Error):  # a parameter that libpq does not know, a byte that it does not take
        raise SourceError("database_url", file=where) from None
    return parsed


def conninfo(url: sa.URL) -> str:
    """The same connection for a driver that speaks to libpq itself."""
    from psycopg.conninfo import make_conninfo

    _, parameters = url.get_dialect()().create_connect_args(url)
    return make_conninfo(**parameters)


def sqlite_file(source: Source) -> str | None:
    """The file of a SQLite database; None for one in memory, and for another kind."""
    if isinstance(source, Engine):
        file = source.url.database
        return file if source.dialect.name == "sqlite" and file and file != ":memory:" else None
    return None if is_url(source) else str(source)


def name(source: Source) -> str:
    """How a person is told which database is meant: its file, or server and name."""
    if is_url(source):
        url = postgresql(source)
    elif isinstance(source, Engine) and source.dialect.name != "sqlite":
        url = source.url
    else:
        return sqlite_file(source) or ":memory:"
    host = url.host or url.query.get("host") or url.query.get("service") or "localhost"
    return f"{url.database or url.username or ''}@{host if isinstance(host, str) else ','.join(host)}"
