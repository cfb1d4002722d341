"""Sending photos: several at once, without a description, too large, again and all together."""

import asyncio
import io
import os
import re
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from tests.accounts.signing import OPERATOR, browser, make_account, sign_in_as
from tests.conftest import NOON, TurnableClock
from tests.factories import catalogue_changed, make_site
from tests.hosts.test_photos import picture
from tour.accounts.roles import Role
from tour.audit.models import AuditEntry
from tour.errors import Conflict, Unavailable
from tour.settings import Settings
from tour.sites.editing import photo_files, photos, waiting
from tour.sites.editing.photo_files import file_name
from tour.sites.models import Photo, PhotoWaiting, Site

EN = {"Accept-Language": "en"}
BY_HOST = {"actor": OPERATOR, "now": NOON}


def plain(colour: str, kind: str = "JPEG", size: tuple[int, int] = (60, 40)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def moving() -> bytes:
    """A picture of two frames, the first of them brown."""
    out = io.BytesIO()
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("brown", "navy")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    return out.getvalue()


@pytest.fixture
async def site(client: httpx.AsyncClient) -> Site:
    """A site whose host is signed in with `client`."""
    made = await make_site()
    await sign_in_as(client, await make_account("host@example.org", Role.HOST, made))
    return made


async def send(client: httpx.AsyncClient, site: Site, *files: bytes, **texts: str):
    named = [("photo", (f"{n}.jpg", data, "image/jpeg")) for n, data in enumerate(files, 1)]
    path = f"/host/{site.slug}/photos"
    return await client.post(path, data={"alt": "", **texts}, files=named, headers=EN)


async def describe(client: httpx.AsyncClient, site: Site, do: str = "show", **texts: str):
    fields = {name.replace("_", "-"): text for name, text in texts.items()}
    path = f"/host/{site.slug}/photos/waiting"
    return await client.post(path, data={"do": do, **fields}, headers=EN)


async def press(client: httpx.AsyncClient, site: Site, photo_id: int, do: str) -> httpx.Response:
    path = f"/host/{site.slug}/photos/{photo_id}"
    return await client.post(path, data={"do": do}, headers=EN)


async def shown(client: httpx.AsyncClient, site: Site, *colours: str) -> list[int]:
    for colour in colours:
        assert (await send(client, site, plain(colour), alt=colour)).status_code == 303
    return [photo.id for photo in await photos.photos_of(site.id)]


async def order(site: Site) -> list[str]:
    return [photo.alt for photo in await photos.photos_of(site.id)]


async def test_a_forgotten_description_does_not_cost_the_photo(
    client: httpx.AsyncClient, site: Site, settings: Settings
) -> None:
    answer = await send(client, site, picture(), alt_en="A printing table")
    kept = await PhotoWaiting.get()
    assert answer.status_code == 422
    assert f'href="#alt-w{kept.id}"' in answer.text
    assert f'src="/photos/{file_name(kept.name, 480)}"' in answer.text
    assert re.search(rf'id="alt-en-w{kept.id}"[^>]*value="A printing table"', answer.text)
    done = await describe(client, site, **{f"alt_w{kept.id}": "摺り台"})
    assert done.headers["location"].endswith("/photos#shown")
    photo = await Photo.get()
    assert (photo.name, photo.alt) == (kept.name, "摺り台")
    assert await PhotoWaiting.all().count() == 0
    assert (settings.var / "photos" / file_name(photo.name, 480)).exists()
    assert await AuditEntry.filter(action="photo.add").count() == 1


async def test_what_waits_is_still_there_when_the_page_is_opened_again(
    client: httpx.AsyncClient, site: Site
) -> None:
    await send(client, site, plain("brown"), alt="x" * 300)
    page = await client.get(f"/host/{site.slug}/photos", headers=EN)
    assert "1 photo is kept and not shown yet" in page.text
    assert "x" * 200 in page.text


async def test_several_are_kept_at_once_and_described_one_by_one(
    client: httpx.AsyncClient, site: Site
) -> None:
    answer = await send(client, site, plain("brown"), plain("navy"), plain("gray"))
    assert answer.headers["location"].endswith("/photos#waiting")
    assert await Photo.all().count() == 0
    first, second, third = await PhotoWaiting.all().order_by("id")
    again = await describe(
        client,
        site,
        **{f"alt_w{first.id}": "茶", f"alt_w{second.id}": " ", f"alt_en_w{second.id}": "b"},
    )
    assert again.status_code == 422
    assert f'id="alt-w{second.id}-error"' in again.text
    assert await order(site) == ["茶"], "what is described is shown, whatever the others lack"
    left = await PhotoWaiting.all().order_by("id")
    assert [(each.id, each.alt_en) for each in left] == [(second.id, "b"), (third.id, "")]
    gone = await describe(
        client, site, f"discard-{second.id}", **{f"alt_w{third.id}": "灰", f"alt_w{second.id}": ""}
    )
    assert gone.status_code == 303
    assert [each.alt for each in await PhotoWaiting.all()] == ["灰"], "what was typed beside stays"


async def test_of_several_the_good_ones_are_kept_and_the_others_named(
    client: httpx.AsyncClient, site: Site
) -> None:
    answer = await send(client, site, b"", plain("brown"), plain("navy", "GIF"), picture()[:9000])
    assert answer.status_code == 422
    assert await PhotoWaiting.all().count() == 1
    assert "3.jpg: This is not a photo" in answer.text
    assert "4.jpg: This photo is damaged" in answer.text


async def test_thirty_at_once_are_as_many_as_a_place_shows_and_the_others_are_named(
    client: httpx.AsyncClient, site: Site
) -> None:
    many = [Image.new("RGB", (8, 8), (8 * n, 0, 0)) for n in range(30)]
    data = []
    for each in many:
        out = io.BytesIO()
        each.save(out, "PNG")
        data.append(out.getvalue())
    answer = await send(client, site, *data)
    assert answer.status_code == 422
    assert await PhotoWaiting.all().count() == photos.MOST
    assert "13.jpg: At most 12 photos can be sent at once" in answer.text
    assert "30.jpg: At most 12" in answer.text


async def test_an_account_keeps_so_many_and_is_told(
    client: httpx.AsyncClient, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOST_WAITING", 2)
    for colour in ("brown", "navy", "gray"):
        answer = await send(client, site, plain(colour))
    assert "2 photos wait to be described" in answer.text
    assert await PhotoWaiting.all().count() == 2
    await send(client, site, plain("brown"))
    assert await PhotoWaiting.all().count() == 2, "the same one again is the same one"


async def test_a_full_place_keeps_what_was_sent_until_there_is_room(
    client: httpx.AsyncClient, site: Site
) -> None:
    for number in range(photos.MOST):
        columns = {"name": f"p{number}", "width": 1, "height": 1, "alt": "x", "position": number}
        await Photo.create(site=site, created_at=NOON, **columns)
    answer = await send(client, site, plain("brown"), alt="茶")
    assert answer.status_code == 422
    assert "A place shows at most 12 photos" in answer.text
    kept = await PhotoWaiting.get()
    first = await Photo.all().first()
    assert first
    await press(client, site, first.id, "remove")
    assert (await describe(client, site, **{f"alt_w{kept.id}": "茶"})).status_code == 303
    assert "茶" in await order(site)


async def test_the_same_photo_twice_is_one(client: httpx.AsyncClient, site: Site) -> None:
    await send(client, site, plain("brown"), alt="茶")
    again = await send(client, site, plain("brown"), alt="茶色")
    assert again.status_code == 422
    assert "This photo is on the page already" in again.text
    await send(client, site, plain("navy"), plain("navy"))
    kept = await PhotoWaiting.get()
    fields = {f"alt_w{kept.id}": "紺"}
    twice = await asyncio.gather(*(describe(client, site, **fields) for _tap in range(2)))
    assert sorted(answer.status_code for answer in twice) == [303, 422]
    assert await order(site) == ["茶", "紺"]


async def test_a_photo_waits_for_its_sender_alone(
    client: httpx.AsyncClient, app: Starlette, site: Site
) -> None:
    await send(client, site, plain("brown"))
    kept = await PhotoWaiting.get()
    file = f"/photos/{file_name(kept.name, 480)}"
    assert (await client.get(file)).headers["cache-control"] == "private, no-store"
    other_site = await make_site(slug="other", name="別の工房")
    colleague = await make_account("second@example.org", Role.HOST, site)
    stranger = await make_account("other@example.org", Role.HOST, other_site)
    for account, place in ((colleague, site), (stranger, other_site)):
        async with browser(app) as another:
            await sign_in_as(another, account)
            assert file not in (await another.get(f"/host/{place.slug}/photos")).text
            assert (await another.get(file)).status_code == 410
            await describe(another, place, f"discard-{kept.id}", **{f"alt_w{kept.id}": "盗み"})
            answer = await describe(another, place, **{f"alt_w{kept.id}": "盗み"})
            assert answer.status_code == 422
    assert (await PhotoWaiting.get()).alt == ""
    assert await Photo.all().count() == 0


async def test_what_is_not_described_goes_after_a_day_and_what_is_shown_stays(
    client: httpx.AsyncClient, site: Site, clock: TurnableClock, settings: Settings
) -> None:
    folder = settings.var / "photos"
    await shown(client, site, "brown")
    await send(client, site, plain("navy"), plain("gray"))
    other = await make_site(slug="other", name="別の工房")
    await photos.add_photo(other.id, plain("gray"), "灰", "", folder=folder, **BY_HOST)
    clock.turn(hours=23)
    assert await waiting.purge(folder, now=clock()) == 0
    clock.turn(hours=1)
    assert await waiting.purge(folder, now=clock()) == 2
    wanted = {str(name) for name in await Photo.all().values_list("name", flat=True)}
    assert photo_files.stored_names(folder) == wanted, "the gray one is another place's, too"
    assert await PhotoWaiting.all().count() == 0


async def test_one_that_was_swept_meanwhile_is_said_to_be_gone(
    client: httpx.AsyncClient, site: Site
) -> None:
    answer = await describe(client, site, alt_w77="茶")
    assert answer.status_code == 422
    assert "is not kept any more" in answer.text


def aged(folder: Path) -> int:
    """How many files there are, made two days old."""
    paths = list(folder.iterdir())
    before = time.time() - timedelta(days=2).total_seconds()
    for path in paths:
        os.utime(path, (before, before))
    return len(paths)


@pytest.mark.usefixtures("database")
async def test_files_that_belong_to_nothing_go_too_but_not_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    stored = photo_files.store(plain("brown"), folder)
    (folder / f"{stored.name}-480.webp.abc").write_bytes(b"half")
    await waiting.purge(folder, now=NOON)
    assert aged(folder) == 4, "its row may be written at this moment"
    await waiting.purge(folder, now=NOON)
    assert aged(folder) == 0


async def test_a_moving_picture_is_shown_still(client: httpx.AsyncClient, site: Site) -> None:
    assert (await send(client, site, moving(), alt="茶")).status_code == 303
    file = await client.get(f"/photos/{file_name((await Photo.get()).name, 480)}")
    with Image.open(io.BytesIO(file.content)) as made:
        assert getattr(made, "n_frames", 1) == 1
        red, _green, blue = made.convert("RGB").getpixel((30, 20))
        assert red > blue


async def test_fourteen_megabytes_keep_what_was_typed(
    client: httpx.AsyncClient, site: Site
) -> None:
    answer = await send(client, site, plain("brown") + bytes(14_000_000), alt="摺り台")
    assert answer.status_code == 422
    assert "1.jpg: A photo can have at most 10 MB" in answer.text
    assert 'value="摺り台"' in answer.text


async def test_more_than_all_may_have_is_said_in_the_readers_language(
    client: httpx.AsyncClient, site: Site
) -> None:
    answer = await send(client, site, *[bytes(9_000_000)] * 4)
    assert answer.status_code == 413
    assert "What you chose is 36 MB; at most 30 MB" in answer.text
    assert 'id="photo-error"' in answer.text


@contextmanager
def no_file_can_be_opened() -> Iterator[None]:
    """As a machine does that has run out of them; a full disk answers alike."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.dup(0)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.once
def test_where_nothing_can_be_stored_nothing_is_left_half(tmp_path: Path) -> None:
    data, folder = plain("brown"), tmp_path / "photos"
    folder.mkdir()
    photo_files.store(plain("navy"), tmp_path / "before")
    with no_file_can_be_opened(), pytest.raises(Unavailable):
        photo_files.store(data, folder)
    assert list(folder.iterdir()) == []


async def test_the_order_is_chosen_without_a_script(client: httpx.AsyncClient, site: Site) -> None:
    a, b, c = await shown(client, site, "brown", "navy", "gray")
    answer = await press(client, site, c, f"before-{b}")
    assert answer.headers["location"].endswith(f"/photos#photo-{c}")
    assert await order(site) == ["brown", "gray", "navy"]
    await press(client, site, c, f"before-{b}")
    assert await order(site) == ["brown", "gray", "navy"], "twice is once"
    await press(client, site, a, f"behind-{c}")
    assert await order(site) == ["gray", "brown", "navy"]
    await press(client, site, b, "first")
    assert await order(site) == ["navy", "gray", "brown"]
    page = (await client.get(f"/host/{site.slug}/photos", headers=EN)).text
    assert page.count(">Main photo<") == 1
    assert page.count(">Make it the main photo<") == 2
    assert page.count(">Move up<") == page.count(">Move down<") == 2
    position = await AuditEntry.filter(action="photo.first").first()
    assert position
    assert (position.before, position.after) == ({"position": 3}, {"position": 1})


async def test_who_orders_what_is_gone_sees_how_it_stands(
    client: httpx.AsyncClient, site: Site
) -> None:
    a, b, c = await shown(client, site, "brown", "navy", "gray")
    await press(client, site, b, "remove")
    beside_none = await press(client, site, c, f"before-{b}")
    assert beside_none.status_code == 409
    assert "The photos have changed meanwhile" in beside_none.text
    for do in ("first", f"before-{a}", "remove", "describe"):
        answer = await press(client, site, b, do)
        assert answer.status_code == (422 if do == "describe" else 409)
    assert "removed meanwhile" in (await press(client, site, b, "first")).text
    assert await order(site) == ["brown", "gray"]
    for nonsense in (f"before-{c}", "before-", "before-x", "behind-99999999999"):
        assert (await press(client, site, c, nonsense)).status_code == 409


async def test_two_who_order_at_once_leave_an_order(client: httpx.AsyncClient, site: Site) -> None:
    a, b, c = await shown(client, site, "brown", "navy", "gray")
    verbs = [photos.show_first(each, site.id, **BY_HOST) for each in (b, c)]
    verbs += [photos.put_beside(a, site.id, c, behind=True, **BY_HOST)]
    verbs += [photos.remove_photo(b, site.id, **BY_HOST)]
    done = await asyncio.gather(*verbs, return_exceptions=True)
    assert all(each is None or isinstance(each, Conflict) for each in done), done
    left = await photos.photos_of(site.id)
    assert sorted(each.alt for each in left) == ["brown", "gray"]
    assert len({each.position for each in left}) == len(left)


async def test_the_main_photo_is_the_pages_head_the_card_and_the_shared_picture(
    client: httpx.AsyncClient, app: Starlette, site: Site
) -> None:
    _first, second = await shown(client, site, "brown", "navy")
    await press(client, site, second, "first")
    await catalogue_changed()
    main = await Photo.get(id=second)
    page = (await client.get(f"/sites/{site.slug}")).text
    head = page.partition("<h1")[0]
    assert f"/photos/{file_name(main.name, 960)} 960w" in head
    assert 'alt="navy"' in head
    shared = f"/photos/{main.name}-share.jpg"
    assert f'property="og:image" content="http://testserver{shared}"' in head
    assert page.count('alt="navy"') == 1, "not a second time among the others"
    assert 'alt="brown"' in page
    assert file_name(main.name, 480) in (await client.get("/sites")).text
    async with browser(app) as visitor:
        for _time in range(2):
            file = await visitor.get(shared)
            with Image.open(io.BytesIO(file.content)) as made:
                assert (made.format, made.size) == ("JPEG", (1200, 630))
        await Site.filter(id=site.id).update(is_published=False)
        assert (await visitor.get(shared)).status_code == 410
        assert (await visitor.get(f"/photos/{'0' * 32}-share.jpg")).status_code == 404


async def test_a_place_withdrawn_meanwhile_keeps_its_photos(
    client: httpx.AsyncClient, site: Site
) -> None:
    await send(client, site, plain("brown"))
    kept = await PhotoWaiting.get()
    await Site.filter(id=site.id).update(is_published=False)
    assert (await describe(client, site, **{f"alt_w{kept.id}": "茶"})).status_code == 303
    assert await order(site) == ["茶"]
    file = f"/photos/{file_name(kept.name, 480)}"
    assert (await client.get(file)).headers["cache-control"] == "private, no-store"
