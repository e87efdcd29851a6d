"""An `Observation` as bytes and back: compressed JSON, a list for every record.

All of it comes back exactly, but for what no database keeps in a text, NUL and halves of surrogate pairs: � stands for these.

Only a scan that has not finished keeps observations so, therefore the form may follow the records without a version.
"""

from __future__ import annotations

import json
import re
import types
import typing
import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any

from inventory.facts import Observation

Convert = Callable[[Any], Any]


def encode(observation: Observation) -> bytes:
    """Compressed JSON of an observation."""
    return both(observation)[0]


def both(observation: Observation) -> tuple[bytes, Observation]:
    """`encode`, and what `decode` makes of it."""
    text = json.dumps(_converters(Observation)[0](observation), ensure_ascii=True, separators=(",", ":")).encode("ascii")
    payload = zlib.compress(text, 1)
    return payload, decode(payload) if _doubtful(text) else observation


def _doubtful(text: bytes) -> bool:
    return b"\\u0000" in text or b"\\ud" in text


def decode(payload: bytes) -> Observation:
    """The observation of `encode`."""
    text = zlib.decompress(payload)
    plain = json.loads(text)
    if _doubtful(text):
        plain = storable(plain)
    return typing.cast(Observation, _converters(Observation)[1](plain))


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(plain: Any) -> Any:
    if isinstance(plain, str):
        return _UNSTORABLE.sub("�", plain)
    if isinstance(plain, list):
        return [storable(value) for value in plain]
    return {key: storable(value) for key, value in plain.items()} if isinstance(plain, dict) else plain


def _same(value: Any) -> Any:
    return value


@cache
def _converters(kind: Any) -> tuple[Convert, Convert]:
    """How a value of an annotated type becomes JSON, and how it is made from it again."""
    if is_dataclass(kind):
        return _record(kind)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        rich = [pair for a in arguments if (pair := _converters(a)) != (_same, _same)]
        return rich[0] if rich else (_same, _same)  # None is left alone by whoever holds the value
    if origin is tuple:
        write, read = _converters(arguments[0])
        return (lambda values: [write(v) for v in values]), (lambda plain: tuple([read(p) for p in plain]))
    if origin is not None and issubclass(origin, Mapping):
        write, read = _converters(arguments[1])
        return (lambda values: {k: write(v) for k, v in values.items()}), (lambda plain: {k: read(p) for k, p in plain.items()})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _same, kind
    return (_same, float) if kind is float else (_same, _same)


def _record(kind: Any) -> tuple[Convert, Convert]:
    hints = typing.get_type_hints(kind)
    names = [f.name for f in fields(kind)]
    values_of = attrgetter(*names)
    pairs = [_converters(hints[name]) for name in names]
    writers = [(position, write) for position, (write, _) in enumerate(pairs) if write is not _same]
    readers = [(position, read) for position, (_, read) in enumerate(pairs) if read is not _same]
    count = len(names)

    def write_record(record: Any) -> list[Any]:
        row = list(values_of(record))
        for position, write in writers:
            if row[position] is not None:
                row[position] = write(row[position])
        while row and row[-1] is None:
            row.pop()
        return row

    def read_plain(row: list[Any]) -> Any:
        return kind(*row) if len(row) == count else kind(*row, *[None] * (count - len(row)))

    def read_record(row: list[Any]) -> Any:
        if len(row) < count:
            row += [None] * (count - len(row))
        for position, read in readers:
            if row[position] is not None:
                row[position] = read(row[position])
        return kind(*row)

    return write_record, read_record if readers else read_plain  # most records hold plain values only
