"""`kiemke export`: files that are there whole, and one sentence where they cannot be."""

import os
import stat

import openpyxl
import pandas as pd
import pytest
import yaml

from inventory import ledger, offices
from inventory.exchange import tables
from inventory.facts import Interface, Outcome, OwnAddress
from inventory.frames import FRAMES, Inventory
from kiemke import workspace
from tests.end_to_end.running import kiemke
from tests.inventory.conftest import START, mac, observe

OFFICES = """
offices:
  - code: huyen
    name_vi: Huyện A
    name_en: District A
    networks: [10.0.0.0/28]
  - code: xa
    name_vi: Xã B
    name_en: Commune B
    parent: huyen
    networks: [10.0.1.0/28]
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A workspace with a switch and a printer, of two offices."""
    folder = tmp_path_factory.mktemp("home") / "kho"
    made = workspace.create(folder, {"offices.yaml": OFFICES})
    engine = made.engine()
    offices.write(engine, made.offices(), START - 60)
    own = (OwnAddress("10.0.0.1", 28, 1),)
    ports = tuple(Interface(i, f"Gi0/{i}", type=6, mac=mac(i), oper_up=True) for i in (1, 2))
    seen = [
        observe(office="huyen", serial="00123", name="=sw", interfaces=ports, own=own),
        observe("10.0.1.2", office="xa", vendor="Canon", model="LBP2900", kind="printer", name="máy in", serial="QKC1"),
    ]
    targets = [(o.office, o.address) for o in seen]
    scan = ledger.begin_scan(engine, START, targets)
    ledger.record_outcomes(engine, scan, [ledger.TargetOutcome(*target, "snmp", Outcome.ANSWERED) for target in targets])
    ledger.record(engine, scan, seen)
    ledger.finish(engine, scan, START + 60)
    engine.dispose()
    return folder


def test_netbox(home, tmp_path):
    done = kiemke("export", "netbox", "--out", tmp_path / "nb", cwd=home)
    assert done.status == 0, done.err
    assert "06-devices.csv" in done.out
    assert "dcim/devices/import/" in done.out
    devices = (tmp_path / "nb" / "06-devices.csv").read_bytes().decode("utf-8")
    assert "=sw,switch,HPE,2530-24G,,00123,,Huyện A,active" in devices
    assert sorted(file.name for file in (tmp_path / "nb").iterdir())[-1] == "11-cables.csv"


def test_glpi_of_one_office_as_of_a_day(home, tmp_path):
    done = kiemke("export", "glpi", "--office", "xa", "--as-of", "31/12/2026", "--out", tmp_path, cwd=home)
    assert done.status == 0, done.err
    assert "máy in;QKC1;;Canon;LBP2900;printer;" in (tmp_path / "printers.csv").read_text(encoding="utf-8")
    assert len((tmp_path / "network-equipment.csv").read_text(encoding="utf-8").splitlines()) == 1


def test_ansible(home, tmp_path):
    done = kiemke("export", "ansible", "--out", tmp_path / "kho.yml", cwd=home)
    assert done.status == 0, done.err
    found = yaml.safe_load((tmp_path / "kho.yml").read_text(encoding="utf-8"))["all"]
    assert {host["ansible_host"] for host in found["hosts"].values()} == {"10.0.0.1", "10.0.1.2"}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_every_frame_as_a_file_of_its_own(home, tmp_path, form):
    done = kiemke("export", form, "--out", tmp_path, cwd=home)
    assert done.status == 0, done.err
    assert {file.name for file in tmp_path.iterdir()} == {f"{frame}.{form}" for frame in FRAMES}
    devices = Inventory(home).devices()
    pd.testing.assert_frame_equal(tables.read(tmp_path / f"devices.{form}", "devices"), devices)


def test_some_frames_as_a_workbook(home, tmp_path):
    done = kiemke("export", "xlsx", "devices", "offices", "--out", tmp_path / "kho.xlsx", cwd=home)
    assert done.status == 0, done.err
    assert openpyxl.load_workbook(tmp_path / "kho.xlsx").sheetnames == ["devices", "offices"]


def test_two_frames_do_not_go_into_one_file(home, tmp_path):
    done = kiemke("export", "csv", "devices", "links", "--out", tmp_path / "a.csv", cwd=home)
    assert (done.status, done.err) == (2, f"{tmp_path}/a.csv holds one frame; name one, or a folder with --out.\n")
    assert kiemke("export", "xlsx", "devices", "--out", tmp_path / "a.ods", cwd=home).status == 2
    assert list(tmp_path.iterdir()) == []


def test_a_mistake_leaves_the_file_as_it_was(home, tmp_path):
    (tmp_path / "kho.yml").write_text("before")
    for arguments in (["--office", "nowhere"], ["--as-of", "32/01/2026"]):
        done = kiemke("export", "ansible", "--out", tmp_path / "kho.yml", *arguments, cwd=home)
        assert (done.status, len(done.err.splitlines())) == (2, 1)
    assert (tmp_path / "kho.yml").read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_that_cannot_be_written_is_said_in_a_sentence(home, tmp_path):
    (tmp_path / "a").write_text("")
    done = kiemke("export", "netbox", "--out", tmp_path / "a", cwd=home)
    assert (done.status, done.err) == (2, f"{tmp_path}/a is a file; choose another name for the folder.\n")
    for form in ("xlsx", "parquet"):
        path = tmp_path / "no" / f"where.{form}"
        done = kiemke("export", form, "devices", "--out", path, cwd=home)
        assert done.status == 2, done.err
        assert done.err.startswith(f"{path} could not be written"), done.err
        assert len(done.err.splitlines()) == 1, done.err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_is_said_in_a_sentence(home, tmp_path):
    for form in ("csv", "xlsx", "parquet"):
        (tmp_path / f".kho.part.{form}").symlink_to("/dev/full")
        done = kiemke("export", form, "devices", "--out", tmp_path / f"kho.{form}", cwd=home)
        assert done.status == 2, done.out
        assert done.err.startswith(f"{tmp_path}/kho.{form} could not be written"), done.err
        assert len(done.err.splitlines()) == 1, done.err
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)
    assert [file.name for file in tmp_path.iterdir() if not file.name.startswith(".")] == []
