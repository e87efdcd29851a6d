"""What is there to be bought: every box and every station of the network, with what the wire shows of it.

Stations have no model in the district; each gets one here that its network card does not contradict.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from simulator.chance import dice, share
from simulator.faults import cp1258, tcvn3
from simulator.founding import ROOMS
from simulator.network import Network
from simulator.plan import Device, Station, mac_text
from simulator.registers.goods import Good, Goods
from simulator.truth import witnesses

#: A PC with somebody else's network card in it.
OTHER_CARD = 0.08
#: Stations that an office buys; telephones of people are theirs.
BOUGHT = frozenset({"pc", "laptop", "printer", "telephone", "camera"})


#: Serial numbers that hold the year of manufacture.
DATED = re.compile(r"\{(yy|y|cisco_yy|huawei_y)\b")
COMPUTERS = frozenset({"pc", "laptop"})


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that an office has, whether or not a book has it."""

    id: str  # asset of the box, "A00042", or the station's id, "xuan-hoa/st12"
    good: Good
    office: str
    address: str
    addresses: tuple[str, ...]  # all at which it answers or that it routes
    mac: str
    serial: str
    built: dt.date
    bought: dt.date
    in_use: dt.date
    host_name: str = ""  # what it calls itself
    room: str = ""  # where the wire says that it stands
    seen_as: str = ""  # "device": it can be read; "station": tables have its address; "": nothing shows it
    told: frozenset[str] = frozenset()  # of model, serial, date, host_name, room: what the wire tells
    look: str = ""  # all that the wire shows and that a book could speak of, where it tells no model
    made: tuple[int, int] = (0, 0)  # years in which such a look was made, where the wire shows that much

    @property
    def kind(self) -> str:
        return self.good.kind


def things(network: Network, goods: Goods, staff: Mapping[str, int], seed: int) -> list[Thing]:
    """Everything that might be on a book, by id: boxes (also dead ones), then stations."""
    told = {d["asset"]: d for d in network.truth()["devices"]}
    seen = witnesses(network)
    boxes = [_box(network, goods, d, told.get(d.box.asset), seen, seed) for d in network.plan.devices.values()]
    return sorted(boxes, key=lambda t: t.id) + list(_stations(network, goods, staff, seen, seed))


def _bought(built: dt.date, installed: dt.date, chance: random.Random) -> dt.date:
    """Paid for between the factory and the day when it was put up, most often a month or two before."""
    return max(built + dt.timedelta(days=14), installed - dt.timedelta(days=chance.choice((3, 8, 15, 30, 45, 60, 90))))


def _box(network: Network, goods: Goods, device: Device, told: dict | None, seen: set[int], seed: int) -> Thing:
    box, model = device.box, network.catalogue[device.box.model]
    chance = dice(seed, "bought", box.asset)
    read = told is not None and (told["snmp_readable"] or told["ssh_readable"])
    mac, room = network.cabling.own_mac(device), _room(device.location)
    tells = set()
    look, made = "", (0, 0)
    if told is not None and read:
        tells = {f for f in ("model", "serial") if told["tells"][f]} | {"host_name"}
        if told["snmp_readable"] and room and device.location.startswith(room.encode()):
            tells.add("room")
        dated = "serial" in tells and DATED.search(str(model.fields["serial"]))
        if dated or (model.platform == "linux" and told["ssh_readable"]):  # the BIOS of a PC tells its day
            tells.add("date")
        if "model" not in tells:
            look = f"{model.family} {model.fields.get('cpu_model', '')} {model.fields.get('memory_gib', '')}"
            made = model.made
    elif mac in seen:
        look = f"card {goods.maker(mac_text(mac))}"
    routed = tuple(a.split("/")[0] for _, a in device.routed)
    return Thing(
        id=box.asset, good=goods.models[box.model], office=device.office, address=device.address,
        addresses=tuple(dict.fromkeys((device.address, *device.answers_at, *routed))), mac=mac_text(mac), serial=box.serial,
        built=box.built, bought=_bought(box.built, box.installed, chance), in_use=box.installed, host_name=device.name,
        room=room, told=frozenset(tells), look=look, made=made,
        seen_as="device" if read else "station" if mac in seen else "",
    )  # fmt: skip


def _room(location: bytes) -> str:
    """The room that a device tells, in whatever code it was typed; "" where it tells none."""
    return next((r for r in ROOMS if any(location.startswith(code(r)) for code in (str.encode, tcvn3, cp1258))), "")


def _stations(network: Network, goods: Goods, staff: Mapping[str, int], seen: set[int], seed: int) -> Iterator[Thing]:
    """Stations, bought in lots: a few at a time, alike, as the money of a year allowed."""
    groups: dict[tuple[str, str, str], list[Station]] = defaultdict(list)
    for station in network.plan.stations.values():
        if station.what not in BOUGHT:
            continue
        maker = goods.maker(mac_text(station.mac))
        if station.what == "pc" and share(seed, "other card", station.id) < OTHER_CARD:
            maker = dice(seed, "card", station.id).choice(("Dell", "ASUS", "Gigabyte", "Pegatron", "LCFC"))
        if maker == "Elitegroup":
            maker = "ASUS"  # in the same machines
        groups[station.office, station.what, maker].append(station)
    found: list[Thing] = []
    for (office, what, maker), members in sorted(groups.items()):
        rooms = goods.rooms_of(staff[office])
        chance = dice(seed, "lots", office, what, maker)
        members.sort(key=lambda s: s.id)
        chance.shuffle(members)
        while members:
            lot = [members.pop() for _ in range(min(len(members), chance.choice((1, 1, 1, 2, 2, 3, 4, 5, 6, 8, 10, 12))))]
            good = chance.choice(goods.station(what, maker))
            year = chance.randint(good.sold[0], min(good.sold[1], network.date.year - 1))
            bought = dt.date(year, 1, 1) + dt.timedelta(days=chance.choice((40, 75, 110, 160, 200, 250, 300, 330, 350, 357)))
            built = bought - dt.timedelta(days=chance.randint(40, 300))
            for station in lot:
                in_use = bought + dt.timedelta(days=chance.choice((0, 2, 5, 10, 20, 35)))
                mac = mac_text(station.mac)
                name = f"DESKTOP-{good.a_serial(chance)[-4:]}{chance.randrange(16**3):03X}" if what in COMPUTERS else ""
                found.append(
                    Thing(
                        id=station.id, good=good, office=station.office, address=station.address, addresses=(station.address,),
                        mac=mac, serial=good.a_serial(chance), built=built, bought=bought, in_use=in_use,
                        host_name=name,
                        room=chance.choice(rooms), seen_as="station" if station.mac in seen else "",
                        look=f"card {goods.maker(mac)}",
                    )
                )  # fmt: skip
    yield from sorted(found, key=lambda t: (t.office, int(t.id.rpartition("st")[2])))
