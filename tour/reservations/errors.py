"""What a visitor can run into while reserving."""

from tour.errors import Conflict, TooManyRequests
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.reservations.models import Place

CONTACT = "contact"
"""Stands for whichever of `email` and `phone` a party has given."""


class SlotFull(Conflict):
    """Not enough seats are left; `slot` says where, so that a page can offer the next time."""

    problem = "slot-full"
    field = "adults"

    def __init__(self, slot_id: int) -> None:
        message = _("There are no longer enough seats at this time. Nothing was reserved.")
        super().__init__(message, slot=slot_id)
        self.slot_id = slot_id


class BookingRefused(Conflict):
    """The slot cannot be booked now, whatever its seats."""

    problem = "booking-refused"

    def __init__(self, message: Text, slot_id: int, field: str = "") -> None:
        super().__init__(message, slot=slot_id)
        self.slot_id = slot_id
        self.field = field


class Clashing(Conflict):
    """What the contact holds stands against a wish, unless it is chosen in so many words.

    `slot` names the time that was wished for. `held` is the place that stands against it, None
    when both are of one wish: it is shown to nobody but who holds it (decision 0018).
    """

    choice = ""
    """The field by which it is chosen all the same."""

    def __init__(self, slot_id: int, held: Place | None, message: Text) -> None:
        super().__init__(message, slot=slot_id)
        self.slot_id = slot_id
        self.held = held


class AlreadyReserved(Clashing):
    """The same contact has places at this time."""

    problem = "already-reserved"
    choice = "again"

    def __init__(self, slot_id: int, held: Place | None) -> None:
        message = _("With this email address or phone number this time is reserved already.")
        super().__init__(slot_id, held, message)


class Overlapping(Clashing):
    """The same contact has another session at that time, or asks for two at once."""

    problem = "overlapping"
    choice = "split"

    def __init__(self, slot_id: int, held: Place | None) -> None:
        other = _(
            "With this email address or phone number another session at that time is reserved."
        )
        both = _("Two of these sessions are at the same time.")
        super().__init__(slot_id, held, other if held else both)


class TooLateToChange(Conflict):
    problem = "too-late-to-change"


class KeyReused(Conflict):
    """An idempotency key came again with another wish: nobody may open a reservation by it."""

    problem = "key-reused"


class SeatsFree(Conflict):
    """A party that fits need not queue."""

    problem = "seats-free"


class AlreadyWaiting(Conflict):
    """This contact queues for the slot, or is in the draw, already."""

    problem = "already-waiting"
    field = CONTACT


class OfferGone(Conflict):
    """The offer was answered, ran out, or never was."""

    problem = "offer-gone"


class LimitReached(Conflict):
    """This contact holds as many reservations of the event as its rules allow."""

    problem = "limit-reached"
    field = CONTACT


class ChangedMeanwhile(Conflict):
    problem = "changed-meanwhile"


class NothingHeld(Conflict):
    """There is no reservation that could be joined: it was cancelled, or is over."""

    problem = "nothing-held"

    def __init__(self) -> None:
        super().__init__(_("This reservation has been cancelled or is over. Please reserve anew."))


class TooManyPlaces(Conflict):
    """One reservation holds so many sessions at most."""

    problem = "too-many-places"

    def __init__(self, most: int) -> None:
        super().__init__(_("One reservation can hold at most %(n)s sessions.", n=most))


class CodeFirst(Conflict):
    """The contact of what is held must be proved before more is added to it."""

    problem = "code-first"

    def __init__(self) -> None:
        super().__init__(
            _("Here a code is sent by email first. Please reserve this session by its own form.")
        )


class EntriesClosed(Conflict):
    """The draw takes no entries any more, and gives none back."""

    problem = "entries-closed"


class CheckNeeded(Conflict):
    """Seats are held; the code sent by mail makes them the party's. Told to programs only."""

    problem = "contact-check"


class CheckEnded(Conflict):
    """The code did not come in time, or was wrong too often; nothing is held any more."""

    problem = "contact-check-ended"


class TooManyChecks(TooManyRequests):
    """Too many codes to one contact were asked for and not used."""

    field = CONTACT
