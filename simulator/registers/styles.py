"""Kinds of people who keep books, and how often each does what: every rate is a share of lines, or of files where it says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Style:
    """One way to keep the books of an office. Rates are 0..1; weights need no sum."""

    name: str
    file_name: str  # with {office} and {year}
    layouts: Mapping[str, float]  # name in layouts.yaml -> weight; every sheet of a file has the same
    weight: float  # how many offices keep their books so
    reach: str = "office"  # office: a file an office; sheets: one file, a sheet an office; list: one list with an office column
    formats: tuple[str, ...] = ("xlsx",)
    leaves_out_under: float = 0.0  # millions of dong: cheaper things are on no book
    split: Mapping[str, float] = field(default_factory=lambda: {"one": 1.0})  # one sheet, or by: kind, room, year, price

    # names
    full_name: float = 0.5  # the full spelling
    brand_left_out: float = 0.05
    model_left_out: float = 0.08  # the series only
    noun_only: float = 0.02  # "Máy tính để bàn", and nothing else
    careful_noun: float = 0.6  # the first of the words for a thing
    typo: float = 0.02
    extra_words: float = 0.1  # what it has, where the money came from
    capitals: float = 0.02
    all_small: float = 0.05
    marks_missing: float = 0.01
    marks_missing_file: float = 0.0  # of files
    legacy_file: float = 0.0  # of files: TCVN3 or VNI
    spread_file: float = 0.03  # of files: NFD

    # what tells one thing from another
    serial_habit: float = 1.0  # weight of the style's lines among those that get a right serial
    serial_unknown: float = 0.12  # of the others: "không rõ" and the like
    serial_miscopied: float = 0.03  # one sign wrong
    serial_confused: float = 0.03  # O for 0, I for 1
    serial_mangled: float = 0.5  # of those that a spreadsheet takes for a number
    serial_of_monitor: float = 0.02
    mac: float = 0.12  # of files with a column for it; elsewhere few write one into the notes
    host_name: float = 0.0
    address: float = 0.0
    user: float = 0.3
    room: float = 0.6
    room_as_on_device: float = 0.8  # the room that the device itself tells; else people moved it since

    # how much on a line
    quantity_lines: float = 0.2  # of lots of several alike
    serials_listed: float = 0.5  # of the quantity lines with serials: all of them in the cell

    # days and money
    dates: Mapping[str, float] = field(default_factory=lambda: {"day": 1.0})  # day, text_day, month, year, words, short, dotted
    year_off: float = 0.03
    date_missing: float = 0.02
    money: Mapping[str, float] = field(default_factory=lambda: {"number": 1.0})  # of files: number, dots, dong, thousands
    price_missing: float = 0.01

    # what became of things
    not_on_books: float = 0.05
    moved: float = 0.03
    moved_told: float = 0.4
    replaced: float = 0.03  # the old one stands on the books, the new one does not yet
    scrapped: float = 0.05  # further lines: of things that are gone
    scrapped_told: float = 0.4
    asleep: float = 0.05  # further lines: in a cupboard, or never connected
    asleep_told: float = 0.4
    unseen_goods: float = 0.35  # further lines: monitors, scanners, copiers
    other_goods: float = 0.25  # further lines: furniture, cars, software

    # the sheet
    steady: float = 0.85  # the same way of writing all down the sheet
    details: float = 0.02  # further rows below a thing say what it is made of
    pages: float = 0.1  # of files: sums and headings again where a page ends
    formulas: float = 0.4  # of files
    indented: float = 0.06  # of files: the table begins in column B
    stacked: float = 0.3  # of files in parts: all parts on one sheet, one table below the other
    shuffled: float = 0.2  # of files: in no order
    grouped: float = 0.4  # of files: with lines that name a group
    totals: float = 0.7  # of files
    subtotals: float = 0.3  # of grouped files
    duplicates: float = 0.01
    code_missing: float = 0.1
    code_twice: float = 0.02
    blank_rows: float = 0.01
    ditto: float = 0.0  # "nt" instead of what stands above
    merged_places: float = 0.0  # of files: one merged cell for rooms that follow each other
    office_spellings: float = 0.3  # not the official name
    old_office_names: float = 0.5  # where an office has swallowed another


_STYLES = (
    Style(
        "accountant",  # keeps the form of the circular
        file_name="So TSCD {office} {year}",
        layouts={"s24h": 3, "s24h_old": 1, "the_tscd": 1},
        weight=5,
        leaves_out_under=9.5,
        steady=0.92, pages=0.3, details=0.03,
        full_name=0.7, brand_left_out=0.03, model_left_out=0.06, noun_only=0.02, careful_noun=0.8, extra_words=0.15,
        serial_habit=0.5, user=0.1, room=0.3, quantity_lines=0.12,
        dates={"month": 3, "year": 2, "day": 3}, money={"number": 1},
        not_on_books=0.03, scrapped=0.07, scrapped_told=0.75, unseen_goods=0.25, other_goods=0.45,
        shuffled=0.05, grouped=0.8, totals=0.95, subtotals=0.6, code_missing=0.03, legacy_file=0.1,
    ),
    Style(
        "accountant_all",  # the same, and a second book for what is cheaper
        file_name="So theo doi TSCD va CCDC - {office}",
        layouts={"s26h": 1, "s24h": 1},
        weight=4,
        split={"price": 1},
        full_name=0.55, model_left_out=0.08, noun_only=0.03, careful_noun=0.7,
        serial_habit=0.5, user=0.2, room=0.5, quantity_lines=0.3,
        dates={"text_day": 2, "day": 2, "month": 1}, money={"number": 3, "dots": 1},
        scrapped_told=0.6, unseen_goods=0.4, other_goods=0.4, grouped=0.6, totals=0.9, subtotals=0.5, legacy_file=0.1,
    ),
    Style(
        "commune_clerk",  # a list of one's own, typed in a hurry
        file_name="TAI SAN {office} {year}",
        layouts={"danh_muc": 3, "danh_muc_ngan": 2, "theo_phong": 1},
        weight=6,
        formats=("xlsx", "xlsx", "csv"),
        split={"one": 3, "kind": 1, "year": 1, "room": 1},
        steady=0.7, details=0.05,
        full_name=0.25, brand_left_out=0.12, model_left_out=0.16, noun_only=0.06, careful_noun=0.25, typo=0.05,
        extra_words=0.2, capitals=0.06, all_small=0.18, marks_missing=0.04, marks_missing_file=0.1, legacy_file=0.1,
        serial_habit=0.6, serial_unknown=0.2, user=0.3, room=0.5, quantity_lines=0.5, serials_listed=0.6,
        dates={"year": 5, "text_day": 2, "short": 1, "words": 1, "month": 1}, year_off=0.06, date_missing=0.06,
        money={"dots": 2, "number": 2, "thousands": 1, "dong": 1}, price_missing=0.06,
        not_on_books=0.08, moved=0.03, scrapped=0.08, scrapped_told=0.3, asleep=0.07, asleep_told=0.4,
        shuffled=0.5, grouped=0.3, totals=0.5, duplicates=0.02, code_missing=0.35, code_twice=0.05, blank_rows=0.03,
        ditto=0.06, merged_places=0.4, office_spellings=0.6,
    ),
    Style(
        "stocktaking",  # the record of the last stock-taking
        file_name="Bien ban kiem ke {year} {office}",
        layouts={"kiem_ke": 2, "tong_kiem_ke": 2},
        weight=4,
        full_name=0.45, model_left_out=0.1, noun_only=0.03, careful_noun=0.6,
        serial_habit=0.6, user=0.15, room=0.8, quantity_lines=0.45,
        dates={"year": 4, "month": 1, "day": 1}, money={"number": 3, "dots": 1},
        scrapped=0.06, scrapped_told=0.8, asleep_told=0.7, unseen_goods=0.5, other_goods=0.4,
        grouped=0.8, totals=0.9, subtotals=0.4, blank_rows=0.02, merged_places=0.3, legacy_file=0.08,
    ),
    Style(
        "it_list",  # what the one who mends the machines keeps
        file_name="DS thiet bi CNTT {year}",
        layouts={"it_vi": 2, "it_mixed": 2, "it_bare": 1},
        weight=5,
        reach="list",
        steady=0.75, pages=0.0, details=0.0, indented=0.02,
        formats=("xlsx", "csv"),
        full_name=0.35, brand_left_out=0.1, model_left_out=0.05, noun_only=0.01, careful_noun=0.3, typo=0.03,
        extra_words=0.05, all_small=0.08, marks_missing=0.03, marks_missing_file=0.35,
        serial_habit=2.2, serial_unknown=0.1, serial_mangled=0.7,
        mac=0.45, host_name=0.4, address=0.12, user=0.75, room=0.8,
        quantity_lines=0.02, dates={"year": 4, "text_day": 1, "month": 1, "dotted": 1}, date_missing=0.12,
        money={"number": 1, "thousands": 1}, price_missing=0.4,
        not_on_books=0.06, moved=0.04, scrapped=0.03, scrapped_told=0.7, asleep=0.06, asleep_told=0.7,
        unseen_goods=0.2, other_goods=0.0, shuffled=0.3, grouped=0.0, totals=0.05, code_missing=0.6, duplicates=0.02,
        merged_places=0.4, office_spellings=0.8,
    ),
    Style(
        "export",  # out of the program for assets
        file_name="DanhSachTaiSan_{office}",
        layouts={"qlts": 2, "qlts_en": 1},
        weight=4,
        formats=("csv", "xlsx"),
        steady=0.99, details=0.0, pages=0.0, formulas=0.0, indented=0.0,
        full_name=0.6, model_left_out=0.08, noun_only=0.03, careful_noun=0.75, capitals=0.1,
        serial_habit=0.9, user=0.25, room=0.7, quantity_lines=0.1, serials_listed=0.2,
        dates={"text_day": 2, "day": 2, "stamp": 1, "iso": 1}, date_missing=0.0, money={"number": 3, "dots": 1},
        moved=0.04, scrapped=0.06, scrapped_told=0.6, unseen_goods=0.4, other_goods=0.4,
        shuffled=0.0, grouped=0.2, totals=0.2, code_missing=0.0, code_twice=0.0, duplicates=0.005, blank_rows=0.0,
        spread_file=0.08,
    ),
    Style(
        "old_file",  # begun in 2005 and carried on
        file_name="TS {office}",
        layouts={"danh_muc": 1, "s24h_old": 1, "theo_doi": 1},
        weight=3,
        full_name=0.35, brand_left_out=0.08, model_left_out=0.12, noun_only=0.04, careful_noun=0.4, typo=0.03,
        legacy_file=0.85, steady=0.8, details=0.06, pages=0.4,
        spread_file=0.0, serial_habit=0.4, user=0.2, room=0.4, quantity_lines=0.4,
        dates={"text_day": 2, "short": 3, "year": 2, "month": 1}, money={"dots": 2, "thousands": 1, "number": 1},
        scrapped=0.12, scrapped_told=0.4, asleep=0.08, code_missing=0.25, ditto=0.08, totals=0.8,
    ),
    Style(
        "public_list",  # one file of the finance division, a sheet an office, in thousands
        file_name="Tong hop tai san {year}",
        layouts={"cong_khai": 1},
        weight=4,
        reach="sheets",
        full_name=0.4, brand_left_out=0.06, model_left_out=0.1, noun_only=0.04, careful_noun=0.6,
        leaves_out_under=4.5, serial_habit=0.4, user=0.05, room=0.4, quantity_lines=0.4,
        dates={"year": 4, "day": 1}, money={"thousands": 3, "number": 1},
        unseen_goods=0.3, other_goods=0.5, grouped=0.9, totals=1.0, subtotals=0.7, code_missing=0.2,
    ),
    Style(
        "handover",  # lists of what was handed over when offices were merged
        file_name="PL ban giao tai san {office}",
        layouts={"ban_giao": 1},
        weight=2,
        full_name=0.5, serial_habit=1.2, user=0.3, room=0.5, quantity_lines=0.3, mac=0.02,
        dates={"year": 2, "day": 1, "month": 1}, money={"number": 2, "dots": 1},
        scrapped=0.08, scrapped_told=0.8, asleep=0.08, asleep_told=0.8, old_office_names=0.9, office_spellings=0.5,
    ),
)  # fmt: skip

STYLES: Mapping[str, Style] = {style.name: style for style in _STYLES}
