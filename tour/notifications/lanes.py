"""What is on its way to one service, and what waits for its turn."""

from collections import deque
from dataclasses import dataclass, field

from tour.notifications.outbox import Job

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
    limit: int = field(init=False)
    in_flight: int = 0
    waiting: deque[Job] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.limit = min(FIRST_IN_FLIGHT, self.most)

    @property
    def room(self) -> int:
        """How many more may be claimed."""
        return min(IN_HAND, 2 * self.most) - len(self.waiting) - self.in_flight

    def take(self) -> Job | None:
        """The next try that may start now."""
        if not self.waiting or self.in_flight >= self.limit:
            return None
        self.in_flight += 1
        return self.waiting.popleft()

    def end(self, seconds: float) -> None:
        """A try has ended after `seconds`."""
        self.in_flight -= 1
        if seconds > SLOW_SECONDS and self.limit < self.most:
            self.limit += 1
