"""`kiemke profile check | list`: what we know of device families, and why a device is taken for what it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiemke import console
from kiemke.words import say

if TYPE_CHECKING:
    import pandas as pd

    from collectors.explaining import Explanation
    from collectors.profiles import Profile
    from collectors.topics.identity import Candidate

app = typer.Typer(no_args_is_help=True)

PROFILE_ENDINGS = (".yaml", ".yml")


@app.command("check", help=say("cli.profile.check_help"))
def check(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE|RECORDING…", exists=True, help=say("cli.profile.paths"))],
) -> None:
    """Profile files are checked and used; recordings are explained with them. Exit 1: a recording that no family fits."""
    from collectors import explaining, replay
    from kiemke.workspace import families_here

    written = [path for path in paths if path.suffix in PROFILE_ENDINGS]
    recordings = list(replay.paths(path for path in paths if path not in written))
    known = families_here(*written)
    for path in written:
        families = [profile for profile in known.families if profile.own and profile.file == path.name]
        console.out.print(say("cli.profile.good", file=path, count=len(families)), markup=False)
        for profile in families:
            _family(profile)
    strange = 0
    for path in recordings:
        explained = explaining.explain(replay.read(path), known)
        strange += explained.profile is known.generic
        _explain(path, explained)
    raise typer.Exit(1 if strange else 0)


@app.command("list", help=say("cli.profile.list_help"))
def list_families() -> None:
    from kiemke.workspace import families_here

    rows = [
        (
            profile.id,
            profile.file,
            ", ".join(source.written.removeprefix("= ") for source in profile.sources.get("vendor", ())[:1]),
            ", ".join(dict.fromkeys(say.kind(rule.kind) for rule in profile.kinds)),
            say("cli.profile.verified" if profile.verified else "cli.profile.unverified"),
            ", ".join(profile.mibs),
        )
        for profile in families_here().families
    ]
    console.table(_titled(rows, "family", "file", "vendor", "kind", "checked", "mib"))


def _family(profile: Profile) -> None:
    """What a profile adds to the questions that every device is asked."""
    sources = [*profile.every_source(), *profile.members.values()]
    asked = dict.fromkeys(source.written.partition(" ~ ")[0] for source in sources if source.scalar or source.column)
    where = ", ".join(asked) or say("cli.profile.nothing")
    console.out.print("  " + say("cli.profile.asks", profile=profile.id, places=where), markup=False)


def _explain(path: Path, explained: Explanation) -> None:
    from collectors.explaining import asked

    who = explained.observation.identity
    console.out.print()
    console.out.print(str(path), style="bold", markup=False)
    if who is None:
        console.out.print(say("cli.profile.silent"), markup=False)
        return
    for name, value in (("sysObjectID", who.sys_object_id), ("sysDescr", who.sys_descr)):
        console.out.print(f"{name}: {console.printable(value or '')}", markup=False)
    profile = explained.profile
    mark = "" if profile.verified else f" ({say('cli.profile.unverified')})"
    console.out.print(say("cli.profile.matched", profile=profile.id, file=profile.file) + mark, markup=False)
    for other, _ in explained.fitting[1:]:
        console.out.print("  " + say("cli.profile.also", profile=other.id, file=other.file), markup=False)
    for own, misfits in explained.misfits.items():
        for misfit in misfits:
            told = {
                "profile": own,
                "condition": misfit.condition,
                "wanted": misfit.wanted,
                "said": console.printable(misfit.said),
            }
            console.out.print("  " + say("cli.profile.misfit", **told), markup=False)
    found = {"vendor": who.vendor, "kind": who.kind, "model": who.model, "serial": who.serial, "version": who.os_version}
    if who.manufactured:
        found["manufactured"] = who.manufactured
    rows = [(f, it.value, it.source, it.confidence, it.raw) if it else (f, *[None] * 4) for f, it in found.items()]
    console.table(_titled(rows, "field", "value", "source", "confidence", "raw"), say("cli.profile.result"))
    tried = [
        (field, one.profile, one.written, one.evidence.value if one.evidence else None, say.word("verdict", verdict))
        for field, candidates in explained.sources.items()
        for one, verdict in _judged(candidates)
    ]
    console.table(_titled(tried, "field", "family", "source", "value", "verdict"), say("cli.profile.sources"))
    wire = [
        (number, operation, count, " ".join(oids))
        for number, requests in enumerate(explained.rounds, 1)
        for operation, count, oids in asked(requests)
    ]
    console.table(_titled(wire, "round", "operation", "count", "oids"), say("cli.profile.wire"))


def _judged(candidates: Sequence[Candidate]) -> Iterator[tuple[Candidate, str]]:
    """Each candidate and its verdict; `chosen` is the first that could be taken."""
    chosen = False
    for one in candidates:
        if one.verdict == "taken" and not chosen:
            chosen = True
            yield one, "chosen"
        else:
            chosen = chosen or one.verdict == "not_told"
            yield one, one.verdict


def _titled(rows: Sequence[tuple[object, ...]], *names: str) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=[say(f"cli.profile.{name}") for name in names])
