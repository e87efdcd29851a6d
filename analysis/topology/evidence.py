"""What a person looks at to believe or doubt a cable: the tables themselves, side by side."""

from __future__ import annotations

import pandas as pd

from analysis.tables import typed
from analysis.topology.columns import JOINING, ROUTING
from inventory.frames.columns import Column

SIDES = (
    Column("mac", "string", "hardware address"),
    Column("a_port", "string", "port at which the one has learnt it; NA = it has not, or the entry has aged"),
    Column("b_port", "string", "port at which the other has"),
    Column(
        "speaks", "string", "for (the two ports face each other), against (it stands on the far side of both), between, nothing"
    ),
)
SIGHTINGS = (
    Column("device", "string", "device that has the address in a table"),
    Column("office", "string", "its office"),
    Column("table", "string", "forwarding or arp"),
    Column("port", "string", "port or interface"),
    Column("vlan", "Int64", "VLAN"),
    Column("address", "string", "IP address, of an ARP table"),
    Column("read_at", "time", "when the device was read"),
    Column("hangs_here", "boolean", "the analysis takes it to hang at this port"),
)


def side_by_side(forwarding: pd.DataFrame, a: str, a_port: str | None, b: str, b_port: str | None) -> pd.DataFrame:
    """Every address that two devices have learnt, and what it says of a cable between two of their ports. Columns: SIDES.

    An address that one has learnt at its port and the other elsewhere speaks for the cable; one that both have learnt elsewhere
    speaks against it, for then a frame would come from two sides (Breitbart et al., 2000); one at both ports is between them.
    """
    one, other = _ports(forwarding, a, a_port), _ports(forwarding, b, b_port)
    rows = []
    for mac in sorted({*one, *other}):
        here, there = one.get(mac), other.get(mac)
        rows.append({"mac": mac, "a_port": here, "b_port": there, "speaks": _speaks(here, a_port, there, b_port)})
    return typed(rows, SIDES)


def _ports(forwarding: pd.DataFrame, device: str, first: str | None) -> dict[str, str]:
    """MAC -> port; where it stands at several, the one that is asked about."""
    rows = forwarding[(forwarding["device"] == device) & forwarding["port"].notna()]
    found: dict[str, str] = {}
    for mac, port in rows[["mac", "port"]].itertuples(index=False):
        if mac not in found or port == first:
            found[mac] = port
    return found


def _speaks(here: str | None, a_port: str | None, there: str | None, b_port: str | None) -> str:
    if here is None or there is None:
        return "nothing"
    if here == a_port:
        return "between" if there == b_port else "for"
    return "for" if there == b_port else "against"


def sightings(mac: str, forwarding: pd.DataFrame, arp: pd.DataFrame, attachments: pd.DataFrame) -> pd.DataFrame:
    """Every table that has an address. Columns: SIGHTINGS."""
    hangs = set(attachments.loc[attachments["mac"] == mac, ["device", "port"]].dropna().itertuples(index=False, name=None))
    learnt = forwarding[forwarding["mac"] == mac].assign(table="forwarding", address=None)
    paired = arp[arp["mac"] == mac].assign(table="arp", vlan=None)
    found: list[dict] = [*learnt.to_dict("records"), *paired.to_dict("records")]
    return typed(
        ({**row, "hangs_here": row["table"] == "forwarding" and (row["device"], row["port"]) in hangs} for row in found),
        SIGHTINGS,
    )


def without_tables(devices: pd.DataFrame, forwarding: pd.DataFrame) -> pd.DataFrame:
    """Rows of `devices` that pass frames on and told no table: what hangs behind them is seen from elsewhere only."""
    passes = devices["kind"].isin(JOINING - ROUTING) & (devices["state"] == "present")
    return devices[passes & ~devices["device"].isin(forwarding["device"])]
