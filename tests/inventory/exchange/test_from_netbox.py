"""What NetBox exports becomes a register: every device with what NetBox says of it, every other row with the reason."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.exchange import from_netbox, to_netbox
from inventory.exchange.lists import ListError
from inventory.junk import is_junk_serial
from inventory.offices import Office, Offices
from inventory.registers.files.cells import RegisterError
from inventory.registers.records import State
from inventory.sentences import unpack
from tests.inventory.exchange.made import frames, networks

TODAY = datetime.date(2026, 3, 2)
OFFICES = Offices(
    {code: Office(code, name, english) for code, name, english in [("A", "Xã A", "A"), ("xh", "Xã Xuân Hòa", "X H")]}
)


def registers(folder, **files):
    """Registers of files by name (without .csv) and content, text or octets."""
    lists = []
    for name, content in files.items():
        path = folder / f"{name}.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        lists += from_netbox.listed(path)
    return from_netbox.registers(lists, OFFICES, TODAY)


def reasons(register):
    return [(one.cell, *(said.key for said in unpack(one.reason)), one.whole_row) for one in register.rejected]


#: The page "Devices" of NetBox 4, exported as "All data (CSV)".
TABLE = """\
Name,Status,Tenant,Site,Location,Rack,Role,Manufacturer,Type,IP Address,Serial number,Asset tag,Comments,ID
sw-ket-toan,Active,UBND,Xã Xuân Hoà,Tầng 2,R1,Access switch,Cisco,WS-C2960-24TT-L,10.0.0.2/24,FOC1010X104,TS-042,,12
PC-01,Inventory,,Xa Xuan Hoa,,,Máy tính,Dell,OptiPlex 390,,,,"hai dòng
ghi chú",13
"""


def test_a_table_as_its_page_exports_it(tmp_path):
    (register,) = registers(tmp_path, netbox_devices=TABLE)
    switch, pc = register.lines
    assert (switch.name, switch.host_name, switch.kind, switch.vendor, switch.model) == (
        *("sw-ket-toan", "sw-ket-toan", "switch", "Cisco"),
        "WS-C2960-24TT-L",
    )
    assert (switch.serials, switch.code, switch.address) == (("FOC1010X104",), "TS-042", "10.0.0.2")
    assert (switch.office, switch.office_told, switch.place) == ("xh", "Xã Xuân Hoà", "Tầng 2")
    assert (switch.state, pc.state) == (State.IN_USE, State.STORED)
    assert ("Rack", "R1") in switch.more
    assert (pc.kind, pc.office, pc.row, pc.note) == ("pc", "xh", 3, "hai dòng ghi chú")
    assert register.rejected == ()


def test_the_names_of_the_import_form_and_the_addresses_of_ports(tmp_path):
    devices = """\
name,role,manufacturer,device_type,serial,site,status
sw1,switch,HPE,2530,CN1234,A,active
SW2,switch,HPE,2530,CN1235,A,offline
"""
    macs = """\
mac_address,device,interface,is_primary
00:1C:73:00:00:01,sw1,Gi0/1,true
00-1c-73-00-00-02,sw1,Gi0/2,true
x,sw2,p,true
"""
    addresses = "address,status,device,interface,is_primary\n10.0.0.1/24,active,sw2,vlan1,true\n"
    (register,) = registers(tmp_path, devices=devices, macs=macs, addresses=addresses)
    one, two = register.lines
    assert one.macs == ("00:1c:73:00:00:01", "00:1c:73:00:00:02")
    assert (two.address, two.macs) == ("10.0.0.1", ())
    assert ("status", "offline") in two.more  # no state of the books: what NetBox says is kept


def test_what_cannot_be_read_is_listed_with_its_cell_and_the_rest_goes_on(tmp_path):
    devices = """\
name,role,manufacturer,device_type,serial,site,status,ip address
sw1,switch,HPE,2530,CN0000001,A,active,10.0.0.1
sw1,switch,HPE,2530,CN0000001,A,active,10.0.0.1
,,,,,,active,
sw3,switch,HPE,2530,CN0000003,A,active,10.0.0.300
sw4,switch,HPE,2530,CN0000004,A,active,10.0.0.4,more,cells
sw5,switch,HPE,2530,"CN0000005,A,active,10.0.0.5
sw6,switch,HPE,2530,CN0000006,A,active,10.0.0.6
sw7,no such role,HPE,2530,None,nowhere,planned,
"""
    (register,) = registers(tmp_path, devices=devices)
    assert [line.name for line in register.lines] == ["sw1", "sw3", "sw6", "sw7"]
    assert reasons(register) == [
        ("A3", "detail.register_repeated", True),
        ("G4", "detail.list_nothing", True),
        ("H5", "detail.register_no_address", False),
        ("I6", "detail.list_too_many_cells", True),
        ("E7", "detail.register_open_quote", True),
    ]
    last = register.lines[-1]
    assert (last.kind, last.serials, last.office, last.office_told) == (None, (), None, "nowhere")
    assert {("role", "no such role"), ("status", "planned")} <= set(last.more)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1258"])
def test_other_codes_of_text(tmp_path, encoding):
    text = TABLE if encoding != "cp1258" else TABLE.replace("Xã", "Xa").replace("Tầng", "Tang").replace("Máy tính", "PC")
    text = text if encoding != "cp1258" else "".join(c for c in text if ord(c) < 128)
    (register,) = registers(tmp_path, devices=text.encode(encoding))
    assert [line.serials for line in register.lines] == [("FOC1010X104",), ()]


@pytest.mark.parametrize(
    "content",
    ["name,slug,status\nXã A,xa-a,active\n", "a,b\n1,2\n", "name\nsw1\n", "Tên tài sản,Số máy\nMáy in,1\n", "\x00\x01\x02" * 50],
)
def test_another_file_is_refused_in_a_sentence(tmp_path, content):
    with pytest.raises((ListError, RegisterError)) as refused:
        registers(tmp_path, other=content)
    assert "other.csv" in str(refused.value)


def exported(folder, network):
    """The network as NetBox would give back what it was given."""
    for form in to_netbox.export(network).forms:
        (folder / form.file).write_text(form.text(), encoding="utf-8", newline="")
    lists = [one for name in ("06-devices", "08-mac-addresses") for one in _listed(folder / f"{name}.csv")]
    return from_netbox.registers(lists, OFFICES, TODAY)


def _listed(path):
    return from_netbox.listed(path) if len(path.read_text(encoding="utf-8").splitlines()) > 1 else ()


LONG = "".join(f"{n:02d}" for n in range(30))  # NetBox takes 50 signs


def test_our_own_export_comes_back(tmp_path):
    devices = [
        {"device": "D00001", "sys_name": "sw", "kind": "switch", "vendor": "HPE", "model": "2530-24G", "serial": "=CN123456"},
        {"device": "D00002", "sys_name": "SW", "kind": "printer", "vendor": "Canon", "model": "LBP2900", "serial": "0012345"},
        {"device": "D00003", "kind": "pc", "vendor": None, "model": None, "serial": LONG},
        {"device": "D00004", "sys_name": "{{ x }}", "kind": None, "model": "M" * 120, "vendor": "Dell"},
    ]
    ports = [{"device": "D00002", "if_index": 1, "name": "eth0", "mac": "00:1c:73:00:00:09"}]
    (register,) = exported(tmp_path, frames(devices, ports, codes={"D00002": "TS-2"}))
    assert [(line.kind, line.vendor, line.model, line.serials) for line in register.lines] == [
        ("switch", "HPE", "2530-24G", ("=CN123456",)),
        ("printer", "Canon", "LBP2900", ("0012345",)),
        ("pc", None, None, (LONG,)),
        (None, "Dell", "M" * 120, ()),
    ]
    assert [line.name for line in register.lines] == ["sw", "SW", "D00003", "{{ x }}"]
    assert (register.lines[1].code, register.lines[1].macs, register.lines[1].office) == ("TS-2", ("00:1c:73:00:00:09",), "A")


plain = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=4, max_size=30).filter(str.strip)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(plain.map("7{}".format), plain), min_size=1, max_size=5, unique_by=lambda row: row[0].upper()))
def test_serial_numbers_of_any_signs_come_back(tmp_path_factory, told):
    made = [
        {"device": f"D{n:05d}", "sys_name": f"sw-{n}", "serial": serial, "model": model, "vendor": "HPE", "kind": "switch"}
        for n, (serial, model) in enumerate(told)
    ]
    (register,) = exported(tmp_path_factory.mktemp("netbox"), frames(made))
    read = {line.name: line for line in register.lines}
    for n, (serial, _) in enumerate(told):
        line = read[f"sw-{n}"]
        assert line.serials == (() if is_junk_serial(serial) else (serial.lstrip("'"),)) or register.rejected


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(networks())
def test_no_device_is_lost_without_a_word(tmp_path_factory, network):
    for register in exported(tmp_path_factory.mktemp("netbox"), network):
        whole = [one for one in register.rejected if one.whole_row]
        assert len(register.lines) + len(whole) == len(network.devices)
