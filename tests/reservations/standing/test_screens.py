"""Which page a party sees, in one table: each state has one, and each page says what it is."""

import re
from itertools import product

import pytest

from tour.reservations.pages.booking import Mode
from tour.reservations.standing.badges import badge_of
from tour.reservations.standing.stages import (
    CHANCE_HEADS,
    TURN_HEADS,
    Chance,
    Screen,
    Stage,
    Turn,
    chance_of,
    screen_of,
    turn_of,
)
from tour.reservations.states import EntryStatus, WaitlistStatus
from tour.settings import ROOT

TEMPLATES = ROOT / "templates" / "reservations"
OPEN = (Turn.OFFERED, Turn.FREE, Turn.FREE_AGAIN, Turn.FREE_LATE)
WITH_SOMETHING_TO_DO = {*OPEN, Turn.WAITING, Turn.EXPIRED}
NO_CHECK = {"has_check": False, "is_check_open": False}


@pytest.mark.parametrize(
    ("whole", "facts", "screen"),
    [
        (Stage.COMING, {"is_confirmed": True}, Screen.COMING),
        (Stage.UNDER_WAY, {"is_confirmed": True}, Screen.COMING),
        (Stage.COMING, {"is_confirmed": True, "is_open": True}, Screen.COMING),
        (Stage.CAME, {"is_confirmed": True}, Screen.OVER),
        (Stage.MISSED, {"is_confirmed": True, "is_open": True}, Screen.OVER),
        (Stage.HELD, {"has_check": True, "is_check_open": True, "is_open": True}, Screen.CODE),
        (Stage.UNPROVED, {"has_check": True, "is_check_open": True, "is_open": True}, Screen.CODE),
        (None, {"has_check": True, "is_check_open": True, "is_open": True}, Screen.CODE),
        (Stage.LAPSED, {"has_check": True}, Screen.LAPSED),
        (None, {"has_check": True}, Screen.LAPSED),
        (None, {"is_open": True}, Screen.HOPING),
        (Stage.GIVEN_BACK, {"is_open": True}, Screen.HOPING),
        (Stage.GIVEN_BACK, {}, Screen.ENDED),
        (Stage.CALLED_OFF, {}, Screen.ENDED),
        (Stage.RELEASED, {}, Screen.ENDED),
        (Stage.MISSED, {}, Screen.ENDED),
        (None, {}, Screen.NOTHING),
    ],
)
def test_the_page_of_a_reservation(
    whole: Stage | None, facts: dict[str, bool], screen: Screen
) -> None:
    given = {**NO_CHECK, "is_confirmed": False, "is_open": False, **facts}
    assert screen_of(whole, **given) == screen


@pytest.mark.parametrize(
    ("status", "may_accept", "is_called_off", "turn"),
    [
        (WaitlistStatus.OFFERED, False, False, Turn.OFFERED),
        (WaitlistStatus.WAITING, False, False, Turn.WAITING),
        (WaitlistStatus.WAITING, True, False, Turn.FREE),
        (WaitlistStatus.EXPIRED, True, False, Turn.FREE_AGAIN),
        (WaitlistStatus.EXPIRED, False, False, Turn.EXPIRED),
        (WaitlistStatus.CLOSED, True, False, Turn.FREE_LATE),
        (WaitlistStatus.CLOSED, False, False, Turn.NONE_CAME_FREE),
        (WaitlistStatus.CLOSED, False, True, Turn.CALLED_OFF),
        (WaitlistStatus.DECLINED, False, False, Turn.LEFT),
        (WaitlistStatus.LEFT, False, True, Turn.LEFT),
        (WaitlistStatus.ACCEPTED, False, False, Turn.ACCEPTED),
        (WaitlistStatus.UNPROVED, False, False, Turn.UNPROVED),
    ],
)
def test_a_turn_in_a_queue(
    status: WaitlistStatus, may_accept: bool, is_called_off: bool, turn: Turn
) -> None:
    assert turn_of(status, may_accept=may_accept, is_called_off=is_called_off) == turn


def test_every_turn_has_its_head_and_what_can_be_done() -> None:
    for status, yes, off in product(WaitlistStatus, (False, True), (False, True)):
        turn = turn_of(status, may_accept=yes, is_called_off=off)
        assert turn == Turn.UNPROVED or turn in TURN_HEADS
    assert {f"_{turn}.html" for turn in WITH_SOMETHING_TO_DO} == names("turn")
    for turn in Turn:
        said = source(f"turn/_{turn}.html") if turn in WITH_SOMETHING_TO_DO else ""
        assert ("reservations:accept" in said) == (turn in OPEN)
        assert ("reservations:leave" in said) == (turn in {Turn.OFFERED, Turn.FREE, Turn.WAITING})


@pytest.mark.parametrize("status", EntryStatus)
@pytest.mark.parametrize("is_called_off", [False, True])
@pytest.mark.parametrize("waits", [False, True])
def test_a_chance_in_a_draw(status: EntryStatus, is_called_off: bool, waits: bool) -> None:
    chance = chance_of(status, is_called_off=is_called_off, waits=waits)
    assert chance in CHANCE_HEADS
    if is_called_off and status != EntryStatus.LEFT:
        assert chance == Chance.CALLED_OFF
    elif status == EntryStatus.LOST and not waits:
        assert chance == Chance.OUT
    elif status != EntryStatus.UNPROVED:
        assert chance == status.value


@pytest.mark.parametrize(
    ("screen", "whole", "offered", "drawn", "text", "icon", "look"),
    [
        (Screen.COMING, Stage.COMING, False, False, "Confirmed", "check", "sure"),
        (Screen.COMING, Stage.COMING, True, False, "Seats are held for you", "clock", "todo"),
        (Screen.CODE, Stage.HELD, False, False, "Waits for the code", "clock", "todo"),
        (Screen.HOPING, None, True, False, "Seats are held for you", "clock", "todo"),
        (Screen.HOPING, None, False, True, "In the draw", "clock", "waiting"),
        (Screen.HOPING, None, False, False, "On the waiting list", "clock", "waiting"),
        (Screen.OVER, Stage.CAME, False, False, "Over", "", "cancelled"),
        (Screen.ENDED, Stage.CALLED_OFF, False, False, "Called off", "", "cancelled"),
        (Screen.LAPSED, None, False, False, "Ended", "", "cancelled"),
        (Screen.NOTHING, None, False, False, "Ended", "", "cancelled"),
    ],
)
def test_what_a_list_says(
    screen: Screen,
    whole: Stage | None,
    offered: bool,
    drawn: bool,
    text: str,
    icon: str,
    look: str,
) -> None:
    badge = badge_of(screen, whole, is_offered=offered, is_in_draw=drawn)
    assert (badge.text.message, badge.icon, badge.look) == (text, icon, look)
    assert bool(badge.to_do) == bool(badge.anchor) == (look == "todo")


def test_each_page_has_its_template() -> None:
    assert names("screen") == {f"_{screen}.html" for screen in Screen}
    assert names("booking") == {f"_{mode}.html" for mode in Mode}


DECIDES = re.compile(r"""{%-?\s*(?:el)?if\b[^%]*(?:[=!]=|\bin\s*\()\s*["']""")


def test_templates_decide_nothing() -> None:
    """What a status means is said in `stages`; a template asks for no status by its name."""
    found = [
        f"{path.relative_to(TEMPLATES)}:{number}"
        for path in TEMPLATES.rglob("*.html")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if DECIDES.search(line)
    ]
    assert found == []
    assert DECIDES.search('{% if queue.status == "expired" %}')
    assert DECIDES.search('{% elif mode in ("reserve", "queue") %}')


def names(folder: str) -> set[str]:
    return {path.name for path in (TEMPLATES / folder).iterdir()}


def source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")
