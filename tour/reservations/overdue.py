"""What should have been done by now: draws to hold, offers to end."""

from datetime import datetime, timedelta
from typing import Any

from tortoise.queryset import QuerySet

from tour.health.checks import Asked, Check, late
from tour.reservations.models import Draw, WaitlistEntry
from tour.reservations.states import DrawStatus, WaitlistStatus

SLACK = timedelta(minutes=5)
"""The worker looks each second; this is no hurry any more."""
MOST = 100


async def _draws(asked: Asked) -> str:
    over = asked.now - SLACK
    open_ones = Draw.filter(status=DrawStatus.OPEN, entries_close_at__lt=over)
    frozen = Draw.filter(status=DrawStatus.FROZEN, draws_at__lt=over)
    due = [*await _times(open_ones, "entries_close_at"), *await _times(frozen, "draws_at")]
    return late(due, "draws are overdue", asked.now)


async def _offers(asked: Asked) -> str:
    over = WaitlistEntry.filter(status=WaitlistStatus.OFFERED, offer_ends_at__lt=asked.now - SLACK)
    due = await _times(over, "offer_ends_at")
    return late(due, "offers of seats are over and not passed on", asked.now)


async def _times(rows: QuerySet[Any], column: str) -> list[datetime]:
    return [row[column] for row in await rows.order_by(column).limit(MOST).values(column)]


CHECKS = (Check("draws", _draws), Check("offers", _offers))
