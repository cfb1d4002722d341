"""An event's cover picture: shown, described, taken away, brought back."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.guards import SignedIn
from tour.accounts.roles import Permission
from tour.errors import REFUSALS, BadInput
from tour.events import covers
from tour.events.models import Event
from tour.events.views import cover_of
from tour.i18n import lazy as _
from tour.limits.counting import client_of
from tour.limits.lanes import lane
from tour.sites.editing.photo_files import MAX_BYTES
from tour.staff import queries
from tour.staff.frame import back_to, staff_page
from tour.web import lang, now, parts_of
from tour.web.forms import Form, form_again, texts
from tour.web.uploads import AROUND, upload_form

LARGEST_FORM = MAX_BYTES + AROUND
"""Of one upload in bytes, the form around it included; above it the body is not read at all."""
TEXTS = ("cover_alt", "cover_alt_en")


async def cover_page(request: Request) -> Response:
    who = await guards.require(request, Permission.EDIT_EVENTS)
    event = await queries.event_by_id(request.path_params["event_id"])
    cover = event.cover or {"alt": "", "alt_en": ""}
    values = {"cover_alt": str(cover["alt"]), "cover_alt_en": str(cover["alt_en"])}
    return await _page(request, who, event, Form(values))


async def change_cover(request: Request) -> Response:
    """Add, describe, take away or bring back, by the button's name."""
    who = await guards.require(request, Permission.EDIT_EVENTS)
    event = await queries.event_by_id(request.path_params["event_id"])
    values: dict[str, str] = {}
    try:
        async with upload_form(request, "cover", MAX_BYTES) as form:
            values = texts(form, TEXTS)
            await _change(request, who, event, form, values)
    except REFUSALS as exc:
        again = Form(values).refused_by(exc)
        errors = {name.replace("photo", "cover"): text for name, text in again.errors.items()}
        page = _page(request, who, event, Form(values, errors), exc.status)
        return await form_again(page, exc)
    return back_to(request, "staff:event_cover", event_id=event.id)


async def _change(
    request: Request, who: SignedIn, event: Event, form: FormData, values: dict[str, str]
) -> None:
    alt, alt_en = values["cover_alt"], values["cover_alt_en"]
    actor, at = who.actor, now(request)
    match form.get("do"):
        case "remove":
            await covers.remove_cover(event.id, actor=actor, now=at)
        case "restore":
            await covers.restore_cover(event.id, actor=actor, now=at)
        case "describe":
            await covers.describe_cover(event.id, alt, alt_en, actor=actor, now=at)
        case _:
            folder, data = covers.folder_in(parts_of(request).settings.var), await _uploaded(form)
            async with lane(request, "photos").turn(client_of(request)):
                await covers.set_cover(
                    event.id, data, alt, alt_en, folder=folder, actor=actor, now=at
                )


async def _uploaded(form: FormData) -> bytes:
    upload = form.get("cover")
    data = b"" if upload is None or isinstance(upload, str) else await upload.read()
    if not data:
        problem = _("Choose a photo.")
        raise BadInput(problem, {"cover": problem})
    return data


async def _page(
    request: Request, who: SignedIn, event: Event, form: Form, status: int = 200
) -> Response:
    shown = cover_of(event.cover, lang(request)) if event.cover else None
    former = await covers.former_cover(event.id, now=now(request))
    return staff_page(
        request,
        "staff/cover.html",
        who,
        status,
        section="events",
        tab="cover",
        event=event,
        form=form,
        cover=shown,
        largest=MAX_BYTES,
        former=cover_of(former, lang(request)) if former else None,
    )
