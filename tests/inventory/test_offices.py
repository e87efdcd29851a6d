"""The offices file is filled in by hand: each mistake has its own sentence, at its own line."""

import datetime
from pathlib import Path

import pytest

from inventory import offices
from inventory.offices import OfficesError, addresses, load
from inventory.service_facts import Service
from reports.texts import LANGUAGES, texts

GOOD = """\
offices:
  - code: H
    name_vi: Huyện
    name_en: District
    valid_to: 30/06/2025
    successor: "01"
  - code: "01"
    name_vi: Xã Một
    name_en: Commune One
    staff: 30
    valid_from: 2025-07-01
    networks:
      - 10.9.0.0/30
      - network: [10.1.0.0/24, 10.2.0.0/24]
        exclude: [10.1.0.128/25, 10.2.0.7]
        snmp: [doc, doc-cu]
        ssh: quan-tri
        snmp_port: 16100
  - code: T
    name_vi: Trạm
    name_en: Station
    parent: "01"
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "offices.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_template_is_valid_and_names_no_secret(tmp_path: Path) -> None:
    read = load(offices.TEMPLATE)
    assert [o.code for o in read] == ["tru-so"]
    uncommented = offices.TEMPLATE.read_text(encoding="utf-8").replace("  # - code", "  - code").replace("\n  #   ", "\n    ")
    assert {"tram-y-te", "xa-cu"} <= set(load(write(tmp_path, uncommented)).by_code)


def test_reads_offices_networks_and_dates(tmp_path: Path) -> None:
    read = load(write(tmp_path, GOOD))
    assert read["01"].valid_from == datetime.date(2025, 7, 1)
    assert [str(n.network) for n in read["01"].networks] == ["10.9.0.0/30", "10.1.0.0/24", "10.2.0.0/24"]
    last = read["01"].networks[2]
    assert (last.snmp, last.ssh, last.snmp_port, last.ssh_port) == (("doc", "doc-cu"), ("quan-tri",), 16100, 22)
    assert len(list(addresses(last.network, last.exclusions))) == 253
    assert [o.code for o in read.at(datetime.date(2025, 6, 30))] == ["H", "T"]
    assert [o.code for o in read.at(datetime.date(2025, 7, 1))] == ["01", "T"]
    assert read.descendants("01") == ("T",)
    assert read.predecessors("01") == ("H",)
    assert set(read.scope("01")) == {"01", "T", "H"}
    assert read.office_of("10.2.0.9") == "01"
    assert read.office_of("192.168.0.1") is None
    assert {n.office for n in read.targets_spec(datetime.date(2025, 6, 1))} == set()


@pytest.mark.parametrize(
    ("old", "new", "key", "line", "says"),
    [
        ("    staff: 30\n", "    staf: 30\n", "offices_unknown_key", 10, "staff"),
        ("    staff: 30\n", "    nhân_sự: 30\n", "offices_unknown_key", 10, "name"),
        ("    staff: 30\n", "    staff: ba mươi\n", "offices_bad_value", 10, "ba mươi"),
        ("    staff: 30\n", "    staff: 30\n    staff: 31\n", "offices_duplicate_key", 11, "staff"),
        ("    staff: 30\n", "    mật khẩu: x\n", "offices_secret", 10, "credentials.yaml"),
        ("        ssh: quan-tri\n", "        password: hunter2\n", "offices_secret", 17, "credentials.yaml"),
        ("        ssh: quan-tri\n", '        ssh: "P@ss w0rd!"\n', "offices_secret", 17, "name"),
        ("    name_vi: Xã Một\n", "", "offices_missing_key", 7, "name_vi"),
        ("    name_vi: Xã Một\n", "    name_vi:\n", "offices_missing_key", 7, "name_vi"),
        ("  - code: T\n", "  - code: H\n", "offices_duplicate_code", 19, "line 2"),
        ('    parent: "01"\n', "    parent: O1\n", "offices_unknown_office", 22, "01"),
        ('    parent: "01"\n', "    parent: T\n", "offices_cycle", 22, "T"),
        ("2025-07-01", "31/02/2025", "offices_bad_value", 11, "31/02/2025"),
        ("2025-07-01", "07/2025", "offices_bad_value", 11, "07/2025"),
        ("    valid_to: 30/06/2025\n", "    valid_from: 1/7/2025\n    valid_to: 30/06/2025\n", "offices_dates", 6, "30/06/2025"),
        ("10.1.0.0/24, 10.2", "10.1.0.5/24, 10.2", "offices_bad_value", 14, "10.1.0.0/24"),
        ("10.1.0.0/24, 10.2", "mạng một, 10.2", "offices_bad_value", 14, "mạng một"),
        ("10.1.0.0/24, 10.2", "10.1.0.0/24, 10.1.0.0/25, 10.2", "offices_overlap", 14, "10.1.0.0/24"),
        ("10.1.0.0/24, 10.2", "10.0.0.0/8, 10.2", "offices_too_large", 14, "16777216"),
        ("10.2.0.7", "10.3.0.7", "offices_exclusion", 15, "10.3.0.7"),
        ("16100", "161000", "offices_bad_value", 18, "161000"),
        ("  - code: T\n", "  - code: T\n  name: x\n", "offices_not_yaml", 20, "indentation"),
        ("offices:\n", "offices:\n\t- x\n", "offices_not_yaml", 2, "indentation"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_fix(tmp_path: Path, old: str, new: str, key: str, line: int, says: str) -> None:
    assert GOOD.count(old) == 1
    path = write(tmp_path, GOOD.replace(old, new))
    with pytest.raises(OfficesError) as caught:
        load(path)
    assert (caught.value.key, caught.value.values["line"]) == (key, line)
    sentence = str(caught.value)
    assert sentence.startswith(f"{path}, line {line}: ")
    assert says in sentence
    assert "hunter2" not in sentence
    assert "P@ss" not in sentence


def test_no_file_a_folder_empty_or_another_encoding(tmp_path: Path) -> None:
    for path, key in ((tmp_path / "none.yaml", "offices_not_found"), (tmp_path, "offices_not_found")):
        with pytest.raises(OfficesError) as caught:
            load(path)
        assert caught.value.key == key
    path = write(tmp_path, "# nothing yet\n")
    with pytest.raises(OfficesError) as caught:
        load(path)
    assert caught.value.key == "offices_missing_key"
    path.write_bytes("offices: [{code: a, name_vi: Café}]".encode("cp1258"))
    with pytest.raises(OfficesError) as caught:
        load(path)
    assert caught.value.key == "offices_not_text"


SERVICES = """\
services:
  - code: van-ban
    name_vi: Văn bản
    name_en: Documents
    url: https://qlvb.thu.vn/vanban
    goal: documents
    latency_ms: 3000
    certificate_days: 30
    offices: ["01", T]
  - code: thu
    name_vi: Thư công vụ
    name_en: Mail
    url: tls://[fd00::5]:993
"""


def test_reads_services(tmp_path: Path) -> None:
    read = load(write(tmp_path, GOOD + SERVICES))
    assert read.services == (
        Service("van-ban", "Văn bản", "Documents", "https://qlvb.thu.vn/vanban", "documents", 3000, 30, ("01", "T")),
        Service("thu", "Thư công vụ", "Mail", "tls://[fd00::5]:993", "other", None, 14, ()),
    )
    assert read.at(datetime.date(2025, 7, 1)).services == read.services
    assert (read.root(datetime.date(2025, 6, 1)), read.root(datetime.date(2025, 7, 1))) == ("H", "01")
    assert load(write(tmp_path, GOOD)).services == load(write(tmp_path, GOOD + "services:\n")).services == ()


def test_the_template_shows_services_that_can_be_taken_over(tmp_path: Path) -> None:
    text = offices.TEMPLATE.read_text(encoding="utf-8")
    lines = text[text.index("# services:") :].splitlines()
    read = load(write(tmp_path, text + "\n".join(line.removeprefix("# ") for line in lines)))
    assert [service.goal for service in read.services] == ["documents", "mail"]


@pytest.mark.parametrize(
    ("old", "new", "key", "line", "says"),
    [
        ("    goal: documents\n", "    gaol: documents\n", "offices_unknown_key", 28, "goal"),
        ("    goal: documents\n", "    goal: văn bản\n", "offices_bad_value", 28, "documents, mail, other"),
        ("    goal: documents\n", "    password: hunter2\n", "offices_secret", 28, "credentials.yaml"),
        ("    name_en: Mail\n", "", "offices_missing_key", 32, "name_en"),
        ("    url: tls://[fd00::5]:993\n", "", "offices_missing_key", 32, "url"),
        ("  - code: thu\n", "  - code: van-ban\n", "offices_duplicate_service", 32, "line 24"),
        ('["01", T]', '["01", O1]', "offices_unknown_office", 31, "O1"),
        ("latency_ms: 3000", "latency_ms: nhanh", "offices_bad_value", 29, "nhanh"),
        ("certificate_days: 30", "certificate_days: 900", "offices_bad_value", 30, "900"),
        ("  - code: thu\n", "  - thu\n  - code: thu\n", "offices_shape", 32, "services"),
        *(
            ("https://qlvb.thu.vn/vanban", url, "offices_bad_value", 27, says)
            for url, says in (
                ("https:///vanban", "https://host/path"),
                ("qlvb.thu.vn", "https://host/path"),
                ("ftp://qlvb.thu.vn", "https://host/path"),
                ("https://qlvb..vn/", "https://host/path"),
                ("https://300.1.2.3/", "https://host/path"),
                ("https://qlvb thu.vn/", "https://host/path"),
                ("https://[fd00::5/", "https://host/path"),
                ("https://qlvb.thu.vn:70000/", "1–65535"),
                ("https://qlvb.thu.vn:0/", "1–65535"),
                ("https://qlvb.thu.vn:x/", "1–65535"),
                ("tcp://qlvb.thu.vn", "tcp://host:25"),
                ("tls://qlvb.thu.vn:993/inbox", "tls://host:993"),
            )
        ),
        *(
            ("https://qlvb.thu.vn/vanban", url, "offices_url_secret", 27, "van-ban")
            for url in ("https://an:hunter2@qlvb.thu.vn/", "https://qlvb.thu.vn/?token=hunter2", '"https://qlvb.thu.vn/#hunter2"')
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_a_service_is_told_with_its_line_and_the_fix(
    tmp_path: Path, old: str, new: str, key: str, line: int, says: str
) -> None:
    assert SERVICES.count(old) == 1
    path = write(tmp_path, GOOD + SERVICES.replace(old, new))
    with pytest.raises(OfficesError) as caught:
        load(path)
    assert (caught.value.key, caught.value.values["line"]) == (key, line)
    for language in LANGUAGES:
        sentence = texts(language).problem(caught.value)
        assert says in sentence or language == "vi"
        assert str(path) in sentence
        assert "hunter2" not in sentence
