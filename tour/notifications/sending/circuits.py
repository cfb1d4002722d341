"""Whether a service as a whole takes anything; all workers know it from one row a service.

What fails for everybody is the service's trouble: nothing more is handed to it for a while, then a
single delivery tries whether it is back, at growing pauses and without an end. Decision 0006.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tour.db.plain import fetch
from tour.notifications.answers import Outcome, Verdict, Whose, pause_before
from tour.notifications.models import Circuit

log = logging.getLogger("tour.notifications")

LONGEST_PAUSE = timedelta(minutes=2)
"""So soon after it is back everything leaves."""
STUBBORN = 4
"""Tries of one delivery, with nothing accepted for others meanwhile."""
ACCEPTED_IS_NEWS = timedelta(seconds=20)
"""The instant of the last acceptance is written this often, not with each message."""

KNOWN = "INSERT INTO circuit (service, tries, problem) VALUES ($1, 0, '') ON CONFLICT DO NOTHING"
ACCEPTED = """
INSERT INTO circuit (service, tries, problem, accepted_at) VALUES ($1, 0, '', $2)
ON CONFLICT (service) DO UPDATE
SET accepted_at = $2, failing_since = NULL, retry_at = NULL, tries = 0, problem = ''
WHERE circuit.failing_since IS NOT NULL OR circuit.accepted_at IS NULL
    OR circuit.accepted_at < $3
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """One try's end, as far as its service is concerned; `is_probe` if it tried for all others."""

    delivery_id: int
    service: str
    attempt: int
    is_probe: bool
    outcome: Outcome

    @property
    def is_of_service(self) -> bool:
        """Surely the service's trouble. What fails alone, but again and again, is held to be."""
        is_stubborn = self.attempt >= STUBBORN and self.outcome.whose == Whose.UNCLEAR
        return is_stubborn or self.outcome.whose == Whose.SERVICE


class Complaints:
    """What each service has refused since it last accepted anything, as one worker saw it."""

    def __init__(self) -> None:
        self._refused: dict[str, set[int]] = defaultdict(set)

    async def heed(self, answers: Iterable[Answered], now: datetime) -> None:
        """Open and close circuits by these answers, in their order; within a transaction."""
        by_service: dict[str, list[Answered]] = defaultdict(list)
        for answered in answers:
            by_service[answered.service].append(answered)
        for service, ends in sorted(by_service.items()):
            await self._heed(service, ends, now)

    async def _heed(self, service: str, ends: Sequence[Answered], now: datetime) -> None:
        last = max(
            (i for i, end in enumerate(ends) if end.outcome.verdict == Verdict.SENT), default=-1
        )
        if last >= 0:
            self._refused.pop(service, None)
            await accept(service, now)
        troubles = [end for end in ends[last + 1 :] if end.outcome.whose != Whose.MESSAGE]
        self._refused[service] |= {end.delivery_id for end in troubles}
        is_probe = any(end.is_probe for end in ends)
        is_surely = is_probe or any(end.is_of_service for end in troubles)
        if troubles and (is_surely or len(self._refused[service]) > 1):
            asked = max(end.outcome.retry_after or timedelta() for end in troubles)
            problem = troubles[-1].outcome.problem
            await fail(service, problem, now, asked=asked, is_probe=is_probe)
        elif is_probe and last < 0:
            # Its try said nothing about the service: the next may go at once.
            await Circuit.filter(service=service, retry_at__gt=now).update(retry_at=now)


async def closed_until() -> dict[str, datetime]:
    """The services that are away, each with the instant at which one delivery may try again."""
    rows = await Circuit.filter(retry_at__not_isnull=True).values("service", "retry_at")
    return {row["service"]: row["retry_at"] for row in rows}


async def may_probe(service: str, now: datetime, until: datetime) -> bool:
    """Whether this worker is the one that tries; the others wait for what it finds `until` then."""
    due = Circuit.filter(service=service, retry_at__lte=now)
    return await due.update(retry_at=until) == 1


async def accept(service: str, now: datetime) -> None:
    """It took something."""
    failing = await Circuit.get_or_none(service=service, failing_since__not_isnull=True)
    await fetch(ACCEPTED, service, now, now - ACCEPTED_IS_NEWS)
    if failing and failing.failing_since:
        seconds = int((now - failing.failing_since).total_seconds())
        log.warning("takes messages again", extra={"service": service, "seconds": seconds})


async def fail(
    service: str, problem: str, now: datetime, *, asked: timedelta, is_probe: bool
) -> None:
    """It takes nothing: leave it alone for what it `asked`, or longer each time a probe fails."""
    await fetch(KNOWN, service)
    circuit = await Circuit.get(service=service)
    if circuit.retry_at and circuit.retry_at > now and not is_probe:
        return  # This try had begun before the others failed.
    tries = circuit.tries + 1
    pause = asked or min(pause_before(tries, None), LONGEST_PAUSE)
    await Circuit.filter(service=service).update(
        tries=tries,
        retry_at=now + pause,
        failing_since=circuit.failing_since or now,
        problem=problem,
    )
    log.error(
        "takes no messages: %s", problem, extra={"service": service, "seconds": pause.seconds}
    )


async def mend_after_clock_change(now: datetime, longest: timedelta) -> None:
    """A clock set back would keep a service waiting `longest` or more."""
    await Circuit.filter(retry_at__gt=now + longest).update(retry_at=now)
