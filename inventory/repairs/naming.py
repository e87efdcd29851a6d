"""Which device a repair was of: by asset code, serial number, name, address, or our own number. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from inventory.folding import fold
from inventory.repairs.records import Repair

_OURS = re.compile(r"\bD(\d{5,})\b")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")


class Names(NamedTuple):
    """What devices are called: folded name -> numbers of devices, by kind of name; addresses also by (office, address)."""

    codes: Mapping[str, frozenset[int]]
    serials: Mapping[str, frozenset[int]]
    names: Mapping[str, frozenset[int]]
    addresses: Mapping[str, frozenset[int]]
    offices: Mapping[int, str]


def names(devices: pd.DataFrame, assets: pd.DataFrame, matches: pd.DataFrame) -> Names:
    """Of the frames of these names. A line of a register lends its code and its serials to the device that it is."""
    number = {name: int(name[1:]) for name in devices["device"]}
    codes: dict[str, set[int]] = defaultdict(set)
    serials: dict[str, set[int]] = defaultdict(set)
    called: dict[str, set[int]] = defaultdict(set)
    addresses: dict[str, set[int]] = defaultdict(set)
    offices: dict[int, str] = {}
    for device, office, tag, serial, name, address in devices[
        ["device", "office", "asset_tag", "serial", "sys_name", "address"]
    ].itertuples(index=False):
        for table, said in ((codes, tag), (serials, serial), (called, name), (addresses, address)):
            if isinstance(said, str) and (key := _key(said)):
                table[key].add(number[device])
        if isinstance(office, str):
            offices[number[device]] = office
    single = matches[matches["bucket"].eq("matched").fillna(False) & matches["device"].notna()]
    of_asset: dict[str, set[int]] = defaultdict(set)
    for asset, device in single[["asset", "device"]].dropna().itertuples(index=False):
        of_asset[asset].add(number[device])
    for asset, code, told in assets[["asset", "code", "serial"]].itertuples(index=False):
        # a line of several things does not tell which of them was mended
        if len(of_asset[asset]) != 1:
            continue
        if isinstance(code, str) and (key := _key(code)):
            codes[key] |= of_asset[asset]
        for serial in told.split(",") if isinstance(told, str) else ():
            if key := _key(serial):
                serials[key] |= of_asset[asset]
    return Names(_frozen(codes), _frozen(serials), _frozen(called), _frozen(addresses), offices)


def _key(said: str) -> str:
    """TS.0012 is TS0012; of addresses the points count."""
    return said.strip() if _ADDRESS.fullmatch(said.strip()) else fold(said).replace(" ", "")


def _frozen(table: Mapping[str, set[int]]) -> dict[str, frozenset[int]]:
    return {key: frozenset(found) for key, found in table.items()}


def devices_of(repair: Repair, known: Names) -> frozenset[int]:
    """The devices that all that is told of it names: one where it is known, none where nobody has such names, several where the
    names are of several, or contradict each other. The surer name counts where it is of one."""
    ours = [int(number) for text in (repair.code or "", repair.device_told) for number in _OURS.findall(text)]
    known_numbers = set(known.offices)
    told: Sequence[frozenset[int]] = [
        frozenset(ours) & known_numbers,
        _all(known.serials, repair.serials),
        _all(known.codes, [repair.code] if repair.code else []),
        _all(known.names, [repair.name] if repair.name else []),
        _all(known.addresses, [repair.address] if repair.address else []),
    ]
    if not any(told) and repair.device_told:  # a code, a serial number or a name in the column of devices
        said = _key(repair.device_told)
        told = [table.get(said, frozenset()) for table in (known.serials, known.codes, known.names, known.addresses)]
    single = {next(iter(found)) for found in told[:-1] if len(found) == 1}
    if single:
        return frozenset(single)
    several = next((found for found in told if found), frozenset())
    here = frozenset(number for number in several if repair.office and known.offices.get(number) == repair.office)
    return here or several


def _all(table: Mapping[str, frozenset[int]], said: Iterable[str]) -> frozenset[int]:
    return frozenset().union(*(table.get(_key(one), frozenset()) for one in said))
