"""The files for GLPI: each device in the file of its type, with the values as the plugin writes them."""

from __future__ import annotations

import csv
import io

from hypothesis import HealthCheck, given, settings

from inventory.exchange import to_glpi
from inventory.facts import KINDS
from tests.inventory.exchange.made import frames, networks


def rows(network):
    """Rows by file."""
    found = {}
    for form in to_glpi.export(network).forms:
        read = csv.DictReader(io.StringIO(form.text(to_glpi.DELIMITER), newline=""), delimiter=";", strict=True)
        found[form.file] = list(read)
    return found


def test_every_kind_has_its_file():
    files = rows(frames([{"device": f"D{n:05d}", "kind": kind} for n, kind in enumerate((*KINDS, None))]))
    kinds = {file: {row["Type"] for row in content} for file, content in files.items()}
    assert kinds["computers.csv"] == {"pc", "server", "storage"}
    assert {"switch", "router", "firewall", "wireless"} < kinds["network-equipment.csv"]
    assert kinds["printers.csv"] == {"printer"}
    assert kinds["phones.csv"] == {"phone", "voip"}
    assert {"ups", "camera", "scanner", ""} < kinds["peripherals.csv"]
    assert sum(map(len, files.values())) == len(KINDS) + 1


def test_a_device_is_there_whole():
    offices = [
        {"office": "huyen", "name_vi": "Huyện A > cũ", "name_en": "A"},
        {"office": "xa", "name_vi": "Xã B", "name_en": "B", "parent": "huyen"},
    ]
    device = {"device": "D00007", "sys_name": "sw-1", "serial": "00012345678901234567", "vendor": "HPE", "model": "2530; 24G"}
    device |= {"kind": "switch", "office": "xa", "address": "10.0.0.7", "mac": "00:1c:73:0a:00:01", "os_version": "YA.16.11"}
    (row,) = rows(frames([device], offices=offices, codes={"D00007": "TS-7"}))["network-equipment.csv"]
    assert row.pop("Comments").startswith("Kiểm Kê: D00007\n")
    assert row == {
        "Name": "sw-1",
        "Serial number": "00012345678901234567",
        "Inventory number": "TS-7",
        "Manufacturer": "HPE",
        "Model": "2530; 24G",
        "Type": "switch",
        "Location": "Huyện A › cũ > Xã B",  # `>` parts a place from the one that it is in
        "IP": "10.0.0.7",
        "MAC address": "00:1C:73:0A:00:01",
        "Firmware": "YA.16.11",
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(networks())
def test_whatever_devices_say_no_device_is_lost_and_no_field_too_long(network):
    files = rows(network)
    assert sum(map(len, files.values())) == len(network.devices)
    for row in (row for content in files.values() for row in content):
        assert row["Name"]
        assert all(len(value) <= 255 for field, value in row.items() if field not in ("Comments", "Location"))
        assert all("\n" not in value for field, value in row.items() if field != "Comments")
