"""What an engine that knows the streets answers, and what it must be able to do.

`Streets` is the engine of this process. A remote one (`valhalla`) takes its place by having the two
functions of `WalkEngine`; `walks` knows no more than these.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tour.geo import Point

STANDARD_PACE = 80.0
"""Metres a minute, as Japanese property advertisements count (不動産の表示に関する公正競争規約)."""

EASY_PACE = 60.0
"""With small children, or taking one's time."""

SLOW_PACE = 45.0


class Profile(StrEnum):
    """Who walks."""

    WALK = "walk"
    NO_STEPS = "no_steps"
    """With a stroller or a wheelchair: never over steps."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a path that looks the same all along."""

    names: Mapping[str, str]
    """The street's name by language, the local one under ""; empty when it has none."""
    line: tuple[Point, ...]
    distance_m: float
    is_steps: bool = False
    is_bridge: bool = False
    is_tunnel: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """The shortest way on foot from door to door."""

    distance_m: float
    """With the metres between each door and the street."""
    line: tuple[Point, ...]
    stretches: tuple[Stretch, ...]
    """Along the streets only; empty when both doors face the same spot of a street."""


class NoAnswer(Exception):
    """The engine cannot be asked at present. That says nothing about the places."""


class WalkEngine(Protocol):
    """Shortest walks. None and infinity mean: no street near the place, or no way between.

    One that is not in this process may raise NoAnswer.
    """

    def path(self, start: Point, end: Point, profile: Profile) -> Path | None: ...

    def lengths(
        self, starts: Sequence[Point], ends: Sequence[Point], profile: Profile
    ) -> NDArray[np.float64]:
        """Metres from each start (rows) to each end (columns)."""
        ...
