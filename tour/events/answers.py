"""Asking places to take part, and what they answer. Each verb logs, and moves the event's version:
whoever has the list of places open learns of an answer before they save over it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tour.audit.service import Actor, Subject
from tour.changes import Change, Part, edit
from tour.errors import Conflict, NotFound
from tour.events.editing import SUBJECT
from tour.events.entries import stage_of
from tour.events.models import Event, Participation
from tour.events.states import EventStage, ParticipationAnswer, ParticipationRole
from tour.i18n import lazy as _
from tour.sites.editing.page import Version


def is_over(event: Event, now: datetime) -> bool:
    today = now.astimezone(ZoneInfo(event.timezone)).date()
    return stage_of(event.starts_on, event.ends_on, today) == EventStage.OVER


async def unanswered(event_id: int) -> list[Participation]:
    """Who has not said yes or no, with their sites, by number."""
    asked = Participation.filter(
        event_id=event_id, answer=ParticipationAnswer.INVITED, role=ParticipationRole.HOST
    )
    return await asked.order_by("number").select_related("site")


async def write_asked(part: Part, row: Participation, token_hash: str) -> None:
    """Note when a place was written to, and the hash of its link."""
    await Participation.filter(id=row.id).update(asked_at=part.now, token_hash=token_hash)


async def invitation_of(event_id: int, site_id: int) -> Participation:
    """The part that a site was asked to take, with event and site; raises NotFound."""
    return await _found(event_id=event_id, site_id=site_id)


async def invitation_by(token_hash: str) -> Participation:
    """As `invitation_of`, by the link of its mail."""
    return await _found(token_hash=token_hash)


async def answer(
    invitation: Participation, said: ParticipationAnswer, *, actor: Actor, now: datetime
) -> None:
    """Say yes or no; may be changed until the event is over. Raises Conflict, NotFound."""
    event, site = invitation.event, invitation.site
    if is_over(event, now):
        raise Conflict(_("This event is over."))
    subject, field = Subject(SUBJECT, event.id, site.id), f"answer-{site.id}"
    async with edit(actor, subject, "event.answer", now=now) as change:
        await _move_version(change, event.id)
        row = await _found(event_id=event.id, site_id=site.id)
        if row.answer == said:
            change.nothing()
            return
        # Not by the row's id: staff who renumber the places write their rows anew.
        mine = Participation.filter(event_id=event.id, site_id=site.id)
        await mine.update(answer=said, answered_at=now)
        change.before, change.after = {field: str(row.answer)}, {field: str(said)}


async def _move_version(change: Change, event_id: int) -> None:
    """An answer and a save of the list wait for each other, and each tells the other of itself."""
    event = await change.lock(Event, event_id)
    moved = Version(event.updated_at, 0).next_after(change.now)
    await Event.filter(id=event_id).update(updated_at=moved)


async def _found(**where: Any) -> Participation:
    row = await Participation.get_or_none(**where, role=ParticipationRole.HOST).select_related(
        "event", "site"
    )
    if row is None:
        raise NotFound(_("There is no such invitation. Perhaps it was taken back."))
    return row
