"""Drawings for paper: what matplotlib drew as outlines of letters becomes text again. Pure.

On a screen a drawing must not depend on the reader's fonts, so it holds outlines (`svg.fonttype: path`). A PDF carries its
fonts with it: there, text can be searched, copied and read aloud, and takes a fifth of the time to set. matplotlib says in a
comment before each group of outlines what it wrote, and its place and size stand in the group's transform.
"""

from __future__ import annotations

import base64
import re
from html import unescape

#: `<!-- text -->`, then the group that draws it: `translate(x y)`, perhaps `rotate(angle)`, and the size in hundredths.
_DRAWN = re.compile(
    r"<!-- (?P<text>[^<>]*?) -->\s*"
    r'<g(?: style="(?P<style>[^"]*)")? transform="(?P<place>translate\([^)]*\)(?: rotate\([^)]*\))?)'
    r' scale\((?P<scale>[\d.]+) -[\d.]+\)">'
    r"\s*(?P<letters>(?:<defs>.*?</defs>\s*)?(?:<use [^>]*/>\s*)+)</g>",
    re.DOTALL,
)
_FACE = re.compile(r'xlink:href="#(?P<face>[A-Za-z]+)(?P<manner>(?:-[A-Za-z]+)?)-[0-9a-f]+"')
#: Names that people gave hold these letters; matplotlib writes them as they are, or as entities.
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_DATA_URI = re.compile(r'(?<=")data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)(?=")')


def with_text(svg: str) -> str:
    """The drawing with text in place of outlines; formulas (between dollar signs) and what is not understood stay outlines."""
    return _DRAWN.sub(_text, svg)


def in_page(html: str) -> str:
    """A page whose drawings (data URIs) have text in them."""

    def drawing(found: re.Match[str]) -> str:
        svg = with_text(base64.b64decode(found[1]).decode("utf-8"))
        return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")

    return _DATA_URI.sub(drawing, html)


def _text(found: re.Match[str]) -> str:
    faces = {(face["face"], face["manner"].strip("-")) for face in _FACE.finditer(found["letters"])}
    if len(faces) != 1 or "$" in found["text"]:
        return found[0]
    face, manner = faces.pop()
    family = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", face)
    style = [f"font-family: '{family}'", f"font-size: {float(found['scale']) * 100:g}px"]
    style += ["font-weight: bold"] if "Bold" in manner else []
    style += ["font-style: italic"] if "Oblique" in manner or "Italic" in manner else []
    if found["style"]:
        style.append(found["style"])
    # Spaces hold columns apart in some labels, and SVG would fold them.
    text = unescape(found["text"]).translate(_ESCAPED).replace("  ", "\u00a0\u00a0")
    return f'<text transform="{found["place"]}" style="{"; ".join(style)}">{text}</text>'
