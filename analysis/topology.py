"""What is cabled to what: links that devices tell, and links that forwarding tables imply.

A told link (LLDP, CDP) is believed at 0.99 when both sides tell it and 0.9 when one does. A device that tells nothing hangs at
the switch port nearest to it (the port with the fewest stations behind it on which its address was learned; Lowekamp,
O'Hallaron and Gross, Topology Discovery for Large Ethernet Networks, 2001, use the same minimal knowledge): inferred, 0.7.
Several stations behind one port that has no told neighbour need something that nobody can ask: an unmanaged switch.

It cannot see: stations whose entries had aged when the table was read, switches chained behind an unmanaged one, links that
spanning tree blocks and no protocol tells.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import networkx as nx
import pandas as pd

from analysis.tables import code, typed
from inventory.frames.columns import Column

BOTH_SIDES, ONE_SIDE, BY_TABLE, BEHIND_NEIGHBOUR = 0.99, 0.9, 0.7, 0.6
#: Kinds that forward for others. What hangs on their port hangs behind them.
FORWARDING = frozenset({"switch", "router", "firewall", "wireless", "access", "olt", "transport"})
#: Kinds that join networks: each of their addresses is a cable of its own.
ROUTING = frozenset({"router", "firewall"})
#: Devices that are somebody's machine, as `graph` names kinds: a computer, or something that answered and told nothing.
MACHINES = frozenset({"pc", ""})

TOPOLOGY = (
    Column("a_device", "string", "device at one end"),
    Column("a_office", "string", "its office"),
    Column("a_address", "string", "its address"),
    Column("a_port", "string", "its port"),
    Column("b_device", "string", "device at the other end; NA = told, and not in the inventory"),
    Column("b_office", "string", "its office"),
    Column("b_address", "string", "its address"),
    Column("b_port", "string", "its port"),
    Column("b_name", "string", "name of the other end as told"),
    Column("origin", "string", "told or inferred"),
    Column("confidence", "Float64", "belief that the cable is there", "0..1"),
    Column("evidence", "string", "lldp_both lldp_one cdp_both cdp_one (fdp, edp, sonmp, mndp likewise) table behind_neighbour"),
)

UNMANAGED = (
    Column("device", "string", "the managed device in front"),
    Column("office", "string", "its office"),
    Column("address", "string", "its address"),
    Column("port", "string", "the port with several stations"),
    Column("stations", "Int64", "stations seen behind the port"),
    Column(
        "explanation", "string", "unmanaged_switch, or small (two stations: also a phone with a computer, or a virtual machine)"
    ),
    Column("confidence", "Float64", "belief that a switch is there", "0..1"),
)


def _facts(devices: pd.DataFrame) -> dict[str, dict]:
    """device -> office, address, kind ("" where it is not known: NA must not be compared)."""
    rows = devices[["device", "office", "address", "kind"]].to_dict("records")
    return {row["device"]: row | {"kind": code(row["kind"])} for row in rows}


def _told(links: pd.DataFrame) -> list[dict]:
    """Each cable once, though both ends may tell it in a row of their own."""
    cables: list[dict] = []
    by_end: dict[tuple[str, str, str], dict] = {}
    for row in links.sort_values(["a_device", "a_port", "b_device", "b_name"]).to_dict("records"):
        a, b = code(row["a_device"]), code(row["b_device"])
        if not a or a == b:
            continue
        peer = b or "?" + (code(row["b_name"]) or code(row["b_address"]))
        ends = [(a, code(row["a_port"]), peer)] + ([(b, code(row["b_port"]), a)] if b and code(row["b_port"]) else [])
        cable = next((by_end[end] for end in ends if end in by_end), None)
        both = row["both_sides"] is True or bool(code(row["both_sides"]) == "True")
        if cable is None:
            cable = {
                "a": a,
                "a_port": code(row["a_port"]),
                "b": b,
                "b_port": code(row["b_port"]),
                "b_name": code(row["b_name"]),
                "b_address": code(row["b_address"]),
                "protocol": code(row["protocol"]) or "lldp",
                "both": both,
            }
            cables.append(cable)
        else:
            cable["both"] = cable["both"] or both or a != cable["a"]
            if a != cable["a"] and not cable["b_port"]:
                cable["b_port"] = code(row["a_port"])
        for end in ends:
            by_end.setdefault(end, cable)
    return cables


def _nearest(facts: dict[str, dict], endpoints: pd.DataFrame) -> list[tuple[str, str, str]]:
    """(device, switch, port) at which the address of a known device was learned with the fewest others.

    One place a device; for routers and firewalls one an address, because each of their networks is cabled by itself.
    """
    placed = endpoints[endpoints["switch"].notna() & endpoints["port"].notna()]
    crowd = Counter(zip(placed["switch"], placed["port"], strict=True))
    found: dict[tuple[str, str], tuple[int, str, str]] = {}
    for device, mac, switch, port in placed[["device", "mac", "switch", "port"]].itertuples(index=False):
        if pd.isna(device) or device == switch or device not in facts or switch not in facts:
            continue
        key = (device, mac if facts[device]["kind"] in ROUTING else "")
        candidate = (crowd[(switch, port)], switch, port)
        if key not in found or candidate < found[key]:
            found[key] = candidate
    return sorted({(device, switch, port) for (device, _), (_, switch, port) in found.items()})


def topology(devices: pd.DataFrame, links: pd.DataFrame, endpoints: pd.DataFrame) -> pd.DataFrame:
    """Every cable that is told or implied, once. Columns: `TOPOLOGY`. Frames: `devices`, `links`, `endpoints`."""
    facts = _facts(devices)
    cables = [cable for cable in _told(links) if cable["a"] in facts]
    for cable in cables:
        cable["b"] = cable["b"] if cable["b"] in facts else ""
    rows = []
    told_at: dict[tuple[str, str], str] = {}
    linked: dict[str, set[str]] = defaultdict(set)
    for cable in cables:
        a, b = facts[cable["a"]], facts.get(cable["b"], {})
        rows.append(
            {
                "a_device": cable["a"],
                "a_office": a["office"],
                "a_address": a["address"],
                "a_port": cable["a_port"] or None,
                "b_device": cable["b"] or None,
                "b_office": b.get("office"),
                "b_address": b.get("address") or cable["b_address"] or None,
                "b_port": cable["b_port"] or None,
                "b_name": cable["b_name"] or None,
                "origin": "told",
                "confidence": BOTH_SIDES if cable["both"] else ONE_SIDE,
                "evidence": f"{cable['protocol']}_{'both' if cable['both'] else 'one'}",
            }
        )
        if cable["b"]:
            told_at.setdefault((cable["a"], cable["a_port"]), cable["b"])
            if cable["b_port"]:
                told_at.setdefault((cable["b"], cable["b_port"]), cable["a"])
            linked[cable["a"]].add(cable["b"])
            linked[cable["b"]].add(cable["a"])
    backbone = {d for d, peers in linked.items() if any(facts[peer]["kind"] in {"switch", *ROUTING} for peer in peers)}
    for device, switch, port in _nearest(facts, endpoints):
        neighbour = told_at.get((switch, port))
        if neighbour == device or switch in linked[device]:
            continue
        if facts[device]["kind"] not in ROUTING and device in backbone:
            continue  # it told how it is cabled; this is where its frames pass by
        front = neighbour if neighbour and facts[neighbour]["kind"] in FORWARDING else None
        if front and front in linked[device]:
            continue
        linked[device].add(front or switch)
        linked[front or switch].add(device)
        rows.append(
            {
                "a_device": front or switch,
                "a_office": facts[front or switch]["office"],
                "a_address": facts[front or switch]["address"],
                "a_port": None if front else port,
                "b_device": device,
                "b_office": facts[device]["office"],
                "b_address": facts[device]["address"],
                "origin": "inferred",
                "confidence": BEHIND_NEIGHBOUR if front else BY_TABLE,
                "evidence": "behind_neighbour" if front else "table",
            }
        )
    return typed(rows, TOPOLOGY)


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


def _neighbours(cables: pd.DataFrame) -> dict[tuple[str, str], str]:
    """(device, port) -> the device that is cabled there."""
    found: dict[tuple[str, str], str] = {}
    for a, a_port, b, b_port in cables[["a_device", "a_port", "b_device", "b_port"]].itertuples(index=False):
        if pd.notna(b):
            if pd.notna(a_port):
                found.setdefault((a, a_port), b)
            if pd.notna(b_port):
                found.setdefault((b, b_port), a)
    return found


def unmanaged(devices: pd.DataFrame, cables: pd.DataFrame, endpoints: pd.DataFrame) -> pd.DataFrame:
    """Ports that need an unmanaged switch to explain their stations. Columns: `UNMANAGED`. `cables`: `topology(...)`."""
    facts = _facts(devices)
    known_at = Counter(
        (switch, port)
        for device, switch, port in endpoints[["device", "switch", "port"]].drop_duplicates().dropna().to_numpy().tolist()
        if device in facts
    )
    told = _neighbours(cables[cables["origin"] == "told"])
    # a neighbour that tells its name explains the stations; one that is only inferred does when it is there alone
    forwarding_at = {
        end
        for end, neighbour in _neighbours(cables).items()
        if facts.get(neighbour, {}).get("kind") in FORWARDING and (end in told or known_at[end] == 1)
    }
    real = endpoints[
        (endpoints["mac_class"].isna() | (endpoints["mac_class"] == "global"))
        & endpoints["port"].notna()
        & endpoints["switch"].notna()
    ]
    rows = []
    crowd: Counter[tuple[str, str]] = Counter(
        (switch, port) for switch, port, _ in real[["switch", "port", "mac"]].drop_duplicates().to_numpy().tolist()
    )
    for (switch, port), count in sorted(crowd.items(), key=lambda item: str(item[0])):
        if count < 2 or switch not in facts or (switch, port) in forwarding_at or facts[switch]["kind"] == "wireless":
            continue
        rows.append(
            {
                "device": switch,
                "office": facts[switch]["office"],
                "address": facts[switch]["address"],
                "port": port,
                "stations": int(count),
                "explanation": "unmanaged_switch" if count > 2 else "small",
                "confidence": 0.6 if count == 2 else 0.8 if count == 3 else 0.95,
            }
        )
    return typed(rows, UNMANAGED)


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
    neighbours = _neighbours(cables)
    machines = stations(endpoints, devices)
    for device, switch, port in machines[["device", "switch", "port"]].itertuples(index=False):
        if pd.notna(device) and device in network:
            continue  # it is a node itself
        if pd.isna(switch) or switch not in network:
            continue
        neighbour = neighbours.get((switch, port)) if pd.notna(port) and (switch, port) not in small else None
        if neighbour and network.nodes[neighbour]["kind"] in FORWARDING:
            network.nodes[neighbour]["stations"] += 1
        else:
            network.nodes[small.get((switch, port), switch)]["stations"] += 1
    for node, kind in network.nodes(data="kind"):
        if kind in MACHINES:
            network.nodes[node]["stations"] = 1
    return network
