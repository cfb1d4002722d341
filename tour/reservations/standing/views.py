"""What the page of a reservation shows, gathered in the reader's language."""

from dataclasses import replace
from datetime import datetime

from starlette.requests import Request

from tour.programmes import queries as programmes
from tour.programmes.entries import SlotEntry
from tour.programmes.states import SlotStatus
from tour.programmes.views import SlotCard, programme_view
from tour.reservations import answers
from tour.reservations.messages.receipts import party_text, people_at
from tour.reservations.models import Reservation
from tour.reservations.queries import (
    DrawnEntry,
    PlaceEntry,
    QueueEntry,
    ReservationEntry,
)
from tour.reservations.rules import GRACE, can_say, change_problem
from tour.reservations.standing.badges import badge_of
from tour.reservations.standing.facts import other_times, standing_of
from tour.reservations.standing.shown import (
    DrawnView,
    PlaceView,
    QueueView,
    ReservationView,
    SlotView,
)
from tour.reservations.standing.stages import (
    BY_OTHERS,
    Screen,
    Stage,
    chance_of,
    screen_of,
    turn_of,
)
from tour.reservations.states import EntryStatus, PlaceStatus
from tour.reservations.waitlist.offering import takes_a_yes
from tour.sites.entries import SiteEntry
from tour.sites.texts import ON_TICKET, headed
from tour.sites.views import site_card, with_door
from tour.sites.withdrawn import any_site
from tour.web import lang, now, parts_of
from tour.words.prices import in_all


async def slot_view(request: Request, slot: SlotEntry) -> SlotView:
    """Everything a page says about one slot, though its programme be paused, its site withdrawn."""
    parts = parts_of(request)
    catalogue = await parts.catalogue.current()
    board = await parts.board.current(now(request))
    programme = board.programmes.get(slot.programme_id)
    is_paused = programme is None
    if programme is None:
        programme = await programmes.any_programme(slot.programme_id)
    is_public = programme.site_id in catalogue.by_id
    site: SiteEntry = catalogue.by_id.get(programme.site_id) or await any_site(programme.site_id)
    card = replace(site_card(site, lang(request)), is_public=is_public)
    local = now(request).astimezone(parts_of(request).town.timezone)
    if slot.starts_at.astimezone(local.tzinfo).date() == local.date():
        card = with_door(card, site.door, local, lang(request))
    view = programme_view(programme, [slot], card, lang=lang(request), now=now(request))
    way = tuple(headed(ON_TICKET, site.own, site.translations, lang(request)))
    return SlotView(view.slots[0], view, way, is_paused)


def mail_hint(address: str) -> str:
    """h…@example.jp: enough for its owner; whoever was sent the page's link learns no address."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}" if local else ""


async def reservation_view(request: Request, entry: ReservationEntry) -> ReservationView:
    made = entry.reservation
    standing = await standing_of(entry, now(request))
    places = tuple(
        [await _place_view(request, p, made, standing.of_place[p.id]) for p in entry.places]
    )
    queues = tuple([await _queue_view(request, queue) for queue in entry.queues])
    draw = await _drawn_view(request, entry.draw, waits=entry.is_waiting) if entry.draw else None
    slots = [p.slot for p in places if not p.is_cancelled] or [q.slot for q in queues]
    screen = screen_of(
        standing.whole,
        has_check=entry.check is not None,
        is_check_open=entry.is_unproved,
        is_confirmed=entry.is_confirmed,
        is_open=entry.is_open,
    )
    return ReservationView(
        reference=made.reference,
        door_code=made.door_code,
        name=made.name,
        kana=made.kana,
        note=made.note,
        photos_allowed=made.photos_allowed,
        adults=made.adults,
        children=made.children,
        party_text=party_text(made.adults, made.children),
        mail_hint=mail_hint(made.email or ""),
        screen=Screen.ERASED if made.erased_at else screen,
        places=places,
        queues=queues,
        draw=draw,
        first=[*slots, *(draw.slots if draw else ()), *(p.slot for p in places)][0],
        check=entry.check,
        email=made.email if entry.is_unproved else "",
        stage=standing.whole,
        badge=badge_of(
            screen,
            standing.whole,
            is_offered=any(queue.is_offered for queue in queues),
            is_in_draw=entry.draw is not None and entry.draw.status == EntryStatus.ENTERED,
        ),
    )


async def _place_view(
    request: Request, place: PlaceEntry, made: Reservation, stage: Stage
) -> PlaceView:
    view = await slot_view(request, place.slot)
    is_confirmed = place.status == PlaceStatus.CONFIRMED
    return PlaceView(
        slot=view.slot,
        programme=view.programme,
        way=view.way,
        seats=place.seats,
        party_text=people_at(place.seats, made),
        price_text=in_all(view.programme.price_yen, place.seats),
        is_held=place.status == PlaceStatus.HELD,
        is_unproved=place.status == PlaceStatus.UNPROVED,
        is_cancelled=place.status
        not in (PlaceStatus.CONFIRMED, PlaceStatus.HELD, PlaceStatus.UNPROVED),
        can_cancel=is_confirmed
        and not change_problem(place.slot.booking_closes_at, now=now(request)),
        released_at=place.cancelled_at if place.status == PlaceStatus.RELEASED else None,
        late_minutes=place.late_minutes,
        arrived_at=place.arrived_at,
        kept_until=place.slot.starts_at + GRACE,
        can_say=is_confirmed
        and place.arrived_at is None
        and can_say(place.slot.starts_at, place.slot.ends_at, now(request)),
        stage=stage,
        reason=place.reason,
        answers=answers.read(place.answers, lang(request)),
        is_public=view.slot.site.is_public and not view.is_paused,
        others=await _others(request, place) if stage in BY_OTHERS and not view.is_paused else (),
    )


async def _others(request: Request, place: PlaceEntry) -> tuple[SlotCard, ...]:
    found = await other_times(place.slot, place.seats, now=now(request))
    return tuple([(await slot_view(request, slot)).slot for slot in found])


async def _queue_view(request: Request, queue: QueueEntry) -> QueueView:
    view = await slot_view(request, queue.slot)
    may_accept = (
        queue.seats <= queue.slot.seats_left
        and not view.is_paused
        and takes_a_yes(queue.status, queue.slot, now(request))
    )
    is_called_off = queue.slot.status == SlotStatus.CANCELLED
    return QueueView(
        slot=view.slot,
        turn=turn_of(queue.status, may_accept=may_accept, is_called_off=is_called_off),
        ahead=queue.ahead,
        offer_ends_at=queue.offer_ends_at,
        is_paused=view.is_paused,
        answers=answers.read(queue.answers, lang(request)),
    )


async def _drawn_view(request: Request, entry: DrawnEntry, *, waits: bool) -> DrawnView:
    cards = [(await slot_view(request, slot)).slot for slot in entry.slots]
    return DrawnView(
        draw_id=entry.draw.id,
        receipt=entry.receipt,
        chance=chance_of(
            entry.status,
            is_called_off=all(slot.status == SlotStatus.CANCELLED for slot in entry.slots),
            waits=waits,
        ),
        draws_at=entry.draw.draws_at,
        slots=tuple(cards),
    )


def can_cancel(entry: ReservationEntry, at: datetime) -> bool:
    """Whether any of it can still be given back; each place has its own cut-off."""
    held = [p for p in entry.places if p.status == PlaceStatus.CONFIRMED]
    return any(not change_problem(p.slot.booking_closes_at, now=at) for p in held)
