"""Events, found for pages and the API, and the copy of the coming ones that a process keeps."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from tour.changes import Kind, NewsReader
from tour.errors import NotFound
from tour.events.entries import Agenda, EventEntry, ParticipantEntry, agenda
from tour.events.models import Event, Participation
from tour.events.said import held_days, open_days
from tour.events.states import ParticipationAnswer, ParticipationRole
from tour.i18n import lazy as _
from tour.sites.opening.hours import Span

PART_FIELDS = ("event_id", "site_id", "number", "role", "answer", "answered_for")


class AgendaCache:
    """Hands out the agenda of a day, read again when events, courses or places changed. The news
    are those that the catalogue, which whoever needs an agenda has asked for, has just read."""

    def __init__(self, news: NewsReader) -> None:
        self._news = news
        self._agenda: Agenda | None = None
        self._key: tuple[int, date] | None = None
        self._reading = asyncio.Lock()

    async def current(self, today: date) -> Agenda:
        async with self._reading:
            key = self._news.last_of(Kind.EVENT, Kind.COURSE, Kind.PLACE), today
            if self._agenda is None or self._key != key:
                self._agenda = agenda(await events_from(today))
                self._key = key
            return self._agenda


async def events_from(day: date) -> list[EventEntry]:
    """Published events that have not ended before `day`, soonest first."""
    rows = await Event.filter(is_published=True, ends_on__gte=day).order_by("starts_on").values()
    return [entry for entry in await _with_participants(rows) if entry.ends_on >= day]


async def event(slug: str) -> EventEntry:
    """One published event, or NotFound."""
    rows = await Event.filter(slug=slug, is_published=True).values()
    if not rows:
        raise NotFound(_("There is no such event. It may be over or not yet announced."))
    return (await _with_participants(rows))[0]


async def event_by_id(event_id: int) -> EventEntry:
    """An event, a draft too, or NotFound; for those who tend it."""
    rows = await Event.filter(id=event_id).values()
    if not rows:
        raise NotFound(_("There is no such event. It may be over or not yet announced."))
    return (await _with_participants(rows))[0]


async def parts_of_site(site_id: int) -> dict[int, ParticipantEntry]:
    """{event: the part that a place takes in it}, whether visitors see the place or not."""
    said = Participation.filter(
        site_id=site_id, answer=ParticipationAnswer.ACCEPTED, role=ParticipationRole.HOST
    )
    rows = await said.select_related("event")
    return {
        row.event.id: _participant(
            {name: getattr(row, name) for name in PART_FIELDS},
            row.event.days,
        )
        for row in rows
    }


async def _with_participants(rows: list[dict[str, Any]]) -> list[EventEntry]:
    found: dict[int, list[ParticipantEntry]] = {row["id"]: [] for row in rows}
    not_agreed: dict[int, set[int]] = {row["id"]: set() for row in rows}
    dates = {row["id"]: _held(row) for row in rows}
    query = Participation.filter(event_id__in=list(found), site__is_published=True)
    for row in await query.order_by("number").values(*PART_FIELDS):
        if row["answer"] == ParticipationAnswer.ACCEPTED:
            found[row["event_id"]].append(_participant(row, dates[row["event_id"]]))
        else:
            not_agreed[row["event_id"]].add(row["site_id"])
    return [_entry(row, tuple(found[row["id"]]), frozenset(not_agreed[row["id"]])) for row in rows]


def _participant(row: Mapping[str, Any], dates: Sequence[date]) -> ParticipantEntry:
    days = open_days(row["answered_for"], dates)
    role = ParticipationRole(row["role"])
    some = days if len(days) < len(dates) else None
    return ParticipantEntry(row["site_id"], row["number"], role, some)


def _entry(
    row: Mapping[str, Any], participants: tuple[ParticipantEntry, ...], not_agreed: frozenset[int]
) -> EventEntry:
    held = _held(row)
    return EventEntry(
        id=row["id"],
        slug=row["slug"],
        own={name: row[name] for name in ("title", "summary", "description")},
        translations=row["translations"],
        starts_on=held[0],
        ends_on=held[-1],
        span=Span(row["opens_minute"], row["closes_minute"]),
        zone=ZoneInfo(row["timezone"]),
        booking_opens_at=row["booking_opens_at"],
        participants=participants,
        not_agreed=not_agreed,
        cover=row["cover"],
        called_off=_off(row),
    )


def _held(row: Mapping[str, Any]) -> tuple[date, ...]:
    return held_days(row["starts_on"], row["ends_on"], _off(row))


def _off(row: Mapping[str, Any]) -> tuple[date, ...]:
    return tuple(sorted(date.fromisoformat(day) for day in row["days_off"]))
