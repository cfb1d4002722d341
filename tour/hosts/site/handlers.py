"""The page of the site: texts side by side, entrance, hours and their exceptions."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.guards import Tending
from tour.errors import REFUSALS, Refusal
from tour.geo import Point
from tour.hosts import queries
from tour.hosts.frame import host_page, site_path
from tour.hosts.outside import coming_outside
from tour.hosts.site import form as forms
from tour.hosts.today.handlers import local_date
from tour.i18n import lazy as _
from tour.sites.choices import WEEKDAYS, access_options, holiday_options, language_options
from tour.sites.editing import page as editing
from tour.sites.editing.merging import Other, merged
from tour.sites.editing.page import Stale, Version
from tour.sites.maps import map_around
from tour.sites.models import Site
from tour.sites.texts import ENGLISH, TEXTS
from tour.web import now, parts_of
from tour.web.forms import Form, form_again, read_form, texts

SUBJECT = "site"
PIN_ZOOM = 18
FIELD_LABELS = {
    **{text.name: text.label for text in TEXTS},
    "entrance": _("Entrance"),
    "access_features": _("Access"),
    "languages": _("Languages"),
    "holiday_rule": _("National holidays"),
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


async def hours_page(request: Request) -> Response:
    tending = await guards.tended_site(request)
    form = Form(await editing.week_fields(tending.site.id))
    return await _hours_page(request, tending, form)


async def change_hours(request: Request) -> Response:
    tending = await guards.tended_site(request)
    form = await read_form(request, 20)
    values, version = texts(form, forms.WEEK_FIELDS), str(form.get("version", ""))
    week, holiday_rule, typed = forms.read_week(values)
    if typed.errors:
        return await _hours_page(request, tending, typed, status=422, version=version)
    try:
        await editing.replace_week(
            tending.site.id,
            week,
            holiday_rule,
            version=Version.parse(version),
            actor=tending.actor,
            now=now(request),
        )
    except Stale:
        merge = await merged(values, SUBJECT, await Site.get(id=tending.site.id), version)
        typed = Form(merge.values)
        return await _hours_page(
            request, tending, typed, status=409, others=merge.others, version=merge.version
        )
    except REFUSALS as exc:
        again = typed.refused_by(exc)
        page = _hours_page(request, tending, again, status=exc.status, version=version)
        return await form_again(page, exc)
    return _to_hours(request, tending)


async def set_exception(request: Request) -> Response:
    tending = await guards.tended_site(request)
    form = await read_form(request, 20)
    values = texts(form, ("on_date", "hours", "note"))
    on_date, spans, note, typed = forms.read_exception(values, local_date(request))
    try:
        typed.check()
        await editing.set_exception(
            tending.site.id, on_date, spans, note, actor=tending.actor, now=now(request)
        )
    except REFUSALS as exc:
        return await form_again(_exception_again(request, tending, typed.refused_by(exc), exc), exc)
    return _to_hours(request, tending)


async def clear_exception(request: Request) -> Response:
    tending = await guards.tended_site(request)
    form = await read_form(request, 20)
    values = {**texts(form, ("on_date",)), "hours": "", "note": ""}
    on_date, _spans, _note, typed = forms.read_exception(values, date.min)
    if not typed.errors:
        await editing.clear_exception(
            tending.site.id, on_date, actor=tending.actor, now=now(request)
        )
    return _to_hours(request, tending)


async def _exception_again(
    request: Request, tending: Tending, typed: Form, refusal: Refusal
) -> Response:
    week = await editing.week_fields(tending.site.id)
    whole = Form({**week, **typed.values}, typed.errors)
    return await _hours_page(request, tending, whole, status=refusal.status)


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
        texts=TEXTS,
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


async def _hours_page(
    request: Request,
    tending: Tending,
    form: Form,
    *,
    status: int = 200,
    others: Iterable[Other] = (),
    version: str = "",
) -> Response:
    fresh = await Site.get(id=tending.site.id)
    empty = {"on_date": "", "hours": "", "note": ""}
    return host_page(
        request,
        "host/hours.html",
        tending,
        status,
        tab="profile",
        form=Form({**empty, **form.values}, form.errors),
        others=[_in_words(other) for other in others],
        labels=_labels(),
        version=version or str(await Version.of(fresh, SUBJECT)),
        weekdays=[(f"weekday{day}", str(name)) for day, name in enumerate(WEEKDAYS)],
        holiday_rules=holiday_options(),
        outside=await coming_outside(request, tending),
        exceptions=await queries.coming_exceptions(tending.site.id, local_date(request)),
        today=local_date(request),
        done=request.query_params.get("done"),
    )


def _in_words(other: Other) -> Other:
    """What somebody else chose, as the form offers it."""
    if other.field != "holiday_rule":
        return other
    words = dict(holiday_options())
    before, after = words.get(other.before, ""), words.get(other.after, "")
    return replace(other, before=before, after=after)


def _to_hours(request: Request, tending: Tending) -> Response:
    path = site_path(request, "hosts:hours", tending)
    return RedirectResponse(f"{path}?done=1", status_code=303)


def _labels() -> dict[str, str]:
    """What the fields are called, for the list of what somebody else has changed."""
    named = {name: str(label) for name, label in FIELD_LABELS.items()}
    english = {name + ENGLISH: f"{label} (English)" for name, label in named.items()}
    weekdays = {f"weekday{day}": str(name) for day, name in enumerate(WEEKDAYS)}
    return {**named, **english, **weekdays}
