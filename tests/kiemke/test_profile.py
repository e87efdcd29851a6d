"""`kiemke profile check`: what somebody with an unknown switch sees."""

import pytest

from tests.end_to_end.running import kiemke

OWN = """
- id: toko
  match: {oid: ".64999.7."}
  vendor: Toko
  kind: switch
  model: ['descr ~ ^Toko (\\S+)']
  serial: [".64999.7.1.3.0"]
"""
DEVICE = """1.3.6.1.2.1.1.1.0|4|Toko TK-2024 switch, firmware 1.2
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.64999.7.24
1.3.6.1.4.1.64999.7.1.3.0|4|TK24001234
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    (tmp_path / "switch.snmprec").write_text(DEVICE, encoding="utf-8")
    return tmp_path


def test_an_unknown_device_is_told_by_its_exit_status(files):
    run = kiemke("profile", "check", files / "switch.snmprec", cwd=files)
    assert (run.status, run.err) == (1, "")
    assert "Family: generic [generic.yaml]" in run.out
    assert ".64999.7.1.3.0" not in run.out  # nobody would ask for it


def test_with_five_lines_it_is_known(files):
    run = kiemke("profile", "check", files / "own.yaml", files / "switch.snmprec", cwd=files)
    assert run.status == 0
    assert "own.yaml: no mistakes; 1 family." in run.out
    assert "toko asks: .64999.7.1.3.0" in run.out
    for told in ("Family: toko [own.yaml]", "TK-2024", "TK24001234", "profile:toko .1.3.6.1.4.1.64999.7.1.3.0", "0.95"):
        assert told in run.out
    sources = run.out.partition("Every source")[2]
    assert [line.split("│")[2:4] for line in sources.splitlines() if " chosen " in line][1][1].strip() == "descr ~ ^Toko (\\S+)"
    assert ".1.3.6.1.4.1.64999.7.1.3.0" in run.out.rpartition("What is asked over the wire")[2]


def test_a_family_that_does_not_fit_says_why(files):
    (files / "own.yaml").write_text(OWN.replace('oid: ".64999.7."', 'oid: ".64999.8.", descr: "^Toko"'), encoding="utf-8")
    run = kiemke("profile", "check", files / "own.yaml", files / "switch.snmprec", cwd=files)
    assert run.status == 1
    assert "toko does not fit: oid should be .1.3.6.1.4.1.64999.8; the device says “.1.3.6.1.4.1.64999.7.24”." in run.out
    assert "does not fit: descr" not in run.out


def test_a_mistake_is_one_sentence(files):
    (files / "own.yaml").write_text(OWN.replace("kind: switch", "kind: swich"), encoding="utf-8")
    run = kiemke("profile", "check", files / "own.yaml", cwd=files)
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith("own.yaml, toko: there is no kind “swich”")
    assert run.err.count("\n") == 1


def test_what_a_device_says_does_not_reach_the_terminal_as_it_is(files):
    (files / "switch.snmprec").write_bytes(b"1.3.6.1.2.1.1.1.0|4x|546f6b6f201b5b33316d5d72656420\n1.3.6.1.2.1.1.5.0|4|x\n")
    run = kiemke("profile", "check", files / "switch.snmprec", cwd=files)
    assert "\x1b" not in run.out
    assert run.status == 1


def test_the_families_can_be_listed(files):
    run = kiemke("profile", "list", cwd=files)
    assert run.status == 0
    for told in ("hp-procurve", "hpe.yaml", "unverified, right by its MIB"):
        assert told in run.out
