"""Programmes and their times: list, make, change, publish, pause, remove and bring back."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.guards import Tending
from tour.changes import together
from tour.errors import REFUSALS, BadInput
from tour.hosts import outside, queries
from tour.hosts.event_handlers import invitations
from tour.hosts.frame import host_page, site_path
from tour.hosts.languages import Translation
from tour.hosts.programmes import form as forms
from tour.hosts.programmes import offering
from tour.hosts.programmes.form import OUTLINE_FIELDS, DayChoices, Unfolded
from tour.hosts.programmes.said import PUBLISH, said
from tour.hosts.today.handlers import local_date
from tour.i18n import lazy as _
from tour.programmes import editing
from tour.programmes.editing import SUBJECT
from tour.programmes.models import Programme
from tour.programmes.outline import outline_of
from tour.reservations.changes.removing import remove_programme
from tour.reservations.waitlist.queue import publish_programme
from tour.sites.choices import language_options
from tour.sites.editing.merging import merged
from tour.sites.editing.page import Stale, Version
from tour.sites.editing.publication import showing_of
from tour.sites.texts import ENGLISH
from tour.web import now, parts_of
from tour.web.forms import WHOLE, Form, form_again, read_form
from tour.words.typed import number_in

VERBS = {
    "publish": publish_programme,
    "pause": editing.pause,
    "remove": remove_programme,
}


async def programmes_page(request: Request) -> Response:
    tending = await guards.tended_site(request)
    offered = await editing.programmes_of_site(tending.site.id)
    rows = [await _row(request, tending, programme) for programme in offered]
    removed = await editing.removed_of_site(tending.site.id, now=now(request))
    return host_page(
        request,
        "host/programmes.html",
        tending,
        tab="programmes",
        programmes=rows,
        invitations=await invitations(request, tending),
        removed=removed,
        outside=await outside.coming_outside(request, tending),
    )


async def new_programme(request: Request) -> Response:
    """An empty form, or one filled from an earlier programme (`?copy=id`): new days, same rest."""
    tending = await guards.tended_site(request)
    usual = forms.USUAL_OUTLINE
    values = {**usual, **await offering.usual(request, tending, int(usual["minutes"]))}
    copied = number_in(request.query_params.get("copy"))
    if copied is not None:
        before = await editing.programme_of_site(copied, tending.site.id)
        values |= forms.outline_values(outline_of(before))
        values |= await queries.usual_times(before, parts_of(request).town.timezone)
    return await _new_page(request, tending, Form(values))


async def create_programme(request: Request) -> Response:
    tending = await guards.tended_site(request)
    form = await read_form(request, 80)
    values = forms.submitted(form, with_times=True)
    outline, typed = forms.read_outline(values)
    coming = await offering.event_days(request, tending)
    zone = parts_of(request).town.timezone
    times, typed_times = forms.read_times(values, outline.minutes, coming, zone, now(request))
    whole = Form(values, {**typed.errors, **typed_times.errors})
    if times and not whole.errors:
        whole = await offering.asked_about(request, tending, whole, times, outline.minutes)
    if whole.errors or times is None:
        return await _new_page(request, tending, whole, status=422)
    by_host: dict[str, Any] = {"actor": tending.actor, "now": now(request)}
    try:
        async with together(now=now(request)):
            made = await editing.create(tending.site.id, outline, times, **by_host)
            if form.get("do") == "publish":
                await editing.publish(made, **by_host)
    except REFUSALS as exc:
        page = _new_page(request, tending, whole.refused_by(exc), status=exc.status)
        return await form_again(page, exc)
    return _to_programme(request, tending, made.id, "made")


async def programme_page(request: Request) -> Response:
    tending, programme = await _programme(request)
    return await _programme_page(request, tending, programme, _stored(programme))


def _stored(programme: Programme) -> Form:
    return Form(forms.outline_values(outline_of(programme)))


async def change_programme(request: Request) -> Response:
    tending, programme = await _programme(request)
    form = await read_form(request, 80)
    values = forms.submitted(form, with_times=False)
    outline, typed = forms.read_outline(values)
    if typed.errors:
        return await _programme_page(
            request, tending, programme, typed, 422, version=str(form.get("version", ""))
        )
    try:
        version = Version.parse(str(form.get("version", "")))
        await editing.rewrite(
            programme, outline, version=version, actor=tending.actor, now=now(request)
        )
    except Stale:
        fresh = await editing.programme_of_site(programme.id, tending.site.id)
        merge = await merged(values, SUBJECT, fresh, str(form.get("version", "")))
        typed = Form(merge.values)
        return await _programme_page(
            request, tending, programme, typed, 409, others=merge.others, version=merge.version
        )
    except REFUSALS as exc:
        page = _programme_page(
            request,
            tending,
            programme,
            typed.refused_by(exc),
            exc.status,
            version=str(form.get("version", "")),
        )
        return await form_again(page, exc)
    return _to_programme(request, tending, programme.id, "saved")


async def add_times(request: Request) -> Response:
    tending, programme = await _programme(request)
    form = await read_form(request, 80)
    stored = forms.outline_values(outline_of(programme))
    values = {**forms.submitted(form, with_times=True), **stored}
    coming = await offering.event_days(request, tending)
    zone = parts_of(request).town.timezone
    times, typed = forms.read_times(values, programme.minutes, coming, zone, now(request))
    if times:
        typed = await offering.asked_about(request, tending, typed, times, programme.minutes)
    if times is None or typed.errors:
        return await _programme_page(request, tending, programme, typed, 422, adds_times=True)
    try:
        await editing.add_times(programme, times, actor=tending.actor, now=now(request))
    except REFUSALS as exc:
        again = Form(values).refused_by(exc)
        page = _programme_page(request, tending, programme, again, exc.status, adds_times=True)
        return await form_again(page, exc)
    return _to_programme(request, tending, programme.id, "times")


async def set_stage(request: Request) -> Response:
    """Publish, pause or remove, by the button's name."""
    tending, programme = await _programme(request)
    chosen = str((await read_form(request, 5)).get("do", ""))
    if chosen not in VERBS:
        message = _("Please go back and use the buttons of the page.")
        raise BadInput(message, {"do": message})
    try:
        await VERBS[chosen](programme, actor=tending.actor, now=now(request))
    except REFUSALS as exc:
        again = _stored(programme).refused(**{WHOLE: exc.message})
        return await form_again(
            _programme_page(request, tending, programme, again, exc.status), exc
        )
    if chosen == "remove":
        return RedirectResponse(site_path(request, "hosts:programmes", tending), status_code=303)
    return _to_programme(request, tending, programme.id, chosen)


async def restore(request: Request) -> Response:
    tending = await guards.tended_site(request)
    programme_id = request.path_params["programme_id"]
    await editing.restore_programme(
        programme_id, tending.site.id, actor=tending.actor, now=now(request)
    )
    return _to_programme(request, tending, programme_id, "restored")


async def _programme(request: Request) -> tuple[Tending, Programme]:
    tending = await guards.tended_site(request)
    programme_id = request.path_params["programme_id"]
    return tending, await editing.programme_of_site(programme_id, tending.site.id)


async def _row(request: Request, tending: Tending, programme: Programme) -> dict[str, Any]:
    slots = await queries.coming_slots(programme, now=now(request))
    return {
        "programme": programme,
        "showing": editing.showing_of(programme, showing_of(tending.site)),
        "slots": len(slots),
        "first": slots[0].starts_at if slots else None,
        "capacity": sum(slot.capacity for slot in slots),
        "taken": sum(slot.seats_taken for slot in slots),
    }


def _english(form: Form) -> Translation:
    names = forms.labels().items()
    return Translation.english(form, {n: t for n, t in names if n + ENGLISH in OUTLINE_FIELDS})


async def _new_page(request: Request, tending: Tending, form: Form, status: int = 200) -> Response:
    return host_page(
        request,
        "host/new_programme.html",
        tending,
        status,
        tab="programmes",
        form=form,
        publish_label=PUBLISH[showing_of(tending.site)],
        unfolded=Unfolded.of(form),
        english=_english(form),
        days=DayChoices.of(form, await offering.event_days(request, tending), local_date(request)),
        earlier=await editing.programmes_of_site(tending.site.id),
        spoken=language_options(),
        today=local_date(request),
    )


async def _programme_page(
    request: Request,
    tending: Tending,
    programme: Programme,
    form: Form,
    status: int = 200,
    *,
    others: Any = (),
    version: str = "",
    adds_times: bool = False,
) -> Response:
    fresh = await editing.programme_of_site(programme.id, tending.site.id)
    place = showing_of(tending.site)
    showing = editing.showing_of(fresh, place)
    usual = await offering.usual(request, tending, fresh.minutes)
    usual |= await queries.usual_seats(fresh)
    shown = Form({**usual, **form.values}, form.errors)
    return host_page(
        request,
        "host/programme.html",
        tending,
        status,
        tab="programmes",
        programme=fresh,
        form=shown,
        unfolded=Unfolded.of(shown),
        english=_english(shown),
        version=version or str(await Version.of(fresh, SUBJECT)),
        adds_times=adds_times,
        others=others,
        labels=forms.labels(),
        slots=await queries.coming_slots(programme, now=now(request)),
        showing=showing,
        publish_label=PUBLISH[place],
        days=DayChoices.of(shown, await offering.event_days(request, tending), local_date(request)),
        spoken=language_options(),
        today=local_date(request),
        said=said(request.query_params.get("done", ""), showing),
    )


def _to_programme(request: Request, tending: Tending, programme_id: int, done: str) -> Response:
    path = site_path(request, "hosts:programme", tending, programme_id=programme_id)
    return RedirectResponse(f"{path}?done={done}", status_code=303)
