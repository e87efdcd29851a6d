"""Forwarding tables as integers: who has learnt which address at which port, and whose address it is.

An address that stands at two ports of one device (a machine that moved) tells no direction; it is left out of all that compares
tables, and kept for the attachment of what it belongs to. A router's only address, where networks differ, counts in each VLAN.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.topology.columns import ROUTING
from inventory.hardware_addresses import is_shared_by_routers, is_station

NOWHERE, LOCALLY, EVERYWHERE = 0, 1, 2
#: Software gives every host the same few of these, so that one of them in the networks of two offices joins nothing.
_OF_CONTAINERS = ("02:42:", "0a:58:")


@dataclass(frozen=True)
class Entries:
    """Ports and addresses are numbered; `port` and `mac` are one entry each, without repetition."""

    devices: list[str]
    kinds: list[str]
    ports: list[tuple[int, str]]  # (device, name)
    macs: list[str]
    port: np.ndarray
    mac: np.ndarray
    clear: np.ndarray  # entries that may be compared
    port_device: np.ndarray
    owner: np.ndarray  # of a MAC: device, or -1
    glue: np.ndarray  # of a MAC: that two tables have it shows that they are of one network; of one office, where LOCALLY
    offices: np.ndarray  # of a device: its office
    bridges: np.ndarray  # devices with a table
    of_bridge: np.ndarray  # of a MAC: it shows where a device with a table is

    @property
    def index(self) -> dict[str, int]:
        return {name: n for n, name in enumerate(self.devices)}


def owners(
    devices: pd.DataFrame, interfaces: pd.DataFrame | None, endpoints: pd.DataFrame | None, arp: pd.DataFrame | None
) -> dict[str, str]:
    """MAC -> the only device that says it is its own, or that was asked at the address that ARP (mac, office, address) has."""
    parts = [devices[["device", "mac"]]]
    if interfaces is not None:
        parts.append(interfaces[["device", "mac"]])
    if endpoints is not None:
        parts.append(endpoints[["device", "mac"]])
    if arp is not None and len(arp):
        there = devices[["office", "address", "device"]].dropna().drop_duplicates(["office", "address"], keep=False)
        parts.append(arp[["office", "address", "mac"]].merge(there, on=["office", "address"])[["device", "mac"]])
    told = pd.concat(parts).dropna().drop_duplicates()
    told = told[~told.duplicated("mac", keep=False)]
    return {mac: device for mac, device in zip(told["mac"], told["device"], strict=True) if not is_shared_by_routers(mac)}


def hardware(mac: str) -> str:
    """The address itself, of one that `entries` takes for several."""
    return mac[:17]


def _by_network(forwarding: pd.DataFrame, owner_of: Mapping[str, str], routers: Collection[str]) -> pd.DataFrame:
    """device, port, mac. A router's one address that a switch has learnt at several ports, in one VLAN each, stands for several:
    `mac@vlan`."""
    rows = forwarding[["device", "port", "mac"]].dropna().drop_duplicates()
    several = rows[rows.duplicated(["device", "mac"], keep=False)]
    split = {mac for mac in several["mac"].unique() if owner_of.get(mac) in routers}
    if not split or "vlan" not in forwarding:
        return rows
    told = forwarding[forwarding["mac"].isin(split)].dropna(subset=["port", "mac", "vlan"])
    told = told.assign(mac=told["mac"] + "@" + told["vlan"].astype("Int64").astype("string"))
    whole = rows[~rows["mac"].isin(set(told["mac"].map(hardware)))]
    return pd.concat([whole, told[["device", "port", "mac"]]]).drop_duplicates()


def entries(
    devices: pd.DataFrame,
    forwarding: pd.DataFrame,
    owner_of: Mapping[str, str],
    port_of: Mapping[tuple[str, str], str] | None = None,
) -> Entries:
    """`forwarding`: device, port, mac. Rows of devices that the inventory lacks and of a device's own addresses are left out.

    The addresses of all devices are numbered, also those that nobody has learnt. `port_of`: (device, MAC) -> the only port with
    that address. A router passes on between some of its ports only: the address of one at which it has learnt nothing stands for
    that port, and tells nothing of where its table belongs.
    """
    names = devices["device"].tolist()
    number = {name: n for n, name in enumerate(names)}
    kinds = devices["kind"].fillna("").tolist()
    routers = {name for name, kind in zip(names, kinds, strict=True) if kind in ROUTING}
    rows = _by_network(forwarding[forwarding["device"].isin(number)], owner_of, routers)
    split = {hardware(mac) for mac in rows["mac"] if hardware(mac) != mac}
    own = (mac for mac, device in owner_of.items() if device in number and mac not in split)
    macs = pd.Index(sorted({*rows["mac"].tolist(), *own}), dtype="object")
    mac_code = macs.get_indexer(pd.Index(rows["mac"].tolist(), dtype="object")) if len(rows) else np.zeros(0, dtype=np.int64)
    real = np.array([is_station(hardware(mac)) and not is_shared_by_routers(hardware(mac)) for mac in macs], dtype=bool)
    owner = np.array([number.get(owner_of.get(hardware(mac), ""), -1) for mac in macs], dtype=np.int64)
    device = rows["device"].map(number).to_numpy(dtype=np.int64)
    keep = real[mac_code] & (owner[mac_code] != device) if len(rows) else np.zeros(0, dtype=bool)
    rows, mac_code, device = rows[keep], mac_code[keep], device[keep]
    pairs = pd.MultiIndex.from_arrays([device, rows["port"].astype(str)])
    port_code, pair_names = pd.factorize(pairs, sort=True)
    ports = [(int(d), str(p)) for d, p in pair_names]
    port_device = np.array([d for d, _ in ports], dtype=np.int64)
    twice = pd.Series(list(zip(device.tolist(), mac_code.tolist(), strict=True))).duplicated(keep=False).to_numpy(dtype=bool)
    routing = np.array([kind in ROUTING for kind in kinds], dtype=bool)
    learning = {(names[d], p) for d, p in ports}
    bridges = np.unique(device)
    of_bridge = np.isin(owner, bridges)
    for (name, mac), port in (port_of or {}).items():
        if kinds[number[name]] in ROUTING and (name, port) not in learning and owner_of.get(mac) == name and mac in macs:
            of_bridge[macs.get_loc(mac)] = False
    glue = np.array([LOCALLY if mac.startswith(_OF_CONTAINERS) else EVERYWHERE for mac in macs], dtype=np.int64)
    if len(owner):
        glue[(owner >= 0) & routing[owner]] = NOWHERE
    return Entries(
        names,
        kinds,
        ports,
        [str(mac) for mac in macs],
        port_code.astype(np.int64),
        mac_code.astype(np.int64),
        ~twice,
        port_device,
        owner,
        glue,
        pd.factorize(devices["office"], use_na_sentinel=False)[0],
        bridges,
        of_bridge,
    )


def incidence(
    rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int], weight: np.ndarray | None = None
) -> sparse.csr_matrix:
    """A sparse matrix of ones (or of `weight` by column)."""
    values = np.ones(len(rows), dtype=np.float32) if weight is None else weight[columns]
    return sparse.csr_matrix((values, (rows, columns)), shape=shape)
