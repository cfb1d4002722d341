"""A walk through several places: what was asked for, its legs, and how it is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from tour.errors import BadInput
from tour.geo import (
    Point,
    feature,
    feature_collection,
    line_geometry,
    parse_lon_lat,
    point_geometry,
)
from tour.i18n import Text, translate
from tour.i18n import lazy as _
from tour.routes.paths import STANDARD_PACE, Profile
from tour.routes.walks.walks import Walk, Walks
from tour.sites.entries import Catalogue

MOST_STOPS = 12


@dataclass(frozen=True, slots=True)
class Waypoint:
    """A station, a site, or a point somebody tapped. `number`: on the map of an event."""

    name: str
    kind: str
    point: Point
    slug: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class OutingLeg:
    start: Waypoint
    end: Waypoint
    walk: Walk


@dataclass(frozen=True, slots=True)
class Outing:
    """Places in the order of the walk, and the legs between them."""

    waypoints: tuple[Waypoint, ...]
    legs: tuple[OutingLeg, ...]

    @property
    def distance_m(self) -> int:
        return sum(leg.walk.distance_m for leg in self.legs)

    @property
    def minutes(self) -> int:
        return sum(leg.walk.minutes for leg in self.legs)

    @property
    def approximate(self) -> bool:
        return any(leg.walk.approximate for leg in self.legs)

    @property
    def numbers(self) -> Sequence[int]:
        """One a place, on the map as in the list: its own on the map of an event, or where it comes
        in the walk; 0 for where the walk only begins."""
        if any(place.number for place in self.waypoints):
            return [place.number for place in self.waypoints]
        first = 1 if self.waypoints and self.waypoints[0].slug else 0
        return range(first, first + len(self.waypoints))


@dataclass(frozen=True, slots=True)
class OutingQuery:
    """`from`, any number of `stop`, `to`: station ids, site slugs or lon,lat."""

    start: str = ""
    stops: tuple[str, ...] = ()
    end: str = ""
    profile: Profile = Profile.WALK
    keep_order: bool = False

    @classmethod
    def read(cls, query: QueryParams) -> "OutingQuery":
        profile = query.get("profile", "")
        return cls(
            start=query.get("from", "").strip(),
            stops=tuple(s for s in query.getlist("stop") if s)[:MOST_STOPS],
            end=query.get("to", "").strip(),
            profile=Profile(profile) if profile in list(Profile) else Profile.WALK,
            keep_order=query.get("order") == "given",
        )

    @property
    def is_begun(self) -> bool:
        """Whether somebody chose where to start; a page may have filled in the rest."""
        return bool(self.start)

    def query_string(self) -> str:
        pairs = [("from", self.start), *(("stop", stop) for stop in self.stops), ("to", self.end)]
        pairs += [("profile", self.profile.value), ("order", "given" if self.keep_order else "")]
        return urlencode([(name, value) for name, value in pairs if value])


def plan_outing(query: OutingQuery, catalogue: Catalogue, walks: Walks, lang: str) -> Outing:
    """The walk that was asked for; BadInput says which place is not known."""
    errors: dict[str, Text] = {}
    start = _place(query.start, "from", catalogue, lang, errors)
    stops = [_place(stop, "stop", catalogue, lang, errors) for stop in query.stops]
    end = _place(query.end, "to", catalogue, lang, errors) if query.end else None
    if not errors and not stops and end is None:
        errors["to"] = _("Choose where the walk ends.")
    if errors or start is None:
        raise BadInput(_("This walk cannot be shown."), errors)
    middle = [stop for stop in stops if stop]
    if not query.keep_order and len(middle) > 1:
        points = [place.point for place in middle]
        order = walks.best_order(
            start.point, points, end=end.point if end else None, profile=query.profile
        )
        middle = [middle[number] for number in order]
    waypoints = (start, *middle, *([end] if end else []))
    return outing_through(waypoints, walks, profile=query.profile, lang=lang)


def outing_through(
    waypoints: tuple[Waypoint, ...],
    walks: Walks,
    *,
    profile: Profile = Profile.WALK,
    pace: float = STANDARD_PACE,
    lang: str,
) -> Outing:
    legs = tuple(
        OutingLeg(a, b, walks.walk(a.point, b.point, profile=profile, pace=pace, lang=lang))
        for a, b in pairwise(waypoints)
    )
    return Outing(waypoints, legs)


def outing_geojson(outing: Outing) -> dict[str, Any]:
    """Its legs as lines and its places as points; a station where it begins has an S."""
    lines = [
        feature(
            line_geometry(leg.walk.line),
            {"approximate": leg.walk.approximate, "distance_m": leg.walk.distance_m},
        )
        for leg in outing.legs
    ]
    points = [
        feature(
            point_geometry(place.point),
            {
                "name": place.name,
                "kind": place.kind,
                "kind_label": "",
                "url": f"/sites/{place.slug}" if place.slug else "",
                "number": number or "S",
            },
        )
        for number, place in zip(outing.numbers, outing.waypoints, strict=True)
    ]
    return feature_collection([*lines, *points])


def _place(
    name: str, field: str, catalogue: Catalogue, lang: str, errors: dict[str, Text]
) -> Waypoint | None:
    if station := catalogue.station(name):
        label = station.called_in(lang)
        return Waypoint(label, "station", station.point)
    if site := catalogue.by_slug.get(name):
        if site.point and site.is_walkable:
            return Waypoint(site.text("name", lang), site.kind.value, site.point, site.slug)
        errors[field] = _("Its position is only roughly known, so no walk leads there yet.")
        return None
    try:
        return Waypoint(translate("The chosen point", lang), "point", parse_lon_lat(name))
    except ValueError:
        errors[field] = _("Choose a station or a place from the list.")
        return None
