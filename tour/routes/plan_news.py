"""Telling those who can be told that their plan no longer works, through no doing of theirs.

A plan has no owner, but a reservation that was made from it has: whoever gets its reminders hears
that a session of the plan was called off, or that a door closes before the visit, once for each.
The page of the plan then offers a new proposal for the rest of the day.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from starlette.datastructures import State
from tortoise.exceptions import IntegrityError

from tour.db import transaction
from tour.i18n import Text, translate
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.models import Recipient, Reminder
from tour.programmes.models import SlotStatus
from tour.reservations.models import Reservation
from tour.routes import itineraries
from tour.routes.desks import Desks, desks_at
from tour.routes.edits import PlannedStop
from tour.routes.itineraries import ItineraryEntry
from tour.routes.models import ItineraryReservation
from tour.routes.planner_problem import Trouble
from tour.routes.planning import Desk
from tour.routes.timed_day import TimedDay
from tour.sites.models import DoorState
from tour.web.templates import day_text

PAGE = "/itineraries/{token}"
LASTS = timedelta(hours=36)
CALLED_OFF = _("The session at %(place)s is called off.")
SHUT = _("%(place)s is closed when you would come.")


async def tell_news(parts: State, *, now: datetime) -> int:
    """Tell every holder of a reservation what became of the plan; how many messages were queued."""
    desks = await desks_at(parts, now)
    today = desks.context.local.date()
    wanted = ItineraryReservation.filter(itinerary__on_date__gte=today)
    told = 0
    for token in {str(t) for t in await wanted.values_list("itinerary__edit_token", flat=True)}:
        told += await _tell(desks, await itineraries.find(token))
    return told


async def _tell(desks: Desks, entry: ItineraryEntry) -> int:
    desk = await desks.desk_of(entry)
    day = await desk.timed(entry.stops)
    told = 0
    for stop, what in _news(desk, day):
        for party in await _parties(entry.id):
            place = desk.town.catalogue.by_id[stop.site_id].text("name", party.lang)
            news = Text(what.message, {"place": place}).in_language(party.lang)
            told += await _tell_once(desks, entry, party, _key(entry, stop), news)
    return told


def _news(desk: Desk, day: TimedDay) -> Iterator[tuple[PlannedStop, Text]]:
    """What others changed about the stops that have not begun."""
    minute = desk.town.minute_of(desk.town.now)
    for stop, timed in zip(day.stops, day.times.stops, strict=True):
        slot = desk.slots.get(stop.slot_id) if stop.slot_id else None
        begins = desk.town.minute_of(slot.starts_at) if slot else timed.start
        if begins <= minute:
            continue
        if slot and slot.status == SlotStatus.CANCELLED:
            yield stop, CALLED_OFF
        elif stop.slot_id is None and _is_shut(desk, stop, timed.trouble):
            yield stop, SHUT


def _is_shut(desk: Desk, stop: PlannedStop, trouble: Trouble | None) -> bool:
    """Closed for the day, or closing early today; being late by one's own doing is no news."""
    door = desk.town.catalogue.by_id[stop.site_id].door
    closes_early = (
        door is not None and door.on_date == desk.town.day and door.state == DoorState.CLOSED
    )
    return trouble is Trouble.CLOSED or (trouble is Trouble.TOO_LATE and closes_early)


async def _parties(itinerary_id: int) -> Sequence[Reservation]:
    rows = ItineraryReservation.filter(itinerary_id=itinerary_id).select_related("reservation")
    return [row.reservation for row in await rows.order_by("id")]


def _key(entry: ItineraryEntry, stop: PlannedStop) -> str:
    return f"plan:{entry.id}:{stop.site_id}:{stop.slot_id or 'door'}"


async def _tell_once(
    desks: Desks, entry: ItineraryEntry, party: Reservation, key: str, news: str
) -> int:
    """The row of the message is the mark that it was told, whoever of many processes wrote it."""
    if await Reminder.filter(recipient_id=party.recipient_id, key=key).exists():
        return 0

    def compose(_reader: Recipient) -> Message:
        day = day_text(entry.day, party.lang)
        title = translate("Your plan of %(day)s has changed", party.lang, day=day)
        advice = translate("Open it for a new proposal for the rest of the day.", party.lang)
        return Message(title, f"{news}\n{advice}", PAGE.format(token=entry.token))

    try:
        async with transaction():
            return await notifications.tell_now(
                [party.recipient_id],
                key,
                compose,
                concerns=entry.day,
                expires_at=desks.now + LASTS,
                now=desks.now,
            )
    except IntegrityError:
        return 0
