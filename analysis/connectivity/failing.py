"""What each node, and each cable, of a network cuts off when it fails: one search for all of them.

In a depth-first search from the root, a node cuts off a child's subtree when nothing in the subtree reaches above the node, and
the only cable to a child cuts off the subtree when nothing in it reaches even the node by another way (Tarjan, Depth-first search
and linear graph algorithms, 1972). Counts of subtrees are merged the small into the large, so that the work grows with the size
of the network and of the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass

import networkx as nx


@dataclass(frozen=True, slots=True)
class Failures:
    """node -> what fails with it, itself included; (upper, lower) -> what fails with the cable. What is not named cuts off
    nothing but itself; nodes that the root does not reach are not named."""

    nodes: dict[str, Counter[Hashable]]
    cables: dict[tuple[str, str], Counter[Hashable]]
    #: order in which the search met the nodes: what a node cuts off comes later than it
    order: dict[str, int]


def failures(
    network: nx.Graph,
    root: str,
    weights: Mapping[str, Mapping[Hashable, int]],
    single: Callable[[str, str], bool] = lambda _upper, _lower: True,
) -> Failures:
    """Sums of `weights` by key that lose the root. `single`: whether one cable is all there is between two neighbours."""
    order: dict[str, int] = {root: 0}
    low: dict[str, int] = {root: 0}
    sums: dict[str, Counter[Hashable]] = {root: Counter(weights.get(root, {}))}
    nodes: dict[str, Counter[Hashable]] = {root: Counter()}
    cables: dict[tuple[str, str], Counter[Hashable]] = {}
    stack: list[tuple[str, str, Iterator[str]]] = [(root, root, iter(network.adj[root]))]
    while stack:
        node, parent, rest = stack[-1]
        child = next(rest, None)
        if child is not None:
            if child not in order:
                order[child] = low[child] = len(order)
                sums[child] = Counter(weights.get(child, {}))
                nodes[child] = Counter(sums[child])
                stack.append((child, node, iter(network.adj[child])))
            elif child != parent:
                low[node] = min(low[node], order[child])
            continue
        stack.pop()
        if node == root:
            break
        low[parent] = min(low[parent], low[node])
        below = sums.pop(node)
        if low[node] >= order[parent] and parent != root:
            nodes[parent].update(below)
        if low[node] > order[parent] and single(parent, node):
            cables[parent, node] = Counter(below)
        larger, smaller = (sums[parent], below) if len(sums[parent]) >= len(below) else (below, sums[parent])
        larger.update(smaller)
        sums[parent] = larger
    nodes[root] = sums[root]
    return Failures(nodes, cables, order)
