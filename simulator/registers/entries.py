"""One line as it stands in one form: the cells, and what a perfect reader reads in them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from simulator.registers.clerk import Clerk, words
from simulator.registers.forms import Form
from simulator.registers.purchases import BROKEN, IN_USE, MOVED, SCRAPPED, STORED, Line

FORMER, FORMER_UNTIL = 0.15, 2014  # lines from before that year under a name that is no longer
ORIGINS = ("Trung Quốc", "Việt Nam", "TQ", "VN", "Malaysia", "")


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and how it is shown: text, number, money, date, year, head, title, group, total, small."""

    value: Any
    shown: str = "text"
    formula: tuple[str, int, int] | None = None  # product of two columns, or sum from so many rows above to so many


@dataclass(slots=True)
class Entry:
    """A written line. `reading` has the fields of a perfect reader; what is not told is not in it."""

    line: Line
    cells: dict[str, Cell]
    reading: dict[str, Any]
    level: str = "kind"  # of the name: model, series, brand, kind
    serial_state: str = "blank"
    serials: frozenset[str] = frozenset()  # true serial numbers that can be read
    tells: frozenset[str] = frozenset()  # of mac, host_name, address, room, year
    year: int | None = None
    place: tuple[str, str, int] = ("", "", 0)  # file, sheet, row
    unicode: bool = True  # in a file of another code: a line typed later, in Unicode


def fitted(line: Line, form: Form, clerk: Clerk) -> list[Line]:
    """The line as the form can hold it: forms without a column for quantities take one thing a line, or a number in the name."""
    if len(line.units) == 1 or "quantity" in form.fields or (len(line.units) <= 12 and clerk.dice.random() < 0.4):
        return [line]
    return [replace(line, units=(unit,)) for unit in line.units]


def entry(line: Line, form: Form, clerk: Clerk, money: str, today: dt.date) -> Entry:
    """Writes a line into a form."""
    fields, chance = form.fields, clerk.dice
    count = len(line.units)
    told = clerk.name(line, with_kind="kind" not in fields or chance.random() < 0.15)
    name = told.text
    reading: dict[str, Any] = {"quantity": count, "kind": line.good.kind}
    if told.level == "model" and line.good.model:
        reading["model"] = line.good.model
    if line.good.brand and line.good.brand.lower() in name.lower():
        reading["vendor"] = line.good.brand
    cells: dict[str, Cell] = {}
    made = Entry(line, cells, reading, told.level)
    notes: list[str] = []

    if "model" in fields and "name" not in fields:
        _brand_and_model(made, name, clerk)
        name = str(cells["model"].value)
    if "kind" in fields:
        cells["kind"] = Cell(clerk.kind(line, english=form.name == "it_mixed"))
    name = _serials(made, form, clerk, name, notes)
    if count > 1 and "quantity" not in fields and "0" not in name[-10:]:
        name += chance.choice((" ({:02d} {})", " (SL: {:02d} {})", " - {} {}")).format(count, line.unit.lower())
    _evidence(made, form, clerk, notes)
    _places(made, form, clerk)
    _quantities(made, form, clerk)
    _days(made, form, clerk)
    _values(made, form, clerk, money, today)
    _states(made, form, clerk, notes, today)
    if line.alone:
        notes.insert(0, chance.choice(words()["alone"]))
    if line.code and "code" in fields:
        cells["code"] = Cell(line.code)
        reading["code"] = line.code
    if "config" in fields and line.good.config:
        cells["config"] = Cell(line.good.config)
    if "origin" in fields:
        cells["origin"] = Cell(clerk.usual(f"origin {line.good.model}", lambda: chance.choice(ORIGINS)))
    if notes and "note" not in fields:
        name += f" ({notes[0]})"
    elif notes:
        text = chance.choice(("; ", ", ", ". ")).join(notes)
        cells["note"] = Cell(text)
        reading["note"] = text
    cells["model" if "name" not in fields else "name"] = Cell(name)
    reading["name"] = name.strip()
    return made


def _brand_and_model(made: Entry, name: str, clerk: Clerk) -> None:
    good = made.line.good
    brand = good.brand if clerk.dice.random() > clerk.style.brand_left_out else ""
    model = name
    if good.brand and model.lower().startswith(good.brand.lower()):
        model = model[len(good.brand) :].strip()
    made.cells["brand"] = Cell(brand.upper() if clerk.dice.random() < 0.2 else brand)
    made.cells["model"] = Cell(model or good.brand or name or clerk.kind(made.line))
    if brand:
        made.reading["vendor"] = good.brand
        made.level = "brand" if made.level == "kind" else made.level


def _serials(made: Entry, form: Form, clerk: Clerk, name: str, notes: list[str]) -> str:
    """Serial numbers into their column, the name or a note. The name as it is afterwards."""
    line, chance = made.line, clerk.dice
    true = [unit.serial for unit in line.units if unit.serial]
    column = "serial" in form.fields
    if "serial" in line.tags and true:
        text = chance.choice(("; ", ", ", "\n", " / ")).join(true) if len(true) > 1 else clerk.right_serial(true[0])
        bare = text if len(true) > 1 else clerk.dice.choice((true[0], true[0], true[0], true[0].lower()))
        made.serial_state = "right"
        made.serials = frozenset(true)
        made.reading["serials"] = true
        if column:
            made.cells["serial"] = Cell(text)
        elif "note" in form.fields and chance.random() < 0.5:
            label = clerk.usual("serial", lambda: chance.choice(("S/N", "SN", "Serial", "Số máy", "Seri")))
            notes.append(f"{label}: {bare}")
        else:
            name += f"{chance.choice((' S/N: ', ', SN: ', ' (S/N ', ' - serial '))}{bare}"
            name += ")" if name.count("(") > name.count(")") else ""
        return name
    if column and len(line.units) == 1 and line.good.noun:
        value, made.serial_state = clerk.wrong_serial(true[0] if true else "")
        made.cells["serial"] = Cell(value, "number" if isinstance(value, int | float) else "text")
        if made.serial_state == "confused":
            made.serials = frozenset(true)
        if made.serial_state in {"miscopied", "confused", "of_monitor", "mangled"}:
            made.reading["serials"] = [str(value)]
    return name


def _evidence(made: Entry, form: Form, clerk: Clerk, notes: list[str]) -> None:
    line, style, chance = made.line, clerk.style, clerk.dice
    thing = line.units[0].thing
    if thing is None or len(line.units) > 1:
        return
    tells = set()
    if thing.mac and chance.random() < style.mac and ("mac" in form.fields or chance.random() < 0.3):
        text = clerk.mac(thing.mac)
        made.reading["macs"] = [thing.mac]
        tells.add("mac")
        if "mac" in form.fields:
            made.cells["mac"] = Cell(text)
        else:
            notes.append(f"MAC {text}")
    if (
        "host_name" in form.fields
        and thing.host_name
        and chance.random() < style.host_name * (1 if thing.kind in {"pc", "laptop", "server"} else 0.3)
    ):
        name = (
            thing.host_name.lower()
            if chance.random() < 0.1
            else thing.host_name.upper()
            if chance.random() < 0.1
            else thing.host_name
        )
        made.cells["host_name"] = Cell(name)
        made.reading["host_name"] = name
        tells.add("host_name")
    if "address" in form.fields:
        if chance.random() < style.address:
            made.cells["address"] = Cell(thing.address)
            made.reading["address"] = thing.address
            tells.add("address")
        elif thing.kind in {"pc", "laptop"} and chance.random() < 0.3:
            made.cells["address"] = Cell(chance.choice(("DHCP", "động", "auto")))
    made.tells = frozenset(tells)


def _places(made: Entry, form: Form, clerk: Clerk) -> None:
    line, style, chance, fields = made.line, clerk.style, clerk.dice, form.fields
    if "office" in fields:
        code = line.old_office or line.office
        former = clerk.former_office(code)
        old = former is not None and line.bought.year < FORMER_UNTIL and chance.random() < FORMER
        text = former if old and former else clerk.office(code)
        made.cells["office"] = Cell(text)
        made.reading["office_told"] = text
        made.reading["office"] = None if old else code
    else:
        made.reading["office"] = line.old_office or line.office
    if "place" in fields and line.room and chance.random() < style.room:
        rooms = clerk.goods.rooms_of(clerk.offices[line.office].staff)
        room = line.room if chance.random() < style.room_as_on_device else chance.choice(rooms)
        text = clerk.room(room)
        made.cells["place"] = Cell(text)
        made.reading["place"] = text
        if room == line.room:
            made.tells |= {"room"}
        else:
            made.tells |= {"other room"}
    if (
        "user" in fields
        and line.user
        and line.good.kind in {"pc", "laptop", "printer", "telephone"}
        and chance.random() < style.user
    ):
        text = clerk.user(line.user)
        made.cells["user"] = Cell(text)
        made.reading["user"] = text


def _quantities(made: Entry, form: Form, clerk: Clerk) -> None:
    line, fields, chance = made.line, form.fields, clerk.dice
    count = len(line.units)
    if "quantity" in fields:
        text: Any = count
        plain = ("{count}", "{count}", "{count}", "{count}", "{count:02d}")
        counted_in = ("{count}", "{count}", "{count:02d} {unit}", "{count} {unit}") if "unit" not in fields else plain
        shape = clerk.usual("quantity", lambda: chance.choice(counted_in))
        if shape != "{count}":
            text = shape.format(count=count, unit=line.unit.lower())
        if "{unit}" in shape:
            made.reading["unit"] = line.unit.lower()
        made.cells["quantity"] = Cell(text, "number" if isinstance(text, int) else "text")
    if "unit" in fields:
        made.cells["unit"] = Cell(line.unit)
        made.reading["unit"] = line.unit
    there = sum(u.why != "scrapped" and not u.why.startswith("replaced") for u in line.units)
    counted = there if line.state in {SCRAPPED, MOVED} or count > 1 else count
    if "counted" in fields:
        made.cells["counted"] = Cell(counted, "number")
    if "difference" in fields and counted != count:
        made.cells["difference"] = Cell(counted - count, "number")


def _days(made: Entry, form: Form, clerk: Clerk) -> None:
    line = made.line
    written = {}
    for field_, day in (("acquired", line.bought), ("in_use", line.in_use)):
        if field_ in form.fields:
            value, shown, iso = clerk.day(day)
            if value is None:
                continue
            made.cells[field_] = Cell(value, shown)
            made.reading[field_] = iso
            written[field_] = int(iso[:4])
    if written:
        made.year = written.get("acquired", written.get("in_use"))
        made.tells |= {"year"}
    if "made" in form.fields:
        made.cells["made"] = Cell(line.bought.year - clerk.dice.choice((0, 0, 1)), "year")
    for number_, day_ in (("voucher", "voucher_date"),):
        if number_ in form.fields:
            made.cells[number_] = Cell(
                clerk.dice.choice(("HĐ{:07d}", "PNK{:03d}", "{:05d}", "UNC{:03d}")).format(clerk.dice.randint(1, 999))
            )
        if day_ in form.fields:
            made.cells[day_] = Cell(line.bought, "date")


def _values(made: Entry, form: Form, clerk: Clerk, money: str, today: dt.date) -> None:
    line, fields = made.line, form.fields
    if clerk.dice.random() < clerk.style.price_missing:
        return
    total = line.price * len(line.units)
    life = line.good.life_years
    worn = min(total, total * max(0, today.year - line.in_use.year) // life)
    for name, amount in (("unit_price", line.price), ("price", total), ("residual_value", total - worn)):
        if name in fields:
            if name == "residual_value" and form.name.startswith("s24h"):
                continue  # there it is what was left on the day of scrapping
            value, shown = clerk.money(amount, money)
            made.cells[name] = Cell(value, shown)
            made.reading[f"{name}_vnd"] = amount
    for name, amount in (
        ("wear", total // life if worn < total else 0),
        ("wear_total", worn),
        ("counted_price", total),
        ("counted_residual", total - worn),
    ):
        if name in fields:
            made.cells[name] = Cell(*clerk.money(amount, money))
    if "rate" in fields:
        rate = f"{100 / line.good.life_years:.4g}"
        made.cells["rate"] = Cell(clerk.usual("rate", lambda: clerk.dice.choice(("{}", "{}", "{}%"))).format(rate), "number")


def _states(made: Entry, form: Form, clerk: Clerk, notes: list[str], today: dt.date) -> None:
    line, fields, chance = made.line, form.fields, clerk.dice
    state = line.state
    if "state_office" in fields:
        made.cells["state_office"] = Cell("x")
    marks = {"state_in_use": {IN_USE, MOVED}, "state_idle": {STORED}, "state_broken": {BROKEN, SCRAPPED}}
    if "state_in_use" in fields:
        for column, states in marks.items():
            if state in states:
                made.cells[column] = Cell(chance.choice(("x", "X", len(line.units))))
        made.reading["state"] = BROKEN if state == SCRAPPED else IN_USE if state == MOVED else state
    if state == MOVED:
        to = clerk.office(line.moved_to)
        text = chance.choice(
            ("Điều chuyển {}", "Đã điều chuyển cho {}", "chuyển {} năm {year}", "Bàn giao {}", "Cho {} mượn")
        ).format(to, year=today.year - 1)
        notes.append(text)
        made.reading["state"] = MOVED
        if "state" in fields and chance.random() < 0.6:
            made.cells["state"] = Cell(clerk.state(MOVED))
        return
    if "state" in fields and (state != IN_USE or chance.random() < 0.85):
        made.cells["state"] = Cell(clerk.state(state))
        made.reading["state"] = state
    elif state != IN_USE and "lost_reason" in fields and state in {SCRAPPED, BROKEN}:
        made.cells["lost_reason"] = Cell(clerk.state(state))
        if "lost_date" in fields:
            made.cells["lost_date"] = Cell(dt.date(today.year - chance.randint(1, 4), 12, chance.randint(1, 28)), "date")
        if "lost_voucher" in fields:
            made.cells["lost_voucher"] = Cell(f"{chance.randint(10, 99)}/QĐ-UBND")
        made.reading["state"] = state
    elif state != IN_USE and "state_in_use" not in fields:
        notes.append(clerk.state(state))
        made.reading["state"] = state
