"""What a map of an office shows: its devices as a tree from the way out, ends as counts, and what is known of every cable.

The tree follows cables that carry traffic; what closes a ring stands beside it. What is cabled to something, but not to the way
out as far as anybody knows, hangs there by an `assumed` cable; what is cabled to nothing that is drawn is loose.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import networkx as nx
import pandas as pd

from analysis.connectivity import Connectivity
from analysis.figures.layout import Line, clean, fitted, text_width, wrapped
from analysis.figures.style import Say
from analysis.tables import code
from analysis.topology import FORWARDING, MACHINES
from analysis.topology.members import read

#: Kinds that are drawn; everything else is an end, and counted.
DRAWN = frozenset(
    {"router", "firewall", "switch", "wireless", "access", "olt", "transport", "unmanaged", "unknown", "server", "storage"}
)
#: Kinds that nobody has asked: hollow.
GUESSED = frozenset({"unmanaged", "unknown", "unseen", "out"})
#: The way out of an office; machines of which no port is known.
OUT, UNSEEN = "*out", "*unseen"
#: So many unmanaged switches at one device are drawn each by itself; more are one mark with their number.
_EACH = 6
_ORDER = ("router", "firewall", "switch", "access", "olt", "transport", "wireless", "server", "storage", "unmanaged", "unknown")


@dataclass(frozen=True, slots=True)
class Cable:
    """All cables between two nodes. `ports`: device -> its port; `speed_bps`: the slower end, 0 = not told."""

    origin: str  # told, inferred, assumed
    ports: Mapping[str, str] = field(default_factory=dict)
    count: int = 1
    speed_bps: int = 0
    blocked: bool = False
    severity: str = ""
    rows: tuple[int, ...] = ()  # places in the frame of links


@dataclass(slots=True)
class Part:
    """A node of a map. `count`: how many things the mark stands for; `ends`: what hangs on it and is not drawn, by kind."""

    kind: str
    count: int = 1
    ends: Counter = field(default_factory=Counter)
    people: int = 0
    alarming: bool = False
    severity: str = ""
    offices: int = 0  # other offices that are cabled to it

    @property
    def guessed(self) -> bool:
        return self.kind in GUESSED


@dataclass(slots=True)
class OfficeTree:
    """What is drawn of one office. `uplink` is None where no way out is known; `leads_to`: the office that it is cabled to."""

    office: str
    uplink: str | None
    leads_to: str
    parts: dict[str, Part]
    children: dict[str, list[str]]
    cables: dict[tuple[str, str], Cable]
    #: cables that close rings: they carry nothing until another fails
    rings: list[tuple[str, str, Cable]]
    loose: list[str]

    def below(self, root: str = OUT) -> list[str]:
        order = [root]
        for node in order:
            order.extend(self.children.get(node, ()))
        return order


def natural(text: str) -> tuple:
    """Order of names as people count: Gi0/2 before Gi0/10."""
    return tuple((0, int(piece), "") if piece.isdigit() else (1, 0, piece) for piece in re.findall(r"\d+|\D+", text))


def cables(
    known: Connectivity, interfaces: pd.DataFrame | None = None, findings: pd.DataFrame | None = None
) -> dict[frozenset[str], Cable]:
    """(node, node) -> what is known of the cables between them.

    `interfaces`: the inventory's, for speeds (`speed_bps`) and spanning trees (`stp`); `findings`: device, other_device and
    severity (high, medium, low) of what is wrong with a cable.
    """
    speed: dict[tuple[str, str], int] = {}
    blocking: set[tuple[str, str]] = set()
    if interfaces is not None and len(interfaces):
        stp = interfaces["stp"] if "stp" in interfaces else pd.Series(pd.NA, index=interfaces.index, dtype="string")
        for device, name, bps, state in zip(interfaces["device"], interfaces["name"], interfaces["speed_bps"], stp, strict=True):
            if pd.notna(name):
                if pd.notna(bps) and bps > 0:
                    speed[(device, name)] = int(bps)
                if pd.notna(state) and state == "blocking":
                    blocking.add((device, name))
    wrong: dict[frozenset[str], str] = {}
    for row in _to_show(findings):
        if far := code(row.get("other_device")):
            wrong[frozenset((code(row["device"]), far))] = row["severity"]
    by_pair: dict[frozenset[str], list[tuple[int, dict]]] = defaultdict(list)
    small = {node for node, kind in known.network.nodes(data="kind") if kind == "unmanaged"}
    for place, row in enumerate(known.links.to_dict("records")):
        a = row["a_device"]
        b = code(row["b_device"]) or "?" + (
            code(row["b_name"]) or code(row["b_address"]) or f"{row['a_device']}:{code(row['a_port'])}"
        )
        through = f"+{a}:{code(row['a_port'])}"
        by_pair[frozenset((through if through in small else a, b))].append((place, row))
    found = {}
    for a, b, data in known.network.edges(data=True):
        pair = frozenset((a, b))
        rows = by_pair.get(pair, [])
        ports: dict[str, str] = {}
        slowest, count, blocked = 0, 0, bool(rows)
        for _, row in rows:
            ends = [(code(row[f"{side}_device"]), code(row[f"{side}_port"])) for side in "ab"]
            for device, port in ends:
                if port:
                    ports.setdefault(device, port)
            here = [speed[end] for end in ends if end in speed]
            slowest = min([*here, *([slowest] if slowest else [])], default=0)
            count += max(1, len(read(code(row["members"]))))
            blocked = blocked and any(end in blocking for end in ends)
        for node in (a, b):
            if node.startswith("+") and not rows:
                device, _, port = node[1:].partition(":")
                ports.setdefault(device, port)
                slowest = speed.get((device, port), 0)
        origin = data.get("origin", "inferred")
        found[pair] = Cable(
            origin, ports, max(count, 1), slowest, blocked, wrong.get(pair, ""), tuple(place for place, _ in rows)
        )
    return found


def _to_show(findings: pd.DataFrame | None) -> list[dict]:
    """What is worth the accent: a map full of it shows nothing."""
    return [] if findings is None else findings[findings["severity"].isin(["high", "medium"])].to_dict("records")


def office_tree(
    known: Connectivity,
    office: str,
    known_cables: Mapping[frozenset[str], Cable],
    findings: pd.DataFrame | None = None,
    alarm: int = 5,
    collapse: bool = True,
) -> OfficeTree:
    """The map of one office; `collapse`: ends are counted where they hang, else each that is a device is drawn."""
    network = known.network
    rows = known.behind[known.behind["office"] == office]
    people = {d: int(p) for d, p in zip(rows["device"], rows["people"], strict=True)}
    uplink = next(iter(rows[rows["uplink"].astype(bool)]["device"]), None)
    members = sorted(n for n, home in network.nodes(data="office") if home == office)
    # what carries others is drawn, whatever it is, and so is what a bad cable leads to
    shown = {
        n
        for n in members
        if not collapse
        or network.nodes[n]["kind"] in DRAWN
        or network.degree(n) > 1
        or n == uplink
        or any(known_cables[frozenset((n, near))].severity for near in network.neighbors(n))
    }
    drawn: nx.Graph = nx.Graph()
    parts: dict[str, Part] = {}
    severity = {}
    for row in _to_show(findings):
        if row["severity"] == "high" and not code(row.get("other_device")):
            severity[code(row["device"])] = row["severity"]
    for node in sorted(shown):
        kind = network.nodes[node]["kind"]
        own = network.nodes[node]["stations"] - (kind in MACHINES)
        parts[node] = Part(
            kind,
            ends=Counter(machine=own) if own > 0 else Counter(),
            people=people.get(node, 0),
            alarming=people.get(node, 0) >= alarm and node != uplink,
            severity=severity.get(node, ""),
            offices=_offices_at(network, node, office) if node != uplink else 0,
        )
        drawn.add_node(node)
    for a, b in network.edges(shown):
        if a in shown and b in shown:
            drawn.add_edge(a, b)
    for node in members:
        if node not in shown:
            hosts = sorted(n for n in network.neighbors(node) if n in shown)
            if hosts:
                kind = network.nodes[node]["kind"]
                parts[hosts[0]].ends["machine" if kind in MACHINES else kind] += 1
    if collapse:
        _gather(drawn, parts)
    tree: dict[str, list[str]] = defaultdict(list)
    ways: dict[tuple[str, str], Cable] = {}
    rings: list[tuple[str, str, Cable]] = []
    reached: set[str] = set()

    def grow(root: str) -> None:
        """Breadth first over cables that carry traffic, and only then over those that are held back."""
        reached.add(root)
        queue, held = [root], list[tuple[str, str]]()
        while queue or held:
            if not queue:
                node, near = held.pop(0)
                if near not in reached:
                    reached.add(near)
                    tree[node].append(near)
                    ways[(node, near)] = known_cables[frozenset((node, near))]
                    queue.append(near)
                continue
            node = queue.pop(0)
            for near in sorted(drawn.neighbors(node), key=lambda n: (known_cables[frozenset((node, n))].origin != "told", n)):
                if near in reached:
                    continue
                if known_cables[frozenset((node, near))].blocked:
                    held.append((node, near))
                    continue
                reached.add(near)
                tree[node].append(near)
                ways[(node, near)] = known_cables[frozenset((node, near))]
                queue.append(near)

    parts[OUT] = Part("out")
    home = OUT
    leads_to = ""
    if uplink in drawn and uplink is not None:
        outside = [n for n in network.neighbors(uplink) if network.nodes[n]["office"] not in ("", office)]
        leads_to = network.nodes[min(outside)]["office"] if outside else ""
        origins = {known_cables[frozenset((uplink, n))].origin for n in outside}
        tree[OUT].append(uplink)
        ways[(OUT, uplink)] = Cable("told" if "told" in origins else "inferred" if origins else "assumed")
        grow(uplink)
        home = uplink
    loose: list[str] = []
    for island in sorted(nx.connected_components(drawn.subgraph(set(drawn) - reached)), key=lambda c: (-len(c), min(c))):
        head = min(island, key=lambda n: (parts[n].kind not in FORWARDING, -drawn.degree(n), n))
        if len(island) == 1 and not parts[head].ends:
            loose.append(head)
            continue
        tree[home].append(head)
        ways[(home, head)] = Cable("assumed")
        grow(head)
    # what is not known to be cabled to anything needs no mark: it is counted
    total = int(known.offices.loc[known.offices["office"] == office, "machines"].sum())
    unseen = total - sum(part.ends["machine"] + (part.kind in MACHINES) for part in parts.values())
    if unseen > 0 and len(parts) > 1:
        parts[UNSEEN] = Part("unseen", ends=Counter(machine=unseen))
        tree[home].append(UNSEEN)
        ways[(home, UNSEEN)] = Cable("assumed")
    used = {frozenset(way) for way in ways}
    rings = [(*sorted(pair), known_cables[pair]) for a, b in drawn.edges if (pair := frozenset((a, b))) not in used]

    def place(node: str, parent: str) -> tuple:
        kind = parts[node].kind
        rank = _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
        return (node == UNSEEN, rank, natural(ways[(parent, node)].ports.get(parent, "~")), node)

    ordered = {parent: sorted(nodes, key=lambda n: place(n, parent)) for parent, nodes in tree.items()}
    return OfficeTree(office, uplink, leads_to, parts, ordered, ways, sorted(rings, key=lambda ring: ring[:2]), sorted(loose))


def _offices_at(network: nx.Graph, node: str, office: str) -> int:
    return len({network.nodes[n]["office"] for n in network.neighbors(node)} - {office, ""})


def _gather(drawn: nx.Graph, parts: dict[str, Part]) -> None:
    """Many unmanaged switches at one device that carry nothing drawn become one node with their number."""
    at: dict[str, list[str]] = defaultdict(list)
    for node in sorted(drawn):
        if parts[node].kind == "unmanaged" and drawn.degree(node) == 1:
            at[next(drawn.neighbors(node))].append(node)
    for nodes in at.values():
        if len(nodes) > _EACH:
            first, *rest = nodes
            for node in rest:
                parts[first].ends.update(parts.pop(node).ends)
                parts[first].count += 1
                drawn.remove_node(node)


class Names:
    """What devices are called on maps."""

    def __init__(self, devices: pd.DataFrame, say: Say) -> None:
        self.say = say
        self.rows = {row["device"]: row for row in devices.to_dict("records")}

    def name(self, node: str, part: Part) -> str:
        say = self.say
        if part.kind == "unmanaged":
            one = part.count == 1
            return say("figures.office_map.one_unmanaged") if one else say("figures.office_map.unmanaged", count=part.count)
        if part.kind == "unseen":
            return say("figures.office_map.unseen")
        row = self.rows.get(node)
        if row is None:
            return clean(node.lstrip("?+"))
        return clean(code(row.get("sys_name"))) or self.thing(node) or say("figures.unnamed", id=node)

    def thing(self, node: str) -> str:
        """Vendor and model."""
        row = self.rows.get(node, {})
        return clean(" ".join(filter(None, (code(row.get("vendor")), code(row.get("model"))))))


def speed(bps: int, say: Say) -> str:
    """100 Mb/s, 1 Gb/s; "" where it is not told."""
    if not bps:
        return ""
    giga = bps >= 1_000_000_000
    return say("figures.gigabit" if giga else "figures.megabit", n=bps / (1_000_000_000 if giga else 1_000_000))


def counted(part: Part, say: Say) -> list[str]:
    """What hangs on a part, in words: machines first."""
    words = [
        say("figures.office_map.machine" if kind == "machine" else "figures.office_map.of_kind", n=n, kind=kind or "unknown")
        for kind, n in sorted(part.ends.items(), key=lambda end: (end[0] != "machine", end[0]))
        if n > 0
    ]
    if part.offices:
        words.append(say("figures.office_map.offices", n=part.offices))
    return words


def label(
    node: str, part: Part, names: Names, width: float, cable: Cable | None = None, parent: str = "", inner: bool = False
) -> list[Line]:
    """A label's lines, none longer than `width`: name, what it is, its parent's port, what hangs on it, who depends on it."""
    say = names.say
    size = 7.5 if inner else 7.2
    lines = [Line(text, "name", size) for text in wrapped(names.name(node, part), size, width, 2, bold=True)]
    facts = []
    thing = names.thing(node)
    if inner and thing and thing != names.name(node, part):
        lines.append(Line(fitted(thing, 6.6, width), "plain", 6.6))
    if cable is not None:
        if part.count == 1 and (port := clean(cable.ports.get(parent, ""))):
            words = say("figures.office_map.port", port=port)
            facts.append(words if text_width(words, 6.6) <= width else port)
        if cable.count > 1:
            facts.append(say("figures.office_map.cables", n=cable.count))
        if rate := speed(cable.speed_bps, say):
            facts.append(rate)
    facts += counted(part, say)
    lines += [Line(text, "plain", 6.6) for text in together(facts, 6.6, width, 6)]
    if part.people and (part.alarming or part.kind in ("router", "firewall")):
        text = say("figures.office_map.people", people=part.people)
        lines += [Line(each, "alarm" if part.alarming else "plain", 6.6) for each in wrapped(text, 6.6, width, 2)]
    return lines


def together(facts: list[str], size: float, width: float, lines: int) -> list[str]:
    """Facts with dots between them, in as few lines as hold them; a fact is not torn where it fits a line."""
    found: list[str] = []
    for fact in facts:
        if found and text_width(f"{found[-1]} · {fact}", size) <= width:
            found[-1] += f" · {fact}"
        elif text_width(fact, size) <= width:
            found.append(fact)
        else:
            found += wrapped(fact, size, width, 2)
    if len(found) > lines:
        found = [*found[: lines - 1], fitted(" · ".join(found[lines - 1 :]), size, width)]
    return found
