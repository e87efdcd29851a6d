"""A plan in sentences: what is short, what changed against the one before, and why one thing is in it or not.

Every function gives texts of `say` in which **this** is strong; none of them shows anything.

Estimates go by the price of money (what one more dong of a year saves by the linear relaxation) and are there at once. What was
solved again is as sure as the plans are: sums that the searches leave open (`Plan.gap`) are said to be no difference.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from analysis import words
from analysis.replacement import Plan
from analysis.replacement.explanations import Asked, NetValue
from reports.texts import Say

#: So many things of a kind are named in one sentence.
NAMED = 5
#: Less than this is shown as nothing: sums are written in millions with one decimal.
NOTHING = 50_000
#: Rules that a plan itself names as the reason why something is left out.
_RULES = {"instead": "alternatives", "order": "before", "together": "bundles"}


def called(items: pd.DataFrame, offices: pd.DataFrame, say: Say) -> dict[str, str]:
    """By name, what a thing is and where: "Máy in HP P2055dn, Xã Nhỏ (10.9.0.4)"."""
    told = words.plan(words.with_offices(items, offices, say), say)
    rows = zip(told["name"], told["thing"], told["office_name"], told["address"], strict=True)
    return {
        name: ", ".join(str(one) for one in (thing, place) if pd.notna(one)) + (f" ({address})" if pd.notna(address) else "")
        for name, thing, place, address in rows
    }


# -- the whole plan --------------------------------------------------------------------------------------------------------


def shortages(plan: Plan, names: Mapping[str, str], offices: Mapping[str, str], say: Say) -> list[str]:
    """What the money lacks for what is mandatory, offices below their minimum, and claims that are not met."""
    found = []
    first, lack = plan.candidates.first_year, plan.shortage
    if lack is not None:
        for t, dong in enumerate(lack.dong):
            if dong:
                things = _listed([plan.instance.names[group] for group, _ in lack.because[t]], names, say)
                found.append(say("what_if.short", year=first + t, lacking=dong, things=things))
        if lack.never:
            found.append(say("what_if.never", things=_listed([plan.instance.names[g] for g in lack.never], names, say)))
    for office, missing in plan.below_minimum.items():
        found.append(say("what_if.below_minimum", office=offices.get(office, office), count=missing))
    if claims := plan.solution.short.sums[2]:
        found.append(say("what_if.claims", lacking=claims))
    return found


def accuracy(plan: Plan, say: Say) -> str:
    """How near the plan is to the best one."""
    lost = plan.bound_vnd - plan.saved_vnd
    return say("what_if.accuracy", gap=plan.gap, lost=lost) if lost >= NOTHING else say("what_if.best")


def changed(before: Plan, after: Plan) -> pd.DataFrame:
    """Things that came, went, or are bought in another year: items of `after` with `change` and `year_before`."""
    old = before.items.set_index("name")["year"].dropna()
    items = after.items.assign(year_before=after.items["name"].map(old).astype("Int64"))
    came, went = items["year_before"].isna() & items["year"].notna(), items["year_before"].notna() & items["year"].isna()
    moved = items["year_before"].notna() & items["year"].notna() & (items["year_before"] != items["year"]).fillna(False)
    change = pd.Series(pd.NA, index=items.index, dtype="string").mask(came, "came").mask(went, "went").mask(moved, "moved")
    found = items.assign(change=change)[change.notna()]
    order = {"came": 0, "went": 1, "moved": 2}
    return found.sort_values(["change", "saved_vnd"], key=lambda v: v.map(order) if v.name == "change" else -v, kind="stable")


def told_changes(before: Plan | None, after: Plan, changes: pd.DataFrame, say: Say) -> str:
    """One sentence about what changed against the answer before."""
    if before is None:
        return ""
    if changes.empty:
        return say("what_if.unchanged")
    counts = changes["change"].value_counts()
    more = after.saved_vnd - before.saved_vnd
    return say(
        "what_if.changed",
        **{change: int(counts.get(change, 0)) for change in ("came", "went", "moved")},
        how=say("what_if.saves_more" if more >= 0 else "what_if.saves_less", saved=abs(more)),
    )


# -- one thing -------------------------------------------------------------------------------------------------------------


def standing(plan: Plan, name: str, names: Mapping[str, str], say: Say) -> list[str]:
    """What is known without solving again: in or out, for which reasons, what speaks for it."""
    row = plan.items[plan.items["name"] == name].iloc[0]
    why = say(f"replacement_plan.why.{row['why']}")
    if pd.notna(row["year"]):
        found = [say("what_if.is_in", thing=names[name], year=int(row["year"]), cost=int(row["cost_vnd"]), why=why)]
    else:
        found = [say("what_if.is_out", thing=names[name], why=why)]
    if reasons := words.reasons(pd.Series([row["reasons"]]), say).iloc[0]:
        found.append(f"{reasons}.")
    return found


def why(plan: Plan, name: str, asked: Asked, names: Mapping[str, str], say: Say) -> list[str]:
    """Why it is in, why not, why in that year: by the price of money, by rules, by solving without (or with) it."""
    found, first = [], plan.candidates.first_year
    year = plan.items.set_index("name")["year"][name]
    shown = None if pd.isna(year) else int(year) - first
    members = plan.groups[plan.group_of(name)]
    values = asked.net_values
    here = next((value for value in values if value.year == shown), values[0] if values else None)
    if here is not None:
        found.append(_worth(here, first, say))
    better: list[NetValue] = []
    if here is not None and shown is not None:
        better = [value for value in values if value.net > here.net + NOTHING]
        if worse := [value for value in values if value.net < here.net - NOTHING]:
            found.append(say("what_if.other_years", years=_years(worse, here, first, say)))
        if better:
            found.append(say("what_if.better_years", years=_years(better, here, first, say)))
    if len(members) > 1:
        bought = int(plan.solution.bought[plan.group_of(name)].sum())
        found.append(say("what_if.alike", count=len(members), bought=bought))
    if (asked.year is None) != (shown is None):
        if len(members) == 1:
            found.append(say("what_if.tie", within=_open(plan, asked)))
        return found
    told, close = _otherwise(plan, asked, say)
    found.append(told)
    if not close and (shown is None or better):  # what is too close to call is no rule's doing
        if asked.rule is not None:
            found.append(say("what_if.by_rule", rule=say.word("what_if.rule", asked.rule)))
        elif shown is None and asked.loses_with_it is not None:
            found.append(say("what_if.by_money"))
    if asked.swap is not None:
        found.append(_swap(plan, name, asked, names, say))
    return found


def price(plan: Plan, name: str, asked: Asked, say: Say) -> list[str]:
    """At which price it would enter: the estimate, and what solving again finds; and what it would have to save."""
    if asked.year is not None:
        return [say("what_if.already")]
    if held := _held(plan, name, asked, say):
        return held
    found, first = [], plan.candidates.first_year
    worth = [value for value in asked.net_values if value.price > 0]
    if worth:
        best = max(worth, key=lambda value: value.enters_below / value.cost)
        if best.enters_below >= best.cost:
            found.append(say("what_if.on_the_edge"))
        else:
            if best.enters_below > 0:
                found.append(say("what_if.enters_below", below=best.enters_below, cost=best.cost, year=first + best.year))
            needed = max(worth, key=lambda value: value.net)
            told = {"saving": needed.price * needed.cost, "saves": needed.saves, "year": first + needed.year}
            found.append(say("what_if.enters_saving", **told))
    solved = asked.enters_below
    if solved is None:
        found.append(say("what_if.no_price"))
    else:
        found.append(say("what_if.solved_price", dong=solved.dong, not_yet=solved.not_yet, year=first + solved.year))
    return found


def money(plan: Plan, name: str, asked: Asked, say: Say) -> list[str]:
    """With how much more money it would enter: enough to buy it beside everything else, and where it earns its place."""
    if asked.year is not None:
        return [say("what_if.already")]
    if not asked.net_values:
        return [say("what_if.no_year")]
    if held := _held(plan, name, asked, say):
        return held
    found, first = [], plan.candidates.first_year
    best = asked.net_values[0]
    spent = asked.instance.spent(asked.plan.bought)
    left = asked.instance.money[best.year] - spent[best.year]
    if asked.instance.carry_over:
        left = min(sum(asked.instance.money[: t + 1]) - sum(spent[: t + 1]) for t in range(best.year, asked.instance.years))
    if best.cost > left:
        found.append(say("what_if.beside", year=first + best.year, more=best.cost - left))
    about = asked.enters_about(best.year)
    if about is None:
        found.append(say("what_if.no_money", year=first + best.year))
    else:
        found.append(say("what_if.enters_above", year=first + best.year, more=about.dong - asked.instance.money[best.year]))
    return found


def _held(plan: Plan, name: str, asked: Asked, say: Say) -> list[str]:
    """The rule that holds a thing out whose price and money are not in question: the plan says so itself, or it is worth more
    than its money elsewhere."""
    rule = _RULES.get(plan.items.set_index("name")["why"][name])
    if rule is None and asked.net_values and asked.net_values[0].net > _open(plan, asked):
        rule = asked.rule
    return [say("what_if.by_rule", rule=say.word("what_if.rule", rule))] if rule else []


def _worth(value: NetValue, first: int, say: Say) -> str:
    told = {"year": first + value.year, "saves": value.saves, "cost": value.cost}
    if value.price <= 0:
        return say("what_if.worth_free", **told)
    if abs(value.net) < NOTHING:
        return say("what_if.worth_even", price=value.price, **told)
    key = "what_if.worth_more" if value.net >= 0 else "what_if.worth_less"
    return say(key, price=value.price, net=abs(value.net), **told)


def _years(values: Sequence[NetValue], here: NetValue, first: int, say: Say) -> str:
    ordered = sorted(values, key=lambda value: value.year)
    return say.listing(say("what_if.by_year", year=first + v.year, dong=abs(here.net - v.net)) for v in ordered)


def _open(plan: Plan, asked: Asked) -> float:
    """Dong that the searches leave open between two plans."""
    return max(plan.bound_vnd - plan.saved_vnd, asked.plan.bound - asked.plan.benefit, 0.0)


def _otherwise(plan: Plan, asked: Asked, say: Say) -> tuple[str, bool]:
    """What the whole plan loses when the decision is the other one; and whether that is too little to tell."""
    other = asked.without_it if asked.year is not None else asked.with_it
    loses = asked.loses(other)
    if loses is None or other is None:
        return say("what_if.must" if asked.year is not None else "what_if.forbidden"), False
    within = max(_open(plan, asked), other.bound - other.benefit)
    if loses <= within:
        return say("what_if.close", within=_above(within)), True
    key = "what_if.without" if asked.year is not None else "what_if.with_it"
    return say(key, loses=loses, within=_above(within)), False


def _above(dong: float) -> int:
    """Rounded up to a hundred thousand dong, as it is shown."""
    return max(math.ceil(dong / 100_000), 1) * 100_000


def _swap(plan: Plan, name: str, asked: Asked, names: Mapping[str, str], say: Say) -> str:
    """The fewest changes that make room for it."""
    assert asked.swap is not None
    first = plan.candidates.first_year
    when = next(t for group, t, _ in asked.swap.comes if group == asked.item)
    years = plan.items.set_index("name")["year"]

    def which(moves: Sequence[tuple[int, int, int]], *, leaving: bool) -> str:
        told = []
        for group, t, count in moves:
            if group == asked.item:
                continue
            there = [plan.candidates.things[i].name for i in plan.groups[group]]
            there = [n for n in there if n != name and (years[n] == first + t if leaving else pd.isna(years[n]))] or there
            told += [say("what_if.in_year", thing=names[n], year=first + t) for n in there[:count]]
        return _shortened(told, say)

    leaves, comes = which(asked.swap.leaves, leaving=True), which(asked.swap.comes, leaving=False)
    told = {"year": first + when, "leaves": leaves, "comes": comes, "how": _lost(asked.swap.loses, say)}
    if not leaves:
        return say("what_if.swap_alone", **told)
    return say("what_if.swap_both" if comes else "what_if.swap", **told)


def _lost(loses: float, say: Say) -> str:
    return say("what_if.saves_less" if loses >= 0 else "what_if.saves_more", saved=abs(loses))


def _listed(found: Sequence[str], names: Mapping[str, str], say: Say) -> str:
    return _shortened([names[name] for name in found], say)


def _shortened(told: Sequence[str], say: Say) -> str:
    rest = len(told) - NAMED
    return say.listing([*told[:NAMED], *([say("what_if.and_more", count=rest)] if rest > 0 else [])])
