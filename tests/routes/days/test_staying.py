"""A stay that runs on: one tap on the plan, and all that follows from it."""

import re
from datetime import datetime, timedelta

import httpx

from tests.factories import catalogue_changed
from tests.routes.plan_news.test_departures import leaving, reserved_plan, walked_from
from tests.routes.plan_page import assert_adds_up, read, words
from tests.routes.plan_pages.test_pages import at, changed, shown_sites, version_in
from tour.audit.service import Actor
from tour.notifications.models import Reminder, ReminderStatus
from tour.programmes.models import Slot
from tour.reservations.changes import lateness
from tour.routes.days.edits import PlannedStop
from tour.routes.models import Itinerary
from tour.routes.plan_news.look_out import LookOut
from tour.sites.models import Site

TWO = at(14)
ENDS = timedelta(minutes=5)
"""To say thank you, after a session."""


def offered(page: str) -> dict[str, list[str]]:
    """By place, the minutes until which one may say that one stays."""
    rows = re.split(r'(?=<li class="plan-row )', page)
    found = {}
    for row in rows:
        if until := re.findall(r'name="until" value="(\d+)"', row):
            found[re.findall(r'id="stop-([\w-]+)"', row)[0]] = until
    return found


def starts(page: str) -> dict[str, int]:
    return {stop.slug: stop.at for stop in read(page).stops}


def minute(instant: datetime) -> int:
    return int((instant - at(0)).total_seconds()) // 60


async def a_day(client: httpx.AsyncClient, *, second: datetime = TWO) -> tuple[str, list[Slot]]:
    """A session at a, a look around at c, then a session at b: both reserved."""
    url, slots = await reserved_plan(client)
    b, site = slots[1], await Site.get(slug="workshop-c")
    length = b.ends_at - b.starts_at
    await Slot.filter(id=b.id).update(
        starts_at=second, ends_at=second + length, booking_closes_at=second - timedelta(minutes=60)
    )
    await catalogue_changed()
    programmes = [await slot.programme for slot in slots]
    stops = [
        PlannedStop(programmes[0].site_id, slots[0].id, 70),
        PlannedStop(site.id, None, 30),
        PlannedStop(programmes[1].site_id, b.id, 70),
    ]
    wish = (await Itinerary.get()).wish | {"lunch": ""}
    await Itinerary.all().update(stops=[stop.as_json() for stop in stops], wish=wish)
    return url, [await Slot.get(id=slot.id) for slot in slots]


async def source(client: httpx.AsyncClient, url: str) -> str:
    return (await client.get(url)).text


async def stay(client: httpx.AsyncClient, url: str, site: str, more: int = 0) -> httpx.Response:
    until = offered(await source(client, url))[site][more]
    return await changed(client, url, do="longer", site=site, until=until)


async def test_the_rest_of_the_day_is_later(client: httpx.AsyncClient, clock) -> None:
    url, slots = await a_day(client)
    ends = slots[0].ends_at + ENDS
    clock.turn_to(ends - timedelta(minutes=10))
    before = await source(client, url)
    assert offered(before) == {"workshop-a": [str(minute(ends) + 10), str(minute(ends) + 20)]}
    page = (await stay(client, url, "workshop-a", 1)).text
    assert_adds_up(read(page))
    assert starts(page)["workshop-a"] == starts(before)["workshop-a"]
    assert starts(page)["workshop-c"] == starts(before)["workshop-c"] + 20
    assert starts(page)["workshop-b"] == starts(before)["workshop-b"]
    assert "予定どおりに回れません" not in page
    again = (await stay(client, url, "workshop-a")).text
    assert starts(again)["workshop-c"] == starts(before)["workshop-c"] + 30


async def test_sent_twice_it_is_one_stay_and_from_an_old_page_none(
    client: httpx.AsyncClient, clock
) -> None:
    url, slots = await a_day(client)
    clock.turn_to(slots[0].ends_at)
    before = await source(client, url)
    until = offered(before)["workshop-a"]
    tap = {"version": version_in(before), "do": "longer", "site": "workshop-a", "until": until[0]}
    for _time in range(2):
        assert (await client.post(f"{url}/edit", data=tap)).status_code == 303
        assert starts(await source(client, url))["workshop-c"] == starts(before)["workshop-c"] + 10
    other = await client.post(f"{url}/edit", data={**tap, "until": until[1]})
    assert other.status_code == 409
    assert starts(other.text)["workshop-c"] == starts(before)["workshop-c"] + 10


async def test_taken_back_it_is_as_before(client: httpx.AsyncClient, clock) -> None:
    url, slots = await a_day(client)
    clock.turn_to(slots[0].ends_at)
    before = await source(client, url)
    await stay(client, url, "workshop-a")
    clock.turn(minutes=2)
    page = (await changed(client, url, do="undo")).text
    assert starts(page) == starts(before)
    assert read(page).rows[-1].at == read(before).rows[-1].at


async def test_who_has_not_gone_on_says_so_later(client: httpx.AsyncClient, clock) -> None:
    """By the plan they are at the next place already."""
    url, _slots = await a_day(client)
    next_at = starts(await source(client, url))["workshop-c"]
    clock.turn_to(at(0) + timedelta(minutes=next_at + 5))
    before = await source(client, url)
    assert set(offered(before)) == {"workshop-a", "workshop-c"}
    page = (await stay(client, url, "workshop-a")).text
    assert_adds_up(read(page))
    assert starts(page)["workshop-c"] > next_at + 15
    assert list(offered(page)) == ["workshop-a"]
    assert starts((await changed(client, url, do="undo")).text) == starts(before)


async def test_what_does_not_fit_any_more_is_said_with_a_plan_that_does(
    client: httpx.AsyncClient, clock
) -> None:
    second = at(12, 50)
    url, slots = await a_day(client, second=second)
    clock.turn_to(slots[0].ends_at + ENDS)
    assert "予定どおりに回れません" not in await source(client, url)
    page = (await stay(client, url, "workshop-a", 1)).text
    assert "予定どおりに回れません" in words(page)
    assert "分遅れます" in words(page)
    assert "この順番で：12:50 体験14時（工房b）・工房c" in words(page)
    mended = (await changed(client, url, do="mended")).text
    assert "予定どおりに回れません" not in mended
    assert shown_sites(mended) == ["workshop-a", "workshop-b", "workshop-c"]
    assert starts(mended)["workshop-b"] == minute(second)


async def test_time_to_leave_is_from_where_one_is(client: httpx.AsyncClient, app, clock) -> None:
    """What lies between is not got round to: one goes straight to what is reserved."""
    url, slots = await a_day(client, second=at(12, 50))
    await LookOut(app.state.parts).look()
    assert await walked_from(slots[1]) == "workshop-c"
    clock.turn_to(slots[0].ends_at + ENDS)
    await stay(client, url, "workshop-a", 1)
    assert await walked_from(slots[1]) == "workshop-a"
    await changed(client, url, do="undo")
    assert await walked_from(slots[1]) == "workshop-c"


async def test_when_it_is_high_time_it_says_leave_now_and_once(
    client: httpx.AsyncClient, clock
) -> None:
    url, slots = await a_day(client, second=at(12, 20))
    key = f"leave:{slots[1].id}"
    await Reminder.filter(key=key).update(status=ReminderStatus.CANCELLED)
    clock.turn_to(at(12, 14))
    await stay(client, url, "workshop-a")
    row = await Reminder.get(key=key)
    assert (row.title, row.due_at) == ("いま出発してください", clock())
    await Reminder.filter(key=key).update(status=ReminderStatus.SENT)
    await stay(client, url, "workshop-a")
    assert (await leaving())[key] == ("sent", row.due_at)


async def test_a_session_that_runs_late_moves_what_is_on_record(
    client: httpx.AsyncClient, app, clock
) -> None:
    """The host says it after the visitor has changed something: the visit has begun by then."""
    url, slots = await a_day(client)
    clock.turn_to(slots[0].starts_at + timedelta(minutes=20))
    await changed(client, url, do="lock", site="workshop-c")
    before = await source(client, url)
    site, zone = await Site.get(slug="workshop-a"), app.state.parts.town.timezone
    await lateness.run_late(site, zone, 15, actor=Actor(None, "host"), now=clock())
    page = await source(client, url)
    assert starts(page)["workshop-c"] == starts(before)["workshop-c"] + 15
    assert_adds_up(read(page))


async def test_it_is_asked_of_nobody_else(client: httpx.AsyncClient, clock) -> None:
    url, slots = await a_day(client)
    assert offered(await source(client, url)) == {}
    clock.turn_to(slots[0].starts_at - timedelta(minutes=6))
    assert offered(await source(client, url)) == {}
    clock.turn_to(slots[0].starts_at)
    assert offered(await source(client, url))
    shown = (await Itinerary.get()).show_token
    assert offered(await source(client, f"/itineraries/{shown}")) == {}
    clock.turn(days=1)
    assert offered(await source(client, url)) == {}


async def test_nonsense_changes_nothing(client: httpx.AsyncClient, clock) -> None:
    url, slots = await a_day(client)
    clock.turn_to(slots[0].ends_at)
    before = starts(await source(client, url))
    for until in ("", "0", "x", "1", "1439", "999999999", "-5"):
        answer = await changed(client, url, do="longer", site="workshop-a", until=until)
        assert starts(answer.text) == before, until
    for site in ("workshop-b", "nowhere", ""):
        answer = await changed(client, url, do="longer", site=site, until="800")
        assert starts(answer.text) == before
