"""What keeping things costs a year, against simulating the failures of fifty small networks one by one, and by rules."""

from __future__ import annotations

import math
import re
from datetime import date

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import risk
from analysis.ageing import MONTHS, Belief
from analysis.condition import CONDITION as CONDITIONS
from analysis.condition import UNMEASURED as MISSING
from analysis.connectivity import connectivity
from analysis.risk.chances import chances
from analysis.risk.knowing import doubts
from analysis.risk.parameters import OWN_FILE, RiskFileError, parameters
from analysis.risk.rating import WHOLE, Item, Rated
from analysis.risk.spread import between, within
from analysis.tables import typed
from inventory.frames.columns import Column
from inventory.lifecycle.policies import policies
from inventory.sentences import unpack
from tests.analysis.cabled import OUT, World, world

DAY = date(2026, 11, 25)
KNOWN = risk.shipped()
PRICES = {kind: price.vnd for kind, price in policies(None, DAY).prices.items()}
PART_PRICES = {part: price.vnd for part, price in policies(None, DAY).part_prices.items()}
CONDITION = tuple(Column(name, "string", "") for name in ("device", "office", "kind", "part", "item", "why"))
COMPONENTS = (
    *(Column(name, "string", "") for name in ("device", "office", "part", "item")),
    *(Column(name, "Float64", "") for name in ("years_low", "years", "years_high")),
)
UNMEASURED = tuple(Column(name, "string", "") for name in ("device", "office", "what"))


def aged(years: float, spread: float = 0.0) -> Belief:
    """Within `spread` years of an age, all the same."""
    weights = np.zeros(MONTHS)
    weights[max(int(12 * (years - spread)), 0) : int(12 * (years + spread)) + 1] = 1
    return Belief(weights / weights.sum())


# Against simulating failures --------------------------------------------------------------------------------------------

DRAWS = 10_000
#: 50 networks of up to 30 devices: of about 500 comparisons, one in ten thousand runs would have one farther off than this.
FARTHEST = 5.0


def simulated(made: World, whole: nx.Graph, device: str, belief: Belief, times: float, dice: np.random.Generator) -> np.ndarray:
    """Costs of a year, one number a draw: an age, when it fails next, and who is without a way out when it is taken away."""
    kind = made.device[device][1]
    law = KNOWN.hazards[kind]
    month = dice.choice(MONTHS, size=DRAWS, p=belief.weights)
    age = np.maximum(month - 1 + belief.elapsed + dice.random(DRAWS), 0) / 12
    fails_at = law.eta * ((age / law.eta) ** law.beta + dice.exponential(size=DRAWS) / times) ** (1 / law.beta)
    fails = fails_at - age <= 1
    alive = nx.node_connected_component(nx.restricted_view(whole, [device], []), OUT)
    at = made.machines()
    for unseen in made.unseen():
        at[made.way_out(unseen)] += 1
    cut = 0
    for other, staff in made.staff.items():
        here = {d: n for d, n in at.items() if made.device[d][0] == other}
        lost = sum(n for d, n in here.items() if d not in alive)
        cut += math.floor(staff * lost / sum(here.values()) + 0.5) if lost else 0
    mended = dice.random(DRAWS) < KNOWN.repaired
    money = PRICES[kind] * np.where(mended, KNOWN.repair_price, 1 + KNOWN.emergency_premium)
    assert law.people == "behind", kind
    return fails * (money + cut * law.work * law.hours * KNOWN.person_hour_vnd)


def test_the_risk_of_a_device_equals_simulating_its_failures_in_fifty_networks():
    apart = []
    for number in range(50):
        made, dice = world(number), np.random.default_rng(number)
        made.services.clear()  # what it costs to lose these has a test of its own
        frames, whole = made.frames(), nx.Graph(made.graph())
        devices = frames["devices"]
        believed = [aged(dice.uniform(0, 14), dice.uniform(0, 4)) for _ in devices.index]
        hot = set(dice.choice(devices["device"], size=len(devices) // 3, replace=False))
        told = typed([{"device": d, "kind": "too_hot", "part": "device"} for d in sorted(hot)], CONDITION)
        behind = connectivity(**frames, doors=made.doors).behind
        found = risk.risks(
            devices, frames["offices"], behind, as_of=DAY, policies=policies(None, DAY), believed=believed, condition=told
        ).set_index("device")["risk_vnd"]
        assert set(found.index) == set(made.device)
        for device, belief in zip(devices["device"], believed, strict=True):
            times = KNOWN.evidence["too_hot"].times if device in hot else 1.0
            costs = simulated(made, whole, device, belief, times, dice)
            error = costs.std() / math.sqrt(DRAWS)
            apart.append((found[device] - costs.mean()) / error if error else found[device] - costs.mean())
    apart = np.array(apart)
    assert np.abs(apart).max() < FARTHEST
    assert abs(apart.mean()) * math.sqrt(len(apart)) < 4  # nor all of them a little to one side
    assert 0.85 < apart.std() < 1.15  # as far off as chance alone, no nearer and no farther


LAWS = [*sorted(k for k, h in KNOWN.hazards.items() if not h.is_part), "pc/disk", "ups/ups_battery", "switch/fan/2"]


# Chances ----------------------------------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(LAWS), st.floats(0, 20), st.floats(0, 5), st.floats(0.5, 8), st.floats(0, 10))
def test_a_chance_is_one_and_grows_with_age_and_evidence(kind, years, spread, times, later):
    belief = aged(years, spread)
    now, then = chances([kind], [belief], [times], np.array([0.0, later]), KNOWN)[0]
    assert 0 < now <= 1
    assert then >= now - 1e-12  # every law of the shipped ones wears out
    assert chances([kind], [belief], [times * 1.5], np.array([0.0]), KNOWN)[0, 0] >= now
    assert chances([kind], [belief], [times / 1.5], np.array([0.0]), KNOWN)[0, 0] < now or now == 1


@settings(max_examples=50, deadline=None)
@given(st.floats(0, 25), st.floats(0, 10), st.floats(0, 10), st.floats(0.01, 1))
def test_an_interval_of_a_parts_age_is_a_belief_with_these_quantiles(low, to_median, to_high, elapsed):
    median, high = low + to_median, low + to_median + to_high
    belief = between(low, median, high, elapsed)
    assert belief.weights.min() >= 0
    assert belief.weights.sum() == pytest.approx(1)
    if low > 0.5 and to_median > 0.5 and to_high > 0.5 and high + (high - low) < MONTHS / 12 - 1:
        assert [belief.quantile(q) for q in (0.1, 0.5, 0.9)] == pytest.approx([low, median, high], abs=0.1)


def test_a_part_of_which_only_the_device_is_known_is_at_most_as_old():
    device = aged(6, 1)
    part = within(device)
    assert part.quantile(0.5) == pytest.approx(3, abs=0.2)
    assert part.older_than(7.2) == pytest.approx(0, abs=1e-12)


# Rules ------------------------------------------------------------------------------------------------------------------


def rated(kinds, make_frame, make_device, **given_frames):
    devices = make_frame("devices", [make_device(n, kind=kind) for n, kind in enumerate(kinds, 1)])
    offices = make_frame("offices", [{"office": "X01", "staff": 12}])
    behind = pd.DataFrame({"device": devices["device"], "people": 0, "service_people": 0})
    return risk.risks(
        devices, offices, behind, as_of=DAY, policies=policies(None, DAY), believed=[aged(5, 2) for _ in kinds], **given_frames
    )


def by_part(rows, device="D00001"):
    return rows[rows["device"] == device].set_index("part")


def test_a_failing_disk_is_charged_to_the_disk_and_not_to_the_computer(make_frame, make_device):
    before = by_part(rated(["pc"], make_frame, make_device))
    told = typed(
        [{"device": "D00001", "kind": "disk_failing", "part": "disk", "item": "sda", "why": '["detail.risk_cost", {"cost": 1}]'}],
        CONDITION,
    )
    after = by_part(rated(["pc"], make_frame, make_device, condition=told))
    assert list(before.index) == [WHOLE]
    assert set(after.index) == {WHOLE, "disk"}
    assert after.loc["disk", "multiplier"] == KNOWN.evidence["disk_failing"].times
    assert after.loc[WHOLE, "multiplier"] == 1
    assert after.loc[WHOLE, "risk_vnd"] < before.loc[WHOLE, "risk_vnd"]  # the disk's failures are the disk's
    assert after.loc["disk", "item"] == "sda"
    assert "detail.risk_times" in {s.key for s in unpack(after.loc["disk", "evidence"])}


def test_what_breaks_nothing_costs_nothing(make_frame, make_device):
    told = typed(
        [
            {"device": "D00001", "kind": "toner_low", "part": "toner"},
            {"device": "D00001", "kind": "port_errors", "part": "cable"},
            {"device": "D00001", "kind": "something_new", "part": "device"},
            {"device": "D00099", "kind": "too_hot", "part": "device"},
        ],
        CONDITION,
    )
    kinds = ["printer"]
    pd.testing.assert_frame_equal(rated(kinds, make_frame, make_device, condition=told), rated(kinds, make_frame, make_device))


def test_two_disks_are_two_rows_and_each_finding_goes_to_its_own(make_frame, make_device):
    parts = typed(
        [
            {"device": "D00001", "part": "disk", "item": item, "years_low": 4, "years": 5, "years_high": 6}
            for item in ("sda", "sdb")
        ],
        COMPONENTS,
    )
    told = typed([{"device": "D00001", "kind": "disk_failing", "part": "disk", "item": "sdb"}], CONDITION)
    rows = rated(["server"], make_frame, make_device, components=parts, condition=told)
    disks = rows[rows["part"] == "disk"].set_index("item")
    assert disks["multiplier"].to_dict() == {"sda": 1, "sdb": KNOWN.evidence["disk_failing"].times}
    assert disks.loc["sdb", "risk_vnd"] > disks.loc["sda", "risk_vnd"] > 0


def test_what_was_not_measured_is_listed_and_changes_nothing(make_frame, make_device):
    nobody = by_part(rated(["switch"], make_frame, make_device)).loc[WHOLE]
    not_heat = typed([{"device": "D00001", "what": "temperature"}], UNMEASURED)
    some = by_part(rated(["switch"], make_frame, make_device, unmeasured=not_heat)).loc[WHOLE]
    assert nobody["multiplier"] == 1
    assert {s.values["what"] for s in unpack(nobody["not_measured"]) if "what" in s.values} == {
        kind for kind, evidence in KNOWN.evidence.items() if "switch" in evidence.kinds
    }
    assert {s.values["what"] for s in unpack(some["not_measured"]) if "what" in s.values} == {"too_hot"}
    assert some["multiplier"] < 1  # the rest was looked for, and is in order
    assert some["risk_high_vnd"] - some["risk_low_vnd"] < nobody["risk_high_vnd"] - nobody["risk_low_vnd"]


@pytest.mark.parametrize("kind", sorted({kind for evidence in KNOWN.evidence.values() for kind in evidence.kinds}))
def test_looking_changes_nothing_on_the_average(kind):
    """Found in its share of devices and not found in the others, evidence multiplies by 1."""
    for name, evidence in KNOWN.evidence.items():
        for part in (evidence.part, WHOLE):
            times, in_order = KNOWN.effect(name, part)
            assert evidence.found * times + (1 - evidence.found) * in_order == pytest.approx(1), (kind, name)


def test_the_interval_holds_the_figure_and_is_narrow_where_all_is_known(make_frame, make_device):
    rows = rated(["pc", "switch", "ups", "printer", "server"], make_frame, make_device)
    assert (rows["risk_low_vnd"] <= rows["risk_vnd"]).all()
    assert (rows["risk_vnd"] <= rows["risk_high_vnd"]).all()
    assert (rows["risk_low_vnd"] > 0).all()


def test_measure_first_what_moves_most_money(make_frame, make_device):
    rows = rated(["server", "camera", "pc", "phone"], make_frame, make_device)
    ranked = rows.dropna(subset=["measure_rank"]).sort_values("measure_rank")
    assert ranked["measure_rank"].tolist() == list(range(1, len(ranked) + 1))
    assert ranked["measure_vnd"].is_monotonic_decreasing
    assert ranked["kind"].iloc[0] == "server"
    assert ranked["measure"].notna().all()


def test_the_worth_of_knowing_is_the_spread_that_knowing_takes_away():
    """Two ages, equally likely, and nothing else to find out: half their difference."""
    weights = np.zeros(MONTHS)
    weights[[24, 96]] = 0.5
    belief, cost = Belief(weights), 1e6
    item = Item(0, "D00001", "X01", "camera", WHOLE, "", "camera", belief)
    one = np.ones(1)
    only = Rated((item,), 0 * one, 0 * one, one, one, one, ((),), ((),), ((),))
    young, old = (chances(["camera"], [aged(y)], one, np.zeros(1), KNOWN)[0, 0] * cost for y in (2, 8))
    doubt = doubts(only, np.array([cost]), KNOWN)
    assert doubt.worth[0] == pytest.approx((old - young) / 2, rel=1e-6)
    assert (doubt.low[0], doubt.high[0]) == pytest.approx((young, old), rel=1e-6)


def test_losing_a_service_counts_for_those_who_keep_the_network():
    """A server in one office that the other one works with; the others' work goes on but for the service."""
    made = World(offices={"X00": None, "X01": "X00"}, staff={"X00": 10, "X01": 20})
    for number, (office, kind) in enumerate(
        (("X00", "router"), ("X00", "switch"), ("X00", "server"), ("X01", "router"), ("X01", "switch")), 1
    ):
        made.device[f"D{number:05d}"] = (office, kind)
    for a, b in (("D00001", "D00002"), ("D00002", "D00003"), ("D00001", "D00004"), ("D00004", "D00005")):
        made.plug(a, b)
    made.stations = [(o, s, made.port(s)) for o, s in (("X00", "D00002"), ("X01", "D00005")) for _ in range(4)]
    made.services = {"archive": ("D00003", [])}
    frames = made.frames()
    behind = connectivity(**frames).behind
    reached = risk.reached(frames["devices"], frames["offices"], behind, KNOWN).set_axis(frames["devices"]["device"])
    assert reached.loc["D00003"].tolist() == [30, 0]  # everybody works with it
    assert reached.loc["D00002"].tolist() == [10, 20]  # its office is cut off; the other one only loses the archive
    assert reached.loc["D00005"].tolist() == [20, 0]  # who is cut off does not lose the service besides


# Losses for the plan ----------------------------------------------------------------------------------------------------


def test_losses_of_the_first_year_are_the_risks_and_the_order_of_rows_does_not_matter(make_frame, make_device):
    kinds = ["pc", "switch", "ups", "camera", "unknown kind"]
    believed = [aged(3 + n, 1) for n in range(len(kinds))]
    persons, price = [1, 40, 5, 0, 3], [15_000_000, 12_000_000, 5_000_000, 2_500_000, 1]
    never = np.zeros((len(kinds), 4), dtype=bool)
    (found,) = risk.losses(kinds, believed, persons, price, never, as_of=DAY, first_year=2026, years=4)
    assert found.keep.shape == found.new.shape == (5, 4)
    assert (found.keep[:4] > 0).all()
    assert (np.diff(found.keep[:4], axis=1) > 0).all()
    assert not found.keep[4].any()
    back = slice(None, None, -1)
    (turned,) = risk.losses(kinds[back], believed[back], persons[back], price[back], never, as_of=DAY, first_year=2026, years=4)
    assert np.allclose(turned.keep[back], found.keep, rtol=1e-12)
    (without,) = risk.losses(kinds, believed, persons, price, ~never, as_of=DAY, first_year=2026, years=4)
    assert (without.keep - found.keep)[1] == pytest.approx(
        40 * KNOWN.incidents_per_year * KNOWN.incident_hours * KNOWN.person_hour_vnd
    )
    assert np.array_equal(without.new, found.new)


def test_losses_at_several_prices_of_an_hour_are_those_at_each():
    kinds, persons, price = ["pc", "switch", "pc/disk"], [1, 40, 1], [15_000_000, 12_000_000, 1_500_000]
    believed = [aged(3 + n, 1) for n in range(len(kinds))]
    some = np.eye(3, 4, dtype=bool)
    hours = (0.0, 50_000.0, None)
    together = risk.losses(kinds, believed, persons, price, some, as_of=DAY, first_year=2027, years=4, hours_vnd=hours)
    for hour, found in zip(hours, together, strict=True):
        (alone,) = risk.losses(kinds, believed, persons, price, some, as_of=DAY, first_year=2027, years=4, hours_vnd=(hour,))
        assert np.array_equal(found.keep, alone.keep)
        assert np.array_equal(found.new, alone.new)
    assert (together[0].keep < together[1].keep).all()


# Parameters -------------------------------------------------------------------------------------------------------------


def test_a_workspace_may_say_single_values(tmp_path):
    assert parameters(tmp_path) is risk.shipped()
    (tmp_path / OWN_FILE).write_text(
        "hazards: {pc: {eta: 5.5, source: log}}\nperson_hour_vnd: 80000\nevidence: {too_hot: {times: 3}}\n", encoding="utf-8"
    )
    own = parameters(tmp_path)
    assert (own.hazards["pc"].eta, own.hazards["pc"].beta) == (5.5, KNOWN.hazards["pc"].beta)
    assert own.person_hour_vnd == 80000
    assert own.evidence["too_hot"].times == 3
    assert own.hazards["switch"] == KNOWN.hazards["switch"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hazards: {pc: {eta: old}}", "hazards.pc.eta is “old”; it must be a number from 0.1 to 200"),
        ("hazards: {pc: {eta: .nan}}", "hazards.pc.eta"),
        ("hazards: {pc: {work: 7}}", "a number from 0 to 1"),
        ("hazards: {tank: {eta: 3}}", "no parameter “hazards.tank”"),
        ("hazards: {pc: {people: everybody}}", "must be one of behind"),
        ("hazards: 3", "no parameter “hazards”"),
        ("repaired: yes", "repaired"),
        ("- a", "cannot be read"),
        ("hazards: {pc: [", "line 1"),
        ("hazards:\n\tpc: 1", "line 2"),
    ],
)
def test_a_mistake_in_its_file_is_one_sentence(tmp_path, text, says):
    (tmp_path / OWN_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(RiskFileError) as caught:
        parameters(tmp_path)
    assert says in str(caught.value)
    assert OWN_FILE in str(caught.value)


def test_evidence_is_of_things_that_condition_finds_and_misses():
    """The words of one package are those of the other."""
    meaning = {column.name: column.meaning for column in (*CONDITIONS, *MISSING)}
    kinds, whats = (set(re.findall(r"\w+", meaning[name])) for name in ("kind", "what"))
    assert set(KNOWN.evidence) <= kinds
    assert frozenset().union(*(evidence.measured_by for evidence in KNOWN.evidence.values())) <= whats
    assert set(KNOWN.parts) <= set(re.findall(r"\w+", meaning["part"]))
    assert set(KNOWN.parts.values()) <= set(PART_PRICES)


def test_every_parameter_says_where_it_is_from():
    for row in (*KNOWN.hazards.values(), *KNOWN.evidence.values()):
        assert row.source
        if row.verified:
            assert row.source != "estimate"


def test_a_part_of_which_nothing_is_known_moves_risk_from_its_device_and_adds_none(make_frame, make_device):
    """A switch that tells its fans is no greater risk than one that does not: without a law of its own a part has a share."""
    fans = typed(
        [
            {"device": "D00001", "part": "fan", "item": item, "years_low": 4.5, "years": 5, "years_high": 5.5}
            for item in ("1", "2")
        ],
        COMPONENTS,
    )
    silent, telling = (rated(["switch"], make_frame, make_device, components=c) for c in (None, fans))
    assert telling["part"].tolist().count("fan") == 2
    never = -np.log1p(-telling["probability"].astype(float)).sum()
    assert never == pytest.approx(-np.log1p(-silent["probability"].iloc[0]), rel=0.05)
    assert telling["multiplier"].eq(1).all()
