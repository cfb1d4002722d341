"""Where numbered pins stand, so that none covers another: point-feature label placement.

Greedy choice among candidate positions, then passes that reconsider each pin with all others in
place (Christensen, Marks and Shieber, "An Empirical Study of Algorithms for Point-Feature Label
Placement", ACM Transactions on Graphics 14(3), 1995, compare this family of methods). What a
position costs is reckoned for all of them at once: one by one it took a minute for a hundred pins.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tour.publishing.drawing.box_rows import (
    Rows,
    Stretches,
    as_rows,
    centres,
    crosses,
    grown,
    holds,
    overlaps,
)
from tour.publishing.drawing.paper import Box, Spot

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
class Pin:
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
) -> list[Pin]:
    """A box of its (width, height) for every spot, in the order of the spots.

    Boxes lie inside the area and outside of what is blocked; they overlap only where there is no
    room left at all. `lines` are walks that one would like to follow with the eye.
    """
    ground = _Ground(
        spots=np.array(spots, float).reshape(-1, 2),
        area=area,
        blocked=as_rows(blocked),
        rather_free=as_rows(rather_free),
        stretches=Stretches.of(lines),
    )
    choices = [ground.choices(spot, size) for spot, size in zip(spots, sizes, strict=True)]
    placed: dict[int, Box] = {}
    crowded_first = sorted(range(len(spots)), key=lambda i: (-ground.neighbours(spots[i]), i))
    for _pass in range(PASSES):
        before = dict(placed)
        for i in crowded_first:
            others = [(spots[j], box) for j, box in placed.items() if j != i]
            placed[i] = choices[i].best(spots[i], others)
        if placed == before:
            break
    return [Pin(spots[i], placed[i]) for i in range(len(spots))]


@dataclass(frozen=True, slots=True)
class _Choices:
    """Where one pin may stand, and what each of these boxes costs whatever other pins do."""

    boxes: Sequence[Box]
    rows: Rows
    costs: Rows

    def best(self, at: Spot, others: Sequence[tuple[Spot, Box]]) -> Box:
        """The first of the cheapest, with the other pins where they stand."""
        costs = self.costs
        if others:
            rows = as_rows([box for _spot, box in others])
            shared = overlaps(grown(self.rows, GAP), rows)
            crossing = crosses(at, centres(self.rows), [spot for spot, _box in others], rows)
            taken = np.where(shared > 0, FORBIDDEN + shared, 0.0) + LEADERS_CROSS * crossing
            costs = costs + taken.sum(axis=1)
        return self.boxes[int(np.argmin(costs))]


@dataclass(frozen=True, slots=True)
class _Ground:
    """The spots and what stands around them while pins are being placed."""

    spots: Rows
    area: Box
    blocked: Rows
    rather_free: Rows
    stretches: Stretches

    def neighbours(self, spot: Spot) -> int:
        return int((np.hypot(*(self.spots - spot).T) < 150).sum())

    def choices(self, at: Spot, size: tuple[float, float]) -> _Choices:
        found = _candidates(at, size)
        boxes = [box for _cost, box in found]
        rows = as_rows(boxes)
        costs = np.array([cost for cost, _box in found])
        costs += np.where([self.area.contains(box) for box in boxes], 0.0, FORBIDDEN)
        costs += FORBIDDEN * holds(grown(rows, GAP), self.spots).sum(axis=1)
        costs += FORBIDDEN * (overlaps(rows, self.blocked) > 0).sum(axis=1)
        costs += UNWELCOME * (overlaps(rows, self.rather_free) > 0).sum(axis=1)
        costs += ON_A_WALK * self.stretches.cut_by(rows)
        return _Choices(boxes, rows, costs)


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
