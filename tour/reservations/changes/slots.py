"""Changes to a slot that its parties must hear of. One transaction each, messages included."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from tour.audit.service import Actor, Subject
from tour.changes import edit
from tour.errors import Conflict
from tour.i18n import Text, translate
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.notifications.message import Action, Message
from tour.notifications.models import Recipient
from tour.notifications.sending.wording import Promised, Words
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.programmes.queries import coming_times
from tour.programmes.states import SlotStatus
from tour.reservations.draws import draws
from tour.reservations.messages import reminders
from tour.reservations.messages.receipts import other_times
from tour.reservations.models import Place, Reservation
from tour.reservations.states import EndedBy, PlaceStatus
from tour.reservations.waitlist import queue

MAX_MESSAGE = 500
NO_PLANS: Mapping[int, str] = MappingProxyType({})


async def cancel_slot(
    slot_id: int,
    message: str,
    *,
    actor: Actor,
    now: datetime,
    plans: Mapping[int, str] = NO_PLANS,
) -> int:
    """Call a slot off: give its seats back, end its queue, and tell everybody, those who hope for
    it in a draw, too; returns how many.

    `plans` has the page of a party's plan of the day, by reservation: there the message leads on.
    Other times of the same parties stay. Raises Conflict when it is over or cancelled already.
    """
    async with edit(actor, None, "slot.cancel", now=now) as change:
        await programmes.lock_slots([slot_id])
        slot = await _with_programme(slot_id)
        alive = Slot.filter(id=slot_id, ends_at__gt=now).exclude(status=SlotStatus.CANCELLED)
        if not await alive.update(status=SlotStatus.CANCELLED):
            raise Conflict(_("This time is over or called off already."))
        waiting = await queue.withdraw_all(slot)
        held = await _release_all(slot_id, now, EndedBy.HOST, message)
        hoping = [entry.reservation for entry in await draws.hoping_for([slot_id])]
        title = _("Called off: %(session)s", session=slot.programme.title)
        parties, key = [*held, *waiting, *hoping], called_off_key(slot_id)
        told = await _tell(slot, parties, key, title, message, now, plans)
        change.subject, change.before = _subject(slot), {"status": str(slot.status)}
        cancelled = str(SlotStatus.CANCELLED)
        change.after = {"status": cancelled, "parties": told, "message": message}
    return told


async def called_off_words(promised: Promised, now: datetime) -> Words:
    """That it is called off stays so; the other times are those that have room as this leaves."""
    slot = await _with_programme(int(promised.subject))
    mine = Reservation.filter(recipient_id=promised.recipient_id).select_related("recipient")
    party = await mine.order_by("-id").first()
    if party is None:
        return Words(promised.message)
    coming = await coming_times(slot.programme.id, now=now)
    others = other_times(coming, party.party_size, reminders.zone_of(party), party.lang)
    lines = [promised.message.body, *others]
    return Words(replace(promised.message, body="\n".join(lines)))


async def holders_words(promised: Promised, now: datetime) -> Words | None:  # noqa: ARG001 - of all kinds
    """News of a session, to who still holds seats in it."""
    held = Place.filter(
        slot_id=int(promised.subject),
        reservation__recipient_id=promised.recipient_id,
        status=PlaceStatus.CONFIRMED,
    )
    return Words(promised.message) if await held.exists() else None


def called_off_key(slot_id: int) -> str:
    """Of the message to each party that a slot is called off."""
    return f"cancelled:{slot_id}"


def news_key(slot_id: int, message: str) -> str:
    """Of a host's own words to each party of a slot."""
    return notifications.words_key(f"news:{slot_id}", message)


async def tell_slot(slot_id: int, message: str, *, actor: Actor, now: datetime) -> int:
    """Send a message to every party of a slot; returns to how many. The same words are told once
    to each: Back, a lost answer and a second tap tell nobody again."""
    async with edit(actor, None, "slot.message", now=now) as change:
        await programmes.lock_slots([slot_id])
        slot = await _with_programme(slot_id)
        key = news_key(slot_id, message)
        held = await seated_in(slot_id)
        everybody = [place.reservation.recipient_id for place in held]
        reached = await notifications.who_was_told(everybody, key)
        parties = [p.reservation for p in held if p.reservation.recipient_id not in reached]
        if held and not parties:
            change.nothing()
            return 0
        title = _("News about %(session)s", session=slot.programme.title)
        told = await _tell(slot, parties, key, title, message, now)
        change.subject, change.after = _subject(slot), {"message": message, "parties": told}
    return told


async def tell_of_door(slot_id: int, words: Text, *, now: datetime) -> int:
    """Tell the parties of a slot how its door stands now, in the caller's transaction; what they
    were told of it before is replaced. Returns how many. `words` name the %(session)s."""
    slot = await _with_programme(slot_id)
    parties = [place.reservation for place in await seated_in(slot_id)]
    title = words.filled(session=slot.programme.title)
    return await _tell(slot, parties, f"door:{slot_id}", title, "", now)


async def seated_in(slot_id: int) -> list[Place]:
    """The parties that hold seats in a slot, in the order they reserved."""
    held = Place.filter(slot_id=slot_id, status=PlaceStatus.CONFIRMED)
    return await held.order_by("id").select_related("reservation__recipient")


async def _with_programme(slot_id: int) -> Slot:
    """Of a paused programme, too: those who reserved it before must hear of it."""
    return await Slot.get(id=slot_id).select_related("programme__site")


async def _release_all(slot_id: int, now: datetime, by: EndedBy, reason: str) -> list[Reservation]:
    """Give every party's seats back; its reminders stay true for what it still holds.

    For all at once: on SQLite every other writer waits for it. The slot is locked and called off,
    so nobody is offered anything.
    """
    places = await seated_in(slot_id)
    if places:
        released = Place.filter(id__in=[place.id for place in places])
        await released.update(
            status=PlaceStatus.CANCELLED, cancelled_at=now, ended_by=by, reason=reason
        )
        await programmes.give_back_seats(slot_id, sum(place.seats for place in places))
    parties = [place.reservation for place in places]
    left = await _left_to(parties)
    await reminders.renew_each([(party, left.get(party.id, [])) for party in parties], now=now)
    await _release_held(slot_id, now, by)
    return parties


async def _left_to(parties: Sequence[Reservation]) -> dict[int, list[Slot]]:
    """The slots that each of these still holds, by its id."""
    held = Place.filter(
        reservation_id__in=[party.id for party in parties], status=PlaceStatus.CONFIRMED
    )
    found: dict[int, list[Slot]] = {}
    for place in await held.order_by("slot_id").select_related("slot__programme__site"):
        found.setdefault(place.reservation_id, []).append(place.slot)
    return found


async def _release_held(slot_id: int, now: datetime, by: EndedBy) -> None:
    """Seats held for a code that has not come; whoever it is has not been reached yet."""
    ended = {"status": PlaceStatus.CANCELLED, "cancelled_at": now, "ended_by": by}
    held = Place.filter(slot_id=slot_id, status=PlaceStatus.HELD)
    if places := await held:
        await held.update(**ended)
        await programmes.give_back_seats(slot_id, sum(place.seats for place in places))
    await Place.filter(slot_id=slot_id, status=PlaceStatus.UNPROVED).update(**ended)


async def _tell(
    slot: Slot,
    parties: Iterable[Reservation],
    key: str,
    title: Text,
    message: str,
    now: datetime,
    plans: Mapping[int, str] = NO_PLANS,
) -> int:
    """Returns how many parties that was."""
    told = list(parties)
    by_recipient = {party.recipient_id: party for party in told}
    if told:
        await notifications.tell_now(
            by_recipient,
            key,
            _composer(slot, by_recipient, title, message, plans),
            concerns=slot.starts_at.astimezone(reminders.zone_of(told[0])).date(),
            expires_at=slot.ends_at,
            now=now,
        )
    return len(told)


def _composer(
    slot: Slot,
    parties: Mapping[int, Reservation],
    title: Text,
    message: str,
    plans: Mapping[int, str],
) -> Callable[[Recipient], Message]:
    def compose(reader: Recipient) -> Message:
        party = parties[reader.id]
        session = reminders.title_of(slot, party.lang)
        lines = [reminders.line(slot, party.lang, reminders.zone_of(party), with_day=True)]
        own_title = title.filled(session=session)
        lines += message.splitlines()
        said = reminders.message(party, own_title, lines)
        return _leading_to(plans[party.id], said, party.lang) if party.id in plans else said

    return compose


def _leading_to(plan: str, said: Message, lang: str) -> Message:
    """A tap opens the plan, as phones that show no buttons have only that; the reservation is a
    button."""
    advice = translate("Your plan has a new proposal for the rest of the day.", lang)
    own = Action(translate("Your reservation", lang), said.url)
    return replace(said, body=f"{said.body}\n{advice}", url=plan, actions=(own,))


def _subject(slot: Slot) -> Subject:
    return Subject("slot", slot.id, slot.programme.site.id, slot.programme.title)
