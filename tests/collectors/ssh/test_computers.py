"""What Linux and Windows tell is read right, and hostile text never raises."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.ssh import linux, windows
from collectors.ssh.platforms import platforms
from inventory.facts import Outcome, Topic
from tests.collectors.ssh.rubbish import JSONS, OUTPUT

# Linux


def said_by_linux(sections: dict[str, str]) -> str:
    told = {"hello": "Linux", **sections, "end": ""}
    return "".join(f"\nkMARK {name}\n{text}\n" for name, text in told.items())


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["addr", "neigh", "arp", "lsblk", "df", "memory", "cpu", "os-release", "uptime", "speed", "smart_sda"]),
        OUTPUT,
    )
)
def test_no_linux_text_raises(sections: dict[str, str]) -> None:
    linux.parse("kMARK", said_by_linux({name.replace("_", " "): text for name, text in sections.items()}))


@settings(max_examples=150, deadline=None)
@given(JSONS, JSONS, JSONS, JSONS)
def test_no_linux_json_raises(addr: object, neigh: object, lsblk: object, smart: object) -> None:
    parts = {"addr": addr, "neigh": neigh, "lsblk": lsblk, "smart sda": smart}
    linux.parse("kMARK", said_by_linux({name: json.dumps(value) for name, value in parts.items()}))


LEARNT = """\
[{"mac":"f2:b0:f7:a1:65:2a","ifname":"eth1","vlan":20,"flags":[],"master":"br0","state":""},
 {"mac":"f2:b0:f7:a1:65:2b","ifname":"eth1","flags":[],"master":"br0","state":"stale"},
 {"mac":"fa:06:84:60:3a:15","ifname":"eth1","flags":[],"master":"br0","state":"permanent"},
 {"mac":"33:33:00:00:00:01","ifname":"eth1","flags":["self"],"state":"permanent"}]"""
PLAIN = """\
f2:b0:f7:a1:65:2a dev eth1 vlan 20 master br0
f2:b0:f7:a1:65:2b dev eth1 master br0 stale
fa:06:84:60:3a:15 dev eth1 master br0 permanent
33:33:00:00:00:01 dev eth1 self permanent"""
HEARD = """\
lldp.eth1.10.via=LLDP
lldp.eth1.10.chassis.mac=00:1c:73:00:00:01
lldp.eth1.10.chassis.name=sw-1
lldp.eth1.10.chassis.descr=a switch
of two lines
lldp.eth1.10.chassis.mgmt-ip=10.0.0.2
lldp.eth1.10.port.ifname=Gi0/1
lldp.eth2.via=CDPv2
lldp.eth2.chassis.local=old-switch
lldp.eth2.port.local=Fa0/2"""


@pytest.mark.parametrize("table", [LEARNT, PLAIN])
def test_what_a_linux_bridge_has_learnt(table: str) -> None:
    addresses = linux.parse("kMARK", said_by_linux({"hello": "Linux", "fdb": table, "end": ""})).addresses
    assert addresses is not None
    assert [(e.mac, e.port, e.vlan) for e in addresses.forwarding or ()] == [
        ("f2:b0:f7:a1:65:2a", "eth1", 20),
        ("f2:b0:f7:a1:65:2b", "eth1", None),
    ]


def test_whom_lldpd_has_heard_by_whatever_protocol() -> None:
    one, other = linux.parse("kMARK", said_by_linux({"hello": "Linux", "lldp": HEARD, "end": ""})).neighbours or ()
    assert (one.protocol, one.local_port, one.remote_name, one.remote_port) == ("lldp", "eth1.10", "sw-1", "Gi0/1")
    assert (one.remote_chassis, one.remote_address) == ("00:1c:73:00:00:01", "10.0.0.2")
    assert (other.protocol, other.local_port, other.remote_chassis, other.remote_port) == ("cdp", "eth2", "old-switch", "Fa0/2")


def test_a_file_cannot_pose_as_a_section() -> None:
    said = linux.parse("kMARK", said_by_linux({"dmi.sys_vendor": "Dell Inc.", "os-release": "x\nkOTHER dmi.sys_vendor\nEvil"}))
    assert said.identity is not None
    assert said.identity.vendor is not None
    assert said.identity.vendor.value == "Dell"


def test_an_answer_cut_short_is_partial_and_keeps_what_came() -> None:
    whole = said_by_linux(
        {
            "dmi.sys_vendor": "LENOVO",
            "dmi.product_name": "10SQS00U00",
            "dmi.product_version": "ThinkCentre M720t",
            "memory": "MemTotal: 8 kB",
        }
    )
    said = linux.parse("kMARK", whole[: whole.index("MemTotal")])
    assert said.identity is not None
    assert said.identity.model is not None
    assert said.identity.model.value == "ThinkCentre M720t"
    assert said.topics[Topic.IDENTITY.value] is Outcome.PARTIAL
    assert said.health == ()


def test_junk_from_the_maker_is_no_identity() -> None:
    said = linux.parse(
        "kMARK",
        said_by_linux(
            {
                "dmi.sys_vendor": "To be filled by O.E.M.",
                "dmi.product_name": "System Product Name",
                "dmi.product_serial": "Default string",
                "dmi.board_vendor": "Gigabyte Technology Co., Ltd.",
                "dmi.board_name": "H110M-DS2",
            }
        ),
    )
    assert said.identity is not None
    assert (said.identity.vendor, said.identity.model, said.identity.serial) == (None, None, None)
    board = next(c for c in said.components or () if c.kind == "board")
    assert (board.vendor, board.model) == ("Gigabyte", "H110M-DS2")


def test_a_serial_that_root_alone_may_read_is_not_no_serial() -> None:
    said = linux.parse(
        "kMARK", said_by_linux({"dmi.product_serial": ""}).replace("dmi.product_serial", "dmi.product_serial denied")
    )
    assert "serial: no permission" in said.notes


@pytest.mark.parametrize(
    ("uuid", "tag", "told"),
    [
        ("4C4C4544-0034-3410-8036-B7C04F4D3232", " TS 0123/2019 ", ("4c4c4544-0034-3410-8036-b7c04f4d3232", "TS 0123/2019")),
        ("03000200-0400-0500-0006-000700080009", "Default string", (None, None)),
        ("FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "No Asset Tag", (None, None)),
        ("00000000-0000-0000-0000-AC1F6B012345", "7ABC123", (None, None)),  # of the card alone; the serial number over again
        ("not a uuid", "Asset-1234567890", (None, None)),
    ],
)
def test_the_machines_identifier_and_its_owners_asset_code(uuid: str, tag: str, told: tuple[str | None, str | None]) -> None:
    sections = {"dmi.product_serial": "7ABC123", "dmi.product_uuid": uuid, "dmi.chassis_asset_tag": tag}
    over_linux = linux.parse("kMARK", said_by_linux(sections)).identity
    over_windows = windows.parse("kMARK", "kMARK " + json.dumps(WINDOWS | {"uuid": uuid, "tag": tag})).identity
    assert over_linux is not None
    assert over_windows is not None
    assert (over_linux.uuid, over_linux.asset_tag) == (over_windows.uuid, over_windows.asset_tag) == told


def test_boards_without_dmi_and_nas() -> None:
    board = linux.parse(
        "kMARK", said_by_linux({"tree.model": "Raspberry Pi 4 Model B Rev 1.4", "tree.serial": "10000000abcdef01"})
    ).identity
    assert board is not None
    assert board.model is not None
    assert board.serial is not None
    assert (board.model.value, board.serial.value) == ("Raspberry Pi 4 Model B Rev 1.4", "10000000abcdef01")
    nas = linux.parse(
        "kMARK",
        said_by_linux(
            {
                "synology.model": 'upnpmodelname="DS218+"',
                "synology.serial": "1780PDN123456",
                "synology.version": 'productversion="7.2.1"\nbuildnumber="69057"',
            }
        ),
    ).identity
    assert nas is not None
    assert [e.value if e else None for e in (nas.vendor, nas.model, nas.serial, nas.os_version, nas.kind)] == [
        "Synology",
        "DS218+",
        "1780PDN123456",
        "DSM 7.2.1-69057",
        "storage",
    ]


def test_linux_tells_what_its_cards_are_part_of() -> None:
    def card(index: int, name: str, **more: object) -> dict[str, object]:
        return {
            "ifindex": index,
            "ifname": name,
            "link_type": "ether",
            "operstate": "UP",
            "flags": ["UP"],
            "addr_info": [],
            **more,
        }

    cards = [
        card(2, "eth0", master="bond0"), card(3, "eth1", master="br0"), card(4, "eth2", operstate="DOWN", master="br1"),
        card(5, "eth3", master="br1"), card(6, "bond0"),
    ]  # fmt: skip
    said = linux.parse(
        "kMARK",
        said_by_linux(
            {
                "addr": json.dumps(cards),
                "speed": "eth0 1000 full\neth1 100 half\neth2  unknown\neth3 1000\nbond0 1000 99",
                "bonds": "bond0 bond7",
                "bridge": "eth1 4 1\neth2 3 0\neth3 9 1",
            }
        ),
    )
    told = [(i.name, i.duplex, i.speed_bps, i.aggregate, i.stp) for i in said.interfaces or ()]
    assert told == [
        ("eth0", "full", 10**9, "bond0", None),
        ("eth1", "half", 10**8, None, "blocking"),
        ("eth2", None, None, None, None),  # no link, and its bridge runs no spanning tree
        ("eth3", None, 10**9, None, None),
        ("bond0", None, 10**9, None, None),
    ]


def test_busybox_tells_its_addresses_without_json() -> None:
    text = (
        "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000\n"
        "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n"
        "    inet 127.0.0.1/8 scope host lo\n"
        "5: eth0.2@eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP qlen 1000\n"
        "    link/ether 00:11:22:33:44:55 brd ff:ff:ff:ff:ff:ff\n    inet 192.0.2.7/24 brd 192.0.2.255 scope global eth0.2\n"
    )
    said = linux.parse(
        "kMARK",
        said_by_linux(
            {"addr": text, "neigh": "192.0.2.1 dev eth0.2 lladdr 00:aa:bb:cc:dd:ee REACHABLE\n192.0.2.9 dev eth0.2  FAILED"}
        ),
    )
    assert [(i.index, i.name, i.mac, i.oper_up) for i in said.interfaces or ()] == [
        (1, "lo", None, True),
        (5, "eth0.2", "00:11:22:33:44:55", True),
    ]
    assert said.addresses is not None
    assert [(a.address, a.prefix_length, a.if_index) for a in said.addresses.own or ()] == [
        ("127.0.0.1", 8, 1),
        ("192.0.2.7", 24, 5),
    ]
    assert [(a.address, a.mac, a.if_index) for a in said.addresses.arp or ()] == [("192.0.2.1", "00:aa:bb:cc:dd:ee", 5)]


def test_disks_and_their_health() -> None:
    smart = {
        "model_name": "ST500DM002-1BD142",
        "serial_number": "Z3TXXXX1",
        "firmware_version": "KC48",
        "user_capacity": {"bytes": 500107862016},
        "smart_status": {"passed": False},
        "power_on_time": {"hours": 41234},
        "temperature": {"current": 38},
        "ata_smart_attributes": {
            "table": [
                {"id": 5, "raw": {"value": 16}},
                {"id": 188, "raw": {"value": 4295032834}},  # what Seagate puts above is how many took how long
                {"id": 194, "raw": {"value": 38}},
                {"id": 197, "raw": {"value": -1}},
                {"id": "198", "raw": None},
            ]
        },
    }
    listing = {
        "blockdevices": [
            {
                "name": "sda",
                "type": "disk",
                "size": "500107862016",
                "model": "ST500DM002-1BD14",
                "rota": "1",
                "tran": "sata",
                "vendor": "ATA     ",
            },
            {"name": "sr0", "type": "rom", "size": 1073741312},
            {"name": "zram0", "type": "disk", "size": 1073741824},
        ]
    }
    said = linux.parse("kMARK", said_by_linux({"lsblk": json.dumps(listing), "smart sda": json.dumps(smart)}))
    disks = [c for c in said.components or () if c.kind == "disk"]
    assert [(d.index, d.model, d.serial, d.firmware_rev, d.size_bytes, d.description, d.vendor) for d in disks] == [
        ("disk:sda", "ST500DM002-1BD142", "Z3TXXXX1", "KC48", 500107862016, "sata HDD", None)
    ]
    assert {(r.metric, r.item, r.value, r.text) for r in said.health or ()} == {
        ("disk_health", "sda", None, "failing"),
        ("disk_power_on", "sda", 41234.0, None),
        ("temperature", "sda", 38.0, None),
        ("disk_reallocated", "sda", 16.0, None),
        ("disk_timeouts", "sda", 2.0, None),
    }


def test_wear_of_a_flash_disk() -> None:
    log = {"nvme_smart_health_information_log": {"percentage_used": 104, "media_errors": 0, "critical_warning": 0}}
    said = linux.parse("kMARK", said_by_linux({"smart nvme0n1": json.dumps(log)}))
    told = {(r.metric, r.item, r.value) for r in said.health or ()}
    assert told == {("disk_wear", "nvme0n1", 104.0), ("disk_uncorrectable", "nvme0n1", 0.0)}


def test_heat_of_chips_with_their_own_limits() -> None:
    lines = (
        "coretemp|Package id 0|54000|100000",
        "acpitz||27800|",
        "nvme|Composite|40850|84850",  # a disk, which smartctl tells
        "nouveau|GPU core|-1000|",
        "k10temp|Tctl|not a number|",
        "half a line",
    )
    said = linux.parse("kMARK", said_by_linux({"heat": "\n".join(lines)}))
    assert {(r.metric, r.item, r.value) for r in said.health or ()} == {
        ("temperature", "coretemp Package id 0", 54.0),
        ("temperature_limit", "coretemp Package id 0", 100.0),
        ("temperature", "acpitz", 27.8),
    }


# Windows

#: Written after Microsoft's documents of the CIM classes, for want of a machine.
WINDOWS = {
    "name": "PC-0412", "maker": "Dell Inc.", "model": "OptiPlex 3050", "family": "", "serial": "7ABC123", "memory": 8465612800,
    "chassis": [3], "bios": "1.11.1", "bios_date": "2018-11-06", "os": "Microsoft Windows 10 Pro", "version": "10.0.19045",
    "uuid": "4C4C4544-0034-3410-8036-B7C04F4D3232", "tag": "", "build": "19045", "installed": "2022-03-01", "uptime": 123456,
    "board": {"maker": "Dell Inc.", "model": "0W0CHX", "serial": "/7ABC123/CNWS20/"},
    "cpu": {"name": "Intel(R) Core(TM) i3-7100 CPU @ 3.90GHz", "cores": 2},
    "dimms": [{"slot": "DIMM1", "maker": "Samsung", "model": "M378A5244CB0-CRC", "serial": "37A1B2C3", "size": 4294967296}],
    "disks": [{"id": "0", "model": "TOSHIBA DT01ACA100", "serial": "  X8ABCDEFS", "size": 1000204886016, "media": "HDD",
               "bus": "SATA", "health": "Warning", "firmware": "MS2OA750", "hours": 21000, "wear": None, "temperature": 35}],
    "volumes": [{"name": "C:", "size": 500000000000, "free": 100000000000}],
    "cards": [{"index": 12, "name": "Ethernet", "description": "Realtek PCIe GbE", "mac": "D8-9E-F3-11-22-33",
               "speed": "1000000000", "up": True, "enabled": True, "mtu": 1500}],
    "addresses": [{"index": 12, "address": "192.0.2.50", "length": 24}, {"index": 1, "address": "127.0.0.1", "length": 8}],
    "neighbours": [{"index": 12, "address": "192.0.2.1", "mac": "00-11-22-33-44-55"},
                   {"index": 12, "address": "224.0.0.22", "mac": "01-00-5E-00-00-16"}],
    "tpm": True, "secure_boot": None,
}  # fmt: skip


def test_windows_is_read() -> None:
    output = "\ufeff#< CLIXML\r\n" + "kMARK " + json.dumps(WINDOWS) + "\r\n"
    assert windows.understood("kMARK", output)
    said = windows.parse("kMARK", output)
    who = said.identity
    assert who is not None
    told = (who.vendor, who.model, who.serial, who.os_version, who.kind, who.manufactured, who.installed)
    assert [e.value if e else None for e in told] == [
        "Dell", "OptiPlex 3050", "7ABC123", "Microsoft Windows 10 Pro 10.0.19045", "pc", "2018-11-06", "2022-03-01",
    ]  # fmt: skip
    assert [(i.index, i.name, i.mac, i.speed_bps, i.oper_up) for i in said.interfaces or ()] == [
        (12, "Ethernet", "d8:9e:f3:11:22:33", 10**9, True)
    ]
    assert said.addresses is not None
    assert [a.address for a in said.addresses.own or ()] == ["192.0.2.50"]
    assert [a.mac for a in said.addresses.arp or ()] == ["00:11:22:33:44:55"]
    assert ("disk_health", "failing") in {(r.metric, r.text) for r in said.health or ()}
    assert {c.index for c in said.components or ()} == {"board", "cpu0", "memory:DIMM1", "disk:0"}
    assert not windows.understood("kMARK", "'powershell' is not recognized as an internal or external command")


@settings(max_examples=150, deadline=None)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(WINDOWS, JSONS)))
def test_no_windows_json_raises(data: dict[str, object]) -> None:
    windows.parse("kMARK", "kMARK " + json.dumps(data))


def test_the_windows_script_fits_a_command_line_and_only_reads() -> None:
    command = windows.command("k" + "0" * 24)
    assert len(command) < windows.LONGEST
    platforms()["windows"].permitted(command)
    verbs = set(re.findall(r"\b([A-Z][a-z]+)-[A-Z]\w+", windows._script()))
    assert verbs <= {"Get", "Confirm", "Convert", "ConvertTo", "Include"}, verbs
