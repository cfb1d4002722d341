"""Putting a place into a plan of this device, from the page of the place, and back out of it."""

import re

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser
from tests.conftest import TurnableClock
from tests.factories import EVENT_DAY, catalogue_changed, make_event, make_site, make_station
from tests.routes.plan_page import words
from tests.routes.plan_pages.test_pages import a_town, at, planned
from tour.routes.days.edits import MOST_STOPS, PlannedStop
from tour.routes.models import Itinerary
from tour.sites.models import HoursException, Site

pytestmark = pytest.mark.once("forms and pages; what plans keep is in test_itineraries")


async def a_plan(client: httpx.AsyncClient, *slugs: str) -> Itinerary:
    """A plan with these places, by hand."""
    await planned(client)
    plan = await Itinerary.all().order_by("-id").first()
    assert plan
    sites = [await Site.get(slug=slug) for slug in slugs]
    plan.stops = [PlannedStop(site.id, None, 30).as_json() for site in sites]
    await plan.save()
    return plan


async def asked(client: httpx.AsyncClient, slug: str) -> str:
    answer = await client.get("/plan/into", params={"site": slug})
    assert answer.status_code == 200, answer.text
    return answer.text


def forms(html: str) -> list[dict[str, str]]:
    """What each button of the answer would send."""
    answer = html.partition("data-into-plan-answer")[2].partition("</section>")[0]
    return [
        dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        for form in re.findall(r"<form.*?</form>", answer, re.S)
    ]


async def pressed(client: httpx.AsyncClient, form: dict[str, str]) -> str:
    answer = await client.post("/plan/into", data=form, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


async def slugs_of(plan: Itinerary) -> list[str]:
    await plan.refresh_from_db()
    return [(await Site.get(id=stop["site_id"])).slug for stop in plan.stops]


async def test_a_plan_of_this_device_says_what_the_place_costs_and_takes_it(
    client: httpx.AsyncClient,
) -> None:
    await a_town()
    plan = await a_plan(client, "workshop-a")
    page = await asked(client, "workshop-b")
    assert "12月5日(土)のプラン（1か所）に入れる" in words(page)
    assert re.search(r"(徒歩＋\d+分|歩く時間は増えません)・\d+:\d\dまで", words(page))

    page = await pressed(client, forms(page)[0])
    assert "12月5日(土)のプランに入っています" in words(page)
    assert re.search(r"会場は\d+:\d\dから", words(page)), "which time the plan took"
    assert re.search(r"2か所・[\d.]+k?m・\d+:\d\dまで", words(page))
    assert sorted(await slugs_of(plan)) == ["workshop-a", "workshop-b"]

    [undo] = [form for form in forms(page) if form.get("do") == "undo"]
    assert "（1か所）に入れる" in words(await pressed(client, undo))
    assert await slugs_of(plan) == ["workshop-a"]


async def test_twice_is_once_and_another_change_first_is_told(client: httpx.AsyncClient) -> None:
    await a_town()
    plan = await a_plan(client, "workshop-a")
    put = forms(await asked(client, "workshop-b"))[0]
    late = forms(await asked(client, "workshop-c"))[0]
    await pressed(client, put)
    await pressed(client, put)
    assert sorted(await slugs_of(plan)) == ["workshop-a", "workshop-b"]

    refused = await client.post("/plan/into", data=late)
    assert refused.status_code == 409
    assert "ほかの端末で変更" in refused.text
    assert "（2か所）に入れる" in words(refused.text), "it can be pressed again at once"


async def test_without_a_plan_one_begins_with_the_place_on_a_day_it_is_open(
    client: httpx.AsyncClient,
) -> None:
    await make_station(id="oji")
    site = await make_site(slug="late", name="工房遅")
    later = EVENT_DAY.replace(day=EVENT_DAY.day + 1)
    await make_event(site, ends_on=later)
    await HoursException.create(site=site, on_date=EVENT_DAY)
    await catalogue_changed()
    page = await asked(client, "late")
    [new] = forms(page)
    assert "plan" not in new
    assert "12月6日(日)のプランを新しくつくる" in words(page)
    page = await pressed(client, new)
    plan = await Itinerary.get()
    assert (await slugs_of(plan)) == ["late"]
    [out] = [form for form in forms(page) if form.get("do") == "remove"]
    await pressed(client, out)
    assert await slugs_of(plan) == []


async def test_what_cannot_be_put_in_says_why(client: httpx.AsyncClient) -> None:
    await a_town()
    sites = [await make_site(slug=f"many-{n}", name=f"会場{n}") for n in range(MOST_STOPS)]
    shut = await make_site(slug="shut", name="閉じた工房")
    await HoursException.create(site=shut, on_date=EVENT_DAY)
    await catalogue_changed()
    await a_plan(client, "workshop-a")
    assert "プランの日（12月5日(土)）は開いていません。" in words(await asked(client, "shut"))
    await a_plan(client, *(site.slug for site in sites))
    assert "これ以上入れられません" in words(await asked(client, "workshop-b"))


async def test_a_plan_is_offered_to_its_holder_alone_and_not_when_it_is_over(
    app: Starlette, client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    await a_town()
    plan = await a_plan(client, "workshop-a")
    async with browser(app) as other:
        assert "に入れる" not in words(await asked(other, "workshop-b")).partition("のプラン")[2]
        gone = {"site": "workshop-b", "plan": "k" * 24, "version": "1", "do": "add"}
        assert (await other.post("/plan/into", data=gone)).status_code == 404
        shown = {"site": "workshop-b", "plan": plan.show_token, "version": "1", "do": "add"}
        assert (await other.post("/plan/into", data=shown)).status_code == 403
    clock.instant = at(18)
    assert "（1か所）に入れる" not in words(await asked(client, "workshop-b"))


async def test_without_a_place_it_says_how_the_plans_are(client: httpx.AsyncClient) -> None:
    await a_town()
    empty = await client.get("/plan/into")
    assert "この端末のプランはまだありません" in empty.text
    await a_plan(client, "workshop-a", "workshop-b")
    assert re.search(
        r"2か所・[\d.]+k?m・\d+:\d\dまで", words((await client.get("/plan/into")).text)
    )
    assert (await client.post("/plan/into", data={"do": "add"})).status_code == 404
