"""A figure as it goes into a report: a drawing, or pixels where the drawing would be too large to mail."""

from __future__ import annotations

import base64
import re
import struct
from typing import TYPE_CHECKING

import pytest

from reports import show

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _page(letters: int) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 2))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    for line in range(letters // 50):
        axes.text(0, line / 200, "Sơn Đông " * 5 + "12345")
    return figure


def _kind(uri: str) -> str:
    return uri.partition(";")[0].removeprefix("data:image/")


def test_few_letters_are_a_drawing() -> None:
    assert _kind(show.image_of(_page(500))) == "svg+xml"


def test_a_page_of_letters_is_pixels_and_never_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(show, "_drawing", lambda fig: pytest.fail("drawn before it is known to be too large"))
    assert _kind(show.image_of(_page(6_000))) == "png"


def test_a_drawing_that_turns_out_too_large_is_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = _page(50)
    monkeypatch.setattr(show, "_LARGEST_DRAWING", show._least_size(figure))
    assert _kind(show.image_of(figure)) == "png"


def test_what_is_above_the_axes_is_in_the_picture() -> None:
    from matplotlib.figure import Figure

    def height(figure: Figure) -> float:
        drawing = base64.b64decode(show.image_of(figure).partition(",")[2]).decode("utf-8")
        found = re.search(r'height="([0-9.]+)pt"', drawing)
        assert found
        return float(found[1])

    plain, titled = (Figure(figsize=(4, 2), layout="constrained") for _ in range(2))
    for figure in (plain, titled):
        figure.subplots()
    titled.text(0, 1.5, "Tuổi thiết bị")
    assert height(titled) > height(plain) + 72


def test_pixels_are_fine_enough_for_paper() -> None:
    data = base64.b64decode(show.image_of(_page(6_000)).partition(",")[2])
    width, _ = struct.unpack(">II", data[16:24])
    assert width == pytest.approx((4 + 0.2) * 160, abs=2), "the page and a margin"
