"""What fits into the half day around a session: a table of times, walks and seats."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from tour.notifications.schedule import SPARE
from tour.programmes.entries import SlotEntry
from tour.programmes.states import Allocation, SlotStatus
from tour.reservations.standing.around import (
    HALF_A_DAY,
    MOST_AFTER,
    MOST_BEFORE,
    MOST_ON_FOOT,
    Span,
    around,
)
from tour.sites.on_foot import OnFoot

START = datetime(2026, 12, 12, 3, 0, tzinfo=UTC)
HOUR, A_MINUTE = timedelta(hours=1), timedelta(minutes=1)
HELD = Span(START, START + HOUR)
NOW = START - timedelta(days=3)
WALK = OnFoot(5, approximate=False)
NEEDED = timedelta(minutes=WALK.minutes) + SPARE
MANY = 9
numbers = count(1)


def slot(starts_at: datetime) -> SlotEntry:
    number = next(numbers)
    return SlotEntry(
        id=number,
        programme_id=number,
        starts_at=starts_at,
        ends_at=starts_at + HOUR,
        capacity=8,
        seats_taken=0,
        seats_kept=0,
        allocation=Allocation.FIRST_COME,
        status=SlotStatus.OPEN,
        booking_opens_at=None,
        booking_closes_at=starts_at - HOUR / 2,
    )


def found(
    *slots: SlotEntry, seats: int = 2, now: datetime = NOW, others: tuple[Span, ...] = ()
) -> list[int]:
    near = around(HELD, others, [(one, WALK, MANY) for one in slots], seats, now=now)
    return [one.slot.id for one in near]


@pytest.mark.parametrize(
    ("starts_at", "fits"),
    [
        (HELD.ends_at + NEEDED, True),
        (HELD.ends_at + NEEDED - A_MINUTE, False),
        (HELD.ends_at + HALF_A_DAY, True),
        (HELD.ends_at + HALF_A_DAY + A_MINUTE, False),
        (START - NEEDED - HOUR, True),
        (START - NEEDED - HOUR + A_MINUTE, False),
        (START - HALF_A_DAY - HOUR, True),
        (START - HALF_A_DAY - HOUR - A_MINUTE, False),
        (START, False),
        (START + timedelta(days=1), False),
    ],
)
def test_one_gets_from_the_one_to_the_other_and_does_not_wait_for_ever(
    starts_at: datetime, fits: bool
) -> None:
    assert bool(found(slot(starts_at))) == fits


AFTER = HELD.ends_at + HOUR


@pytest.mark.parametrize(
    "change",
    [
        {"seats_taken": 7},
        {"seats_taken": 8},
        {"seats_kept": 7},
        {"status": SlotStatus.CANCELLED},
        {"status": SlotStatus.CLOSED},
        {"allocation": Allocation.DRAW},
        {"booking_opens_at": NOW + HOUR},
        {"booking_closes_at": NOW},
    ],
)
def test_only_what_all_of_the_party_can_reserve_now(change: dict) -> None:
    assert found(slot(AFTER))
    assert found(replace(slot(AFTER), **change)) == []


@pytest.mark.parametrize(("minutes", "fits"), [(MOST_ON_FOOT, True), (MOST_ON_FOOT + 1, False)])
def test_not_further_than_one_walks_in_half_a_day(minutes: int, fits: bool) -> None:
    walk = OnFoot(minutes, approximate=False)
    assert bool(around(HELD, (), [(slot(AFTER), walk, MANY)], 2, now=NOW)) == fits


def test_not_more_than_its_host_takes_in_one_party() -> None:
    assert around(HELD, (), [(slot(AFTER), WALK, 2)], 3, now=NOW) == []


def test_nothing_that_meets_what_the_party_holds_besides() -> None:
    other = Span(AFTER + HOUR + SPARE - A_MINUTE, AFTER + 3 * HOUR)
    assert found(slot(AFTER), others=(other,)) == []
    later = Span(AFTER + HOUR + SPARE, AFTER + 3 * HOUR)
    assert found(slot(AFTER), others=(later,))


def test_a_few_in_the_order_of_the_day_the_nearest_in_time_first() -> None:
    before = [slot(START - timedelta(hours=2, minutes=n)) for n in range(3)]
    after = [slot(HELD.ends_at + HOUR + n * A_MINUTE) for n in range(6)]
    assert found(*reversed(after), *before) == [
        *(one.id for one in before[:MOST_BEFORE]),
        *(one.id for one in after[:MOST_AFTER]),
    ]


def test_of_one_session_the_time_that_lies_nearest() -> None:
    soon, late = slot(AFTER), slot(AFTER + HOUR)
    assert found(replace(late, programme_id=soon.programme_id), soon) == [soon.id]
