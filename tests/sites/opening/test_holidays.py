"""National holidays: a closed weekday opens and rests afterwards, or every holiday is closed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import TurnableClock
from tests.factories import make_event, make_site
from tests.routes.days.test_day import Door, proposed, town_of, wish_of
from tour.sites.opening.hours import DayException, HolidayRule, Hours, Span, weekly
from tour.sites.opening.national_holidays import is_national_holiday, of_year
from tour.sites.views import OtherHours, coming_exceptions, holiday_text

USUAL = [(day, 600, 1020) for day in range(1, 7)]
OPEN = (Span(600, 1020),)
SHORT = (Span(720, 900),)
MUSEUM = Hours(weekly(USUAL), {}, HolidayRule.OPEN_THEN_REST, is_national_holiday)
OFFICE = Hours(
    weekly([(day, 540, 1020) for day in range(5)]), {}, HolidayRule.CLOSED, is_national_holiday
)


def day_of(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-05-06", "振替休日: the 3rd is a Sunday, the 4th and 5th are holidays themselves"),
        ("2026-09-22", "国民の休日: between two holidays"),
        ("2025-02-24", "振替休日 on a Monday"),
        ("2027-03-22", "振替休日 of an equinox"),
        ("2026-01-01", "元日"),
    ],
)
def test_the_calendar_knows_the_days_that_follow_from_others(day: str, name: str) -> None:
    assert is_national_holiday(day_of(day)), name


def test_the_calendar_is_that_of_the_cabinet_office() -> None:
    """内閣府「国民の祝日について」, 2026; New Year's other days are no national holidays."""
    told = (
        "01-01 01-12 02-11 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-20 08-11 09-21 09-22"
        " 09-23 10-12 11-03 11-23"
    )
    assert sorted(of_year(2026)) == [day_of(f"2026-{day}") for day in told.split()]


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        ("2026-01-19", False),  # a Monday like any other
        ("2026-01-20", True),
        ("2026-01-12", True),  # a holiday on a Monday
        ("2026-01-13", False),  # rests for it
        ("2026-01-14", True),
        ("2026-02-11", True),  # a holiday on a Wednesday changes nothing
        ("2026-02-12", True),
        ("2026-05-03", True),  # Golden Week: Sunday to Wednesday
        ("2026-05-04", True),
        ("2026-05-05", True),
        ("2026-05-06", True),
        ("2026-05-07", False),
        ("2026-05-08", True),
        ("2026-05-11", False),  # the Monday after
        ("2026-09-21", True),  # 国民の休日 on the Tuesday
        ("2026-09-22", True),
        ("2026-09-23", True),
        ("2026-09-24", False),
        ("2025-05-06", True),  # 振替休日 on the Tuesday
        ("2025-05-05", True),
        ("2025-05-07", False),
        ("2024-01-01", True),  # over the year's end
        ("2024-01-02", False),
    ],
)
def test_closed_on_mondays_open_on_holidays_and_closed_after(day: str, is_open: bool) -> None:
    assert MUSEUM.on(day_of(day)) == (OPEN if is_open else ())


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        ("2026-05-01", True),
        ("2026-05-02", False),
        ("2026-05-04", False),
        ("2026-05-06", False),
        ("2026-05-07", True),
        ("2026-09-22", False),
        ("2026-12-31", True),
    ],
)
def test_closed_on_holidays(day: str, is_open: bool) -> None:
    assert bool(OFFICE.on(day_of(day))) is is_open


def test_what_was_said_of_a_date_holds_before_the_rule() -> None:
    """Closed from 29 December to 3 January: the Monday of New Year's Day was not open, so that
    nothing is owed for it."""
    new_year = {day_of(f"2024-01-0{n}"): DayException(()) for n in (1, 2, 3)}
    hours = replace(MUSEUM, exceptions=new_year)
    assert [bool(hours.on(day_of(f"2024-01-0{n}"))) for n in range(1, 6)] == [0, 0, 0, 1, 1]
    only_the_first = replace(MUSEUM, exceptions={day_of("2024-01-01"): DayException(())})
    assert only_the_first.on(day_of("2024-01-02")) == OPEN
    rest_taken_back = replace(MUSEUM, exceptions={day_of("2026-01-13"): DayException(SHORT)})
    assert rest_taken_back.on(day_of("2026-01-13")) == SHORT
    short_holiday = replace(MUSEUM, exceptions={day_of("2026-01-12"): DayException(SHORT)})
    assert short_holiday.on(day_of("2026-01-12")) == SHORT
    assert short_holiday.on(day_of("2026-01-13")) == ()
    office = replace(OFFICE, exceptions={day_of("2026-11-23"): DayException(SHORT)})
    assert office.on(day_of("2026-11-23")) == SHORT


def test_a_holiday_on_a_closed_day_has_the_hours_of_sunday_else_the_next_best() -> None:
    monday = day_of("2026-01-12")
    sunday = replace(MUSEUM, week=weekly([(1, 600, 1020), (5, 600, 900), (6, 660, 840)]))
    assert sunday.on(monday) == (Span(660, 840),)
    saturday = replace(MUSEUM, week=weekly([(1, 600, 1020), (5, 600, 900)]))
    assert saturday.on(monday) == (Span(600, 900),)
    tuesday = replace(MUSEUM, week=weekly([(1, 600, 1020)]))
    assert tuesday.on(monday) == OPEN
    unknown = replace(MUSEUM, week=weekly([]))
    assert unknown.on(monday) == ()
    assert not unknown.is_known


def test_a_night_before_the_rest_ends_as_it_always_does() -> None:
    bar = replace(MUSEUM, week=weekly([(day, 1080, 1560) for day in range(1, 7)]))
    assert bar.is_open_at(datetime(2026, 1, 13, 1, 30, tzinfo=UTC))
    assert not bar.is_open_at(datetime(2026, 1, 13, 19, 0, tzinfo=UTC))


@given(
    day=st.dates(date(1990, 1, 1), date(2060, 1, 1)),
    closed=st.sets(st.integers(0, 6), max_size=6),
    rule=st.sampled_from(HolidayRule),
)
def test_only_holidays_and_the_day_after_them_are_other(
    day: date, closed: set[int], rule: HolidayRule
) -> None:
    rows = [(weekday, 600, 1020) for weekday in range(7) if weekday not in closed]
    hours = Hours(weekly(rows), {}, rule, is_national_holiday)
    usual = hours.week[day.weekday()]
    near = is_national_holiday(day) or is_national_holiday(day - timedelta(days=1))
    if rule == HolidayRule.NONE or not near:
        assert hours.on(day) == usual
    elif is_national_holiday(day):
        assert bool(hours.on(day)) is (rule == HolidayRule.OPEN_THEN_REST)


def test_the_days_that_a_holiday_makes_other_are_told() -> None:
    said = coming_exceptions(MUSEUM, day_of("2026-05-01"), "ja", days=10)
    assert said == [
        OtherHours(day_of("2026-05-04"), day_of("2026-05-04"), "10:00～17:00", "祝日"),
        OtherHours(day_of("2026-05-07"), day_of("2026-05-07"), "休み", "祝日に開けた代わりの休み"),
    ]
    closed = coming_exceptions(OFFICE, day_of("2026-05-01"), "en", days=10)
    assert closed == [
        OtherHours(day_of("2026-05-04"), day_of("2026-05-06"), "Closed", "National holiday")
    ]


def test_a_rule_that_changes_nothing_is_not_told() -> None:
    daily = replace(MUSEUM, week=weekly([(day, 600, 1020) for day in range(7)]))
    assert holiday_text(daily, "ja") == ""
    assert holiday_text(replace(MUSEUM, week=weekly([])), "ja") == ""
    assert holiday_text(replace(MUSEUM, holiday_rule=HolidayRule.NONE), "ja") == ""
    assert "定休日が祝日" in holiday_text(MUSEUM, "ja")
    assert holiday_text(OFFICE, "en") == "Closed on national holidays"


@pytest.mark.parametrize(
    ("rule", "day", "hours"),
    [
        (HolidayRule.OPEN_THEN_REST, "2027-01-11", "10:00–17:00"),
        (HolidayRule.OPEN_THEN_REST, "2027-01-12", ""),
        (HolidayRule.NONE, "2027-01-11", ""),
        (HolidayRule.NONE, "2027-01-12", "10:00–17:00"),
        (HolidayRule.CLOSED, "2027-02-11", ""),
        (HolidayRule.OPEN_THEN_REST, "2027-02-11", "10:00–17:00"),
    ],
)
async def test_page_and_api_follow(
    client: httpx.AsyncClient, clock: TurnableClock, rule: HolidayRule, day: str, hours: str
) -> None:
    clock.turn_to(datetime.fromisoformat(f"{day}T12:00:00+09:00").astimezone(UTC))
    site = await make_site(hours=USUAL, holiday_rule=rule)
    page = (await client.get(f"/sites/{site.slug}")).text
    [listed] = (await client.get("/api/v1/sites")).json()["features"]
    assert listed["properties"]["hours"] == hours
    assert ("きょうは休み" in page) is (hours == "")
    assert (f"きょう {hours.replace('–', '～')}" in page) is (hours != "")
    assert ("定休日が祝日" in page) is (rule == HolidayRule.OPEN_THEN_REST)


async def test_the_day_of_an_event_holds_before_the_rule(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    rest = day_of("2027-01-12")
    site = await make_site(hours=USUAL, holiday_rule=HolidayRule.OPEN_THEN_REST)
    await make_event(site, starts_on=rest, ends_on=rest)
    clock.turn_to(datetime(2027, 1, 12, 3, tzinfo=UTC))
    assert "きょう 10:00～16:00" in (await client.get(f"/sites/{site.slug}")).text


@pytest.mark.parametrize("is_holiday", [True, False])
def test_the_planner_follows(is_holiday: bool) -> None:
    town = town_of(Door())
    [site] = town.catalogue.sites
    day = town.day
    week = tuple(() if n == day.weekday() else OPEN for n in range(7))
    hours = Hours(week, {}, HolidayRule.OPEN_THEN_REST, lambda other: is_holiday and other == day)
    ruled = replace(site, hours=hours)
    catalogue = replace(
        town.catalogue, sites=(ruled,), by_slug={ruled.slug: ruled}, by_id={ruled.id: ruled}
    )
    stops = proposed(replace(town, catalogue=catalogue), wish_of()).stops
    assert [stop.site_id for stop in stops] == ([site.id] if is_holiday else [])
