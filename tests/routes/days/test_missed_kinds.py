"""A kind of place that is liked and not in the plan: the true reason, and what can be had."""

import re
from html import unescape

import httpx
import pytest

from tests.factories import OJI, make_site
from tests.routes.days.test_day import Door, proposed, town_of, wish_of
from tests.routes.plan_page import words
from tests.routes.plan_pages.test_pages import a_town, changed, planned
from tour.routes.planner.problem import Reason
from tour.sites.models import SiteKind

SPORTS = {SiteKind.SPORTS: 3}
HALL = SiteKind.SPORTS


def session(minute: int, **values: object) -> Door:
    return Door(spans=(), slots=((minute, 8),), **values)  # type: ignore[arg-type]


def hall(*spans: tuple[int, int], east: int = -300) -> Door:
    return Door(east=east, kind=HALL, spans=spans)


@pytest.mark.parametrize(
    ("doors", "wish", "reason", "instead_of"),
    [
        # A look at what is liked counts 24, a session of anything else 40.
        ((session(660), hall((660, 705))), {}, Reason.NOT_CHOSEN, (1,)),
        ((session(660), hall((600, 960), east=-12000)), {}, Reason.NO_TIME, ()),
        (
            (session(660), hall((600, 960), east=-2500)),
            {"most_walking_m": 2000},
            Reason.TOO_FAR,
            (),
        ),
        (
            (session(660), hall((600, 960), east=-1500)),
            {"most_leg_minutes": 5},
            Reason.LEG_TOO_LONG,
            (),
        ),
        (
            (hall((690, 770), east=-1000),),
            {"lunch": True, "starts": 690, "ends": 780},
            Reason.NO_LUNCH,
            (),
        ),
        ((session(660), hall((660, 705))), {"must": (1,)}, Reason.CONFLICT, (1,)),
    ],
)
def test_the_reason_is_the_limit_that_binds(
    doors: tuple[Door, ...], wish: dict[str, object], reason: Reason, instead_of: tuple[int, ...]
) -> None:
    found = proposed(town_of(*doors), wish_of(interests=SPORTS, **wish)).findings.missed
    assert [(row.kind, row.site_id, row.reason) for row in found] == [
        ("sports", len(doors), reason.value)
    ]
    assert found[0].instead_of == instead_of


def test_it_costs_what_cannot_be_kept_and_not_what_another_day_would_have_instead() -> None:
    """With the hall the best day goes to another workshop after it; the plan as it is loses one."""
    doors = (
        session(660),
        session(740, east=-100),
        session(720, east=-350),
        hall((650, 700), east=-350),
    )
    proposal = proposed(town_of(*doors), wish_of(interests=SPORTS, ends=830))
    assert [stop.site_id for stop in proposal.stops] == [1, 2]
    (row,) = proposal.findings.missed
    assert (row.site_id, row.instead_of) == (4, (1,))


@pytest.mark.parametrize("kinds", [{}, {SiteKind.CRAFT: 3}, {SiteKind.HERITAGE: 3}])
def test_nothing_is_said_of_what_is_there_or_was_not_asked_for(kinds: dict) -> None:
    town = town_of(session(660), hall((660, 705)))
    assert proposed(town, wish_of(interests=kinds)).findings.missed == ()


async def a_town_with_a_hall() -> None:
    """An hour's walk away."""
    await a_town()
    place = {"lat": OJI["lat"] + 0.03, "lon": OJI["lon"]}
    hours = [(day, 600, 960) for day in range(7)]
    await make_site(name="体育館", slug="hall", kind=SiteKind.SPORTS, hours=hours, **place)


LIKES = {"kind": "sports", "children": "0", "most_km": "any", "lunch": ""}
LIKES |= {"from_time": "10:50", "to_time": "15:10"}


class TestPage:
    async def test_says_what_it_would_cost_and_offers_it(self, client: httpx.AsyncClient) -> None:
        await a_town_with_a_hall()
        url = await planned(client, **LIKES)
        page = (await client.get(url)).text
        assert re.search(r"スポーツ：体育館へ行くと、.*工房.の予定が入らなくなり", words(page))
        assert "最良のプラン" not in page
        link = unescape(re.findall(r'href="([^"]+/conditions\?must=hall[^"]*)"', page)[0])
        form = (await client.get(link)).text
        assert re.search(r'value="hall"[^>]*(checked|selected)', form)
        again = await planned(client, must="hall", **LIKES)
        assert "stop-hall" in (await client.get(again)).text

    async def test_whoever_only_looks_gets_no_way_to_change_it(
        self, client: httpx.AsyncClient
    ) -> None:
        await a_town_with_a_hall()
        url = await planned(client, **LIKES)
        shared = re.findall(
            r'value="http://testserver(/itineraries/[^"]+)"', await text(client, url)
        )
        page = await text(client, shared[0])
        assert "体育館へ行くと" in page
        assert "conditions?must" not in page

    async def test_what_one_took_out_oneself_is_not_called_out_of_reach(
        self, client: httpx.AsyncClient
    ) -> None:
        await a_town_with_a_hall()
        url = await planned(client, **LIKES)
        page = (await changed(client, url, do="remove", site="workshop-a")).text
        assert "スポーツ：" not in words(page)

    @pytest.mark.parametrize("query", ["must=nowhere", "most_km=" + "9" * 500, "lunch=&lunch=x"])
    async def test_nonsense_in_the_address_is_a_form(
        self, client: httpx.AsyncClient, query: str
    ) -> None:
        await a_town()
        url = await planned(client)
        assert (await client.get(f"{url}/conditions?{query}")).status_code == 200


async def text(client: httpx.AsyncClient, url: str) -> str:
    return (await client.get(url)).text
