"""What the letters of reservations say as they leave, by their keys (see `notifications.wording`).

Reminders of visits are not among them: they name instants only, and whoever moves a session renews
them with it.
"""

from types import MappingProxyType

from tour.notifications.wording import Wording
from tour.reservations import (
    absences,
    calling,
    contact_check,
    draw_results,
    lateness,
    offering,
    receipts,
    reminders,
    slot_changes,
)

WORDING: Wording = MappingProxyType(
    {
        "offer:": offering.words,
        contact_check.CODE_KEY: contact_check.words,
        reminders.RECEIPT: receipts.words,
        "free-now:": calling.words,
        "coming:": absences.coming_words,
        "released:": absences.released_words,
        "draw:": draw_results.words,
        "delay:": lateness.words,
        "cancelled:": slot_changes.called_off_words,
        "news:": slot_changes.holders_words,
        "door:": slot_changes.holders_words,
    }
)
