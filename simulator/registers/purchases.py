"""What stands on an office's books, before anybody writes it down: lines of one thing or of several."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from simulator.chance import dice, share
from simulator.plan import Office
from simulator.registers.goods import Good, Goods, Unseen
from simulator.registers.styles import Style
from simulator.registers.things import Thing

#: What books and network agree to call a state.
IN_USE, STORED, BROKEN, SCRAPPED, MOVED = "in_use", "stored", "broken", "scrapped", "moved"


PART_OF_SYSTEM = "part of a camera system that is one line"
REPLACEMENT = "bought to replace another, not entered yet"
GIFTS = ("gift of a project", "lent by the provider", "belongs to an employee", "entered with the building")
CARRIED = frozenset({"pc", "laptop", "printer", "ups", "wireless", "storage"})
REPLACED = frozenset({"pc", "printer", "switch", "wireless", "ups", "server"})


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing of a line: there, or gone for a reason."""

    thing: Thing | None
    why: str = ""  # where no thing is there, or it is somewhere else than the line says
    serial: str = ""  # its true serial number; "" where it has none


@dataclass(frozen=True, slots=True)
class Line:
    """One purchase, as a person with all knowledge would enter it."""

    good: Good
    office: str  # whose book it stands in
    units: tuple[Unit, ...]
    bought: dt.date
    in_use: dt.date
    price: int  # dong, of one
    room: str = ""
    user: str = ""
    state: str = IN_USE
    moved_to: str = ""  # office that a note names
    alone: bool = False  # a note says that it is on no network
    unit: str = "Chiếc"
    old_office: str = ""  # the swallowed office that bought it
    code: str = ""
    parts: tuple[str, ...] = ()  # of a system on one line: ids of things any of which it is
    tags: frozenset[str] = field(default_factory=frozenset)  # of "serial": it gets a right one

    @property
    def things(self) -> list[Thing]:
        return [unit.thing for unit in self.units if unit.thing is not None]


@dataclass(frozen=True, slots=True)
class Bookkeeping:
    """Whose books a thing stands in, and why in no book at all."""

    books: Mapping[str, str]  # thing id -> office
    none: Mapping[str, str]  # thing id -> why


def keep(things: Iterable[Thing], styles: Mapping[str, Style], seed: int) -> Bookkeeping:
    """Who keeps which thing on the books: the office where it stands, the one where it stood before, or nobody."""
    books: dict[str, str] = {}
    none: dict[str, str] = {}
    for thing in things:
        style = styles[thing.office]
        draw = share(seed, "on the books", thing.id)
        if thing.kind == "camera" and watched(thing.office, seed):
            none[thing.id] = PART_OF_SYSTEM
        elif thing.kind == "nvr" and watched(thing.office, seed):
            books[thing.id] = thing.office
        elif sum(thing.good.price) / 2 < style.leaves_out_under:
            none[thing.id] = "cheaper than what the books keep"
        elif draw < style.not_on_books:
            none[thing.id] = dice(seed, "gift", thing.id).choice(GIFTS)
        elif thing.kind in CARRIED and share(seed, "moved", thing.id) < style.moved:
            books[thing.id] = dice(seed, "moved from", thing.id).choice(sorted(c for c in styles if c != thing.office))
        elif thing.kind in REPLACED and share(seed, "replaced", thing.id) < style.replaced:
            none[thing.id] = REPLACEMENT
        else:
            books[thing.id] = thing.office
    return Bookkeeping(books, none)


def watched(office: str, seed: int) -> bool:
    """The office bought its cameras as one system with a recorder."""
    return share(seed, "system", office) < 0.4


@dataclass(slots=True)
class _Purchaser:
    """Makes the lines of one office."""

    office: str
    style: Style
    goods: Goods
    dice: random.Random
    today: dt.date
    staff: int
    lines: list[Line] = field(default_factory=list)

    # --- of things that are there -----------------------------------------------------------------------------------------

    def things(self, members: Sequence[Thing]) -> None:
        lots: dict[tuple[str, int], list[Thing]] = defaultdict(list)
        for thing in members:
            quarter = thing.bought.year * 2 + (thing.bought.month > 6)
            lots[thing.good.model, quarter].append(thing)
        for (_, _), lot in sorted(lots.items()):
            lot.sort(key=lambda t: (t.bought, t.id))
            self._lot(lot)

    def _lot(self, lot: list[Thing]) -> None:
        first = lot[0]
        price = self._price(first.good)
        stay = [t for t in lot if t.office == self.office]
        together = len(stay) > 1 and self.dice.random() < self.style.quantity_lines
        if together:
            gone = [Unit(None, "scrapped") for _ in range(self.dice.choice((0, 0, 0, 0, 1, 2)))]
            units = [Unit(t, serial=t.serial) for t in stay] + [replace(u, serial=first.good.a_serial(self.dice)) for u in gone]
            self._add(first.good, units, first.bought, first.in_use, price, rooms=[t.room for t in stay])
        for thing in lot:
            if together and thing in stay:
                continue
            bought, in_use = (first.bought, first.in_use) if thing in stay else (thing.bought, thing.in_use)
            moved = thing.office != self.office
            unit = Unit(thing, f"moved to {thing.office}" if moved else "", thing.serial)
            told = moved and self.dice.random() < self.style.moved_told
            self._add(
                thing.good, [unit], bought, in_use, price, rooms=[thing.room if not moved else self._room()],
                moved_to=thing.office if told else "", state=MOVED if told else IN_USE,
            )  # fmt: skip

    # --- of things that are gone, or cannot be seen -----------------------------------------------------------------------

    def forerunner(self, newer: Thing) -> None:
        """The box that stood in the place of a newer one, which no book has yet."""
        rows = self.goods.forerunners[newer.kind]
        name, year, million = self.dice.choice(rows)
        good = self._old(name, newer.kind, newer.good.noun, million)
        bought = dt.date(
            min(year + self.dice.randint(0, 3), newer.bought.year - 2), self.dice.randint(1, 12), self.dice.randint(1, 28)
        )
        unit = Unit(None, f"replaced by {newer.id}", self._any_serial())
        self._add(good, [unit], bought, bought, self._price(good), rooms=[newer.room])

    def gone(self, count: int) -> None:
        """Scrapped, and still listed."""
        for _ in range(count):
            kind = self.dice.choices(
                ("pc", "printer", "laptop", "switch", "ups", "wireless", "server", "router"), (8, 5, 2, 1, 2, 1, 1, 1)
            )[0]
            name, year, million = self.dice.choice(self.goods.forerunners[kind])
            good = self._old(name, kind, kind, million)
            size = self.dice.choice((1, 1, 1, 2, 3)) if kind == "pc" else 1
            bought = dt.date(year + self.dice.randint(0, 2), self.dice.randint(1, 12), self.dice.randint(1, 28))
            told = self.dice.random() < self.style.scrapped_told
            units = [Unit(None, "scrapped", self._any_serial()) for _ in range(size)]
            self._add(
                good,
                units,
                bought,
                bought,
                self._price(good),
                state=self.dice.choice((SCRAPPED, SCRAPPED, BROKEN)) if told else IN_USE,
            )

    def asleep(self, count: int) -> None:
        """In a cupboard, or working for itself: never on a network."""
        for _ in range(count):
            kind = self.dice.choices(("pc", "laptop", "printer"), (5, 2, 2))[0]
            good = self.dice.choice(self.goods.stations[kind])
            year = self.dice.randint(good.sold[0], min(good.sold[1], self.today.year - 1))
            bought = dt.date(year, self.dice.randint(1, 12), self.dice.randint(1, 28))
            why = self.dice.choice(("stored", "never connected"))
            told = self.dice.random() < self.style.asleep_told
            alone = told and why == "never connected"
            unit = Unit(None, why, good.a_serial(self.dice))
            self._add(
                good,
                [unit],
                bought,
                bought,
                self._price(good),
                state=STORED if told and why == "stored" else IN_USE,
                alone=alone,
            )

    def unseen(self, entry: Unseen, largest: int) -> None:
        """Monitors, desks, licences: some alike on a line."""
        year = min(self.today.year - 1, entry.since + self.dice.randint(0, 6))
        bought = dt.date(year, self.dice.randint(1, 12), self.dice.randint(1, 28))
        size = (
            self.dice.choice((1, 1, 2, 4, 6, 10, largest))
            if entry.price < 4 and entry.why in {"furniture", "monitor", "fan", "disk"}
            else 1
        )
        group, life = self.goods.groups[entry.why]
        good = Good(
            entry.name,
            "other",
            "",
            "",
            (entry.name,),
            entry.name,
            (entry.price * 0.92, entry.price * 1.1),
            group=group,
            life_years=life,
        )
        units = [
            Unit(
                None,
                f"cannot be seen: {entry.why}",
                self._any_serial() if entry.price < 60 and entry.why not in {"furniture", "software", "building"} else "",
            )
            for _ in range(size)
        ]
        self._add(good, units, bought, bought, self._price(good), unit=entry.unit)

    def cameras(self, cameras: Sequence[Thing], recorders: Sequence[Thing]) -> None:
        """A camera system on one line: a recorder with all cameras."""
        parts = [*recorders, *cameras]
        if not parts:
            return
        day = max(t.bought for t in parts)
        count = len(cameras) or 4
        name = f"Hệ thống camera giám sát {count} mắt"
        says = (name, f"Hệ thống camera an ninh ({count} camera)", f"Hệ thống camera quan sát (01 đầu ghi, {count:02d} camera)")
        good = Good(name, "camera system", "", "", says, "Hệ thống camera", (9 + 2 * count, 12 + 2.5 * count))
        unit = Unit(recorders[0] if recorders else None, "cannot be seen: a system of several things")
        self._add(good, [unit], day, day, self._price(good), unit="Hệ thống", parts=tuple(t.id for t in parts))

    # --- bits -------------------------------------------------------------------------------------------------------------

    def _add(
        self,
        good: Good,
        units: Sequence[Unit],
        bought: dt.date,
        in_use: dt.date,
        price: int,
        *,
        rooms: Sequence[str] = (),
        unit: str = "",
        **fields: Any,
    ) -> None:
        rooms = [r for r in dict.fromkeys(rooms) if r]
        if not unit:
            unit = self.dice.choice(self.goods.units.get(good.kind, self.goods.units["other"]))
        room = rooms[0] if len(rooms) == 1 else "" if rooms else self._room()
        self.lines.append(
            Line(
                good,
                self.office,
                tuple(units),
                bought,
                min(in_use, self.today),
                price,
                room=room,
                user=self._person() if len(units) == 1 else "",
                unit=unit,
                **fields,
            )
        )

    def _old(self, name: str, kind: str, noun: str, million: float) -> Good:
        brand = name.split()[0] if not name.startswith(("Intel", "Thánh")) else "Thánh Gióng" if name.startswith("Thánh") else ""
        return Good(name, kind, noun, brand, (name,), brand or name, (million * 0.92, million * 1.06))

    def _price(self, good: Good) -> int:
        """Dong, mostly rounded to a thousand or more: offers end in 90 or 00."""
        million = self.dice.uniform(*good.price)
        step = self.dice.choice((10_000, 50_000, 100_000, 100_000, 500_000)) if million > 1.5 else 10_000
        return max(step, round(million * 1_000_000 / step) * step)

    def _room(self) -> str:
        return self.dice.choice(self.goods.rooms_of(self.staff))

    def _person(self) -> str:
        return person(self.goods, self.dice)

    def _any_serial(self) -> str:
        return "".join(self.dice.choice("0123456789ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(self.dice.choice((7, 8, 10, 10, 12))))


def person(goods: Goods, chance: random.Random) -> str:
    """A name of nobody."""
    return " ".join(chance.choice(goods.people[part]) for part in ("family", "middle", "given"))


def purchases(
    office: Office, style: Style, things: Sequence[Thing], kept: Bookkeeping, goods: Goods, today: dt.date, seed: int
) -> list[Line]:
    """The lines of an office's books, in the order of purchase."""
    code = office.code
    buyer = _Purchaser(code, style, goods, dice(seed, "purchases", code, style.name), today, office.staff)
    system = [t for t in things if t.office == code and kept.none.get(t.id) == PART_OF_SYSTEM]
    recorders = [t for t in things if t.office == code and t.kind == "nvr" and watched(code, seed)]
    mine = [t for t in things if kept.books.get(t.id) == code and t not in recorders[:1]]
    buyer.things(mine)
    for thing in things:
        if thing.office == code and kept.none.get(thing.id) == REPLACEMENT:
            buyer.forerunner(thing)
    buyer.cameras(system, recorders)
    count = max(4, len(buyer.lines))
    buyer.gone(_about(count * style.scrapped, buyer.dice))
    buyer.asleep(_about(count * style.asleep, buyer.dice))
    for group, rate in (("device", style.unseen_goods), ("other", style.other_goods), ("software", style.other_goods * 0.15)):
        for _ in range(_about(count * rate, buyer.dice)):
            entry = buyer.dice.choice(goods.unseen[group])
            bought_already = entry.price > 20 and any(line.good.model == entry.name for line in buyer.lines)
            if entry.price >= style.leaves_out_under and not bought_already:
                buyer.unseen(entry, 20 if group == "other" else 6)
    return sorted(buyer.lines, key=lambda line: (line.bought, line.good.model, line.price))


def _about(mean: float, chance: random.Random) -> int:
    return int(mean) + (chance.random() < mean - int(mean))
