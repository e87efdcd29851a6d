"""The tree of switches of each network, from forwarding tables that complete each other.

Two ports face each other when what one switch has learnt elsewhere the other has learnt here, and the other way round: no address
may stand on the far side of neither port (Breitbart, Garofalakis, Jai, Martin, Rastogi, Silberschatz, Topology Discovery in
Heterogeneous IP Networks, INFOCOM 2000, and IEEE/ACM Transactions on Networking 12(3), 2004). Lowekamp, O'Hallaron and Gross
(Topology Discovery for Large Ethernet Networks, SIGCOMM 2001) showed that tables need not be complete for that: an address that
would stand on the wrong side contradicts, one that is missing says nothing. Bejerano (Taking the Skeletons Out of the Closets,
IEEE/ACM Transactions on Networking 17(5), 2009) keeps, as here, to what is needed of a tree: one switch is taken for the root,
each other has one port towards it, and hangs on the deepest of those that have learnt what is behind it at a port that does not
lead to the root.

Switches whose cables are told, and carry frames, are one node: their tables together are fuller than each alone, and what is told
stays. A switch's own addresses count three times, because where they are seen is where the switch is. Costs are counts of
contradictions, so that entries that have aged cost nothing and one that is stale costs one. All comparisons are products of
sparse matrices.

It cannot see: entries that had aged everywhere; lines that the spanning tree blocks; trees that differ from VLAN to VLAN (the
tables are taken together); which of two switches is nearer when neither shows an address of its own and nothing hangs between
them; two switches in a row of which neither can be read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.topology.columns import ROUTING
from analysis.topology.entries import LOCALLY, NOWHERE, Entries, incidence

#: Weight of a switch's own address beside that of a station.
OWN = 3.0
#: So much has the facing switch learnt elsewhere, that something of it would have come here.
MUCH = 5
#: How often directions are corrected by what lies above; each correction may show another, deeper one.
ROUNDS = 8
#: `up` of a node that faces the root at such a port.
UNSEEN = -2
#: A switch is above another when contradictions are at most this share of what supports it: a few entries may be stale.
STALE = 0.34


@dataclass(frozen=True)
class Cable:
    """A told cable between two devices, by number; names of ports are "" where nobody told them."""

    a: int
    a_port: str
    b: int
    b_port: str


@dataclass
class Trees:
    """Nodes are switches, or several that tell of each other. -1 = none, or not known."""

    entries: Entries
    node: np.ndarray  # of a device
    inner: dict[tuple[int, str], int]  # (device, port) -> the device of the same node that is told there
    outer: np.ndarray  # of a port: it leads out of its node
    domain: np.ndarray  # of a node: its network
    root: np.ndarray  # of a node: the root of its network
    up: np.ndarray  # of a node: its port towards the root; UNSEEN = one at which nothing was learnt
    parent: np.ndarray  # of a node
    parent_port: np.ndarray  # of a node: the parent's port
    depth: np.ndarray  # of a node
    support: np.ndarray  # of a node: weight of the addresses for its place
    against: np.ndarray  # of a node: weight of those against it
    seen_up: sparse.csr_matrix  # [node, node]: weight of what is behind the second and the first has learnt towards the root


def build(entries: Entries, cables: Iterable[Cable], aggregates: Collection[tuple[int, str]], joining: Collection[int]) -> Trees:
    """`cables`: told; `aggregates`: (device, port) of the type of aggregates; `joining`: devices that pass frames on, table or
    not."""
    cables = list(cables)
    node, inner = _nodes(entries, cables, aggregates, joining)
    count = int(node.max()) + 1 if len(node) else 0
    outer = np.array([end not in inner for end in entries.ports], dtype=bool)
    port_node = node[entries.port_device] if len(entries.ports) else np.zeros(0, dtype=np.int64)
    use = entries.clear & outer[entries.port] if len(entries.port) else np.zeros(0, dtype=bool)
    port, mac = entries.port[use], entries.mac[use]
    macs = len(entries.macs)
    weight = np.where(entries.of_bridge, OWN, 1.0).astype(np.float32)
    own_mac = np.flatnonzero(entries.of_bridge)
    own_node = node[entries.owner[own_mac]]
    own = incidence(own_node, own_mac, (count, macs))

    domain = _domains(entries, node, count, port_node[port], mac, own_node, own_mac)
    # rows: every port, then every node's own addresses as if they stood at a port of their own
    rows = incidence(np.concatenate([port, len(outer) + own_node]), np.concatenate([mac, own_mac]), (len(outer) + count, macs))
    row_node = np.concatenate([port_node, np.arange(count)])
    sizes = np.bincount(port, minlength=len(outer))
    root = _roots(domain, port_node, sizes, count)
    up = _ups(rows, row_node, len(outer), sizes, weight, domain, root, count)

    rounds = 0
    while True:
        parent, parent_port, depth, support, against, seen_up = _hang(
            port, mac, port_node, own, own_mac, own_node, weight, root, up, (count, macs)
        )
        better = _better(rows, row_node, len(outer), up, parent_port)
        if not better or rounds == ROUNDS:
            break
        for one, instead in better.items():
            up[one] = instead
        rounds += 1
    return Trees(entries, node, inner, outer, domain, root, up, parent, parent_port, depth, support, against, seen_up)


def _better(rows: sparse.csr_matrix, row_node: np.ndarray, ports: int, up: np.ndarray, parent_port: np.ndarray) -> dict[int, int]:
    """Nodes that have learnt towards the root only what the switch above has learnt towards them -> the port at which they have
    what it has elsewhere, or UNSEEN.

    All of that would have to have aged, and something unmanaged to lie between: that the port towards the root is another one, at
    which everything has aged, needs the former alone.
    """
    nodes = np.flatnonzero((up != -1) & (parent_port >= 0))
    count = int(row_node.max(initial=-1)) + 1
    every = _ones(incidence(row_node, np.arange(len(row_node)), (count, len(row_node))) @ rows)
    above = row_node[parent_port[nodes]]
    towards = rows[np.maximum(up[nodes], 0)]
    common = np.asarray(towards.multiply(rows[parent_port[nodes]]).sum(axis=1)).ravel()
    other = np.asarray(towards.sum(axis=1)).ravel() - common
    doubted = np.flatnonzero((up[nodes] < 0) | ((common > 0) & (other <= 0)))
    position = np.full(count, -1)
    position[nodes[doubted]] = doubted
    mine = np.flatnonzero(position[row_node[:ports]] >= 0)
    which = position[row_node[mine]]
    facing = np.asarray(rows[mine].multiply(rows[parent_port[nodes[which]]]).sum(axis=1)).ravel()
    beyond = np.asarray(rows[mine].multiply(every[above[which]]).sum(axis=1)).ravel() - 2 * facing
    found: dict[int, int] = {int(nodes[n]): UNSEEN for n in doubted.tolist()}
    order = np.lexsort((-mine, beyond))  # the last one stays: the most, of equals the first port
    for n, port, gain in zip(which[order].tolist(), mine[order].tolist(), beyond[order].tolist(), strict=True):
        if gain > 0:
            found[int(nodes[n])] = int(port)
    return {node: port for node, port in found.items() if port != up[node]}


def _hang(
    port: np.ndarray,
    mac: np.ndarray,
    port_node: np.ndarray,
    own: sparse.csr_matrix,
    own_mac: np.ndarray,
    own_node: np.ndarray,
    weight: np.ndarray,
    root: np.ndarray,
    up: np.ndarray,
    shape: tuple[int, int],
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, sparse.csr_matrix]:
    """Parents, by what each node has learnt away from the root; `port`, `mac`: the entries that may be compared."""
    ports = len(port_node)
    is_up = np.zeros(ports, dtype=bool)
    is_up[up[up >= 0]] = True
    falls = ~is_up[port] & ((up[port_node[port]] != -1) | (root[port_node[port]] == port_node[port]))
    learnt = _ones(incidence(port_node[port[falls]], mac[falls], shape))
    down = _ones(learnt + own)
    at = incidence(port[falls], mac[falls], (ports, shape[1]), weight)
    rises = is_up[port]
    towards = incidence(port_node[port[rises]], mac[rises], shape, weight)
    seen_up = (towards @ down.T).tocsr()
    self_below = (incidence(own_node, own_mac, shape, weight) @ learnt.T).tocsr()
    return (*_parents((at @ down.T).tocoo(), seen_up, self_below, port_node, root, up, down), seen_up)


def _ones(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    matrix = matrix.tocsr()
    matrix.sum_duplicates()
    matrix.data = np.ones_like(matrix.data)
    return matrix


def _nodes(
    entries: Entries, cables: list[Cable], aggregates: Collection[tuple[int, str]], joining: Collection[int]
) -> tuple[np.ndarray, dict[tuple[int, str], int]]:
    """Devices that tell of each other as one node, and the ports between them."""
    bridges = set(entries.bridges.tolist())
    joins = bridges | set(joining)
    bridged = set(entries.ports)
    learning = {device for device, name in aggregates if (device, name) in bridged}

    def held_back(cable: Cable) -> bool:
        """Neither end has learnt anything there, nor at an aggregate that the port may be of, though both have tables."""
        ends = ((cable.a, cable.a_port), (cable.b, cable.b_port))
        return all(d in bridges and (d, p) not in bridged for d, p in ends) and not {cable.a, cable.b} <= learning

    between = [
        c
        for c in cables
        if c.a in joins
        and c.b in joins
        and c.a != c.b
        # the spanning tree holds it back; its ends are joined by another way
        and not held_back(c)
        # a router passes on between some of its ports only: those at which it learns
        and all(entries.kinds[d] not in ROUTING or (d, p) in bridged for d, p in ((c.a, c.a_port), (c.b, c.b_port)))
    ]
    size = len(entries.devices)
    ends = np.array([(c.a, c.b) for c in between], dtype=np.int64).reshape(-1, 2)
    _, label = sparse.csgraph.connected_components(
        sparse.coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(size, size)), directed=False
    )
    node = np.full(size, -1, dtype=np.int64)
    members = np.array(sorted(bridges | {d for c in between for d in (c.a, c.b)}), dtype=np.int64)
    node[members] = np.unique(label[members], return_inverse=True)[1]
    inner: dict[tuple[int, str], int] = {}
    with_table = set(entries.ports)
    # an aggregate's table names the aggregate, its neighbours name the members: found by the neighbour's own addresses
    seen: dict[tuple[int, int], set[str]] = {}
    if aggregates:
        owner = entries.owner[entries.mac]
        for p, o in zip(entries.port[owner >= 0].tolist(), owner[owner >= 0].tolist(), strict=True):
            device, name = entries.ports[p]
            if (device, name) in aggregates:
                seen.setdefault((device, o), set()).add(name)
    for cable in between:
        for here, port, there in ((cable.a, cable.a_port, cable.b), (cable.b, cable.b_port, cable.a)):
            if port:
                inner[here, port] = there
            if (here, port) not in with_table:
                names = seen.get((here, there), set())
                if not names:
                    left = {name for device, name in aggregates if device == here and (here, name) in with_table}
                    names = left - {name for device, name in inner if device == here}
                if len(names) == 1:
                    inner.setdefault((here, next(iter(names))), there)
    return node, inner


def _domains(
    entries: Entries, node: np.ndarray, count: int, nodes: np.ndarray, macs: np.ndarray, own_node: np.ndarray, own_mac: np.ndarray
) -> np.ndarray:
    """Nodes that have learnt a common address are of one network."""
    if not count:
        return np.zeros(0, dtype=np.int64)
    rows, columns = np.concatenate([nodes, own_node]), np.concatenate([macs, own_mac])
    office = np.full(count, -1, dtype=np.int64)
    known = node >= 0
    office[node[known]] = entries.offices[known]
    scope = np.where(entries.glue[columns] == LOCALLY, office[rows] + 1, 0)
    glue = entries.glue[columns] != NOWHERE
    keys = np.unique(columns[glue] * (entries.offices.max(initial=0) + 2) + scope[glue], return_inverse=True)[1]
    size = count + (int(keys.max()) + 1 if len(keys) else 0)
    joined = sparse.coo_matrix((np.ones(len(keys)), (rows[glue], count + keys)), shape=(size, size))
    return sparse.csgraph.connected_components(joined, directed=False)[1][:count]


def _roots(domain: np.ndarray, port_node: np.ndarray, sizes: np.ndarray, count: int) -> np.ndarray:
    """The node of each network that divides it best: most addresses beside those of its fullest port."""
    total, largest = np.zeros(count), np.zeros(count)
    known = port_node >= 0
    np.add.at(total, port_node[known], sizes[known])
    np.maximum.at(largest, port_node[known], sizes[known])
    frame = pd.DataFrame(
        {"domain": domain, "node": np.arange(count), "rank": total - largest + total / (total.max(initial=0) + 1)}
    )
    best = frame.sort_values(["rank", "node"], ascending=[False, True]).drop_duplicates("domain").set_index("domain")["node"]
    return frame["domain"].map(best).to_numpy(dtype=np.int64)


def _ups(
    rows: sparse.csr_matrix,
    row_node: np.ndarray,
    ports: int,
    sizes: np.ndarray,
    weight: np.ndarray,
    domain: np.ndarray,
    root: np.ndarray,
    count: int,
) -> np.ndarray:
    """Of each node the port that faces the root with the fewest contradictions."""
    up = np.full(count, -1, dtype=np.int64)
    of_node = _groups(row_node, count)
    order = np.argsort(domain, kind="stable")
    starts = np.flatnonzero(domain[order][1:] != domain[order][:-1]) + 1
    for members in np.split(order, starts):
        if len(members) < 2:
            continue
        top = int(root[members[0]])
        left = [int(n) for n in members if n != top]
        done = [top]
        while left and done:
            facing = done.pop(0)
            mine = np.concatenate([of_node[n] for n in left])
            there = of_node[facing]
            shared = (rows[mine].multiply(weight).tocsr() @ rows[there].T).tocsr()
            filled = np.where(there < ports, sizes[np.minimum(there, ports - 1)], 0)
            rich = filled.sum() - filled
            first = 0
            waiting = []
            for n in left:
                size = len(of_node[n])
                block = shared[first : first + size].toarray()
                first += size
                found = _facing(block, of_node[n] < ports, there < ports, sizes[np.minimum(of_node[n], ports - 1)], rich)
                if found == -1:
                    waiting.append(n)
                else:
                    up[n] = of_node[n][found] if found >= 0 else UNSEEN
                    done.append(n)
            left = waiting
    return up


def _groups(label: np.ndarray, count: int) -> list[np.ndarray]:
    order = np.argsort(label, kind="stable")
    return np.split(order, np.searchsorted(label[order], np.arange(count + 1)))[1:-1] if count else []


def _facing(shared: np.ndarray, mine: np.ndarray, theirs: np.ndarray, sizes: np.ndarray, rich: np.ndarray) -> int:
    """Row of the port that faces the other; UNSEEN where that is one without entries, -1 where nothing common tells.

    `mine`, `theirs`: rows and columns that are ports (the others are the devices themselves); `rich`: of a column, what the other
    has learnt at all its other ports.
    """
    total = shared.sum()
    if not total:
        return -1
    row, column = shared.sum(axis=1), shared.sum(axis=0)
    gain = np.maximum((column[None, theirs] - shared[:, theirs]).max(axis=1, initial=0), 0)
    cost = total - row - gain
    cost[~mine | (row == 0)] = np.inf
    best = int(np.lexsort((-sizes, -row, cost))[0])
    if not np.isfinite(cost[best]):
        return UNSEEN
    # a facing root that has much elsewhere, of which nothing has come here: what is here are stations
    here = int(np.argmax(np.where(theirs, column - shared[best], -1.0)))
    return UNSEEN if rich[here] >= MUCH and row[best] <= shared[best, here] else best


def _parents(
    support: sparse.coo_matrix,
    seen_up: sparse.csr_matrix,
    own_below: sparse.csr_matrix,
    port_node: np.ndarray,
    root: np.ndarray,
    up: np.ndarray,
    down: sparse.csr_matrix,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The deepest node that has each behind one of its ports."""
    count = len(root)
    frame = pd.DataFrame({"port": support.row, "below": support.col, "gain": support.data})
    frame["above"] = port_node[frame["port"].to_numpy(dtype=np.int64)] if len(frame) else np.zeros(0, dtype=np.int64)
    frame = frame[(frame["above"] != frame["below"]) & (root[frame["below"].to_numpy(dtype=np.int64)] != frame["below"])]
    below = frame["below"].to_numpy(dtype=np.int64)
    # a router shows addresses of its own in networks that it does not bridge
    frame = frame[(up[below] != -1) & (root[frame["above"].to_numpy(dtype=np.int64)] == root[below])]
    pair = ["above", "below"]
    frame["all"] = frame.groupby(pair)["gain"].transform("sum")
    frame = frame.sort_values([*pair, "gain", "port"], ascending=[True, True, False, True]).drop_duplicates(pair)
    a, b = frame["above"].to_numpy(dtype=np.int64), frame["below"].to_numpy(dtype=np.int64)
    against = _at(seen_up, a, b) + _at(own_below, a, b)
    frame["loss"] = frame["all"].to_numpy() - frame["gain"].to_numpy() + against
    frame = frame[frame["loss"] <= STALE * frame["gain"]]
    # of two that would each be above the other, the one with more for it; then the one with more behind it
    size = np.asarray(down.sum(axis=1)).ravel()
    a, b = frame["above"].to_numpy(dtype=np.int64), frame["below"].to_numpy(dtype=np.int64)
    frame["rank"] = frame["gain"] - 3 * frame["loss"] + size[a] / (size.max(initial=0) + 1.0)
    shape = (count, count)
    rank = sparse.csr_matrix((frame["rank"].to_numpy() + 1e6, (a, b)), shape=shape)
    mine, other = _at(rank, a, b), _at(rank, b, a)
    frame = frame[(mine > other) | ((mine == other) & (a < b))]
    a, b = frame["above"].to_numpy(dtype=np.int64), frame["below"].to_numpy(dtype=np.int64)
    above = sparse.csr_matrix((np.ones(len(a), dtype=np.float32), (b, a)), shape=shape)
    for _ in range(2):  # who is above what is above me is above me, whether or not its entries tell so
        above = _ones(above + above @ above)
    above.setdiag(0)
    above.eliminate_zeros()
    depth = np.asarray(above.sum(axis=1)).ravel()
    frame["depth"] = depth[a]
    frame["size"] = size[a]
    best = frame.sort_values(["below", "depth", "size"], ascending=[True, False, True]).drop_duplicates("below")
    parent, port = np.full(count, -1, dtype=np.int64), np.full(count, -1, dtype=np.int64)
    gain, loss = np.zeros(count), np.zeros(count)
    below = best["below"].to_numpy(dtype=np.int64)
    parent[below], port[below] = best["above"].to_numpy(), best["port"].to_numpy()
    gain[below], loss[below] = best["gain"].to_numpy(), best["loss"].to_numpy()
    for node in _circular(parent, gain):
        parent[node] = port[node] = -1
        gain[node] = loss[node] = 0
    return parent, port, depth.astype(np.int64), gain, loss


def _circular(parent: np.ndarray, gain: np.ndarray) -> list[int]:
    """Of each circle of nodes that are above each other, the one with the least for its place."""
    above, found = parent.tolist(), []
    passed = [-1] * len(above)  # from which node a node was reached first
    for start in range(len(above)):
        node = start
        while node >= 0 and passed[node] < 0:
            passed[node] = start
            node = above[node]
        if node >= 0 and passed[node] == start:
            circle, next_one = [node], above[node]
            while next_one != node:
                circle.append(next_one)
                next_one = above[next_one]
            found.append(min(circle, key=lambda n: (gain[n], n)))
    return found


def _at(matrix: sparse.csr_matrix, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    return np.asarray(matrix[rows, columns]).ravel() if len(rows) else np.zeros(0)
