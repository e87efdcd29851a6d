"""A secret that cannot be printed by accident: not by repr, str, format, a log, pickle, JSON, nor a traceback with variables."""

from __future__ import annotations

import hmac
from typing import Any, NoReturn, final

MASK = "•••"


@final
class Secret:
    """Holds a password or a community; only `reveal()` gives it, at the one place where a connection is made.

    Equality is by value, in constant time. Copies are the same object, and pickling raises TypeError: secrets do not cross
    to another process, names of credentials do.
    """

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        if not isinstance(value, str):
            raise TypeError("a Secret is made from text")
        self.__value = value

    def reveal(self) -> str:
        return self.__value

    def __repr__(self) -> str:
        return MASK

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self.__value.encode(), other.__value.encode())

    def __hash__(self) -> int:
        return hash((Secret, self.__value))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a Secret is not pickled: pass the credential's name instead")

    def __iter__(self) -> NoReturn:
        raise TypeError("a Secret is not iterated")
