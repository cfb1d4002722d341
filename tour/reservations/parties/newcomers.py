"""Parties from devices we do not know, when many want few seats (decision 0022).

Nobody is refused for the crowd they stand in: a carrier's customers share one address. What a
program with invented contacts lacks are mail boxes, so in a rush a newcomer types a code from one,
and how many seats wait for codes depends on how many codes of that network came back.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum, auto

from tour.db.columns import ids_of
from tour.errors import BadInput
from tour.i18n import lazy as _
from tour.programmes.models import Slot
from tour.reservations.models import ContactCheck, Place, Reservation
from tour.reservations.parties.terms import Terms
from tour.reservations.rules import Newcomer, Party
from tour.reservations.states import PlaceStatus
from tour.reservations.wishes import Wish

OPENING = timedelta(minutes=30)
"""How long a rush is expected after booking opens."""
LATELY = timedelta(hours=1)
DAY = timedelta(days=1)
KEPT = timedelta(days=2)
CREDIT = 5
"""Parties of one network that may wait for their codes with their seats held, to begin with."""
PHONE_SEATS = 20
"""People of one network in a day for whom no mail box is given."""
HELD_SHARE = 4
"""Of a slot's seats at most one in so many is held for codes."""
PHONE_SHARE, PHONE_SHARE_IN_RUSH = 2, 8
"""Of a slot's seats at most one in so many goes to parties without a mail box."""
SMALLEST_SHARE = 2


class Way(Enum):
    """How a party comes to what it wishes."""

    PLAIN = auto()
    HOLD = auto()
    """A code by mail; its seats are held meanwhile."""
    CODE_FIRST = auto()
    """A code by mail; seats are taken when it comes back, if there are any."""


def is_rush(newcomer: Newcomer, slots: Sequence[Slot], now: datetime) -> bool:
    opened = (slot.booking_opens_at for slot in slots)
    return newcomer.is_busy or any(at is not None and now < at + OPENING for at in opened)


def is_plain(wish: Wish, terms: Terms, now: datetime) -> bool:
    """Whether nothing need be looked up for a party: the hot path asks this."""
    newcomer = wish.newcomer
    return terms.is_plain and (
        newcomer is None or (bool(wish.party.email) and not is_rush(newcomer, terms.slots, now))
    )


async def way_in(wish: Wish, terms: Terms, *, now: datetime) -> Way:
    """In the transaction that takes the seats, which has locked the network. Raises BadInput for a
    party without a mail box where only those get further."""
    newcomer, party, slots = wish.newcomer, wish.party, terms.slots
    rush = newcomer is not None and is_rush(newcomer, slots, now)
    if newcomer and not party.email and not terms.checks_contact:
        await _check_phone_only(newcomer, party, slots, rush=rush, now=now)
        return Way.PLAIN
    if not _needs_code(wish, terms, now):
        return Way.PLAIN
    if newcomer is None or await _may_hold(newcomer, party, slots, now):
        return Way.HOLD
    return Way.CODE_FIRST


def _needs_code(wish: Wish, terms: Terms, now: datetime) -> bool:
    """By the event's rules from every device that does not know the contact, in a rush by ours."""
    if wish.newcomer and is_rush(wish.newcomer, terms.slots, now):
        return True
    return terms.checks_contact and not wish.is_known


async def turn_needs_code(wish: Wish, terms: Terms, *, now: datetime) -> bool:
    """As `way_in`, for a turn in a queue or an entry in a draw, which hold nothing meanwhile."""
    if wish.newcomer and not wish.party.email and not terms.checks_contact:
        await _check_network(wish.newcomer, wish.party, now)
        return False
    return _needs_code(wish, terms, now)


async def _check_phone_only(
    newcomer: Newcomer, party: Party, slots: Sequence[Slot], *, rush: bool, now: datetime
) -> None:
    await _check_network(newcomer, party, now)
    if rush and newcomer.are_phones_busy:
        raise _give_mail()
    share = PHONE_SHARE_IN_RUSH if rush else PHONE_SHARE
    for slot in slots:
        taken = await _seats(
            slot, PlaceStatus.CONFIRMED, reservation__email="", reservation__phone__not=""
        )
        if taken + party.size > max(SMALLEST_SHARE, slot.capacity // share):
            raise _give_mail()


async def _check_network(newcomer: Newcomer, party: Party, now: datetime) -> None:
    """Seats given back count, too: they were taken from others meanwhile."""
    mine = Reservation.filter(network=newcomer.network, email="", created_at__gt=now - DAY)
    rows = await mine.values_list("adults", "children")
    people = sum(int(adults) + int(children) for adults, children in rows)
    if people + party.size > PHONE_SEATS:
        raise _give_mail()


def _give_mail() -> BadInput:
    text = _(
        "Many people are reserving just now. Please give an email address: a code goes "
        "there. Without one, try again later, or phone us."
    )
    return BadInput(text, {"email": text})


async def _may_hold(newcomer: Newcomer, party: Party, slots: Sequence[Slot], now: datetime) -> bool:
    if await _credit(newcomer, now) < 1:
        return False
    for slot in slots:
        held = await _seats(slot, PlaceStatus.HELD)
        if held + party.size > max(SMALLEST_SHARE, slot.capacity // HELD_SHARE):
            return False
    return True


async def forget_networks(*, now: datetime) -> None:
    """Where parties came from, once no burst of that day is looked at any more."""
    old = Reservation.filter(created_at__lt=now - KEPT).exclude(network="")
    await old.update(network="")


async def _credit(newcomer: Newcomer, now: datetime) -> int:
    """How many more may wait with seats held: more as codes come back, fewer as they lapse."""
    lately = ContactCheck.filter(reservation__network=newcomer.network, started_at__gt=now - LATELY)
    proved = await lately.filter(proved_at__not_isnull=True).count()
    waiting = await lately.filter(proved_at=None, ended_at=None).count()
    lapsed = await lately.filter(ended_at__not_isnull=True).count()
    return CREDIT + proved - lapsed - waiting


async def _seats(slot: Slot, status: PlaceStatus, **more: str) -> int:
    return sum(await ids_of(Place.filter(slot_id=slot.id, status=status, **more), "seats"))
