"""The demonstration: a simulated district in a workspace of its own, scanned, remembered and reported."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

import yaml

from inventory.problems import Problem
from kiemke import workspace
from kiemke.workspace import Workspace

if TYPE_CHECKING:
    from simulator.district import District
    from simulator.network import Network
    from simulator.plan import Service

#: How much simulated time passes between two demonstrations.
STEP = timedelta(days=30)
#: When a scan begins on its simulated day: 08:00 in Viet Nam.
BEGINS = time(1, 0, tzinfo=UTC)

#: Whom the demonstration's workspace trusts, beside those whom this machine does.
AUTHORITY = "authority.pem"

_HEAD = """\
# Huyện mô phỏng: tệp này do “kiemke demo” ghi ra từ mô tả của huyện. Mẫu để điền cho đơn vị thật: kiemke init THƯ_MỤC
# The simulated district: “kiemke demo” wrote this file. For a template with explanations: kiemke init DIR
"""

#: Loopback bears more than an office's line: what takes minutes there may be hurried here.
_SETTINGS = """\
# Cài đặt của bản trình diễn: địa chỉ nội bộ chịu được tốc độ cao hơn mạng thật. Mẫu đầy đủ: kiemke init THƯ_MỤC
# Settings of the demonstration: loopback bears a higher pace than a real network. All settings: kiemke init DIR
language = "vi"

[scan]
requests_per_second = 4000
sweep_packets_per_second = 10000
timeout_s = 1.0
device_deadline_s = 40.0

[management]
# Cổng quản trị của các thiết bị mô phỏng.
# Management ports of the simulated devices.
{doors}

[services]
# Ai cấp chứng thư cho các dịch vụ mô phỏng.
# Who certifies the simulated services.
authorities = "authority.pem"
"""


class DemoError(Problem):
    TEMPLATES: ClassVar[dict[str, str]] = {
        "demo_elsewhere": "{folder} is a workspace with offices of its own; choose another folder for the demonstration "
        "with --out.",
    }


def prepare(folder: Path, district: District, snmp_port: int, ssh_port: int) -> Workspace:
    """The demonstration's workspace, made when `folder` holds none. Raises `DemoError` for a workspace that is not its own."""
    if workspace.find(folder) == folder:
        opened = workspace.open_workspace(folder)
        if set(opened.offices().by_code) != {office.code for office in district.offices}:
            raise DemoError("demo_elsewhere", folder=folder)
        return opened
    from simulator.web import certificates

    files = {
        "offices.yaml": offices_file(district, snmp_port, ssh_port),
        "credentials.yaml": credentials_file(district),
        AUTHORITY: certificates.authority(),
    }
    from simulator.serve import DOORS_ABOVE_SSH

    doors = "\n".join(f"{protocol} = [{ssh_port + above}]" for protocol, above in DOORS_ABOVE_SSH.items())
    return workspace.create(folder, {workspace.MARK: _SETTINGS.format(doors=doors)} | files)


def keep_registers(opened: Workspace, network: Network) -> Path:
    """The folder with the offices' purchase registers, written when there is none: as their clerks keep them at the beginning."""
    from simulator import registers

    folder = opened.root / "registers"
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=opened.root) as written:
            truth = registers.write(network, Path(written))
            folder.mkdir()
            for file in Path(written).iterdir():
                if file != truth:  # the truth about them is not for the workspace
                    shutil.move(file, folder)
    return folder


def keep_repairs(opened: Workspace, district: District, network: Network) -> Path:
    """The folder with the district's log of repairs, written when there is none."""
    from simulator import repairs

    folder = opened.root / "repairs"
    if not folder.exists():
        folder.mkdir()
        repairs.write(network, {office.code: office.name_vi for office in district.offices}, folder / "so-sua-chua.csv")
    return folder


def offices_file(district: District, snmp_port: int, ssh_port: int) -> str:
    """The district's offices and shared services as an `offices.yaml` (see `inventory.office_file`)."""
    rows = []
    for office in district.offices:
        row = {
            "code": office.code,
            "name_vi": office.name_vi,
            "name_en": office.name_en,
            "parent": office.parent,
            "staff": office.staff,
            "valid_from": office.valid_from,
            "valid_to": office.valid_to,
            "successor": office.successor,
        }
        networks = {
            "network": list(office.networks),
            "exclude": list(office.exclusions),
            "snmp": list(office.credentials_snmp),
            "ssh": list(office.credentials_ssh),
            "snmp_port": snmp_port,
            "ssh_port": ssh_port,
        }
        listed = [{key: value for key, value in networks.items() if value}] if office.networks else None
        rows.append({key: value for key, value in (row | {"networks": listed}).items() if value is not None})
    from simulator.serve import WEB_ABOVE_SSH

    listed_services = [_service(district, service, ssh_port + WEB_ABOVE_SSH) for service in district.services]
    content = {"offices": rows} | ({"services": listed_services} if listed_services else {})
    return _HEAD + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=130)


def _service(district: District, service: Service, port: int) -> dict[str, object]:
    server = district.at(district.today).plan.devices[service.server]
    row = {
        "code": service.code,
        "name_vi": service.name_vi,
        "name_en": service.name_en,
        "url": f"https://{server.address}:{port}/",
        "goal": service.goal,
        "latency_ms": service.latency_ms,
    }
    return {key: value for key, value in row.items() if value is not None}


def credentials_file(district: District) -> str:
    return yaml.safe_dump(dict(district.credentials), allow_unicode=True, sort_keys=False)


def next_day(opened: Workspace, district: District) -> tuple[date | None, date]:
    """(simulated day of the last finished scan or None, day of the next one)."""
    last = opened.last_scan()
    if last is None:
        return None, district.today
    before = datetime.fromisoformat(last["finished_at"]).astimezone(UTC).date()
    return before, before + STEP


def clock(day: date) -> Callable[[], int]:
    """Seconds since the epoch in simulated time: 08:00 in Viet Nam on `day`, going on as real time does."""
    begins, started = int(datetime.combine(day, BEGINS).timestamp()), monotonic()
    return lambda: begins + int(monotonic() - started)
