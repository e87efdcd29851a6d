"""Who hangs on what: per office its uplink, single points of failure, and the people whom each device cuts off.

A device cuts off what loses every path to the outside when it fails. That is the subtree under it in the dominator tree of
the network, rooted outside (Lengauer and Tarjan, 1979): one pass for all devices. People are counted as the office's staff
times the share of its machines that is cut off; machines are addresses that a managed device has learned.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

import networkx as nx
import pandas as pd

from analysis.tables import code, typed
from analysis.topology import FORWARDING, MACHINES, ROUTING, discover, graph, stations
from inventory.frames.columns import Column

#: The node that stands for everything outside the offices.
OUTSIDE = "outside"
#: IANAifType of Ethernet ports: ethernetCsmacd, fastEther, gigabitEthernet.
ETHERNET = (6, 62, 117)
SLOW_BPS = 100_000_000

BEHIND = (
    Column("device", "string", "device"),
    Column("office", "string", "its office"),
    Column("kind", "string", "kind of device"),
    Column("address", "string", "address"),
    Column("sys_name", "string", "name that the device gives itself"),
    Column("uplink", "boolean", "the office's way out, as far as is known"),
    Column("reachable", "boolean", "a path from the office's uplink to it is known"),
    Column("devices_behind", "Int64", "other devices that lose every path when it fails"),
    Column("machines_behind", "Int64", "machines that lose every path when it fails"),
    Column("share", "Float64", "of the office's machines", "0..1"),
    Column("offices_cut", "Int64", "offices with machines that are cut off"),
    Column("people", "Int64", "staff of each office times the share of its machines that is cut off", "persons"),
    Column("single_point", "boolean", "something else is cut off with it"),
)

OFFICES = (
    Column("office", "string", "code"),
    Column("staff", "Int64", "officials", "persons"),
    Column("devices", "Int64", "devices known"),
    Column("answering", "Int64", "devices that answered in the last scan that asked"),
    Column("silent", "Int64", "devices asked, without an answer"),
    Column("switches", "Int64", "managed switches"),
    Column("ports", "Int64", "Ethernet ports of managed switches"),
    Column("ports_used", "Int64", "of them with a link"),
    Column("ports_free", "Int64", "of them without a link"),
    Column("unmanaged", "Int64", "unmanaged switches suspected"),
    Column("uplink", "string", "device that is the way out, as far as is known"),
    Column("machines", "Int64", "machines seen"),
    Column("placed", "Int64", "of them at a known port of a managed switch"),
    Column("visible", "Float64", "share of machines at a known port; NA = none seen", "0..1"),
    Column("unplaced", "Int64", "devices without a known path to the uplink"),
    Column("single_points", "Int64", "devices that cut off others"),
    Column("people_at_one", "Int64", "most people that one device other than the uplink cuts off", "persons"),
    Column("links_told", "Int64", "cables that devices tell"),
    Column("links_inferred", "Int64", "cables implied by forwarding tables"),
    Column("slow_links", "Int64", "cables between network devices at 100 Mbit/s or less"),
)


@dataclass(frozen=True, slots=True)
class Connectivity:
    """All that is known of the cabling: a graph, and frames (TOPOLOGY, UNMANAGED, BEHIND, OFFICES, ATTACHMENTS)."""

    network: nx.Graph
    links: pd.DataFrame
    unmanaged: pd.DataFrame
    behind: pd.DataFrame
    offices: pd.DataFrame
    attachments: pd.DataFrame


def uplinks(devices: pd.DataFrame, network: nx.Graph) -> dict[str, str]:
    """office -> its way out: a router or firewall (one that is cabled to another office first, then the best connected router);
    where there is none, a device that is cabled to another office. An office without either has no known way out and is absent.
    """
    found: dict[str, tuple] = {}
    for device, office, kind, address in devices[["device", "office", "kind", "address"]].itertuples(index=False):
        leaves = any(network.nodes[n]["office"] not in ("", office) for n in network.neighbors(device))
        if code(kind) not in ROUTING and not leaves:
            continue
        rank = (code(kind) not in ROUTING, not leaves, code(kind) != "router", -network.degree(device), code(address), device)
        if office not in found or rank < found[office]:
            found[office] = rank
    return {office: rank[-1] for office, rank in found.items()}


def _ways_out(network: nx.Graph, uplink: dict[str, str], offices: pd.DataFrame) -> list[str]:
    """One device a connected network: the router or firewall of its uppermost office. Offices that are cabled to another office
    are reached through it, and fail with it."""
    parents = dict(zip(offices["office"], offices["parent"], strict=True))
    found = []
    for part in nx.connected_components(network):
        doors = [d for d in uplink.values() if d in part and network.nodes[d]["kind"] in ROUTING]
        rank = {
            d: (pd.notna(parents.get(network.nodes[d]["office"])), network.nodes[d]["kind"] != "router", -network.degree(d), d)
            for d in doors
        }
        if doors:
            found.append(min(doors, key=rank.__getitem__))
    return sorted(found)


def _joined(network: nx.Graph, roots: list[str], uplink: dict[str, str]) -> nx.Graph:
    """The network with its islands cabled to their office's way out: somehow they are, or they would not have answered. Their
    best connected switch is taken for their head; whose work stops when it fails is right, what lies between is not known."""
    joined = network.copy()
    for part in nx.connected_components(network):
        if part.isdisjoint(roots):
            head = min(part, key=lambda n: (network.nodes[n]["kind"] not in FORWARDING, -network.degree(n), n))
            door = uplink.get(network.nodes[head]["office"])
            if door is not None and door not in part:
                joined.add_edge(door, head, origin="assumed")
    return joined


def _dominators(network: nx.Graph, roots: list[str]) -> dict[str, str]:
    """Immediate dominator of every node that is reachable from outside."""
    directed: nx.DiGraph = nx.DiGraph(network.to_directed(as_view=True))
    directed.add_node(OUTSIDE)
    directed.add_edges_from((OUTSIDE, root) for root in roots)
    return {node: above for node, above in nx.immediate_dominators(directed, OUTSIDE).items() if node != OUTSIDE}


def _people(staff: int, share: float, machines: int) -> int:
    return int(staff * share + 0.5) if machines else 0


def _behind(devices: pd.DataFrame, offices: pd.DataFrame, network: nx.Graph, endpoints: pd.DataFrame) -> pd.DataFrame:
    uplink = uplinks(devices, network)
    roots = _ways_out(network, uplink, offices)
    reachable = set().union(*(nx.node_connected_component(network, root) for root in roots))
    above = _dominators(_joined(network, roots, uplink), roots)
    children = defaultdict(list)
    for node, parent in above.items():
        children[parent].append(node)
    is_device = set(devices["device"])
    weight: dict[str, Counter] = {}
    below: dict[str, int] = {}
    depth_first = _postorder(children)
    for node in depth_first:
        if node == OUTSIDE:
            continue
        own = Counter({network.nodes[node]["office"]: network.nodes[node]["stations"]})
        for child in children[node]:
            own.update(weight[child])
        weight[node] = own
        below[node] = sum(below[child] + (child in is_device) for child in children[node])
    staff = {o: int(s) for o, s in zip(offices["office"], offices["staff"], strict=True) if pd.notna(s)}
    total = Counter(stations(endpoints, devices)["office"].dropna())
    unseen = is_device - set(endpoints["device"].dropna())
    for node, kind in network.nodes(data="kind"):
        if kind in MACHINES and node in unseen:
            total[network.nodes[node]["office"]] += 1
    unplaced_at_root = _unplaced(endpoints, devices)
    rows: list[dict] = []
    for row in devices[["device", "office", "kind", "address", "sys_name"]].to_dict("records"):
        device, office = row["device"], row["office"]
        is_uplink = uplink.get(office) == device
        counts = Counter(weight.get(device) or {network.nodes[device]["office"]: network.nodes[device]["stations"]})
        if is_uplink:
            counts[office] = max(counts[office] + unplaced_at_root[office], total[office])  # all traffic leaves here
        people = sum(_people(staff.get(o, 0), min(n / total[o], 1.0), n) for o, n in counts.items() if total[o])
        if is_uplink and not total[office]:
            people = staff.get(office, 0)
        machines = sum(counts.values())
        rows.append(
            row
            | {
                "uplink": is_uplink,
                "reachable": device in reachable,
                "devices_behind": below.get(device, 0),
                "machines_behind": machines,
                "share": min(counts[office] / total[office], 1.0) if total[office] else None,
                "offices_cut": sum(1 for o, n in counts.items() if n and total[o]),
                "people": people,
                "single_point": below.get(device, 0) > 0 or (machines > 1 and code(row["kind"]) not in MACHINES),
            }
        )
    return typed(rows, BEHIND)


def _postorder(children: dict[str, list[str]]) -> list[str]:
    """Children before parents, without recursion: chains of switches may be long."""
    order, stack = [], [OUTSIDE]
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(children.get(node, ()))
    return order[::-1]


def _unplaced(endpoints: pd.DataFrame, devices: pd.DataFrame) -> Counter:
    machines = stations(endpoints, devices)
    return Counter(machines[machines["switch"].isna() & machines["device"].isna()]["office"].dropna())


def _count(frame: pd.DataFrame, column: str = "office") -> Counter:
    return Counter(frame[column].dropna())


def _offices(
    devices: pd.DataFrame,
    offices: pd.DataFrame,
    interfaces: pd.DataFrame,
    endpoints: pd.DataFrame,
    cables: pd.DataFrame,
    small: pd.DataFrame,
    behind: pd.DataFrame,
) -> pd.DataFrame:
    switches = devices[devices["kind"] == "switch"]
    ports = interfaces[interfaces["device"].isin(switches["device"]) & interfaces["type"].isin(ETHERNET)]
    up = ports[ports["oper_up"].fillna(False).astype(bool)]
    machines = stations(endpoints, devices)
    placed = machines[machines["switch"].isin(switches["device"]) & machines["port"].notna()]
    speed = {
        (d, n): int(s)
        for d, n, s in zip(interfaces["device"], interfaces["name"], interfaces["speed_bps"], strict=True)
        if pd.notna(s)
    }
    kinds = devices.set_index("device")["kind"].to_dict()
    network_kinds = {"switch", "router", "firewall"}
    slow = Counter(
        row["a_office"]
        for row in cables[cables["origin"] == "told"].to_dict("records")
        if kinds.get(row["a_device"]) in network_kinds
        and kinds.get(row["b_device"]) in network_kinds
        and 0 < speed.get((row["a_device"], row["a_port"]), 0) <= SLOW_BPS
    )
    counters = {
        "devices": _count(devices[devices["state"].fillna("") != "gone"]),
        "answering": _count(devices[devices["state"] == "present"]),
        "silent": _count(devices[devices["state"] == "silent"]),
        "switches": _count(switches),
        "ports": _count(ports),
        "ports_used": _count(up),
        "unmanaged": _count(small),
        "machines": _count(machines),
        "placed": _count(placed),
        "unplaced": _count(behind[~behind["reachable"].astype(bool)]),
        "single_points": _count(behind[behind["single_point"].astype(bool)]),
        "links_told": _count(cables[cables["origin"] == "told"], "a_office"),
        "links_inferred": _count(cables[cables["origin"] == "inferred"], "a_office"),
        "slow_links": slow,
    }
    at_one = behind[~behind["uplink"].astype(bool)].groupby("office")["people"].max().to_dict()
    root: dict[str, str] = dict(behind[behind["uplink"].astype(bool)][["office", "device"]].itertuples(index=False))
    rows = []
    for office, staff in offices[["office", "staff"]].itertuples(index=False):
        row = {name: counts[office] for name, counts in counters.items()}
        rows.append(
            row
            | {
                "office": office,
                "staff": staff,
                "ports_free": row["ports"] - row["ports_used"],
                "uplink": root.get(office),
                "visible": row["placed"] / row["machines"] if row["machines"] else None,
                "people_at_one": at_one.get(office),
            }
        )
    return typed(rows, OFFICES)


def connectivity(
    devices: pd.DataFrame,
    offices: pd.DataFrame,
    interfaces: pd.DataFrame,
    links: pd.DataFrame,
    endpoints: pd.DataFrame,
    forwarding: pd.DataFrame | None = None,
    arp: pd.DataFrame | None = None,
) -> Connectivity:
    """Everything about the cabling, from the inventory's frames as of one day; whole tables where they were read."""
    cabling = discover(devices, links, endpoints, interfaces, forwarding, arp)
    cables, small = cabling.links, cabling.unmanaged
    network = graph(devices, cables, small, endpoints)
    behind = _behind(devices, offices, network, endpoints)
    figures = _offices(devices, offices, interfaces, endpoints, cables, small, behind)
    return Connectivity(network, cables, small, behind, figures, cabling.attachments)
