"""What a visitor asks of a day. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from tour.geo import Point
from tour.routes.paths import EASY_PACE, SLOW_PACE, STANDARD_PACE, Profile
from tour.routes.planner.problem import Break
from tour.sites.states import SiteKind

COMFORTABLE_M = (6000, 4500, 3000)
"""Metres of a day: adults, with children or slowly, both."""


class WalkStyle(StrEnum):
    NORMAL = "normal"
    NO_STEPS = "no_steps"
    SLOW = "slow"


LUNCH = Break(earliest=11 * 60 + 30, latest=13 * 60 + 15, length=45)
EATEN_BEFORE, EATEN_AFTER = 12 * 60, 13 * 60
"""Who sets out later than the first, or is back before the second, eats at home."""


@dataclass(frozen=True, slots=True)
class DayWish:
    """A day as a visitor wants it."""

    day: date
    start: Point
    starts: int
    end: Point
    ends: int
    adults: int = 1
    children: int = 0
    interests: Mapping[SiteKind, int] = field(default_factory=dict)
    """What a kind counts; 0 leaves it out. A kind that is not named counts `OTHERWISE`."""
    must: tuple[int, ...] = ()
    """Sites by id."""
    too_many: tuple[int, ...] = ()
    """Those that were asked for beyond what a plan takes."""
    lang: str = "ja"
    """A session in the reader's own language counts more than one in another."""
    style: WalkStyle = WalkStyle.NORMAL
    lunch: bool = True
    most_walking_m: int | None = None
    most_leg_minutes: int | None = None
    """The longest walk from one place to the next."""
    comfortably: bool = False
    """Propose no more walking than such a party likes, where it did not say how much."""
    reserved: frozenset[int] = frozenset()
    """Slots that this party has reserved already."""
    held: frozenset[int] = frozenset()
    """Slots that it wants to keep whatever else changes."""
    set_out: int | None = None
    """When the day began, where this is the rest of it: who was out before noon eats on the way."""
    walked: int = 0
    """Minutes on foot so far: limits are those of the whole day."""

    @property
    def party_size(self) -> int:
        return self.adults + self.children

    @property
    def profile(self) -> Profile:
        return Profile.NO_STEPS if self.style == WalkStyle.NO_STEPS else Profile.WALK

    @property
    def pace(self) -> float:
        """Metres a minute: slower with children, slower by choice, slowest with both."""
        reasons = (self.children > 0) + (self.style == WalkStyle.SLOW)
        return (STANDARD_PACE, EASY_PACE, SLOW_PACE)[reasons]

    @property
    def comfortable_m(self) -> int:
        """What such a party usually likes to walk in a day."""
        reasons = (self.children > 0) + (self.style != WalkStyle.NORMAL)
        return COMFORTABLE_M[reasons]

    @property
    def most_minutes(self) -> int | None:
        """The most walking in minutes, of what the visitor asked for, that is still to come."""
        most = self.most_walking_m
        return None if most is None else int(most / self.pace) - self.walked

    @property
    def proposed_minutes(self) -> int | None:
        """The most walking in minutes of a proposal."""
        if self.most_walking_m is None and self.comfortably:
            return int(self.comfortable_m / self.pace) - self.walked
        return self.most_minutes

    @property
    def meal(self) -> Break | None:
        began = self.starts if self.set_out is None else self.set_out
        is_out = began <= EATEN_BEFORE and self.ends >= EATEN_AFTER
        return LUNCH if self.lunch and is_out else None
