"""How long to plan: by the clock, or by steps."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to try: until the clock says so, or for so many steps (then always alike)."""

    seconds: float
    steps: int | None = None
    began: float = 0.0

    @staticmethod
    def starting_now(seconds: float, steps: int | None) -> "Effort":
        """`seconds` from now, and at most so many steps."""
        return Effort(seconds, steps, perf_counter())

    def spent(self) -> float:
        """The share of the time that is over."""
        return (perf_counter() - self.began) / max(self.seconds, 1e-9)

    def share_of(self, seconds: float, *, at_most: float) -> float:
        """So many seconds as a share of the time; bounded by steps, the most that it may be."""
        if self.steps is not None:
            return at_most
        return min(at_most, seconds / max(self.seconds, 1e-9))

    def until(self, share: float) -> Callable[[], bool]:
        """Whether to go on, for work that should end at a share of the time."""
        if self.steps is not None:
            return lambda: True
        return lambda: self.spent() < share
