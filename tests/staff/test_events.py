"""An event made through the pages, seen by visitors."""

import re

import httpx

from tests.factories import catalogue_changed
from tests.publishing.days import make_day, make_workshop
from tests.staff.town import EVENT_FORM, hidden, make_session
from tour.audit.models import AuditEntry
from tour.events.models import Event
from tour.programmes.models import Slot
from tour.publishing.models import MapVersion
from tour.routes.models import Stop, WalkingRoute
from tour.sites.models import Site


async def test_twelve_places_and_a_course_reach_visitors(
    staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    sites = [await make_workshop(number) for number in range(1, 13)]
    await catalogue_changed()
    made = await staff.post("/staff/events/new", data={**EVENT_FORM, "slug": "autumn"})
    assert made.status_code == 303
    event = await Event.get(slug="autumn")
    assert not event.is_published
    assert (await client.get("/events/autumn")).status_code == 404

    page = await staff.get(f"/staff/events/{event.id}/sites")
    takes = {f"takes-{site.id}": "1" for site in sites}
    numbers = {f"number-{sites[11].id}": "1"}
    answer = await staff.post(
        f"/staff/events/{event.id}/sites",
        data={**takes, **numbers, "version": hidden(page, "version")},
    )
    assert answer.status_code == 303

    stops = {f"stop{n}": f"site-{n}" for n in (1, 2, 3)}
    course = await staff.post(
        f"/staff/events/{event.id}/courses/new",
        data={**stops, "slug": "three-doors", "title": "三つの扉", "stay1": "20", "published": "1"},
    )
    assert course.status_code == 303

    assert (await post(staff, f"/staff/events/{event.id}/map", do="publish")).status_code == 303
    assert (await post(staff, f"/staff/events/{event.id}/visibility", do="publish")).is_redirect
    shown = (await client.get("/events/autumn/map.geojson")).json()["features"]
    numbered = {f["properties"]["slug"]: f["properties"]["number"] for f in shown}
    assert numbered["site-12"] == 1
    assert sorted(numbered.values()) == list(range(1, 13))
    assert "秋のものづくり" in (await client.get("/events/autumn")).text
    walk = await client.get("/courses/three-doors")
    assert walk.status_code == 200
    assert "三つの扉" in walk.text
    assert await AuditEntry.filter(account_id__not_isnull=True).count() >= 5


async def post(desk: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    return await desk.post(path, data=fields)


async def test_mistakes_are_said_beside_the_field(staff: httpx.AsyncClient) -> None:
    wrong = {**EVENT_FORM, "slug": "Bad Slug", "title": "", "ends_on": "2026-12-01", "closes": "9"}
    answer = await staff.post("/staff/events/new", data=wrong)
    assert answer.status_code == 422
    for field in ("slug", "title", "closes"):
        assert f'id="{field}-error"' in answer.text
    assert 'value="Makers&#39; autumn"' in answer.text
    backwards = {**EVENT_FORM, "slug": "x", "ends_on": "2026-12-01"}
    assert 'id="ends_on-error"' in (await staff.post("/staff/events/new", data=backwards)).text
    dateless = {**EVENT_FORM, "slug": "x", "starts_on": "", "ends_on": ""}
    answer = await staff.post("/staff/events/new", data=dateless)
    assert answer.status_code == 422
    assert 'id="starts_on-error"' in answer.text
    assert 'value="秋のものづくり"' in answer.text
    assert await Event.all().count() == 0


async def test_an_address_is_taken_once(staff: httpx.AsyncClient) -> None:
    await make_day(3, slug="autumn")
    answer = await staff.post("/staff/events/new", data={**EVENT_FORM, "slug": "autumn"})
    assert answer.status_code == 422
    assert 'id="slug-error"' in answer.text


async def test_the_second_to_save_sees_what_changed_and_loses_nothing(
    staff: httpx.AsyncClient,
) -> None:
    event = await make_day(3)
    version = hidden(await staff.get(f"/staff/events/{event.id}"), "version")
    path = f"/staff/events/{event.id}"
    first = await staff.post(path, data={**EVENT_FORM, "version": version})
    assert first.status_code == 303
    mine = {**EVENT_FORM, "title": "二人目の題", "version": version}
    second = await staff.post(path, data=mine)
    assert second.status_code == 409
    assert "二人目の題" in second.text
    assert "秋のものづくり" in second.text
    assert (await Event.get(id=event.id)).title == "秋のものづくり"
    again = await staff.post(path, data={**mine, "version": hidden(second, "version")})
    assert again.status_code == 303
    assert (await Event.get(id=event.id)).title == "二人目の題"


async def test_what_was_left_as_it_was_is_not_set_back(staff: httpx.AsyncClient) -> None:
    event = await make_day(3)
    path = f"/staff/events/{event.id}"
    version = hidden(await staff.get(path), "version")
    stored = {**EVENT_FORM, "opens": "09:00", "description": "一行目\n二行目"}
    await staff.post(path, data={**stored, "version": version})
    version = hidden(await staff.get(path), "version")
    theirs = {"opens": "08:30", "booking_opens_at": "2026-12-03T10:00", "description": "書き直し"}
    await staff.post(path, data={**stored, **theirs, "version": version})
    mine = {"title": "二人目の題", "description": "一行目\r\n二行目", "version": version}
    late = await staff.post(path, data={**stored, **mine})
    assert late.status_code == 409
    for shown in ('value="二人目の題"', 'value="08:30"', 'value="2026-12-03T10:00"', "書き直し"):
        assert shown in late.text
    assert "一行目" not in late.text.partition("<form")[2].partition("<textarea")[2]
    assert "下の欄に取り入れました" in late.text


async def a_course(staff: httpx.AsyncClient) -> tuple[str, dict[str, str]]:
    """The address of a course of three stops, and what its form sends."""
    event = await make_day(4)
    sent = {"title": "三つの扉", "summary": "一行目\n二行目", "published": "1"}
    sent |= {f"stop{n}": f"site-{n}" for n in (1, 2, 3)} | {f"stay{n}": "20" for n in (1, 2, 3)}
    path = f"/staff/events/{event.id}/courses"
    assert (await staff.post(f"{path}/new", data={**sent, "slug": "doors"})).status_code == 303
    return f"{path}/{(await WalkingRoute.get(slug='doors')).id}", sent


async def test_of_two_who_save_a_course_the_second_sees_the_first(
    staff: httpx.AsyncClient,
) -> None:
    path, stored = await a_course(staff)
    old = {"version": hidden(await staff.get(path), "version")}
    theirs = {**stored, "stop2": "site-4", "stay2": "45"}
    assert (await staff.post(path, data=theirs | old)).status_code == 303
    mine = {**stored, "title": "四つの扉", "summary": "一行目\r\n二行目"}
    late = await staff.post(path, data=mine | old)
    assert late.status_code == 409
    assert (await WalkingRoute.get(slug="doors")).title == "三つの扉"
    assert 'value="四つの扉"' in late.text
    assert re.search(r'value="site-4" selected', late.text)
    assert re.search(r'name="stay2"[^>]* value="45"', late.text)
    again = {**theirs, "title": "四つの扉", "version": hidden(late, "version")}
    assert (await staff.post(path, data=again)).status_code == 303
    assert (await WalkingRoute.get(slug="doors")).title == "四つの扉"
    assert (await staff.post(path, data=stored)).status_code == 409, "no version is an old one"


async def test_of_two_walks_through_one_course_mine_stays_whole(staff: httpx.AsyncClient) -> None:
    path, stored = await a_course(staff)
    old = {"version": hidden(await staff.get(path), "version")}
    await staff.post(path, data={**stored, "stop2": "site-4"} | old)
    unseen = {name: text for name, text in stored.items() if name != "published"}
    late = await staff.post(path, data={**unseen, "stop1": "site-3", "stop3": "site-1"} | old)
    chosen = re.findall(r'value="(site-\d)" selected', late.text)
    assert chosen == ["site-3", "site-2", "site-1"]
    assert not re.search(r'name="published" value="1" checked', late.text)


async def test_slots_that_open_with_the_event_move_with_it(staff: httpx.AsyncClient) -> None:
    event = await make_day(3)
    slot = await make_session(event, await Site.get(slug="site-1"))
    version = hidden(await staff.get(f"/staff/events/{event.id}"), "version")
    await staff.post(f"/staff/events/{event.id}", data={**EVENT_FORM, "version": version})
    moved = (await Slot.get(id=slot.id)).booking_opens_at
    assert moved is not None
    assert moved.isoformat() == "2026-12-02T00:00:00+00:00"


async def test_two_places_never_share_a_number(staff: httpx.AsyncClient) -> None:
    event = await make_day(3)
    page = await staff.get(f"/staff/events/{event.id}/sites")
    ids = [int(i) for i in re.findall(r'name="takes-(\d+)"', page.text)]
    fields = {f"takes-{i}": "1" for i in ids} | {f"number-{i}": "7" for i in ids[:2]}
    answer = await staff.post(
        f"/staff/events/{event.id}/sites", data={**fields, "version": hidden(page, "version")}
    )
    assert answer.status_code == 422
    assert f'id="number-{ids[1]}-error"' in answer.text


async def test_a_course_needs_two_places_of_its_event(staff: httpx.AsyncClient) -> None:
    event = await make_day(3)
    path = f"/staff/events/{event.id}/courses/new"
    base = {"slug": "new", "title": "題"}
    one = await staff.post(path, data={**base, "stop1": "site-1"})
    assert one.status_code == 422
    foreign = await staff.post(path, data={**base, "stop1": "site-1", "stop2": "elsewhere"})
    assert 'id="stop2-error"' in foreign.text
    assert not await WalkingRoute.filter(slug="new").exists()


async def test_a_changed_course_keeps_its_order(staff: httpx.AsyncClient) -> None:
    event = await make_day(3)
    route = await WalkingRoute.get(slug="walk-day")
    stops = {"stop1": "site-3", "stop3": "site-1", "stay1": "45"}
    path = f"/staff/events/{event.id}/courses/{route.id}"
    version = hidden(await staff.get(path), "version")
    answer = await staff.post(path, data={**stops, "title": "新しい題", "version": version})
    assert answer.status_code == 303
    rows = await Stop.filter(walking_route_id=route.id).order_by("position").select_related("site")
    assert [(row.site.slug, row.stay_minutes) for row in rows] == [("site-3", 45), ("site-1", 30)]
    assert not (await WalkingRoute.get(id=route.id)).is_published


async def test_the_walk_is_measured_while_it_is_picked(staff: httpx.AsyncClient) -> None:
    await make_day(3)
    walk = (await staff.get("/staff/walk?stop=site-1&stop=site-2&stop=site-3")).json()
    assert len(walk["legs"]) == 2
    assert "分" in walk["text"]
    assert (await staff.get("/staff/walk")).json() == {"text": "", "legs": []}


async def test_a_map_is_withdrawn_and_its_history_stays(staff: httpx.AsyncClient) -> None:
    event = await make_day(3)
    await post(staff, f"/staff/events/{event.id}/map", do="publish")
    await post(staff, f"/staff/events/{event.id}/map", do="publish")
    await post(staff, f"/staff/events/{event.id}/map", do="withdraw")
    assert await MapVersion.filter(event_id=event.id, ended_at=None).count() == 0
    page = await staff.get(f"/staff/events/{event.id}/map")
    assert page.text.count("staff@") == 0
    assert page.text.count("<tr>") >= 3
    assert await AuditEntry.filter(action="event.map_publish").count() == 2
