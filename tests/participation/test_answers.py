"""Staff ask places to take part; hosts say yes or no; visitors see those who said yes."""

import re

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser, mailed_path, make_account, sign_in_as
from tests.conftest import TurnableClock
from tests.factories import catalogue_changed
from tests.publishing.days import make_day, make_workshop
from tests.staff.town import hidden
from tour.accounts.roles import Role
from tour.audit.models import AuditEntry
from tour.events.models import Event, Participation
from tour.events.states import ParticipationAnswer
from tour.notifications.message import Message
from tour.notifications.models import Reminder
from tour.notifications.sending.wording import Promised
from tour.participation import letters
from tour.sites.models import Site


@pytest.fixture
async def staff(app: Starlette):
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("staff@example.org", Role.STAFF))
        yield desk


async def ask(desk: httpx.AsyncClient, event: Event, *new: Site) -> httpx.Response:
    """Tick these places beside those that take part, and ask them."""
    page = await desk.get(f"/staff/events/{event.id}/sites")
    taking = await Participation.filter(event_id=event.id)
    fields = {f"takes-{row.site_id}": "1" for row in taking}  # type: ignore[attr-defined]
    fields |= {f"number-{row.site_id}": str(row.number) for row in taking}  # type: ignore[attr-defined]
    fields |= {f"role-{row.site_id}": str(row.role) for row in taking}  # type: ignore[attr-defined]
    fields |= {f"answer-{row.site_id}": str(row.answer) for row in taking}  # type: ignore[attr-defined]
    fields |= {f"takes-{site.id}": "1" for site in new}
    return await desk.post(
        f"/staff/events/{event.id}/sites",
        data={**fields, "version": hidden(page, "version"), "do": "ask"},
    )


async def new_place(number: int = 9, *, tended: bool = True) -> Site:
    site = await make_workshop(number)
    await catalogue_changed()
    if tended:
        await make_account(f"host{number}@example.org", Role.HOST, site)
    return site


async def answer_of(site: Site) -> str:
    return str((await Participation.get(site_id=site.id)).answer)


async def test_a_place_that_was_asked_is_seen_when_it_has_said_yes(
    staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    event, site = await make_day(3), await new_place()
    assert (await ask(staff, event, site)).status_code == 303
    assert await answer_of(site) == "invited"
    assert site.name not in (await client.get(f"/events/{event.slug}/map")).text
    assert "回答" in (await staff.get(f"/staff/events/{event.id}/sites")).text

    path = await mailed_path()
    page = await client.get(path)
    assert "ものづくりの日" in page.text
    assert "12月5日(土)・6日(日)" in page.text
    assert await answer_of(site) == "invited", "opening the mail's link answers nothing"
    assert (await client.post(path, data={"do": "accept"})).status_code == 303
    assert await answer_of(site) == "accepted"
    assert site.name in (await client.get(f"/events/{event.slug}/map")).text
    entry = await AuditEntry.get(action="event.answer")
    assert (entry.before, entry.after) == (
        {f"answer-{site.id}": "invited"},
        {f"answer-{site.id}": "accepted"},
    )


async def test_a_host_answers_in_the_console_and_may_change_it(
    app: Starlette, staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    event, site = await make_day(3), await new_place()
    await ask(staff, event, site)
    async with browser(app) as host:
        await sign_in_as(host, await make_account("host9@example.org", Role.HOST, site))
        path = f"/host/{site.slug}/events/{event.id}"
        assert path in (await host.get(f"/host/{site.slug}")).text
        assert path in (await host.get(f"/host/{site.slug}/programmes")).text
        assert "はい、参加します" in (await host.get(path)).text
        await host.post(path, data={"do": "accept"})
        assert "参加しますか？" not in (await host.get(f"/host/{site.slug}")).text
        assert site.name in (await client.get(f"/events/{event.slug}/map")).text
        await host.post(path, data={"do": "decline"})
    assert await answer_of(site) == "declined"
    assert site.name not in (await client.get(f"/events/{event.slug}/map")).text
    assert site.name in (await staff.get(f"/staff/events/{event.id}/asked")).text
    assert (await client.post("/taking-part/never", data={"do": "accept"})).status_code == 404


async def test_who_says_no_after_the_map_was_published_is_gone_at_once(
    app: Starlette, staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    event = await make_day(3)
    site = await Site.get(slug="site-1")
    await staff.post(f"/staff/events/{event.id}/map", data={"do": "publish"})
    assert site.name in (await client.get(f"/events/{event.slug}/map")).text
    async with browser(app) as host:
        await sign_in_as(host, await make_account("h@example.org", Role.HOST, site))
        await host.post(f"/host/{site.slug}/events/{event.id}", data={"do": "decline"})
    for page in ("", "/map", "/embed", "/map.geojson"):
        assert site.name not in (await client.get(f"/events/{event.slug}{page}")).text, page


async def test_an_answer_that_came_meanwhile_is_not_saved_over(
    staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    event, site = await make_day(3), await new_place()
    await ask(staff, event, site)
    version = hidden(await staff.get(f"/staff/events/{event.id}/sites"), "version")
    await client.post(await mailed_path(), data={"do": "decline"})
    fields = {f"takes-{site.id}": "1", f"answer-{site.id}": "invited", "version": version}
    late = await staff.post(f"/staff/events/{event.id}/sites", data=fields)
    assert late.status_code == 409
    assert "declined" in late.text
    assert await answer_of(site) == "declined"


async def test_asking_again_renews_the_link_and_writes_to_nobody_else(
    staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    event, site = await make_day(3), await new_place()
    await new_place(10, tended=False)
    await ask(staff, event, site, await Site.get(slug="site-10"))
    old = await mailed_path()
    assert (await staff.post(f"/staff/events/{event.id}/asked")).status_code == 303
    assert await Reminder.filter(key__startswith="taking-part:").count() == 1
    assert (await client.get(old)).status_code == 404
    assert (await client.get(await mailed_path())).status_code == 200
    waiting = await Participation.get(site__slug="site-10")
    assert waiting.answer == ParticipationAnswer.INVITED
    assert waiting.asked_at is None, "nobody tends it: there was nobody to write to"


async def test_staff_note_an_answer_given_by_telephone(
    staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    event, site = await make_day(3), await new_place(tended=False)
    await ask(staff, event, site)
    page = await staff.get(f"/staff/events/{event.id}/sites")
    fields = {f"takes-{site.id}": "1", f"answer-{site.id}": "accepted", "do": "save"}
    await staff.post(
        f"/staff/events/{event.id}/sites", data={**fields, "version": hidden(page, "version")}
    )
    assert await answer_of(site) == "accepted"
    assert site.name in (await client.get(f"/events/{event.slug}/map")).text


async def test_after_the_event_nobody_answers_any_more(
    staff: httpx.AsyncClient, client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    event, site = await make_day(3), await new_place()
    await ask(staff, event, site)
    path = await mailed_path()
    clock.turn(days=6)
    assert "はい、参加します" not in (await client.get(path)).text
    assert (await client.post(path, data={"do": "accept"})).status_code == 409
    assert await answer_of(site) == "invited"


@pytest.mark.parametrize("do", ["", "maybe"])
async def test_an_unknown_button_answers_nothing(
    staff: httpx.AsyncClient, client: httpx.AsyncClient, do: str
) -> None:
    event, site = await make_day(3), await new_place()
    await ask(staff, event, site)
    assert (await client.post(await mailed_path(), data={"do": do})).status_code == 422
    assert await answer_of(site) == "invited"


def sent_by(page: httpx.Response) -> dict[str, str]:
    """What a browser sends when somebody saves this page as it is."""
    fields = {"version": hidden(page, "version")}
    for tag in re.findall(r'<input [^>]*name="(?:takes|number)-\d+"[^>]*>', page.text):
        name, value = (re.search(f' {key}="([^"]*)"', tag) for key in ("name", "value"))
        assert name is not None
        if 'type="checkbox"' not in tag or " checked" in tag:
            fields[name[1]] = value[1] if value else ""
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', page.text):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(
            r'value="([^"]*)"', options
        )
        assert chosen is not None
        fields[name] = chosen[1]
    return fields


async def test_an_answer_that_came_meanwhile_stays_when_the_list_is_saved_again(
    staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    event, site = await make_day(3), await new_place()
    await ask(staff, event, site)
    path = f"/staff/events/{event.id}/sites"
    mine = sent_by(await staff.get(path))
    assert mine[f"answer-{site.id}"] == "invited"
    first = (await Site.get(slug="site-1")).id
    mine[f"number-{first}"] = "41"
    await client.post(await mailed_path(), data={"do": "accept"})
    late = await staff.post(path, data=mine)
    assert late.status_code == 409
    again = sent_by(late)
    assert (again[f"answer-{site.id}"], again[f"number-{first}"]) == ("accepted", "41")
    assert f"{site.name}：回答" in late.text
    assert (await staff.post(path, data=again)).status_code == 303
    assert await answer_of(site) == "accepted"
    assert (await Participation.get(site_id=first)).number == 41
    assert site.name in (await client.get(f"/events/{event.slug}/map")).text
    log = (await staff.get("/staff/log?lang=en")).text
    assert f"{site.name}: Answer: Takes part" in log


async def test_a_place_that_a_colleague_ticked_meanwhile_stays_ticked(
    staff: httpx.AsyncClient,
) -> None:
    event, site = await make_day(3), await new_place(tended=False)
    path = f"/staff/events/{event.id}/sites"
    mine = sent_by(await staff.get(path))
    third = (await Site.get(slug="site-3")).id
    del mine[f"takes-{third}"]
    await ask(staff, event, site)
    late = await staff.post(path, data=mine)
    again = sent_by(late)
    assert again[f"takes-{site.id}"] == "1"
    assert f"takes-{third}" not in again
    assert (await staff.post(path, data=again)).status_code == 303
    assert await answer_of(site) == "invited"
    assert not await Participation.filter(site_id=third).exists()


async def test_the_letter_names_the_days_of_the_event_as_it_leaves(
    staff: httpx.AsyncClient, client: httpx.AsyncClient, clock
) -> None:
    event, site = await make_day(3), await new_place()
    await ask(staff, event, site)
    asked = await Reminder.get(key__startswith="taking-part:")
    promised = Promised(asked.recipient_id, asked.key, Message("", "", asked.url))
    await Event.filter(id=event.id).update(opens_minute=11 * 60)
    leaving = await letters.WORDING[letters.KEY](promised, clock())
    assert leaving is not None
    assert "11:00" in leaving.message.body
    assert leaving.message.url == asked.url
    await client.post(await mailed_path(), data={"do": "decline"})
    assert await letters.WORDING[letters.KEY](promised, clock()) is None, "it has answered"
