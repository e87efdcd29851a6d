"""Why a device is taken for what it is: the family that matched, what each source gave, what was asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from collectors.asking import Answers, Oid, Request, Walk
from collectors.interview import interview
from collectors.profiles import Profile, Profiles
from collectors.profiles.matching import FIELDS, Conditions, Fit, system_of
from collectors.replay import Recording, ask
from collectors.tasks import Target
from collectors.topics.identity import Candidate, candidates
from collectors.values import dotted
from inventory.facts import Observation


@dataclass(frozen=True, slots=True)
class Explanation:
    """One interview, with everything that led to its identity."""

    observation: Observation
    profile: Profile
    fitting: tuple[tuple[Profile, Fit], ...]  # every family that fits, best first; the first is the one that matched
    sources: Mapping[str, tuple[Candidate, ...]]  # by field of the profile
    rounds: tuple[tuple[Request, ...], ...]  # what was asked, in the order of asking
    misfits: Mapping[str, tuple[Misfit, ...]]  # id of a workspace's own family that does not fit -> why not


@dataclass(frozen=True, slots=True)
class Misfit:
    """A condition that does not hold: `condition` is oid, descr, or a place; what the profile wants, what the device says."""

    condition: str
    wanted: str
    said: str


class _Listener:
    """Lets a recording answer, and keeps what was asked and said."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self.answers = Answers()
        self.rounds: list[tuple[Request, ...]] = []

    def answer(self, requests: Iterable[Request], answers: Answers) -> None:
        self.answers = answers
        self.rounds.append(tuple(requests))
        self._recording.answer(self.rounds[-1], answers)


def explain(recording: Recording, profiles: Profiles) -> Explanation:
    """Interview a recording, and keep what a scan throws away."""
    listener = _Listener(recording)
    observation = ask(listener, interview(Target("", ""), 0, profiles, protocol="replay"))
    answers = listener.answers
    best: dict[str, tuple[Profile, Fit]] = {}
    for profile, fit in profiles.fitting(answers):
        if profile.id not in best or fit > best[profile.id][1]:
            best[profile.id] = (profile, fit)
    matched = profiles.match(answers)
    return Explanation(
        observation=observation,
        profile=matched,
        fitting=tuple(sorted(best.values(), key=lambda pair: (pair[1], pair[0] is matched), reverse=True)),
        sources={field: tuple(candidates(answers, matched, profiles.generic, field)) for field in FIELDS},
        rounds=tuple(listener.rounds),
        misfits={
            profile.id: tuple(misfit for one in profile.match for misfit in misfits(one, answers))
            for profile in profiles.families
            if profile.own and profile.id not in best
        },
    )


def misfits(conditions: Conditions, answers: Answers) -> Iterator[Misfit]:
    """The conditions that do not hold for a device."""
    object_id, descr = system_of(answers)
    if conditions.oids and not any(object_id[: len(prefix)] == prefix for prefix in conditions.oids):
        yield Misfit("oid", ", ".join(map(dotted, conditions.oids)), dotted(object_id) if object_id else "")
    if conditions.descr is not None and not conditions.descr.search(descr):
        yield Misfit("descr", conditions.descr.pattern, descr)
    for source, pattern in conditions.said:
        if not source.says(pattern, answers):
            yield Misfit(source.written, pattern.pattern, ", ".join(raw for raw in source.read(answers) if raw))
    if not conditions.probed(answers):
        yield Misfit("present", ", ".join(source.written for source in conditions.present), "")


def asked(requests: Iterable[Request]) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """(operation, how many OIDs, the OIDs with those that differ in the last number only drawn together) of each request.

    >>> list(asked([Walk(((1, 3, 6, 1, 2, 1, 2, 2, 1, 2), (1, 3, 6, 1, 2, 1, 2, 2, 1, 3)))]))
    [('WALK', 2, ('.1.3.6.1.2.1.2.2.1.{2,3}',))]
    """
    for request in requests:
        oids = request.columns if isinstance(request, Walk) else request.oids
        kind = "GET" if not isinstance(request, Walk) else "WALK" if request.limit > 1 else "PROBE"
        instance = not isinstance(request, Walk)
        tables: dict[tuple[Oid, Oid], list[int]] = {}
        for oid in oids:
            at = -2 if instance and oid[-1] == 0 and len(oid) > 2 else -1
            tables.setdefault((oid[:at], oid[at + 1 :] if at < -1 else ()), []).append(oid[at])
        drawn = (
            dotted(table)
            + (f".{last[0]}" if len(last) == 1 else ".{" + ",".join(map(str, last)) + "}")
            + (dotted(rest) if rest else "")
            for (table, rest), last in tables.items()
        )
        yield kind, len(oids), tuple(drawn)
