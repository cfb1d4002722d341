"""Every rule of a party at its boundary: the last that is allowed, and the first that is not."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import NOON
from tests.reservations.factories import make_party
from tour.reservations.rules import (
    MAX_NAME,
    MAX_PARTY,
    OLDEST_CHILD,
    SOON,
    Audience,
    Clash,
    Newcomer,
    Stretch,
    can_say,
    change_problem,
    clash_among,
    clash_with,
    party_problem,
    read_party,
    resize_problem,
)
from tour.reservations.wishes import Choice, Wish

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
CONTACT = {"name": "北 花子", "email": "yui@example.org"}


@pytest.mark.parametrize(
    ("adults", "children", "limits", "fits"),
    [
        # The smaller of what a party may be and what the session holds.
        (4, 0, Audience(max_party=4, capacity=8), True),
        (5, 0, Audience(max_party=4, capacity=8), False),
        (3, 1, Audience(max_party=4, capacity=8), True),
        (3, 2, Audience(max_party=4, capacity=8), False),
        (3, 0, Audience(max_party=6, capacity=3), True),
        (4, 0, Audience(max_party=6, capacity=3), False),
        # Children come with an adult, where the host says so.
        (0, 1, Audience(4, 8), True),
        (0, 1, Audience(4, 8, needs_adult=True), False),
        (1, 1, Audience(4, 8, needs_adult=True), True),
        # Children are counted up to 15: from 16 on a session is not for any of them.
        (1, 1, Audience(4, 8, min_age=OLDEST_CHILD), True),
        (1, 1, Audience(4, 8, min_age=OLDEST_CHILD + 1), False),
        (2, 0, Audience(4, 8, min_age=OLDEST_CHILD + 1), True),
    ],
)
def test_who_a_session_is_for(adults: int, children: int, limits: Audience, fits: bool) -> None:
    assert (party_problem(adults, children, limits) is None) is fits


@pytest.mark.parametrize(
    ("before", "after", "limits", "fits"),
    [
        # Five have their place where the host takes four by now: they stay, and may be fewer.
        ((5, 0), (5, 0), Audience(4, 8), True),
        ((5, 0), (6, 0), Audience(4, 8), False),
        ((5, 0), (5, 0), Audience(6, 3), True),
        ((5, 0), (6, 0), Audience(6, 3), False),
        ((1, 0), (2, 0), Audience(2, 8), True),
        ((1, 0), (3, 0), Audience(2, 8), False),
        # Children alone were taken before: they need no adult now, and others do not lose theirs.
        ((0, 2), (0, 1), Audience(4, 8, needs_adult=True), True),
        ((1, 2), (0, 2), Audience(4, 8, needs_adult=True), False),
        # As many children as there were are no news to a host who takes none any more.
        ((1, 2), (2, 2), Audience(4, 8, min_age=18), True),
        ((1, 2), (1, 3), Audience(4, 8, min_age=18), False),
    ],
)
def test_what_a_party_may_grow_to(
    before: tuple[int, int], after: tuple[int, int], limits: Audience, fits: bool
) -> None:
    assert (resize_problem(before, after, limits) is None) is fits


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"adults": "1"}, set()),
        ({"adults": str(MAX_PARTY)}, set()),
        ({"adults": str(MAX_PARTY + 1)}, {"adults"}),
        ({"adults": "0", "children": str(MAX_PARTY)}, set()),
        ({"adults": "1", "children": str(MAX_PARTY + 1)}, {"children"}),
        ({"adults": "0", "children": "0"}, {"adults"}),
        ({"adults": "0", "children": ""}, {"adults"}),
        ({"adults": "1", "children": ""}, set()),
        ({"adults": "", "children": "1"}, {"adults"}),
        ({"adults": "-1"}, {"adults"}),
        ({"adults": "1", "name": "字" * MAX_NAME}, set()),
        ({"adults": "1", "name": "字" * (MAX_NAME + 1)}, {"name"}),
        ({"adults": "1", "name": " "}, {"name"}),
        ({"adults": "1", "kana": "カ" * MAX_NAME}, set()),
        ({"adults": "1", "kana": "カ" * (MAX_NAME + 1)}, {"kana"}),
        ({"adults": "1", "kana": "はなこ"}, set()),
        ({"adults": "1", "kana": "Hanako"}, {"kana"}),
        ({"adults": "1", "email": ""}, {"email"}),
        ({"adults": "1", "email": "", "phone": "03-1234-5678"}, set()),
        # One mistake is said once: who mistyped a telephone is not asked for an address, too.
        ({"adults": "1", "email": "", "phone": "12"}, {"phone"}),
        ({"adults": "1", "email": "yui@", "phone": ""}, {"email"}),
        ({"adults": "1", "phone": "12"}, {"phone"}),
    ],
)
def test_what_can_be_typed(typed: dict[str, str], fields: set[str]) -> None:
    party, errors = read_party({**CONTACT, **typed})
    assert errors.keys() == fields
    assert (party is None) is bool(fields)


def test_a_party_is_changed_until_the_cut_off_and_not_in_its_moment() -> None:
    assert change_problem(NOON + SECOND, now=NOON) is None
    assert change_problem(NOON, now=NOON) is not None


def test_a_host_hears_of_who_is_late_on_the_day_until_it_is_over() -> None:
    starts_at, ends_at = NOON, NOON + HOUR
    said = {
        at: can_say(starts_at, ends_at, at)
        for at in (starts_at - SOON - SECOND, starts_at - SOON, ends_at - SECOND, ends_at)
    }
    assert list(said.values()) == [False, True, True, False]


# --- what is at the same time ------------------------------------------------------------------


def stretch(number: int, begins: float, lasts: float = 1) -> Stretch:
    begin = NOON + begins * HOUR
    return Stretch(number, begin, begin + lasts * HOUR)


@pytest.mark.parametrize(
    ("wanted", "held", "choice", "clash"),
    [
        (stretch(1, 1), stretch(2, 2), {}, None),
        (stretch(2, 2), stretch(1, 1), {}, None),
        (stretch(1, 1, 1.01), stretch(2, 2), {}, Clash(1, 2)),
        (stretch(2, 2), stretch(1, 1, 1.01), {}, Clash(2, 1)),
        (stretch(1, 1), stretch(2, 1), {}, Clash(1, 2)),
        (stretch(1, 1, 4), stretch(2, 2), {}, Clash(1, 2)),
        (stretch(1, 1), stretch(2, 1), {"split": True}, None),
        (stretch(1, 1), stretch(2, 1), {"again": True}, Clash(1, 2)),
        (stretch(1, 1), stretch(1, 1), {}, Clash(1, 1)),
        (stretch(1, 1), stretch(1, 1), {"again": True}, None),
        (stretch(1, 1), stretch(1, 1), {"split": True}, Clash(1, 1)),
    ],
)
def test_what_stands_against_a_wish(
    wanted: Stretch, held: Stretch, choice: dict[str, bool], clash: Clash | None
) -> None:
    assert clash_with([wanted], [held], **choice) == clash


def test_of_two_reasons_the_same_session_is_named_first() -> None:
    held = [stretch(2, 1), stretch(1, 1)]
    assert clash_with([stretch(1, 1)], held) == Clash(1, 1)
    assert clash_with([stretch(1, 1)], held, again=True) == Clash(1, 2)


def test_the_sessions_of_one_wish_follow_each_other() -> None:
    assert clash_among([stretch(2, 2), stretch(1, 1), stretch(3, 3)]) is None
    assert clash_among([stretch(2, 1.5), stretch(1, 1)]) == Clash(2, 1)
    assert clash_among([stretch(1, 1)]) is None


# --- what makes another wish -------------------------------------------------------------------

WISH = Wish(
    slot_ids=(1,), party=make_party(2), lang="ja", timezone="Asia/Tokyo", idempotency_key="k" * 32
)
ANOTHER: list[dict[str, Any]] = [
    {"slot_ids": (2,)},
    {"slot_ids": (1, 2)},
    {"party": replace(WISH.party, adults=3)},
    {"party": replace(WISH.party, children=1)},
    {"party": replace(WISH.party, name="南 花子")},
    {"party": replace(WISH.party, email="other@example.org")},
    {"party": replace(WISH.party, phone="03-9999-9999")},
    {"note": "車いすです"},
    {"answers": {1: ["左です"]}},
    {"photos_allowed": True},
    {"photos_allowed": False},
    {"asks": "queue"},
]
THE_SAME: list[dict[str, Any]] = [
    {},
    {"lang": "en"},
    {"timezone": "UTC"},
    {"idempotency_key": "l" * 32},
    {"choice": Choice(again=True)},
    {"choice": Choice(split=True)},
    {"is_known": True},
    {"newcomer": Newcomer("network")},
]
"""Of the reader, the device, and the answer to a question that the first form led to."""


@pytest.mark.parametrize("values", ANOTHER)
def test_a_form_that_asks_for_something_else_is_another_wish(values: dict[str, Any]) -> None:
    assert replace(WISH, **values).digest != WISH.digest


@pytest.mark.parametrize("values", THE_SAME, ids=str)
def test_a_form_that_is_sent_again_is_the_same_wish(values: dict[str, Any]) -> None:
    assert replace(WISH, **values).digest == WISH.digest


def test_of_everything_in_a_wish_it_is_said_whether_it_makes_another() -> None:
    said = {name for values in ANOTHER + THE_SAME for name in values}
    assert {field.name for field in fields(Wish)} == said


def test_other_answers_are_another_wish_in_whatever_order_they_came() -> None:
    both = {1: ["左"], 2: ["右"]}
    turned = dict(reversed(both.items()))
    assert replace(WISH, answers=both).digest == replace(WISH, answers=turned).digest
    swapped = {1: ["右"], 2: ["左"]}
    assert replace(WISH, answers=both).digest != replace(WISH, answers=swapped).digest
