"""Events for tests: as many places as wanted, with all kinds, hours and a course."""

from datetime import date
from itertools import cycle

from tests.factories import catalogue_changed, make_course, make_event, make_site
from tour.events.models import Event, Participation
from tour.events.states import ParticipationRole
from tour.geo import Point
from tour.sites.models import HoursException, Site
from tour.sites.states import PointQuality, SiteKind

SATURDAY, SUNDAY = date(2026, 12, 5), date(2026, 12, 6)


async def make_day(places: int = 3, *, slug: str = "day", published: bool = True) -> Event:
    """An event of two days at places 1 to n; the second is only nearby, the third shut on Sunday.

    From three places on there is a course through the first three.
    """
    kinds = cycle(SiteKind)
    sites = [await make_workshop(number, next(kinds)) for number in range(1, places + 1)]
    event = await make_event(
        *sites,
        slug=slug,
        title="ものづくりの日",
        summary="工房が扉を開けます。",
        translations={"en": {"title": "Makers' Days", "summary": "Workshops open their doors."}},
        starts_on=SATURDAY,
        ends_on=SUNDAY,
        is_published=published,
    )
    nearby = Participation.filter(event=event, number=2)
    await nearby.update(role=ParticipationRole.NEARBY)
    if places >= 3:
        await HoursException.create(site=sites[2], on_date=SUNDAY)
        await make_course(
            *sites[:3],
            slug=f"walk-{slug}",
            event=event,
            title="三つの工房",
            translations={"en": {"title": "Three workshops"}},
        )
    await catalogue_changed()
    return event


async def make_workshop(number: int, kind: SiteKind = SiteKind.CRAFT, **columns: object) -> Site:
    """A workshop with hours on every day, somewhere in a block of streets."""
    point = point_of(number)
    values = {
        "slug": f"site-{number}",
        "kind": kind,
        "name": f"工房その{number}号",
        "translations": {"en": {"name": f"Workshop No. {number}"}},
        "address": f"東京都北区王子{number}丁目",
        "lat": point.lat,
        "lon": point.lon,
        "point_quality": PointQuality.ENTRANCE,
        "access_features": ["wheelchair", "stroller"],
        **columns,
    }
    return await make_site(hours=[(weekday, 540, 1020) for weekday in range(7)], **values)


def point_of(number: int) -> Point:
    """Eight to a row, some 60 m apart: closer than pins are wide."""
    row, column = divmod(number, 8)
    return Point(lat=35.7525 + row * 0.0006, lon=139.7370 + column * 0.0007)
