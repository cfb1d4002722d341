"""What a visitor can run into while reserving."""

from tour.errors import Conflict
from tour.i18n import Text
from tour.i18n import lazy as _


class SlotFull(Conflict):
    """Not enough seats are left; `slot` says where, so that a page can offer the next time."""

    problem = "slot-full"

    def __init__(self, slot_id: int) -> None:
        message = _("There are no longer enough seats at this time. Nothing was reserved.")
        super().__init__(message, slot=slot_id)
        self.slot_id = slot_id


class BookingRefused(Conflict):
    """The slot cannot be booked now, whatever its seats."""

    problem = "booking-refused"

    def __init__(self, message: Text, slot_id: int) -> None:
        super().__init__(message, slot=slot_id)
        self.slot_id = slot_id


class TooLateToChange(Conflict):
    problem = "too-late-to-change"
