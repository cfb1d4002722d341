"""The sizes of paper that a map is printed on (ISO 216), and how its picture stands on them."""

from dataclasses import dataclass
from enum import StrEnum

from tour.errors import BadInput
from tour.i18n import lazy as _
from tour.publishing.drawing.picture import Picture

HEIGHTS_A4 = (2280, 2160, 1950)
HEIGHTS_POSTER = (2150, 1850)
HEIGHTS_A3 = (3350, 3150, 2900)
"""Of the picture, in tenths of a millimetre, in the order in which they are tried."""

MOST_ON_A_POSTER = 30
"""More never fit below the picture, so that way is not even tried."""


class Sheet(StrEnum):
    """A4 is a leaflet, map in front and list behind; A3 is a poster with both on one side."""

    A4 = "A4"
    A3 = "A3"

    @classmethod
    def read(cls, text: str) -> "Sheet":
        """The sheet of that name; BadInput when there is none, A4 when none is asked for."""
        try:
            return cls((text or cls.A4).upper())
        except ValueError:
            hint = _("A map is printed as size=A4 or size=A3.")
            raise BadInput(hint, {"size": hint}) from None


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to fill a sheet: how large the picture is, and where the list stands."""

    sheet: Sheet
    picture: Picture
    columns: int
    list_below: bool

    def fits(self, pages: int, list_page: int) -> bool:
        """Whether head, picture and legend share the first page, with the list where it belongs."""
        return pages == 1 if self.list_below else list_page == 2


def layouts(sheet: Sheet, places: int) -> tuple[Layout, ...]:
    """Ways to fill a sheet, the best first; the last one is taken when none fits.

    A long title, many kinds and many courses leave the picture less room, which only setting the
    page can tell.
    """
    if sheet == Sheet.A4:
        return tuple(Layout(sheet, Picture(1900, high), 2, False) for high in HEIGHTS_A4)
    heights = HEIGHTS_POSTER if places <= MOST_ON_A_POSTER else ()
    posters = (Layout(sheet, Picture(2730, high, size=1.25), 3, True) for high in heights)
    leaflets = (Layout(sheet, Picture(2730, high, size=1.25), 3, False) for high in HEIGHTS_A3)
    return *posters, *leaflets
