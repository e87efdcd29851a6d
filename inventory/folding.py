"""Vietnamese text without what people spell differently: marks, case, punctuation. For comparing, never for showing."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

#: Letters with a bar are letters of their own to Unicode. The Icelandic and the African one look the same in capitals and
#: are typed in place of Đ.
_BARRED = str.maketrans(dict.fromkeys("đðɖ", "d"))


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Lower case, without marks, đ as d, every run of anything but letters and digits one blank, none at the ends.

    Both places of the tone mark (hoà, hòa), both normal forms and full-width letters become equal by that.

    >>> fold("Ủy ban nhân dân xã Xuân Hoà (cũ)"), fold("ĐƠN-VỊ  SỬ DỤNG:")
    ('uy ban nhan dan xa xuan hoa cu', 'don vi su dung')
    """
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).lower())
    letters = "".join(c for c in apart if not unicodedata.combining(c)).translate(_BARRED)
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())
