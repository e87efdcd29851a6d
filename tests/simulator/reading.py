"""Reads an agent's tree as a stranger would, by the MIBs alone: the tests' own eyes, apart from the model that made the tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.agent import Oid, Typed

Tree = Mapping[Oid, Typed]


def column(tree: Tree, *oid: int) -> dict[Oid, Any]:
    """{index: value} of a column."""
    length = len(oid)
    return {key[length:]: value for key, (_, value) in tree.items() if key[:length] == oid}


def mac(octets: bytes | Oid) -> str:
    return bytes(octets).hex(":")


def port_names(tree: Tree) -> dict[int, str]:
    """ifIndex -> ifName, else ifDescr."""
    names = {i[0]: v.decode("utf-8", "replace").rstrip("\0") for i, v in column(tree, 1, 3, 6, 1, 2, 1, 2, 2, 1, 2).items()}
    names.update({i[0]: v.decode() for i, v in column(tree, 1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1).items()})
    return names


def forwarding(tree: Tree) -> set[tuple[str, str]]:
    """(MAC, port name) of what was learnt, by Q-BRIDGE-MIB or BRIDGE-MIB."""
    names = port_names(tree)
    base = {i[0]: names[v] for i, v in column(tree, 1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2).items()}
    learnt = {i[1:]: v for i, v in column(tree, 1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2, 1, 2).items()}
    status = {i[1:]: v for i, v in column(tree, 1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2, 1, 3).items()}
    if not learnt:
        learnt = column(tree, 1, 3, 6, 1, 2, 1, 17, 4, 3, 1, 2)
        status = column(tree, 1, 3, 6, 1, 2, 1, 17, 4, 3, 1, 3)
    return {(mac(i), base[v]) for i, v in learnt.items() if status[i] == 3}


def neighbours(tree: Tree) -> set[tuple[str, str, str]]:
    """(own port, neighbour's management address, neighbour's name) by LLDP-MIB; own ports by lldpLocPortId."""
    local = {i[0]: v.decode() for i, v in column(tree, 1, 0, 8802, 1, 1, 2, 1, 3, 7, 1, 3).items()}
    names = column(tree, 1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 9)
    addresses = {i[:3]: ".".join(map(str, i[-4:])) for i in column(tree, 1, 0, 8802, 1, 1, 2, 1, 4, 2, 1, 3)}
    return {(local[i[1]], addresses[i], name.decode()) for i, name in names.items()}


def heard_by_cdp(tree: Tree) -> set[tuple[str, str, str]]:
    """(own port, neighbour's address, neighbour's name) by CISCO-CDP-MIB."""
    names = port_names(tree)
    ids = column(tree, 1, 3, 6, 1, 4, 1, 9, 9, 23, 1, 2, 1, 1, 6)
    addresses = column(tree, 1, 3, 6, 1, 4, 1, 9, 9, 23, 1, 2, 1, 1, 4)
    return {(names[i[0]], ".".join(map(str, addresses[i])), name.decode()) for i, name in ids.items()}


def address_table(tree: Tree) -> dict[str, str]:
    """IP address -> MAC by ipNetToMediaTable."""
    return {".".join(map(str, i[1:])): mac(v) for i, v in column(tree, 1, 3, 6, 1, 2, 1, 4, 22, 1, 2).items()}


def octets_counted(tree: Tree) -> dict[str, tuple[int, int]]:
    """Port name -> (ifHCInOctets, ifHCOutOctets)."""
    names = port_names(tree)
    received = column(tree, 1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6)
    sent = column(tree, 1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 10)
    return {names[i[0]]: (value, sent[i]) for i, value in received.items()}
