"""Work that waits until a hand has stopped moving: of many changes only the last is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Soon:
    """Calls `work` once nothing was asked for `quiet` seconds. Where no event loop runs (no kernel), it is called at once."""

    def __init__(self, work: Callable[[], None], quiet: float = 0.2) -> None:
        self.work, self.quiet = work, quiet
        self._waiting: asyncio.TimerHandle | None = None

    def __call__(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.work()
        else:
            self._waiting = loop.call_later(self.quiet, self.work)
