"""`kiemke show FRAME`: any frame of the inventory or of an analysis, for eyes or for another program."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kiemke import console, dates
from kiemke.commands.options import WorkspaceOption
from kiemke.words import say, spoken
from kiemke.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    import pandas as pd

#: The frames' names, here so that `--help` need not import pandas; a test compares them with the frames.
FRAMES = (
    *("devices", "interfaces", "links", "endpoints", "forwarding", "arp", "addresses", "components", "health"),
    *("readings", "offices", "scans", "assets", "matches", "rejected", "conflicts", "decisions", "changes", "services"),
    *("lifecycle", "management", "repairs"),
)
#: Those that `analysis.frames` makes.
MADE = (
    *("topology", "attachments", "unmanaged", "findings", "risks", "readiness", "condition", "unmeasured"),
    *("exposures", "unjudged", "plan", "ages", "component_ages"),
)

#: What a person looks for first, where a frame has more columns than a terminal; CSV and JSON always have all of them.
FOR_EYES = {
    "devices": (
        *("device", "office", "kind", "vendor", "model", "serial", "os_version"),
        *("sys_name", "address", "last_confirmed", "state"),
    ),
    "interfaces": (
        *("device", "if_index", "name", "alias", "mac", "speed_bps"),
        *("admin_up", "oper_up", "in_errors", "out_errors"),
    ),
    "assets": (
        *("asset", "file", "sheet", "row", "code", "name", "kind", "model", "serial", "office", "user", "quantity"),
        *("price_vnd", "acquired_from", "acquired_to", "state"),
    ),
    "matches": (
        *("asset", "unit", "file", "row", "name", "device", "mac", "address", "bucket", "confidence", "reason", "others"),
    ),
    "services": (
        *("service", "office", "url", "goal", "probed_at", "outcome", "latency_ms", "loss", "status"),
        *("certificate_until", "detail"),
    ),
    "lifecycle": (
        *("device", "office", "kind", "vendor", "model", "status", "step", "product", "release", "os_end_of_security"),
        *("end_of_security", "last_day_of_support"),
    ),
    "topology": (
        *("a_device", "a_office", "a_port", "b_device", "b_office", "b_port", "b_name", "origin"),
        *("confidence", "why"),
    ),
    "findings": ("severity", "kind", "office", "device", "port", "other_device", "people", "why", "first"),
    "plan": ("rank", "year", "office", "kind", "vendor", "model", "part", "people", "cost_vnd", "saved_vnd", "why"),
    "management": (
        "device",
        "office",
        "address",
        "protocol",
        "port",
        "open",
        "version",
        "credential",
        "first_seen",
        "last_confirmed",
    ),
    "exposures": ("severity", "kind", "office", "device", "address", "port", "credential", "why", "first"),
    "condition": ("severity", "kind", "office", "device", "part", "item", "why", "trend", "first"),
    "risks": (
        *("device", "office", "kind", "part", "item", "probability", "people", "failure_cost_vnd", "risk_vnd"),
        *("risk_low_vnd", "risk_high_vnd", "measure_rank", "measure"),
    ),
    "ages": (
        *("device", "office", "kind", "model", "years_low", "years", "years_high", "grade", "basis", "contradiction"),
        *("useful_life_years", "past_life"),
    ),
    "component_ages": (
        *("device", "office", "part", "item", "years_low", "years", "years_high", "grade", "basis", "contradiction"),
        *("useful_life_years", "past_life"),
    ),
    "components": ("device", "kind", "name", "description", "model", "serial", "firmware_rev"),
}


class Format(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def show(
    frame: Annotated[str, typer.Argument(metavar="FRAME", help=say("cli.show.frame", frames=", ".join(FRAMES + MADE)))],
    as_of: Annotated[str, typer.Option(metavar="DATE", help=say("cli.show.as_of"))] = "",
    office: Annotated[str | None, typer.Option(metavar="CODE", help=say("cli.show.office"))] = None,
    form: Annotated[Format, typer.Option("--format", help=say("cli.show.format"))] = Format.TABLE,
    workspace: WorkspaceOption = None,
) -> None:
    write(frame, load(open_workspace(workspace), frame, as_of, office), form)


def load(opened: Workspace, frame: str, as_of: str, office: str | None) -> pd.DataFrame:
    """A frame by name. Raises FrameError, DateError."""
    from inventory.frames import FrameError, Inventory

    inventory, day = Inventory(opened.root), dates.parse(as_of)
    if frame in MADE:
        from analysis import frames

        return frames.load(inventory, frame, as_of=day, office=office)
    if frame not in FRAMES:
        raise FrameError("frame_unknown", frame=frame, known=", ".join(FRAMES + MADE))
    return inventory.load(frame, as_of=day, office=office)


def write(frame: str, rows: pd.DataFrame, form: Format) -> None:
    """Rows of a frame to standard output; packed sentences in the reader's language."""
    rows = spoken(frame, rows)
    put(rows if form is not Format.TABLE else rows[list(FOR_EYES.get(frame, rows.columns))], form)


def put(rows: pd.DataFrame, form: Format) -> None:
    """Rows to standard output, as they are."""
    if form is Format.CSV:
        console.out.file.write(rows.to_csv(index=False))
    elif form is Format.JSON:
        console.out.file.write(rows.to_json(orient="records", date_format="iso", date_unit="s", force_ascii=False) + "\n")
    else:
        console.table(rows)
        console.err.print(say("cli.show.rows", rows=len(rows)), markup=False)
