"""One try of one claimed delivery: by push, or by mail."""

import hashlib
import logging
from dataclasses import replace

from tour.clock import Clock
from tour.notifications.answers import Outcome, Verdict
from tour.notifications.mail.boxes import reader_key
from tour.notifications.mail.enclosing import Enclose, nothing
from tour.notifications.mail.letters import Letter, Mailer
from tour.notifications.message import MAX_BYTES, SHORT_BYTES, Envelope, joined, payload
from tour.notifications.models import MAIL
from tour.notifications.push.sender import Push, PushSender
from tour.notifications.sending.fan_out import can_be_stopped
from tour.notifications.sending.outbox import Job
from tour.notifications.sending.wording import AS_PROMISED, Wording, latest_ends, made_now
from tour.seal import Seal

log = logging.getLogger("tour.notifications")

MAX_CLAIMS = 40
"""A message that ends the worker each time it is tried is given up in the end."""


class Trier:
    def __init__(
        self,
        push: PushSender,
        mailer: Mailer,
        clock: Clock,
        *,
        base_url: str,
        seal: Seal,
        enclose: Enclose = nothing,
        wording: Wording = AS_PROMISED,
    ) -> None:
        self._push = push
        self._mailer = mailer
        self._clock = clock
        self._base_url = base_url
        self._seal = seal
        self._enclose = enclose
        self._wording = wording

    async def attempt(self, job: Job) -> Outcome:
        """How it went; never raises."""
        try:
            outcome = await self._send(job)
        except Exception as exc:  # a fault of ours must neither stop the worker nor lose the row
            log.error("a delivery failed inside: %s", type(exc).__name__)
            outcome = Outcome(Verdict.RETRY, f"fault: {type(exc).__name__}"[:80])
        if outcome.verdict == Verdict.FAILED:
            log.warning("not delivered: %s", outcome.problem, extra={"service": job.service})
        return outcome

    async def _send(self, job: Job) -> Outcome:
        if self._seconds_left(job) < 1:
            return Outcome(Verdict.EXPIRED, "too late")
        if job.unfinished > MAX_CLAIMS:
            return Outcome(Verdict.FAILED, "given up: no try came to an end")
        if job.service != MAIL and job.endpoint is None:
            return Outcome(Verdict.GONE, "unsubscribed")
        said = await self._as_it_is_now(job)
        if not said.parts:
            return Outcome(Verdict.WITHDRAWN, "no longer so")
        if job.service == MAIL:
            return await self._mailer.send(await self._letter(said))
        left = self._seconds_left(said)
        outcome = await self._push.send(self._message(said, MAX_BYTES, int(left)))
        if outcome.verdict == Verdict.TOO_LARGE:
            outcome = await self._push.send(self._message(said, SHORT_BYTES, int(left)))
        return outcome

    def _seconds_left(self, job: Job) -> float:
        return (job.expires_at - self._clock()).total_seconds()

    async def _as_it_is_now(self, job: Job) -> Job:
        """With the words of this moment, and the end that they may have moved."""
        parts = await made_now(job, self._wording, self._clock())
        if parts == job.parts:
            return job
        ends = await latest_ends([job.reminder_id])
        return replace(job, parts=parts, expires_at=ends.get(job.reminder_id, job.expires_at))

    async def _letter(self, job: Job) -> Letter:
        name = letter_name(job)
        told = [part.reminder_id for part in job.parts]
        return Letter(
            to=job.email,
            message=joined(job.parts).opened(self._seal),
            lang=job.lang,
            token=job.token,
            name=name,
            reader=reader_key(job.token, self._seal),
            can_stop=any(can_be_stopped(part.key) for part in job.parts),
            enclosures=await self._enclose(told, self._mailer.cover(job.email, name)),
        )

    def _message(self, job: Job, max_bytes: int, ttl: int) -> Push:
        tag = f"reminder-{job.reminder_id}"
        said = joined(job.parts).opened(self._seal)
        envelope = Envelope(said, tag, job.revision, job.lang, self._base_url)
        raw = payload(envelope, max_bytes)
        return Push(job.endpoint or "", job.p256dh or "", job.auth or "", raw, topic=tag, ttl=ttl)


def letter_name(job: Job) -> str:
    """The same for every try of this delivery, and no other's, in no other database: mail boxes
    drop a letter whose Message-ID they have seen."""
    digest = hashlib.sha256(f"{job.token}:{job.id}".encode()).hexdigest()
    return f"{digest[:24]}.{job.id}"
