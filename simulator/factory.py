"""Boxes as they leave the factory: serial number, hardware addresses, date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from simulator.catalogue import Model
from simulator.chance import between, dice
from simulator.plan import Box, Plan

#: Makers of what has no agent: network cards of PCs, telephones, cameras, phones. "" is a randomised address.
STATION_MAKERS = {
    "pc": (
        "18:03:73",
        "70:54:d2",
        "54:04:a6",
        "74:d4:35",
        "e0:d5:5e",
        "20:47:47",
        "c8:5b:76",
        "00:26:18",
        "08:60:6e",
        "1c:69:7a",
    ),
    "laptop": ("44:49:88", "98:5f:41", "08:5b:d6", "a0:02:a5"),
    "smartphone": ("34:8c:5e", "08:f4:ab", "b8:ea:98", "d4:ba:fa", "10:f6:81", "9c:73:b1", "", "", ""),
    "telephone": ("80:5e:0c", "00:0b:82", "0c:38:3e"),
    "camera": ("44:19:b6", "bc:ad:28", "3c:ef:8c"),
    "printer": ("84:ba:3b", "00:1b:a9"),
}


def _block(prefix: str, asset: int) -> int:
    """The first of 128 addresses under a maker's prefix that no other asset has: 17 bits of the asset's number."""
    return (int(prefix.replace(":", ""), 16) << 24) | ((asset & 0x1FFFF) << 7)


def new_box(plan: Plan, model: Model, built: dt.date, installed: dt.date, seed: int) -> Box:
    """A box of `model`, entered in the plan's books under the next asset number."""
    asset = plan.next_asset
    plan.next_asset += 1
    chance = dice(seed, "box", asset)
    # Makers get their blocks one after the other: a box has the newest that was registered when it was built.
    blocks: Mapping[str, int] = model.fields["oui"]
    prefix = max(blocks, key=lambda block: (blocks[block] <= built.year, blocks[block] if blocks[block] <= built.year else 0))
    mac = _block(prefix, asset * 37 % 0x1FFFF)
    return Box(
        asset=f"A{asset:05d}",
        family=model.family,
        model=model.name,
        serial=model.serial(built, mac, chance),
        mac=mac,
        built=built,
        installed=installed,
        junk_serial=model.fields.get("junk"),
    )


def built_date(model: Model, seed: int, *words: object, year: int | None = None, latest: dt.date) -> dt.date:
    """A day within the years in which the model was made, and some months before `latest`."""
    first, last = model.made
    chosen = year if year is not None else between(first, min(last, latest.year - 1), seed, "year", *words)
    day = dt.date(chosen, 1, 1) + dt.timedelta(days=between(0, 360, seed, "day", *words))
    return min(day, latest - dt.timedelta(days=60))


#: Of a hundred computers: those whose BIOS somebody renewed later, and those shipped with one that was already old.
_RENEWED, _OLD_RELEASE = 15, 12


def firmware_day(asset: str, built: dt.date, today: dt.date) -> dt.date:
    """The day that a computer's BIOS tells today: some months before it was built, of some long before, or since."""
    draw = between(1, 100, "bios fate", asset)
    if draw <= _RENEWED:
        renewed = built + dt.timedelta(days=between(90, 2500, "bios renewed", asset))
        if renewed <= today:
            return renewed - dt.timedelta(days=between(5, 90, "bios age", asset))
    elif draw <= _RENEWED + _OLD_RELEASE:
        return built - dt.timedelta(days=between(200, 540, "bios age", asset))
    return built - dt.timedelta(days=between(10, 180, "bios", asset))


#: Of a hundred things: those that lay in a dealer's store for long.
_OLD_STOCK = 5


def stored(seed: int, *words: object) -> dt.timedelta:
    """How long a thing lay in stores and ships before an office used it."""
    long = between(1, 100, seed, "old stock", *words) <= _OLD_STOCK
    return dt.timedelta(days=between(300, 700, seed, "stored", *words) if long else between(30, 300, seed, "stored", *words))


def station_mac(what: str, number: int, seed: int) -> int:
    """An address for the station with this running number; unique, because the number is in it."""
    makers = STATION_MAKERS[what]
    prefix = makers[between(0, len(makers) - 1, seed, "maker", number)]
    tail = (
        number * 7919 + 0x800000
    ) & 0xFFFFFF  # devices' blocks of the same makers stay below 0x1000000 / 2 by their asset numbers
    if not prefix:
        return 0x02_00_00_00_00_00 | (between(0, 0xFFFF, seed, "local", number) << 24) | tail
    return (int(prefix.replace(":", ""), 16) << 24) | tail
