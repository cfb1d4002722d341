"""What the planner finds, in sentences for a visitor."""

from collections.abc import Mapping

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.routes.days.day import LEAD, Refusal
from tour.routes.planner.plan import Wish
from tour.routes.planner.problem import Reason, TimedStop, Trouble
from tour.routes.plans.forms import MOST_MUSTS
from tour.sites.opening.hours import clock_text

WHY_NOT: Mapping[str, Text] = {
    Refusal.NOT_WALKABLE: _("Its position is only roughly known, so no walk leads there yet."),
    Refusal.HOURS_UNKNOWN: _("Its opening hours on this day are not known."),
    Reason.CLOSED: _("It is not open while you are out."),
    Reason.NO_SEATS: _("It has no time with enough seats for your party."),
    Reason.LEG_TOO_LONG: _("The walk to it at one go is longer than you chose."),
    Reason.TOO_FAR: _("With it, the day would have more walking than you chose."),
    Refusal.MORE_THAN_USUAL: _(
        "With it, the day would have more walking than suits your party. Choose \u201cAs far as it"
        " takes\u201d to have it."
    ),
    Refusal.TOO_MANY: _("A plan takes up to %(n)s wishes, and this was one more."),
    Reason.NO_TIME: _("There is not enough time for it in these hours."),
    Reason.NO_LUNCH: _("It fits only without the lunch break."),
    Reason.CONFLICT: _("It does not fit into the day together with %(others)s."),
    Reason.NOT_CHOSEN: _("Other places of this day outweigh it."),
}

BESIDE: Mapping[str, Text] = {
    Reason.TOO_FAR: _("Together with %(others)s it would be more walking than you chose."),
    Reason.LEG_TOO_LONG: _("From %(others)s the walk at one go is longer than you chose."),
    Reason.NO_TIME: _("Together with %(others)s there is not enough time for it in these hours."),
    Reason.NO_LUNCH: _("Together with %(others)s it fits only without the lunch break."),
    Reason.CONFLICT: WHY_NOT[Reason.CONFLICT],
}
"""The same where it would fit alone."""

DIFFERENCES: Mapping[Wish, Text] = {
    Wish.LESS_WALKING: _("Less walking"),
    Wish.OTHER_INTERESTS: _("More: %(kind)s"),
    Wish.LATER_START: _("A later start"),
}


def why_not(reason: str, others: str) -> Text:
    """Why a place asked for by name is not in the plan; `others` are those in its way."""
    if others and reason in BESIDE:
        return BESIDE[reason].filled(others=others)
    text = WHY_NOT[reason]
    return text.filled(n=MOST_MUSTS) if reason == Refusal.TOO_MANY else text


def stop_trouble(timed: TimedStop, late_by: int, *, is_session: bool) -> Text | None:
    """What is wrong with the time of one stop."""
    if timed.trouble is None:
        return None
    if timed.trouble is Trouble.TOO_LATE and is_session:
        late = max(1, late_by - LEAD)
        return _("You would arrive at %(at)s, %(n)s min late.", at=clock_text(timed.arrive), n=late)
    if timed.trouble is Trouble.TOO_LATE:
        return _("You would arrive at %(at)s, too late to see it.", at=clock_text(timed.arrive))
    return STOP_TROUBLES.get(timed.trouble, STOP_TROUBLES[Trouble.NO_WAY])


STOP_TROUBLES: Mapping[Trouble, Text] = {
    Trouble.CLOSED: _("It is closed at this time of the day."),
    Trouble.FULL: _("It has no time with enough seats for your party."),
    Trouble.NO_WAY: _("No walk leads there."),
    Trouble.TOO_MUCH_WALKING: _("From here on it is more walking than you chose."),
    Trouble.LEG_TOO_LONG: _("The walk to it is longer than you chose."),
}

DAY_TROUBLES: Mapping[Trouble, Text] = {
    Trouble.TOO_LATE: _("You would be there at %(at)s, later than you wanted."),
    Trouble.NO_BREAK: _("There is no time for lunch between %(from)s and %(to)s."),
    Trouble.TOO_MUCH_WALKING: _("This is more walking than you chose."),
    Trouble.LEG_TOO_LONG: _("The last walk is longer than you chose."),
}
