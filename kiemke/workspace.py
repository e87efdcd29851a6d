"""A workspace: a folder with the settings, the offices, the credentials' secrets and the inventory of one administration."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from inventory.problems import Problem
from kiemke import settings as settings_file
from kiemke.settings import Settings

if TYPE_CHECKING:
    import ssl

    from sqlalchemy import Engine

    from collectors.credentials import Vault
    from collectors.profiles import Profiles
    from inventory.offices import Offices

MARK = "kiemke.toml"


class WorkspaceError(Problem):
    TEMPLATES: ClassVar[dict[str, str]] = {
        "workspace_missing": "No workspace in {folder} or above it (no kiemke.toml); make one with: kiemke init {folder}",
        "workspace_exists": "{folder} already holds {file}; nothing was changed.",
        "workspace_not_folder": "{folder} is a file, not a folder; choose another name.",
        "workspace_authorities": "{file}: no certificates (PEM) there ({reason}); correct “authorities” in kiemke.toml.",
    }


@dataclass(frozen=True, slots=True)
class Workspace:
    root: Path
    settings: Settings

    @property
    def database(self) -> Path | str:
        """The file, or the URL of a PostgreSQL database. Raises `SourceError`."""
        from inventory.sources import workspace_database

        return workspace_database(self.root)

    @property
    def known_hosts(self) -> Path:
        return self.root / "known_hosts"

    @property
    def reports(self) -> Path:
        return self.root / self.settings.reports_folder

    def offices(self) -> Offices:
        from inventory import offices

        return offices.load(self.root / "offices.yaml")

    def vault(self) -> Vault:
        from collectors.credentials import Vault

        return Vault(self.root, os.environ)

    def trust(self) -> ssl.SSLContext:
        """Whom probes of services trust: those whom this machine does, and the authorities of the settings. Raises
        `WorkspaceError`."""
        from collectors.services.handshakes import trust_in

        if not self.settings.authorities:
            return trust_in()
        file = self.root / self.settings.authorities
        try:
            return trust_in(file.read_text(encoding="ascii", errors="replace"))
        except OSError as error:  # ssl.SSLError is one
            raise WorkspaceError("workspace_authorities", file=file, reason=error.strerror or error) from None

    def engine(self) -> Engine:
        """The inventory, brought to the current schema. Raises `DatabaseError`, `SourceError`."""
        from inventory.database import open_database

        return open_database(self.database)

    def last_scan(self) -> dict[str, str] | None:
        """The last finished scan (`inventory.known.last_scan`): what a report's data rest on."""
        from inventory import known

        return known.last_scan(self.database)

    def office_names(self) -> dict[str, tuple[str, ...]]:
        """The offices that the inventory knows: code -> their names. What an office of a report's parameters may be."""
        from inventory import known

        return known.offices(self.database)


def find(start: Path) -> Path | None:
    """The nearest folder with a kiemke.toml, from `start` upwards."""
    return next((folder for folder in (start, *start.parents) if (folder / MARK).is_file()), None)


def families_here(*written: Path) -> Profiles:
    """The device families that are known in the current folder: of these files, of the workspace around it, and ours.

    Raises `ProfileError`.
    """
    from collectors import profiles

    home = find(Path.cwd())
    return profiles.load(*written, *([home / "profiles"] if home else []))


def open_workspace(folder: Path | None) -> Workspace:
    """The workspace in `folder`, or the nearest from KIEMKE_WORKSPACE or the current folder upwards.

    Raises `WorkspaceError`, `SettingsError`.
    """
    start = (folder or Path(os.environ.get("KIEMKE_WORKSPACE") or ".")).resolve()
    root = find(start)
    if root is None:
        raise WorkspaceError("workspace_missing", folder=start)
    return Workspace(root, settings_file.read(root / MARK))


def create(folder: Path, given: Mapping[str, str] | None = None) -> Workspace:
    """A new workspace with commented files to fill in; `given` holds other contents by file name.

    Never overwrites: raises `WorkspaceError`.
    """
    from collectors.credentials import CREDENTIALS_TEMPLATE
    from inventory.offices import TEMPLATE

    if folder.exists() and not folder.is_dir():
        raise WorkspaceError("workspace_not_folder", folder=folder)
    templates = resources.files("kiemke") / "templates"
    contents = {
        MARK: (templates / MARK).read_text(encoding="utf-8"),
        "schedule.yaml": (templates / "schedule.yaml").read_text(encoding="utf-8"),
        "offices.yaml": TEMPLATE.read_text(encoding="utf-8"),
        "credentials.yaml": CREDENTIALS_TEMPLATE,
    } | dict(given or {})
    for name in contents:
        if (folder / name).exists():
            raise WorkspaceError("workspace_exists", folder=folder, file=name)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        # 0600 from the first byte: there is no moment at which another user could read a secret.
        mode = 0o600 if name == "credentials.yaml" else 0o644
        with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
            file.write(content)
    workspace = open_workspace(folder)
    workspace.engine().dispose()
    return workspace
