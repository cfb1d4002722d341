"""Sessions on a closed day or outside hours: asked about, named, and never beside "closed"."""

from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.conftest import TurnableClock
from tests.factories import catalogue_changed, make_event, make_programme, make_site, make_slot
from tests.hosts.test_programmes import FORM
from tour.accounts.roles import Role
from tour.events.models import Participation
from tour.hosts.programmes.usual import usual_times
from tour.programmes.models import Programme, Slot
from tour.programmes.states import SlotStatus
from tour.sites.models import HoursException, OpeningHours, Site
from tour.sites.opening.hours import DayException, Hours, Span, weekly

MONDAY = date(2026, 12, 7)
TUESDAY = date(2026, 12, 8)
AFTERNOON = {"first": "14:00", "last": "14:00", "break": ""}
SHOP = Hours(weekly([(day, 600, 720) for day in range(1, 6)] + [(1, 780, 1020)]), {})
"""Tuesday to Saturday from 10 to 12, on Tuesdays from 13 to 17, too."""


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """So much o'clock in Tokyo."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=9)


@pytest.fixture
async def site(client: httpx.AsyncClient) -> Site:
    """A site open from Tuesday to Saturday, 10 to 16; its host is signed in with `client`."""
    made = await make_site(slug="workshop", name="見本工房")
    for weekday in range(1, 6):
        await OpeningHours.create(site=made, weekday=weekday, opens_minute=600, closes_minute=960)
    await sign_in_as(client, await make_account("host@example.org", Role.HOST, made))
    return made


@pytest.mark.parametrize(
    ("day", "begins", "ends", "covered"),
    [
        (TUESDAY, 600, 720, True),
        (TUESDAY, 780, 1020, True),
        (TUESDAY, 690, 810, False),
        (TUESDAY, 599, 660, False),
        (TUESDAY, 1000, 1021, False),
        (MONDAY, 600, 660, False),
    ],
)
def test_what_the_hours_cover(day: date, begins: int, ends: int, covered: bool) -> None:
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - local, as all hours
    stretch = midnight + timedelta(minutes=begins), midnight + timedelta(minutes=ends)
    assert SHOP.covers(*stretch) is covered
    sessions = SHOP.with_sessions([stretch]).sessions_on(day)
    assert sessions == (() if covered else (Span(begins, ends),))


def test_hours_that_nobody_told_deny_nothing_and_nights_reach_into_the_next_day() -> None:
    late = datetime(2026, 12, 8, 0, 30)  # noqa: DTZ001 - local, as all hours
    unknown = Hours(weekly([]), {})
    assert unknown.covers(late, late + timedelta(hours=1))
    bar = Hours(weekly([(0, 1080, 1560)]), {})
    assert bar.covers(late, late + timedelta(hours=1)), "Monday's night ends at 26:00"
    assert not bar.covers(late, late + timedelta(hours=2))


def test_hours_that_meet_are_one_stretch() -> None:
    noon = datetime(2026, 12, 8, 11, 30)  # noqa: DTZ001 - local, as all hours
    split = Hours(weekly([(1, 600, 720), (1, 720, 900)]), {})
    assert split.covers(noon, noon + timedelta(hours=1))


@pytest.mark.parametrize(
    ("hours", "dates", "minutes", "first", "last", "rest"),
    [
        (SHOP, [], 60, "10:00", "11:00", ""),
        (SHOP, [TUESDAY], 60, "10:00", "16:00", "12:00-13:00"),
        (SHOP, [TUESDAY], 90, "10:00", "14:30", "12:00-13:00"),
        (SHOP, [TUESDAY], 30, "10:00", "16:30", "12:00-13:00"),
        (SHOP, [TUESDAY], 5, "10:00", "16:00", "12:00-13:00"),
        (SHOP, [TUESDAY], 600, "10:00", "10:00", "12:00-13:00"),
        (SHOP, [MONDAY], 60, "10:00", "11:00", ""),
        (Hours(weekly([]), {}), [], 60, "10:00", "16:00", "12:00-13:00"),
        (
            Hours(weekly([]), {TUESDAY: DayException((Span(540, 900),))}),
            [TUESDAY],
            60,
            "09:00",
            "14:00",
            "12:00-13:00",
        ),
    ],
)
def test_the_usual_times_do_not_run_past_closing(
    hours: Hours, dates: list[date], minutes: int, first: str, last: str, rest: str
) -> None:
    values = usual_times(hours, dates, minutes, date(2026, 12, 1))
    assert (values["first"], values["last"]) == (first, last)
    breaks = f"{values['break_from']}-{values['break_until']}" if values["break"] else ""
    assert breaks == rest


async def test_the_form_offers_times_within_the_hours(
    client: httpx.AsyncClient, site: Site
) -> None:
    page = (await client.get(f"/host/{site.slug}/programmes/new")).text
    assert 'name="last" type="time" value="15:00"' in page


@pytest.mark.parametrize(("day", "why"), [(MONDAY, "休み"), (TUESDAY, "10:00～16:00")])
async def test_what_lies_outside_the_hours_is_asked_about(
    client: httpx.AsyncClient, site: Site, day: date, why: str
) -> None:
    late = {"first": "15:30", "last": "15:30", "break": ""} if day == TUESDAY else AFTERNOON
    asked = {**FORM, **late, "days": [str(day)], "do": "publish"}
    path = f"/host/{site.slug}/programmes/new"
    answer = await client.post(path, data=asked)
    assert answer.status_code == 422
    assert 'id="outside-error"' in answer.text
    assert f"（この日は{why}）" in answer.text
    assert 'name="may_be_outside"' in answer.text
    assert 'value="四色の木版を摺る"' in answer.text, "what was typed stays"
    assert await Programme.all().count() == 0
    made = await client.post(path, data={**asked, "may_be_outside": "1"})
    assert made.status_code == 303
    assert await Slot.all().count() == 1


async def test_a_place_that_is_not_public_yet_is_offered_the_days_it_said_yes_to(
    client: httpx.AsyncClient, site: Site
) -> None:
    event = await make_event(site, day=MONDAY, ends_on=TUESDAY)
    said = {str(MONDAY): True, str(TUESDAY): False}
    await Participation.filter(event=event).update(answered_for=said)
    await Site.filter(id=site.id).update(is_published=False)
    await catalogue_changed()
    path = f"/host/{site.slug}/programmes/new"
    page = (await client.get(path)).text
    assert f'value="{MONDAY}"' in page
    assert f'value="{TUESDAY}"' not in page
    asked = {**FORM, **AFTERNOON, "days": [str(MONDAY)], "do": "publish"}
    made = await client.post(path, data=asked)
    assert made.status_code == 303
    assert (await Programme.get()).event_id == event.id  # type: ignore[attr-defined]


async def test_more_times_are_asked_about_too_and_all_at_once(
    client: httpx.AsyncClient, site: Site
) -> None:
    programme = await make_programme(site=site)
    path = f"/host/{site.slug}/programmes/{programme.id}/times"
    days = [str(MONDAY + timedelta(days=7 * week)) for week in range(7)]
    times = {**{k: v for k, v in FORM.items() if k != "title"}, **AFTERNOON, "days": days}
    answer = await client.post(path, data=times)
    assert answer.status_code == 422
    assert "ほか2件" in answer.text
    assert answer.text.count("（この日は休み）") >= 5
    assert await Slot.all().count() == 0
    assert (await client.post(path, data={**times, "may_be_outside": "1"})).status_code == 303
    assert await Slot.all().count() == 7


async def test_on_the_day_of_an_event_its_hours_count(
    client: httpx.AsyncClient, site: Site
) -> None:
    await make_event(site, slug="day", starts_on=MONDAY, ends_on=MONDAY)
    asked = {**FORM, **AFTERNOON, "days": [str(MONDAY)]}
    answer = await client.post(f"/host/{site.slug}/programmes/new", data=asked)
    assert answer.status_code == 303, answer.text


async def test_hours_that_change_name_the_sessions_that_fall_outside(
    client: httpx.AsyncClient, site: Site
) -> None:
    programme = await make_programme(site=site, title="木版を摺る")
    slot = await make_slot(at(TUESDAY, 14), programme=programme)
    gone = await make_slot(at(TUESDAY, 15), programme=programme, status=SlotStatus.CANCELLED)
    path = f"/host/{site.slug}/hours"
    assert "開いている時間の外" not in (await client.get(path)).text
    closed = {"on_date": str(TUESDAY), "hours": "", "note": ""}
    saved = await client.post(f"{path}/exceptions", data=closed, follow_redirects=True)
    assert "開いている時間の外にある体験が1回" in saved.text
    assert f"/host/{site.slug}/slots/{slot.id}" in saved.text
    assert f"/host/{site.slug}/slots/{gone.id}" not in saved.text
    assert (
        "開いている時間の外にある体験が1回"
        in (await client.get(f"/host/{site.slug}/programmes")).text
    )
    back = await client.post(
        f"{path}/exceptions/clear", data={"on_date": str(TUESDAY)}, follow_redirects=True
    )
    assert "開いている時間の外" not in back.text


class TestWhatVisitorsRead:
    async def test_a_closed_day_with_a_session_is_never_called_closed(
        self, app: Starlette, site: Site, clock: TurnableClock
    ) -> None:
        await make_slot(at(MONDAY, 14), programme=await make_programme(site=site))
        await catalogue_changed()
        async with browser(app) as visitor:
            place = (await visitor.get(f"/sites/{site.slug}?lang=en")).text
            assert "For sessions only: 14:00–15:00" in place, "in the coming days"
            on_day = (await visitor.get(f"/sites?date={MONDAY}")).text
            assert f'/sites/{site.slug}"' in on_day
            sunday = (await visitor.get(f"/sites?date={MONDAY - timedelta(1)}")).text
            assert f'/sites/{site.slug}"' not in sunday
            clock.turn_to(at(MONDAY, 9))
            place = (await visitor.get(f"/sites/{site.slug}?lang=en")).text
            assert "Today for sessions only: 14:00–15:00" in place
            assert "Closed today" not in place
            [feature] = (await visitor.get("/api/v1/sites")).json()["features"]
            assert feature["properties"]["hours"] == ""
            assert feature["properties"]["session_hours"] == "14:00–15:00"
            clock.turn_to(at(MONDAY, 16))
            await catalogue_changed()
            place = (await visitor.get(f"/sites/{site.slug}?lang=en")).text
            assert "Closed today" in place

    async def test_a_full_session_leaves_the_card_without_closed_today(
        self, app: Starlette, site: Site, clock: TurnableClock
    ) -> None:
        programme = await make_programme(site=site)
        await make_slot(at(MONDAY, 14), programme=programme, status=SlotStatus.CLOSED)
        clock.turn_to(at(MONDAY, 9))
        async with browser(app) as visitor:
            cards = (await visitor.get("/sites?lang=en")).text
        assert "Today for sessions only: 14:00–15:00" in cards
        assert "Closed today" not in cards

    async def test_beside_hours_the_session_is_said_as_well(
        self, app: Starlette, site: Site, clock: TurnableClock
    ) -> None:
        await make_slot(at(TUESDAY, 17), programme=await make_programme(site=site))
        clock.turn_to(at(TUESDAY, 9))
        async with browser(app) as visitor:
            place = (await visitor.get(f"/sites/{site.slug}?lang=en")).text
        assert "Today 10:00–16:00; sessions also 17:00–18:00" in place

    async def test_what_was_called_off_or_paused_is_no_session(
        self, app: Starlette, site: Site
    ) -> None:
        await make_slot(
            at(MONDAY, 14), programme=await make_programme(site=site), status=SlotStatus.CANCELLED
        )
        paused = await make_programme(site=site, is_published=False)
        await make_slot(at(MONDAY, 15), programme=paused)
        async with browser(app) as visitor:
            place = (await visitor.get(f"/sites/{site.slug}?lang=en")).text
        assert "For sessions only: 1" not in place

    async def test_the_map_of_an_event_says_the_same(self, app: Starlette, site: Site) -> None:
        await make_event(site, slug="day", starts_on=MONDAY, ends_on=TUESDAY)
        await HoursException.create(site=site, on_date=MONDAY)
        await make_slot(at(MONDAY, 14), programme=await make_programme(site=site))
        await catalogue_changed()
        async with browser(app) as visitor:
            embed = (await visitor.get("/events/day/embed?lang=en")).text
        assert "For sessions only: 14:00–15:00" in embed
        assert "Closed" not in embed


async def test_closed_early_outweighs_what_was_to_come(
    client: httpx.AsyncClient, app: Starlette, site: Site, clock: TurnableClock
) -> None:
    await make_slot(at(MONDAY, 14), programme=await make_programme(site=site))
    clock.turn_to(at(MONDAY, 13))
    await client.post(f"/host/{site.slug}/door", data={"do": "closed", "sure": "1"})
    async with browser(app) as visitor:
        place = (await visitor.get(f"/sites/{site.slug}?lang=en")).text
    assert "Closed for today at 13:00" in place
    assert "Today for sessions only" not in place
