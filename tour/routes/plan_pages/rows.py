"""The rows of a plan's timeline: where one starts, walks, stops, eats and ends."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.programmes.entries import SlotEntry
from tour.programmes.states import SlotStatus
from tour.programmes.views import SlotCard, slot_card
from tour.routes.days.day import door_of, openings_of
from tour.routes.days.edits import PlannedStop
from tour.routes.days.planning import Desk, is_reservable
from tour.routes.days.staying import stays
from tour.routes.days.timed_day import TimedDay
from tour.routes.plan_pages.edit_forms import StopTools, stop_tools
from tour.routes.planner.problem import TimedBreak
from tour.routes.plans import reasons
from tour.routes.plans.context import spot_name
from tour.routes.plans.itineraries import ItineraryEntry
from tour.routes.walks.directions import Direction
from tour.routes.walks.walks import Walk
from tour.sites.entries import Catalogue
from tour.sites.views import SiteCard, language_name, site_card, with_door

WORTH_A_WORD = 10  # minutes to spare before a stop; fewer are no news


class StopStage(StrEnum):
    """How a stop stands; `templates/routes/_stop_stages.html` has a block for each."""

    LOOK = "look"
    """A place to look around: nothing is reserved."""
    OWN = "own"
    """Reserved, for a reader who may see the reservation."""
    RESERVED = "reserved"
    FREE = "free"
    GONE = "gone"
    """Cannot be had as it is planned; its trouble says why."""


def stop_stage(
    *, is_session: bool, is_reserved: bool, is_own: bool, is_free: bool, has_trouble: bool
) -> StopStage:
    """The one answer to "have we got seats here?" of a plan's page."""
    if not is_session:
        return StopStage.LOOK
    if is_reserved:
        return StopStage.OWN if is_own else StopStage.RESERVED
    return StopStage.FREE if is_free and not has_trouble else StopStage.GONE


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


@dataclass(frozen=True, slots=True)
class ResumeRow:
    """From when on the rest of the day was changed or planned anew."""

    row = "resume"
    at: datetime


@dataclass(frozen=True, slots=True)
class StopRow:
    row = "stop"
    number: int
    site: SiteCard
    slot: SlotCard | None
    stage: StopStage
    arrives_at: datetime
    starts_at: datetime
    leaves_at: datetime
    waiting: int
    """Minutes between arriving, or lunch there, and beginning."""
    locked: bool
    is_over: bool
    trouble: Text | None
    door: str
    """What its host says of this moment, while it is not over."""
    tools: StopTools | None
    """None for those who may not change the plan, and where it is over."""
    reference: str = ""
    """Of the reservation, for those who may change the plan."""
    stays: tuple[tuple[int, datetime], ...] = ()
    """Until when one may say that one stays, as minutes of the day and as instants."""
    spoken: tuple[str, ...] = ()
    """The languages of the session, where the reader's is not among them."""

    @property
    def title(self) -> str:
        return self.slot.programme_title if self.slot else self.site.name

    @property
    def spare(self) -> int:
        """Of the minutes before it, those that are worth a word."""
        return self.waiting if self.waiting >= WORTH_A_WORD else 0


Row = WalkRow | MealRow | SpotRow | ResumeRow | StopRow


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a plan is shown, and where its ends are."""

    lang: str
    start_name: str
    end_name: str

    @classmethod
    def of(cls, values: Mapping[str, Any], catalogue: Catalogue, lang: str) -> "Reader":
        """`values`: what the plan was asked for with; one that ends nowhere ends where it began."""
        start = spot_name(catalogue, values["from"], lang)
        end = spot_name(catalogue, values["to"], lang) if values["to"] else start
        return cls(lang, start, end)


def slot_view(desk: Desk, slot: SlotEntry, site: SiteCard, lang: str) -> SlotCard | None:
    programme = desk.town.board.programmes.get(slot.programme_id)
    return slot_card(slot, programme, site, lang=lang, now=desk.town.now) if programme else None


def plan_rows(
    desk: Desk, entry: ItineraryEntry, day: TimedDay, legs: Sequence[Walk], reader: Reader
) -> Iterator[Row]:
    instant = desk.town.instant_of
    yield SpotRow("S", reader.start_name, instant(day.sets_out))
    for number, leg in enumerate(legs):
        yield from _way(desk, day, number, leg)
        if number < len(day.stops):
            yield _stop_row(desk, entry, day, number, reader.lang)
    yield SpotRow("G", reader.end_name, instant(day.times.arrives))


def _way(desk: Desk, day: TimedDay, number: int, leg: Walk) -> Iterator[Row]:
    """A walk with the lunch before it or after it; a lunch on the way parts it. Where one goes on
    from later than the last visit or the lunch ended, that stands between."""
    hop, pause = day.hops[number], day.times.pause
    resumes = _resumed(day, number)
    gap: list[Row] = [] if resumes is None else [ResumeRow(desk.town.instant_of(resumes))]
    way = WalkRow(hop.minutes, hop.distance_m, hop.approximate, leg.directions)
    if pause is None or pause.before != number:
        yield from (*gap, way)
        return
    meal = MealRow(desk.town.instant_of(pause.start), desk.town.instant_of(pause.end))
    before = _walked_before(day, number, pause)
    if before >= hop.minutes:
        yield from (*gap, way, meal)
    elif before <= 0:
        yield from (meal, *gap, way) if _is_had(day, number) else (*gap, meal, way)
    else:
        metres = hop.distance_m * before // hop.minutes
        yield from (*gap, replace(way, minutes=before, distance_m=metres), meal)
        yield WalkRow(hop.minutes - before, hop.distance_m - metres, hop.approximate, ())


def _walked_before(day: TimedDay, number: int, pause: TimedBreak) -> int:
    """Minutes of a walk that come before the lunch on it; below zero where all come after it."""
    if number < day.done:
        at = day.times.stops[number]
        return at.leg if at.arrive <= pause.start else -1
    if _is_had(day, number):
        return -1
    left = day.times.stops[number - 1].leave if number else day.sets_out
    return pause.start - (left if day.resumes is None or number > day.done else day.resumes)


def _is_had(day: TimedDay, number: int) -> bool:
    """Whether the lunch before a stop, or before the end, is on record: the walk came after it."""
    pause = day.times.pause
    return day.has_eaten and pause is not None and pause.before == number


def _resumed(day: TimedDay, number: int) -> int | None:
    """When one set out on a walk, where that was later than the last visit or lunch ended."""
    if number >= day.done:
        return day.resumes if number == day.done else None
    pause, at = day.times.pause, day.times.stops[number]
    departs = at.arrive - at.leg
    ate = pause.end if pause and pause.before == number and pause.end <= departs else 0
    ended = max(ate, day.times.stops[number - 1].leave if number else 0)
    return departs if 0 < ended < departs else None


def _stop_row(desk: Desk, entry: ItineraryEntry, day: TimedDay, index: int, lang: str) -> StopRow:
    stop, timed, instant = day.stops[index], day.times.stops[index], desk.town.instant_of
    site = desk.town.catalogue.by_id[stop.site_id]
    local = desk.town.now.astimezone(desk.town.zone)
    card = with_door(site_card(site, lang), door_of(desk.town, site), local, lang)
    slot = desk.slots.get(stop.slot_id) if stop.slot_id else None
    shown = slot_view(desk, slot, card, lang) if slot else None
    is_over = desk.town.now >= instant(timed.leave)
    trouble = slot_trouble(desk, stop) or reasons.stop_trouble(
        timed, day.late_by[index], is_session=stop.slot_id is not None
    )
    if not card.walkable:
        trouble = reasons.WHY_NOT["not_walkable"]
    pause = day.times.pause
    ate = pause.end if pause and pause.before == index else 0
    lead = max(0, desk.town.minute_of(slot.starts_at) - timed.start) if slot else 0
    shown_trouble = None if desk.town.now >= instant(timed.start) else trouble
    may_edit = entry.edit_token is not None
    reference = entry.reserved.get(stop.slot_id or 0, "") if may_edit else ""
    until_of = stays(day, desk.town.minute_of(desk.town.now)) if may_edit else {}
    tools = None
    if may_edit and not is_over:
        times = tuple(_other_times(desk, stop, card, lang))
        tools = stop_tools(day, index, times, is_own=bool(reference), has_session=shown is not None)
    return StopRow(
        number=index + 1,
        site=card,
        slot=shown,
        stage=stop_stage(
            is_session=stop.slot_id is not None,
            is_reserved=stop.slot_id in desk.wish.reserved,
            is_own=bool(reference),
            is_free=bool(slot and shown and is_reservable(desk, slot)),
            has_trouble=shown_trouble is not None,
        ),
        arrives_at=instant(timed.arrive),
        starts_at=instant(timed.start + lead),
        leaves_at=instant(timed.leave),
        waiting=timed.start + lead - max(timed.arrive, ate),
        locked=stop.locked,
        is_over=is_over,
        trouble=shown_trouble,
        door="" if is_over else card.door_text,
        tools=tools,
        reference=reference,
        stays=tuple((until, instant(until)) for until in until_of.get(stop.site_id, ())),
        spoken=_spoken(desk, slot, lang),
    )


def _spoken(desk: Desk, slot: SlotEntry | None, lang: str) -> tuple[str, ...]:
    programme = desk.town.board.programmes.get(slot.programme_id) if slot else None
    languages = programme.languages if programme else ()
    if lang.partition("-")[0] in languages:
        return ()
    return tuple(language_name(code, lang) for code in languages)


def slot_trouble(desk: Desk, stop: PlannedStop) -> Text | None:
    """What became of a session since the plan was made."""
    slot = desk.slots.get(stop.slot_id) if stop.slot_id else None
    if stop.slot_id is None:
        return None
    if slot is not None and slot.status == SlotStatus.CANCELLED:
        return _("This session has been called off.")
    if stop.slot_id in desk.wish.reserved:
        return None  # Also where it is paused: only new reservations stop.
    if slot is None or slot.programme_id not in desk.town.board.programmes:
        return _("This session has been withdrawn.")
    if is_reservable(desk, slot):
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
