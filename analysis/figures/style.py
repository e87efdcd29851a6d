"""How every picture looks: one accent, greys, labels at the data, the finding above."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.seen import Say

# Okabe and Ito, Color Universal Design (2008): told apart by colour-blind readers.
ACCENT = "#D55E00"  # needs action
SECOND = "#0072B2"  # the thing spoken of, where nothing needs action
DARK, GREY, LIGHT, PALE = "#333333", "#8C8C8C", "#C9C9C9", "#E9E9E9"
QUIET = "#666666"  # of text that stands back: grey, and 5.7 to 1 against white
HATCH = "////"

_SETTINGS: dict = {
    "font.family": "DejaVu Sans",  # has every Vietnamese letter and the sign of the dong
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": DARK,
    "text.color": DARK,
    "xtick.color": DARK,
    "ytick.color": DARK,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "hatch.linewidth": 0.6,
    "hatch.color": GREY,
}


@contextmanager
def drawing() -> Iterator[None]:
    """The settings, for the length of one picture: nobody else's pictures change."""
    with mpl.rc_context(_SETTINGS):
        yield


def canvas(width: float, height: float) -> Figure:
    """An empty figure, in inches. 7.2 inches is the text width of an A4 page."""
    return Figure(figsize=(width, height), layout="constrained")


def headline(figure: Figure, title: str, about: str = "") -> None:
    """The finding, and under it what the data are; above the drawing, left, wrapped to its width."""
    width, height = figure.get_size_inches()
    small = _balanced(about, int(width * 15.5))
    large = _balanced(title, int(width * 11.2))
    base = 1 + 0.12 / height
    if small:
        figure.text(0.0, base, "\n".join(small), fontsize=8.5, color="#5A5A5A", va="bottom", ha="left", linespacing=1.3)
        base += (0.17 * len(small) + 0.08) / height
    figure.text(0.0, base, "\n".join(large), fontsize=12, fontweight="bold", va="bottom", ha="left", linespacing=1.2)


def _balanced(text: str, width: int) -> list[str]:
    """Wrapped to at most `width` letters, in lines of about the same length: no last word alone."""
    lines = textwrap.wrap(text, width)
    while len(lines) > 1 and len(textwrap.wrap(text, width - 1)) == len(lines):
        width -= 1
    return textwrap.wrap(text, width)


def bare(axes: Axes, *, keep: Sequence[str] = ()) -> None:
    """No frame, but for the sides named."""
    for side, spine in axes.spines.items():
        spine.set_visible(side in keep)


def empty(say: Say, title: str, about: str) -> Figure:
    """A picture for a question that has no data: it says so."""
    with drawing():
        figure = canvas(7.2, 0.9)
        axes = figure.subplots()
        axes.axis("off")
        axes.text(0, 0.5, say("figures.nothing"), va="center", color=QUIET)
        headline(figure, title, about)
        return figure
