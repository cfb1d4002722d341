"""The console's page of photos: sent, described, put in order, removed and brought back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.guards import Tending
from tour.errors import NOT_NOW, REFUSALS, BadInput, NotFound, Refusal
from tour.hosts.frame import host_page, site_path
from tour.hosts.site.photo_files import photo_folder
from tour.hosts.site.photo_forms import (
    TEXTS,
    Refused,
    described,
    name_of,
    refused_words,
    typed_of_waiting,
)
from tour.i18n import lazy as _
from tour.limits.counting import client_of
from tour.limits.lanes import lane
from tour.sites.editing import photos, waiting
from tour.sites.editing.photo_files import MAX_BYTES, file_name
from tour.sites.models import PhotoWaiting
from tour.sites.views import site_card
from tour.sites.withdrawn import any_site
from tour.web import lang, now
from tour.web.forms import WHOLE, Form, form_again, read_form, texts
from tour.web.uploads import TooLarge, files_in, name_of_file, upload_form
from tour.words.typed import number_in

LARGEST_UPLOAD = 30_000_000
"""Bytes of all photos that are sent at once: a dozen as scripts make them, or three of a camera."""
MOST_AT_ONCE = photos.MOST


@dataclass(slots=True)
class Came:
    """What became of the files of one form."""

    kept: list[PhotoWaiting] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    not_now: Refusal | None = None


async def photos_page(request: Request) -> Response:
    return await _page(request, await guards.tended_site(request), Form({}))


async def add_photos(request: Request) -> Response:
    """Keep what was sent; one photo that is described is shown at once, others wait for that."""
    tending = await guards.tended_site(request)
    try:
        async with upload_form(request, "photo", LARGEST_UPLOAD) as form:
            typed, sent = texts(form, TEXTS), files_in(form, "photo")
            came = await _keep_each(request, tending, sent, typed)
    except TooLarge as exc:
        return await _page(request, tending, Form({}).refused_by(exc), exc.status)
    if not sent:
        return await _page(request, tending, Form(typed, {"photo": _("Choose a photo.")}), 422)
    if came.refused:
        return await _not_all(request, tending, came, typed)
    if len(sent) > 1:
        return _to_photos(request, tending, "#waiting")
    return await _show_all(request, tending, {came.kept[0].id: (typed["alt"], typed["alt_en"])})


async def _keep_each(
    request: Request, tending: Tending, sent: Sequence[UploadFile], typed: Mapping[str, str]
) -> Came:
    """One after the other, each in a turn of its own: others need not wait for all of them."""
    came = Came()
    for file in sent[:MOST_AT_ONCE]:
        try:
            if came.not_now is None:
                came.kept.append(await _keep(request, tending, file, typed))
        except NOT_NOW as exc:
            came.not_now = exc
        except BadInput as exc:
            came.refused.append(Refused(name_of_file(file), exc.message))
        if came.not_now:
            why = _("It could not be taken just now. Please choose it again in a moment.")
            came.refused.append(Refused(name_of_file(file), why))
    why = _("At most %(n)s photos can be sent at once. Please send it later.", n=MOST_AT_ONCE)
    came.refused += [Refused(name_of_file(file), why) for file in sent[MOST_AT_ONCE:]]
    return came


async def _keep(
    request: Request, tending: Tending, file: UploadFile, typed: Mapping[str, str]
) -> PhotoWaiting:
    data = await file.read(MAX_BYTES + 1)
    async with lane(request, "photos").turn(client_of(request)):
        files = await photos.stored(data, photo_folder(request))
    alt, alt_en, at = typed["alt"], typed["alt_en"], now(request)
    return await waiting.keep(tending.site.id, files, alt, alt_en, actor=tending.actor, now=at)


async def _not_all(
    request: Request, tending: Tending, came: Came, typed: Mapping[str, str]
) -> Response:
    """The page with why some were not taken. What was typed waits with those that were."""
    form = Form({} if came.kept else typed, {"photo": refused_words(came.refused)})
    if came.not_now is None:
        return await _page(request, tending, form, 422)
    page = _page(request, tending, form.refused_by(came.not_now), came.not_now.status)
    return await form_again(page, came.not_now)


async def change_waiting(request: Request) -> Response:
    """Show what is described by now, or discard one, by the button's name."""
    tending = await guards.tended_site(request)
    form = await read_form(request, 2 * waiting.MOST_WAITING + 2)
    typed = typed_of_waiting(form)
    verb, _dash, number = str(form.get("do", "")).partition("-")
    if verb != "discard":
        return await _show_all(request, tending, typed)
    try:
        await waiting.remember(tending.site.id, typed, actor=tending.actor)
        await waiting.discard(number_in(number) or 0, tending.site.id, actor=tending.actor)
    except REFUSALS as exc:
        again = Form(_fields_of(typed)).refused_by(exc)
        return await form_again(_page(request, tending, again, exc.status), exc)
    return _to_photos(request, tending, "#waiting")


async def _show_all(
    request: Request, tending: Tending, typed: Mapping[int, tuple[str, str]]
) -> Response:
    """Put kept photos on the page as far as they are described; the others come back."""
    again, refusal = Form(_fields_of(typed)), None
    site_id, actor, at = tending.site.id, tending.actor, now(request)
    try:
        await waiting.remember(site_id, typed, actor=actor)
        for number, (alt, alt_en) in typed.items():
            try:
                await waiting.show(number, site_id, alt, alt_en, actor=actor, now=at)
            except (BadInput, NotFound) as exc:
                refusal = refusal or exc
                is_text = isinstance(exc, BadInput) and "alt" in exc.errors
                at_field = name_of("alt", number, waiting=True) if is_text else WHOLE
                again = again.refused(**{at_field: exc.message})
    except REFUSALS as exc:
        page = _page(request, tending, again.refused_by(exc), exc.status)
        return await form_again(page, exc)
    if refusal:
        return await _page(request, tending, again, 422)
    return _to_photos(request, tending, "#shown")


def _fields_of(typed: Mapping[int, tuple[str, str]]) -> dict[str, str]:
    """What was typed, by the fields of the page."""
    return {
        name_of(name, number, waiting=True): text
        for number, both in typed.items()
        for name, text in zip(TEXTS, both, strict=True)
    }


async def change_photo(request: Request) -> Response:
    """Describe, move, make the main one, remove or bring back, by the button's name."""
    tending = await guards.tended_site(request)
    form = await read_form(request, 5)
    photo_id = request.path_params["photo_id"]
    try:
        await _change(request, tending, form, photo_id)
    except REFUSALS as exc:
        again = described(photo_id, form, exc)
        return await form_again(_page(request, tending, again, exc.status), exc)
    return _to_photos(request, tending, f"#photo-{photo_id}")


async def _change(request: Request, tending: Tending, form: FormData, photo_id: int) -> None:
    site_id, actor, instant = tending.site.id, tending.actor, now(request)
    verb, _dash, other = str(form.get("do", "")).partition("-")
    match verb:
        case "describe":
            values = texts(form, TEXTS)
            await photos.describe(
                photo_id, site_id, values["alt"], values["alt_en"], actor=actor, now=instant
            )
        case "first":
            await photos.show_first(photo_id, site_id, actor=actor, now=instant)
        case "before" | "behind":
            beside, behind = number_in(other) or 0, verb == "behind"
            await photos.put_beside(
                photo_id, site_id, beside, behind=behind, actor=actor, now=instant
            )
        case "remove":
            await photos.remove_photo(photo_id, site_id, actor=actor, now=instant)
        case "restore":
            await photos.restore_photo(photo_id, site_id, actor=actor, now=instant)
        case _:
            message = _("Please go back and use the buttons of the page.")
            raise BadInput(message, {"do": message})


async def _page(request: Request, tending: Tending, form: Form, status: int = 200) -> Response:
    shown = await photos.photos_of(tending.site.id)
    kept = await waiting.waiting_of(tending.site.id, tending.actor, now=now(request))
    values = {name_of("alt", photo.id): photo.alt for photo in shown}
    values |= {name_of("alt_en", p.id): p.translations.get("en", {}).get("alt", "") for p in shown}
    values |= _fields_of({each.id: (each.alt, each.alt_en) for each in kept})
    return host_page(
        request,
        "host/photos.html",
        tending,
        status,
        tab="profile",
        form=Form({**values, **form.values}, form.errors),
        photos=shown,
        waiting=kept,
        removed=await photos.removed_photos(tending.site.id, now=now(request)),
        most=photos.MOST,
        at_once=LARGEST_UPLOAD,
        largest=MAX_BYTES,
        file_name=file_name,
        card=None if shown else site_card(await any_site(tending.site.id), lang(request)),
    )


def _to_photos(request: Request, tending: Tending, part: str = "") -> Response:
    return RedirectResponse(site_path(request, "hosts:photos", tending) + part, status_code=303)
