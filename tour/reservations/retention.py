"""Forgetting people when their day is long enough ago; only the counts stay (decision 0014)."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from tour.db import transaction
from tour.notifications import service as notifications
from tour.programmes.models import DEFAULT_RETENTION_DAYS, BookingRules, Slot
from tour.reservations.models import (
    ContactCheck,
    DrawEntry,
    Place,
    Reservation,
    WaitlistEntry,
)

log = logging.getLogger("tour.reservations")

BATCH = 500
Until = Mapping[int, datetime]


async def erase_due(*, now: datetime) -> int:
    """Erase every party that is no longer needed; returns how many. A page of them at a time."""
    erased, last = 0, 0
    days = dict(await BookingRules.all().values_list("event_id", "retention_days"))
    while page := await _page_after(last, now):
        last = page[-1].id
        until = await needed_until(page, days)
        over = [party for party in page if until[party.id] <= now]
        if over:
            await _erase(over, now)
        erased += len(over)
    if erased:
        log.info("erased personal data of %d parties", erased)
    return erased


async def needed_until(parties: Sequence[Reservation], days: Mapping[int, int]) -> Until:
    """Until when each is kept: the retention of its event after the last of its sessions.

    `days` by event id; a party that has no session at all counts from when it was made.
    """
    ids = [party.id for party in parties]
    by_party: dict[int, set[int]] = defaultdict(set)
    for rows in (
        Place.filter(reservation_id__in=ids),
        WaitlistEntry.filter(reservation_id__in=ids),
    ):
        for party_id, slot_id in await rows.values_list("reservation_id", "slot_id"):
            by_party[party_id].add(slot_id)
    for entry in await DrawEntry.filter(reservation_id__in=ids):
        by_party[entry.reservation_id] |= set(entry.ranking)
    kept = await _kept_until({i for slots in by_party.values() for i in slots}, days)
    usual = timedelta(days=DEFAULT_RETENTION_DAYS)
    return {
        party.id: max(
            (kept[slot_id] for slot_id in by_party[party.id] if slot_id in kept),
            default=party.created_at + usual,
        )
        for party in parties
    }


async def _kept_until(slot_ids: Iterable[int], days: Mapping[int, int]) -> Until:
    rows = await Slot.filter(id__in=list(slot_ids)).values("id", "ends_at", "programme__event_id")
    return {
        row["id"]: row["ends_at"]
        + timedelta(days=days.get(row["programme__event_id"], DEFAULT_RETENTION_DAYS))
        for row in rows
    }


async def _page_after(last: int, now: datetime) -> list[Reservation]:
    """Those made today are needed in any case."""
    kept = Reservation.filter(id__gt=last, erased_at=None, created_at__lt=now - timedelta(days=1))
    return await kept.order_by("id").limit(BATCH)


async def _erase(parties: Sequence[Reservation], now: datetime) -> None:
    """The key to the page stays and opens an empty one; the form's key is made useless."""
    ids = [party.id for party in parties]
    async with transaction():
        for party_id in ids:
            # The colon keeps it out of forms.KEY: nobody's form can have taken it before.
            await Reservation.filter(id=party_id).update(idempotency_key=f"erased:{party_id}")
        await Reservation.filter(id__in=ids).update(
            name="",
            kana="",
            email="",
            phone="",
            email_key="",
            phone_key="",
            found_by="",
            note="",
            request_digest="",
            photos_allowed=None,
            erased_at=now,
        )
        await Place.filter(reservation_id__in=ids).update(answers=[], reason="")
        await WaitlistEntry.filter(reservation_id__in=ids).update(answers=[])
        await DrawEntry.filter(reservation_id__in=ids).update(
            email_key="", phone_key="", answers={}
        )
        await ContactCheck.filter(reservation_id__in=ids).delete()
        await notifications.erase({party.recipient_id for party in parties})
