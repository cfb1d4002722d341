"""The pages of walks and courses, and what a map fetches for them."""

import re

import pytest

from tests.factories import catalogue_changed, make_course, make_event, make_site, make_station
from tour.routes.models import Stop, WalkingRoute
from tour.sites.models import Site
from tour.sites.states import PointQuality

pytestmark = pytest.mark.once("walks are measured in memory")


async def test_the_form_alone_is_no_mistake(client) -> None:
    await make_station(id="oji")
    await make_site()
    for path in ("/walk", "/walk?to=oji"):
        answer = await client.get(path)
        assert answer.status_code == 200
        assert 'aria-invalid="true"' not in answer.text


async def test_a_walk_says_how_far_and_that_it_is_an_estimate(client) -> None:
    await make_station(id="oji")
    site = await make_site(lat=35.758, lon=139.737886)
    text = (await client.get(f"/walk?from=oji&to={site.slug}")).text
    assert "目安" in text
    assert site.name in text
    english = (
        await client.get(f"/walk?from=oji&to={site.slug}", headers={"Accept-Language": "en"})
    ).text
    assert "estimate" in english


async def test_a_place_that_is_not_known_stays_in_the_form_with_what_to_mend(client) -> None:
    station = await make_station()
    answer = await client.get(f"/walk?from=nowhere&to={station.id}")
    assert answer.status_code == 422
    assert "一覧から" in answer.text
    assert f'value="{station.id}" selected' in answer.text


async def test_the_map_fetches_the_walk_that_the_page_describes(client) -> None:
    station = await make_station()
    site = await make_site(lat=35.758)
    query = {"from": station.id, "to": site.slug}
    drawn = await client.get("/walk.geojson", params=query)
    assert drawn.headers["content-type"] == "application/geo+json"
    types = [feature["geometry"]["type"] for feature in drawn.json()["features"]]
    assert types == ["LineString", "Point", "Point"]
    assert (await client.get("/walk.geojson")).status_code == 422


@pytest.mark.parametrize("query", ["", "bbox=1", "bbox=1,2,3,4&zoom=x", "bbox=nan,1,2,3"])
async def test_streets_of_no_box_are_refused(client, query: str) -> None:
    assert (await client.get(f"/streets.geojson?{query}")).status_code == 422


async def test_without_a_street_graph_there_are_no_streets(client) -> None:
    answer = await client.get("/streets.geojson?bbox=139.7,35.7,139.8,35.8&zoom=16")
    assert answer.json() == {"type": "FeatureCollection", "features": []}


class TestCourse:
    async def test_shows_its_stops_in_order_with_the_way_between(self, client) -> None:
        sites = [await make_site(lat=35.75 + n * 0.004) for n in range(3)]
        course = await make_course(*sites)
        text = (await client.get(f"/courses/{course.slug}")).text
        positions = [text.index(f'href="/sites/{site.slug}"') for site in sites]
        assert positions == sorted(positions)
        assert course.title in text

    async def test_passes_by_what_was_withdrawn_or_is_only_roughly_known(self, client) -> None:
        sites = [await make_site() for _number in range(3)]
        rough = await make_site(point_quality=PointQuality.TOWN)
        course = await make_course(sites[0], rough, *sites[1:])
        await Site.filter(id=sites[1].id).update(is_published=False)
        await catalogue_changed()
        answer = await client.get(f"/courses/{course.slug}")
        assert answer.status_code == 200
        assert sites[1].name not in answer.text
        assert sites[2].name in answer.text

    @pytest.mark.parametrize("number", [0, 1])
    async def test_of_none_or_one_place_is_answered(self, client, number: int) -> None:
        course = await make_course(*[await make_site() for _number in range(number)])
        assert (await client.get(f"/courses/{course.slug}")).status_code == 200

    async def test_that_is_not_published_is_not_there(self, client) -> None:
        course = await make_course(await make_site(), is_published=False)
        assert (await client.get(f"/courses/{course.slug}")).status_code == 404
        assert course.title not in (await client.get("/")).text

    async def test_is_offered_with_its_event(self, client) -> None:
        sites = [await make_site(), await make_site()]
        event = await make_event(*sites)
        course = await make_course(*sites, event=event)
        other = await make_course(*sites)
        text = (await client.get(f"/events/{event.slug}")).text
        assert course.title in text
        assert other.title not in text


def names_in(text: str) -> list[str]:
    """The places of a walk's list, in its order."""
    return re.findall(
        r'<h2 class="stops__name"><span class="number">\w+</span>(?:<a[^>]*>)?([^<]*)', text
    )


class TestCourseBegunElsewhere:
    @pytest.fixture
    async def course(self) -> WalkingRoute:
        """Four places in a line to the north, a station at either end."""
        for name, lat in (("south", 35.746), ("north", 35.766)):
            await make_station(id=name, name=name, lat=lat, translations={})
        sites = [
            await make_site(name=f"工房{n}", slug=f"stop-{n}", lat=35.75 + n * 0.004)
            for n in range(4)
        ]
        return await make_course(*sites)

    async def test_as_it_is_it_begins_with_its_first_stop(self, client, course) -> None:
        text = (await client.get(f"/courses/{course.slug}")).text
        assert names_in(text) == ["工房0", "工房1", "工房2", "工房3"]
        assert '<span class="number">1</span><a' in text
        assert '<span class="number">S</span>' not in text

    async def test_from_a_station_it_is_walked_the_shorter_way_round(self, client, course) -> None:
        address = f"/courses/{course.slug}"
        south = (await client.get(f"{address}?from=south")).text
        assert names_in(south) == ["south駅", "工房0", "工房1", "工房2", "工房3"]
        north = (await client.get(f"{address}?from=north")).text
        assert names_in(north) == ["north駅", "工房3", "工房2", "工房1", "工房0"]
        assert 'value="north" selected' in north

    async def test_from_a_stop_it_goes_on_from_there(self, client, course) -> None:
        text = (await client.get(f"/courses/{course.slug}?from=stop-3")).text
        assert names_in(text) == ["工房3", "工房2", "工房1", "工房0"]

    async def test_from_where_one_stands_no_address_says_where_that_is(
        self, client, course
    ) -> None:
        place = "139.737886,35.767111"
        answer = await client.post(f"/courses/{course.slug}", data={"from": place})
        assert answer.status_code == 200
        assert names_in(answer.text)[:2] == ["いまいる場所", "工房3"]
        assert answer.headers["cache-control"] == "no-store"
        assert not re.findall(r"(?:href|src|action)=.[^\"']*139\.7378", answer.text)
        assert "walk.geojson" not in answer.text
        assert '"LineString"' in answer.text

    @pytest.mark.parametrize("start", ["nowhere", "999,999", "<b>"])
    async def test_from_nowhere_is_told_and_the_course_is_shown(
        self, client, course, start
    ) -> None:
        for answer in (
            await client.get(f"/courses/{course.slug}", params={"from": start}),
            await client.post(f"/courses/{course.slug}", data={"from": start}),
        ):
            assert answer.status_code == 422
            assert "一覧から" in answer.text
            assert names_in(answer.text) == ["工房0", "工房1", "工房2", "工房3"]

    async def test_the_time_at_each_stop_stays_with_it(self, client, course) -> None:
        for position, minutes in enumerate((10, 20, 40, 80), start=1):
            await Stop.filter(walking_route=course, position=position).update(stay_minutes=minutes)
        text = (await client.get(f"/courses/{course.slug}?from=north")).text
        stays = re.findall(r"滞在 約([^<]*)", text)
        assert stays == ["1時間20分", "40分", "20分", "10分"]
