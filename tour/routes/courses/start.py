"""A model course begun elsewhere than where it begins: at one of its stops, or on the way to it."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from tour.errors import BadInput
from tour.geo import parse_lon_lat
from tour.i18n import lazy as _
from tour.i18n import translate
from tour.routes.courses.outing import Waypoint
from tour.routes.walks.walks import Floats, Walks
from tour.sites.entries import Catalogue


def begun_at(
    name: str, places: Sequence[Waypoint], catalogue: Catalogue, walks: Walks, lang: str
) -> tuple[Waypoint, ...]:
    """The course from `name` (a stop's slug, a station's id, or lon,lat) with the least walking.

    Its stops keep their neighbours: it is walked round from another stop, in either direction.
    BadInput when `name` is none of these.
    """
    known = {place.slug: number for number, place in enumerate(places)}
    if name in known:
        return _walked(places, known[name], None, walks)
    start = _start(name, catalogue, lang)
    return (start, *_walked(places, None, start, walks)) if places else ()


def _start(name: str, catalogue: Catalogue, lang: str) -> Waypoint:
    if station := catalogue.station(name):
        return Waypoint(
            station.called_in(lang),
            "station",
            station.point,
        )
    try:
        return Waypoint(translate("Where I am now", lang), "point", parse_lon_lat(name))
    except ValueError:
        message = _("Choose a station or a place from the list.")
        raise BadInput(message, {"from": message}) from None


def _walked(
    places: Sequence[Waypoint], first: int | None, start: Waypoint | None, walks: Walks
) -> tuple[Waypoint, ...]:
    before = [start] if start else []
    metres, _sure = walks.all_lengths([place.point for place in (*before, *places)])
    orders = [
        [*range(len(before)), *(len(before) + stop for stop in order)]
        for order in _orders(len(places))
        if first is None or order[0] == first
    ]
    best = min(orders, key=lambda order: _length(metres, order))
    return tuple(places[number - len(before)] for number in best[len(before) :])


def _orders(count: int) -> Iterator[list[int]]:
    """As it is, then from each other stop on, then the same backwards."""
    forwards = list(range(count))
    for line in (forwards, forwards[::-1]):
        for first in range(count):
            yield [*line[first:], *line[:first]]


def _length(metres: Floats, order: Sequence[int]) -> float:
    return sum(float(metres[a, b]) for a, b in pairwise(order))
