"""`kiemke`: the way in.

Exit status 0: done; 1: done, with failures that are listed; 2: a usage or configuration error, in one sentence.
"""

from __future__ import annotations

import sys

from inventory.problems import Problem


def main() -> None:
    from kiemke import console
    from kiemke.cli import app
    from kiemke.words import sentence
    from simulator.child import CannotServe

    try:
        app(prog_name="kiemke")
    except (Problem, CannotServe) as problem:
        console.fail(sentence(problem))
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
