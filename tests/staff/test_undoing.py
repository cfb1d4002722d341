"""A line of the log is taken back where it can be, and says why where it cannot."""

import re

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.conftest import NOON
from tests.factories import make_event, make_site
from tests.hosts.setting import first_slot, write_programme
from tests.staff.town import hidden
from tour.accounts.people import people
from tour.accounts.roles import Role
from tour.audit.models import AuditEntry
from tour.audit.service import Actor
from tour.changes.models import RecentEdit
from tour.events.models import Event
from tour.programmes import slot_editing
from tour.sites.editing import page
from tour.sites.models import HoursException, OpeningHours, Site
from tour.sites.opening.hours import Span
from tour.staff import undoing

ACTOR = Actor(None, "test")


@pytest.fixture
async def desk(app: Starlette):
    async with browser(app) as client:
        await sign_in_as(client, await make_account("staff@example.org", Role.STAFF))
        yield client


async def undo(desk: httpx.AsyncClient, action: str) -> httpx.Response:
    edit = await RecentEdit.filter(action=action).order_by("-id").first()
    assert edit
    return await desk.post(f"/staff/log/{edit.id}/undo")


async def save_profile(desk: httpx.AsyncClient, site: Site, **typed: str) -> None:
    path = f"/host/{site.slug}/profile"
    data = {"version": hidden(await desk.get(path), "version"), "name": site.name, **typed}
    assert (await desk.post(path, data=data)).status_code == 303


async def test_a_page_is_put_back_once(desk: httpx.AsyncClient) -> None:
    site = await make_site(summary="前の文", address="北区王子1-1")
    await save_profile(desk, site, summary="新しい文", address="北区王子1-1")
    shown = (await desk.get("/staff/log")).text
    assert re.search(r"/staff/log/\d+/undo", shown)
    assert (await undo(desk, page.PROFILE)).status_code == 303
    await site.refresh_from_db()
    assert (site.summary, site.address) == ("前の文", "北区王子1-1")
    first = await RecentEdit.filter(action=page.PROFILE).order_by("id").first()
    assert first
    again = await desk.post(f"/staff/log/{first.id}/undo")
    assert again.status_code == 409
    assert "変更されたため" in again.text
    assert await AuditEntry.filter(action=page.PROFILE).count() == 2, "taking back is a change"
    assert (await undo(desk, page.PROFILE)).status_code == 303, "and is itself taken back"
    await site.refresh_from_db()
    assert site.summary == "新しい文"


async def test_what_somebody_has_changed_again_is_theirs(desk: httpx.AsyncClient) -> None:
    site = await make_site(summary="前の文")
    await save_profile(desk, site, summary="二番目")
    await Site.filter(id=site.id).update(summary="取り込みの文")
    assert (await undo(desk, page.PROFILE)).status_code == 409
    await site.refresh_from_db()
    assert site.summary == "取り込みの文"


async def test_hours_of_a_week_and_of_a_day(desk: httpx.AsyncClient) -> None:
    site = await make_site()
    await OpeningHours.create(site=site, weekday=0, opens_minute=600, closes_minute=960)
    week = f"/host/{site.slug}/hours"
    version = hidden(await desk.get(week), "version")
    data = {f"weekday{n}": "" for n in range(7)} | {"holiday_rule": "none", "version": version}
    assert (await desk.post(week, data=data)).status_code == 303
    assert not await OpeningHours.filter(site=site).exists()
    assert (await undo(desk, page.HOURS)).status_code == 303
    [row] = await OpeningHours.filter(site=site)
    assert (row.weekday, row.opens_minute, row.closes_minute) == (0, 600, 960)

    day = NOON.date().replace(day=24)
    await page.set_exception(site.id, [day], [Span(600, 720)], "", actor=ACTOR, now=NOON)
    await page.set_exception(site.id, [day], [], "", actor=ACTOR, now=NOON)
    assert (await undo(desk, page.EXCEPTION)).status_code == 303
    [row] = await HoursException.filter(site=site)
    assert (row.opens_minute, row.closes_minute) == (600, 720)


async def test_places_events_and_seats(desk: httpx.AsyncClient) -> None:
    site, event = await make_site(), await make_event(title="前の題")
    await desk.post(f"/staff/sites/{site.id}/visibility", data={"do": "withdraw"})
    assert (await undo(desk, "site.withdraw")).status_code == 303
    assert (await Site.get(id=site.id)).is_published
    path = f"/staff/events/{event.id}"
    fields = {
        "title": "新しい題",
        "starts_on": str(event.starts_on),
        "ends_on": str(event.ends_on),
        "opens": "10:00",
        "closes": "16:00",
        "version": hidden(await desk.get(path), "version"),
    }
    assert (await desk.post(path, data=fields)).status_code == 303
    assert (await undo(desk, "event.change")).status_code == 303
    assert (await Event.get(id=event.id)).title == "前の題"
    slot = await first_slot(await write_programme(site))
    before = slot.capacity
    slot = await slot_editing.slot_of_site(slot.id, site.id)
    await slot_editing.change_capacity(slot, before + 3, site_id=site.id, actor=ACTOR, now=NOON)
    assert (await undo(desk, slot_editing.CAPACITY)).status_code == 303
    await slot.refresh_from_db()
    assert slot.capacity == before


async def test_what_cannot_be_taken_back_says_why(
    desk: httpx.AsyncClient,
) -> None:
    event = await make_event()
    page_ = await desk.get(f"/staff/events/{event.id}")
    fields = {
        "title": event.title,
        "starts_on": "2026-12-12",
        "ends_on": "2026-12-12",
        "opens": "10:00",
        "closes": "16:00",
        "version": hidden(page_, "version"),
    }
    await desk.post(f"/staff/events/{event.id}", data=fields)
    lines = await AuditEntry.filter(action__in=["event.change", "account.sign_in"]).order_by("-id")
    undos = await undoing.undoing(lines)
    assert [undo.entry_id for undo in undos.values()] == [None] * len(lines)
    text = (await desk.get("/staff/log")).text
    assert "それぞれのページで" in text
    assert (await undo(desk, "event.change")).status_code == 409
    assert (await desk.post("/staff/log/999999/undo")).status_code == 404
    assert await undoing.undoing([]) == {}


async def test_an_editor_takes_nothing_back(app: Starlette, desk: httpx.AsyncClient) -> None:
    site = await make_site(summary="前")
    await save_profile(desk, site, summary="後")
    async with browser(app) as other:
        await sign_in_as(other, await make_account("editor@example.org", Role.EDITOR))
        assert (await undo(other, page.PROFILE)).status_code == 403
    await site.refresh_from_db()
    assert site.summary == "後"


async def test_an_office_is_put_back_without_a_name(app: Starlette) -> None:
    async with browser(app) as client:
        account = await make_account("admin@example.org", Role.ADMINISTRATOR)
        await sign_in_as(client, account)
        await people.call(account.id, {"office": "産業課"}, actor=ACTOR, now=NOON)
        assert (await undo(client, "account.name")).status_code == 303
    await account.refresh_from_db()
    assert (account.office, account.name) == ("", "見本 担当")
