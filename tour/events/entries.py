"""Events as they stood when they were read, and on which days each place opens for one. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tour.events.said import held_days
from tour.events.states import EventStage, ParticipationRole
from tour.i18n import localized
from tour.sites.entries import SiteEntry
from tour.sites.opening.hours import DayException, Hours, Span


@dataclass(frozen=True, slots=True)
class ParticipantEntry:
    """`days`: those of the event on which it opens, where these are not all."""

    site_id: int
    number: int
    role: ParticipationRole
    days: tuple[date, ...] | None = None

    def opens_on(self, day: date) -> bool:
        return self.days is None or day in self.days


def stage_of(starts_on: date, ends_on: date, today: date) -> EventStage:
    """The one answer to "is it over?": for pages, invitations and answers."""
    if today > ends_on:
        return EventStage.OVER
    return EventStage.COMING if today < starts_on else EventStage.UNDER_WAY


@dataclass(frozen=True, slots=True)
class EventEntry:
    """A published event with who takes part, in the order of its map, and who was asked and has not
    agreed, or not to these dates. Its first and last day are days on which it is held; `called_off`
    are others that were announced."""

    id: int
    slug: str
    own: Mapping[str, str]
    translations: dict[str, dict[str, str]]
    starts_on: date
    ends_on: date
    span: Span
    zone: ZoneInfo
    booking_opens_at: datetime | None
    participants: tuple[ParticipantEntry, ...]
    not_agreed: frozenset[int] = frozenset()
    cover: Mapping[str, Any] | None = None
    called_off: tuple[date, ...] = ()

    @property
    def dates(self) -> tuple[date, ...]:
        return held_days(self.starts_on, self.ends_on, self.called_off)

    @property
    def hosts(self) -> tuple[ParticipantEntry, ...]:
        return tuple(p for p in self.participants if p.role == ParticipationRole.HOST)

    def days_of(self, site_id: int) -> tuple[date, ...]:
        """The days on which a place opens for it; none where it is no host."""
        mine = [host for host in self.hosts if host.site_id == site_id]
        return tuple(day for day in self.dates if any(host.opens_on(day) for host in mine))

    def has_left(self, site_id: int) -> bool:
        """Whether a place that is on an older map takes no part: it was taken out, said no, or has
        not agreed to other dates."""
        return all(part.site_id != site_id for part in self.participants)

    def includes(self, site_id: int, starts_at: datetime) -> bool:
        """Whether a session that was listed for it is still its: its place takes part, and it is
        held on that day."""
        return not self.has_left(site_id) and starts_at.astimezone(self.zone).date() in self.dates

    def text(self, name: str, lang: str) -> str:
        return localized(self.own, name, lang, self.translations)


@dataclass(frozen=True, slots=True)
class Agenda:
    """Coming events, soonest first, and the days on which each site opens for one."""

    events: tuple[EventEntry, ...]
    event_days: Mapping[int, Mapping[date, EventEntry]]

    def event(self, slug: str) -> EventEntry | None:
        return next((event for event in self.events if event.slug == slug), None)

    def hours_of(self, site: SiteEntry) -> Hours:
        """The site's hours; on a day it hosts an event, the event's, unless it said otherwise."""
        return self.hours_at(site.id, site.hours)

    def hours_at(self, site_id: int, own: Hours) -> Hours:
        """As `hours_of`, of a site that may not be published, by its own hours."""
        days = self.event_days.get(site_id)
        if not days:
            return own
        opened = {day: DayException((event.span,)) for day, event in days.items()}
        return replace(own, exceptions={**opened, **own.exceptions})


def joined(events: Sequence[EventEntry], parts: Mapping[int, ParticipantEntry]) -> list[EventEntry]:
    """The events with a place that visitors do not see yet, by what it said: {event: its part}."""
    return [
        replace(event, participants=(*event.participants, parts[event.id]))
        if event.id in parts and event.has_left(parts[event.id].site_id)
        else event
        for event in events
    ]


def agenda(events: Sequence[EventEntry]) -> Agenda:
    """Join events by site and day; of two events on one day the sooner published map wins."""
    days: dict[int, dict[date, EventEntry]] = {}
    for event in events:
        for host in event.hosts:
            for day in filter(host.opens_on, event.dates):
                days.setdefault(host.site_id, {}).setdefault(day, event)
    return Agenda(tuple(events), days)
