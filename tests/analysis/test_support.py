from __future__ import annotations

from datetime import date

import pytest

from analysis.support import past_models, support
from inventory.frames.lifecycle import of
from inventory.lifecycle.status import lifecycles

WINDOWS_10_2015 = "Hardware: Intel64 Family 6 - Software: Windows Version 6.3 (Build 19045 Multiprocessor Free)"


def status(make_frame, make_device, on=date(2026, 11, 22), **values) -> tuple:
    row = support(make_frame("devices", [make_device(1, **values)]), on).iloc[0]
    return row["product"], row["release"], row["status"]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"os_version": "Debian GNU/Linux 10 (buster)"}, ("Debian", "10", "past")),
        ({"os_version": "Debian GNU/Linux 13 (trixie)"}, ("Debian", "13", "supported")),
        ({"os_version": "Ubuntu 22.04.5 LTS"}, ("Ubuntu", "22.04", "supported")),
        ({"vendor": "Fortinet", "os_version": "v6.0.9,build0335"}, ("FortiOS", "6.0", "past")),
        ({"os_version": "Windows 7 Professional"}, ("Windows", "7 SP1", "past")),
        ({"sys_descr": WINDOWS_10_2015, "sys_object_id": ".1.3.6.1.4.1.311.1.1.3.1.1"}, ("Windows", "10 22H2", "past")),
        (
            {"sys_descr": "Software: Windows Version 6.1 (Build 7601)", "sys_object_id": ".1.3.6.1.4.1.311.1.1.3.1.2"},
            ("Windows Server", "2008 R2 SP1", "past"),
        ),
    ],
)
def test_well_known_releases(make_frame, make_device, values, wanted):
    assert status(make_frame, make_device, **values) == wanted


@pytest.mark.parametrize("values", [{}, {"os_version": "15.2(7)E3"}, {"vendor": "MikroTik", "os_version": "6.49.10"}])
def test_what_has_no_date_is_unknown_and_never_supported(make_frame, make_device, values):
    assert status(make_frame, make_device, **values)[2] == "unknown"


def test_a_version_of_one_vendor_is_not_read_as_anothers(make_frame, make_device):
    assert status(make_frame, make_device, vendor="Cisco", os_version="6.0.1")[2] == "unknown"


def test_the_last_day_is_still_supported(make_frame, make_device):
    old = {"os_version": "Ubuntu 20.04"}
    assert status(make_frame, make_device, on=date(2025, 5, 31), **old)[2] == "supported"
    assert status(make_frame, make_device, on=date(2025, 6, 1), **old)[2] == "past"


def test_models_past_a_date_are_listed_with_how_many_must_go(make_frame, make_device):
    fortinet = {"kind": "firewall", "vendor": "Fortinet", "os_version": "v6.0.9"}
    rows = [make_device(i, **fortinet, model="FGT-100E") for i in (1, 2)]
    rows += [make_device(3, kind="switch", vendor="Cisco", model="WS-C2960-24TT-L"), make_device(4, vendor="NoName", model="X1")]
    devices = make_frame("devices", rows)
    found = past_models(of(devices, date(2026, 11, 22), lifecycles(None)))
    assert found[["model", "devices"]].values.tolist() == [["FGT-100E", 2], ["WS-C2960-24TT-L", 1]]
    assert found["end_of_sale"].notna().all()
    assert past_models(of(devices, date(2010, 1, 1), lifecycles(None))).empty
