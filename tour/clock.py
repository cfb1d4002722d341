"""The one clock. Everything that asks for the time is handed a `Clock`."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Answers the present instant as aware UTC."""


def system_clock() -> datetime:
    return datetime.now(UTC)


def clock_from(start: datetime) -> Clock:
    """A clock that shows `start` now and runs on from there, to try the morning of an event."""
    shift = start.astimezone(UTC) - system_clock()
    return lambda: system_clock() + shift
