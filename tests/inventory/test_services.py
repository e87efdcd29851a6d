"""Probes are history: what a service was like, as of any date, on both databases."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from sqlalchemy.engine import Engine

from inventory import offices, services
from inventory.database import reading
from inventory.frames import Inventory
from inventory.offices import Office, Offices
from inventory.schema.services import PROBE_RESULTS, PROBED
from inventory.sentences import pack
from inventory.service_addresses import NoAddress, parse
from inventory.service_facts import Probe, Service, ServiceOutcome
from tests.inventory.conftest import DAY, START

MAIL = Service("thu", "Thư", "Mail", "https://thu.vn/", "mail", 500, 30, ("A",))
PORTAL = Service("cong", "Cổng", "Portal", "http://cong.vn/")


def known(*named: Service) -> Offices:
    return Offices({code: Office(code, code, code, parent) for code, parent in (("T", None), ("A", "T"), ("B", "T"))}, named)


def probed(service: Service = MAIL, day: int = 0, outcome: ServiceOutcome = ServiceOutcome.OK, **more) -> Probe:
    return Probe(service.code, service.url, START + day * DAY, outcome, 3, 0, **more)


def outcomes(inventory: Inventory, **wanted) -> dict[tuple[str, str | None], str | None]:
    rows = inventory.services(**wanted)
    return {
        (row["service"], None if pd.isna(row["office"]) else row["office"]): None if pd.isna(row["outcome"]) else row["outcome"]
        for row in rows.to_dict("records")
    }


def test_the_newest_probe_as_of_a_date(engine: Engine, inventory: Inventory) -> None:
    offices.write(engine, known(MAIL, PORTAL), START - 10)
    services.record(engine, "T", [probed(), probed(PORTAL, outcome=ServiceOutcome.SILENT)])
    services.record(
        engine,
        "T",
        [probed(day=2, outcome=ServiceOutcome.HTTP_ERROR, status=503, detail=pack("detail.service_status", status=503))],
    )
    services.record(
        engine, "A", [probed(day=1, outcome=ServiceOutcome.SLOW, latency_ms=900, certificate_until=START + 90 * DAY, issuer="CA")]
    )
    assert outcomes(inventory) == {("thu", "A"): "slow", ("thu", "T"): "http_error", ("cong", "T"): "silent"}
    assert outcomes(inventory, as_of=START + 1) == {("thu", "T"): "ok", ("cong", "T"): "silent"}
    assert outcomes(inventory, as_of=START - 1) == {("thu", None): None, ("cong", None): None}
    assert outcomes(inventory, as_of=START - 20) == {}
    assert outcomes(inventory, office="A") == {("thu", "A"): "slow"}
    row = inventory.services(office="A").iloc[0]
    assert row[["name_vi", "goal", "latency_limit_ms", "certificate_days", "offices", "latency_ms", "loss"]].tolist() == [
        "Thư",
        "mail",
        500,
        30,
        "A",
        900,
        0.0,
    ]
    assert row["certificate_until"] == pd.Timestamp(START + 90 * DAY, unit="s", tz="UTC")
    assert inventory.services()["reached"].tolist() == [True, False, False]
    assert {f.name for f in dataclasses.fields(Probe)} <= {c.name for c in (*PROBED.columns, *PROBE_RESULTS.columns)}


def test_thresholds_and_names_are_those_of_the_day_and_a_new_url_begins_anew(engine: Engine, inventory: Inventory) -> None:
    offices.write(engine, known(MAIL), START - 10)
    services.record(engine, "T", [probed()])
    offices.write(engine, known(dataclasses.replace(MAIL, latency_ms=900)), START + DAY)
    assert inventory.services()["latency_limit_ms"].tolist() == [900]
    assert inventory.services(as_of=START)["latency_limit_ms"].tolist() == [500]
    assert outcomes(inventory) == {("thu", "T"): "ok"}
    offices.write(engine, known(dataclasses.replace(MAIL, url="https://thu2.vn/")), START + 2 * DAY)
    assert outcomes(inventory) == {("thu", None): None}
    offices.write(engine, known(), START + 3 * DAY)
    assert outcomes(inventory) == {}
    assert outcomes(inventory, as_of=START + DAY) == {("thu", "T"): "ok"}


def test_what_is_the_same_from_probe_to_probe_is_kept_once(engine: Engine) -> None:
    offices.write(engine, known(MAIL), START - 10)
    for day in range(30):
        services.record(engine, "T", [probed(day=day, latency_ms=100 + day, connect_ms=day)])
    services.record(engine, "T", [probed(day=29, latency_ms=7)])  # told again
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM probed").scalar_one() == 30
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM probe_results").scalar_one() == 1
        assert connection.exec_driver_sql("SELECT latency_ms FROM probed ORDER BY at DESC").scalar() == 7


def test_an_inventory_without_services_has_an_empty_frame(inventory: Inventory, engine: Engine) -> None:
    assert inventory.services().empty


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://Cổng.vn", ("https", "xn--cng-qmz.vn", 443, "/")),
        ("HTTP://a.b:8080/x y".replace(" ", "%20"), ("http", "a.b", 8080, "/x%20y")),
        ("tcp://10.0.0.1:25", ("tcp", "10.0.0.1", 25, "/")),
        ("https://[FD00::5]/ă?q=ê", ("https", "fd00::5", 443, "/%C4%83?q=%C3%AA")),
    ],
)
def test_a_url_taken_apart(url: str, wanted: tuple) -> None:
    found = parse(url)
    assert (found.scheme, found.host, found.port, found.path) == wanted


@pytest.mark.parametrize("url", ["", "https://", "https://a\r\nb/", "https://a\\b/", "https://" + "a" * 64 + ".vn", "//a.b/"])
def test_what_is_no_url(url: str) -> None:
    with pytest.raises(NoAddress):
        parse(url)
