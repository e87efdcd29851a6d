"""Recordings: their formats with all oddities, whatever a device may say, and the level of identification held."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors import mibs
from collectors.asking import Answers, Get, OidValue
from collectors.interview import interview
from collectors.replay import ask, read, replay, result_line
from inventory.facts import Outcome
from tests.collectors import scoring
from tests.collectors.recorded import PROFILES, TARGET, observe, required


def written(tmp_path, name, octets):
    path = tmp_path / name
    path.write_bytes(octets)
    return read(path)


def test_snmprec_with_all_its_oddities(tmp_path):
    device = written(
        tmp_path,
        "odd.snmprec",
        b"# a comment\r\n"
        b"1.3.6.1.2.1.1.5.0|4|second by order\r\n"
        b"1.3.6.1.2.1.1.1.0|4|first|with a bar\r\n"
        b"1.3.6.1.2.1.1.1.0|4|a second time\r\n"
        b"not a line\r\n1.3.6.x|4|no\r\n1.3.6.1.2.1.1.3.0|67|12ab\r\n"
        b"1.3.6.1.2.1.2.2.1.6.1|4x|001B210A0B0C\r\n"
        b"1.3.6.1.2.1.2.2.1.6.2|4e|\\x00\\x1b!\\n\\x0b\\x0c\r\n"
        b"1.3.6.1.2.1.4.20.1.1.10.0.0.1|64|10.0.0.1\r\n"
        b"1.3.6.1.2.1.4.20.1.1.10.0.0.2|64x|0a000002\r\n"
        b"1.3.6.1.2.1.1.2.0|6|.1.3.6.1.4.1.9.1.1\r\n"
        b"1.3.6.1.2.1.1.6.0|5|\r\n",
    )
    assert device.get(mibs.SYS_DESCR) == b"first|with a bar"
    assert device.get(mibs.SYS_UP_TIME) is None
    assert device.get(mibs.SYS_LOCATION) is None
    assert device.get(mibs.SYS_OBJECT_ID) == OidValue((1, 3, 6, 1, 4, 1, 9, 1, 1))
    assert set(device.rows(mibs.IF_PHYS_ADDRESS, 10).values()) == {b"\x00\x1b!\n\x0b\x0c"}
    assert list(device.rows(mibs.IP_AD_ENT_ADDR, 10).values()) == [b"\x0a\x00\x00\x01", b"\x0a\x00\x00\x02"]
    assert len(device.rows(mibs.IP_AD_ENT_ADDR, 1)) == 1


WALK = rb""".1.3.6.1.2.1.1.1.0 = STRING: "DrayTek Corporation, Router Model: Vigor2926, Version: 3.9.2
second line"
.1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.7367
.1.3.6.1.2.1.1.3.0 = Timeticks: (8640000) 1 day, 0:00:00.00
.1.3.6.1.2.1.1.5.0 = STRING: "rt-\"xa\""
.1.3.6.1.2.1.1.6.0 = ""
.1.3.6.1.2.1.2.2.1.2.4 = STRING: LAN1
.1.3.6.1.2.1.2.2.1.5.4 = Gauge32: 1000000000
.1.3.6.1.2.1.2.2.1.6.4 = Hex-STRING: 00 1D AA 01 02
03
.1.3.6.1.2.1.2.2.1.7.4 = INTEGER: up(1)
.1.3.6.1.2.1.2.2.1.8.4 = INTEGER: 2
.1.3.6.1.2.1.4.20.1.2.192.168.1.1 = INTEGER: 4
.1.3.6.1.2.1.4.20.1.3.192.168.1.1 = IpAddress: 255.255.255.0
.1.3.6.1.2.1.99.1 = No Such Object available on this agent at this OID
"""


def test_the_text_of_snmpwalk(tmp_path):
    (tmp_path / "router.walk").write_bytes(WALK)
    ((name, seen),) = replay([tmp_path], PROFILES)
    assert name == "router"
    assert (seen.identity.model.value, seen.identity.sys_name) == ("Vigor2926", 'rt-"xa"')
    (port,) = seen.interfaces
    assert (port.name, port.mac, port.speed_bps, port.admin_up, port.oper_up) == ("LAN1", "00:1d:aa:01:02:03", 10**9, True, False)
    assert seen.addresses.own[0].prefix_length == 24


def test_an_empty_recording_is_a_silent_device(tmp_path):
    (tmp_path / "nothing.snmprec").write_bytes(b"\xff\xfe\x00 what\n|||\n")
    ((_, seen),) = replay([tmp_path], PROFILES)
    assert (seen.outcome, seen.identity) == (Outcome.SILENT, None)
    assert json.dumps(result_line("nothing", seen))


def test_nothing_is_looked_at_that_was_not_asked():
    asked = set()

    class Watching:
        def answer(self, requests, answers):
            for request in requests:
                asked.update(request.oids if isinstance(request, Get) else request.columns)
                answers.outcomes[request] = Outcome.ANSWERED
            answers.values[mibs.SYS_DESCR] = b"RouterOS RB750"
            answers.values[mibs.SYS_OBJECT_ID] = OidValue((1, 3, 6, 1, 4, 1, 14988, 1))

    ask(Watching(), interview(TARGET, 0, PROFILES))
    private = {oid for oid in asked if oid[:6] == mibs.ENTERPRISES and len(oid) > 6}  # the probe asks what comes first there
    assert private
    assert {oid[6] for oid in private} <= {9, 14988}  # 9: CDP, which others speak too


# Columns and scalars that the interview asks for, so that the strange values land where they are read.
ASKED = sorted(
    {column for name, column in vars(mibs).items() if name.isupper() and isinstance(column, tuple) and len(column) > 7}
    | {source.scalar for profile in PROFILES.families for source in profile.every_source() if source.scalar}
)
strange = (
    st.integers(-(2**70), 2**70)
    | st.binary(max_size=40)
    | st.sampled_from([b"", b"\x00", b"\xff" * 200, b"0", b"Cisco IOS", b"00:11:22:33:44:55", OidValue(()), OidValue((0, 0))])
    | st.lists(st.integers(0, 2**33), max_size=20).map(OidValue)
)
index = st.lists(st.sampled_from([0, 1, 2, 3, 4, 6, 16, 255, 256, 2**32]), max_size=24).map(tuple)
object_ids = st.sampled_from([tuple(prefix) for profile in PROFILES.families for c in profile.match for prefix in c.oids]) | index


class Hostile:
    """A device that answers whatever hypothesis comes up with."""

    def __init__(self, values, tables, outcomes):
        self.values, self.tables, self.outcomes = values, tables, list(outcomes)

    def answer(self, requests, answers: Answers):
        for request in requests:
            if isinstance(request, Get):
                answers.values |= {oid: value for oid, value in self.values.items() if oid in request.oids}
            else:
                answers.tables |= {column: self.tables.get(column, {}) for column in request.columns}
            answers.outcomes[request] = self.outcomes.pop() if self.outcomes else Outcome.ANSWERED


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(ASKED), strange, max_size=25),
    st.dictionaries(st.sampled_from(ASKED), st.dictionaries(index, strange, max_size=6), max_size=25),
    st.lists(st.sampled_from(list(Outcome)), max_size=6),
    object_ids,
)
def test_whatever_a_device_says_the_interview_ends(values, tables, outcomes, object_id):
    values[mibs.SYS_OBJECT_ID] = OidValue(object_id)
    seen = ask(Hostile(values, tables, [*outcomes, Outcome.ANSWERED]), interview(TARGET, 0, PROFILES))
    json.dumps(result_line("hostile", seen))
    assert seen.identity is not None
    for part in seen.components or ():
        assert part.index
    for port in seen.interfaces or ():
        assert port.speed_bps is None or port.speed_bps >= 0


@given(st.binary(max_size=400))
def test_no_file_raises(octets):
    observe(octets)


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    folder = required("score.py")
    work = tmp_path_factory.mktemp("recordings")
    scores = scoring.scores(folder, work)
    return {**scores, "results": [json.loads(line) for line in (work / "results.jsonl").open(encoding="utf-8")]}


def test_a_family_counts_as_verified_when_a_recorded_device_is_of_it(measured):
    recorded = {result["profile"] for result in measured["results"]}
    assert {profile.id for profile in PROFILES.families if not profile.verified} & recorded == set()
    fallbacks = {profile.id for profile in PROFILES.families if profile.fallback}
    assert {profile.id for profile in PROFILES.families if profile.verified} - recorded - fallbacks == set()


@pytest.mark.parametrize("which", ["office", "all"])
def test_the_level_of_identification_is_held(measured, which):
    """`make identify-score` shows it, and raises it."""
    level = json.loads(scoring.LEVEL.read_text(encoding="utf-8"))[which]
    for measure, held in level.items():
        now = measured[which][measure]
        assert now["of"] == held["of"], measure
        assert (measure, now["right"] >= held["right"], now["wrong"] <= held["wrong"]) == (measure, True, True), (now, held)


def test_the_page_says_what_is_measured(measured):
    scores = {name: score for name, score in measured.items() if name != "results"}
    assert scoring.PAGE.read_text(encoding="utf-8") == scoring.table(scores)
