"""IF-MIB: ifTable and ifXTable (RFC 2863)."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.agent import Oid, Typed
from simulator.mibs.values import counter32, counter64, gauge, integer, object_id, octets, ticks
from simulator.shown import Face, Shown

INTERFACES = (1, 3, 6, 1, 2, 1, 2)
TABLE = (*INTERFACES, 2, 1)
EXTENSION = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
_OCTETS_A_PACKET = 640  # on average, both ways


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
    yield 9, ticks(min(shown.uptime_s, 4200))
    yield 10, counter32(face.octets_in)
    yield 11, counter32(face.octets_out and face.octets_in // _OCTETS_A_PACKET)
    yield 12, counter32(0)
    yield 13, counter32(face.errors_in // 40)
    yield 14, counter32(face.errors_in)
    yield 15, counter32(0)
    yield 16, counter32(face.octets_out)
    yield 17, counter32(face.octets_out // _OCTETS_A_PACKET)
    yield 18, counter32(0)
    yield 19, counter32(0)
    yield 20, counter32(0)
    yield 21, gauge(0)
    yield 22, object_id((0, 0))


def extension_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    for face in shown.faces:
        row: dict[int, Typed] = {
            1: octets(face.name),
            2: counter32(0),
            3: counter32(0),
            6: counter64(face.octets_in),
            7: counter64(face.octets_in // _OCTETS_A_PACKET),
            10: counter64(face.octets_out),
            11: counter64(face.octets_out // _OCTETS_A_PACKET),
            14: integer(1),
            15: gauge(face.speed_bps // 1_000_000),
            16: integer(2),
            17: integer(1 if face.port is not None else 2),
            18: octets(face.alias),
            19: ticks(0),
        }
        for column, value in row.items():
            yield (*EXTENSION, column, face.index), value
