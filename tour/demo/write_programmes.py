"""The demonstration's sessions, with invented parties in the seats that are shown as taken."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tour.changes import Part
from tour.contacts.finding import found_by
from tour.demo.catalogue import Catalogue
from tour.demo.records import ProgrammeRecord, SlotRecord
from tour.events.models import Event
from tour.notifications import recipients
from tour.programmes.models import Programme, Slot
from tour.programmes.rules import BOOKING_CLOSES_BEFORE
from tour.programmes.states import Allocation
from tour.reservations.models import Place, Reservation
from tour.reservations.parties.parties import new_door_code, new_reference

ENTRIES_CLOSE_BEFORE = timedelta(days=5)
SAMPLE_NAMES = ("見本 一郎", "見本 花子", "見本 はるか", "見本 健", "Sample Guest", "見本 みどり")
PARTY_SIZES = (2, 1, 3, 2, 4, 1)


async def write_programmes(
    part: Part,
    catalogue: Catalogue,
    sites: dict[str, int],
    events: dict[str, Event],
    zone: ZoneInfo,
) -> None:
    for record in catalogue.programmes:
        event = events[record.event]
        programme, _is_new = await Programme.get_or_create(
            slug=record.slug, defaults=_programme_values(record, sites[record.site], event)
        )
        for slot_record in record.slots:
            await _slot(part, record, slot_record, programme, event, zone)


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
    part: Part,
    record: ProgrammeRecord,
    slot_record: SlotRecord,
    programme: Programme,
    event: Event,
    zone: ZoneInfo,
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
        await _sample_parties(part, slot, taken, record.max_party, zone)


async def _sample_parties(
    part: Part, slot: Slot, taken: int, max_party: int, zone: ZoneInfo
) -> None:
    """Invented parties for the seats that the demonstration shows as taken: the ledger and the
    parties agree from the first day. None has a mail box, so whatever they are told is rung;
    no such number is given out, and every third has none at all."""
    number = 0
    while taken:
        size = min(PARTY_SIZES[(slot.id + number) % len(PARTY_SIZES)], taken, max_party)
        name, code = SAMPLE_NAMES[(slot.id + number) % len(SAMPLE_NAMES)], new_door_code()
        phone = f"090-0000-{slot.id % 1000:03}{number % 10}" if number % 3 else ""
        party = await Reservation.create(
            reference=new_reference(),
            door_code=code,
            name=name,
            phone=phone,
            found_by=found_by(name, "", "", phone, code),
            adults=size,
            lang="ja",
            idempotency_key=f"sample-{slot.id}-{number}",
            recipient=await recipients.new_recipient(lang="ja", timezone=zone.key),
            is_sample=True,
            consented_at=part.now,
        )
        await Place.create(reservation=party, slot=slot, seats=size)
        taken -= size
        number += 1
