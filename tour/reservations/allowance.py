"""What staff set for an event: how many reservations a contact may hold, whether it is checked."""

import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tortoise.connection import get_connection
from tortoise.expressions import Q

from tour.i18n import lazy as _
from tour.programmes.models import BookingRules, Slot
from tour.reservations.errors import LimitReached
from tour.reservations.models import PlaceStatus, Reservation
from tour.reservations.parties import same_contact
from tour.reservations.rules import Party

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock($1, $2)"
LOCK_SPACE = 0x0F7
"""Our own number among PostgreSQL's advisory locks."""


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
    """Raise LimitReached when one more is too many; in the transaction that adds it."""
    contacts = same_contact(party)
    if limits:
        await _one_at_a_time(contacts)
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


async def _one_at_a_time(contacts: list[dict[str, str]]) -> None:
    """Two forms of one contact must not both be the last; SQLite has one writer anyway."""
    connection = get_connection("default")
    if connection.capabilities.dialect != "postgres":
        return
    keys = {zlib.crc32(value.encode()) - 2**31 for c in contacts for value in c.values()}
    for key in sorted(keys):
        await connection.execute_query(ONE_AT_A_TIME, [LOCK_SPACE, key])


def _event_id(slot: Slot) -> int | None:
    return slot.programme.event_id  # type: ignore[attr-defined, no-any-return]
