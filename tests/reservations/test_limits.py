"""A limit lets through what is allowed, and no more, whenever the period turns."""

import pytest

from tour.errors import TooManyRequests
from tour.reservations.limits import BY_ADDRESS, RateLimits


class Stopwatch:
    seconds = 600.0

    def __call__(self) -> float:
        return self.seconds


def tries(limits: RateLimits, count: int, address: str = "192.0.2.1") -> int:
    """How many of so many tries are let through."""
    allowed = 0
    for _number in range(count):
        try:
            limits.hit(BY_ADDRESS, "reserve", address)
        except TooManyRequests:
            continue
        allowed += 1
    return allowed


def test_one_address_is_slowed_and_another_is_not() -> None:
    limits = RateLimits(Stopwatch())
    assert tries(limits, 200) == BY_ADDRESS.most
    assert tries(limits, 1, "192.0.2.2") == 1


@pytest.mark.parametrize(("later", "allowed"), [(59.0, 0), (90.0, 60), (120.0, 120)])
def test_tries_come_back_as_time_passes(later: float, allowed: int) -> None:
    watch = Stopwatch()
    limits = RateLimits(watch)
    tries(limits, 200)
    watch.seconds += later
    assert tries(limits, 200) == allowed
