"""What every map carries in its corners: scale, north, credit."""

from collections.abc import Callable

from tour.i18n import translate
from tour.publishing.drawing.paper import Box, Frame, Spot
from tour.publishing.drawing.strokes import paths, rectangle, text, text_width
from tour.routes.walks.walks import minutes_for
from tour.sites.site_map import OSM_CREDIT
from tour.web.templates import metres
from tour.web.tokens import colour

INK = colour("ink")
SCALE_BARS_M = (50, 100, 200, 300, 500, 1000, 2000, 3000, 5000)


def corners(frame: Frame, size: float, lang: str) -> tuple[str, list[Box]]:
    """The signs, and the boxes that they take."""
    signs: tuple[Callable[[Frame, float, str], tuple[str, Box]], ...] = (_scale, _north, _credit)
    drawn = [sign(frame, size, lang) for sign in signs]
    return "".join(svg for svg, _box in drawn), [box for _svg, box in drawn]


def _scale(frame: Frame, size: float, lang: str) -> tuple[str, Box]:
    """In metres and in the minutes that it takes to walk them."""
    longest = 420 * size / frame.units_per_metre
    shown = max((bar for bar in SCALE_BARS_M if bar <= longest), default=SCALE_BARS_M[0])
    label = translate(
        "%(distance)s, %(minutes)s min on foot",
        lang,
        distance=metres(shown),
        minutes=minutes_for(shown),
    )
    bar, letters = shown * frame.units_per_metre, 26 * size
    width = max(bar, text_width(label, letters)) + 40
    bottom = frame.height - 20
    box = Box(20, bottom - 1.5 * letters - 45, 20 + width, bottom)
    left, foot = box.left + 20, box.bottom - 22
    corners = ((left, foot - 14), (left, foot), (left + bar, foot), (left + bar, foot - 14))
    rule = paths([[Spot(*corner) for corner in corners]], fill="none", stroke=INK, stroke_width=5)
    words = text(label, Spot(left, box.top + 1.2 * letters), letters, fill=INK)
    return _plate(box) + words + rule, box


def _north(frame: Frame, size: float, lang: str) -> tuple[str, Box]:
    box = Box.around(Spot(frame.width - 65 * size, 75 * size), 84 * size, 104 * size)
    x, y = box.centre
    tip = Spot(x, y - 44 * size)
    wings = (Spot(x + 17 * size, y + 8 * size), Spot(x, y), Spot(x - 17 * size, y + 8 * size))
    letter = text(
        translate("N", lang),
        Spot(x, y + 42 * size),
        28 * size,
        fill=INK,
        font_weight=700,
        text_anchor="middle",
    )
    return _plate(box) + paths([[tip, *wings, tip]], fill=INK) + letter, box


def _credit(frame: Frame, size: float, _lang: str) -> tuple[str, Box]:
    """On the picture itself, so that it stays with every copy."""
    letters = 20 * size
    width = text_width(OSM_CREDIT, letters) + 24
    box = Box(frame.width - width, frame.height - 1.7 * letters, frame.width, frame.height)
    words = text(OSM_CREDIT, Spot(box.left + 12, box.bottom - 0.55 * letters), letters, fill=INK)
    return _plate(box) + words, box


def _plate(box: Box) -> str:
    return rectangle(box, rx=8, fill=colour("paper"), fill_opacity=0.9)
