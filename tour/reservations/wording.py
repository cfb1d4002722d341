"""What the letters of reservations say as they leave, by their keys
(see `notifications.sending.wording`).

Reminders of visits name instants only, and whoever moves a session renews them with it; those of a
whole day have what the party pays added as they leave.
"""

from types import MappingProxyType

from tour.notifications.schedule import Choice
from tour.notifications.sending.wording import Wording
from tour.reservations.changes import lateness, slots
from tour.reservations.door import absences
from tour.reservations.draws import results
from tour.reservations.messages import money, receipts, reminders
from tour.reservations.parties import contact_check
from tour.reservations.waitlist import calling, offering

WORDING: Wording = MappingProxyType(
    {
        "offer:": offering.words,
        contact_check.CODE_KEY: contact_check.words,
        reminders.RECEIPT: receipts.words,
        f"{Choice.EVENING}:": money.words,
        f"{Choice.TWO_HOURS}:": money.words,
        "free-now:": calling.words,
        "coming:": absences.coming_words,
        "released:": absences.released_words,
        "draw:": results.words,
        "delay:": lateness.words,
        "cancelled:": slots.called_off_words,
        "news:": slots.holders_words,
        "door:": slots.holders_words,
    }
)
