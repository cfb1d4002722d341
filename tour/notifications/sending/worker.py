"""Sends what is due: claims, tries, records, for as long as it runs.

Any number of workers may run, in the web process or outside. Between a claim and its record there
is no transaction; a worker that dies there loses nothing, because its claims lapse. One that lives
renews them, and lets go of those that it could not renew in time: another may have them by then.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from tour.clock import Clock, SteadyClock
from tour.db import transaction
from tour.notifications.answers import Outcome
from tour.notifications.mail.enclosing import Enclose, nothing
from tour.notifications.mail.letters import Mailer, open_mailer
from tour.notifications.models import MAIL
from tour.notifications.push.sender import PushSender, open_sender
from tour.notifications.sending import circuits, outbox, results
from tour.notifications.sending.circuits import Answered, Complaints
from tour.notifications.sending.fan_out import fan_out
from tour.notifications.sending.lanes import IN_HAND, Lane
from tour.notifications.sending.outbox import Job
from tour.notifications.sending.trying import Trier
from tour.notifications.sending.wording import AS_PROMISED, Wording
from tour.repeating import Act
from tour.seal import Seal
from tour.secret import secret_key
from tour.settings import Settings

log = logging.getLogger("tour.notifications")

SLOW_MAIL_SECONDS = 0.3
MAILS_IN_FLIGHT = 5
"""At a slow server; a quick one takes all over one connection, and a kill then repeats one letter
at most."""
RENEW_SECONDS = 20.0
LEASE_SECONDS = outbox.LEASE.total_seconds() - 5
"""By our own watch, which no clock change moves."""
GRACE_SECONDS = 8
IDLE_SECONDS = 1.0
CLOCK_SLACK = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `batch` new tries every `seconds`, begun `spacing` seconds after one another."""

    batch: int
    seconds: float
    spacing: float = 0.0


FULL = Pace(batch=500, seconds=0.1)
"""All that a process of its own can do."""
GENTLE = Pace(batch=50, seconds=0.23, spacing=0.0047)
"""Beside the pages: some 210 a second, ten thousand within the minute. Short transactions (6 ms),
since on SQLite pages wait for them, and no two messages encrypted between two pages."""


Result = tuple[Job, Outcome]


class Worker:
    def __init__(
        self,
        push: PushSender,
        mailer: Mailer,
        clock: Clock,
        *,
        base_url: str,
        seal: Seal,
        pace: Pace = FULL,
        enclose: Enclose = nothing,
        wording: Wording = AS_PROMISED,
    ) -> None:
        self._trier = Trier(
            push,
            mailer,
            clock,
            base_url=base_url,
            seal=seal,
            enclose=enclose,
            wording=wording,
        )
        self._clock = clock
        self._pace = pace
        self._tasks: set[asyncio.Task[None]] = set()
        self._lanes: dict[str, Lane] = defaultdict(
            Lane, {MAIL: Lane(MAILS_IN_FLIGHT, first=1, slow_seconds=SLOW_MAIL_SECONDS)}
        )
        self._ours_until: dict[int, float] = {}
        self._renewed_at = monotonic()
        self._results: list[Result] = []
        self._complaints = Complaints()
        self._last_seen: datetime | None = None
        self._is_stopping = False
        self._next_start = 0.0
        self._tries = 0

    async def finish(self) -> None:
        """Begin nothing more, wait for what is under way and record it."""
        self._is_stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE_SECONDS)
        await self._record_rest()

    async def run_once(self) -> int:
        """Send and record all that is due now; returns how many tries that took."""
        before = self._tries
        while await self._cycle():
            while self._tasks:
                await asyncio.wait(self._tasks)
        return self._tries - before

    async def paced_cycle(self) -> float:
        """Record, claim and begin; seconds until the next time."""
        return self._pace.seconds if await self._cycle() else IDLE_SECONDS

    async def _cycle(self) -> bool:
        """Record what came back, take what is due; False when there was nothing to do."""
        now = self._clock()
        await self._notice_clock_change(now)
        await self._renew_claims(now)
        ended = list(self._results)
        if not ended and not await outbox.is_anything_due(now):
            return bool(self._tasks)
        async with transaction():
            if ended:
                await self._record(ended, now)
            handed = await fan_out(now, self._pace.batch)
            jobs = await self._claim(now)
        # Only now: had the transaction failed, they would be recorded by the next one.
        del self._results[: len(ended)]
        self._let_go(ended)
        for job in jobs:
            self._ours_until[job.id] = monotonic() + LEASE_SECONDS
            self._lanes[job.service].add(job)
        self._start_all()
        return bool(ended or handed or jobs or self._tasks)

    async def _claim(self, now: datetime) -> list[Job]:
        """What may be tried now, and what others wait for in vain goes another way."""
        away = [s for s, until in (await circuits.closed_until()).items() if until > now]
        if away:
            await results.look_past_services_away(now, self._pace.batch)
        for service in away:
            unbegun = self._lanes[service].empty()
            await outbox.give_back(unbegun, now)
            for job in unbegun:
                self._ours_until.pop(job.id, None)
        return await outbox.claim(now, self._pace.batch, self._room(), default_room=IN_HAND)

    async def _record(self, ended: Sequence[Result], now: datetime) -> None:
        await results.record(ended, now)
        answers = [
            Answered(job.id, job.service, job.attempt, job.is_probe, outcome)
            for job, outcome in ended
        ]
        await self._complaints.heed(answers, now)

    async def _renew_claims(self, now: datetime) -> None:
        """Nobody else may take what is tried here, however long that takes."""
        if not self._ours_until or monotonic() < self._renewed_at + RENEW_SECONDS:
            return
        ours = [i for i, until in self._ours_until.items() if monotonic() < until]
        async with transaction():
            kept = await outbox.renew(ours, now)
        self._renewed_at = monotonic()
        self._ours_until = {i: monotonic() + LEASE_SECONDS for i in kept}

    def _let_go(self, ended: Sequence[Result]) -> None:
        for job, _outcome in ended:
            self._ours_until.pop(job.id, None)

    def _room(self) -> dict[str, int]:
        return {service: lane.room for service, lane in self._lanes.items()}

    def _start_all(self) -> None:
        for lane in list(self._lanes.values()):
            while job := lane.take():
                task = asyncio.create_task(self._work_through(lane, job))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _work_through(self, lane: Lane, job: Job | None) -> None:
        """One try, and then the next that waits for its turn."""
        while job:
            await self._spaced()
            started = monotonic()
            if started < self._ours_until.get(job.id, 0.0):
                await self._end(job, await self._trier.attempt(job))
            lane.end(monotonic() - started)
            job = None if self._is_stopping else lane.take()

    async def _end(self, job: Job, outcome: Outcome) -> None:
        """A letter's end is written down at once: a worker that is killed before that sends it
        again, and a mail box shows both."""
        self._tries += 1
        if job.service == MAIL:
            try:
                async with transaction():
                    await self._record([(job, outcome)], self._clock())
            except Exception as exc:  # the next cycle records it
                log.error("to be recorded again: %s", type(exc).__name__)
            else:
                self._let_go([(job, outcome)])
                return
        self._results.append((job, outcome))

    async def _spaced(self) -> None:
        """Begin at once, or `spacing` after the try before."""
        starts_at = max(monotonic(), self._next_start)
        self._next_start = starts_at + self._pace.spacing
        if (wait := starts_at - monotonic()) > 0:
            await asyncio.sleep(wait)

    async def _notice_clock_change(self, now: datetime) -> None:
        last, self._last_seen = self._last_seen, now
        if last is None:
            await self._mend(now, outbox.FARTHEST)
        elif now < last - CLOCK_SLACK:
            await self._mend(now, outbox.LEASE)

    async def _mend(self, now: datetime, longest: timedelta) -> None:
        async with transaction():
            await outbox.mend_after_clock_change(now, longest)
            await results.finish_stuck(now)

    async def _record_rest(self) -> None:
        if self._results:
            async with transaction():
                await self._record(self._results, self._clock())
            self._results.clear()


@asynccontextmanager
async def open_worker(
    settings: Settings,
    clock: Clock,
    pace: Pace,
    enclose: Enclose = nothing,
    wording: Wording = AS_PROMISED,
) -> AsyncIterator[Worker]:
    """A worker by the operator's settings, with its connections; the database is open already."""
    mailer = open_mailer(settings, clock)
    async with open_sender(settings) as push:
        seal = Seal(secret_key(settings))
        try:
            yield Worker(
                push,
                mailer,
                clock,
                base_url=settings.base_url,
                seal=seal,
                pace=pace,
                enclose=enclose,
                wording=wording,
            )
        finally:
            await mailer.close()


@asynccontextmanager
async def sending(
    settings: Settings, clock: Clock, pace: Pace, enclose: Enclose, wording: Wording
) -> AsyncIterator[Act]:
    """Send what is due each time; what is under way at the end is finished and recorded."""
    async with open_worker(settings, SteadyClock(clock), pace, enclose, wording) as worker:
        yield worker.paced_cycle
        await worker.finish()
