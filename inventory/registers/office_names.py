"""Which office a text of a register means: without marks, prefixes and usual abbreviations. What may mean two is nobody's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from inventory.folding import fold
from inventory.offices import Office, Offices

#: What abbreviations stand for; folded, whole words, the longer first.
_ABBREVIATIONS = {
    "vp hdnd ubnd": "van phong hdnd ubnd",
    "hoi dong nhan dan": "hdnd",
    "uy ban nhan dan": "ubnd",
    "u b n d": "ubnd",
    "ub": "ubnd",
    "uy ban": "ubnd",
    "vp": "van phong",
    "vpub": "van phong ubnd",
    "t tran": "thi tran",
    "ttr": "thi tran",
    "ttyt": "trung tam y te",
    "tt y te": "trung tam y te",
    "tyt": "tram y te",
    "tc kh": "tai chinh ke hoach",
    "tckh": "tai chinh ke hoach",
    "cn": "chi nhanh",
    "dk": "dang ky",
    "lt": "luu tru",
    "ca": "cong an",
    "dkdd": "dang ky dat dai",
    "vpdk": "van phong dang ky",
    "vpdkdd": "van phong dang ky dat dai",
    "thcs": "trung hoc co so",
    "thpt": "trung hoc pho thong",
    "mn": "mam non",
}
#: Levels of offices and their abbreviations. "tt" is read as a level only where something named follows.
_LEVELS = {
    "x": "xa",
    "xa": "xa",
    "p": "phuong",
    "ph": "phuong",
    "phuong": "phuong",
    "tt": "thi tran",
    "thi tran": "thi tran",
    "h": "huyen",
    "huyen": "huyen",
    "q": "quan",
    "quan": "quan",
    "tp": "thanh pho",
    "thanh pho": "thanh pho",
    "tx": "thi xa",
    "thi xa": "thi xa",
    "t": "tinh",
    "tinh": "tinh",
}
_LEVEL_WORDS = frozenset(_LEVELS.values())
_UPPER = frozenset(("huyen", "quan", "thanh pho", "thi xa", "tinh"))  # an inventory has one of these, and many below
#: Levels that end a name as well: "UBND huyện".
_LAST = frozenset(("huyen", "tinh", "xa", "phuong"))
#: Words that do not tell offices apart.
_FILLING = frozenset(("va", "cua", "cu", "moi", "don", "vi", "co", "quan", "tru", "so", "the", "of"))
_COMMITTEE = frozenset(("ubnd", "hdnd"))
_HEAD = re.compile(
    r"^\s*(?:đơn vị(?: sử dụng| quản lý)?|tên đơn vị|cơ quan|nơi sử dụng|don vi(?: su dung)?|ten don vi)\s*[:\-]\s*",
    re.IGNORECASE,
)


class OfficeNames:
    """Finds offices by what registers call them."""

    def __init__(self, offices: Offices | Iterable[Office] = ()) -> None:
        self._offices = tuple(offices)
        self._codes = {office.code.lower(): office.code for office in self._offices}
        self._names = [(name, office.code) for office in self._offices for name in (office.name_vi, office.name_en) if name]
        self._read = [(_Name(name), name, code) for name, code in self._names]
        self.find = lru_cache(maxsize=16384)(self._find)

    def __len__(self) -> int:
        return len(self._offices)

    def begun(self, text: str) -> str | None:
        """The office whose name begins with a text that was cut off, as names of sheets are after 31 letters."""
        plain = fold(text)
        codes = {code for name, code in self._names if plain and fold(name).startswith(plain)}
        return codes.pop() if len(codes) == 1 else None

    def _find(self, text: str) -> str | None:
        """Code of the office that a text means; None where it means none that is known, or may mean two.

        By code, by name, by name without its level ("Xuân Hòa" is "Xã Xuân Hòa", a "phường Xuân Hòa" is not), by the words of the
        name that one office alone has ("VP HĐND-UBND huyện").
        """
        text = _HEAD.sub("", text)
        said = _Name(text)
        if not said.words:
            return None
        if (code := self._codes.get(text.strip().lower())) is not None:
            return code
        for same in (_equal, _same_core, _begins_with, _part_of):
            codes = {code for name, _, code in self._read if same(said, name)}
            if len(codes) > 1:
                codes = {code for name, written, code in self._read if same(said, name) and _marks_agree(text, written)} or codes
            if codes and same is _same_core and not said.level:  # "Lập Thạch": the town or the district?
                codes |= {code for name, _, code in self._read if name.level and name.words[-len(said.core) :] == said.core}
            if codes:
                return codes.pop() if len(codes) == 1 else None
        return None


class _Name:
    """A name of an office, read: its words, its level (xã, huyện), its core (what is left)."""

    def __init__(self, text: str) -> None:
        plain = fold(re.sub(r"\([^)]*\)", " ", text)) or fold(text)
        for short, whole in _ABBREVIATIONS.items():
            plain = re.sub(rf"\b{short}\b", whole, plain)
        plain = re.sub(r"\b(?:hdnd va ubnd|hdnd ubnd|ubnd va hdnd)\b", "hdnd ubnd", plain)
        self.level = ""
        words = plain.split()
        read: list[str] = []
        place = 0
        while place < len(words):
            pair = " ".join(words[place : place + 2])
            level = _LEVELS.get(pair) or _LEVELS.get(words[place])
            named = place + (2 if pair in _LEVELS else 1) < len(words)
            if level is not None and (named or words[place] in _LAST) and not (words[place] == "quan" and read):
                place += 2 if pair in _LEVELS else 1
                self.level = self.level or level
                read.append(level.replace(" ", "_"))
                continue
            read.append(words[place])
            place += 1
        self.words = tuple(_spelled(word) for word in read if word not in _FILLING or len(read) == 1)
        levels = {level.replace(" ", "_") for level in _LEVEL_WORDS}
        self.core = tuple(word for word in self.words if word not in levels and word not in _COMMITTEE)
        self.without_committee = tuple(word for word in self.words if word not in _COMMITTEE) or self.words


def _spelled(word: str) -> str:
    """Mỹ and Mĩ, Lý and Lí are one word."""
    return word[:-1] + "i" if word.endswith("y") and len(word) > 1 and word[-2] not in "auâ" else word


def _equal(said: _Name, name: _Name) -> bool:
    return said.words == name.words or said.without_committee == name.without_committee


def _same_core(said: _Name, name: _Name) -> bool:
    return bool(said.core) and said.core == name.core and (not said.level or not name.level or said.level == name.level)


def _begins_with(said: _Name, name: _Name) -> bool:
    """A name, and behind it where it lies: "UBND xã Xuân Hòa, huyện Lập Thạch"."""
    whole, part = said.without_committee, name.without_committee
    return len(name.core) > 1 and len(part) < len(whole) and whole[: len(part)] == part


def _part_of(said: _Name, name: _Name) -> bool:
    """Several words of a longer name, in its order: "VP HĐND-UBND huyện", "Phòng TC-KH"."""
    if len(said.words) < 2 or len(said.words) >= len(name.words) or not (said.core or said.level in _UPPER):
        return False
    rest = iter(name.words)
    return all(word in rest for word in said.words)


def _marks_agree(one: str, other: str) -> bool:
    """Whether two texts that differ in marks at most could be the same when their marks count."""
    return _marked(one) <= _marked(other) or _marked(other) <= _marked(one)


def _marked(text: str) -> set[str]:
    """Words with their marks, wherever the tone is placed."""
    return {
        "".join(sorted(unicodedata.normalize("NFD", word)))
        for word in re.findall(r"\w+", unicodedata.normalize("NFC", text.lower()))
    }


def names_itself(text: str) -> bool:
    """Whether a line says whose register this is: "Đơn vị: …"."""
    return bool(_HEAD.match(text))


#: What begins the name of an office, and nothing that lies inside of one. With marks: "phương
#: tiện" is no ward, "số" no department.
_BEGINNINGS = (
    r"(?:(?:ubnd|hđnd|ủy ban|uỷ ban|vp hđnd|vp ubnd|văn phòng hđnd|văn phòng ubnd)\b"
    r"|(?:x|xã|phường(?! tiện)|thị trấn|tt|huyện|quận|thành phố|tp|thị xã)[ .]+\w"
    r"|trường (?:thcs|thpt|tiểu học|mầm non|th)\b|trạm y tế|trung tâm|ban quản lý|chi cục|chi nhánh|sở "
    r"|tòa án|toà án|viện kiểm sát|công an|hạt kiểm lâm)"
)
_BEGINS = re.compile(_BEGINNINGS)
_BEGINS_PLAIN = re.compile(
    "".join("d" if c == "đ" else c for c in unicodedata.normalize("NFD", _BEGINNINGS) if not unicodedata.combining(c))
)


def like_office(text: str) -> bool:
    """Whether a text that no office is known by begins as the name of an office does."""
    plain = unicodedata.normalize("NFC", _HEAD.sub("", text).strip().lower())
    return bool((_BEGINS_PLAIN if plain.isascii() else _BEGINS).match(plain))
