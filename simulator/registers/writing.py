"""Purchase registers of a district and the truth about them: `write`.

truth.json has, in plain JSON:
- `files`: every file with its style, form, code of letters, the offices in it, and what its columns are;
- `lines`: every line that is an asset: where it stands (`file`, `sheet`, `row` as a spreadsheet counts), what a perfect reader
  reads (`reading`), what became of its serial number, and its `units`: the thing (an asset id or a station), with office, address
  and MAC as the network's own truth has them, or null with `why`; the `bucket` of a perfect matcher, buckets that are right as
  well, and `interchangeable` things;
- `others`: rows that are no asset, by what they are; `not_on_books`: things that no line tells of.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from simulator import yaml_files
from simulator.chance import dice
from simulator.founding import read_offices
from simulator.network import Network
from simulator.plan import Office
from simulator.registers.clerk import Clerk, group
from simulator.registers.entries import Entry, entry, fitted
from simulator.registers.files import Csv, write_csv, write_xlsx
from simulator.registers.forms import form, layouts
from simulator.registers.goods import Goods, goods
from simulator.registers.letters import through_tcvn3, without_marks
from simulator.registers.purchases import Line, keep, purchases
from simulator.registers.sheets import Habits, Sheet, sheet, stack
from simulator.registers.styles import STYLES, Style
from simulator.registers.telling import judged
from simulator.registers.things import things

#: How offices number what they have.
PATTERNS = (
    "TSCD{n:05d}", "{kind}-{n:03d}", "TS.{tag}.{year}.{n:03d}", "211.{n:04d}", "{kind}{n:02d}", "{tag}-{kind}-{n:03d}", "{n:05d}",
)  # fmt: skip
#: Fields of a reading that hold words, and suffer from the code of letters.
WORDED = frozenset({"name", "office_told", "place", "user", "unit", "note"})
FIXED_ASSET = 10_000_000  # dong: what costs more is a fixed asset


@dataclass(frozen=True, slots=True)
class Book:
    """What one file is about."""

    style: Style
    offices: tuple[tuple[str, str], ...]  # office, and the swallowed one whose purchases these are


def write(
    network: Network,
    folder: Path,
    *,
    seed: int = 1,
    usable_serials: float = 0.3,
    styles: Sequence[str] | None = None,
    formats: Sequence[str] = ("xlsx", "csv"),
) -> Path:
    """Writes the registers of all offices into `folder`; the path of truth.json.

    `usable_serials`: share of the lines of real equipment whose serial number can be read and is right. `styles`: names of
    `simulator.registers.styles.STYLES`; None for a mixture. Raises KeyError for a style that there is not.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    stock = goods()
    chosen = [STYLES[name] for name in styles] if styles else list(STYLES.values())
    offices = _offices(network)
    live = [o.code for o in offices.values() if o.networks]
    by_office = _share_out(live, chosen, seed)
    every = things(network, stock, {o.code: o.staff for o in offices.values()}, seed)
    kept = keep(every, by_office, seed)
    lines = {code: purchases(offices[code], by_office[code], every, kept, stock, network.date, seed) for code in live}
    lines = _with_serials(
        _numbered(_of_old_offices(lines, by_office, offices, seed), by_office, seed), by_office, usable_serials, seed
    )
    written: list[Entry] = []
    truth: dict[str, Any] = {
        "date": network.date.isoformat(),
        "seed": seed,
        "asked_usable_serials": usable_serials,
        "files": [],
        "others": [],
    }
    for number, book in enumerate(_books(by_office, lines)):
        writer = _Writer(book, lines, offices, stock, network, dice(seed, "book", number, book.style.name), folder, formats)
        entries, about, others = writer.write()
        written += entries
        truth["files"].append(about)
        truth["others"] += others
    truth |= judged(network, written, every, kept.none, stock)
    path = folder / "truth.json"
    path.write_text(json.dumps(truth, ensure_ascii=False), encoding="utf-8")
    return path


def _offices(network: Network) -> Mapping[str, Office]:
    return {o.code: o for o in read_offices(yaml_files.read(network.path))}


def _share_out(offices: Sequence[str], styles: Sequence[Style], seed: int) -> dict[str, Style]:
    """Every office gets a style, so that each style has about its weight."""
    order = list(offices)
    dice(seed, "offices").shuffle(order)
    total = sum(style.weight for style in styles)
    given = dict.fromkeys((style.name for style in styles), 0.0)
    found: dict[str, Style] = {}
    for code in order:
        style = max(styles, key=lambda s: (s.weight / total * (len(found) + 1) - given[s.name], s.weight, s.name))
        given[style.name] += 1
        found[code] = style
    return {code: found[code] for code in offices}


def _of_old_offices(
    lines: Mapping[str, list[Line]], styles: Mapping[str, Style], offices: Mapping[str, Office], seed: int
) -> dict[str, list[Line]]:
    """Purchases from before a merger stand under the old office's name, where nobody has changed that."""
    before = {o.successor: o for o in offices.values() if o.successor}
    found = {}
    for code, mine in lines.items():
        chance = dice(seed, "old office", code)
        old = before.get(code)
        found[code] = [
            replace(line, old_office=old.code)
            if old is not None
            and old.valid_to is not None
            and line.bought <= old.valid_to
            and chance.random() < styles[code].old_office_names
            else line
            for line in mine
        ]
    return found


def _numbered(lines: Mapping[str, list[Line]], styles: Mapping[str, Style], seed: int) -> dict[str, list[Line]]:
    """Asset codes, each office after its own pattern."""
    found = {}
    for code, mine in lines.items():
        chance, style = dice(seed, "codes", code), styles[code]
        tag = "".join(word[0] for word in without_marks(code.replace("-", " ")).upper().split())
        pattern = chance.choice(PATTERNS)
        counts: dict[str, int] = defaultdict(int)
        coded: list[Line] = []
        for line in mine:
            kind = {"pc": "MVT", "laptop": "MXT", "printer": "MI", "server": "MC", "other": "TSK"}.get(line.good.kind, "TBM")
            key = kind if "{kind}" in pattern else ""
            counts[key] += 1
            text = pattern.format(n=counts[key], kind=kind, tag=tag, year=line.bought.year)
            if chance.random() < style.code_missing:
                text = ""
            elif coded and chance.random() < style.code_twice:
                text = coded[-1].code
            elif len(line.units) > 1 and chance.random() < 0.4:
                last = pattern.format(n=counts[key] + len(line.units) - 1, kind=kind, tag=tag, year=line.bought.year)
                text = f"{text} - {last}" if chance.random() < 0.5 else f"{text}-{last[-2:]}"
                counts[key] += len(line.units) - 1
            coded.append(replace(line, code=text))
        found[code] = coded
    return found


def _with_serials(lines: Mapping[str, list[Line]], styles: Mapping[str, Style], share: float, seed: int) -> dict[str, list[Line]]:
    """Marks the lines that get a right serial number: the wanted share of equipment, more of them where people write them."""
    chance = dice(seed, "serials")
    places = [(code, n) for code, mine in lines.items() for n, line in enumerate(mine) if line.good.noun]
    able = [(code, n) for code, n in places if any(u.serial for u in lines[code][n].units)]
    # Drawing by weight without putting back: the smallest of exponential times over the weights.
    able.sort(key=lambda p: chance.expovariate(1.0) / (styles[p[0]].serial_habit + 1e-9))
    marked = set(able[: round(share * len(places))])
    return {
        code: [replace(line, tags=line.tags | {"serial"}) if (code, n) in marked else line for n, line in enumerate(mine)]
        for code, mine in lines.items()
    }


def _books(styles: Mapping[str, Style], lines: Mapping[str, list[Line]]) -> list[Book]:
    """Which files there are."""
    found: list[Book] = []
    together: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for code, style in styles.items():
        olds = sorted({line.old_office for line in lines[code]})
        if style.reach == "list":
            together[style.name].append((code, "*"))
        elif style.reach == "sheets":
            together[style.name] += [(code, old) for old in olds]
        else:
            found += [Book(style, ((code, old),)) for old in olds]
    found += [Book(STYLES[name], tuple(offices)) for name, offices in together.items()]
    return found


@dataclass(slots=True)
class _Writer:
    """Writes one file."""

    book: Book
    lines: Mapping[str, list[Line]]
    offices: Mapping[str, Office]
    goods: Goods
    network: Network
    dice: random.Random
    folder: Path
    formats: Sequence[str]

    def write(self) -> tuple[list[Entry], dict[str, Any], list[dict[str, Any]]]:
        style, chance = self.book.style, self.dice
        allowed = [f for f in style.formats if f in self.formats] or [self.formats[0]]
        kind = chance.choice(allowed)
        code = self._code()
        clerk = Clerk(style, self.goods, chance, self.offices)
        layout = chance.choices(list(style.layouts), list(style.layouts.values()))[0]
        habits = self._habits(layout, kind)
        split = chance.choices(list(style.split), list(style.split.values()))[0] if kind == "xlsx" else "one"
        parts = self._parts(split, layout)
        forms = {name: form(name, chance) for name in dict.fromkeys(part[1] for part in parts)}
        entries: list[Entry] = []
        tables: list[tuple[Sheet, list[Entry]]] = []
        for name, layout_, office, members, room in parts:
            chosen = forms[layout_]
            fit = [f for line in members for f in fitted(line, chosen, clerk)]
            mine = [entry(line, chosen, clerk, habits.money, self.network.date) for line in fit]
            for one in mine:
                one.unicode = code in {"tcvn3", "vni"} and kind == "xlsx" and chance.random() < 0.1
            letterhead = clerk.office(office, careful=True)
            made = sheet(name, chosen, mine, clerk, habits, today=self.network.date, office=letterhead, room=room)
            tables.append((made, mine))
            entries += mine
        sheets = [table for table, _ in tables]
        if len(tables) > 1 and split in {"kind", "room", "year"} and chance.random() < style.stacked:
            sheets = [stack(tables, "Sheet1")]
        path, how = self._save(kind, code, sheets)
        for one in entries:
            lost = {"ascii": without_marks, "tcvn3": through_tcvn3}.get("" if one.unicode else code, str)
            one.reading = {field: lost(value) if field in WORDED and value else value for field, value in one.reading.items()}
            one.place = (path.name, "" if kind == "csv" else one.place[1][:31], one.place[2])
        told = {
            "file": path.name, "style": style.name, "layout": layout, "letters": code,
            "offices": sorted({o for o, _ in self.book.offices}),
            "told_office": self._told_office(), "money": habits.money, "split": split,
            "csv": how and {"encoding": how.encoding, "delimiter": how.delimiter},
            "sheets": [s.name[:31] for s in sheets] if kind == "xlsx" else [""],
            "tables": [{"sheet": s.name[:31] if kind == "xlsx" else ""} | table for s in sheets for table in s.tables],
        }  # fmt: skip
        others = [
            {"file": path.name, "sheet": "" if kind == "csv" else s.name[:31]} | other for s in sheets for other in s.others
        ]
        return entries, told, others

    def _told_office(self) -> str | None:
        """The one office that the whole file is about, where it is about one."""
        if len(self.book.offices) > 1 or self.book.style.reach != "office":
            return None
        code, old = self.book.offices[0]
        return old or code

    def _code(self) -> str:
        style, chance = self.book.style, self.dice
        if chance.random() < style.legacy_file:
            return chance.choice(("tcvn3", "tcvn3", "vni"))
        if chance.random() < style.marks_missing_file:
            return "ascii"
        return "nfd" if chance.random() < style.spread_file else ""

    def _habits(self, layout: str, kind: str) -> Habits:
        style, chance = self.book.style, self.dice
        grouped = chance.random() < style.grouped and style.reach != "list"
        room_known = "place" not in layouts()[layout]["columns"]
        return Habits(
            money=chance.choices(list(style.money), list(style.money.values()))[0],
            grouped=("room" if room_known and chance.random() < 0.3 else "kind") if grouped else "",
            subtotals=grouped and chance.random() < style.subtotals,
            totals=chance.random() < style.totals,
            shuffled=chance.random() < style.shuffled,
            merged_places=not grouped and chance.random() < style.merged_places,
            merges=kind == "xlsx",
            pages=chance.randint(18, 32) if chance.random() < style.pages else 0,
            formulas=kind == "xlsx" and chance.random() < style.formulas,
            indent=1 if kind == "xlsx" and chance.random() < style.indented else 0,
        )

    def _parts(self, split: str, layout: str) -> list[tuple[str, str, str, list[Line], str]]:
        """Sheets: name, form, office of the letterhead, lines, room."""
        style = self.book.style
        if style.reach == "list":
            everything = [line for code, _ in self.book.offices for line in self.lines[code]]
            return [(self.dice.choice(("Sheet1", "DS", "Tong hop", "CNTT")), layout, self.book.offices[0][0], everything, "")]
        parts = []
        for code, old in self.book.offices:
            mine = [line for line in self.lines[code] if line.old_office == old]
            letterhead = old or code
            if style.reach == "sheets":
                parts.append((self._sheet_name(letterhead), layout, letterhead, mine, ""))
            elif split == "price":
                assets = [line for line in mine if line.price >= FIXED_ASSET]
                tools = [line for line in mine if line.price < FIXED_ASSET]
                parts += [("TSCĐ", layout, letterhead, assets, ""), ("CCDC", "s26h", letterhead, tools, "")]
            elif split == "one":
                parts.append(
                    (
                        self.dice.choice(("Sheet1", "TSCD", "Tai san", "Trang tính1", str(self.network.date.year - 1))),
                        layout,
                        letterhead,
                        mine,
                        "",
                    )
                )
            else:
                by: dict[str, list[Line]] = defaultdict(list)
                for line in mine:
                    key = {
                        "kind": group(line.good),
                        "room": line.room or "Dùng chung",
                        "year": str(line.bought.year),
                    }[split]
                    by[key].append(line)
                parts += [(key[:28], layout, letterhead, by[key], key if split == "room" else "") for key in sorted(by)]
        return [part for part in parts if part[3]]

    def _sheet_name(self, code: str) -> str:
        name = self.offices[code].name_vi
        return self.dice.choice((name, name.removeprefix("Xã "), without_marks(name)))[:31]

    def _save(self, kind: str, code: str, sheets: list[Sheet]) -> tuple[Path, Csv | None]:
        style, chance = self.book.style, self.dice
        office = without_marks(self.offices[self.book.offices[0][1].strip("*") or self.book.offices[0][0]].name_vi)
        name = style.file_name.format(office=office, year=self.network.date.year - 1)
        path = self.folder / f"{name}.{kind}"
        if kind == "xlsx":
            extra = (
                [Sheet("Sheet2"), Sheet("Sheet3")]
                if chance.random() < 0.25 and len(sheets) == 1 and sheets[0].name == "Sheet1"
                else []
            )
            write_xlsx(path, [*sheets, *extra], code)
            return path, None
        encodings = ("legacy",) if code in {"tcvn3", "vni"} else ("utf-8-sig", "utf-8-sig", "utf-8", "utf-16", "cp1258")
        encoding = chance.choice(encodings)
        how = Csv(encoding, "\t" if encoding == "utf-16" else chance.choice((",", ";", ";")), chance.choice(("plain", "dots")))
        write_csv(path, sheets[0], "" if (encoding, code) == ("cp1258", "nfd") else code, how)
        return path, how
