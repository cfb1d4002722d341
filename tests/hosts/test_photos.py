import io
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from tests.accounts.signing import OPERATOR, browser, make_account, sign_in_as
from tests.conftest import NOON, TurnableClock
from tests.factories import make_site
from tests.hosts.heic import heic
from tour.accounts.roles import Role
from tour.audit.models import AuditEntry
from tour.settings import Settings
from tour.sites.editing import photo_files, photos, waiting
from tour.sites.editing.photo_files import WIDTHS, PhotoRefused, file_name
from tour.sites.models import Photo, PhotoWaiting, Site


def picture(kind: str = "JPEG", size: tuple[int, int] = (2000, 1500), **options: object) -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(out, kind, **options)
    return out.getvalue()


def exif_with_position() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SecretPhoneMaker"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (35.0, 45.0, 12.0)
    return exif.tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_in_three_widths(tmp_path: Path, kind: str) -> None:
    stored = photo_files.store(picture(kind), tmp_path)
    assert (stored.width, stored.height) == (1600, 1200)
    for width in WIDTHS:
        with Image.open(tmp_path / file_name(stored.name, width)) as made:
            assert (made.format, made.size) == ("WEBP", (width, width * 3 // 4))


def heic_photo() -> bytes:
    """Bright on the left as it lies, so at the bottom when turned upright."""
    exif = exif_with_position().removeprefix(b"Exif\0\0")
    return heic(64, 48, lambda x, _y: 200 if x < 32 else 60, exif)


def test_a_heic_of_a_phone_is_upright_and_tells_nothing(tmp_path: Path) -> None:
    data = heic_photo()
    assert b"SecretPhoneMaker" in data
    stored = photo_files.store(data, tmp_path)
    assert (stored.width, stored.height) == (48, 64)
    for path in tmp_path.iterdir():
        assert b"SecretPhoneMaker" not in path.read_bytes()
        with Image.open(path) as made:
            assert not made.getexif()
            top, bottom = (made.convert("L").getpixel((24, y)) for y in (8, 56))
            assert top < 80 < 190 < bottom


def test_a_heic_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PhotoRefused):
        photo_files.store(heic_photo()[:-900], tmp_path)


def test_where_a_photo_was_taken_is_not_kept(tmp_path: Path) -> None:
    data = picture(exif=exif_with_position(), comment=b"hidden note")
    assert b"SecretPhoneMaker" in data
    stored = photo_files.store(data, tmp_path)
    assert stored.height > stored.width, "turned upright, as its metadata said"
    for path in tmp_path.iterdir():
        raw = path.read_bytes()
        assert b"SecretPhoneMaker" not in raw
        assert b"hidden note" not in raw
        with Image.open(path) as made:
            assert not made.getexif()


def test_a_transparent_picture_stands_on_white(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (500, 500), (0, 0, 0, 0)).save(out, "PNG")
    stored = photo_files.store(out.getvalue(), tmp_path)
    with Image.open(tmp_path / file_name(stored.name, 480)) as made:
        assert made.convert("RGB").getpixel((9, 9)) == (255, 255, 255)


def png_claiming(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def zip_of_death() -> bytes:
    """A few hundred kilobytes that would be a gigabyte."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(4):
            packed.writestr(f"{number}.jpg", bytes(5 * 10**7))
    return out.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ATTACKS = {
    "a zip of death": zip_of_death(),
    "an SVG with a script": SVG,
    "an SVG behind a JPEG's first bytes": b"\xff\xd8\xff\xe0" + SVG,
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a PNG of 100,000 by 100,000": png_claiming(100_000, 100_000, zlib.compress(b"\0" * 10**6)),
    "a PNG just above 50 megapixels": png_claiming(10_000, 5_001, zlib.compress(b"\0" * 1000)),
    "a GIF": picture("GIF"),
    "a TIFF": picture("TIFF"),
    "a BMP": picture("BMP"),
    "nothing": b"",
    "zeros": bytes(5000),
    "more than 10 MB": picture() + bytes(photo_files.MAX_BYTES),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_what_is_no_photo_is_refused_before_it_is_decoded(tmp_path: Path, name: str) -> None:
    started = time.process_time()
    tracemalloc.start()
    with pytest.raises(PhotoRefused):
        photo_files.store(ATTACKS[name], tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert list(tmp_path.iterdir()) == []
    assert peak < 30_000_000
    assert time.process_time() - started < 3


PEAK = """
import resource, sys
from pathlib import Path
from tour.sites.editing import photo_files
data = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
photo_files.store(data, Path(sys.argv[1]))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("WEBP", "RGB"), ("PNG", "RGBA")])
def test_the_largest_photo_that_is_taken_costs_little_memory(
    tmp_path: Path, kind: str, mode: str
) -> None:
    side, out = int(photo_files.MAX_PIXELS[kind] ** 0.5), io.BytesIO()
    Image.new(mode, (side, side), (200, 100, 50)).save(out, kind)
    asked = [sys.executable, "-c", PEAK, str(tmp_path)]
    peak = subprocess.run(asked, input=out.getvalue(), capture_output=True, check=True)
    assert int(peak.stdout) < 400, "megabytes"


def test_a_small_file_of_many_pixels_is_refused_by_its_header(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGB", (7000, 7000), (200, 100, 50)).save(out, "WEBP", method=0)
    assert len(out.getvalue()) < 200_000
    began = time.process_time()
    with pytest.raises(PhotoRefused, match="megapixels"):
        photo_files.store(out.getvalue(), tmp_path)
    assert time.process_time() - began < 0.2, "nothing is decoded"


def test_a_page_hidden_in_a_photo_does_not_survive(tmp_path: Path) -> None:
    photo_files.store(picture() + SVG, tmp_path)
    assert all(b"<script" not in path.read_bytes() for path in tmp_path.iterdir())


@pytest.fixture
async def site(client: httpx.AsyncClient) -> Site:
    """A site whose host is signed in with `client`."""
    made = await make_site()
    await sign_in_as(client, await make_account("host@example.org", Role.HOST, made))
    return made


def upload(data: bytes, alt: str = "摺り台", name: str = "a.jpg") -> dict[str, object]:
    return {"data": {"alt": alt}, "files": {"photo": (name, data, "image/jpeg")}}


async def test_a_host_adds_a_photo_and_visitors_see_it(
    client: httpx.AsyncClient, site: Site, settings: Settings
) -> None:
    answer = await client.post(f"/host/{site.slug}/photos", **upload(picture()))
    assert answer.status_code == 303, answer.text
    photo = await Photo.get()
    page = await client.get(f"/sites/{site.slug}")
    assert file_name(photo.name, 960) in page.text
    assert 'alt="摺り台"' in page.text
    file = await client.get(f"/photos/{file_name(photo.name, 480)}")
    assert file.headers["content-type"] == "image/webp"
    assert file.headers["cache-control"] == "public, no-cache"
    known = {"If-None-Match": file.headers["etag"]}
    again = await client.get(f"/photos/{file_name(photo.name, 480)}", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert (settings.var / "photos" / file_name(photo.name, 480)).exists()
    assert await AuditEntry.filter(action="photo.add", site_id=site.id).count() == 1


async def test_without_one_the_host_sees_which_drawing_stands_in(
    client: httpx.AsyncClient, site: Site
) -> None:
    await Site.filter(id=site.id).update(is_published=False)
    page = (await client.get(f"/host/{site.slug}/photos")).text
    assert "/scenes/craft.svg" in page
    assert "この絵を表示します" in page
    await client.post(f"/host/{site.slug}/photos", **upload(picture()))
    assert "/scenes/" not in (await client.get(f"/host/{site.slug}/photos")).text


async def test_a_heic_is_shown_as_webp(client: httpx.AsyncClient, site: Site) -> None:
    answer = await client.post(f"/host/{site.slug}/photos", **upload(heic_photo(), name="a.heic"))
    assert answer.status_code == 303, answer.text
    file = await client.get(f"/photos/{file_name((await Photo.get()).name, 480)}")
    assert file.headers["content-type"] == "image/webp"


async def test_a_photo_needs_a_description(client: httpx.AsyncClient, site: Site) -> None:
    answer = await client.post(f"/host/{site.slug}/photos", **upload(picture(), alt=" "))
    assert answer.status_code == 422
    kept = await PhotoWaiting.get()
    assert f'id="alt-w{kept.id}-error"' in answer.text
    assert await Photo.all().count() == 0


async def test_a_disguised_file_is_said_beside_the_field(
    client: httpx.AsyncClient, site: Site
) -> None:
    answer = await client.post(f"/host/{site.slug}/photos", **upload(SVG))
    assert answer.status_code == 422
    assert 'id="photo-error"' in answer.text


async def test_200_megabytes_are_not_even_read(client: httpx.AsyncClient, site: Site) -> None:
    sent = 0

    async def body():
        nonlocal sent
        while sent < 200_000_000:
            sent += 65536
            yield bytes(65536)

    headers = {"Content-Length": "200000000", "Content-Type": "multipart/form-data; boundary=x"}
    path = f"/host/{site.slug}/photos"
    answer = await client.post(path, content=body(), headers=headers)
    assert answer.status_code == 413
    del headers["Content-Length"]
    assert (await client.post(path, content=body(), headers=headers)).status_code == 413
    assert sent < 20_000_000


@pytest.mark.parametrize("name", ["..%2Ftour.sqlite3", "a.webp", "x" * 40, "%00"])
async def test_no_other_file_is_served_as_a_photo(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/photos/{name}")).status_code == 404


async def test_a_removed_photo_comes_back_within_30_days(
    client: httpx.AsyncClient, site: Site, clock: TurnableClock, settings: Settings
) -> None:
    await client.post(f"/host/{site.slug}/photos", **upload(picture()))
    photo = await Photo.get()
    path = f"/host/{site.slug}/photos/{photo.id}"
    await client.post(path, data={"do": "remove"})
    assert photo.name not in (await client.get(f"/sites/{site.slug}")).text
    clock.turn(days=29)
    await client.post(path, data={"do": "restore"})
    assert photo.name in (await client.get(f"/sites/{site.slug}")).text
    await client.post(path, data={"do": "remove"})
    clock.turn(days=30)
    await sign_in_as(client, await make_account(), now=clock())
    assert (await client.post(path, data={"do": "restore"})).status_code == 404
    assert await waiting.purge(settings.var / "photos", now=clock()) == 1
    assert list((settings.var / "photos").iterdir()) == []


async def test_nobody_touches_the_photo_of_another_site(
    client: httpx.AsyncClient, site: Site, settings: Settings
) -> None:
    other = await make_site(slug="other", name="別")
    theirs = await photos.add_photo(
        other.id, picture(), "別", "", folder=settings.var / "photos", actor=OPERATOR, now=NOON
    )
    answer = await client.post(f"/host/{site.slug}/photos/{theirs.id}", data={"do": "remove"})
    assert answer.status_code == 404
    assert len(await photos.photos_of(other.id)) == 1


async def test_a_removed_photo_is_gone_for_everybody_else_at_once(
    client: httpx.AsyncClient, app: Starlette, site: Site
) -> None:
    """Also for those who know its address or have it in a cache."""
    await client.post(f"/host/{site.slug}/photos", **upload(picture()))
    photo = await Photo.get()
    address = f"/photos/{file_name(photo.name, 480)}"
    async with browser(app) as visitor:
        known = {"If-None-Match": (await visitor.get(address)).headers["etag"]}
        await client.post(f"/host/{site.slug}/photos/{photo.id}", data={"do": "remove"})
        for headers in ({}, known):
            gone = await visitor.get(address, headers=headers)
            assert gone.status_code == 410
            assert "no-store" in gone.headers["cache-control"]
        own = await client.get(address)
        assert (own.status_code, own.headers["cache-control"]) == (200, "private, no-store")
        await client.post(f"/host/{site.slug}/photos/{photo.id}", data={"do": "restore"})
        assert (await visitor.get(address)).status_code == 200
        await Site.filter(id=site.id).update(is_published=False)
        assert (await visitor.get(address)).status_code == 410
