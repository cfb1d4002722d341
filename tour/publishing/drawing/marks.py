"""Kind marks and colours for print: those of the screen, read from the same files."""

import re
from functools import cache

from markupsafe import Markup

from tour.publishing.drawing.strokes import element
from tour.settings import ROOT
from tour.sites.states import SiteKind
from tour.web import tokens

_SYMBOL = re.compile(r'<symbol id="mark-(\w+)" viewBox="0 0 24 24">(.*?)</symbol>', re.DOTALL)
_COLOUR = re.compile(r"\.kind-(\w+) \{ --kind: (#[0-9a-f]{6});")

DECORATION = {"xmlns": "http://www.w3.org/2000/svg", "aria-hidden": "true"}
"""Attributes of a picture whose meaning stands beside it in words."""


@cache
def shapes() -> dict[SiteKind, str]:
    """The mark of each kind as SVG elements on 24 by 24, without a colour."""
    text = (ROOT / "static/icons/ui.svg").read_text(encoding="utf-8")
    return {SiteKind(kind): shape for kind, shape in _SYMBOL.findall(text)}


@cache
def colours() -> dict[SiteKind, str]:
    return {SiteKind(kind): colour for kind, colour in _COLOUR.findall(tokens.style())}


def mark(kind: SiteKind, colour: str = "") -> Markup:
    """A kind's mark for a legend or a badge, in its own colour or another."""
    content = element("g", shapes()[kind], fill=colour or colours()[kind])
    picture = element("svg", content, **{"class": "mark"}, viewBox="0 0 24 24", **DECORATION)
    return Markup(picture)  # noqa: S704 - made of our own files


def colour_rules() -> str:
    """The colours of `tokens.css` as CSS, for sheets that stand without it."""
    kinds = "".join(f".kind-{kind} {{ --kind: {c}; }}\n" for kind, c in colours().items())
    named = " ".join(f"--{name}: {value};" for name, value in tokens.colours().items())
    return f":root {{ {named} }}\n{kinds}"
