"""What a transaction makes its own before it reads, everywhere in one order (decision 0009):
networks, contacts, then the draw, then slots by their ids, then the party's own row. So no two
transactions wait for each other.

These are locks of rows on PostgreSQL; on SQLite a transaction has the only write lock already.
"""

import zlib

from tour.db import plain
from tour.errors import NotFound
from tour.i18n import lazy as _
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.reservations.models import Draw, DrawEntry, Place, Reservation, WaitlistEntry
from tour.reservations.rules import Newcomer, Party
from tour.reservations.states import EntryStatus, PlaceStatus, WaitlistStatus

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock($1, $2)"
LOCK_SPACE = 0x0F7
"""Our own number among PostgreSQL's advisory locks."""
HOLDS = (PlaceStatus.HELD, PlaceStatus.UNPROVED, PlaceStatus.CONFIRMED)
NETWORKS = 0x0F8
QUEUES = (WaitlistStatus.UNPROVED, WaitlistStatus.WAITING, WaitlistStatus.OFFERED)
IN_DRAW = (EntryStatus.UNPROVED, EntryStatus.ENTERED)


async def lock_contact(party: Party | Reservation, newcomer: Newcomer | None = None) -> None:
    """First of all: what one network holds is counted, and two forms of one contact are looked at,
    one after the other."""
    if not plain.is_postgres():
        return
    if newcomer:
        await plain.fetch(ONE_AT_A_TIME, NETWORKS, _number(newcomer.network))
    for key in contact_keys(party):
        await plain.fetch(ONE_AT_A_TIME, LOCK_SPACE, key)


def contact_keys(party: Party | Reservation) -> list[int]:
    """The numbers under which a contact is locked, in the order in which they are."""
    return sorted({_number(value) for _column, value in party.contacts})


def _number(text: str) -> int:
    return zlib.crc32(text.encode()) - 2**31


async def lock_draw(draw_id: int) -> Draw:
    """The draw as it is now; raises NotFound."""
    draw = await Draw.filter(id=draw_id).select_for_update(no_key=True).first()
    if draw is None:
        raise NotFound(_("There is no such draw."))
    return draw


async def lock_party(reservation_id: int, *slot_ids: int) -> dict[int, Slot]:
    """All that the party has a part in, and these slots; returns the slots by id.

    The draw that it is in comes first: once held, it puts the party into slots and queues. Its own
    row comes last: a party that holds nothing any more may change its size while a door lets it in.
    """
    entry = await DrawEntry.get_or_none(reservation_id=reservation_id, status__in=IN_DRAW)
    if entry:
        await lock_draw(entry.draw_id)
    held = Place.filter(reservation_id=reservation_id, status__in=HOLDS)
    queued = WaitlistEntry.filter(reservation_id=reservation_id, status__in=QUEUES)
    wanted = {int(row["slot_id"]) for rows in (held, queued) for row in await rows.values()}
    slots = await programmes.lock_slots(wanted.union(slot_ids))
    await Reservation.filter(id=reservation_id).select_for_update(no_key=True).first()
    return {slot.id: slot for slot in slots}
