"""What stands in the window: different things, each day others, never many of one."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from tour.pages.window import rules
from tour.pages.window.rules import (
    MOST,
    DayPart,
    Narrowing,
    Offer,
    Traits,
    sessions,
    turns,
    window,
)
from tour.sites.states import SiteKind

SATURDAY = datetime(2026, 12, 12, 10, 30, tzinfo=UTC)
TODAY = date(2026, 11, 30)


def offer(number: int, **values: object) -> Offer:
    """A session for everybody at a workshop of its own, on Saturday morning."""
    traits = {
        "programme_id": number,
        "site_id": number,
        "kind": SiteKind.CRAFT,
        "price_yen": 1500,
        "min_age": 0,
        "max_age": None,
        "is_indoors": True,
    }
    own = {name: values.pop(name) for name in list(values) if name in traits}
    slot = {"slot_id": number, "starts_at": SATURDAY, "is_draw": False}
    return Offer(**slot | values, traits=Traits(**traits | own))


def shown(offers: list[Offer], today: date = TODAY) -> list[Offer]:
    return window(offers, turns([one.traits.programme_id for one in offers], today))


ODD_ONES = {
    "another day": {"starts_at": SATURDAY + timedelta(days=1)},
    "another part of the day": {"starts_at": SATURDAY + timedelta(hours=4)},
    "free": {"price_yen": 0},
    "cheap": {"price_yen": 300},
    "for who is older": {"min_age": 10},
    "another kind": {"kind": SiteKind.FACTORY},
    "a draw": {"is_draw": True},
}


@pytest.mark.parametrize("odd", ODD_ONES.values(), ids=ODD_ONES)
def test_the_one_that_is_different_among_many_alike_is_shown(odd: dict[str, object]) -> None:
    alike = [offer(number) for number in range(1, 40)]
    rare = offer(99, **odd)
    assert rare in shown([*alike, rare])


def test_all_that_differ_find_room_together() -> None:
    odd = [offer(100 + n, **values) for n, values in enumerate(list(ODD_ONES.values())[:4])]
    chosen = shown([*(offer(number) for number in range(1, 40)), *odd])
    assert set(chosen) >= set(odd)


@pytest.mark.parametrize("count", [0, 1, 2, 4, 5, 6, 300])
def test_as_many_as_there_are_and_never_more_than_a_row(count: int) -> None:
    chosen = shown([offer(number) for number in range(count)])
    assert len(chosen) == min(count, MOST)
    assert len(set(chosen)) == len(chosen)


def test_one_a_place_however_many_times_it_has() -> None:
    times = [
        offer(number, site_id=number % 2, starts_at=SATURDAY + timedelta(hours=number))
        for number in range(9)
    ]
    assert len({one.traits.site_id for one in shown(times)}) == len(shown(times)) == 2


def test_what_can_be_reserved_at_once_comes_first() -> None:
    draws = [offer(number, is_draw=True) for number in range(20)]
    now = offer(50)
    for day in range(30):
        assert shown([*draws, now], TODAY + timedelta(days=day))[0] == now
    assert shown(draws)[0].is_draw


def test_each_day_begins_with_another_and_all_have_their_day() -> None:
    offers = [offer(number) for number in range(7)]
    firsts = [shown(offers, TODAY + timedelta(days=n))[0] for n in range(14)]
    assert all(a != b for a, b in pairwise(firsts))
    assert set(firsts[:7]) == set(offers)


def test_it_is_the_same_all_day_in_whatever_order_the_sessions_are_read() -> None:
    offers = [offer(number, price_yen=number * 100) for number in range(30)]
    assert shown(offers) == shown(offers[::-1])


def test_another_session_that_fills_does_not_change_the_first() -> None:
    offers = [offer(number) for number in range(30)]
    order = turns([one.traits.programme_id for one in offers], TODAY)
    first = window(offers, order)[0]
    for gone in offers:
        if gone != first:
            assert window([one for one in offers if one != gone], order)[0] == first


TABLE = [
    (Narrowing(), {}, True),
    (Narrowing(part=DayPart.MORNING), {}, True),
    (Narrowing(part=DayPart.AFTERNOON), {}, False),
    (Narrowing(part=DayPart.AFTERNOON), {"starts_at": SATURDAY.replace(hour=12, minute=0)}, True),
    (Narrowing(part=DayPart.MORNING), {"starts_at": SATURDAY.replace(hour=11, minute=59)}, True),
    (Narrowing(day=SATURDAY.date()), {}, True),
    (Narrowing(day=date(2026, 12, 13)), {}, False),
    (Narrowing(children=True), {"min_age": 6}, True),
    (Narrowing(children=True), {"min_age": 7}, False),
    (Narrowing(children=True), {"max_age": 3}, False),
    (Narrowing(free=True), {"price_yen": 0}, True),
    (Narrowing(free=True), {"price_yen": 1}, False),
    (Narrowing(indoors=True), {"is_indoors": False}, False),
    (Narrowing(children=True, free=True), {"price_yen": 0, "min_age": 8}, False),
]


@pytest.mark.parametrize(("wish", "values", "lets"), TABLE)
def test_a_wish_lets_through_what_meets_all_of_it(wish, values, lets: bool) -> None:
    assert wish.lets(offer(1, **values)) is lets


def test_sessions_are_counted_not_their_times() -> None:
    twice = [offer(1), offer(1, slot_id=2, starts_at=SATURDAY + timedelta(hours=5)), offer(3)]
    assert sessions(twice, Narrowing()) == 2
    assert sessions(twice, Narrowing(part=DayPart.AFTERNOON)) == 1


def _a_large_town() -> Iterator[Offer]:
    kinds = list(SiteKind)
    for number in range(3000):
        yield offer(
            number,
            site_id=number // 6,
            kind=kinds[number % len(kinds)],
            price_yen=number % 5 * 500,
            min_age=number % 12,
            starts_at=SATURDAY + timedelta(days=number % 2, minutes=30 * (number % 11)),
            is_draw=number % 9 == 0,
        )


def test_of_three_thousand_sessions_few_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """How often two are compared is bounded by how many looks there are."""
    asked = 0
    old = rules._old

    def counted(*args: object) -> int:
        nonlocal asked
        asked += 1
        return old(*args)

    monkeypatch.setattr(rules, "_old", counted)
    town = list(_a_large_town())
    looks = {rules._look(one) for one in town}
    assert len(shown(town)) == MOST
    assert 0 < asked <= MOST * len(looks) < 2000
