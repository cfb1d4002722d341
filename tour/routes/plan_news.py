"""Telling those who can be told that their plan no longer works, through no doing of theirs.

A plan has no owner. Whoever asked on its page, and whoever gets the reminders of a reservation that
was made from it, hears that a session of the plan was called off, or that a door closes before the
visit, once for each. The page of the plan then offers a new proposal for the rest of the day. Who
holds seats in a session that a host calls off hears it from the host, and not again from here.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.datastructures import State
from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q

from tour.db import transaction
from tour.i18n import Text, translate
from tour.i18n import lazy as _
from tour.notifications import queries as browsers
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.models import Recipient, Reminder
from tour.notifications.schedule import SHARED
from tour.notifications.service import UNFINISHED
from tour.notifications.states import ReminderStatus
from tour.programmes.entries import SlotEntry
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations.event_changes import EVENT_OFF, undoable_slots
from tour.reservations.slot_changes import called_off_key
from tour.routes import edits, itineraries
from tour.routes.concerned import Concerned
from tour.routes.day import door_of
from tour.routes.desks import Desks, desks_at
from tour.routes.edits import PlannedStop
from tour.routes.itineraries import ItineraryEntry
from tour.routes.models import Itinerary, ItineraryReader, ItineraryReservation
from tour.routes.planner_problem import Trouble
from tour.routes.planning import Desk, propose_rest
from tour.routes.timed_day import TimedDay
from tour.sites.entries import DoorEntry, SiteEntry
from tour.sites.states import DoorState
from tour.web.templates import day_text

PAGE = "/itineraries/{token}"
CALLED_OFF = _("The session at %(place)s is called off.")
SHUT = _("%(place)s is closed when you would come.")
FULL = _("%(place)s lets nobody more in at the moment.")
WAIT = _("At %(place)s one waits for long at the moment.")
SOLD_OUT = _("The session at %(place)s has too few seats left for you.")
LONG_WAIT = 45
"""Minutes at a door that make one go elsewhere."""
SOON = timedelta(minutes=90)
"""A sign at a door says nothing of visits later than this."""


@dataclass(frozen=True, slots=True)
class News:
    """What others changed about one stop of a plan; `key` names it for every reader."""

    plan: ItineraryEntry
    key: str
    site: SiteEntry
    what: Text
    slot_id: int | None
    ends_at: datetime
    """When the stop is over, and so is what there is to say of it."""

    def told_to(self, reader: Recipient) -> Message:
        """As the reader is told it; a tap opens the page that offers a new proposal."""
        lang = reader.lang
        day = day_text(self.plan.day, lang)
        title = translate("Your plan of %(day)s has changed", lang, day=day)
        place = self.site.text("name", lang)
        what = Text(self.what.message, {"place": place}).in_language(lang)
        advice = translate("Open it for a new proposal for the rest of the day.", lang)
        return Message(title, f"{what}\n{advice}", PAGE.format(token=self.plan.token))


async def tell_sold_out(parts: State, known: frozenset[int], *, now: datetime) -> frozenset[int]:
    """Tell the readers of the plans of today and tomorrow that sessions have filled up which were
    not full before (`known`); all that are full. Seats change too often to look at every plan."""
    desks = await desks_at(parts, now)
    today = desks.context.local.date()
    board = (await desks.town_day(today)).board
    full = frozenset(slot.id for slot in board.slots if not slot.seats_left)
    if new := full - known:
        days = (today, today + timedelta(days=1))
        plans = Itinerary.filter(on_date__in=days, edit_token__in=await _told_plans(today))
        rows = await plans.values_list("edit_token", "stops")
        await _tell(desks, {t for t, stops in rows if new & {s.get("slot_id") for s in stops}})
    return full


async def tell_news(parts: State, *, now: datetime, concerned: Concerned | None = None) -> int:
    """Tell every reader of a plan what became of it, or of those that a change concerns; how many
    messages were queued."""
    desks = await desks_at(parts, now)
    return await _tell(desks, await _told_plans(desks.context.local.date(), concerned))


def doors_with_signs(desks: Desks) -> Concerned:
    """The places with something on their door today. What is later than `SOON` is told only when
    its time comes near, though nothing changes then."""
    today = desks.context.local.date()
    doors = ((site.id, site.door) for site in desks.context.catalogue.sites if site.door)
    return Concerned(frozenset(i for i, door in doors if door.on_date == today and _says(door)))


def _says(door: DoorEntry) -> bool:
    return door.state != DoorState.OPEN or door.waiting_minutes >= LONG_WAIT


async def _tell(desks: Desks, tokens: Collection[str]) -> int:
    """What an organiser can still take back is not told yet."""
    told, open_ends = 0, await undoable_slots(now=desks.now)
    for token in tokens:
        plan = await itineraries.find(token)
        found = [n for n in await news_of(desks, plan) if n.slot_id not in open_ends]
        await _take_back(plan, but=[news.key for news in found])
        for news in found:
            told += await tell_once(desks, news)
    return told


async def news_of(desks: Desks, plan: ItineraryEntry) -> list[News]:
    """What others changed about the stops that have not begun, told or not."""
    desk = await desks.desk_of(plan)
    day = await desk.timed(plan.stops)
    sites = desk.town.catalogue.by_id
    return [
        News(plan, _key(plan, stop, kind), sites[stop.site_id], what, stop.slot_id, ends_at)
        for stop, what, ends_at, kind in _found(desk, day)
    ]


async def _told_plans(today: date, concerned: Concerned | None = None) -> set[str]:
    """The tokens of plans still to come that somebody can be told of."""
    asked = ItineraryReader.filter(itinerary__on_date__gte=today)
    reserved = ItineraryReservation.filter(itinerary__on_date__gte=today)
    names = ("itinerary__edit_token", "itinerary__stops")
    rows = [*await asked.values_list(*names), *await reserved.values_list(*names)]
    return {str(token) for token, stops in rows if concerned is None or concerned.has(stops)}


def _found(desk: Desk, day: TimedDay) -> Iterator[tuple[PlannedStop, Text, datetime, str]]:
    """What became of each stop that has not begun, when the stop is over, and of which kind the
    news is, where one stop may have several."""
    minute = desk.town.minute_of(desk.town.now)
    for stop, timed in zip(day.stops, day.times.stops, strict=True):
        slot = desk.slots.get(stop.slot_id) if stop.slot_id else None
        begins = desk.town.minute_of(slot.starts_at) if slot else timed.start
        if begins <= minute:
            continue
        if slot and slot.status == SlotStatus.CANCELLED:
            yield stop, CALLED_OFF, slot.ends_at, ""
        elif slot and _is_sold_out(desk, slot):
            yield stop, SOLD_OUT, slot.ends_at, ":sold"
        elif stop.slot_id is None and _is_shut(desk, stop, timed.trouble):
            yield stop, SHUT, desk.town.instant_of(timed.leave), ""
        elif stop.slot_id is None and (sign := _sign(desk, stop, timed.start)):
            yield stop, sign, desk.town.instant_of(timed.leave), ":sign"


def _is_sold_out(desk: Desk, slot: SlotEntry) -> bool:
    """Of a session to come that the party has not reserved; what it wished for is gone."""
    return slot.id not in desk.wish.reserved and slot.seats_left < desk.wish.party_size


def _sign(desk: Desk, stop: PlannedStop, start: int) -> Text | None:
    """What stands on a door that one would be at soon, and makes one go elsewhere."""
    door = door_of(desk.town, desk.town.catalogue.by_id[stop.site_id])
    if door is None or desk.town.instant_of(start) > desk.town.now + SOON:
        return None
    if door.state == DoorState.FULL:
        return FULL
    return WAIT if door.waiting_minutes >= LONG_WAIT else None


def _is_shut(desk: Desk, stop: PlannedStop, trouble: Trouble | None) -> bool:
    """Closed for the day, or closing early today; being late by one's own doing is no news."""
    door = desk.town.catalogue.by_id[stop.site_id].door
    closes_early = (
        door is not None and door.on_date == desk.town.day and door.state == DoorState.CLOSED
    )
    return trouble is Trouble.CLOSED or (trouble is Trouble.TOO_LATE and closes_early)


def _key(plan: ItineraryEntry, stop: PlannedStop, kind: str) -> str:
    return f"{_keys(plan)}{stop.site_id}:{stop.slot_id or 'door'}{kind}"


def _keys(plan: ItineraryEntry) -> str:
    """How the keys of a plan's news begin."""
    return f"{SHARED}:plan:{plan.id}:"


async def pages_of_parties(slot_id: int) -> dict[int, str]:
    """By reservation, the page of the plan from which its party holds seats in this slot, as long
    as the slot is in the plan."""
    rows = ItineraryReservation.filter(reservation__places__slot_id=slot_id).order_by("id")
    return {
        row.reservation_id: PAGE.format(token=row.itinerary.edit_token)
        for row in await rows.select_related("itinerary")
        if slot_id in {stop.slot_id for stop in edits.from_json(row.itinerary.stops)}
    }


async def plans_with(slots: Sequence[Slot], zone: ZoneInfo) -> int:
    """How many plans have a stop in one of these slots."""
    ids = {slot.id for slot in slots}
    days = {slot.starts_at.astimezone(zone).date() for slot in slots}
    rows = await Itinerary.filter(on_date__in=list(days)).values_list("stops", flat=True)
    found: list[list[dict[str, Any]]] = list(rows)  # type: ignore[arg-type]
    return sum(1 for stops in found if ids & {stop.get("slot_id") for stop in stops})


async def _readers(plan: ItineraryEntry) -> set[int]:
    """The recipients of the plan, and of each reservation that was made from it."""
    rows = ItineraryReservation.filter(itinerary_id=plan.id).order_by("id")
    parties = {int(i) for i in await rows.values_list("reservation__recipient_id", flat=True)}  # type: ignore[call-overload]
    return parties | set(await itineraries.readers(plan.id))


async def _told_by_host(news: News, readers: set[int]) -> set[int]:
    """Those whose seats were called off: a host's message leads them to the plan. Another reader is
    one of them when each of its browsers got such a message."""
    if news.slot_id is None:
        return set()
    of_slot, of_event = Q(key=called_off_key(news.slot_id)), Q(key__startswith=EVENT_OFF)
    told = Reminder.filter(of_slot | of_event, recipient_id__in=list(readers))
    parties = {int(i) for i in await told.values_list("recipient_id", flat=True)}  # type: ignore[call-overload]
    others = [r for r in readers - parties if await browsers.are_browsers_of(r, parties)]
    return parties | set(others)


async def _take_back(plan: ItineraryEntry, *, but: Collection[str]) -> None:
    """What is no longer so, and has not been told yet, is not told: the session is on again, or the
    plan goes elsewhere."""
    unsent = Reminder.filter(key__startswith=_keys(plan), status__in=UNFINISHED)
    wrong = [row for row in await unsent.values("recipient_id", "key") if row["key"] not in but]
    if wrong:
        async with transaction():
            for row in wrong:
                await notifications.cancel(row["recipient_id"], row["key"])


async def tell_once(desks: Desks, news: News) -> int:
    """Tell all readers, unless they were told; to how many.

    The rows of the message are the mark that it was told, whoever of many processes wrote them. For
    those who were told by the host it is over at once, and so is not sent.

    All in one transaction, so that a browser that stands for several readers is told once.
    """
    readers = await _readers(news.plan)
    marks = Reminder.filter(recipient_id__in=list(readers), key=news.key)
    if await marks.exclude(status=ReminderStatus.CANCELLED).exists():
        return 0
    await _mend(desks, news.plan)
    told = await _told_by_host(news, readers)
    try:
        async with transaction():
            await _queue(desks, news, told, expires_at=desks.now)
            return await _queue(desks, news, readers - told, expires_at=news.ends_at)
    except IntegrityError:
        return 0


async def _mend(desks: Desks, plan: ItineraryEntry) -> None:
    """What the message announces is there before it is sent: for today and tomorrow. Later days
    change again before anybody looks."""
    if plan.day > desks.context.local.date() + timedelta(days=1):
        return
    newest = await itineraries.find(plan.token)
    proposal = await propose_rest(await desks.desk_of(newest), newest.stops)
    await itineraries.keep_mended(newest, proposal.stops)


async def _queue(desks: Desks, news: News, readers: set[int], *, expires_at: datetime) -> int:
    return await notifications.tell_now(
        sorted(readers),
        news.key,
        news.told_to,
        concerns=news.plan.day,
        expires_at=expires_at,
        now=desks.now,
    )
