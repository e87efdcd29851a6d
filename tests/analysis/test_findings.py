"""Each kind of finding: what it is found on, and what is nearly that and is not."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.connectivity import connectivity
from reports.texts import LANGUAGES, texts

GIGABIT, FAST = 1_000_000_000, 100_000_000
ROUTER, CORE, EDGE = "D00001", "D00002", "D00003"
FIRST, SECOND, THIRD = (f"2026-11-0{n}" for n in (1, 2, 3))


def told(a, a_port, b, b_port, **values):
    row = {"a_device": a, "a_port": a_port, "b_device": b, "b_port": b_port, "protocol": "lldp", "both_sides": True}
    return row | values


def port(device, name, **values):
    row = {"device": device, "office": "X01", "name": name, "type": 6, "oper_up": True, "speed_bps": GIGABIT}
    return row | {"if_index": int("".join(filter(str.isdigit, name)) or 0)} | values


def machine(n, switch, at, **values):
    row = {"mac": f"00:11:22:00:{n // 256:02x}:{n % 256:02x}", "office": "X01", "switch": switch, "port": at}
    return row | {"mac_class": "global"} | values


@pytest.fixture
def look(make_frame, make_device):
    """A router, a switch on it and a switch behind that (ports `ge1`, `ge2`); what a test gives stands beside or instead."""

    def _look(kind, *, devices=(), ports=(), links=None, staff=30, offices=(), earlier=None, **frames):
        about = {
            ROUTER: make_device(1, kind="router", sys_name="gateway"),
            CORE: make_device(2, sys_name="core-1"),
            EDGE: make_device(3, sys_name="edge-1"),
        }
        for device in devices:
            about[device["device"]] = about.get(device["device"], {}) | device
        faces = {(r["device"], r["name"]): r for d in about for r in (port(d, "ge1"), port(d, "ge2"))}
        for face in ports:
            faces[face["device"], face["name"]] = face
        cables = [told(ROUTER, "ge1", CORE, "ge1"), told(CORE, "ge2", EDGE, "ge1")] if links is None else links
        found = connectivity(
            make_frame("devices", list(about.values())),
            make_frame("offices", [{"office": "X01", "staff": staff}, *offices]),
            make_frame("interfaces", list(faces.values())),
            make_frame("links", cables),
            make_frame("endpoints", frames.pop("endpoints", [machine(1, CORE, "ge8"), machine(2, EDGE, "ge8")])),
            earlier=None if earlier is None else make_frame("interfaces", earlier),
            **{name: make_frame(name, rows) for name, rows in frames.items()},
        ).findings
        for language in LANGUAGES:  # whatever is found can be said
            for column in ("why", "first"):
                assert not [text for text in found[column] if "detail." in texts(language).told(text)]
        return found if kind is None else found[found["kind"] == kind].reset_index(drop=True)

    return _look


def test_a_network_in_order_has_no_findings(look):
    assert look(None).empty


# --- speeds and duplex ---


def test_a_slow_link_between_gigabit_ports(look):
    slow = [port(CORE, "ge2", speed_bps=FAST), port(EDGE, "ge1", speed_bps=FAST)]
    row = look("slow_link", ports=slow).iloc[0]
    assert (row["device"], row["port"], row["other_device"], row["other_port"]) == (CORE, "ge2", EDGE, "ge1")
    assert (row["severity"], row["value"], row["unit"], row["people"]) == ("medium", FAST, "bps", 15)
    ten = [port(CORE, "ge2", speed_bps=10_000_000), port(EDGE, "ge1", speed_bps=10_000_000)]
    assert look("slow_link", ports=ten).iloc[0]["severity"] == "high"


@pytest.mark.parametrize(
    ("near", "far"),
    [
        ({"name": "ge2"}, {"name": "FastEthernet0/1"}),
        ({"name": "ge2"}, {"name": "port1", "type": 62}),
        ({"name": "ge2"}, {"name": "7"}),  # nothing tells what it can do
    ],
)
def test_no_slow_link_where_an_end_cannot_be_known_to_do_a_gigabit(look, near, far):
    ends = [port(CORE, speed_bps=FAST, **near), port(EDGE, speed_bps=FAST, **far)]
    links = [told(ROUTER, "ge1", CORE, "ge1"), told(CORE, near["name"], EDGE, far["name"])]
    assert look("slow_link", ports=ends, links=links).empty


def test_a_port_between_gigabit_ports_of_its_sort_can_do_a_gigabit_and_one_beside_five_cannot(look):
    links = [told(ROUTER, "ge1", CORE, "ge1"), told(CORE, "ge2", EDGE, "ether6")]
    slow = [port(CORE, "ge2", speed_bps=FAST), port(EDGE, "ether6", speed_bps=FAST)]
    five = [port(EDGE, f"ether{n}") for n in range(1, 6)]
    assert look("slow_link", ports=slow + five, links=links).empty  # a router with five gigabit and five other ports
    assert len(look("slow_link", ports=[*slow, *five, port(EDGE, "ether7")], links=links)) == 1


def test_no_slow_link_at_a_gigabit_or_on_an_aggregate_of_two(look):
    assert look("slow_link", ports=[port(CORE, "ge2", speed_bps=FAST * 5)]).empty
    links = [told(ROUTER, "ge1", CORE, "ge1"), told(CORE, "ge2", EDGE, "ge1"), told(CORE, "ge3", EDGE, "ge2")]
    slow = [port(d, n, speed_bps=FAST) for d, n in ((CORE, "ge2"), (CORE, "ge3"), (EDGE, "ge1"), (EDGE, "ge2"))]
    lags = [port(d, "lag9", type=161, speed_bps=2 * FAST) for d in (CORE, EDGE)]
    assert look("slow_link", ports=slow + lags, links=links).empty
    assert len(look("slow_link", ports=slow, links=links)) == 2


def test_half_duplex_is_grave_between_network_devices_only(look):
    both = [port(CORE, "ge2", duplex="half"), port(EDGE, "ge1", duplex="half")]
    found = look("half_duplex", ports=both)
    assert found[["device", "other_device", "severity"]].values.tolist() == [[CORE, EDGE, "high"]]
    assert look("half_duplex", ports=[port(CORE, "ge8", duplex="half")]).iloc[0]["severity"] == "low"
    assert look("half_duplex", ports=[port(CORE, "ge8", duplex="half", oper_up=False)]).empty
    assert look("half_duplex", ports=[port(CORE, "ge8", duplex="full")]).empty


def test_duplex_mismatch_where_both_ends_tell_and_differ(look):
    differ = [port(CORE, "ge2", duplex="half"), port(EDGE, "ge1", duplex="full")]
    assert look("duplex_mismatch", ports=differ)[["device", "other_device", "severity"]].values.tolist() == [[CORE, EDGE, "high"]]
    assert look("half_duplex", ports=differ).empty
    assert look("duplex_mismatch", ports=[port(CORE, "ge2", duplex="half"), port(EDGE, "ge1", duplex="half")]).empty


def test_duplex_mismatch_is_suspected_where_one_end_is_half_and_errors_tell(look):
    half = port(CORE, "ge2", duplex="half", in_errors=400, in_frames=1_000_000)
    assert look("duplex_mismatch", ports=[half]).iloc[0]["severity"] == "medium"
    assert look("duplex_mismatch", ports=[half | {"in_errors": 40}]).empty
    assert len(look("half_duplex", ports=[half | {"in_errors": 40}])) == 1


# --- errors ---


def test_error_rate_per_million_frames(look):
    row = look("error_rate", ports=[port(CORE, "ge2", in_errors=200, in_frames=999_800)]).iloc[0]
    assert (row["value"], row["unit"], row["limit"], row["severity"]) == (200, "per_million", 100, "medium")
    assert look("error_rate", ports=[port(CORE, "ge2", in_errors=2_000, in_frames=998_000)]).iloc[0]["severity"] == "high"
    assert look("error_rate", ports=[port(CORE, "ge8", in_errors=200, in_frames=999_800)]).iloc[0]["severity"] == "low"
    assert look("error_rate", ports=[port(CORE, "ge2", in_errors=99, in_frames=1_000_000)]).empty
    assert look("error_rate", ports=[port(CORE, "ge2", in_errors=9, in_frames=1_000)]).empty  # too few to say anything


def test_error_rate_reckons_frames_from_octets_and_says_so(look):
    row = look("error_rate", ports=[port(CORE, "ge2", in_errors=200, in_octets=500 * 1_000_000)]).iloc[0]
    assert row["value"] == pytest.approx(200, rel=0.01)
    assert "reckoned" in row["why"]
    assert look("error_rate", ports=[port(CORE, "ge2", in_errors=200)]).empty  # of how many is not known


def test_rising_errors_against_the_reading_before(look):
    now = [port(CORE, "ge2", in_errors=50, in_frames=1_000_000)]
    quiet = [port(CORE, "ge2", in_errors=0, in_frames=1_000_000)]
    row = look("rising_errors", ports=now, earlier=quiet).iloc[0]
    assert (row["value"], row["limit"]) == (pytest.approx(50, rel=0.01), 9)
    assert look("rising_errors", ports=now, earlier=[port(CORE, "ge2", in_errors=20, in_frames=1_000_000)]).empty
    assert look("rising_errors", ports=now, earlier=[port(CORE, "ge2", in_errors=0, in_frames=50_000)]).empty
    assert look("rising_errors", ports=now).empty


def test_errors_rise_from_none_though_frames_of_a_reading_without_troubles_are_not_kept(look):
    now = [port(CORE, "ge2", in_errors=50, in_frames=1_000_000, in_octets=100_000_000)]
    quiet = [port(CORE, "ge2", in_errors=0, in_octets=100_000_000)]  # short frames, as now: a million
    assert look("rising_errors", ports=now, earlier=quiet).iloc[0]["limit"] == 9
    assert look("rising_errors", ports=now, earlier=[port(CORE, "ge2", in_errors=0, in_octets=5_000_000)]).empty  # 50,000
    assert look("rising_errors", ports=now, earlier=[port(CORE, "ge2", in_errors=0)]).empty


# --- load ---


def test_an_uplink_that_is_half_full_on_average(look):
    busy = port(EDGE, "ge1", in_octets=int(0.6 * GIGABIT / 8 * 3600), out_octets=0, counted_s=3600)
    row = look("oversubscribed_uplink", ports=[busy]).iloc[0]
    assert (row["device"], row["unit"], row["value"], row["severity"]) == (EDGE, "share", pytest.approx(0.6), "medium")
    assert look("oversubscribed_uplink", ports=[busy | {"in_octets": busy["in_octets"] * 3 // 2}]).iloc[0]["severity"] == "high"
    assert look("oversubscribed_uplink", ports=[busy | {"in_octets": busy["in_octets"] * 2 // 3}]).empty
    assert look("oversubscribed_uplink", ports=[busy | {"counted_s": 60, "in_octets": busy["in_octets"] // 60}]).empty
    assert look("oversubscribed_uplink", ports=[busy | {"counted_s": None}]).empty


def test_an_aggregate_carries_the_sum_of_its_cables(look):
    links = [told(ROUTER, "ge1", CORE, "ge1"), told(CORE, "ge2", EDGE, "ge1"), told(CORE, "ge3", EDGE, "ge2")]
    each = int(0.6 * GIGABIT / 8 * 3600)
    lags = [port(d, "lag9", type=161, speed_bps=2 * GIGABIT) for d in (CORE, EDGE)]
    one = [port(EDGE, "ge1", in_octets=each, counted_s=3600), port(EDGE, "ge2", in_octets=0, counted_s=3600), port(CORE, "ge3")]
    assert look("oversubscribed_uplink", ports=one + lags, links=links).empty
    both = [one[0], one[1] | {"in_octets": each}, one[2]]
    assert look("oversubscribed_uplink", ports=both + lags, links=links).iloc[0]["value"] == pytest.approx(0.6)


def test_more_than_twenty_to_one_on_an_uplink(look):
    ports = [port(EDGE, f"p{n}") for n in range(2, 23)]
    row = look("oversubscribed_uplink", ports=[*ports, port(EDGE, "ge2", oper_up=False)]).iloc[0]
    assert (row["device"], row["unit"], row["value"], row["severity"]) == (EDGE, "ratio", 21, "low")
    assert look("oversubscribed_uplink", ports=[*ports[1:], port(EDGE, "ge2", oper_up=False)]).empty
    assert look("oversubscribed_uplink", ports=[*(p | {"oper_up": False} for p in ports[5:]), *ports[:5]]).empty


# --- links that come and go, and power ---


def change(device, item, scan, at, field="oper_up"):
    return {"scan": scan, "at": at, "subject": "interface", "device": device, "item": item, "change": "changed", "field": field}


def test_a_link_that_changes_in_three_scans_flaps(look):
    rows = [change(CORE, "ge2", f"S{n}", at) for n, at in enumerate((FIRST, SECOND, THIRD))]
    row = look("flapping", changes=rows).iloc[0]
    assert (row["device"], row["port"], row["other_device"], row["value"]) == (CORE, "ge2", EDGE, 3)
    assert look("flapping", changes=rows[:2]).empty
    assert look("flapping", changes=[rows[0] | {"at": "2026-09-01"}, *rows[1:]]).empty  # long ago
    assert look("flapping", changes=[row | {"item": "ge8"} for row in rows]).empty  # a computer that is switched off at night
    assert look("flapping", changes=[row | {"field": "alias"} for row in rows]).empty


def test_a_device_that_starts_anew_does_not_flap(look):
    rows = [change(CORE, name, f"S{n}", at) for n, at in enumerate((FIRST, SECOND, THIRD)) for name in ("ge1", "ge2")]
    assert look("flapping", changes=rows).empty


def test_a_change_that_no_scan_saw_counts(look):
    rows = [change(CORE, "ge2", f"S{n}", at) for n, at in enumerate((FIRST, SECOND))]
    now = [port(CORE, "ge2", changed_at="2026-11-02 18:00")]
    before = [port(CORE, "ge2", changed_at="2026-11-01 18:00")]
    up = [{"device": CORE, "uptime_s": 40 * 86_400, "last_confirmed": THIRD}]
    assert len(look("flapping", changes=rows, ports=now, earlier=before, devices=up)) == 1
    assert look("flapping", changes=rows, ports=now, earlier=now, devices=up).empty
    started = [up[0] | {"uptime_s": 6 * 3600}]
    assert look("flapping", changes=rows, ports=now, earlier=before, devices=started).empty


def watts(used, budget, item="1"):
    return [
        {"device": EDGE, "office": "X01", "metric": metric, "item": item, "value": value}
        for metric, value in (("poe_used_w", used), ("poe_budget_w", budget))
    ]


def test_a_power_budget_that_is_nearly_used(look):
    row = look("poe_budget", health=watts(300, 370)).iloc[0]
    assert (row["device"], row["severity"], row["value"]) == (EDGE, "medium", pytest.approx(0.81, abs=0.01))
    assert look("poe_budget", health=watts(360, 370)).iloc[0]["severity"] == "high"
    assert look("poe_budget", health=watts(55, 65)).iloc[0]["severity"] == "high"  # no room for one more
    assert look("poe_budget", health=watts(290, 370)).empty
    assert look("poe_budget", health=watts(0, 0)).empty
    assert look("poe_budget", health=[watts(300, 370)[0], watts(300, 370, "2")[1]]).empty  # of different groups


# --- presence ---


def test_a_silent_device_that_others_see(look):
    silent = {"device": EDGE, "state": "silent", "last_confirmed": FIRST, "mac": "00:aa:bb:00:00:03"}
    links = [told(ROUTER, "ge1", CORE, "ge1"), told(CORE, "ge2", EDGE, "ge1", last_confirmed=SECOND)]
    row = look("not_reachable", devices=[silent], links=links).iloc[0]
    assert (row["device"], row["severity"], row["people"]) == (EDGE, "medium", 15)
    table = [{"device": CORE, "office": "X01", "port": "ge2", "mac": silent["mac"], "read_at": SECOND}]
    assert len(look("not_reachable", devices=[silent], forwarding=table)) == 1
    assert look("not_reachable", devices=[silent]).empty  # it may be switched off
    assert look("not_reachable", devices=[silent | {"last_confirmed": SECOND}], links=links).empty
    assert look("not_reachable", devices=[silent | {"state": "present"}], links=links).empty


def test_a_neighbour_that_is_in_no_inventory_and_has_machines_behind_it(look):
    links = [told(ROUTER, "ge1", CORE, "ge1"), told(CORE, "ge2", None, "1", b_name="old-switch")]
    crowd = [machine(n, CORE, "ge2") for n in range(4)]
    row = look("not_reachable", links=links, endpoints=crowd).iloc[0]
    assert (row["device"], row["port"], row["value"]) == (CORE, "ge2", 4)
    assert look("not_reachable", links=links, endpoints=crowd[:1]).empty  # a telephone


def test_a_device_that_answers_and_hangs_nowhere(look):
    links = [told(ROUTER, "ge1", CORE, "ge1")]
    assert look("cabled_nowhere", links=links)[["device", "severity"]].values.tolist() == [[EDGE, "medium"]]
    printer = {"device": "D00004", "office": "X01", "kind": "printer", "state": "present"}
    assert look("cabled_nowhere", devices=[printer]).iloc[0]["severity"] == "low"
    assert look("cabled_nowhere", devices=[printer | {"state": "silent"}]).empty
    assert look("cabled_nowhere", devices=[printer], endpoints=[machine(1, CORE, "ge5", device="D00004")]).empty
    alone = printer | {"office": "X09"}  # nobody there could have seen it
    assert look("cabled_nowhere", devices=[alone], offices=[{"office": "X09", "staff": 3}]).empty


# --- what both ends say ---


def test_untagged_vlans_that_differ(look):
    differ = [port(CORE, "ge2", pvid=10), port(EDGE, "ge1", pvid=20)]
    assert look("vlan_mismatch", ports=differ)[["device", "other_device"]].values.tolist() == [[CORE, EDGE]]
    assert look("vlan_mismatch", ports=[port(CORE, "ge2", pvid=10), port(EDGE, "ge1", pvid=10)]).empty
    assert look("vlan_mismatch", ports=[port(CORE, "ge2", pvid=10), port(EDGE, "ge1")]).empty


def test_machines_that_cross_a_cable_into_another_vlan(look):
    def entry(device, at, n, vlan):
        return {"device": device, "office": "X01", "port": at, "mac": f"00:11:22:00:00:{n:02x}", "vlan": vlan}

    far = [entry(EDGE, "ge8", n, 30) for n in (1, 2, 3)] + [entry(EDGE, "ge7", 9, 1)]
    near = [entry(CORE, "ge2", n, 20) for n in (1, 2, 3)] + [entry(CORE, "ge7", 8, 1)]
    row = look("vlan_mismatch", forwarding=near + far).iloc[0]
    assert (row["device"], row["value"], row["unit"]) == (CORE, 3, "stations")
    assert look("vlan_mismatch", forwarding=near[1:] + far).empty  # two of them
    assert look("vlan_mismatch", forwarding=near[:3] + far).empty  # a table of one VLAN tells it for everything
    assert look("vlan_mismatch", forwarding=[*near, *far, entry(EDGE, "ge6", 7, 20)]).empty  # the VLAN is known there
    assert look("vlan_mismatch", forwarding=[*near, *(row | {"vlan": 20} for row in far[:3]), far[3]]).empty


def test_a_neighbour_that_is_told_by_another_name(look):
    def links(name):
        return [told(ROUTER, "ge1", CORE, "ge1"), told(CORE, "ge2", EDGE, "ge1", b_name=name)]

    assert look("name_mismatch", links=links("edge-9"))[["device", "other_device"]].values.tolist() == [[CORE, EDGE]]
    for same in ("EDGE-1", "edge-1.xa.gov.vn", "edge-1(FOC1234)", "00:11:22:33:44:55", "edge-", None):
        assert look("name_mismatch", links=links(same)).empty, same


def test_a_neighbour_that_is_told_at_another_port(look):
    links = [told(ROUTER, "ge1", CORE, "ge1"), told(CORE, "ge2", EDGE, "ge2"), told(EDGE, "ge1", CORE, "ge2")]
    row = look("name_mismatch", links=links).iloc[0]
    assert (row["device"], row["port"], row["other_device"], row["other_port"]) == (CORE, "ge2", EDGE, "ge1")
    assert look("name_mismatch", links=[*links[:1], links[1] | {"b_port": "Slot 0/1"}, links[2]]).empty  # another name for it
    assert look("name_mismatch", links=[*links[:2], links[2] | {"a_port": "ge2"}]).empty


def test_a_label_that_names_another_device(look):
    far = {"device": "D00004", "office": "X01", "kind": "switch", "state": "present", "sys_name": "floor-7"}
    links = [told(ROUTER, "ge1", CORE, "ge1"), told(CORE, "ge2", EDGE, "ge1"), told(ROUTER, "ge2", "D00004", "ge1")]
    row = look("name_mismatch", devices=[far], links=links, ports=[port(CORE, "ge2", alias="to FLOOR-7")]).iloc[0]
    assert (row["device"], row["port"], row["other_device"]) == (CORE, "ge2", EDGE)
    for label in ("to edge-1", "edge-1 was floor-7", "uplink", "floor-77"):
        assert look("name_mismatch", devices=[far], links=links, ports=[port(CORE, "ge2", alias=label)]).empty, label
    behind = [*links[:2], told(EDGE, "ge2", "D00004", "ge1")]  # it names where the cable leads in the end
    assert look("name_mismatch", devices=[far], links=behind, ports=[port(CORE, "ge2", alias="floor-7")]).empty


# --- rings ---

RING = [told(ROUTER, "ge1", CORE, "ge1"), told(CORE, "ge2", EDGE, "ge1"), told(CORE, "ge3", EDGE, "ge2")]


def states(*told_states):
    ends = [(CORE, "ge2"), (EDGE, "ge1"), (CORE, "ge3"), (EDGE, "ge2")]
    return [port(*end, stp=state) for end, state in zip(ends, told_states, strict=True)]


def off(device):
    return {"device": device, "office": "X01", "metric": "stp_protocol", "item": "", "text": "off"}


def test_a_ring_without_spanning_tree(look):
    ring = [*RING[:2], told(CORE, "ge3", "D00004", "ge1"), told(EDGE, "ge2", "D00004", "ge2")]
    third = {"device": "D00004", "office": "X01", "kind": "switch", "state": "present"}
    row = look("loop_without_stp", links=ring, devices=[third]).iloc[0]
    assert (row["severity"], row["value"]) == ("medium", 3)
    rows = look("loop_without_stp", links=ring, devices=[third], health=[off(CORE), off(EDGE), off("D00004")])
    assert rows["severity"].tolist() == ["high"]


def test_two_cables_that_nothing_joins_are_a_ring(look):
    assert look("loop_without_stp", links=RING, ports=states(None, None, None, None)).iloc[0]["severity"] == "medium"
    forwards = ("forwarding",) * 3
    assert look("loop_without_stp", links=RING, ports=states(*forwards, "disabled")).iloc[0]["severity"] == "high"
    assert look("loop_without_stp", links=RING, ports=states("disabled", None, None, None)).iloc[0]["severity"] == "medium"
    assert look("loop_without_stp", links=RING, ports=states(*forwards, "blocking")).empty
    assert look(
        "loop_without_stp", links=RING, ports=states(*forwards, "forwarding")
    ).empty  # held back in another VLAN, or joined
    assert look("loop_without_stp", links=RING, ports=[port(CORE, "ge3", oper_up=False)]).empty
    assert look("loop_without_stp", links=RING, ports=[port(CORE, n, aggregate="lag1") for n in ("ge2", "ge3")]).empty
    router = {"device": EDGE, "kind": "router"}
    assert look("loop_without_stp", links=RING, devices=[router]).empty


# --- offices ---


def test_an_office_whose_gateway_is_busy(look):
    busy = port(ROUTER, "ge2", in_octets=int(0.7 * GIGABIT / 8 * 3600), counted_s=3600)
    row = look("office_limited", ports=[busy]).iloc[0]
    assert (row["office"], row["device"], row["unit"], row["severity"]) == ("X01", ROUTER, "share", "medium")
    assert look("office_limited", ports=[busy | {"in_octets": busy["in_octets"] // 2}]).empty


def test_a_gateway_too_slow_for_so_many(look):
    slow = [port(ROUTER, name, speed_bps=FAST) for name in ("ge1", "ge2")]
    assert look("office_limited", ports=slow, staff=101).iloc[0]["severity"] == "medium"
    row = look("office_limited", ports=slow, staff=20).iloc[0]
    assert (row["severity"], row["value"]) == ("low", FAST)
    assert look("office_limited", ports=slow, staff=19).empty
    lan = [port(d, n, speed_bps=FAST) for d in (CORE, EDGE) for n in ("ge1", "ge2")]
    assert look("office_limited", ports=slow + lan, staff=20).empty  # nothing behind it is faster


def test_a_service_that_is_bad_from_one_office_only(look):
    def probes(**here):
        others = [{"office": f"X0{n}", "latency_ms": 200, "loss": 0.0} for n in (2, 3)]
        row = {"service": "mail", "latency_limit_ms": 1000, "url": "https://mail.example"}
        return [row | values for values in [{"office": "X01", "latency_ms": 200, "loss": 0.0} | here, *others]]

    row = look("office_limited", services=probes(latency_ms=3000)).iloc[0]
    assert (row["office"], row["value"], row["unit"]) == ("X01", 3000, "ms")
    assert look("office_limited", services=probes(loss=0.2)).iloc[0]["unit"] == "share"
    assert look("office_limited", services=probes()).empty
    assert look("office_limited", services=probes(loss=0.01)).empty
    everywhere = [row | {"latency_ms": 3000} for row in probes()]
    assert look("office_limited", services=everywhere).empty  # the service itself
    assert look("office_limited", services=probes(latency_ms=3000)[:1]).empty  # nobody to compare with


def test_reasons_of_an_office_are_one_finding(look):
    slow = [port(ROUTER, "ge1", speed_bps=FAST), port(ROUTER, "ge2", speed_bps=FAST)]
    slow[1] |= {"in_octets": int(0.9 * FAST / 8 * 3600), "counted_s": 3600}
    found = look("office_limited", ports=slow, staff=150)
    assert len(found) == 1
    assert found.iloc[0]["severity"] == "high"
    assert found.iloc[0]["why"].count("\n") == 1


def test_columns_that_an_older_inventory_lacks_are_no_findings(make_frame, make_device):
    frames = {
        "devices": make_frame("devices", [make_device(1, kind="router"), make_device(2)]),
        "offices": make_frame("offices", [{"office": "X01", "staff": 5}]),
        "interfaces": make_frame("interfaces", [port("D00001", "ge1"), port("D00002", "ge1")]),
        "links": make_frame("links", [told("D00001", "ge1", "D00002", "ge1")]),
        "endpoints": make_frame("endpoints"),
    }
    older = ["duplex", "aggregate", "stp", "in_frames", "out_frames", "changed_at"]
    frames["interfaces"] = frames["interfaces"].drop(columns=older)
    found = connectivity(**frames).findings
    assert found.empty
    assert found.dtypes["people"] == pd.Int64Dtype()
