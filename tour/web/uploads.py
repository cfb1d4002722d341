"""Forms with files: read with bounds, and refused in words that say what is too large."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from tour.errors import BadInput
from tour.i18n import lazy as _
from tour.web.bounded import bounded
from tour.words.sizes import in_bytes
from tour.words.typed import number_in

AROUND = 100_000
"""Bytes of a form around its files: its other fields, and what stands between them."""
MOST_FILES = 60
"""That are read at all; how many are taken says whoever reads them."""
MOST_FIELDS = 60
LONGEST_NAME = 60


class TooLarge(BadInput):
    """A form's files are more than is taken together; said at the field they were chosen in."""

    status = 413

    def __init__(self, field: str, size: int, most: int) -> None:
        hint = _(
            "What you chose is %(size)s; at most %(most)s can be sent at once. Please choose less.",
            size=in_bytes(size),
            most=in_bytes(most),
        )
        super().__init__(hint, {field: hint})


@asynccontextmanager
async def upload_form(request: Request, field: str, most: int) -> AsyncIterator[FormData]:
    """A form whose files come to `most` bytes together. Raises TooLarge before any is read."""
    size = number_in(request.headers.get("content-length"), 18)
    if size is None or size > most + AROUND:
        raise TooLarge(field, size or most, most)
    async with request.form(max_fields=MOST_FIELDS, max_files=MOST_FILES) as form:
        yield form


def files_in(form: FormData, field: str) -> list[UploadFile]:
    """The files that were chosen; browsers send an empty one where there is none."""
    sent = [each for each in form.getlist(field) if isinstance(each, UploadFile)]
    return [each for each in sent if each.filename or each.size]


def name_of_file(file: UploadFile) -> str:
    return bounded(file.filename or "?", LONGEST_NAME)
