"""Importing sites: a file, a look at what it changes, then that."""

from functools import partial

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
from tour.sites.imports.choosing import Choice
from tour.sites.imports.file import COLUMNS, Reading, decode, read_file, turn_back
from tour.sites.imports.importing import Comparison, Imported
from tour.sites.states import SiteKind
from tour.staff.frame import back_to, staff_page
from tour.staff.import_choices import MOST_FIELDS, fields_of, groups, read_choice
from tour.staff.log.labels import field_label
from tour.staff.log.values import shown
from tour.web import now, parts_of
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
    form = await read_form(request, MOST_FIELDS, longest=LARGEST_TEXT, in_all=LARGEST_FORM)
    chosen = str(form.get("kind", ""))
    kind = SiteKind(chosen) if chosen in list(SiteKind) else SiteKind.CULTURE
    text, fingerprint = str(form.get(TEXT, "")), str(form.get("fingerprint", ""))
    choice = read_choice(form)
    try:
        read = await read_file(text)
        if form.get("do") == "turn":
            read = await read_file(turn_back(read))
            return _page(request, who, read=read, found=await importing.compare(read), kind=kind)
    except BadInput as exc:
        return _page(request, who, problem=exc.message, kind=kind, status=422)

    async def again(problem: Text, status: int) -> Response:
        found = await importing.compare(read)
        return _page(
            request,
            who,
            read=read,
            found=found,
            choice=choice,
            problem=problem,
            kind=kind,
            status=status,
        )

    actor, at = who.actor, now(request)
    try:
        done = await importing.apply(read, fingerprint, kind, choice, actor=actor, now=at)
    except (BadInput, Conflict) as exc:
        return await again(exc.message, exc.status)
    if done.left:
        return await again(_left(done), 409)
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


def _page(
    request: Request,
    who: SignedIn,
    *,
    read: Reading | None = None,
    found: Comparison | None = None,
    choice: Choice | None = None,
    problem: Text | None = None,
    kind: str = "",
    status: int = 200,
) -> Response:
    left_out = choice.fields if choice else frozenset()
    return staff_page(
        request,
        "staff/imports.html",
        who,
        status,
        section="imports",
        read=read,
        found=found,
        groups=groups(found, parts_of(request).town.bounds, choice) if found else [],
        fields=[(n, n not in left_out) for n in fields_of(found)] if found else [],
        wrong_rows=len({each.line for each in found.problems}) if found else 0,
        problem=problem,
        kinds=kind_options(),
        kind=kind or SiteKind.CULTURE.value,
        columns=COLUMNS,
        label=partial(field_label, subject="site"),
        shown=shown,
        largest=LARGEST_FILE,
    )
