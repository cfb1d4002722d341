"""The rows of a plan's timeline: where one starts, walks, stops, eats and ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.programmes.models import SlotStatus
from tour.programmes.queries import SlotEntry
from tour.programmes.views import SlotCard, slot_card
from tour.routes import plan_reasons
from tour.routes.day import openings_of
from tour.routes.directions import Direction
from tour.routes.edits import PlannedStop
from tour.routes.itineraries import ItineraryEntry
from tour.routes.planning import Desk, is_reservable
from tour.routes.timed_day import TimedDay
from tour.routes.walks import Walk
from tour.sites.views import SiteCard, site_card

StopState = Literal["look", "free", "reserved", "gone"]


@dataclass(frozen=True, slots=True)
class WalkRow:
    row = "walk"
    minutes: int
    distance_m: int
    approximate: bool
    directions: tuple[Direction, ...]


@dataclass(frozen=True, slots=True)
class MealRow:
    row = "meal"
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SpotRow:
    """Where the day begins or ends."""

    row = "spot"
    letter: str
    name: str
    at: datetime
    trouble: Text | None = None


@dataclass(frozen=True, slots=True)
class StopRow:
    row = "stop"
    number: int
    site: SiteCard
    slot: SlotCard | None
    state: StopState
    arrives_at: datetime
    starts_at: datetime
    leaves_at: datetime
    waiting: int
    """Minutes between arriving and beginning."""
    locked: bool
    is_over: bool
    trouble: Text | None
    reference: str = ""
    """Of the reservation, for those who may change the plan."""
    other_times: tuple[SlotCard, ...] = ()


Row = WalkRow | MealRow | SpotRow | StopRow


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a plan is shown, and where its ends are."""

    lang: str
    start_name: str
    end_name: str


def slot_view(desk: Desk, slot: SlotEntry, site: SiteCard, lang: str) -> SlotCard | None:
    programme = desk.town.board.programmes.get(slot.programme_id)
    return slot_card(slot, programme, site, lang=lang, now=desk.town.now) if programme else None


def plan_rows(
    desk: Desk, entry: ItineraryEntry, day: TimedDay, legs: Sequence[Walk], reader: Reader
) -> Iterator[Row]:
    instant, pause = desk.town.instant_of, day.times.pause
    yield SpotRow("S", reader.start_name, instant(desk.wish.starts))
    for number, (hop, leg) in enumerate(zip(day.hops, legs, strict=True)):
        way = WalkRow(hop.minutes, hop.distance_m, hop.approximate, leg.directions)
        meal = [MealRow(instant(pause.start), instant(pause.end))] if pause else []
        here: list[Row] = [*meal] if pause and pause.before == number else []
        leaving = day.times.stops[number - 1].leave if number else desk.wish.starts
        eats_first = pause is not None and pause.start < leaving + hop.minutes
        yield from [*here, way] if eats_first else [way, *here]
        if number < len(day.stops):
            yield _stop_row(desk, entry, day, number, reader.lang)
    yield SpotRow("G", reader.end_name, instant(day.times.arrives))


def _stop_row(desk: Desk, entry: ItineraryEntry, day: TimedDay, index: int, lang: str) -> StopRow:
    stop, timed, instant = day.stops[index], day.times.stops[index], desk.town.instant_of
    site = desk.town.catalogue.by_id[stop.site_id]
    card = site_card(site, lang)
    slot = desk.slots.get(stop.slot_id) if stop.slot_id else None
    shown = slot_view(desk, slot, card, lang) if slot else None
    is_over = desk.town.now >= instant(timed.leave)
    trouble = slot_trouble(desk, stop) or plan_reasons.stop_trouble(
        timed, day.late_by[index], is_session=stop.slot_id is not None
    )
    if not card.walkable:
        trouble = plan_reasons.WHY_NOT["not_walkable"]
    lead = max(0, desk.town.minute_of(slot.starts_at) - timed.start) if slot else 0
    return StopRow(
        number=index + 1,
        site=card,
        slot=shown,
        state=_state(desk, stop, shown),
        arrives_at=instant(timed.arrive),
        starts_at=instant(timed.start + lead),
        leaves_at=instant(timed.leave),
        waiting=timed.start + lead - timed.arrive,
        locked=stop.locked,
        is_over=is_over,
        trouble=None if is_over else trouble,
        reference=entry.reserved.get(stop.slot_id or 0, ""),
        other_times=tuple(_other_times(desk, stop, card, lang)),
    )


def _state(desk: Desk, stop: PlannedStop, slot: SlotCard | None) -> StopState:
    if stop.slot_id is None:
        return "look"
    if stop.slot_id in desk.wish.reserved:
        return "reserved"
    entry = desk.slots.get(stop.slot_id)
    return "free" if slot and entry and is_reservable(desk, entry) else "gone"


def slot_trouble(desk: Desk, stop: PlannedStop) -> Text | None:
    """What became of a session since the plan was made."""
    slot = desk.slots.get(stop.slot_id) if stop.slot_id else None
    if stop.slot_id is None:
        return None
    if slot is None or slot.programme_id not in desk.town.board.programmes:
        return _("This session has been withdrawn.")
    if slot.status == SlotStatus.CANCELLED:
        return _("This session has been cancelled.")
    if stop.slot_id in desk.wish.reserved or is_reservable(desk, slot):
        return None
    if slot.seats_left >= desk.wish.party_size:
        return _("Reservations for this time are closed. Please choose another time.")
    return _("There are no longer enough seats at this time.")


def _other_times(desk: Desk, stop: PlannedStop, card: SiteCard, lang: str) -> Iterator[SlotCard]:
    """Sessions of the same place to which this stop could be changed."""
    if stop.slot_id in desk.wish.reserved:
        return
    site = desk.town.catalogue.by_id[stop.site_id]
    wish = replace(desk.wish, held=frozenset())
    for opening in openings_of(desk.town, wish, site):
        slot = desk.slots.get(opening.slot_id) if opening.slot_id else None
        if slot and not opening.full and slot.id != stop.slot_id:
            shown = slot_view(desk, slot, card, lang)
            if shown:
                yield shown
