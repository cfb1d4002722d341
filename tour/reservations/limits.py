"""Rate limits: how often one address, or one contact, may try (PyPI `limits`).

A limit slows programs, never a school class behind one address. Addresses are hashed under a key
that lives as long as the process, so that nothing of them is kept or can be told.
"""

import hashlib
import secrets

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

from tour.errors import TooManyRequests
from tour.i18n import lazy as _
from tour.web import state

BY_ADDRESS = parse("120/minute")
BY_CONTACT = parse("20/hour")


class RateLimits:
    """The counts of one process."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._key = secrets.token_bytes(16)

    def hit(self, limit: RateLimitItem, what: str, value: str) -> None:
        """Count one try; raises TooManyRequests when it is one too many."""
        name = hashlib.blake2b(value.encode(), key=self._key, digest_size=12).hexdigest()
        if not self._limiter.hit(limit, what, name):
            raise TooManyRequests(
                _("Too many tries. Please wait a minute and try again."),
                retry_after=limit.get_expiry(),
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
