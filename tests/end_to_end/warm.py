"""A Python that has loaded the libraries of the command line, and is forked into `kiemke` as often as it is asked.

    python -m tests.end_to_end.warm

Of a short command's time, loading takes the most. A line of JSON on standard input is an order, a line of JSON on standard output
its end. What is loaded before does not depend on the order: `kiemke` reads its language when it is imported, so that it is
imported by each child anew.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import threading
import traceback
from typing import Any

from reports.texts import LANGUAGES, catalogue

LOADED = (
    *("alembic.command", "alembic.runtime.migration", "alembic.script", "openpyxl", "psycopg"),
    *("rich.markdown", "sqlalchemy", "typer"),
    *("collectors.sweep", "collectors.profiles", "inventory.frames", "inventory.ledger", "analysis.frames"),
    *("inventory.known", "inventory.registers.matching", "reports.schedule.reading"),
    *("collectors.runners.local", "papermill", "weasyprint"),  # of a scan, and of a report
)


def ordered() -> dict[str, Any]:
    """The next order, to the child that carries it out: the parent ends here, when there are no more."""
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            return order
        _, status = os.waitpid(pid, 0)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status)}), flush=True)
    sys.exit()


def become(order: dict[str, Any]) -> None:
    """Be the command that is wanted: its files, its surroundings, its words."""
    for number, (name, flags) in enumerate(
        ((os.devnull, os.O_RDONLY), (order["out"], os.O_WRONLY | os.O_APPEND), (order["err"], os.O_WRONLY | os.O_APPEND))
    ):
        opened = os.open(name, flags)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - as long as the process
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(order["environ"])
    os.chdir(order["cwd"])
    sys.argv = ["kiemke", *order["arguments"]]


def kiemke() -> int:
    """The exit status of the command, as the interpreter would tell it."""
    try:
        from kiemke.__main__ import main

        main()
    except SystemExit as ended:
        if isinstance(ended.code, int | None):
            return ended.code or 0
        print(ended.code, file=sys.stderr)
        return 1
    except BaseException:  # noqa: BLE001 - a command that breaks is told with its trace
        traceback.print_exc()
        return 1
    finally:
        for thread in threading.enumerate():
            if not thread.daemon and thread is not threading.current_thread():
                thread.join()
    return 0


if __name__ == "__main__":
    for library in LOADED:
        importlib.import_module(library)
    for language in LANGUAGES:
        catalogue(language)
    assert not [name for name in sys.modules if name.partition(".")[0] == "kiemke"], "a child reads its own surroundings"
    assert threading.active_count() == 1, "a fork takes one thread along"
    gc.collect()
    gc.freeze()  # a child that looks through what was loaded would copy it
    become(ordered())
    status = kiemke()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)  # nor is what was loaded taken apart
