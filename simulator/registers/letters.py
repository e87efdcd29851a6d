"""How Vietnamese text was kept before Unicode, and still is in files that somebody carries on from year to year.

TCVN3 (fonts .VnTime, .VnArial): one byte a letter; capitals with marks have no code and are typed small in a capital font.
VNI (VNI-Times): the vowel, then a letter that shows as its marks. Files keep both as letters of Windows-1252.
Sources: TCVN 5712:1993 (VN3), and the VNI character table that VNI Software published.
"""

from __future__ import annotations

import unicodedata

_SMALL = "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđ"
_TCVN3_CODES = bytes.fromhex(
    "b5b6b7b8b9a8bbbcbdbec6a9c7c8c9cacbcccecfd0d1aad2d3d4d5d6d7d8dcdddedfe1e2e3e4abe5e6e7e8e9ac"
    "eaebecedeeeff1f2f3f4adf5f6f7f8f9fafbfcfdfeae"
)
_TCVN3 = dict(zip(_SMALL, _TCVN3_CODES.decode("latin-1"), strict=True))
_TCVN3 |= dict(zip("ĂÂÊÔƠƯĐ", bytes.fromhex("a1a2a3a4a5a6a7").decode("latin-1"), strict=True))

#: Marks after the vowel: grave, hook, tilde, acute, dot; and with a circumflex or a breve in one letter.
_TONES = dict(zip("\u0300\u0309\u0303\u0301\u0323", "øûõùï", strict=True))
_ROOF = dict(zip(("", *"\u0300\u0309\u0303\u0301\u0323"), "âàåãáä", strict=True))
_BREVE = dict(zip(("", *"\u0300\u0309\u0303\u0301\u0323"), "êèúüéë", strict=True))
_OWN = {"đ": "ñ", "ơ": "ô", "ư": "ö", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "í": "í", "ị": "ò", "ỵ": "î"}


def tcvn3(text: str) -> str:
    """Text in TCVN3, as Windows-1252 letters; capitals with a tone become small, as they were typed."""
    return "".join(_TCVN3.get(c) or _TCVN3.get(c.lower(), c) for c in unicodedata.normalize("NFC", text))


def through_tcvn3(text: str) -> str:
    """What can be read again of text in TCVN3: capitals with a tone have become small."""
    return "".join(c.lower() if c not in _TCVN3 and c.lower() in _TCVN3 else c for c in unicodedata.normalize("NFC", text))


def vni(text: str) -> str:
    """Text in VNI, as Windows-1252 letters."""
    return "".join(_vni(c) for c in unicodedata.normalize("NFC", text))


def _vni(letter: str) -> str:
    small = letter.lower()
    if small in _OWN:
        return _as_case(_OWN[small], letter)
    if small not in _SMALL:
        return letter
    base, *marks = list(unicodedata.normalize("NFD", small))
    tone = next((m for m in marks if m in _TONES), "")
    if "\u0302" in marks:
        return _as_case(base + _ROOF[tone], letter)
    if "\u0306" in marks:
        return _as_case(base + _BREVE[tone], letter)
    head = _OWN[unicodedata.normalize("NFC", base + "\u031b")] if "\u031b" in marks else base
    return _as_case(head + (_TONES[tone] if tone else ""), letter)


def _as_case(text: str, letter: str) -> str:
    return text.upper() if letter.isupper() else text


def without_marks(text: str) -> str:
    """ "Máy tính để bàn" -> "May tinh de ban"."""
    bare = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(c for c in bare if not unicodedata.combining(c))


def spread(text: str) -> str:
    """The decomposed form (NFD), as some Macs and old web forms leave it."""
    return unicodedata.normalize("NFD", text)
