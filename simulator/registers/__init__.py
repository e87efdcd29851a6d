"""Purchase registers as offices keep them, with the truth about every line: the yardstick for reading and matching registers.

`things` (what is there) -> `purchases` (what was bought, and what became of it) -> `clerk` (how people write) -> `entries` and
`sheets` (forms) -> `files` (XLSX, CSV); `alike` says what nobody could tell apart, `telling` what is true; `writing` does it all.
"""

from simulator.registers.writing import write

__all__ = ["write"]
