"""Programmes and slots, found for pages and the API."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tour.errors import NotFound
from tour.i18n import lazy as _
from tour.programmes.entries import ProgrammeEntry, SlotEntry
from tour.programmes.models import Programme, Slot
from tour.programmes.rules import RESERVABLE
from tour.programmes.states import Allocation, SlotStatus

SLOT_FIELDS = (
    "id",
    "programme_id",
    "starts_at",
    "ends_at",
    "capacity",
    "seats_taken",
    "seats_kept",
    "allocation",
    "status",
    "booking_opens_at",
    "booking_closes_at",
    "delay_minutes",
)


PUBLIC_SLOT = {"programme__is_published": True, "programme__site__is_published": True}
"""What can be reserved anew. Who has reserved already keeps it when a programme is paused or its
site withdrawn, so what exists is read without this."""


async def public_programme(programme_id: int) -> ProgrammeEntry:
    """One published programme of a published site, or NotFound."""
    public = Programme.filter(id=programme_id, is_published=True, site__is_published=True)
    return _first_programme(await public.values())


async def any_programme(programme_id: int) -> ProgrammeEntry:
    """One programme, paused or not: for those who hold a place in it."""
    return _first_programme(await Programme.filter(id=programme_id).values())


async def programmes(*, site_id: int | None = None) -> list[ProgrammeEntry]:
    """Published programmes of published sites, in the order they were listed."""
    query = Programme.filter(is_published=True, site__is_published=True)
    if site_id is not None:
        query = query.filter(site_id=site_id)
    return [_programme(row) for row in await query.order_by("id").values()]


async def ready_at(site_id: int) -> list[ProgrammeEntry]:
    """What a site shows as soon as it is public itself, in the order it was listed."""
    rows = Programme.filter(site_id=site_id, is_published=True).order_by("id")
    return [_programme(row) for row in await rows.values()]


async def public_slot(slot_id: int) -> SlotEntry:
    """One slot that can be reserved anew, or NotFound."""
    rows = await Slot.filter(id=slot_id, **PUBLIC_SLOT).values(*SLOT_FIELDS)
    if not rows:
        raise NotFound(_("There is no such time. It may have been withdrawn."))
    return slot_entry(rows[0])


async def slots_of(programme_ids: Sequence[int], *, since: datetime) -> list[SlotEntry]:
    """The programmes' slots that have not ended by `since`, soonest first."""
    query = Slot.filter(programme_id__in=list(programme_ids), ends_at__gt=since)
    return [slot_entry(r) for r in await query.order_by("starts_at", "id").values(*SLOT_FIELDS)]


async def next_that_fits(programme_id: int, party_size: int, *, now: datetime) -> SlotEntry | None:
    """The programme's soonest slot that this party could book now."""
    coming = await slots_of([programme_id], since=now)
    bookable = (s for s in coming if s.availability(now) in RESERVABLE)
    return next((slot for slot in bookable if slot.seats_left >= party_size), None)


async def coming_times(programme_id: int, *, now: datetime) -> list[SlotEntry]:
    """The programme's slots that can be booked now, soonest first; none while it is paused or its
    site withdrawn."""
    query = Slot.filter(programme_id=programme_id, booking_closes_at__gt=now, **PUBLIC_SLOT)
    coming = await query.order_by("starts_at", "id").values(*SLOT_FIELDS)
    return [slot for row in coming if (slot := slot_entry(row)).availability(now) in RESERVABLE]


async def coming_slots(
    *, since: datetime, days: int = 90, ids: Collection[int] | None = None
) -> list[SlotEntry]:
    """Every slot of a published programme that ends within `days` from `since`; of `ids` only."""
    own: dict[str, Any] = {} if ids is None else {"id__in": list(ids)}
    query = Slot.filter(
        **own,
        ends_at__gt=since,
        starts_at__lt=since + timedelta(days=days),
        **PUBLIC_SLOT,
    )
    return [slot_entry(r) for r in await query.order_by("starts_at", "id").values(*SLOT_FIELDS)]


def entry_of(slot: Slot) -> SlotEntry:
    """A row as pages and rules read it."""
    return slot_entry({name: getattr(slot, name) for name in SLOT_FIELDS})


def slot_entry(row: Mapping[str, Any]) -> SlotEntry:
    return SlotEntry(
        id=row["id"],
        programme_id=row["programme_id"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        capacity=row["capacity"],
        seats_taken=row["seats_taken"],
        seats_kept=row["seats_kept"],
        allocation=Allocation(row["allocation"]),
        status=SlotStatus(row["status"]),
        booking_opens_at=row["booking_opens_at"],
        booking_closes_at=row["booking_closes_at"],
        delay_minutes=row["delay_minutes"],
    )


def _first_programme(rows: Sequence[Mapping[str, Any]]) -> ProgrammeEntry:
    if not rows:
        raise NotFound(_("There is no such session. It may have been withdrawn."))
    return _programme(rows[0])


def _programme(row: Mapping[str, Any]) -> ProgrammeEntry:
    return ProgrammeEntry(
        id=row["id"],
        slug=row["slug"],
        site_id=row["site_id"],
        event_id=row["event_id"],
        own={name: row[name] for name in ("title", "summary", "bring")},
        translations=row["translations"],
        minutes=row["minutes"],
        price_yen=row["price_yen"],
        min_age=row["min_age"],
        max_age=row["max_age"],
        max_party=row["max_party"],
        needs_adult=bool(row["needs_adult"]),
        questions=tuple(row["questions"]),
        asks_photo_consent=bool(row["asks_photo_consent"]),
        languages=tuple(row["languages"]),
    )
