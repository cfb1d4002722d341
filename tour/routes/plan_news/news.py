"""Telling those who can be told that their plan no longer works, through no doing of theirs.

A plan has no owner. Whoever asked on its page, and whoever gets the reminders of a reservation that
was made from it, hears that a session of the plan was called off, or that a door closes before the
visit, once for each. The page of the plan then offers a new proposal for the rest of the day. Who
holds seats in a session that a host calls off hears it from the host, and not again from here.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q

from tour.db import transaction
from tour.db.columns import ids_of
from tour.notifications import queries as browsers
from tour.notifications import service as notifications
from tour.notifications.models import Reminder
from tour.notifications.service import UNFINISHED
from tour.notifications.states import ReminderStatus
from tour.parts import Parts
from tour.programmes.models import Slot
from tour.reservations.changes.call_off_news import EVENT_OFF
from tour.reservations.changes.slots import called_off_key
from tour.reservations.models import Place
from tour.reservations.states import PlaceStatus
from tour.reservations.undoable import undoable_slots
from tour.routes.days import edits
from tour.routes.days.planning import propose_rest
from tour.routes.models import Itinerary, ItineraryReader, ItineraryReservation
from tour.routes.plan_news.changes import LONG_WAIT, PAGE, News, keys_of, news_of
from tour.routes.plan_news.concerned import Concerned
from tour.routes.plans import itineraries
from tour.routes.plans.enquiry import Enquiry
from tour.routes.plans.itineraries import ItineraryEntry
from tour.sites.entries import DoorEntry
from tour.sites.states import DoorState


async def tell_sold_out(parts: Parts, known: frozenset[int], *, now: datetime) -> frozenset[int]:
    """Tell the readers of the plans of today and tomorrow that sessions have filled up which were
    not full before (`known`); all that are full. Seats change too often to look at every plan."""
    enquiry = await Enquiry.at(parts, now)
    today = enquiry.context.local.date()
    board = (await enquiry.town_day(today)).board
    full = frozenset(slot.id for slot in board.slots if not slot.seats_left)
    if new := full - known:
        days = (today, today + timedelta(days=1))
        plans = Itinerary.filter(on_date__in=days, edit_token__in=await _told_plans(today))
        rows = await plans.values_list("edit_token", "stops")
        await _tell(enquiry, {t for t, stops in rows if new & {s.get("slot_id") for s in stops}})
    return full


async def tell_news(parts: Parts, *, now: datetime, concerned: Concerned | None = None) -> int:
    """Tell every reader of a plan what became of it, or of those that a change concerns; how many
    messages were queued."""
    enquiry = await Enquiry.at(parts, now)
    return await _tell(enquiry, await _told_plans(enquiry.context.local.date(), concerned))


def doors_with_signs(enquiry: Enquiry) -> Concerned:
    """The places with something on their door today. What is later than `SOON` is told only when
    its time comes near, though nothing changes then."""
    today = enquiry.context.local.date()
    doors = ((site.id, site.door) for site in enquiry.context.catalogue.sites if site.door)
    return Concerned(frozenset(i for i, door in doors if door.on_date == today and _says(door)))


def _says(door: DoorEntry) -> bool:
    return door.state != DoorState.OPEN or door.waiting_minutes >= LONG_WAIT


async def _tell(enquiry: Enquiry, tokens: Collection[str]) -> int:
    """What an organiser can still take back is not told yet."""
    told, open_ends = 0, await undoable_slots(now=enquiry.now)
    for token in tokens:
        plan = await itineraries.find(token)
        found = [n for n in await news_of(enquiry, plan) if n.slot_id not in open_ends]
        await _take_back(plan, but=[news.key for news in found])
        for news in found:
            told += await tell_once(enquiry, news)
    return told


async def _told_plans(today: date, concerned: Concerned | None = None) -> set[str]:
    """The tokens of plans still to come that somebody can be told of."""
    asked = ItineraryReader.filter(itinerary__on_date__gte=today)
    reserved = ItineraryReservation.filter(itinerary__on_date__gte=today)
    names = ("itinerary__edit_token", "itinerary__stops")
    rows = [*await asked.values_list(*names), *await reserved.values_list(*names)]
    return {str(token) for token, stops in rows if concerned is None or concerned.has(stops)}


async def pages_of_parties(slot_id: int) -> dict[int, str]:
    """By reservation, the page of the plan from which its party holds seats in this slot, as long
    as the slot is in the plan."""
    rows = ItineraryReservation.filter(reservation__places__slot_id=slot_id).order_by("id")
    return {
        row.reservation_id: PAGE.format(token=row.itinerary.edit_token)
        for row in await rows.select_related("itinerary")
        if slot_id in {stop.slot_id for stop in edits.from_json(row.itinerary.stops)}
    }


async def pages_of_parties_at(site_id: int, day: date) -> dict[int, str]:
    """As `pages_of_parties`, of all who hold seats at this place on that day."""
    rows = ItineraryReservation.filter(
        itinerary__on_date=day, reservation__places__slot__programme__site_id=site_id
    )
    return {
        row.reservation_id: PAGE.format(token=row.itinerary.edit_token)
        for row in await rows.order_by("id").select_related("itinerary")
        if site_id in {stop.site_id for stop in edits.from_json(row.itinerary.stops)}
    }


async def plans_with(slots: Sequence[Slot], zone: ZoneInfo) -> int:
    """How many plans have a stop in one of these slots."""
    ids = {slot.id for slot in slots}
    days = {slot.starts_at.astimezone(zone).date() for slot in slots}
    rows = await Itinerary.filter(on_date__in=list(days)).values("stops")
    return sum(1 for row in rows if ids & {stop.get("slot_id") for stop in row["stops"]})


async def _readers(plan: ItineraryEntry) -> set[int]:
    """The recipients of the plan, and of each reservation that was made from it."""
    rows = ItineraryReservation.filter(itinerary_id=plan.id).order_by("id")
    parties = set(await ids_of(rows, "reservation__recipient_id"))
    return parties | set(await itineraries.readers(plan.id))


async def _told_by_host(news: News, readers: set[int]) -> set[int]:
    """Those whose seats were called off: a host's message leads them to the plan. Another reader is
    one of them when each of its browsers got such a message."""
    if news.slot_id is None:
        return set()
    of_slot, of_event = Q(key=called_off_key(news.slot_id)), Q(key__startswith=EVENT_OFF)
    told = Reminder.filter(of_slot | of_event, recipient_id__in=list(readers))
    parties = set(await ids_of(told, "recipient_id"))
    if news.is_latest_word:
        parties |= await _with_seats(news.slot_id, readers)
    others = [r for r in readers - parties if await browsers.are_browsers_of(r, parties)]
    return parties | set(others)


async def _with_seats(slot_id: int, readers: set[int]) -> set[int]:
    """Those who hold seats there: a delay is told to them by its host, with their own sessions."""
    held = Place.filter(
        slot_id=slot_id,
        status=PlaceStatus.CONFIRMED,
        reservation__recipient_id__in=list(readers),
    )
    return set(await ids_of(held, "reservation__recipient_id"))


async def _take_back(plan: ItineraryEntry, *, but: Collection[str]) -> None:
    """What is no longer so, and has not been told yet, is not told: the session is on again, or the
    plan goes elsewhere."""
    unsent = Reminder.filter(key__startswith=keys_of(plan), status__in=UNFINISHED)
    wrong = [row for row in await unsent.values("recipient_id", "key") if row["key"] not in but]
    if wrong:
        async with transaction():
            for row in wrong:
                await notifications.cancel(row["recipient_id"], row["key"])


async def tell_once(enquiry: Enquiry, news: News) -> int:
    """Tell all readers, unless they were told; to how many.

    The rows of the message are the mark that it was told, whoever of many processes wrote them. For
    those who were told by the host it is over at once, and so is not sent.

    All in one transaction, so that a browser that stands for several readers is told once.
    """
    readers = await _readers(news.plan)
    if await _is_told(news, readers):
        return 0
    if news.breaks_plan:
        await _mend(enquiry, news.plan)
    told = await _told_by_host(news, readers)
    try:
        async with transaction():
            await _queue(enquiry, news, told, expires_at=enquiry.now)
            return await _queue(enquiry, news, readers - told, expires_at=news.ends_at)
    except IntegrityError:
        return 0


async def _is_told(news: News, readers: set[int]) -> bool:
    marks = Reminder.filter(recipient_id__in=list(readers), key=news.key)
    told = await marks.exclude(status=ReminderStatus.CANCELLED).select_related("recipient")
    if not news.is_latest_word:
        return bool(told)
    return any(mark.body == news.told_to(mark.recipient).body for mark in told)


async def _mend(enquiry: Enquiry, plan: ItineraryEntry) -> None:
    """What the message announces is there before it is sent: for today and tomorrow. Later days
    change again before anybody looks."""
    if plan.day > enquiry.context.local.date() + timedelta(days=1):
        return
    newest = await itineraries.find(plan.token)
    proposal = await propose_rest(await enquiry.desk_of(newest), newest.stops)
    await itineraries.keep_mended(newest, proposal.stops)


async def _queue(enquiry: Enquiry, news: News, readers: set[int], *, expires_at: datetime) -> int:
    return await notifications.tell_now(
        sorted(readers),
        news.key,
        news.told_to,
        concerns=news.plan.day,
        expires_at=expires_at,
        now=enquiry.now,
    )
