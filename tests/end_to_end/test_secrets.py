"""No secret leaves credentials.yaml: not into the database, a notebook, a report, a log, or a command line."""

from __future__ import annotations

import zipfile
import zlib


def texts_of(path):
    """A file's bytes, and the bytes of what is packed in it."""
    yield path.read_bytes()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as packed:
            yield from (packed.read(name) for name in packed.namelist())


def test_the_secrets_are_really_used(demo):
    assert len(demo.secrets) >= 3
    assert all(len(secret) >= 6 for secret in demo.secrets)
    written = (demo.home / "credentials.yaml").read_text(encoding="utf-8")
    assert all(secret in written for secret in demo.secrets)
    assert (demo.home / "credentials.yaml").stat().st_mode & 0o777 == 0o600


def test_no_file_of_the_workspace_holds_a_secret(demo):
    found = [
        f"{path.relative_to(demo.home)}: {secret}"
        for path in demo.home.rglob("*")
        if path.is_file() and path.name != "credentials.yaml"
        for content in texts_of(path)
        for secret in demo.secrets
        if secret.encode() in content
    ]
    assert found == []


def test_what_the_database_packs_holds_no_secret(demo):
    import sqlite3

    with sqlite3.connect(demo.home / "inventory.sqlite") as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        packed = [
            value
            for table in tables
            for row in connection.execute(f'SELECT * FROM "{table}"')
            for value in row
            if isinstance(value, bytes)
        ]
    for value in packed:
        try:
            content = zlib.decompress(value)
        except zlib.error:
            content = value
        assert not [secret for secret in demo.secrets if secret.encode() in content]


def test_nothing_printed_and_no_command_line_holds_a_secret(demo):
    for run in (demo.first, demo.second):
        assert run.command_lines
        shown = [run.out, run.err, *run.command_lines]
        assert not [(secret, text) for secret in demo.secrets for text in shown if secret in text]
