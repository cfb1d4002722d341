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
from tour.reservations.parties import of_contact
from tour.reservations.rules import Clash, Party, Stretch, clash_among, clash_with
from tour.reservations.states import PlaceStatus
from tour.reservations.terms import Terms
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
    check_wish(slots, choice)
    if choice.again and choice.split:
        return
    held = await _held_by_contact(party, slots)
    found = clash_with(map(stretch, slots), map(_stretch_of, held), choice.again, choice.split)
    if found:
        raise _refusal(found, next((p for p in held if p.slot_id == found.held), None))


def check_wish(slots: Sequence[Slot], choice: Choice) -> None:
    """Raise Overlapping where one wish asks for two sessions at one time."""
    found = None if choice.split else clash_among([stretch(slot) for slot in slots])
    if found:
        raise _refusal(found, None)


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


def _refusal(clash: Clash, held: Place | None) -> AlreadyReserved | Overlapping:
    kind = AlreadyReserved if clash.is_same else Overlapping
    return kind(clash.wanted, held)
