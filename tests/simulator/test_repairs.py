"""The simulated log of repairs is one that offices might keep, and is read whole."""

from __future__ import annotations

from datetime import date

from inventory.repairs.reading import read
from simulator import repairs

DAY = date(2026, 3, 2)


def test_the_log_is_read_whole_and_most_rows_name_their_device(district, tmp_path):
    network = district.at(DAY)
    file = tmp_path / "so-sua-chua.csv"
    count = repairs.write(network, {office.code: office.name_vi for office in district.offices}, file)
    log = read(file, today=DAY)
    assert log.rejected == ()
    assert len(log.repairs) == count > 100
    serials = {device["real_serial"] for device in network.truth()["devices"]}
    named = [repair for repair in log.repairs if repair.serials]
    assert 0.8 * count < len(named) < count
    assert {serial for repair in named for serial in repair.serials} <= serials
    assert all(repair.kind in repairs.LAWS and repair.action for repair in log.repairs)
    assert all("2023-03" <= repair.day <= DAY.isoformat() for repair in log.repairs)
