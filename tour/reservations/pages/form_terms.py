"""What a form says of its contact and of the consent: as the rules of its events are now."""

from collections.abc import Sequence
from dataclasses import dataclass

from tour.programmes.booking_rules import strictest_rules
from tour.programmes.views import ProgrammeView

MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class FormTerms:
    """`needs_mail`: a code goes there before seats are the party's, else a phone number will do.

    `most`: reservations of one contact, None without a limit. `places` see what is typed, empty
    where they are too many to be named;
    `kept_days` after the day of the last session it is deleted (`reservations.retention`).
    """

    needs_mail: bool
    most: int | None
    places: tuple[str, ...]
    kept_days: int


async def form_terms(views: Sequence[ProgrammeView]) -> FormTerms:
    """Of a form for these sessions, each with the slot that is wanted of it."""
    rules = await strictest_rules({view.event_id for view in views})
    names = (slot.site.name for view in views for slot in view.slots)
    places = tuple(dict.fromkeys(names))
    return FormTerms(
        needs_mail=rules.checks_contact,
        most=rules.reservations_per_contact,
        places=places if len(places) <= MOST_NAMED else (),
        kept_days=rules.retention_days,
    )
