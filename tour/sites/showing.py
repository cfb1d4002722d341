"""What a visitor sees of a place and of what is in it: photos, sessions, their times. Pure.

Visitors' pages show just what is SHOWN here. Every screen of hosts and staff that says whether
something is public asks here, so that none says "visitors see it now" of what answers 404;
`templates/_showing.html` has the words.
"""

from datetime import datetime
from enum import StrEnum


class Showing(StrEnum):
    SHOWN = "shown"
    WAITS = "waits"
    """Ready for all that its host has to do, in a place that never was public: staff look first."""
    WITHDRAWN = "withdrawn"
    """In a place that was taken off the list."""
    DRAFT = "draft"
    PAUSED = "paused"
    REMOVED = "removed"
    OVER = "over"


OF_PLACES = frozenset({Showing.SHOWN, Showing.WAITS, Showing.WITHDRAWN})
"""How a place itself can stand."""


def of_place(*, is_published: bool, withdrawn_at: datetime | None) -> Showing:
    """One of OF_PLACES."""
    if is_published:
        return Showing.SHOWN
    return Showing.WITHDRAWN if withdrawn_at else Showing.WAITS


def of_programme(
    place: Showing,
    *,
    is_published: bool,
    first_published_at: datetime | None,
    removed_at: datetime | None = None,
) -> Showing:
    """Of a session: what its host can mend goes before what the place hides."""
    if removed_at:
        return Showing.REMOVED
    if not is_published:
        return Showing.PAUSED if first_published_at else Showing.DRAFT
    return place


def of_time(programme: Showing, *, ends_at: datetime, now: datetime) -> Showing:
    """Of one time of a session; a called-off one is shown, as called off."""
    return Showing.OVER if ends_at <= now else programme


def of_photo(place: Showing, *, removed_at: datetime | None) -> Showing:
    return Showing.REMOVED if removed_at else place
