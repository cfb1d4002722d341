"""Today, places, approvals and the log of changes."""

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.guards import SignedIn
from tour.accounts.roles import Permission
from tour.audit import queries as audit
from tour.changes import Part, together
from tour.errors import REFUSALS, NotFound
from tour.i18n import lazy as _
from tour.notifications import queries as notifications
from tour.reservations.changes import call_offs, events
from tour.reservations.waitlist.queue import publish_site
from tour.sites.choices import kind_options
from tour.sites.editing.publication import withdraw_site
from tour.sites.models import Site
from tour.staff import queries, today, undoing
from tour.staff.events.impact import Shrinking, shrunk
from tour.staff.frame import back_to, staff_page
from tour.staff.log import approvals, part_words
from tour.staff.log.labels import action_label
from tour.staff.log.values import in_words
from tour.web import now, parts_of
from tour.web.forms import WHOLE, Form, Reading, form_again, read_form
from tour.words.typed import number_in

SITES_ON_A_PAGE = 60
LONGEST_COMMENT = 500


async def today_page(request: Request) -> Response:
    who = await guards.require(request, Permission.SEE_STAFF_CONSOLE)
    at = now(request)
    return staff_page(
        request,
        "staff/today.html",
        who,
        section="today",
        today=today.grouped(await today.matters(parts_of(request).town.timezone, at)),
        events=[e for e in await queries.event_lines() if e.ends_on >= at.date()],
        queue=await notifications.queue_state(at),
    )


async def sites_page(request: Request) -> Response:
    return await _sites_page(
        request, await guards.require(request, Permission.TEND_ANY_SITE), Form({})
    )


async def _sites_page(request: Request, who: SignedIn, form: Form, status: int = 200) -> Response:
    query, show = request.query_params.get("q", ""), request.query_params.get("show", "")
    lines = await queries.site_lines(now(request), query[:100], show)
    number = number_in(request.query_params.get("page"), 4) or 1
    first = (max(1, number) - 1) * SITES_ON_A_PAGE
    pages = -(-len(lines) // SITES_ON_A_PAGE)
    return staff_page(
        request,
        "staff/sites.html",
        who,
        status,
        section="sites",
        form=form,
        undoable=await call_offs.last_of_a_site(now=now(request)),
        sites=lines[first : first + SITES_ON_A_PAGE],
        total=len(lines),
        page=number,
        pages=pages,
        earlier=number - 1 if pages > 1 else 0,
        later=number + 1 if number < pages else 0,
        kinds=dict(kind_options()),
        query=query,
        show=show,
    )


async def set_site_visibility(request: Request) -> Response:
    who = await guards.require(request, Permission.PUBLISH)
    site = await _site(request)
    form = await read_form(request, 5)
    if form.get("do") == "publish":
        await publish_site(site.id, actor=who.actor, now=now(request))
        return back_to(request, "staff:sites")

    async def make(part: Part) -> None:
        await withdraw_site(site.id, actor=who.actor, now=part.now)

    ends = partial(events.of_site, site.id, now=now(request))
    what = _("Withdraw %(place)s?", place=site.name)
    change = Shrinking(what, _("Withdraw this place"), site, ends, make, [site.id])
    page = await shrunk(request, who, form, change)
    return page or back_to(request, "staff:sites")


async def undo_site(request: Request) -> Response:
    """Call back what withdrew a place and its sessions, while nobody has been told."""
    who = await guards.require(request, Permission.CHANGE_RESERVATIONS)
    site = await _site(request)
    try:
        await call_offs.undo(site_id=site.id, actor=who.actor, now=now(request))
    except REFUSALS as exc:
        page = _sites_page(request, who, Form({}).refused(**{WHOLE: exc.message}), exc.status)
        return await form_again(page, exc)
    return back_to(request, "staff:sites", done="undone")


async def approvals_page(request: Request) -> Response:
    return await _approvals_page(
        request, await guards.require(request, Permission.APPROVE), Form({})
    )


async def _approvals_page(
    request: Request, who: SignedIn, form: Form, status: int = 200
) -> Response:
    drafts = await queries.site_lines(now(request), show="waits")
    return staff_page(
        request,
        "staff/approvals.html",
        who,
        status,
        section="approvals",
        form=form,
        waiting=await approvals.waiting(),
        drafts=drafts,
        kinds=dict(kind_options()),
    )


async def review(request: Request) -> Response:
    """Approve what a site's hosts changed, or return it with a comment."""
    who = await guards.require(request, Permission.APPROVE)
    site = await _site(request)
    form = await read_form(request, 10)
    upto = number_in(form.get("upto"), 14) or 0
    name = f"comment-{site.id}"
    read = Reading(
        {name: str(form.get("comment", "")), f"hide-{site.id}": str(form.get("hide", ""))}
    )
    comment = read.text(name, LONGEST_COMMENT)
    common: dict[str, Any] = {"actor": who.actor, "now": now(request)}
    try:
        if form.get("do") == "approve":
            await approvals.approve(site.id, upto, **common)
            return back_to(request, "staff:approvals")
        read.typed.check()
        async with together(now=now(request)):
            await approvals.return_to_hosts(site.id, upto, comment, **common)
            if form.get("hide"):
                await withdraw_site(site.id, **common)
    except REFUSALS as exc:
        page = _approvals_page(request, who, read.typed.refused_by(exc), exc.status)
        return await form_again(page, exc)
    return back_to(request, "staff:approvals")


async def log_page(request: Request) -> Response:
    return await _log_page(request, await guards.require(request, Permission.READ_AUDIT), Form({}))


async def undo_change(request: Request) -> Response:
    """Take one line of the log back."""
    who = await guards.require(request, Permission.READ_AUDIT)
    entry_id = request.path_params["entry_id"]
    try:
        await guards.require(request, await undoing.permission_for(entry_id))
        zone = parts_of(request).town.timezone
        await undoing.undo(entry_id, actor=who.actor, now=now(request), zone=zone)
    except REFUSALS as exc:
        refused = Form({}).refused(**{WHOLE: exc.message})
        return await form_again(_log_page(request, who, refused, exc.status), exc)
    return back_to(request, "staff:log", done="undone")


async def _log_page(request: Request, who: SignedIn, form: Form, status: int = 200) -> Response:
    before_id = number_in(request.query_params.get("before"), 14)
    entries = await audit.entries(before_id=before_id)
    in_events = (part_words.site_of(field) for e in entries for field in e.after)
    names = await queries.site_names([*(e.site_id for e in entries), *in_events])
    zone = parts_of(request).town.timezone
    undos = await undoing.undoing(entries)
    return staff_page(
        request,
        "staff/log.html",
        who,
        status,
        section="log",
        form=form,
        entries=[
            (
                e,
                names.get(e.site_id or 0, ""),
                in_words(e.before, names, zone, e.subject),
                in_words(e.after, names, zone, e.subject),
                undos[e.id],
            )
            for e in entries
        ],
        action=action_label,
        next_before=entries[-1].id if len(entries) == audit.PAGE else None,
    )


async def _site(request: Request) -> Site:
    site = await Site.get_or_none(id=request.path_params["site_id"])
    if site is None:
        raise NotFound(_("There is no such place. It may have been withdrawn."))
    return site
