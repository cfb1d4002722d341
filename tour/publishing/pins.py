"""Where numbered pins stand, so that none covers another: point-feature label placement.

Greedy choice among candidate positions, then passes that reconsider each pin with all others in
place (Christensen, Marks and Shieber, "An Empirical Study of Algorithms for Point-Feature Label
Placement", ACM Transactions on Graphics 14(3), 1995, compare this family of methods).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tour.publishing.paper import Box, Spot

DIRECTIONS = 16
RINGS = (1.0, 1.4, 1.9, 2.6, 3.4, 4.4, 5.6, 7.0)
"""Distances from the place that are tried, in heights of a pin."""

PASSES = 3
GAP = 5.0
FORBIDDEN = 1_000.0
"""What covering another pin, or its place, costs; distance costs about one per ring."""

LEADERS_CROSS = 40.0
ON_A_WALK = 1.2
UNWELCOME = 6.0
"""For covering what one would rather read, such as the name of a station."""


@dataclass(frozen=True, slots=True)
class PinPlace:
    """A pin that stands in `box` and belongs to the spot `at`."""

    at: Spot
    box: Box


def place_pins(
    spots: Sequence[Spot],
    sizes: Sequence[tuple[float, float]],
    area: Box,
    *,
    blocked: Sequence[Box] = (),
    rather_free: Sequence[Box] = (),
    lines: Sequence[Sequence[Spot]] = (),
) -> list[PinPlace]:
    """A box of its (width, height) for every spot, in the order of the spots.

    Boxes lie inside the area and outside of what is blocked; they overlap only where there is no
    room left at all. `lines` are walks that one would like to follow with the eye.
    """
    stretches = [pair for line in lines for pair in pairwise(line)]
    table = _Table(spots, area, blocked, rather_free, stretches)
    placed: dict[int, Box] = {}
    crowded_first = sorted(range(len(spots)), key=lambda i: (-table.neighbours(i), i))
    for _pass in range(PASSES):
        before = dict(placed)
        for i in crowded_first:
            others = {j: box for j, box in placed.items() if j != i}
            placed[i] = table.best(i, sizes[i], others)
        if placed == before:
            break
    return [PinPlace(spots[i], placed[i]) for i in range(len(spots))]


class _Table:
    """The spots and what stands around them while pins are being placed."""

    def __init__(
        self,
        spots: Sequence[Spot],
        area: Box,
        blocked: Sequence[Box],
        rather_free: Sequence[Box],
        stretches: Sequence[tuple[Spot, Spot]],
    ) -> None:
        self.spots = spots
        self.area = area
        self.blocked = blocked
        self.rather_free = rather_free
        self.stretches = stretches

    def neighbours(self, i: int) -> int:
        return sum(math.dist(self.spots[i], spot) < 150 for spot in self.spots)

    def best(self, i: int, size: tuple[float, float], others: dict[int, Box]) -> Box:
        least, chosen = math.inf, None
        for base, box in _candidates(self.spots[i], size):
            if base >= least:
                break
            cost = base + self._cost(i, box, others, least - base)
            if cost < least:
                least, chosen = cost, box
        assert chosen is not None  # noqa: S101 - there are always candidates
        return chosen

    def _cost(self, i: int, box: Box, others: dict[int, Box], limit: float) -> float:
        cost = 0.0 if self.area.contains(box) else FORBIDDEN
        room = box.grown(GAP)
        cost += FORBIDDEN * sum(room.holds(spot) for spot in self.spots)
        cost += FORBIDDEN * sum(box.overlap(other) > 0 for other in self.blocked)
        cost += UNWELCOME * sum(box.overlap(name) > 0 for name in self.rather_free)
        if cost < limit and any(box.cut(*stretch) for stretch in self.stretches):
            cost += ON_A_WALK
        at, centre = self.spots[i], box.centre
        for j, other in others.items():
            if cost >= limit:
                return cost
            if overlap := room.overlap(other):
                cost += FORBIDDEN + overlap
            if _cross(at, centre, self.spots[j], other.centre):
                cost += LEADERS_CROSS
        return cost


def _candidates(at: Spot, size: tuple[float, float]) -> list[tuple[float, Box]]:
    """(cost, box) around a spot, cheapest first: near before far, above before below."""
    width, height = size
    found = []
    for ring in RINGS:
        for step in range(DIRECTIONS):
            angle = 2 * math.pi * step / DIRECTIONS
            # An ellipse, for a pin is wider than high.
            x = at.x + math.sin(angle) * (width / 2 + height * (ring - 0.5))
            y = at.y - math.cos(angle) * height * (ring + 0.1)
            lean = 0.35 * (1 - math.cos(angle))
            found.append((ring + lean, Box.around(Spot(x, y), width, height)))
    return sorted(found, key=lambda candidate: candidate[0])


def _cross(a: Spot, b: Spot, c: Spot, d: Spot) -> bool:
    """Whether the stretch from a to b crosses the one from c to d."""
    return (_side(a, b, c) != _side(a, b, d)) and (_side(c, d, a) != _side(c, d, b))


def _side(a: Spot, b: Spot, c: Spot) -> bool:
    return (b.x - a.x) * (c.y - a.y) > (b.y - a.y) * (c.x - a.x)
