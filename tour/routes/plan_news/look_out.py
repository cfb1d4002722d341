"""The look-out: what has changed for the plans of visitors is seen, and told where it matters.

In the web process, because the times of a plan need the streets; in one of them
(`tour.processes.chores`). Two that do it at once for a moment tell nothing twice.
"""

from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

from tour.changes import Kind
from tour.changes.reading import NOTHING_YET
from tour.parts import Parts
from tour.repeating import Act
from tour.reservations.undoable import undoable_slots
from tour.routes.plan_news import departures
from tour.routes.plan_news.concerned import concerned_by
from tour.routes.plan_news.departures_unplanned import promise_alone
from tour.routes.plan_news.news import doors_with_signs, tell_news, tell_sold_out
from tour.routes.plans.enquiry import Enquiry

A_MINUTE = SLACK = timedelta(minutes=1)
"""So much longer back than the last look: what was being written then."""


@dataclass(slots=True)
class LookOut:
    """Tells news of plans, and when to leave for their sessions: of those plans that go where
    something has changed since it last looked, or whose party has given something back."""

    parts: Parts
    seen: int = NOTHING_YET
    looked_at: datetime | None = None
    alone_at: datetime | None = None
    full: frozenset[int] = frozenset()
    undoable: frozenset[int] = frozenset()
    """The sessions, at the last look, of which is told only when nobody can take it back."""

    async def look(self) -> None:
        now, number = self.parts.clock(), await self.parts.news.read()
        told = self.parts.news.since(self.seen)
        plans = [row for kind, row in told or () if kind == Kind.PLAN]
        concerned = await concerned_by(told, self.undoable)
        enquiry = await Enquiry.at(self.parts, now)
        if concerned is None or concerned:
            await tell_news(self.parts, now=now, concerned=concerned)
            await departures.follow(enquiry, concerned)
        if plans:
            await departures.follow_plans(enquiry, plans)
        if self.looked_at is not None:
            await departures.follow_parties(enquiry, self.looked_at - SLACK)
        if self.alone_at is None or now - self.alone_at >= A_MINUTE:
            await self._look_by_the_minute(enquiry, now)
        self.undoable = frozenset(await undoable_slots(now=now))
        self.seen, self.looked_at = number, now

    async def _look_by_the_minute(self, enquiry: Enquiry, now: datetime) -> None:
        """What becomes true by the time alone, or changes too often to be told as news."""
        self.full = await tell_sold_out(self.parts, self.full, now=now)
        if signs := doors_with_signs(enquiry):
            await tell_news(self.parts, now=now, concerned=signs)
        await promise_alone(self.parts, enquiry)
        self.alone_at = now


def telling_news(parts: Parts) -> AbstractAsyncContextManager[Act]:
    """Tell the readers of plans what has changed, each time."""
    return nullcontext(LookOut(parts).look)
