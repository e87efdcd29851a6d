"""Frames with words beside their codes, for tables that people read: `say` gives the words, the codes stay in their columns."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

import pandas as pd

from analysis.labels import capital
from analysis.replacement.planned import Plan
from analysis.tables import code
from inventory.lifecycle.policies import Policies

_DEVICE = re.compile(r"\bD\d{5,}\b")


class Say(Protocol):
    """Who speaks the reader's language: texts by key, and the word for a kind of device."""

    def __call__(self, key: str, /, **values: object) -> str: ...

    def kind(self, kind: object, count: int | None = None) -> str: ...

    def word(self, section: str, value: object) -> str: ...

    def told(self, detail: str) -> str: ...

    def percent(self, share: object, decimals: int = 0) -> str: ...


def with_offices(frame: pd.DataFrame, offices: pd.DataFrame, say: Say, *, column: str = "office") -> pd.DataFrame:
    """Beside an office's code its name: `office_name`; the code where the name is not known."""
    names = dict(zip(offices["office"], offices[say("figures.office_column")].fillna(offices["name_vi"]), strict=True))
    return frame.assign(office_name=frame[column].map(names).astype("string").fillna(frame[column]))


def with_devices(frame: pd.DataFrame, devices: pd.DataFrame, columns: tuple[str, ...] = ("sys_name", "address")) -> pd.DataFrame:
    """Columns of `devices` beside a frame that names devices; what the frame has already stays."""
    wanted = ["device", *(name for name in columns if name not in frame)]
    return frame.merge(devices[wanted], on="device", how="left")


def with_things(frame: pd.DataFrame, say: Say) -> pd.DataFrame:
    """One column `thing` that says what a device is: kind, vendor, model."""
    parts = zip(frame["kind"], frame["vendor"], frame["model"], strict=True)
    things = [" ".join(filter(None, (say.kind(kind), code(vendor), code(model)))) for kind, vendor, model in parts]
    return frame.assign(thing=pd.Series([capital(text) for text in things], index=frame.index, dtype="string"))


def told(frame: pd.DataFrame, say: Say, *columns: str) -> pd.DataFrame:
    """A frame whose columns of packed sentences (dtype told) are said."""
    return frame.assign(**{name: frame[name].map(say.told, na_action="ignore").astype("string") for name in columns})


_GRAVEST = {"high": 0, "medium": 1, "low": 2}


def gravest_first(values: pd.Series) -> pd.Series:
    """A key to sort by: severities by how bad they are, anything else as it is."""
    return values.map(_GRAVEST) if values.isin(list(_GRAVEST)).all() and len(values) else values


def listed(values: pd.Series, names: Mapping[str, str], between: str = ",") -> pd.Series:
    """Codes in one text, such as `D00001,D00002`, as the names that people know them by; a code where there is none."""

    def said(codes: object) -> str | None:
        return ", ".join(names.get(part, part) for part in code(codes).split(between) if part) or None

    return values.map(said).astype("string")


def end(devices: pd.Series, ports: pd.Series, names: Mapping[str, str]) -> pd.Series:
    """A device and its port in one text, as far as they are known."""
    named = devices.map(names).astype("string").fillna(devices)
    said = (named.fillna("") + " " + ports.fillna("")).str.strip()
    return said.mask(said == "").astype("string")


def places(offices: pd.Series, ends: pd.Series) -> pd.Series:
    """An office's name and an end in it in one text."""
    return (offices.fillna("") + " · " + ends.fillna("")).str.strip(" ·").astype("string")


def goals(frame: pd.DataFrame, say: Say) -> pd.DataFrame:
    """A `readiness` frame with `goal_words`: both goals in one text."""
    parts = [
        say.word("goal_short", goal) + ": " + frame[f"{goal}_ready"].map(lambda ready: say.word("ready", ready)).astype("string")
        for goal in ("documents", "mail")
    ]
    return frame.assign(goal_words=parts[0] + "; " + parts[1])


def ages(frame: pd.DataFrame, say: Say) -> pd.DataFrame:
    """An `ages` or `component_ages` frame with `basis_words`, `contradiction_words`, and the whole in one: `age_words`."""

    def basis(keys: object, between: str = ", ") -> str:
        found = [key for key in code(keys).split(",") if key]
        # being in a device, or having been seen, adds nothing to what else is told
        said = [key for key in found if key not in ("device", "first_seen")] or found
        return between.join(say(f"evidence.{key}") for key in said)

    def against(pairs: object) -> str:
        sides = [pair.split("|") for pair in code(pairs).split(",") if pair]
        return "; ".join(say("evidence.against", a=say(f"evidence.{a}"), b=say(f"evidence.{b}")) for a, b in sides)

    def whole(row: Mapping[Hashable, Any]) -> str:
        interval = {"low": row["years_low"], "high": row["years_high"], "basis": basis(row["basis"], say("aged.between"))}
        if pd.isna(row["years"]):
            return say("aged.unknown" if interval["basis"] else "aged.bare", **interval)
        return say("aged.known", years=row["years"], **interval)

    said = [whole(row) for row in frame[["years", "years_low", "years_high", "basis"]].to_dict("records")]
    return frame.assign(
        basis_words=frame["basis"].map(basis).astype("string"),
        contradiction_words=frame["contradiction"].map(against).astype("string"),
        age_words=pd.Series(said, index=frame.index, dtype="string"),
    )


def evidence(frame: pd.DataFrame, say: Say) -> pd.DataFrame:
    """A frame of counts by kind of evidence with `evidence`, its words."""
    said = [say(f"evidence.{key}") for key in frame["basis"]]
    return frame.assign(evidence=pd.Series([capital(text) for text in said], index=frame.index, dtype="string"))


def parts(frame: pd.DataFrame, say: Say) -> pd.DataFrame:
    """A `component_ages` frame with `part_words` and what `ages` adds."""
    said = [say.word("aged_part", part) for part in frame["part"]]
    said = [capital(text) for text in said]
    return ages(frame.assign(part_words=pd.Series(said, index=frame.index, dtype="string")), say)


def speed(bits: int, say: Say) -> str:
    """1000000000 -> 1 Gbit/s, in the largest unit that keeps it whole."""
    for unit, size in (("Gbit/s", 10**9), ("Mbit/s", 10**6), ("kbit/s", 10**3)):
        if bits and bits % size == 0:
            return f"{say('figures.number', n=bits // size)} {unit}"
    return f"{say('figures.number', n=bits)} bit/s"


def changes(
    rows: pd.DataFrame, say: Say, offices: pd.DataFrame | None = None, devices: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Rows of `changes` whose field and values are in words: `field_words`, `before_words`, `after_words`, and
    the three in one, `value_words`.

    With `offices` their names stand for their codes, with `devices` the names of those that have one for their ids.
    """
    places: dict[str, str] = {}
    if offices is not None:
        places = dict(zip(offices["office"], offices[say("figures.office_column")].fillna(offices["name_vi"]), strict=True))
    names: dict[str, str] = {}
    if devices is not None:
        names = {str(row["device"]): code(row["sys_name"]) or code(row["address"]) for row in devices.to_dict("records")}

    def value(text: object, field: object) -> str:
        plain = code(text)
        if plain.lower() in ("true", "false", "yes", "no"):
            return say(f"format.{'yes' if plain.lower() in ('true', 'yes') else 'no'}")
        if field == "speed_bps" and plain.isdecimal():
            return speed(int(plain), say)
        if field == "kind" and plain:
            return say.kind(plain)
        if field == "office":
            return places.get(plain) or plain
        return _DEVICE.sub(lambda found: names.get(found[0]) or found[0], plain)

    def told(column: str) -> pd.Series:
        values = [value(text, code(field)) for text, field in zip(rows[column], rows["field"], strict=True)]
        return pd.Series(values, index=rows.index, dtype="string")

    fields = rows["field"].map(lambda field: say.word("field", field) if code(field) else "").astype("string")
    before, after = told("before"), told("after")
    whole = [
        ": ".join(filter(None, (field, " → ".join(filter(None, sides)))))
        for field, *sides in zip(fields, before, after, strict=True)
    ]
    return rows.assign(
        field_words=fields,
        before_words=before,
        after_words=after,
        value_words=pd.Series(whole, index=rows.index, dtype="string"),
    )


def reasons(column: pd.Series, say: Say, *, without: frozenset[str] = frozenset()) -> pd.Series:
    """A plan's `reasons` as sentences, but for keys that other columns tell; dates come back as dates."""

    def speak(text: str) -> str:
        sentences = []
        for key, values in json.loads(text):
            if key in without:
                continue
            if "end" in values:
                values["end"] = date.fromisoformat(values["end"])
            sentences.append(say(f"replacement_plan.reason.{key}", **values))
        spoken = "; ".join(sentences)
        return capital(spoken)

    return column.map(speak).astype("string")


def plan(items: pd.DataFrame, say: Say) -> pd.DataFrame:
    """A plan's items with `reasons_words` and `why_words`."""
    why = items["why"].map(lambda key: say(f"replacement_plan.why.{key}")).astype("string")
    told = frozenset({"people", "risk"})  # these have columns of their own
    items = items.assign(
        reasons_words=reasons(items["reasons"], say, without=told), why_words=why.str[:1].str.upper() + why.str[1:]
    )
    return things_of_plan(items, say)


def things_of_plan(items: pd.DataFrame, say: Say) -> pd.DataFrame:
    """One column `thing`: a device, a part of which device, or what an office lacks. Needs kind, vendor, model, part, item."""
    return _with_parts(with_things(items, say), say)


def plan_by_office(items: pd.DataFrame, years: pd.DataFrame) -> pd.DataFrame:
    """Money by office and year: office_name, a column for each year (its number as a name), all; the dearest office first.
    `items`: a plan's with `office_name`."""
    chosen = items[items["year"].notna()]
    named = [int(year) for year in years["year"]]
    table = chosen.pivot_table(index="office_name", columns="year", values="cost_vnd", aggfunc="sum", fill_value=0)
    table = table.reindex(columns=named, fill_value=0).fillna(0).astype("Int64")
    table.columns = [str(year) for year in named]
    table = table.assign(all=table.sum(axis=1).astype("Int64")).rename_axis("office_name").reset_index()
    return table.sort_values(["all", "office_name"], ascending=[False, True], ignore_index=True)


#: So many things are named in a sentence about what is short; the others are counted by "…".
_NAMED = 6


def plan_shortfalls(found: Plan, items: pd.DataFrame, offices: pd.DataFrame, say: Say) -> list[str]:
    """What the money cannot do, in sentences: what is mandatory, year by year, and offices below their minimum.
    `items`: the plan's with `thing` and `office_name`."""
    things = dict(zip(items["name"], items["thing"] + " (" + items["office_name"].fillna("") + ")", strict=True))

    def listed(groups: Sequence[int]) -> str:
        names = [things[found.candidates.things[i].name] for group in groups for i in found.groups[group]]
        return "; ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")

    sentences = []
    short = found.shortage
    if short is not None:
        for t, (missing, because) in enumerate(zip(short.dong, short.because, strict=True)):
            if missing:
                year = found.candidates.first_year + t
                named = listed([group for group, _ in because])
                sentences.append(say("replacement_plan.finding_lacking", year=year, short=missing, things=named))
        if short.never:
            count = sum(len(found.groups[group]) for group in short.never)
            sentences.append(say("replacement_plan.finding_never", count=count, things=listed(short.never)))
    below = found.below_minimum
    if below:
        codes = pd.DataFrame({"office": pd.Series(sorted(below), dtype="string")})
        names = with_offices(codes, offices, say)["office_name"].tolist()
        named = ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
        within = min(found.terms.minimum_within, found.terms.years)
        sentences.append(say("replacement_plan.finding_minimum", count=len(below), years=within, offices=named))
    return sentences


def prices(policies: Policies, say: Say, language: str) -> pd.DataFrame:
    """The price list in words: thing, vnd, limit_vnd (the most that a rule allows), source, verified; devices, then parts."""
    rows = [(say.kind(kind), price, policies.price_limits.get(kind)) for kind, price in policies.prices.items()]
    rows += [(say.word("risk_part", part), price, None) for part, price in policies.part_prices.items()]
    return pd.DataFrame(
        {
            "thing": pd.Series([capital(name) for name, _, _ in rows], dtype="string"),
            "vnd": pd.Series([price.vnd for _, price, _ in rows], dtype="Int64"),
            "limit_vnd": pd.Series([limit.vnd if limit else None for _, _, limit in rows], dtype="Int64"),
            "source": pd.Series([getattr(price, f"source_{language}") for _, price, _ in rows], dtype="string"),
            "verified": pd.Series([price.verified for _, price, _ in rows], dtype="boolean"),
        }
    )


def _inside(thing: str) -> str:
    """A thing's name within a sentence: an abbreviation stays as it is."""
    return thing if thing[1:2].isupper() else thing[:1].lower() + thing[1:]


def _with_parts(items: pd.DataFrame, say: Say) -> pd.DataFrame:
    """Of parts, which one of what; of what an office lacks, that it does."""

    def said(thing: str, kind: object, part: str, item: object) -> str:
        if part == "missing":
            text = say("replacement_plan.missing_thing", kind=say.kind(kind))
            return capital(text)
        if part == "device":
            return thing
        which = " ".join(filter(None, (say.word("risk_part", part), code(item))))
        return say("replacement_plan.part_of", part=which, thing=_inside(thing))

    rows = zip(items["thing"], items["kind"], items["part"], items["item"], strict=True)
    return items.assign(thing=pd.Series([said(*row) for row in rows], index=items.index, dtype="string"))
