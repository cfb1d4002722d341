"""What falls due by the clock: offers that run out, queues that close, draws; and what should have
been done by now.

Each piece is one transaction that looks again whether it is still to be done, so that any number
of workers may find it, and one that dies leaves it to be found again.
"""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tortoise.expressions import F
from tortoise.queryset import QuerySet

from tour.db.columns import ids_of
from tour.health.checks import Asked, Check, late
from tour.programmes.queries import PUBLIC_SLOT
from tour.programmes.states import SlotStatus
from tour.reservations.door import absences
from tour.reservations.draws import draws, results
from tour.reservations.held import pending
from tour.reservations.models import Draw, WaitlistEntry
from tour.reservations.parties.contact_check import unanswered
from tour.reservations.states import DrawStatus, WaitlistStatus
from tour.reservations.waitlist import queue

BATCH = 100


async def run_due(now: datetime) -> int:
    """Do all that is due now; returns how many things were done.

    What fails does not keep the rest from being done; all of it is raised in one group.
    """
    due = Due(now)
    for step in STEPS:
        await due.attempt(step(due))
    due.end()
    return due.done


@dataclass(slots=True)
class Due:
    """What is being done at an instant, and what went wrong with it."""

    now: datetime
    done: int = 0
    faults: list[Exception] = field(default_factory=list)

    async def attempt(self, work: Awaitable[int | None]) -> None:
        """One piece by itself: a draw that cannot be held holds up nothing but itself."""
        try:
            self.done += await work or 0
        except Exception as exc:  # each is raised again by `end`
            self.faults.append(exc)

    def end(self) -> None:
        if self.faults:
            raise ExceptionGroup("not all that is due was done", self.faults)


async def _open_draws(due: Due) -> None:
    due.done += await draws.open_missing(now=due.now)


async def _freeze_draws(due: Due) -> None:
    over = Draw.filter(status=DrawStatus.OPEN, entries_close_at__lte=due.now)
    for draw_id in await ids_of(over.order_by("id")):
        await due.attempt(results.freeze(draw_id, now=due.now))


async def _hold_draws(due: Due) -> None:
    frozen = Draw.filter(status=DrawStatus.FROZEN, draws_at__lte=due.now)
    for draw_id in await ids_of(frozen.order_by("id")):
        await due.attempt(results.hold(draw_id, now=due.now))


async def _lapse_checks(due: Due) -> None:
    over = unanswered().filter(ends_at__lte=due.now).order_by("ends_at").limit(BATCH)
    for check_id in await ids_of(over):
        await due.attempt(pending.lapse(check_id, now=due.now))


async def _expire_offers(due: Due) -> None:
    over = WaitlistEntry.filter(status=WaitlistStatus.OFFERED, offer_ends_at__lte=due.now)
    for row in await over.order_by("offer_ends_at").limit(BATCH).values("id", "slot_id"):
        await due.attempt(queue.expire_offer(row["id"], row["slot_id"], now=due.now))


async def _offer_idle_seats(due: Due) -> None:
    """Seats that a host added, or reopened, while parties wait; not where nothing may be offered,
    which would crowd out the rest."""
    idle = WaitlistEntry.filter(
        status=WaitlistStatus.WAITING,
        seats__lte=F("slot__capacity") - F("slot__seats_kept") - F("slot__seats_taken"),
        slot__status=SlotStatus.OPEN,
        slot__booking_closes_at__gt=due.now,
        **{f"slot__{name}": value for name, value in PUBLIC_SLOT.items()},
    )
    for slot_id in sorted(set(await ids_of(idle.limit(BATCH), "slot_id"))):
        await due.attempt(queue.offer_free_seats(slot_id, now=due.now))


async def _ask_absent(due: Due) -> None:
    await due.attempt(absences.ask_absent(now=due.now))


async def _release_absent(due: Due) -> None:
    for slot_id in await absences.begun_slots(now=due.now):
        await due.attempt(absences.release_by_rule(slot_id, now=due.now))


async def _close_queues(due: Due) -> None:
    waiting = WaitlistEntry.filter(status=WaitlistStatus.WAITING)
    over = waiting.filter(slot__booking_closes_at__lte=due.now)
    called_off = waiting.filter(slot__status=SlotStatus.CANCELLED)
    slot_ids: set[int] = set()
    for chosen in (over, called_off):
        slot_ids |= set(await ids_of(chosen.limit(BATCH), "slot_id"))
    for slot_id in sorted(slot_ids):
        await due.attempt(queue.close_queue(slot_id, now=due.now))


STEPS = (
    _open_draws,
    _freeze_draws,
    _hold_draws,
    _lapse_checks,
    _expire_offers,
    _offer_idle_seats,
    _ask_absent,
    _release_absent,
    _close_queues,
)


SLACK = timedelta(minutes=5)
"""The worker looks each second; this is no hurry any more."""
MOST_TOLD = 100


async def _overdue_draws(asked: Asked) -> str:
    over = asked.now - SLACK
    open_ones = Draw.filter(status=DrawStatus.OPEN, entries_close_at__lt=over)
    frozen = Draw.filter(status=DrawStatus.FROZEN, draws_at__lt=over)
    due = [*await _times(open_ones, "entries_close_at"), *await _times(frozen, "draws_at")]
    return late(due, "draws are overdue", asked.now)


async def _overdue_offers(asked: Asked) -> str:
    over = WaitlistEntry.filter(status=WaitlistStatus.OFFERED, offer_ends_at__lt=asked.now - SLACK)
    due = await _times(over, "offer_ends_at")
    return late(due, "offers of seats are over and not passed on", asked.now)


async def _times(rows: QuerySet[Any], column: str) -> list[datetime]:
    return [row[column] for row in await rows.order_by(column).limit(MOST_TOLD).values(column)]


CHECKS = (Check("draws", _overdue_draws), Check("offers", _overdue_offers))
