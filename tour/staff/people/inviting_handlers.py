"""Inviting hosts and staff: one by mail, a whole list, the same again, and taking back."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.errors import NameNeeded, NotYours
from tour.accounts.guards import SignedIn
from tour.accounts.inviting import (
    NO_SAMPLE_MAIL,
    inviting_form,
    mail,
    mailing_form,
    office_of,
    sends_no_mail,
    writer,
)
from tour.accounts.models import Invitation
from tour.accounts.people import invitations
from tour.accounts.people.invitations import Offer
from tour.accounts.roles import Permission, Role
from tour.audit.service import Actor
from tour.db import transaction
from tour.errors import REFUSALS, Conflict, NotFound, TooManyRequests
from tour.i18n import lazy as _
from tour.limits.counting import Limit, limits
from tour.sites.models import Site
from tour.staff.frame import back_to
from tour.staff.people.lists import ListLine, about_line, read_list
from tour.staff.people.page import may_give, people_response
from tour.web import now
from tour.web.forms import Form, form_again, read_form, texts

LONGEST_SLUG = 80
LONGEST_LIST = 20_000
LISTS = Limit(20, 3600)
"""Of one member of staff; how many letters one mail box gets is counted with the invitation."""


async def invite(request: Request) -> Response:
    """By mail, to a site as its host, or to the staff with a role.

    Only who manages people may invite to the staff: a role is not given by those who lack it.
    """
    who = await guards.require(request, Permission.INVITE)
    form = await read_form(request, 10)
    asked = mailing_form(request, form, who)
    typed = Form({**asked.values, **texts(form, ("role", "site"))}, asked.errors)
    role, site = await _chosen(typed)
    if not may_give(who, role):
        raise NotYours
    if role == Role.HOST and site is None:
        typed = typed.refused(site=_("Choose the place that this host looks after."))
    try:
        typed.check()
        actor = await writer(request, who, typed)
        offer = Offer(role, site, office_of(request, who), typed.value("note"))
        await mail(request, offer, typed.value("email"), actor)
    except REFUSALS as exc:
        return await form_again(
            people_response(request, who, typed.refused_by(exc), exc.status), exc
        )
    return back_to(request, "staff:people", done="invited")


async def invite_several(request: Request) -> Response:
    """Every line of a pasted list, or none."""
    who = await guards.require(request, Permission.INVITE)
    form = await read_form(request, 10, longest=LONGEST_LIST)
    rest = inviting_form(form, who)
    lines, read = read_list(str(form.get("list", "")), await Site.all())
    typed = Form({**rest.values, **read.values, "several": "1"}, {**rest.errors, **read.errors})
    if sends_no_mail(request, who):
        typed = typed.refused(list=NO_SAMPLE_MAIL)
    try:
        await limits(request).hit((LISTS, f"invite-list:{who.account.id}"))
        typed.check()
        await _write_to_each(request, who, typed, lines)
    except REFUSALS as exc:
        return await form_again(
            people_response(request, who, typed.refused_by(exc), exc.status), exc
        )
    return back_to(request, "staff:people", done=f"invited-{len(lines)}")


async def invite_again(request: Request) -> Response:
    """The same once more, under the name of who sends it now; the one before lets nobody in."""
    who = await guards.require(request, Permission.INVITE)
    before = await _open(request, who)
    typed = Form({})
    try:
        if not who.account.name:
            raise NameNeeded
        offer = Offer(before.role, before.site, office_of(request, who), before.note)
        if not before.email:
            return await _print_again(request, before, offer, who.actor)
        if sends_no_mail(request, who):
            raise Conflict(NO_SAMPLE_MAIL)
        await mail(request, offer, str(before.email), who.actor)
    except REFUSALS as exc:
        again = typed.refused(form=exc.message)
        return await form_again(people_response(request, who, again, exc.status), exc)
    return back_to(request, "staff:people", done="invited")


async def revoke(request: Request) -> Response:
    who = await guards.require(request, Permission.INVITE)
    found = await Invitation.get_or_none(id=request.path_params["invitation_id"])
    if found is None:
        raise NotFound(_("There is no such invitation."))
    if not may_give(who, found.role):
        raise NotYours
    site_id: int | None = found.site_id
    await invitations.revoke(found.id, site_id, actor=who.actor, now=now(request))
    return back_to(request, "staff:people")


async def _write_to_each(
    request: Request, who: SignedIn, typed: Form, lines: list[ListLine]
) -> None:
    """All of them in one transaction; one that cannot be written to takes the others back, and is
    said at its line."""
    async with transaction():
        actor = await writer(request, who, typed)
        for line in lines:
            offer = Offer(Role.HOST, line.site, office_of(request, who), typed.value("note"))
            try:
                await mail(request, offer, line.email, actor)
            except (Conflict, TooManyRequests) as exc:
                said = about_line(line.number, exc.message)
                typed.refused(**{line.field: said}).check()


async def _print_again(
    request: Request, before: Invitation, offer: Offer, actor: Actor
) -> Response:
    """A new printed letter instead of one that is lost."""
    if before.site is None:
        raise Conflict(_("This letter cannot be printed again. Write a new invitation."))
    async with transaction():
        await invitations.revoke(before.id, before.site.id, actor=actor, now=now(request))
        token = await invitations.invite_by_letter(offer, actor=actor, now=now(request))
    path = request.app.url_path_for("hosts:letter", slug=before.site.slug, token=token)
    return RedirectResponse(path, status_code=303)


async def _open(request: Request, who: SignedIn) -> Invitation:
    found = await Invitation.get_or_none(id=request.path_params["invitation_id"])
    if found is None:
        raise NotFound(_("There is no such invitation."))
    if not may_give(who, found.role):
        raise NotYours
    site_id: int | None = found.site_id
    return await invitations.sent_again(found.id, site_id)


async def _chosen(typed: Form) -> tuple[Role, Site | None]:
    wanted = typed.value("role")
    role = Role(wanted) if wanted in list(Role) else Role.HOST
    slug = typed.value("site")[:LONGEST_SLUG]
    return role, await Site.get_or_none(slug=slug) if role == Role.HOST else None
