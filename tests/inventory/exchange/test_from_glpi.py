"""What GLPI exports becomes a register, in its languages, with several values in a cell."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import HealthCheck, given, settings

from inventory.exchange import from_glpi, to_glpi
from inventory.exchange.lists import ListError
from inventory.offices import Office, Offices
from inventory.registers.records import State
from inventory.sentences import unpack
from tests.inventory.exchange.made import frames, networks

TODAY = datetime.date(2026, 3, 2)
OFFICES = Offices(
    {
        "huyen": Office("huyen", "Huyện Lập Thạch", "Lập Thạch district"),
        "xh": Office("xh", "Xã Xuân Hòa", "Xuân Hòa", parent="huyen"),
    }
)


def registers(folder, **files):
    lists = []
    for name, content in files.items():
        path = folder / f"{name.replace('_', '-')}.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8-sig"))
        lists += from_glpi.listed(path)
    return from_glpi.registers(lists, OFFICES, TODAY)


ENGLISH = """\
"Name";"Entity";"Status";"Manufacturers";"Serial number";"Types";"Model";"Location";"Network - MAC";\
"Networking - IP";"Inventory number";
"PC-01";"Root entity > Xã Xuân Hòa";"In use";"Dell Inc.";"7XK2M3N";"Desktop";"OptiPlex 390";"Huyện Lập Thạch > Phòng 201";\
"00:1C:73:00:00:01
00:1C:73:00:00:02";"127.0.0.1
10.0.0.9";"TS-7";
"""
FRENCH = """\
"Nom";"Entité";"Statut";"Fabricant";"Numéro de série";"Type";"Modèle";"Lieu";"Dernière modification";\
"Informations financières et administratives - Date d'achat"
"imp-1";"Racine > Xuân Hòa";"En panne";"HP";"VNB3K12345";"Imprimante";"LaserJet P2055dn";"";"2024-05-06 10:11";"2012-07-15"
"""
VIETNAMESE = """\
"Tên";"Thực thể";"Trạng thái";"Nhà sản xuất";"Số sê-ri";"Loại";"Kiểu máy";"Vị trí";"Người dùng";"Ghi chú"
"MAYTINH-1";"";"Đang sử dụng";"Asus";"K1N0CV";"Máy tính xách tay";"X541U";"Xã Xuân Hòa";"Nguyễn Văn A";"nhận năm 2019"
"""


def test_english_with_several_values_in_a_cell(tmp_path):
    (register,) = registers(tmp_path, glpi=ENGLISH)
    (line,) = register.lines
    assert (line.kind, line.vendor, line.model, line.serials, line.code) == ("pc", "Dell", "OptiPlex 390", ("7XK2M3N",), "TS-7")
    assert (line.macs, line.address) == (("00:1c:73:00:00:01", "00:1c:73:00:00:02"), "10.0.0.9")
    assert (line.office, line.place, line.state) == ("huyen", "Phòng 201", State.IN_USE)
    assert from_glpi.books(register) == "GLPI Computer"


def test_french(tmp_path):
    (register,) = registers(tmp_path, glpi=FRENCH)
    (line,) = register.lines
    assert (line.name, line.kind, line.state, line.office) == ("imp-1", "printer", State.BROKEN, "xh")
    assert (line.model, line.acquired) == ("LaserJet P2055dn", "2012-07-15")
    assert ("Dernière modification", "2024-05-06 10:11") in line.more
    assert from_glpi.books(register) == "GLPI Printer"


def test_vietnamese_in_either_normal_form(tmp_path):
    import unicodedata

    for form in ("NFC", "NFD"):
        (register,) = registers(tmp_path, glpi=unicodedata.normalize(form, VIETNAMESE))
        (line,) = register.lines
        assert (line.kind, line.state, line.office, line.user) == ("pc", State.IN_USE, "xh", "Nguyễn Văn A")
        assert (line.serials, line.model, line.note) == (("K1N0CV",), "X541U", "nhận năm 2019")


def test_a_list_of_its_own_type_needs_no_column_of_types(tmp_path):
    (register,) = registers(tmp_path, printers="Name;Serial number;Model\nin-1;VNB3K12345;P2055\n")
    assert [line.kind for line in register.lines] == ["printer"]


def test_hostile_rows_are_listed_and_the_rest_goes_on(tmp_path):
    content = """\
"Name";"Serial number";"Model";"Value";"Date of purchase"
"a";"S0000001";"m";"12000000";"99-99-2012"
"b";"S0000002
S0000003";"m";"";""
"c";"1,23E+15";"m";"not money";"2012"
;;;;
"d";"S0000004";"m";"5.000.000";"15-07-2012"
"""
    (register,) = registers(tmp_path, computers=content)
    assert [(line.name, line.serials, line.price_vnd, line.acquired) for line in register.lines] == [
        ("a", ("S0000001",), 12_000_000, None),
        ("c", (), None, "2012"),
        ("d", ("S0000004",), 5_000_000, "2012-07-15"),
    ]
    assert [(one.cell, *(said.key for said in unpack(one.reason)), one.whole_row) for one in register.rejected] == [
        ("E2", "detail.register_no_such_day", False),
        ("B3", "detail.register_open_quote", True),
        ("B4", "detail.register_rounded", False),
        ("D4", "detail.register_no_amount", False),
    ]


def test_another_file_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(ListError, match=r"other\.csv: this is no list of devices that GLPI exports"):
        registers(tmp_path, other="a;b\n1;2\n")


def exported(folder, network):
    lists = []
    for form in to_glpi.export(network).forms:
        (folder / form.file).write_text(form.text(to_glpi.DELIMITER), encoding="utf-8", newline="")
        lists += from_glpi.listed(folder / form.file) if form.rows else ()
    return from_glpi.registers(lists, OFFICES, TODAY)


def test_our_own_export_comes_back(tmp_path):
    devices = [
        {"device": "D00001", "sys_name": "sw", "kind": "switch", "vendor": "HPE", "model": "2530; 24G", "serial": "=CN123456"},
        {"device": "D00002", "sys_name": "in", "kind": "printer", "vendor": "Canon", "model": "M" * 300, "serial": "VNB3K12345"},
        {"device": "D00003", "kind": None, "mac": "00:1c:73:00:00:03", "address": "10.0.0.3"},
    ]
    found = {line.name: line for register in exported(tmp_path, frames(devices)) for line in register.lines}
    assert (found["sw"].kind, found["sw"].vendor, found["sw"].model, found["sw"].serials) == (
        *("switch", "HPE", "2530; 24G"),
        ("=CN123456",),
    )
    assert (found["in"].model, found["in"].serials) == ("M" * 300, ("VNB3K12345",))
    assert (found["D00003"].macs, found["D00003"].address) == (("00:1c:73:00:00:03",), "10.0.0.3")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(networks())
def test_no_device_is_lost_without_a_word(tmp_path_factory, network):
    found = exported(tmp_path_factory.mktemp("glpi"), network)
    rows = sum(len(register.lines) + sum(one.whole_row for one in register.rejected) for register in found)
    assert rows == len(network.devices)
