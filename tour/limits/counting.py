"""Rate limits: how often one address, or one contact, may try (decision 0013).

A limit slows programs, never a school class behind one address. Counting is a sliding window of
two counters: this period's and what is still in sight of the one before. On PostgreSQL all
processes count together, by one statement a form; SQLite has one web process, and it counts in
its own memory. What is counted is named by a keyed hash that is another one each day.
"""

import hashlib
import time
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network

from starlette.requests import Request

from tour.db import plain
from tour.errors import TooManyRequests
from tour.i18n import lazy as _
from tour.limits.models import RateCount
from tour.web import parts_of

PURPOSE = b"tour rates 1"
COUNT = """
WITH added AS (
    INSERT INTO rate_count AS c (key, tries, ends_at)
    SELECT key, 1, ends_at FROM unnest($1::text[], $2::bigint[]) AS wanted (key, ends_at)
    ON CONFLICT (key) DO UPDATE SET tries = c.tries + 1
    RETURNING key, tries
)
SELECT key, tries FROM added
UNION ALL SELECT key, tries FROM rate_count WHERE key = ANY($3::text[])
"""
"""One round trip, rows in the order of their keys so that two processes never wait in a circle."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries in any `seconds`."""

    most: int
    seconds: int


BY_ADDRESS = Limit(120, 60)
BY_CROWD = Limit(1200, 60)
"""Of forms that a crowd behind one address (a carrier's, a school's) sends in the same minute, when
booking opens. What each may take is another question (decision 0022)."""
HOME_BITS = 64
DAY = 24 * 3600
"""Of an IPv6 address: what a provider gives to one home, which has 2^64 addresses in it."""


@dataclass(frozen=True, slots=True)
class Try:
    """One thing to count at one instant: the keys of its two counters, and what they may show.

    Both are digests under the server's secret, with the period in them, so that nothing of an
    address is kept and no row tells whom another one of an hour later belongs to.
    """

    limit: Limit
    key: str
    key_before: str
    in_sight: float
    ends_at: int

    @classmethod
    def at(cls, limit: Limit, name: str, second: float, secret: bytes) -> "Try":
        period, into = divmod(second, limit.seconds)
        return cls(
            limit,
            _digest(f"{name}|{period:.0f}", secret),
            _digest(f"{name}|{period - 1:.0f}", secret),
            1 - into / limit.seconds,
            int(period + 2) * limit.seconds,
        )

    def seen(self, tries: Mapping[str, int]) -> float:
        """How many tries the window shows. Refused ones of the period before weigh no more than
        allowed ones."""
        before = min(tries.get(self.key_before, 0), self.limit.most)
        return tries.get(self.key, 0) + before * self.in_sight

    def is_one_too_many(self, tries: Mapping[str, int]) -> bool:
        return self.seen(tries) > self.limit.most


class RateLimits:
    """The counts of one process, or of all that share a PostgreSQL."""

    def __init__(self, secret: str, seconds: Callable[[], float] = time.time) -> None:
        self._secret = hashlib.sha256(PURPOSE + secret.encode()).digest()
        self._seconds = seconds
        self._own: dict[str, int] = defaultdict(int)
        self._ends: dict[int, list[str]] = {}

    async def hit(self, *wanted: tuple[Limit, str]) -> None:
        """Count one try of each; raises TooManyRequests when one of them is too many."""
        await self.watch(wanted, refusing=len(wanted))

    async def watch(
        self,
        wanted: Sequence[tuple[Limit, str]],
        looked_at: Sequence[tuple[Limit, str]] = (),
        *,
        refusing: int = 0,
    ) -> list[bool]:
        """Count one try of each wanted, none of those that are only looked at; whether each is now,
        or one more would be, beyond its limit, in the order given. One statement for all.

        Raises TooManyRequests when one of the first `refusing` is.
        """
        second = self._seconds()
        tries = [Try.at(limit, name, second, self._secret) for limit, name in (*wanted, *looked_at)]
        count = _count_together if _is_shared() else self._count_alone
        counted = await count(tries[: len(wanted)], tries[len(wanted) :])
        for one in tries[:refusing]:
            if one.is_one_too_many(counted):
                raise TooManyRequests(
                    _("Too many tries. Please wait a minute and try again."),
                    retry_after=one.limit.seconds,
                )
        return [
            one.seen(counted) + (rank >= len(wanted)) > one.limit.most
            for rank, one in enumerate(tries)
        ]

    def name_of_today(self, name: str) -> str:
        """A keyed hash of what somebody is called, another one tomorrow."""
        return _digest(f"{name}|{self._seconds() // DAY:.0f}", self._secret)

    async def _count_alone(
        self, tries: Sequence[Try], _looked_at: Sequence[Try]
    ) -> Mapping[str, int]:
        for ends_at in [end for end in self._ends if end <= self._seconds()]:
            for key in self._ends.pop(ends_at):
                self._own.pop(key, None)
        for one in tries:
            if one.key not in self._own:
                self._ends.setdefault(one.ends_at, []).append(one.key)
            self._own[one.key] += 1
        return self._own


async def _count_together(tries: Sequence[Try], looked_at: Sequence[Try]) -> Mapping[str, int]:
    tries = sorted(tries, key=lambda one: one.key)
    rows = await plain.fetch(
        COUNT,
        [one.key for one in tries],
        [one.ends_at for one in tries],
        [*(one.key_before for one in (*tries, *looked_at)), *(one.key for one in looked_at)],
    )
    return {row["key"]: row["tries"] for row in rows}


async def forget_counts() -> None:
    """Take out what no limit looks at any more."""
    await RateCount.filter(ends_at__lte=int(time.time())).delete()


def _is_shared() -> bool:
    """SQLite is for one web process (settings see to it), whose memory is all there is to share."""
    return plain.is_postgres()


def _digest(name: str, secret: bytes) -> str:
    digest = hashlib.blake2b(name.encode(), key=secret, digest_size=32).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def limits(request: Request) -> RateLimits:
    """The app's counts."""
    return parts_of(request).rate_limits


def network_of(address: str) -> str:
    """What one visitor cannot change at will: an IPv4 address, but the /64 of an IPv6 one."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped or ip_network((int(ip), HOME_BITS), strict=False))


def client_of(request: Request) -> str:
    return network_of(request.client.host) if request.client else ""


async def count(request: Request, what: str) -> None:
    """Count one form of this address; raises TooManyRequests."""
    await limits(request).hit((BY_ADDRESS, f"{what}:{client_of(request)}"))


async def count_in_a_crowd(request: Request, what: str) -> None:
    """As `count`, for what many behind one address do in one minute."""
    await limits(request).hit((BY_CROWD, f"{what}:{client_of(request)}"))
