"""SVG written by hand: the few elements that a map needs, in tenths of a millimetre."""

from collections.abc import Iterable, Sequence

from markupsafe import escape

from tour.publishing.drawing.paper import Box, Spot

FINENESS = 0.1
"""Lines are written in whole hundredths of a millimetre, which is finer than any printer."""

LEAST_STEP = 1.2
"""Bends of a line that are closer than this are left out: nobody sees them."""


def element(tag: str, content: str = "", /, **attributes: object) -> str:
    """An element; `_` in an attribute's name stands for `-`, and None leaves it out."""
    named = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{named}>{content}</{tag}>" if content else f"<{tag}{named}/>"


def paths(lines: Iterable[Sequence[Spot]], **attributes: object) -> str:
    """Many lines as one path; nothing where there is none."""
    drawn = "".join(_path(line) for line in lines)
    if not drawn:
        return ""
    width = attributes.pop("stroke_width", None)
    dashes = attributes.pop("stroke_dasharray", None)
    return element(
        "path",
        d=drawn,
        transform=f"scale({FINENESS})",
        stroke_width=None if width is None else float(str(width)) / FINENESS,
        stroke_dasharray=None if dashes is None else _finer(str(dashes)),
        stroke_linejoin="round",
        **attributes,
    )


def text(content: str, at: Spot, size: float, **attributes: object) -> str:
    """Text whose baseline begins, or with `text_anchor` is centred, at a spot."""
    return element("text", str(escape(content)), x=at.x, y=at.y, font_size=size, **attributes)


def rectangle(box: Box, **attributes: object) -> str:
    return element(
        "rect",
        x=box.left,
        y=box.top,
        width=box.right - box.left,
        height=box.bottom - box.top,
        **attributes,
    )


def line(start: Spot, end: Spot, **attributes: object) -> str:
    return element("line", x1=start.x, y1=start.y, x2=end.x, y2=end.y, **attributes)


def text_width(content: str, size: float) -> float:
    """About how wide the text is: kana and characters are square, Latin letters about half."""
    return size * sum(1.0 if ord(letter) > 0x2E7F else 0.58 for letter in content)


def _path(spots: Sequence[Spot]) -> str:
    """Relative moves in whole numbers: half the size of absolute ones."""
    kept = _without_tiny_steps(spots)
    corners = [(round(spot.x / FINENESS), round(spot.y / FINENESS)) for spot in kept]
    x, y = corners[0]
    steps = []
    for next_x, next_y in corners[1:]:
        steps.append(f"{next_x - x} {next_y - y}")
        x, y = next_x, next_y
    return f"M{corners[0][0]} {corners[0][1]}l{' '.join(steps)}" if steps else ""


def _without_tiny_steps(spots: Sequence[Spot]) -> list[Spot]:
    kept = [spots[0]]
    for spot in spots[1:-1]:
        if abs(spot.x - kept[-1].x) + abs(spot.y - kept[-1].y) >= LEAST_STEP:
            kept.append(spot)
    return [*kept, spots[-1]]


def _finer(dashes: str) -> str:
    return " ".join(f"{float(dash) / FINENESS:g}" for dash in dashes.split())


def _value(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(escape(value))
