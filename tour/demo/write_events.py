"""The demonstration's events and their walks, at dates after the day of loading."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tour.changes import Part
from tour.demo.catalogue import Catalogue
from tour.demo.records import EventRecord
from tour.events.models import Event, Participation
from tour.routes.models import Stop, WalkingRoute

BOOKING_OPENS_HOUR = 9


async def write_events(
    part: Part, catalogue: Catalogue, sites: dict[str, int], zone: ZoneInfo, today: date
) -> dict[str, Event]:
    events = {}
    for record in catalogue.events:
        event = await Event.get_or_none(slug=record.slug)
        if event is None or event.ends_on < today:
            event = await _schedule(part, record, event, zone, today)
        events[record.slug] = event
        if await Participation.filter(event=event).exists():
            continue
        for number, participation in enumerate(record.participations, start=1):
            await Participation.create(
                event=event,
                site_id=sites[participation.site],
                number=number,
                role=participation.role,
            )
    return events


async def _schedule(
    _part: Part, record: EventRecord, event: Event | None, zone: ZoneInfo, today: date
) -> Event:
    """The event, new or moved, at its next date."""
    first = next_date(record, today)
    opens = datetime(first.year, first.month, first.day, BOOKING_OPENS_HOUR, tzinfo=zone)
    event = event or Event(slug=record.slug)
    event.update_from_dict(
        {
            "title": record.title,
            "summary": record.summary,
            "description": record.description,
            "translations": record.translations,
            "starts_on": first,
            "ends_on": first + timedelta(days=record.days - 1),
            "opens_minute": record.opens_minute,
            "closes_minute": record.closes_minute,
            "timezone": zone.key,
            "booking_opens_at": opens - timedelta(days=record.booking_opens_days_before),
            "is_published": True,
        }
    )
    await event.save()
    return event


def next_date(record: EventRecord, today: date) -> date:
    """The first weekday of the record that is far enough away."""
    earliest = today + timedelta(days=record.not_before_days)
    return earliest + timedelta(days=(record.weekday - earliest.weekday()) % 7)


async def write_courses(
    _part: Part, catalogue: Catalogue, sites: dict[str, int], events: dict[str, Event]
) -> None:
    for record in catalogue.events:
        for course in record.courses:
            route, is_new = await WalkingRoute.get_or_create(
                slug=course.slug,
                defaults={
                    "event": events[record.slug],
                    "title": course.title,
                    "summary": course.summary,
                    "translations": course.translations,
                },
            )
            if not is_new:
                continue
            for position, stop in enumerate(course.stops, start=1):
                await Stop.create(
                    walking_route=route,
                    position=position,
                    site_id=sites[stop.site],
                    stay_minutes=stop.stay_minutes,
                )
