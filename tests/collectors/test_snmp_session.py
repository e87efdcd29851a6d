"""One device over the wire: a real snmpd, and agents that misbehave in the ways that have been seen."""

from __future__ import annotations

import asyncio
import math
import socket
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from pysnmp.proto.api import v2c

from collectors.asking import Answers, Get, OidValue, Request, Rows, Walk
from collectors.pace import Pace
from collectors.snmp.client import Client
from collectors.snmp.messages import CommunityMessages
from collectors.snmp.session import SnmpSession
from inventory.facts import Outcome

FAST = Pace(requests_per_second=math.inf, timeout_s=0.25, retries=1, device_deadline_s=20)
#: Of one that answers everything, where a busy machine must not be taken for one that answers nothing so large.
PATIENT = replace(FAST, timeout_s=5)
IF = (1, 3, 6, 1, 2, 1, 2, 2, 1)
IF_INDEX, IF_DESCR, IF_TYPE = (*IF, 1), (*IF, 2), (*IF, 3)
SYS_DESCR, SYS_OBJECT_ID, SYS_NAME = (1, 3, 6, 1, 2, 1, 1, 1, 0), (1, 3, 6, 1, 2, 1, 1, 2, 0), (1, 3, 6, 1, 2, 1, 1, 5, 0)
ABSENT = (1, 3, 6, 1, 4, 1, 99999, 1, 0)


def interfaces(count):
    tree = {SYS_DESCR: b"a small agent", SYS_NAME: b"small", SYS_OBJECT_ID: v2c.ObjectIdentifier((1, 3, 6, 1, 4, 1, 99999))}
    for index in range(1, count + 1):
        tree |= {(*IF_INDEX, index): index, (*IF_DESCR, index): b"port %d" % index, (*IF_TYPE, index): 6}
    return tree


def fetch(port: int, *requests: Request, community: str = "public", version: str = "2c", pace: Pace = FAST) -> Answers:
    return fetch_rounds(port, [requests], community=community, version=version, pace=pace)


def fetch_rounds(
    port: int, rounds: Sequence[Sequence[Request]], *, community: str = "public", version: str = "2c", pace: Pace = FAST
) -> Answers:
    async def run() -> Answers:
        async with Client(pace) as client:
            session = SnmpSession(client, ("127.0.0.1", port), CommunityMessages(version, community), pace)
            answers = Answers()
            for requests in rounds:
                await session.fetch(requests, answers)
            return answers

    return asyncio.run(run())


WALK = Walk((IF_INDEX, IF_DESCR, IF_TYPE))


def rows(answers):
    return {index: answers.column(IF_DESCR)[index] for index in answers.column(IF_INDEX)}


def whole_table(count):
    return {(index,): b"port %d" % index for index in range(1, count + 1)}


# -- the real thing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1", "2c"])
def test_snmpd_agrees_with_the_kernel(snmpd, version, canaries):
    answers = fetch(snmpd.port, Get((SYS_DESCR, ABSENT, SYS_NAME)), WALK, community=canaries[0], version=version)
    assert set(answers.outcomes.values()) == {Outcome.ANSWERED}
    assert answers.get(SYS_NAME) == b"real-agent"
    assert ABSENT not in answers.values
    named = {value.rstrip(b"\0").decode() for value in answers.column(IF_DESCR).values()}
    assert named == {name for _, name in socket.if_nameindex()}
    assert sorted(answers.column(IF_INDEX).values()) == sorted(index for index, _ in socket.if_nameindex())


def test_a_long_walk_of_snmpd_ends_where_the_column_ends(snmpd, canaries):
    or_descr = (1, 3, 6, 1, 2, 1, 1, 9, 1, 3)
    everything = (1, 3, 6, 1, 2, 1)
    answers = fetch(snmpd.port, Walk((or_descr,)), Walk((everything,)), community=canaries[0])
    assert set(answers.outcomes.values()) == {Outcome.ANSWERED}
    assert len(answers.column(everything)) > 200
    inside = {oid[4:]: value for oid, value in answers.column(everything).items() if oid[:4] == (1, 9, 1, 3)}
    assert inside == answers.column(or_descr)


# -- honest small agents ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 300])
def test_a_table_comes_whole(serve, agent, count):
    answers = fetch(serve(agent(interfaces(count))), Get((SYS_OBJECT_ID,)), WALK)
    assert rows(answers) == whole_table(count)
    assert answers.get(SYS_OBJECT_ID) == OidValue((1, 3, 6, 1, 4, 1, 99999))
    assert str(answers.get(SYS_OBJECT_ID)) == ".1.3.6.1.4.1.99999"
    assert answers.outcomes[WALK] is Outcome.ANSWERED


def test_wide_tables_are_asked_for_in_few_round_trips(serve, agent):
    tree = {(*IF, column, index): column * index for column in range(1, 23) for index in range(1, 11)}
    small = agent(tree)
    answers = fetch(serve(small), Walk(tuple((*IF, column) for column in range(1, 23))))
    assert sum(len(answers.column((*IF, column))) for column in range(1, 23)) == 220
    assert len(small.asked) <= 6


def test_v1_gets_what_is_there_in_two_round_trips(serve, agent):
    small = agent({**interfaces(2)}, version="1")
    absent = tuple((*ABSENT[:-2], number, 0) for number in range(10))
    wanted = (SYS_DESCR, *absent, SYS_NAME, (*IF_DESCR, 2), (*IF_DESCR, 3))
    answers = fetch(serve(small), Get(wanted), version="1")
    assert answers.values == {SYS_DESCR: b"a small agent", SYS_NAME: b"small", (*IF_DESCR, 2): b"port 2"}
    assert set(answers.outcomes.values()) == {Outcome.ANSWERED}
    assert len(small.asked) <= 2 + len(absent) + 2


def test_v1_tables_end_one_column_at_a_time(serve, agent):
    tree = interfaces(12)
    for index in range(6, 13):
        del tree[(*IF_TYPE, index)]
    small = agent(tree, version="1")
    answers = fetch(serve(small), WALK, version="1")
    assert rows(answers) == whole_table(12)
    assert len(answers.column(IF_TYPE)) == 5
    assert {asked.kind for asked in small.asked} == {"GetNextRequestPDU"}


def test_a_limit_bounds_rows(serve, agent):
    walk = Walk((IF_INDEX, IF_DESCR), limit=7)
    small = agent(interfaces(500))
    answers = fetch(serve(small), walk)
    assert list(answers.column(IF_DESCR)) == [(index,) for index in range(1, 8)]
    assert answers.outcomes[walk] is Outcome.PARTIAL
    assert len(small.asked) == 1


def test_what_was_asked_is_not_asked_again(serve, agent):
    small = agent(interfaces(3))
    answers = fetch_rounds(serve(small), [[WALK], [WALK, Get((SYS_NAME,))]])
    assert len(small.asked) == 2
    assert answers.get(SYS_NAME) == b"small"


@pytest.mark.parametrize("version", ["1", "2c"])
def test_some_rows_of_a_table_are_fetched_alone(serve, agent, version):
    small = agent(interfaces(50), version=version)
    some = Rows((IF_INDEX, IF_DESCR), ((3,), (40,), (99,)))
    answers = fetch(serve(small), some, Get((SYS_NAME,)), version=version)
    assert answers.column(IF_DESCR) == {(3,): b"port 3", (40,): b"port 40"}
    assert answers.column(IF_INDEX) == {(3,): 3, (40,): 40}
    assert answers.values == {SYS_NAME: b"small"}
    assert set(answers.outcomes.values()) == {Outcome.ANSWERED}
    assert len(small.asked) == (1 if version == "2c" else 2)


IF_NAME, IF_ALIAS = ((1, 3, 6, 1, 2, 1, 31, 1, 1, 1, column) for column in (1, 18))
ENT_DESCR, ENT_NAME = ((1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, column) for column in (2, 7))


def test_tables_are_read_side_by_side(serve, agent):
    tree = interfaces(4)
    tree |= {(*column, index): b"x%d" % index for column in (IF_NAME, ENT_DESCR, ENT_NAME) for index in (1, 2, 3)}
    small = agent(tree)
    tables = [WALK, Walk((IF_NAME, IF_ALIAS)), Walk((ENT_DESCR, ENT_NAME))]
    answers = fetch(serve(small), *tables)
    assert [len(answers.column(column)) for column in (IF_DESCR, IF_NAME, IF_ALIAS, ENT_NAME)] == [4, 3, 0, 3]
    assert {answers.outcomes[table] for table in tables} == {Outcome.ANSWERED}
    assert len(small.asked) == 1


def test_answers_fit_an_unfragmented_packet(serve, agent):
    sizes = []

    def measured(self, asked):
        packets = self.respond(asked)
        sizes.extend(map(len, packets))
        return packets

    tree = interfaces(300) | {(*IF_ALIAS, index): b"to the office of %d" % index * 3 for index in range(1, 301)}
    answers = fetch(serve(agent(tree, misbehave=measured)), WALK, Walk((IF_ALIAS,)))
    assert len(answers.column(IF_ALIAS)) == 300
    # Rows grow a little as their numbers do, and how wide the cells behind a table's end are is not foreseen.
    assert sorted(sizes)[len(sizes) * 3 // 4] <= 1472
    assert sum(sizes) / len(sizes) > 1200


def test_a_long_table_costs_its_cells_and_little_more(serve, agent):
    tree = {(*IF, column, index): column * index for column in range(1, 17) for index in range(1, 53)}
    small = agent(tree | {(1, 3, 6, 1, 2, 1, 2, 1, 0): 52})
    get, walk = (
        Get(((1, 3, 6, 1, 2, 1, 2, 1, 0),)),
        Walk(tuple((*IF, column) for column in range(1, 17)), rows=(1, 3, 6, 1, 2, 1, 2, 1, 0)),
    )
    answers = fetch_rounds(serve(small), [[get], [walk]])
    assert all(len(answers.column((*IF, column))) == 52 for column in range(1, 17))
    assert len(small.asked) <= 1 + 17  # 832 cells of 19 octets are 12 full packets


@pytest.mark.parametrize("told", [3, 20, 1_000_000, 2**31 - 1])
def test_a_wrong_number_of_rows_loses_none(serve, agent, told):
    number = (1, 3, 6, 1, 2, 1, 2, 1, 0)
    answers = fetch_rounds(serve(agent(interfaces(40) | {number: told})), [[Get((number,))], [Walk(WALK.columns, rows=number)]])
    assert rows(answers) == whole_table(40)


def test_columns_with_gaps_lose_no_row(serve, agent):
    tree = {(*IF, column, index): 1 for column in range(1, 12) for index in range(1, 31) if (index + column) % 4}
    tree |= {(*IF, column, index): 1 for column in (2, 3) for index in range(31, 45)}  # longer than the others
    answers = fetch(serve(agent(tree)), Walk(tuple((*IF, column) for column in range(1, 12))))
    assert {(*IF, column, *index) for column in range(1, 12) for index in answers.column((*IF, column))} == set(tree)


PROBES = Walk((IF_DESCR, ENT_DESCR, (1, 3, 6, 1, 4, 1)), limit=1)


def test_what_an_answer_shows_to_be_empty_is_not_asked(serve, agent):
    small = agent({**interfaces(1), (*PROBES.columns[2], 9000, 1, 0): 1})
    before, behind = Walk(((1, 3, 6, 1, 4, 1, 318, 1),)), Walk(((1, 3, 6, 1, 4, 1, 9000, 1),))
    answers = fetch_rounds(serve(small), [[PROBES], [before, Walk((ENT_NAME,)), behind]])
    assert answers.column(behind.columns[0]) == {(0,): 1}
    assert answers.outcomes[before] is Outcome.ANSWERED
    assert [
        oid for asked in small.asked[1:] for oid in asked.oids if oid[:7] == (1, 3, 6, 1, 4, 1, 318) or oid[6:7] == (47,)
    ] == []


def test_an_agent_that_leaves_out_what_it_has_is_asked_all_the_same(serve, agent):
    hidden = (1, 3, 6, 1, 2, 1, 99, 1)

    def leaping(self, asked):  # behind an OID that it does not know it leaps to its last one
        cells, row = [], asked.oids
        for _ in range(asked.rows):
            row = [self.next(oid)[0] if oid in self.tree or oid in (hidden, IF_DESCR) else self.oids[-1] for oid in row]
            cells += [(oid, self.tree[oid]) for oid in row]
        return [asked.reply(cells)]

    tree = {**interfaces(2), (*hidden, 1): 5, (*hidden, 2): 6, (1, 3, 6, 1, 4, 1, 9000, 1): 1}
    small = agent(tree, misbehave=leaping)
    probes = Walk((IF_DESCR, ENT_DESCR, (1, 3, 6, 1, 2, 1, 98), hidden), limit=1)
    answers = fetch_rounds(serve(small), [[probes], [Walk((hidden,)), Walk((IF_DESCR,))]])
    assert answers.column(hidden) == {(1,): 5, (2,): 6}
    assert len(answers.column(IF_DESCR)) == 2


def test_probing_costs_one_request_however_wide(serve, agent):
    for version in ("1", "2c"):
        small = agent(interfaces(1), version=version)
        probes = Walk(tuple((1, 3, 6, 1, 2, 1, 40 + table, 1) for table in range(24)), limit=1)
        answers = fetch(serve(small), probes, version=version)
        assert not any(answers.tables.values())
        assert answers.outcomes[probes] is Outcome.ANSWERED
        assert len(small.asked) == 1


# -- misbehaviour -------------------------------------------------------------------------------------------------------


def test_an_agent_without_getbulk_is_walked_by_getnext(serve, agent):
    def no_bulk(self, asked):
        return [] if asked.kind == "GetBulkRequestPDU" else self.respond(asked)

    small = agent(interfaces(30), misbehave=no_bulk)
    other = Walk((SYS_NAME[:-1],))
    answers = fetch(serve(small), WALK, other, Get((SYS_NAME,)))
    assert rows(answers) == whole_table(30)
    assert set(answers.outcomes.values()) == {Outcome.ANSWERED}
    assert sum(asked.kind == "GetBulkRequestPDU" for asked in small.asked) <= 2  # it learns


@pytest.mark.parametrize("cells", [1, 2, 4, 7])
def test_answers_that_are_cut_short_lose_nothing(serve, agent, cells):
    small = agent(interfaces(25), misbehave=lambda self, asked: [asked.reply(self.bulk(asked)[:cells])])
    answers = fetch(serve(small), WALK)
    assert rows(answers) == whole_table(25)
    assert len(answers.column(IF_TYPE)) == 25
    assert answers.outcomes[WALK] is Outcome.ANSWERED


@pytest.mark.parametrize("bears", [1, 2, 5, 20])
def test_too_big_is_asked_for_less(serve, agent, bears):
    def too_big(self, asked):
        if len(asked.oids) * asked.rows > bears:
            return [asked.reply([(oid, v2c.null) for oid in asked.oids], 1, 0)]
        return self.respond(asked)

    small = agent(interfaces(25), misbehave=too_big)
    answers = fetch(serve(small), WALK, Get((SYS_DESCR, SYS_NAME, ABSENT, SYS_OBJECT_ID)))
    assert rows(answers) == whole_table(25)
    assert set(answers.outcomes.values()) == {Outcome.ANSWERED}
    assert answers.get(SYS_NAME) == b"small"


def questions(agent):
    """What was asked, without what was asked again because this machine was too busy to answer in time."""
    return {(asked.kind, tuple(asked.oids), asked.rows) for asked in agent.asked}


def test_a_probe_that_is_too_big_is_cut_and_what_follows_is_not_slow(serve, agent):
    def small_packets(self, asked):
        cells = self.bulk(asked) if asked.kind == "GetBulkRequestPDU" else [self.next(oid) for oid in asked.oids]
        if asked.kind == "GetBulkRequestPDU":
            while len(asked.reply(cells)) > 1472:
                cells.pop()
        packet = asked.reply(cells)
        return [packet if len(packet) <= 1472 else asked.reply([(oid, v2c.null) for oid in asked.oids], 1, 0)]

    tree = interfaces(60) | {(1, 3, 6, 1, 2, 1, 40 + table, 1, 1): b"z" * 250 for table in range(12)}
    small = agent(tree, misbehave=small_packets)
    wide = Walk((IF_DESCR, *((1, 3, 6, 1, 2, 1, 40 + table, 1) for table in range(12))), limit=1)
    answers = fetch_rounds(serve(small), [[wide], [WALK]], pace=PATIENT)
    assert all(answers.column(column) for column in wide.columns)
    assert rows(answers) == whole_table(60)
    assert len(questions(small)) <= 12


def test_one_huge_value_does_not_make_the_rest_slow(serve, agent):
    def cut(self, asked):
        cells = self.bulk(asked)
        while len(cells) > 1 and len(asked.reply(cells)) > 1472:
            cells.pop()
        return [asked.reply(cells)]

    tree = interfaces(100) | {(*IF_ALIAS, 1): b"z" * 1400, (*IF_ALIAS, 2): b"short"}
    small = agent(tree, misbehave=cut)
    answers = fetch(serve(small), Walk((IF_ALIAS,)), WALK)
    assert len(answers.column(IF_ALIAS)) == 2
    assert rows(answers) == whole_table(100)
    assert len(questions(small)) < 16


def test_a_column_that_an_agent_stumbles_over_without_naming_it_spares_the_others(serve, agent):
    def stumbling(self, asked):
        if any(oid[: len(IF_TYPE)] == IF_TYPE for oid in asked.oids):
            return [asked.reply([(oid, v2c.null) for oid in asked.oids], 5, 0)]
        return self.respond(asked)

    others = Walk((IF_NAME, IF_ALIAS, ENT_DESCR, ENT_NAME))
    tree = interfaces(12) | {(*column, index): b"x" for column in others.columns for index in range(1, 13)}
    small = agent(tree, misbehave=stumbling)
    answers = fetch(serve(small), WALK, others)
    assert rows(answers) == whole_table(12)
    assert all(len(answers.column(column)) == 12 for column in others.columns)
    assert answers.outcomes[others] is Outcome.ANSWERED
    assert answers.outcomes[WALK] is Outcome.PARTIAL
    assert len(small.asked) < 20


def test_one_that_loops_ends_as_looped_with_its_rows(serve, agent):
    def looping(self, asked):
        cells, row = [], asked.oids
        for _ in range(asked.rows):
            row = [(*oid[:-1], 1) if oid[-1] == 5 and len(oid) == 11 else self.next(oid)[0] for oid in row]
            cells += [(oid, self.tree[oid]) for oid in row]
        return [asked.reply(cells)]

    answers = fetch(serve(agent(interfaces(8), misbehave=looping)), WALK)
    assert rows(answers) == whole_table(5)
    assert answers.outcomes[WALK] is Outcome.LOOPED


def test_one_that_never_moves_ends_as_looped(serve, agent):
    def stuck(self, asked):
        return [asked.reply([((*IF_INDEX, 1), v2c.Integer(1))] * asked.rows)]

    answers = fetch(serve(agent({}, misbehave=stuck)), Walk((IF_INDEX,)))
    assert answers.column(IF_INDEX) == {(1,): 1}
    assert answers.outcomes[Walk((IF_INDEX,))] is Outcome.LOOPED


def test_one_that_never_ends_stops_at_the_limit(serve, agent):
    def endless(self, asked):
        last = asked.oids[0][len(IF_INDEX) :] or (0,)
        return [asked.reply([((*IF_INDEX, last[0] + n), v2c.Integer(1)) for n in range(1, asked.rows + 1)])]

    walk = Walk((IF_INDEX,), limit=2000)
    answers = fetch(serve(agent({}, misbehave=endless)), walk)
    assert len(answers.column(IF_INDEX)) == 2000
    assert answers.outcomes[walk] is Outcome.PARTIAL


def test_rows_that_are_repeated_or_out_of_order_are_read_to_the_end(serve, agent):
    order = [3, 3, 1, 1, 2, 7, 7, 5]

    def disordered(self, asked):
        at = order.index(asked.oids[0][-1]) + order.count(asked.oids[0][-1]) if len(asked.oids[0]) == 11 else 0
        cells = [((*IF_INDEX, index), v2c.Integer(index)) for index in order[at : at + 3]]
        return [asked.reply(cells or [(SYS_NAME, v2c.OctetString(b"behind"))])]

    answers = fetch(serve(agent({}, misbehave=disordered)), Walk((IF_INDEX,)))
    assert sorted(answers.column(IF_INDEX)) == [(1,), (2,), (3,), (5,), (7,)]
    assert answers.outcomes[Walk((IF_INDEX,))] is Outcome.ANSWERED


def test_duplicates_noise_and_wrong_numbers_are_ignored(serve, agent):
    def crowded(self, asked):
        right = self.respond(asked)[0]
        lie = asked.reply([(oid, v2c.OctetString(b"a lie")) for oid in asked.oids], request_id=0x11111111)
        return [lie, b"", b"\x30", right, right, lie, right]

    answers = fetch(serve(agent(interfaces(40), misbehave=crowded)), Get((SYS_NAME,)), WALK, Get((SYS_DESCR,)))
    assert answers.get(SYS_NAME) == b"small"
    assert answers.get(SYS_DESCR) == b"a small agent"
    assert rows(answers) == whole_table(40)


def test_an_answer_from_another_address_is_no_answer(serve, agent):
    """Only the address that was asked may speak for itself, even with the right number."""

    class Elsewhere(agent):
        def serve(self, line):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                other.bind(("127.0.0.2", line.getsockname()[1]))

                class Both:
                    recvfrom = line.recvfrom
                    sendto = other.sendto

                super().serve(Both())

    answers = fetch(serve(Elsewhere(interfaces(1))), Get((SYS_NAME,)))
    assert answers.outcomes == {Get((SYS_NAME,)): Outcome.SILENT}
    assert answers.values == {}


def test_lost_packets_are_sent_again(serve, agent):
    def every_third(self, asked):
        return self.respond(asked) if len(self.asked) % 3 else []

    answers = fetch(
        serve(agent(interfaces(60), misbehave=every_third)),
        WALK,
        Get((SYS_NAME,)),
        pace=Pace(timeout_s=0.2, device_deadline_s=20),
    )
    assert rows(answers) == whole_table(60)
    assert answers.get(SYS_NAME) == b"small"


def test_late_answers_count(serve, agent):
    def slow(self, asked):
        time.sleep(0.35)  # later than the first time-out
        return self.respond(asked)

    port = serve(agent(interfaces(1), misbehave=slow))
    answers = fetch(port, Get((SYS_NAME,)), pace=Pace(timeout_s=0.25, retries=2))
    assert answers.get(SYS_NAME) == b"small"


def test_one_that_stops_in_the_middle_keeps_what_came(serve, agent):
    small = agent(interfaces(200), misbehave=lambda self, asked: self.respond(asked) if len(self.asked) < 3 else [])
    behind = Walk(((1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1),))
    answers = fetch_rounds(serve(small), [[WALK], [behind], [Get((SYS_NAME,))]])
    assert 0 < len(answers.column(IF_DESCR)) < 200
    assert answers.outcomes[WALK] is Outcome.PARTIAL
    assert answers.outcomes[behind] is Outcome.SILENT


def test_nobody_there_is_refused_or_silent(serve, agent):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
        silent = fetch(port, Get((SYS_NAME,)), WALK)
    assert set(silent.outcomes.values()) == {Outcome.SILENT}
    refused = fetch(port, Get((SYS_NAME,)))
    assert set(refused.outcomes.values()) == {Outcome.REFUSED}


@pytest.mark.parametrize(
    "noise", [b"\xff" * 40, b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x30\x84\xff\xff\xff\xff", b"\x30\x02\x05\x00"]
)
def test_one_that_talks_nonsense_is_garbled(serve, agent, noise):
    small = agent({}, misbehave=lambda self, asked: [noise])
    answers = fetch(serve(small), Get((SYS_NAME,)))
    assert answers.outcomes[Get((SYS_NAME,))] is Outcome.GARBLED


def test_an_answer_whose_inside_is_broken_is_garbled(serve, agent):
    def broken(self, asked):
        packet = self.respond(asked)[0]
        return [packet.replace(b"\x02\x01\x00\x02\x01\x00\x30", b"\x02\x01\x00\x02\x01\x00\x31", 1)]

    answers = fetch(serve(agent(interfaces(1), misbehave=broken)), Get((SYS_NAME,)))
    assert answers.outcomes[Get((SYS_NAME,))] is Outcome.GARBLED


def test_an_echo_is_no_answer(serve, agent):
    answers = fetch(serve(agent({}, misbehave=lambda self, asked: [asked.echo()])), Get((SYS_NAME,)), Walk((IF_DESCR,)))
    assert set(answers.outcomes.values()) == {Outcome.SILENT}


def test_large_answers_that_do_not_get_through_are_asked_for_in_parts(serve, agent):
    def lossy_line(self, asked):
        return self.respond(asked) if len(asked.oids) * asked.rows <= 40 else []

    small = agent(interfaces(150), misbehave=lossy_line)
    answers = fetch(serve(small), WALK)
    assert rows(answers) == whole_table(150)
    assert answers.outcomes[WALK] is Outcome.ANSWERED
    assert len(small.asked) < 60  # not row by row


def test_one_that_died_is_not_asked_for_ever(serve, agent):
    small = agent(interfaces(5), misbehave=lambda self, asked: self.respond(asked) if len(self.asked) < 2 else [])
    walks = [Walk(((1, 3, 6, 1, 2, 1, 99, number),)) for number in range(40)]
    answers = fetch_rounds(serve(small), [[Get((SYS_NAME,))], walks])
    assert {answers.outcomes[walk] for walk in walks} == {Outcome.SILENT}
    assert len(small.asked) < 15


def test_scalars_that_came_before_the_deadline_are_kept(serve, agent):
    small = agent(interfaces(1), misbehave=lambda self, asked: self.respond(asked) if len(self.asked) < 2 else [])
    get = Get((SYS_NAME, *((*ABSENT[:-2], number, 0) for number in range(150))))
    answers = fetch(serve(small), get, pace=Pace(timeout_s=5, device_deadline_s=0.4))
    assert answers.get(SYS_NAME) == b"small"
    assert answers.outcomes[get] is Outcome.PARTIAL


def test_truncated_packets_give_the_rows_before_the_cut(serve, agent):
    def truncated(self, asked):
        return [packet[: max(60, len(packet) // 2)] if asked.rows > 2 else packet for packet in self.respond(asked)]

    answers = fetch(serve(agent(interfaces(25), misbehave=truncated)), WALK)
    assert rows(answers) == whole_table(25)
    assert answers.outcomes[WALK] is Outcome.ANSWERED


def test_one_malformed_value_costs_that_value(serve, agent):
    # An INTEGER without bytes where ifIndex.2 stood: same length, so that the lengths around it stay right.
    def hollow_integer(self, asked):
        cells = self.bulk(asked) if asked.kind == "GetBulkRequestPDU" else [self.next(oid) for oid in asked.oids]
        packet = asked.reply([(oid, v2c.OctetString(b"?") if oid == (*IF_INDEX, 2) else value) for oid, value in cells])
        return [packet.replace(b"\x04\x01?", b"\x02\x00\x05", 1)]

    answers = fetch(serve(agent(interfaces(5), misbehave=hollow_integer)), WALK)
    assert sorted(answers.column(IF_INDEX)) == [(1,), (3,), (4,), (5,)]
    assert len(answers.column(IF_DESCR)) == 5
    assert answers.outcomes[WALK] is Outcome.ANSWERED


@pytest.mark.parametrize("status", [5, 13, 6])
def test_errors_in_one_column_spare_the_others(serve, agent, status):
    def stumbling(self, asked):
        for place, oid in enumerate(asked.oids, 1):
            if oid[: len(IF_TYPE)] == IF_TYPE:
                return [asked.reply([(oid, v2c.null) for oid in asked.oids], status, place)]
        return self.respond(asked)

    answers = fetch(serve(agent(interfaces(12), misbehave=stumbling)), WALK)
    assert rows(answers) == whole_table(12)
    assert answers.column(IF_TYPE) == {}
    assert answers.outcomes[WALK] is Outcome.PARTIAL


def test_an_error_that_names_nothing_still_ends(serve, agent):
    small = agent(interfaces(5), misbehave=lambda self, asked: [asked.reply([(oid, v2c.null) for oid in asked.oids], 5, 0)])
    answers = fetch(serve(small), WALK, Get((SYS_NAME, SYS_DESCR)))
    assert set(answers.outcomes.values()) == {Outcome.UNSUPPORTED}


def test_empty_answers_still_end(serve, agent):
    answers = fetch(
        serve(agent(interfaces(5), misbehave=lambda self, asked: [asked.reply([])])), WALK, Get((SYS_NAME, SYS_DESCR))
    )
    assert set(answers.outcomes.values()) == {Outcome.GARBLED}


def test_a_deadline_ends_an_endless_device(serve, agent):
    def endless(self, asked):
        last = asked.oids[0][len(IF_INDEX) :] or (0,)
        return [asked.reply([((*IF_INDEX, last[0] + n), v2c.Integer(1)) for n in range(1, asked.rows + 1)])]

    pace = Pace(requests_per_second=100, timeout_s=0.2, device_deadline_s=0.5)
    walk, get = Walk((IF_INDEX,), limit=10**9), Get((SYS_NAME,))
    answers = fetch_rounds(serve(agent({}, misbehave=endless)), [[walk], [get]], pace=pace)
    assert len(answers.column(IF_INDEX)) > 10
    assert answers.outcomes == {walk: Outcome.PARTIAL, get: Outcome.SILENT}


def test_the_community_is_nowhere_to_be_seen(canaries):
    wrapping = CommunityMessages("2c", canaries[0])
    assert canaries[0] not in repr(wrapping) + str(wrapping) + f"{wrapping}"


def test_a_v1_message_is_not_answered_by_a_v2c_agent_and_stays_silent(serve, agent):
    answers = fetch(serve(agent(interfaces(1))), Get((SYS_NAME,)), version="1")
    assert answers.outcomes[Get((SYS_NAME,))] is Outcome.SILENT
