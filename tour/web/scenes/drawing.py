"""A scene from its three sources: its own drawing, the parts that all share, its kind's inks.

`static/scenes/NAME.svg` is written by hand on a sheet of 480 by 300, of which a square in the
middle is always seen: `class` names its kind, a fill or stroke is the name of an ink, and `<use>` a
part of `static/scenes/parts.svg` or `#cloth`, the kind's pattern. Browsers get one file that needs
no other. It fills its frame; as `NAME.svg#whole` nothing of its height is cut where the frame is
wider, for the ground and the sleeves go on to both sides.
"""

import re
from functools import cache
from pathlib import Path

from tour.settings import ROOT
from tour.web.tokens import colour, kind_colour

FOLDER = ROOT / "static/scenes"
PARTS = FOLDER / "parts.svg"
WIDTH, HEIGHT = 480, 300
INKS = ("paper", "light", "ink", "accent", "skin", "wood")
"""What all scenes are printed in, beside the colours of their kind."""

_KIND = re.compile(r'<svg [^>]*\bclass="([a-z_]+)"')
_INSIDE = re.compile(r"<svg [^>]*>(.*)</svg>", re.DOTALL)
_SIZE = re.compile(r'(width="\d+" height="\d+")')
_PART = re.compile(r'^  <(\w+) id="([\w-]+)"(?:[^\n]*/>$|.*?^  </\1>$)', re.DOTALL | re.MULTILINE)
_USED = re.compile(r'(?:href="|url\()#([\w-]+)')
_INK = re.compile(r'\b(fill|stroke)="([a-z-]+)"')
_GAP = re.compile(r"\s*\n\s*|<!--.*?-->", re.DOTALL)


def names() -> frozenset[str]:
    """Every scene that is drawn: an emblem's name, or a kind's."""
    return frozenset(path.stem for path in FOLDER.glob("*.svg") if path != PARTS)


def is_scene(path: Path) -> bool:
    return path.parent == FOLDER and path.suffix == ".svg" and path != PARTS


def picture(path: Path) -> bytes:
    return drawn(path.read_text("utf-8")).encode()


def drawn(source: str) -> str:
    """The whole picture of a scene's text. KeyError for an ink that there is not."""
    kind = _found(_KIND, source)
    body = _found(_INSIDE, source)
    defs = "".join([_cloth(kind), *_parts_of(body)])
    inked = _INK.sub(lambda m: f'{m[1]}="{_ink(m[2], kind)}"', f"<defs>{defs}</defs>{body}")
    sheet = f'viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="xMidYMid'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {sheet} slice">'
    whole = f'<view id="whole" {sheet} meet"/>'
    return _GAP.sub("", f"{head}{whole}{inked}</svg>")


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    if not found:
        raise ValueError(f"a scene without {pattern.pattern}")
    return found[1]


def _ink(name: str, kind: str) -> str:
    if name == "none":
        return name
    if name in INKS:
        return colour(f"scene-{name}")
    return kind_colour(kind, name)


def _cloth(kind: str) -> str:
    """The kind's pattern, of which table cloths, aprons and the ground are made."""
    text = (ROOT / f"static/patterns/{kind}.svg").read_text("utf-8")
    size = f'{_found(_SIZE, text)} patternUnits="userSpaceOnUse"'
    return f'<pattern id="cloth" {size}>{_found(_INSIDE, text)}</pattern>'


def _parts_of(body: str) -> list[str]:
    """The parts that a drawing uses, and those that these use."""
    parts, wanted, found = _parts(), _USED.findall(body), {}
    while wanted:
        name = wanted.pop()
        if name in parts and name not in found:
            found[name] = parts[name]
            wanted += _USED.findall(parts[name])
    return list(found.values())


@cache
def _parts() -> dict[str, str]:
    return {m[2]: m[0] for m in _PART.finditer(PARTS.read_text("utf-8"))}
