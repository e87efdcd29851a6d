"""A process of the simulator's own: takes its orders over a pipe, and ends when its parent does.

Orders are pickled, answers are lines of JSON. A plain subprocess and not a fork, so that a notebook or a threaded program may
start one; what it simulates goes through the pipe and never through a command line.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import select
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, NoReturn

#: How long a child may take to listen at its addresses.
PATIENCE_S = 60.0


class CannotServe(RuntimeError):
    """The network cannot be served: `str()` is one English sentence; `key` and `values` let it be said in another language."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "port_taken": "Cannot listen on {protocol} port {port}: {reason}. Stop what uses it, or choose another port.",
        "not_loopback": "The simulated device {name} has the address {address}; only addresses in 127.0.0.0/8 can be simulated.",
        "same_address": "Two simulated devices have the address {address}: {names}.",
        "no_recordings": "There is no .snmprec file in {path}.",
        "unknown_protocol": "A simulated device cannot be served: {reason}.",
        "ended": "The simulator's process {module} ended unexpectedly.",
        "no_answer": "The simulator's process {module} does not answer.",
    }

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(self.TEMPLATES[key].format(**values))


class Child:
    """The parent's end. `module` is run with `-m`, and calls `obey`."""

    def __init__(self, module: str) -> None:
        path = os.pathsep.join(filter(None, [str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH")]))
        self._module = module
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,  # a Ctrl-C at the terminal is the parent's to handle
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def send(self, order: object) -> None:
        """Gives an order without waiting for it."""
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):  # it says why, or that it died, in what `done` reads
            pickle.dump(order, self._process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()

    def done(self) -> dict[str, Any]:
        """Waits for the answer to the last order. Raises CannotServe with the child's own sentence."""
        assert self._process.stdout
        ready, _, _ = select.select([self._process.stdout], [], [], PATIENCE_S)
        line = self._process.stdout.readline() if ready else b""
        if not line:
            raise CannotServe("ended" if ready else "no_answer", module=self._module)
        answer: dict[str, Any] = json.loads(line)
        if "problem" in answer:
            raise CannotServe(answer["problem"], **answer["values"])
        return answer

    def stop(self) -> None:
        """Ends the child; safe to call again."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def obey(follow: Callable[[Any], dict[str, Any]], at_end: Callable[[], None] = lambda: None) -> None:
    """The child's end: gives each order to `follow` from a thread and sends back what it returns, or the CannotServe
    that it raises. Ends the process, after `at_end`, when the parent closes the pipe or dies."""
    orders, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # nothing else may write between the answers

    def answer_to(order: object) -> dict[str, Any]:
        try:
            return follow(order)
        except CannotServe as problem:
            return {"problem": problem.key, "values": problem.values}

    def listen() -> NoReturn:
        try:
            while True:
                order = pickle.load(orders)  # noqa: S301 - from our own parent
                print(json.dumps(answer_to(order)), file=answers, flush=True)
        except (EOFError, pickle.UnpicklingError, BrokenPipeError):
            pass
        except Exception:  # noqa: BLE001 - the parent only sees the end; why it came is on the terminal
            traceback.print_exc()
        finally:
            at_end()
            os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
