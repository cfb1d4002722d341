"""Asking places to take part, and what they answer. Each verb logs, and moves the event's version:
whoever has the list of places open learns of an answer before they save over it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tour.audit.service import Actor, Subject
from tour.changes import Change, Part, edit
from tour.errors import Conflict, NotFound
from tour.events.editing import SUBJECT
from tour.events.entries import stage_of
from tour.events.models import Event, Participation
from tour.events.said import said_of, standing
from tour.events.states import EventStage, ParticipationAnswer, ParticipationRole
from tour.i18n import lazy as _
from tour.sites.editing.page import Version

LONGEST_NAME = 100
LONGEST_WORD = 500
"""Characters of what is written with a question, and of what is said with an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Which of the days that were `asked` a place opens on; none: it does not take part. `by`: who
    said so, where staff write it down for them."""

    asked: tuple[date, ...]
    days: Collection[date]
    comment: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A word of the asker's own, and until when they would like to know: no lock."""

    word: str = ""
    answer_by: date | None = None


def is_over(event: Event, now: datetime) -> bool:
    today = now.astimezone(ZoneInfo(event.timezone)).date()
    return stage_of(event.days[0], event.days[-1], today) == EventStage.OVER


async def unanswered(event_id: int) -> list[Participation]:
    """Who has not said yes or no, with their sites, by number."""
    asked = Participation.filter(
        event_id=event_id, answer=ParticipationAnswer.INVITED, role=ParticipationRole.HOST
    )
    return await asked.order_by("number").select_related("site")


async def write_asked(
    part: Part, row: Participation, question: Question, token_hash: str | None
) -> None:
    """Note what a place is asked; by mail where there is the hash of its letter's link."""
    mailed = {"asked_at": part.now, "token_hash": token_hash} if token_hash else {}
    await Participation.filter(id=row.id).update(
        word=question.word, answer_by=question.answer_by, **mailed
    )


async def forget_links(_part: Part, site_id: int) -> None:
    """The links in mails to the people of a place answer for it no more: somebody who holds them
    has gone. Who is left answers signed in, or by the next letter."""
    await Participation.filter(site_id=site_id).update(token_hash=None)


async def invitation_of(event_id: int, site_id: int) -> Participation:
    """The part that a site was asked to take, with event and site; raises NotFound."""
    return await _found(event_id=event_id, site_id=site_id)


async def invitation_by(token_hash: str) -> Participation:
    """As `invitation_of`, by the link of its mail."""
    return await _found(token_hash=token_hash)


async def answer(invitation: Participation, said: Answer, *, actor: Actor, now: datetime) -> None:
    """Say yes, to some days or all, or no; may be changed until the event is over, also after the
    date to answer by. Raises Conflict, also where the days have changed since they were asked
    about, and NotFound."""
    event, site = invitation.event, invitation.site
    if is_over(event, now):
        raise Conflict(_("This event is over."))
    async with edit(actor, Subject(SUBJECT, event.id, site.id), "event.answer", now=now) as change:
        days = await _move_version(change, event.id)
        if said.asked != days:
            raise Conflict(_("The days of the event have changed. Please look at them again."))
        row = await _found(event_id=event.id, site_id=site.id)
        told = said_of(days, said.days)
        answered = standing(told, days)
        by = (said.by or actor.name)[:LONGEST_NAME]
        if row.answer == answered and _is_the_same(row, told, said.comment, by):
            change.nothing()
            return
        # Not by the row's id: staff who renumber the places write their rows anew.
        mine = Participation.filter(event_id=event.id, site_id=site.id)
        await mine.update(
            answer=answered,
            answered_at=now,
            answered_for=told,
            answered_by=by,
            comment=said.comment,
        )
        change.before = {
            **_as_logged(site.id, row.answer, row.answered_for, row.comment),
            f"said_by-{site.id}": "",
        }
        change.after = {
            **_as_logged(site.id, answered, told, said.comment),
            f"said_by-{site.id}": said.by,
        }


def _is_the_same(row: Participation, told: dict[str, bool], comment: str, by: str) -> bool:
    """Where staff have noted an answer without days, the place's own says more; and two people who
    say the same are both known, as is everybody who has not said what they are called."""
    return bool(by) and (row.answered_for, row.comment, row.answered_by) == (told, comment, by)


async def note_phoned(
    event_id: int, site_id: int, *, is_phoned: bool, actor: Actor, now: datetime
) -> None:
    """Tick a place off as asked by telephone, or take that back. Raises NotFound."""
    async with edit(actor, Subject(SUBJECT, event_id, site_id), "event.phone", now=now) as change:
        await change.lock(Event, event_id)
        row = await _found(event_id=event_id, site_id=site_id)
        if bool(row.phoned_at) == is_phoned:
            change.nothing()
            return
        mine = Participation.filter(event_id=event_id, site_id=site_id)
        await mine.update(phoned_at=now if is_phoned else None)
        change.before = {f"phoned-{site_id}": not is_phoned}
        change.after = {f"phoned-{site_id}": is_phoned}


def _as_logged(
    site_id: int, answer: ParticipationAnswer, said: dict[str, bool] | None, comment: str
) -> dict[str, Any]:
    """The days only where they are not all alike: the answer says it then."""
    some = [day for day, is_yes in (said or {}).items() if is_yes]
    return {
        f"answer-{site_id}": str(answer),
        f"days-{site_id}": some if said and 0 < len(some) < len(said) else [],
        f"comment-{site_id}": comment,
    }


async def _move_version(change: Change, event_id: int) -> tuple[date, ...]:
    """An answer and a save of the list wait for each other, and each tells the other of itself.
    Returns the days of the event."""
    event = await change.lock(Event, event_id)
    moved = Version(event.updated_at, 0).next_after(change.now)
    await Event.filter(id=event_id).update(updated_at=moved)
    return event.days


async def _found(**where: Any) -> Participation:
    row = await Participation.get_or_none(**where, role=ParticipationRole.HOST).select_related(
        "event", "site"
    )
    if row is None:
        raise NotFound(_("There is no such invitation. Perhaps it was taken back."))
    return row
