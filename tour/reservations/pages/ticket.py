"""The face of a ticket, beside what the reservation is: how long to go, the way there, and what
fits around it. Made anew at each view, of copies that the process keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from heapq import nsmallest

from starlette.requests import Request

from tour.geo import Point
from tour.i18n import lazy as _
from tour.notifications.schedule import SPARE
from tour.programmes.entries import Board, ProgrammeEntry, SlotEntry
from tour.programmes.views import SlotCard, slot_card
from tour.reservations.messages import setting_out
from tour.reservations.messages.setting_out import Told
from tour.reservations.models import Reservation
from tour.reservations.standing.around import HALF_A_DAY, Span, around
from tour.reservations.standing.going import GoingView, Walk, going
from tour.reservations.standing.shown import PlaceView, ReservationView
from tour.reservations.standing.stages import Screen, Stage
from tour.sites.entries import Catalogue, SiteEntry
from tour.sites.on_foot import OnFoot
from tour.sites.views import site_card
from tour.web import lang, now, parts_of

NEAREST = 12
"""Places of which the sessions around are looked at: those that lie nearest."""
CODE_FIRST = timedelta(hours=1)
"""So long before the start the ticket lies with its code upwards."""
ON = frozenset({Stage.COMING, Stage.UNDER_WAY})


@dataclass(frozen=True, slots=True)
class AroundCard:
    """A session that fits before or after the party's own."""

    slot: SlotCard
    walk: OnFoot
    is_before: bool


@dataclass(frozen=True, slots=True)
class Face:
    """`place` is the next that the party goes to; `days_left` are local days."""

    place: PlaceView
    days_left: int
    is_turned: bool
    is_under_way: bool
    going: GoingView | None
    around: tuple[AroundCard, ...]


async def face_of(request: Request, view: ReservationView, made: Reservation) -> Face | None:
    """None where there is no ticket to show at a door."""
    if view.screen != Screen.COMING:
        return None
    ahead = [place for place in view.places if place.stage in ON]
    place = next((p for p in ahead if p.arrived_at is None), ahead[0])
    at, zone = now(request), parts_of(request).town.timezone
    starts_at = place.slot.starts_at
    return Face(
        place=place,
        days_left=(starts_at.astimezone(zone).date() - at.astimezone(zone).date()).days,
        is_turned=starts_at - CODE_FIRST <= at,
        is_under_way=place.stage == Stage.UNDER_WAY,
        going=await _going(request, place, ahead, made),
        around=await _around(request, place, ahead) if at < starts_at else (),
    )


async def _going(
    request: Request, place: PlaceView, ahead: Sequence[PlaceView], made: Reservation
) -> GoingView | None:
    if place.arrived_at or now(request) >= place.slot.starts_at:
        return None
    told = await setting_out.told(made.recipient_id, place.slot.id)
    before = _before(request, place, ahead)
    walk = await _told_walk(request, place, told, before) or await _walk(request, place, before)
    return going(place.slot.starts_at, walk, now=now(request))


def _before(request: Request, place: PlaceView, ahead: Sequence[PlaceView]) -> PlaceView | None:
    """The session from which one comes: the last one before it on its day."""
    zone = parts_of(request).town.timezone
    day = place.slot.starts_at.astimezone(zone).date()
    earlier = [
        other
        for other in ahead
        if other.slot.starts_at < place.slot.starts_at
        and other.slot.starts_at.astimezone(zone).date() == day
    ]
    return earlier[-1] if earlier else None


async def _walk(request: Request, place: PlaceView, before: PlaceView | None) -> Walk | None:
    """From the session before it, else from the station nearest to it; None where nobody knows."""
    catalogue = await parts_of(request).catalogue.current()
    goal = catalogue.by_id.get(place.slot.site.id)
    start = catalogue.by_id.get(before.slot.site.id) if before else None
    if goal is None or not goal.is_walkable:
        return None
    if before and start and start.point and goal.point and start.is_walkable:
        [leg] = await parts_of(request).on_foot.from_one(catalogue, start.point, [goal.point])
        name = start.text("name", lang(request))
        return Walk(name, leg.minutes, leg.approximate, before.slot.ends_at)
    if before or goal.approach is None:
        return None
    origin = goal.approach.station.called_in(lang(request))
    return Walk(origin, goal.approach.minutes, goal.approach.approximate)


async def _told_walk(
    request: Request, place: PlaceView, told: Told | None, before: PlaceView | None
) -> Walk | None:
    """As the party's reminder has it, by its plan or pace; None where that says nothing, and where
    it says the session before this one."""
    catalogue = await parts_of(request).catalogue.current()
    goal = catalogue.by_id.get(place.slot.site.id)
    if told is None or not told.start or goal is None or goal.point is None:
        return None
    if before and before.slot.site.slug == told.start:
        return None
    minutes = (place.slot.starts_at - SPARE - told.leaves_at) // timedelta(minutes=1)
    start = catalogue.point_of(told.start)
    if start is None:
        return Walk(_("The chosen point"), max(minutes, 1), approximate=True)
    [leg] = await parts_of(request).on_foot.from_one(catalogue, start, [goal.point])
    # A message that was due at once came later than one had to leave: its walk is the longer one.
    return Walk(
        _name_of(catalogue, told.start, lang(request)), max(minutes, leg.minutes), leg.approximate
    )


def _name_of(catalogue: Catalogue, start: str, language: str) -> str:
    if station := catalogue.station(start):
        return station.called_in(language)
    return catalogue.by_slug[start].text("name", language)


async def _around(
    request: Request, place: PlaceView, ahead: Sequence[PlaceView]
) -> tuple[AroundCard, ...]:
    parts, at = parts_of(request), now(request)
    catalogue, board = await parts.catalogue.current(), await parts.board.current(at)
    here = catalogue.by_id.get(place.slot.site.id)
    if here is None or here.point is None:
        return ()
    held = Span(place.slot.starts_at, place.slot.ends_at)
    near = _nearest(catalogue, board, here, held)
    points = [site.point for site in near if site.point]
    walks = await parts.on_foot.from_one(catalogue, here.point, points) if points else []
    coming = [
        (slot, walk, board.programmes[slot.programme_id].max_party)
        for site, walk in zip(near, walks, strict=True)
        for slot in board.by_site[site.id]
        if _is_about(slot, held)
    ]
    others = [Span(p.slot.starts_at, p.slot.ends_at) for p in ahead if p is not place]
    found = around(held, others, coming, place.seats, now=at)
    return tuple(
        AroundCard(
            _card(request, catalogue, board.programmes[n.slot.programme_id], n.slot),
            n.walk,
            n.is_before,
        )
        for n in found
    )


def _nearest(catalogue: Catalogue, board: Board, here: SiteEntry, held: Span) -> list[SiteEntry]:
    """Other places to which one can walk, with a session about that time."""
    sites = (catalogue.by_id.get(site_id) for site_id in board.by_site if site_id != here.id)
    walkable = [site for site in sites if site and site.point and site.is_walkable]
    about = (s for s in walkable if any(_is_about(slot, held) for slot in board.by_site[s.id]))
    return nsmallest(NEAREST, about, key=lambda site: _apart(here.point, site.point))


def _is_about(slot: SlotEntry, held: Span) -> bool:
    return (
        held.starts_at - HALF_A_DAY <= slot.ends_at and slot.starts_at <= held.ends_at + HALF_A_DAY
    )


def _apart(one: Point | None, other: Point | None) -> float:
    """Squared degrees: enough to find the nearest few of a town, at no cost."""
    if one is None or other is None:
        return float("inf")
    return float((one.lat - other.lat) ** 2 + (0.8 * (one.lon - other.lon)) ** 2)


def _card(
    request: Request, catalogue: Catalogue, programme: ProgrammeEntry, slot: SlotEntry
) -> SlotCard:
    card = site_card(catalogue.by_id[programme.site_id], lang(request))
    return slot_card(slot, programme, card, lang=lang(request), now=now(request))
