"""What needs a person, grouped by what is to do: counts with a few examples each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from tortoise.expressions import F

from tour.accounts.models import Membership
from tour.db.columns import ids_of
from tour.events.models import Event
from tour.i18n import bracketed
from tour.notifications import queries as notifications
from tour.participation import queries as participation
from tour.programmes.models import Programme, Slot
from tour.programmes.rules import GRACE
from tour.programmes.states import SlotStatus
from tour.reservations.calls.calls import open_calls
from tour.reservations.door.arrivals import arrivals_of
from tour.reservations.models import Place
from tour.reservations.states import PlaceStatus
from tour.sites.models import Site
from tour.sites.states import PointQuality
from tour.staff import queries
from tour.staff.log import approvals
from tour.web.templates import in_reading_language

EXAMPLES = 4
"""That stand open on the page; the rest is folded."""
UNDER_WAY = timedelta(hours=12)
"""Longer than any session lasts."""
FAILURES_SINCE = timedelta(days=7)


class Work(StrEnum):
    """What is to do, in the order in which it cannot wait."""

    GUESTS = "guests"
    HOSTS = "hosts"
    PAGES = "pages"
    SEATS = "seats"


WORK: dict[str, Work] = {
    "absent": Work.GUESTS,
    "calls": Work.GUESTS,
    "failed": Work.GUESTS,
    "approvals": Work.HOSTS,
    "answers": Work.HOSTS,
    "hostless": Work.PAGES,
    "courses": Work.PAGES,
    "rough": Work.PAGES,
    "full": Work.SEATS,
}


@dataclass(frozen=True, slots=True)
class Example:
    """`url` is the name of a page and `params` what it needs."""

    label: str
    url: str = ""
    params: tuple[tuple[str, Any], ...] = ()
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """One kind of thing to do; `key` says which."""

    key: str
    count: int
    examples: tuple[Example, ...] = ()
    all_shown: str = ""
    """By which choice of the list of places all are seen."""
    all_page: str = ""
    """Or the page of their own on which they are."""

    @property
    def first(self) -> tuple[Example, ...]:
        return self.examples[:EXAMPLES]

    @property
    def rest(self) -> tuple[Example, ...]:
        """What is folded; where a page has them all, that leads there instead."""
        return () if self.all_shown or self.all_page else self.examples[EXAMPLES:]


@dataclass(frozen=True, slots=True)
class Today:
    """`to_do` by kind of work, kinds without any left out; `calm` has nothing to do."""

    to_do: list[tuple[Work, list[Matter]]]
    calm: list[Matter]


def grouped(found: Sequence[Matter]) -> Today:
    by_work = [(work, [m for m in found if m.count and WORK[m.key] == work]) for work in Work]
    return Today(
        to_do=[(work, of_work) for work, of_work in by_work if of_work],
        calm=[matter for matter in found if not matter.count],
    )


async def matters(zone: ZoneInfo, now: datetime) -> list[Matter]:
    """Everything of this kind."""
    return [
        await _absent(now),
        await _to_phone(zone, now),
        await _failed_messages(now),
        await _to_approve(),
        await _unanswered(now),
        await _slots_without_hosts(now),
        await _courses_with_gaps(now),
        await _rough_sites(),
        await _full_slots(now),
    ]


async def _absent(now: datetime) -> Matter:
    """Sessions under way, past their grace, with parties that nobody has checked in: their hosts
    are asked, and so is the desk."""
    waited_for = Place.filter(
        status=PlaceStatus.CONFIRMED,
        slot__starts_at__lte=now - GRACE,
        slot__starts_at__gt=now - UNDER_WAY,
        slot__ends_at__gt=now,
    ).exclude(slot__status=SlotStatus.CANCELLED)
    under_way = await waited_for.order_by("id").select_related("slot__programme__site")
    here = await arrivals_of([place.id for place in under_way])
    absent = [place for place in under_way if place.id not in here]
    by_slot: dict[int, list[Place]] = {}
    for place in absent:
        by_slot.setdefault(place.slot_id, []).append(place)
    examples = [
        Example(
            of_slot[0].slot.programme.site.name + bracketed(len(of_slot)),
            "hosts:today",
            (("slug", of_slot[0].slot.programme.site.slug),),
            of_slot[0].slot.starts_at,
        )
        for of_slot in by_slot.values()
    ]
    return Matter("absent", len(absent), tuple(examples))


async def _to_phone(zone: ZoneInfo, now: datetime) -> Matter:
    """Parties that no message reaches, and nobody has told yet; those without a number, too."""
    waiting = [call for call in await open_calls(zone, now=now) if call.is_open]
    examples = [
        Example(
            call.party.name,
            "staff:party",
            (("reservation_id", call.party.id),),
            call.slots[0].starts_at if call.slots else None,
        )
        for call in waiting[:EXAMPLES]
    ]
    return Matter("calls", len(waiting), tuple(examples), all_page="staff:calls")


async def _to_approve() -> Matter:
    waiting = await approvals.waiting()
    examples = [Example(each.site_name, "staff:approvals") for each in waiting]
    return Matter("approvals", len(waiting), tuple(examples), all_page="staff:approvals")


async def _unanswered(now: datetime) -> Matter:
    """Places of coming events that have not answered: as many as the pages of these events say."""
    rows = await participation.unanswered(now)
    examples = [
        Example(
            row.site.name + bracketed(in_reading_language(row.event, "title")),
            "staff:asked",
            (("event_id", row.event.id),),
        )
        for row in rows
    ]
    return Matter("answers", len(rows), tuple(examples))


async def _courses_with_gaps(now: datetime) -> Matter:
    """Courses of coming events with stops that take no part: visitors are not led there."""
    coming = await Event.filter(ends_on__gte=now.date()).order_by("starts_on")
    gaps = [
        (event, course)
        for event in coming
        for course in await queries.course_lines(event.id)
        if course.left and course.is_published
    ]
    examples = [
        Example(
            course.title + bracketed(event.title),
            "staff:course",
            (("event_id", event.id), ("course_id", course.id)),
        )
        for event, course in gaps
    ]
    return Matter("courses", len(gaps), tuple(examples))


async def _slots_without_hosts(now: datetime) -> Matter:
    tended = await ids_of(Membership.all(), "site_id")
    coming = _coming(now).exclude(programme__site_id__in=tended) if tended else _coming(now)
    return await _slot_matter("hostless", coming, "hostless")


async def _full_slots(now: datetime) -> Matter:
    full = _coming(now).filter(seats_taken__gte=F("capacity") - F("seats_kept"))
    return await _slot_matter("full", full)


async def _rough_sites() -> Matter:
    rough = Site.filter(point_quality=PointQuality.TOWN, is_published=True)
    shown = await rough.order_by("name_kana", "id").limit(EXAMPLES)
    examples = tuple(Example(site.name, "hosts:profile", (("slug", site.slug),)) for site in shown)
    return Matter("rough", await rough.count(), examples, all_shown="rough")


async def _failed_messages(now: datetime) -> Matter:
    counts = await notifications.by_service(now - FAILURES_SINCE)
    failed = [each for each in counts if each.failed]
    examples = tuple(Example(f"{each.service}: {each.failed}") for each in failed)
    total = sum(each.failed for each in failed)
    return Matter("failed", total, examples, all_page="staff:deliveries")


def _coming(now: datetime) -> Any:
    return Slot.filter(
        starts_at__gt=now,
        status=SlotStatus.OPEN,
        programme__is_published=True,
        programme__site__is_published=True,
    )


async def _slot_matter(key: str, query: Any, all_shown: str = "") -> Matter:
    """A line for each session, with how many times and the start of the first."""
    rows: list[Any] = list(
        await query.order_by("starts_at", "id").values_list("programme_id", "starts_at")
    )
    times = Counter(programme_id for programme_id, _start in rows)
    first = dict(reversed(rows))
    programmes = await Programme.filter(id__in=list(times)).select_related("site")
    examples = [
        Example(
            f"{each.title}{bracketed(each.site.name)} ×{times[each.id]}",
            "hosts:programmes",
            (("slug", each.site.slug),),
            first[each.id],
        )
        for each in sorted(programmes, key=lambda programme: first[programme.id])
    ]
    return Matter(key, len(rows), tuple(examples), all_shown)
