"""Supported, past or unknown, each date for itself; upgrade before replace."""

from __future__ import annotations

from datetime import date, timedelta
from fnmatch import fnmatchcase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.lifecycle.endings import FRESH, Ending
from inventory.lifecycle.gaps import Gap, gaps
from inventory.lifecycle.hardware import Model, fitting
from inventory.lifecycle.releases import Release, Releases
from inventory.lifecycle.status import Lifecycles, lifecycles, statuses

TODAY = date(2026, 11, 22)
SHIPPED = lifecycles(None)
WORKSTATION, SERVER = ".1.3.6.1.4.1.311.1.1.3.1.1", ".1.3.6.1.4.1.311.1.1.3.1.2"


def status(known: Lifecycles = SHIPPED, on: date = TODAY, **device: str) -> dict:
    (row,) = statuses([device], on, known)
    return row


def test_the_shipped_tables_are_whole():
    assert SHIPPED.troubles == ()
    names = {rule.product for rule in SHIPPED.rules}
    assert names == set(SHIPPED.releases.by_product), "a product without releases, or releases that no device can tell"
    rows = [*SHIPPED.models, *(one for listed in SHIPPED.releases.by_product.values() for one in listed)]
    assert all(row.source and row.checked_on for row in rows)
    assert not [row for row in rows if row.verified and "knowledge" in row.source], "what is only remembered is not verified"


def test_no_pattern_of_a_model_is_hidden_by_one_before_it():
    plain = [(one, one.glob.replace("*", "").replace("[-_GT]", "-").replace("[0-9]", "1")) for one in SHIPPED.models]
    for one, name in plain:
        if "[" not in name:
            sample = name if fnmatchcase(name.casefold(), one.glob.casefold()) else f"FG{name}"
            assert fitting(SHIPPED.models, one.vendor, sample) in (one, None), one.glob


@pytest.mark.parametrize(
    ("device", "product", "release"),
    [
        ({"sys_object_id": WORKSTATION, "os_version": "6.3.19045"}, "Windows", "10 22H2"),
        ({"sys_object_id": WORKSTATION, "sys_descr": "Software: Windows Version 6.3 (Build 22631)"}, "Windows", "11 23H2 (W)"),
        ({"sys_object_id": SERVER, "sys_descr": "Software: Windows Version 6.3 (Build 17763)"}, "Windows Server", "2019"),
        ({"sys_object_id": SERVER, "sys_descr": "Software: Windows Version 6.3 (Build 9600)"}, "Windows Server", "2012 R2"),
        ({"os_version": "Windows 11 Pro 24H2"}, "Windows", "11 24H2 (W)"),
        ({"os_version": "Ubuntu 22.04.5 LTS"}, "Ubuntu", "22.04"),
        ({"vendor": "Cisco", "os_version": "16.12.04"}, "IOS XE", "16.12"),
        ({"vendor": "Cisco", "os_version": "17.03.04a"}, "IOS XE", "17.3"),
        ({"vendor": "Fortinet", "os_version": "v5.4.1,build1064"}, "FortiOS", "5"),
        ({"vendor": "Synology", "os_version": "DSM 7.1-42661"}, "DSM", "7.1"),
        ({"os_version": "VMware ESXi 6.7.0 build-8169922"}, "VMware ESXi", "6.7"),
    ],
)
def test_what_devices_say_is_recognised(device, product, release):
    row = status(**device)
    assert (row["product"], row["release"]) == (product, release)
    assert row["os_security"] != "unknown"


def test_a_release_that_no_table_knows_is_named_and_unknown():
    row = status(os_version="Debian GNU/Linux 31")
    assert (row["product"], row["release"], row["os_security"], row["status"]) == ("Debian", "31", "unknown", "unknown")
    assert row["step"] is None


def test_every_date_of_a_model_stands_for_itself():
    model = Model("Acme", "X*", Ending(date(2020, 1, 1)), Ending(date(2022, 1, 1)), Ending(date(2027, 1, 1)), Ending())
    known = Lifecycles((), Releases(), (model,))
    row = status(known, vendor="acme", model="x1")
    assert [row[name] for name in ("sale", "software", "security", "support")] == ["past", "past", "supported", "unknown"]
    assert (row["status"], row["step"]) == ("supported", None), "what is no longer sold may be kept secure for years"
    later = status(known, date(2027, 1, 2), vendor="Acme", model="X1")
    assert (later["security"], later["status"], later["step"]) == ("past", "past", "replace")


def test_software_past_its_support_means_upgrade_first():
    assert status(vendor="Fortinet", model="FortiGate-60F", os_version="v6.0.9")["step"] == "upgrade"
    old = status(vendor="Fortinet", model="FGT_60D", os_version="v6.0.9")
    assert (old["step"], old["newest_release"]) == ("replace", "6.0"), "it can run no release that is given fixes"
    early = status(on=date(2022, 1, 1), vendor="Fortinet", model="FGT_60D", os_version="v5.4.1")
    assert early["step"] == "upgrade", "then its newest release was still given fixes"


CPU = "Hardware: {} AT/AT COMPATIBLE - Software: Windows Version 6.3 (Build 19045 Multiprocessor Free)"


@pytest.mark.parametrize(
    ("processor", "step"),
    [
        ("Intel64 Family 6 Model 58 Stepping 9", "replace"),
        ("Intel64 Family 6 Model 94 Stepping 3", "replace"),
        ("Intel64 Family 6 Model 158 Stepping 9", "replace"),
        ("Intel64 Family 6 Model 158 Stepping 10", "upgrade"),
        ("Intel64 Family 6 Model 165 Stepping 3", "upgrade"),
        ("AMD64 Family 21 Model 48 Stepping 1", "replace"),
        ("AMD64 Family 23 Model 17 Stepping 0", "replace"),
        ("AMD64 Family 25 Model 80 Stepping 0", "upgrade"),
    ],
)
def test_a_computer_whose_processor_runs_no_windows_with_fixes_is_replaced(processor, step):
    row = status(sys_object_id=WORKSTATION, sys_descr=CPU.format(processor))
    assert (row["release"], row["step"]) == ("10 22H2", step)
    assert bool(row["newest_release"]) == (step == "replace")
    before = status(on=date(2025, 10, 14), sys_object_id=WORKSTATION, sys_descr=CPU.format(processor))
    assert (before["status"], before["step"]) == ("supported", None)


def test_no_date_is_never_supported():
    for ending in (Ending(), Ending(ended=False)):
        assert ending.status(TODAY, None) == "unknown"
    said = Ending(ended=False)
    assert said.status(TODAY, TODAY - FRESH) == "supported"
    assert said.status(TODAY, TODAY - FRESH - timedelta(days=1)) == "unknown", "who looked long ago knows no more"
    assert Ending(ended=True).status(TODAY, TODAY) == "past"
    assert Ending(ended=True).status(TODAY, TODAY + timedelta(days=1)) == "unknown"


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.dates(date(2000, 1, 1), date(2040, 1, 1)))
@settings(max_examples=50, deadline=None)
def test_the_last_day_is_a_day_of_support(day, on):
    assert Ending(day).status(on, None) == ("past" if on > day else "supported")


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["vendor", "model", "sys_object_id", "os_version", "sys_descr"]), st.text(max_size=40)))
def test_whatever_a_device_says_has_a_status(device):
    row = status(**device)
    assert {row[name] for name in ("status", "os_security", "sale", "support")} <= {"supported", "past", "unknown"}


def test_of_editions_that_are_not_told_apart_the_first_to_end_counts():
    def release(name: str, end: int, lts: bool = False) -> Release:
        return Release("p", name, security=Ending(date(end, 1, 1)), lts=lts, latest="10.0.7")

    known = Releases.of([release("1-e", 2027), release("1-w", 2026), release("1-lts", 2030, True), release("12", 2040)])
    assert known.named("p", "1").release == "1-w"
    assert known.named("p", "1", prefer_lts=True).release == "1-lts"
    assert known.named("p", "12.4.1").release == "12"
    assert known.named("p", "2") is None
    assert known.built("p", "7").release == "1-w"


def test_gaps_are_listed_most_numerous_first():
    row = {"vendor": "H3C", "model": "S5130S", "hardware": "", "security": "unknown", "support": "unknown"}
    row |= {
        "os_security": "unknown",
        "product": "",
        "release": "",
        "os_source": "",
        "os_version": "Version 7.1.070, Release 6127",
    }
    known = row | {"vendor": "Cisco", "model": "C2960", "hardware": "Cisco C2960", "support": "past", "os_security": "supported"}
    undated = row | {"model": "", "product": "RouterOS", "release": "6.49", "os_source": "endoflife.date"}
    found = gaps([row, row, known, undated, undated, undated, row | {"os_version": ""}])
    assert found == [
        Gap(3, "hardware", "H3C", "S5130S", "no_row"),
        Gap(3, "software", "H3C", "RouterOS 6.49", "no_date"),
        Gap(2, "software", "H3C", "Version 7.1.070, Release 6127", "no_row"),
    ]
