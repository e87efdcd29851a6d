"""Whether letters are a Vietnamese syllable: how text in the wrong code is told from text in the right one."""

from __future__ import annotations

import unicodedata

_ONSETS = ("", *"bcdđghklmnprstvx", "ch", "gh", "gi", "kh", "ng", "ngh", "nh", "ph", "qu", "th", "tr")
#: Rhymes without tone: nuclei by the endings that they take. After q the u belongs to the onset, after g the i may.
_RHYMES = {
    "": "a e ê i o ô ơ u ư y ia ua ưa oa oe uê uơ uy uya yêu",
    "c": "a ă â e iê o ô oă oa u uô ư ươ yê oo",
    "ch": "a ê i oa uê uy",
    "i": "a o ô ơ u ư uô ươ oa",
    "m": "a ă â e ê i iê o ô ơ u uô ư ươ yê oa oă uâ",
    "n": "a ă â e ê i iê o ô ơ oa oă oe u uâ uô uy uyê ư ươ yê",
    "ng": "a ă â e iê o ô oa oă u uô ư ươ uâ yê oo",
    "nh": "a ê i oa uê uy y",
    "o": "a e oa oe",
    "p": "a ă â e ê i iê o ô ơ u ư ươ oa uy yê",
    "t": "a ă â e ê i iê o ô ơ oa oă oe u uâ uô uy uyê ư ươ yê y",
    "u": "a â ê i iê ư ươ yê oa uy",
    "y": "a â oa uâ",
}
_STOPS = ("c", "ch", "p", "t")
_ACUTE, _DOT = "\u0301", "\u0323"
_TONES = frozenset(("\u0300", _ACUTE, "\u0303", "\u0309", _DOT))
_SYLLABLES = {
    onset + nucleus + end: end in _STOPS for end, nuclei in _RHYMES.items() for nucleus in nuclei.split() for onset in _ONSETS
}


def is_syllable(word: str) -> bool:
    """Whether a word in any case, NFC or NFD, can be written in Vietnamese; closed by a stop it takes two tones only.

    >>> is_syllable("Nghiệm"), is_syllable("quỹ"), is_syllable("TÀI"), is_syllable("cét"), is_syllable("cèt"), is_syllable("s¶n")
    (True, True, True, True, False, False)
    """
    letters: list[str] = []
    tones: list[str] = []
    for sign in unicodedata.normalize("NFD", word.lower()):
        (tones if sign in _TONES else letters).append(sign)
    plain = unicodedata.normalize("NFC", "".join(letters))
    stopped = _SYLLABLES.get(plain)
    if stopped is None or len(tones) > 1:
        return False
    return not stopped or not tones or tones[0] in (_ACUTE, _DOT)
