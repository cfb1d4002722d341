"""The plan form: what it makes of what was typed, at each bound, and what it proposes by itself."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from starlette.datastructures import QueryParams

from tests.routes.days.test_day import DAY, HOME, TOKYO, Door, at, town_of
from tour.events.entries import EventEntry, ParticipantEntry, agenda
from tour.events.states import ParticipationRole
from tour.geo import Bounds, Point
from tour.reservations.rules import MAX_PARTY
from tour.routes.days.day import LIKED
from tour.routes.days.wishes import WalkStyle
from tour.routes.plans.context import (
    REACH_DEGREES,
    PlanContext,
    clock_choices,
    is_within_reach,
    usual_start,
)
from tour.routes.plans.forms import MOST_MUSTS, PlanForm, kept_wish
from tour.sites.entries import StationEntry
from tour.sites.opening.hours import Span
from tour.sites.states import PointQuality, SiteKind
from tour.words.typed import read_minute

NEXT_DAY = DAY + timedelta(days=1)
TOWN = Bounds(south=35.70, west=139.70, north=35.80, east=139.80)
NEAR = StationEntry("near", "王子", "station", at(200, 0), {})
AWAY = StationEntry("away", "赤羽", "station", at(5000, 0), {})
STOP = StationEntry("stop", "王子駅前", "tram", at(100, 0), {})
PLACES = town_of(
    *(Door(east=300 + n) for n in range(MOST_MUSTS + 1)), Door(quality=PointQuality.TOWN)
).catalogue
ROUGH = f"site-{MOST_MUSTS + 2}"


def event(slug: str, first: date, last: date, opens: int, closes: int, *hosts: int) -> EventEntry:
    taking_part = tuple(
        ParticipantEntry(site_id=host, number=n, role=ParticipationRole.HOST)
        for n, host in enumerate(hosts, 1)
    )
    return EventEntry(
        id=len(slug),
        slug=slug,
        own={"title": slug},
        translations={},
        starts_on=first,
        ends_on=last,
        span=Span(opens, closes),
        zone=TOKYO,
        booking_opens_at=None,
        participants=taking_part,
    )


EVENTS = [event("one", DAY, NEXT_DAY, 600, 960, 1, 2), event("longer", DAY, DAY, 540, 900, 3)]


def context(now: datetime | None = None, **values: Any) -> PlanContext:
    stations = values.pop("stations", (AWAY, STOP, NEAR))
    catalogue = replace(PLACES, stations=stations)
    local = now or datetime(2026, 12, 1, 12, tzinfo=TOKYO)
    return PlanContext(catalogue, agenda(values.pop("events", EVENTS)), local, TOWN)


USUAL = {
    "date": DAY.isoformat(),
    "from": "near",
    "from_time": "10:00",
    "to": "",
    "to_time": "16:00",
    "adults": "2",
    "children": "0",
    "walk": "normal",
    "lunch": "1",
    "most_km": "",
    "most_leg": "",
    "kind": [],
    "must": [],
}


def read(now: datetime | None = None, **typed: Any) -> PlanForm:
    return PlanForm.read({**USUAL, **typed}, context(now))


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({}, set()),
        ({"date": NEXT_DAY.isoformat()}, set()),
        ({"date": (NEXT_DAY + timedelta(days=1)).isoformat()}, {"date"}),
        ({"date": "tomorrow"}, {"date"}),
        ({"from": "site-1"}, set()),
        ({"from": ROUGH}, {"from"}),
        ({"from": "139.75,35.75"}, set()),
        ({"from": "139.65,35.75"}, set()),
        ({"from": "139.64,35.75"}, {"from"}),
        ({"from": "nowhere"}, {"from"}),
        ({"to": "nowhere"}, {"to"}),
        ({"to": "away"}, set()),
        ({"from_time": "16:00"}, {"to_time"}),
        ({"from_time": "15:59"}, set()),
        ({"from_time": "x"}, {"from_time"}),
        ({"to_time": "24:01"}, {"to_time"}),
        ({"adults": "0", "children": "0"}, {"adults"}),
        ({"adults": "0", "children": "1"}, set()),
        ({"adults": str(MAX_PARTY)}, set()),
        ({"adults": str(MAX_PARTY), "children": "1"}, {"adults"}),
        ({"adults": str(MAX_PARTY + 1)}, {"adults"}),
        ({"adults": "two", "children": "x"}, {"adults", "children"}),
        ({"children": ""}, set()),
    ],
)
def test_what_can_be_wished_for(typed: dict[str, str], wrong: set[str]) -> None:
    form = read(**typed)
    assert set(form.errors) == wrong
    assert (form.wish is None) is bool(wrong)


def test_what_was_typed_is_what_is_wished_for() -> None:
    form = read(
        to="away",
        from_time="９:３０",
        adults="１",
        children="3",
        walk="slow",
        lunch="",
        most_km="3",
        most_leg="10",
        kind=["craft", "none"],
        must=["site-2", "site-1", "site-2", "unknown"],
    )
    wish = form.wish
    assert wish is not None
    assert (wish.start, wish.end, wish.starts, wish.ends) == (NEAR.point, AWAY.point, 570, 960)
    assert (wish.adults, wish.children, wish.style) == (1, 3, WalkStyle.SLOW)
    assert (wish.lunch, wish.most_walking_m, wish.most_leg_minutes) == (False, 3000, 10)
    assert dict(wish.interests) == {SiteKind.CRAFT: LIKED}
    assert (wish.must, wish.too_many) == ((2, 1), ())
    assert wish.comfortably


def test_without_an_end_one_comes_back_and_without_limits_one_walks_as_usual() -> None:
    wish = read().wish
    assert wish is not None
    assert (wish.end, wish.style, wish.lunch) == (wish.start, WalkStyle.NORMAL, True)
    assert (wish.most_walking_m, wish.most_leg_minutes, wish.comfortably) == (None, None, True)
    odd = read(walk="flying", most_km="4", most_leg="7").wish
    assert odd == wish, "what is not on offer is as if it was not chosen"
    far = read(most_km="any").wish
    assert far is not None
    assert (far.most_walking_m, far.comfortably) == (None, False)


def test_more_wishes_than_a_plan_takes_are_named() -> None:
    slugs = [f"site-{n + 1}" for n in range(MOST_MUSTS + 1)]
    wish = read(must=slugs).wish
    assert wish is not None
    assert wish.must == tuple(range(1, MOST_MUSTS + 1))
    assert wish.too_many == (MOST_MUSTS + 1,)


@pytest.mark.parametrize(
    ("clock", "starts"), [("09:00", 600), ("10:00", 600), ("10:01", 601), ("15:59", 959)]
)
def test_today_begins_now(clock: str, starts: int) -> None:
    now = datetime(DAY.year, DAY.month, DAY.day, tzinfo=TOKYO)
    form = read(now + timedelta(minutes=read_minute(clock) or 0))
    assert form.wish is not None
    assert form.wish.starts == starts


def test_a_day_that_ends_before_now_says_so() -> None:
    now = datetime(DAY.year, DAY.month, DAY.day, 12, 0, tzinfo=TOKYO)
    assert set(read(now, to_time="12:00").errors) == {"to_time"}
    assert read(now, to_time="12:01").errors == {}


@pytest.mark.parametrize(
    ("minute", "days"),
    [(899, [DAY, NEXT_DAY]), (900, [NEXT_DAY]), (959, [NEXT_DAY])],
)
def test_today_can_be_chosen_until_its_last_door_closes(minute: int, days: list[date]) -> None:
    now = datetime(DAY.year, DAY.month, DAY.day, tzinfo=TOKYO) + timedelta(minutes=minute)
    following = event("next", NEXT_DAY, NEXT_DAY, 600, 960)
    found = context(now, events=[EVENTS[1], following])
    assert found.days == days


def test_the_usual_day_is_the_next_with_all_its_hours() -> None:
    values = PlanForm.empty(context(), QueryParams("")).values
    assert (values["date"], values["from"], values["to"]) == (DAY.isoformat(), "near", "")
    assert (values["from_time"], values["to_time"]) == ("09:00", "16:00"), "of both events"
    assert (values["adults"], values["children"], values["lunch"]) == ("1", "0", "1")
    chosen = QueryParams(
        f"date={NEXT_DAY}&from=away&to=stop&kind=craft&kind=x&must=site-1&must=none"
    )
    values = PlanForm.empty(context(), chosen).values
    assert (values["date"], values["from"], values["to"]) == (NEXT_DAY.isoformat(), "away", "stop")
    assert (values["kind"], values["must"]) == (["craft"], ["site-1"])
    assert values["from_time"] == "10:00"


@pytest.mark.parametrize(
    ("hour", "minute", "proposed"),
    [
        (7, 20, "09:00"),
        (8, 59, "09:00"),
        (9, 0, "09:00"),
        (9, 1, "09:15"),
        (9, 15, "09:15"),
        (9, 16, "09:30"),
    ],
)
def test_today_is_proposed_from_the_next_quarter(hour: int, minute: int, proposed: str) -> None:
    now = datetime(DAY.year, DAY.month, DAY.day, hour, minute, tzinfo=TOKYO)
    assert PlanForm.empty(context(now), QueryParams("")).values["from_time"] == proposed


def test_where_nothing_is_open_there_are_still_hours_to_choose() -> None:
    values = PlanForm.empty(context(events=[]), QueryParams("")).values
    assert (values["date"], values["from_time"], values["to_time"]) == ("", "10:00", "16:00")


def test_one_arrives_at_the_railway_station_nearest_to_the_hosts() -> None:
    assert usual_start(context(), DAY) == "near"
    assert usual_start(context(stations=(AWAY, STOP)), DAY) == "away", "a railway, if there is one"
    assert usual_start(context(stations=(STOP,)), DAY) == "stop"
    assert usual_start(context(stations=()), DAY) == ""
    assert usual_start(context(), None) == "away", "no hosts: the first"


@pytest.mark.parametrize(("north", "east"), [(1, 0), (-1, 0), (0, 1), (0, -1)])
def test_a_walk_begins_within_reach_of_the_town(north: int, east: int) -> None:
    half, middle = 0.05, (35.75, 139.75)
    for beyond, is_near in ((-1e-6, True), (1e-6, False)):
        off = half + REACH_DEGREES + beyond
        point = Point(lat=middle[0] + north * off, lon=middle[1] + east * off)
        assert is_within_reach(point, TOWN) is is_near


def test_the_choices_are_half_hours_and_what_was_chosen() -> None:
    choices = clock_choices("10:20")
    assert (choices[0], choices[-1], len(choices)) == ("07:00", "21:00", 30)
    assert "10:20" in choices
    assert len(clock_choices("10:30")) == len(clock_choices("soon")) == 29


FIRST = {
    "date": DAY.isoformat(),
    "from": "near",
    "from_time": "10:00",
    "to": "",
    "to_time": "16:00",
    "adults": "2",
    "children": "0",
    "walk": "normal",
    "lunch": "1",
    "most_km": "",
    "kind": [],
    "must": [],
}
"""What the first plans keep, whatever the form has come to ask since."""


def test_a_plan_of_the_first_day_is_read_by_a_form_that_asks_more() -> None:
    assert kept_wish(FIRST, DAY, context(), frozenset()).most_leg_minutes is None


def test_a_plan_that_was_made_before_is_read_whatever_became_of_it() -> None:
    kept = {**USUAL, "from": "gone", "to": "gone", "from_time": "09:00"}
    wish = kept_wish(kept, DAY, context(events=[]), frozenset({7}))
    middle = Point(lat=35.75, lon=139.75)
    assert (wish.start.lat, wish.start.lon) == pytest.approx((middle.lat, middle.lon))
    assert wish.end == wish.start
    assert (wish.day, wish.starts, wish.reserved) == (DAY, 540, frozenset({7}))
    there = kept_wish({**kept, "from": "near", "to": "away"}, DAY, context(), frozenset())
    assert (there.start, there.end) == (NEAR.point, AWAY.point)
    assert there.end != HOME
