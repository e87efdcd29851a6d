from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analysis.connectivity import connectivity, uplinks
from analysis.readiness import Goals, computers, readiness, usual
from analysis.tables import data_yaml
from inventory.sentences import unpack
from reports.texts import LANGUAGES, texts

DAY = date(2026, 11, 26)


def service(code, goal, office="T", outcome="ok", **more):
    reached = None if outcome is None else outcome in ("ok", "slow", "certificate_soon")
    at = None if outcome is None else more.pop("at", "2026-11-25T01:00:00Z")
    return {
        "service": code, "goal": goal, "office": None if outcome is None else office, "outcome": outcome, "reached": reached,
        "probed_at": at,
    } | more  # fmt: skip


WORKING = (service("van-ban", "documents"), service("thu", "mail"))


def stations(count, first=0):
    return [
        {"mac": f"00:11:22:00:00:{first + i:02x}", "office": "X01", "switch": "D00002", "port": str(i), "mac_class": "global"}
        for i in range(count)
    ]


@pytest.fixture
def build(make_frame, make_device):
    """The row of office X01, under T, with a router, a switch, and 9 computers for 10 officials."""

    def _build(machines=9, services=WORKING, router="present", devices=(), office=None, goals=None, endpoints=None):
        of_office = {"office": "X01", "parent": "T", "staff": 10} | (office or {})
        listed = [{"kind": "router", "state": router}, {}, *devices] if router else list(devices)
        frames = {
            "devices": make_frame("devices", [make_device(i, **values) for i, values in enumerate(listed, 1)]),
            "endpoints": make_frame("endpoints", stations(machines) if endpoints is None else endpoints),
            "offices": make_frame("offices", [{"office": "T"}, of_office, {"office": "X02", "parent": "T"}]),
        }
        links = make_frame(
            "links", [{"a_device": "D00001", "a_port": "1", "b_device": "D00002", "b_port": "24"}] if router else []
        )
        network = connectivity(interfaces=make_frame("interfaces"), links=links, **frames).network
        ways_out = uplinks(frames["devices"], network)
        rows = readiness(**frames, services=make_frame("services", list(services)), uplinks=ways_out, as_of=DAY, goals=goals)
        return rows.set_index("office").loc["X01"]

    return _build


def keys(detail) -> list[str]:
    return [] if pd.isna(detail) else [sentence.key.removeprefix("detail.readiness_") for sentence in unpack(detail)]


def ready(row) -> list:
    return [None if pd.isna(row[name]) else bool(row[name]) for name in ("documents_ready", "mail_ready")]


def test_the_goals_are_those_of_the_administration_with_their_source():
    assert usual() == Goals(documents=0.7, mail=0.9, computers_per_official=1.0)
    assert all("goal" in goal["source"] for goal in data_yaml("readiness.yaml")["goals"].values())


def test_an_office_that_has_everything(build):
    row = build()
    assert ready(row) == [True, True]
    assert row[["computers", "documents_computers", "mail_computers", "uplink"]].tolist() == [9, 7, 9, "D00001"]
    assert row["computers_per_official"] == 0.9
    assert (row["documents_seen_from"], row["mail_seen_from"]) == ("above", "above")
    assert keys(row["lacks"]) == keys(row["unknown"]) == []


@pytest.mark.parametrize(("machines", "wanted"), [(8, [True, False]), (7, [True, False]), (6, [False, False])])
def test_computers_at_the_border_of_a_goal(build, machines, wanted):
    assert ready(build(machines)) == wanted


def test_what_is_short_is_counted(build):
    sentence = unpack(build(6)["lacks"])[1]
    assert sentence.values == {"goal": "mail", "short": 3, "wanted": 9, "computers": 6}


def test_computers_that_are_silent_do_not_count_and_devices_that_are_computers_do(build):
    pcs = [{"kind": "pc", "state": state} for state in ("present", "silent", "gone")]
    assert build(7, devices=pcs)["computers"] == 8
    known = [station | {"device": f"D0000{3 + i}"} for i, station in enumerate(stations(3))]
    assert build(devices=pcs, endpoints=known)["computers"] == 1


def test_what_is_made_by_who_makes_no_computers_is_none(build):
    makers = ("CANON INC.", "Zhejiang Dahua Technology Co., Ltd.", "Dell Inc.", "Samsung Electronics Co.,Ltd", None)
    seen = [station | {"vendor": maker} for station, maker in zip(stations(5), makers, strict=True)]
    assert build(endpoints=seen)["computers"] == 3


@pytest.mark.parametrize(
    ("given", "wanted", "lacks", "unknown"),
    [
        ({"router": "silent"}, [False, False], ["uplink"], []),
        ({"router": "not_asked"}, [None, None], [], ["uplink_not_asked"]),
        ({"router": None, "devices": [{}, {}]}, [None, None], [], ["no_uplink"]),
        ({"office": {"staff": None}}, [None, None], [], ["no_staff"]),
        ({"machines": 0, "router": None}, [None, None], [], ["not_seen", "no_uplink"]),
        ({"services": ()}, [None, None], [], ["no_service", "no_service"]),
        ({"services": WORKING[:1]}, [True, None], [], ["no_service"]),
        ({"services": (WORKING[0], service("thu", "mail", outcome=None))}, [True, None], [], ["not_probed"]),
        ({"services": (WORKING[0], service("thu", "mail", outcome="silent"))}, [True, False], ["fails"], []),
        ({"services": (WORKING[0], service("thu", "mail", outcome="slow"))}, [True, True], [], []),
        ({"services": (*WORKING, service("thu2", "mail", outcome="http_error"))}, [True, False], ["fails"], []),
        ({"services": (*WORKING, service("cong", "other", outcome="silent"))}, [True, True], [], []),
        ({"services": (*WORKING, service("thu2", "mail", outcome="silent", offices="X02"))}, [True, True], [], []),
        ({"services": (*WORKING, service("thu2", "mail", outcome="silent", offices="T"))}, [True, False], ["fails"], []),
        # what is no is no, whatever else is not known
        ({"machines": 1, "services": ()}, [False, False], ["computers", "computers"], ["no_service", "no_service"]),
        ({"office": {"staff": 0}, "machines": 0}, [True, True], [], []),
    ],
)
def test_what_is_missing_and_what_is_not_known(build, given, wanted, lacks, unknown):
    row = build(**given)
    assert (ready(row), keys(row["lacks"]), keys(row["unknown"])) == (wanted, lacks, unknown)
    for language in LANGUAGES:
        for column in ("lacks", "unknown"):
            if pd.notna(row[column]):
                assert "[" not in texts(language).told(row[column])


def test_a_service_is_seen_from_the_nearest_place(build):
    mail = [service("thu", "mail"), service("thu", "mail", "X01", "silent")]
    row = build(services=(WORKING[0], *mail))
    assert (ready(row), row["mail_seen_from"]) == ([True, False], "here")
    row = build(services=(WORKING[0], service("thu", "mail", "X02", "silent")))
    assert (ready(row), row["mail_seen_from"], keys(row["unknown"])) == ([True, None], "elsewhere", ["fails_elsewhere"])
    row = build(services=(WORKING[0], service("thu", "mail", "X02")))
    assert (ready(row), row["mail_seen_from"]) == ([True, True], "elsewhere")


def test_offices_that_do_not_stand_are_left_out_and_goals_can_be_others(build):
    with pytest.raises(KeyError):
        build(office={"valid_to": "2026-11-25"})
    assert ready(build(office={"valid_to": "2026-11-26"})) == [True, True]
    assert ready(build(5, goals=Goals(0.5, 1.0, 1.0))) == [True, False]
    assert ready(build(5, goals=Goals(0.5, 1.0, 0.5))) == [True, True]


def test_an_office_of_which_nothing_was_seen_has_no_number_of_computers(make_frame, make_device):
    devices = make_frame("devices", [make_device(1), make_device(2, office="X02", state="gone", kind="pc")])
    assert computers(devices, make_frame("endpoints", stations(3))) == {"X01": 3}
