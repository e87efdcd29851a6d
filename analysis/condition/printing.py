"""Printers that print more than they are made for, whose kits are due, and whose toner ends."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.condition.given import Given, movement
from analysis.condition.trends import DAY_S, counted
from inventory.lifecycle.duties import Duty
from inventory.sentences import pack, together

_DAYS_A_MONTH = 30.4
#: Kinds of supply (`inventory.facts.SUPPLIES`) that are parts of the machine; the others are used up by printing.
_KITS = frozenset({"drum", "fuser", "transfer", "developer", "cleaner", "kit", "waste"})
#: Words by which a supply is known where its type is not told, in the order in which they are looked for.
_NAMES = (
    ("waste", ("waste", "collection")),
    ("drum", ("drum", "imaging unit", "photoconduct", "opc")),
    ("fuser", ("fuser", "fusing")),
    ("transfer", ("transfer", "belt")),
    ("kit", ("maintenance", "kit", "roller")),
    ("developer", ("developer",)),
)


def duty_of(given: Given, device: str) -> Duty | None:
    """What a printer is made for: the first of the policies' duties that fits, None where none does."""
    vendor, model = given.text(device, "vendor"), given.text(device, "model")
    if given.kind(device) != "printer":
        return None
    return next((duty for duty in given.policies.duties if duty.fits(vendor, model)), None)


def pages_a_month(given: Given, device: str) -> tuple[float, float] | None:
    """(pages a month, over so many days) between scans; None where there are no two, or the counter is not to be believed."""
    limits = given.limits["pages"]
    series = counted(given.series(device, "pages")).last_days(limits["most_days"])
    if len(series) < 2 or series.days < limits["days"]:
        return None
    monthly = float(series.values[-1] - series.values[0]) / series.days * _DAYS_A_MONTH
    return (monthly, series.days) if monthly <= limits["absurd"] else None


def pages(given: Given) -> Iterator[dict]:
    """`pages_past_duty`: past the most of a month, or past what is recommended in the long run."""
    for device in sorted(given.devices):
        duty, printed = duty_of(given, device), pages_a_month(given, device)
        if duty is None or printed is None:
            continue
        monthly, days = printed
        over = next((limit for limit in (duty.most, duty.long_run) if limit and monthly > limit), None)
        if over is None:
            continue
        many, over_days = round(monthly), round(days)
        if over == duty.most:
            why = pack("detail.worn_pages_duty", pages=many, days=over_days, limit=over)
        else:
            why = pack("detail.worn_pages_recommended", pages=many, days=over_days, limit=over)
        yield given.finding(
            device,
            "pages_past_duty",
            "medium" if over == duty.most else "low",
            "device",
            value=monthly,
            unit="pages_a_month",
            limit=over,
            why=why if duty.verified else together((why, pack("detail.worn_unverified"))),
            first=pack("detail.worn_pages_first"),
            since=given.series(device, "pages").at[-1] - days * DAY_S,
        )


def sort_of(given: Given, device: str, name: str) -> str:
    """What a supply is: as the printer types it, else by its name; toner where neither tells."""
    told = given.newest(device, "supply_type", name)
    if told is not None and told.text:
        return told.text
    low = name.casefold()
    return next((sort for sort, words in _NAMES if any(word in low for word in words)), "toner")


def supplies(given: Given) -> Iterator[dict]:
    """`kit_due` and `toner_low`: what is left in percent; a printer that says that it is time for maintenance."""
    limits = given.limits["supplies"]
    due: set[str] = set()
    for device, name, reading in given.items("supply_level"):
        if reading.value is None or reading.value > limits["percent"]:
            continue
        sort = sort_of(given, device, name)
        series = given.series(device, "supply_level", name)
        kit = sort in _KITS
        due |= {device} if kit else set()
        yield given.finding(
            device,
            "kit_due" if kit else "toner_low",
            ("medium" if kit else "low") if reading.value > limits["very_percent"] else ("high" if kit else "medium"),
            "printer_kit" if kit else "toner",
            item=name,
            value=reading.value,
            unit="percent",
            limit=limits["percent"],
            trend=movement(series.last_days(given.limits["pages"]["most_days"]), "percent"),
            why=pack("detail.worn_supply_left", percent=reading.value, limit=limits["percent"]),
            first=pack("detail.worn_kit_first") if kit else pack("detail.worn_toner_first"),
            read_at=reading.read_at,
            since=series.since(lambda values: values <= limits["percent"]),
        )
    for device, _, state in given.items("printer_status"):
        if "overduePreventMaint" in state.text.split() and device not in due:
            due.add(device)
            yield given.finding(
                device,
                "kit_due",
                "medium",
                "printer_kit",
                why=pack("detail.worn_kit_said"),
                first=pack("detail.worn_kit_first"),
                read_at=state.read_at,
            )
    yield from _by_count(given, due)


def _by_count(given: Given, due: set[str]) -> Iterator[dict]:
    """Where a printer tells nothing of its kits: more pages in all than the first kit lasts."""
    told = {device for device, name, _ in given.items("supply_level") if sort_of(given, device, name) in _KITS}
    for device, item, reading in given.items("pages"):
        duty = duty_of(given, device)
        if (
            item
            or device in due
            or device in told
            or duty is None
            or not duty.kit_pages
            or (reading.value or 0.0) < duty.kit_pages
        ):
            continue
        why = pack("detail.worn_kit_pages", pages=reading.value, limit=duty.kit_pages)
        yield given.finding(
            device,
            "kit_due",
            "low",
            "printer_kit",
            value=reading.value,
            unit="pages",
            limit=duty.kit_pages,
            why=why if duty.verified else together((why, pack("detail.worn_unverified"))),
            first=pack("detail.worn_kit_pages_first"),
            read_at=reading.read_at,
        )
