"""Condition: what is found, on what, with which sentence; and everything that must not be found."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import figures
from analysis.condition import CONDITION, SEVERITIES, condition
from analysis.condition.trends import DAY_S, Series, counted, slope
from analysis.labels import capital
from analysis.tables import DTYPES, typed
from analysis.topology import TOPOLOGY
from inventory.lifecycle.policies import policies
from reports.texts import LANGUAGES, texts
from tests.analysis.conftest import device as make
from tests.analysis.conftest import frame

TODAY = date(2026, 11, 1)
NOW = pd.Timestamp("2026-11-01", tz="UTC")
ONE, TWO = "D00001", "D00002"
POLICIES = policies(None, TODAY)
GB = 1e9


def reading(metric, value=None, text=None, item="", device=ONE, **more):
    number = None if value is None else float(value)
    return {
        "device": device,
        "office": "X01",
        "metric": metric,
        "item": item,
        "value": number,
        "text": text,
        "read_at": NOW,
    } | more


def history(metric, values, step=7, item="", device=ONE):
    """Readings every `step` days up to today, oldest first."""
    start = NOW - pd.Timedelta(days=step * (len(values) - 1))
    return [
        {
            "device": device,
            "office": "X01",
            "metric": metric,
            "item": item,
            "value": float(value),
            "at": start + pd.Timedelta(days=step * n),
        }
        for n, value in enumerate(values)
    ]


def look(kind, devices, health=(), readings=(), ports=(), earlier=None, changes=(), topology=(), components=()):
    """`condition` of hand-made frames, as the whole or its findings of a kind; whatever is found can be said."""
    found = condition(
        frame("devices", devices),
        frame("health", list(health)),
        frame("readings", list(readings)),
        frame("interfaces", list(ports)),
        as_of=TODAY,
        policies=POLICIES,
        earlier=None if earlier is None else frame("interfaces", earlier),
        changes=frame("changes", list(changes)),
        topology=typed(list(topology), TOPOLOGY),
        components=frame("components", list(components)),
    )
    for language in LANGUAGES:
        for rows, columns in ((found.findings, ("why", "first", "trend")), (found.unmeasured, ("why",))):
            for column in columns:
                assert not [text for text in rows[column].dropna() if "detail." in texts(language).told(text)]
    return found if kind is None else found.findings[found.findings["kind"] == kind].reset_index(drop=True)


def only(kind, **of):
    rows = look(kind, **of)
    assert len(rows) == 1
    return rows.iloc[0]


def told(text):
    return texts("en").told(text)


SERVER, PRINTER, UPS = (make(1, kind=kind) for kind in ("server", "printer", "ups"))


# --- ports and restarts ---


def port(**values):
    return {"device": ONE, "name": "ge1", "if_index": 1, "type": 6, "oper_up": True} | values


def test_a_cable_is_suspected_where_frames_break_and_more_gravely_between_devices():
    bad = port(in_errors=2_000, in_frames=998_000)
    row = only("port_errors", devices=[make(1)], ports=[bad], earlier=[port(in_errors=50, in_frames=1_000_000)])
    assert (row["part"], row["item"], row["value"], row["severity"]) == ("cable", "ge1", 2_000, "medium")
    assert "50" in told(row["trend"])
    cable = {"a_device": ONE, "a_port": "ge1", "b_device": TWO, "b_port": "ge9"}
    assert only("port_errors", devices=[make(1), make(2)], ports=[bad], topology=[cable])["severity"] == "high"
    lag = cable | {"a_port": "lag1", "members": "ge1=ge9; ge2=ge10"}
    assert only("port_errors", devices=[make(1), make(2)], ports=[bad], topology=[lag])["severity"] == "high"
    assert look("port_errors", devices=[make(1)], ports=[port(in_errors=99, in_frames=1_000_000)]).empty
    assert look("port_errors", devices=[make(1)], ports=[port(in_errors=2_000)]).empty  # of how many is not known


def test_a_cable_between_devices_that_goes_up_and_down():
    changes = [
        {
            "scan": f"s{n}",
            "at": NOW - pd.Timedelta(days=n),
            "subject": "interface",
            "change": "changed",
            "field": "oper_up",
            "device": ONE,
            "item": "ge1",
        }
        for n in range(3)
    ]
    cable = {"a_device": ONE, "a_port": "ge1", "b_device": TWO, "b_port": "ge9"}
    row = only("flapping", devices=[make(1), make(2)], ports=[port()], changes=changes, topology=[cable])
    assert (row["part"], row["value"], row["limit"]) == ("cable", 3, 3)
    assert look("flapping", devices=[make(1)], ports=[port()], changes=changes).empty, "a computer that is switched off at night"


def test_a_device_that_starts_anew_by_itself_and_not_with_its_office():
    day = 86_400
    up = [30 * day, 2 * day, 9 * day, day, 3 * day, 10 * day]
    row = only("reboots", devices=[SERVER], readings=history("uptime", up))
    assert (row["value"], row["limit"], row["part"], row["severity"]) == (3, 3, "device", "medium")
    assert look("reboots", devices=[make(1, kind="pc")], readings=history("uptime", up)).empty, "people switch these off"
    assert look("reboots", devices=[SERVER], readings=history("uptime", [n * 7 * day for n in range(1, 7)])).empty
    office = [make(n, kind="switch") for n in (1, 2, 3)]
    together = [row for n in (1, 2, 3) for row in history("uptime", up, device=f"D{n:05d}")]
    assert look("reboots", devices=office, readings=together).empty, "the power went off"


# --- heat, fans, supplies ---


@pytest.mark.parametrize(
    ("metric", "item", "beside", "limit", "part"),
    [
        ("temperature", "board", [reading("temperature_limit", 68, item="board")], 68, "device"),
        ("temperature", "board", [], 70, "device"),
        ("temperature", "CPU core", [], 95, "device"),
        ("temperature", "sda", [reading("disk_health", text="ok", item="sda")], 60, "disk"),
        ("battery_temperature", "", [], 40, "battery"),
    ],
)
def test_too_hot_is_at_the_devices_own_threshold_else_at_that_of_its_class(metric, item, beside, limit, part):
    row = only("too_hot", devices=[make(1)], health=[reading(metric, limit, item=item), *beside])
    assert (row["limit"], row["value"], row["part"]) == (limit, limit, part)
    assert look("too_hot", devices=[make(1)], health=[reading(metric, limit - 1, item=item), *beside]).empty


def test_a_temperature_that_the_device_itself_finds_too_high():
    warm = [reading("temperature", 50, item="x"), reading("temperature_status", text="warning", item="x")]
    row = only("too_hot", devices=[make(1)], health=warm)
    assert (row["severity"], pd.isna(row["value"])) == ("medium", True)
    hot = [
        reading("temperature", 80, item="x"),
        reading("temperature_limit", 68, item="x"),
        reading("temperature_status", text="critical", item="x"),
    ]
    assert len(look("too_hot", devices=[make(1)], health=hot)) == 1
    assert look("too_hot", devices=[make(1)], health=[reading("temperature_status", text="ok", item="x")]).empty


def test_fans_and_supplies_by_what_the_device_says_of_them():
    parts = [
        reading("fan_status", text="failed", item="1"),
        reading("fan_status", text="ok", item="2"),
        reading("supply_status", text="warning", item="A"),
    ]
    found = look(None, devices=[make(1)], health=parts).findings
    assert found[["kind", "part", "item", "severity"]].values.tolist() == [
        ["fan_failed", "fan", "1", "high"],
        ["supply_failed", "supply", "A", "medium"],
    ]


# --- disks ---


def test_a_disk_that_calls_itself_failing_is_one_finding_whatever_else_it_counts():
    told_of = [
        reading("disk_health", text="failing", item="sda"),
        reading("disk_pending", 9, item="sda"),
        reading("disk_power_on", 90_000, item="sda"),
    ]
    assert only("disk_failing", devices=[SERVER], health=told_of)["severity"] == "high"
    assert len(look(None, devices=[SERVER], health=told_of).findings) == 1


@pytest.mark.parametrize(
    ("metric", "before", "severity"),
    [
        ("disk_reallocated", 8, "medium"),
        ("disk_reallocated", 3, "high"),  # and more than before
        ("disk_pending", 8, "high"),
        ("disk_timeouts", 3, "low"),  # most likely its cable
    ],
)
def test_counts_of_smart_above_zero(metric, before, severity):
    row = only(
        "disk_failing",
        devices=[SERVER],
        health=[reading(metric, 8, item="sda")],
        readings=history(metric, [before, 8], item="sda"),
    )
    assert (row["severity"], row["value"], row["limit"], row["unit"], row["part"]) == (severity, 8, 0, "count", "disk")
    assert look("disk_failing", devices=[SERVER], health=[reading(metric, 0, item="sda")]).empty


def test_worn_and_old_disks():
    row = only("disk_worn", devices=[SERVER], health=[reading("disk_wear", 80, item="nvme0n1")])
    assert (row["value"], row["limit"]) == (80, 80)
    row = only("disk_old", devices=[SERVER], health=[reading("disk_power_on", 5 * 8766, item="sda")])
    assert row["severity"] == "low"
    assert look(None, devices=[SERVER], health=[reading("disk_power_on", 5 * 8766 - 1, item="sda")]).findings.empty


# --- batteries ---


def test_a_battery_that_its_ups_wants_replaced():
    assert only("battery_weak", devices=[UPS], health=[reading("battery_replace", text="yes")])["part"] == "battery"
    assert only("battery_weak", devices=[UPS], health=[reading("battery_status", text="low")])["severity"] == "high"
    away = [reading("battery_status", text="low"), reading("on_battery", 600)]
    assert look("battery_weak", devices=[UPS], health=away).empty, "the mains are away: that it is low says nothing"


def test_a_runtime_that_is_short_or_has_fallen_at_the_same_load():
    assert only("battery_weak", devices=[UPS], health=[reading("battery_runtime", 4)])["limit"] == 5
    now = [reading("battery_runtime", 10), reading("output_load", 30)]
    same = history("battery_runtime", [25, 20, 15, 10], step=30) + history("output_load", [30, 28, 33, 30], step=30)
    row = only("battery_weak", devices=[UPS], health=now, readings=same)
    assert (row["value"], row["limit"], row["severity"]) == (10, pytest.approx(15), "medium")
    assert "25" in told(row["trend"])
    other = history("battery_runtime", [25, 20, 15, 10], step=30) + history("output_load", [5, 5, 5, 30], step=30)
    assert look("battery_weak", devices=[UPS], health=now, readings=other).empty, "it carries more than before"


@pytest.mark.parametrize(("celsius", "years"), [(None, 4.0), (20, 4.0), (33, 2.0), (41, 1.0), (60, 1.0)])
def test_a_battery_ages_twice_as_fast_for_every_eight_degrees(celsius, years):
    warm = [] if celsius is None else [reading("battery_temperature", celsius)]
    placed = TODAY - pd.Timedelta(days=round((years + 0.1) * 365.25))
    health = [reading("battery_replaced_on", text=placed.isoformat()[:10]), *warm]
    row = only("battery_old", devices=[UPS], health=health)
    assert row["limit"] == pytest.approx(years)
    assert row["value"] == pytest.approx(years + 0.1, abs=0.01)
    younger = TODAY - pd.Timedelta(days=round((years - 0.1) * 365.25))
    assert look("battery_old", devices=[UPS], health=[reading("battery_replaced_on", text=younger.isoformat()[:10]), *warm]).empty


def test_an_overloaded_ups():
    row = only("ups_overloaded", devices=[UPS], health=[reading("output_load", 81)])
    assert (row["value"], row["limit"], row["part"]) == (81, 80, "device")
    assert look("ups_overloaded", devices=[UPS], health=[reading("output_load", 80)]).empty


# --- printers ---


def printer(model="LBP6230dn", vendor="Canon"):
    return make(1, kind="printer", vendor=vendor, model=model)


def test_pages_a_month_between_scans_against_what_the_model_is_made_for():
    busy = history("pages", [100_000, 102_000, 104_000, 106_000, 108_500])
    row = only("pages_past_duty", devices=[printer()], readings=busy)
    assert row["value"] == pytest.approx(8_500 / 28 * 30.4)
    assert (row["limit"], row["unit"], row["part"]) == (8_000, "pages_a_month", "device")
    assert "not verified" in told(row["why"])
    assert look("pages_past_duty", devices=[printer()], readings=history("pages", [100_000, 101_000])).empty, (
        "one week says little"
    )
    assert look("pages_past_duty", devices=[printer("X1")], readings=busy).empty, "nobody knows what it is made for"
    row = only("pages_past_duty", devices=[printer("HL-L2361DN", "Brother")], readings=history("pages", [0, 1_000, 2_000, 3_000]))
    assert (row["limit"], row["severity"]) == (2_000, "low")


def test_toner_is_no_fault_of_the_printer_and_a_kit_is_a_part():
    left = [
        reading("supply_level", 9, item="Black Toner"),
        reading("supply_level", 9, item="Fuser Unit"),
        reading("supply_level", 2, item="Box"),
    ]
    typed_so = [reading("supply_type", text="transfer", item="Box")]
    found = look(None, devices=[PRINTER], health=left + typed_so).findings
    assert found[["kind", "part", "item", "severity"]].values.tolist() == [
        ["kit_due", "printer_kit", "Box", "high"],
        ["kit_due", "printer_kit", "Fuser Unit", "medium"],
        ["toner_low", "toner", "Black Toner", "low"],
    ]
    assert look(None, devices=[PRINTER], health=[reading("supply_level", 11, item="Black Toner")]).findings.empty


def test_maintenance_that_the_printer_asks_for_or_that_its_pages_tell():
    row = only("kit_due", devices=[PRINTER], health=[reading("printer_status", text="lowToner overduePreventMaint")])
    assert row["severity"] == "medium"
    kyocera = printer("FS-1370DN", "Kyocera")
    row = only("kit_due", devices=[kyocera], health=[reading("pages", 100_000)])
    assert (row["severity"], row["limit"]) == ("low", 100_000)
    tells = [reading("pages", 150_000), reading("supply_level", 60, item="Maintenance Kit")]
    assert look("kit_due", devices=[kyocera], health=tells).empty, "it tells of its kit: that is not due"


# --- memory, storage, processor ---


def used(what, shares, item="", step=7):
    """Health and history of `what` of 100 GB, used by so many percent."""
    health = [reading(f"{what}_used", shares[-1] * GB, item=item), reading(f"{what}_total", 100 * GB, item=item)]
    return health, history(f"{what}_used", [s * GB for s in shares], step, item) + history(
        f"{what}_total", [100 * GB] * len(shares), step, item
    )


def test_memory_that_programs_need_in_two_readings():
    health, before = used("memory", [95, 95], item="memory")
    row = only("memory_full", devices=[SERVER], health=health, readings=before)
    assert (row["part"], row["value"], row["limit"]) == ("memory", 95, 90)
    assert look("memory_full", devices=[SERVER], health=health, readings=before[1::2]).empty, "once says nothing"
    kept, earlier = used("memory", [95, 95])
    assert look("memory_full", devices=[SERVER], health=kept, readings=earlier).empty, "as Unix agents count"
    windows = make(1, kind="server", os_version="Windows Server 2016")
    assert len(look("memory_full", devices=[windows], health=kept, readings=earlier)) == 1


def test_a_full_volume():
    health, _ = used("storage", [92], item="/srv")
    row = only("storage_full", devices=[SERVER], health=health)
    assert (row["severity"], row["item"], row["value"]) == ("medium", "/srv", 92)
    assert "8 GB" in told(row["why"])
    image = [reading("storage_used", 4 * GB, item="D:"), reading("storage_total", 4 * GB, item="D:")]
    assert look("storage_full", devices=[SERVER], health=image).empty, "a disc that cannot be written to"
    small = [reading("storage_used", 0.49 * GB, item="/boot"), reading("storage_total", 0.5 * GB, item="/boot")]
    assert look("storage_full", devices=[SERVER], health=small).empty


def test_days_until_a_volume_is_full_by_the_median_slope():
    health, before = used("storage", [60, 62, 64, 66, 68, 70], item="/srv")
    row = only("storage_filling", devices=[SERVER], health=health, readings=before)
    assert (row["value"], row["unit"], row["severity"]) == (pytest.approx(105), "days", "medium")
    wild, spiked = used("storage", [60, 62, 64, 85, 68, 70], item="/srv")  # somebody copied something, and took it away
    assert look("storage_filling", devices=[SERVER], health=wild, readings=spiked).iloc[0]["value"] == pytest.approx(105, rel=0.3)
    for shares in ([60, 70], [60, 50, 60, 50, 60], [70, 70, 70, 70, 70], [70, 60, 50, 40, 30]):
        health, before = used("storage", shares, item="/srv")
        assert look("storage_filling", devices=[SERVER], health=health, readings=before).empty, shares


def test_a_processor_that_never_rests():
    busy = {"devices": [make(1)], "health": [reading("cpu_load", 95)]}
    assert only("cpu_busy", **busy, readings=history("cpu_load", [40, 85, 90, 95]))["value"] == 95
    assert look("cpu_busy", **busy, readings=history("cpu_load", [85, 40, 95])).empty
    assert look("cpu_busy", **busy, readings=history("cpu_load", [85, 90, 95], step=1)).empty, "two days say little"


# --- the frame, and what is not measured ---


def test_the_gravest_comes_first_and_what_is_gone_has_no_condition():
    health = [reading("supply_level", 5, item="Toner"), reading("fan_status", text="failed", device=TWO)]
    found = look(None, devices=[PRINTER, make(2)], health=health).findings
    assert list(found["severity"]) == ["high", "low"]
    assert [str(found[c.name].dtype) for c in CONDITION] == [DTYPES.get(c.dtype, c.dtype) for c in CONDITION]
    gone = [make(1, kind="printer", state="gone"), make(2, state="gone")]
    known = look(None, devices=gone, health=health)
    assert known.findings.empty
    assert known.unmeasured.empty


def test_what_was_not_measured_is_listed_and_is_no_finding():
    known = look(
        None, devices=[SERVER, make(2, kind="printer"), make(3, kind="ups")], components=[{"device": ONE, "kind": "fan"}]
    )
    assert known.findings.empty
    missing = {device: set(rows["what"]) for device, rows in known.unmeasured.groupby("device")}
    assert missing[ONE] == {"disk_health", "temperature", "fan_state", "storage", "memory", "processor", "reboots", "trends"}
    assert missing[TWO] == {"pages", "page_duty", "supplies", "trends"}
    assert missing["D00003"] == {"battery", "battery_age", "reboots", "trends"}
    health = [reading("disk_health", text="ok", item="sda"), reading("fan_status", text="ok")]
    left = look(None, devices=[SERVER], health=health, components=[{"device": ONE, "kind": "fan"}]).unmeasured
    assert not {"disk_health", "fan_state"} & set(left["what"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_say_what_was_found(language):
    say = texts(language)
    offices = frame("offices", [{"office": "X01", "name_vi": "Xã Một", "name_en": "One"}])
    health, before = used("storage", [85, 90, 95], item="/srv")
    health += [reading("battery_replace", text="yes", device=TWO), reading("fan_status", text="failed", device=TWO)]
    devices = [make(1, kind="server", sys_name="srv-1"), make(2, kind="ups")]
    found = look(None, devices=devices, health=health, readings=before).findings
    by_office = figures.condition_by_office(found, offices, say)
    assert say("figures.condition.title", devices=1, offices=1, findings=3) in {text.get_text() for text in by_office.texts}
    parts = figures.condition_by_part(found, say)
    assert {label.get_text() for label in parts.axes[0].get_yticklabels()} == {
        capital(say(f"part.{part}")) for part in ("storage", "battery", "fan")
    }
    moved = figures.condition_over_time(ONE, found, frame("readings", before), frame("devices", devices), say)
    assert len([axes for axes in moved.axes if axes.lines]) == 1
    nothing = found.head(0)
    assert figures.condition_by_office(nothing, offices, say).texts
    assert figures.condition_by_part(nothing, say).texts


# --- properties ---

METRICS = (
    *("temperature", "battery_temperature", "temperature_limit", "battery_runtime", "output_load", "supply_level", "cpu_load"),
    *("pages", "memory_used", "memory_total", "storage_used", "storage_total", "disk_power_on", "disk_wear", "disk_pending"),
    *("disk_reallocated", "disk_timeouts", "uptime", "battery_charge", "no such metric"),
)
STATES = (
    "battery_status",
    "battery_replace",
    "battery_replaced_on",
    "fan_status",
    "temperature_status",
    "printer_status",
    "disk_health",
)
anything = st.floats(-1e12, 1e12, allow_nan=False) | st.sampled_from(
    [-1.0, 0.0, 127.0, 255.0, 65_535.0, 2.0**31 - 1, 2.0**32 - 1, 101.0]
)
words = st.text(max_size=12) | st.sampled_from(
    ["yes", "low", "failed", "warning", "2020-13-45", "2023-01-01", "9999-01-01", "\x00"]
)
numbers = st.builds(reading, st.sampled_from(METRICS), anything, item=st.sampled_from(["", "a"]))
states = st.builds(lambda metric, text: reading(metric, text=text), st.sampled_from(STATES), words)
series = st.builds(
    history,
    st.sampled_from(METRICS),
    st.lists(anything, min_size=1, max_size=6),
    step=st.integers(0, 60),
    item=st.sampled_from(["", "a"]),
)
kinds = st.sampled_from(["server", "printer", "ups", "switch", "pc", None])


@settings(max_examples=20, deadline=None)
@given(kinds, st.lists(numbers | states, max_size=8), st.lists(series, max_size=4))
def test_every_value_is_beyond_its_limit_whatever_devices_say(kind, health, readings):
    device = make(1, kind=kind, vendor="Canon", model="LBP6230dn", os_version="Windows")
    found = look(None, devices=[device], health=health, readings=[row for rows in readings for row in rows]).findings
    assert set(found["severity"]) <= set(SEVERITIES)
    below = {"battery_weak", "toner_low", "kit_due", "storage_filling"}
    for row in found.dropna(subset=["value", "limit"]).itertuples():
        less = row.kind in below and row.unit != "pages"
        assert row.value <= row.limit if less else row.value >= row.limit, row
        assert row.unit in texts("en").texts or texts("en").has(f"unit.{row.unit}")


ABSURD = {
    "temperature": (255, -1, 65_535, 0, 127),
    "battery_temperature": (255, -1, 65_535, 0),
    "supply_level": (-1, -2, 101, 255),
    "output_load": (255, -1, 65_535),
    "battery_runtime": (-1, 65_535),
    "disk_pending": (-1, 2**31, 2**32 - 1),
    "cpu_load": (255, -1),
    "disk_power_on": (-1, 2**32 - 1),
}


@pytest.mark.parametrize(("metric", "value"), [(metric, value) for metric, values in ABSURD.items() for value in values])
def test_numbers_that_mean_that_nobody_knows_are_no_finding(metric, value):
    for kind in ("server", "ups", "printer"):
        rows = look(
            None,
            devices=[make(1, kind=kind)],
            health=[reading(metric, value, item="a")],
            readings=history(metric, [value] * 5, item="a"),
        )
        assert rows.findings.empty


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 300), min_size=2, max_size=8), st.integers(0, 7), st.integers(0, 2**32 - 1))
def test_a_page_counter_that_was_reset_or_has_wrapped_is_no_finding(steps, cut, top):
    """However a counter falls: what it counted before that is not taken for pages of today."""
    values, total = [], top
    for n, step in enumerate(steps):
        total = step if n == cut else total + step
        values.append(total)
    found = look("pages_past_duty", devices=[printer()], readings=history("pages", values))
    assert found.empty, "300 pages a week are not 8,000 a month"


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_the_end_of_a_counter_never_falls_and_is_as_long_as_can_be(values):
    at = pd.Series(range(len(values))).to_numpy(dtype=float) * DAY_S
    end = counted(Series(at, pd.Series(values).to_numpy(dtype=float)))
    assert (pd.Series(end.values).diff().dropna() >= 0).all()
    before = len(values) - len(end)
    assert before == 0 or values[before - 1] > values[before]


@given(st.floats(-50, 50), st.floats(0, 1000), st.integers(3, 12), st.floats(-1e6, 1e6))
def test_the_slope_of_a_line_is_found_though_one_reading_is_wild(a_day, start, count, wild):
    at = pd.Series(range(count)).to_numpy(dtype=float) * 7 * DAY_S
    values = start + a_day * at / DAY_S
    assert slope(Series(at, values)).a_day == pytest.approx(a_day, abs=1e-6)
    if count >= 6:
        values = values.copy()
        values[count // 2] = wild
        assert slope(Series(at, values)).a_day == pytest.approx(a_day, abs=1e-6)
    assert slope(Series(at[:1], values[:1])) is None
