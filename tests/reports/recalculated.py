"""A workbook as a spreadsheet program works it out anew: LibreOffice, without a window."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook


def recalculated(path: Path, folder: Path) -> Workbook:
    """The workbook at `path` with the values of all formulas computed by LibreOffice; skips the test where it is not installed.

    The values that stand beside the formulas are taken out first: what comes back was calculated.
    """
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: sudo apt install libreoffice-calc-nogui")
    bare = folder / "bare.xlsx"
    openpyxl.load_workbook(path).save(bare)  # openpyxl keeps formulas and drops their values
    out = folder / "out"
    command = [office, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(out), str(bare)], check=True, capture_output=True, timeout=180)
    return openpyxl.load_workbook(out / "bare.xlsx", data_only=True)


def formulas_of(path: Path, folder: Path) -> list[tuple[str, str, object, object]]:
    """Worksheet, cell, the value in place and the value that LibreOffice computes, of every formula."""
    told, computed = openpyxl.load_workbook(path, data_only=True), recalculated(path, folder)
    return [
        (sheet.title, cell.coordinate, told[sheet.title][cell.coordinate].value, computed[sheet.title][cell.coordinate].value)
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
