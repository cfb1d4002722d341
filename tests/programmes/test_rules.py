"""What can be done with a slot now: every bound of time and seats."""

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import NOON
from tour.programmes.rules import (
    FEW_SEATS,
    RESERVABLE,
    Availability,
    Way,
    availability,
    seats_left,
    way_of,
)
from tour.programmes.states import Allocation, SlotStatus

SECOND = timedelta(seconds=1)
PLAIN: dict[str, Any] = {
    "status": SlotStatus.OPEN,
    "allocation": Allocation.FIRST_COME,
    "seats_left": 8,
    "booking_opens_at": None,
    "booking_closes_at": NOON + timedelta(hours=1),
    "now": NOON,
}
TABLE = [
    ({}, Availability.OPEN),
    ({"seats_left": FEW_SEATS + 1}, Availability.OPEN),
    ({"seats_left": FEW_SEATS}, Availability.FEW),
    ({"seats_left": 1}, Availability.FEW),
    ({"seats_left": 0}, Availability.FULL),
    ({"seats_left": -1}, Availability.FULL),
    ({"booking_closes_at": NOON + SECOND}, Availability.OPEN),
    ({"booking_closes_at": NOON}, Availability.CLOSED),
    ({"booking_opens_at": NOON}, Availability.OPEN),
    ({"booking_opens_at": NOON + SECOND}, Availability.SOON),
    ({"booking_opens_at": NOON + SECOND, "seats_left": 0}, Availability.SOON),
    ({"booking_opens_at": NOON + SECOND, "booking_closes_at": NOON}, Availability.CLOSED),
    ({"allocation": Allocation.DRAW}, Availability.DRAW),
    ({"allocation": Allocation.DRAW, "seats_left": 0}, Availability.DRAW),
    ({"allocation": Allocation.DRAW, "booking_opens_at": NOON + SECOND}, Availability.SOON),
    ({"allocation": Allocation.DRAW, "booking_closes_at": NOON}, Availability.CLOSED),
    ({"status": SlotStatus.CLOSED}, Availability.CLOSED),
    ({"status": SlotStatus.CANCELLED}, Availability.CANCELLED),
    ({"status": SlotStatus.CANCELLED, "booking_closes_at": NOON}, Availability.CANCELLED),
]


@pytest.mark.parametrize(("values", "answer"), TABLE)
def test_one_answer_for_every_moment(values: dict[str, Any], answer: Availability) -> None:
    assert availability(**PLAIN | values) == answer


def test_only_an_open_slot_with_seats_can_be_reserved() -> None:
    assert set(RESERVABLE) == {Availability.OPEN, Availability.FEW}


@pytest.mark.parametrize(
    ("capacity", "kept", "taken", "left"),
    [(8, 0, 0, 8), (8, 2, 5, 1), (8, 2, 6, 0), (8, 3, 6, 0), (8, 0, 9, 0)],
)
def test_what_a_slot_can_still_give_is_never_less_than_nothing(
    capacity: int, kept: int, taken: int, left: int
) -> None:
    assert seats_left(capacity, kept, taken) == left


@pytest.mark.parametrize(
    ("found", "way"),
    [
        (Availability.OPEN, Way.RESERVE),
        (Availability.FEW, Way.RESERVE),
        (Availability.FULL, Way.QUEUE),
        (Availability.DRAW, Way.DRAW),
        (Availability.SOON, Way.NOTHING),
        (Availability.CLOSED, Way.NOTHING),
        (Availability.CANCELLED, Way.NOTHING),
    ],
)
def test_what_can_be_done_about_a_time(found: Availability, way: Way) -> None:
    assert way_of(found) == way


def test_the_table_of_ways_is_whole() -> None:
    assert {way_of(found) for found in Availability} == set(Way)
