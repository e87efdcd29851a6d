"""The demonstration's own workspace, and what it leaves alone."""

from datetime import date

import pytest
import yaml

from collectors.credentials import Vault
from kiemke import demo, workspace
from simulator.district import load


@pytest.fixture(scope="module")
def district():
    return load()


def test_its_files_are_what_a_person_would_write(tmp_path, district):
    made = demo.prepare(tmp_path / "demo", district, 16100, 16022)
    offices = made.offices()
    assert len(offices) == len(district.offices)
    assert {spec.snmp_port for spec in offices.targets_spec()} == {16100}
    vault = Vault(made.root, {})
    for name in {name for spec in offices.targets_spec() for name in (*spec.snmp, *spec.ssh)}:
        vault.resolve(name)
    assert (made.root / "credentials.yaml").stat().st_mode & 0o777 == 0o600


def test_it_is_made_once_and_begins_on_the_districts_first_day(tmp_path, district):
    made = demo.prepare(tmp_path / "demo", district, 16100, 16022)
    again = demo.prepare(tmp_path / "demo", district, 17100, 17022)
    assert again == made
    assert demo.next_day(again, district) == (None, date(2026, 3, 2))


def test_it_does_not_touch_a_workspace_with_other_offices(tmp_path, district):
    own = workspace.create(tmp_path / "own")
    with pytest.raises(demo.DemoError, match="own"):
        demo.prepare(own.root, district, 16100, 16022)


def test_init_never_overwrites(tmp_path):
    made = workspace.create(tmp_path / "own")
    (made.root / "offices.yaml").write_text(yaml.safe_dump({"offices": []}))
    with pytest.raises(workspace.WorkspaceError, match="nothing was changed"):
        workspace.create(tmp_path / "own")
    assert (made.root / "offices.yaml").read_text() == "offices: []\n"
