"""`kiemke decide …`: what people rule of devices and of the register; every decision has an author and a reason."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from inventory.problems import Problem
from kiemke import console, dates
from kiemke.commands.options import WorkspaceOption
from kiemke.words import say
from kiemke.workspace import open_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from inventory.deciding import Deciding
    from inventory.decisions import Decision

app = typer.Typer(no_args_is_help=True)

Device = Annotated[str, typer.Argument(metavar="DEVICE", help=say("cli.decide.device"))]
Other = Annotated[str, typer.Argument(metavar="OTHER", help=say("cli.decide.other"))]
Asset = Annotated[str, typer.Argument(metavar="ASSET", help=say("cli.decide.asset"))]
Thing = Annotated[str, typer.Argument(metavar="DEVICE|MAC", help=say("cli.decide.thing"))]
Author = Annotated[str, typer.Option("--author", "-a", metavar="NAME", help=say("cli.decide.author"))]
Reason = Annotated[str, typer.Option("--reason", "-r", metavar="TEXT", help=say("cli.decide.reason"))]


class DecideError(Problem):
    TEMPLATES: ClassVar[dict[str, str]] = {
        "decide_not_both": "Name one of the two: addresses (--address) or a day (--since).",
        "decide_thing": "“{given}” is neither a device (D00042) nor a hardware address (aa:bb:cc:dd:ee:ff).",
    }


@contextmanager
def _deciding(workspace: Path | None, author: str, reason: str) -> Iterator[Deciding]:
    from inventory.deciding import Deciding

    engine = open_workspace(workspace).engine()
    try:
        yield Deciding(engine, author or getpass.getuser(), reason)
    finally:
        engine.dispose()


def _told(*decisions: Decision) -> None:
    from inventory.names import device_name

    for decision in decisions:
        other = device_name(decision.other) if decision.verb == "split" and decision.other is not None else ""
        key = "cli.decide.done_other" if other else "cli.decide.done"
        console.out.print(say(key, number=decision.id, what=say(f"cli.decide.{decision.verb}_done"), other=other), markup=False)


@app.command("merge", help=say("cli.decide.merge_help"))
def merge(device: Device, other: Other, reason: Reason, author: Author = "", workspace: WorkspaceOption = None) -> None:
    from inventory.deciding import parse_device

    with _deciding(workspace, author, reason) as deciding:
        _told(deciding.merge(parse_device(device), parse_device(other)))


@app.command("split", help=say("cli.decide.split_help"))
def split(
    device: Device,
    reason: Reason,
    address: Annotated[list[str] | None, typer.Option(metavar="IP", help=say("cli.decide.address"))] = None,
    since: Annotated[str, typer.Option(metavar="DATE", help=say("cli.decide.since"))] = "",
    author: Author = "",
    workspace: WorkspaceOption = None,
) -> None:
    from inventory.deciding import parse_device
    from inventory.frames import day_before

    if address and since:
        raise DecideError("decide_not_both")
    day = dates.parse(since)
    with _deciding(workspace, author, reason) as deciding:
        if day is not None:
            _told(deciding.split_since(parse_device(device), day_before(day)))
        elif address:
            _told(deciding.split_addresses(parse_device(device), address))
        else:
            _told(deciding.split(parse_device(device)))


@app.command("correct", help=say("cli.decide.correct_help"))
def correct(
    device: Device,
    field: Annotated[str, typer.Argument(metavar="FIELD", help=say("cli.decide.field"))],
    value: Annotated[str, typer.Argument(metavar="VALUE", help=say("cli.decide.value"))],
    reason: Reason,
    author: Author = "",
    workspace: WorkspaceOption = None,
) -> None:
    from inventory.deciding import parse_device

    with _deciding(workspace, author, reason) as deciding:
        _told(deciding.correct(parse_device(device), field, value))


@app.command("confirm", help=say("cli.decide.confirm_help"))
def confirm(
    device: Device,
    reason: Reason,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help=say("cli.decide.kind"))] = None,
    author: Author = "",
    workspace: WorkspaceOption = None,
) -> None:
    from inventory.deciding import parse_device

    with _deciding(workspace, author, reason) as deciding:
        _told(*deciding.confirm(parse_device(device), kind))


@app.command("gone", help=say("cli.decide.gone_help"))
def gone(device: Device, reason: Reason, author: Author = "", workspace: WorkspaceOption = None) -> None:
    from inventory.deciding import parse_device

    with _deciding(workspace, author, reason) as deciding:
        _told(deciding.gone(parse_device(device)))


@app.command("match", help=say("cli.decide.match_help"))
def match(asset: Asset, thing: Thing, reason: Reason, author: Author = "", workspace: WorkspaceOption = None) -> None:
    from inventory.deciding import parse_asset

    with _deciding(workspace, author, reason) as deciding:
        _told(deciding.match(*parse_asset(asset), *_thing(thing)))


@app.command("unmatch", help=say("cli.decide.unmatch_help"))
def unmatch(
    asset: Asset,
    reason: Reason,
    thing: Annotated[str | None, typer.Argument(metavar="[DEVICE|MAC]", help=say("cli.decide.thing"))] = None,
    author: Author = "",
    workspace: WorkspaceOption = None,
) -> None:
    from inventory.deciding import parse_asset

    with _deciding(workspace, author, reason) as deciding:
        _told(deciding.unmatch(*parse_asset(asset), *(_thing(thing) if thing else (None, None))))


def _thing(given: str) -> tuple[int | None, str | None]:
    """Device and hardware address of what a person names; one of the two."""
    from inventory.deciding import DecisionError, parse_device
    from inventory.registers.values import plain_mac

    digits = "".join(char for char in given.lower() if char in "0123456789abcdef")
    if len(digits) == 12 and set(given.lower()) <= set("0123456789abcdef:.- "):
        return None, plain_mac(given)
    try:
        return parse_device(given), None
    except DecisionError:
        raise DecideError("decide_thing", given=given) from None


@app.command("undo", help=say("cli.decide.undo_help"))
def undo(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help=say("cli.decide.number"))],
    reason: Reason,
    author: Author = "",
    workspace: WorkspaceOption = None,
) -> None:
    with _deciding(workspace, author, reason) as deciding:
        _told(deciding.undo(number))


@app.command("why", help=say("cli.decide.why_help"))
def why(device: Device, workspace: WorkspaceOption = None) -> None:
    """Everything that the inventory and people decided about a device's identity, in words."""
    import pandas as pd

    from inventory import identity_story
    from inventory.deciding import parse_device
    from inventory.names import device_name

    engine = open_workspace(workspace).engine()
    try:
        story = identity_story.tell(engine, parse_device(device))
    finally:
        engine.dispose()
    rows = [
        (
            pd.Timestamp(step.at, unit="s", tz="UTC"),
            say.word("identity_event", step.event),
            device_name(step.device),
            step.where,
            " ".join(filter(None, (say.told(step.explanation), step.person))),
        )
        for step in story
    ]
    columns = [say(f"cli.decide.{name}_column") for name in ("at", "event", "device", "where", "why")]
    console.table(pd.DataFrame(rows, columns=columns))
