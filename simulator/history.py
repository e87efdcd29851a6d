"""When things happen: by the seed, day by day, on copies of the first day's plan.

Time goes in rounds of thirty days. A round's events are drawn from the plan as it stands when the round begins; nobody is drawn
twice in a round, so that a person can tell the changes apart.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.cabling import advance
from simulator.catalogue import Catalogue
from simulator.chance import dice
from simulator.events import KINDS, Scene, candidates
from simulator.plan import Plan

ROUND_DAYS = 30
#: A device that starts anew by itself does so every so many days.
_RESTARTS_EVERY = 4


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """Something that happens on the night before `date`."""

    date: dt.date
    kind: str
    subject: str


class History:
    """Plays events onto copies of the first day's plan. Remembers the plan at the start of each round."""

    def __init__(self, founding: Plan, catalogue: Catalogue, district: Mapping[str, Any]) -> None:
        self.catalogue = catalogue
        self.seed: int = district["seed"]
        self.rates: Mapping[str, list[int]] = district["history"]
        self.mixes: Mapping[str, Any] = district["mixes"]
        self.offices: Mapping[str, Mapping[str, Any]] = {o["code"]: o for o in district["offices"] if o["networks"]}
        self.core = f"{district['wan']['router'].split('/')[0]}/core1"
        self.first = founding.date
        self._starts: list[Plan] = [warmed(founding, catalogue)]
        self._events: list[list[Event]] = []

    def plan_at(self, date: dt.date) -> Plan:
        """The plan on the morning of a day, not before the first."""
        wanted = (date - self.first).days // ROUND_DAYS
        while len(self._starts) <= wanted:
            number = len(self._starts) - 1
            self._starts.append(self._play(number, self.first + dt.timedelta(days=ROUND_DAYS * (number + 1))))
        return self._play(wanted, date)

    def events(self, until: dt.date) -> list[Event]:
        """Everything that has happened up to the morning of a day."""
        self.plan_at(until)
        return [event for drawn in self._events for event in drawn if event.date <= until]

    def _play(self, number: int, until: dt.date) -> Plan:
        if len(self._events) == number:
            self._events.append(self._draw(number))
        plan = self._starts[number].copy()
        for event in self._events[number]:
            if event.date > until:
                break
            advance(plan, self.catalogue, (event.date - plan.date).days)
            plan.date = event.date
            self._happen(plan, event)
        advance(plan, self.catalogue, (until - plan.date).days)
        plan.date = until
        return plan

    def _draw(self, number: int) -> list[Event]:
        plan = self._starts[number]
        chance = dice(self.seed, "round", number)
        taken: set[str] = set()
        events: list[Event] = []
        for kind, (low, high) in self.rates.items():
            for _ in range(chance.randint(low, high)):
                day = plan.date + dt.timedelta(days=chance.randint(1, ROUND_DAYS - 1))
                fitting = sorted(candidates(kind, plan, self.catalogue, self.offices) - taken)
                if fitting:
                    subject = chance.choice(fitting)
                    taken.add(subject)
                    events.append(Event(day, kind, subject))
        for device in plan.devices.values():
            if "restarts" in device.ails and device.id not in taken:
                days = range(_RESTARTS_EVERY, ROUND_DAYS, _RESTARTS_EVERY)
                events += [Event(plan.date + dt.timedelta(days=n), "rebooted", device.id) for n in days]
        return sorted(events)

    def _happen(self, plan: Plan, event: Event) -> None:
        chance = dice(self.seed, event.kind, event.subject, event.date)
        scene = Scene(
            plan, self.catalogue, self.offices, self.mixes, self.core, event.subject, event.date, chance, self.seed
        )  # fmt: skip
        KINDS[event.kind][0](scene)


def warmed(plan: Plan, catalogue: Catalogue) -> Plan:
    """The founding plan with ports that have counted since their devices booted."""
    first = plan.date
    longest = max((first - d.booted).days for d in plan.devices.values())
    advance(plan, catalogue, longest)
    for (place, port), counted in list(plan.meters.items()):
        share = (first - plan.devices[place].booted).days / longest
        plan.meters[place, port] = (counted[0] * share, counted[1] * share, counted[2] * share)
    return plan
