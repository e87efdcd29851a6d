"""A real PostgreSQL for tests and measurements: a cluster of its own in a temporary folder, gone afterwards.

Debian's package leaves a cluster of the system's; that one is neither needed nor touched.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USER = "kiemke"
#: As wrong in a log as any: what must be seen nowhere.
PASSWORD = "mật-khẩu-rất-bí-mật"


def programs() -> Path | None:
    """The folder with initdb and postgres, newest version first; None where PostgreSQL is not installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda f: int(f.parent.name), reverse=True)
    found = shutil.which("initdb")
    return next((f for f in [*folders, *([Path(found).parent] if found else [])] if (f / "initdb").exists()), None)


@dataclass(frozen=True)
class Cluster:
    """A running server. Over its socket everybody is trusted; over loopback it wants USER's PASSWORD."""

    folder: Path
    port: int

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def url(self, database: str) -> str:
        return f"postgresql://{USER}@/{database}?host={self.folder}&port={self.port}"

    def url_of_loopback(self, database: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Each statement in a transaction of its own."""
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[call-overload]

    def database(self, name: str, template: str = "template0") -> str:
        """The URL of a new database."""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """A server on a free loopback port and a socket. `durable`: waits for the disk as a server in an office does."""
    found = programs()
    assert found is not None
    # Not pytest's folder: a socket's path must be short, and its owner must get there.
    folder = Path(tempfile.mkdtemp(prefix="kiemke-pg-"))
    try:
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        if os.geteuid() == 0:
            who = pwd.getpwnam("postgres")
            for path in (folder, folder / "password"):
                os.chown(path, who.pw_uid, who.pw_gid)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        data = folder / "data"
        _as_nobody_special(
            [
                *(found / "initdb", "--pgdata", data, "--username", USER, "--pwfile", folder / "password"),
                *("--auth-local", "trust", "--auth-host", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8"),
                # Sorts as Vietnamese does, which no frame may depend on.
                *("--locale-provider", "icu", "--icu-locale", "vi", "--no-sync"),
            ],
            folder,
        )
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": str(folder),
            "max_connections": "50",
        }
        if not durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        with (data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        control = [found / "pg_ctl", "--pgdata", data, "--log", folder / "log", "--wait"]
        _as_nobody_special([*control, "start"], folder)
        try:
            yield Cluster(folder, port)
        finally:
            _as_nobody_special([*control, "--mode", "immediate", "stop"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_nobody_special(command: Sequence[str | Path], folder: Path) -> None:
    """PostgreSQL refuses to run as root; then the user of Debian's package runs it."""
    who = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
    done = subprocess.run([*who, *command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
