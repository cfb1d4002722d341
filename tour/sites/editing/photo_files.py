"""Photos as files: read with care, written anew. The only file that imports Pillow.

Nothing that came in is kept: the picture is decoded and encoded again, so its metadata (where it
was taken, by which phone) and whatever else was hidden in the file are gone.
"""

import hashlib
import io
import re
import time
import uuid
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pi_heif
from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from tour.errors import NO_ROOM, BadInput, Unavailable
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.web.tokens import colour

MAX_BYTES = 10_000_000
MAX_PIXELS = {"JPEG": 50_000_000, "PNG": 36_000_000, "HEIF": 26_000_000, "WEBP": 16_000_000}
"""By format, for a few kilobytes may be any number of pixels and each costs memory while it is
decoded: PNG up to 10 bytes, HEIC 12, WebP 16; a JPEG is made small before. So none takes 400 MB."""
WIDTHS = (480, 960, 1600)
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
QUALITY = 80
MAX_ALT = 200
"""Characters of a description."""
SHARED = (1200, 630)
"""Width and height of a picture that other services show beside a link."""
FILE_NAME = re.compile(r"[0-9a-f]{32}-((480|960|1600)\.webp|share\.jpg)")

UNFINISHED_SECONDS = 24 * 3600
"""By the disk's own clock: files stand there for a moment before the row that names them."""

pi_heif.register_heif_opener()


class PhotoRefused(BadInput):
    def __init__(self, message: Text) -> None:
        super().__init__(message, {"photo": message})


@dataclass(frozen=True, slots=True)
class StoredPhoto:
    """`width` and `height` are those of the largest file, in pixels."""

    name: str
    width: int
    height: int


def store(data: bytes, folder: Path) -> StoredPhoto:
    """Write a photo in three widths; raises PhotoRefused before anything large is decoded, and
    Unavailable where the disk takes no more.

    Blocks for up to some seconds: call it in a thread.
    """
    picture = _upright_rgb(_opened(data))
    name = hashlib.sha256(picture.tobytes()).hexdigest()[:32]
    largest = picture
    for width in sorted(WIDTHS, reverse=True):
        largest.thumbnail((width, width * 2), Image.Resampling.LANCZOS)
        if width == WIDTHS[-1]:
            stored = StoredPhoto(name, largest.width, largest.height)
        _write(largest, folder / file_name(name, width), "WEBP", method=4)
    return stored


def store_to_share(name: str, folder: Path) -> None:
    """Write a stored photo once more, cut to SHARED, as the JPEG that every service can read."""
    with Image.open(folder / file_name(name, WIDTHS[-1])) as picture:
        cut = ImageOps.fit(picture.convert("RGB"), SHARED, Image.Resampling.LANCZOS)
    _write(cut, folder / shared_name(name), "JPEG", optimize=True)


def _write(picture: Image.Image, path: Path, kind: str, **options: object) -> None:
    """All of a file or nothing: somebody may read one of that name at this moment."""
    unfinished = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(unfinished, kind, quality=QUALITY, **options)
        unfinished.replace(path)
    except OSError as exc:
        unfinished.unlink(missing_ok=True)
        if exc.errno in NO_ROOM:
            raise Unavailable(NO_ROOM[exc.errno]) from exc
        raise


def shared_name(name: str) -> str:
    return f"{name}-share.jpg"


def file_name(name: str, width: int) -> str:
    return f"{name}-{width}.webp"


def stored_names(folder: Path) -> set[str]:
    return {path.name.partition("-")[0] for path in folder.glob(f"*-{WIDTHS[0]}.webp")}


def left_behind(folder: Path, wanted: Collection[str]) -> list[Path]:
    """Files of no name that is wanted, nor of one that somebody may be writing just now."""
    if not folder.is_dir():
        return []
    last = time.time() - UNFINISHED_SECONDS
    unwanted = [p for p in folder.iterdir() if p.name.partition("-")[0] not in wanted]
    return [path for path in unwanted if path.stat().st_mtime < last]


def delete(name: str, folder: Path) -> None:
    """In every size; what is gone already is no error."""
    for width in WIDTHS:
        (folder / file_name(name, width)).unlink(missing_ok=True)
    (folder / shared_name(name)).unlink(missing_ok=True)


def _opened(data: bytes) -> Image.Image:
    """The picture with only its header read, once that shows it to be what we take."""
    if len(data) > MAX_BYTES:
        raise PhotoRefused(_("A photo can have at most %(n)s MB.", n=MAX_BYTES // 1_000_000))
    try:
        # Our own limit of pixels stands below Pillow's, whose warning comes first.
        # WeasyPrint tells Pillow to fill what is missing with grey, for the whole process.
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        with warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning):
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError) as exc:
        raise PhotoRefused(_("This is not a photo in JPEG, PNG, WebP or HEIC.")) from exc
    most = MAX_PIXELS[str(picture.format)]
    if picture.width * picture.height > most:
        mega = most // 1_000_000
        hint = _(
            "A photo as %(kind)s can have at most %(n)s megapixels.", kind=picture.format, n=mega
        )
        raise PhotoRefused(hint)
    return picture


def _upright_rgb(picture: Image.Image) -> Image.Image:
    """Decoded, turned as it was taken, in sRGB, on white where it was transparent."""
    try:
        if picture.format == "JPEG":
            # The decoder can skip most of the work for a picture much larger than we need.
            picture.draft("RGB", (WIDTHS[-1], WIDTHS[-1]))
        profile = picture.info.get("icc_profile")
        # Made small before it is turned, which would copy the whole of it.
        picture.thumbnail((WIDTHS[-1] * 2, WIDTHS[-1] * 2), Image.Resampling.LANCZOS)
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((WIDTHS[-1], WIDTHS[-1] * 2), Image.Resampling.LANCZOS)
        opaque = _on_white(upright)
        plain = _in_srgb(opaque, profile) if profile else opaque
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as exc:
        raise PhotoRefused(_("This photo is damaged. Please choose another.")) from exc
    clean = Image.new("RGB", plain.size)
    clean.paste(plain)
    return clean


def _on_white(picture: Image.Image) -> Image.Image:
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    paper = Image.new("RGBA", layered.size, colour("paper"))
    return Image.alpha_composite(paper, layered).convert("RGB")


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Phones write Display P3; a profile that cannot be read is as good as none."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return converted or picture
