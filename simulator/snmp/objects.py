"""What one agent can tell: its objects in order, encoded once, so that an answer is a join of ready bytes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

from simulator.agent import COUNTER64, Oid, SnmpFault, Typed
from simulator.snmp import ber

#: Where `duplicate_rows` agents repeat themselves: ifTable and ipNetToMediaTable.
REPEATED = ((1, 3, 6, 1, 2, 1, 2, 2), (1, 3, 6, 1, 2, 1, 4, 22))
#: An INTEGER without content, as one vendor's agents send: no decoder may take more than this one value from it.
BROKEN_INTEGER = b"\x02\x00"
#: Positions of names that are not objects (columns, mostly) are remembered up to this many.
REMEMBERED = 20_000


class Objects:
    """The objects of an agent by ascending OID, with the faults that lie in the data.

    A position is an index into `varbinds`; `len(objects)` is the end of the view.
    """

    __slots__ = ("_exact", "_fault", "_names", "_near", "_oids", "_successor", "_tree", "_without_counter64", "varbinds")

    def __init__(self, tree: Mapping[Oid, Typed], fault: SnmpFault, *, counter64: bool = True) -> None:
        self._tree = tree
        self._fault = fault
        self._oids: list[Oid] = []
        self._names: list[bytes] = []
        self.varbinds: list[bytes] = []
        self._exact: dict[bytes, int] = {}
        self._near: dict[bytes, int] = {}
        self._without_counter64: Objects | None = None
        for oid, typed in sorted(tree.items()):
            if not counter64 and typed[0] == COUNTER64:
                continue
            name = ber.oid_content(oid)
            broken = fault.garbled is not None and oid[: len(fault.garbled)] == fault.garbled
            varbind = ber.varbind(name, BROKEN_INTEGER if broken else ber.value(typed))
            twice = fault.duplicate_rows and any(oid[: len(table)] == table for table in REPEATED)
            for _ in range(1 + twice):
                self._oids.append(oid)
                self._names.append(name)
                self.varbinds.append(varbind)
            self._exact[name] = len(self._oids) - 1  # of two equal rows the last one: a walk gets on
        self._successor = self._wrapped(fault.never_ending)

    def __len__(self) -> int:
        return len(self.varbinds)

    def _wrapped(self, subtree: Oid | None) -> dict[int, int]:
        """{last position of the subtree: its first}, for an agent whose walks never end; empty for others."""
        if subtree is None:
            return {}
        first = bisect_left(self._oids, subtree)
        beyond = bisect_left(self._oids, (*subtree[:-1], subtree[-1] + 1))
        return {beyond - 1: first} if first < beyond else {}

    @property
    def loops(self) -> bool:
        """Whether successors are not simply the next position."""
        return bool(self._successor)

    @property
    def without_counter64(self) -> Objects:
        """The view of an SNMPv1 manager, who cannot be told 64-bit counters (RFC 3584, section 4.2.2.1)."""
        if self._without_counter64 is None:
            self._without_counter64 = Objects(self._tree, self._fault, counter64=False)
        return self._without_counter64

    def name(self, position: int) -> bytes:
        """The content octets of the OID at a position."""
        return self._names[position]

    def at(self, name: bytes) -> int | None:
        """The position of exactly this object; None when there is none."""
        return self._exact.get(name)

    def after(self, name: bytes) -> int:
        """The position of the first object after this name; `len(self)` when there is none. Raises BerError for a bad name."""
        exact = self._exact.get(name)
        if exact is not None:
            return self.successor(exact)
        near = self._near.get(name)
        if near is None:
            near = bisect_left(self._oids, ber.read_oid(name))
            if len(self._near) >= REMEMBERED:
                self._near.clear()
            self._near[name] = near
        return near

    def successor(self, position: int) -> int:
        """The position after this one, which in an agent that never ends may be an earlier one."""
        return self._successor.get(position, position + 1) if self._successor else position + 1

    def absent(self, name: bytes) -> bytes:
        """What a GET of a missing object is told: noSuchInstance when its column or scalar has others (RFC 3416, 4.2.1)."""
        oid = ber.read_oid(name)
        parent = oid[:-1]
        near = bisect_left(self._oids, parent)
        known = near < len(self._oids) and self._oids[near][: len(parent)] == parent
        return ber.NO_SUCH_INSTANCE if known and len(parent) > 2 else ber.NO_SUCH_OBJECT
