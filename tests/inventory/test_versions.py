"""Versions sort as their makers count them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.versions import order


@pytest.mark.parametrize(
    "rising",
    [
        ["12.2(25)SEE2", "12.2(44)SE6", "12.2(55)SE", "12.2(55)SE12", "15.0(2)SE", "15.0(2)SE11", "15.2(7)E"],
        ["6.40.9", "6.44", "6.49.10", "7.1beta6", "7.1rc1", "7.1", "7.1.1", "7.12"],
        ["YA.15.20", "YA.16.02.0012", "YA.16.11.0014"],
        ["V100R006C01SPC200", "V200R005C00SPC500", "V200R005C00SPC600", "V200R019C10SPC500"],
        ["v6.4.9,build1966,220128 (GA)", "v7.0.9,build0444,221121 (GA.M)", "v7.0.12,build0523,230606 (GA)"],
        ["9.8(4)", "9.8(4)20", "9.14(1.5)"],
        ["DSM 6.2-25556", "DSM 7.1-42962", "DSM 7.1-42962 Update 1"],
    ],
)
def test_rising(rising):
    assert sorted(random.Random(1).sample(rising, len(rising)), key=order) == rising


def test_the_same_version_however_it_is_written():
    assert order("Version 1.2.3") == order("v1.2.3") == order("1.2.3") == order(" 1.2.3 ")
    assert order("R80.30") == order("r80.30")


@pytest.mark.parametrize("nothing", [None, "", " ", "-", "()"])
def test_no_version(nothing):
    assert order(nothing) is None


numbers = st.lists(st.integers(0, 10**8), min_size=1, max_size=5)


@given(numbers, numbers)
def test_numbers_compare_as_numbers(one, other):
    def written(version):
        return ".".join(map(str, version))

    assert (order(written(one)) < order(written(other))) == (one < other)


@given(st.text(max_size=60))
def test_any_text_goes_in(text):
    made = order(text)
    assert made is None or made.endswith(".")
