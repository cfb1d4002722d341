"""Bursts: many parties from one network within two days, none of which has proved its mail box.

Staff see them, take them back and, where they were people after all, give them what they had as far
as it is still free. Each party is one short transaction; what was taken is written down before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tour.audit.service import Actor, Subject
from tour.changes import edit
from tour.changes.models import RecentEdit
from tour.db import transaction
from tour.db.plain import fetch, instant, numbers
from tour.errors import NotFound, TourError
from tour.i18n import lazy as _
from tour.i18n import translate
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.models import Recipient
from tour.programmes import service as programmes
from tour.reservations.held import changes
from tour.reservations.messages import reminders
from tour.reservations.models import (
    STANDS_AGAIN,
    Draw,
    DrawEntry,
    Place,
    Reservation,
    WaitlistEntry,
)
from tour.reservations.parties.newcomers import KEPT
from tour.reservations.parties.terms import slots_with_programmes
from tour.reservations.states import DrawStatus, EndedBy, EntryStatus, PlaceStatus, WaitlistStatus
from tour.reservations.waitlist import queue

SUBJECT = "burst"
CLEARED, RESTORED = "burst.clear", "burst.restore"
SMALLEST = 5
MOST_SHOWN = 20
MOST_NAMES = 40
TOLD_FOR = timedelta(days=3)
WHOSE = """
FROM reservation r JOIN recipient t ON t.id = r.recipient_id
WHERE r.network <> '' AND r.created_at > $1 AND t.proved_at IS NULL AND (
    EXISTS (SELECT 1 FROM place p
        WHERE p.reservation_id = r.id AND p.status IN ('confirmed', 'held', 'unproved'))
    OR EXISTS (SELECT 1 FROM waitlist_entry w
        WHERE w.reservation_id = r.id AND w.status IN ('unproved', 'waiting', 'offered'))
    OR EXISTS (SELECT 1 FROM draw_entry d
        WHERE d.reservation_id = r.id AND d.status IN ('unproved', 'entered')))
"""
FOUND = f"""
SELECT r.network, COUNT(*) AS parties, SUM(r.adults + r.children) AS people,
    SUM(CASE WHEN r.email = '' THEN 1 ELSE 0 END) AS phones,
    MIN(r.created_at) AS began_at, MAX(r.created_at) AS ended_at
{WHOSE} GROUP BY r.network HAVING COUNT(*) >= {SMALLEST}
ORDER BY COUNT(*) DESC, r.network LIMIT {MOST_SHOWN}
"""
PARTIES = f"SELECT r.id {WHOSE} AND r.network = $2 ORDER BY r.id"


@dataclass(frozen=True, slots=True)
class Burst:
    """`network` is a keyed hash; `phones` of the parties gave no mail box."""

    network: str
    parties: int
    people: int
    phones: int
    began_at: datetime
    ended_at: datetime
    names: tuple[tuple[int, str], ...]
    """(number, name) of the first parties: people's names differ, and are names."""


async def found(*, now: datetime) -> list[Burst]:
    """The largest first."""
    return [
        Burst(
            row["network"],
            int(row["parties"]),
            int(row["people"]),
            int(row["phones"]),
            instant(row["began_at"]),
            instant(row["ended_at"]),
            await _names(row["network"], now),
        )
        for row in await fetch(FOUND, now - KEPT)
    ]


async def _names(network: str, now: datetime) -> tuple[tuple[int, str], ...]:
    ids = [int(row["id"]) for row in await fetch(PARTIES, now - KEPT, network)][:MOST_NAMES]
    rows = await Reservation.filter(id__in=ids).order_by("id").values("id", "name")
    return tuple((row["id"], row["name"]) for row in rows)


async def cleared(*, now: datetime) -> list[RecentEdit]:
    """What was taken back of late and not yet given back, latest first."""
    lately = RecentEdit.filter(subject=SUBJECT, at__gt=now - KEPT)
    restored = {e.subject_id for e in await lately.filter(action=RESTORED)}
    entries = await lately.filter(action=CLEARED).order_by("-id")
    return [entry for entry in entries if entry.subject_id not in restored]


async def clear(network: str, *, actor: Actor, now: datetime) -> int:
    """Take back all that the unproved parties of a burst hold, and tell them; how many parties."""
    ids = [int(row["id"]) for row in await fetch(PARTIES, now - KEPT, network)]
    if not ids:
        raise NotFound(_("There is no such burst any more."))
    taken = await _holdings(ids)
    people = sum(party.party_size for party in await Reservation.filter(id__in=ids))
    async with edit(actor, Subject(SUBJECT, ids[0]), CLEARED, now=now) as change:
        change.after = {"parties": len(ids), "reserved_for": people, "taken": taken}
    for party in await Reservation.filter(id__in=ids).order_by("id"):
        try:
            await changes.cancel(party.reference, by=EndedBy.STAFF, now=now)
        except TourError:
            continue  # Its session is about to begin: the door decides.
        await _tell(party, now)
    return len(ids)


async def restore(entry_id: int, *, actor: Actor, now: datetime) -> int:
    """Give back what a clearing took, once, as far as it is free; how many parties have it."""
    entry = next((e for e in await cleared(now=now) if e.id == entry_id), None)
    if entry is None:
        raise NotFound(_("There is nothing to undo."))
    taken: dict[str, list[int]] = entry.after["taken"]
    async with edit(actor, Subject(SUBJECT, entry.subject_id), RESTORED, now=now) as change:
        change.after = {"parties": entry.after["parties"]}
    given: set[int] = set()
    for place in await Place.filter(id__in=taken["places"]).order_by("id"):
        if await _give_place(place, now):
            given.add(place.reservation_id)
    for turn in await WaitlistEntry.filter(id__in=taken["turns"]).order_by("id"):
        if await _give_turn(turn, now):
            given.add(turn.reservation_id)
    for chance in await DrawEntry.filter(id__in=taken["entries"]).order_by("id"):
        if await _give_entry(chance, now):
            given.add(chance.reservation_id)
    return len(given)


async def _holdings(ids: Sequence[int]) -> dict[str, list[int]]:
    """What can be given back later; codes that were on their way are over."""
    which = f"reservation_id IN ({numbers(ids)})"
    statements = {
        "places": f"SELECT id FROM place WHERE {which} AND status = 'confirmed'",  # noqa: S608 - our own names
        "turns": f"SELECT id FROM waitlist_entry WHERE {which} AND status = 'waiting'",  # noqa: S608 - our own names
        "entries": f"SELECT id FROM draw_entry WHERE {which} AND status = 'entered'",  # noqa: S608 - our own names
    }
    return {name: [int(r["id"]) for r in await fetch(sql)] for name, sql in statements.items()}


async def _give_place(place: Place, now: datetime) -> bool:
    async with transaction():
        [slot] = await programmes.lock_slots([place.slot_id])
        if now >= slot.booking_closes_at or place.status != PlaceStatus.CANCELLED:
            return False
        if not await programmes.take_seats(place.slot_id, place.seats):
            return False
        again = Place.filter(id=place.id, status=PlaceStatus.CANCELLED)
        await again.update(**STANDS_AGAIN)
        party = await Reservation.get(id=place.reservation_id).select_related("recipient")
        held = await changes.confirmed_places(party.id)
        slots = await slots_with_programmes([one.slot_id for one in held])
        await reminders.renew(party, slots, now=now)
        await reminders.send_receipt(party, slots, now=now)
    return True


async def _give_turn(turn: WaitlistEntry, now: datetime) -> bool:
    async with transaction():
        await programmes.lock_slots([turn.slot_id])
        left = WaitlistEntry.filter(id=turn.id, status=WaitlistStatus.LEFT)
        if not await left.update(status=WaitlistStatus.WAITING):
            return False
        await queue.promote(turn.slot_id, now=now)
    return True


async def _give_entry(chance: DrawEntry, now: datetime) -> bool:
    """Only while nobody knows the list: afterwards it must not change."""
    open_draws = Draw.filter(id=chance.draw_id, status=DrawStatus.OPEN, entries_close_at__gt=now)
    async with transaction():
        if not await open_draws.exists():
            return False
        left = DrawEntry.filter(id=chance.id, status=EntryStatus.LEFT)
        return bool(await left.update(status=EntryStatus.ENTERED))


async def _tell(party: Reservation, now: datetime) -> None:
    def compose(reader: Recipient) -> Message:
        lang = str(reader.lang)
        body = translate(
            "Very many reservations came at once from one network, without anybody who has "
            "shown to read the address given. If yours was real, please reserve again, or "
            "phone us.",
            lang,
        )
        title = translate("Your reservation was taken back", lang)
        return Message(title, body, f"/reservations/{party.reference}")

    await notifications.tell_now(
        [party.recipient_id],
        f"burst:{party.id}",
        compose,
        concerns=None,
        expires_at=now + TOLD_FOR,
        now=now,
    )


def numbers_of(entry: RecentEdit) -> dict[str, Any]:
    """What a line about a clearing says."""
    return {"id": entry.id, "at": entry.at, "who": entry.who, "parties": entry.after["parties"]}
