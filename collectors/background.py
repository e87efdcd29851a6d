"""An event loop in a thread of its own, whose results are iterated over here."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import TypeVar

_T = TypeVar("_T")

_STOP_WAIT_S = 5.0


def stream(produce: Callable[[Callable[[_T], None]], Coroutine[None, None, None]], name: str) -> Iterator[_T]:
    """Run `produce(emit)` in a thread called `name`, and yield what it emits, as it comes.

    `emit` may be called from any thread. An exception in `produce` is raised here, after what was emitted before it. Closing
    the iterator early cancels `produce` and waits for its cleaning up.
    """
    emitted: queue.SimpleQueue[_T | _End] = queue.SimpleQueue()
    loop = asyncio.new_event_loop()
    task = loop.create_task(produce(emitted.put))

    def run() -> None:
        problem: BaseException | None = None
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            pass
        except BaseException as raised:  # noqa: BLE001 - handed over to the iterating thread, which raises it
            problem = _single(raised)
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()
            emitted.put(_End(problem))

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    try:
        while not isinstance(item := emitted.get(), _End):
            yield item
        if item.problem is not None:
            raise item.problem
    finally:
        if thread.is_alive():
            with contextlib.suppress(RuntimeError):  # it may just have ended by itself
                loop.call_soon_threadsafe(task.cancel)
            thread.join(_STOP_WAIT_S)


class _End:
    def __init__(self, problem: BaseException | None) -> None:
        self.problem = problem


def _single(problem: BaseException) -> BaseException:
    """The one exception in a task group's, so that who iterates sees what was raised."""
    while isinstance(problem, BaseExceptionGroup) and len(problem.exceptions) == 1:
        problem = problem.exceptions[0]
    return problem
