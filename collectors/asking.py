"""How topics ask, apart from who carries it: requests and answers as plain data.

A topic is two pure functions over these records:

    requests(answers) -> tuple[Request, ...]    what to ask next, given what is known; empty when done
    parse(answers)    -> facts                  from `inventory.facts`

`requests` may be called again with more answers (ask the BRIDGE-MIB only when Q-BRIDGE was empty); it must not repeat a
request that was `asked`. Transports (SNMP on the wire, recordings) answer requests; neither side knows the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from inventory.facts import Outcome

Oid = tuple[int, ...]


class OidValue(tuple[int, ...]):
    """An OBJECT IDENTIFIER as a value (sysObjectID, entPhysicalVendorType)."""

    def __str__(self) -> str:
        return "." + ".".join(map(str, self))


#: INTEGER, Counter, Gauge, TimeTicks are int; OCTET STRING, IpAddress (4 bytes) and Opaque are bytes. noSuchObject and
#: noSuchInstance never become values: the OID is simply absent.
Value = int | bytes | OidValue


@dataclass(frozen=True, slots=True)
class Get:
    """Scalars, or known instances, fetched together: instance OIDs, with their trailing .0."""

    oids: tuple[Oid, ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """Columns of one table (they share their index), fetched side by side. Ends at the end of every column.

    `limit` bounds rows per column: a device that never ends must not stall a scan. `rows` names a scalar that tells how many
    there are (ifNumber): not believed, but a transport that has it can ask for no more than that.
    """

    columns: tuple[Oid, ...]
    limit: int = 50_000
    rows: Oid | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a table whose indexes are known by now, where the others are of no interest: fetched as instances."""

    columns: tuple[Oid, ...]
    indexes: tuple[Oid, ...]

    @property
    def oids(self) -> tuple[Oid, ...]:
        """The instances, row by row."""
        return tuple(column + index for index in self.indexes for column in self.columns)


Request = Get | Walk | Rows


@dataclass(slots=True)
class Answers:
    """Everything that one device has said so far. Filled by a transport, read by topics."""

    values: dict[Oid, Value] = field(default_factory=dict)  # scalars: instance OID -> value
    tables: dict[Oid, dict[Oid, Value]] = field(default_factory=dict)  # column OID -> {index: value}
    outcomes: dict[Request, Outcome] = field(default_factory=dict)

    def asked(self, request: Request) -> bool:
        return request in self.outcomes

    def keep(self, request: Rows, values: Mapping[Oid, Value]) -> None:
        """Put what was told of some rows with the columns of their table."""
        for column in request.columns:
            told = ((index, values.get(column + index)) for index in request.indexes)
            self.tables.setdefault(column, {}).update({index: value for index, value in told if value is not None})

    def get(self, oid: Oid) -> Value | None:
        return self.values.get(oid)

    def column(self, oid: Oid) -> Mapping[Oid, Value]:
        """{index: value} of a walked column, in the agent's order; empty when the agent has none."""
        return self.tables.get(oid, {})
