"""The page of the site: its texts and its entrance."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.guards import Tending
from tour.errors import REFUSALS
from tour.geo import Point
from tour.hosts.frame import host_page, site_path
from tour.hosts.site import form as forms
from tour.hosts.site.groups import english_of, groups_of
from tour.i18n import bracketed
from tour.i18n import lazy as _
from tour.sites.choices import access_options, language_options
from tour.sites.editing import page as editing
from tour.sites.editing.merging import merged
from tour.sites.editing.page import Stale, Version
from tour.sites.maps import map_around
from tour.sites.models import Site
from tour.sites.texts import ENGLISH, TEXTS
from tour.web import now, parts_of
from tour.web.forms import Form, form_again, read_form

SUBJECT = "site"
PIN_ZOOM = 18
FIELD_LABELS = {
    **{text.name: text.label for text in TEXTS},
    "entrance": _("Entrance"),
    "access_features": _("Access"),
    "languages": _("Languages"),
}


async def profile_page(request: Request) -> Response:
    tending = await guards.tended_site(request)
    form = Form(forms.profile_values(editing.profile_of(tending.site)))
    return await _profile_page(request, tending, form)


async def change_profile(request: Request) -> Response:
    tending = await guards.tended_site(request)
    form = await read_form(request, 80)
    values, version = forms.submitted_profile(form), str(form.get("version", ""))
    profile, typed = forms.read_profile(values, parts_of(request).town.bounds)
    if typed.errors:
        return await _profile_page(request, tending, typed, 422, version=version)
    try:
        await editing.change_profile(
            tending.site.id,
            profile,
            version=Version.parse(version),
            actor=tending.actor,
            now=now(request),
        )
    except Stale:
        fresh = await Site.get(id=tending.site.id)
        merge = await merged(forms.with_pin(values), SUBJECT, fresh, version)
        typed = Form(forms.without_pin(merge.values))
        return await _profile_page(
            request, tending, typed, 409, others=merge.others, version=merge.version
        )
    except REFUSALS as exc:
        again = typed.refused_by(exc)
        page = _profile_page(request, tending, again, exc.status, version=version)
        return await form_again(page, exc)
    path = site_path(request, "hosts:profile", tending)
    return RedirectResponse(f"{path}?done=1", status_code=303)


async def _profile_page(
    request: Request,
    tending: Tending,
    form: Form,
    status: int = 200,
    *,
    others: Any = (),
    version: str = "",
) -> Response:
    fresh = await Site.get(id=tending.site.id)
    return host_page(
        request,
        "host/profile.html",
        tending,
        status,
        tab="profile",
        form=form,
        others=others,
        labels=_labels(),
        groups=groups_of(form),
        english=english_of(form),
        translated=[text for text in TEXTS if text.is_translated],
        version=version or str(await Version.of(fresh, SUBJECT)),
        access_options=access_options(),
        spoken=language_options(),
        map=_pin_map(request, fresh, form),
        done=request.query_params.get("done"),
    )


def _pin_map(request: Request, site: Site, form: Form) -> Any:
    """A map whose pin can be dragged; it stands where the form says, or on the building."""
    at = Point(lat=site.lat, lon=site.lon) if site.lat and site.lon else None
    if form.value("lat") and not form.errors:
        at = Point(lat=float(form.value("lat")), lon=float(form.value("lon")))
    points = [at] if at else []
    pick = [at.lat, at.lon] if at else None
    return map_around(request, points, pick=pick, pickable=True, zoom=PIN_ZOOM)


def _labels() -> dict[str, str]:
    """What the fields are called, for the list of what somebody else has changed."""
    named = {name: str(label) for name, label in FIELD_LABELS.items()}
    english = {name + ENGLISH: f"{label}{bracketed('English')}" for name, label in named.items()}
    return {**named, **english}
