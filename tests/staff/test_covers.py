"""An event's cover: checked like every photo, shown on its pages and beside shared links."""

import io
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.conftest import TurnableClock
from tests.publishing.days import make_day
from tour.audit.models import AuditEntry
from tour.events import covers
from tour.events.models import Event
from tour.settings import Settings
from tour.sites.editing import photo_files

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(colour: str = "brown", size: tuple[int, int] = (2400, 1200)) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (35.0, 45.0, 12.0)
    Image.new("RGB", size, colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


async def upload(desk: httpx.AsyncClient, event: Event, data: bytes, **texts: str):
    fields = {"cover_alt": "扉を開けた工房", "cover_alt_en": "Open doors", **texts}
    files = {"cover": ("a.jpg", data, "image/jpeg")}
    return await desk.post(f"/staff/events/{event.id}/cover", data=fields, files=files)


async def press(desk: httpx.AsyncClient, event: Event, do: str, **texts: str) -> httpx.Response:
    # Sent as the page's form does, which has a field for a file.
    files = {"cover": ("", b"", "application/octet-stream")}
    return await desk.post(f"/staff/events/{event.id}/cover", data={"do": do, **texts}, files=files)


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def cover_of(event: Event) -> str:
    cover = (await Event.get(id=event.id)).cover
    return str(cover["name"]) if cover else ""


async def test_a_cover_is_on_the_event_the_start_page_and_shared_links(
    staff: httpx.AsyncClient, client: httpx.AsyncClient, settings: Settings
) -> None:
    event = await make_day(3)
    assert (await upload(staff, event, picture())).status_code == 303
    name = await cover_of(event)
    for path in ("/?lang=en", f"/events/{event.slug}?lang=en"):
        assert 'alt="Open doors"' in (await client.get(path)).text
    for path in ("/?lang=ja", f"/events/{event.slug}?lang=ja"):
        page = (await client.get(path)).text
        assert f"/covers/{name}-" in page
        assert 'alt="扉を開けた工房"' in page
    shared = f"http://testserver/covers/{name}-share.jpg"
    assert f'property="og:image" content="{shared}"' in page
    file = await client.get(f"/covers/{name}-share.jpg")
    with Image.open(io.BytesIO(file.content)) as made:
        assert (made.format, made.size) == ("JPEG", (1200, 630))
    for path in files_in(settings.var / "covers"):
        with Image.open(path) as made:
            assert not made.getexif(), path.name


@pytest.mark.parametrize(
    ("data", "texts", "field"),
    [
        (SVG, {}, "cover"),
        (b"", {}, "cover"),
        (picture(size=(60, 40)), {"cover_alt": " "}, "cover_alt"),
    ],
)
async def test_what_will_not_do_is_said_beside_the_field(
    staff: httpx.AsyncClient, data: bytes, texts: dict[str, str], field: str
) -> None:
    event = await make_day(3)
    answer = await upload(staff, event, data, **texts)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert await cover_of(event) == ""


async def test_more_than_ten_megabytes_are_not_read(staff: httpx.AsyncClient) -> None:
    event = await make_day(3)
    answer = await upload(staff, event, bytes(11_000_000))
    assert answer.status_code == 413
    assert await cover_of(event) == ""


async def test_a_cover_comes_back_within_30_days(
    staff: httpx.AsyncClient, clock: TurnableClock
) -> None:
    event = await make_day(3)
    await upload(staff, event, picture("brown"))
    first = await cover_of(event)
    await upload(staff, event, picture("navy"))
    await press(staff, event, "restore")
    assert await cover_of(event) == first
    await press(staff, event, "describe", cover_alt="別の説明")
    assert (await Event.get(id=event.id)).cover["alt"] == "別の説明"
    await press(staff, event, "remove")
    assert await cover_of(event) == ""
    clock.turn(days=29)
    await press(staff, event, "restore")
    assert await cover_of(event) == first


async def test_files_go_when_they_can_no_longer_be_brought_back(
    staff: httpx.AsyncClient, clock: TurnableClock, settings: Settings
) -> None:
    event = await make_day(3)
    folder: Path = settings.var / "covers"
    await upload(staff, event, picture("brown"))
    await upload(staff, event, picture("navy"))
    assert await covers.purge(folder, now=clock()) == 0
    clock.turn(days=30)
    assert await covers.purge(folder, now=clock()) == 1
    assert photo_files.stored_names(folder) == {await cover_of(event)}


async def test_a_cover_taken_away_is_gone_for_visitors_at_once(
    staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    event = await make_day(3)
    await upload(staff, event, picture("brown"))
    address = f"/covers/{await cover_of(event)}-480.webp"
    assert (await client.get(address)).headers["cache-control"] == "public, no-cache"
    await upload(staff, event, picture("navy"))
    assert (await client.get(address)).status_code == 410
    assert (await staff.get(address)).status_code == 200


async def test_visitors_see_each_change_of_a_cover_at_once(
    staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    """What a page shows of it is kept for all readers, until something changes."""
    event = await make_day(3)
    path = f"/events/{event.slug}?lang=ja"
    seen, at_home = [(await client.get(path)).text], [(await client.get("/?lang=ja")).text]
    for step in (
        lambda: upload(staff, event, picture("brown"), cover_alt="茶色の扉"),
        lambda: press(staff, event, "describe", cover_alt="木の扉", cover_alt_en=""),
        lambda: press(staff, event, "remove"),
        lambda: press(staff, event, "restore"),
    ):
        assert (await step()).status_code == 303
        seen.append((await client.get(path)).text)
        at_home.append((await client.get("/?lang=ja")).text)
    for pages in (seen, at_home):
        shown = [
            "木の扉" if "木の扉" in p else "茶色の扉" if "茶色の扉" in p else "" for p in pages
        ]
        assert shown == ["", "茶色の扉", "木の扉", "", "木の扉"]
    lines = AuditEntry.filter(action=covers.ACTION, subject_id=event.id)
    assert await lines.count() == 4, "each is in the log"


async def test_no_other_file_is_served_as_a_cover(client: httpx.AsyncClient) -> None:
    for name in ("..%2Ftour.sqlite3", "a.webp", f"{'0' * 32}-share.jpg", "%00"):
        assert (await client.get(f"/covers/{name}")).status_code == 404
