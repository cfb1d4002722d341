"""The one clock. Everything that asks for the time is handed a `Clock`."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

log = logging.getLogger("tour.clock")

Clock = Callable[[], datetime]
"""Answers the present instant as aware UTC."""


def system_clock() -> datetime:
    return datetime.now(UTC)


def clock_from(start: datetime) -> Clock:
    """A clock that shows `start` now and runs on from there, to try the morning of an event."""
    shift = start.astimezone(UTC) - system_clock()
    return lambda: system_clock() + shift


JUMP = timedelta(seconds=60)
"""What a clock may be set right by without being asked how it comes."""
BELIEVED_AFTER = timedelta(minutes=5)


def _elapsed() -> float:
    """Seconds that nobody can set, a machine's sleep included."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class SteadyClock:
    """A clock that does not follow a jump at once: it goes on as before until the other clock has
    stood by its new time for five minutes.

    A machine whose clock jumps by a day and back would otherwise end offers, hold draws and erase
    names a day early, in the second that it takes.
    """

    def __init__(self, clock: Clock, elapsed: Callable[[], float] = _elapsed) -> None:
        self._clock, self._elapsed = clock, elapsed
        self._begin = self._doubted = clock() - timedelta(seconds=elapsed())
        self._doubted_since = 0.0

    def __call__(self) -> datetime:
        gone = self._elapsed()
        begin = self._clock() - timedelta(seconds=gone)
        if abs(begin - self._begin) <= JUMP or self._has_stood_by(begin, gone):
            self._begin = self._doubted = begin
        return self._begin + timedelta(seconds=gone)

    def _has_stood_by(self, begin: datetime, gone: float) -> bool:
        if abs(begin - self._doubted) > JUMP:
            self._doubted, self._doubted_since = begin, gone
            log.warning("the clock has jumped by %d s", (begin - self._begin).total_seconds())
        return gone - self._doubted_since >= BELIEVED_AFTER.total_seconds()
