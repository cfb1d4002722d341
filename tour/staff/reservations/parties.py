"""Who comes: parties found by code or name, door lists, and changes on their behalf."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from tortoise.expressions import Q

from tour.audit.service import Actor, Subject
from tour.changes import edit
from tour.changes.models import RecentEdit
from tour.contacts.finding import codes_in, sought
from tour.errors import NotFound
from tour.i18n import lazy as _
from tour.i18n import translate
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.models import Recipient
from tour.reservations.held import changes
from tour.reservations.lists.parties import TURNS, WITH, ListedParty, listed
from tour.reservations.models import Place, Reservation, WaitlistEntry
from tour.reservations.states import EndedBy, PlaceStatus, WaitlistStatus

MOST_ROWS = 20_000
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which places of which slots; None means all. `query` is any of what is known of
    a party: code, name, reading, address, telephone."""

    query: str = ""
    event_id: int | None = None
    site_id: int | None = None
    slot_id: int | None = None
    held_only: bool = False
    since: datetime | None = None


class Dealing(StrEnum):
    """What can be done about one session of a party by who reads of it."""

    CANCEL = "cancel"
    ENDED = "ended"
    """Nothing more: its state is said."""
    WAITS = "waits"
    """Nothing here: its turn in the queue is said."""
    NOTHING = "nothing"


def dealing(party: ListedParty, may_change: bool) -> Dealing:
    if not party.is_expected:
        return Dealing.ENDED
    return Dealing.CANCEL if may_change else Dealing.NOTHING


async def lines(chosen: Selection, *, limit: int, first: int = 0) -> list[ListedParty]:
    """Parties by start, then by reading and name; `first`: how many are left out before."""
    query = _filtered(chosen).order_by(
        "slot__starts_at", "slot_id", "reservation__kana", "reservation__name", "id"
    )
    return await listed(await query.offset(first).limit(limit).select_related(*WITH))


async def count(chosen: Selection) -> int:
    return int(await _filtered(chosen).count())


async def by_id(reservation_id: int) -> Reservation:
    """Raises NotFound where there is none."""
    found = await Reservation.get_or_none(id=reservation_id).select_related("recipient")
    if found is None:
        raise NotFound(_("There is no such reservation. Please check the link."))
    return found


async def places_of(reservation_id: int) -> list[ListedParty]:
    """Every place of one party, cancelled ones too."""
    places = Place.filter(reservation_id=reservation_id).order_by("slot__starts_at")
    return await listed(await places.select_related(*WITH))


async def turns_of(reservation_id: int) -> list[ListedParty]:
    """Every session that one party waits for, with its turn as its state."""
    hoping = WaitlistEntry.filter(reservation_id=reservation_id, status__in=list(TURNS))
    turns = await hoping.order_by("slot__starts_at", "id").select_related(*WITH)
    shown = await listed(turns)
    return [
        replace(line, state=await _turn_text(turn, line.state))
        for turn, line in zip(turns, shown, strict=True)
    ]


async def _turn_text(turn: WaitlistEntry, state: str) -> str:
    """キャンセル待ち 2番目; whoever is offered seats has no turn any more."""
    if turn.status != WaitlistStatus.WAITING:
        return state
    before = WaitlistEntry.filter(slot_id=turn.slot_id, status=WaitlistStatus.WAITING)
    ahead = await before.filter(id__lt=turn.id).count()
    return str(_("Waiting list, number %(n)s", n=ahead + 1))


async def change_size(
    reservation_id: int, adults: int, children: int, *, actor: Actor, now: datetime
) -> None:
    """Another party size, and the party is told. Raises SlotFull, TooLateToChange and their kin."""
    subject = Subject("reservation", reservation_id)
    async with edit(actor, subject, "reservation.size", now=now) as change:
        party = await by_id(reservation_id)
        change.before = {"adults": party.adults, "children": party.children}
        change.after = {"adults": adults, "children": children}
        if change.before == change.after:
            change.nothing()
            return
        await changes.change_party(party.reference, adults=adults, children=children, now=now)
        title = _("Reservation changed (by the organiser)")
        await _tell(party, await change.write(), title.message, f"{adults} + {children}")


async def cancel_place(
    reservation_id: int, slot_id: int, reason: str, *, actor: Actor, now: datetime
) -> None:
    """Give one place back on the party's behalf, and tell it why, once."""
    subject = Subject("reservation", reservation_id)
    async with edit(actor, subject, "reservation.cancel", now=now) as change:
        party = await by_id(reservation_id)
        if slot_id not in {place.slot_id for place in await changes.confirmed_places(party.id)}:
            change.nothing()
            return
        await changes.cancel_place(
            party.reference, slot_id, by=EndedBy.STAFF, reason=reason, now=now
        )
        title = _("Reservation cancelled (by the organiser)")
        change.after = {"cancelled_slot": slot_id, "reason": reason}
        await _tell(party, await change.write(), title.message, reason)


def of_slots(chosen: Selection, slot: str) -> dict[str, Any]:
    """What is asked of a session; `slot`: how the row that is filtered gets there."""
    wanted: dict[str, Any] = {
        f"{slot}programme__event_id": chosen.event_id,
        f"{slot}programme__site_id": chosen.site_id,
        f"{slot}id": chosen.slot_id,
        f"{slot}starts_at__gte": chosen.since,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def searched(query: Any, words: str) -> Any:
    """Of rows with a reservation, those whose party is meant by all of these words."""
    for writings in sought(words):
        found = [Q(reservation__found_by__contains=writing) for writing in writings]
        by_code = [Q(reservation__door_code__icontains=code) for code in codes_in(writings)]
        query = query.filter(Q(*found, *by_code, join_type="OR"))
    return query


def _filtered(chosen: Selection) -> Any:
    places = Place.filter(**of_slots(chosen, "slot__"))
    if chosen.held_only:
        places = places.filter(status=PlaceStatus.CONFIRMED)
    return searched(places, chosen.query)


async def _tell(party: Reservation, entry: RecentEdit, title: str, body: str) -> None:
    """Of each change by itself: a later one does not take an earlier one's words away."""

    def compose(reader: Recipient) -> Message:
        page = f"/reservations/{party.reference}"
        return Message(translate(title, str(reader.lang)), body, page)

    await notifications.tell_now(
        [party.recipient_id],
        f"staff:{party.id}:{entry.id}",
        compose,
        concerns=None,
        expires_at=await _last_end(party.id, entry.at),
        now=entry.at,
    )


async def _last_end(reservation_id: int, now: datetime) -> datetime:
    """A change matters until the last of its sessions would have ended, given back or not."""
    places = Place.filter(reservation_id=reservation_id).order_by("-slot__ends_at")
    last = await places.first().select_related("slot")
    return max(last.slot.ends_at, now + AN_HOUR) if last else now + AN_HOUR
