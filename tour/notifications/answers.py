"""What an answer of a push service means, and when to try again. Pure.

RFC 8030 and RFC 9110 say what the numbers mean; where services differ, the comment says which.
Nothing is given up for having been tried often: a message is tried until it is pointless.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

from tour.words.typed import number_in

MOST_REFUSALS = 10
"""Tries, within about half an hour, of a message whose refusal may be the server's own trouble."""
UNCERTAIN_PAUSES = (timedelta(minutes=2), timedelta(minutes=20))
"""Before a letter is handed over again whose acceptance was lost; after these it counts as sent."""
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=15)
LONGEST_RETRY_AFTER = timedelta(hours=1)
"""A service that asks for more is asked again by then: its clock or ours may be wrong."""


class Verdict(StrEnum):
    SENT = "sent"
    GONE = "gone"
    TOO_LARGE = "too large"
    RETRY = "retry"
    REFUSED = "refused"
    """Perhaps for good, perhaps by a trouble of the server's own: tried `MOST_REFUSALS` times."""
    UNCERTAIN = "uncertain"
    """Handed over whole, but the answer was lost: it may have arrived."""
    FAILED = "failed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """What it would have said is no longer so (see `wording`)."""


class Whose(StrEnum):
    """Whose trouble it is that a message was not taken."""

    MESSAGE = "message"
    """Its own, its reader's or its browser's."""
    UNCLEAR = "unclear"
    """The service's if it happens to two in a row."""
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try ended. `problem` is for staff and never holds an address or a key.

    `retry_after` is what the service asked for.
    """

    verdict: Verdict
    problem: str = ""
    retry_after: timedelta | None = None
    whose: Whose = Whose.MESSAGE


SENT = Outcome(Verdict.SENT)


def judge(status: int, headers: Mapping[str, str], *, now: datetime) -> Outcome:
    """The meaning of an HTTP answer; `now` is real time, for a Retry-After that is a date."""
    if status in (200, 201, 202):
        return SENT
    if status in (404, 410):
        return Outcome(Verdict.GONE, f"{status} unsubscribed")
    if status == 413:
        return Outcome(Verdict.TOO_LARGE, "413 too large")
    if status in (408, 425, 429) or status >= 500:
        wait = retry_after(headers.get("Retry-After"), now=now)
        return Outcome(Verdict.RETRY, f"{status} try later", wait, Whose.UNCLEAR)
    return Outcome(Verdict.FAILED, _refusal(status, headers))


def _refusal(status: int, headers: Mapping[str, str]) -> str:
    if status in (401, 403):
        return f"{status} refused our VAPID key or subject"
    if 300 <= status < 400:
        return f"{status} redirect, not followed"
    # Windows explains a 400 in headers of its own; these hold fixed words only.
    words = [headers.get(name, "") for name in ("X-WNS-Status", "X-WNS-NotificationStatus")]
    known = " ".join(word for word in words if word.isalpha() and len(word) < 30)
    return f"{status} refused {known}".strip()


def retry_after(text: str | None, *, now: datetime) -> timedelta | None:
    """Retry-After as seconds or as a date (RFC 9110, 10.2.3), held between 0 and an hour."""
    if not text:
        return None
    try:
        if text.isascii() and (seconds := number_in(text.strip(), 40)) is not None:
            wait = timedelta(seconds=min(seconds, 86400))
        else:
            wait = parsedate_to_datetime(text) - now
    except (ValueError, TypeError):
        return None
    return min(max(wait, timedelta()), LONGEST_RETRY_AFTER)


def pause_before(
    attempt: int, asked: timedelta | None, random_part: float | None = None
) -> timedelta:
    """How long to wait after the failed `attempt` (1, 2 …): doubling, half of it at random.

    What the service asked for is the least; the random part on top keeps senders from returning
    all at the same moment.
    """
    part = random.random() if random_part is None else random_part  # noqa: S311 - not a secret
    backoff: timedelta = min(FIRST_RETRY * (1 << min(attempt, 12) - 1), LONGEST_RETRY)
    if asked is not None:
        return asked + min(backoff, asked / 4 + timedelta(seconds=1)) * part
    return backoff / 2 + backoff / 2 * part
