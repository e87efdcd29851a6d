"""How a clerk writes a line: names, serial numbers, days, money, offices; and what a perfect reader reads of it.

Nothing here knows columns: a clerk is asked for the text of a field, and remembers what it told.
"""

from __future__ import annotations

import datetime as dt
import random
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from simulator import yaml_files
from simulator.plan import Office
from simulator.registers.goods import Good, Goods, without_brand
from simulator.registers.letters import without_marks
from simulator.registers.purchases import Line
from simulator.registers.styles import Style

OFFICES = Path(__file__).with_name("offices.yaml")
WORDS = Path(__file__).with_name("words.yaml")
MONTHS = ("{day:%m/%Y}", "{day:%m/%Y}", "T{day.month}/{day.year}", "Tháng {day.month}/{day.year}", "{day.month}/{day.year}")
T = TypeVar("T")


@cache
def words() -> Mapping[str, Any]:
    """Words of clerks, from `words.yaml`."""
    told: Mapping[str, Any] = yaml_files.read(WORDS)
    return told


@dataclass(frozen=True, slots=True)
class Told:
    """What a written name gives away."""

    text: str
    level: str  # model, series, brand, kind: the most that it tells
    config: bool = False


def group(good: Good) -> str:
    """What a book calls the group of such things."""
    return good.group or str(words()["groups"][good.kind])


@cache
def _offices() -> Mapping[str, Any]:
    told: Mapping[str, Any] = yaml_files.read(OFFICES)
    return told


def office_names(name_vi: str) -> list[str]:
    """All spellings of an office, the one of letterheads first."""
    if name_vi in _offices()["known"]:
        return list(_offices()["known"][name_vi])
    for beginning, forms in _offices()["forms"].items():
        if name_vi.startswith(f"{beginning} "):
            rest = name_vi.removeprefix(f"{beginning} ")
            return [f.format(name=rest, bare=without_marks(rest), other=other_tone(rest)) for f in forms]
    return [name_vi, name_vi.upper()]


def other_tone(text: str) -> str:
    """The tone on the other vowel of oa, oe, uy: "Hòa" <-> "Hoà"."""
    spread = unicodedata.normalize("NFD", text)
    tones = "\u0300\u0301\u0303\u0309\u0323"
    moved = re.sub(rf"(?<![qQ])([oO])([{tones}])([ae])(?![{tones}\w])", r"\1\3\2", spread)
    moved = re.sub(rf"(?<![qQ])([uU])([{tones}])(y)(?![{tones}\w])", r"\1\3\2", moved)
    return unicodedata.normalize("NFC", moved)


@dataclass(slots=True)
class Clerk:
    """One pair of hands with its habits, for one file."""

    style: Style
    goods: Goods
    dice: random.Random
    offices: Mapping[str, Office]
    _usual: dict[str, Any] = field(default_factory=dict)

    def usual(self, what: str, choose: Callable[[], T]) -> T:
        """Most people write the same thing in the same way all down a sheet."""
        if what not in self._usual:
            self._usual[what] = choose()
        return cast(T, self._usual[what]) if self._chance(self.style.steady) else choose()

    def _chance(self, rate: float) -> bool:
        return self.dice.random() < rate

    # --- names ------------------------------------------------------------------------------------------------------------

    def name(self, line: Line, *, with_kind: bool = True) -> Told:
        """The name of a thing; `with_kind`: the noun belongs to it, for no other column has the kind."""
        good, style = line.good, self.style
        if not good.noun:  # whole names as they are
            return Told(
                self._hurried(self.dice.choice(good.says) if not self._chance(style.full_name) else good.says[0]), "model"
            )
        nouns = self.goods.nouns[good.noun]
        noun = (nouns[0] if self._chance(style.careful_noun) else self.dice.choice(nouns)) if with_kind else ""
        draw = self.dice.random()
        if draw < style.noun_only and with_kind:
            says, level = "", "kind"
        elif draw < style.noun_only + style.model_left_out and not good.built:
            only_brand = self._chance(0.4)
            says, level = (good.brand, "brand") if only_brand else (good.series, "series")
        else:
            says, level = good.says[0] if self._chance(style.full_name) else self.dice.choice(good.says), "model"
            if says.startswith("~"):
                says, level = says[1:], "series"
        if says and self._chance(style.brand_left_out) and level == "model":
            says = without_brand(says, good.brand)
        text = f"{noun} {says}".strip() or nouns[0]
        config = bool(good.config) and (good.built or self._chance(style.extra_words))
        if config:
            text += self.dice.choice((", {}", " ({})", " {}", " - {}")).format(
                good.config.replace("/", self.dice.choice(("/", ", ", " ")))
            )
        elif self._chance(style.extra_words * 0.5):
            text += self.dice.choice((" ({})", ", {}", " - {}")).format(self.dice.choice(words()["extra"]))
        if len(line.units) > 1 and self._chance(0.08):
            text += f" ({len(line.units):02d} {line.unit.lower()})"
        return Told(self._hurried(text), level, config)

    def _hurried(self, text: str) -> str:
        style = self.style
        if self._chance(style.typo):
            text = self._typo(text)
        if self._chance(style.capitals):
            text = text.upper()
        elif self._chance(style.all_small):
            text = text[0].lower() + text[1:] if self._chance(0.5) else text.lower()
        if self._chance(style.marks_missing):
            text = without_marks(text)
        if self._chance(0.04):
            text = self.dice.choice((f" {text}", f"{text} ", text.replace(" ", "  ", 1), f"- {text}"))
        return text

    def _typo(self, text: str) -> str:
        """One slip of a finger within a word of letters: never in a number, that would be another model."""
        places = [m.start() for m in re.finditer(r"(?<=[^\W\d])[^\W\d](?=[^\W\d])", text)]
        if not places:
            return text
        at = self.dice.choice(places)
        slip = self.dice.choice(("drop", "twice", "swap"))
        if slip == "drop":
            return text[:at] + text[at + 1 :]
        if slip == "twice":
            return text[:at] + text[at] + text[at:]
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]

    # --- serial numbers ---------------------------------------------------------------------------------------------------

    def wrong_serial(self, serial: str) -> tuple[str | int | float, str]:
        """What stands where no right serial number does, and what went wrong: blank, unknown, miscopied, confused, mangled,
        of_monitor."""
        style = self.style
        mangled = excel_takes(serial)
        if serial and mangled is not None and self._chance(style.serial_mangled):
            return mangled, "mangled"
        draw = self.dice.random()
        if (draw := draw - style.serial_unknown) < 0:
            return self.dice.choice(words()["unknown"]), "unknown"
        if serial and (draw := draw - style.serial_miscopied) < 0:
            at = self.dice.randrange(len(serial))
            pool = "0123456789" if serial[at].isdigit() else "ABCDEFGHJKLMNPQRSTUVWXYZ"
            return serial[:at] + self.dice.choice([c for c in pool if c != serial[at]]) + serial[at + 1 :], "miscopied"
        if serial and (draw := draw - style.serial_confused) < 0:
            swapped = serial.translate(str.maketrans("0O1IB8", "O0I18B", ""))
            return (swapped, "confused") if swapped != serial else ("", "blank")
        if draw - style.serial_of_monitor < 0:
            return "CN0" + "".join(self.dice.choice("0123456789ABCDEFGHJKLMNPRTVWX") for _ in range(17)), "of_monitor"
        return "", "blank"

    def right_serial(self, serial: str) -> str:
        """As it is, or as people write it: small letters, a word before it, spaces between."""
        form = self.dice.random()
        if form < 0.8:
            return serial
        if form < 0.87:
            return serial.lower()
        if form < 0.92:
            return f"{self.dice.choice(('SN: ', 'S/N:', 'S/N ', 'SN '))}{serial}"
        if form < 0.96 and len(serial) > 8:
            return f"{serial[:4]} {serial[4:]}"
        return f" {serial} "

    def mac(self, mac: str) -> str:
        dotted = f"{mac[:2]}{mac[3:5]}.{mac[6:8]}{mac[9:11]}.{mac[12:14]}{mac[15:]}"
        return self.dice.choice((mac, mac.upper(), mac.upper().replace(":", "-"), mac.replace(":", ""), dotted))

    def former_office(self, code: str) -> str | None:
        """What the office was called long ago, where it was called otherwise."""
        former: str | None = _offices()["former"].get(self.offices[code].name_vi)
        return former

    # --- offices, rooms, states -------------------------------------------------------------------------------------------

    def office(self, code: str, *, careful: bool = False) -> str:
        names = office_names(self.offices[code].name_vi)
        return names[0] if careful or not self._chance(self.style.office_spellings) else self.dice.choice(names)

    def room(self, room: str) -> str:
        short = {"Phòng": "P.", "Văn phòng": "VP", "Chủ tịch": "CT"}
        if room and self._chance(0.15):
            long = self.dice.choice(list(short))
            room = room.replace(long, short[long])
        if room and self._chance(0.08):
            room = room.lower()
        return room

    def user(self, user: str) -> str:
        words = user.split()
        return self.dice.choice((user, user, user, f"Đ/c {words[-1]}", f"{words[0]} {words[-1]}", words[-1], f"Ô. {user}"))

    def state(self, state: str) -> str:
        return str(self.usual(f"state {state}", lambda: self.dice.choice(words()["states"][state])))

    def kind(self, line: Line, *, english: bool = False) -> str:
        good = line.good
        if english:
            return str(words()["english_kinds"].get(good.kind, "Other"))
        return self.goods.nouns[good.noun][0] if good.noun else group(good)

    # --- days and money ---------------------------------------------------------------------------------------------------

    def day(self, day: dt.date) -> tuple[Any, str, str]:
        """A day as it is written: value, how the cell is shown, and what a perfect reader reads (ISO day, month or year)."""
        style = self.style
        if self._chance(style.date_missing):
            return None, "text", ""
        form = self.usual("day", lambda: self.dice.choices(list(style.dates), list(style.dates.values()))[0])
        if self._chance(style.year_off):
            day = day.replace(year=day.year + self.dice.choice((-1, 1)), day=min(day.day, 28))
        two = f"{day.year % 100:02d}"
        written: dict[str, tuple[Any, str, str]] = {
            "day": (day, "date", day.isoformat()),
            "text_day": (f"{day:%d/%m/%Y}", "text", day.isoformat()),
            "stamp": (f"{day:%d/%m/%Y} 00:00:00", "text", day.isoformat()),
            "iso": (day.isoformat(), "text", day.isoformat()),
            "dotted": (f"{day.day}.{day.month}.{day.year}", "text", day.isoformat()),
            "short": (f"{day.day}/{day.month}/{two}", "text", day.isoformat()),
            "year": (day.year, "year", str(day.year)),
        }
        month = self.usual("month", lambda: self.dice.choice(MONTHS)).format(day=day)
        written["month"] = (month, "text", f"{day:%Y-%m}")
        year = self.usual("year", lambda: self.dice.choice(("Năm {day.year}", "năm {day.year}", "{day.year}."))).format(day=day)
        written["words"] = (year, "text", str(day.year))
        return written[form]

    def money(self, dong: int, form: str) -> tuple[Any, str]:
        """An amount as it is written, and how the cell is shown."""
        dots = f"{dong:,}".replace(",", ".")
        if form == "thousands":
            return dong / 1000 if dong % 1000 else dong // 1000, "money"
        if form == "dots":
            return dots, "text"
        if form == "dong":
            return self.dice.choice((f"{dots} đ", f"{dots}đ", f"{dots} đồng", f"{dots} VNĐ", dots)), "text"
        return dong, "money"


def excel_takes(serial: str) -> str | int | float | None:
    """What a spreadsheet makes of a serial number that looks like a number; None where it leaves it alone."""
    if re.fullmatch(r"\d+", serial):
        if len(serial) > 15:  # 15 figures are kept
            return int(serial[:15] + "0" * (len(serial) - 15))
        if len(serial) > 11:  # shown so, and saved as shown
            return f"{float(serial):.5E}"
        return int(serial) if serial.startswith("0") else None
    match = re.fullmatch(r"(\d{1,5})E(\d{1,2})", serial)
    return float(f"{match[1]}e{match[2]}") if match else None
