"""The signs of the map, drawn alike on the picture, in its legend and in its list."""

from markupsafe import Markup

from tour.events.states import ParticipationRole
from tour.publishing.drawing import marks
from tour.publishing.drawing.paper import Box, Spot
from tour.publishing.drawing.strokes import element, line, rectangle, text
from tour.publishing.published_map import MapSite
from tour.web.tokens import colour

COURSE_COLOURS = tuple(colour(f"course-{number}") for number in range(1, 6))
COURSE_DASHES = (None, "26 12", "6 11", "34 9 6 9", "14 8")
"""A course is told by colour and by dashes: many copies will be black and white."""

WHITE = colour("paper")
PIN_HEIGHT = 50.0


def pin_width(number: int) -> float:
    return 54.0 + 19 * len(str(number))


def pin_head(box: Box, site: MapSite) -> str:
    """A pin's head: the kind's mark and the number, white on the kind's colour.

    Reversed for a site that does not take part itself; a broken edge where the position is rough.
    """
    colour = marks.colours()[site.kind]
    nearby = site.role == ParticipationRole.NEARBY
    ink, fill, edge = (colour, WHITE, colour) if nearby else (WHITE, colour, WHITE)
    size = (box.bottom - box.top) / PIN_HEIGHT
    head = rectangle(
        box,
        rx=12 * size,
        fill=fill,
        stroke=edge,
        stroke_width=(4.5 if nearby else 3.0) * size,
        stroke_dasharray=f"{9 * size:.1f} {5 * size:.1f}" if site.approximate else None,
    )
    corner = f"translate({box.left + 9 * size:.1f} {box.centre.y - 14 * size:.1f})"
    mark = element(
        "g",
        marks.shapes()[site.kind],
        fill=ink,
        transform=f"{corner} scale({28 / 24 * size:.3f})",
    )
    middle = (box.left + 38 * size + box.right - 6 * size) / 2
    number = text(
        str(site.number),
        Spot(middle, box.centre.y + 12.5 * size),
        35 * size,
        fill=ink,
        font_weight=700,
        text_anchor="middle",
    )
    return head + mark + number


def pin_foot(site: MapSite, at: Spot, head: Spot, size: float) -> str:
    """The point where a site is, and the line that leads from it to the pin's head."""
    colour = marks.colours()[site.kind]
    dashes = "8 6" if site.approximate else None
    return (
        line(at, head, stroke=WHITE, stroke_width=10 * size)
        + line(at, head, stroke=colour, stroke_width=5 * size, stroke_dasharray=dashes)
        + element(
            "circle",
            cx=at.x,
            cy=at.y,
            r=9 * size,
            fill=WHITE if site.approximate else colour,
            stroke=colour if site.approximate else WHITE,
            stroke_width=3.5 * size,
        )
    )


def course_letter(number: int) -> str:
    """A, B, C … for the first, second, third course."""
    return chr(ord("A") + number % 26)


def course_look(number: int) -> tuple[str, str | None]:
    """(colour, dashes) of a course's line."""
    colour = COURSE_COLOURS[number % len(COURSE_COLOURS)]
    return colour, COURSE_DASHES[number % len(COURSE_DASHES)]


def course_badge(number: int, at: Spot, radius: float) -> str:
    """The course's letter in a ring of its colour."""
    colour, _dashes = course_look(number)
    ring = element(
        "circle", cx=at.x, cy=at.y, r=radius, fill=WHITE, stroke=colour, stroke_width=radius / 4
    )
    return ring + text(
        course_letter(number),
        Spot(at.x, at.y + 0.46 * radius),
        1.3 * radius,
        fill=colour,
        font_weight=700,
        text_anchor="middle",
    )


def course_sample(number: int) -> Markup:
    """The course's letter on a piece of its line, for the legend."""
    colour, dashes = course_look(number)
    stretch = line(
        Spot(0, 25), Spot(150, 25), stroke=colour, stroke_width=12, stroke_dasharray=dashes
    )
    return _picture(stretch + course_badge(number, Spot(75, 25), 20), "course-line", 150, 50)


def _picture(content: str, name: str, width: float, height: float) -> Markup:
    """Safe to stand in a page: it is made of numbers and of our own files."""
    fonts = {"font-family": "Noto Sans CJK JP, Noto Sans JP, Hiragino Sans, sans-serif"}
    size = {"viewBox": f"0 0 {width:g} {height:g}", "width": width / 2, "height": height / 2}
    svg = element("svg", content, **{"class": name}, **fonts, **size, **marks.DECORATION)
    return Markup(svg)  # noqa: S704 - `element` escapes
