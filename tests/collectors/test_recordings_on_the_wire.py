"""Recordings served over UDP by the simulator tell the same as in replay: the wire and the file carry one interview."""

import json
import random
import tarfile
import time
from pathlib import Path

import pytest

from collectors.credentials import Vault
from collectors.pace import Pace
from collectors.replay import replay, result_line
from collectors.runners.local import LocalRunner
from collectors.tasks import Target, Task
from simulator.serve import serve_recordings
from tests.collectors.conftest import free_udp_port
from tests.collectors.recorded import PROFILES, recordings

COUNT = 120


def test_the_wire_and_the_file_tell_the_same(tmp_path: Path) -> None:
    folder = recordings()
    if folder is None:
        pytest.skip("the recorded devices are not here: set KIEMKE_RECORDINGS to their folder, or put it at ../shared/recordings")
    with tarfile.open(folder / "dev.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    usable = [path for path in sorted(tmp_path.rglob("*.snmprec")) if path.stat().st_size < 300_000]
    chosen = random.Random(5).sample(usable, COUNT)
    told = {name: result_line(name, seen) for name, seen in replay(chosen, PROFILES)}
    port = free_udp_port()
    vault = Vault(tmp_path, {"KIEMKE_CREDENTIAL_RO": json.dumps({"kind": "snmp-community", "secret": "public", "version": "2c"})})
    runner = LocalRunner(vault, PROFILES, lambda: int(time.time()), Pace(requests_per_second=5_000), tmp_path / "known_hosts")
    with serve_recordings(chosen, snmp_port=port, ssh_port=free_udp_port()) as serving:
        names = {address: path.stem for address, path in serving.recordings.items()}
        tasks = [Task("scan", Target(address, "", snmp_port=port, snmp=("ro",)), "snmp", "ro", "2c") for address in names]
        heard = {names[seen.address]: result_line(names[seen.address], seen) for seen in runner.run(tasks)}
    assert heard == told
