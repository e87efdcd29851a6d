"""What agents send, as text, numbers, and addresses. Total functions: any value goes in, the worst that comes out is None."""

from __future__ import annotations

import ipaddress
import re
import unicodedata

from collectors.asking import Oid, OidValue, Value

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_MAC_TEXT = re.compile(
    r"^(?:[0-9a-f]{1,2}[:\-. ]){5}[0-9a-f]{1,2}$|^[0-9a-f]{12}$|^(?:[0-9a-f]{4}[.:\-]){2}[0-9a-f]{4}$", re.IGNORECASE
)
_TONE_ON_NO_VOWEL = re.compile("(?:^|[^aăâeêioôơuưyAĂÂEÊIOÔƠUƯY])[\u0300\u0301\u0303\u0309\u0323]")
_INTEGER = re.compile(r"^\s*([-+]?\d{1,20})\b")


def decode(octets: bytes) -> str:
    """Octets as text: UTF-8, else Vietnamese cp1258 where its tones stand on vowels, else Latin-1.

    UTF-16 is recognised by its byte order mark. NULs and control characters go; the text is NFC (cp1258 has combining tones).
    """
    if octets[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return _clean(octets.decode("utf-16"))
        except UnicodeDecodeError:
            pass
    try:
        return _clean(octets.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    try:
        vietnamese = octets.decode("cp1258")
    except UnicodeDecodeError:
        return _clean(octets.decode("latin-1"))
    return _clean(octets.decode("latin-1") if _TONE_ON_NO_VOWEL.search(vietnamese) else vietnamese)


def _clean(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return _CONTROL.sub("", text).strip()


def text(value: Value | None) -> str | None:
    """Printable text, or None when there is none. Numbers become their digits, OIDs dotted text."""
    if value is None:
        return None
    if isinstance(value, bytes):
        return decode(value) or None
    return str(value)


def line(value: Value | None) -> str | None:
    """`text` on one line, runs of white space made one: for names, models and serials."""
    said = text(value)
    return (" ".join(said.split()) or None) if said else None


def integer(value: Value | None) -> int | None:
    """A number; some agents send digits as an OCTET STRING."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value
    if isinstance(value, bytes) and len(value) <= 40:
        match = _INTEGER.match(value.decode("latin-1"))
        return int(match[1]) if match else None
    return None


def counter(value: Value | None) -> int | None:
    """A count: never negative (agents that send Counter32 as a signed integer wrap below zero)."""
    number = integer(value)
    if number is None:
        return None
    if -(2**31) <= number < 0:
        return number + 2**32
    return number if 0 <= number < 2**64 else None


def mac_text(octets: bytes) -> str | None:
    """Six octets as "aa:bb:cc:dd:ee:ff"; all zero, or another length, is None. 8-byte InfiniBand and EUI-64 are not MACs."""
    if len(octets) != 6 or not any(octets):
        return None
    return octets.hex(":")


def mac(value: Value | None) -> str | None:
    """A MAC address from six octets or from its usual spellings as text ("0:1:e:..", "0001.0e0f.1234", "00-01-..")."""
    if not isinstance(value, bytes):
        return None
    if len(value) == 6:
        return mac_text(value)
    if not 11 <= len(value.strip(b"\x00 ")) <= 17:
        return None
    said = value.strip(b"\x00 ").decode("latin-1")
    if not _MAC_TEXT.match(said):
        return None
    parts = re.split(r"[:\-. ]", said)
    digits = "".join(part.zfill(2) for part in parts) if len(parts) == 6 else "".join(parts)
    return mac_text(bytes.fromhex(digits)) if len(digits) == 12 else None


def address(octets: bytes | Oid | None) -> str | None:
    """An IPv4 or IPv6 address from its octets (bytes, or the numbers of an index); unspecified addresses are None."""
    if octets is None:
        return None
    try:
        packed = bytes(octets)
    except ValueError:
        return None
    if len(packed) in (8, 20):  # with a zone (ipv4z, ipv6z)
        packed = packed[:-4]
    if len(packed) not in (4, 16) or not any(packed):
        return None
    return str(ipaddress.ip_address(packed))


def ip_value(value: Value | None) -> str | None:
    """An address as a value: IpAddress octets, or dotted text."""
    if isinstance(value, OidValue) or not isinstance(value, bytes):
        return None
    if len(value) in (4, 16):
        return address(value)
    try:
        return str(ipaddress.ip_address(value.decode("ascii").strip("\x00 ")))
    except ValueError:
        return None


def octets_of(index: Oid) -> bytes | None:
    """Numbers of an index as octets, None where one does not fit."""
    try:
        return bytes(index)
    except ValueError:
        return None


def dotted(oid: Oid) -> str:
    return "." + ".".join(map(str, oid))


def parse_oid(said: str) -> Oid | None:
    """Dotted text, with or without the leading dot."""
    try:
        oid = tuple(int(part) for part in said.strip().lstrip(".").split("."))
    except ValueError:
        return None
    return oid if oid and min(oid) >= 0 else None
