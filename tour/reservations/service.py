"""Reserving: one slot or a whole itinerary, all or nothing, and once for each wish."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from tortoise.exceptions import IntegrityError

from tour.db import transaction
from tour.errors import TourError
from tour.i18n import lazy as _
from tour.programmes import service as programmes
from tour.reservations.errors import KeyReused, SlotFull
from tour.reservations.locks import lock_contact
from tour.reservations.models import Reservation
from tour.reservations.parties import contact_check, holdings, newcomers, parties
from tour.reservations.parties.newcomers import Way
from tour.reservations.parties.terms import Terms, read_terms, read_terms_lately, refuse_unless_fits
from tour.reservations.states import PlaceStatus
from tour.reservations.wishes import Wish

MAX_SLOTS = 8
WRITTEN = {
    Way.PLAIN: PlaceStatus.CONFIRMED,
    Way.HOLD: PlaceStatus.HELD,
    Way.CODE_FIRST: PlaceStatus.UNPROVED,
}


async def reserve(wish: Wish, *, now: datetime) -> Reservation:
    """Confirm the party's place in every slot, or raise why not, and then nothing is kept.

    The same idempotency key with the same wish answers with the same reservation, however often it
    is sent, and even if the seats have gone meanwhile.
    """
    return await once(wish, lambda: _reserve(wish, now))


async def once(wish: Wish, make: Callable[[], Awaitable[Reservation]]) -> Reservation:
    """What `make` makes of the wish, or what the same wish made before, or at the same moment: then
    `make` is refused, by its key or by what the first one took, and nothing of it is kept.

    Raises KeyReused when the key came with another wish: whoever guesses a key learns nothing.
    """
    try:
        return await make()
    except (TourError, IntegrityError):
        made = await Reservation.get_or_none(idempotency_key=wish.idempotency_key)
        if made is None:
            raise
    if made.request_digest != wish.digest:
        raise KeyReused(
            _("This form was sent before with other details. Please look at your reservations.")
        )
    return made


async def _reserve(wish: Wish, now: datetime) -> Reservation:
    """Read the terms, see whether the wish fits them, write: at once where that is possible."""
    is_hot = len(wish.slot_ids) == 1 and parties.can_write_at_once()
    terms = await (read_terms_lately(wish.slot_ids[0]) if is_hot else read_terms(wish.slot_ids))
    refuse_unless_fits(wish, terms, now)
    if not is_hot or not newcomers.is_plain(wish, terms, now):
        return await _in_steps(wish, terms, now)
    made = await parties.write_at_once(wish, terms.slots[0], now)
    if made is None:
        await holdings.check(wish.party, terms.slots, wish.choice)
        raise SlotFull(terms.slots[0].id)
    return made


async def _in_steps(wish: Wish, terms: Terms, now: datetime) -> Reservation:
    """Where a code is asked for first (decision 0012), the seats are held until it comes back, or
    taken then."""
    async with transaction():
        await lock_contact(wish.party, wish.newcomer)
        way = await newcomers.way_in(wish, terms, now=now)
        if way == Way.PLAIN:
            await holdings.refuse(wish.party, terms, wish.choice)
        else:
            holdings.check_wish(terms.slots, wish.choice)
            await contact_check.check_may_begin(wish, now=now)
        for slot in terms.slots if way != Way.CODE_FIRST else ():
            if not await programmes.take_seats(slot.id, wish.party.size):
                raise SlotFull(slot.id)
        made = await parties.write_in_steps(wish, terms.slots, WRITTEN[way], now)
        if way != Way.PLAIN:
            await contact_check.begin(made, terms.close_at, now=now)
    return made
