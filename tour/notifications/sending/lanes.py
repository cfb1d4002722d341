"""What is on its way to one service, and what waits for its turn."""

import heapq
from dataclasses import dataclass, field
from itertools import count

from tour.notifications.sending.outbox import Job

FIRST_IN_FLIGHT = 64
IN_FLIGHT = 250
IN_HAND = 500
"""Claimed ahead, so that nobody waits for the database: at worst two rounds of tries, which end
well within a lease."""
SLOW_SECONDS = 0.08
"""Above what a try takes that waits for its turn in a full process. Whatever is quicker is served
by the first 64 at 800 a second and more."""


@dataclass(slots=True)
class Lane:
    """Tries of one service. A quick one is served by few connections, and each costs a handshake;
    a slow one gets one more with every answer, up to `most`."""

    most: int = IN_FLIGHT
    first: int = FIRST_IN_FLIGHT
    slow_seconds: float = SLOW_SECONDS
    limit: int = field(init=False)
    in_flight: int = 0
    _waiting: list[tuple[int, int, Job]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        self.limit = min(self.first, self.most)

    @property
    def room(self) -> int:
        """How many more may be claimed."""
        return min(IN_HAND, 2 * self.most) - len(self._waiting) - self.in_flight

    def add(self, job: Job) -> None:
        """Behind what is as urgent, before what is less."""
        heapq.heappush(self._waiting, (job.urgency, next(self._order), job))

    def take(self) -> Job | None:
        """The next try that may start now."""
        if not self._waiting or self.in_flight >= self.limit:
            return None
        self.in_flight += 1
        return heapq.heappop(self._waiting)[2]

    def empty(self) -> list[Job]:
        """Everything that waits here, which is given back."""
        waiting, self._waiting = self._waiting, []
        return [job for _urgency, _order, job in waiting]

    def end(self, seconds: float) -> None:
        """A try has ended after `seconds`."""
        self.in_flight -= 1
        if seconds > self.slow_seconds and self.limit < self.most:
            self.limit += 1
