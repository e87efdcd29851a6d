"""How like two texts are that may tell of the same thing: serial numbers, models, names. Pure.

Each comparison ends in a level, not in a number: how much a level is worth is weighed elsewhere (`inventory.registers.weights`),
by how often it comes about by chance.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from inventory.folding import fold
from inventory.junk import is_junk_serial

# -- serial numbers --------------------------------------------------------------------------------------------------------

#: Signs that are read for one another on a label.
_CONFUSED = str.maketrans({"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "S": "5", "B": "8", "Z": "2", "G": "6"})
#: A piece of a serial number that is shorter says nothing.
_SHORTEST = 5


class Serial(IntEnum):
    """How a serial number of a line meets one of a thing, best last."""

    NEIGHBOUR = 0  # one of the last figures differs: a slip, or the next one of the same delivery
    PART = 1  # that of a part: a module, a power supply, a disk
    ONE_WRONG = 2  # one sign wrong, missing, too many, or two swapped
    PIECE = 3  # one holds the other
    CONFUSED = 4  # equal but for signs that look alike
    EQUAL = 5


def bare(text: str) -> str:
    """An identifier without what people type around it: letters and digits, upper case.

    >>> bare("s/n: CNB-9K 12345")
    'SNCNB9K12345'
    """
    return fold(text).replace(" ", "").upper()


def bare_serial(text: str) -> str | None:
    """A serial number as compared; None for a placeholder. The words before it are left out.

    >>> bare_serial("S/N: cnb9k-12345"), bare_serial("To be filled by O.E.M.")
    ('CNB9K12345', None)
    """
    said = re.sub(
        r"^\s*(?:s\s*/\s*n|sn|serial(?:\s*(?:no|number))?|service\s*tag|s[ốo]\s*(?:seri|m[áa]y))\s*[.:#]+\s*",
        "",
        text,
        flags=re.I,
    )
    said = said.strip()
    if is_junk_serial(said):
        return None
    plain = bare(said)
    return plain if len(plain) >= 3 and any(c.isdigit() for c in plain) else None


class Serials:
    """The serial numbers of all things, to be asked for what a line tells."""

    def __init__(self, of: Mapping[int, Iterable[str]], parts: Mapping[int, Iterable[str]]) -> None:
        self._equal: dict[str, set[int]] = defaultdict(set)
        self._part: dict[str, set[int]] = defaultdict(set)
        for index, known in ((self._equal, of), (self._part, parts)):
            for thing, serials in known.items():
                for said in serials:
                    if plain := bare_serial(said):
                        index[plain].add(thing)
        self._confused = _grouped((plain.translate(_CONFUSED), plain) for plain in self._equal)
        self._shortened = _grouped((short, plain) for plain in self._equal for short in without_one(plain))
        self._pieces = _grouped(
            (plain[i : i + _SHORTEST], plain) for plain in self._equal for i in range(len(plain) - _SHORTEST + 1)
        )

    def carriers(self, plain: str) -> int:
        """How many things have exactly this serial number."""
        return len(self._equal.get(plain, ()))

    def like(self, plain: str) -> dict[int, Serial]:
        """Things whose serial number is like this one (as `bare_serial` gives it), each with its best level."""
        found: dict[int, Serial] = {}
        near = tuple(self._one_wrong(plain))
        for level, serials in (
            (Serial.EQUAL, (plain,) if plain in self._equal else ()),
            (Serial.CONFUSED, self._confused.get(plain.translate(_CONFUSED), ())),
            (Serial.PIECE, self._holding(plain)),
            (Serial.ONE_WRONG, [serial for serial in near if not _in_sequence(plain, serial)]),
            (Serial.NEIGHBOUR, [serial for serial in near if _in_sequence(plain, serial)]),
        ):
            for serial in serials:
                for thing in self._equal[serial]:
                    found[thing] = max(found.get(thing, level), level)
        for thing in self._part.get(plain, ()):
            found.setdefault(thing, Serial.PART)
        return found

    def _holding(self, plain: str) -> Iterator[str]:
        if len(plain) < _SHORTEST:
            return
        near = set(self._pieces.get(plain[:_SHORTEST], ()))
        for i in range(len(plain) - _SHORTEST + 1):
            near |= {s for s in self._pieces.get(plain[i : i + _SHORTEST], ()) if len(s) <= len(plain)}
        yield from (s for s in near if s != plain and (plain in s or s in plain))

    def _one_wrong(self, plain: str) -> Iterator[str]:
        if len(plain) <= _SHORTEST:
            return
        near = set(self._shortened.get(plain, ()))
        for short in without_one(plain):
            near |= self._shortened.get(short, set())
            if short in self._equal:
                near.add(short)
        yield from (s for s in near if s != plain and OSA.distance(plain, s, score_cutoff=1) == 1)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for key, value in pairs:
        groups[key].add(value)
    return groups


def _in_sequence(a: str, b: str) -> bool:
    """Two numbers of one delivery: they differ in one of the last figures, and no label makes one of the other."""
    if len(a) != len(b) or not (a[-1].isdigit() and b[-1].isdigit()):
        return False
    (place,) = [i for i in range(len(a)) if a[i] != b[i]] if sum(x != y for x, y in zip(a, b, strict=True)) == 1 else (0,)
    return place >= len(a) - 3 and a[place].isdigit() and b[place].isdigit()


def without_one(plain: str) -> set[str]:
    """What is left when any one sign is taken out: two texts that differ in one sign share one of these."""
    return {plain[:i] + plain[i + 1 :] for i in range(len(plain))}


# -- models ----------------------------------------------------------------------------------------------------------------


class Model(IntEnum):
    """How a line's text meets a thing's model."""

    SILENT = 0  # one of them tells no model
    OTHER = 1  # the line names another model
    SIBLING = 2  # the same number, another variant: 24 ports and 48 ports
    SERIES = 3  # the line tells the series only
    NUMBER = 4  # the number of the model, its letters differ or are left out
    FULL = 5


#: What is a number and no model: memory, disks, power, ports, sizes, processors, years.
_NO_MODEL = re.compile(
    r"\b(?:core )?i[3579] ?\d{3,5}[a-z]{0,2}\b"
    r"|\b(?:celeron|pentium|xeon|ryzen|athlon|atom|g(?=\d{4}\b))"
    r"(?: (?:[a-z]{1,2} ?)?\d(?= ))?(?: ?[a-z]{0,2} ?\d{3,5}[a-z]{0,3}(?: v\d)?)?"
    r"|\b(?:ram|ddr\d?|hdd|ssd|o cung|lcd|man hinh)(?: \w)? ?\d+(?: ?(?:gb|tb|mb|g|t|inch|in))?\b"
    r"|\b\d+(?: \d)? ?(?:gb|tb|mb|ghz|mhz|kw|hz|inch|in|port|ports|cong|kenh|trang|ppm|mp|dpi|mbps|lan|bay|cua|u)\b"
    r"|\b(?:serial|seri|s n|sn|so may|service tag|ma so|ma)\b(?: (?:number|no|so))? [a-z0-9]*\d[a-z0-9]*\b"
    r"|\bnguon ?\d+ ?w?\b"
    r"|\bnam (?:19|20)\d\d\b|\b\d{1,2} \d{1,2} (?:19|20)\d\d\b|\bwin(?:dows)? ?\d+\b|\b1[69] 9\b"
)
_RUN = re.compile(r"[a-z]+|\d+")


@dataclass(frozen=True, slots=True)
class Named:
    """A text taken apart as far as it names a model."""

    compact: str  # letters and digits
    tokens: tuple[str, ...]
    numbers: frozenset[str]  # runs of two digits and more
    words: frozenset[str]  # runs of three letters and more that stand alone

    @property
    def cores(self) -> frozenset[str]:
        """Numbers that a model can be told by."""
        return frozenset(n for n in self.numbers if len(n) >= 3)


@lru_cache(maxsize=1 << 15)
def named(text: str, *, of_line: bool = False) -> Named:
    """A model's name taken apart; of a line's text what is no model is left out first.

    >>> sorted(named("Máy tính Dell Opti 3050, Core i3-7100/8GB/SSD 240GB", of_line=True).numbers)
    ['3050']
    """
    plain = fold(text)
    if of_line:
        plain = re.sub(r"(?<=\d)o(?=\d)", "0", " ".join(_NO_MODEL.sub(" ", plain).split()))
    tokens = plain.split()
    runs = [run for token in tokens for run in _RUN.findall(token)]
    return Named(
        compact="".join(tokens),
        tokens=tuple(tokens),
        numbers=frozenset(run for run in runs if run.isdigit() and len(run) >= 2),
        words=frozenset(token for token in tokens if token.isalpha() and len(token) >= 3),
    )


def compare_model(line: Named, model: Named, common: Collection[str] = ()) -> Model:
    """How a line meets a model. `common`: words that tell no series, such as brands and the words for a kind.

    >>> [compare_model(named(text, of_line=True), named("LaserJet 400 M401dn")).name
    ...  for text in ("HP LaserJet Pro 400 M401dn", "HP LJ M401", "HP Laserjet", "HP LaserJet P2055dn", "Máy in")]
    ['FULL', 'NUMBER', 'SERIES', 'OTHER', 'SILENT']
    """
    told = [token for token in model.tokens if any(c.isdigit() for c in token)]
    if not told:
        return _by_words(line, model, common)
    if len(model.compact) >= 4 and _holds(line, model.compact):
        return Model.FULL
    core = max(model.numbers, key=lambda n: (len(n), n), default="")
    joined = "".join(told)
    if not core:  # "C2KE": single digits
        return Model.FULL if len(joined) >= 3 and joined in line.compact else _without_number(line, model, common)
    if core not in line.numbers:
        return _without_number(line, model, common)
    if _holds(line, joined):
        return Model.FULL
    rest = {n for n in model.numbers if n != core}
    others = {n for n in line.numbers if n != core}
    if len(core) >= 3 and rest and others and not rest & others and _variant(line, model, core):
        return Model.SIBLING
    if all(_holds(line, token) for token in told):
        return Model.FULL
    return Model.NUMBER


def _holds(line: Named, token: str) -> bool:
    """The line has this word of a model, also where it is typed apart or together with its neighbours."""
    if token in line.tokens:
        return True
    if len(token) < 3:
        return False
    at = line.compact.find(token)
    while at >= 0:
        before, after = line.compact[at - 1 : at], line.compact[at + len(token) : at + len(token) + 1]
        if not (token[0].isdigit() and before.isdigit()) and not (token[-1].isdigit() and after.isdigit()):
            return True
        at = line.compact.find(token, at + 1)
    return False


def _variant(line: Named, model: Named, core: str) -> bool:
    """Behind the number stands a second one in both, and it differs: 2530-24G, 2530-48G."""
    behind = re.compile(core + r"[a-z]*(\d{2,})")
    a, b = behind.search(line.compact), behind.search(model.compact)
    return a is not None and b is not None and a[1] != b[1]


def _without_number(line: Named, model: Named, common: Collection[str]) -> Model:
    if line.cores:
        return Model.OTHER
    return Model.SERIES if _shares_word(line, model, common) else Model.SILENT


def _by_words(line: Named, model: Named, common: Collection[str]) -> Model:
    """A model without digits, "UAP-AC-Pro": all its words, all but what stands before them, some, none."""
    own = [token for token in model.tokens if token not in common]
    if not own:
        return Model.SILENT
    if len(model.compact) >= 5 and model.compact in line.compact:
        return Model.FULL
    there = [token in line.tokens for token in own]
    if all(there) or (len(own) > 2 and all(there[1:])):
        return Model.FULL if len("".join(own)) >= 5 else Model.SERIES
    if len(own) > 2 and any(there[1:]):
        return Model.SIBLING
    return Model.SERIES if _shares_word(line, model, common) else Model.SILENT


def _shares_word(line: Named, model: Named, common: Collection[str]) -> bool:
    own = [word for word in model.words if word not in common]
    return any(
        word in line.words or (len(word) >= 6 and any(len(w) >= 5 and fuzz.ratio(word, w) >= 85 for w in line.words))
        for word in own
    )


# -- names of people and hosts ---------------------------------------------------------------------------------------------


def host(text: str | None) -> str | None:
    """A host's name as compared: without domain, marks and case; None for what is too short, or nobody's.

    >>> host("PC-KeToan-01.xuanhoa.local"), host("localhost")
    ('pcketoan01', None)
    """
    label = (text or "").strip()
    if not re.fullmatch(r"\d+(\.\d+){3}", label):
        label = label.split(".")[0]
    plain = fold(label).replace(" ", "")
    return plain if len(plain) >= 4 and plain not in _NOBODY else None


_NOBODY = frozenset(
    {"localhost", "unknown", "default", "none", "router", "switch", "printer", "ubnt", "mikrotik", "windows", "linux"}
)


@lru_cache(maxsize=1 << 14)
def signatures(user: str) -> frozenset[str]:
    """How a person's name stands in the name of a machine.

    >>> sorted(signatures("Nguyễn Văn An"))
    ['annguyen', 'annv', 'anvannguyen', 'nguyenvanan', 'nvan', 'vanan']
    """
    words = re.sub(r"\b(?:ong|ba|anh|chi|d c|dong chi|mr|mrs|ms)\b", " ", fold(user)).split()
    if not 2 <= len(words) <= 5 or not all(word.isalpha() for word in words):
        return frozenset()
    given, initials = words[-1], "".join(word[0] for word in words[:-1])
    made = {
        "".join(words),
        given + initials,
        initials + given,
        given + words[0],
        given + "".join(reversed(words[:-1])),
        "".join(words[-2:]),
    }
    return frozenset(name for name in made if len(name) >= 4)


def tokens_of_host(text: str) -> frozenset[str]:
    """Words of a host's name by which a person can be told: "PC-NVAN" -> pc, nvan."""
    return frozenset(re.findall(r"[a-z]{3,}", fold(text)))
