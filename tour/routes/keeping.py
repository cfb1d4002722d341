"""What is done about plans beside the pages: telling news of them, and forgetting old ones.

In the web process, because the times of a plan need the streets; in one of them (`tour.chores`).
Two that do it at once for a moment tell nothing twice.
"""

from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.datastructures import State

from tour.repeating import Act
from tour.reservations.event_changes import undoable_slots
from tour.routes import itineraries, leaving
from tour.routes.desks import desks_at
from tour.routes.leaving_alone import promise_alone
from tour.routes.models import Itinerary
from tour.routes.plan_news import tell_news, tell_sold_out
from tour.sites.revision import current_revision

KEPT = timedelta(days=30)
"""After its day a plan is of use to nobody; it may say where somebody lives."""

BATCH = 500


async def forget_plans(*, now: datetime) -> int:
    """Erase plans whose day is long over; how many."""
    erased = 0
    over = Itinerary.filter(on_date__lt=(now - KEPT).date())
    while ids := await over.order_by("id").limit(BATCH).values_list("id", flat=True):
        await itineraries.erase([int(i) for i in ids])  # type: ignore[call-overload]
        erased += len(ids)
    return erased


A_MINUTE = SLACK = timedelta(minutes=1)
"""So much longer back than the last look: what was being written then."""


@dataclass(slots=True)
class LookOut:
    """Tells news of plans, and when to leave for their sessions, whenever the catalogue has changed
    since it last did, or a party has given something back."""

    parts: State
    seen: int = -1
    looked_at: datetime | None = None
    alone_at: datetime | None = None
    full: frozenset[int] = frozenset()
    was_undoable: bool = False
    """Whether there was, at the last look, what is told only when nobody can take it back."""

    async def look(self) -> None:
        now, revision = self.parts.clock(), await current_revision()
        desks = await desks_at(self.parts, now)
        if revision != self.seen or self.was_undoable:
            await tell_news(self.parts, now=now)
            await leaving.follow(desks, None)
        elif self.looked_at is not None:
            await leaving.follow(desks, self.looked_at - SLACK)
        if self.alone_at is None or now - self.alone_at >= A_MINUTE:
            self.full = await tell_sold_out(self.parts, self.full, now=now)
            await promise_alone(self.parts, desks)
            self.alone_at = now
        self.was_undoable = bool(await undoable_slots(now=now))
        self.seen, self.looked_at = revision, now


def telling_news(parts: State) -> AbstractAsyncContextManager[Act]:
    """Tell the readers of plans what has changed, each time."""
    return nullcontext(LookOut(parts).look)
