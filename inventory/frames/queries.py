"""Runs queries on one consistent view of a database: through ADBC, whole columns at a time, or through SQLAlchemy."""

from __future__ import annotations

import atexit
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import adbc_driver_manager
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from inventory import sources
from inventory.database import BUSY_TIMEOUT_S, connect, reading
from inventory.one_library import claim_file, release_file
from inventory.schema import METADATA
from inventory.sources import Source
from inventory.unusable import told

#: SQL -> its rows, with pandas' types that may be missing.
Query = Callable[[str], pd.DataFrame]

#: ADBC guesses the type of a SQLite column from its first batch of rows; one batch holds everything, so that it sees all of them.
_ONE_BATCH = 4_000_000
# Texts as Python's own: frames are gone through value by value more than they are computed with, and Arrow makes each value anew.
# For everybody who has frames, so that those of analyses are of the same kind.
pd.set_option("mode.string_storage", "python")

#: PostgreSQL keeps integers of several widths and booleans, SQLite has neither: the frames make them equal (frames.dtypes).
_NULLABLE: dict[pa.DataType, Any] = {
    pa.int16(): pd.Int64Dtype(),
    pa.int32(): pd.Int64Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.float64(): pd.Float64Dtype(),
    pa.string(): pd.StringDtype(),
    pa.bool_(): pd.BooleanDtype(),
}


@contextmanager
def opened(source: Source) -> Iterator[Query]:
    """Queries that all see the same moment of the database. Raises DatabaseError."""
    file = sources.sqlite_file(source)
    if file is not None and claim_file():
        try:
            with _sqlite(source, file) as query:
                yield query
        finally:
            release_file()
    elif file is None and _is_postgresql(source):
        with _postgresql(source) as query:
            yield query
    else:  # a database in memory, or a file that this process has open itself
        with reading(source if isinstance(source, Engine) else connect(source)) as connection:
            yield lambda sql: _plain(connection, sql)


def _is_postgresql(source: Source) -> bool:
    return source.dialect.name == "postgresql" if isinstance(source, Engine) else sources.is_url(source)


@contextmanager
def _sqlite(source: Source, file: str) -> Iterator[Query]:
    import adbc_driver_sqlite.dbapi as sqlite

    address = f"file:{urllib.parse.quote(str(Path(file).resolve()))}?mode=ro"
    with sqlite.connect(address) as connection, connection.cursor() as cursor:
        cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": str(_ONE_BATCH)})
        cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}")
        cursor.fetchall()

        yield lambda sql: _frame(_text_kept(_columns(source, cursor, sql)))


@contextmanager
def _postgresql(source: Source) -> Iterator[Query]:
    url = source.url if isinstance(source, Engine) else sources.postgresql(str(source))
    with _explained(source, "connecting"):
        connection = _server(sources.conninfo(url)).adbc_clone()
    with connection, connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield lambda sql: _frame(_columns(source, cursor, sql))


@cache
def _server(conninfo: str) -> Any:
    """A connection from which others are made: the first asks for all types of the server, which takes longer than a frame."""
    import adbc_driver_postgresql.dbapi as postgresql

    connection = postgresql.connect(conninfo, autocommit=True)
    atexit.register(connection.close)
    return connection


def _columns(source: Source, cursor: Any, sql: str) -> pa.Table:
    with _explained(source, sql):
        cursor.execute(sql)
        return cursor.fetch_arrow_table()


def _frame(rows: pa.Table) -> pd.DataFrame:
    return rows.to_pandas(types_mapper=_NULLABLE.get)


@cache
def _texts() -> frozenset[str]:
    """Names that are columns of text in every table that has them."""
    of_text: dict[str, bool] = {}
    for table in METADATA.tables.values():
        for column in table.columns:
            of_text[column.name] = of_text.get(column.name, True) and isinstance(column.type, sa.String)
    return frozenset(name for name, text in of_text.items() if text)


def _text_kept(rows: pa.Table) -> pa.Table:
    """SQLite's columns have no types: one without any value is taken for integers, and would merge with no text."""
    for place, column in enumerate(rows.schema):
        if column.name in _texts() and column.type != pa.string() and rows.column(place).null_count == rows.num_rows:
            rows = rows.set_column(place, column.name, pa.nulls(rows.num_rows, pa.string()))
    return rows


@contextmanager
def _explained(source: Source, what: str) -> Iterator[None]:
    try:
        yield
    except adbc_driver_manager.Error as error:
        if problem := told(sources.name(source), error, BUSY_TIMEOUT_S):
            raise problem from None
        raise RuntimeError(f"{error} in {what}") from error


def _plain(connection: sa.Connection, sql: str) -> pd.DataFrame:
    result = connection.execute(sa.text(sql))
    return pd.DataFrame(result.fetchall(), columns=list(result.keys()))
