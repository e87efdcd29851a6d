"""The commands, by name. Each lives in a module of its own under `kiemke.commands`."""

from __future__ import annotations

import typer
from typer import rich_utils

from kiemke.commands import (
    changes,
    decide,
    demo,
    export,
    forms,
    imports,
    init,
    lab,
    lifecycle,
    probe,
    profile,
    register,
    repairs,
    replay,
    report,
    scan,
    schedule,
    show,
    simulate,
    sweep,
)
from kiemke.words import say

# Typer has no setting for its own headings; these module constants are the documented way to change them.
rich_utils.ARGUMENTS_PANEL_TITLE = say("cli.arguments")
rich_utils.OPTIONS_PANEL_TITLE = say("cli.options")
rich_utils.COMMANDS_PANEL_TITLE = say("cli.commands")
rich_utils.ERRORS_PANEL_TITLE = say("cli.error")

app = typer.Typer(help=say("cli.help"), no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command(help=say("cli.demo.help"))(demo.demo)
app.command(help=say("cli.init.help"))(init.init)
app.command(help=say("cli.simulate.help"))(simulate.simulate)
app.command(help=say("cli.sweep.help"))(sweep.sweep)
app.command(help=say("cli.scan.help"))(scan.scan)
app.command(help=say("cli.probe.help"))(probe.probe)
app.command(help=say("cli.replay.help"))(replay.replay)
app.add_typer(profile.app, name="profile", help=say("cli.profile.help"))
app.command(help=say("cli.show.help"))(show.show)
app.add_typer(lifecycle.app, name="lifecycle", help=say("cli.lifecycle.help"))
app.command(help=say("cli.changes.help"))(changes.changes)
app.add_typer(decide.app, name="decide", help=say("cli.decide.help"))
app.add_typer(register.app, name="register", help=say("cli.register.help"))
app.add_typer(repairs.app, name="repairs", help=say("cli.repairs.help"))
app.add_typer(export.app, name="export", help=say("cli.export.help"))
app.add_typer(imports.app, name="import", help=say("cli.import.help"))
report.app.command("due", help=say("cli.schedule.due_help"))(schedule.due)
app.add_typer(report.app, name="report", help=say("cli.report.help"))
app.command(help=say("cli.forms.help"))(forms.forms)
app.add_typer(schedule.app, name="schedule", help=say("cli.schedule.help"))
#: What follows `--` is for JupyterLab itself.
app.command(help=say("cli.lab.help"), context_settings={"allow_extra_args": True})(lab.lab)
