"""The line of a walk as a small drawing: true to the streets, small enough for a list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tour.geo import Point, bounds_of, metres_per_degree

WIDTH, HEIGHT = 320, 180
MARGIN = 28
"""Room for the number of a stop at the edge."""
CORNERS = 120
"""As many as a reader could see at this size; some seven bytes each."""

Spot = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Drawing:
    """`path` is that of an SVG of WIDTH by HEIGHT, north above; `stops` are on it, in order."""

    path: str
    stops: tuple[Spot, ...]


def drawn(line: Sequence[Point], stops: Sequence[Point]) -> Drawing:
    """The walk fitted into the frame. `line` leads from the first stop to the last."""
    place = _Frame([*line, *stops])
    corners = simplified([place.of(point) for point in line], CORNERS)
    steps = "L".join(f"{x} {y}" for x, y in corners)
    return Drawing(f"M{steps}", tuple(place.of(stop) for stop in stops))


class _Frame:
    """Where a point of the earth is in the drawing: as long one way as the other, in the middle."""

    def __init__(self, points: Sequence[Point]) -> None:
        box = bounds_of(points)
        self._per_lat, self._per_lon = metres_per_degree((box.south + box.north) / 2)
        self._lat, self._lon = (box.south + box.north) / 2, (box.west + box.east) / 2
        wide = (box.east - box.west) * self._per_lon / (WIDTH - 2 * MARGIN)
        high = (box.north - box.south) * self._per_lat / (HEIGHT - 2 * MARGIN)
        self._metres = max(wide, high) or 1.0

    def of(self, point: Point) -> Spot:
        x = WIDTH / 2 + (point.lon - self._lon) * self._per_lon / self._metres
        y = HEIGHT / 2 - (point.lat - self._lat) * self._per_lat / self._metres
        return (round(x), round(y))


def simplified(spots: Sequence[Spot], most: int) -> list[Spot]:
    """At most about `most` of them, both ends among them, so that the line is off by the least
    (Douglas and Peucker 1973, with twice the tolerance until it is so)."""
    tolerance, kept = 1.0, _without(spots, 1.0)
    while len(kept) > most:
        tolerance *= 2
        kept = _without(spots, tolerance)
    return kept


def _without(spots: Sequence[Spot], tolerance: float) -> list[Spot]:
    kept, open_parts = {0, len(spots) - 1}, [(0, len(spots) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        inner = range(first + 1, last)
        far = max(inner, key=lambda i: _off(spots[i], spots[first], spots[last]), default=0)
        if inner and _off(spots[far], spots[first], spots[last]) > tolerance:
            kept.add(far)
            open_parts += [(first, far), (far, last)]
    return _without_repeats(spots[i] for i in sorted(kept))


def _off(spot: Spot, start: Spot, end: Spot) -> float:
    """How far a spot is from the stretch between two."""
    (x, y), (ax, ay), (bx, by) = spot, start, end
    along_x, along_y = bx - ax, by - ay
    length = along_x**2 + along_y**2
    share = ((x - ax) * along_x + (y - ay) * along_y) / length if length else 0.0
    share = min(1.0, max(0.0, share))
    return float(((x - ax - share * along_x) ** 2 + (y - ay - share * along_y) ** 2) ** 0.5)


def _without_repeats(spots: Iterable[Spot]) -> list[Spot]:
    kept: list[Spot] = []
    for spot in spots:
        if not kept or kept[-1] != spot:
            kept.append(spot)
    return kept
