from __future__ import annotations

import pandas as pd
import pytest

from analysis import words
from reports.texts import texts


@pytest.mark.parametrize(
    ("bits", "said"),
    [(10**9, "1 Gbit/s"), (2_500_000_000, "2.500 Mbit/s"), (64_000, "64 kbit/s"), (1, "1 bit/s"), (0, "0 bit/s")],
)
def test_a_speed_is_said_in_the_largest_unit_that_keeps_it_whole(bits, said):
    assert words.speed(bits, texts("vi")) == said


def test_changes_are_told_without_codes():
    rows = pd.DataFrame(
        {
            "field": ["speed_bps", "office", "port", "oper_up", pd.NA, "office"],
            "before": ["1000000000", "lap-thach", "D00001 Gi0/1", "yes", pd.NA, "gone"],
            "after": ["100000000", "hop-ly", "D00002 Gi0/2", "no", pd.NA, "hop-ly"],
        },
        dtype="string",
    )
    offices = pd.DataFrame(
        {"office": ["lap-thach", "hop-ly"], "name_vi": ["Lập Thạch", "Xã Hợp Lý"], "name_en": [pd.NA, "Hợp Lý commune"]}
    )
    devices = pd.DataFrame({"device": ["D00001"], "sys_name": ["SW1"], "address": ["127.20.0.1"]})
    told = words.changes(rows, texts("en"), offices, devices)
    assert told["before_words"].tolist() == ["1 Gbit/s", "Lập Thạch", "SW1 Gi0/1", "yes", "", "gone"]
    assert told["after_words"].tolist() == ["100 Mbit/s", "Hợp Lý commune", "D00002 Gi0/2", "no", "", "Hợp Lý commune"]
    assert told["value_words"].iloc[1].endswith(": Lập Thạch → Hợp Lý commune")
    assert told["value_words"].iloc[4] == ""


def test_ends_lists_and_places_are_said_by_name():
    names = {"D1": "SW1"}
    devices = pd.Series(["D1", "D2", pd.NA], dtype="string")
    ends = words.end(devices, pd.Series(["Gi0/1", pd.NA, pd.NA], dtype="string"), names)
    assert ends.fillna("-").tolist() == ["SW1 Gi0/1", "D2", "-"]
    places = words.places(pd.Series(["Xã A", "Xã B", pd.NA], dtype="string"), ends)
    assert places.tolist() == ["Xã A · SW1 Gi0/1", "Xã B · D2", ""]
    assert words.listed(pd.Series(["D1,D2", pd.NA], dtype="string"), names).fillna("-").tolist() == ["SW1, D2", "-"]


def test_both_goals_are_one_text():
    frame = pd.DataFrame({"documents_ready": [True, None], "mail_ready": [False, None]}, dtype="boolean")
    assert words.goals(frame, texts("en"))["goal_words"].tolist() == [
        "documents: yes; mail: no",
        "documents: not known; mail: not known",
    ]
