"""How fast 60,000 interfaces are written for other programs, as a ratio against pandas' own writers in the same run.

python -m benchmarks.exchange [--devices 2000] [--interfaces 30]
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pandas as pd

from benchmarks.timing import rounds
from inventory.exchange import tables, to_ansible, to_glpi, to_netbox, workbook
from inventory.exchange.forms import Frames
from inventory.frames import FRAMES
from inventory.frames.dtypes import conform


def frame(name: str, rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    columns = [column.name for column in FRAMES[name]]
    return conform(name, pd.DataFrame([[row.get(column) for column in columns] for row in rows], columns=columns, dtype=object))


def network(devices: int, ports: int) -> Frames:
    """Switches of twenty offices, each with its ports and one address."""
    named = [(n, f"D{n:05d}", f"O{n % 20:02d}", f"10.{n // 250}.0.{n % 250 + 1}") for n in range(devices)]
    switch = {"kind": "switch", "vendor": "HPE", "model": "5130-28G", "profile": "comware", "state": "present"}
    port = {"type": 6, "mtu": 1500, "speed_bps": 10**9, "admin_up": True, "oper_up": True, "pvid": 1, "counted_s": 604_800}
    counted = dict.fromkeys(("in_octets", "out_octets", "in_errors", "out_errors", "in_discards", "out_discards"), 123_456_789)
    return Frames(
        frame(
            "devices",
            (
                switch | {"device": d, "office": o, "address": a, "sys_name": f"sw-{n}", "serial": f"CN{n:08d}"}
                for n, d, o, a in named
            ),
        ),
        frame(
            "interfaces",
            (
                port
                | counted
                | {"device": d, "office": o, "if_index": i, "name": f"Gi1/0/{i}", "description": f"Gigabit 1/0/{i}"}
                | {"mac": f"00:1c:73:{n // 256:02x}:{n % 256:02x}:{i:02x}"}
                for n, d, o, _ in named
                for i in range(1, ports + 1)
            ),
        ),
        frame(
            "addresses", ({"address": a, "office": o, "device": d, "origin": "answered", "if_index": 1} for _, d, o, a in named)
        ),
        frame("links", ()),
        frame("offices", ({"office": f"O{n:02d}", "name_vi": f"Xã {n}", "name_en": f"Commune {n}"} for n in range(20))),
    )


def best(work: Callable[[], object], times: int = 3) -> float:
    """The shortest of several runs, in seconds."""
    return min(rounds(work, times))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=2000)
    parser.add_argument("--interfaces", type=int, default=30)
    given = parser.parse_args()
    frames = network(given.devices, given.interfaces)
    rows = frames.interfaces
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        csv, parquet = best(lambda: rows.to_csv(out / "a.csv", index=False)), best(lambda: rows.to_parquet(out / "a.parquet"))
        excel = best(lambda: rows.to_excel(out / "a.xlsx", index=False, engine="xlsxwriter"), 1)
        measured = [
            ("csv", best(lambda: tables.write_csv(rows, out / "b.csv")), "pandas.to_csv", csv),
            ("parquet", best(lambda: tables.write_parquet(rows, out / "b.parquet")), "pandas.to_parquet", parquet),
            ("xlsx", best(lambda: workbook.write({"interfaces": rows}, out / "b.xlsx", "vi"), 1), "pandas.to_excel", excel),
            ("netbox", best(lambda: [form.text() for form in to_netbox.export(frames).forms]), "pandas.to_csv", csv),
            ("glpi", best(lambda: [form.text() for form in to_glpi.export(frames).forms]), "pandas.to_csv", csv),
            ("ansible", best(lambda: to_ansible.text(frames)), "pandas.to_csv", csv),
        ]
    print(f"{len(rows)} interfaces of {len(frames.devices)} devices")
    for form, seconds, peer, of_peer in measured:
        print(f"{form:8} {seconds:6.2f} s   {seconds / of_peer:5.2f} x {peer} ({of_peer:.2f} s)")


if __name__ == "__main__":
    main()
