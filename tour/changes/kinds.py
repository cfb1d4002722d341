"""What kinds of rows there is news of, and which row the change of a subject is news of."""

from enum import StrEnum
from types import MappingProxyType

from tour.audit.service import Subject


class Kind(StrEnum):
    """What a reader may have kept a copy of, by its row."""

    TOWN = "town"
    """Whatever all rows share: stations, crafts, words, streets. Everything is read again."""
    PLACE = "place"
    DOOR = "door"
    """How it stands at a place's door; by the place."""
    PROGRAMME = "programme"
    SESSION = "session"
    """One bookable start of a programme."""
    EVENT = "event"
    COURSE = "course"
    PLAN = "plan"
    """A visitor's plan from which something is reserved: when to leave for it is said anew."""


EVERY = 0
"""In place of a row: all rows of its kind."""
News = tuple[Kind, int]

OF_ITSELF = MappingProxyType(
    {
        "town": Kind.TOWN,
        "site": Kind.PLACE,
        "programme": Kind.PROGRAMME,
        "slot": Kind.SESSION,
        "event": Kind.EVENT,
        "course": Kind.COURSE,
    }
)
OF_ITS_PLACE = MappingProxyType({"photo": Kind.PLACE, "day": Kind.DOOR})
OF_NOTHING = frozenset(
    {
        "account",
        "invitation",
        "membership",
        "passkey",
        "reservation",
        "place",  # a party's: its seats are read as they are
        "export",
        "burst",
        "letter",  # to many
        "call",  # of somebody who rang a party
    }
)
"""What no page keeps a copy of."""


def news_of(subject: Subject) -> News | None:
    """The row that a change of the subject is news of; None where no copy is kept of any.

    Raises ValueError for a kind of subject that stands in none of the tables: whoever brings a new
    one says here who must hear of it.
    """
    if kind := OF_ITSELF.get(subject.kind):
        return kind, subject.id
    if kind := OF_ITS_PLACE.get(subject.kind):
        return kind, subject.site_id or EVERY
    if subject.kind in OF_NOTHING:
        return None
    raise ValueError(f"changes.kinds does not say who must hear of a {subject.kind}")
