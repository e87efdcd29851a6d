"""IF-MIB: ifTable and ifXTable (RFC 2863); EtherLike-MIB: duplex (RFC 3635); IEEE8023-LAG-MIB: aggregates."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.agent import Oid, Typed
from simulator.mibs.values import counter32, counter64, gauge, integer, object_id, octets, ticks
from simulator.shown import Face, Shown

INTERFACES = (1, 3, 6, 1, 2, 1, 2)
TABLE = (*INTERFACES, 2, 1)
EXTENSION = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
DOT3 = (1, 3, 6, 1, 2, 1, 10, 7, 2, 1)
LAG_PORT = (1, 2, 840, 10006, 300, 43, 1, 2, 1, 1)
_OCTETS_A_PACKET = 640  # on average, both ways
_GROUPS, _EVERYBODY = 50, 20  # one frame in so many is to a group, or to all


def rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    yield (*INTERFACES, 1, 0), integer(len(shown.faces))
    for face in shown.faces:
        for column, value in _row(shown, face):
            yield (*TABLE, column, face.index), value


def _row(shown: Shown, face: Face) -> Iterator[tuple[int, Typed]]:
    yield 1, integer(face.index)
    yield 2, octets(face.descr)
    yield 3, integer(face.type)
    yield 4, integer(face.mtu)
    yield 5, gauge(face.speed_bps)
    yield 6, octets(shown.mac_text(face.mac))
    yield 7, integer(1 if face.admin_up else 2)
    yield 8, integer(1 if face.oper_up else 2)
    yield 9, ticks(face.changed_s)
    unicast_in, *others_in = frames(face.octets_in)
    unicast_out, *others_out = frames(face.octets_out)
    yield 10, counter32(face.octets_in)
    yield 11, counter32(unicast_in)
    yield 12, counter32(sum(others_in))
    yield 13, counter32(face.errors_in // 40)
    yield 14, counter32(face.errors_in)
    yield 15, counter32(0)
    yield 16, counter32(face.octets_out)
    yield 17, counter32(unicast_out)
    yield 18, counter32(sum(others_out))
    yield 19, counter32(0)
    yield 20, counter32(0)
    yield 21, gauge(0)
    yield 22, object_id((0, 0))


def frames(octets_counted: int) -> tuple[int, int, int]:
    """Frames to single stations, to groups and to all, that so many octets are."""
    every = octets_counted // _OCTETS_A_PACKET
    return every - every // _GROUPS - every // _EVERYBODY, every // _GROUPS, every // _EVERYBODY


def extension_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    for face in shown.faces:
        received, sent = frames(face.octets_in), frames(face.octets_out)
        row: dict[int, Typed] = {
            1: octets(face.name),
            2: counter32(0),
            3: counter32(0),
            6: counter64(face.octets_in),
            7: counter64(received[0]),
            8: counter64(received[1]),
            9: counter64(received[2]),
            10: counter64(face.octets_out),
            11: counter64(sent[0]),
            12: counter64(sent[1]),
            13: counter64(sent[2]),
            14: integer(1),
            15: gauge(face.speed_bps // 1_000_000),
            16: integer(2),
            17: integer(1 if face.port is not None else 2),
            18: octets(face.alias),
            19: ticks(0),
        }
        for column, value in row.items():
            yield (*EXTENSION, column, face.index), value


def duplex_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    """dot3StatsDuplexStatus: unknown(1), halfDuplex(2), fullDuplex(3)."""
    for face in shown.physical:
        yield (*DOT3, 19, face.index), integer({"half": 2, "full": 3}.get(face.duplex or "", 1))


def lag_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    """dot3adAggPortAttachedAggID: ifIndex of the aggregate, 0 for a port that is in none."""
    for face in shown.physical:
        yield (*LAG_PORT, 13, face.index), integer(shown.by_name[face.aggregate].index if face.aggregate else 0)
