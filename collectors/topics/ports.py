"""A port by whatever number or name a table uses, as the interface it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from collectors import mibs
from collectors.asking import Answers
from collectors.topics import bridge, interfaces
from collectors.values import line, mac


@dataclass(frozen=True, slots=True)
class Ports:
    """The interfaces of one device by index, name, address and bridge port."""

    names: Mapping[int, str]  # ifIndex -> name
    by_name: Mapping[str, int]  # plain ifName, ifDescr, ifAlias -> ifIndex, only where it is the only one
    by_mac: Mapping[str, int]
    by_bridge_port: Mapping[int, int]
    lldp_local: Mapping[int, tuple[str | None, str | None, str | None]] = field(default_factory=dict)  # id, description, mac
    lldp_v2_local: Mapping[int, str] = field(default_factory=dict)  # of ports that have no interface

    @classmethod
    def of(cls, answers: Answers) -> Ports:
        """Read from what the interfaces, neighbours and bridge topics fetched."""
        local = {
            index[-1]: (
                line(answers.column(mibs.LLDP_LOC_PORT_ID).get(index)),
                line(answers.column(mibs.LLDP_LOC_PORT_DESC).get(index)),
                mac(answers.column(mibs.LLDP_LOC_PORT_ID).get(index)),
            )
            for index in {*answers.column(mibs.LLDP_LOC_PORT_ID), *answers.column(mibs.LLDP_LOC_PORT_DESC)}
            if index
        }
        ids, descriptions = answers.column(mibs.LLDP_V2_LOC_PORT_ID), answers.column(mibs.LLDP_V2_LOC_PORT_DESC)
        v2 = {
            index[0]: said
            for index in {*ids, *descriptions}
            if len(index) == 1 and (said := line(ids.get(index)) or line(descriptions.get(index)))
        }
        return cls(interfaces.names(answers), _by_name(answers), _by_mac(answers), bridge.if_indexes(answers), local, v2)

    def name(self, if_index: int | None) -> str:
        """The port's name; its number where the device has no such interface."""
        if if_index is None:
            return ""
        return self.names.get(if_index, str(if_index))

    def bridge_port(self, number: int) -> tuple[str, int | None]:
        """(name, ifIndex) of a bridge port; agents without a map number their ports by ifIndex."""
        if_index = self.by_bridge_port.get(number)
        if if_index is None and number in self.names and not self.by_bridge_port:
            if_index = number
        return (self.name(if_index) if if_index is not None else str(number)), if_index

    def lldp(self, number: int | None) -> tuple[str, int | None]:
        """(name, ifIndex) of an lldpLocPortNum: by id or description as a name, by bridge port, as an ifIndex, or its own id."""
        if number is None:
            return "", None
        port_id, description, port_mac = self.lldp_local.get(number, (None, None, None))
        for said in (port_id, description):
            if said and (if_index := self.by_name.get(plain(said))) is not None:
                return self.name(if_index), if_index
        if port_mac and (if_index := self.by_mac.get(port_mac)) is not None:
            return self.name(if_index), if_index
        if (if_index := self.by_bridge_port.get(number)) is not None and if_index in self.names:
            return self.name(if_index), if_index
        if number in self.names:
            return self.name(number), number
        return port_id or description or str(number), None

    def lldp_v2(self, if_index: int | None) -> str:
        """The name of a port of LLDP-V2, which names ports by ifIndex; by its own table where it has no such interface."""
        if if_index is not None and if_index not in self.names and if_index in self.lldp_v2_local:
            return self.lldp_v2_local[if_index]
        return self.name(if_index)


def plain(name: str) -> str:
    return re.sub(r"\s+", "", name).lower()


def _by_name(answers: Answers) -> dict[str, int]:
    """Names that only one interface has; ifName over ifDescr over ifAlias."""
    found: dict[str, int] = {}
    for column in (mibs.IF_NAME, mibs.IF_DESCR, mibs.IF_ALIAS):
        owners: dict[str, set[int]] = {}
        for index, value in answers.column(column).items():
            said = line(value)
            if said and len(index) == 1:
                owners.setdefault(plain(said), set()).add(index[0])
        for name, indexes in owners.items():
            if len(indexes) == 1:
                found.setdefault(name, next(iter(indexes)))
    return found


def _by_mac(answers: Answers) -> dict[str, int]:
    owners: dict[str, set[int]] = {}
    for index, value in answers.column(mibs.IF_PHYS_ADDRESS).items():
        said = mac(value)
        if said and len(index) == 1:
            owners.setdefault(said, set()).add(index[0])
    return {said: next(iter(indexes)) for said, indexes in owners.items() if len(indexes) == 1}
