"""Days and years that are told by when a report runs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.parameters import parse
from reports.schedule.periods import period, resolved

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
DECLARED = parse(
    """
as_of: str = ""  # <date> Ngày | Day
first_year: int = 0  # <year> [0..2100] Năm | Year
years: list[int] = [2026]  # <year> Các năm | Years
office: str = ""  # <office> Đơn vị | Office
title: str = ""  # Tên | Title
"""
)


def day(text: str, today: date) -> date:
    found = period(text, today)
    assert found is not None, text
    return found.day


@pytest.mark.parametrize(
    ("text", "today", "wanted"),
    [
        ("last month", date(2028, 3, 31), date(2028, 2, 29)),
        ("Tháng  trước", date(2027, 3, 1), date(2027, 2, 28)),
        ("thang truoc", date(2027, 1, 1), date(2026, 12, 31)),
        ("start of last month", date(2028, 3, 31), date(2028, 2, 1)),
        ("đầu tháng trước", date(2028, 3, 31), date(2028, 2, 1)),
        ("cuối tháng này", date(2028, 2, 1), date(2028, 2, 29)),
        ("last quarter", date(2026, 1, 1), date(2025, 12, 31)),
        ("quý này", date(2026, 11, 30), date(2026, 12, 31)),
        ("năm ngoái", date(2026, 1, 1), date(2025, 12, 31)),
        ("start of this year", date(2026, 12, 31), date(2026, 1, 1)),
        ("yesterday", date(2028, 3, 1), date(2028, 2, 29)),
        ("last week", date(2026, 1, 1), date(2025, 12, 28)),
        ("this month - 12", date(2028, 2, 29), date(2027, 2, 28)),
        ("next year + 1", date(2028, 2, 29), date(2030, 12, 31)),
    ],
)
def test_a_phrase_is_the_last_day_of_its_period_or_the_first_where_it_says_so(text, today, wanted):
    assert day(text, today) == wanted


@settings(deadline=None)
@given(DAYS)
def test_periods_follow_one_another_without_a_gap(today):
    for unit in ("week", "month", "quarter", "year"):
        last, this, following = (period(f"{which} {unit}", today) for which in ("last", "this", "next"))
        assert this.first <= today <= this.last
        assert last.last + timedelta(days=1) == this.first
        assert this.last + timedelta(days=1) == following.first
        assert day(f"end of last {unit}", today) == last.last < day(f"start of this {unit}", today)


@settings(deadline=None)
@given(DAYS, st.integers(-24, 24))
def test_so_many_months_later_is_one_month_later_so_many_times(today, count):
    found = period(f"this month {'+' if count >= 0 else '-'} {abs(count)}", today)
    months = found.first.year * 12 + found.first.month - today.year * 12 - today.month
    assert months == count
    assert found.first.day == 1


def test_a_parameter_takes_what_it_is_for():
    values = {
        "as_of": "tháng trước",
        "first_year": "next year",
        "years": "this year .. +4",
        "office": "last month",
        "title": "năm nay",
    }
    assert resolved(DECLARED, values, date(2026, 12, 31)) == {
        "as_of": "2026-11-30",
        "first_year": 2027,
        "years": [2026, 2027, 2028, 2029, 2030],
        "office": "last month",
        "title": "năm nay",
    }


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("last year .. next year", [2025, 2026, 2027]),
        ("2024 .. năm nay", [2024, 2025, 2026]),
        ("năm nay", [2026]),
        (["this year", "2030", "this year + 6"], [2026, "2030", 2032]),
        ("2026; 2027", "2026; 2027"),
        ("next year .. last year", "next year .. last year"),
    ],
)
def test_lists_of_years(given, wanted):
    assert resolved(DECLARED, {"years": given}, date(2026, 5, 1)) == {"years": wanted}


def test_what_is_no_phrase_stays_as_it_is_for_the_contract_to_refuse():
    for text in ("last mnth", "31/12/2026", "", "month", "this year +", "tháng"):
        assert resolved(DECLARED, {"as_of": text}, date(2026, 5, 1)) == {"as_of": text}
