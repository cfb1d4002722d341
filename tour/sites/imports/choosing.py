"""What of a file is brought in: rows and columns may be left out, and some rows make one doubt."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tour.geo import Point, distance_m
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.sites.imports.comparing import Changes, RowChange
from tour.sites.imports.file import SiteRow

FAR_M = 5_000
"""From the edge of the town: a slip of one digit is farther."""
NEVER_LEFT_OUT = "name"
"""A new place has one, and a known place is found by it."""
Box = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Lines and fields that stay out; all else is brought in."""

    lines: frozenset[int] = frozenset()
    fields: frozenset[str] = frozenset()

    def of(self, changes: Changes) -> Changes:
        return tuple(
            each for each in changes if each[0] == NEVER_LEFT_OUT or each[0] not in self.fields
        )

    def among(self, found: Iterable[RowChange]) -> tuple[RowChange, ...]:
        """What is left of these; a row of which nothing is left does nothing."""
        chosen = (each for each in found if each.row.line not in self.lines)
        narrowed = (replace(each, changes=self.of(each.changes)) for each in chosen)
        return tuple(each for each in narrowed if each.changes)


EVERYTHING = Choice()


def doubt_of(row: SiteRow, town: Box) -> Text | None:
    """Why a row is perhaps a mistake, though it can be read; None where nothing is odd."""
    if row.lat is None or row.lon is None:
        return None
    west, south, east, north = town
    nearest = Point(lat=min(max(row.lat, south), north), lon=min(max(row.lon, west), east))
    far = distance_m(Point(lat=row.lat, lon=row.lon), nearest)
    if far < FAR_M:
        return None
    return _("About %(km)s km from the town. Is the position right?", km=round(far / 1000))
