"""The list of what to do on a host's first page, and what stands at the door meanwhile."""

import re
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import OPERATOR, browser, make_account, sign_in_as
from tests.conftest import NOON
from tests.factories import make_event, make_place, make_programme, make_site, make_slot
from tour.accounts.roles import Role
from tour.hosts.steps import Facts, SessionNeed, StepKey, todo
from tour.hosts.today.opening import Panel, panel
from tour.programmes.models import Programme
from tour.programmes.states import SlotStatus
from tour.reservations.waitlist.queue import publish_site
from tour.sites.models import OpeningHours, Photo, Site
from tour.sites.opening.hours import DayException, Hours, Span
from tour.sites.showing import Showing

DAY = NOON.date()
NONE = Facts(
    words=False, phone=False, entrance=False, hours=False, photo=False, session=SessionNeed.ALL
)
WHOLE = Facts(
    words=True, phone=True, entrance=True, hours=True, photo=True, session=SessionNeed.NOTHING
)
BUT_OPTIONAL = Facts(
    words=True, phone=False, entrance=True, hours=True, photo=True, session=SessionNeed.ALL
)


def test_a_new_place_has_all_to_do_in_the_order_of_use() -> None:
    found = todo(NONE, Showing.WAITS)
    assert [step.key for step in found.steps] == [
        StepKey.WORDS,
        StepKey.PHONE,
        StepKey.ENTRANCE,
        StepKey.HOURS,
        StepKey.PHOTO,
        StepKey.SESSION,
    ]
    assert (found.left, found.is_needed) == (6, True)


@pytest.mark.parametrize(
    ("facts", "place", "is_needed"),
    [
        (WHOLE, Showing.WAITS, False),
        (WHOLE, Showing.SHOWN, False),
        (BUT_OPTIONAL, Showing.WAITS, True),
        (BUT_OPTIONAL, Showing.WITHDRAWN, True),
        (BUT_OPTIONAL, Showing.SHOWN, False),
        (NONE, Showing.SHOWN, True),
    ],
)
def test_the_list_goes_when_all_is_done_or_what_is_left_is_optional(
    facts: Facts, place: Showing, is_needed: bool
) -> None:
    assert todo(facts, place).is_needed is is_needed


UNKNOWN = Hours(week=((),) * 7, exceptions={})
TUESDAYS = Hours(week=((), (Span(600, 960),), *((),) * 5), exceptions={})
NOT_TODAY = Hours(week=TUESDAYS.week, exceptions={DAY: DayException(())})


@pytest.mark.parametrize(
    ("is_today", "is_used", "hours", "seen"),
    [
        (True, False, TUESDAYS, Panel.TAPS),
        (True, False, NOT_TODAY, Panel.CLOSED),
        (True, False, UNKNOWN, Panel.UNKNOWN),
        (True, False, None, Panel.NOTHING),
        (True, True, None, Panel.TAPS),
        (True, True, UNKNOWN, Panel.TAPS),
        (False, True, TUESDAYS, Panel.NOTHING),
    ],
)
def test_what_stands_at_the_door(
    is_today: bool, is_used: bool, hours: Hours | None, seen: Panel
) -> None:
    assert panel(is_today=is_today, is_used=is_used, hours=hours, on_date=DAY) is seen


@pytest.fixture
async def host(app: Starlette) -> httpx.AsyncClient:
    async with browser(app) as client:
        client.headers["Accept-Language"] = "en"
        yield client


async def new_place(host: httpx.AsyncClient, **values: object) -> Site:
    site = await make_site(entrance_lat=None, is_published=False, **values)
    await sign_in_as(host, await make_account("host@example.org", Role.HOST, site))
    return site


async def steps(host: httpx.AsyncClient, site: Site) -> dict[str, str]:
    """{the link of a step: whether it is done} of the first page; empty without the list."""
    page = (await host.get(f"/host/{site.slug}")).text
    found = re.findall(r'class="row step( step--done)?" href="([^"]*)"', page)
    return {link.removeprefix(f"/host/{site.slug}/"): bool(done) for done, link in found}


async def test_each_step_leads_to_its_very_field(host: httpx.AsyncClient) -> None:
    site = await new_place(host)
    found = await steps(host, site)
    assert list(found) == [
        *("profile#summary", "profile#phone", "profile#entrance"),
        *("hours", "photos", "programmes/new"),
    ]
    assert not any(found.values())
    for link in found:
        path, _sign, field = link.partition("#")
        page = await host.get(f"/host/{site.slug}/{path}")
        assert page.status_code == 200
        assert not field or f'id="{field}"' in page.text
    page = (await host.get(f"/host/{site.slug}")).text
    assert "6 left" in page
    assert "Letting people in" not in page


async def test_what_is_done_is_ticked_and_then_the_list_is_gone(host: httpx.AsyncClient) -> None:
    site = await new_place(host)
    done = {
        "summary": "見本です。",
        "phone": "03-1234-5678",
        "entrance_lat": 35.7,
        "entrance_lon": 139.7,
    }
    await Site.filter(id=site.id).update(**done)
    await OpeningHours.create(site=site, weekday=2, opens_minute=600, closes_minute=900)
    named = {"name": "0" * 32, "width": 4, "height": 3, "alt": "台"}
    await Photo.create(site=site, position=0, created_at=NOON, **named)
    assert [link for link, is_done in (await steps(host, site)).items() if not is_done] == [
        "programmes/new"
    ]
    programme = await make_programme(site=site, is_published=False)
    needs = [f"programmes/{programme.id}#times", f"programmes/{programme.id}"]
    assert needs[0] in await steps(host, site)
    slot = await make_slot(programme=programme)
    assert needs[1] in await steps(host, site)
    await Programme.filter(id=programme.id).update(is_published=True)
    assert await steps(host, site) == {}
    await type(slot).filter(id=slot.id).update(status=SlotStatus.CANCELLED)
    assert needs[0] in await steps(host, site)
    await publish_site(site.id, actor=OPERATOR, now=NOON)
    assert await steps(host, site) == {}


async def test_an_event_gives_hours_and_a_day_of_people_comes_first(
    host: httpx.AsyncClient,
) -> None:
    site = await new_place(host)
    await make_event(site)
    assert (await steps(host, site))["hours"] is True
    programme = await make_programme(site=site)
    await make_place(await make_slot(NOON + timedelta(hours=2), programme=programme))
    page = (await host.get(f"/host/{site.slug}")).text
    assert 0 < page.index("Letting people in") < page.index('class="day-slot')
    assert page.index('class="day-slot') < page.index('id="todo"')


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ((), "You have given no hours"),
        ([(2, 600, 900)], "By your hours you are closed today"),
        ([(1, 600, 900)], "Letting people in"),
    ],
)
async def test_a_public_place_without_hours_today_is_not_called_open(
    host: httpx.AsyncClient, hours: list[tuple[int, int, int]], said: str
) -> None:
    site = await make_site(hours=hours)
    await sign_in_as(host, await make_account("host@example.org", Role.HOST, site))
    page = (await host.get(f"/host/{site.slug}")).text
    assert said in page
    assert ("Letting people in" in page) is (said == "Letting people in")
