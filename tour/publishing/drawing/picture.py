"""The map as a picture: SVG drawn by us, the same for print, archive and readers without scripts.

It holds real text, needs no tile, no style sheet and no network, and is the same bytes for the
same content.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tour.geo import Point
from tour.i18n import translate
from tour.publishing.drawing.corners import corners
from tour.publishing.drawing.ground import INK, PAPER, WHITE, Ground, Name, StationMark
from tour.publishing.drawing.paper import Box, Frame, Spot, frame_around
from tour.publishing.drawing.pins import Pin, place_pins
from tour.publishing.drawing.strokes import element, paths, rectangle, text, text_width
from tour.publishing.drawing.symbols import (
    PIN_HEIGHT,
    course_badge,
    course_look,
    pin_foot,
    pin_head,
    pin_width,
)
from tour.publishing.published_map import MapCourse, MapSite, PublishedMap, text_in

FONTS = {
    "ja": "Noto Sans CJK JP, Noto Sans JP, Hiragino Sans, sans-serif",
    "zh-Hans": "Noto Sans CJK SC, Noto Sans SC, PingFang SC, sans-serif",
    "zh-Hant": "Noto Sans CJK TC, Noto Sans TC, PingFang TC, sans-serif",
    "ko": "Noto Sans CJK KR, Noto Sans KR, Apple SD Gothic Neo, sans-serif",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """How large the map is, in tenths of a millimetre, and how large its pins and words are.

    `href` makes each pin a link: `{number}` in it is the place's.
    """

    width: float
    height: float
    size: float = 1.0
    href: str = ""


def fonts_for(lang: str) -> str:
    return FONTS.get(lang, FONTS["ja"])


def draw_map(
    published: PublishedMap, ground: Ground, town: Sequence[Point], picture: Picture, lang: str
) -> str:
    """The map as one `<svg>` element. `town`: what is shown of an event that has no places yet."""
    return _Drawing(published, ground, town, picture, lang).svg()


class _Drawing:
    """One map while it is drawn: what stands where, so that nothing covers anything else."""

    def __init__(
        self,
        published: PublishedMap,
        ground: Ground,
        town: Sequence[Point],
        picture: Picture,
        lang: str,
    ) -> None:
        self.map, self.ground, self.picture, self.lang = published, ground, picture, lang
        self.places = [site for site in published.places if site.point]
        walked = [point for course in published.courses for point in course.line]
        self.frame: Frame = frame_around(
            [*published.points, *walked] or town,
            picture.width,
            picture.height,
            margin=130 * picture.size,
        )

    def svg(self) -> str:
        spots = [self._spot(site) for site in self.places]
        dots = [Box.around(spot, 24, 24) for spot in spots]
        furniture, blocked = corners(self.frame, self.picture.size, self.lang)
        stations, station_boxes = self._stations([*blocked, *dots])
        letters, letter_boxes = self._course_letters()
        pins = place_pins(
            spots,
            [self._pin_size(site) for site in self.places],
            self.frame.box.grown(-25),
            blocked=[*blocked, *letter_boxes],
            rather_free=station_boxes,
            lines=[walk for course in self.map.courses for walk in self._line(course)],
        )
        taken = [*blocked, *dots, *station_boxes, *letter_boxes, *(pin.box for pin in pins)]
        layers = (
            rectangle(self.frame.box, fill=PAPER),
            self.ground.drawing(self.frame),
            self._courses(),
            self._names(taken),
            stations,
            letters,
            self._pins(pins),
            furniture,
        )
        return self._sheet("".join(layers))

    def _sheet(self, content: str) -> str:
        """Clipped to the frame, with a name for those who cannot see it."""
        width, height = self.picture.width, self.picture.height
        clip = element("clipPath", rectangle(self.frame.box), id="frame")
        return element(
            "svg",
            element("title", _escaped(translate("Map of all places", self.lang)))
            + element("defs", clip)
            + element("g", content, clip_path="url(#frame)"),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {width:g} {height:g}",
            role="img",
            font_family=fonts_for(self.lang),
            lang=self.lang.removesuffix("-easy"),
        )

    # ---- places ----

    def _spot(self, site: MapSite) -> Spot:
        assert site.point is not None  # noqa: S101 - only placed ones are drawn
        return self.frame.spot_of(site.point)

    def _pin_size(self, site: MapSite) -> tuple[float, float]:
        return pin_width(site.number) * self.picture.size, PIN_HEIGHT * self.picture.size

    def _pins(self, pins: Sequence[Pin]) -> str:
        """Leader lines below all pins, so that no line crosses a number."""
        size = self.picture.size
        both = list(zip(self.places, pins, strict=True))
        feet = [pin_foot(site, pin.at, pin.box.centre, size) for site, pin in both]
        return "".join((*feet, *(self._head(site, pin) for site, pin in both)))

    def _head(self, site: MapSite, pin: Pin) -> str:
        head = pin_head(pin.box, site)
        if not self.picture.href:
            return head
        name = text_in(site.names, self.lang)
        label = element("title", _escaped(f"{site.number} {name}"))
        return element("a", label + head, href=self.picture.href.format(number=site.number))

    # ---- courses ----

    def _courses(self) -> str:
        size = self.picture.size
        drawn = []
        for number, course in enumerate(self.map.courses):
            walk = self._line(course)
            colour, dashes = course_look(number)
            drawn.append(
                paths(
                    walk,
                    fill="none",
                    stroke=WHITE,
                    stroke_width=22 * size,
                    stroke_linecap="round",
                )
                + paths(
                    walk,
                    fill="none",
                    stroke=colour,
                    stroke_width=12 * size,
                    stroke_dasharray=dashes,
                )
            )
        return "".join(drawn)

    def _line(self, course: MapCourse) -> list[list[Spot]]:
        return [[self.frame.spot_of(point) for point in course.line]] if course.line else []

    def _course_letters(self) -> tuple[str, list[Box]]:
        """Each course's letter on the middle of its walk."""
        drawn: list[str] = []
        boxes: list[Box] = []
        for number, course in enumerate(self.map.courses):
            for walk in self._line(course):
                radius = 23 * self.picture.size
                at = _midway(walk)
                drawn.append(course_badge(number, at, radius))
                boxes.append(Box.around(at, 2 * radius, 2 * radius))
        return "".join(drawn), boxes

    # ---- names ----

    def _stations(self, blocked: Sequence[Box]) -> tuple[str, list[Box]]:
        """Station signs, each at the side of its point where there is room for it."""
        drawn: list[str] = []
        boxes: list[Box] = []
        for station in self.ground.stations(self.frame, self.lang):
            for box in self._sign_boxes(station):
                free = not any(box.overlap(other) for other in (*blocked, *boxes))
                if free and self.frame.box.contains(box):
                    drawn.append(self._sign(station, box))
                    boxes.append(box)
                    break
        return "".join(drawn), boxes

    def _sign_boxes(self, station: StationMark) -> list[Box]:
        """On the point itself, else just right, left, above or below of it."""
        size = self._sign_size(station)
        width, height = text_width(station.name, size) + 1.1 * size, 1.5 * size
        right, down = width / 2 + 14, height / 2 + 14
        shifts = ((0, 0), (right, 0), (-right, 0), (0, -down), (0, down))
        return [
            Box.around(Spot(station.at.x + dx, station.at.y + dy), width, height)
            for dx, dy in shifts
        ]

    def _sign_size(self, station: StationMark) -> float:
        return (31.0 if station.rank == 0 else 24.0) * self.picture.size

    def _sign(self, station: StationMark, box: Box) -> str:
        size = self._sign_size(station)
        strong = station.rank == 0
        return rectangle(
            box,
            rx=6,
            fill=INK if strong else WHITE,
            stroke=WHITE if strong else INK,
            stroke_width=3,
        ) + text(
            station.name,
            Spot(box.centre.x, box.centre.y + 0.36 * size),
            size,
            fill=WHITE if strong else INK,
            font_weight=700,
            text_anchor="middle",
        )

    def _names(self, taken: Sequence[Box]) -> str:
        """Names of rivers, parks, railways and roads, where they cover nothing."""
        drawn, boxes = [], list(taken)
        for name in self.ground.names(self.frame, self.lang):
            box = self._name_box(name)
            inside = self.frame.box.contains(box)
            if inside and not any(box.overlap(other) for other in boxes):
                boxes.append(box)
                drawn.append(self._name(name))
        return "".join(drawn)

    def _name_box(self, name: Name) -> Box:
        """The upright box around turned text, a little smaller: its corners are empty."""
        size = name.size * self.picture.size
        long, high = text_width(name.text, size), size
        upright = abs(name.angle) / 90
        width = long * (1 - upright) + high * upright
        height = high * (1 - upright) + long * upright
        return Box.around(name.at, width, height)

    def _name(self, name: Name) -> str:
        size = name.size * self.picture.size
        x, y = name.at
        veil = rectangle(
            Box.around(name.at, text_width(name.text, size) + 0.3 * size, 1.1 * size),
            rx=5,
            fill=PAPER,
            fill_opacity=0.75 if name.on_line else 0.0,
        )
        words = text(name.text, Spot(x, y + 0.36 * size), size, fill=name.ink, text_anchor="middle")
        return element("g", veil + words, transform=f"rotate({name.angle:.1f} {x:.1f} {y:.1f})")


def _midway(walk: Sequence[Spot]) -> Spot:
    """The spot at half of a line's length."""
    left = sum(math.dist(a, b) for a, b in pairwise(walk)) / 2
    for a, b in pairwise(walk):
        length = math.dist(a, b)
        if length >= left > 0:
            share = left / length
            return Spot(a.x + share * (b.x - a.x), a.y + share * (b.y - a.y))
        left -= length
    return walk[0]


def _escaped(content: str) -> str:
    return content.replace("&", "&amp;").replace("<", "&lt;")
