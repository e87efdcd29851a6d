"""A folder of runs as `reports.run` leaves it, without running anything: records, and notebooks with real payloads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from reports.tables import Column, table_payload
from reports.texts import texts

TITLES = {
    "equipment-age": {"vi": "Tuổi thiết bị", "en": "Age of the equipment"},
    "network-state": {"vi": "Hiện trạng mạng", "en": "State of the network"},
}
#: office, device, address, years, price in dong
DEVICES = [
    ("Xã Thái Hòa", "SW-THAIHOA-01", "10.20.13.2", 8.94, 12_000_000),
    ("Xã Bàn Giản", "SW-BANGIAN-01", "10.20.14.2", 3.26, 7_500_000),
    ("Xã Bàn Giản", "PC-BANGIAN-07", "10.20.14.27", 11.0, 15_000_000),
]


def run(
    out: Path,
    report: str = "equipment-age",
    day: str = "2026-03-02",
    *,
    language: str = "vi",
    devices: list[tuple[Any, ...]] | None = None,
    office: tuple[str, str] = ("", ""),
    **changed: Any,
) -> Path:
    """A run of `day`; `changed` goes over its record. Returns its folder. `devices` as `DEVICES`."""
    say = texts(language)
    devices = DEVICES if devices is None else devices
    stamp = day.replace("-", "")
    home = out / "-".join(piece for piece in (report, f"{stamp}-080000", office[0], language) if piece)
    home.mkdir(parents=True)
    old = sum(device[3] >= 8 for device in devices)
    columns = [
        Column("office", "Đơn vị" if language == "vi" else "Office"),
        Column("thing", "Thiết bị" if language == "vi" else "Device"),
        Column("address", "Địa chỉ" if language == "vi" else "Address"),
        Column("age", "Tuổi" if language == "vi" else "Age", "years"),
        Column("cost", "Giá" if language == "vi" else "Price", "million"),
    ]
    frame = pd.DataFrame(devices, columns=[column.name for column in columns])
    label, title = ("thiết bị từ 8 tuổi", "Danh sách") if language == "vi" else ("devices of 8 years or more", "The list")
    sentence = f"**{old}** thiết bị đã cũ." if language == "vi" else f"**{old}** devices are old."
    payloads = [
        ("language", {"language": language}),
        ("opening", {"title": TITLES[report][language], "subtitle": "", "office": office[1], "as_of": day, "coverage": []}),
        ("key_figures", {"items": [[say.number(old), label, True], [say.number(len(devices)), "tất cả", False]]}),
        ("finding", {"text": sentence, "action": old > 1}),
        ("heading", {"text": title, "level": 2}),
        ("table", table_payload(frame, columns, say, sheet=title, title=title)),
    ]
    outputs = [
        {"output_type": "display_data", "data": {f"application/vnd.kiemke.{what}+json": payload, "text/html": ""}, "metadata": {}}
        for what, payload in payloads
    ]
    notebook = {"cells": [{"cell_type": "code", "source": "", "outputs": outputs}], "metadata": {}}
    (home / f"{report}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (home / f"{report}-{language}.html").write_text("<!DOCTYPE html><title>x</title>", encoding="utf-8")
    parameters = {"office": office[0], "as_of": "", "old_years": 8}
    record = {
        "report": report,
        "titles": TITLES[report],
        "language": language,
        "parameters": parameters,
        "settings": [
            {"name": "old_years", "help": {"vi": "Số năm coi là cũ", "en": "Years that count as old"}, "hint": "", "value": 8}
        ],
        "status": "done",
        "started_at": f"{day}T08:00:00+07:00",
        "finished_at": f"{day}T08:00:09+07:00",
        "ran_by": "Lan",
        "through": "command",
        "files": {"notebook": f"{report}.ipynb", "html": f"{report}-{language}.html"},
        "data": {"as_of": day, "office": office[1]},
        "error": None,
        "log": None,
    } | changed
    (home / "run.json").write_text(json.dumps(record), encoding="utf-8")
    return home


def failed(out: Path, day: str, **changed: Any) -> Path:
    """A run that ended in a sentence, with a log and no document."""
    error = {"key": "run_broken", "vi": "Báo cáo dừng ở ô lệnh 3 <b>.", "en": "The report stopped at cell 3 <b>."}
    home = run(
        out, "network-state", day, **({"status": "failed", "error": error, "files": {}, "log": "network-state.log"} | changed)
    )
    (home / "network-state.log").write_text("x", encoding="utf-8")
    return home
