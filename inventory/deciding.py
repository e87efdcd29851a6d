"""Takes decisions: checks what a person rules, writes it down, and moves what it concerns."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from time import time
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from inventory import regrouping
from inventory.database import writing
from inventory.decisions import Decision, Verb, of_row, standing
from inventory.facts import KINDS
from inventory.history import last_moment, next_device
from inventory.names import asset_name, device_name
from inventory.problems import Problem
from inventory.schema.devices import DEVICES, FACT_FIELDS
from inventory.schema.identity import CONFLICTS, DECISIONS, MERGES
from inventory.schema.registers import ASSETS


class DecisionError(Problem):
    """Why a decision cannot be taken."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "decision_author": "A decision needs an author; write who decides.",
        "decision_reason": "A decision needs a reason; write why, for those who read it later.",
        "decision_device": "There is no device “{given}”; devices are named as “kiemke show devices” does, e.g. D00042.",
        "decision_merged": "{device} has been merged into {into}; name {into}, or split {device} first.",
        "decision_same": "{device} and {other} are one device already.",
        "decision_asset": "The registers have no asset “{given}”; assets are named as “kiemke show assets” does, e.g. A00042.",
        "decision_unit": "{asset} has {quantity} units; there is no unit {unit}.",
        "decision_split": "{device} has not been merged; name the addresses, or the day, at which it is another device.",
        "decision_between": "{device} was merged into {between}, and {between} into {into}; split {between} first.",
        "decision_address": "{device} has not answered at {address}; it has answered at {known}.",
        "decision_all_addresses": "{device} answers at no address besides these; leave it at least one, or name a day instead.",
        "decision_since": "{device} was not confirmed both by {since} and after it; there is nothing to split.",
        "decision_field": "“{field}” cannot be corrected; these can: {known}.",
        "decision_value": "“{value}” is no {field}; write {wanted}.",
        "decision_conflict": "{device} has no open conflict; there is nothing to confirm.",
        "decision_number": "There is no decision “{given}”; they are numbered as “kiemke show decisions” does.",
        "decision_undone": "Decision {number} was taken back by decision {by} already.",
        "decision_no_undo": "Decision {number} took another back; take that decision anew instead.",
        "decision_newer": "Decision {newer} rests on decision {number}; take back {newer} first.",
    }


# -- names that people write -------------------------------------------------------------------------------------------------


def parse_device(given: str) -> int:
    """D00042, d42 -> 42. Raises DecisionError."""
    if match := re.fullmatch(r"\s*[dD]0*(\d{1,9})\s*", given):
        return int(match[1])
    raise DecisionError("decision_device", given=given)


def parse_asset(given: str) -> tuple[int, int]:
    """A00042 -> (42, 1); A00042/3, the third unit of a line of several -> (42, 3). Raises DecisionError."""
    if match := re.fullmatch(r"\s*[aA]0*(\d{1,9})(?:/(\d{1,6}))?\s*", given):
        return int(match[1]), int(match[2] or 1)
    raise DecisionError("decision_asset", given=given)


class Deciding:
    """Takes decisions, one transaction each. Raises DecisionError; then nothing has happened.

    `at`: seconds since the epoch; moved on where needed, so that it is after all that the inventory has written.
    """

    def __init__(self, engine: Engine, author: str, reason: str, at: int | None = None) -> None:
        if not author.strip():
            raise DecisionError("decision_author")
        if not reason.strip():
            raise DecisionError("decision_reason")
        self.engine = engine
        self.author = " ".join(author.split())
        self.reason = " ".join(reason.split())
        self._at = int(time()) if at is None else at

    def merge(self, device: int, into: int) -> Decision:
        """`device` is the same as `into`, which stays; what is known newest of the two is true."""
        with writing(self.engine) as connection:
            _must_stand(connection, device)
            _must_stand(connection, into)
            if device == into:
                raise DecisionError("decision_same", device=device_name(device), other=device_name(into))
            decision = self._write(connection, Verb.MERGE, device_id=device, other_id=into)
            regrouping.join(connection, decision.id, decision.at, device, into)
            return decision

    def split(self, device: int) -> Decision:
        """A device that was merged, by a scan or by a person, is another one after all."""
        with writing(self.engine) as connection:
            into = _root(connection, device)
            if into is None:
                must_exist(connection, device)
                raise DecisionError("decision_split", device=device_name(device))
            between = regrouping.merged_on(connection, device)
            if between is not None:
                names = {"device": device, "between": between, "into": into}
                raise DecisionError("decision_between", **{name: device_name(number) for name, number in names.items()})
            decision = self._write(connection, Verb.SPLIT, device_id=device, other_id=into)
            regrouping.part(connection, decision.id, decision.at, device)
            return decision

    def split_addresses(self, device: int, addresses: Sequence[str]) -> Decision:
        """What answers at these addresses is not `device` but another one, which gets a number of its own (`Decision.other`)."""
        with writing(self.engine) as connection:
            _must_stand(connection, device)
            known = regrouping.answered_at(connection, device)
            for address in addresses:
                if address not in {a for _, a in known}:
                    listed = ", ".join(sorted({a for _, a in known})) or "–"
                    raise DecisionError("decision_address", device=device_name(device), address=address, known=listed)
            places = {place for place in known if place[1] in addresses}
            if places == known:
                raise DecisionError("decision_all_addresses", device=device_name(device))
            other = next_device(connection)
            decision = self._write(connection, Verb.SPLIT, device_id=device, other_id=other, value=",".join(sorted(addresses)))
            regrouping.divide(connection, decision.id, decision.at, device, other, places)
            return decision

    def split_since(self, device: int, since: int) -> Decision:
        """What answered as `device` after a moment is another box: it gets a number of its own (`Decision.other`)."""
        with writing(self.engine) as connection:
            _must_stand(connection, device)
            if not regrouping.confirmed_around(connection, device, since):
                day = datetime.datetime.fromtimestamp(since, datetime.UTC).date().isoformat()
                raise DecisionError("decision_since", device=device_name(device), since=day)
            other = next_device(connection)
            decision = self._write(connection, Verb.SPLIT, device_id=device, other_id=other, field="since", value=str(since))
            regrouping.succeed(connection, decision.id, decision.at, device, other, since)
            return decision

    def correct(self, device: int, field: str, value: str) -> Decision:
        """A fact of a device, whatever it says itself; an empty value: it is not known."""
        if field not in FACT_FIELDS:
            raise DecisionError("decision_field", field=field, known=", ".join(FACT_FIELDS))
        value = value.strip()
        if field == "kind" and value and value not in KINDS:
            raise DecisionError("decision_value", value=value, field=field, wanted=", ".join(KINDS))
        if field in ("manufactured", "installed") and value and not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", value):
            raise DecisionError("decision_value", value=value, field=field, wanted="2019-07-31, 2019-07, 2019")
        with writing(self.engine) as connection:
            _must_stand(connection, device)
            return self._write(connection, Verb.CORRECT, device_id=device, field=field, value=value)

    def confirm(self, device: int, kind: str | None = None) -> list[Decision]:
        """The open conflicts of a device (of one kind) are seen; it is one device all the same."""
        with writing(self.engine) as connection:
            _must_stand(connection, device)
            seen = {(d.device, d.field) for d in standing(connection) if d.verb is Verb.CONFIRM}
            found = connection.execute(
                sa.select(CONFLICTS.c.key, CONFLICTS.c.kind).where(
                    CONFLICTS.c.device_id == device, CONFLICTS.c.valid_to.is_(None)
                )
            ).all()
            keys = [r.key for r in found if (kind is None or r.kind == kind) and (device, r.key) not in seen]
            if not keys:
                raise DecisionError("decision_conflict", device=device_name(device))
            return [self._write(connection, Verb.CONFIRM, device_id=device, field=key) for key in sorted(keys)]

    def gone(self, device: int) -> Decision:
        """A device is no longer there, until it answers again."""
        with writing(self.engine) as connection:
            _must_stand(connection, device)
            return self._write(connection, Verb.GONE, device_id=device)

    def match(self, asset: int, unit: int = 1, device: int | None = None, mac: str | None = None) -> Decision:
        """A unit of a register's line is a device, or a station without agent. Give either."""
        return self._match(Verb.MATCH, asset, unit, device, mac)

    def unmatch(self, asset: int, unit: int = 1, device: int | None = None, mac: str | None = None) -> Decision:
        """A unit of a register's line is not this device or station; without either: it is none that the network shows."""
        return self._match(Verb.UNMATCH, asset, unit, device, mac)

    def undo(self, number: int) -> Decision:
        """Take a decision back: what it changed is as if it had not been taken, as far as no scan has said otherwise since."""
        with writing(self.engine) as connection:
            row = connection.execute(sa.select(DECISIONS).where(DECISIONS.c.id == number)).one_or_none()
            if row is None:
                raise DecisionError("decision_number", given=number)
            if row.undone_by is not None:
                raise DecisionError("decision_undone", number=number, by=row.undone_by)
            before = of_row(row)
            if before.verb is Verb.UNDO:
                raise DecisionError("decision_no_undo", number=number)
            if before.verb in (Verb.MERGE, Verb.SPLIT):
                _must_be_last(connection, before)
            decision = self._write(connection, Verb.UNDO, device_id=before.device, asset_id=before.asset, value=str(number))
            taken_back = sa.update(DECISIONS).where(DECISIONS.c.id == number)
            connection.execute(taken_back.values(undone_by=decision.id, undone_at=decision.at))
            assert before.verb not in (Verb.MERGE, Verb.SPLIT) or (before.device is not None and before.other is not None)
            if before.verb is Verb.MERGE:
                regrouping.part(connection, decision.id, decision.at, before.device)  # type: ignore[arg-type]
            elif before.verb is Verb.SPLIT and before.value is None:
                regrouping.join(connection, decision.id, decision.at, before.device, before.other)  # type: ignore[arg-type]
            elif before.verb is Verb.SPLIT:
                regrouping.reunite(connection, decision.id, decision.at, before.id, before.device, before.other)  # type: ignore[arg-type]
            return decision

    def _match(self, verb: Verb, asset: int, unit: int, device: int | None, mac: str | None) -> Decision:
        with writing(self.engine) as connection:
            known = sa.select(ASSETS.c.quantity).where(ASSETS.c.asset_id == asset).order_by(ASSETS.c.valid_from.desc())
            quantity = connection.execute(known).scalars().first()
            if quantity is None:
                raise DecisionError("decision_asset", given=asset_name(asset))
            if not 1 <= unit <= quantity:
                raise DecisionError("decision_unit", asset=asset_name(asset), quantity=quantity, unit=unit)
            if device is not None:
                _must_stand(connection, device)
            return self._write(connection, verb, asset_id=asset, unit=unit, device_id=device, mac=mac)

    def _write(self, connection: Connection, verb: Verb, **subject: object) -> Decision:
        at = max(self._at, last_moment(connection) + 1)
        values = {"at": at, "author": self.author, "reason": self.reason, "verb": str(verb), **subject}
        key = connection.execute(sa.insert(DECISIONS).values(values)).inserted_primary_key
        assert key is not None
        return of_row(connection.execute(sa.select(DECISIONS).where(DECISIONS.c.id == key[0])).one())


def must_exist(connection: Connection, device: int) -> None:
    """Raises DecisionError for a number that no device ever had."""
    if connection.execute(sa.select(DEVICES.c.id).where(DEVICES.c.id == device)).first() is None:
        raise DecisionError("decision_device", given=device_name(device))


def _must_stand(connection: Connection, device: int) -> None:
    """The device is known, and is not another one."""
    must_exist(connection, device)
    into = _root(connection, device)
    if into is not None:
        raise DecisionError("decision_merged", device=device_name(device), into=device_name(into))


def _root(connection: Connection, device: int) -> int | None:
    into = sa.select(MERGES.c.into_id).where(MERGES.c.device_id == device, MERGES.c.valid_to.is_(None))
    return connection.execute(into).scalar()


def _must_be_last(connection: Connection, before: Decision) -> None:
    """Regroupings of the same devices are taken back in the order in which they were taken, newest first."""
    touched = {before.device, before.other}
    for later in standing(connection):
        if later.id > before.id and later.verb in (Verb.MERGE, Verb.SPLIT) and touched & {later.device, later.other}:
            raise DecisionError("decision_newer", number=before.id, newer=later.id)
