"""A reservation as its page shows it, in the reader's language."""

from dataclasses import dataclass, replace
from datetime import datetime

from starlette.requests import Request

from tour.i18n import Text
from tour.programmes import queries as programmes
from tour.programmes.entries import Board, SlotEntry
from tour.programmes.states import SlotStatus
from tour.programmes.views import ProgrammeView, SlotCard, programme_view
from tour.reservations.meeting import meetings
from tour.reservations.models import Reservation
from tour.reservations.queries import (
    CheckEntry,
    DrawnEntry,
    PlaceEntry,
    QueueEntry,
    ReservationEntry,
)
from tour.reservations.receipts import party_text
from tour.reservations.rules import GRACE, can_say, change_problem
from tour.reservations.stages import BADGES, BY_OTHERS, HEADS, SENTENCES, STILL_ON, Stage
from tour.reservations.standing import other_times, standing_of
from tour.reservations.states import EntryStatus, PlaceStatus, WaitlistStatus
from tour.reservations.waitlist import takes_a_yes
from tour.sites.entries import SiteEntry
from tour.sites.texts import ON_TICKET, way_rows
from tour.sites.views import site_card, with_door
from tour.sites.withdrawn import any_site
from tour.web import lang, now, state


@dataclass(frozen=True, slots=True)
class SlotView:
    """A slot with its programme and place."""

    slot: SlotCard
    programme: ProgrammeView
    way: tuple[tuple[str, str], ...]
    """(heading, text): what the place says about the way to its door."""
    is_paused: bool
    """Nothing of it is given out at present: its programme is paused or its site withdrawn."""


@dataclass(frozen=True, slots=True)
class PlaceView:
    slot: SlotCard
    programme: ProgrammeView
    way: tuple[tuple[str, str], ...]
    seats: int
    party_text: str
    is_held: bool
    is_unproved: bool
    """Its seats are taken only when the code comes back."""
    is_cancelled: bool
    can_cancel: bool
    released_at: datetime | None
    """When the host gave its seats away; it did not cancel."""
    late_minutes: int | None
    """What the party said: how late it comes."""
    arrived_at: datetime | None
    kept_until: datetime
    """Until when its seats wait for it, whatever the host says."""
    can_say: bool
    """Whether it can tell the host that it is late, or after all cannot come."""

    @property
    def can_give_up(self) -> bool:
        """The cut-off is over, and the host would still like to know."""
        return self.can_say and not self.can_cancel

    stage: Stage
    reason: str
    others: tuple[SlotCard, ...]
    """Other times of a session that was ended by no wish of the party."""

    @property
    def is_still_on(self) -> bool:
        return self.stage in STILL_ON

    @property
    def badge(self) -> Text:
        return BADGES[self.stage]

    @property
    def sentence(self) -> Text | None:
        return SENTENCES.get(self.stage)


@dataclass(frozen=True, slots=True)
class QueueView:
    slot: SlotCard
    status: WaitlistStatus
    ahead: int
    offer_ends_at: datetime | None
    is_offered: bool
    may_accept: bool
    """Nothing is held for it, but seats are free and a yes takes them."""
    is_waiting: bool
    is_paused: bool
    is_unproved: bool
    is_called_off: bool


@dataclass(frozen=True, slots=True)
class DrawnView:
    draw_id: int
    receipt: str
    status: EntryStatus
    draws_at: datetime
    entries_close_at: datetime
    can_leave: bool
    is_called_off: bool
    """Whether none of its choices will take place."""
    slots: tuple[SlotCard, ...]


@dataclass(frozen=True, slots=True)
class ReservationView:
    """`first` is the slot by which a list names it; `offer` is to be answered before all else."""

    reference: str
    door_code: str
    name: str
    kana: str
    adults: int
    children: int
    party_text: str
    has_email: bool
    is_confirmed: bool
    is_cancelled: bool
    places: tuple[PlaceView, ...]
    queues: tuple[QueueView, ...]
    draw: DrawnView | None
    first: SlotCard
    check: CheckEntry | None
    email: str
    """Shown only while a code is on its way there, so that a slip of the finger is seen."""
    is_erased: bool
    stage: Stage | None
    """What all of it is called by; None without a place."""

    @property
    def meetings(self) -> list[tuple[SlotCard, SlotCard]]:
        """A session that a delay makes end after the next has begun, and that next one."""
        return meetings(place.slot for place in self.places if place.is_still_on)

    @property
    def badge(self) -> Text | None:
        return BADGES.get(self.stage) if self.stage else None

    @property
    def head(self) -> Text | None:
        return HEADS.get(self.stage) if self.stage else None

    @property
    def sentence(self) -> Text | None:
        """Where all its places share one: each says its own otherwise."""
        stages = {place.stage for place in self.places}
        return SENTENCES.get(stages.pop()) if len(stages) == 1 else None

    @property
    def is_coming(self) -> bool:
        """Whether any of it is still to come, or under way."""
        return self.stage in (Stage.COMING, Stage.UNDER_WAY)

    @property
    def open_places(self) -> tuple[PlaceView, ...]:
        """What can still be given back or changed."""
        return tuple(place for place in self.places if place.can_cancel)

    @property
    def closed_places(self) -> tuple[PlaceView, ...]:
        """What is held, and past its cut-off."""
        return tuple(
            p
            for p in self.places
            if not (p.can_cancel or p.is_cancelled or p.is_held or p.is_unproved)
        )

    @property
    def offer(self) -> QueueView | None:
        return next((queue for queue in self.queues if queue.is_offered), None)


async def slot_view(request: Request, slot: SlotEntry) -> SlotView:
    """Everything a page says about one slot, though its programme be paused, its site withdrawn."""
    caches = state(request).caches
    catalogue = await caches.catalogue.current()
    board: Board = await caches.board.current(now(request))
    programme = board.programmes.get(slot.programme_id)
    is_paused = programme is None
    if programme is None:
        programme = await programmes.any_programme(slot.programme_id)
    is_public = programme.site_id in catalogue.by_id
    site: SiteEntry = catalogue.by_id.get(programme.site_id) or await any_site(programme.site_id)
    card = replace(site_card(site, lang(request)), is_public=is_public)
    local = now(request).astimezone(state(request).town.timezone)
    if slot.starts_at.astimezone(local.tzinfo).date() == local.date():
        card = with_door(card, site.door, local, lang(request))
    view = programme_view(programme, [slot], card, lang=lang(request), now=now(request))
    way = tuple(way_rows(ON_TICKET, site.own, site.translations, lang(request)))
    return SlotView(view.slots[0], view, way, is_paused)


async def reservation_view(request: Request, entry: ReservationEntry) -> ReservationView:
    made = entry.reservation
    standing = await standing_of(entry, now(request))
    places = tuple(
        [await _place_view(request, p, made, standing.of_place[p.id]) for p in entry.places]
    )
    queues = tuple([await _queue_view(request, queue) for queue in entry.queues])
    draw = await _drawn_view(request, entry.draw) if entry.draw else None
    slots = [p.slot for p in places if not p.is_cancelled] or [q.slot for q in queues]
    return ReservationView(
        reference=made.reference,
        door_code=made.door_code,
        name=made.name,
        kana=made.kana,
        adults=made.adults,
        children=made.children,
        party_text=party_text(made.adults, made.children),
        has_email=bool(made.email),
        is_confirmed=entry.is_confirmed,
        is_cancelled=entry.is_cancelled,
        places=places,
        queues=queues,
        draw=draw,
        first=[*slots, *(draw.slots if draw else ()), *(p.slot for p in places)][0],
        check=entry.check,
        email=made.email if entry.is_unproved else "",
        is_erased=made.erased_at is not None,
        stage=standing.whole,
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
        others=await _others(request, place) if stage in BY_OTHERS and not view.is_paused else (),
    )


async def _others(request: Request, place: PlaceEntry) -> tuple[SlotCard, ...]:
    found = await other_times(place.slot, place.seats, now=now(request))
    return tuple([(await slot_view(request, slot)).slot for slot in found])


async def _queue_view(request: Request, queue: QueueEntry) -> QueueView:
    view = await slot_view(request, queue.slot)
    ends_at = queue.offer_ends_at
    return QueueView(
        slot=view.slot,
        status=queue.status,
        ahead=queue.ahead,
        offer_ends_at=ends_at,
        is_offered=queue.status == WaitlistStatus.OFFERED and ends_at is not None,
        may_accept=queue.seats <= queue.slot.seats_left
        and not view.is_paused
        and takes_a_yes(queue.status, queue.slot, now(request)),
        is_waiting=queue.status == WaitlistStatus.WAITING,
        is_paused=view.is_paused,
        is_unproved=queue.status == WaitlistStatus.UNPROVED,
        is_called_off=queue.status == WaitlistStatus.CLOSED
        and queue.slot.status == SlotStatus.CANCELLED,
    )


async def _drawn_view(request: Request, entry: DrawnEntry) -> DrawnView:
    cards = [(await slot_view(request, slot)).slot for slot in entry.slots]
    return DrawnView(
        draw_id=entry.draw.id,
        receipt=entry.receipt,
        status=entry.status,
        draws_at=entry.draw.draws_at,
        entries_close_at=entry.draw.entries_close_at,
        can_leave=entry.status == EntryStatus.ENTERED,
        is_called_off=entry.status != EntryStatus.LEFT
        and all(slot.status == SlotStatus.CANCELLED for slot in entry.slots),
        slots=tuple(cards),
    )


def people_at(seats: int, made: Reservation) -> str:
    """The party, or how many of it where that was changed for this place alone."""
    if seats == made.party_size:
        return party_text(made.adults, made.children)
    return party_text(seats, 0)


def can_cancel(entry: ReservationEntry, at: datetime) -> bool:
    """Whether any of it can still be given back; each place has its own cut-off."""
    held = [p for p in entry.places if p.status == PlaceStatus.CONFIRMED]
    return any(not change_problem(p.slot.booking_closes_at, now=at) for p in held)
