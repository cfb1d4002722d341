"""Staff number an event's places along one of its model courses: proposed in the form first."""

import re

import httpx
import pytest
from starlette.applications import Starlette

from tests.factories import make_course, make_event, make_site
from tests.staff.town import hidden
from tour.events.editing import Part
from tour.events.models import Event, Participation
from tour.events.states import ParticipationAnswer, ParticipationRole
from tour.routes.models import WalkingRoute
from tour.sites.models import Site
from tour.staff.events.numbering import along

EN = {"Accept-Language": "en"}
NOT_SAVED = "not saved yet"


def taking_part(written: str) -> list[Part]:
    """Places 1, 2, … by the numbers they have: `7` takes part, `7?` was asked, `7-` said no, and
    `7*` is only shown."""
    answers = {"?": ParticipationAnswer.INVITED, "-": ParticipationAnswer.DECLINED}
    return [
        Part(
            site_id,
            int(text.rstrip("?-*")),
            ParticipationRole.NEARBY if text[-1] == "*" else ParticipationRole.HOST,
            answers.get(text[-1], ParticipationAnswer.ACCEPTED),
        )
        for site_id, text in enumerate(written.split(), 1)
    ]


@pytest.mark.parametrize(
    ("written", "stops", "order"),
    [
        ("1 2 3 4", [3, 1], [3, 1, 2, 4]),
        ("1 2 3", [3, 2, 1], [3, 2, 1]),
        ("9 7 30", [3], [3, 2, 1]),
        ("1 2 3", [2, 3, 2, 1, 3], [2, 3, 1]),
        ("2 1- 3", [2, 3], [3, 1, 2]),
        ("1- 3 2- 4", [3, 4, 1], [4, 2, 1, 3]),
        ("1 2 3?", [3, 2], [3, 2, 1]),
        ("1 2* 3", [2], [2, 1, 3]),
        ("1 2", [8, 2, 9], [2, 1]),
        ("4 2", [], [2, 1]),
        ("", [1, 2], []),
    ],
    ids=[
        "others follow",
        "all of them",
        "gaps are closed",
        "a place twice",
        "one that said no",
        "several that said no",
        "one that has not answered",
        "one that is only shown",
        "of other events",
        "no stops",
        "nobody",
    ],
)
def test_the_order_of_the_walk(written: str, stops: list[int], order: list[int]) -> None:
    numbered = along(taking_part(written), stops)
    assert [part.site_id for part in numbered] == order
    assert [part.number for part in numbered] == list(range(1, len(order) + 1))
    assert {(p.site_id, p.role, p.answer) for p in numbered} == {
        (p.site_id, p.role, p.answer) for p in taking_part(written)
    }


class Town:
    """Four places numbered 1 to 4, the last hidden; a course through the last, the third, and the
    last again."""

    sites: list[Site]
    event: Event
    course: WalkingRoute

    async def made(self) -> "Town":
        self.sites = [await make_site() for _place in range(3)]
        self.sites.append(await make_site(is_published=False))
        self.event = await make_event(*self.sites)
        last, third = self.sites[3], self.sites[2]
        self.course = await make_course(last, third, last, event=self.event)
        return self

    @property
    def path(self) -> str:
        return f"/staff/events/{self.event.id}/sites"

    @property
    def along(self) -> str:
        return f"{self.path}?along={self.course.id}"

    async def stored(self) -> list[int]:
        rows = await Participation.filter(event_id=self.event.id).order_by("site_id").values()
        return [row["number"] for row in rows]

    def proposed(self, page: httpx.Response) -> list[int]:
        found = dict(re.findall(r'name="number-(\d+)"[^>]* value="(\d+)"', page.text))
        return [int(found[str(site.id)]) for site in self.sites]

    def sent(self, page: httpx.Response) -> dict[str, str]:
        fields = {"do": "save", "version": hidden(page, "version")}
        for site, number in zip(self.sites, self.proposed(page), strict=True):
            fields |= {f"takes-{site.id}": "1", f"number-{site.id}": str(number)}
            fields |= {f"role-{site.id}": "host", f"answer-{site.id}": "accepted"}
        return fields


@pytest.fixture
async def town(app: Starlette) -> Town:  # noqa: ARG001 - it opens the database
    return await Town().made()


async def test_numbers_are_proposed_then_saved_then_published(
    staff: httpx.AsyncClient, town: Town
) -> None:
    await staff.post(f"/staff/events/{town.event.id}/map", data={"do": "publish"})
    page = await staff.get(town.along, headers=EN)
    assert town.proposed(page) == [3, 4, 2, 1]
    assert NOT_SAVED in page.text
    assert f'<option value="{town.course.id}" selected>' in page.text
    assert await town.stored() == [1, 2, 3, 4]

    saved = await staff.post(town.path, data=town.sent(page), headers=EN, follow_redirects=True)
    assert await town.stored() == [3, 4, 2, 1]
    assert NOT_SAVED not in saved.text
    assert "other numbers than on the published map" in saved.text

    again = await staff.get(town.along, headers=EN)
    assert NOT_SAVED not in again.text
    assert "follow “Sample course" in again.text


async def test_who_said_no_comes_last(staff: httpx.AsyncClient, town: Town) -> None:
    said_no = Participation.filter(site_id=town.sites[3].id)
    await said_no.update(answer=ParticipationAnswer.DECLINED)
    page = await staff.get(town.along)
    assert town.proposed(page) == [2, 3, 1, 4]
    assert "まだ保存されていません" in page.text


async def test_somebody_saved_meanwhile(staff: httpx.AsyncClient, town: Town) -> None:
    """Numbers that were proposed before are no reason to undo what somebody else did."""
    first, second = await staff.get(town.along), await staff.get(town.along)
    fields = town.sent(first)
    del fields[f"takes-{town.sites[0].id}"]
    assert (await staff.post(town.path, data=fields)).is_redirect
    assert (await staff.post(town.path, data=town.sent(second))).status_code == 409
    assert await town.stored() == [4, 2, 1]


async def test_only_a_course_of_this_event(staff: httpx.AsyncClient, town: Town) -> None:
    other = await Town().made()
    mine = await staff.get(town.path)
    assert f'<option value="{town.course.id}">' in mine.text
    assert f'<option value="{other.course.id}"' not in mine.text
    for course in (str(other.course.id), "0", "none", "9" * 30, "1' OR 1"):
        page = await staff.get(town.path, params={"along": course})
        assert page.status_code == 404, course
    await town.course.delete()
    assert (await staff.get(town.along)).status_code == 404


async def test_without_a_course_nothing_is_offered(staff: httpx.AsyncClient, town: Town) -> None:
    await town.course.delete()
    page = await staff.get(town.path)
    assert 'name="along"' not in page.text
    assert (await staff.get(f"{town.path}?along=")).text.count("checked") == 4
