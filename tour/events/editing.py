"""Making and changing an event. Each verb is one transaction with its line in the log.

A form carries the version it was filled from (`sites.editing.page.Version`); `Stale` tells that
somebody else has saved the event meanwhile.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
    """An event that nobody sees yet; BadInput when its address is taken."""
    try:
        async with edit(actor, None, "event.create", now=now) as change:
            event = await Event.create(
                slug=slug, timezone=timezone, is_published=False, **_columns({}, draft)
            )
            change.subject, change.after = Subject(SUBJECT, event.id), as_fields(draft)
    except IntegrityError as exc:
        taken = _("Another event has this address already.")
        raise BadInput(taken, {"slug": taken}) from exc
    return event


async def change_event(
    event_id: int, draft: EventDraft, *, version: Version, actor: Actor, now: datetime
) -> None:
    """Write dates, hours and texts; raises Stale."""
    async with edit(actor, Subject(SUBJECT, event_id), "event.change", now=now) as change:
        event = await _claim(change, event_id, version)
        change.before, change.after = as_fields(draft_of(event)), as_fields(draft)
        change.only_if_different()
        await Event.filter(id=event_id).update(**_columns(event.translations, draft))
        await _stand_anew(change, event_id, days_from(draft.starts_on, draft.ends_on))


async def _stand_anew(_change: Change, event_id: int, days: Collection[date]) -> None:
    """An answer stands for the days it was given for: with other dates it is asked anew, and with
    the former ones it stands again. Where staff have noted who agrees, they see to it."""
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
        rows = [_participation(event_id, seat, asked.get(seat.site_id), now) for seat in seats]
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


async def put_back(
    event_id: int, before: Mapping[str, Any], *, actor: Actor, now: datetime
) -> None:
    """Undo a change by what the event was before it: `published`, its days, or its `seats`."""
    async with edit(actor, Subject(SUBJECT, event_id), "event.undo", now=now) as change:
        change.after = await _put_back(change, await change.lock(Event, event_id), before)


async def _put_back(change: Change, event: Event, before: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what the log says of it."""
    is_published = before.get("published", event.is_published)
    first, last = [
        date.fromisoformat(before[name]) if name in before else getattr(event, name)
        for name in ("starts_on", "ends_on")
    ]
    await Event.filter(id=event.id).update(
        is_published=is_published, starts_on=first, ends_on=last, updated_at=change.now
    )
    await _stand_anew(change, event.id, days_from(first, last))
    logged = {name: value for name, value in before.items() if name != "seats"}
    if "seats" in before:
        await _put_seats_back(change, event.id, before["seats"])
        logged |= part_fields(await parts_of(event.id))
    return logged


async def seats_of(event_id: int) -> list[dict[str, Any]]:
    """Who takes part, with all that they were asked and have answered, as `put_back` reads it."""
    names = ("site_id", "number", "role", "answer", *STAYS)
    rows = await Participation.filter(event_id=event_id).order_by("number").values(*names)
    return [{name: _as_json(value) for name, value in row.items()} for row in rows]


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


async def _put_seats_back(
    _change: Change, event_id: int, seats: Sequence[Mapping[str, Any]]
) -> None:
    """An answer that came meanwhile to who stayed in the list is kept."""
    asked = {row.site_id: row for row in await Participation.filter(event_id=event_id)}
    await Participation.filter(event_id=event_id).delete()
    rows = []
    for seat in seats:
        row = Participation(event_id=event_id, **seat)
        since = asked.get(seat["site_id"])
        if since and since.answered_at != row.answered_at:
            row.update_from_dict({n: getattr(since, n) for n in (*STAYS, "answer")})
        rows.append(row)
    await Participation.bulk_create(rows)


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


async def _claim(change: Change, event_id: int, version: Version) -> Event:
    """One UPDATE decides whose save it is; the other one is stale."""
    mine = Event.filter(id=event_id, updated_at=version.updated_at)
    if not await mine.update(updated_at=version.next_after(change.now)):
        raise Stale
    return await Event.get(id=event_id)


def _participation(
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
