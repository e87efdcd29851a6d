"""`kiemke export FORM`: what the inventory holds, in files for other programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer

from inventory.problems import Problem
from kiemke import console, dates, files
from kiemke.commands.options import WorkspaceOption
from kiemke.commands.show import FRAMES
from kiemke.words import LANGUAGE, say, spoken
from kiemke.workspace import open_workspace

if TYPE_CHECKING:
    import pandas as pd

    from inventory.exchange.forms import Export, Frames

app = typer.Typer(no_args_is_help=True)

FramesArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[FRAME]…", help=say("cli.export.frames", frames=", ".join(FRAMES)))
]
FolderOption = Annotated[Path, typer.Option("--out", metavar="DIR", help=say("cli.export.folder"))]
FileOption = Annotated[Path, typer.Option("--out", metavar="FILE", help=say("cli.export.file"))]
EitherOption = Annotated[Path, typer.Option("--out", metavar="FILE|DIR", help=say("cli.export.either"))]
AsOfOption = Annotated[str, typer.Option(metavar="DATE", help=say("cli.show.as_of"))]
OfficeOption = Annotated[str | None, typer.Option(metavar="CODE", help=say("cli.show.office"))]


class ExportError(Problem):
    TEMPLATES: ClassVar[dict[str, str]] = {
        "export_one_frame": "{file} holds one frame; name one, or a folder with --out.",
        "export_workbook": "{file}: a workbook's name ends in .xlsx.",
    }


@app.command("netbox", help=say("cli.export.netbox_help"))
def netbox(out: FolderOption, as_of: AsOfOption = "", office: OfficeOption = None, workspace: WorkspaceOption = None) -> None:
    from inventory.exchange import to_netbox

    _forms(to_netbox.export(_frames(workspace, as_of, office)), out)


@app.command("glpi", help=say("cli.export.glpi_help"))
def glpi(out: FolderOption, as_of: AsOfOption = "", office: OfficeOption = None, workspace: WorkspaceOption = None) -> None:
    from inventory.exchange import to_glpi

    _forms(to_glpi.export(_frames(workspace, as_of, office)), out, to_glpi.DELIMITER)


@app.command("ansible", help=say("cli.export.ansible_help"))
def ansible(out: FileOption, as_of: AsOfOption = "", office: OfficeOption = None, workspace: WorkspaceOption = None) -> None:
    from inventory.exchange import to_ansible

    frames = _frames(workspace, as_of, office)
    with files.whole(out) as partial:
        partial.write_text(to_ansible.text(frames), encoding="utf-8")
    _written(out, len(frames.devices))


@app.command("csv", help=say("cli.export.csv_help"))
def csv(
    out: EitherOption,
    frames: FramesArgument = None,
    as_of: AsOfOption = "",
    office: OfficeOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    from inventory.exchange import tables

    _each(tables.write_csv, ".csv", _told(_loaded(frames, workspace, as_of, office)), out)


@app.command("parquet", help=say("cli.export.parquet_help"))
def parquet(
    out: EitherOption,
    frames: FramesArgument = None,
    as_of: AsOfOption = "",
    office: OfficeOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    from inventory.exchange import tables

    _each(tables.write_parquet, ".parquet", _loaded(frames, workspace, as_of, office), out)


@app.command("xlsx", help=say("cli.export.xlsx_help"))
def xlsx(
    out: FileOption,
    frames: FramesArgument = None,
    as_of: AsOfOption = "",
    office: OfficeOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    from inventory.exchange import workbook

    if out.suffix.lower() != ".xlsx":
        raise ExportError("export_workbook", file=out)
    loaded = _told(_loaded(frames, workspace, as_of, office))
    with files.whole(out) as partial:
        notes = workbook.write(loaded, partial, LANGUAGE, " · ".join(filter(None, ("Kiểm Kê", office, as_of))))
    _written(out, sum(map(len, loaded.values())))
    _notes(notes)


def _frames(workspace: Path | None, as_of: str, office: str | None) -> Frames:
    from inventory.exchange.forms import Frames, codes

    names = ["devices", "interfaces", "addresses", "links", "offices"]
    found = _loaded([*names, "matches", "assets"], workspace, as_of, office)
    return Frames(**{name: found[name] for name in names}, codes=codes(found["matches"], found["assets"]))


def _loaded(names: list[str] | None, workspace: Path | None, as_of: str, office: str | None) -> dict[str, pd.DataFrame]:
    from inventory.frames import Inventory

    inventory, day = Inventory(open_workspace(workspace).root), dates.parse(as_of)
    return {name: inventory.load(name, as_of=day, office=office) for name in names or FRAMES}


def _told(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """For people: sentences are said in their language."""
    return {name: spoken(name, rows) for name, rows in frames.items()}


def _forms(export: Export, out: Path, delimiter: str = ",") -> None:
    """Every file, also one without rows: what an earlier export left would be taken for this one's."""
    import pandas as pd

    files.folder(out)
    for form in export.forms:
        with files.whole(out / form.file) as partial:
            partial.write_text(form.text(delimiter), encoding="utf-8", newline="")
    rows = [(form.file, len(form.rows), form.place) for form in export.forms]
    console.table(pd.DataFrame(rows, columns=[say(f"cli.export.column_{name}") for name in ("file", "rows", "place")]), str(out))
    _notes(export.notes)


def _each(write: Callable[[Any, Path], None], suffix: str, loaded: dict[str, pd.DataFrame], out: Path) -> None:
    single = out.suffix.lower() == suffix
    if single and len(loaded) != 1:
        raise ExportError("export_one_frame", file=out)
    if not single:
        files.folder(out)
    for name, rows in loaded.items():
        path = out if single else out / f"{name}{suffix}"
        with files.whole(path) as partial:
            write(rows, partial)
        _written(path, len(rows))


def _written(path: Path, rows: int) -> None:
    console.out.print(say("cli.export.done", file=path, rows=rows), markup=False)


def _notes(notes: tuple[str, ...]) -> None:
    for note in notes:
        console.err.print(say.told(note), markup=False)
