"""A plan as other programs read it: parsed, not looked at."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as Xml

from icalendar import Calendar, Event

from tests.conftest import NOON
from tour.geo import Point
from tour.reservations.messages.appointments import Mark
from tour.routes.plan_pages.exports import (
    GPX,
    ExportDay,
    ExportStop,
    plan_geojson,
    plan_gpx,
    plan_ics,
)
from tour.routes.walks.walks import Walk

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HOME, WORKSHOP, MUSEUM = (
    Point(lat=35.75, lon=139.73),
    Point(lat=35.76, lon=139.74),
    Point(lat=35.77, lon=139.73),
)


def stop(label: str, slug: str, point: Point, arrives: datetime, **values: Any) -> ExportStop:
    usual = ExportStop(
        label=label,
        name=f"見本 {slug or label}",
        kind="craft",
        kind_label="工芸",
        slug=slug,
        address="東京都北区王子1-1-1" if slug else "",
        title="",
        point=point,
        arrives_at=arrives,
        starts_at=arrives + 5 * MINUTE,
        leaves_at=arrives + HOUR,
    )
    return replace(usual, **values)


def leg(a: Point, b: Point) -> Walk:
    middle = Point(lat=(a.lat + b.lat) / 2, lon=(a.lon + b.lon) / 2)
    return Walk(1000, 15, False, (a, middle, b), ())


def day_of(*stops: ExportStop, version: int = 3, key: str = "day-1") -> ExportDay:
    legs = [leg(a.point, b.point) for a, b in pairwise(stops)]
    return ExportDay("土曜日", "http://testserver/itineraries/x", key, version, stops, legs)


MARK = Mark("uid-of-the-reservation", 7, NOON - HOUR, NOON + 4 * HOUR)
START = stop("S", "", HOME, NOON, starts_at=NOON, leaves_at=NOON)
ONE = stop("1", "workshop", WORKSHOP, NOON + HOUR)
TWO = stop("2", "museum", MUSEUM, NOON + 3 * HOUR, title="木版を摺る", mark=MARK)
END = stop("G", "", HOME, NOON + 6 * HOUR)
DAY = day_of(START, ONE, TWO, END)


def events_of(day: ExportDay, now: datetime = NOON) -> list[Event]:
    return list(Calendar.from_ical(plan_ics(day, now=now)).walk("VEVENT"))


def test_each_stop_is_an_entry_from_its_start_until_one_leaves() -> None:
    one, two = events_of(DAY)
    assert (one["DTSTART"].dt, one["DTEND"].dt) == (ONE.starts_at, ONE.leaves_at)
    assert (two["DTSTART"].dt, two["DTEND"].dt) == (TWO.starts_at, MARK.ends_at)
    assert (str(one["SUMMARY"]), str(two["SUMMARY"])) == (ONE.name, f"木版を摺る ({TWO.name})")
    assert str(one["LOCATION"]) == f"{ONE.name} {ONE.address}"
    assert (one["GEO"].latitude, one["GEO"].longitude) == (WORKSHOP.lat, WORKSHOP.lon)
    assert all(str(e["URL"]) == DAY.url and str(e["STATUS"]) == "CONFIRMED" for e in (one, two))
    assert all(event["DTSTAMP"].dt == NOON for event in (one, two))


def test_a_file_of_a_plan_is_published_and_invites_nobody() -> None:
    """RFC 5546, 3.2.1: a calendar that is asked for an answer would write to somebody."""
    calendar = Calendar.from_ical(plan_ics(DAY, now=NOON))
    assert (calendar["METHOD"], calendar["VERSION"], calendar["NAME"]) == (
        "PUBLISH",
        "2.0",
        DAY.name,
    )
    assert not calendar.walk("VEVENT")[0].get("ATTENDEE")


def test_what_comes_later_replaces_what_came_before() -> None:
    """The same entry with a higher number; a session that is reserved keeps the number that its
    own file gives it."""
    before, after = events_of(DAY), events_of(replace(DAY, version=4))
    assert [str(e["UID"]) for e in before] == [str(e["UID"]) for e in after]
    assert [int(e["SEQUENCE"]) for e in before] == [3, MARK.sequence]
    assert [int(e["SEQUENCE"]) for e in after] == [4, MARK.sequence]
    assert before[1]["LAST-MODIFIED"].dt == MARK.changed_at
    assert str(before[1]["UID"]) == MARK.uid


def test_another_plan_and_another_place_are_entries_of_their_own() -> None:
    uids = {
        str(event["UID"])
        for key in ("day-1", "day-2")
        for event in events_of(day_of(START, ONE, replace(TWO, mark=None), key=key))
    }
    assert len(uids) == 4
    assert not any("day-" in uid for uid in uids), "no key for whoever is shown the entry"


def test_the_track_goes_from_door_to_door_at_one_pace() -> None:
    root = Xml.fromstring(plan_gpx(DAY))  # noqa: S314 - our own
    names = {"g": GPX}
    points = root.findall(".//g:wpt", names)
    assert [p.findtext("g:name", "", names) for p in points] == [
        f"{s.label} {s.name}" for s in (START, ONE, TWO)
    ], "the end is where it began, and not drawn twice"
    assert points[1].findtext("g:time", "", names) == "2026-12-01T04:00:00Z"
    segments = root.findall(".//g:trkseg", names)
    told = [[p.findtext("g:time", "", names)[11:19] for p in s] for s in segments]
    assert told[0] == ["03:00:00", "03:30:00", "04:00:00"]
    assert [times[0] for times in told] == ["03:00:00", "05:00:00", "07:00:00"], "one leaves"
    assert [times[-1] for times in told] == ["04:00:00", "06:00:00", "09:00:00"], "one arrives"


def test_where_the_day_ends_elsewhere_that_is_drawn_too() -> None:
    places = [f for f in plan_geojson(DAY)["features"] if f["geometry"]["type"] == "Point"]
    assert [place["properties"]["number"] for place in places] == ["S", "1", "2"]
    assert [place["properties"]["url"] for place in places] == [
        *("", "/sites/workshop", "/sites/museum")
    ]
    away = day_of(START, ONE, replace(END, point=MUSEUM))
    places = [f for f in plan_geojson(away)["features"] if f["geometry"]["type"] == "Point"]
    assert [place["properties"]["number"] for place in places] == ["S", "1", "G"]
    lines = [f for f in plan_geojson(away)["features"] if f["geometry"]["type"] == "LineString"]
    assert [line["properties"]["distance_m"] for line in lines] == [1000, 1000]
