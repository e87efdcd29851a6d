"""Maps as they are drawn: readable at 25 offices, at an office of 60 devices and at an office of 5."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgba

from analysis.connectivity import connectivity
from analysis.figures import district_map, office_map
from analysis.figures.layout import fitted, text_width, wrapped
from analysis.figures.style import ACCENT
from reports.texts import texts
from simulator import district
from tests.analysis import networks
from tests.analysis.conftest import device, frame
from tests.analysis.drawn import assert_readable

VI = texts("vi")
#: A picture takes a while: what fails is not made smaller again and again.
QUICK = {"deadline": None, "suppress_health_check": list(HealthCheck), "phases": [Phase.explicit, Phase.reuse, Phase.generate]}
ABOUT = "Số liệu đến 26/11/2026; đã thấy 25/26 đơn vị, 415 thiết bị."


def endpoint(number, switch, port, **values):
    mac = f"00:11:22:00:{number // 256:02x}:{number % 256:02x}"
    return {"mac": mac, "office": "X01", "switch": switch, "port": port, "mac_class": "global"} | values


def told(a, a_port, b, b_port, **values):
    return {"a_device": a, "a_port": a_port, "b_device": b, "b_port": b_port, "protocol": "lldp", "both_sides": True} | values


def office(devices, links=(), endpoints=(), interfaces=(), name="Ủy ban nhân dân xã Nguyễn Huệ", staff=40):
    """A known cabling with the frames that it was made of: (connectivity, devices, offices, interfaces)."""
    frames = {
        "devices": frame("devices", [device(i, **values) for i, values in enumerate(devices, 1)]),
        "offices": frame("offices", [{"office": "X01", "name_vi": name, "name_en": name, "staff": staff}]),
        "interfaces": frame("interfaces", list(interfaces)),
        "links": frame("links", list(links)),
        "endpoints": frame("endpoints", list(endpoints)),
    }
    return connectivity(**frames), frames["devices"], frames["offices"], frames["interfaces"]


def drawn_office(known, devices, offices, interfaces, code="X01", **more):
    return assert_readable(office_map(known, devices, offices, code, VI, ABOUT, interfaces=interfaces, **more))


# --- the simulated district -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lap_thach():
    there = district.load()
    frames = networks.district(there.at(there.today))
    offices = frame(
        "offices",
        [
            {
                "office": o.code, "name_vi": o.name_vi, "name_en": o.name_en, "parent": o.parent, "staff": o.staff,
            }
            for o in there.offices
        ],
    )  # fmt: skip
    known = connectivity(frames.devices, offices, frames.interfaces, frames.links, frames.endpoints, frames.forwarding)
    return known, frames.devices, offices, frames.interfaces


def test_the_district_is_readable_and_names_every_office(lap_thach):
    known, devices, offices, interfaces = lap_thach
    found = assert_readable(district_map(known, devices, offices, VI, ABOUT, interfaces=interfaces))
    written = " ".join(found.texts)
    for name in offices["name_vi"]:
        assert all(word in written for word in name.split()), name
    assert found.page[0] == pytest.approx(720), "as wide as the text of an A4 page"


def test_every_office_of_the_district_is_readable_and_names_every_device_that_it_draws(lap_thach):
    known, devices, offices, interfaces = lap_thach
    for code in known.offices.loc[known.offices["devices"] > 0, "office"]:
        found = drawn_office(known, devices, offices, interfaces, code)
        written = "".join(found.texts).replace(" ", "")
        drawn = devices[(devices["office"] == code) & devices["kind"].isin(["switch", "router", "firewall", "wireless"])]
        assert [name for name in drawn["sys_name"] if name.replace(" ", "") not in written] == []
        assert found.page[0] == pytest.approx(720)
        assert found.page[1] < 1300, "at most a little longer than a page of A4"


# --- offices of all shapes ---------------------------------------------------------------------------------------------------

NAMES = (
    "sw-tang-2-phong-ke-toan-tai-chinh", "BỘ CHUYỂN MẠCH TẦNG HẦM – ỦY BAN NHÂN DÂN XÃ NGHĨA HƯNG", "Ế", "sw1", None, "   ",
    "thiếtbịchuyểnmạchtrungtâmcủahộitrườngủybannhândânhuyện", "$a_{1}$ 100% <b>x</b>", "gw\x00\n\tmới", "交换机-1",
)  # fmt: skip
KINDS = ("switch", "switch", "switch", "wireless", "server", "storage", "router", "printer", "pc", "access", "camera")


@st.composite
def offices_of_all_shapes(draw):
    size = draw(st.integers(1, 60))
    shape = draw(st.sampled_from(("star", "chain", "tree", "islands")))
    rows = [{"kind": "router", "sys_name": draw(st.sampled_from(NAMES))}]
    links, endpoints, number = [], [], 0
    for i in range(2, size + 1):
        above = {
            "star": 1 + (i > 3) * draw(st.integers(0, 1)), "chain": i - 1,
            "tree": draw(st.integers(max(1, i - 12), i - 1)), "islands": draw(st.sampled_from((0, i - 1, max(1, i // 2)))),
        }[shape]  # fmt: skip
        rows.append({"kind": draw(st.sampled_from(KINDS)), "sys_name": draw(st.sampled_from(NAMES))})
        if above:
            links.append(told(f"D{above:05d}", f"GigabitEthernet1/0/{i}", f"D{i:05d}", "ge-0/0/47"))
    for i in range(1, size + 1):  # machines, some of them on one port: an unmanaged switch
        for port in range(draw(st.sampled_from((0, 0, 1, 4, 9)))):
            for _ in range(draw(st.integers(1, 4))):
                number += 1
                endpoints.append(endpoint(number, f"D{i:05d}", f"Gi0/{port}"))
    ring = st.tuples(st.integers(1, size), st.integers(1, size))
    for a, b in draw(st.lists(ring, max_size=3)) if size > 2 else ():
        if a != b:
            links.append(told(f"D{a:05d}", f"r{b}", f"D{b:05d}", f"r{a}"))
    return rows, links, endpoints


@settings(max_examples=25, **QUICK)
@given(offices_of_all_shapes())
def test_offices_of_all_shapes_are_readable(shape):
    rows, links, endpoints = shape
    known, devices, offices, interfaces = office(rows, links, endpoints)
    drawn_office(known, devices, offices, interfaces)
    assert_readable(district_map(known, devices, offices, VI, ABOUT, interfaces=interfaces))


@settings(max_examples=15, **QUICK)
@given(st.integers(1, 25), st.randoms(use_true_random=False))
def test_networks_of_up_to_25_offices_are_readable(count, dice):
    """Offices that hang on each other in every way, and some of which no cable is known."""
    rows, links, offices = [], [], []
    for n in range(1, count + 1):
        offices.append(
            {
                "office": f"X{n:02d}", "parent": "X01" if n > 1 else None, "staff": dice.choice([None, 0, 9, 120]),
                "name_vi": dice.choice(["Xã Bình", "Trung tâm Phát triển quỹ đất và Cụm công nghiệp huyện", "Ủy ban nhân dân"]),
            }
        )  # fmt: skip
        rows.append(device(2 * n, office=f"X{n:02d}", kind="router", sys_name=f"gw-{n}"))
        rows.append(device(2 * n + 1, office=f"X{n:02d}", sys_name=dice.choice(NAMES)))
        links.append(told(f"D{2 * n:05d}", "lan", f"D{2 * n + 1:05d}", "1"))
        if n > 1 and dice.random() < 0.7:
            above = dice.choice([1, dice.randrange(1, n)])
            links.append(told(f"D{2 * n:05d}", "wan", f"D{2 * above:05d}", f"ether{n}"))
    frames = {
        "devices": frame("devices", rows), "offices": frame("offices", offices), "interfaces": frame("interfaces"),
        "links": frame("links", links), "endpoints": frame("endpoints"),
    }  # fmt: skip
    known = connectivity(**frames)
    assert_readable(district_map(known, frames["devices"], frames["offices"], VI, ABOUT))


# --- what the pictures say ---------------------------------------------------------------------------------------------------


def ring():
    devices = [{"kind": "router", "sys_name": "gw"}] + [{"sys_name": f"sw-{n}"} for n in "abc"]
    links = [
        told("D00001", "1", "D00002", "1"),
        told("D00002", "2", "D00003", "1"),
        told("D00002", "3", "D00004", "1"),
        told("D00003", "2", "D00004", "2"),
    ]
    return devices, links


def test_a_cable_that_closes_a_ring_is_drawn_apart_and_a_blocked_one_otherwise():
    devices, links = ring()
    known, devices, offices, interfaces = office(devices, links)
    assert len(drawn_office(known, devices, offices, interfaces).cables["ring"])
    ports = [{"device": "D00004", "office": "X01", "name": "2", "type": 6, "if_index": 2}]
    blocked = frame("interfaces", ports).assign(stp=pd.Series(["blocking"], dtype="string"))
    found = drawn_office(known, devices, offices, blocked)
    assert "ring" not in found.cables
    assert len(found.cables["blocked"])
    assert VI("figures.office_map.key.blocked") in found.texts


def test_a_blocked_cable_is_no_part_of_the_tree():
    devices, links = ring()
    known, devices, offices, _ = office(devices, links)
    ports = [{"device": "D00002", "office": "X01", "name": "3", "type": 6, "if_index": 3}]
    blocked = frame("interfaces", ports).assign(stp=pd.Series(["blocking"], dtype="string"))
    found = drawn_office(known, devices, offices, blocked)
    assert "cổng 2" in " ".join(found.texts), "sw-c hangs on sw-b now"


def test_a_cable_with_a_finding_stands_out_and_none_does_without():
    devices, links = ring()
    known, devices, offices, interfaces = office(devices, links)
    assert "trouble" not in drawn_office(known, devices, offices, interfaces).cables
    findings = pd.DataFrame([{"device": "D00003", "port": "1", "other_device": "D00002", "severity": "medium"}])
    found = drawn_office(known, devices, offices, interfaces, findings=findings)
    assert len(found.cables["trouble"])
    assert VI("figures.office_map.key.trouble") in found.texts
    whole = assert_readable(district_map(known, devices, offices, VI, findings=findings))
    assert VI("figures.district_map.trouble", n=1) in whole.texts


def test_an_end_is_drawn_where_its_cable_has_a_finding_and_counted_where_not():
    devices = [
        {"kind": "router"},
        {"sys_name": "sw"},
        {"kind": "nvr", "sys_name": "ghi-hinh"},
        {"kind": "nvr", "sys_name": "khac"},
    ]
    links = [told("D00001", "1", "D00002", "1"), told("D00002", "2", "D00003", "1"), told("D00002", "3", "D00004", "1")]
    known, devices, offices, interfaces = office(devices, links)
    finding = {"device": "D00002", "port": "2", "other_device": "D00003", "severity": "medium"}
    found = drawn_office(known, devices, offices, interfaces, findings=pd.DataFrame([finding]))
    assert "ghi-hinh" in found.texts
    assert "khac" not in found.texts
    assert VI("figures.office_map.key.other") in found.texts
    mild = pd.DataFrame([finding | {"severity": "low"}])
    assert "ghi-hinh" not in drawn_office(known, devices, offices, interfaces, findings=mild).texts


def test_a_device_that_cuts_off_many_is_in_the_accent_and_the_way_out_is_not():
    devices = [{"kind": "router"}, {"sys_name": "sw"}]
    machines = [endpoint(n, "D00002", f"{n}") for n in range(10, 20)]
    known, devices, offices, interfaces = office(devices, [told("D00001", "1", "D00002", "1")], machines)
    found = drawn_office(known, devices, offices, interfaces, alarm=5)
    accented = [colour for colour in found.mark_colours if colour == to_rgba(ACCENT)]
    assert len(accented) == 2, "the switch, and its mark in the legend"
    calm = drawn_office(known, devices, offices, interfaces, alarm=50)
    assert to_rgba(ACCENT) not in calm.mark_colours


def test_inferred_parts_are_told_from_told_ones():
    devices = [{"kind": "router"}, {"sys_name": "sw"}, {"kind": "server", "sys_name": "srv"}]
    machines = [endpoint(n, "D00002", "7") for n in range(10, 16)] + [endpoint(30, "D00002", "8", device="D00003")]
    known, devices, offices, interfaces = office(devices, [told("D00001", "1", "D00002", "1")], machines)
    found = drawn_office(known, devices, offices, interfaces)
    assert len(found.cables["told"])
    assert len(found.cables["inferred"])
    assert "bộ chia" in found.texts
    assert VI("figures.office_map.key.unmanaged") in found.texts


def test_speed_and_port_stand_at_the_lower_end():
    ports = [
        {"device": "D00001", "office": "X01", "name": "ge-1", "type": 6, "if_index": 1, "speed_bps": 1_000_000_000},
        {"device": "D00002", "office": "X01", "name": "fe-1", "type": 6, "if_index": 1, "speed_bps": 100_000_000},
    ]
    known, devices, offices, interfaces = office(
        [{"kind": "router"}, {}, {}], [told("D00001", "ge-1", "D00002", "fe-1"), told("D00002", "2", "D00003", "1")], (), ports
    )
    assert "cổng ge-1 · 100 Mb/s" in drawn_office(known, devices, offices, interfaces).texts


def test_an_office_without_devices_says_so():
    known, devices, offices, _ = office([])
    figure = office_map(known, devices, offices, "X01", VI)
    assert VI("figures.nothing") in [text.get_text() for axes in figure.axes for text in axes.texts]
    figure = district_map(known, devices, offices, VI)
    assert VI("figures.nothing") in [text.get_text() for axes in figure.axes for text in axes.texts]


# --- text that fits ----------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.text(max_size=80), st.floats(0.4, 3), st.integers(1, 4), st.booleans())
def test_wrapped_lines_are_short_and_few(text, width, lines, bold):
    found = wrapped(text, 7, width, lines, bold)
    assert len(found) <= lines
    assert all(text_width(line, 7, bold) <= width + 0.11 for line in found), found  # a single letter may be wider
    assert all(line.strip() for line in found)


def test_a_name_that_is_cut_keeps_its_end():
    (line,) = wrapped("ap-thaihoa-tang-2-phong-tiep-dan-07", 7, 1.0, 1)
    assert line.endswith("-07")
    assert "…" in line
    assert fitted("ngắn", 7, 1.0) == "ngắn"
