"""A plan as its page shows it: rows of a timeline, in the reader's language."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.programmes.states import SlotStatus
from tour.routes.days import edits
from tour.routes.days.giving_up import session_text
from tour.routes.days.planning import Desk, reservable_slots
from tour.routes.days.proposals import Findings, LeftOut
from tour.routes.days.timed_day import TimedDay
from tour.routes.days.wishes import LUNCH
from tour.routes.plan_pages.alternatives import AlternativeCard, Mended, alternatives, mended
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


@dataclass(frozen=True, slots=True)
class Effect:
    """What the last change by hand did to the day."""

    distance_m: int
    ended_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class PlanView:
    rows: tuple[Row, ...]
    stops: int
    minutes: int
    distance_m: int
    approximate: bool
    optimal: bool
    is_over: bool
    troubles: tuple[Text, ...]
    """Of the day as a whole."""
    notes: tuple[Text, ...]
    """The same where no other proposal could mend it."""
    works: bool
    left_out: tuple[tuple[SiteCard, Text], ...]
    reservable: int
    """Sessions that can be reserved now; none while the party could not be at one in time."""
    joins: Joins | None
    """The same in one tap, where the party holds a reservation."""
    alternatives: tuple[AlternativeCard, ...]
    effect: Effect | None
    mended: Mended | None
    unmet: tuple[Unmet, ...]
    """What was asked for and cannot be had."""
    elsewhere: tuple[str, ...]
    """Sessions to come that are reserved and not in the plan."""


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
    troubles = () if is_over else tuple(_day_troubles(entry, day))
    left_out = () if is_over else tuple(_left_out(desk, day, findings.left_out, reader.lang))
    lacking = () if is_over else tuple(unmet(desk, day, findings.missed, days, reader.lang))
    notes: tuple[Text, ...] = ()
    if _is_past_mending(day, findings):
        troubles, notes = (), troubles
    stop_rows = [row for row in rows if isinstance(row, StopRow)]
    is_late = any(row.trouble for row in stop_rows if row.slot)
    return PlanView(
        rows=rows,
        stops=len(stop_rows),
        minutes=day.times.walking,
        distance_m=day.distance_m,
        approximate=day.approximate,
        optimal=findings.optimal and bool(stop_rows) and not (left_out or notes or lacking),
        is_over=is_over,
        troubles=troubles,
        notes=notes,
        works=not troubles and not any(row.trouble for row in stop_rows),
        left_out=left_out,
        reservable=0 if is_over or is_late else len(reservable_slots(desk, entry.stops)),
        joins=None
        if is_over or is_late
        else await joins(desk, holders, entry.stops, (), reader.lang),
        alternatives=()
        if is_over
        else await alternatives(desk, entry, findings, reader.lang, holders),
        effect=await _effect(desk, entry, day),
        mended=None
        if is_over
        else await mended(desk, entry, day, findings.mended, reader.lang, holders),
        unmet=lacking,
        elsewhere=() if is_over else tuple(_elsewhere(desk, entry, reader.lang)),
    )


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
            reason = reasons.why_not(left.reason, ", ".join(others))
            if left.reason == Reason.CLOSED:
                reason = hours_of(desk, sites[left.site_id], lang)
            yield site_card(sites[left.site_id], lang), reason


async def _effect(desk: Desk, entry: ItineraryEntry, day: TimedDay) -> Effect | None:
    if entry.before is None:
        return None
    before = await desk.timed(entry.before)
    return Effect(
        distance_m=day.distance_m - before.distance_m,
        ended_at=desk.town.instant_of(before.times.arrives),
        ends_at=desk.town.instant_of(day.times.arrives),
    )
