"""A plan as its page shows it: rows of a timeline, in the reader's language."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tour.i18n import Text, translate
from tour.i18n import lazy as _
from tour.programmes.entries import SlotEntry
from tour.programmes.states import SlotStatus
from tour.reservations.service import MAX_SLOTS
from tour.routes.days import edits
from tour.routes.days.giving_up import session_text
from tour.routes.days.planning import Desk, reservable_slots
from tour.routes.days.proposals import Findings, LeftOut
from tour.routes.days.timed_day import TimedDay
from tour.routes.days.wishes import LUNCH
from tour.routes.plan_pages.alternatives import (
    AlternativeCard,
    Mended,
    OnFoot,
    alternatives,
    mended,
)
from tour.routes.plan_pages.rows import Reader, Row, StopRow, plan_rows
from tour.routes.plan_pages.unmet import hours_of, unmet
from tour.routes.planner.problem import Reason, Trouble
from tour.routes.plans import reasons
from tour.routes.plans.itineraries import ItineraryEntry
from tour.routes.plans.joins import Holder, Joins, joins
from tour.routes.plans.missed_reasons import Unmet
from tour.routes.walks.walks import Walk, Walks
from tour.sites.opening.hours import clock_text
from tour.sites.views import SiteCard, site_card
from tour.words.prices import to_pay


@dataclass(frozen=True, slots=True)
class Effect:
    """What the last change by hand did to the day."""

    on_foot: OnFoot
    end: Text


class PlanStage(StrEnum):
    """How a plan stands, for the words above it."""

    BEST = "best"
    """Under its conditions none is better, and all of it can be had."""
    WORKS = "works"
    BROKEN = "broken"
    OVER = "over"


def plan_stage(*, is_over: bool, works: bool, is_best: bool) -> PlanStage:
    if is_over:
        return PlanStage.OVER
    if not works:
        return PlanStage.BROKEN
    return PlanStage.BEST if is_best else PlanStage.WORKS


@dataclass(frozen=True, slots=True)
class PlanView:
    """What its holder sees; a guest gets nothing to press, so that for a guest it is not there."""

    stage: PlanStage
    may_edit: bool
    """Whether this is its holder."""
    may_change: bool
    """As long as the day is not over."""
    rows: tuple[Row, ...]
    stops: int
    minutes: int
    distance_m: int
    approximate: bool
    troubles: tuple[Text, ...]
    """Of the day as a whole."""
    notes: tuple[Text, ...]
    """The same where no other proposal could mend it."""
    left_out: tuple[tuple[SiteCard, Text], ...]
    reservable: int
    """Sessions that can be reserved now, as many as at once; none while the party could not be at
    one in time."""
    to_pay: int
    """What the party pays for them, in yen."""
    joins: Joins | None
    """The same in one tap, where the party holds a reservation."""
    alternatives: tuple[AlternativeCard, ...]
    effect: Effect | None
    mended: Mended | None
    unmet: tuple[Unmet, ...]
    """What was asked for and cannot be had."""
    elsewhere: tuple[str, ...]
    """Sessions to come that are reserved and not in the plan."""

    @property
    def offers_anew(self) -> bool:
        """Whether a proposal is to be asked for: none is there yet."""
        return self.may_change and self.mended is None


async def plan_view(
    desk: Desk,
    entry: ItineraryEntry,
    walks: Walks,
    reader: Reader,
    days: list[date],
    holders: Sequence[Holder] = (),
) -> PlanView:
    """Everything that the page of a plan says; `days` are those that can be planned, `holders` the
    parties whose reservation may grow."""
    day = await desk.timed(entry.stops)
    findings = Findings.from_json(entry.findings)
    legs = await asyncio.to_thread(walk_legs, day, desk, walks, reader.lang)
    rows = tuple(plan_rows(desk, entry, day, legs, reader))
    is_over = desk.town.now > desk.town.instant_of(max(day.times.arrives, desk.wish.ends))
    may_edit = entry.edit_token is not None
    may_change = may_edit and not is_over
    troubles = () if is_over else tuple(_day_troubles(entry, day))
    left_out = () if is_over else tuple(_left_out(desk, day, findings.left_out, reader.lang))
    lacking = () if is_over else tuple(unmet(desk, day, findings.missed, days, reader.lang))
    notes: tuple[Text, ...] = ()
    if _is_past_mending(day, findings):
        troubles, notes = (), troubles
    stop_rows = [row for row in rows if isinstance(row, StopRow)]
    may_reserve = may_change and not any(row.trouble for row in stop_rows if row.slot)
    free = reservable_slots(desk, entry.stops)[:MAX_SLOTS] if may_reserve else []
    is_whole = bool(stop_rows) and not (left_out or notes or lacking)
    return PlanView(
        stage=plan_stage(
            is_over=is_over,
            works=not troubles and not any(row.trouble for row in stop_rows),
            is_best=findings.optimal and is_whole,
        ),
        may_edit=may_edit,
        may_change=may_change,
        rows=rows,
        stops=len(stop_rows),
        minutes=day.times.walking,
        distance_m=day.distance_m,
        approximate=day.approximate,
        troubles=troubles,
        notes=notes,
        left_out=left_out,
        reservable=len(free),
        to_pay=_to_pay(desk, free),
        joins=await joins(desk, holders, entry.stops, (), reader.lang) if may_reserve else None,
        alternatives=await alternatives(desk, entry, findings, reader.lang, holders)
        if may_change
        else (),
        effect=await _effect(desk, entry, day) if may_edit else None,
        mended=await mended(desk, entry, day, findings.mended, reader.lang, holders)
        if may_change
        else None,
        unmet=tuple(lack if may_edit else lack.for_a_guest() for lack in lacking),
        elsewhere=tuple(_elsewhere(desk, entry, reader.lang)) if may_change else (),
    )


def _to_pay(desk: Desk, slots: Sequence[SlotEntry]) -> int:
    programmes, people = desk.town.board.programmes, desk.wish.party_size
    return to_pay((programmes[slot.programme_id].price_yen, people) for slot in slots)


def _elsewhere(desk: Desk, entry: ItineraryEntry, lang: str) -> Iterator[str]:
    planned = {stop.slot_id for stop in entry.stops}
    for slot_id in sorted(desk.wish.reserved - planned):
        slot = desk.slots.get(slot_id)
        if slot and slot.starts_at > desk.town.now and slot.status != SlotStatus.CANCELLED:
            yield session_text(desk, slot, lang)


def walk_legs(day: TimedDay, desk: Desk, walks: Walks, lang: str) -> list[Walk]:
    """The way of each hop, with its directions."""
    wish = desk.wish
    return [
        walks.walk(hop.start, hop.end, profile=wish.profile, pace=wish.pace, lang=lang)
        for hop in day.hops
    ]


def _is_past_mending(day: TimedDay, findings: Findings) -> bool:
    """Whether the day's own trouble stays, whatever the rest of it would be."""
    made_so = findings.lunchless and day.times.trouble is Trouble.NO_BREAK
    return made_so or (day.done == len(day.stops) > 0)


def _day_troubles(entry: ItineraryEntry, day: TimedDay) -> Iterator[Text]:
    if len(day.stops) < len(edits.visits(entry.stops)):
        yield _("A place of this plan is no longer listed.")
    trouble = day.times.trouble
    text = reasons.DAY_TROUBLES.get(trouble) if trouble else None
    if trouble is Trouble.TOO_LATE and text:
        yield text.filled(at=clock_text(day.times.arrives))
    elif trouble is Trouble.NO_BREAK and text:
        span = {"from": clock_text(LUNCH.earliest), "to": clock_text(LUNCH.latest + LUNCH.length)}
        yield text.filled(**span)
    elif text:
        yield text


def _left_out(
    desk: Desk, day: TimedDay, left_out: Sequence[LeftOut], lang: str
) -> Iterator[tuple[SiteCard, Text]]:
    sites = desk.town.catalogue.by_id
    present = {stop.site_id for stop in day.stops}
    for left in left_out:
        if left.site_id in sites and left.site_id not in present:
            others = [sites[i].text("name", lang) for i in left.because_of if i in sites]
            reason = reasons.why_not(left.reason, translate(", ", lang).join(others))
            if left.reason == Reason.CLOSED:
                reason = hours_of(desk, sites[left.site_id], lang)
            yield site_card(sites[left.site_id], lang), reason


async def _effect(desk: Desk, entry: ItineraryEntry, day: TimedDay) -> Effect | None:
    if entry.before is None:
        return None
    before = await desk.timed(entry.before)
    old, new = clock_text(before.times.arrives), clock_text(day.times.arrives)
    moves = _("the end moves from %(before)s to %(after)s", before=old, after=new)
    stays = _("it ends at %(time)s as before", time=new)
    return Effect(
        on_foot=OnFoot.of(day.distance_m - before.distance_m), end=stays if old == new else moves
    )
