"""Which device a neighbour is, and which of its ports: neighbours send addresses, names, and port names of any kind. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from inventory.fusing import Rows
from inventory.hardware_addresses import is_shared_by_routers, is_station, tells_a_box
from inventory.intervals import Values
from inventory.places import Place
from inventory.schema.cabling import NEIGHBOURS
from inventory.schema.devices import FACTS, INTERFACES
from inventory.stations import Heard

#: Kinds that forward for others: a port towards one of them is not where a station hangs.
FORWARDERS = frozenset({"switch", "router", "firewall"})

_COMMON = ("key", "valid_from", "valid_to", "opened_scan", "closed_scan")


def _positions(table: object) -> dict[str, int]:
    """Column name -> position among a table's values."""
    names = [c.name for c in table.columns if c.name not in _COMMON and not c.primary_key]  # type: ignore[attr-defined]
    return {name: position for position, name in enumerate(names)}


_FACT, _PORT, _TOLD = _positions(FACTS), _positions(INTERFACES), _positions(NEIGHBOURS)


def devices_by_mac(facts: Mapping[int, Values], interfaces: Mapping[int, Rows], gone: Collection[int]) -> dict[str, int]:
    """Hardware address -> the one device that has it; addresses that several devices carry are left out."""
    owners: dict[str, int] = {}
    several: set[str] = set()
    mac_at, base_at = _PORT["mac"], _FACT["base_mac"]

    for device, values in facts.items():
        if device not in gone and isinstance(mac := values[base_at], str) and owners.setdefault(mac, device) != device:
            several.add(mac)
    for device, rows in interfaces.items():
        if device not in gone:
            for row in rows.values():  # thousands of devices have tens of ports each: no call for one
                if isinstance(mac := row[mac_at], str) and owners.setdefault(mac, device) != device:
                    several.add(mac)
    return {mac: device for mac, device in owners.items() if mac not in several and tells_a_box(mac)}


class Index:
    """Looks neighbours up among all devices that are known."""

    def __init__(
        self,
        facts: Mapping[int, Values],
        interfaces: Mapping[int, Rows],
        places: Mapping[Place, int],
        macs: Mapping[str, int],
        gone: Collection[int],
    ) -> None:
        self._interfaces = interfaces
        self._places = places
        self._macs = macs
        self._office = {device: office for (office, _), device in places.items()}
        self._named: dict[str, list[int]] = defaultdict(list)
        self._ports: dict[int, dict[str, str]] = {}
        self._shared: dict[int, set[str]] = {}  # hardware addresses that several of its interfaces have
        for device, values in facts.items():
            name = values[_FACT["sys_name"]]
            if isinstance(name, str) and device not in gone:
                for form in _names(name):
                    self._named[form].append(device)

    def resolve(self, device: int, office: str, values: Values) -> Values:
        """The row of the `neighbours` table with its neighbour and the neighbour's port filled in, where they are known."""
        told = dict(zip(_TOLD, values, strict=True))
        found = self._neighbour(device, office, told)
        port = None if found is None else self._port(found, told)
        return (*values[: _TOLD["neighbour_id"]], found, port)

    def _neighbour(self, device: int, office: str, told: Mapping[str, object]) -> int | None:
        chassis, address, name = told["remote_chassis"], told["remote_address"], told["remote_name"]
        candidates: Iterable[int | None] = (
            self._macs.get(chassis.lower()) if isinstance(chassis, str) else None,
            self._macs.get(mac.lower()) if isinstance(mac := told["remote_port"], str) else None,
            self._places.get((office, address)) if isinstance(address, str) else None,
            self._by_name(name, office) if isinstance(name, str) else None,
            self._by_name(chassis, office) if isinstance(chassis, str) else None,
        )
        return next((c for c in candidates if c is not None and c != device), None)

    def _by_name(self, name: str, office: str) -> int | None:
        """A name that one device bears: in the office, else anywhere."""
        for form in _names(name):
            bearers = self._named.get(form, [])
            near = [d for d in bearers if self._office.get(d) == office]
            if len(near) == 1:
                return near[0]
            if len(bearers) == 1:
                return bearers[0]
        return None

    def _port(self, device: int, told: Mapping[str, object]) -> str | None:
        """The neighbour's own name of the port that it sent as a name, description, alias, index or hardware address."""
        if device not in self._ports:
            forms: dict[str, str] = {}
            rows = list(self._interfaces.get(device, {}).values())
            for part in ("name", "description", "alias", "mac", "if_index"):
                for row in rows:
                    if row[_PORT[part]] not in (None, ""):
                        forms.setdefault(str(row[_PORT[part]]).casefold(), str(row[_PORT["name"]]))
            self._ports[device] = forms
            macs = Counter(str(row[_PORT["mac"]]).casefold() for row in rows)
            self._shared[device] = {mac for mac, count in macs.items() if count > 1}
        forms, shared = self._ports[device], self._shared[device]
        sent = [s.casefold() for s in (told["remote_port"], told["remote_port_description"]) if isinstance(s, str)]
        # a bridge has the address of one of its ports: what else was sent says which of them it is
        return next((forms[form] for form in sorted(sent, key=shared.__contains__) if form in forms), None)


def heard(rows: Iterable[Values], macs: Mapping[str, int]) -> Iterator[Heard]:
    """Neighbours that name a hardware address: the chassis', else the port's, as telephones do."""
    for row in rows:
        told = dict(zip(_TOLD, row, strict=True))
        found = told["neighbour_id"]
        for sent in (told["remote_chassis"], told["remote_port"]):
            mac = sent.lower() if isinstance(sent, str) else ""
            if is_station(mac) and not is_shared_by_routers(mac):
                yield Heard(
                    mac,
                    str(told["local_port"]),
                    _text(told["remote_address"]),
                    _text(told["remote_name"]),
                    _text(told["remote_description"]),
                    macs.get(mac, found if isinstance(found, int) else None),
                )
                break


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _names(name: str) -> tuple[str, ...]:
    """As compared: with and without the domain."""
    plain = name.strip().casefold()
    host = plain.partition(".")[0]
    return tuple(dict.fromkeys(form for form in (plain, host) if form))


def uplinks(neighbours: Mapping[int, Rows], facts: Mapping[int, Values], switching: Collection[int]) -> set[tuple[int, str]]:
    """Ports that lead to a device that forwards for others, as told from either side."""
    found = set()
    for device, rows in neighbours.items():
        for row in rows.values():
            other, port = row[_TOLD["neighbour_id"]], row[_TOLD["neighbour_port"]]
            if not isinstance(other, int):
                continue
            if _forwards(other, facts, switching):
                found.add((device, str(row[_TOLD["local_port"]])))
            if isinstance(port, str) and _forwards(device, facts, switching):
                found.add((other, port))
    return found


def _forwards(device: int, facts: Mapping[int, Values], switching: Collection[int]) -> bool:
    return device in switching or (device in facts and facts[device][_FACT["kind"]] in FORWARDERS)
