"""The network as a graph, and the machines that hang on it."""

from __future__ import annotations

import networkx as nx
import pandas as pd

from analysis.tables import code
from analysis.topology.columns import FORWARDING, MACHINES


def stations(endpoints: pd.DataFrame, devices: pd.DataFrame) -> pd.DataFrame:
    """Rows of `endpoints` that stand for somebody's machine, one a machine: factory addresses that are no known infrastructure.

    A machine that is a device of the inventory is in that device's office, wherever its address was seen.
    """
    known = devices.set_index("device")
    kind, office = endpoints["device"].map(known["kind"]), endpoints["device"].map(known["office"])
    machine = kind.isna() | (kind == "pc")
    real = endpoints["mac_class"].isna() | (endpoints["mac_class"] == "global")
    again = endpoints["device"].notna() & endpoints.duplicated("device")
    return endpoints.assign(office=office.astype("string").fillna(endpoints["office"]))[machine & real & ~again]


def neighbours(cables: pd.DataFrame) -> dict[tuple[str, str], str]:
    """(device, port) -> the device that is cabled there."""
    found: dict[tuple[str, str], str] = {}
    for a, a_port, b, b_port in cables[["a_device", "a_port", "b_device", "b_port"]].itertuples(index=False):
        if pd.notna(b):
            if pd.notna(a_port):
                found.setdefault((a, a_port), b)
            if pd.notna(b_port):
                found.setdefault((b, b_port), a)
    return found


def graph(devices: pd.DataFrame, cables: pd.DataFrame, small_switches: pd.DataFrame, endpoints: pd.DataFrame) -> nx.Graph:
    """The network as a graph.

    Nodes: device ids; `?name` for neighbours that are told and not in the inventory; `+device:port` for unmanaged switches.
    Node attributes: office, kind, `stations` (machines that hang on the node and are no node of their own). Edge: origin.
    """
    network: nx.Graph = nx.Graph()
    for device, office, kind in devices[["device", "office", "kind"]].itertuples(index=False):
        network.add_node(device, office=code(office), kind=code(kind), stations=0)
    small = {}
    for device, office, port in small_switches[["device", "office", "port"]].itertuples(index=False):
        node = small[(device, port)] = f"+{device}:{port}"
        network.add_node(node, office=code(office), kind="unmanaged", stations=0)
        network.add_edge(device, node, origin="inferred")
    for row in cables.to_dict("records"):
        b = code(row["b_device"])
        if not b:
            b = "?" + (code(row["b_name"]) or code(row["b_address"]) or f"{row['a_device']}:{code(row['a_port'])}")
            if b not in network:
                network.add_node(b, office=code(row["a_office"]), kind="unknown", stations=0)
        a = small.get((row["a_device"], row["a_port"]), row["a_device"])
        network.add_edge(a, b, origin=row["origin"])
    at = neighbours(cables)
    machines = stations(endpoints, devices)
    for device, switch, port in machines[["device", "switch", "port"]].itertuples(index=False):
        if pd.notna(device) and device in network:
            continue  # it is a node itself
        if pd.isna(switch) or switch not in network:
            continue
        neighbour = at.get((switch, port)) if pd.notna(port) and (switch, port) not in small else None
        if neighbour and network.nodes[neighbour]["kind"] in FORWARDING:
            network.nodes[neighbour]["stations"] += 1
        else:
            network.nodes[small.get((switch, port), switch)]["stations"] += 1
    for node, kind in network.nodes(data="kind"):
        if kind in MACHINES:
            network.nodes[node]["stations"] = 1
    return network
