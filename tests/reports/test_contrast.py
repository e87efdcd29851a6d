"""Every colour of text can be read on every ground it may stand on: WCAG 2.2, success criterion 1.4.3, at least 4.5 to 1."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STYLES = Path(__file__).parents[2] / "reports" / "styles"
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_INK = re.compile(r"(?<![-\w])color:\s*(#[0-9a-fA-F]{3,6})")
_GROUND = re.compile(r"background(?:-color)?:\s*(#[0-9a-fA-F]{3,6})")


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2): 0 black, 1 white."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_is_that_of_the_standard() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777", "#fff") == pytest.approx(4.48, abs=0.01)


def test_every_text_stands_out_from_every_ground() -> None:
    rules = [
        (file.name, selector.strip(), _INK.search(body), _GROUND.search(body))
        for file in sorted(STYLES.iterdir())
        for selector, body in _RULE.findall(file.read_text(encoding="utf-8"))
    ]
    grounds = {"#fff"} | {ground[1] for *_, ground in rules if ground and luminance(ground[1]) > 0.5}
    assert len(grounds) > 2
    faint = [
        (name, selector, ink[1], ground)
        for name, selector, ink, own in rules
        if ink
        for ground in ([own[1]] if own else sorted(grounds))
        if contrast(ink[1], ground) < 4.5
    ]
    assert faint == []


def test_numbers_stand_out_from_the_cells_of_the_figure_of_changes() -> None:
    from analysis.figures import happenings

    for grounds, ink in (happenings._PLAIN, happenings._WORRY):
        assert min(contrast(ground, ink) for ground in grounds) >= 4.5
