"""How a host's pages are told what they are: each case of each state, chosen in one place."""

from datetime import date, timedelta

import pytest

from tests.conftest import NOON
from tour.hosts.programmes.form import DayChoices, EventDays, Unfolded
from tour.hosts.today.rows import (
    DOORS,
    TAPS,
    DoorView,
    DrawLine,
    PartyStage,
    SlotStage,
    SlotTaps,
    draw_line,
    other_days,
    party_says,
    party_stage,
    slot_said,
    slot_stage,
)
from tour.i18n import lazy as _
from tour.reservations.states import DrawStatus, PlaceStatus
from tour.sites.models import SiteDay
from tour.sites.states import DoorState
from tour.web.forms import Form

TODAY = NOON.date()


@pytest.mark.parametrize(
    ("facts", "minutes_until", "stage"),
    [
        ("is_cancelled", 30, SlotStage.CALLED_OFF),
        ("is_cancelled is_today", 0, SlotStage.CALLED_OFF),
        ("is_cancelled is_over is_today", 0, SlotStage.CALLED_OFF),
        ("is_over is_today", 0, SlotStage.OVER),
        ("is_over", 0, SlotStage.OVER),
        ("is_today", 1, SlotStage.SOON),
        ("is_today", 0, SlotStage.NOW),
        ("", 2000, SlotStage.ANOTHER_DAY),
        ("", 0, SlotStage.ANOTHER_DAY),
    ],
)
def test_how_a_session_stands(facts: str, minutes_until: int, stage: SlotStage) -> None:
    names = ("is_cancelled", "is_over", "is_today")
    told = {name: name in facts.split() for name in names}
    assert slot_stage(**told, minutes_until=minutes_until) == stage


def test_what_a_host_can_do_about_a_session() -> None:
    assert set(TAPS) == set(SlotStage)
    assert {stage for stage in SlotStage if TAPS[stage] == SlotTaps.DOOR} == {
        SlotStage.NOW,
        SlotStage.SOON,
    }
    assert TAPS[SlotStage.ANOTHER_DAY] == SlotTaps.SEATS


@pytest.mark.parametrize("stage", SlotStage)
def test_a_session_says_how_it_stands_unless_it_is_of_another_day(stage: SlotStage) -> None:
    assert bool(slot_said(stage, 5)) == (stage != SlotStage.ANOTHER_DAY)


@pytest.mark.parametrize(
    ("status", "came", "seats", "stage"),
    [
        (PlaceStatus.CONFIRMED, 0, 2, PartyStage.EXPECTED),
        (PlaceStatus.CONFIRMED, 1, 2, PartyStage.PARTLY_HERE),
        (PlaceStatus.CONFIRMED, 2, 2, PartyStage.HERE),
        (PlaceStatus.CONFIRMED, 3, 2, PartyStage.HERE),
        (PlaceStatus.RELEASED, 0, 2, PartyStage.GIVEN_AWAY),
        (PlaceStatus.RELEASED, 2, 2, PartyStage.GIVEN_AWAY),
        (PlaceStatus.CANCELLED, 0, 2, PartyStage.GAVE_UP),
        (PlaceStatus.CANCELLED, 2, 2, PartyStage.GAVE_UP),
    ],
)
def test_where_a_party_stands(
    status: PlaceStatus, came: int, seats: int, stage: PartyStage
) -> None:
    assert party_stage(status, came=came, seats=seats) == stage


@pytest.mark.parametrize(
    ("late_minutes", "said"),
    [(None, ""), (0, "Says: on the way"), (10, "Says: 10 minutes late")],
)
def test_what_a_party_said_itself(late_minutes: int | None, said: str) -> None:
    assert party_says(late_minutes) == said


def test_a_draw_is_ahead_until_it_is_drawn() -> None:
    drawn = [status for status in DrawStatus if draw_line(status) == DrawLine.DRAWN]
    assert drawn == [DrawStatus.DRAWN]


def test_other_days_are_offered_where_there_is_a_choice() -> None:
    dates = [TODAY + timedelta(days=n) for n in range(20)]
    assert other_days([TODAY], TODAY) == []
    assert other_days(dates[:2], dates[1]) == [(dates[0], False), (dates[1], True)]
    assert len(other_days(dates, TODAY)) == 8


def door(**told: object) -> DoorView:
    stands = {"state": DoorState.OPEN, "waiting_minutes": 0, "delay_minutes": 0, "walk_ins": 0}
    day = SiteDay(site_id=1, on_date=date(2026, 11, 3), **{**stands, **told})
    return DoorView.of(day, (0, 10), (0, 15))


@pytest.mark.parametrize("state", DoorState)
def test_one_button_of_the_door_is_pressed(state: DoorState) -> None:
    shown = door(state=state, waiting_minutes=10, delay_minutes=15)
    assert set(DOORS) == set(DoorState)
    assert [value for value, _label, is_so in shown.states if is_so] == [state]
    assert (shown.waits, shown.delays) == (((0, False), (10, True)), ((0, False), (15, True)))


@pytest.mark.parametrize(
    ("cap", "walk_ins", "lets_no_more_in", "said"),
    [
        (None, 9, False, "People without a reservation"),
        (5, 4, False, "Without reservation: 4 of 5"),
        (5, 5, True, "Without reservation: 5 of 5"),
        (5, 6, True, "Without reservation: 6 of 5"),
        (0, 0, True, "Without reservation: 0 of 0"),
    ],
)
def test_the_limit_at_the_door(
    cap: int | None, walk_ins: int, lets_no_more_in: bool, said: str
) -> None:
    shown = door(walk_in_cap=cap, walk_ins=walk_ins)
    assert (shown.lets_no_more_in, shown.walk_ins_said) == (lets_no_more_in, said)


@pytest.mark.parametrize(
    ("told", "is_unfolded"),
    [({}, False), ({"waiting_minutes": 10}, True), ({"delay_minutes": 15}, True)],
)
def test_the_door_unfolds_what_is_said(told: dict[str, int], is_unfolded: bool) -> None:
    assert door(**told).is_unfolded == is_unfolded


WRONG = _("Give a whole number.")


@pytest.mark.parametrize(
    ("form", "unfolded"),
    [
        (Form({}), Unfolded(False, False, False)),
        (Form({"seats_kept": "0", "question_1": ""}), Unfolded(False, False, False)),
        (Form({"summary": "You print."}), Unfolded(True, False, False)),
        (Form({"bring": "An apron"}), Unfolded(True, False, False)),
        (Form({"question_1": "Left-handed?"}), Unfolded(False, True, False)),
        (Form({"asks_photo_consent": "1"}), Unfolded(False, True, False)),
        (Form({"seats_kept": "2"}), Unfolded(False, False, True)),
        (Form({}, {"title": WRONG}), Unfolded(True, False, False)),
        (Form({}, {"pool_children": WRONG}), Unfolded(True, False, True)),
        (Form({}, {"seats_kept": WRONG}), Unfolded(True, False, True)),
    ],
)
def test_parts_of_the_form_stand_open_in_which_something_is(form: Form, unfolded: Unfolded) -> None:
    assert Unfolded.of(form) == unfolded


def test_days_are_ticked_in_their_event_or_typed_beside() -> None:
    before, after = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    autumn = EventDays(1, "Autumn", (before, TODAY, after), None)

    def choices(days: str) -> DayChoices:
        return DayChoices.of(Form({"days": days}), [autumn], TODAY)

    assert choices("").events == (("Autumn", ((TODAY, False), (after, False))),)
    assert choices("").typed == ("",)
    assert choices(f"{after},2027-01-05,{before}").events[0][1][1] == (after, True)
    assert choices(f"{after},2027-01-05,{before}").typed == ("2027-01-05",)
    assert choices("soon,,").typed == ("soon",)
    assert DayChoices.of(Form({}), [], TODAY) == DayChoices((), ("",))


def test_a_refused_limit_unfolds_the_door() -> None:
    day = SiteDay(site_id=1, on_date=TODAY)
    assert DoorView.of(day, (0,), (0,), is_refused=True).is_unfolded
