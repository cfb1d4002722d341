"""Regular days off, from what a host types to page, search, API, planner, map, import and file."""

from dataclasses import replace
from datetime import UTC, date, datetime

import httpx
import pytest

from tests.conftest import TurnableClock
from tests.factories import make_event, make_site
from tests.routes.days.test_day import Door, proposed, town_of, wish_of
from tour.sites.closing_words import closures_text, next_days_off
from tour.sites.imports import importing
from tour.sites.imports.file import read_file
from tour.sites.models import Site
from tour.sites.opening.closures import from_codes
from tour.sites.opening.closures_text import read_closures
from tour.sites.opening.hours import DayException, Hours, Span, weekly
from tour.sites.opening.national_holidays import is_national_holiday

DAYS = [(day, 600, 1020) for day in range(7)]
USUAL = Hours(weekly(DAYS), {}, is_holiday=is_national_holiday)
WEDNESDAY = "2026-12-09"
"""The second of its month."""


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(
    "code", ["2WE", "-1FR", "5SU", "D-1", "D20", "1229-0103", "0101-0101", "1MO,3MO,D31,0813-0816"]
)
def test_what_is_shown_can_be_typed_again(code: str, lang: str) -> None:
    assert read_closures(closures_text(from_codes(code), lang)) == from_codes(code)


def test_the_next_days_off_are_those_on_which_it_is_closed_for_them() -> None:
    today = date(2026, 11, 30)
    [second] = from_codes("2WE")
    hours = replace(USUAL, closures=(second,))
    assert next_days_off(hours, second, today) == [date(2026, 12, 9), date(2027, 1, 13)]
    open_then = {date(2026, 12, 9): DayException((Span(600, 700),))}
    but_one = replace(hours, exceptions=open_then)
    assert next_days_off(but_one, second, today)[0] == date(2027, 1, 13)
    [new_year] = from_codes("1229-0103")
    winter = replace(USUAL, closures=(new_year,))
    assert next_days_off(winter, new_year, today) == [date(2026, 12, 29)]


@pytest.mark.parametrize(("day", "hours"), [(WEDNESDAY, ""), ("2026-12-16", "10:00–17:00")])
async def test_page_api_and_search_follow(
    client: httpx.AsyncClient, clock: TurnableClock, day: str, hours: str
) -> None:
    clock.turn_to(datetime.fromisoformat(f"{day}T12:00:00+09:00").astimezone(UTC))
    site = await make_site(hours=DAYS, closures="2WE,1229-0103")
    page = (await client.get(f"/sites/{site.slug}")).text
    [listed] = (await client.get("/api/v1/sites")).json()["features"]
    assert listed["properties"]["hours"] == hours
    assert ("きょうは休み" in page) is (hours == "")
    assert "第2水曜・12/29～1/3" in page
    assert "12月29日(火)" in page
    found = (await client.get(f"/sites?date={day}")).text
    assert (site.slug in found) is (hours != "")
    opened = (await client.get("/sites?open_now=1")).text
    assert (site.slug in opened) is (hours != "")


async def test_the_day_of_an_event_holds_before_the_rule(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    day = date.fromisoformat(WEDNESDAY)
    site = await make_site(hours=DAYS, closures="2WE")
    await make_event(site, starts_on=day, ends_on=day)
    clock.turn_to(datetime(2026, 12, 9, 3, tzinfo=UTC))
    assert "きょう 10:00～16:00" in (await client.get(f"/sites/{site.slug}")).text


@pytest.mark.parametrize("is_off", [True, False])
def test_the_planner_follows(is_off: bool) -> None:
    town = town_of(Door())
    [site] = town.catalogue.sites
    [closure] = from_codes(f"D{town.day.day}")
    hours = Hours(weekly(DAYS), {}, closures=(closure,) if is_off else ())
    ruled = replace(site, hours=hours)
    catalogue = replace(
        town.catalogue, sites=(ruled,), by_slug={ruled.slug: ruled}, by_id={ruled.id: ruled}
    )
    stops = proposed(replace(town, catalogue=catalogue), wish_of()).stops
    assert [stop.site_id for stop in stops] == ([] if is_off else [site.id])


@pytest.mark.parametrize(
    ("told", "kept"), [("第2水曜休館、12/29～1/3", "2WE,1229-0103"), ("不定休あり", ""), ("", "")]
)
@pytest.mark.usefixtures("database")
async def test_an_import_brings_them_where_nothing_else_is_said(told: str, kept: str) -> None:
    site = await make_site(name="紙の館")
    read = await read_file(f"名称,利用可能日時特記事項\r\n紙の館,{told}\r\n")
    assert not read.problems
    assert read.ignored == ()
    found = await importing.compare(read)
    changes = [change for row in found.changed for change in row.changes]
    assert changes == ([("closures", "", kept)] if kept else [])
    assert (await Site.get(id=site.id)).closures == ""
