"""Which generation a processor is of, by all the ways in which machines and people name it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory import processors


def names(text: str) -> list[str]:
    return sorted(generation.name for generation in processors.of_text(text))


@pytest.mark.parametrize(
    ("text", "generation"),
    [
        ("Hardware: Intel64 Family 6 Model 94 Stepping 3 AT/AT COMPATIBLE - Software: Windows Version 6.3", "skylake"),
        ("Hardware: x86 Family 6 Model 23 Stepping 10 AT/AT COMPATIBLE", "wolfdale"),
        ("AMD64 Family 25 Model 80 Stepping 0", "zen 3"),
        ("Intel(R) Core(TM) i3-4150 CPU @ 3.50GHz", "haswell"),
        ("12th Gen Intel(R) Core(TM) i3-12100", "alder lake"),
        ("Intel(R) Pentium(R) CPU G3220 @ 3.00GHz", "haswell"),
        ("Intel(R) Core(TM)2 Duo CPU E7500 @ 2.93GHz", "wolfdale"),
        ("Máy tính để bàn FPT Elead (main Asus H110M-K) Core i3-7100/4GB/500GB", "kaby lake"),
        ("Bộ máy vi tính lắp ráp i5 10400 8G SSD 240G", "comet lake"),
        ("Dell Vostro 3681, Intel Core i3 - 10100", "comet lake"),
        ("HP 280 G2 (Pentium G4400/4GB/500GB)", "skylake"),
        ("AMD Ryzen 5 PRO 4650G with Radeon Graphics", "zen 2"),
        ("Intel(R) Celeron(R) J4105 CPU @ 1.50GHz", "gemini lake"),
    ],
)
def test_a_generation_by_number_or_by_name(text, generation):
    assert names(text) == [generation]


def test_generations_that_share_a_number_are_all_meant():
    assert names("Intel64 Family 6 Model 158 Stepping 10") == ["coffee lake", "kaby lake"]


@pytest.mark.parametrize(
    "text",
    ["", "Máy in Canon LBP2900", "HP LaserJet Pro M404dn", "Cisco SG350-28", "Máy tính Dell OptiPlex 3050", "Core i5", "E350"],
)
def test_what_names_no_processor_is_of_none(text):
    assert names(text) == []


def test_years_of_sale_cover_every_generation_that_is_meant():
    both = processors.sold(processors.of_text("Intel64 Family 6 Model 158"))
    assert both == (2017, 2022)
    assert processors.sold(frozenset()) is None
    assert all(first <= last for first, last in (generation.sold for generation in processors.generations()))


@given(st.text())
def test_any_text_is_read(text):
    processors.of_text(text)
    assert processors.mobile(text) in (True, False, None)
