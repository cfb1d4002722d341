"""What could be instead of a plan: other proposals, and the one that mends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tour.i18n import Text, bracketed
from tour.i18n import lazy as _
from tour.routes.days.edits import Stops
from tour.routes.days.giving_up import given_up, session_text
from tour.routes.days.planning import Desk, SoFar, so_far, taken
from tour.routes.days.proposals import Alternative, Findings
from tour.routes.days.timed_day import TimedDay
from tour.routes.plan_pages.rows import slot_trouble
from tour.routes.planner.plan import Wish
from tour.routes.planner.problem import Trouble
from tour.routes.plans import reasons
from tour.routes.plans.itineraries import ItineraryEntry
from tour.routes.plans.joins import Holder, Joins, csv, joins
from tour.routes.plans.taking import mark_of, mended_stops
from tour.sites.choices import KINDS
from tour.sites.states import SiteKind


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offered:
    """A day that could be taken instead of the plan's."""

    gives_up: tuple[str, ...]
    """What is reserved and not in it."""
    give_up: str
    """The same for the form."""
    joins: Joins | None
    """What is reserved with it in one tap."""

    @property
    def is_without(self) -> tuple[str, ...]:
        """What of the reserved it passes by, where nothing can be reserved with it."""
        return () if self.joins else self.gives_up

    @property
    def keeps_seats(self) -> bool:
        """Whether taking it alone leaves seats reserved that it passes by."""
        return bool(self.gives_up and self.joins)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativeCard(_Offered):
    number: int
    title: Text
    names: tuple[str, ...]
    minutes: int
    distance_m: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class OnFoot:
    """How much more or less one walks; `text` wants the way."""

    text: Text
    way_m: int

    @classmethod
    def of(cls, more_m: int) -> "OnFoot":
        if not more_m:
            return cls(_("as far on foot as before"), 0)
        text = _("%(way)s more on foot") if more_m > 0 else _("%(way)s less on foot")
        return cls(text, abs(more_m))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended(_Offered):
    """A proposal beside the plan: what changes, and what it costs."""

    comes: tuple[str, ...]
    goes: tuple[str, ...]
    order: tuple[str, ...]
    """What is to come, where only its order changes."""
    on_foot: OnFoot
    ends_at: datetime
    shown: str
    """Names it for the form."""


async def mended(
    desk: Desk,
    entry: ItineraryEntry,
    day: TimedDay,
    mended: Stops,
    lang: str,
    holders: Sequence[Holder],
) -> Mended | None:
    """None where there is none, or where it does not work any more either."""
    if not mended:
        return None
    stops = await mended_stops(entry, desk, mended)
    other = await desk.timed(stops)
    ahead = other.stops[other.done :]
    wrong = set(other.times.troubles()) - {Trouble.NO_BREAK}
    if wrong or any(slot_trouble(desk, stop) for stop in ahead) or other.stops == day.stops:
        return None
    new, old = [_visits(desk, stops, lang) for stops in (other.stops, day.stops)]
    comes = tuple(visit for visit in new if visit not in old)
    goes = tuple(visit for visit in old if visit not in new)
    lost = given_up(desk, entry.stops, stops)
    return Mended(
        comes=comes,
        goes=goes,
        order=() if comes or goes else tuple(new[other.done :]),
        on_foot=OnFoot.of(other.distance_m - day.distance_m),
        ends_at=desk.town.instant_of(other.times.arrives),
        shown=mark_of(mended),
        gives_up=tuple(session_text(desk, slot, lang) for slot in lost),
        give_up=csv(slot.id for slot in lost),
        joins=await joins(desk, holders, stops, lost, lang),
    )


def _visits(desk: Desk, stops: Stops, lang: str) -> list[str]:
    sites, found = desk.town.catalogue.by_id, []
    for stop in stops:
        slot = desk.slots.get(stop.slot_id) if stop.slot_id else None
        name = sites[stop.site_id].text("name", lang)
        found.append(session_text(desk, slot, lang) + bracketed(name, lang) if slot else name)
    return found


async def alternatives(
    desk: Desk, entry: ItineraryEntry, findings: Findings, lang: str, holders: Sequence[Holder]
) -> tuple[AlternativeCard, ...]:
    """Those that can still be had from now on."""
    done = await so_far(desk, entry.stops)
    cards = [
        await _alternative(desk, entry, done, number, lang, holders)
        for number in range(len(findings.alternatives))
    ]
    return tuple(card for card in cards if card)


async def _alternative(
    desk: Desk,
    entry: ItineraryEntry,
    done: SoFar,
    number: int,
    lang: str,
    holders: Sequence[Holder],
) -> AlternativeCard | None:
    other = Findings.from_json(entry.findings).alternatives[number]
    elsewhere, stops = taken(desk, done, other)
    day = await elsewhere.timed(stops)
    ahead = day.stops[day.done :]
    wrong = set(day.times.troubles()) - {Trouble.NO_BREAK}
    if not ahead or wrong or any(slot_trouble(desk, stop) for stop in ahead):
        return None
    sites = desk.town.catalogue.by_id
    lost = given_up(desk, entry.stops, stops)
    first = day.times.stops[day.done]
    return AlternativeCard(
        number=number,
        title=_difference(other),
        names=tuple(sites[stop.site_id].text("name", lang) for stop in ahead),
        minutes=day.times.walking,
        distance_m=day.distance_m,
        starts_at=desk.town.instant_of(first.arrive - first.leg if day.done else day.sets_out),
        ends_at=desk.town.instant_of(day.times.arrives),
        gives_up=tuple(session_text(desk, slot, lang) for slot in lost),
        give_up=csv(slot.id for slot in lost),
        joins=await joins(desk, holders, stops, lost, lang),
    )


def _difference(other: Alternative) -> Text:
    text = reasons.DIFFERENCES[other.difference]
    if other.difference is not Wish.OTHER_INTERESTS:
        return text
    if not other.kind:
        return _("Other places")
    return text.filled(kind=KINDS[SiteKind(other.kind)].label)
