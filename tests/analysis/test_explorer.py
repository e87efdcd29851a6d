"""The network to move about in: what it holds, before a browser draws it."""

from __future__ import annotations

import pandas as pd
import pytest
from bokeh.models import ColumnDataSource

from analysis.figures.explorer import explorer, explorer_page
from inventory.folding import fold
from reports.texts import texts
from tests.analysis.test_maps import endpoint, office, told

VI = texts("vi")
HURTFUL = "</script><script>window.hurt=1</script><img src=x onerror='window.hurt=1'>"


@pytest.fixture
def small():
    devices = [
        {"kind": "router", "sys_name": "gw", "model": "RB3011", "vendor": "MikroTik", "address": "127.1.0.9"},
        {"sys_name": "SW Tầng Hầm"},
        {"kind": "printer", "sys_name": HURTFUL},
    ]
    machines = [endpoint(n, "D00002", "7") for n in range(10, 16)]
    links = [told("D00001", "ether2", "D00002", "Gi0/1"), told("D00002", "Gi0/2", "D00003", "eth0")]
    return office(devices, links, machines, name="Xã Đồng Ích")


def sources(picture, *columns):
    found = [source.data for source in picture.select({"type": ColumnDataSource})]
    return next(data for data in found if set(columns) <= set(data))


def test_every_device_is_there_and_found_by_what_people_know_of_it(small):
    known, devices, offices, interfaces = small
    keys = sources(explorer(known, devices, offices, VI, interfaces=interfaces), "key", "evidence")["key"]
    for words in ("SW tầng hầm", "dong ich", "rb3011 mikrotik", "127.1.0.9", "D00003", "bo dinh tuyen"):
        assert any(all(word in key for word in fold(words).split()) for key in keys), words
    assert sum("dong ich" in key for key in keys) == 4, "three devices and an unmanaged switch"


def test_evidence_is_in_words_and_escaped(small):
    known, devices, offices, interfaces = small
    findings = pd.DataFrame(
        [
            {
                "device": "D00001", "port": "ether2", "other_device": "D00002", "severity": "high",
                "why": "chậm <b>quá</b>", "first": pd.NA,
            }
        ]
    )  # fmt: skip
    picture = explorer(known, devices, offices, VI, interfaces=interfaces, findings=findings)
    cables = sources(picture, "own_xs", "evidence")["evidence"]
    (found,) = [text for text in cables if "ether2" in text]
    assert VI.told(known.links.iloc[0]["why"]) in found
    assert "⚠ chậm &lt;b&gt;quá&lt;/b&gt;" in found
    nodes = sources(picture, "key", "evidence")["evidence"]
    assert not any("<script" in text or "<img" in text for text in [*nodes, *cables])
    assert any("&lt;script&gt;" in text for text in nodes)
    assert "window.hurt=1</script>" not in explorer_page(picture, HURTFUL)


def test_a_network_of_nothing_is_drawn():
    known, devices, offices, interfaces = office([])
    assert "<html" in explorer_page(explorer(known, devices, offices, VI, interfaces=interfaces), "")
