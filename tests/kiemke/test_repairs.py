"""`kiemke repairs import`: what is taken, what is not and why, and that a file may come again."""

import pytest

from inventory.frames import Inventory
from kiemke import workspace
from tests.end_to_end.running import kiemke

OFFICES = "offices:\n  - {code: xa, name_vi: Xã Xuân Hòa, name_en: Xuân Hòa, networks: [10.0.0.0/28]}\n"
LOG = """\
Ngày hỏng,Mã tài sản,Thiết bị,Bộ phận hỏng,Xử lý,Chi phí,Đơn vị
14/03/2025,TS.1,Máy in Canon LBP2900,cụm sấy,thay,1.200.000,Xã Xuân Hòa
31/02/2025,TS.2,Máy tính,ổ cứng,thay,900000,Xã Xuân Hòa
"""


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "kho"
    workspace.create(folder, {"offices.yaml": OFFICES})
    (folder / "so.csv").write_text(LOG, encoding="utf-8")
    return folder


def test_a_row_with_a_bad_date_is_told_with_its_cell_and_the_rest_is_kept_once(home):
    done = kiemke("repairs", "import", "so.csv", cwd=home)
    assert done.status == 1, done.err
    assert "1 repairs are new, 0 were known" in done.err
    assert "A3" in done.out
    assert "31/02/2025" in done.out
    again = kiemke("repairs", "import", "so.csv", cwd=home)
    assert "0 repairs are new, 1 were known" in again.err
    (row,) = Inventory(home).repairs(office="xa").to_dict("records")
    assert (row["kind"], row["part"], row["action"], row["cost_vnd"]) == ("printer", "printer_kit", "replaced", 1_200_000)


def test_a_file_that_is_no_log_is_one_sentence(home):
    (home / "other.csv").write_text("a,b\n1,2\n")
    done = kiemke("repairs", "import", "other.csv", cwd=home)
    assert done.status == 2
    assert "no sheet has a table of repairs" in done.err


def test_a_fit_of_too_little_says_so_and_writes_nothing(home):
    empty = kiemke("repairs", "fit", cwd=home)
    assert empty.status == 0
    assert "There are no repairs yet" in empty.err
    kiemke("repairs", "import", "so.csv", cwd=home)
    done = kiemke("repairs", "fit", "--write", cwd=home)
    assert done.status == 0, done.err
    assert "nothing was written" in done.err
    assert not (home / "lifecycle" / "risk.yaml").exists()
