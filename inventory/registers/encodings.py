"""Text in the codes that Vietnamese offices typed in before Unicode, and still do.

In a workbook such text stands as letters of Western Europe, made Vietnamese by a font: "Tµi s¶n cè ®Þnh" in .VnTime, "Taøi saûn
coá ñònh" in VNI-Times. Which code a cell is in is decided by what reading it so makes of it: syllables of Vietnamese, or none.
What is as good in two codes ("cò": a heron, and "cũ" in TCVN3) is read as the cells around it.

Sources: TCVN 5712:1993, VN3 (the code of the .Vn fonts); the layout of the VNI Windows fonts, where a mark is a letter behind its
vowel; Windows code page 1258.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from inventory import yaml_files
from inventory.registers.syllables import is_syllable


class Code(StrEnum):
    UNICODE = "unicode"
    TCVN3 = "tcvn3"
    VNI = "vni"
    CP1258 = "cp1258"  # read as Western: "taÌi saÒn"
    UTF8 = "utf8"  # read as Western: "tÃ i sáº£n"


# -- TCVN3: one letter, one octet; capitals with a tone are capitals of the font only --------------------------------------


def _tcvn3() -> dict[int, str]:
    runs = {
        0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
        0xB5: "àảãáạ",
        0xBB: "ằẳẵắ",
        0xC6: "ặầẩẫấậè",
        0xCE: "ẻẽéẹềểễếệìỉ",
        0xDC: "ĩíịò",
        0xE1: "ỏõóọồổỗốộờởỡớợù",
        0xF1: "ủũúụừửữứựỳỷỹýỵ",
    }
    return {first + i: letter for first, letters in runs.items() for i, letter in enumerate(letters)}


TCVN3: Mapping[int, str] = _tcvn3()
_TO_TCVN3 = {letter: chr(octet) for octet, letter in TCVN3.items()}


def from_tcvn3(text: str) -> str:
    """TCVN3 that stands as Western letters, as Unicode. Where every plain letter is a capital, so is what the font made one."""
    decoded = text.translate(TCVN3)
    plain = [c for c in text if c.isascii() and c.isalpha()]
    return decoded.upper() if len(plain) > 1 and all(c.isupper() for c in plain) else decoded


def to_tcvn3(text: str) -> str:
    """The other way; a capital with a tone becomes small, as TCVN3 has none."""
    text = unicodedata.normalize("NFC", text)
    return "".join(_TO_TCVN3.get(c) or _TO_TCVN3.get(c.lower(), c) for c in text)


# -- VNI: a vowel and, behind it, a letter that stands for its marks -------------------------------------------------------


def _vni() -> dict[str, str]:
    acute, grave, hook, tilde, dot, breve, circumflex = "\u0301\u0300\u0309\u0303\u0323\u0306\u0302"
    tones = dict(zip("ùøûõï", (acute, grave, hook, tilde, dot), strict=True))
    on_breve = dict(zip("éèúüë", (acute, grave, hook, tilde, dot), strict=True))
    on_circumflex = dict(zip("áàåãä", (acute, grave, hook, tilde, dot), strict=True))
    pairs = {vowel + mark: vowel + tone for vowel in "aeouy" for mark, tone in tones.items()}
    pairs |= {"ô" + mark: "ơ" + tone for mark, tone in tones.items()} | {"ö" + mark: "ư" + tone for mark, tone in tones.items()}
    pairs |= {"aê": "a" + breve} | {"a" + mark: "a" + breve + tone for mark, tone in on_breve.items()}
    pairs |= {vowel + "â": vowel + circumflex for vowel in "aeo"}
    pairs |= {vowel + mark: vowel + circumflex + tone for vowel in "aeo" for mark, tone in on_circumflex.items()}
    pairs |= {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
    small = {written: unicodedata.normalize("NFC", letter) for written, letter in pairs.items()}
    large: dict[str, str] = {}
    for written, letter in small.items():
        for spelled in {written.upper(), written[0].upper() + written[1:]}:
            large[spelled] = letter.upper()
    return small | large


VNI: Mapping[str, str] = _vni()
_VNI_WRITTEN = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))
_TO_VNI = {
    letter: written for written, letter in VNI.items() if len(written) == 1 or written[1:].isupper() == written[0].isupper()
}


def from_vni(text: str) -> str:
    """VNI that stands as Western letters, as Unicode."""
    return _VNI_WRITTEN.sub(lambda found: VNI[found[0]], text)


def to_vni(text: str) -> str:
    """The other way."""
    return "".join(_TO_VNI.get(c, c) for c in unicodedata.normalize("NFC", text))


# -- what was decoded as Western by mistake --------------------------------------------------------------------------------


def _octets(text: str) -> bytes:
    """What Western letters were before they were decoded: Windows 1252, its five gaps as Latin-1 has them."""
    return b"".join(c.encode("cp1252") if c not in _GAPS else c.encode("latin-1") for c in text)


_GAPS = frozenset("\x81\x8d\x8f\x90\x9d")
_WESTERN = frozenset(map(chr, range(256))) | frozenset(bytes(range(0x80, 0xA0)).decode("cp1252", "ignore"))


def western(octets: bytes) -> str:
    """Octets as Western letters: every octet is one."""
    return "".join(octets[i : i + 1].decode("cp1252" if chr(octets[i]) not in _GAPS else "latin-1") for i in range(len(octets)))


def _recoded(text: str, codec: str) -> str:
    try:
        return unicodedata.normalize("NFC", _octets(text).decode(codec))
    except UnicodeError:
        return text


READERS: Mapping[Code, Callable[[str], str]] = {
    Code.UNICODE: lambda text: unicodedata.normalize("NFC", text),
    Code.TCVN3: from_tcvn3,
    Code.VNI: from_vni,
    Code.CP1258: lambda text: _recoded(text, "cp1258"),
    Code.UTF8: lambda text: _recoded(text, "utf-8"),
}

# -- which code -------------------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W\d_]+")
#: Signs that are no letters but may stand in Unicode text, or stand for nothing in the old codes.
_HARMLESS = frozenset("\u00a0°±²³×–—‘’“”„•…«»·€")
_TRAILING = frozenset("®©™§")  # harmless unless a letter follows


_CONSONANTS = frozenset("bcdđfghjklmnpqrstvwxz")


@lru_cache(maxsize=65536)
def candidates(text: str) -> tuple[Code, ...]:
    """The codes in which a text makes most sense; UNICODE alone for what is not Western letters, all for plain ASCII.

    A code is as good as the words with marks that it makes syllables, less the words that it makes none of.
    """
    if text.isascii():
        return tuple(Code)
    if any(c not in _WESTERN for c in text):
        return (Code.UNICODE,)
    scores = {code: _sense(reader(text)) for code, reader in READERS.items()}
    best = max(scores.values())
    return tuple(code for code, score in scores.items() if score == best)


def _sense(text: str) -> int:
    """Words with marks that are Vietnamese syllables, less twice those that are not and signs that stand inside words."""
    score = 0
    for word in text.split():
        if word.isascii() or any(c.isdigit() for c in word):  # 12µm
            continue
        parts = _WORD.findall(word)
        marked = [part for part in parts if not part.isascii()]
        if len(word) == 1:  # ở, or Ø
            continue
        marked = [part for part in marked if len(part) > 1 and not set(part.lower()) <= _CONSONANTS]  # Đ/c, ĐVT
        good = sum(map(is_syllable, marked))
        strange = sum(not c.isascii() and not c.isalpha() and c not in _HARMLESS for c in word)
        strange -= sum(c in _TRAILING and not after.isalpha() for c, after in itertools.pairwise(word + " "))
        strange += sum(1 for a, b in itertools.pairwise(word) if b in _HARMLESS and b != "\u00a0" and a.isalpha() and a.isascii())
        score += good - 2 * (len(marked) - good) - 2 * strange
    return score


def prevailing(texts: Iterable[str]) -> Code:
    """The code that most of the texts that leave no doubt are in; UNICODE where none does."""
    counts = Counter(found[0] for text in texts if not text.isascii() and len(found := candidates(text)) == 1)
    return counts.most_common(1)[0][0] if counts else Code.UNICODE


_NOT_SHOWN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffe\uffff\ud800-\udfff]"
)


@cache
def _usual() -> frozenset[str]:
    lines: list[str] = yaml_files.read(Path(__file__).with_name("words.yaml"))
    return frozenset(word for line in lines for word in line.split() if not word.isascii())


def vocabulary(texts: Iterable[str]) -> frozenset[str]:
    """The words with marks of the texts that leave no doubt of their code, and usual ones, in Unicode and lower case."""
    sure = ((text, candidates(text)) for text in texts if not text.isascii())
    said = (READERS[codes[0]](text).lower() for text, codes in sure if len(codes) == 1)
    return _usual() | {word for text in said for word in _WORD.findall(text) if not word.isascii()}


def decode(text: str, around: Code, known: frozenset[str] = frozenset()) -> tuple[str, Code]:
    """A cell's text as Unicode in NFC, and the code that it was in.

    Where the text alone leaves a choice the reading with most words that are `known` from the other texts is taken ("Cái", not
    "Cỏi"), else the one in the code `around`.
    """
    if text.isascii():
        return _NOT_SHOWN.sub("", text), Code.UNICODE
    possible = candidates(text)
    if len(possible) > 1:
        words = {code: sum(word in known for word in _WORD.findall(READERS[code](text).lower())) for code in possible}
        possible = tuple(code for code in possible if words[code] == max(words.values()))
    code = around if around in possible else possible[0]
    return _NOT_SHOWN.sub("", READERS[code](text)), code


@lru_cache(maxsize=1024)
def of_font(font: str) -> Code | None:
    """The code that a font's name tells: .VnTime and its family TCVN3, VNI-Times and its family VNI."""
    name = font.strip().lower()
    return Code.TCVN3 if name.startswith(".vn") else Code.VNI if name.startswith("vni") else None


def text_of(octets: bytes) -> tuple[str, str]:
    """The text of a file without a format, and the name of its code; what is not Unicode comes as Western letters ("western").

    A byte order mark tells; else NULs at every other place tell UTF-16; else what is UTF-8 is UTF-8.
    """
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if octets.startswith(mark):
            return octets[len(mark) :].decode(codec, "replace"), codec
    sample = octets[:4096]
    if sample.count(0) * 10 > len(sample):  # other text has none
        little = sample[1::2].count(0) >= sample[0::2].count(0)
        codec = "utf-16-le" if little else "utf-16-be"
        return octets.decode(codec, "replace"), codec
    try:
        return octets.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return western(octets), "western"
