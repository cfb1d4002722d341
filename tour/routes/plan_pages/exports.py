"""A plan for other programs: GPX 1.1, iCalendar (RFC 5545) and GeoJSON (RFC 7946)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as Xml

from icalendar import Calendar, Event

from tour.geo import Point, distance_m, feature, feature_collection, line_geometry, point_geometry
from tour.reservations.messages.appointments import Mark
from tour.routes.walks.walks import Walk

GPX = "http://www.topografix.com/GPX/1/1"
NAMESPACE = uuid5(NAMESPACE_URL, "open-factory-tour:plan:stop")
PRODUCT = "-//open-factory-tour//itineraries//EN"


@dataclass(frozen=True, slots=True)
class ExportStop:
    """A stop, or (without a slug) where the day begins or ends."""

    label: str
    """Its number, S or G."""
    name: str
    kind: str
    kind_label: str
    slug: str
    address: str
    title: str
    """Of the session; empty where one drops in."""
    point: Point
    arrives_at: datetime
    starts_at: datetime
    leaves_at: datetime
    mark: Mark | None = None
    """By what calendars know it, where it is a session that the party has reserved."""


@dataclass(frozen=True, slots=True)
class ExportDay:
    name: str
    url: str
    key: str
    """Tells this plan from others, for ever."""
    version: int
    stops: Sequence[ExportStop]
    legs: Sequence[Walk]


def plan_geojson(day: ExportDay) -> dict[str, Any]:
    """Its legs as lines and its places as points; an end at the start is not drawn twice."""
    lines = [
        feature(
            line_geometry(leg.line),
            {
                "approximate": leg.approximate,
                "distance_m": leg.distance_m,
                "minutes": leg.minutes,
            },
        )
        for leg in day.legs
    ]
    return feature_collection([*lines, *(_place(stop) for stop in _distinct(day.stops))])


def plan_gpx(day: ExportDay) -> bytes:
    """Way points with their times, and one track along the streets."""
    Xml.register_namespace("", GPX)
    root = Xml.Element(f"{{{GPX}}}gpx", version="1.1", creator="open-factory-tour")
    metadata = Xml.SubElement(root, f"{{{GPX}}}metadata")
    _text(metadata, "name", day.name)
    for stop in _distinct(day.stops):
        way_point = _position(root, "wpt", stop.point)
        _text(way_point, "time", _instant(stop.arrives_at))
        _text(way_point, "name", f"{stop.label} {stop.name}")
        _text(way_point, "desc", stop.title)
    track = Xml.SubElement(root, f"{{{GPX}}}trk")
    _text(track, "name", day.name)
    for leg, (start, end) in zip(day.legs, pairwise(day.stops), strict=True):
        segment = Xml.SubElement(track, f"{{{GPX}}}trkseg")
        for point, moment in _timed(leg.line, start.leaves_at, end.arrives_at):
            _text(_position(segment, "trkpt", point), "time", _instant(moment))
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))


def _timed(
    line: Sequence[Point], leaves_at: datetime, arrives_at: datetime
) -> Iterator[tuple[Point, datetime]]:
    """Each point with when one is there, walking at one pace."""
    steps = [distance_m(a, b) for a, b in pairwise(line)]
    whole, gone = sum(steps) or 1.0, 0.0
    for point, step in zip(line, [*steps, 0.0], strict=True):
        yield point, leaves_at + (arrives_at - leaves_at) * (gone / whole)
        gone += step


def plan_ics(day: ExportDay, *, now: datetime) -> bytes:
    """One entry a stop, times in UTC."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", day.name)
    for stop in day.stops:
        if stop.slug:
            calendar.add_component(_event(day, stop, now))
    return bytes(calendar.to_ical())


def _event(day: ExportDay, stop: ExportStop, now: datetime) -> Event:
    event = Event()
    if stop.mark:
        event.add("uid", stop.mark.uid)
        event.add("sequence", stop.mark.sequence)
        event.add("last-modified", stop.mark.changed_at)
    else:
        event.add("uid", str(uuid5(NAMESPACE, f"{day.key}:{stop.slug}")))
        event.add("sequence", day.version)
    event.add("dtstamp", now)
    event.add("dtstart", stop.starts_at)
    event.add("dtend", stop.mark.ends_at if stop.mark else stop.leaves_at)
    event.add("summary", f"{stop.title} ({stop.name})" if stop.title else stop.name)
    event.add("location", f"{stop.name} {stop.address}".strip())
    event.add("geo", (stop.point.lat, stop.point.lon))
    event.add("url", day.url)
    event.add("status", "CONFIRMED")
    return event


def _distinct(stops: Sequence[ExportStop]) -> Sequence[ExportStop]:
    return stops[:-1] if len(stops) > 1 and stops[0].point == stops[-1].point else stops


def _place(stop: ExportStop) -> dict[str, Any]:
    return feature(
        point_geometry(stop.point),
        {
            "name": stop.name,
            "kind": stop.kind,
            "kind_label": stop.kind_label,
            "url": f"/sites/{stop.slug}" if stop.slug else "",
            "number": stop.label,
            "title": stop.title,
            "arrive": _instant(stop.arrives_at),
            "start": _instant(stop.starts_at),
            "leave": _instant(stop.leaves_at),
        },
    )


def _position(parent: Xml.Element, tag: str, point: Point) -> Xml.Element:
    position = {"lat": f"{point.lat:.6f}", "lon": f"{point.lon:.6f}"}
    return Xml.SubElement(parent, f"{{{GPX}}}{tag}", position)


def _text(parent: Xml.Element, tag: str, text: str) -> None:
    if text:
        Xml.SubElement(parent, f"{{{GPX}}}{tag}").text = text


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
