"""What falls due by the clock: offers that run out, queues that close, draws.

Each piece is one transaction that looks again whether it is still to be done, so that any number
of workers may find it, and one that dies leaves it to be found again.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from tortoise.exceptions import BaseORMException
from tortoise.expressions import F
from tortoise.queryset import QuerySet

from tour.clock import Clock
from tour.programmes.models import SlotStatus
from tour.reservations import absences, draw_results, draws, proving, retention, waitlist
from tour.reservations.contact_check import unanswered
from tour.reservations.limits import forget_counts
from tour.reservations.models import Draw, DrawStatus, WaitlistEntry, WaitlistStatus

log = logging.getLogger("tour.reservations")

IDLE_SECONDS = 1.0
SWEEP_SECONDS = 600.0
BATCH = 100


async def sweep(now: datetime) -> None:
    """What is not urgent: forget people whose day is over, and old counts of tries."""
    if erased := await retention.erase_due(now=now):
        log.info("erased personal data of %d parties", erased)
    await forget_counts()


async def run_due(now: datetime) -> int:
    """Do all that is due now; returns how many things were done."""
    done = await draws.open_missing(now=now)
    done += await _freeze_and_hold(now)
    done += await _lapse_checks(now)
    done += await _expire_offers(now)
    done += await _offer_idle_seats(now)
    done += await absences.release_all_absent(now=now)
    return done + await _close_queues(now)


@asynccontextmanager
async def reservations_worker(clock: Clock) -> AsyncIterator[None]:
    """Do what falls due beside the pages, for as long as the block lasts."""
    stop = asyncio.Event()
    task = asyncio.create_task(_run(clock, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def _run(clock: Clock, stop: asyncio.Event) -> None:
    swept_at = 0.0
    while not stop.is_set():
        try:
            await run_due(clock())
            if not swept_at or time.monotonic() - swept_at >= SWEEP_SECONDS:
                await sweep(clock())
                swept_at = time.monotonic()
        except (BaseORMException, OSError) as exc:
            # Only the kind: a database's message may show values.
            log.error("what is due cannot be read: %s", type(exc).__name__)
        try:
            await asyncio.wait_for(stop.wait(), IDLE_SECONDS)
        except TimeoutError:
            continue


async def _freeze_and_hold(now: datetime) -> int:
    done = 0
    opened = Draw.filter(status=DrawStatus.OPEN, entries_close_at__lte=now)
    for draw_id in await _numbers(opened.order_by("id"), "id"):
        done += await draw_results.freeze(draw_id, now=now)
    frozen = Draw.filter(status=DrawStatus.FROZEN, draws_at__lte=now)
    for draw_id in await _numbers(frozen.order_by("id"), "id"):
        done += await draw_results.hold(draw_id, now=now)
    return done


async def _lapse_checks(now: datetime) -> int:
    over = unanswered().filter(ends_at__lte=now).order_by("ends_at").limit(BATCH)
    return sum([await proving.lapse(check_id, now=now) for check_id in await _numbers(over, "id")])


async def _expire_offers(now: datetime) -> int:
    over = WaitlistEntry.filter(status=WaitlistStatus.OFFERED, offer_ends_at__lte=now)
    done = 0
    for row in await over.order_by("offer_ends_at").limit(BATCH).values("id", "slot_id"):
        done += await waitlist.expire_offer(row["id"], row["slot_id"], now=now)
    return done


async def _offer_idle_seats(now: datetime) -> int:
    """Seats that a host added, or reopened, while parties wait."""
    idle = WaitlistEntry.filter(
        status=WaitlistStatus.WAITING,
        seats__lte=F("slot__capacity") - F("slot__seats_kept") - F("slot__seats_taken"),
        slot__status=SlotStatus.OPEN,
        slot__booking_closes_at__gt=now,
    )
    done = 0
    for slot_id in sorted(set(await _numbers(idle.limit(BATCH), "slot_id"))):
        done += await waitlist.offer_free_seats(slot_id, now=now)
    return done


async def _close_queues(now: datetime) -> int:
    waiting = WaitlistEntry.filter(status=WaitlistStatus.WAITING)
    over = waiting.filter(slot__booking_closes_at__lte=now)
    called_off = waiting.filter(slot__status=SlotStatus.CANCELLED)
    slot_ids: set[int] = set()
    for chosen in (over, called_off):
        slot_ids |= set(await _numbers(chosen.limit(BATCH), "slot_id"))
    return sum([await waitlist.close_queue(slot_id, now=now) for slot_id in sorted(slot_ids)])


async def _numbers(rows: QuerySet[Any], column: str) -> list[int]:
    return [int(row[column]) for row in await rows.values(column)]
