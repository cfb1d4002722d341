"""What must be true when all is over, asked of the tables and of the post office."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

from bench.soak.crowd import Promised
from bench.soak.town import Town
from tests.reservations.ledger import assert_ledger_holds, assert_no_seat_is_idle
from tour import db
from tour.clock import system_clock
from tour.health.beating import living
from tour.notifications.models import Delivery, Reminder
from tour.notifications.states import DeliveryStatus, ReminderStatus
from tour.reservations.draws import lottery
from tour.reservations.models import Draw, Place, Reservation
from tour.reservations.states import DrawStatus, PlaceStatus

SETTLES_WITHIN = 300
SLOWEST_REFUSAL = 5.0
"""Three seconds are what waits may take (`tour.patience`); the rest is a machine that runs the
visitors, the faults and all servers at once."""
GROWTH_MB = 40
LOST = (ReminderStatus.FAILED, ReminderStatus.EXPIRED, ReminderStatus.UNREACHABLE)


async def settled() -> float:
    """Seconds until nothing is left to do."""
    began = time.monotonic()
    while time.monotonic() < began + SETTLES_WITHIN:
        if not await _unfinished():
            break
        await asyncio.sleep(1)
    return time.monotonic() - began


async def _unfinished() -> int:
    now = system_clock()
    due = Reminder.filter(
        status__in=(ReminderStatus.WAITING, ReminderStatus.SENDING), due_at__lte=now
    )
    undrawn = Draw.exclude(status=DrawStatus.DRAWN)
    return await due.count() + await undrawn.count()


async def findings(town: Town, promised: Promised, memory: dict[str, list[float]]) -> list[str]:
    """What is not as it was promised, in words; nothing is how it should be."""
    async with db.opened(town.url):
        found = [text async for text in _ledger(town, promised)]
        found += [text async for text in _letters(town)]
        found += [text async for text in _receipts(promised)]
        found += [text async for text in _queues()]
    found += _answers(promised)
    for name, values in memory.items():
        grown = values[-1] - values[len(values) // 3]
        if grown > GROWTH_MB:
            found.append(f"memory of {name} grew by {grown:.0f} MB in the last two thirds")
    return found


async def _ledger(town: Town, promised: Promised) -> AsyncIterator[str]:
    try:
        await assert_ledger_holds()
        await assert_no_seat_is_idle(town.slot_ids, system_clock())
    except AssertionError as exc:
        yield f"ledger: {exc}"
    known = {r.reference: r for r in await Reservation.all()}
    places = {p.reservation_id: p for p in await Place.filter(slot_id__in=town.slot_ids)}
    for party in promised.parties:
        made = known.get(party.reference)
        place = places.get(made.id) if made else None
        if place is None:
            yield f"lost: a reservation that was acknowledged in slot {party.slot_id}"
        elif party.has_cancelled and place.status != PlaceStatus.CANCELLED:
            yield "a cancelled party still has its place"
        elif not party.cancels and place.status != PlaceStatus.CONFIRMED:
            yield f"a party that did not cancel has a place that is {place.status}"
    yield_of_queue = [reference for reference in promised.queued if reference not in known]
    if yield_of_queue:
        yield f"lost: {len(yield_of_queue)} acknowledged turns in queues"


async def _letters(town: Town) -> AsyncIterator[str]:
    lost = await Reminder.filter(status__in=LOST).values("key", "status")
    if lost:
        kinds = Counter((row["key"].partition(":")[0], str(row["status"])) for row in lost)
        yield f"letters lost: {dict(kinds)}"
    came = {str(mail["To"]) for mail in town.office.mails}
    sent = Delivery.filter(service="mail", status=DeliveryStatus.SENT)
    rows = await sent.values("reminder__recipient__email")
    missing = [row for row in rows if not _is_among(row["reminder__recipient__email"], came)]
    if missing:
        yield f"{len(missing)} letters are written down as sent and never came"


async def _receipts(promised: Promised) -> AsyncIterator[str]:
    """Whoever was told "reserved" on the page is told so by a letter."""
    staying = {party.reference for party in promised.parties if not party.cancels}
    made = Reservation.filter(reference__in=staying)
    readers = {row["recipient_id"] for row in await made.values("recipient_id")}
    receipts = Reminder.filter(recipient_id__in=readers, key__startswith="receipt")
    due = await receipts.filter(due_at__lte=system_clock()).values("recipient_id", "status")
    told = {row["recipient_id"] for row in due if row["status"] == ReminderStatus.SENT}
    if untold := readers - told:
        statuses = Counter(str(r["status"]) for r in due if r["recipient_id"] in untold)
        yield f"{len(untold)} confirmations have not left: {dict(statuses)}"


def _is_among(email: str, came: set[str]) -> bool:
    return not email or email in came or f"<{email}>" in came


async def _queues() -> AsyncIterator[str]:
    if left := await _unfinished():
        yield f"{left} messages or draws are still to be done"
    over = Delivery.filter(
        status=DeliveryStatus.WAITING, next_attempt_at__lt=system_clock() - timedelta(minutes=2)
    )
    if stuck := await over.count():
        yield f"{stuck} deliveries are stuck"
    for draw in await Draw.filter(status=DrawStatus.DRAWN):
        if problems := lottery.verify(draw.record):
            yield f"a draw does not hold: {problems}"
    if (alive := await living()) != 2:
        yield f"{alive} workers give signs of life, not 2"


def _answers(promised: Promised) -> list[str]:
    found = [
        f"{count} answers were {status}"
        for status, count in promised.answers.items()
        if status >= 500 and status != 503
    ]
    if (slowest := promised.slowest.get(503, 0.0)) > SLOWEST_REFUSAL:
        found.append(f"who was asked to try again waited {slowest:.1f} s for it")
    return found
