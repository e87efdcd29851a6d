"""All that is known of the cabling: `connectivity` puts the frames together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import networkx as nx
import pandas as pd

from analysis.connectivity.behind import Losses, behind_frame, cables_frame
from analysis.connectivity.crowds import crowd
from analysis.connectivity.findings import findings
from analysis.connectivity.findings.given import Given, Ports, lines_of, whole
from analysis.connectivity.offices import offices_frame
from analysis.connectivity.redundancy import redundancy_frame
from analysis.connectivity.removal import Cut, Model, cut
from analysis.connectivity.services import services_of
from analysis.connectivity.ways_out import joined, uplinks, ways_out
from analysis.connectivity.wiring import wiring
from analysis.topology import Cabling, discover, graph


@dataclass(frozen=True, slots=True)
class Dependence:
    """What hangs on what: a graph, and a frame (BEHIND). `model` is what `what_if` asks, `losses` what each thing's end costs."""

    network: nx.Graph
    model: Model
    losses: Losses
    behind: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Connectivity:
    """All that is known of the cabling: a graph, and frames (TOPOLOGY, UNMANAGED, BEHIND, OFFICES, ATTACHMENTS, CABLES,
    REDUNDANCY, FINDINGS). `model` is what `what_if` asks."""

    network: nx.Graph
    links: pd.DataFrame
    unmanaged: pd.DataFrame
    behind: pd.DataFrame
    offices: pd.DataFrame
    attachments: pd.DataFrame
    cables: pd.DataFrame
    redundancy: pd.DataFrame
    findings: pd.DataFrame
    model: Model


def connectivity(
    devices: pd.DataFrame,
    offices: pd.DataFrame,
    interfaces: pd.DataFrame,
    links: pd.DataFrame,
    endpoints: pd.DataFrame,
    forwarding: pd.DataFrame | None = None,
    arp: pd.DataFrame | None = None,
    services: pd.DataFrame | None = None,
    health: pd.DataFrame | None = None,
    changes: pd.DataFrame | None = None,
    earlier: pd.DataFrame | None = None,
    doors: Iterable[str] = (),
) -> Connectivity:
    """Everything about the cabling, from the inventory's frames as of one day; whole tables where they were read.

    `services` tells who loses which, and with `health`, `changes` and `earlier` (`interfaces` as of a scan before) adds to the
    findings. `doors`: devices of which people know that they lead outside, besides those that are found (`ways_out`).
    """
    cabling = discover(devices, links, endpoints, interfaces, forwarding, arp)
    return cabled(
        cabling, devices, offices, interfaces, links, endpoints, forwarding, arp, services, health, changes, earlier, doors
    )


def cabled(
    cabling: Cabling,
    devices: pd.DataFrame,
    offices: pd.DataFrame,
    interfaces: pd.DataFrame,
    links: pd.DataFrame,
    endpoints: pd.DataFrame,
    forwarding: pd.DataFrame | None = None,
    arp: pd.DataFrame | None = None,
    services: pd.DataFrame | None = None,
    health: pd.DataFrame | None = None,
    changes: pd.DataFrame | None = None,
    earlier: pd.DataFrame | None = None,
    doors: Iterable[str] = (),
    hanging: Dependence | None = None,
) -> Connectivity:
    """The same of a cabling that is known, and of what hangs on what where that is known."""
    cables, small = cabling.links, cabling.unmanaged
    hanging = hanging or dependence(cabling, devices, offices, endpoints, services, doors)
    network, model, losses, behind = hanging.network, hanging.model, hanging.losses, hanging.behind
    single = cables_frame(model.wires, losses, network)
    given = Given(
        devices=model.devices,
        offices=offices,
        ports=Ports(interfaces),
        links=whole(links, "links"),
        endpoints=whole(endpoints, "endpoints"),
        forwarding=whole(forwarding, "forwarding"),
        arp=whole(arp, "arp"),
        health=whole(health, "health"),
        services=whole(services, "services"),
        changes=whole(changes, "changes"),
        earlier=Ports(pd.DataFrame() if earlier is None else earlier),
        lines=tuple(lines_of(single, cables, model.wires)),
        behind={str(row["device"]): row for row in behind.to_dict("records")},
        attachments=cabling.attachments,
        unmanaged=small,
        cables=single,
        uplink=model.uplink,
    )
    return Connectivity(
        network=network,
        links=cables,
        unmanaged=small,
        behind=behind,
        offices=offices_frame(devices, offices, interfaces, endpoints, cables, small, behind, single, cabling.attachments),
        attachments=cabling.attachments,
        cables=single,
        redundancy=redundancy_frame(offices, model, losses),
        findings=findings(given),
        model=model,
    )


def dependence(
    cabling: Cabling,
    devices: pd.DataFrame,
    offices: pd.DataFrame,
    endpoints: pd.DataFrame,
    services: pd.DataFrame | None = None,
    doors: Iterable[str] = (),
) -> Dependence:
    """What hangs on what, and nothing else, of a cabling that is known."""
    network = graph(devices, cabling.links, cabling.unmanaged, endpoints)
    uplink = uplinks(devices, network)
    roots = ways_out(network, uplink, offices, doors)
    people = crowd(devices, offices, endpoints, network, uplink)
    about = {str(row["device"]): row for row in whole(devices, "devices").to_dict("records")}
    wires = wiring(cabling.links, cabling.unmanaged)
    model = Model(joined(network, roots, uplink), wires, people, services_of(services, devices), uplink, about)
    losses = Losses(model.whole, wires, people, model.services, set(about))
    reachable = set().union(*(nx.node_connected_component(network, root) for root in roots))
    return Dependence(network, model, losses, behind_frame(devices, losses, uplink, reachable))


def what_if(known: Connectivity, devices: Iterable[str] = (), cables: Iterable[int | tuple[str, str]] = ()) -> Cut:
    """Who is cut off when devices and cables are taken away at once. Raises `ValueError` for one that is not known.

    A cable is named by its row in `known.cables`, or by `(device, port)` at either end: the port of an aggregate stands for all
    of its cables, the port of a member for that one.
    """
    return cut(known.model, devices, cables)
