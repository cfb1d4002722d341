"""Writing the demonstration catalogue into the database: all of it, or nothing.

Rows are found by their natural keys, so loading again changes nothing. Dates are relative to the
day of loading; an event that is over when the catalogue is loaded again moves to its next date.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tour.db import transaction
from tour.demo.catalogue import Catalogue
from tour.demo.records import (
    EventDay,
    EventRecord,
    HoursExceptionRecord,
    ProgrammeRecord,
    SiteRecord,
    SlotRecord,
)
from tour.events.models import Event, Participation
from tour.notifications import service as notifications
from tour.notifications.models import Recipient
from tour.programmes.models import Allocation, Programme, Slot
from tour.programmes.rules import BOOKING_CLOSES_BEFORE
from tour.reservations.models import Place, Reservation
from tour.reservations.service import new_door_code, new_reference
from tour.routes.models import Stop, WalkingRoute
from tour.sites.models import Craft, HoursException, OpeningHours, Site, Station
from tour.sites.service import catalogue_changed

ENTRIES_CLOSE_BEFORE = timedelta(days=5)
BOOKING_OPENS_HOUR = 9
SAMPLE_NAMES = ("見本 一郎", "見本 花子", "見本 はるか", "見本 健", "Sample Guest", "見本 みどり")
PARTY_SIZES = (2, 1, 3, 2, 4, 1)


async def load(catalogue: Catalogue, *, zone: ZoneInfo, now: datetime) -> bool:
    """Write what is missing; True when anything was."""
    today = now.astimezone(zone).date()
    async with transaction():
        if await _is_current(catalogue, today):
            return False
        await _crafts_and_stations(catalogue)
        sites = await _sites(catalogue.sites)
        events = await _events(catalogue, sites, zone, today)
        await _hours(catalogue, sites, events)
        await _courses(catalogue, sites, events)
        await _programmes(catalogue, sites, events, zone, now)
        await catalogue_changed()
    return True


async def _is_current(catalogue: Catalogue, today: date) -> bool:
    """Whether every site, event and programme is there and no event is over."""
    slugs = {site.slug for site in catalogue.sites}
    programmes = {programme.slug for programme in catalogue.programmes}
    events = {event.slug for event in catalogue.events}
    return (
        await Site.filter(slug__in=slugs).count() == len(slugs)
        and await Programme.filter(slug__in=programmes).count() == len(programmes)
        and await Event.filter(slug__in=events, ends_on__gte=today).count() == len(events)
    )


async def _crafts_and_stations(catalogue: Catalogue) -> None:
    for craft in catalogue.crafts:
        await Craft.update_or_create(
            id=craft.id,
            defaults={
                "kind": craft.kind,
                "name": craft.name,
                "name_kana": craft.name_kana,
                "romaji": craft.name_romaji,
                "emblem": craft.emblem,
                "translations": craft.translations,
            },
        )
    for station in catalogue.stations:
        await Station.update_or_create(
            id=station.id,
            defaults={
                "name": station.name,
                "name_kana": station.name_kana,
                "translations": station.translations,
                "kind": station.kind,
                "lat": station.point.lat,
                "lon": station.point.lon,
            },
        )


async def _sites(records: Sequence[SiteRecord]) -> dict[str, int]:
    """Site ids by slug."""
    for record in records:
        await Site.get_or_create(slug=record.slug, defaults=_site_values(record))
    rows = await Site.filter(slug__in=[r.slug for r in records]).values_list("slug", "id")
    return dict(rows)


def _site_values(record: SiteRecord) -> dict[str, Any]:
    entrance = record.entrance
    return {
        "kind": record.kind,
        "craft_id": record.craft,
        "name": record.name,
        "name_kana": record.name_kana,
        "summary": record.summary,
        "description": record.description,
        "access_note": record.access_note,
        "translations": record.translations,
        "address": record.address,
        "lat": record.point.lat,
        "lon": record.point.lon,
        "entrance_lat": entrance.lat if entrance else None,
        "entrance_lon": entrance.lon if entrance else None,
        "point_quality": record.point_quality,
        "point_source": record.point_source,
        "access_features": list(record.access_features),
        "languages": list(record.languages),
        "url": record.url,
        "is_sample": record.is_sample,
    }


async def _events(
    catalogue: Catalogue, sites: dict[str, int], zone: ZoneInfo, today: date
) -> dict[str, Event]:
    events = {}
    for record in catalogue.events:
        event = await Event.get_or_none(slug=record.slug)
        if event is None or event.ends_on < today:
            event = await _schedule(record, event, zone, today)
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


async def _schedule(record: EventRecord, event: Event | None, zone: ZoneInfo, today: date) -> Event:
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


async def _hours(catalogue: Catalogue, sites: dict[str, int], events: dict[str, Event]) -> None:
    ids = list(sites.values())
    await OpeningHours.filter(site_id__in=ids).delete()
    await OpeningHours.bulk_create(
        [
            OpeningHours(
                site_id=sites[row.site],
                weekday=row.weekday,
                opens_minute=row.opens_minute,
                closes_minute=row.closes_minute,
            )
            for row in catalogue.hours
        ]
    )
    await HoursException.filter(site_id__in=ids).delete()
    exceptions = {
        (record.site, day): record
        for record in sorted(catalogue.hours_exceptions, key=_is_event_day)
        for day in _dates(record, events)
    }
    await HoursException.bulk_create(
        [
            HoursException(
                site_id=sites[site],
                on_date=day,
                opens_minute=record.opens_minute,
                closes_minute=record.closes_minute,
                note=record.note,
                translations=record.translations,
            )
            for (site, day), record in exceptions.items()
        ]
    )


def _is_event_day(record: HoursExceptionRecord) -> bool:
    """Sorts yearly days first, so that an event's day on the same date replaces them."""
    return isinstance(record.rule, EventDay)


def _dates(record: HoursExceptionRecord, events: dict[str, Event]) -> Iterator[date]:
    if isinstance(record.rule, EventDay):
        yield events[record.rule.event].starts_on + timedelta(days=record.rule.day - 1)
        return
    year = min(event.starts_on.year for event in events.values())
    for shown in (year, year + 1):
        yield date(shown, record.rule.month, record.rule.day)


async def _courses(catalogue: Catalogue, sites: dict[str, int], events: dict[str, Event]) -> None:
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


async def _programmes(
    catalogue: Catalogue,
    sites: dict[str, int],
    events: dict[str, Event],
    zone: ZoneInfo,
    now: datetime,
) -> None:
    guest = await notifications.new_recipient(lang="ja", timezone=zone.key, email="")
    for record in catalogue.programmes:
        event = events[record.event]
        programme, _is_new = await Programme.get_or_create(
            slug=record.slug, defaults=_programme_values(record, sites[record.site], event)
        )
        for slot_record in record.slots:
            await _slot(record, slot_record, programme, event, guest, zone, now)


def _programme_values(record: ProgrammeRecord, site_id: int, event: Event) -> dict[str, Any]:
    return {
        "site_id": site_id,
        "event": event,
        "title": record.title,
        "summary": record.summary,
        "bring": record.bring,
        "translations": record.translations,
        "minutes": record.minutes,
        "price_yen": record.price_yen,
        "min_age": record.min_age,
        "max_party": record.max_party,
        "languages": list(record.languages),
    }


async def _slot(
    record: ProgrammeRecord,
    slot_record: SlotRecord,
    programme: Programme,
    event: Event,
    guest: Recipient,
    zone: ZoneInfo,
    now: datetime,
) -> None:
    day = event.starts_on + timedelta(days=slot_record.day - 1)
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    # UTC at this boundary: SQLite finds an instant by its text.
    starts_at = (midnight + timedelta(minutes=slot_record.starts_minute)).astimezone(UTC)
    is_draw = record.allocation == Allocation.DRAW
    taken = record.seats_taken(slot_record)
    slot, is_new = await Slot.get_or_create(
        programme=programme,
        starts_at=starts_at,
        defaults={
            "ends_at": starts_at + timedelta(minutes=record.minutes),
            "capacity": record.capacity,
            "seats_taken": taken,
            "allocation": record.allocation,
            "booking_opens_at": event.booking_opens_at,
            "booking_closes_at": starts_at
            - (ENTRIES_CLOSE_BEFORE if is_draw else BOOKING_CLOSES_BEFORE),
        },
    )
    if is_new:
        await _sample_parties(slot, taken, record.max_party, guest, now)


async def _sample_parties(
    slot: Slot, taken: int, max_party: int, guest: Recipient, now: datetime
) -> None:
    """Invented parties for the seats that the demonstration shows as taken: the ledger and the
    parties agree from the first day."""
    number = 0
    while taken:
        size = min(PARTY_SIZES[(slot.id + number) % len(PARTY_SIZES)], taken, max_party)
        party = await Reservation.create(
            reference=new_reference(),
            door_code=new_door_code(),
            name=SAMPLE_NAMES[(slot.id + number) % len(SAMPLE_NAMES)],
            adults=size,
            lang="ja",
            idempotency_key=f"sample-{slot.id}-{number}",
            recipient=guest,
            is_sample=True,
            consented_at=now,
        )
        await Place.create(reservation=party, slot=slot, seats=size)
        taken -= size
        number += 1
