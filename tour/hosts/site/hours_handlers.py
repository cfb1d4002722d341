"""The page of a place's hours: the week, days off beside it, and dates with hours of their own."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.guards import Tending
from tour.errors import REFUSALS, Refusal
from tour.hosts import queries
from tour.hosts.frame import host_page, site_path
from tour.hosts.outside import coming_outside
from tour.hosts.site import hours_form as forms
from tour.hosts.today.handlers import local_date
from tour.i18n import lazy as _
from tour.sites.catalogue import hours_of
from tour.sites.choices import WEEKDAYS, holiday_options
from tour.sites.closing_words import closures_text, next_days_off
from tour.sites.editing import page as editing
from tour.sites.editing.merging import Other, merged
from tour.sites.editing.page import Stale, Version
from tour.sites.models import Site
from tour.sites.opening.hours import Hours
from tour.sites.views import holiday_text, hours_table
from tour.web import lang, now
from tour.web.forms import Form, form_again, read_form, texts

SUBJECT = "site"
LABELS = {
    **dict(zip(forms.WEEKDAY_FIELDS, WEEKDAYS, strict=True)),
    "holiday_rule": _("National holidays"),
    "closures": _("Regular days off"),
}


async def hours_page(request: Request) -> Response:
    tending = await guards.tended_site(request)
    return await _page(request, tending, Form(await _stored(tending.site.id)))


async def change_hours(request: Request) -> Response:
    tending = await guards.tended_site(request)
    form = await read_form(request, 30)
    values, version = forms.submitted_week(form), str(form.get("version", ""))
    week, typed = forms.read_week(values)
    if typed.errors:
        return await _page(request, tending, typed, status=422, version=version)
    try:
        await editing.replace_week(
            tending.site.id,
            week.days,
            week.holiday_rule,
            week.closures,
            version=Version.parse(version),
            actor=tending.actor,
            now=now(request),
        )
    except Stale:
        fresh = await Site.get(id=tending.site.id)
        merge = await merged(dict(typed.values), SUBJECT, fresh, version, write=forms.as_typed)
        again = Form(merge.values)
        return await _page(
            request, tending, again, status=409, others=merge.others, version=merge.version
        )
    except REFUSALS as exc:
        again = typed.refused_by(exc)
        page = _page(request, tending, again, status=exc.status, version=version)
        return await form_again(page, exc)
    return _to_hours(request, tending)


async def set_exception(request: Request) -> Response:
    tending = await guards.tended_site(request)
    values = texts(await read_form(request, 20), forms.DATE_FIELDS)
    dates, spans, note, typed = forms.read_dates(values, local_date(request))
    try:
        typed.check()
        await editing.set_exception(
            tending.site.id, dates, spans, note, actor=tending.actor, now=now(request)
        )
    except REFUSALS as exc:
        return await form_again(_dates_again(request, tending, typed.refused_by(exc), exc), exc)
    return _to_hours(request, tending)


async def clear_exception(request: Request) -> Response:
    tending = await guards.tended_site(request)
    values = texts(await read_form(request, 20), ("on_date", "until"))
    asked = {**dict.fromkeys(forms.DATE_FIELDS, ""), **values}
    dates, _spans, _note, typed = forms.read_dates(asked, date.min)
    if not typed.errors:
        await editing.clear_exception(tending.site.id, dates, actor=tending.actor, now=now(request))
    return _to_hours(request, tending)


async def _stored(site_id: int) -> dict[str, str]:
    kept = await editing.week_fields(site_id)
    return {name: forms.as_typed(name, text) for name, text in kept.items()}


async def _dates_again(
    request: Request, tending: Tending, typed: Form, refusal: Refusal
) -> Response:
    whole = Form({**await _stored(tending.site.id), **typed.values}, typed.errors)
    return await _page(request, tending, whole, status=refusal.status)


async def _page(
    request: Request,
    tending: Tending,
    form: Form,
    *,
    status: int = 200,
    others: Iterable[Other] = (),
    version: str = "",
) -> Response:
    fresh, today = await Site.get(id=tending.site.id), local_date(request)
    hours = await hours_of(fresh)
    empty = dict.fromkeys(forms.DATE_FIELDS, "")
    return host_page(
        request,
        "host/hours.html",
        tending,
        status,
        tab="profile",
        form=Form({**empty, **form.values}, form.errors),
        others=[_in_words(other) for other in others],
        labels={name: str(label) for name, label in LABELS.items()},
        version=version or str(await Version.of(fresh, SUBJECT)),
        weekdays=[(name, str(LABELS[name])) for name in forms.WEEKDAY_FIELDS],
        holiday_rules=holiday_options(),
        outside=await coming_outside(request, tending),
        exceptions=await queries.coming_exceptions(tending.site.id, today),
        week=hours_table(hours, lang(request)),
        holidays=holiday_text(hours, lang(request)),
        closures=_days_off(hours, today),
        today=today,
        done=request.query_params.get("done"),
    )


def _days_off(hours: Hours, today: date) -> list[tuple[str, list[date]]]:
    """Each regular day off in words, and when it is next."""
    return [(closures_text((each,)), next_days_off(hours, each, today)) for each in hours.closures]


def _in_words(other: Other) -> Other:
    """What somebody else chose, as the form offers it."""
    if other.field == "closures":
        return replace(
            other,
            before=forms.as_typed(other.field, other.before),
            after=forms.as_typed(other.field, other.after),
        )
    if other.field != "holiday_rule":
        return other
    words = dict(holiday_options())
    before, after = words.get(other.before, ""), words.get(other.after, "")
    return replace(other, before=before, after=after)


def _to_hours(request: Request, tending: Tending) -> Response:
    path = site_path(request, "hosts:hours", tending)
    return RedirectResponse(f"{path}?done=1", status_code=303)
