"""Model courses lead nobody to a place that takes no part: on page, card, map and in the form."""

import re

import httpx
import pytest

from tests.conftest import NOON
from tests.factories import catalogue_changed, make_course, make_event, make_site
from tests.staff.town import hidden
from tour.audit.service import Actor
from tour.events.models import Event, Participation
from tour.events.states import ParticipationAnswer
from tour.publishing import queries, service
from tour.publishing.press import Sources
from tour.publishing.published_map import MapCourse, PublishedMap
from tour.routes.models import WalkingRoute
from tour.sites.models import Site

EN = {"Accept-Language": "en"}
SAYS_NO = ParticipationAnswer.DECLINED


class Walk:
    """An event with three places, numbered 11, 12 and 13, and a course through them."""

    event: Event
    sites: list[Site]
    course: WalkingRoute

    def __init__(self, app) -> None:
        self._parts = app.state.parts

    async def made(self) -> "Walk":
        """The second lies aside."""
        east = (139.737, 139.742, 139.737)
        self.sites = [await make_site(lat=35.75 + n * 0.004, lon=lon) for n, lon in enumerate(east)]
        self.event = await make_event(*self.sites)
        for number, site in enumerate(self.sites, 11):
            await Participation.filter(site_id=site.id).update(number=number)
        self.course = await make_course(*self.sites, event=self.event)
        return self

    @property
    def path(self) -> str:
        return f"/courses/{self.course.slug}"

    async def says(self, place: int, answer: ParticipationAnswer) -> None:
        await Participation.filter(site_id=self.sites[place].id).update(answer=answer)
        await catalogue_changed()

    async def sources(self) -> Sources:
        catalogue = await self._parts.catalogue.current()
        return Sources(catalogue, self._parts.walks, ("ja", "en"))

    async def publishes(self) -> None:
        await service.publish(
            self.event.id, await self.sources(), actor=Actor(None, "staff"), now=NOON
        )

    async def map(self) -> PublishedMap:
        return await queries.published_map(self.event.slug, await self.sources())

    async def on_map(self) -> MapCourse | None:
        return next(iter((await self.map()).courses), None)


@pytest.fixture
async def walk(app) -> Walk:
    return await Walk(app).made()


def numbers_in(page: str) -> list[str]:
    return re.findall(r'class="stops__name"><span class="number">(\w+)<', page)


@pytest.mark.parametrize("is_published", [False, True], ids=["live map", "kept map"])
async def test_who_says_no_is_passed_by_with_one_length_everywhere(
    client: httpx.AsyncClient, walk: Walk, *, is_published: bool
) -> None:
    if is_published:
        await walk.publishes()
    whole = await walk.on_map()
    assert whole
    assert whole.numbers == (11, 12, 13)
    await walk.says(1, SAYS_NO)
    page = (await client.get(walk.path, headers=EN)).text
    assert numbers_in(page) == ["11", "13"]
    assert "<s>Sample workshop" in page
    assert "Not part of this model course at present" in page
    left = await walk.on_map()
    assert left
    assert left.numbers == (11, 13)
    assert left.distance_m < whole.distance_m
    assert f"On foot {left.minutes} min" in page
    assert len(left.line) < len(whole.line)
    event_page = (await client.get(f"/events/{walk.event.slug}", headers=EN)).text
    assert walk.course.slug in event_page
    assert "2 places" in event_page


async def test_taken_out_after_print_and_back_again(client: httpx.AsyncClient, walk: Walk) -> None:
    await walk.publishes()
    row = await Participation.get(site_id=walk.sites[2].id)
    await row.delete()
    await catalogue_changed()
    assert [place.number for place in (await walk.map()).places] == [11, 12]
    assert numbers_in((await client.get(walk.path)).text) == ["11", "12"]
    await Participation.create(
        event=walk.event, site=walk.sites[2], number=13, answer=ParticipationAnswer.ACCEPTED
    )
    await catalogue_changed()
    assert [place.number for place in (await walk.map()).places] == [11, 12, 13]
    page = (await client.get(walk.path)).text
    assert numbers_in(page) == ["11", "12", "13"]
    assert "<s>" not in page


@pytest.mark.parametrize("left", [0, 1])
async def test_with_fewer_than_two_places_it_is_not_offered(
    client: httpx.AsyncClient, walk: Walk, left: int
) -> None:
    await walk.publishes()
    for place in range(left, 3):
        await walk.says(place, SAYS_NO)
    page = await client.get(walk.path, headers=EN)
    assert page.status_code == 200
    assert numbers_in(page.text) == ["11"][:left]
    assert page.text.count("<s>") == 3 - left
    for path in ("/", f"/events/{walk.event.slug}"):
        assert walk.course.slug not in (await client.get(path)).text, path
    assert await walk.on_map() is None


async def test_other_numbers_than_on_the_published_map_are_said_to_staff(
    staff: httpx.AsyncClient, walk: Walk
) -> None:
    await walk.publishes()
    pages = [f"/staff/events/{walk.event.id}/{name}" for name in ("sites", "map")]
    for path in pages:
        assert "than on the published map" not in (await staff.get(path, headers=EN)).text
    await Participation.filter(site_id=walk.sites[0].id).update(number=21)
    await catalogue_changed()
    for path in pages:
        said = "1 place has another number than on the published map"
        assert said in (await staff.get(path, headers=EN)).text
    await walk.publishes()
    for path in pages:
        assert "than on the published map" not in (await staff.get(path, headers=EN)).text


async def test_who_has_not_answered_is_passed_by(client: httpx.AsyncClient, walk: Walk) -> None:
    await walk.says(0, ParticipationAnswer.INVITED)
    assert numbers_in((await client.get(walk.path)).text) == ["12", "13"]


async def test_of_places_in_two_events_its_own_counts(
    client: httpx.AsyncClient, walk: Walk
) -> None:
    other = await make_event(*reversed(walk.sites))
    await Participation.filter(event=other, site_id=walk.sites[0].id).update(answer=SAYS_NO)
    assert numbers_in((await client.get(walk.path)).text) == ["11", "12", "13"]
    await Participation.filter(event=walk.event, site_id=walk.sites[1].id).update(answer=SAYS_NO)
    assert numbers_in((await client.get(walk.path)).text) == ["11", "13"]


async def test_of_an_event_that_is_withdrawn_it_is_gone(
    client: httpx.AsyncClient, walk: Walk
) -> None:
    await Event.filter(id=walk.event.id).update(is_published=False)
    await catalogue_changed()
    assert (await client.get(walk.path)).status_code == 404
    assert walk.course.slug not in (await client.get("/")).text


async def test_staff_see_it_and_can_choose_only_who_takes_part(
    staff: httpx.AsyncClient, walk: Walk
) -> None:
    path = f"/staff/events/{walk.event.id}/courses"
    assert "takes no part" not in (await staff.get(path, headers=EN)).text
    await walk.says(1, SAYS_NO)
    assert "1 stop takes no part" in (await staff.get(path, headers=EN)).text
    today = (await staff.get("/staff")).text
    assert f"{path}/{walk.course.id}" in today
    assert f"/staff/events/{walk.event.id}/asked" not in today, "it has answered"
    form_page = await staff.get(f"{path}/{walk.course.id}", headers=EN)
    assert ": no part</option>" in form_page.text
    form = {"title": walk.course.title, "version": hidden(form_page, "version"), "published": "1"}
    form |= {f"stop{n}": site.slug for n, site in enumerate(walk.sites, 1)}
    refused = await staff.post(f"{path}/{walk.course.id}", data=form, headers=EN)
    assert refused.status_code == 422
    assert "Choose a place that takes part" in refused.text
    del form["stop2"]
    assert (await staff.post(f"{path}/{walk.course.id}", data=form)).status_code == 303
    assert f"{path}/{walk.course.id}" not in (await staff.get("/staff")).text
