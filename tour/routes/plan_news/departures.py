"""When to leave for reserved sessions: by the plan that they are in, else from the session before
them or from the station."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from tortoise.expressions import Q

from tour.db import transaction
from tour.programmes.states import SlotStatus
from tour.reservations.door.arrivals import arrivals_of
from tour.reservations.messages import setting_out
from tour.reservations.messages.setting_out import Way
from tour.reservations.models import Place, Reservation
from tour.reservations.parties.terms import slots_with_programmes
from tour.reservations.states import PlaceStatus
from tour.routes.days.edits import PlannedStop, Stops
from tour.routes.days.planning import Desk
from tour.routes.days.timed_day import TimedDay
from tour.routes.models import ItineraryReservation
from tour.routes.paths import Profile
from tour.routes.plan_news.concerned import Concerned
from tour.routes.planner.problem import Trouble
from tour.routes.plans import itineraries
from tour.routes.plans.context import spot_name
from tour.routes.plans.enquiry import Enquiry
from tour.routes.plans.itineraries import ItineraryEntry

Ways = dict[int, Way]


async def promise(desk: Desk, entry: ItineraryEntry, *, now: datetime) -> None:
    """Say anew when to leave, by the stops and walks of this plan as they are now.

    One comes from the last stop that one really goes to: not from a session that was called off or
    given back, nor from a closed door. What is reserved and not in the plan is walked to as well.
    """
    if not entry.reserved:
        return
    day = await desk.timed(await _visited(desk, entry))
    ways: dict[str, Ways] = defaultdict(dict)
    for number, stop in enumerate(day.stops):
        if reference := entry.reserved.get(stop.slot_id or 0):
            party = next(p for p in entry.reservations if p.reservation.reference == reference)
            way = _way(desk, entry, day, number, party.reservation.lang)
            ways[reference][stop.slot_id or 0] = way
    for of_party in entry.reservations:
        reference = of_party.reservation.reference
        await tell(reference, ways[reference], now)


async def follow(enquiry: Enquiry, concerned: Concerned | None = None) -> None:
    """Promise anew for the plans still to come, or for those that a change concerns."""
    await _promise_each(enquiry, await _plans_with_parties(enquiry.context.local.date(), concerned))


async def follow_parties(enquiry: Enquiry, since: datetime) -> None:
    """Promise anew for the plans still to come whose parties gave something back since then."""
    gave_back = ItineraryReservation.filter(
        itinerary__on_date__gte=enquiry.context.local.date(),
        reservation__places__cancelled_at__gte=since,
    )
    tokens = await gave_back.distinct().values_list("itinerary__edit_token", flat=True)
    await _promise_each(enquiry, map(str, tokens))


async def follow_plans(enquiry: Enquiry, ids: Collection[int]) -> None:
    """Promise anew for plans that were changed: their own requests have, unless they broke off."""
    changed = ItineraryReservation.filter(
        itinerary_id__in=list(ids), itinerary__on_date__gte=enquiry.context.local.date()
    )
    tokens = await changed.distinct().values_list("itinerary__edit_token", flat=True)
    await _promise_each(enquiry, map(str, tokens))


async def _promise_each(enquiry: Enquiry, tokens: Iterable[str]) -> None:
    for token in sorted(set(tokens)):
        entry = await itineraries.find(token)
        await promise(await enquiry.desk_of(entry), entry, now=enquiry.now)


async def _plans_with_parties(today: date, concerned: Concerned | None) -> set[str]:
    """Those that go there, and those from which a party holds a session there beside its stops."""
    coming = ItineraryReservation.filter(itinerary__on_date__gte=today)
    rows = await coming.values_list("itinerary__edit_token", "itinerary__stops")
    found = {str(token) for token, stops in rows if concerned is None or concerned.has(stops)}
    if concerned:
        in_slot = Q(reservation__places__slot_id__in=list(concerned.slots))
        at_site = Q(reservation__places__slot__programme__site_id__in=list(concerned.sites))
        held = coming.filter(in_slot | at_site)
        found |= set(map(str, await held.values_list("itinerary__edit_token", flat=True)))
    return found


async def _visited(desk: Desk, entry: ItineraryEntry) -> Stops:
    """The stops that one goes to, with what is reserved beside the plan at its time."""
    given_back = {
        place.slot.id
        for party in entry.reservations
        for place in party.places
        if place.status != PlaceStatus.CONFIRMED
    } - entry.reserved.keys()
    day = await desk.timed(entry.stops)
    stops = [
        stop
        for stop, timed in zip(day.stops, day.times.stops, strict=True)
        if stop.slot_id not in given_back
        if not (timed.trouble is Trouble.CLOSED and stop.slot_id not in entry.reserved)
        if not _is_off(desk, stop)
    ]
    missing = set(entry.reserved) - {stop.slot_id for stop in stops}
    for slot_id, site_id in (await itineraries.sites_of_slots(missing)).items():
        slot = desk.slots.get(slot_id)
        if slot is None or slot.status == SlotStatus.CANCELLED:
            continue
        if desk.town.instant_of(0) <= slot.starts_at < desk.town.instant_of(24 * 60):
            starts = desk.town.minute_of(slot.starts_at)
            before = [stop for stop in stops if _begins(desk, day, stop) < starts]
            stops.insert(len(before), PlannedStop(site_id, slot_id, 0))
    return await _in_time(desk, entry, tuple(stops))


async def _in_time(desk: Desk, entry: ItineraryEntry, stops: Stops) -> Stops:
    """Without what one will not get round to: a stay before it runs on for so long that one must go
    straight to the next reserved session."""
    minute = desk.town.minute_of(desk.town.now)
    while True:
        day = await desk.timed(stops)
        pairs = zip(day.stops, day.times.stops, day.stops[1:], day.times.stops[1:], strict=False)
        missed = next(
            (
                stop
                for stop, at, session, then in pairs
                if session.slot_id in entry.reserved and then.trouble is Trouble.TOO_LATE
                if stop.slot_id not in entry.reserved and at.start > minute
            ),
            None,
        )
        if missed is None:
            return stops
        stops = tuple(stop for stop in stops if stop != missed)


def _is_off(desk: Desk, stop: PlannedStop) -> bool:
    slot = desk.slots.get(stop.slot_id) if stop.slot_id else None
    return slot is not None and slot.status == SlotStatus.CANCELLED


def _begins(desk: Desk, day: TimedDay, stop: PlannedStop) -> int:
    slot = desk.slots.get(stop.slot_id) if stop.slot_id else None
    if slot:
        return desk.town.minute_of(slot.starts_at)
    return next((t.start for s, t in zip(day.stops, day.times.stops, strict=True) if s == stop), 0)


def _way(desk: Desk, entry: ItineraryEntry, day: TimedDay, number: int, lang: str) -> Way:
    """To a stop of the day from the one before it, or from where the day begins."""
    sites = desk.town.catalogue.by_id
    goal = sites[day.stops[number].site_id]
    if number:
        before = sites[day.stops[number - 1].site_id]
        start, origin = before.slug, before.text("name", lang)
    else:
        start = str(entry.wish["from"])
        origin = spot_name(desk.town.catalogue, start, lang)
    hop = day.hops[number]
    return Way(timedelta(minutes=hop.minutes), origin, _walk_page(start, goal.slug, desk))


def _walk_page(start: str, goal: str, desk: Desk) -> str:
    asked = {"from": start, "to": goal}
    if desk.wish.profile is not Profile.WALK:
        asked["profile"] = desk.wish.profile.value
    return f"/walk?{urlencode(asked)}"


async def tell(reference: str, ways: Ways, now: datetime) -> None:
    """Promise it to a party, but not of sessions at which it is already."""
    async with transaction():
        party = await Reservation.get(reference=reference).select_related("recipient")
        coming = await _coming(party.id, ways)
        slots = await slots_with_programmes(coming) if coming else []
        await setting_out.promise(party, slots, ways, now=now)


async def _coming(reservation_id: int, slot_ids: Iterable[int]) -> list[int]:
    """Without those at which the party is already."""
    places = await Place.filter(reservation_id=reservation_id, slot_id__in=list(slot_ids))
    arrived = await arrivals_of([place.id for place in places])
    return [place.slot_id for place in places if place.id not in arrived]
