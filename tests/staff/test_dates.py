"""Days are written as people read them, on every page of the consoles."""

import re
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.conftest import NOON
from tests.staff.test_roles import address
from tests.staff.town import make_town
from tests.story.page import Page
from tour.accounts.roles import Role
from tour.audit.service import Actor
from tour.events import editing
from tour.events.models import Event
from tour.hosts.urls import urls as host_urls
from tour.programmes.models import Slot
from tour.sites.editing import page
from tour.sites.editing.page import Version
from tour.sites.models import Site
from tour.sites.opening.hours import Span
from tour.staff.urls import urls

ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


async def busy_town() -> tuple[Event, Slot, object]:
    """A town in whose log stand an event's dates, a day's hours and an answer."""
    event, slot, party = await make_town()
    host = await make_account("host@example.org", Role.HOST)
    actor = Actor(host.id, "見本")
    draft = editing.draft_of(event)
    later = editing.EventDraft(
        draft.texts,
        draft.english,
        draft.starts_on,
        draft.ends_on + timedelta(days=1),
        draft.span,
        NOON + timedelta(days=1),
    )
    version = await Version.of(event, editing.SUBJECT)
    await editing.change_event(event.id, later, version=version, actor=actor, now=NOON)
    site = await Site.get(programmes__slots__id=slot.id)
    day = NOON.date() + timedelta(days=20)
    await page.set_exception(site.id, [day], [Span(600, 720)], "年末", actor=actor, now=NOON)
    return event, slot, party


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_no_page_shows_a_day_as_machines_write_it(app: Starlette, lang: str) -> None:
    event, slot, party = await busy_town()
    site = await Site.get(programmes__slots__id=slot.id)
    programme = await slot.programme
    keys = {
        "slug": site.slug,
        "programme_id": programme.id,  # type: ignore[attr-defined]
        "slot_id": slot.id,
        "event_id": event.id,
    }
    async with browser(app) as desk:
        desk.headers["Accept-Language"] = lang
        await sign_in_as(desk, await make_account("admin@example.org", Role.ADMINISTRATOR))
        paths = [
            await address(app, url.name, event=event.id, slot=slot.id, party=party.id)  # type: ignore[attr-defined]
            for url in urls
            if "GET" in (url.methods or ()) and url.name != "staff:guide_picture"
        ]
        paths += [
            str(app.url_path_for(url.name, **{name: keys[name] for name in url.param_convertors}))
            for url in host_urls
            if "GET" in (url.methods or ()) and url.param_convertors.keys() <= keys.keys()
        ]
        read = [await _iso_days(desk, path) for path in paths]
    assert [found for found in read if found[1]] == []
    assert len(paths) > 30


async def _iso_days(desk: httpx.AsyncClient, path: str) -> tuple[str, list[str]]:
    answer = await desk.get(path)
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return path, []
    return path, ISO.findall(Page(path, answer.text).text)


async def test_approvals_say_only_what_changed_in_the_words_of_the_form(app: Starlette) -> None:
    _event, slot, _party = await busy_town()
    site = await Site.get(programmes__slots__id=slot.id)
    host = await make_account("host9@example.org", Role.HOST, site)
    async with browser(app) as theirs:
        await sign_in_as(theirs, host)
        new = await theirs.get(f"/host/{site.slug}/profile")
        version = re.search(r'name="version" value="([^"]*)"', new.text)
        assert version
        data = {"version": version[1], "name": "新しい名", "lat": "35.76", "lon": "139.73"}
        await theirs.post(f"/host/{site.slug}/profile", data=data)
        data = {"on_date": "2026-12-24", "hours": "", "note": ""}
        await theirs.post(f"/host/{site.slug}/hours/exceptions", data=data)
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("admin@example.org", Role.ADMINISTRATOR))
        text = (await desk.get("/staff/approvals")).text
    rows = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text, re.S)
    assert rows
    assert all("<del>" in values or "<ins>" in values for _label, values in rows), rows
    labels = [re.sub(r"<.*?>", "", label) for label, _values in rows]
    assert "名称" in labels
    assert "お名前" not in labels
    assert "2026年12月24日の開いている時間" in labels
    assert "<ins>休み</ins>" in text
