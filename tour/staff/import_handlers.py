"""Importing sites: a file, a look at what it changes, then that."""

from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.guards import SignedIn
from tour.accounts.roles import Permission
from tour.errors import BadInput, Conflict
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.sites.choices import kind_options
from tour.sites.imports import importing
from tour.sites.imports.file import COLUMNS, Reading, decode, read_file
from tour.sites.imports.importing import Comparison, Imported
from tour.sites.states import SiteKind
from tour.staff.frame import back_to, staff_page
from tour.staff.log.labels import field_label
from tour.staff.log.values import shown
from tour.web import now
from tour.web.forms import read_form
from tour.web.uploads import upload_form
from tour.words.sizes import in_bytes

LARGEST_FILE = 700_000
"""Some 2,000 rows; below the limit of a request, so that the refusal is ours and clear."""
LARGEST_TEXT = 950_000
"""Bytes in UTF-8, which takes three where Shift_JIS takes two: the look sends the text back."""
LARGEST_FORM = LARGEST_TEXT + 50_000
"""The form around it included."""
TEXT = "text"
SHORT, MOST_SHOWN = 20, 100
"""Rows of a list that stands open, and of the longest that is shown."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that do the same, the first of them."""

    title: Text
    shown: tuple[object, ...]
    total: int

    @property
    def is_short(self) -> bool:
        return self.total <= SHORT

    @property
    def more(self) -> int:
        return self.total - len(self.shown)


async def imports_page(request: Request) -> Response:
    who = await guards.require(request, Permission.IMPORT)
    return _page(request, who)


async def look(request: Request) -> Response:
    """What the file would change. Writes nothing, so a reload asks the same again."""
    who = await guards.require(request, Permission.IMPORT)
    kind = ""
    try:
        async with upload_form(request, "file", LARGEST_FILE) as form:
            kind = str(form.get("kind", ""))
            read = await read_file(decode(await _uploaded(form)))
            _refuse_large(len(read.text.encode()) + read.text.count("\n"), LARGEST_TEXT)
    except BadInput as exc:
        return _page(request, who, problem=exc.message, kind=kind, status=exc.status)
    found = await importing.compare(read)
    return _page(request, who, read=read, found=found, kind=kind)


async def confirm(request: Request) -> Response:
    who = await guards.require(request, Permission.IMPORT)
    form = await read_form(request, 5, longest=LARGEST_TEXT, in_all=LARGEST_FORM)
    chosen = str(form.get("kind", ""))
    kind = SiteKind(chosen) if chosen in list(SiteKind) else SiteKind.CULTURE
    text, fingerprint = str(form.get(TEXT, "")), str(form.get("fingerprint", ""))
    try:
        read = await read_file(text)
        done = await importing.apply(read, fingerprint, kind, actor=who.actor, now=now(request))
    except BadInput as exc:
        return _page(request, who, problem=exc.message, kind=kind, status=422)
    except Conflict as exc:
        found = await importing.compare(read)
        return _page(
            request, who, read=read, found=found, kind=kind, problem=exc.message, status=409
        )
    if done.left:
        found = await importing.compare(read)
        return _page(
            request, who, read=read, found=found, kind=kind, problem=_left(done), status=409
        )
    return back_to(request, "staff:imports", done=f"{done.new}-{done.changed}")


def _left(done: Imported) -> Text:
    return _(
        "Imported: %(new)s new, %(changed)s changed. %(n)s places stay as they are: somebody else"
        " was writing them at that moment. Please look at them again.",
        new=done.new,
        changed=done.changed,
        n=done.left,
    )


async def _uploaded(form: FormData) -> bytes:
    """The file; BadInput where there is none, or too large a one."""
    upload = form.get("file")
    if upload is None or isinstance(upload, str) or not upload.filename:
        hint = _("Choose a CSV file.")
        raise BadInput(hint, {"file": hint})
    body = await upload.read(LARGEST_FILE + 1)
    _refuse_large(len(body), LARGEST_FILE)
    return body


def _refuse_large(size: int, most: int) -> None:
    if size > most:
        hint = _(
            "This file is %(size)s; an import takes %(most)s, some 2,000 rows. Please split it.",
            size=in_bytes(size),
            most=in_bytes(most),
        )
        raise BadInput(hint, {"file": hint})


def groups(found: Comparison) -> list[Group]:
    """What an import would do; nothing while a row is wrong."""
    if found.problems:
        return []
    kinds = ((_("New"), found.new), (_("Changed"), found.changed))
    return [
        Group(title, tuple(changes[:MOST_SHOWN]), len(changes))
        for title, changes in kinds
        if changes
    ]


def _page(
    request: Request,
    who: SignedIn,
    *,
    read: Reading | None = None,
    found: Comparison | None = None,
    problem: Text | None = None,
    kind: str = "",
    status: int = 200,
) -> Response:
    return staff_page(
        request,
        "staff/imports.html",
        who,
        status,
        section="imports",
        read=read,
        found=found,
        groups=groups(found) if found else [],
        problem=problem,
        kinds=kind_options(),
        kind=kind or SiteKind.CULTURE.value,
        columns=COLUMNS,
        label=field_label,
        shown=shown,
        largest=LARGEST_FILE,
    )
