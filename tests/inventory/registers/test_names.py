"""Names of things, of offices, of columns; words of states and rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.facts import KINDS
from inventory.registers import products, rows
from inventory.registers.headings import meanings
from inventory.registers.office_names import OfficeNames, like_office
from inventory.registers.products import product
from inventory.registers.records import FIELDS, State
from inventory.registers.states import state, state_of_note
from tests.inventory.registers.books import OFFICES


@pytest.mark.parametrize(
    ("name", "kind", "vendor", "model"),
    [
        ("Máy tính để bàn Dell Optiplex 3050 SFF", "pc", "Dell", "Optiplex 3050 SFF"),
        ("Máy in Canon LBP2900", "printer", "Canon", "LBP2900"),
        ("May in HP LaserJet P1102", "printer", "HP", "LaserJet P1102"),
        ("Bộ lưu điện Santak 1000VA", "ups", "Santak", None),
        ("Switch Cisco 24 port", "switch", "Cisco", None),
        ("Thiết bị chuyển mạch H3C S5130S-28S-EI 24 cổng", "switch", "H3C", "S5130S-28S-EI"),
        ("Bộ phát wifi Unifi UAP-AC-LR", "wireless", "Ubiquiti", "UAP-AC-LR"),
        ("Đầu ghi hình Dahua DH-NVR4108HS-8P-4KS2 - kèm UPS Santak 500VA", "nvr", "Dahua", "DH-NVR4108HS-8P-4KS2"),
        ("Máy photocopy", "printer", None, None),
        ("Tổng đài Panasonic KX-TES824", "voip", "Panasonic", "KX-TES824"),
        ("OptiPlex 390, và phụ kiện", "pc", "Dell", "OptiPlex 390"),
        ("Máy vi tínnh để bàn HP 280 G2 MT", "pc", "HP", "280 G2 MT"),  # slips of the pen
        ("Lapotp Asus X441UA", "pc", "Asus", "X441UA"),
        ("Máy chủ IBM System x3250 M4 (Xeon E3, 8GB)", "server", "IBM", "System x3250 M4"),
        ("FPT Elead (main Asus B85M-G)", "pc", "FPT", "B85M-G"),
        ("Bàn để máy in", None, None, None),
        ("Tủ đựng máy chủ", None, None, None),
        ("Màn hình Dell 19 inch", None, "Dell", None),
        ("Phần mềm diệt virus cho máy tính", None, None, None),
        ("Ban chỉ huy quân sự", None, None, None),
    ],
)
def test_what_names_tell(name: str, kind, vendor, model) -> None:
    assert product(name)[:3] == (kind, vendor, model)


def test_a_board_is_no_table() -> None:
    assert not product("Ban chỉ huy quân sự xã").thing
    assert product("Bàn làm việc").thing


@given(st.text(max_size=60))
def test_any_name_is_read(name: str) -> None:
    told = product(name)
    assert told.kind is None or told.kind in KINDS
    assert told.model is None or told.model.strip()


def test_every_kind_of_the_lists_is_one_of_the_inventory() -> None:
    words = products._words()
    assert set(words.things.means.values()) | set(words.makes.values()) | set(words.kinds_of_lines.values()) <= {*KINDS, ""}
    assert set(words.makes) <= set(words.brands.means.values())
    assert set(words.lines.means.values()) <= set(words.brands.means.values())


@pytest.mark.parametrize(
    ("text", "office"),
    [
        ("UBND xã Xuân Hoà", "xuan-hoa"),
        ("X. Xuan Hoa", "xuan-hoa"),
        ("xã Xuân Hòa (cũ)", "xuan-hoa"),
        ("Xuân Hòa", "xuan-hoa"),
        ("XUAN HOA", "xuan-hoa"),
        ("xuan-hoa", "xuan-hoa"),
        ("Ủy ban nhân dân xã Xuân Lôi, huyện Lập Thạch", "xuan-loi"),
        ("Đơn vị: UBND XÃ THÁI HÒA", "thai-hoa"),
        ("VP HĐND-UBND huyện", "huyen"),
        ("UBND huyện Lập Thạch", "huyen"),
        ("TT Lập Thạch", "tt-lap-thach"),
        ("Phòng TC-KH", "tai-chinh"),
        ("Phường Xuân Hòa", None),  # another level: another office
        ("Lập Thạch", None),  # the town or the district
        ("Xã Lập Thạch", None),
        ("Xã Liễn Sơn", "lien-son"),  # marks count where only they tell
        ("xã Liên Sơn", "lien-sown"),
        ("xa Lien Son", None),
        ("Xuân", None),
        ("Phòng Văn thư", None),
        ("", None),
    ],
)
def test_which_office_a_text_means(text: str, office) -> None:
    assert OfficeNames(OFFICES).find(text) == office


@pytest.mark.parametrize(
    ("text", "like"),
    [("UBND xã Lạ", True), ("Trạm Y tế xã", True), ("Phương tiện vận tải", False), ("Số trang", False), ("Kế toán", False)],
)
def test_what_begins_as_an_office(text: str, like: bool) -> None:
    assert like_office(text) is like


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("STT", "number"),
        ("Số TT", "number"),
        ("Mã TS", "code"),
        ("MaTaiSan", "code"),
        ("ASSET_CODE", "code"),
        ("Tên tài sản", "name"),
        ("TÊN THIẾT BỊ (ghi rõ nhãn hiệu)", "name"),
        ("Nhãn hiệu", "vendor"),
        ("Model", "model"),
        ("Nước SX", ""),
        ("Số serial", "serial"),
        ("S/N", "serial"),
        ("Địa chỉ MAC", "mac"),
        ("Đơn vị sử dụng", "office"),
        ("Người sử dụng", "user"),
        ("Nơi đặt", "place"),
        ("SL", "quantity"),
        ("Số lượng (cái)", "quantity"),
        ("ĐVT", "unit"),
        ("Đ.V.T", "unit"),
        ("Đơn giá", "unit_price"),
        ("Nguyên giá (nghìn đồng)", "price"),
        ("GTCL", "residual_value"),
        ("Năm SD", "in_use"),
        ("Ngày đưa vào SD", "in_use"),
        ("Năm mua", "acquired"),
        ("Năm sản xuất", ""),
        ("Số năm sử dụng", ""),
        ("Hạn bảo hành", "warranty_to"),
        ("Tình trạng", "state"),
        ("Ghi chú", "note"),
        ("Hao mòn lũy kế", ""),
    ],
)
def test_what_headings_mean(heading: str, field: str) -> None:
    told = meanings(heading)
    assert max(told, key=lambda name: told[name]) == field
    assert set(told) <= {*FIELDS, ""}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Đang sử dụng", State.IN_USE),
        ("Đang SD", State.IN_USE),
        ("Tốt", State.IN_USE),
        ("Còn 60%", State.IN_USE),
        ("Không sử dụng được", State.BROKEN),
        ("Hỏng nguồn", State.BROKEN),
        ("Chờ thanh lý", State.BROKEN),
        ("Đã thanh lý", State.SCRAPPED),
        ("TL", State.SCRAPPED),
        ("Lưu kho", State.STORED),
        ("Không có nhu cầu sử dụng", State.STORED),
        ("Điều chuyển xã Tử Du", State.MOVED),
        ("Nhận điều chuyển từ huyện", State.IN_USE),
        ("Không dùng mạng", None),
        ("Màu xanh", None),
    ],
)
def test_states(text: str, told) -> None:
    assert state(text) is told


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("Bàn giao UBND xã Đình Chu", State.MOVED),
        ("Theo biên bản bàn giao số 5", None),
        ("Cho UBND xã Hợp Lý mượn", State.MOVED),
        ("SN: 123; Dự phòng", State.STORED),
        ("máy tốt", None),
        ("không dùng mạng", None),
    ],
)
def test_states_of_notes(note: str, told) -> None:
    assert state_of_note(note) is told


@pytest.mark.parametrize(
    "text",
    ["Tổng cộng", "TỔNG CỘNG:", "Cộng", "Cong", "Tổng số (12 tài sản)", "Cộng nhóm I", "Số trang trước chuyển sang", "Total"],
)
def test_totals(text: str) -> None:
    assert rows.is_total(text)


@pytest.mark.parametrize("text", ["Tổng đài điện thoại", "Cổng kết nối", "Công tơ điện", "Cong tac", "TONG DAI PANASONIC"])
def test_what_is_no_total(text: str) -> None:
    assert not rows.is_total(text)


@pytest.mark.parametrize(
    "text",
    ["Người lập biểu", "KẾ TOÁN", "Xuân Hòa, ngày 5 tháng 3 năm 2020", "(Ký, họ tên)", "TM. UBND XÃ", "ngày … tháng … năm 20…"],
)
def test_signatures(text: str) -> None:
    assert rows.is_signature(text)
