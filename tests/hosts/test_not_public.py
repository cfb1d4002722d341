"""A place that visitors do not see: every screen says so, none leads to a page that is not there,
and those who tend it see how it will look."""

import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import OPERATOR, browser, make_account, sign_in_as
from tests.conftest import NOON
from tests.factories import EVENT_DAY, make_event, make_site
from tests.hosts.setting import first_slot, write_programme
from tour.accounts.roles import Role
from tour.events.models import Participation
from tour.events.states import ParticipationAnswer
from tour.programmes import editing
from tour.programmes.models import Programme
from tour.reservations.waitlist.queue import publish_site
from tour.settings import Settings
from tour.sites.editing.photo_files import WIDTHS, file_name
from tour.sites.editing.publication import withdraw_site
from tour.sites.models import Photo, Site

EN = {"Accept-Language": "en"}
SEEN_NOW = re.compile(r"[Vv]isitors see it now|As visitors see it|Publish now|>Published<")
NOT_YET = "This page is not public yet. The staff look at it before it is shown."
TAKEN_OFF = "This page is not shown to visitors at present"
BY_STATE = {"waits": NOT_YET, "withdrawn": TAKEN_OFF}
PHOTO = "0123456789abcdef0123456789abcdef"


async def make_place(state: str = "waits") -> Site:
    """With a session that its host has published, a photo and a part in an event."""
    site = await make_site(slug="workshop", name="見本工房", is_published=False)
    await write_programme(site, NOON + timedelta(days=3))
    await Photo.create(
        site=site, name=PHOTO, width=4, height=3, alt="摺り台", position=0, created_at=NOON
    )
    event = await make_event(site)
    await Participation.filter(event=event).update(answer=ParticipationAnswer.ACCEPTED)
    if state != "waits":
        await publish_site(site.id, actor=OPERATOR, now=NOON)
    if state == "withdrawn":
        await withdraw_site(site.id, actor=OPERATOR, now=NOON)
    return await Site.get(id=site.id)


@pytest.fixture
async def host(app: Starlette, settings: Settings) -> httpx.AsyncClient:
    """A browser that reads English; who signs in with it, a test says."""
    keep_files(settings.var / "photos")
    async with browser(app) as client:
        client.headers.update(EN)
        yield client


def keep_files(folder: Path) -> None:
    folder.mkdir(parents=True)
    for width in WIDTHS:
        (folder / file_name(PHOTO, width)).write_bytes(b"RIFF....WEBP")


def links(page: str) -> set[str]:
    found = {link.split("#")[0] for link in re.findall(r'(?:href|src)="(/[^"]*)"', page)}
    return {link for link in found if link and "lang=" not in link and link[:8] != "/static/"}


async def fields(host: httpx.AsyncClient, path: str) -> dict[str, str]:
    page = (await host.get(path)).text
    return dict(re.findall(r'<input[^>]* name="([\w-]+)"[^>]* value="([^"]*)"', page))


async def saved_pages(host: httpx.AsyncClient, site: Site) -> list[str]:
    """What a host reads after saving each thing."""
    path = f"/host/{site.slug}"
    programme = await Programme.get(site_id=site.id)
    answers = [
        await host.post(f"{path}/programmes/{programme.id}/stage", data={"do": "pause"}),
        await host.post(f"{path}/programmes/{programme.id}/stage", data={"do": "publish"}),
        await host.post(
            f"{path}/hours", data={**await fields(host, f"{path}/hours"), "weekday0": "10:00-16:00"}
        ),
        await host.post(
            f"{path}/hours/exceptions", data={"on_date": "2026-12-24", "hours": "", "note": ""}
        ),
        await host.post(
            f"{path}/profile", data={**await fields(host, f"{path}/profile"), "name": "見本の工房"}
        ),
    ]
    assert [answer.status_code for answer in answers] == [303] * len(answers)
    return [answer.headers["location"] for answer in answers]


async def walk(host: httpx.AsyncClient, site: Site) -> dict[str, str]:
    """Every page of the console that a host reaches by links, and what is read after saving."""
    todo, read = {"/host", f"/host/{site.slug}", *await saved_pages(host, site)}, {}
    while todo:
        path = todo.pop()
        answer = await host.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
        read[path] = answer.text
        todo |= {link for link in links(answer.text) if link.startswith("/host/")} - set(read)
    return read


@pytest.mark.parametrize("state", ["waits", "withdrawn"])
async def test_no_page_says_that_visitors_see_what_they_do_not_see(
    host: httpx.AsyncClient, client: httpx.AsyncClient, state: str
) -> None:
    site = await make_place(state)
    await sign_in_as(host, await make_account("host@example.org", Role.HOST, site))
    read = await walk(host, site)
    assert len(read) > 12
    for path, page in read.items():
        assert not SEEN_NOW.search(page), path
        if not path.endswith("/preview"):
            assert BY_STATE[state] in page, path
        for link in links(page) - set(read):
            if not link.startswith(("/host", "/account", "/photos/")):
                answer = await client.get(link, follow_redirects=True)
                assert answer.status_code == 200, (path, link)


async def test_what_is_public_is_said_to_be_and_is(
    host: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    site = await make_place("shown")
    await sign_in_as(host, await make_account("host@example.org", Role.HOST, site))
    read = await walk(host, site)
    assert f'href="/sites/{site.slug}"' in read[f"/host/{site.slug}"]
    assert "Saved. Visitors see it now." in read[f"/host/{site.slug}/profile?done=1"]
    for page in read.values():
        assert NOT_YET not in page
        assert TAKEN_OFF not in page
    assert (await client.get(f"/sites/{site.slug}")).status_code == 200
    preview = await host.get(f"/host/{site.slug}/preview")
    assert preview.headers["location"] == f"/sites/{site.slug}"


async def test_a_page_says_what_is_so_when_it_is_read(host: httpx.AsyncClient) -> None:
    """The same address, before staff publish, after, and when they have taken it off."""
    site = await make_place()
    programme = await Programme.get(site_id=site.id)
    await sign_in_as(host, await make_account("host@example.org", Role.HOST, site))
    path = f"/host/{site.slug}/programmes/{programme.id}?done=publish"
    said = []
    for change in (None, publish_site, withdraw_site):
        if change:
            await change(site.id, actor=OPERATOR, now=NOON)
        page = (await host.get(path)).text
        said.append(re.findall(r'role="status">.*?<span>(.*?)</span>', page, re.S)[0])
    together = "Ready. It is shown together with your page."
    assert said == [together, "Published. Visitors see it now.", together]
    await editing.pause(programme, actor=OPERATOR, now=NOON)
    page = (await host.get(path)).text
    assert "notice--success" not in page
    assert "it is paused" in page


async def test_a_place_is_previewed_as_it_will_look(
    host: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    site = await make_place()
    await sign_in_as(host, await make_account("host@example.org", Role.HOST, site))
    before = await host.get(f"/host/{site.slug}/preview")
    assert before.headers["cache-control"] == "no-store"
    assert before.headers["x-robots-tag"] == "noindex"
    assert 'content="noindex"' in before.text
    for shown in ("Preview.", "Print a wood-block", PHOTO, "Events", "Change something"):
        assert shown in before.text
    assert not [link for link in links(before.text) if link.startswith(("/slots/", "/walk"))]
    await publish_site(site.id, actor=OPERATOR, now=NOON)
    public = await client.get(f"/sites/{site.slug}", headers=EN)
    texts = [re.findall(r"<(?:h1|h2|h3|dt|dd)[^>]*>(.*?)<", p.text) for p in (before, public)]
    assert set(texts[0]) == set(texts[1])


@pytest.mark.parametrize("stage", ["draft", "paused", "waits"])
async def test_a_session_is_previewed_with_its_times_and_not_reserved(
    host: httpx.AsyncClient, client: httpx.AsyncClient, stage: str
) -> None:
    site = await make_site(is_published=stage != "waits")
    programme = await write_programme(site, published=stage != "draft")
    if stage == "paused":
        await editing.pause(programme, actor=OPERATOR, now=NOON)
    slot = await first_slot(programme)
    await sign_in_as(host, await make_account("host@example.org", Role.HOST, site))
    page = await host.get(f"/host/{site.slug}/programmes/{programme.id}/preview")
    assert page.status_code == 200
    assert page.headers["x-robots-tag"] == "noindex"
    assert slot.starts_at.isoformat() in page.text
    assert f"/slots/{slot.id}" not in page.text
    assert (await client.get(f"/programmes/{programme.id}")).status_code == 404
    assert (await client.get(f"/slots/{slot.id}/reserve")).status_code == 404


async def test_a_preview_is_for_those_who_tend_the_place(app: Starlette) -> None:
    site, other = await make_place(), await make_site(slug="other")
    programme = await Programme.get(site_id=site.id)
    theirs = await write_programme(other, published=False)
    paths = (f"/host/{site.slug}/preview", f"/host/{site.slug}/programmes/{programme.id}/preview")
    for role, of, seen in [
        (None, None, {303}),
        (Role.HOST, other, {403}),
        (Role.HOST, site, {200}),
        (Role.EDITOR, None, {200}),
        (Role.STAFF, None, {200}),
    ]:
        async with browser(app) as client:
            if role:
                of_sites = [of] if of else []
                address = f"{role}-{of.slug if of else 'none'}@example.org"
                await sign_in_as(client, await make_account(address, role, *of_sites))
            assert {(await client.get(path)).status_code for path in paths} == seen, role
            foreign = await client.get(f"/host/{site.slug}/programmes/{theirs.id}/preview")
            assert foreign.status_code != 200


async def test_a_photo_of_a_draft_is_for_its_hosts_and_staff(
    app: Starlette, settings: Settings
) -> None:
    keep_files(settings.var / "photos")
    site, other = await make_place(), await make_site(slug="other")
    address = f"/photos/{file_name(PHOTO, 480)}"
    hosts = await make_account("host@example.org", Role.HOST, site)
    for account, seen in [
        (None, 410),
        (await make_account("other@example.org", Role.HOST, other), 410),
        (hosts, 200),
        (await make_account("staff@example.org", Role.STAFF), 200),
    ]:
        async with browser(app) as client:
            if account:
                await sign_in_as(client, account)
            answer = await client.get(address)
            assert answer.status_code == seen
            if seen == 200:
                assert answer.headers["cache-control"] == "private, no-store"
                assert answer.headers["x-robots-tag"] == "noindex"
    await publish_site(site.id, actor=OPERATOR, now=NOON)
    async with browser(app) as client:
        assert (await client.get(address)).headers["cache-control"] == "public, no-cache"


async def test_who_looks_after_several_places_reads_which_is_public(
    host: httpx.AsyncClient,
) -> None:
    sites = [
        await make_site(name="見本一", name_kana="あ"),
        await make_site(name="見本二", name_kana="い", is_published=False),
        await make_site(name="見本三", name_kana="う", is_published=False, withdrawn_at=NOON),
    ]
    await sign_in_as(host, await make_account("host@example.org", Role.HOST, *sites))
    page = (await host.get("/host")).text
    badges = re.findall(r'class="badge[^"]*">(.*?)<', page)
    assert badges == ["Published", "Not public yet", "Not shown at present"]


async def test_an_answer_to_an_event_promises_no_map_to_a_page_that_is_not_public(
    host: httpx.AsyncClient,
) -> None:
    site = await make_place()
    event_id = (await Participation.get(site=site)).event_id
    await sign_in_as(host, await make_account("host@example.org", Role.HOST, site))
    page = (await host.get(f"/host/{site.slug}/events/{event_id}?done=1")).text
    assert "as soon as the staff have published your page" in page
    await publish_site(site.id, actor=OPERATOR, now=NOON)
    page = (await host.get(f"/host/{site.slug}/events/{event_id}?done=1")).text
    assert "You are on the event&#39;s map, which the staff publish." in page


async def test_staff_read_the_same_of_a_place(app: Starlette) -> None:
    waits = await make_site(name="見本一", is_published=False)
    gone = await make_site(name="見本二", is_published=False, withdrawn_at=NOON)
    await make_event(waits, gone, day=EVENT_DAY)
    async with browser(app) as staff:
        staff.headers.update(EN)
        await sign_in_as(staff, await make_account("staff@example.org", Role.STAFF))
        page = (await staff.get("/staff/sites")).text
        assert ("Not public yet" in page, "Not shown at present" in page) == (True, True)
        page = (await staff.get("/staff/approvals")).text
        assert "見本一" in page
        assert "見本二" not in page
        assert f"/host/{waits.slug}/preview" in page
