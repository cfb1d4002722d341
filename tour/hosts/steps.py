"""What a place still needs before visitors are well served: the list on a host's first page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tour.programmes import editing
from tour.programmes.models import Programme, Slot
from tour.programmes.states import SlotStatus
from tour.sites.editing import photos
from tour.sites.editing.publication import showing_of
from tour.sites.models import HoursException, OpeningHours, Site
from tour.sites.showing import Showing


class StepKey(StrEnum):
    """In the order of use; `templates/host/_step.html` has the words and the link of each."""

    WORDS = "words"
    PHONE = "phone"
    ENTRANCE = "entrance"
    HOURS = "hours"
    PHOTO = "photo"
    SESSION = "session"


OPTIONAL = frozenset({StepKey.PHONE, StepKey.SESSION})
"""What a place may well do without."""


class SessionNeed(StrEnum):
    """What is missing before a session can be reserved."""

    ALL = "all"
    TIMES = "times"
    PUBLISHING = "publishing"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a place has; `hours` on weekdays, on single days, or by an event."""

    words: bool
    phone: bool
    entrance: bool
    hours: bool
    photo: bool
    session: SessionNeed
    programme_id: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """`says`: by which block of `templates/host/_step.html`."""

    key: StepKey
    is_done: bool
    says: str

    @property
    def is_optional(self) -> bool:
        return self.key in OPTIONAL


@dataclass(frozen=True, slots=True)
class Todo:
    """The steps, and how the place stands with them."""

    steps: tuple[Step, ...]
    place: Showing
    programme_id: int | None
    """The session that lacks something."""

    @property
    def left(self) -> int:
        return sum(not step.is_done for step in self.steps)

    @property
    def is_needed(self) -> bool:
        """Not where all is done; nor, once visitors see the place, for what is optional."""
        if self.place is Showing.SHOWN:
            return any(not step.is_done and not step.is_optional for step in self.steps)
        return self.left > 0


def todo(facts: Facts, place: Showing) -> Todo:
    done = {
        StepKey.WORDS: facts.words,
        StepKey.PHONE: facts.phone,
        StepKey.ENTRANCE: facts.entrance,
        StepKey.HOURS: facts.hours,
        StepKey.PHOTO: facts.photo,
        StepKey.SESSION: facts.session is SessionNeed.NOTHING,
    }
    says = {StepKey.SESSION: f"session_{facts.session}"}
    steps = tuple(Step(key, done[key], says.get(key, str(key))) for key in StepKey)
    return Todo(steps, place, facts.programme_id)


async def todo_of(site: Site, *, has_event: bool, now: datetime) -> Todo:
    """The list of a place; `has_event`: it opens for one that is not over."""
    need, programme_id = await _session(site.id, now)
    facts = Facts(
        words=bool(site.summary.strip() or site.description.strip()),
        phone=bool(site.phone.strip()),
        entrance=site.entrance_lat is not None,
        hours=has_event or await _has_hours(site.id),
        photo=bool(await photos.photos_of(site.id)),
        session=need,
        programme_id=programme_id,
    )
    return todo(facts, showing_of(site))


async def _has_hours(site_id: int) -> bool:
    if await OpeningHours.exists(site_id=site_id):
        return True
    return await HoursException.exists(site_id=site_id, opens_minute__not_isnull=True)


async def _session(site_id: int, now: datetime) -> tuple[SessionNeed, int | None]:
    """What is missing, and of which session: of the one that lacks least."""
    offered = await editing.programmes_of_site(site_id)
    coming = Slot.filter(programme_id__in=[one.id for one in offered], ends_at__gt=now)
    rows = await coming.exclude(status=SlotStatus.CANCELLED).values("programme_id")
    return session_need(offered, {int(row["programme_id"]) for row in rows})


def session_need(
    offered: Sequence[Programme], with_times: set[int]
) -> tuple[SessionNeed, int | None]:
    timed = [one for one in offered if one.id in with_times]
    if any(one.is_published for one in timed):
        return SessionNeed.NOTHING, None
    if timed:
        return SessionNeed.PUBLISHING, timed[0].id
    return (SessionNeed.TIMES, offered[0].id) if offered else (SessionNeed.ALL, None)
