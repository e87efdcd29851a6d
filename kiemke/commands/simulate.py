"""`kiemke simulate`: a simulated district on loopback, until stopped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from kiemke import console, dates
from kiemke.words import say


def simulate(
    district: Annotated[Path | None, typer.Option(metavar="FILE", exists=True, help=say("cli.simulate.district"))] = None,
    date: Annotated[str, typer.Option(metavar="DATE", help=say("cli.simulate.date"))] = "",
    snmp_port: Annotated[int, typer.Option(help=say("cli.simulate.snmp_port"))] = 16100,
    ssh_port: Annotated[int, typer.Option(help=say("cli.simulate.ssh_port"))] = 16022,
    latency_ms: Annotated[float, typer.Option(min=0, help=say("cli.simulate.latency"))] = 0.0,
    loss_percent: Annotated[float, typer.Option(min=0, max=100, help=say("cli.simulate.loss"))] = 0.0,
    mute_percent: Annotated[float, typer.Option(min=0, max=100, help=say("cli.simulate.mute"))] = 0.0,
    aged_percent: Annotated[float, typer.Option(min=0, max=100, help=say("cli.simulate.aged"))] = 0.0,
    seed: Annotated[int, typer.Option(help=say("cli.simulate.seed"))] = 0,
    truth: Annotated[Path | None, typer.Option(metavar="FILE", help=say("cli.simulate.truth"))] = None,
    command_log: Annotated[Path | None, typer.Option(metavar="FILE", help=say("cli.simulate.command_log"))] = None,
) -> None:
    from simulator.district import load
    from simulator.plan import Silence
    from simulator.serve import run_until_stopped, serve

    plan = load(district) if district else load()
    network = plan.at(dates.parse(date) or plan.today, Silence(mute_percent / 100, aged_percent / 100, seed))
    if truth:
        truth.write_text(json.dumps(network.truth(), ensure_ascii=False, indent=1), encoding="utf-8")
        console.err.print(say("cli.simulate.truth_written", file=truth), markup=False)
    running = serve(
        network,
        snmp_port=snmp_port,
        ssh_port=ssh_port,
        latency_s=latency_ms / 1000,
        loss=loss_percent / 100,
        command_log=command_log,
    )
    ready = say("cli.simulate.ready", agents=len(network.agents), snmp_port=snmp_port, ssh_port=ssh_port)
    console.err.print(ready, markup=False)
    run_until_stopped(running)
