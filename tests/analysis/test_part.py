"""An office's part of a cabling that was found out of everything."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.tables import typed
from analysis.topology import ATTACHMENTS, TOPOLOGY, UNMANAGED, Cabling, part


def cable(a, b, **more):
    ends = {"a_device": a, "a_office": a[0], "a_port": f"{a}-1", "b_device": b, "b_office": b[0], "b_port": f"{b}-9"}
    return ends | {"a_address": f"10.0.0.{a[1:]}", "b_address": f"10.0.0.{b[1:]}", "origin": "told", "confidence": 0.9} | more


@pytest.fixture
def whole() -> Cabling:
    links = [
        cable("A1", "A2"),
        cable("A2", "B1", b_name="sw-b1", members="A2-1=B1 9; A2-2=B1 10"),
        cable("B1", "B2"),
        cable("C1", "B2"),
    ]
    return Cabling(
        typed(links, TOPOLOGY),
        typed([{"mac": f"m{d}", "device": d} for d in ("A1", "B1", "B2")], ATTACHMENTS),
        typed([{"device": d, "port": "1"} for d in ("A2", "B2")], UNMANAGED),
    )


def test_cables_that_leave_it_end_at_a_name(whole):
    here = part(whole, {"B1", "B2"}, {"C1": "sw-c1"})
    rows = here.links[["a_device", "a_port", "b_device", "b_port", "b_name", "b_address"]].fillna("").to_numpy().tolist()
    assert rows == [
        ["B1", "B1-9", "", "A2-1", "A2", "10.0.0.2"],
        ["B1", "B1-1", "B2", "B2-9", "", "10.0.0.2"],
        ["B2", "B2-9", "", "C1-1", "sw-c1", "10.0.0.1"],
    ]
    assert here.links["members"].dropna().tolist() == ["B1 10=A2-2; B1 9=A2-1"]
    assert here.attachments["mac"].tolist() == ["mB1", "mB2"]
    assert here.unmanaged["device"].tolist() == ["B2"]


def test_the_name_that_was_told_stays(whole):
    assert part(whole, {"A1", "A2"}, {"B1": "x"}).links["b_name"].dropna().tolist() == ["sw-b1"]


def test_all_of_it_is_itself_and_nothing_of_it_is_empty(whole):
    for name, rows in part(whole, {"A1", "A2", "B1", "B2", "C1"}, {}).frames.items():
        pd.testing.assert_frame_equal(rows, whole.frames[name])
    for name, rows in part(whole, set(), {}).frames.items():
        assert rows.empty
        assert rows.dtypes.equals(whole.frames[name].dtypes)
