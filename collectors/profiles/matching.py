"""Which family a device belongs to: a workspace's own before ours, then most conditions met, then the longest sysObjectID
prefix, then the order of the files.

Profiles marked as fallback name an agent rather than a family; they count only where no family fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from collectors import mibs, values
from collectors.asking import Answers, Get, Oid, OidValue, Walk
from collectors.profiles.sources import Source, legible

FIELDS = ("vendor", "model", "serial", "version", "manufactured")
#: What a private table may tell of each member of a stack.
MEMBER_FIELDS = ("name", "model", "serial", "version", "hardware")
#: So many numbers of a sysObjectID are 1.3.6.1.4.1 and the maker's.
BRANCH = 7


@dataclass(frozen=True, slots=True)
class Conditions:
    """All of them must hold; each counts one."""

    oids: tuple[Oid, ...] = ()  # any prefix of sysObjectID
    descr: re.Pattern[str] | None = None
    said: tuple[tuple[Source, re.Pattern[str]], ...] = ()
    present: tuple[Source, ...] = ()  # any of them has a value

    def known(self, object_id: Oid, descr: str, answers: Answers) -> tuple[int, int] | None:
        """(conditions met, length of the prefix) without the private probes; None where one fails."""
        met, longest = 0, 0
        if self.oids:
            longest = max((len(prefix) for prefix in self.oids if object_id[: len(prefix)] == prefix), default=0)
            if not longest:
                return None
            met += 1
        if self.descr is not None:
            if not self.descr.search(descr):
                return None
            met += 1
        for source, pattern in self.said:
            if not source.says(pattern, answers):
                return None
            met += 1
        return met, longest

    def probed(self, answers: Answers) -> bool:
        return not self.present or any(_tells(source, answers) for source in self.present)


def _tells(source: Source, answers: Answers) -> bool:
    return any(raw is not None for raw in source.read(answers))


@dataclass(frozen=True, slots=True)
class KindRule:
    """A kind, when every expression is found in its place (`model` is the model just found)."""

    kind: str
    when: tuple[tuple[Source | None, re.Pattern[str]], ...] = ()  # None: the model


@dataclass(frozen=True, slots=True)
class Profile:
    """A device family: how to know it, and where it keeps what an inventory wants."""

    id: str
    match: tuple[Conditions, ...]  # any of them
    sources: Mapping[str, tuple[Source, ...]]  # by field
    kinds: tuple[KindRule, ...] = ()
    members: Mapping[str, Source] = field(default_factory=dict)  # columns of the table of a stack's members, by field
    mibs: tuple[str, ...] = ()  # or vendor documents: where the places come from
    verified: bool = True  # against a recorded device; else by the MIBs alone
    fallback: bool = False  # an agent rather than a family (net-snmp): counts only where no family fits
    own: bool = False  # the workspace's, not ours
    file: str = ""

    def every_source(self) -> tuple[Source, ...]:
        inside = [source for rule in self.kinds for source, _ in rule.when if source is not None]
        outside = [source for sources in self.sources.values() for source in sources]
        return (*outside, *(piece for source in outside for piece in source.pieces), *inside)


@dataclass(frozen=True, slots=True)
class Brand:
    """The name that people use for a maker, with its legal names and predecessors."""

    name: str
    enterprises: tuple[int, ...] = ()
    aliases: tuple[str, ...] = ()
    kind: str | None = None  # where the maker makes one kind of device only


@dataclass(frozen=True, slots=True, order=True)
class Fit:
    """How well a family fits; the greatest is the device's."""

    own: bool
    family: bool  # not an agent's name only
    conditions: int  # met
    prefix: int  # numbers of the longest sysObjectID prefix


@dataclass(frozen=True, slots=True)
class Profiles:
    """All families, the generic one that ends every search, and the brands."""

    families: tuple[Profile, ...]
    generic: Profile
    brands: tuple[Brand, ...]
    by_enterprise: Mapping[int, Brand]
    by_alias: Mapping[str, str]
    by_branch: Mapping[Oid, tuple[tuple[Profile, Conditions], ...]]  # as `branches_of` makes it

    def match(self, answers: Answers) -> Profile:
        """The family as far as the answers tell; the generic profile when none fits."""
        best, best_fit = self.generic, None
        for profile, fit in self.fitting(answers):
            if best_fit is None or fit > best_fit:
                best, best_fit = profile, fit
        return best

    def fitting(self, answers: Answers) -> Iterator[tuple[Profile, Fit]]:
        """Every family that fits, in the order of the files; one that fits in several ways comes several times."""
        for profile, conditions, (met, prefix) in self._known(answers):
            if conditions.probed(answers):
                yield profile, Fit(profile.own, not profile.fallback, met + bool(conditions.present), prefix)

    def _known(self, answers: Answers) -> Iterator[tuple[Profile, Conditions, tuple[int, int]]]:
        """The families that fit as far as the standard values tell."""
        object_id, descr = system_of(answers)
        for profile, conditions in self.by_branch.get(object_id[:BRANCH]) or self.by_branch.get((), ()):
            known = conditions.known(object_id, descr, answers)
            if known is not None:
                yield profile, conditions, known

    def probes(self, answers: Answers) -> tuple[Source, ...]:
        """What private values would tell families apart that are the same by their system group (net-snmp boxes)."""
        return tuple(source for _, conditions, _ in self._known(answers) for source in conditions.present)

    def brand(self, name: str) -> str:
        """The brand of a maker's name as devices spell it; the name itself when it is not in the table."""
        return self.known_brand(name) or name

    def known_brand(self, name: str) -> str | None:
        """The brand of a maker's name, None when the table does not have it."""
        return self.by_alias.get(plain(name))

    def brand_of(self, object_id: Oid) -> Brand | None:
        """The brand by the enterprise number of a sysObjectID."""
        ours = object_id[: len(mibs.ENTERPRISES)] == mibs.ENTERPRISES and len(object_id) > len(mibs.ENTERPRISES)
        return self.by_enterprise.get(object_id[len(mibs.ENTERPRISES)]) if ours else None


def branches_of(families: Iterable[Profile]) -> dict[Oid, tuple[tuple[Profile, Conditions], ...]]:
    """The first numbers of a sysObjectID -> what can fit there, in the order of the families; () -> what fits anywhere.

    A device is held against a few families instead of all of them.
    """
    every = [(profile, conditions) for profile in families for conditions in profile.match]

    def fits(conditions: Conditions, branch: Oid) -> bool:
        return not conditions.oids or any(branch[: len(oid)] == oid[:BRANCH] for oid in conditions.oids)

    told: dict[Oid, set[int]] = {}  # branch -> those that name it
    for number, (_, conditions) in enumerate(every):
        for oid in conditions.oids:
            if len(oid) >= BRANCH:
                told.setdefault(oid[:BRANCH], set()).add(number)
    loose = [n for n, (_, c) in enumerate(every) if not c.oids or any(len(oid) < BRANCH for oid in c.oids)]
    found = {
        branch: tuple(every[n] for n in sorted(named | {n for n in loose if fits(every[n][1], branch)}))
        for branch, named in told.items()
    }
    # A prefix that is shorter than a branch may fit where no branch is known.
    return {**found, (): tuple(every[n] for n in loose)}


def system_of(answers: Answers) -> tuple[Oid, str]:
    """sysObjectID (empty when missing or of a wrong type) and sysDescr."""
    said = answers.get(mibs.SYS_OBJECT_ID)
    object_id: Oid = tuple(said) if isinstance(said, OidValue) else ()
    if not object_id and isinstance(said, bytes):  # some agents send it as text
        object_id = values.parse_oid(values.decode(said)) or ()
    return object_id, legible(answers.get(mibs.SYS_DESCR)) or ""


def plain(name: str) -> str:
    return re.sub(r"[^0-9a-z]+", "", name.lower())


def requests(sources: Sequence[Source], answers: Answers, *, rows: int) -> tuple[Get | Walk, ...]:
    """One GET for all scalars that were not asked yet, one walk for each table's columns."""
    asked = {oid for request in answers.outcomes if isinstance(request, Get) for oid in request.oids}
    wanted = [source.asks(answers) for source in sources]
    scalars = tuple(dict.fromkeys(scalar for scalar, _ in wanted if scalar and scalar not in asked))
    tables: dict[Oid, dict[Oid, None]] = {}
    for _, column in wanted:
        if column:
            tables.setdefault(column[:-1] if rows > 1 else (), {})[column] = None
    walks = [Walk(tuple(columns), limit=rows) for columns in tables.values()]
    return (*((Get(scalars),) if scalars else ()), *(walk for walk in walks if not answers.asked(walk)))
