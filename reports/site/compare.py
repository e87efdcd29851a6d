"""What differs between two runs of one report: key figures, findings, and tables row by row. Pure.

`scripts/compare.js` works the same out in a reader's browser, for any two runs; a test holds the two together.

A row is known again by its *key*: those columns (names, addresses, years; at most three) by which most rows of the one table
are found in the other, each by a key that no other row of either has. Two values are the same when people read the same: a
number that differs behind the last digit that is shown does not count as changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Any

from reports.site.shown import Shown
from reports.texts import round_half_up

#: Formats of columns that can name a row.
_NAMING = frozenset({"text", "year", "date", "moment"})
#: Columns that are tried as a key: the first ones of a table say what its rows are about.
_TRIED = 8
_LARGEST_KEY = 3
#: Columns among which those are that name a row to a reader, beside its key.
_NAMED = 3
#: Powers of ten between a raw number and the one that is shown.
_SHIFTS = {"million": -6, "percent": 2}
_NUMBERS = frozenset({"int", "number", "years", "dong", "million", "percent"})
_FIGURE = re.compile(r"([-\u2212]?[0-9][0-9.,]*)(.*)", re.DOTALL)
_DIGITS = re.compile(r"[0-9]+(?:[.,][0-9]+)*")

Table = Mapping[str, Any]
Key = tuple[str, ...]


def compare(before: Shown, after: Shown) -> dict[str, Any]:
    """What differs, as JSON.

    | key | holds |
    |---|---|
    | `figures` | `label`, `before`, `after` (as written; None where there is none), `difference` ("" where it cannot be said) |
    | `findings` | `before`, `after` (None where there is none) |
    | `tables` | see `compare_tables`; those of one run alone have `before` or `after` False |
    """
    return {
        "figures": _figures(before["figures"], after["figures"], after["language"]),
        "findings": _findings(before["findings"], after["findings"]),
        "tables": [compare_tables(old, new) for old, new in _paired(before["tables"], after["tables"])],
    }


def is_same(found: Mapping[str, Any]) -> bool:
    """Whether a comparison found nothing that differs."""
    lines = [*found["figures"], *found["findings"]]
    return all(line["before"] == line["after"] for line in lines) and all(is_same_table(table) for table in found["tables"])


def is_same_table(table: Mapping[str, Any]) -> bool:
    whole = table["before"] and table["after"]
    return whole and not any(table[what] for what in ("columns_new", "columns_gone", "new", "gone", "changed"))


# Figures and findings ---------------------------------------------------------------------------------------------------


def _figures(before: Sequence[Any], after: Sequence[Any], language: str) -> list[dict[str, Any]]:
    pairs = _matched([label for _, label in before], [label for _, label in after])
    if len(before) == len(after):  # a label with a number in it, or in the plural now, is the same one in its place
        lost = {old for old, new in pairs if new is None}
        pairs = [(new if old is None and new in lost else old, new) for old, new in pairs]
        taken = {old for old, new in pairs if new is not None}
        pairs = [(old, new) for old, new in pairs if new is not None or old not in taken]
    found = []
    for old, new in pairs:
        was, now = None if old is None else before[old], None if new is None else after[new]
        held = now or was
        assert held is not None
        found.append(
            {
                "label": held[1],
                "before": was[0] if was else None,
                "after": now[0] if now else None,
                "difference": difference_of(was[0], now[0], language) if was and now else "",
            }
        )
    return found


def difference_of(before: str, after: str, language: str) -> str:
    """What lies between two numbers as written, with their unit: "+4", "−1,5 năm". "" for what are no numbers of one unit."""
    old, new = _FIGURE.fullmatch(before), _FIGURE.fullmatch(after)
    if not old or not new or old[2].rstrip("s") != new[2].rstrip("s"):  # year and years
        return ""
    try:
        low, high = _number(old[1], language), _number(new[1], language)
    except ArithmeticError:
        return ""
    if low == high:
        return ""
    decimals = max(-int(low.as_tuple().exponent), -int(high.as_tuple().exponent), 0)
    written = f"{abs(high - low):,.{decimals}f}"
    if language == "vi":
        written = written.translate(str.maketrans(",.", ".,"))
    return ("+" if high > low else "\u2212") + written + new[2]


def _number(text: str, language: str) -> Decimal:
    group, point = (".", ",") if language == "vi" else (",", ".")
    return Decimal(text.replace("\u2212", "-").replace(group, "").replace(point, "."))


def _findings(before: Sequence[str], after: Sequence[str]) -> list[dict[str, Any]]:
    same = _matched(before, after)
    used = {old for old, new in same if new is not None and old is not None}
    like = [None if place in used else _DIGITS.sub("#", text) for place, text in enumerate(before)]
    found = []
    for old, new in same:
        if new is None:
            continue
        if old is None and (mask := _DIGITS.sub("#", after[new])) in like:
            old = like.index(mask)
            like[old] = None
            used.add(old)
        found.append({"before": None if old is None else before[old], "after": after[new]})
    return found + [{"before": text, "after": None} for place, text in enumerate(before) if place not in used]


def _matched(before: Sequence[str], after: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Places of equal texts, each taken once, in the order of `after`; then what is left of `before`."""
    left = list(range(len(before)))
    pairs: list[tuple[int | None, int | None]] = []
    for new, text in enumerate(after):
        old = next((place for place in left if before[place] == text), None)
        if old is not None:
            left.remove(old)
        pairs.append((old, new))
    return pairs + [(place, None) for place in left]


# Tables -----------------------------------------------------------------------------------------------------------------


def _paired(before: Sequence[Table], after: Sequence[Table]) -> Iterator[tuple[Table | None, Table | None]]:
    """Tables of one sheet; of several with one name the first with the first."""
    places = _matched([table["sheet"] for table in before], [table["sheet"] for table in after])
    for old, new in places:
        yield None if old is None else before[old], None if new is None else after[new]


def compare_tables(before: Table | None, after: Table | None) -> dict[str, Any]:
    """What differs between a table of two runs.

    | key | holds |
    |---|---|
    | `sheet`, `title`, `columns` | of the newer one |
    | `before`, `after` | whether there was such a table |
    | `columns_new`, `columns_gone` | titles of columns of one alone |
    | `key` | places of the columns by which rows are known again |
    | `named` | places of the columns that tell a reader which row it is: the key, and texts at the beginning |
    | `same` | how many rows are |
    | `new`, `gone` | rows, in the order of `columns` |
    | `changed` | `before`, `after`: rows in the order of `columns`; `cells`: places of what differs |
    """
    held = after or before
    assert held is not None
    columns = held["columns"]
    old = _in_order(before, columns) if before else []
    new = _in_order(after, columns) if after else []
    named = [{column["name"] for column in table["columns"]} if table else set() for table in (before, after)]
    compared = [place for place, column in enumerate(columns) if all(column["name"] in names for names in named)]
    found: dict[str, Any] = {
        "sheet": held["sheet"],
        "title": held["title"],
        "columns": columns,
        "before": before is not None,
        "after": after is not None,
        "columns_new": _of_one(after, named[0]) if before else [],
        "columns_gone": _of_one(before, named[1]) if after else [],
        "key": [],
        "named": [],
        "same": 0,
        "new": new,
        "gone": old,
        "changed": [],
    }
    if before is None or after is None:
        return found
    seen_old, seen_new = (
        [[seen(value, column) for value, column in zip(row, columns, strict=True)] for row in rows] for rows in (old, new)
    )
    found["key"] = key = _key(seen_old, seen_new, [place for place in compared if columns[place]["format"] in _NAMING][:_TRIED])
    texts = [place for place, column in enumerate(columns[:_NAMED]) if column["format"] == "text"]
    found["named"] = sorted({*key, *texts[:2]})
    old_keys, new_keys = _keys(seen_old, key), _keys(seen_new, key)
    at_old = {row_key: place for place, row_key in enumerate(old_keys)}
    known = set(new_keys)
    found["new"] = [row for row, row_key in zip(new, new_keys, strict=True) if row_key not in at_old]
    found["gone"] = [row for row, row_key in zip(old, old_keys, strict=True) if row_key not in known]
    for place, row_key in enumerate(new_keys):
        if row_key not in at_old:
            continue
        was = at_old[row_key]
        cells = [cell for cell in compared if seen_old[was][cell] != seen_new[place][cell]]
        if cells:
            found["changed"].append({"before": old[was], "after": new[place], "cells": cells})
        else:
            found["same"] += 1
    return found


def _in_order(table: Table, columns: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """The table's rows with their values where `columns` has them; None for a column that it lacks."""
    places = {column["name"]: place for place, column in enumerate(table["columns"])}
    return [[row[places[column["name"]]] if column["name"] in places else None for column in columns] for row in table["rows"]]


def _of_one(table: Table | None, others: set[str]) -> list[str]:
    return [column["title"] for column in table["columns"] if column["name"] not in others] if table else []


def seen(value: Any, column: Mapping[str, Any]) -> str:
    """A value to the digits that are shown, the same for what people read as the same."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if column["format"] not in _NUMBERS:
            return rounded(value, 6)
        return rounded(value, column["decimals"], _SHIFTS.get(column["format"], 0))
    return str(value)


def step(before: Any, after: Any, column: Mapping[str, Any]) -> Decimal | None:
    """What lies between two values as they are shown (in millions, percent); None for what are no numbers."""
    if column["format"] not in _NUMBERS:
        return None
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in (before, after)):
        return None
    return Decimal(seen(after, column)) - Decimal(seen(before, column))


def rounded(value: int | float, decimals: int, shift: int = 0) -> str:
    """A number times ten to the power of `shift`, half away from zero: as documents write it, without groups."""
    number = Decimal(value) if isinstance(value, int) else Decimal(repr(value))
    text = f"{round_half_up(number.scaleb(shift), decimals):f}"
    return text.lstrip("-") if not text.strip("-0.") else text


def _key(before: list[list[str]], after: list[list[str]], candidates: Sequence[int]) -> list[int]:
    best: tuple[int, ...] = tuple(candidates)
    most = 0
    for size in range(1, _LARGEST_KEY + 1):
        for chosen in combinations(candidates, size):
            old, new = (_alone_with(rows, chosen) for rows in (before, after))
            if (common := len(old & new)) > most:
                best, most = chosen, common
        if most == min(len(before), len(after)):
            break
    return list(best)


def _alone_with(rows: list[list[str]], key: Sequence[int]) -> set[Key]:
    """Keys that one row alone has."""
    times = Counter(tuple(row[place] for place in key) for row in rows)
    return {key for key, count in times.items() if count == 1}


def _keys(rows: list[list[str]], key: Sequence[int]) -> list[Key]:
    """Each row's key; where rows share one, they are told apart by their order."""
    times: Counter[Key] = Counter()
    keys = []
    for row in rows:
        base = tuple(row[place] for place in key)
        keys.append((*base, str(times[base])))
        times[base] += 1
    return keys
