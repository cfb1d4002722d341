"""Times of a programme: until when they can be added, what stands in their way, when they open."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.accounts.signing import OPERATOR
from tests.conftest import NOON
from tests.factories import make_event, make_programme, make_site, make_slot
from tour.audit.service import Actor
from tour.changes import together
from tour.changes.models import RecentEdit
from tour.changes.recent import KEPT
from tour.errors import Conflict, NotFound
from tour.programmes import editing, slot_editing
from tour.programmes.booking_opening import follow_event
from tour.programmes.editing import ENTRIES_CLOSE_BEFORE, MOST_SLOTS, Times, TimesRefused
from tour.programmes.models import Allocation, Programme, Slot, SlotStatus
from tour.programmes.rules import BOOKING_CLOSES_BEFORE
from tour.programmes.slot_editing import MAX_CAPACITY, BelowReserved, NoSeatAtDoor
from tour.sites.showing import Showing

pytestmark = pytest.mark.usefixtures("database")

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
SOON = NOON + timedelta(days=2)
BY = {"actor": OPERATOR, "now": NOON}


def times(*starts: datetime, **values: Any) -> Times:
    usual = Times(
        starts=starts,
        capacity=8,
        allocation=Allocation.FIRST_COME,
        booking_opens_at=None,
        event_id=None,
    )
    return replace(usual, **values)


async def add(programme: Programme, wanted: Times) -> bool:
    """Whether these times were taken: all, or none of them."""
    before = await Slot.filter(programme_id=programme.id).count()
    try:
        await editing.add_times(programme, wanted, **BY)  # type: ignore[arg-type]
    except TimesRefused:
        assert await Slot.filter(programme_id=programme.id).count() == before
        return False
    return True


@pytest.mark.parametrize(
    ("allocation", "before"),
    [
        (Allocation.FIRST_COME, BOOKING_CLOSES_BEFORE),
        (Allocation.DRAW, ENTRIES_CLOSE_BEFORE),
    ],
)
async def test_a_time_that_could_not_be_reserved_any_more_is_not_offered(
    allocation: Allocation, before: timedelta
) -> None:
    programme = await make_programme()
    assert not await add(programme, times(NOON + before, allocation=allocation))
    late = times(SOON + before, NOON + before, allocation=allocation)
    assert not await add(programme, late), "one of them is too many"
    assert await add(programme, times(NOON + before + SECOND, allocation=allocation))
    slot = await Slot.get(programme=programme)
    assert slot.booking_closes_at == slot.starts_at - before
    assert slot.ends_at == slot.starts_at + HOUR
    assert slot.allocation == allocation


@pytest.mark.parametrize(
    ("count", "may"), [(0, False), (MOST_SLOTS, True), (MOST_SLOTS + 1, False)]
)
async def test_there_are_so_many_times_at_once(count: int, may: bool) -> None:
    starts = [SOON + n * HOUR for n in range(count)]
    assert await add(await make_programme(), times(*starts)) is may


@pytest.mark.parametrize(
    ("start", "values", "may"),
    [
        (SOON - HOUR, {}, True),
        (SOON - HOUR + SECOND, {}, False),
        (SOON, {}, False),
        (SOON + HOUR - SECOND, {}, False),
        (SOON + HOUR, {}, True),
        (SOON, {"may_overlap": True}, True),
        (SOON + HOUR / 2, {"may_overlap": True}, True),
    ],
)
async def test_a_host_leads_one_session_at_a_time_unless_it_says_so(
    start: datetime, values: dict[str, Any], may: bool
) -> None:
    site = await make_site()
    other = await make_programme(site=site)
    await make_slot(programme=other, starts_at=SOON)
    assert await add(await make_programme(site=site), times(start, **values)) is may
    assert await add(await make_programme(), times(SOON)), "another place's are no matter"


async def test_the_same_start_is_there_once_whoever_leads_it() -> None:
    programme = await make_programme()
    assert await add(programme, times(SOON))
    assert not await add(programme, times(SOON, may_overlap=True))
    assert not await add(programme, times(SOON + HOUR, SOON + HOUR, may_overlap=True))
    assert await add(programme, times(SOON + HOUR, SOON + 2 * HOUR)), "others beside it may be"


async def test_what_was_called_off_or_removed_stands_in_nobodys_way() -> None:
    site = await make_site()
    programme, removed = await make_programme(site=site), await make_programme(site=site)
    await make_slot(programme=removed, starts_at=SOON)
    await editing.remove_programme(removed, **BY)  # type: ignore[arg-type]
    slot = await make_slot(
        programme=programme, starts_at=SOON, status=SlotStatus.CANCELLED, capacity=3
    )
    assert await add(programme, times(SOON, seats_kept=2))
    again = await Slot.get(programme=programme)
    assert (again.id, again.capacity, again.seats_kept) == (slot.id, 8, 2)
    assert again.status == SlotStatus.OPEN


async def test_what_was_called_off_is_offered_again_first_come_only() -> None:
    """What was drawn there stays public."""
    programme = await make_programme()
    far = NOON + ENTRIES_CLOSE_BEFORE + HOUR
    await make_slot(programme=programme, starts_at=far, status=SlotStatus.CANCELLED)
    assert not await add(programme, times(far, allocation=Allocation.DRAW))
    beside = times(far + HOUR, far, allocation=Allocation.DRAW)
    assert not await add(programme, beside), "not with others either"
    assert await add(programme, times(far + HOUR, allocation=Allocation.DRAW))
    assert await add(programme, times(far))


@pytest.mark.parametrize(
    ("taken", "ends_at", "may"),
    [
        (0, SOON, True),
        (1, SOON, False),
        (1, NOON + SECOND, False),
        (1, NOON, True),
    ],
)
async def test_what_somebody_has_reserved_is_not_removed_before_it_is_over(
    taken: int, ends_at: datetime, may: bool
) -> None:
    programme = await make_programme()
    begin = ends_at - HOUR
    await make_slot(programme=programme, starts_at=begin, ends_at=ends_at, seats_taken=taken)
    if may:
        await editing.remove_programme(programme, **BY)  # type: ignore[arg-type]
        assert not (await Programme.get(id=programme.id)).is_published
    else:
        with pytest.raises(Conflict):
            await editing.remove_programme(programme, **BY)  # type: ignore[arg-type]
        assert (await Programme.get(id=programme.id)).is_published


async def test_a_session_is_a_draft_until_it_was_public_once() -> None:
    programme = await make_programme(is_published=False)

    async def stage() -> Showing:
        found = await editing.programme_of_site(programme.id, programme.site_id)  # type: ignore[attr-defined]
        return editing.showing_of(found, Showing.SHOWN)

    assert await stage() == Showing.DRAFT
    await editing.publish(programme, **BY)  # type: ignore[arg-type]
    assert await stage() == Showing.SHOWN
    await editing.pause(programme, **BY)  # type: ignore[arg-type]
    assert await stage() == Showing.PAUSED
    assert (await Programme.get(id=programme.id)).first_published_at == NOON
    later = {"actor": OPERATOR, "now": NOON + HOUR}
    await editing.publish(programme, **later)  # type: ignore[arg-type]
    assert await stage() == Showing.SHOWN
    assert (await Programme.get(id=programme.id)).first_published_at == NOON, "the first time"


async def test_a_place_reaches_its_own_sessions_latest_made_first() -> None:
    site, other = await make_site(), await make_site()
    first, second, third = [await make_programme(site=site) for _n in range(3)]
    foreign = await make_programme(site=other)
    await editing.remove_programme(second, **BY)  # type: ignore[arg-type]
    found = await editing.programmes_of_site(site.id)
    assert [one.id for one in found] == [third.id, first.id]
    assert (await editing.programme_of_site(first.id, site.id)).id == first.id
    for programme_id in (second.id, foreign.id, 0):
        with pytest.raises(NotFound):
            await editing.programme_of_site(programme_id, site.id)


async def test_what_was_removed_can_be_brought_back_for_a_while_by_its_place_alone() -> None:
    site, other = await make_site(), await make_site()
    early, late, same = [await make_programme(site=site) for _n in range(3)]
    foreign = await make_programme(site=other)
    for programme, hours in ((early, 0), (late, 1), (same, 1), (foreign, 1)):
        removed_at = NOON + hours * HOUR
        await editing.remove_programme(programme, actor=OPERATOR, now=removed_at)

    async def removed(now: datetime) -> list[int]:
        return [one.id for one in await editing.removed_of_site(site.id, now=now)]

    assert await removed(NOON + HOUR) == [same.id, late.id, early.id]
    assert await removed(NOON + KEPT) == [same.id, late.id]
    for programme_id in (foreign.id, early.id):
        with pytest.raises(NotFound):
            await editing.restore_programme(programme_id, site.id, actor=OPERATOR, now=NOON + KEPT)
    assert await removed(NOON + HOUR) == [same.id, late.id, early.id]
    last = NOON + KEPT + HOUR - SECOND
    await editing.restore_programme(late.id, site.id, actor=OPERATOR, now=last)
    back = await editing.programme_of_site(late.id, site.id)
    assert (back.removed_at, back.removed_by, back.is_published) == (None, "", False)
    assert await removed(last) == [same.id]


@pytest.mark.parametrize("length", [100, 101])
async def test_who_removed_it_is_kept_as_far_as_there_is_room(length: int) -> None:
    programme = await make_programme()
    await editing.remove_programme(programme, actor=Actor(None, "客" * length), now=NOON)
    assert (await Programme.get(id=programme.id)).removed_by == "客" * 100


async def test_what_was_removed_takes_no_more_times() -> None:
    programme = await make_programme()
    await editing.remove_programme(programme, **BY)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        await editing.add_times(programme, times(SOON), **BY)  # type: ignore[arg-type]
    assert await Slot.filter(programme_id=programme.id).count() == 0


async def test_times_that_open_with_their_event_move_and_no_others() -> None:
    event, other = await make_event(), await make_event()
    programme = await make_programme(event=event)
    elsewhere = await make_programme(event=other)
    by_hand = NOON + HOUR
    slots = [
        await make_slot(programme=programme, booking_opens_at=NOON),
        await make_slot(programme=programme, starts_at=SOON, booking_opens_at=by_hand),
        await make_slot(programme=programme, starts_at=SOON + HOUR, booking_opens_at=None),
        await make_slot(programme=elsewhere, starts_at=SOON, booking_opens_at=NOON),
    ]
    assert await moved(event.id, NOON) == 1
    assert await opening(slots) == [SOON, by_hand, None, NOON]
    assert await moved(event.id, None) == 1
    assert await opening(slots) == [SOON, by_hand, SOON, NOON]


async def moved(event_id: int, before: datetime | None) -> int:
    async with together(now=NOON) as part:
        return await follow_event(part, event_id, before, SOON)


async def opening(slots: Sequence[Slot]) -> list[datetime | None]:
    return [(await Slot.get(id=slot.id)).booking_opens_at for slot in slots]


# --- seats by hand -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "capacity", "may"),
    [
        ({"seats_taken": 3}, 3, True),
        ({"seats_taken": 3}, 2, False),
        ({"seats_taken": 3, "seats_kept": 2}, 5, True),
        ({"seats_taken": 3, "seats_kept": 2}, 4, False),
        ({}, 0, True),
        ({}, -1, False),
        ({}, MAX_CAPACITY, True),
        ({}, MAX_CAPACITY + 1, False),
    ],
)
async def test_seats_that_somebody_has_stay(
    columns: dict[str, int], capacity: int, may: bool
) -> None:
    slot, other = await make_slot(**columns), await make_slot()
    by: dict[str, Any] = {"site_id": 1, **BY}
    if may:
        await slot_editing.change_capacity(slot, capacity, **by)
        entry = await RecentEdit.get(action="slot.capacity", subject_id=slot.id)
        assert (entry.before, entry.after) == ({"capacity": 8}, {"capacity": capacity})
    else:
        with pytest.raises(BelowReserved) as refused:
            await slot_editing.change_capacity(slot, capacity, **by)
        taken = columns.get("seats_taken", 0) + columns.get("seats_kept", 0)
        assert refused.value.message.in_language("en").startswith(f"{taken} seats")
    assert (await Slot.get(id=slot.id)).capacity == (capacity if may else 8)
    assert (await Slot.get(id=other.id)).capacity == 8


@pytest.mark.parametrize(
    ("tap", "columns", "after"),
    [
        (slot_editing.add_seat, {}, 9),
        (slot_editing.add_seat, {"capacity": MAX_CAPACITY - 1}, MAX_CAPACITY),
        (slot_editing.add_seat, {"capacity": MAX_CAPACITY}, None),
        (slot_editing.take_seat_away, {}, 7),
        (slot_editing.take_seat_away, {"seats_taken": 7}, 7),
        (slot_editing.take_seat_away, {"seats_taken": 8}, None),
        (slot_editing.take_seat_away, {"seats_taken": 5, "seats_kept": 2}, 7),
        (slot_editing.take_seat_away, {"seats_taken": 6, "seats_kept": 2}, None),
        (slot_editing.take_seat_away, {"capacity": 0}, None),
    ],
)
async def test_a_tap_is_one_seat(tap: Any, columns: dict[str, int], after: int | None) -> None:
    slot = await make_slot(**columns)
    before = slot.capacity
    if after is None:
        with pytest.raises(Conflict):
            await tap(slot, site_id=1, **BY)
    else:
        entry = await tap(slot, site_id=1, **BY)
        assert (entry.before, entry.after) == ({"capacity": before}, {"capacity": after})
    assert (await Slot.get(id=slot.id)).capacity == (before if after is None else after)


@pytest.mark.parametrize(
    ("columns", "people", "taken", "kept"),
    [
        ({"capacity": 3, "seats_taken": 2}, 1, 3, 0),
        ({"capacity": 3, "seats_taken": 2}, 2, None, 0),
        # Seats kept for them go first, and never more than there are.
        ({"capacity": 4, "seats_taken": 1, "seats_kept": 2}, 1, 2, 2),
        ({"capacity": 4, "seats_taken": 1, "seats_kept": 2}, 2, 3, 1),
        ({"capacity": 4, "seats_taken": 1, "seats_kept": 2}, 3, 4, 0),
        ({"capacity": 4, "seats_taken": 1, "seats_kept": 2}, 4, None, 2),
        ({"status": SlotStatus.CANCELLED}, 1, None, 0),
        ({"status": SlotStatus.CLOSED}, 1, 1, 0),
        # Out again go those who came in, and nobody's party.
        ({"seats_taken": 3, "walk_ins": 2}, -2, 1, 0),
        ({"seats_taken": 3, "walk_ins": 2}, -3, None, 0),
    ],
)
async def test_who_walks_in_has_a_seat(
    columns: dict[str, Any], people: int, taken: int | None, kept: int
) -> None:
    slot = await make_slot(**columns)
    before = (slot.seats_taken, slot.walk_ins)
    by: dict[str, Any] = {"site_id": 1, **BY}
    if taken is None:
        with pytest.raises(NoSeatAtDoor):
            await slot_editing.walk_in(slot, people, **by)
    else:
        await slot_editing.walk_in(slot, people, **by)
    after = await Slot.get(id=slot.id)
    expected = before if taken is None else (taken, before[1] + people)
    assert (after.seats_taken, after.walk_ins) == expected
    assert after.seats_kept == kept


@pytest.mark.parametrize(
    ("now", "wanted", "after"),
    [
        (SlotStatus.OPEN, SlotStatus.CLOSED, SlotStatus.CLOSED),
        (SlotStatus.CLOSED, SlotStatus.OPEN, SlotStatus.OPEN),
        (SlotStatus.CANCELLED, SlotStatus.OPEN, None),
    ],
)
async def test_what_is_called_off_is_not_opened_by_a_tap(
    now: SlotStatus, wanted: SlotStatus, after: SlotStatus | None
) -> None:
    slot, other = await make_slot(status=now), await make_slot(status=now)
    by: dict[str, Any] = {"site_id": 1, **BY}
    if after is None:
        with pytest.raises(Conflict):
            await slot_editing.set_open(slot, wanted, **by)
    else:
        await slot_editing.set_open(slot, wanted, **by)
    assert (await Slot.get(id=slot.id)).status == (after or now)
    assert (await Slot.get(id=other.id)).status == now


@pytest.mark.parametrize("wanted", [True, False])
async def test_a_host_chooses_for_one_session_whether_seats_go_unasked(wanted: bool) -> None:
    slot = await make_slot(releases_absent=not wanted)
    other = await make_slot(releases_absent=not wanted)
    by: dict[str, Any] = {"site_id": (await slot.programme).site_id, **BY}
    await slot_editing.release_absent(slot, wanted, **by)
    assert (await Slot.get(id=slot.id)).releases_absent is wanted
    assert (await Slot.get(id=other.id)).releases_absent is not wanted


async def test_who_removed_it_is_noted_as_far_as_there_is_room() -> None:
    programme = await make_programme()
    long = replace(OPERATOR, name="あ" * 101)
    await editing.remove_programme(programme, actor=long, now=NOON)
    assert (await Programme.get(id=programme.id)).removed_by == "あ" * 100
