"""Rate limits: how often one address, or one contact, may try.

A limit slows programs, never a school class behind one address. Addresses are hashed under a key
that lives as long as the process, so that nothing of them is kept or can be told. Counting is a
sliding window of two counters: two look-ups a try. (PyPI `limits` walks over all its keys again
and again to expire them: measured at 1.8 ms a try in a rush, more than the reservation itself.)
"""

import hashlib
import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from tour.errors import TooManyRequests
from tour.i18n import lazy as _
from tour.web import state


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries in any `seconds`."""

    most: int
    seconds: int


BY_ADDRESS = Limit(120, 60)
BY_CONTACT = Limit(20, 3600)


class Window:
    """The tries of this period and the one before, which weighs as much as is still in sight."""

    def __init__(self, limit: Limit, monotonic: Callable[[], float]) -> None:
        self._limit = limit
        self._monotonic = monotonic
        self._period = 0
        self._now: Counter[bytes] = Counter()
        self._before: Counter[bytes] = Counter()

    def allows(self, key: bytes) -> bool:
        """Count one try; False when it is one too many."""
        period, into = divmod(self._monotonic(), self._limit.seconds)
        if period != self._period:
            follows = period == self._period + 1
            self._before = self._now if follows else Counter()
            self._now, self._period = Counter(), int(period)
        in_sight = 1 - into / self._limit.seconds
        if self._now[key] + self._before[key] * in_sight >= self._limit.most:
            return False
        self._now[key] += 1
        return True


class RateLimits:
    """The counts of one process."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._windows = {limit: Window(limit, monotonic) for limit in (BY_ADDRESS, BY_CONTACT)}
        self._key = secrets.token_bytes(16)

    def hit(self, limit: Limit, what: str, value: str) -> None:
        """Count one try; raises TooManyRequests when it is one too many."""
        name = f"{what}:{value}".encode()
        if not self._windows[limit].allows(hashlib.blake2b(name, key=self._key).digest()):
            raise TooManyRequests(
                _("Too many tries. Please wait a minute and try again."),
                retry_after=limit.seconds,
            )


def limits(request: Request) -> RateLimits:
    """The app's counts, made with the first request that needs them."""
    parts = state(request)
    if not hasattr(parts, "rate_limits"):
        parts.rate_limits = RateLimits()
    return parts.rate_limits  # type: ignore[no-any-return]


def count_try(request: Request, what: str) -> None:
    """Count one form of this address."""
    limits(request).hit(BY_ADDRESS, what, request.client.host if request.client else "")


def count_contact(request: Request, *keys: str) -> None:
    """Count one form of each contact, wherever it comes from."""
    for key in keys:
        if key:
            limits(request).hit(BY_CONTACT, "contact", key)
