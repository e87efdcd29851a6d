"""What a cell says as a date, a quantity, an amount, an address, a serial number. Pure; a value that cannot be is `Refused`.

A blank, and what people write in place of one ("-", "không có", "N/A"), is None: nothing was said, nothing is refused.
"""

from __future__ import annotations

import calendar
import datetime
import ipaddress
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from inventory.folding import fold
from inventory.hardware_addresses import is_station
from inventory.junk import is_junk_serial
from inventory.registers.files.cells import Cell, Fault
from inventory.registers.files.formats import date_of
from inventory.sentences import pack


class Refused(NamedTuple):
    """A value that cannot be, and why: packed."""

    reason: str


#: Words in place of a value, folded.
_NOTHING = frozenset(
    (
        *("", "khong", "khong co", "ko", "ko co", "k co", "chua co", "khong ro", "ko ro", "chua ro", "khong biet", "trong"),
        *("khong xac dinh", "chua xac dinh", "mat tem", "mo", "bi mo", "khong doc duoc", "khong doc ro", "bo trong", "n a", "na"),
        *("none", "null", "nil", "unknown", "x", "xx", "xxx", "khong ghi", "khong thay", "chua cap nhat", "dang cap nhat"),
    )
)
_EARLIEST = 1975  # no office has older computing equipment
_AHEAD = 15  # years that a warranty may still run


def blank(cell: Cell | None) -> bool:
    """Whether a cell says nothing."""
    return cell is None or (type(cell.value) is str and fold(cell.text) in _NOTHING)


def text(cell: Cell | None) -> str | Refused | None:
    """Text on one line."""
    if cell is None or blank(cell):
        return None
    return _fault(cell) or " ".join(cell.text.split())


def _fault(cell: Cell) -> Refused | None:
    if not isinstance(cell.value, Fault):
        return None
    if cell.value is Fault.NOT_WORKED_OUT:
        return Refused(pack("detail.register_formula"))
    if cell.value is Fault.OPEN_QUOTE:
        return Refused(pack("detail.register_open_quote"))
    return Refused(pack("detail.register_fault", fault=cell.value.value))


# -- dates -----------------------------------------------------------------------------------------------------------------

_YEAR = r"(?P<y>(?:19|20)\d\d)"
_ANY_YEAR = r"(?P<y>(?:19|20)\d\d|\d\d)"
_BETWEEN = r"\s*[./\-\s,]\s*"
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<d>\d\d?){_BETWEEN}(?P<m>\d\d?){_BETWEEN}{_ANY_YEAR}",
        rf"{_YEAR}{_BETWEEN}(?P<m>\d\d?){_BETWEEN}(?P<d>\d\d?)",
        rf"{_YEAR}(?P<m>\d\d)(?P<d>\d\d)",
        rf"(?:ngay )?(?P<d>\d\d?) ?(?:thang|th|t) ?(?P<m>\d\d?)(?:[,/ ]*(?:nam|n)? ?|/){_YEAR}",
        rf"(?:thang|thg|th|t)?[ .]*(?P<m>\d\d?) ?(?:[./\-]|nam|n|,| ) ?{_YEAR}",
        rf"(?:thang|thg|th|t)[ .]*(?P<m>\d\d?) ?(?:[./\-]|nam) ?{_ANY_YEAR}",
        rf"{_YEAR} ?[./\-] ?(?P<m>\d\d?)",
        rf"(?:(?P<d>\d\d?)[ \-])?(?P<name>[a-z]{{3}})[a-z]*\.?[ ,\-]*{_ANY_YEAR}",
        rf"(?:quy|q) ?(?P<q>iii|ii|iv|i|[1-4]) ?(?:[./\-]|nam|,)? ?{_YEAR}",
        rf"(?:quy|q) ?(?P<q>iii|ii|iv|i|[1-4]) ?(?:[./\-]) ?{_ANY_YEAR}",
        rf"(?:nam|n|nam sx|nam sd)?[ .:]*{_YEAR}",
    )
)
_TIME_OF_DAY = re.compile(r"[ t]\d\d?:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[ap]m|z)?$")
_ABOUT = re.compile(r"^(?:khoang|~|≈|c\.|k/)\s*|\s*\(?\?\)?$")


def day(cell: Cell | None, today: datetime.date, may_be_ahead: bool = False) -> str | Refused | None:
    """An ISO day, month or year, as exactly as it was written; a quarter is its year.

    Days of 1975 to `today`; `may_be_ahead`: or 15 years later, for warranties.
    """
    if cell is None or blank(cell):
        return None
    if (refused := _fault(cell)) is not None:
        return refused
    said = cell.value
    if isinstance(said, bool | datetime.time):
        return Refused(pack("detail.register_no_date"))
    if isinstance(said, datetime.date):
        if said.year == 1905 and _EARLIEST <= (year := _serial_of(said)) <= today.year:
            return str(year)  # a bare year in the format of a date
        return _checked(said.year, said.month, said.day, today, may_be_ahead)
    if isinstance(said, int | float):
        return _of_number(said, today, may_be_ahead)
    return _day_said(cell.text, today, may_be_ahead)


def _serial_of(said: datetime.date) -> int:
    return (said - datetime.date(1899, 12, 30)).days


def _of_number(said: float, today: datetime.date, may_be_ahead: bool) -> str | Refused:
    if said == int(said) and 1000 <= said < 3000:
        return _checked(int(said), None, None, today, may_be_ahead)
    if said == int(said) and 19_000_000 <= said < 21_000_000:
        return _checked(int(said) // 10_000, int(said) // 100 % 100, int(said) % 100, today, may_be_ahead)
    if said == int(said) and 0 < said < 1000:
        return Refused(pack("detail.register_no_date"))
    found = date_of(said) if said < 80_000 else None
    if found is None:
        return Refused(pack("detail.register_no_date"))
    return _checked(found.year, found.month, found.day, today, may_be_ahead)


@lru_cache(maxsize=65536)
def _day_said(said: str, today: datetime.date, may_be_ahead: bool) -> str | Refused:
    plain = unicodedata.normalize("NFKD", said.lower())
    plain = " ".join("".join(c for c in plain if not unicodedata.combining(c)).replace("đ", "d").split())
    plain = _ABOUT.sub("", _TIME_OF_DAY.sub("", plain)).strip(" .,;:'")
    if re.fullmatch(r"\d{5}(?:[.,]\d+)?", plain):
        return _of_number(float(plain.replace(",", ".")), today, may_be_ahead)
    for pattern in _DATES:
        found = pattern.fullmatch(plain)
        if found is None:
            continue
        parts = found.groupdict()
        year = int(parts["y"]) if len(parts["y"]) == 4 else _century(int(parts["y"]), today)
        if parts.get("q"):
            return _checked(year, None, None, today, may_be_ahead)
        if parts.get("name"):
            if (month := _MONTHS.get(parts["name"])) is None:
                continue
        else:
            month = int(parts["m"]) if parts.get("m") else None
        at = int(parts["d"]) if parts.get("d") else None
        if month is not None and month > 12 and at is not None and at <= 12 and pattern is _DATES[0]:
            month, at = at, month  # month before day: it can be read in no other way
        return _checked(year, month, at, today, may_be_ahead)
    if re.fullmatch(r"\d{4}", plain):
        return _checked(int(plain), None, None, today, may_be_ahead)
    return Refused(pack("detail.register_no_date"))


def _century(year: int, today: datetime.date) -> int:
    return 1900 + year if year > today.year % 100 + _AHEAD else 2000 + year


def _checked(year: int, month: int | None, at: int | None, today: datetime.date, may_be_ahead: bool) -> str | Refused:
    if month is not None:
        try:
            datetime.date(max(year, 1), month, 1 if at is None else at)
        except ValueError:
            return Refused(pack("detail.register_no_such_day"))
    if year < _EARLIEST:
        return Refused(pack("detail.register_too_early", year=_EARLIEST))
    first = datetime.date(year, 1 if month is None else month, 1 if at is None else at)
    if may_be_ahead and year > today.year + _AHEAD:
        return Refused(pack("detail.register_no_such_day"))
    if not may_be_ahead and first > today:
        return Refused(pack("detail.register_ahead"))
    return "-".join(f"{part:02}" for part in (year, month, at) if part is not None)


# -- quantities ------------------------------------------------------------------------------------------------------------

_QUANTITY = re.compile(r"(?P<number>[-+]?\d[\d.,]*)\s*(?:\([^\d()]*\))?\s*(?P<unit>[^\W\d_][^\d,;()+]*)?(?:\([^\d()]*\))?")
_MOST = 99_999


def quantity(cell: Cell | None) -> tuple[int, str | None] | Refused | None:
    """(how many, unit or None): "5 bộ", "02 cái", "5.0", 5.0. Whole and not negative; zero is zero."""
    if cell is None or blank(cell):
        return None
    if (refused := _fault(cell)) is not None:
        return refused
    if isinstance(cell.value, bool | datetime.date | datetime.time):
        return Refused(pack("detail.register_no_quantity"))
    if isinstance(cell.value, int | float):
        return _whole(Decimal(str(cell.value)), None)
    found = _QUANTITY.fullmatch(cell.text.strip())
    number = _number(found["number"]) if found else None
    if found is None or number is None:
        return Refused(pack("detail.register_no_quantity"))
    return _whole(number, (found["unit"] or "").strip(" .") or None)


def _whole(number: Decimal, unit: str | None) -> tuple[int, str | None] | Refused:
    if number != number.to_integral_value() or not 0 <= number <= _MOST:
        return Refused(pack("detail.register_no_quantity"))
    return int(number), unit


def _number(said: str) -> Decimal | None:
    """A number with dots and commas: three digits behind each of them are thousands, anything else decimals.

    >>> _number("12.500.000"), _number("12,5"), _number("1.250,50"), _number("5.0"), _number("1.2.3")
    (Decimal('12500000'), Decimal('12.5'), Decimal('1250.50'), Decimal('5.0'), None)
    """
    said = said.rstrip(".,")
    last = max(said.rfind("."), said.rfind(","))
    if last < 0:
        plain = said
    else:
        mark = said[last]
        other = "," if mark == "." else "."
        grouped = re.fullmatch(rf"[-+]?\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+", said)
        if grouped and not said.lstrip("+-").startswith("0"):
            plain = said.replace(mark, "")
        elif said.count(mark) == 1 and re.fullmatch(rf"[-+]?(?:\d{{1,3}}(?:{re.escape(other)}\d{{3}})+|\d+)", said[:last]):
            plain = said[:last].replace(other, "") + "." + said[last + 1 :]
        else:
            return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


# -- amounts ---------------------------------------------------------------------------------------------------------------

_FACTORS = {
    **dict.fromkeys(("ty", "ti", "billion", "bn"), 10**9),
    **dict.fromkeys(("trieu", "tr", "million", "mil", "m"), 10**6),
    **dict.fromkeys(("nghin", "ngan", "ng", "k", "thousand"), 10**3),
}
_CURRENCY = re.compile(r"(?:viet nam dong|vn dong|dong|vnd|d|₫)[.\s]*$")
_AMOUNT_PART = re.compile(rf"\s*([\d.,]+)\s*({'|'.join(sorted(_FACTORS, key=len, reverse=True))})\.?(?![a-z])|\s*([\d.,]+)\s*$")
_DEAREST = 10**13


@lru_cache(maxsize=65536)
def _amount_said(said: str, scale: int) -> int | Refused:
    plain = unicodedata.normalize("NFKD", said.lower())
    plain = "".join(c for c in plain if not unicodedata.combining(c)).replace("đ", "d").replace("\u20ab", "₫")
    plain = plain.strip(" .'=+")
    plain = re.sub(r"^(?:vnd|₫|d)\s*", "", plain)
    plain = _CURRENCY.sub("", plain).strip()
    plain = re.sub(r"(?<=\d)[ '](?=\d{3}(?!\d))", "", plain)  # 12 500 000
    if plain.startswith(("(", "-")):
        return Refused(pack("detail.register_negative"))
    plain = re.sub(r"(?<=[a-z])(?=\d)", " ", plain)
    total, factor, place = Decimal(0), 0, 0
    while place < len(plain):
        found = _AMOUNT_PART.match(plain, place)
        number = _number(found[1] or found[3]) if found else None
        if found is None or number is None:
            return Refused(pack("detail.register_no_amount"))
        if found[2]:
            if factor and _FACTORS[found[2]] >= factor:
                return Refused(pack("detail.register_no_amount"))
            factor = _FACTORS[found[2]]
            if _unclear(found[1], factor):
                return Refused(pack("detail.register_unclear_amount"))
            total += number * factor
        elif factor:  # 12tr5 is 12.5 million, 12tr500 too, 12tr050 is 12.05 million
            if not found[3].isdigit() or len(found[3]) > 3:
                return Refused(pack("detail.register_no_amount"))
            total += Decimal(f"0.{found[3]}") * factor
        else:
            if _unclear(found[3], scale):
                return Refused(pack("detail.register_unclear_amount"))
            total += number * scale
        place = found.end()
    return _dong(total) if plain else Refused(pack("detail.register_no_amount"))


def _unclear(said: str, factor: int) -> bool:
    """Whether three digits behind one mark may be thousands or decimals: 12.500 million is any of two prices."""
    return factor >= 10**6 and re.fullmatch(r"\d{1,3}[.,]\d{3}", said) is not None


def amount(cell: Cell | None, scale: int = 1) -> int | Refused | None:
    """Dong. `scale`: dong that a bare 1 stands for, 1, 1_000 or 1_000_000; "12,5 triệu" has a word of its own."""
    if cell is None or blank(cell):
        return None
    if (refused := _fault(cell)) is not None:
        return refused
    if isinstance(cell.value, bool | datetime.date | datetime.time):
        return Refused(pack("detail.register_no_amount"))
    if isinstance(cell.value, int | float):
        return _dong(Decimal(str(cell.value)) * scale)
    return _amount_said(" ".join(cell.text.split()), scale)


def _dong(total: Decimal) -> int | Refused:
    if total < 0:
        return Refused(pack("detail.register_negative"))
    return int(total.to_integral_value()) if total < _DEAREST else Refused(pack("detail.register_no_amount"))


# -- addresses -------------------------------------------------------------------------------------------------------------

_MAC = re.compile(
    r"(?<![0-9A-Fa-f:.-])(?:(?:[0-9A-Fa-f]{2}([:\-. ]))(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}"
    r"|[0-9A-Fa-f]{4}([.:\-])[0-9A-Fa-f]{4}\2[0-9A-Fa-f]{4}|[0-9A-Fa-f]{6}[-:][0-9A-Fa-f]{6}|[0-9A-Fa-f]{12})(?![0-9A-Fa-f:])"
)


def macs(cell: Cell | None) -> tuple[str, ...] | Refused | None:
    """All hardware addresses of a cell, "aa:bb:cc:dd:ee:ff", once each. Zeros, broadcast and group addresses are refused."""
    if cell is None or blank(cell):
        return None
    if (refused := _fault(cell)) is not None:
        return refused
    said = cell.text
    if type(cell.value) is int and 10**8 <= cell.value < 10**12:
        said = said.zfill(12)  # an address without letters, which lost its zeros as a number
    found = tuple(dict.fromkeys(plain_mac(match[0]) for match in _MAC.finditer(said)))
    if not found or not all(map(is_station, found)):
        return Refused(pack("detail.register_no_mac"))
    return found


def plain_mac(said: str) -> str:
    """A hardware address in any spelling as "aa:bb:cc:dd:ee:ff"."""
    digits = re.sub(r"[^0-9a-f]", "", said.lower())
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2))


def address(cell: Cell | None) -> str | Refused | None:
    """An IP address; a mask behind it is left out."""
    if cell is None or blank(cell):
        return None
    if (refused := _fault(cell)) is not None:
        return refused
    said = cell.text.strip().partition("/")[0].strip()
    try:
        return str(ipaddress.ip_address(said))
    except ValueError:
        return Refused(pack("detail.register_no_address"))


# -- serial numbers and codes ----------------------------------------------------------------------------------------------

_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?\s*E\s*\+\s*\d+", re.IGNORECASE)
_EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number
_SERIAL_NAMES = r"s/?n|serial(?:\s*(?:no|number))?|(?:số|so)\s*(?:serial|sê-?ri|seri|sery|máy|may)|sê-?ri|seri|sery"
_SERIAL_WORD = re.compile(rf"^\s*(?:{_SERIAL_NAMES}|no)(?:\s*[.:#]+\s*|\s+)", re.IGNORECASE)
_SURE_BREAK = re.compile(r"\s*[;,\n\r|]\s*|\s+(?:và|va|and|&)\s+|\s+\+\s+")
_LIKE_SERIAL = re.compile(r"(?=[^\s]*\d)[0-9A-Za-z][0-9A-Za-z.\-]{4,}")


#: "BAUP 2ZLVH3", "NFQA123456", "MMQHSFK".
_ONE_SERIAL = (
    r"(?:(?-i:[A-Z0-9]{4} (?=[A-Z]*\d)[A-Z0-9]{5,}(?=\s*(?:$|[;,)\n/])))"
    r"|(?=[\w.\-]*\d)[A-Z0-9][\w.\-]{3,63}|(?-i:[A-Z]{6,}))"
)
_SERIAL_INSIDE = re.compile(
    rf"\b(?:{_SERIAL_NAMES})\b\s*[.:#]*\s*(?:s/?n\s*[.:#]+\s*)?"
    rf"(?P<serial>{_ONE_SERIAL}(?:\s*[/;,&+\n ]\s*(?=[A-Z0-9]{{6}}){_ONE_SERIAL})*)",
    re.IGNORECASE,
)
_INSIDE_BREAK = re.compile(r"\s*[/;,&+\n]\s*| (?=\S{7})(?<=\S{7} )")


def serials_inside(said: str) -> tuple[str, ...]:
    """Serial numbers that a name or a note tells: "Máy tính HP (S/N: 59L2ZBN)".

    >>> serials_inside("Máy in HP, SN: VNB3K12345"), serials_inside("Máy in seri mới")
    (('VNB3K12345',), ())
    """
    matches = _SERIAL_INSIDE.finditer(unicodedata.normalize("NFC", said))
    found = (one.strip().rstrip(".-") for match in matches for one in _INSIDE_BREAK.split(match["serial"]))
    return tuple(dict.fromkeys(one for one in found if not is_junk_serial(one)))


def macs_inside(said: str) -> tuple[str, ...]:
    """Hardware addresses that a name or a note tells: with separators, or behind the word MAC."""
    named = (said[: match.start()].rstrip(" :.").lower().endswith("mac") for match in _MAC.finditer(said))
    matches = zip(_MAC.finditer(said), named, strict=True)
    found = (plain_mac(match[0]) for match, is_named in matches if is_named or not match[0].isalnum())
    return tuple(dict.fromkeys(mac for mac in found if is_station(mac)))


def ticked(cell: Cell | None) -> bool:
    """Whether a cell is marked: x, a tick, a number that is not zero."""
    if cell is None or isinstance(cell.value, Fault):
        return False
    if isinstance(cell.value, int | float):
        return cell.value > 0
    return fold(cell.text) in ("x", "v", "co", "yes", "1", "01", "1 0") or cell.text.strip() in "✓✔√☑þüX×"


def identifier(cell: Cell | None) -> str | Refused | None:
    """A code or a number that is kept as text; what a spreadsheet has turned into a date or a rounded number is refused."""
    if cell is None or blank(cell):
        return None
    if (refused := _fault(cell)) is not None:
        return refused
    said = cell.value
    if isinstance(said, datetime.date | datetime.time):
        return Refused(pack("detail.register_turned_into_date"))
    if isinstance(said, bool) or (isinstance(said, int | float) and (said != int(said) or not 0 <= said < _EXACT)):
        return Refused(pack("detail.register_rounded"))
    if type(said) is str and _SCIENTIFIC.fullmatch(said.strip()):
        return Refused(pack("detail.register_rounded"))
    return " ".join(cell.text.lstrip("'").split())


_RANGE = re.compile(r"(\d+)\s*(?:-|–|÷|đến|den|->)\s*\D*?(\d+)\s*$")


def codes(code: str) -> int:
    """How many codes a code stands for: 4 for "MVT11-14" and "TSCD00011 - TSCD00014", 1 for "211.0014".

    >>> codes("MVT11-14"), codes("TSCD00011 - TSCD00014"), codes("211.0014"), codes("05-2019")
    (4, 4, 1, 1)
    """
    found = _RANGE.search(code)
    if found is None:
        return 1
    first, last = found[1], found[2]
    last = first[: len(first) - len(last)] + last if len(last) < len(first) else last
    count = int(last) - int(first) + 1
    return count if 1 < count <= _LONGEST_RANGE and len(last) == len(first) else 1


_LONGEST_RANGE = 200


def serials(cell: Cell | None, count: int = 1) -> tuple[str, ...] | Refused | None:
    """The serial numbers of a cell, as written, once each; placeholders are left out.

    Breaks, semicolons and commas stand between several. A stroke or a blank does so only where every piece looks like a serial
    number and, for blanks, where there are `count` of them.
    """
    said = identifier(cell)
    if said is None or isinstance(said, Refused) or cell is None:
        return said if isinstance(said, Refused) else None
    whole = cell.text.lstrip("'").strip()
    pieces = [_SERIAL_WORD.sub("", piece).strip() for piece in _SURE_BREAK.split(whole)]
    found: list[str] = []
    for piece in pieces:
        by_stroke = [part.strip() for part in piece.split("/")]
        by_blank = piece.split()
        if len(by_stroke) > 1 and all(len(part) >= 7 and _LIKE_SERIAL.fullmatch(part) for part in by_stroke):
            found += by_stroke
        elif len(pieces) == 1 and count > 1 and len(by_blank) == count and all(map(_LIKE_SERIAL.fullmatch, by_blank)):
            found += by_blank
        else:
            found.append(" ".join(by_blank))
    if any(map(_SCIENTIFIC.fullmatch, found)):
        return Refused(pack("detail.register_rounded"))
    kept = tuple(dict.fromkeys(one for one in found if fold(one) not in _NOTHING and not is_junk_serial(one)))
    return kept or None
