"""`kiemke demo`: the main job from end to end, on this machine alone."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import Annotated

import typer

from kiemke import console
from kiemke.commands import probe
from kiemke.commands import scan as scan_command
from kiemke.words import LANGUAGE, say, sentence

#: The slowest first: two run at a time.
REPORTS = ("replacement-plan", "connectivity", "network-state", "equipment-age")
#: Changes listed on the terminal; all of them are in the inventory.
LISTED = 40


def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help=say("cli.demo.out"))] = Path("demo"),
    lang: Annotated[str, typer.Option(metavar="vi|en", help=say("cli.demo.language"))] = LANGUAGE,
    snmp_port: Annotated[int, typer.Option(help=say("cli.simulate.snmp_port"))] = 16100,
    ssh_port: Annotated[int, typer.Option(help=say("cli.simulate.ssh_port"))] = 16022,
) -> None:
    from inventory.frames import Inventory
    from kiemke import changes
    from kiemke import demo as demonstration
    from kiemke.targets import of_offices
    from reports import site
    from reports.run import Request, run_many
    from simulator.district import load
    from simulator.serve import serve

    district = load()
    opened = demonstration.prepare(out, district, snmp_port, ssh_port)
    before, day = demonstration.next_day(opened, district)
    network = district.at(day)
    console.err.print(say("cli.demo.starting", day=day, agents=len(network.agents)), markup=False)
    offices = opened.offices()
    asked = offices.targets_spec()[0]  # a workspace that is there already keeps the ports that it was made with
    with serve(network, snmp_port=asked.snmp_port, ssh_port=asked.ssh_port):
        clock = demonstration.clock(day)
        scanned = scan_command.run(opened, offices, of_offices(offices, day), clock)
        probe.beside_scan(opened, offices, (), clock)
    command = Path(sys.argv[0]).parent / "kiemke"
    if before is None:
        folder = out / demonstration.keep_registers(opened, network).name
        console.out.print(say("cli.demo.registers", folder=folder, command=command, home=out), markup=False)
        folder = out / demonstration.keep_repairs(opened, district, network).name
        console.out.print(say("cli.demo.repairs", folder=folder, command=command, home=out), markup=False)
        console.out.print(say("cli.demo.first", days=demonstration.STEP.days), markup=False)
    else:
        inventory = Inventory(opened.root)
        seen = inventory.changes()
        seen = seen[seen["scan"] == scanned.scan.name]
        console.out.print(say("cli.demo.changes", before=before, after=day, count=len(seen)), style="bold", markup=False)
        for line in changes.lines(seen.head(LISTED), inventory.devices(), inventory.offices(), say):
            console.out.print(f"  {line}", markup=False)
        if len(seen) > LISTED:
            console.out.print("  " + say("cli.demo.more_changes", count=len(seen) - LISTED, folder=out), markup=False)

    with console.progress(say("cli.demo.making")) as advance:
        finished = itertools.count(1)
        done = run_many(
            [Request(name, language=lang) for name in REPORTS],
            out_dir=opened.reports,
            workspace=opened.root,
            database=opened.last_scan(),
            through="demo",
            on_done=lambda _: advance(next(finished), len(REPORTS)),
        )
    index_page = site.write(opened.reports)
    console.out.print(say("cli.demo.reports"), style="bold", markup=False)
    for result in done:
        if result.done:
            for kind, file in result.files.items():
                if kind != "notebook":
                    console.out.print(f"  {file}", markup=False)
        else:
            console.fail(sentence(result.problem) if result.problem else f"{result.report}: {result.status}")
    console.out.print(say("cli.demo.index", file=index_page), markup=False)
    console.out.print(say("cli.demo.lab", command=command, folder=out), markup=False)
    raise typer.Exit(0 if all(result.done for result in done) else 1)
