"""`kiemke`: the way in.

Exit status 0: done; 1: done, with failures that are listed; 2: a usage or configuration error, in one sentence;
75: what was asked for is being done already (EX_TEMPFAIL of sysexits.h: try again later).
"""

from __future__ import annotations

import atexit
import gc
import os
import sys

from inventory.problems import Problem


def main() -> None:
    from kiemke import console
    from kiemke.cli import app
    from kiemke.words import sentence
    from reports.problems import Busy
    from simulator.child import CannotServe

    # A command keeps nearly all that it makes: looking for garbage as often as Python does takes a tenth of its time.
    gc.set_threshold(50_000, 20, 50)
    atexit.register(gc.freeze)  # nor is it looked through once more at the end, which takes half a second after a report
    try:
        app(prog_name="kiemke")
    except (Problem, CannotServe) as problem:
        console.fail(sentence(problem))
        sys.exit(os.EX_TEMPFAIL if isinstance(problem, Busy) else 2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
