"""A part of the cabling: what hangs together is found out of everything, and shown of an office."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from analysis.topology.cabling import Cabling
from analysis.topology.members import turned


def part(cabling: Cabling, devices: Collection[str], names: Mapping[str, str]) -> Cabling:
    """Cables that end at one of these devices, stations that hang on them, and what nobody can ask at them.

    The far end of a cable that leaves the part is told by name (`b_name`) and address, as a neighbour that the inventory lacks
    is: its device is no longer given. `names`: what people call devices.
    """
    links = cabling.links
    a, b = links["a_device"].isin(devices), links["b_device"].isin(devices)
    leaving = pd.concat([links[a & ~b], _turned(links[b & ~a])])
    leaving = leaving.assign(
        b_name=leaving["b_name"].fillna(leaving["b_device"].map(names).astype("string")).fillna(leaving["b_device"]),
        b_device=pd.array([pd.NA] * len(leaving), dtype="string"),
    )
    here = cabling.attachments["device"].isin(devices)
    return Cabling(
        pd.concat([links[a & b], leaving]).sort_index().reset_index(drop=True),
        cabling.attachments[here].reset_index(drop=True),
        cabling.unmanaged[cabling.unmanaged["device"].isin(devices)].reset_index(drop=True),
    )


def _turned(links: pd.DataFrame) -> pd.DataFrame:
    """The same cables from their other end; what an end is told to be called is of the other one, and is left out."""
    names = {f"{a}_{what}": f"{b}_{what}" for what in ("device", "office", "address", "port") for a, b in ("ab", "ba")}
    members = links["members"].map(turned, na_action="ignore").astype("string")
    columns = list(links.columns)
    return links.rename(columns=names)[columns].assign(b_name=pd.array([pd.NA] * len(links), dtype="string"), members=members)
