"""Tables of a plan on the desk: what is bought, and what changed against the plan before."""

from __future__ import annotations

import pandas as pd

from analysis import words
from analysis.replacement import Plan
from reports import markup
from reports.tables import Column, table_payload
from reports.texts import Say


def plan_table(plan: Plan, offices: pd.DataFrame, say: Say) -> str:
    """What is bought, by year and by what it saves per dong."""
    payload = table_payload(
        words.plan(words.with_offices(plan.chosen, offices, say), say),
        [
            Column("year", say("column.year"), "year"),
            Column("office_name", say("column.office")),
            Column("thing", say("column.thing")),
            Column("address", say("column.address")),
            Column("cost_vnd", say("column.price"), "dong", total=True),
            Column("saved_vnd", say("replacement_plan.column_saved"), "million"),
            Column("reasons_words", say("column.reasons")),
        ],
        say,
        sheet=say("replacement_plan.sheet_plan"),
        title=say("replacement_plan.plan_table"),
        note=say("replacement_plan.plan_note"),
    )
    return _rolling(markup.table(payload, say), 36)


def changes_table(changes: pd.DataFrame, offices: pd.DataFrame, say: Say) -> str:
    """`changes`: `plan_answers.changed`."""
    told = words.plan(words.with_offices(changes, offices, say), say)
    payload = table_payload(
        told,
        [
            Column("change", say("column.change"), words="what_if.change"),
            Column("thing", say("column.thing")),
            Column("office_name", say("column.office")),
            Column("address", say("column.address")),
            Column("year_before", say("what_if.year_before"), "year"),
            Column("year", say("what_if.year_now"), "year"),
            Column("cost_vnd", say("column.price"), "dong"),
        ],
        say,
        sheet=say("column.change"),
        title=say("what_if.changes"),
        note=say("what_if.changes_note"),
    )
    return _rolling(markup.table(payload, say), 22)


def _rolling(table: str, height: int) -> str:
    """A long table in a box of so many lines' height to roll through."""
    return f'<div style="max-height: {height}em; overflow: auto">{table}</div>'
