"""What a browser that asks for notifications on the page of a reservation will truly be told."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tour.i18n import Text, translate
from tour.i18n import lazy as _
from tour.notifications.schedule import EVENING, Choice, Visit, due_reminders
from tour.reservations.standing.shown import ReservationView

WHEN = {
    Choice.EVENING: _("at %(hour)s:00 the day before", hour=EVENING.hour),
    Choice.TWO_HOURS: _("two hours before"),
    Choice.HALF_HOUR: _("half an hour before"),
}
"""In the order in which they come; when to leave is told only to those who have a plan."""


@dataclass(frozen=True, slots=True)
class Told:
    """`ask`: on the button. `on`: once this browser is told. `else_by`: where it cannot be."""

    ask: Text | str
    on: Text | str
    else_by: Text


BY_MAIL = _("This browser cannot show notifications. They come by email.")
ON_THE_PAGE = _("This browser cannot show notifications. This page always says how it stands.")
OF_DRAW = (
    _("Notify me of the result of the draw"),
    _("This device is notified of the result of the draw."),
)
OF_SEATS = (
    _("Notify me when seats come free"),
    _("This device is notified when seats come free."),
)
OF_CHANGES = (_("Notify me of changes"), _("This device is notified of changes."))


def told(view: ReservationView, chosen: Collection[str], zone: ZoneInfo, now: datetime) -> Told:
    """`chosen`: when its party wants to be reminded. What it hopes for comes before what it has."""
    else_by = BY_MAIL if view.has_email else ON_THE_PAGE
    return Told(*_words(view, chosen, zone, now), else_by)


def _words(
    view: ReservationView, chosen: Collection[str], zone: ZoneInfo, now: datetime
) -> tuple[Text | str, Text | str]:
    held = [place.slot for place in view.places if place.is_still_on]
    if not held:
        return OF_DRAW if view.draw and view.draw.is_open else OF_SEATS
    visits = [Visit(slot.id, slot.starts_at) for slot in held]
    due = {one.choice for one in due_reminders(visits, zone, now=now)}
    times = [str(words) for choice, words in WHEN.items() if choice in due & set(chosen)]
    if not times:
        return OF_CHANGES
    when = translate(" and ").join(times)
    return (
        translate("Notify me %(when)s", when=when),
        translate("This device is notified %(when)s, and of changes.", when=when),
    )
