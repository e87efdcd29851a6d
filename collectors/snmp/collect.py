"""Collect everything from one device over SNMP: an interview, carried by a session."""

from __future__ import annotations

from dataclasses import replace

from collectors.asking import Answers
from collectors.credentials import Community, SnmpUser
from collectors.interview import interview
from collectors.pace import Clock, Pace, RoundTrip
from collectors.profiles import Profiles
from collectors.snmp import usm
from collectors.snmp.client import Client, canonical
from collectors.snmp.messages import CommunityMessages
from collectors.snmp.session import SnmpSession, Wrapping
from collectors.tasks import Task
from inventory.facts import Observation, Outcome


async def collect(
    client: Client, task: Task, credential: Community | SnmpUser, profiles: Profiles, *, clock: Clock, pace: Pace
) -> Observation:
    """Ends within `pace.device_deadline_s`, with what came until then. Raises only for errors in our own code."""
    target = task.target
    endpoint = (canonical(target.address), target.snmp_port)
    observed_at = clock()
    engine_id: str | None = None
    wrapping: Wrapping
    if isinstance(credential, Community):
        wrapping = CommunityMessages(credential.version, credential.secret.reveal())
    else:
        engine = await usm.discover(client, endpoint, RoundTrip(pace.timeout_s))
        if isinstance(engine, Outcome):
            return Observation(target.address, target.office, "snmp", observed_at, engine, credential=credential.name)
        wrapping = usm.UserMessages(credential, engine)
        engine_id = engine.hex
    session = SnmpSession(client, endpoint, wrapping, pace)
    conversation = interview(target, observed_at, profiles, engine_id=engine_id, credential=credential.name)
    answers = Answers()
    try:
        requests = next(conversation)
        while True:
            await session.fetch(requests, answers)
            requests = conversation.send(answers)
    except StopIteration as end:
        observation: Observation = end.value
    return replace(observation, round_trip_s=session.trip.smoothed)
