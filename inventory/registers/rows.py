"""What a row of a table is, when it is no asset: a total, a group that holds for the rows beneath, a signature. By its words."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from inventory import yaml_files
from inventory.folding import fold

#: "Tổng đài" is a telephone exchange, "Cổng" a port: marks count where they are written.
_TOTAL = re.compile(
    r"(?:tổng\s*(?:cộng|số|hợp|giá trị|nguyên giá|tiền|sản lượng|tài sản|thành tiền)?|cộng|cộng dồn|lũy kế|luỹ kế|số cộng"
    r"|(?:số )?(?:trang trước )?(?:mang|chuyển) sang|chuyển sang trang sau|cộng chuyển sang|cộng mang sang"
    r"|tc|total|grand total|subtotal|sub-total|sum)"
    r"(?=\s*(?:$|[:.\-–(=\d]|cộng|\())"
)
_TOTAL_BEFORE = re.compile(r"(?:tổng cộng|tổng số|cộng|tổng giá trị|total)\s")
_PLAIN_TOTAL = re.compile(
    r"(?:tong(?: (?:cong|so|gia tri|tien|nguyen gia))?|cong|t cong|tc)(?: *(?:$|\d|\())"
    r"|(?:so )?trang truoc (?:mang|chuyen) sang|(?:mang|chuyen) sang trang|tong cong |tong so |cong (?:trang|nhom|muc|phan|dong) "
)
_ENUMERATION = re.compile(r"^\s*(?:[IVXLC]{1,5}|[A-ZĐ]|\d{1,2}(?:\.\d{1,2})*)\s*[.)/:\-–]\s*", re.IGNORECASE)
_DATED = re.compile(r"(?:^|[,.…]\s*)ngày\s*[\d.…_]*\s*tháng\s*[\d.…_]*\s*năm", re.IGNORECASE)
_PLAIN_DATED = re.compile(r"\bngay (?:\d+ )?thang (?:\d+ )?nam\b")


_SORT = re.compile(
    r"(?:cac |nhom |loai )?(?:thiet bi|tai san|may moc|cong cu|dung cu|phuong tien|nha cua|vat kien truc|tscd|ccdc)"
    r"(?: [a-z]+){0,6}"
)


@cache
def _words() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    told: dict[str, Any] = yaml_files.read(Path(__file__).with_name("rows.yaml"))
    signatures = re.compile(rf"(?:{'|'.join(map(re.escape, told['signatures']))})\b")
    marked, plain = (re.compile(rf"(?:{'|'.join(words)})\b") for words in (told["places"], map(fold, told["places"])))
    return signatures, marked, plain


def is_total(text: str) -> bool:
    """Whether a text names a row of totals.

    >>> is_total("Tổng cộng:"), is_total("CỘNG"), is_total("Cong"), is_total("Tổng đài điện thoại"), is_total("Cổng kết nối")
    (True, True, True, False, False)
    """
    said = unicodedata.normalize("NFC", text).lower().strip(" *-–")
    if said.isascii():
        return bool(_PLAIN_TOTAL.match(fold(said)) or _TOTAL.match(said))
    return bool(_TOTAL.match(said) or _TOTAL_BEFORE.match(said))


def is_signature(text: str) -> bool:
    """Whether a text stands where people sign."""
    return bool(_words()[0].match(fold(text)) or _DATED.search(text) or _PLAIN_DATED.search(fold(text)))


def is_place(text: str) -> bool:
    """Whether a text names a room or a part of an office."""
    said = unicodedata.normalize("NFC", text).lower().strip()
    return bool(_words()[2].match(fold(said)) if said.isascii() else _words()[1].match(said))


def is_sort(text: str) -> bool:
    """Whether a text names a sort of things and no thing: "Thiết bị mạng", "Tài sản khác"."""
    return bool(_SORT.fullmatch(fold(text)))


def without_number(text: str) -> str:
    """A heading of a group without its number: "A. Máy vi tính", "II/ Máy in"."""
    return _ENUMERATION.sub("", text).strip()


def is_group_number(text: str) -> bool:
    """Whether a number is one of groups: I, II, A, B."""
    return re.fullmatch(r"\(?(?:[IVXLC]{1,5}|[A-ZĐ])[.)/]*", text.strip()) is not None
