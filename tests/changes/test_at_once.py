"""What is read in order to be written is read under lock: two at once, and nothing comes back."""

import asyncio
import io
from pathlib import Path

import asyncpg
import pytest
from PIL import Image

from tests.conftest import NOON
from tests.factories import STAFF, make_site, make_slot
from tests.postgres import PostgresServer, until_waiting
from tests.publishing.days import make_day
from tour.events import covers
from tour.events.models import CoverKept, Event
from tour.programmes import slot_editing
from tour.programmes.models import Slot
from tour.sites.editing import photos
from tour.sites.editing.photo_files import PhotoRefused
from tour.sites.models import Photo

pytestmark = pytest.mark.usefixtures("database")
BY_STAFF = {"actor": STAFF, "now": NOON}


def picture(color: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (800, 600), color).save(made, "JPEG")
    return made.getvalue()


async def test_a_cover_that_is_described_while_it_is_replaced_stays_the_new_one(
    database: str, postgres: PostgresServer | None
) -> None:
    if postgres is None:
        pytest.skip("SQLite has one writer")
    event = await make_day(1)
    await Event.filter(id=event.id).update(cover={"name": "old", "alt": "a", "alt_en": ""})
    outside = await asyncpg.connect(database.replace("asyncpg://", "postgres://"))
    replacing = outside.transaction()
    await replacing.start()
    await outside.execute("SELECT 1 FROM event WHERE id = $1 FOR NO KEY UPDATE", event.id)
    describing = asyncio.create_task(covers.describe_cover(event.id, "説明", "", **BY_STAFF))
    await until_waiting(outside)
    new = '{"name": "new", "alt": "b", "alt_en": ""}'
    await outside.execute("UPDATE event SET cover = $1 WHERE id = $2", new, event.id)
    await replacing.commit()
    await describing
    await outside.close()
    cover = (await Event.get(id=event.id)).cover
    assert cover == {"name": "new", "alt": "説明", "alt_en": ""}


async def test_the_former_cover_survives_a_new_description(tmp_path: Path) -> None:
    event = await make_day(1)
    for color in ("brown", "navy"):
        await covers.set_cover(event.id, picture(color), color, "", folder=tmp_path, **BY_STAFF)
    await covers.describe_cover(event.id, "青", "", **BY_STAFF)
    before = await covers.former_cover(event.id, now=NOON)
    assert before is not None
    assert before["alt"] == "brown"
    await covers.restore_cover(event.id, **BY_STAFF)
    assert (await CoverKept.get(event_id=event.id)).cover["alt"] == "青"


async def test_of_two_last_photos_one_is_refused(tmp_path: Path) -> None:
    site = await make_site()
    for number in range(photos.MOST - 1):
        await Photo.create(
            site=site,
            name=f"p{number}",
            width=1,
            height=1,
            alt="x",
            position=number,
            created_at=NOON,
        )
    adding = [
        photos.add_photo(site.id, picture(color), color, "", folder=tmp_path, **BY_STAFF)
        for color in ("brown", "navy", "gray")
    ]
    done = await asyncio.gather(*adding, return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["Photo", *["PhotoRefused"] * 2]
    shown = await photos.photos_of(site.id)
    assert len(shown) == photos.MOST
    assert len({photo.position for photo in shown}) == photos.MOST


async def test_a_removed_photo_comes_back_only_where_there_is_room() -> None:
    site = await make_site()
    rows = [
        await Photo.create(
            site=site, name=f"p{n}", width=1, height=1, alt="x", position=n, created_at=NOON
        )
        for n in range(photos.MOST + 1)
    ]
    await photos.remove_photo(rows[0].id, site.id, **BY_STAFF)
    with pytest.raises(PhotoRefused):
        await photos.restore_photo(rows[0].id, site.id, **BY_STAFF)
    await photos.remove_photo(rows[1].id, site.id, **BY_STAFF)
    await photos.restore_photo(rows[0].id, site.id, **BY_STAFF)
    assert len(await photos.photos_of(site.id)) == photos.MOST


async def test_taps_at_once_add_up_and_each_undoes_its_own() -> None:
    slot = await make_slot(capacity=8)
    site_id = (await slot.programme).site_id  # type: ignore[attr-defined]
    own = {"site_id": site_id, **BY_STAFF}
    taps = await asyncio.gather(*(slot_editing.add_seat(slot, **own) for _tap in range(6)))
    assert (await Slot.get(id=slot.id)).capacity == 14
    assert sorted(entry.after["capacity"] for entry in taps) == list(range(9, 15))
    assert all(e.after["capacity"] - e.before["capacity"] == 1 for e in taps)
