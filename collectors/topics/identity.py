"""Who answers: vendor, model, serial, version, kind, each from the best source that the device's family knows.

The sources of the matched profile come first, then those of the generic one. A value below `CONFIDENCE_FLOOR`, or one that
makers leave in place of a value, is not taken: blank beats wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from collectors import mibs
from collectors.asking import Answers, Request
from collectors.profiles import matching
from collectors.profiles.matching import KindRule, Profile, Profiles, system_of
from collectors.profiles.sources import ENTITY, Source
from collectors.topics import components, entity, presence
from collectors.values import counter, dotted, integer, line, mac, text
from inventory.facts import CONFIDENCE_FLOOR, Evidence, Identity
from inventory.junk import is_junk, is_junk_serial

_NOT_TOLD = "!"  # `= !` in a profile: the family does not tell this, and nothing generic is to be believed
_LONGEST = 200  # signs of a value; beyond it is a text
_ROWS = 64  # of a private table that holds an identity: the device's own row is among the first


def requests(answers: Answers, profiles: Profiles, profile: Profile) -> tuple[Request, ...]:
    """The private values that tell families apart, and the values that the matched family keeps."""
    return (
        *matching.requests(profiles.probes(answers), answers, rows=1),
        *matching.requests((*profile.every_source(), *profiles.generic.every_source()), answers, rows=_ROWS),
    )


def kind(answers: Answers, profiles: Profiles, profile: Profile) -> str | None:
    """The kind as far as it is known, for choosing the tables to ask."""
    found = _kind(answers, profiles, profile, _first(candidates(answers, profile, profiles.generic, "model")))
    return found.value if found else None


def parse(answers: Answers, profiles: Profiles, profile: Profile, *, engine_id: str | None = None) -> Identity:
    """The identity as this device tells it."""
    generic = profiles.generic
    object_id, _ = system_of(answers)
    model = _first(candidates(answers, profile, generic, "model"))
    uptime = counter(answers.get(mibs.SYS_UP_TIME))
    seconds = integer(answers.get(mibs.SNMP_ENGINE_TIME))  # does not wrap after 497 days as sysUpTime does
    if uptime is not None and not (seconds is not None and uptime // 100 < seconds < 2**31):
        seconds = uptime // 100
    return Identity(
        vendor=_vendor(answers, profiles, profile),
        model=model,
        serial=_first(candidates(answers, profile, generic, "serial")),
        os_version=_first(candidates(answers, profile, generic, "version")),
        kind=_kind(answers, profiles, profile, model),
        manufactured=_first(candidates(answers, profile, generic, "manufactured")) or _manufactured(answers),
        sys_name=line(answers.get(mibs.SYS_NAME)),
        sys_descr=text(answers.get(mibs.SYS_DESCR)),
        sys_object_id=dotted(object_id) if object_id else None,
        sys_location=line(answers.get(mibs.SYS_LOCATION)),
        sys_contact=line(answers.get(mibs.SYS_CONTACT)),
        engine_id=engine_id or _engine(answers),
        base_mac=mac(answers.get(mibs.DOT1D_BASE_BRIDGE_ADDRESS)) or _lldp_chassis(answers),
        uptime_s=seconds if seconds is None or seconds >= 0 else None,
        profile=profile.id,
    )


def _manufactured(answers: Answers) -> Evidence | None:
    """entPhysicalMfgDate of the chassis (RFC 6933)."""
    for index in entity.chassis_rows(answers):
        day = components.date(answers.column(mibs.ENT_MFG_DATE).get(index))
        if day:
            return Evidence(day, "entity.manufactured", ENTITY)
    return None


def _engine(answers: Answers) -> str | None:
    said = answers.get(mibs.SNMP_ENGINE_ID)
    return said.hex() if isinstance(said, bytes) and 5 <= len(said) <= 32 and any(said[4:]) else None  # RFC 3411: 5 to 32 octets


def _lldp_chassis(answers: Answers) -> str | None:
    return mac(answers.get(mibs.LLDP_LOC_CHASSIS_ID))


class Verdict(StrEnum):
    """What became of a value that a source gave."""

    TAKEN = "taken"  # where none before it is
    EMPTY = "empty"  # the place holds nothing, or nothing that the expression finds
    JUNK = "junk"  # what makers leave in place of a value
    UNSURE = "unsure"  # below `CONFIDENCE_FLOOR`
    NOT_TOLD = "not_told"  # `= !`: the family does not tell this, and nothing generic is to be believed


@dataclass(frozen=True, slots=True)
class Candidate:
    """One source of a field, what it gave, and what became of that."""

    profile: str
    written: str  # the source as the profile writes it
    verdict: Verdict
    evidence: Evidence | None = None  # None: empty


def candidates(answers: Answers, profile: Profile, generic: Profile, field: str) -> Iterator[Candidate]:
    """Every value that the sources of a field give, best first: the family's own sources, then the generic ones."""
    junk = is_junk_serial if field == "serial" else is_junk
    for owner in (profile,) if profile is generic else (profile, generic):
        for source in owner.sources.get(field, ()):
            empty = True
            for value, raw in source.values(answers):
                empty = False
                found = Evidence(value, f"profile:{owner.id} {_place(source, answers)}", source.confidence, raw)
                if value == _NOT_TOLD:
                    verdict = Verdict.NOT_TOLD
                elif found.confidence < CONFIDENCE_FLOOR:
                    verdict = Verdict.UNSURE
                else:
                    verdict = Verdict.JUNK if junk(value) or len(value) > _LONGEST else Verdict.TAKEN
                yield Candidate(owner.id, source.written, verdict, found)
            if empty:
                yield Candidate(owner.id, source.written, Verdict.EMPTY)


def _place(source: Source, answers: Answers) -> str:
    scalar, column = source.asks(answers)
    oid = scalar or column
    return dotted(oid) if oid else source.written.partition(" ~ ")[0]


def _first(found: Iterable[Candidate]) -> Evidence | None:
    for one in found:
        if one.verdict is Verdict.TAKEN:
            return one.evidence
        if one.verdict is Verdict.NOT_TOLD:
            return None
    return None


def _vendor(answers: Answers, profiles: Profiles, profile: Profile) -> Evidence | None:
    own = list(candidates(answers, profile, profile, "vendor"))
    if told := _first(own):
        return replace(told, value=profiles.brand(told.value))
    if any(one.verdict is Verdict.NOT_TOLD for one in own):
        return None
    object_id, _ = system_of(answers)
    brand = profiles.brand_of(object_id)
    if brand:
        return Evidence(brand.name, "sysObjectID", 0.75, dotted(object_id))
    for one in candidates(answers, profiles.generic, profiles.generic, "vendor"):
        # Others than the brands that we know are makers of boards and cards, or no makers at all.
        if one.verdict is Verdict.TAKEN and one.evidence and (named := profiles.known_brand(one.evidence.value)):
            return replace(one.evidence, value=named)
    return None


def _kind(answers: Answers, profiles: Profiles, profile: Profile, model: Evidence | None) -> Evidence | None:
    for rule in profile.kinds:
        if _holds(rule, answers, model):
            return Evidence(rule.kind, f"profile:{profile.id}", 0.9)
    if presence.told(answers, mibs.PRT_MARKER_LIFE_COUNT, mibs.PRT_SUPPLY_DESCR, mibs.PRT_GENERAL_SERIAL):
        return Evidence("printer", "Printer-MIB", 0.9)
    if answers.get(mibs.UPS_MODEL) is not None or answers.get(mibs.UPS_MANUFACTURER) is not None:
        return Evidence("ups", "UPS-MIB", 0.85)
    for rule in profiles.generic.kinds:
        if _holds(rule, answers, model):
            return Evidence(rule.kind, "profile:generic", 0.65)
    object_id, _ = system_of(answers)
    brand = profiles.brand_of(object_id)
    if brand and brand.kind:
        return Evidence(brand.kind, "sysObjectID", 0.6, brand.name)
    return None


def _holds(rule: KindRule, answers: Answers, model: Evidence | None) -> bool:
    return all(
        pattern.search(model.value if model else "") if source is None else source.says(pattern, answers)
        for source, pattern in rule.when
    )
