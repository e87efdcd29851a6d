"""Neighbours: what LLDP, CDP and makers' own tables tell of them, by agents that keep to their MIB and by those that do not."""

from hypothesis import given
from hypothesis import strategies as st

from collectors.asking import Rows, Walk
from collectors.interview import interview
from collectors.replay import ask
from collectors.topics.heard import cached, remote
from collectors.topics.makers_neighbours import MIKROTIK, TABLES
from collectors.topics.neighbours import LOCAL, _told_addresses
from collectors.topics.ports import Ports
from tests.collectors.recorded import PROFILES, TARGET, observe, recording

NOBODY = Ports({}, {}, {}, {})


def device(enterprise: str, *names: str) -> str:
    """The system group and the interfaces of a device, numbered from 1."""
    lines = ["1.3.6.1.2.1.1.1.0|4|x", f"1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.{enterprise}"]
    return "\n".join([*lines, *(f"1.3.6.1.2.1.2.2.1.2.{n}|4|{name}" for n, name in enumerate(names, 1))]) + "\n"


def table(entry: str, index: str, **columns: str) -> str:
    return "".join(f"1.3.6.1.4.1.{entry}.{number[1:]}.{index}|{value}\n" for number, value in columns.items())


def asked(lines: str) -> list[object]:
    said: list[object] = []

    class Watching:
        def answer(self, requests, answers):
            said.extend(requests)
            recording(lines).answer(requests, answers)

    ask(Watching(), interview(TARGET, 0, PROFILES))
    return said


def test_nokia_keeps_lldp_by_ifindex():
    entry = "6527.3.1.2.59.4.1.1"
    row = table(entry, "8656.2.1.1", c4="2|4", c5="4x|00d0f6a10b20", c6="2|7", c7="4|35880961", c8="4|1/1/8, SFP", c9="4|NODE7")
    (other,) = observe(device("6527.1.9.1", "1/3/7", "1/3/8") + row).neighbours
    assert (other.protocol, other.local_port, other.local_index) == ("lldp", "1/3/8", 2)
    assert (other.remote_name, other.remote_port, other.remote_port_description) == ("NODE7", "35880961", "1/1/8, SFP")
    assert other.remote_chassis == "00:d0:f6:a1:0b:20"


def test_ciena_names_ports_by_number():
    row = table("6141.2.60.26.1.4.1.1", "0.7.1", c7="4|9", c9="4|next")
    lines = device("6141.1.75") + "1.3.6.1.2.1.2.2.1.2.10007|4|7\n" + row
    (other,) = observe(lines).neighbours
    assert (other.protocol, other.local_port, other.local_index, other.remote_port) == ("lldp", "7", 10007, "9")


def test_foundry():
    row = table(
        "1991.1.1.3.20.1.2.1.1", "2.1", c3="4|core", c4="2|1", c5="4x|0a010101", c6="4|v1", c7="4|ethernet1/1", c8="4|ICX"
    )
    (other,) = observe(device("1991.1.3.48", "e1", "e2") + row).neighbours
    assert (other.protocol, other.local_port, other.remote_name, other.remote_port) == ("fdp", "e2", "core", "ethernet1/1")
    assert (other.remote_address, other.remote_vendor_model, other.remote_description) == ("10.1.1.1", "ICX", "v1")


def test_fastpath_hears_cdp():
    for entry, model in (("4413.1.1.39.1.2.1.1", "4413"), ("674.10895.5000.2.6132.1.1.39.1.2.1.1", "674.10895.3000")):
        row = table(entry, "1.5", c3="4|10.1.1.2", c5="4|IOS", c6="4|sw2", c7="4|Gi0/2", c8="4|cisco WS-C2960")
        (other,) = observe(device(model, "0/1") + row).neighbours
        assert (other.protocol, other.local_port, other.remote_name, other.remote_port) == ("cdp", "0/1", "sw2", "Gi0/2")
        assert other.remote_address == "10.1.1.2"


def test_extreme():
    row = table("1916.1.13.2.1", "2.0.0.0.4.150.30.128.224", c3="4|x450", c4="4|12.5.4.5", c5="2|1", c6="2|24")
    (other,) = observe(device("1916.2.93", "1:1", "1:2") + row).neighbours
    assert (other.protocol, other.local_port, other.remote_name, other.remote_port) == ("edp", "1:2", "x450", "1:24")
    assert other.remote_chassis == "00:04:96:1e:80:e0"


def test_nortel_tells_addresses_and_segments_only():
    entry = "45.1.6.13.2.1.1"
    itself, other = "0.0.10.1.1.5.0", "1.24.10.1.1.9.258"
    rows = table(entry, itself, c5="4x|001b210a0b00") + table(entry, other, c5="4x|001b210a0b77")
    names = [f"Ethernet Routing Switch Module - Port {n}" for n in range(1, 25)]
    (seen,) = observe(device("45.3.82.4", *names) + rows).neighbours
    assert (seen.protocol, seen.local_index, seen.local_port) == ("sonmp", 24, names[23])
    assert (seen.remote_address, seen.remote_chassis, seen.remote_port) == ("10.1.1.9", "00:1b:21:0a:0b:77", "1/2")
    stacked = [f"Switch - Unit {unit} Port {port}" for unit in (1, 2) for port in (1, 24)]
    (seen,) = observe(device("45.3.82.4", *stacked) + rows.replace(other, "2.24.10.1.1.9.258")).neighbours
    assert seen.local_port == "Switch - Unit 2 Port 24"


def test_mikrotik_says_elsewhere_which_port_it_heard_a_neighbour_at():
    lldp = "".join(
        f"1.0.8802.1.1.2.1.4.1.1.{c}.0.0.3|{v}\n" for c, v in ((5, "4|B8:69:F4:7F:41:70"), (7, "4|wlan1"), (9, "4|mast"))
    )
    lldp += "1.0.8802.1.1.2.1.4.1.1.7.12|4|ether9\n1.0.8802.1.1.2.1.4.1.1.9.12|4|shed\n"
    entry = "14988.1.1.11.1.1"
    own = table(entry, "3", c6="4|mast", c8="2|1") + table(entry, "12", c8="2|2")
    own += table(entry, "35", c2="64|10.1.1.7", c3="4x|6c3b6be52a5e", c5="4|MikroTik", c6="4|old box", c8="2|2")
    mast, shed, old = observe(device("14988.1", "ether1", "ether2") + lldp + own).neighbours
    assert (mast.protocol, mast.local_port, mast.remote_name) == ("lldp", "ether1", "mast")
    assert (shed.protocol, shed.local_port, shed.remote_port) == ("lldp", "ether2", "ether9")
    assert (old.protocol, old.local_port, old.remote_name, old.remote_address) == ("mndp", "ether2", "old box", "10.1.1.7")


def test_makers_tables_are_asked_of_their_maker_where_the_standard_ones_are_empty():
    private = {table.walk for table in (*TABLES, MIKROTIK)}
    lldp = "1.0.8802.1.1.2.1.4.1.1.7.0.1.1|4|p1\n1.0.8802.1.1.2.1.4.1.1.9.0.1.1|4|n\n"
    foundry = device("1991.1.3.48", "e1")
    assert len(private & set(asked(foundry))) == 1
    assert not private & set(asked(foundry + lldp))
    assert not private & set(asked(device("9.1.716", "Gi0/1")))
    assert not private & set(asked(device("1991.1.3.48")))  # no interfaces that anybody could be next to


def test_local_ports_are_asked_for_one_by_one_where_few_have_neighbours():
    ports = "".join(f"1.0.8802.1.1.2.1.3.7.1.3.{n}|4|port{n}\n" for n in range(1, 49))

    def neighbours(count: int) -> str:
        rows = ((7, "4|up"), (9, "4|sw"))
        return "".join(f"1.0.8802.1.1.2.1.4.1.1.{c}.0.{n}.1|{v}{n}\n" for n in range(1, count + 1) for c, v in rows)

    names = [f"port{n}" for n in range(48, 0, -1)]  # numbered the other way round than in ifTable
    few = device("9.1.716", *names) + ports + neighbours(2)
    assert [other.local_index for other in observe(few).neighbours] == [48, 47]
    assert Rows(LOCAL.columns, ((1,), (2,))) in asked(few)
    assert LOCAL not in asked(few)
    many = device("9.1.716", *names) + ports + neighbours(30)
    assert LOCAL in asked(many)
    assert [other.local_index for other in observe(many).neighbours] == list(range(48, 18, -1))


V2 = "1.3.111.2.802.1.1.13.1."


def test_lldp_v2_with_its_own_ports_and_addresses():
    rows = "".join(
        f"{V2}4.1.1.{c}.0.{port}.1.1|{v}\n"
        for port in (2, 700)
        for c, v in ((6, "4|20:28:3e:6e:e3:11"), (8, "4|10GE2"), (10, "4|core"))
    )
    own = f"{V2}3.7.1.3.700|4|ethernet1/700\n{V2}4.2.1.3.0.2.1.1.1.4.10.1.1.4|2|1\n"
    two, beyond = observe(device("25461.2.3.38", "eth1", "eth2") + rows + own).neighbours
    assert (two.protocol, two.local_port, two.remote_port, two.remote_address) == ("lldp", "eth2", "10GE2", "10.1.1.4")
    assert (beyond.local_port, beyond.local_index, beyond.remote_chassis) == ("ethernet1/700", 700, "20:28:3e:6e:e3:11")


def test_lldp_and_cdp_are_both_kept():
    lldp = "1.0.8802.1.1.2.1.4.1.1.7.0.1.1|4|p1\n1.0.8802.1.1.2.1.4.1.1.9.0.1.1|4|router\n"
    cdp = "1.3.6.1.4.1.9.9.23.1.2.1.1.6.1.1|4|router\n1.3.6.1.4.1.9.9.23.1.2.1.1.7.1.1|4|Gi0/0\n"
    assert [other.protocol for other in observe(device("9.1.716", "Gi0/1") + lldp + cdp).neighbours] == ["lldp", "cdp"]


def lldp_row(chassis_subtype, chassis, port_subtype, port):
    row = {"chassis_subtype": chassis_subtype, "chassis": chassis, "port_subtype": port_subtype, "port": port}
    found = remote("lldp", "", None, {**row, "name": None, "description": None, "port_description": None})
    return (found.remote_chassis, found.remote_port, found.remote_address) if found else None


def test_ports_and_chassis_by_their_subtype():
    assert lldp_row(4, b"\x00\x1b!\n\x0b\x01", 3, b"\x00\x1b!\n\x0b\x02") == ("00:1b:21:0a:0b:01", "00:1b:21:0a:0b:02", None)
    assert lldp_row(4, b"00-1B-21-0A-0B-01", 3, b"001B.210A.0B02") == ("00:1b:21:0a:0b:01", "00:1b:21:0a:0b:02", None)
    assert lldp_row(4, b"ABCDEF", 5, b"Gi0/24") == ("41:42:43:44:45:46", "Gi0/24", None)  # six signs, but the one is a MAC
    assert lldp_row(None, b"\x00\x1b!\n\x0b\x01", None, b"\x00\x00\x00\x07")[0] == "00:1b:21:0a:0b:01"
    assert lldp_row(5, b"\x01\x0a\x01\x01\x02", 4, b"\x01\x0a\x01\x01\x03") == ("10.1.1.2", "10.1.1.3", "10.1.1.2")
    assert lldp_row(5, b"\x0a\x01\x01\x02", 7, b"1/1/2") == ("10.1.1.2", "1/1/2", "10.1.1.2")
    assert lldp_row(7, 12, 7, 13) == ("12", "13", None)
    assert lldp_row(4, b"", 3, b"") == (None, None, None)
    assert lldp_row(4, None, 3, None) is None


VALUES = (
    st.none() | st.integers(-(2**63), 2**64) | st.binary(max_size=40) | st.sampled_from([b"\x00" * 6, b"\xff\xfe", b"\x01\x04"])
)


@given(st.lists(VALUES, min_size=7, max_size=7), st.lists(VALUES, min_size=6, max_size=6))
def test_whatever_a_neighbour_says_of_itself_is_read(lldp, cdp):
    fields = ("chassis_subtype", "chassis", "port_subtype", "port", "port_description", "name", "description")
    remote("lldp", "", None, dict(zip(fields, lldp, strict=True)))
    cached("cdp", 1, dict(zip(("address_type", "address", "description", "name", "port", "platform"), cdp, strict=True)), NOBODY)


@given(st.lists(st.integers(0, 2**32 - 1), max_size=14).map(tuple), st.lists(VALUES, min_size=7, max_size=7))
def test_whatever_index_a_makers_table_has_is_read(index, values):
    for one in (*TABLES, MIKROTIK):
        one.read(one, index, dict(zip(one.columns, values, strict=False)), NOBODY)
    _told_addresses({index: 1}, 3)


@given(st.sampled_from(TABLES), st.lists(st.lists(st.integers(0, 300), max_size=9).map(tuple), max_size=4))
def test_whatever_rows_a_device_has_its_neighbours_are_read(one, indexes):
    lines = "".join(
        f"{'.'.join(map(str, (*one.at(column), *index)))}|4x|00ff0a\n"
        for index in indexes
        if index
        for column in one.columns.values()
    )
    assert observe(device(f"{one.enterprise}.1", "p1") + lines).neighbours is not None or not indexes or not lines


def test_makers_tables_are_their_own():
    places = [table.at(0)[:-1] for table in (*TABLES, MIKROTIK)]
    assert len(set(places)) == len(places)
    assert all(isinstance(table.walk, Walk) and table.entry[0] == table.enterprise for table in (*TABLES, MIKROTIK))
