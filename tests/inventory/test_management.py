"""Ways in to management, from both databases: since when they are open, what is kept when little is told, and when they end."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from inventory import observations
from inventory.facts import WAYS, Way
from tests.inventory.conftest import DAY, START
from tests.inventory.conftest import observe as observed

SSH = {"kex": "curve25519-sha256", "host_keys": "ssh-ed25519"}


def box(observe, *ways: Way, n: int = 1, **more):
    return observe(f"10.0.0.{n}", serial=f"CN0000{n:04d}", ways=ways, **more)


def days(values: pd.Series) -> list[int]:
    return ((values - pd.Timestamp(START, unit="s", tz="UTC")).dt.total_seconds() // DAY).astype(int).tolist()


def test_a_port_that_opens_and_shuts_has_a_history(inventory, scan, observe):
    shut = Way("telnet", 23, open=False)
    for day, way in ((0, shut), (7, Way("telnet", 23)), (14, Way("telnet", 23)), (21, shut)):
        scan(day, box(observe, way))
    assert inventory.management(as_of=START + 1 * DAY)[["open", "first_seen"]].isna()["first_seen"].tolist() == [True]
    then = inventory.management(as_of=START + 15 * DAY)
    assert (then["open"].tolist(), days(then["first_seen"]), days(then["last_confirmed"])) == ([True], [7], [14])
    now = inventory.management()
    assert (now["open"].tolist(), days(now["first_seen"]), days(now["last_confirmed"])) == ([False], [7], [21])


def test_what_a_broken_session_does_not_tell_is_as_it_was(inventory, scan, observe):
    scan(0, box(observe, Way("ssh", 22, version="2.0", credential="mang", facts=SSH)))
    scan(7, box(observe, Way("ssh", 22, version="2.0")))
    (row,) = inventory.management().to_dict("records")
    assert '"kex":"curve25519-sha256"' in row["facts"]
    assert row["credential"] == "mang"
    assert days(inventory.management()["last_confirmed"]) == [7]


def test_a_protocol_that_was_not_asked_is_not_confirmed(inventory, scan, observe):
    scan(0, box(observe, Way("snmp", 161, version="2c", credential="a"), Way("ssh", 22, version="2.0")))
    scan(7, box(observe, Way("snmp", 161, version="2c", credential="a")))
    found = inventory.management()
    assert dict(zip(found["protocol"], days(found["last_confirmed"]), strict=True)) == {"snmp": 7, "ssh": 0}


def test_ways_at_an_address_that_a_device_has_left_end(inventory, scan, observe):
    scan(0, box(observe, Way("snmp", 161, version="2c", credential="a")))
    scan(7, observe("10.0.0.9", serial="CN00000001", ways=(Way("snmp", 161, version="3", credential="b"),)))
    assert inventory.management()[["device", "address", "version"]].to_numpy().tolist() == [["D00001", "10.0.0.9", "3"]]


def test_a_device_that_is_silent_keeps_its_ways(inventory, scan, observe):
    scan(0, box(observe, Way("telnet", 23)))
    scan(7)
    assert inventory.management()["open"].tolist() == [True]


def test_of_an_office(inventory, scan, observe):
    scan(0, box(observe, Way("telnet", 23)), box(observe, Way("http", 80), n=2, office="B"))
    assert inventory.management(office="B")["protocol"].tolist() == ["http"]


@given(
    st.lists(
        st.builds(
            Way,
            st.sampled_from(WAYS),
            st.integers(1, 65_535),
            st.booleans(),
            st.none() | st.text(max_size=8),
            st.none() | st.text(max_size=8),
            st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3),
        ),
        max_size=4,
    )
)
def test_ways_come_back_from_staging_as_they_were_told(ways):
    payload, kept = observations.both(observed(ways=tuple(ways)))
    assert observations.decode(payload).ways == kept.ways
    assert len(kept.ways) == len(ways)
