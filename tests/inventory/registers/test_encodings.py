"""Vietnamese in the codes from before Unicode: read without loss, told apart by what it says."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.registers.encodings import (
    Code,
    candidates,
    decode,
    from_tcvn3,
    from_vni,
    of_font,
    prevailing,
    text_of,
    to_tcvn3,
    to_vni,
    vocabulary,
    western,
)
from inventory.registers.syllables import is_syllable

VOWELS = "aăâeêioôơuưy"
TONED = unicodedata.normalize(
    "NFC", "".join(v + t for v in VOWELS for t in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"))
)
SMALL = TONED + "bcdđghklmnpqrstvx"
TEXTS = st.text(SMALL + " 0123456789.,/-()", max_size=40)
CODECS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
NAMES = (
    "Máy vi tính để bàn",
    "Bộ lưu điện Santak",
    "Thiết bị chuyển mạch",
    "Ủy ban nhân dân xã Xuân Hòa",
    "Đơn vị sử dụng",
    "Người quản lý",
    "Nguyên giá",
    "Tình trạng sử dụng",
    "Đã thanh lý năm 2019",
)


@given(TEXTS)
def test_what_is_put_into_tcvn3_comes_out_again(text: str) -> None:
    assert from_tcvn3(to_tcvn3(text)) == text
    assert len(to_tcvn3(text).encode("cp1252")) == len(text)  # one octet a letter
    assert from_tcvn3(to_tcvn3(text.upper())).lower() == text.lower()


@given(TEXTS)
def test_what_is_put_into_vni_comes_out_again(text: str) -> None:
    assert from_vni(to_vni(text)) == text
    assert from_vni(to_vni(text.upper())) == text.upper()
    assert to_vni(text).encode("cp1252").decode("cp1252") == to_vni(text)


def test_published_examples_of_the_codes() -> None:
    assert to_tcvn3("Cộng hòa xã hội chủ nghĩa Việt Nam") == "Céng hßa x· héi chñ nghÜa ViÖt Nam"
    assert to_vni("Cộng hòa xã hội chủ nghĩa Việt Nam") == "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam"
    assert from_tcvn3("TæNG CéNG") == "TỔNG CỘNG"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("code", "encode"),
    [
        (Code.TCVN3, to_tcvn3),
        (Code.VNI, to_vni),
        (Code.UTF8, lambda text: western(text.encode())),
        (Code.UNICODE, lambda text: text),
        (Code.UNICODE, lambda text: unicodedata.normalize("NFD", text)),
    ],
)
def test_a_cell_by_itself_tells_its_code(name: str, code: Code, encode) -> None:
    around = Code.UNICODE
    said, found = decode(encode(name), around)
    assert said.lower() == name.lower()  # a capital with a tone is small in TCVN3
    assert found is code


def test_a_cell_that_may_be_both_is_read_as_those_around_it() -> None:
    assert candidates("cò")[:2] == (Code.UNICODE, Code.TCVN3)
    assert decode("cò", Code.UNICODE)[0] == "cò"
    assert decode("cò", Code.TCVN3)[0] == "cũ"
    assert decode("cò", Code.UNICODE, frozenset({"cũ"}))[0] == "cũ"
    assert prevailing([to_tcvn3(name) for name in NAMES] + ["Đơn vị", "Máy"]) is Code.TCVN3


@pytest.mark.parametrize("text", ["Intel® Core™ i5", "25°C", "café", "ThinkCentre", "“Máy”", "12µm", "Φ 20", "Ø20", "Thủy"])
def test_what_is_no_legacy_text_stays(text: str) -> None:
    assert decode(text, Code.UNICODE) == (text, Code.UNICODE)


def test_fonts_tell_a_code() -> None:
    assert [of_font(font) for font in (".VnTime", ".VNARIALH", "VNI-Times", "Times New Roman", "")] == [
        Code.TCVN3,
        Code.TCVN3,
        Code.VNI,
        None,
        None,
    ]


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_any_text_can_be_decoded(text: str) -> None:
    said, _ = decode(text, Code.TCVN3)
    assert unicodedata.is_normalized("NFC", said) or text.isascii()


@settings(max_examples=50)
@given(
    st.text(SMALL + " ,;\n", min_size=20, max_size=60),
    st.sampled_from(CODECS),
)
def test_files_of_text_tell_their_code(text: str, codec: str) -> None:
    told, found = text_of(text.encode(codec))
    if codec.startswith("utf-16-") and sum(ord(c) > 255 for c in text) > len(text) // 3:
        return  # no zeros to tell it by
    assert told == text
    assert found.startswith(codec[:5])


@pytest.mark.parametrize(
    "word", ["nghiêng", "quỹ", "khuỷu", "thuế", "giường", "oăm", "ý", "Yến", "XOÈ", "quốc", "gì", "việt", "chuyện"]
)
def test_syllables(word: str) -> None:
    assert is_syllable(word)
    assert is_syllable(unicodedata.normalize("NFD", word))


@pytest.mark.parametrize("word", ["s¶n", "càt", "việć", "Dell", "máyy", "ngg", "bấ́n", "x·", "ꙮ", ""])
def test_no_syllables(word: str) -> None:
    assert not is_syllable(word)


def test_usual_words_decide_where_the_cells_around_do_not() -> None:
    known = vocabulary([to_vni(name) for name in NAMES])
    assert decode("Cái", Code.TCVN3, known) == ("Cái", Code.UNICODE)  # "Cỏi" in TCVN3 is no word
    assert decode(to_vni("Vị trí"), Code.VNI, known) == ("Vị trí", Code.VNI)
    assert {"máy", "lưu", "sử"} <= known
