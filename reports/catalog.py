"""Which reports there are: the notebooks of `notebooks/reports`, by name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from reports import parameters
from reports.parameters import Parameter
from reports.problems import ReportProblem, nearest
from reports.texts import texts

#: Beside the package: the project is installed editable, so that people can read and change the notebooks.
FOLDER = Path(__file__).resolve().parent.parent / "notebooks" / "reports"


@dataclass(frozen=True, slots=True)
class Report:
    """A report: `name` on the command line, its notebook, its contract. The first cell's metadata or the texts name it."""

    name: str
    notebook: Path
    parameters: tuple[Parameter, ...]
    titles: dict[str, str]
    summaries: dict[str, str]

    def title(self, language: str) -> str:
        return self.titles.get(language) or self.name

    def summary(self, language: str) -> str:
        return self.summaries.get(language, "")

    @property
    def settable(self) -> tuple[Parameter, ...]:
        """What a person may choose."""
        return tuple(parameter for parameter in self.parameters if not parameter.reserved)


def names(folder: Path = FOLDER) -> list[str]:
    """Names of all reports, sorted."""
    return sorted(path.stem for path in folder.glob("*.ipynb") if not path.name.startswith((".", "_")))


def notebook(name: str, folder: Path = FOLDER) -> Path:
    """The notebook of the report of that name. Raises `ReportProblem` with the nearest name."""
    known = names(folder)
    if not known:
        raise ReportProblem("reports_none", folder=folder)
    if name not in known:
        raise ReportProblem("report_unknown", name=name, nearest=nearest(name, known), known=", ".join(known))
    return folder / f"{name}.ipynb"


def find(name: str, folder: Path = FOLDER) -> Report:
    """The report of that name. Raises `ReportProblem` as `notebook` does."""
    path = notebook(name, folder)
    return Report(name, path, parameters.read(path), _said(path, "title"), _said(path, "summary"))


def reports(folder: Path = FOLDER) -> list[Report]:
    """All reports, by name."""
    return [find(name, folder) for name in names(folder)]


def describe(name: str, folder: Path = FOLDER) -> Report:
    """The report with its contract: title, summary, parameters with help, ranges and choices in both languages."""
    return find(name, folder)


def _said(path: Path, what: str) -> dict[str, str]:
    """`title` or `summary` by language: the notebook's metadata `kiemke.title.vi`, else the texts' `equipment_age.title`."""
    metadata = json.loads(path.read_text(encoding="utf-8")).get("metadata", {}).get("kiemke", {})
    given = metadata.get(what, {})
    key = f"{path.stem.replace('-', '_')}.{what}"
    return {
        language: given.get(language) or (texts(language)(key) if texts(language).has(key) else "") for language in ("vi", "en")
    }
