"""A conversation with one device, as a pure generator: what to ask next, and what it all means in the end.

A transport drives it: it takes the yielded requests, has them answered into `Answers` (values, tables, and the outcome of
each request), and sends those back; the finished `Observation` is the generator's return value. The requests of one round
do not depend on each other, so a transport may have them on the wire side by side.

Rounds: 1. system group and one-row probes; 2. the profile's own values and the tables that the probes found; 3. what these
gave reason for: the ports at which LLDP has neighbours, revisions of the parts that have any, the tables of a kind that only
the profile's values told; 4. what is asked only because something else was missing. A round costs a packet that is not full,
so that everything is asked in the first one that can know of it.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from collectors.asking import Answers, Request
from collectors.profiles import Profiles
from collectors.tasks import Target
from collectors.topics import addresses, components, health, identity, interfaces, links, neighbours, presence
from inventory.facts import Interface, Observation, Outcome, Topic

#: An agent that answered the system group with any of these is there and can be asked further.
_TALKS = frozenset({Outcome.ANSWERED, Outcome.PARTIAL, Outcome.UNSUPPORTED, Outcome.LOOPED})
#: The longest chain of questions that depend on each other; an error in a topic must not become an endless interview.
_MOST_ROUNDS = 8

Interview = Generator[tuple[Request, ...], Answers, Observation]


def interview(
    target: Target,
    observed_at: int,
    profiles: Profiles,
    *,
    engine_id: str | None = None,
    protocol: str = "snmp",
    credential: str | None = None,
) -> Interview:
    """Ask one device everything that an inventory wants. Never raises for what a device says.

    `observed_at` is in seconds since the epoch, UTC; `engine_id` is lower-case hex, where the transport knows it (SNMPv3).
    When the first round is not answered, the observation's outcome is that of the transport and it holds nothing else.
    """
    answers = yield presence.FIRST_ROUND
    outcome = answers.outcomes.get(presence.SYSTEM, Outcome.SILENT)
    if outcome not in _TALKS:
        return Observation(target.address, target.office, protocol, observed_at, outcome, credential=credential)

    topics: dict[Topic, list[Request]] = {topic: [] for topic in Topic}
    for _ in range(_MOST_ROUNDS):
        profile = profiles.match(answers)
        kind = identity.kind(answers, profiles, profile)
        wanted = {
            Topic.IDENTITY: identity.requests(answers, profiles, profile),
            Topic.COMPONENTS: components.requests(answers, profile),
            Topic.INTERFACES: (*interfaces.requests(answers), *links.requests(answers, kind)),
            Topic.NEIGHBOURS: neighbours.requests(answers),
            Topic.ADDRESSES: addresses.requests(answers),
            Topic.HEALTH: health.requests(answers, kind),
        }
        for topic, asked in wanted.items():
            topics[topic] += asked
        round_ = tuple(dict.fromkeys(request for asked in wanted.values() for request in asked if not answers.asked(request)))
        if not round_:
            break
        answers = yield round_

    return _observation(answers, profiles, topics, target, observed_at, protocol, credential, engine_id, outcome)


def _observation(
    answers: Answers,
    profiles: Profiles,
    topics: dict[Topic, list[Request]],
    target: Target,
    observed_at: int,
    protocol: str,
    credential: str | None,
    engine_id: str | None,
    first: Outcome,
) -> Observation:
    profile = profiles.match(answers)
    outcomes = {
        topic: summary([answers.outcomes.get(request, Outcome.NOT_ASKED) for request in asked]) for topic, asked in topics.items()
    }
    outcomes[Topic.IDENTITY] = summary(
        [first, *(answers.outcomes.get(request, Outcome.NOT_ASKED) for request in topics[Topic.IDENTITY])]
    )

    def told(topic: Topic) -> bool:
        return outcomes[topic] in (Outcome.ANSWERED, Outcome.PARTIAL, Outcome.LOOPED)

    whole = all(outcome in (Outcome.ANSWERED, Outcome.UNSUPPORTED) for outcome in outcomes.values())
    return Observation(
        address=target.address,
        office=target.office,
        protocol=protocol,
        observed_at=observed_at,
        outcome=Outcome.ANSWERED if whole else Outcome.PARTIAL,
        credential=credential,
        identity=identity.parse(answers, profiles, profile, engine_id=engine_id),
        components=components.parse(answers, profile) if told(Topic.COMPONENTS) else None,
        interfaces=_ports(answers, observed_at) if told(Topic.INTERFACES) else None,
        neighbours=neighbours.parse(answers) if told(Topic.NEIGHBOURS) else None,
        addresses=addresses.parse(answers) if told(Topic.ADDRESSES) else None,
        health=health.parse(answers) if told(Topic.HEALTH) else None,
        topics={topic.value: outcome for topic, outcome in outcomes.items()},
    )


def _ports(answers: Answers, observed_at: int) -> tuple[Interface, ...]:
    vlans = addresses.pvids(answers)
    ports = links.parse(answers, interfaces.parse(answers), observed_at)
    return tuple(replace(port, pvid=vlans.get(port.index)) for port in ports)


def summary(outcomes: Sequence[Outcome]) -> Outcome:
    """The outcome of a topic from those of its requests. Nothing to ask, because the probes found nothing, is UNSUPPORTED."""
    said = set(outcomes)
    if not said or said == {Outcome.UNSUPPORTED}:
        return Outcome.UNSUPPORTED
    if said <= {Outcome.ANSWERED, Outcome.UNSUPPORTED}:
        return Outcome.ANSWERED
    if len(said) == 1:
        return outcomes[0]
    if Outcome.LOOPED in said and said <= {Outcome.ANSWERED, Outcome.UNSUPPORTED, Outcome.LOOPED}:
        return Outcome.LOOPED
    return Outcome.PARTIAL
