"""An `Observation` as bytes and back, exactly: compressed JSON, made from the records' own field names.

Fields at their default are left out, so most rows are short; unknown fields (written by a newer version) are ignored.
"""

from __future__ import annotations

import json
import types
import typing
import zlib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any

from inventory.facts import Observation, Outcome


def encode(observation: Observation) -> bytes:
    """Compressed JSON of an observation. Lone surrogates and control characters in a device's texts survive."""
    text = json.dumps(_plain(observation), ensure_ascii=True, separators=(",", ":"))
    return zlib.compress(text.encode("ascii"), 1)


def decode(payload: bytes) -> Observation:
    """The observation of `encode`."""
    return typing.cast(Observation, _reader(Observation)(json.loads(zlib.decompress(payload))))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, Enum):
        return value
    if is_dataclass(value):
        plain = {}
        for name, default in _defaults(type(value)):  # type: ignore[arg-type]
            item = getattr(value, name)
            if item is not default and (item != default or type(item) is not type(default)):
                plain[name] = _plain(item)
        return plain
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return value


@cache
def _defaults(record: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((f.name, f.default if f.default is not MISSING else MISSING) for f in fields(record))


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """How a value of an annotated type is made from JSON."""
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        readers = {f.name: _reader(hints[f.name]) for f in fields(kind)}
        simple = {name for name, reader in readers.items() if reader is _same}
        make = typing.cast(Callable[..., Any], kind)

        def record(plain: dict[str, Any]) -> Any:
            return make(**{k: v if k in simple else readers[k](v) for k, v in plain.items() if k in readers})

        return record
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        inner = [_reader(a) for a in arguments if a is not type(None)]
        if all(r is _same for r in inner):
            return _same
        return lambda plain: None if plain is None else inner[0](plain)
    if origin is tuple:
        item = _reader(arguments[0])
        return lambda plain: tuple([item(p) for p in plain])
    if origin is not None and issubclass(origin, Mapping):
        value = _reader(arguments[1])
        return lambda plain: {k: value(v) for k, v in plain.items()}
    if kind is Outcome:
        return Outcome
    return float if kind is float else _same


def _same(plain: Any) -> Any:
    return plain
