"""How far it is on foot from one place to a few others, for features that plan no walks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tour.geo import Point
from tour.sites.entries import Catalogue


@dataclass(frozen=True, slots=True)
class OnFoot:
    """Whole minutes, a begun one counted; `approximate` where no street data covers it (目安)."""

    minutes: int
    approximate: bool


class WalksFromOne(Protocol):
    """Whoever knows the town's walks."""

    async def from_one(
        self, catalogue: Catalogue, start: Point, goals: Sequence[Point]
    ) -> list[OnFoot]:
        """From `start` to each goal in turn, at the pace of property advertisements (80 m/min).
        Cheap: it never measures the whole town."""
        ...
