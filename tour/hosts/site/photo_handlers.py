"""Photos: the console's page of them, and the files for everybody."""

from pathlib import Path

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.guards import Tending
from tour.errors import REFUSALS, BadInput, NotFound, Refusal
from tour.hosts.frame import host_page, site_path
from tour.i18n import lazy as _
from tour.limits.counting import client_of
from tour.limits.lanes import lane
from tour.sites.editing import photos
from tour.sites.editing.photo_files import FILE_NAME, MAX_BYTES, file_name
from tour.sites.showing import Showing
from tour.web import now, parts_of, private
from tour.web.forms import Form, form_again, read_form, texts
from tour.web.pictures import gone, kept_picture, picture
from tour.words.typed import number_in

LARGEST_FORM = MAX_BYTES + 100_000
"""Of one upload in bytes, the form around it included; above it the body is not read at all."""
TEXTS = ("alt", "alt_en")
TOO_LARGE = _("A photo can have at most 10 MB.")


async def photos_page(request: Request) -> Response:
    return await _page(request, await guards.tended_site(request), Form({}))


async def add_photo(request: Request) -> Response:
    tending = await guards.tended_site(request)
    length = number_in(request.headers.get("content-length"), 18)
    if length is None or length > LARGEST_FORM:
        return await _page(request, tending, Form({}, {"photo": TOO_LARGE}), 413)
    async with request.form(max_fields=5, max_files=1) as form:
        values = texts(form, TEXTS)
        upload = form.get("photo")
        data = b"" if upload is None or isinstance(upload, str) else await upload.read()
    if not data:
        return await _page(request, tending, Form(values, {"photo": _("Choose a photo.")}), 422)
    try:
        async with lane(request, "photos").turn(client_of(request)):
            await photos.add_photo(
                tending.site.id,
                data,
                values["alt"],
                values["alt_en"],
                folder=photo_folder(request),
                actor=tending.actor,
                now=now(request),
            )
    except REFUSALS as exc:
        page = _page(request, tending, Form(values).refused_by(exc), exc.status)
        return await form_again(page, exc)
    return _to_photos(request, tending)


async def change_photo(request: Request) -> Response:
    """Describe, put first, remove or bring back, by the button's name."""
    tending = await guards.tended_site(request)
    form = await read_form(request, 5)
    try:
        await _change(request, tending, form)
    except REFUSALS as exc:
        again = _described(request.path_params["photo_id"], form, exc)
        return await form_again(_page(request, tending, again, exc.status), exc)
    return _to_photos(request, tending)


async def _change(request: Request, tending: Tending, form: FormData) -> None:
    photo_id, site_id = request.path_params["photo_id"], tending.site.id
    actor, instant = tending.actor, now(request)
    match form.get("do"):
        case "describe":
            values = texts(form, TEXTS)
            await photos.describe(
                photo_id, site_id, values["alt"], values["alt_en"], actor=actor, now=instant
            )
        case "first":
            await photos.show_first(photo_id, site_id, actor=actor, now=instant)
        case "remove":
            await photos.remove_photo(photo_id, site_id, actor=actor, now=instant)
        case "restore":
            await photos.restore_photo(photo_id, site_id, actor=actor, now=instant)
        case _:
            message = _("Please go back and use the buttons of the page.")
            raise BadInput(message, {"do": message})


def _described(photo_id: int, form: FormData, refusal: Refusal) -> Form:
    """The page's form with what was typed beside one photo, and what is wrong there."""
    typed = {name_of(name, photo_id): text for name, text in texts(form, TEXTS).items()}
    refused = Form(typed if "alt" in form else {}).refused_by(refusal)
    errors = {name_of(n, photo_id) if n in TEXTS else n: t for n, t in refused.errors.items()}
    return Form(refused.values, errors)


def name_of(text: str, photo_id: int) -> str:
    """Of one photo's text in a page that has several."""
    return f"{text.replace('_', '-')}-{photo_id}"


async def photo_file(request: Request) -> Response:
    """A photo in one width. One that is on no page is for its hosts and the staff: it may be a
    draft's, or be brought back."""
    name = request.path_params["name"]
    path = photo_folder(request) / name
    if not FILE_NAME.fullmatch(name) or not path.is_file():
        raise NotFound(_("There is no such photo."))
    showings = await photos.showings_of(name.partition("-")[0])
    if Showing.SHOWN in showings.values():
        return picture(request, path, "image/webp")
    if await guards.tends_one_of(request, showings):
        return private(kept_picture(path, "image/webp"))
    raise gone()


def photo_folder(request: Request) -> Path:
    return photos.folder_in(parts_of(request).settings.var)


async def _page(request: Request, tending: Tending, form: Form, status: int = 200) -> Response:
    shown = await photos.photos_of(tending.site.id)
    kept = {name_of("alt", photo.id): photo.alt for photo in shown}
    english = {name_of("alt_en", p.id): p.translations.get("en", {}).get("alt", "") for p in shown}
    return host_page(
        request,
        "host/photos.html",
        tending,
        status,
        tab="profile",
        form=Form({**kept, **english, **form.values}, form.errors),
        photos=shown,
        removed=await photos.removed_photos(tending.site.id, now=now(request)),
        most=photos.MOST,
        file_name=file_name,
    )


def _to_photos(request: Request, tending: Tending) -> Response:
    return RedirectResponse(site_path(request, "hosts:photos", tending), status_code=303)
