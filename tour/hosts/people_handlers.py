"""Who tends the site: inviting by mail or by a printed letter, and leaving."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.errors import NameNeeded, NotYours
from tour.accounts.guards import Tending
from tour.accounts.inviting import (
    NO_SAMPLE_MAIL,
    inviting_form,
    mail,
    mailing_form,
    office_of,
    sends_no_mail,
    writer,
)
from tour.accounts.people import invitations, people, queries
from tour.accounts.people.introduction import introduce
from tour.accounts.people.invitations import Offer
from tour.accounts.roles import Permission
from tour.errors import REFUSALS
from tour.hosts.frame import host_page, site_path
from tour.limits.counting import Limit, limits
from tour.web import lang, now, parts_of, private
from tour.web.forms import Form, form_again, read_form
from tour.web.qr import qr_svg

INVITATIONS = Limit(20, 3600)
"""By one host, to whomever; how many one mail box gets is counted with the invitation itself."""


async def people_page(request: Request) -> Response:
    return await _page(request, await _tending(request), Form({}))


async def invite(request: Request) -> Response:
    """By mail, or by a letter to print when the button says so."""
    tending = await _tending(request)
    form = await read_form(request, 6)
    by_letter = form.get("do") == "letter"
    if by_letter:
        typed = inviting_form(form, tending.who)
        typed = Form({"email": str(form.get("email", "")), **typed.values}, typed.errors)
    else:
        typed = mailing_form(request, form, tending.who)
    try:
        await limits(request).hit((INVITATIONS, f"invite:{tending.who.account.id}"))
        typed.check()
        return await (_letter if by_letter else _mail)(request, tending, typed)
    except REFUSALS as exc:
        return await form_again(_page(request, tending, typed.refused_by(exc), exc.status), exc)


async def invite_again(request: Request) -> Response:
    """The same once more, under the name of who sends it now; the one before lets nobody in."""
    tending = await _tending(request)
    before = await invitations.sent_again(request.path_params["invitation_id"], tending.site.id)
    typed = Form({"email": before.email, "note": before.note})
    try:
        await limits(request).hit((INVITATIONS, f"invite:{tending.who.account.id}"))
        if not tending.who.account.name:
            raise NameNeeded
        if before.email and sends_no_mail(request, tending.who):
            typed.refused(email=NO_SAMPLE_MAIL).check()
        if before.email:
            return await _mail(request, tending, typed)
        await invitations.revoke(before.id, tending.site.id, actor=tending.actor, now=now(request))
        return await _letter(request, tending, typed)
    except REFUSALS as exc:
        return await form_again(_page(request, tending, typed.refused_by(exc), exc.status), exc)


def _offer(request: Request, tending: Tending, typed: Form) -> Offer:
    office = office_of(request, tending.who)
    return Offer(site=tending.site, office=office, note=typed.value("note"))


async def _letter(request: Request, tending: Tending, typed: Form) -> Response:
    actor = await writer(request, tending.who, typed)
    offer = _offer(request, tending, typed)
    token = await invitations.invite_by_letter(offer, actor=actor, now=now(request))
    path = site_path(request, "hosts:letter", tending, token=token)
    return RedirectResponse(path, status_code=303)


async def _mail(request: Request, tending: Tending, typed: Form) -> Response:
    actor = await writer(request, tending.who, typed)
    await mail(request, _offer(request, tending, typed), typed.value("email"), actor)
    return _to_people(request, tending, "?done=1")


async def letter(request: Request) -> Response:
    """A page to print and hand over. The link is in the address only: it is kept nowhere."""
    tending = await _tending(request)
    token = request.path_params["token"]
    invitation = await invitations.usable(token, now=now(request))
    if invitation.site is None or invitation.site.id != tending.site.id:
        raise NotYours
    path = str(request.app.url_path_for("accounts:invitation", token=token))
    url = parts_of(request).settings.base_url + path
    page = host_page(
        request,
        "host/letter.html",
        tending,
        tab="profile",
        said=await introduce(
            invitation,
            lang=lang(request),
            timezone=parts_of(request).town.timezone.key,
            now=now(request),
        ),
        code=token,
        typed_at=parts_of(request).settings.base_url + request.app.url_path_for("accounts:letter"),
        qr=qr_svg(url),
    )
    return private(page)


async def revoke(request: Request) -> Response:
    tending = await _tending(request)
    await invitations.revoke(
        request.path_params["invitation_id"],
        tending.site.id,
        actor=tending.actor,
        now=now(request),
    )
    return _to_people(request, tending)


async def leave(request: Request) -> Response:
    """Stop tending this site; others of the site, or the staff, can invite again."""
    tending = await _tending(request)
    await people.leave_site(
        tending.who.account, tending.site.id, actor=tending.actor, now=now(request)
    )
    return RedirectResponse(request.app.url_path_for("accounts:console"), status_code=303)


async def _tending(request: Request) -> Tending:
    """Who is let in here sees the visitors, so an editor of any place invites nobody, not even
    themselves."""
    return await guards.tended_with(request, Permission.INVITE)


async def _page(request: Request, tending: Tending, form: Form, status: int = 200) -> Response:
    members = await queries.members_of(tending.site.id)
    return host_page(
        request,
        "host/people.html",
        tending,
        status,
        tab="profile",
        form=form,
        members=[(member, member.id == tending.who.account.id) for member in members],
        is_member=tending.is_member,
        asks_name=not tending.who.account.name,
        waiting=await invitations.open_invitations(tending.site.id, now=now(request)),
        done=request.query_params.get("done"),
    )


def _to_people(request: Request, tending: Tending, query: str = "") -> Response:
    return RedirectResponse(site_path(request, "hosts:people", tending) + query, status_code=303)
