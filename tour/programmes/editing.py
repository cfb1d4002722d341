"""Making and changing programmes and their times. One transaction a verb, with its log line.

A draft was never public: it is paused only when it was.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from tour.audit.service import Actor, Subject
from tour.changes import Change, Kind, edit
from tour.changes.recent import KEPT
from tour.errors import BadInput, Conflict, NotFound
from tour.i18n import lazy as _
from tour.programmes.belonging import event_problem
from tour.programmes.models import Programme, Slot
from tour.programmes.outline import Outline, as_fields, columns, outline_of
from tour.programmes.rules import BOOKING_CLOSES_BEFORE
from tour.programmes.states import Allocation, SlotStatus
from tour.programmes.timetable import first_overlap
from tour.sites import showing
from tour.sites.editing.page import Stale, Version
from tour.sites.finding import vocabulary
from tour.sites.showing import Showing

SUBJECT = "programme"
ENTRIES_CLOSE_BEFORE = timedelta(days=5)
MOST_SLOTS = 200
ADDED = "programme.add"
CHANGED = "programme.change"
PUBLISHED = "programme.publish"
PAUSED = "programme.pause"
PRESENT: Mapping[str, Any] = MappingProxyType({"removed_at": None})
"""Of a site's programmes, those that were not removed."""


class TimesRefused(BadInput):
    """Some of the times cannot be; nothing was added."""

    def __init__(self, message: Any) -> None:
        super().__init__(message, {"times": message})


@dataclass(frozen=True, slots=True)
class Times:
    """Starts with the same number of seats. `may_overlap`: different people lead them."""

    starts: Sequence[datetime]
    capacity: int
    allocation: Allocation
    booking_opens_at: datetime | None
    event_id: int | None
    may_overlap: bool = False
    seats_kept: int = 0
    pools: Mapping[str, int] = field(default_factory=dict)


async def create(
    site_id: int, outline: Outline, times: Times, *, actor: Actor, now: datetime
) -> Programme:
    """A draft with its times; raises TimesRefused, and then nothing is kept."""
    await vocabulary.learn(outline.texts.values())
    async with edit(actor, None, ADDED, now=now) as change:
        made = await Programme.create(
            slug=f"{site_id}-{secrets.token_hex(5)}",
            site_id=site_id,
            event_id=times.event_id,
            is_published=False,
            **columns(outline, {}),
        )
        await _add_slots(change, made, times)
        change.subject = _subject(made)
        change.after = {**as_fields(outline), "times": len(times.starts)}
    return made


async def rewrite(
    programme: Programme, outline: Outline, *, version: Version, actor: Actor, now: datetime
) -> None:
    """Write texts and terms; raises Stale. Times keep the length they were made with."""
    await vocabulary.learn(outline.texts.values())
    async with edit(actor, _subject(programme), CHANGED, now=now) as change:
        mine = Programme.filter(id=programme.id, updated_at=version.updated_at)
        if not await mine.update(updated_at=version.next_after(now)):
            raise Stale
        before = await Programme.get(id=programme.id)
        change.before, change.after = as_fields(outline_of(before)), as_fields(outline)
        change.only_if_different()
        row = columns(outline, before.translations)
        await Programme.filter(id=programme.id).update(**row)


async def add_times(programme: Programme, times: Times, *, actor: Actor, now: datetime) -> None:
    """More starts of the same programme; raises TimesRefused, and then none is added."""
    async with edit(actor, _subject(programme), "programme.times", now=now) as change:
        await _add_slots(change, await _locked(change, programme), times)
        change.after = {"times": [start.isoformat() for start in times.starts]}


async def publish(programme: Programme, *, actor: Actor, now: datetime) -> None:
    """Show it to visitors, at once."""
    await _set_published(programme, PUBLISHED, True, actor, now)


async def pause(programme: Programme, *, actor: Actor, now: datetime) -> None:
    """Take no more reservations and leave the lists; those who have reserved keep their seats."""
    await _set_published(programme, PAUSED, False, actor, now)


async def remove_programme(programme: Programme, *, actor: Actor, now: datetime) -> None:
    """Put it into the bin; refused while somebody has a seat at a coming time."""
    async with edit(actor, _subject(programme), "programme.remove", now=now) as change:
        await _locked(change, programme)
        held = Slot.filter(programme_id=programme.id, seats_taken__gt=0, ends_at__gt=now)
        if await held.exists():
            raise Conflict(
                _("People have reserved this. Call those times off first, so that they are told.")
            )
        removed = {"removed_at": now, "removed_by": actor.name[:100]}
        await Programme.filter(id=programme.id).update(is_published=False, **removed)
        change.after = {"removed": True}


async def restore_programme(
    programme_id: int, site_id: int, *, actor: Actor, now: datetime
) -> None:
    """Bring it back, not public yet; raises NotFound when it is too late."""
    gone = _("This session can no longer be brought back.")
    async with edit(actor, None, "programme.restore", now=now) as change:
        removed = Programme.filter(site_id=site_id, removed_at__gt=now - KEPT)
        programme = await change.lock(Programme, programme_id, among=removed, missing=gone)
        await Programme.filter(id=programme_id).update(removed_at=None, removed_by="")
        change.subject = _subject(programme)
        change.before, change.after = {"removed": True}, {"removed": False}


def showing_of(programme: Programme, place: Showing) -> Showing:
    """What a visitor sees of a session of a place that stands so."""
    return showing.of_programme(
        place,
        is_published=bool(programme.is_published),
        first_published_at=programme.first_published_at,
        removed_at=programme.removed_at,
    )


async def programme_of_site(programme_id: int, site_id: int) -> Programme:
    """One of a site's programmes, public or not; raises NotFound, for removed ones too."""
    found = await Programme.get_or_none(id=programme_id, site_id=site_id, **PRESENT)
    if found is None:
        raise NotFound(_("There is no such session. It may have been withdrawn."))
    return found


async def programmes_of_site(site_id: int) -> list[Programme]:
    """All of a site's programmes but the removed, latest made first."""
    return await Programme.filter(site_id=site_id, **PRESENT).order_by("-id")


async def removed_of_site(site_id: int, *, now: datetime) -> list[Programme]:
    """What it can still bring back, latest removed first."""
    removed = Programme.filter(site_id=site_id, removed_at__gt=now - KEPT)
    return await removed.order_by("-removed_at", "-id")


async def _locked(change: Change, programme: Programme) -> Programme:
    """As it is now, for those who add times or remove it: they wait for each other."""
    missing = _("There is no such session. It may have been withdrawn.")
    return await change.lock(Programme, programme.id, missing=missing, **PRESENT)


async def _add_slots(change: Change, programme: Programme, times: Times) -> None:
    if not times.starts or len(times.starts) > MOST_SLOTS:
        raise TimesRefused(_("Choose at least one time, and at most %(n)s.", n=MOST_SLOTS))
    closes_before = (
        ENTRIES_CLOSE_BEFORE if times.allocation == Allocation.DRAW else BOOKING_CLOSES_BEFORE
    )
    if min(times.starts) - closes_before <= change.now:
        raise TimesRefused(
            _("A draw needs five days for entries. Choose later times, or first come.")
            if times.allocation == Allocation.DRAW
            else _("Some of these times are over or begin within half an hour.")
        )
    site_id: int = programme.site_id
    if programme.event_id is not None and (
        problem := await event_problem(programme.event_id, site_id, times.starts)
    ):
        raise TimesRefused(problem)
    await _refuse_overlap(programme, times)
    called_off = await _called_off(programme, times)
    fresh = []
    for start in times.starts:
        offered = _offer(programme, times, start, start - closes_before)
        if start in called_off:
            await Slot.filter(id=called_off[start]).update(**offered)
        else:
            fresh.append(Slot(programme_id=programme.id, starts_at=start, **offered))
    await Slot.bulk_create(fresh)
    change.told(Kind.PROGRAMME, [programme.id])


def _offer(
    programme: Programme, times: Times, start: datetime, closes_at: datetime
) -> dict[str, Any]:
    return {
        "ends_at": start + timedelta(minutes=programme.minutes),
        "capacity": times.capacity,
        "seats_kept": times.seats_kept,
        "pools": dict(times.pools),
        "allocation": times.allocation,
        "booking_opens_at": times.booking_opens_at,
        "booking_closes_at": closes_at,
        "status": SlotStatus.OPEN,
    }


async def _called_off(programme: Programme, times: Times) -> dict[datetime, int]:
    """The slots of these starts that were called off, by start: they are offered once more, empty.
    Not by a draw: what was drawn there stays public."""
    found = Slot.filter(
        programme_id=programme.id, starts_at__in=list(times.starts), status=SlotStatus.CANCELLED
    )
    slots = {slot.starts_at: slot.id for slot in await found}
    if slots and times.allocation == Allocation.DRAW:
        raise TimesRefused(
            _("A time that was called off can be offered again first come, not by a draw.")
        )
    return slots


async def _refuse_overlap(programme: Programme, times: Times) -> None:
    """A host cannot lead two sessions at once; of one programme there is never the same start."""
    others = Slot.filter(
        programme__site_id=programme.site_id,
        starts_at__lt=max(times.starts) + timedelta(minutes=programme.minutes),
        ends_at__gt=min(times.starts),
    ).exclude(status=SlotStatus.CANCELLED)
    if times.may_overlap:
        others = others.filter(programme_id=programme.id)
    others = others.filter(programme__removed_at=None)
    taken = [(begin, end) for begin, end in await others.values_list("starts_at", "ends_at")]
    own = Slot.filter(programme_id=programme.id, starts_at__in=list(times.starts))
    own = own.exclude(status=SlotStatus.CANCELLED)
    if first_overlap(times.starts, programme.minutes, taken) or await own.exists():
        raise TimesRefused(
            _("Some of these times overlap each other or another session of this place.")
        )


async def _set_published(
    programme: Programme, action: str, is_published: bool, actor: Actor, now: datetime
) -> None:
    async with edit(actor, _subject(programme), action, now=now) as change:
        locked = await _locked(change, programme)
        change.before, change.after = {"published": not is_published}, {"published": is_published}
        await Programme.filter(id=programme.id).update(
            is_published=is_published, first_published_at=locked.first_published_at or now
        )


def _subject(programme: Programme) -> Subject:
    site_id: int = programme.site_id
    return Subject(SUBJECT, programme.id, site_id, programme.title)
