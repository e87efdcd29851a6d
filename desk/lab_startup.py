"""What a kernel of `kiemke lab` runs first (PYTHONSTARTUP), whichever notebook it is for; then what the person's own names.

A kernel of another Python, which lacks this package, starts as ever; so does a plain `python` in Lab's terminal.
"""

import os as _os
from pathlib import Path as _Path


def _begin() -> None:
    try:
        from IPython.core.getipython import get_ipython

        from desk import frame_table
    except ImportError:
        return
    shell = get_ipython()
    if shell is not None:
        frame_table.load_ipython_extension(shell)


_begin()
_own = _os.environ.get("KIEMKE_PYTHONSTARTUP", "")
if _own and _Path(_own).is_file():
    exec(compile(_Path(_own).read_text(encoding="utf-8"), _own, "exec"))  # noqa: S102 - as Python itself does with this file
del _begin, _os, _own, _Path
