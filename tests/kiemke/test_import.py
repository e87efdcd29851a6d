"""`kiemke import`: another program's list becomes books of its own, is shown first, and can be imported again."""

import pytest

from inventory.frames import Inventory
from kiemke import workspace
from tests.end_to_end.running import kiemke

OFFICES = """
offices:
  - {code: xa, name_vi: Xã Xuân Hòa, name_en: Xuân Hòa, networks: [10.0.0.0/28]}
"""
NETBOX = """\
name,role,manufacturer,device_type,serial,asset_tag,site,status
sw-1,switch,HPE,2530-24G,CN1234567,TS-1,Xã Xuân Hòa,active
sw-2,switch,HPE,2530-24G,CN1234568,,Xã Xuân Hòa,active
"""


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "kho"
    workspace.create(folder, {"offices.yaml": OFFICES})
    (folder / "devices.csv").write_text(NETBOX, encoding="utf-8")
    (folder / "macs.csv").write_text("mac_address,device,interface\n00:1c:73:00:00:01,sw-1,Gi0/1\n", encoding="utf-8")
    (folder / "glpi.csv").write_text('"Name";"Serial number";"Type"\n"in-1";"VNB3K12345";"Printer"\n', encoding="utf-8-sig")
    return folder


def assets(home):
    return Inventory(home).assets()


def test_netbox_with_the_addresses_of_its_ports(home):
    shown = kiemke("import", "netbox", "devices.csv", "macs.csv", "--dry-run", cwd=home)
    assert shown.status == 0, shown.err
    assert "asset_tag" in shown.out
    assert assets(home).empty
    done = kiemke("import", "netbox", "devices.csv", "macs.csv", cwd=home)
    assert done.status == 0, done.err
    kept = assets(home)
    assert set(kept["register"]) == {"NetBox"}
    assert kept[["code", "serial", "mac", "office"]].fillna("").to_numpy().tolist() == [
        ["TS-1", "CN1234567", "00:1c:73:00:00:01", "xa"],
        ["", "CN1234568", "", "xa"],
    ]
    again = kiemke("import", "netbox", "macs.csv", "devices.csv", cwd=home)
    assert "nothing has changed" in again.err
    assert assets(home)["asset"].tolist() == kept["asset"].tolist()


def test_glpi_has_books_by_type_of_asset_and_by_name(home):
    assert kiemke("import", "glpi", "glpi.csv", cwd=home).status == 0
    assert kiemke("import", "glpi", "glpi.csv", "--register", "tỉnh", cwd=home).status == 0
    assert assets(home)["register"].tolist() == ["GLPI Printer", "GLPI tỉnh"]


def test_what_is_wrong_with_one_file_is_told_and_the_others_go_on(home):
    (home / "wrong.csv").write_text("a,b\n1,2\n")
    (home / "bad.csv").write_text(NETBOX + 'sw-3,switch,HPE,2530,"CN3,,xa,active', encoding="utf-8")
    done = kiemke("import", "netbox", "wrong.csv", "missing.csv", "bad.csv", cwd=home)
    assert done.status == 1, done.err
    assert "wrong.csv: this is no list of devices that NetBox exports" in done.err
    assert "missing.csv: there is no such file" in done.err
    assert "A quotation mark is opened and not closed" in done.out
    assert assets(home)["serial"].tolist() == ["CN1234567", "CN1234568"]


def test_a_wrong_file_alone_is_one_sentence(home):
    (home / "wrong.csv").write_text("a,b\n1,2\n")
    for program, file in (("netbox", "wrong.csv"), ("glpi", "missing.csv"), ("netbox", "macs.csv")):
        done = kiemke("import", program, file, cwd=home)
        assert (done.status, len(done.err.splitlines())) == (2, 1), done.err


def test_a_list_that_lost_most_of_its_devices_is_not_believed(home):
    many = NETBOX + "".join(f"pc-{n},pc,Dell,390,SN000{n:04d},,Xã Xuân Hòa,active\n" for n in range(40))
    (home / "devices.csv").write_text(many, encoding="utf-8")
    assert kiemke("import", "netbox", "devices.csv", cwd=home).status == 0
    (home / "devices.csv").write_text(NETBOX, encoding="utf-8")
    done = kiemke("import", "netbox", "devices.csv", cwd=home)
    assert done.status == 2, done.err
    assert "40 of the 42 assets of the register “NetBox” would end" in done.err
    assert len(assets(home)) == 42
