"""Registers with known truth: what the truth says stands in the files, and the network has what the truth names."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string

from simulator.catalogue import catalogue
from simulator.district import District
from simulator.registers import write
from simulator.registers.goods import goods
from simulator.registers.letters import tcvn3, vni
from simulator.registers.styles import STYLES


class Written:
    """One folder of registers, read with another reader."""

    def __init__(self, truth_path: Path) -> None:
        self.folder = truth_path.parent
        self.truth = json.loads(truth_path.read_text(encoding="utf-8"))
        self.files = {f["file"]: f for f in self.truth["files"]}
        self._cells: dict[tuple[str, str], list[list[Any]]] = {}

    def rows(self, file: str, sheet: str) -> list[list[Any]]:
        if (file, sheet) not in self._cells:
            if file.endswith(".csv"):
                how = self.files[file]["csv"]
                coded = "cp1252" if how["encoding"] == "legacy" else how["encoding"]
                with (self.folder / file).open(encoding=coded, newline="") as text:
                    self._cells[file, sheet] = [list(row) for row in csv.reader(text, delimiter=how["delimiter"])]
            else:
                for page in load_workbook(self.folder / file, data_only=True):
                    self._cells[file, page.title] = [list(row) for row in page.iter_rows(values_only=True)]
        return self._cells[file, sheet]

    def row(self, place: dict[str, Any]) -> list[Any]:
        return self.rows(place["file"], place["sheet"])[place["row"] - 1]


@pytest.fixture(scope="module")
def written(district: District, tmp_path_factory: pytest.TempPathFactory) -> Written:
    return Written(write(district.at(district.today), tmp_path_factory.mktemp("registers"), seed=3))


def plain(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def test_every_line_stands_where_the_truth_says(written: Written) -> None:
    for line in written.truth["lines"]:
        name = plain(line["reading"]["name"])
        known = {code(name) for code in (str, plain, tcvn3, vni)} | {plain(_bare(name))}
        texts = [plain(str(cell)) for cell in written.row(line) if cell is not None]
        assert any(text in known for text in texts), (line["file"], line["sheet"], line["row"], name, texts)


def _bare(text: str) -> str:
    spread = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(c for c in spread if not unicodedata.combining(c))


def test_codes_and_amounts_stand_on_the_row(written: Written) -> None:
    for line in written.truth["lines"]:
        cells = written.row(line)
        texts = {str(cell) for cell in cells}
        if code := line["reading"].get("code"):
            assert code in texts
        if dong := line["reading"].get("price_vnd"):
            divided = dong // (1000 if written.files[line["file"]]["money"] == "thousands" else 1)
            amounts = {re.sub(r"\D", "", text) for text in texts}
            assert str(divided) in amounts


def test_every_row_with_text_is_a_line_or_named_otherwise(written: Written) -> None:
    known = Counter((p["file"], p["sheet"], p["row"]) for p in (*written.truth["lines"], *written.truth["others"]))
    assert not [place for place, count in known.items() if count > 1]
    for told in written.truth["files"]:
        for sheet in told["sheets"]:
            for number, row in enumerate(written.rows(told["file"], sheet), 1):
                if any(cell not in (None, "") for cell in row):
                    assert (told["file"], sheet, number) in known


def test_columns_have_their_headings(written: Written) -> None:
    for told in written.truth["files"]:
        assert told["tables"]
        for table in told["tables"]:
            rows = written.rows(told["file"], table["sheet"])
            first, last = table["heading_rows"]
            for letter in table["columns"]:
                place = column_index_from_string(letter) - 1
                assert any(rows[number][place] for number in range(first - 1, last)), (told["file"], table, letter)


def test_units_are_things_of_the_network_or_say_why_not(written: Written, district: District) -> None:
    truth = district.at(district.today).truth()
    devices = {d["asset"]: d for d in truth["devices"]}
    stations = {e["mac"]: e for e in truth["endpoints"]}
    known = set(district.at(district.today).plan.stations) | set(devices)
    for line in written.truth["lines"]:
        assert len(line["units"]) == line["reading"]["quantity"]
        for unit in line["units"]:
            assert set(unit["interchangeable"]) <= known
            assert unit["thing"] not in unit["interchangeable"]
            assert unit["bucket"] in unit["accepted_buckets"]
            if unit["thing"] is None:
                assert unit["why"]
                assert unit["bucket"] != "matched"
                continue
            there = devices.get(unit["thing"]) or stations[unit["mac"]]
            assert {k: unit[k] for k in ("address", "office", "mac")} == {k: there[k] for k in ("address", "office", "mac")}
            assert unit["seen_as"] == ("device" if there.get("snmp_readable") or there.get("ssh_readable") else "station")
            if unit["office"] != line["office"]:
                assert unit["why"].startswith("moved to")


def test_a_thing_is_on_the_books_once_or_is_said_to_be_on_none(written: Written, district: District) -> None:
    plan = district.at(district.today).plan
    booked = Counter(u["thing"] for line in written.truth["lines"] for u in line["units"] if u["thing"])
    free = [row["thing"] for row in written.truth["not_on_books"]]
    assert {thing: n for thing, n in booked.items() if n > 1} == {}
    assert not booked.keys() & set(free)
    assert booked.keys() | set(free) == {d.box.asset for d in plan.devices.values()} | set(plan.stations)


def test_what_is_dead_or_moved_stays_on_the_books(district: District, tmp_path: Path) -> None:
    network = district.at(district.today + dt.timedelta(days=300))
    dead = {d.box.asset for d in network.plan.devices.values() if not d.alive}
    truth = json.loads(write(network, tmp_path, seed=4).read_text(encoding="utf-8"))
    units = [u for line in truth["lines"] for u in line["units"]]
    booked = {u["thing"]: u for u in units if u["thing"]}
    assert len(dead & booked.keys()) > len(dead) / 3
    assert {booked[thing]["bucket"] for thing in dead & booked.keys()} <= {"not_seen", "not_assessable"}
    assert any(u["why"].startswith("moved to") for u in units)
    assert any(u["why"].startswith("replaced by") for u in units)
    assert any(u["why"] == "scrapped" for u in units)


def test_days_agree_with_the_box(written: Written, district: District) -> None:
    boxes = {d.box.asset: d.box for d in district.at(district.today).plan.devices.values()}
    years = []
    for line in written.truth["lines"]:
        for unit in line["units"]:
            told = line["reading"].get("in_use") or line["reading"].get("acquired")
            if unit["thing"] in boxes and told:
                years.append(int(told[:4]) - boxes[unit["thing"]].built.year)
    assert sum(0 <= y <= 2 for y in years) > 0.9 * len(years)
    assert min(years) < 0 or max(years) > 1


@pytest.mark.parametrize("share", [0.0, 0.3, 0.8])
def test_as_many_usable_serial_numbers_as_asked(district: District, tmp_path: Path, share: float) -> None:
    truth = json.loads(write(district.at(district.today), tmp_path, usable_serials=share).read_text(encoding="utf-8"))
    equipment = [line for line in truth["lines"] if line["equipment"]]
    right = [line for line in equipment if line["serial_state"] == "right"]
    assert abs(len(right) / len(equipment) - share) < 0.03
    assert abs(truth["usable_serials"] - len(right) / len(equipment)) < 1e-9
    for line in right:
        assert line["reading"]["serials"] == [u["serial"] for u in line["units"] if u["serial"]]


def test_the_same_seed_writes_the_same_books(district: District, tmp_path: Path) -> None:
    def digest(folder: Path, seed: int) -> dict[str, str]:
        write(district.at(district.today), folder, seed=seed)
        found = {}
        for path in sorted(folder.iterdir()):
            found[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found

    first = digest(tmp_path / "a", 7)
    assert digest(tmp_path / "b", 7) == first
    assert digest(tmp_path / "c", 8) != first


@pytest.mark.parametrize("style", sorted(STYLES))
def test_every_style_can_keep_the_whole_district(district: District, tmp_path: Path, style: str) -> None:
    there = Written(write(district.at(district.today), tmp_path, styles=[style], seed=5))
    assert {f["style"] for f in there.truth["files"]} == {style}
    assert len(there.truth["lines"]) > 200
    test_every_line_stands_where_the_truth_says(there)
    test_every_row_with_text_is_a_line_or_named_otherwise(there)


def test_goods_know_every_model_of_the_catalogue() -> None:
    models = catalogue().models
    assert {name: model.kind for name, model in models.items()} == {name: good.kind for name, good in goods().models.items()}


def test_old_letters_are_those_of_the_fonts() -> None:
    # As the fonts show them: known lines of both codes.
    assert tcvn3("Cộng hòa xã hội chủ nghĩa Việt Nam") == "Céng hßa x· héi chñ nghÜa ViÖt Nam"
    assert vni("Cộng hòa xã hội chủ nghĩa Việt Nam") == "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam"
