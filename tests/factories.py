"""Rows for tests, valid by default: a test states only what matters to it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from tests.conftest import NOON
from tour.audit.service import Actor
from tour.changes import Kind, tell
from tour.contacts.finding import found_by
from tour.events.models import Event, Participation
from tour.notifications import recipients
from tour.programmes import service as programmes
from tour.programmes.models import Programme, Slot
from tour.programmes.rules import BOOKING_CLOSES_BEFORE
from tour.reservations.models import Place, Reservation
from tour.reservations.parties.parties import new_door_code
from tour.routes.models import Stop, WalkingRoute
from tour.sites.models import Craft, HoursException, OpeningHours, Site, Station
from tour.sites.states import PointQuality, SiteKind

EVENT_DAY = date(2026, 12, 5)
"""A Saturday, four days after NOON."""
DAY_AHEAD = NOON + timedelta(days=7)
"""When a slot begins unless said otherwise: no reminder, offer or deadline of it is near."""
OJI = {"lat": 35.753173, "lon": 139.737886}

STAFF = Actor(None, "staff")

_numbers = count(1)


async def catalogue_changed() -> None:
    """Tell every reader that rows were written past the app's own verbs."""
    await tell(Kind.TOWN, now=NOON)


async def make_craft(**values: Any) -> Craft:
    """Wood-block print, unless said otherwise; the same id twice is the same craft."""
    defaults = {
        "kind": SiteKind.CRAFT,
        "name": "木版画",
        "name_kana": "もくはんが",
        "romaji": "mokuhanga",
        "emblem": "woodblock",
        "translations": {"en": {"name": "Wood-block print"}},
    }
    craft, _new = await Craft.get_or_create(
        id=values.pop("id", "woodblock"), defaults=defaults | values
    )
    return craft


async def make_station(**values: Any) -> Station:
    number = next(_numbers)
    defaults = {
        "id": f"station-{number}",
        "name": "王子",
        "name_kana": "おうじ",
        "translations": {"en": {"name": "Oji"}},
        **OJI,
    }
    station = await Station.create(**defaults | values)
    await catalogue_changed()
    return station


async def make_site(**values: Any) -> Site:
    """A published craft workshop a few steps from Oji station whose entrance is known.

    `hours` is [(weekday, opens, closes)], `exceptions` [(date, opens or None, closes or None)].
    """
    hours, exceptions = values.pop("hours", ()), values.pop("exceptions", ())
    site = await Site.create(**_site() | values)
    for weekday, opens, closes in hours:
        await OpeningHours.create(
            site=site, weekday=weekday, opens_minute=opens, closes_minute=closes
        )
    for day, opens, closes in exceptions:
        await HoursException.create(
            site=site, on_date=day, opens_minute=opens, closes_minute=closes
        )
    await catalogue_changed()
    return site


async def make_sites(rows: Iterable[Mapping[str, Any]]) -> None:
    """Many at once, each as `make_site` makes one without hours."""
    await Site.bulk_create(Site(**_site() | row) for row in rows)
    await catalogue_changed()


def _site() -> dict[str, Any]:
    number = next(_numbers)
    return {
        "slug": f"site-{number}",
        "kind": SiteKind.CRAFT,
        "name": f"見本 工房{number}",
        "name_kana": f"みほん こうぼう{number}",
        "translations": {"en": {"name": f"Sample workshop {number}"}},
        "point_quality": PointQuality.ENTRANCE,
        "lat": OJI["lat"] + (1 + number % 40) * 1e-5,
        "lon": OJI["lon"],
    }


async def make_event(*sites: Site, **values: Any) -> Event:
    """A published open-factory day on EVENT_DAY, 10:00 to 16:00; the sites take part in order."""
    number = next(_numbers)
    day = values.pop("day", EVENT_DAY)
    defaults = {
        "slug": f"event-{number}",
        "title": f"見本オープンファクトリー{number}",
        "translations": {"en": {"title": f"Sample open factory day {number}"}},
        "starts_on": day,
        "ends_on": day,
        "opens_minute": 10 * 60,
        "closes_minute": 16 * 60,
        "timezone": "Asia/Tokyo",
        "is_published": True,
    }
    event = await Event.create(**defaults | values)
    for place, site in enumerate(sites, start=1):
        await Participation.create(event=event, site=site, number=place)
    await catalogue_changed()
    return event


async def make_programme(**values: Any) -> Programme:
    """A published session of an hour; at a site of its own unless one is given."""
    number = next(_numbers)
    site = values.pop("site", None) or await make_site()
    defaults = {
        "slug": f"programme-{number}",
        "title": f"木版を摺る{number}",
        "translations": {"en": {"title": f"Print from a wood block {number}"}},
        "minutes": 60,
    }
    programme = await Programme.create(site=site, **defaults | values)
    await catalogue_changed()
    return programme


async def make_slot(starts_at: datetime = DAY_AHEAD, **values: Any) -> Slot:
    """An open slot of eight seats a week after NOON, of a programme of its own unless given."""
    programme = values.pop("programme", None) or await make_programme()
    defaults = {
        "ends_at": starts_at + timedelta(minutes=programme.minutes),
        "capacity": 8,
        "booking_closes_at": starts_at - BOOKING_CLOSES_BEFORE,
    }
    slot = await Slot.create(programme=programme, starts_at=starts_at, **defaults | values)
    await catalogue_changed()
    return slot


async def make_place(slot: Slot, size: int = 2, **values: Any) -> Place:
    """A party that holds seats in the slot, and the slot that counts them; `values` the party's."""
    reservation = await make_party(size, **values)
    assert await programmes.take_seats(slot.id, size)
    return await Place.create(reservation=reservation, slot=slot, seats=size)


async def make_party(size: int = 2, **values: Any) -> Reservation:
    """A party with a mail box, unless `email` says otherwise, and with nothing reserved yet."""
    code = values.setdefault("door_code", new_door_code())
    email = values.setdefault("email", "guest@example.org")
    recipient = await recipients.new_recipient(
        lang=values.get("lang", "ja"), timezone="Asia/Tokyo", email=email
    )
    name, phone = values.get("name", "客 一郎"), values.get("phone", "")
    defaults = {
        "reference": f"ref{code.lower()}",
        "name": "客 一郎",
        "found_by": found_by(name, values.get("kana", ""), email, phone, code),
        "adults": size,
        "lang": "ja",
        "idempotency_key": f"key-{code}",
        "recipient": recipient,
        "consented_at": NOON,
    }
    return await Reservation.create(**defaults | values)


async def make_course(*sites: Site, **values: Any) -> WalkingRoute:
    """A published model course through the sites in order."""
    number = next(_numbers)
    defaults = {
        "slug": f"course-{number}",
        "title": f"見本コース{number}",
        "translations": {"en": {"title": f"Sample course {number}"}},
    }
    course = await WalkingRoute.create(**defaults | values)
    for position, site in enumerate(sites, start=1):
        await Stop.create(walking_route=course, position=position, site=site)
    return course
