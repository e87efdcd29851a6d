"""Console outputs that others recorded: every one is read without an exception, and the facts that count are right.

The recordings (Apache-2.0, from the tests of ntc-templates) are not part of this repository: `KIEMKE_SSH_RECORDINGS` names their
folder or archive; without it the tests look where a checkout of the workshop has them, and are skipped where it does not.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from collectors.ssh.answers import Facts, mac
from collectors.ssh.parsing import duplex, parse
from collectors.ssh.platforms import Platform, platforms
from inventory import yaml_files
from tests.collectors.recorded import unpack

#: Folders whose command we ask in other words.
SAME = {
    "cisco_ios show_mac-address-table": "show mac address-table",
    "cisco_ios show_arp": "show ip arp",
    "huawei_vrp display_arp_brief": "display arp all",
    "aruba_aoscx show_lldp_neighbors-info_detail": "show lldp neighbor-info detail",
    "mikrotik_routeros ip_neighbor_print_detail": "/ip neighbor print detail without-paging",
    "mikrotik_routeros ip_address_print": "/ip address print without-paging",
}


@cache
def place() -> Path | None:
    named = os.environ.get("KIEMKE_SSH_RECORDINGS")
    around = [Path(__file__).parents[k] / ".." / "shared" / "ssh" / "dev.tar.xz" for k in (3,)]
    for found in [Path(named)] if named else around:
        if found.exists():
            return found.resolve()
    return None


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> list[Read]:
    found = place()
    if found is None:
        pytest.skip("no SSH recordings: set KIEMKE_SSH_RECORDINGS to their folder or archive")
    if found.is_dir():
        return read(found)
    folder = tmp_path_factory.mktemp("recordings")
    unpack(found, folder)
    return read(folder)


@dataclass(frozen=True)
class Read:
    """One recording of a command that we ask, parsed."""

    platform: Platform
    command: str
    rows: list[dict[str, Any]]  # as expected
    name: str
    said: Facts


def read(folder: Path) -> list[Read]:
    found = []
    for raw in sorted(folder.glob("*/*/*.raw")):
        platform = platforms().get(raw.parts[-3])
        if platform is None:
            continue
        asked = {re.sub(r"[ /]", "_", command.lstrip("/")): command for command in platform.commands}
        command = SAME.get(f"{raw.parts[-3]} {raw.parts[-2]}") or asked.get(raw.parts[-2])
        if command is not None:
            rows = yaml_files.read(raw.with_suffix(".yml"))["parsed_sample"]
            said = parse(platform, {command: raw.read_text(encoding="utf-8", errors="replace")})
            found.append(Read(platform, command, rows, f"{raw.parts[-3]}/{raw.name}", said))
    return found


def test_every_recording_is_read(recordings: list[Read]) -> None:
    assert len(recordings) > 100
    parts = ("identity", "components", "interfaces", "neighbours", "addresses")
    nothing = [recording.name for recording in recordings if not any(getattr(recording.said, part) for part in parts)]
    assert nothing == [
        # Older IOS tells no local port in this table: neighbours that cannot be placed are left out.
        "cisco_ios/cisco_ios_show_lldp_neighbors_detail2.raw",
        "cisco_ios/cisco_ios_show_lldp_neighbors_detail5.raw",
    ]


def told(said: Facts, field: str) -> str | None:
    evidence = getattr(said.identity, field, None) if said.identity is not None else None
    return evidence.value if evidence is not None else None


def expected(row: dict[str, Any], *columns: str) -> str | None:
    for column in columns:
        value = row.get(column)
        value = value[0] if isinstance(value, list) and value else value
        if value and not isinstance(value, list):
            return str(value)
    return None


#: Expected rows that are themselves wrong: the serial number is A0000 there, JNP204 is the model.
MISREAD = {"juniper_junos/juniper_junos_show_chassis_hardware3.raw"}

#: platform and command -> fact -> the columns of the expected rows that hold it.
IDENTITIES: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    ("cisco_ios", "show version"): {"model": ("hardware",), "serial": ("serial",), "os_version": ("version",)},
    ("cisco_nxos", "show version"): {"serial": ("serial",), "os_version": ("os",)},
    ("cisco_asa", "show version"): {"model": ("hardware",), "serial": ("serial",), "os_version": ("version",)},
    ("cisco_s300", "show version"): {"os_version": ("sw_version",)},
    ("hp_comware", "display device manuinfo"): {"serial": ("device_serial_number",), "manufactured": ("manufacturing_date",)},
    ("huawei_vrp", "display version"): {"os_version": ("product_version",)},
    ("hp_procurve", "show system"): {"serial": ("serial",), "os_version": ("software_version",)},
    ("aruba_aoscx", "show system"): {"model": ("product",), "os_version": ("version",)},
    ("mikrotik_routeros", "/system routerboard print"): {"model": ("hardware_model",), "serial": ("serial_number",)},
    ("juniper_junos", "show chassis hardware"): {"serial": ("chassis_serial_number",)},
    ("fortinet", "get system status"): {"serial": ("serial_number",)},
}


def plain(value: str | None) -> str:
    """Dates without leading zeros, versions without their decorations."""
    return re.sub(r"-0(?=\d)", "-", (value or "").split(" ")[0].split(",")[0].lower())


def test_model_serial_and_version_are_right(recordings: list[Read]) -> None:
    """Parse health: the share of recordings whose identity is whole; and what is told is never something else than expected."""
    asked: Counter[str] = Counter()
    read: Counter[str] = Counter()
    wrong = []
    for recording in recordings:
        platform, said, rows, name = recording.platform, recording.said, recording.rows, recording.name
        for fact, columns in IDENTITIES.get((platform.name, recording.command), {}).items():
            want = next(filter(None, (expected(row, *columns) for row in rows)), None)
            if want is None or re.fullmatch(r"[xX]+", want) or name in MISREAD:
                continue
            if platform.name == "huawei_vrp":
                want = want.split(" ")[-1]  # the series stands before the version
            got = told(said, fact)
            asked[fact] += 1
            read[fact] += got is not None
            if got is not None and plain(got) != plain(want):
                wrong.append((name, fact, got, want))
    print("parse health:", {fact: f"{read[fact]}/{asked[fact]}" for fact in asked})  # shown with -s and in the test report
    assert wrong == [], "\n".join(map(str, wrong))
    # One chassis does not tell its number and date, and its first card's are not taken for them.
    assert all(read[fact] >= asked[fact] - 1 for fact in asked), (read, asked)


#: Table of facts -> the expected column, and how a fact shows it.
ROWS: dict[str, tuple[str, ...]] = {
    "arp": ("mac_address", "hardware_address"),
    "forwarding": ("destination_address", "mac_address"),
}


def test_address_tables_lose_and_invent_nobody(recordings: list[Read]) -> None:
    seen = 0
    for recording in recordings:
        said, rows, name = recording.said.addresses, recording.rows, recording.name
        for part, columns in ROWS.items():
            entries = getattr(said, part) if said is not None else None
            if entries is None:
                continue
            seen += 1
            got = {entry.mac for entry in entries}
            want = {mac(expected(row, *columns)) for row in rows} - {None}
            assert got <= want, name
            lost = [row for row in rows if mac(expected(row, *columns)) in want - got]
            # What is left out is the device itself, static entries, broadcasts, and entries that are not in use.
            unused = re.compile(r"(?i)self|static|router|local|'[XIL]'|'CPU'")
            assert all(unused.search(str(list(row.values()))) for row in lost), (name, lost)
    assert seen >= 15


def test_neighbours_and_interfaces_are_complete(recordings: list[Read]) -> None:
    for recording in recordings:
        platform, said, rows, name = recording.platform, recording.said, recording.rows, recording.name
        if said.neighbours:
            columns = ("neighbor_name", "chassis_id") if platform.name == "cisco_nxos" else ("neighbor_name", "identity")
            names = {expected(row, *columns) for row in rows} - {None}
            got = {n.remote_name for n in said.neighbours} - {None}
            # NX-OS tells a serial number in brackets after the name, and the expected rows keep it.
            assert {re.sub(r"\(.*", "", n).split(".")[0] for n in names if n} == {n.split(".")[0] for n in got if n}, name
        if said.interfaces and platform.name != "cisco_s300":  # whose expected rows leave the aggregates out
            assert len(said.interfaces) == len(rows), name


def test_duplex_is_what_the_recordings_show(recordings: list[Read]) -> None:
    """Of ports with a link, where the expected rows have it; twenty recordings tell it."""
    told: Counter[str] = Counter()
    wrong = []
    for recording in recordings:
        rows = {
            recording.platform.port(str(name)): duplex(str(row["duplex"]))
            for row in recording.rows
            if row.get("duplex") and (name := row.get("port") or row.get("interface"))
        }
        ports = [port for port in recording.said.interfaces or () if port.duplex is not None]
        told[recording.platform.driver] += bool(ports)
        wrong += [
            (recording.name, port.name, port.duplex, rows[port.name])
            for port in ports
            if rows.get(port.name, port.duplex) != port.duplex
        ]
    assert wrong == []
    assert sum(told.values()) >= 20
    assert {platform for platform, count in told.items() if count} >= {"cisco_ios", "cisco_nxos", "fortinet", "hp_comware"}
