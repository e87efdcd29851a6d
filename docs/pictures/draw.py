"""The maps of docs/maps.md, from a demonstration's workspace: `make demo`, then `.venv/bin/python docs/pictures/draw.py demo`."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from analysis import figures, frames, seen
from inventory.frames import Inventory
from reports.texts import texts

#: The district's seat, a commune with unmanaged switches and no discovery protocol, and a town whose switches tell (LLDP).
OFFICES = ("lap-thach", "hop-ly", "tt-hoa-son")


def draw(workspace: Path, folder: Path) -> None:
    """One PNG for the whole network and one for each of `OFFICES`, in Vietnamese."""
    say = texts("vi")
    inventory = Inventory(workspace)
    day = seen.day_of(inventory.as_of_default(), pd.Timestamp.now("UTC"))
    devices, interfaces = inventory.devices(), inventory.interfaces()
    offices = seen.standing(inventory.offices(), day)
    about = seen.seen(devices, offices, inventory.scans(), day).about(say, seen.place_name(offices, "", say))
    known = frames.known_of(inventory)
    shown = {"interfaces": interfaces, "findings": known.findings}
    pictures = {"district": figures.district_map(known, devices, offices, say, about, **shown)}
    pictures |= {office: figures.office_map(known, devices, offices, office, say, alarm=10, **shown) for office in OFFICES}
    for name, picture in pictures.items():
        picture.savefig(folder / f"map-{name}.png", dpi=120, metadata={"Software": None}, pil_kwargs={"optimize": True})


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(__file__).parent)
