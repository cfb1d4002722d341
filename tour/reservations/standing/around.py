"""What else fits into the half day around a session: other sessions with seats, within reach on
foot before it or after it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tour.notifications.schedule import SPARE
from tour.programmes.entries import SlotEntry
from tour.programmes.rules import RESERVABLE
from tour.sites.on_foot import OnFoot

HALF_A_DAY = timedelta(hours=3)
"""From the end of the one to the start of the other at most, the walk included."""
MOST_ON_FOOT = 20
"""Minutes: further away is another half day."""
MOST_BEFORE, MOST_AFTER = 1, 3


@dataclass(frozen=True, slots=True)
class Span:
    """What a party holds, from when until when."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Near:
    """A session that fits; `is_before`: one goes on from it to the party's own."""

    slot: SlotEntry
    walk: OnFoot
    is_before: bool


def around(
    held: Span,
    others: Sequence[Span],
    coming: Iterable[tuple[SlotEntry, OnFoot, int]],
    seats: int,
    *,
    now: datetime,
) -> list[Near]:
    """Sessions around `held` that `seats` people can still reserve, in the order of the day.

    `coming` are the slots of other places with the walk between them and the held one, and the
    largest party of each; `others`: what the party holds besides, with which none may meet. Of a
    programme the time that lies nearest to the held session is taken.
    """
    fitting = [
        near
        for slot, walk, most in coming
        if slot.availability(now) in RESERVABLE and seats <= min(slot.seats_left, most)
        if (near := _near(held, slot, walk)) and not _meets(slot, others)
    ]
    fitting.sort(key=lambda near: (_apart(held, near.slot), near.walk.minutes, near.slot.id))
    nearest = {near.slot.programme_id: near for near in reversed(fitting)}.values()
    before = [near for near in fitting if near.is_before and near in nearest][:MOST_BEFORE]
    after = [near for near in fitting if not near.is_before and near in nearest][:MOST_AFTER]
    return sorted([*before, *after], key=lambda near: (near.slot.starts_at, near.slot.id))


def _near(held: Span, slot: SlotEntry, walk: OnFoot) -> Near | None:
    """None where one would not get from the one to the other in time, or would walk or wait too
    long."""
    if walk.minutes > MOST_ON_FOOT:
        return None
    needed = timedelta(minutes=walk.minutes) + SPARE
    if needed <= held.starts_at - slot.ends_at <= HALF_A_DAY:
        return Near(slot, walk, is_before=True)
    if needed <= slot.starts_at - held.ends_at <= HALF_A_DAY:
        return Near(slot, walk, is_before=False)
    return None


def _meets(slot: SlotEntry, others: Iterable[Span]) -> bool:
    """With time to spare between them; how far they lie apart nobody asks here."""
    return any(
        slot.starts_at < other.ends_at + SPARE and other.starts_at < slot.ends_at + SPARE
        for other in others
    )


def _apart(held: Span, slot: SlotEntry) -> timedelta:
    return max(held.starts_at - slot.ends_at, slot.starts_at - held.ends_at)
