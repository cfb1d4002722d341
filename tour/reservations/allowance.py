"""What staff set for an event: how many reservations a contact may hold, whether it is checked."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tortoise.expressions import Q

from tour.i18n import lazy as _
from tour.programmes.models import BookingRules, Slot
from tour.reservations.errors import LimitReached
from tour.reservations.models import Reservation
from tour.reservations.parties import same_contact
from tour.reservations.rules import Party
from tour.reservations.states import PlaceStatus


@dataclass(frozen=True, slots=True)
class EventRules:
    """The rules of the events of some slots; `limits` by event id, of those that have one."""

    limits: dict[int, int]
    checks_contact: bool

    @property
    def is_plain(self) -> bool:
        """Whether a party can be confirmed without looking at what else it holds."""
        return not self.limits and not self.checks_contact


NO_RULES = EventRules({}, checks_contact=False)


async def rules_of(slots: Iterable[Slot]) -> EventRules:
    """What staff set for the events of these slots, which come with their programmes."""
    events = {event_id for slot in slots if (event_id := _event_id(slot)) is not None}
    return await rules_of_events(events)


async def rules_of_events(events: Collection[int]) -> EventRules:
    if not events:
        return NO_RULES
    rules = await BookingRules.filter(event_id__in=events)
    limits = {r.event_id: r.reservations_per_contact for r in rules if r.reservations_per_contact}
    return EventRules(limits, any(r.checks_contact for r in rules))


async def check(limits: Mapping[int, int], party: Party | Reservation) -> None:
    """Raise LimitReached when one more is too many; in the transaction that adds it, which has
    locked the contact."""
    contacts = same_contact(party)
    for event_id, most in sorted(limits.items()):
        held = Reservation.filter(
            Q(*(Q(**contact) for contact in contacts), join_type="OR"),
            places__status=PlaceStatus.CONFIRMED,
            places__slot__programme__event_id=event_id,
        )
        if await held.distinct().count() >= most:
            raise LimitReached(
                _("One contact can hold at most %(n)s reservations of this event.", n=most)
            )


def _event_id(slot: Slot) -> int | None:
    return slot.programme.event_id
