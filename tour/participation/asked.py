"""Whom staff have asked to take part in an event, by which way a question reaches each, and what
they answered. A place that no letter reaches is to be rung."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tour.accounts.models import Membership
from tour.changes.models import RecentEdit
from tour.db.columns import ids_of
from tour.events.editing import SUBJECT
from tour.events.models import Event, Participation
from tour.events.states import ParticipationAnswer, ParticipationRole
from tour.notifications.models import PushSubscription, Recipient, Reminder
from tour.notifications.states import ReminderStatus
from tour.participation.letters import KEY
from tour.participation.queries import Invitation, invitation

REFUSED = (ReminderStatus.FAILED, ReminderStatus.UNREACHABLE, ReminderStatus.MUTED)


class Way(StrEnum):
    """How the question comes to a place, or why it has to be rung."""

    MAIL = "mail"
    UNWRITTEN = "unwritten"
    """Somebody tends it since it was asked: they see the question, and no letter has gone yet."""
    NOBODY = "nobody"
    STOPPED = "stopped"
    RETURNED = "returned"

    @property
    def is_telephone(self) -> bool:
        return self in (Way.NOBODY, Way.STOPPED, Way.RETURNED)


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of somebody, where there were several and not all alike."""

    who: str
    answer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AskedPlace:
    """A place that opens its doors for the event, as staff see what was asked and answered."""

    site_id: int
    slug: str
    number: int
    people: tuple[str, ...]
    phones: tuple[str, ...]
    way: Way
    phoned_at: datetime | None
    invitation: Invitation
    is_after_date: bool
    """Answered after the date to answer by."""
    differing: tuple[Said, ...]

    @property
    def is_open(self) -> bool:
        return self.invitation.is_open

    @property
    def is_partial(self) -> bool:
        return self.invitation.is_partial

    @property
    def is_to_ring(self) -> bool:
        return self.is_open and self.way.is_telephone


async def asked_places(event: Event, lang: str, now: datetime) -> list[AskedPlace]:
    """Every place that opens its doors for the event, by number."""
    chosen = Participation.filter(event_id=event.id, role=ParticipationRole.HOST)
    rows = await chosen.order_by("number").select_related("event", "site")
    members = await _members([row.site.id for row in rows])
    ways = await _ways(event.id, rows, members)
    said = await _said(event.id)
    return [
        AskedPlace(
            site_id=row.site.id,
            slug=row.site.slug,
            number=row.number,
            people=tuple(m.account.name for m in members[row.site.id] if m.account.name),
            phones=tuple(dict.fromkeys(filter(None, (row.site.phone, row.site.office_phone)))),
            way=ways[row.site.id],
            phoned_at=row.phoned_at,
            invitation=invitation(row, lang, now),
            is_after_date=_is_after_date(row),
            differing=_differing(said[row.site.id]),
        )
        for row in rows
    ]


def _is_after_date(row: Participation) -> bool:
    by, at = row.answer_by, row.answered_at
    has_answered = row.answer != ParticipationAnswer.INVITED
    return has_answered and by is not None and at is not None and at.date() > by


async def _members(site_ids: Sequence[int]) -> dict[int, list[Membership]]:
    found: dict[int, list[Membership]] = defaultdict(list)
    tended = Membership.filter(site_id__in=list(site_ids)).order_by("id")
    for member in await tended.select_related("account__recipient"):
        found[member.site_id].append(member)
    return found


async def _ways(
    event_id: int, rows: Sequence[Participation], members: Mapping[int, Sequence[Membership]]
) -> dict[int, Way]:
    readers = {
        m.account.recipient.id: m.account.recipient for each in members.values() for m in each
    }
    browsers = PushSubscription.filter(recipient_id__in=list(readers))
    pushed = set(await ids_of(browsers, "recipient_id"))
    letters = Reminder.filter(recipient_id__in=list(readers), key__startswith=f"{KEY}{event_id}:")
    status = {(each.recipient_id, each.key): each.status for each in await letters}
    ways = {}
    for row in rows:
        key = f"{KEY}{event_id}:{row.site.id}"
        theirs = [
            _way_of(reader, reader.id in pushed, status.get((reader.id, key)))
            for reader in (readers[m.account.recipient.id] for m in members[row.site.id])
        ]
        ways[row.site.id] = _best(theirs, was_written=row.asked_at is not None)
    return ways


def _way_of(reader: Recipient, has_browser: bool, letter: ReminderStatus | None) -> Way:
    has_mail = reader.email and reader.mail_stopped_at is None
    if reader.stopped_at or not (has_browser or has_mail):
        return Way.STOPPED
    if letter is None:
        return Way.UNWRITTEN
    return Way.RETURNED if letter in REFUSED else Way.MAIL


def _best(ways: Iterable[Way], *, was_written: bool) -> Way:
    """One person who can be reached is enough."""
    order = (Way.MAIL, Way.UNWRITTEN, Way.RETURNED, Way.STOPPED)
    best = min(ways, key=order.index, default=Way.NOBODY)
    return Way.MAIL if best == Way.UNWRITTEN and was_written else best


async def _said(event_id: int) -> dict[int, list[Said]]:
    """By site, each one's latest answer, as far as the edits of late still tell. Who says the same
    as was said before them has changed nothing that an edit would name."""
    found: dict[int, dict[tuple[int | None, str], Said]] = defaultdict(dict)
    last: dict[int, str] = {}
    edits = RecentEdit.filter(subject=SUBJECT, subject_id=event_id, action="event.answer")
    for entry in await edits.order_by("id"):
        site_id = int(entry.site_id or 0)
        last[site_id] = str(entry.after.get(f"answer-{site_id}") or last.get(site_id, ""))
        if answer := last[site_id]:
            whose = entry.account_id, entry.who
            found[site_id].pop(whose, None)
            found[site_id][whose] = Said(entry.who, answer, entry.at)
    return defaultdict(list, {site: list(by.values()) for site, by in found.items()})


def _differing(said: Sequence[Said]) -> tuple[Said, ...]:
    """Nothing where all of the place say the same; the last one counts."""
    return tuple(said) if len({each.answer for each in said}) > 1 else ()
