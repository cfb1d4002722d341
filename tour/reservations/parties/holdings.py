"""What a contact holds already: as many as it may, the same session, another at that time.

The same session twice, or two at one time, happen to nobody who has not chosen it (decision 0018):
Back and a second press, an answer lost on a train, an offer accepted while another session is held.
Whoever comes twice, or splits the family up, says so.
"""

from collections.abc import Iterable, Sequence

from tortoise.expressions import Q

from tour.db.plain import fetch
from tour.i18n import lazy as _
from tour.programmes.models import Slot
from tour.reservations.errors import AlreadyReserved, LimitReached, Overlapping
from tour.reservations.models import Place, Reservation
from tour.reservations.parties.terms import Terms
from tour.reservations.rules import (
    Clash,
    Party,
    Stretch,
    clash_among,
    clash_with,
)
from tour.reservations.states import PlaceStatus
from tour.reservations.wishes import Choice


async def refuse(
    party: Party | Reservation, terms: Terms, choice: Choice, *, beside: int | None = None
) -> None:
    """Raise what one more reservation of this contact is refused by: LimitReached, or what `check`
    raises; in the transaction that adds it, which has locked the contact. `beside`: the reservation
    that grows, which is one already."""
    await _check_limits(party, terms, beside)
    await check(party, terms.slots, choice)


async def check(party: Party | Reservation, slots: Sequence[Slot], choice: Choice) -> None:
    """Raise AlreadyReserved or Overlapping where the contact holds what stands against these slots;
    in the transaction that adds them, which has locked the contact."""
    is_all_chosen = choice.again and choice.split
    held = [] if is_all_chosen else await _held_by_contact(party, slots)
    _refuse_clash(slots, held, choice)


def check_wish(slots: Sequence[Slot], choice: Choice) -> None:
    """Raise Overlapping where one wish asks for two sessions at one time."""
    _refuse_clash(slots, (), choice)


def _refuse_clash(slots: Sequence[Slot], held: Sequence[Place], choice: Choice) -> None:
    wanted = [stretch(slot) for slot in slots]
    if not choice.split and (found := clash_among(wanted)):
        raise Overlapping(found.wanted, None)
    if found := clash_with(wanted, map(_stretch_of, held), choice.again, choice.split):
        kind = AlreadyReserved if found.is_same else Overlapping
        raise kind(found.wanted, next(p for p in held if p.slot_id == found.held))


async def clashes_of(
    references: Iterable[str], slots: Sequence[Stretch]
) -> list[tuple[Clash, Place]]:
    """Where these reservations stand against the slots, each with the place it holds there."""
    wanted = list(references)
    held = await _held_near(Q(reservation__reference__in=wanted), slots) if wanted else []
    found = [(clash_with([slot], [_stretch_of(place)]), place) for slot in slots for place in held]
    return [(clash, place) for clash, place in found if clash]


ANYTHING_NEAR = """
SELECT 1 AS held FROM reservation r
JOIN place p ON p.reservation_id = r.id
JOIN slot s ON s.id = p.slot_id
WHERE ((r.email_key = $1 AND r.email_key <> '') OR (r.phone_key = $2 AND r.phone_key <> ''))
    AND p.status = 'confirmed' AND s.starts_at < $3 AND s.ends_at > $4
LIMIT 1
"""
"""Most contacts hold nothing: this says so at a tenth of what asking for it as objects costs."""


async def _held_by_contact(party: Party | Reservation, slots: Sequence[Slot]) -> list[Place]:
    begins, ends = min(s.starts_at for s in slots), max(s.ends_at for s in slots)
    if not await fetch(ANYTHING_NEAR, party.email_key, party.phone_key, ends, begins):
        return []
    return await _held_near(of_contact(party, "reservation__"), [stretch(slot) for slot in slots])


async def _held_near(whose: Q, slots: Sequence[Stretch]) -> list[Place]:
    """Only what is confirmed: what waits for a code may be a stranger's, who typed the address."""
    held = Place.filter(
        whose,
        status=PlaceStatus.CONFIRMED,
        slot__starts_at__lt=max(slot.ends_at for slot in slots),
        slot__ends_at__gt=min(slot.starts_at for slot in slots),
    )
    return await held.order_by("id").select_related("slot", "reservation")


def stretch(slot: Slot) -> Stretch:
    return Stretch(slot.id, slot.starts_at, slot.ends_at)


def _stretch_of(place: Place) -> Stretch:
    return stretch(place.slot)


async def _check_limits(party: Party | Reservation, terms: Terms, beside: int | None) -> None:
    for event_id, most in sorted(terms.limits.items()):
        held = Reservation.filter(
            of_contact(party),
            places__status=PlaceStatus.CONFIRMED,
            places__slot__programme__event_id=event_id,
        ).exclude(id=beside or 0)
        if await held.distinct().count() >= most:
            raise LimitReached(
                _("One contact can hold at most %(n)s reservations of this event.", n=most)
            )


def of_contact(party: Party | Reservation, prefix: str = "") -> Q:
    """Finds the rows of the same person; `prefix` leads to the reservation they belong to."""
    found = [Q(**{prefix + column: value}) for column, value in party.contacts]
    return Q(*found, join_type="OR")
