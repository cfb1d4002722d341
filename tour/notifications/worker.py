"""Sends what is due: claims, tries, records, for as long as it runs.

Any number of workers may run, in the web process or outside. Between a claim and its record there
is no transaction; a worker that dies there loses nothing, because its claims lapse.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from tour.clock import Clock
from tour.db import transaction
from tour.notifications import outbox
from tour.notifications.answers import Outcome, Verdict, pause_before
from tour.notifications.fan_out import fan_out
from tour.notifications.lanes import IN_HAND, Lane
from tour.notifications.mail import Letter, Mailer, open_mailer
from tour.notifications.message import MAX_BYTES, SHORT_BYTES, Envelope, joined, payload
from tour.notifications.models import MAIL
from tour.notifications.outbox import Job
from tour.notifications.sender import Push, PushSender, open_sender
from tour.repeating import Loop, repeated
from tour.seal import Seal
from tour.secret import secret_key
from tour.settings import Settings

log = logging.getLogger("tour.notifications")

MAILS_IN_FLIGHT = 5
MAX_CLAIMS = 40
"""A message that ends the worker each time it is tried is given up in the end."""
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


@dataclass(slots=True)
class Throttle:
    """What a service has refused since it last accepted anything."""

    refused: set[int] = field(default_factory=set)
    pauses: int = 0


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
    ) -> None:
        self._push = push
        self._mailer = mailer
        self._clock = clock
        self._base_url = base_url
        self._seal = seal
        self._pace = pace
        self._tasks: set[asyncio.Task[None]] = set()
        self._lanes: dict[str, Lane] = defaultdict(Lane, {MAIL: Lane(most=MAILS_IN_FLIGHT)})
        self._results: list[tuple[Job, Outcome]] = []
        self._throttles: dict[str, Throttle] = defaultdict(Throttle)
        self._last_seen: datetime | None = None
        self._is_stopping = False
        self._next_start = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish what is under way. A fault costs one cycle."""
        await repeated(self._paced_cycle, IDLE_SECONDS, stop, log)
        self._is_stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE_SECONDS)
        await self._record_rest()

    async def run_once(self) -> int:
        """Send and record all that is due now; returns how many tries that took."""
        tries = 0
        while await self._cycle():
            while self._tasks:
                await asyncio.wait(self._tasks)
            tries += len(self._results)
        return tries

    async def _paced_cycle(self) -> float:
        """Seconds until the next."""
        return self._pace.seconds if await self._cycle() else IDLE_SECONDS

    async def _cycle(self) -> bool:
        """Record what came back, take what is due; False when there was nothing to do."""
        now = self._clock()
        await self._notice_clock_change(now)
        results = list(self._results)
        if not results and not await outbox.is_anything_due(now):
            return bool(self._tasks)
        async with transaction():
            if results:
                await outbox.record(results, now)
                await self._heed_throttling(results, now)
            await fan_out(now, self._pace.batch)
            jobs = await outbox.claim(now, self._pace.batch, self._room(), default_room=IN_HAND)
        # Only now: had the transaction failed, they would be recorded by the next one.
        del self._results[: len(results)]
        for job in jobs:
            self._lanes[job.service].waiting.append(job)
        self._start_all()
        return True

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
            outcome = await self._try(job)
            self._results.append((job, outcome))
            lane.end(monotonic() - started)
            job = None if self._is_stopping else lane.take()

    async def _spaced(self) -> None:
        """Begin at once, or `spacing` after the try before."""
        starts_at = max(monotonic(), self._next_start)
        self._next_start = starts_at + self._pace.spacing
        if (wait := starts_at - monotonic()) > 0:
            await asyncio.sleep(wait)

    async def _try(self, job: Job) -> Outcome:
        try:
            outcome = await self._send(job)
        except Exception as exc:  # a fault of ours must neither stop the worker nor lose the row
            log.error("a delivery failed inside: %s", type(exc).__name__)
            outcome = Outcome(Verdict.RETRY, f"fault: {type(exc).__name__}"[:80])
        if outcome.verdict == Verdict.FAILED:
            log.warning("not delivered: %s", outcome.problem, extra={"service": job.service})
        return outcome

    async def _send(self, job: Job) -> Outcome:
        left = (job.expires_at - self._clock()).total_seconds()
        if left < 1:
            return Outcome(Verdict.EXPIRED, "too late")
        if job.attempt > MAX_CLAIMS:
            return Outcome(Verdict.FAILED, "given up: no try came to an end")
        if job.service == MAIL:
            return await self._mailer.send(_letter(job, self._seal))
        if job.endpoint is None:
            return Outcome(Verdict.GONE, "unsubscribed")
        outcome = await self._push.send(self._message(job, MAX_BYTES, int(left)))
        if outcome.verdict == Verdict.TOO_LARGE:
            outcome = await self._push.send(self._message(job, SHORT_BYTES, int(left)))
        return outcome

    def _message(self, job: Job, max_bytes: int, ttl: int) -> Push:
        tag = f"reminder-{job.reminder_id}"
        said = joined(job.parts).opened(self._seal)
        envelope = Envelope(said, tag, job.revision, job.lang, self._base_url)
        raw = payload(envelope, max_bytes)
        return Push(job.endpoint or "", job.p256dh or "", job.auth or "", raw, topic=tag, ttl=ttl)

    async def _heed_throttling(self, results: list[tuple[Job, Outcome]], now: datetime) -> None:
        """One 429 may be about one device; several, with nothing accepted, are the service's."""
        waits: dict[str, timedelta] = {}
        for job, outcome in results:
            if outcome.verdict == Verdict.SENT:
                self._throttles.pop(job.service, None)
            elif outcome.is_throttled:
                self._throttles[job.service].refused.add(job.id)
                asked = outcome.retry_after or timedelta()
                waits[job.service] = max(asked, waits.get(job.service, asked))
        for service, asked in waits.items():
            throttle = self._throttles[service]
            if len(throttle.refused) > 1:
                throttle.pauses += 1
                pause = asked or pause_before(throttle.pauses, None)
                await outbox.hold_back(service, now + pause)
                log.warning("held back", extra={"service": service, "seconds": pause.seconds})

    async def _notice_clock_change(self, now: datetime) -> None:
        last, self._last_seen = self._last_seen, now
        if last is None:
            await outbox.mend_after_clock_change(now, outbox.FARTHEST)
        elif now < last - CLOCK_SLACK:
            await outbox.mend_after_clock_change(now, outbox.LEASE)

    async def _record_rest(self) -> None:
        if self._results:
            async with transaction():
                await outbox.record(self._results, self._clock())
            self._results.clear()


def _letter(job: Job, seal: Seal) -> Letter:
    return Letter(
        to=job.email,
        message=joined(job.parts).opened(seal),
        lang=job.lang,
        token=job.token,
        name=f"reminder-{job.reminder_id}-{job.revision}",
    )


@asynccontextmanager
async def open_worker(settings: Settings, clock: Clock, pace: Pace) -> AsyncIterator[Worker]:
    """A worker by the operator's settings, with its connections; the database is open already."""
    mailer = open_mailer(settings, clock)
    async with open_sender(settings) as push:
        seal = Seal(secret_key(settings))
        yield Worker(push, mailer, clock, base_url=settings.base_url, seal=seal, pace=pace)


@asynccontextmanager
async def running_worker(settings: Settings, clock: Clock) -> AsyncIterator[Loop]:
    """A gentle worker beside the pages, for as long as the block lasts."""
    stop = asyncio.Event()
    async with open_worker(settings, clock, GENTLE) as worker:
        task = asyncio.create_task(worker.run(stop))
        try:
            yield task
        finally:
            stop.set()
            await task
