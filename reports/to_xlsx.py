"""The spreadsheet: a cover that says what, when and how much was seen, and a sheet a table, to filter, sum and draw.

Every text is written as a string (a device named `=HYPERLINK(...)` stays a name). Totals are formulas over what the filter
shows, and columns that follow from others are formulas (`reports.formulas`), each with its value already in place for readers
that do not calculate.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from reports import formulas
from reports.about import about
from reports.executed import Executed
from reports.first_page import first_page
from reports.tables import written
from reports.texts import Say

_INK, _ACTION, _GREY, _RULE = "#1F3A5F", "#B34700", "#5B6570", "#D5DBE1"
_ACTION_FILL = "#FDF3EC"
#: Okabe-Ito, blue first; vermilion stays for what needs action.
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#56B4E9", "#CC79A7", "#F0E442", "#999999")
_HEAD_ROW = 3
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_WIDEST = 48
_LINE = 15.0  # points


def write(executed: Executed, path: Path) -> None:
    """Write the report's workbook to `path`. Raises `OSError` when it cannot be written."""
    book = _Book(executed, path)
    book.write()


def sheet_names(wanted: list[str], taken: str) -> list[str]:
    """Names that Excel takes (31 characters, no []:*?/\\, no quote at an end, each once regardless of case)."""
    used = {taken.casefold()}
    names = []
    for name in wanted:
        base = _FORBIDDEN.sub(" ", name).strip(" '")[:31].strip(" '") or "1"
        candidate, number = base, 2
        while candidate.casefold() in used:
            suffix = f" {number}"
            candidate, number = base[: 31 - len(suffix)] + suffix, number + 1
        used.add(candidate.casefold())
        names.append(candidate)
    return names


class _Book:
    def __init__(self, executed: Executed, path: Path) -> None:
        self.executed = executed
        self.say: Say = executed.say
        # Nothing that looks like a formula, a link or a number is taken for one.
        plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
        self.book = xlsxwriter.Workbook(str(path), plain)
        self.tables = executed.all("table")
        self.cover_name = self.say("xlsx.cover")
        *self.names, self.help_name = sheet_names(
            [*(table["sheet"] for table in self.tables), self.say("xlsx.columns")], taken=self.cover_name
        )
        #: by the tables' own names; of two that share one, the first
        self.places = {
            table["sheet"]: formulas.place(name, table["columns"], _HEAD_ROW + 2, len(table["rows"]))
            for table, name in reversed(list(zip(self.tables, self.names, strict=True)))
        }
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def style(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({"font_name": "Arial", "font_size": 10, "valign": "top"} | properties)
        return self._formats[key]

    def write(self) -> None:
        opening = self.executed.opening
        properties: dict[str, Any] = {"title": opening["title"], "subject": opening["subtitle"], "company": opening["office"]}
        if ran_by := self.executed.run.get("ran_by"):
            properties["author"] = ran_by
        if started := self.executed.run.get("started_at"):
            properties["created"] = datetime.fromisoformat(started).replace(tzinfo=None)
        self.book.set_properties(properties)
        self.cover()
        for table, name in zip(self.tables, self.names, strict=True):
            self.table(table, name)
        self.columns()
        self.book.close()

    # The cover --------------------------------------------------------------------------------------------------------

    def cover(self) -> None:
        say, opening = self.say, self.executed.opening
        sheet = self.book.add_worksheet(self.cover_name)
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 78)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_row(0, 26)
        sheet.set_row(1, 18)
        sheet.write_string(0, 0, opening["title"], self.style(bold=True, font_size=16, font_color=_INK))
        sheet.write_string(1, 0, opening["subtitle"], self.style(font_color=_GREY, font_size=11))
        self._row = 3
        first = first_page(self.executed)
        self._pairs(sheet, list(first.facts))
        if first.unknown:
            more = [say("show.more_unknown", count=first.more)] if first.more else []
            self._pairs(sheet, [(say("show.unknown"), "\n".join([*(f"• {item}" for item in first.unknown), *more]))])
        if first.made:
            self._pairs(sheet, [(say("about.made"), first.made)])
        figures = [(label, value) for payload in self.executed.all("key_figures") for value, label, _ in payload["items"]]
        findings = [payload["text"] for payload in self.executed.all("finding")]
        if figures or findings:
            self._title(sheet, say("xlsx.findings"))
            self._pairs(sheet, figures, bold=True)
            for text in findings:
                self._wide(sheet, _plain(text))
        if self.tables:
            self._title(sheet, say("xlsx.sheets"))
            for table, name in zip(self.tables, self.names, strict=True):
                link = self.style(font_color="#0072B2", underline=1)
                sheet.write_url(self._row, 0, f"internal:'{name.replace(chr(39), chr(39) * 2)}'!A1", link, name)
                sheet.write_string(self._row, 1, _plain(table["title"]), self.style(text_wrap=True))
                self._row += 1
        for payload in self.executed.all("unknown"):
            self._title(sheet, payload["title"])
            for text in payload["items"]:
                self._wide(sheet, "• " + _plain(text))
        for payload in self.executed.all("method"):
            self._title(sheet, payload["title"])
            for block in re.split(r"\n\s*\n", payload["text"].strip()):
                self._wide(sheet, _plain(re.sub(r"\n(?!- )", " ", block)).replace("\n- ", "\n• "))
        if facts := about(self.executed.run, say):
            self._title(sheet, say("about.title"))
            self._pairs(sheet, facts)

    def _title(self, sheet: Any, text: str) -> None:
        self._row += 1
        sheet.set_row(self._row, 20)
        sheet.write_string(self._row, 0, text, self.style(bold=True, font_size=12, font_color=_INK, bottom=1, bottom_color=_RULE))
        sheet.write_blank(self._row, 1, None, self.style(bottom=1, bottom_color=_RULE))
        self._row += 1

    def _pairs(self, sheet: Any, pairs: list[tuple[str, str]], *, bold: bool = False) -> None:
        for label, text in pairs:
            sheet.write_string(self._row, 0, label, self.style(font_color=_GREY, text_wrap=True))
            sheet.write_string(self._row, 1, _plain(text), self.style(text_wrap=True, bold=bold))
            sheet.set_row(self._row, _LINE * max(_lines(label, 36), sum(_lines(line, 80) for line in text.split("\n"))))
            self._row += 1

    def _wide(self, sheet: Any, text: str) -> None:
        sheet.merge_range(self._row, 0, self._row, 1, "", self.style(text_wrap=True))
        sheet.write_string(self._row, 0, text, self.style(text_wrap=True))
        sheet.set_row(self._row, _LINE * sum(_lines(line, 124) for line in text.splitlines() or [""]))
        self._row += 1

    # What the columns mean ---------------------------------------------------------------------------------------------

    def columns(self) -> None:
        """A sheet that explains columns: it can be printed, searched and read aloud, as comments on the heads cannot."""
        explained = [
            (name, f"{column['title']} ({column['unit']})" if column["unit"] else column["title"], column["help"])
            for table, name in zip(self.tables, self.names, strict=True)
            for column in table["columns"]
            if column["help"]
        ]
        if not explained:
            return
        sheet = self.book.add_worksheet(self.help_name)
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEAD_ROW)
        sheet.set_footer("&L&A&R&P / &N")
        sheet.write_string(0, 0, self.say("xlsx.columns"), self.style(bold=True, font_size=13, font_color=_INK))
        widths = (28, 32, 90)
        head = self.style(bold=True, bottom=2, bottom_color=_INK, bg_color="#F2F7FB")
        for place, (title, width) in enumerate(zip(("xlsx.sheet", "xlsx.column", "xlsx.meaning"), widths, strict=True)):
            sheet.write_string(_HEAD_ROW, place, self.say(title), head)
            sheet.set_column(place, place, width)
        sheet.freeze_panes(_HEAD_ROW + 1, 0)
        for number, row in enumerate(explained, start=_HEAD_ROW + 1):
            sheet.set_row(number, _LINE * max(_lines(text, width) for text, width in zip(row, widths, strict=True)))
            for place, text in enumerate(row):
                sheet.write_string(number, place, text, self.style(text_wrap=True, bottom=1, bottom_color="#E4E8EC"))

    # A table ----------------------------------------------------------------------------------------------------------

    def table(self, table: Mapping[str, Any], name: str) -> None:
        sheet = self.book.add_worksheet(name)
        columns, rows = table["columns"], table["rows"]
        first, last = _HEAD_ROW + 1, _HEAD_ROW + len(rows)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEAD_ROW)
        sheet.print_area(0, 0, max(last + 1, first), max(len(columns) - 1, 3))  # not the chart: the table would shrink
        sheet.set_footer("&L&A&R&P / &N")
        sheet.write_string(0, 0, _plain(table["title"]) or table["sheet"], self.style(bold=True, font_size=13, font_color=_INK))
        sheet.write_string(1, 0, self._context(table), self.style(font_color=_GREY))
        widths = [self._width(column, [row[place] for row in rows]) for place, column in enumerate(columns)]
        if rows and any(column["total"] for column in columns[:2]):
            widths[0] = max(widths[0], len(self.say("xlsx.total")) + 2)  # the label cannot run into its neighbour
        for place, (column, width) in enumerate(zip(columns, widths, strict=True)):
            self._head(sheet, place, column)
            sheet.set_column(place, place, width)
        sheet.set_row(_HEAD_ROW, 2 * _LINE)
        accents = table["accents"] or [False] * len(rows)
        here = formulas.place(name, columns, _HEAD_ROW + 2, len(rows))
        for number, (row, accented) in enumerate(zip(rows, accents, strict=True), start=first):
            # Heights are said: readers that do not lay out again would print one text over the next.
            lines = [_lines(value, int(width)) for value, width in zip(row, widths, strict=True) if isinstance(value, str)]
            if max(lines, default=1) > 1:
                sheet.set_row(number, _LINE * max(lines))
            for place, (value, column) in enumerate(zip(row, columns, strict=True)):
                how = column.get("formula")
                formula = formulas.text(how, number + 1, here, self.places) if how else ""
                self._cell(sheet, number, place, value, column, formula, width=widths[place], accented=accented)
        if not rows:
            sheet.write_string(first, 0, self.say("show.no_rows"), self.style(font_color=_GREY))
            return
        sheet.freeze_panes(first, 1)
        sheet.autofilter(_HEAD_ROW, 0, last, len(columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A{first + 1}:{xl_col_to_name(len(columns) - 1)}{last + 1}"})
        for place, column in enumerate(columns):
            self._marks(sheet, place, column, first, last)
        if any(column["total"] for column in columns):
            self._totals(sheet, columns, first, last)
        if table["chart"]:
            self._chart(sheet, name, table, first, last)

    def _context(self, table: Mapping[str, Any]) -> str:
        opening = self.executed.opening
        as_of = opening["as_of"]
        pieces = [opening["office"]]
        if as_of:
            pieces.append(f"{self.say('show.as_of')} {self.say.moment(as_of) if 'T' in as_of else self.say.date(as_of)}")
        return " · ".join(piece for piece in (*pieces, _plain(table["note"])) if piece)

    def _head(self, sheet: Any, place: int, column: Mapping[str, Any]) -> None:
        title = f"{column['title']} ({column['unit']})" if column["unit"] else column["title"]
        align = {"text": "left", "flag": "center", "date": "center", "moment": "center", "year": "center"}.get(
            column["format"], "right"
        )
        shape = self.style(
            bold=True,
            text_wrap=True,
            align=align,
            valign="bottom",
            indent=_indent(place, column),
            bottom=2,
            bottom_color=_INK,
            bg_color="#F2F7FB",
        )
        sheet.write_string(_HEAD_ROW, place, title, shape)

    def _width(self, column: Mapping[str, Any], values: list[Any]) -> float:
        if column["width"]:
            return float(column["width"])
        unit = len(column["unit"]) + 3 if column["unit"] else 0
        # A head may break into two lines; the filter's button takes about three characters.
        head = max(max(map(len, column["title"].split()), default=0), (len(column["title"]) + unit) / 2) + 3
        widest = max((len(written(value, column, self.say)) for value in values[:2000]), default=0)
        total = len(written(column["sum"], column, self.say)) if column["total"] else 0
        return float(min(max(head + 1, widest + 3, total + 2, 8), _WIDEST))

    @cached_property
    def _dates(self) -> tuple[str, str]:
        day = "dd/mm/yyyy" if self.say.language == "vi" else "d mmm yyyy"
        return day, f"{day} hh:mm"

    def _number_format(self, column: Mapping[str, Any]) -> str:
        point = "." + "0" * column["decimals"] if column["decimals"] else ""
        match column["format"]:
            case "million":
                return f"#,##0{point},,"
            case "percent":
                return f"0{point}%"
            case "year":
                return "0"
            case "date":
                return self._dates[0]
            case "moment":
                return self._dates[1]
        return f"#,##0{point}"

    def _cell(
        self,
        sheet: Any,
        row: int,
        place: int,
        value: Any,
        column: Mapping[str, Any],
        formula: str,
        *,
        width: float,
        accented: bool,
    ) -> None:
        looks: dict[str, Any] = {"bottom": 1, "bottom_color": "#E4E8EC"}
        if accented:
            looks["bg_color"] = _ACTION_FILL
        kind = column["format"]
        if value is None:
            sheet.write_blank(row, place, None, self.style(**looks))
        elif kind == "flag":
            sheet.write_string(row, place, self.say("format.yes" if value else "format.no"), self.style(align="center", **looks))
        elif isinstance(value, str) and kind in ("date", "moment"):
            looks["num_format"] = self._number_format(column)
            sheet.write_datetime(row, place, datetime.fromisoformat(value), self.style(align="center", **looks))
        elif isinstance(value, str):
            wraps = _lines(value, int(width)) > 1
            sheet.write_string(
                row, place, value, self.style(align="left", text_wrap=wraps, indent=_indent(place, column), **looks)
            )
        else:
            if kind == "year":
                looks["align"] = "center"
            shape = self.style(num_format=self._number_format(column), **looks)
            if formula:
                sheet.write_formula(row, place, formula, shape, value)
            else:
                sheet.write_number(row, place, value, shape)

    def _marks(self, sheet: Any, place: int, column: Mapping[str, Any], first: int, last: int) -> None:
        # A conditional format must not bring a font of its own size: only colour and weight.
        shape = self.book.add_format({"font_color": _ACTION, "bold": True})
        for criterion, bound in ((">=", column["mark_from"]), ("<=", column["mark_to"])):
            if bound is not None:
                cell = xl_rowcol_to_cell(first, place)
                rule = {"type": "formula", "criteria": f"=AND(ISNUMBER({cell}),{cell}{criterion}{bound})", "format": shape}
                sheet.conditional_format(first, place, last, place, rule)

    def _totals(self, sheet: Any, columns: list[Mapping[str, Any]], first: int, last: int) -> None:
        row = last + 1
        for place, column in enumerate(columns):
            looks: dict[str, Any] = {"bold": True, "top": 2, "top_color": _INK}
            if column["total"]:
                letter = xl_col_to_name(place)
                # 109: the sum of the rows that the filter shows.
                formula = f"=SUBTOTAL(109,{letter}{first + 1}:{letter}{last + 1})"
                shape = self.style(num_format=self._number_format(column), **looks)
                sheet.write_formula(row, place, formula, shape, column["sum"])
            elif place == 0:
                sheet.write_string(row, place, self.say("xlsx.total"), self.style(**looks))
            else:
                sheet.write_blank(row, place, None, self.style(**looks))

    def _chart(self, sheet: Any, name: str, table: Mapping[str, Any], first: int, last: int) -> None:
        spec, columns = table["chart"], table["columns"]
        places = {column["name"]: place for place, column in reversed(list(enumerate(columns)))}
        shape, _, stacked = spec["kind"].rpartition("_")[::-1]
        chart = self.book.add_chart({"type": shape, "subtype": "stacked"} if stacked else {"type": shape})
        last = min(last, first + spec["rows"] - 1) if spec["rows"] else last
        category = places[spec["category"]]
        colours = spec["colours"] or _COLOURS
        for number, value in enumerate(spec["values"]):
            place = places[value]
            colour = colours[number % len(colours)]
            series: dict[str, Any] = {
                "name": columns[place]["title"],
                "categories": [name, first, category, last, category],
                "values": [name, first, place, last, place],
            }
            chart.add_series(
                series
                | ({"line": {"color": colour, "width": 2.25}} if shape == "line" else {"fill": {"color": colour}, "gap": 40})
            )
        heads = [columns[places[value]] for value in spec["values"]]
        units = {head["unit"] for head in heads}
        said = heads[0]["title"] if len(heads) == 1 else ""
        unit = units.pop() if len(units) == 1 else ""
        value_title = spec["value_title"] or (f"{said} ({unit})" if said and unit else said or unit)
        values_axis = {
            "name": value_title,
            "num_format": self._number_format({**heads[0], "decimals": 0}),
            "major_gridlines": {"visible": True, "line": {"color": _RULE}},
            "line": {"none": True},
            "min": 0,
        }
        names_axis: dict[str, Any] = {"name": columns[category]["title"], "num_font": {"size": 9}}
        if shape == "bar":  # Excel draws bars from the bottom up; people read from the top
            chart.set_x_axis(values_axis | {"label_position": "high"})
            chart.set_y_axis(names_axis | {"reverse": True})
        else:
            chart.set_x_axis(names_axis)
            chart.set_y_axis(values_axis)
        chart.set_title({"name": spec["title"], "name_font": {"size": 12, "color": _INK}, "overlay": False})
        if len(spec["values"]) > 1:
            chart.set_legend({"position": "bottom"})
        else:
            chart.set_legend({"none": True})
        height = max(320, 22 * (last - first + 1) + 110) if shape == "bar" else 360
        chart.set_size({"width": 640, "height": min(height, 1200)})
        sheet.insert_chart(_HEAD_ROW, len(columns) + 1, chart, {"description": spec["title"]})


def _indent(place: int, column: Mapping[str, Any]) -> int:
    """Text stands off from the number at its left."""
    return 1 if place and column["format"] == "text" else 0


def _plain(text: str) -> str:
    """Without the marks of strong words."""
    return re.sub(r"\*\*(\S(?:.*?\S)??)\*\*", r"\1", text)


def _lines(text: str, width: int) -> int:
    """About how many lines a text takes in a column of so many characters."""
    return max(1, -(-len(text) // int(width * 1.1)))  # widths count digits, and letters are narrower
