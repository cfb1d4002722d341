"""Draws: opened with a commitment, entered with a ranking, left again.

`draws.results` freezes and holds them; decision 0008 says what the rules promise.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tortoise.exceptions import IntegrityError

from tour.db import transaction
from tour.errors import BadInput, NotFound
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.programmes.states import POOLS, Allocation, SlotStatus
from tour.reservations.draws import lottery
from tour.reservations.errors import AlreadyWaiting, EntriesClosed
from tour.reservations.locks import lock_contact, lock_draw
from tour.reservations.models import Draw, DrawEntry, DrawSlot, Reservation
from tour.reservations.parties import contact_check, holdings, newcomers
from tour.reservations.parties.holdings import of_contact
from tour.reservations.parties.parties import answers_kept, by_reference, write_party
from tour.reservations.parties.terms import (
    Terms,
    audience_of,
    read_terms,
    refuse_unanswered,
    slots_with_programmes,
)
from tour.reservations.rules import Party, party_problem
from tour.reservations.service import once
from tour.reservations.states import DrawStatus, EntryStatus
from tour.reservations.wishes import Choice, Wish

MAX_CHOICES = 5
FREEZE = timedelta(hours=1)
"""Between the end of entries and the draw the list is public and the seed is not."""


async def open_draw(
    slot_ids: Sequence[int],
    *,
    event_id: int | None,
    entries_close_at: datetime,
    pools: Mapping[int, Mapping[str, int]] | None = None,
) -> Draw:
    """Open one draw over these slots and publish its commitment, before anybody can enter.

    `pools` by slot id, in place of those that the slots have themselves.
    """
    async with transaction():
        slots = await programmes.lock_slots(slot_ids)
        seed = lottery.new_seed()
        draw = await Draw.create(
            event_id=event_id,
            entries_close_at=entries_close_at,
            draws_at=entries_close_at + FREEZE,
            commitment=lottery.commitment(seed),
            seed=seed,
        )
        for slot in slots:
            kept = dict(slot.pools if pools is None else pools.get(slot.id, {}))
            await DrawSlot.create(draw=draw, slot=slot, pools=kept)
    return draw


async def open_missing(*, now: datetime) -> int:
    """Open a draw for each event whose slots are marked so and have none; returns how many."""
    marked = Slot.filter(
        allocation=Allocation.DRAW,
        status=SlotStatus.OPEN,
        draw_slot__id__isnull=True,
        booking_closes_at__gt=now,
    )
    groups: dict[tuple[int | None, int | None], list[Slot]] = {}
    for slot in await marked.order_by("id").select_related("programme"):
        event_id = slot.programme.event_id
        groups.setdefault((event_id, None if event_id else slot.programme.id), []).append(slot)
    opened = 0
    for (event_id, _programme_id), slots in groups.items():
        closes_at = min(slot.booking_closes_at for slot in slots)
        try:
            await open_draw([s.id for s in slots], event_id=event_id, entries_close_at=closes_at)
        except IntegrityError:
            continue  # Another worker opened it at the same moment: a slot has one draw.
        opened += 1
    return opened


async def enter(
    draw_id: int, wish: Wish, *, pools: Sequence[str] = (), now: datetime
) -> Reservation:
    """Enter a party with its ranking (the wish's slots, best first); one entry a contact.

    Raises BadInput for the ranking as a whole or for answers that are missing, EntriesClosed,
    AlreadyWaiting, and what `holdings.check` raises: a win is given without a further question.
    """
    entry = replace(wish, asks=f"draw {draw_id} {' '.join(sorted(pools))}")
    return await once(entry, lambda: _enter(draw_id, entry, pools, now))


async def _enter(draw_id: int, wish: Wish, pools: Sequence[str], now: datetime) -> Reservation:
    try:
        async with transaction():
            await lock_contact(wish.party, wish.newcomer)
            draw = await lock_draw(draw_id)
            if not is_open(draw, now):
                raise EntriesClosed(_("This draw takes no more entries."))
            terms = await _ranked(draw, wish)
            _refuse_unless_fits(wish, terms, pools)
            if await newcomers.turn_needs_code(wish, terms, now=now):
                return await _enter_unproved(draw, wish, terms, pools, now)
            await _check_contact(draw, wish.party)
            await _check_held(wish.party, terms.slots, wish.choice)
            return await _write_entry(draw, wish, terms, pools, EntryStatus.ENTERED, now)
    except IntegrityError as exc:
        raise AlreadyWaiting(ENTERED_ALREADY) from exc


def is_open(draw: Draw, now: datetime) -> bool:
    """Whether entries can still be made and changed: afterwards their list may be public."""
    return draw.status == DrawStatus.OPEN and now < draw.entries_close_at


async def _enter_unproved(
    draw: Draw, wish: Wish, terms: Terms, pools: Sequence[str], now: datetime
) -> Reservation:
    await contact_check.check_may_begin(wish, now=now)
    reservation = await _write_entry(draw, wish, terms, pools, EntryStatus.UNPROVED, now)
    await contact_check.begin(reservation, draw.entries_close_at, now=now)
    return reservation


async def admit(
    entry: DrawEntry, reservation: Reservation, choice: Choice, *, now: datetime
) -> None:
    """Let a party whose contact is proved into its locked draw; raises as `enter` does."""
    draw = await Draw.get(id=entry.draw_id)
    if not is_open(draw, now):
        raise EntriesClosed(_("This draw takes no more entries."))
    await _check_contact(draw, reservation)
    await _check_held(reservation, await slots_with_programmes(entry.ranking), choice)
    await DrawEntry.filter(id=entry.id).update(status=EntryStatus.ENTERED)


async def leave(reference: str) -> Reservation:
    """Take an entry back until the draw is held; raises EntriesClosed after that.

    Once the list is public the entry stays on it, so that the draw can be checked; what it wins
    goes to the waiting lists.
    """
    reservation = await by_reference(reference)
    async with transaction():
        entry = await DrawEntry.get_or_none(reservation_id=reservation.id)
        if entry is None:
            raise NotFound(_("This reservation is in no draw."))
        draw = await lock_draw(entry.draw_id)
        if draw.status == DrawStatus.DRAWN:
            raise EntriesClosed(_("The draw has been held already."))
        await withdraw(reservation.id)
    return reservation


async def withdraw(reservation_id: int) -> None:
    """Mark a party as gone from the draw that it is in, and that is locked."""
    entered = DrawEntry.filter(reservation_id=reservation_id, status=EntryStatus.ENTERED)
    await entered.update(status=EntryStatus.LEFT)


async def leave_pool(reservation_id: int, pool: str) -> None:
    """The party is no longer one for whom these seats are kept; its draw is locked and open."""
    for entry in await DrawEntry.filter(reservation_id=reservation_id, status=EntryStatus.ENTERED):
        kept = [name for name in entry.pools if name != pool]
        await DrawEntry.filter(id=entry.id).update(pools=kept)


async def hoping_for(slot_ids: Collection[int]) -> list[DrawEntry]:
    """The entries of draws still to be held that would take one of these slots, each with its
    party; the list is as they were entered."""
    drawn = DrawSlot.filter(slot_id__in=list(slot_ids))
    draw_ids = {row.draw_id for row in await drawn}
    entered = DrawEntry.filter(draw_id__in=list(draw_ids), status=EntryStatus.ENTERED)
    found = await entered.order_by("id").select_related("reservation__recipient")
    return [entry for entry in found if not set(slot_ids).isdisjoint(entry.ranking)]


async def _ranked(draw: Draw, wish: Wish) -> Terms:
    """The terms of the whole ranking; raises BadInput where not every choice is in this draw,
    once."""
    ranking = wish.slot_ids
    if not 1 <= len(ranking) <= MAX_CHOICES or len(set(ranking)) != len(ranking):
        _refuse(_("Choose one to %(n)s different times, the best first.", n=MAX_CHOICES))
    drawn = await DrawSlot.filter(draw_id=draw.id, slot_id__in=list(ranking)).count()
    if drawn != len(ranking):
        _refuse(_("One of the times is not in this draw."))
    return await read_terms(ranking)


def _refuse_unless_fits(wish: Wish, terms: Terms, pools: Sequence[str]) -> None:
    """As `refuse_unless_fits`, of a ranking. Seats that are kept for children are for parties
    that bring some."""
    party = wish.party
    for slot in terms.slots:
        problem = party_problem(party.adults, party.children, audience_of(slot))
        if slot.status != SlotStatus.OPEN:
            _refuse(_("One of the times has been called off."))
        if problem:
            raise BadInput(problem, {"adults": problem})
    refuse_unanswered(wish, terms)
    if "children" in pools and not party.children:
        missing = _("These seats are kept for parties with children. How many children come?")
        raise BadInput(missing, {"children": missing})


def _refuse(problem: Text) -> None:
    raise BadInput(problem, {"ranking": problem})


async def _check_contact(draw: Draw, party: Party | Reservation) -> None:
    """One entry a draw, and one win an event, for each contact."""
    mine = of_contact(party)
    entered = DrawEntry.filter(mine, draw_id=draw.id)
    if await entered.exclude(status__in=(EntryStatus.LEFT, EntryStatus.UNPROVED)).exists():
        raise AlreadyWaiting(ENTERED_ALREADY)
    won = DrawEntry.filter(mine, draw__event_id=draw.event_id, status=EntryStatus.WON)
    if draw.event_id is not None and await won.exists():
        raise AlreadyWaiting(_("You have won a session of this event already."))


async def _check_held(party: Party | Reservation, ranked: Sequence[Slot], choice: Choice) -> None:
    """Each by itself: of a ranking one is won at most, so its times may overlap."""
    for slot in ranked:
        await holdings.check(party, [slot], choice)


ENTERED_ALREADY = _("With this email address or phone number you are in this draw already.")


async def _write_entry(
    draw: Draw,
    wish: Wish,
    terms: Terms,
    pools: Sequence[str],
    status: EntryStatus,
    now: datetime,
) -> Reservation:
    reservation = await write_party(wish, now)
    await DrawEntry.create(
        draw=draw,
        reservation=reservation,
        status=status,
        receipt=receipt_of(reservation.reference),
        ranking=list(wish.slot_ids),
        pools=[pool for pool in POOLS if pool in pools],
        answers={str(slot.id): answers_kept(wish, slot) for slot in terms.slots},
        email_key=reservation.email_key,
        phone_key=reservation.phone_key,
        entered_at=now,
    )
    return reservation


def receipt_of(reference: str) -> str:
    """The public name of an entry: its holder can compute it, nobody can go back from it."""
    return hashlib.sha256(f"receipt:{reference}".encode()).hexdigest()[:16]
