"""Many boxes, spots and stretches at once: rows of numbers instead of one object after another.

A box is a row of left, top, right, bottom; a spot of x, y; a stretch of x, y, x, y. Every function
answers as its namesake of `Box` does for one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tour.publishing.drawing.paper import Box, Spot

Rows = NDArray[np.float64]
Flags = NDArray[np.bool_]


def as_rows(boxes: Sequence[Box]) -> Rows:
    rows = [(box.left, box.top, box.right, box.bottom) for box in boxes]
    return np.array(rows, float).reshape(-1, 4)


def grown(boxes: Rows, by: float) -> Rows:
    found: Rows = boxes + np.array([-by, -by, by, by])
    return found


def centres(boxes: Rows) -> Rows:
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def overlaps(boxes: Rows, others: Rows) -> Rows:
    """The area that each box (rows) shares with each other one (columns)."""
    a, b = boxes[:, None], others[None]
    width = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
    height = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
    return np.where((width > 0) & (height > 0), width * height, 0.0)


def holds(boxes: Rows, spots: Rows) -> Flags:
    """Whether each box (rows) holds each spot (columns)."""
    a, b = boxes[:, None], spots[None]
    x, y = b[..., 0], b[..., 1]
    found: Flags = (a[..., 0] <= x) & (x <= a[..., 2]) & (a[..., 1] <= y) & (y <= a[..., 3])
    return found


def crosses(at: Spot, ends: Rows, spots: Sequence[Spot], boxes: Rows) -> Flags:
    """Whether the stretch from `at` to each end (rows) crosses the one from each spot to the middle
    of its box (columns)."""
    a, b = np.array(at), ends[:, None]
    c, d = np.array(spots)[None], centres(boxes)[None]
    apart = _side(a, b, c) != _side(a, b, d)
    found: Flags = apart & (_side(c, d, a) != _side(c, d, b))
    return found


def _side(a: Rows, b: Rows, c: Rows) -> Flags:
    found: Flags = (b - a)[..., 0] * (c - a)[..., 1] > (b - a)[..., 1] * (c - a)[..., 0]
    return found


@dataclass(frozen=True, slots=True)
class Stretches:
    """Straight parts of walks, each once however many walks go along it."""

    rows: Rows

    @classmethod
    def of(cls, lines: Sequence[Sequence[Spot]]) -> "Stretches":
        both = ((min(pair), max(pair)) for line in lines for pair in pairwise(line))
        rows = [(*a, *b) for a, b in dict.fromkeys(both)]
        return cls(np.array(rows, float).reshape(-1, 4))

    def __len__(self) -> int:
        return len(self.rows)

    def cut_by(self, boxes: Rows) -> Flags:
        """Whether each box has a part of one of them inside."""
        cut = np.zeros(len(boxes), bool)
        around = np.hstack([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])
        near = self.rows[_touches(around[None], self.rows)[0]]
        which, stretch = _touches(boxes, near).nonzero()
        cut[which[_cut(boxes[which], near[stretch])]] = True
        return cut


def _touches(boxes: Rows, stretches: Rows) -> Flags:
    """Whether each box (rows) may cut each stretch (columns): it does not lie all on one side."""
    left, top, right, bottom = (boxes[:, [side]] for side in range(4))
    x, y = stretches[:, [0, 2]], stretches[:, [1, 3]]
    across: Flags = (x.max(axis=1) >= left) & (x.min(axis=1) <= right)
    down: Flags = (y.max(axis=1) >= top) & (y.min(axis=1) <= bottom)
    found: Flags = across & down
    return found


def _cut(boxes: Rows, stretches: Rows) -> Flags:
    """Whether each box has a part of the stretch of the same row inside, as `Box.cut`: Liang and
    Barsky 1984."""
    x, y = stretches[:, 0], stretches[:, 1]
    dx, dy = stretches[:, 2] - x, stretches[:, 3] - y
    enters, leaves = np.zeros(len(x)), np.ones(len(x))
    inside = np.ones(len(x), bool)
    for step, room in (
        (-dx, x - boxes[:, 0]),
        (dx, boxes[:, 2] - x),
        (-dy, y - boxes[:, 1]),
        (dy, boxes[:, 3] - y),
    ):
        inside &= (step != 0) | (room >= 0)
        share = np.divide(room, step, out=np.zeros(len(x)), where=step != 0)
        enters = np.where(step < 0, np.maximum(enters, share), enters)
        leaves = np.where(step > 0, np.minimum(leaves, share), leaves)
    found: Flags = inside & (enters < leaves)
    return found
