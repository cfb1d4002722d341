"""Making and changing an event. Each verb is one transaction with its line in the log.

A form carries the version it was filled from (`sites.editing.page.Version`); `Stale` tells that
somebody else has saved the event meanwhile.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tortoise.exceptions import IntegrityError

from tour.audit.service import Actor, Subject
from tour.changes import Change, edit
from tour.errors import BadInput
from tour.events.models import Event, Participation
from tour.events.said import days_from, standing
from tour.events.states import ParticipationAnswer, ParticipationRole
from tour.i18n import lazy as _
from tour.sites.editing.page import Stale, Version
from tour.sites.opening.hours import Span, clock_text
from tour.words.slugs import free_slug, slug_of

SUBJECT = "event"
TEXTS = ("title", "summary", "description")
PART_FIELDS = ("takes", "number", "role", "answer")
STAYS = (
    *("asked_at", "phoned_at", "word", "answer_by", "token_hash"),
    *("answered_at", "answered_for", "answered_by", "comment"),
)
"""What a place was asked and has answered: stays with it while its line is written anew."""
ANSWERS = STAYS[-4:]


@dataclass(frozen=True, slots=True)
class EventDraft:
    """An event as staff write it; `texts` and `english` by the names in TEXTS."""

    texts: Mapping[str, str]
    english: Mapping[str, str]
    starts_on: date
    ends_on: date
    span: Span
    booking_opens_at: datetime | None


@dataclass(frozen=True, slots=True)
class Part:
    """A site's number and part in an event, and whether it has agreed."""

    site_id: int
    number: int
    role: ParticipationRole
    answer: ParticipationAnswer = ParticipationAnswer.ACCEPTED

    @property
    def opens_doors(self) -> bool:
        """Whether it does, or may still say that it does."""
        return self.role == ParticipationRole.HOST and self.answer != ParticipationAnswer.DECLINED


def draft_of(event: Event) -> EventDraft:
    english = event.translations.get("en", {})
    return EventDraft(
        texts={name: getattr(event, name) for name in TEXTS},
        english={name: english.get(name, "") for name in TEXTS},
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        span=Span(event.opens_minute, event.closes_minute),
        booking_opens_at=event.booking_opens_at,
    )


async def create_event(
    slug: str, draft: EventDraft, *, timezone: str, actor: Actor, now: datetime
) -> Event:
    """An event that nobody sees yet. Without a `slug` its link is made from its title and year;
    BadInput when the one that is asked for is another's.

    The same form, sent again since its answer was lost, is answered with what it made."""
    if made := await _made_before(slug, draft):
        return made
    slug = slug or await _slug_for(draft)
    try:
        async with edit(actor, None, "event.create", now=now) as change:
            event = await Event.create(
                slug=slug, timezone=timezone, is_published=False, **_columns({}, draft)
            )
            change.subject, change.after = Subject(SUBJECT, event.id), as_fields(draft)
    except IntegrityError as exc:
        taken = _("Another event has this in its link already.")
        raise BadInput(taken, {"slug": taken}) from exc
    return event


async def _made_before(slug: str, draft: EventDraft) -> Event | None:
    """A draft that says just this, under this link where one is asked for."""
    drafts = Event.filter(is_published=False, starts_on=draft.starts_on, ends_on=draft.ends_on)
    alike = [e for e in await drafts.order_by("id") if as_fields(draft_of(e)) == as_fields(draft)]
    return next((event for event in alike if slug in ("", event.slug)), None)


async def _slug_for(draft: EventDraft) -> str:
    year = str(draft.starts_on.year)
    made = slug_of([draft.english.get("title", ""), draft.texts["title"]], "event")
    wished = made if year in made else f"{made}-{year}"
    return free_slug(wished, [event.slug for event in await Event.all().only("slug")])


async def change_event(
    event_id: int, draft: EventDraft, *, version: Version, actor: Actor, now: datetime
) -> None:
    """Write dates, hours and texts; raises Stale."""
    async with edit(actor, Subject(SUBJECT, event_id), "event.change", now=now) as change:
        event = await _claim(change, event_id, version)
        change.before, change.after = as_fields(draft_of(event)), as_fields(draft)
        change.only_if_different()
        off = _still_off(event, draft)
        await Event.filter(id=event_id).update(days_off=off, **_columns(event.translations, draft))
        await stand_anew(change, event_id)


async def stand_anew(_change: Change, event_id: int) -> None:
    """An answer stands for the days it was given for: with other dates it is asked anew, and with
    the former ones it stands again. Where staff have noted who agrees, they see to it."""
    days = (await Event.get(id=event_id)).days
    for row in await Participation.filter(event_id=event_id, role=ParticipationRole.HOST):
        if row.answered_for is None:
            continue
        answer = standing(row.answered_for, days)
        if row.answer != answer:
            still = {} if answer != ParticipationAnswer.INVITED else {"phoned_at": None}
            await Participation.filter(id=row.id).update(answer=answer, **still)


async def set_participants(
    event_id: int, seats: Sequence[Part], *, version: Version, actor: Actor, now: datetime
) -> None:
    """Write who takes part, with which number; raises Stale. What was asked stays asked."""
    async with edit(actor, Subject(SUBJECT, event_id), "event.sites", now=now) as change:
        await _claim(change, event_id, version)
        change.before = part_fields(await parts_of(event_id))
        asked = {row.site_id: row for row in await Participation.filter(event_id=event_id)}
        # Written anew as a whole: two places may have swapped their numbers.
        await Participation.filter(event_id=event_id).delete()
        rows = [part_row(event_id, seat, asked.get(seat.site_id), now) for seat in seats]
        await Participation.bulk_create(rows)
        change.after = part_fields(await parts_of(event_id))
        change.only_if_different()


async def publish_event(event_id: int, *, actor: Actor, now: datetime) -> None:
    """Show the event to visitors."""
    await _set_published(event_id, "event.publish", True, actor, now)


async def withdraw_event(event_id: int, *, actor: Actor, now: datetime) -> None:
    """Hide the event from visitors; reservations in its sessions stay."""
    await _set_published(event_id, "event.withdraw", False, actor, now)


async def lock_event(event_id: int) -> Event | None:
    """The event as it is now, the caller's until its transaction ends; None: there is none.

    On PostgreSQL a row lock; on SQLite the transaction holds the only write lock already.
    """
    return await Event.filter(id=event_id).select_for_update(no_key=True).first()


def as_fields(draft: EventDraft) -> dict[str, Any]:
    """The draft under the names of its form's fields, as the log keeps it."""
    opens_at = draft.booking_opens_at
    return {
        **draft.texts,
        **{f"{name}_en": text for name, text in draft.english.items()},
        "starts_on": draft.starts_on.isoformat(),
        "ends_on": draft.ends_on.isoformat(),
        "opens": clock_text(draft.span.opens),
        "closes": clock_text(draft.span.closes),
        "booking_opens_at": opens_at.isoformat() if opens_at else "",
    }


async def _set_published(
    event_id: int, action: str, is_published: bool, actor: Actor, now: datetime
) -> None:
    async with edit(actor, Subject(SUBJECT, event_id), action, now=now) as change:
        event = await change.lock(Event, event_id)
        if event.is_published == is_published:
            change.nothing()
            return
        change.before, change.after = {"published": not is_published}, {"published": is_published}
        await Event.filter(id=event_id).update(is_published=is_published, updated_at=now)


def _still_off(event: Event, draft: EventDraft) -> list[str]:
    """Its days off that are among its days still; BadInput where no other is left."""
    days = [day.isoformat() for day in days_from(draft.starts_on, draft.ends_on)]
    off = [day for day in event.days_off if day in days]
    if len(off) == len(days):
        none_left = _("All these days have been called off.")
        raise BadInput(none_left, {"starts_on": none_left})
    return off


async def _claim(change: Change, event_id: int, version: Version) -> Event:
    """One UPDATE decides whose save it is; the other one is stale."""
    mine = Event.filter(id=event_id, updated_at=version.updated_at)
    if not await mine.update(updated_at=version.next_after(change.now)):
        raise Stale
    return await Event.get(id=event_id)


def part_row(
    event_id: int, seat: Part, before: Participation | None, now: datetime
) -> Participation:
    stays = {name: getattr(before, name) for name in STAYS} if before else {}
    if before is not None and before.answer != seat.answer:
        # Staff have written another answer into the list: for all days, and in nobody's words.
        stays |= {**dict.fromkeys(ANSWERS), "answered_by": "", "comment": "", "answered_at": now}
    return Participation(
        event_id=event_id,
        site_id=seat.site_id,
        number=seat.number,
        role=seat.role,
        answer=seat.answer,
        **stays,
    )


async def parts_of(event_id: int) -> list[Part]:
    """Who takes part, by number."""
    rows = await Participation.filter(event_id=event_id).order_by("number").values()
    return [
        Part(
            r["site_id"],
            r["number"],
            ParticipationRole(r["role"]),
            ParticipationAnswer(r["answer"]),
        )
        for r in rows
    ]


def part_fields(seats: Iterable[Part]) -> dict[str, str]:
    """{"number-12": "3", "role-12": "host", …}: the names of the form, as the log keeps them."""
    return {
        f"{name}-{seat.site_id}": text
        for seat in seats
        for name, text in zip(
            PART_FIELDS, ("1", str(seat.number), seat.role.value, seat.answer.value), strict=True
        )
    }


def _columns(translations: Mapping[str, Mapping[str, str]], draft: EventDraft) -> dict[str, Any]:
    english = {name: text for name, text in draft.english.items() if text}
    return {
        **draft.texts,
        "translations": {**translations, "en": english},
        "starts_on": draft.starts_on,
        "ends_on": draft.ends_on,
        "opens_minute": draft.span.opens,
        "closes_minute": draft.span.closes,
        "booking_opens_at": draft.booking_opens_at,
    }
