"""What must be true of the seats at any moment, asked of the tables alone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tortoise.connection import get_connection

from tour.programmes.states import Allocation, SlotStatus
from tour.reservations.models import Place, Reservation
from tour.reservations.states import PlaceStatus

SLOTS = """
SELECT s.*,
    (SELECT COALESCE(SUM(p.seats), 0) FROM place p
        WHERE p.slot_id = s.id AND p.status = 'confirmed') AS confirmed,
    (SELECT COALESCE(SUM(p.seats), 0) FROM place p
        WHERE p.slot_id = s.id AND p.status = 'held') AS held,
    (SELECT COALESCE(SUM(w.seats), 0) FROM waitlist_entry w
        WHERE w.slot_id = s.id AND w.status = 'offered') AS offered,
    (SELECT MIN(w.seats) FROM waitlist_entry w
        WHERE w.slot_id = s.id AND w.status = 'waiting') AS smallest_waiting,
    (SELECT COUNT(*) FROM place p JOIN reservation r ON r.id = p.reservation_id
        WHERE p.slot_id = s.id AND p.status IN ('confirmed', 'held')
        AND p.seats <> r.adults + r.children) AS split_parties
FROM slot s
"""


async def slots_as_counted(slot_ids: Iterable[int] | None = None) -> list[dict[str, Any]]:
    """Every slot, or those, with its parties' seats counted one by one."""
    chosen = "" if slot_ids is None else f"WHERE s.id IN ({', '.join(map(str, slot_ids))})"
    return list(await get_connection("default").execute_query_dict(SLOTS + chosen))


async def seats_by_place(slot_id: int) -> int:
    [slot] = await slots_as_counted([slot_id])
    return int(slot["confirmed"])


async def assert_ledger_holds(
    slot_ids: Iterable[int] | None = None, *, may_split: bool = False
) -> None:
    """No slot is oversold, its count is the sum of its parties, no party is split unless it
    `may_split`: some of its places were past their cut-off when it changed the others."""
    for slot in await slots_as_counted(slot_ids):
        bookable = slot["capacity"] - slot["seats_kept"]
        assert 0 <= slot["seats_taken"] <= bookable, f"oversold: {slot}"
        assert slot["seats_taken"] == (
            slot["confirmed"] + slot["offered"] + slot["held"] + slot["walk_ins"]
        ), f"miscounted: {slot}"
        assert may_split or slot["split_parties"] == 0, f"a party was split: {slot}"


async def assert_no_seat_is_idle(slot_ids: Iterable[int], now: datetime) -> None:
    """Nobody waits for seats that are free and that the party would fill."""
    for slot in await slots_as_counted(slot_ids):
        takes = slot["status"] == SlotStatus.OPEN and slot["allocation"] == Allocation.FIRST_COME
        if takes and now < _instant(slot["booking_closes_at"]) and slot["smallest_waiting"]:
            free = slot["capacity"] - slot["seats_kept"] - slot["seats_taken"]
            assert slot["smallest_waiting"] > free, f"seats lie idle: {slot}"


async def assert_nobody_is_half_booked() -> None:
    """Every reservation holds what it asked for: here, at least one place."""
    held = Place.filter(status=PlaceStatus.CONFIRMED)
    assert set(await held.values_list("reservation_id", flat=True)) == set(
        await Reservation.all().values_list("id", flat=True)
    )


def _instant(value: datetime | str) -> datetime:
    """SQLite keeps instants as text."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
