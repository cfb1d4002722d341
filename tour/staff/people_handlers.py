"""People: who has which role, inviting, changing a role, signing somebody out everywhere."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.errors import NotYours
from tour.accounts.forms import asking_email_form
from tour.accounts.guards import SignedIn
from tour.accounts.models import Account, AccountSession, Invitation, Membership
from tour.accounts.people import invitations, people
from tour.accounts.people.invitations import Offer
from tour.accounts.roles import Permission, Role
from tour.errors import REFUSALS, BadInput, Conflict, NotFound
from tour.i18n import lazy as _
from tour.sites.models import Site
from tour.staff.frame import back_to, staff_page
from tour.staff.log.labels import ROLES
from tour.web import lang, now, parts_of
from tour.web.forms import Form, form_again, read_form, texts

LONGEST_SLUG = 80


@dataclass(frozen=True, slots=True)
class PersonLine:
    id: int
    name: str
    email: str
    role: str
    role_label: str
    sites: tuple[tuple[int, str], ...]
    """(number, name) of each place that they look after."""
    sessions: int
    is_me: bool
    is_managed: bool
    """By who reads."""

    @property
    def may_change_role(self) -> bool:
        """Nobody gives another role to themselves."""
        return self.is_managed and not self.is_me

    @property
    def may_sign_out(self) -> bool:
        return self.is_managed and self.sessions > 0


async def people_page(request: Request) -> Response:
    who = await guards.require(request, Permission.INVITE)
    return await _page(request, who, Form({"site": request.query_params.get("site", "")}))


async def invite(request: Request) -> Response:
    """By mail, to a site as its host, or to the staff with a role.

    Only who manages people may invite to the staff: a role is not given by those who lack it.
    """
    who = await guards.require(request, Permission.INVITE)
    form = await read_form(request, 10)
    asked = asking_email_form(form)
    typed = Form({**asked.values, **texts(form, ("role", "site"))}, asked.errors)
    offer = await _offer(str(form.get("role", "")), str(form.get("site", "")))
    if not _may_give(who, offer.role):
        raise NotYours
    if offer.role == Role.HOST and offer.site is None:
        typed = typed.refused(site=_("Choose the place that this host looks after."))
    if who.account.is_sample and parts_of(request).settings.smtp_url:
        typed = typed.refused(email=_("Sample accounts send no mail."))
    try:
        typed.check()
        await invitations.invite_by_mail(
            offer,
            typed.value("email"),
            lang=lang(request),
            timezone=parts_of(request).town.timezone.key,
            actor=who.actor,
            seal=parts_of(request).seal,
            now=now(request),
        )
    except REFUSALS as exc:
        return await form_again(_page(request, who, typed.refused_by(exc), exc.status), exc)
    return back_to(request, "staff:people")


async def revoke(request: Request) -> Response:
    who = await guards.require(request, Permission.INVITE)
    found = await Invitation.get_or_none(id=request.path_params["invitation_id"])
    if found is None:
        raise NotFound(_("There is no such invitation."))
    if not _may_give(who, found.role):
        raise NotYours
    site_id: int | None = found.site_id
    await invitations.revoke(found.id, site_id, actor=who.actor, now=now(request))
    return back_to(request, "staff:people")


async def change_role(request: Request) -> Response:
    """Nobody changes their own: the last administrator would lock everybody out."""
    who = await guards.require(request, Permission.MANAGE_PEOPLE)
    account = await _account(request)
    role = str((await read_form(request, 5)).get("role", ""))
    name = role_field(account.id)
    try:
        if role not in list(Role):
            hint = _("Choose a role.")
            raise BadInput(hint, {name: hint})
        if account.id == who.account.id:
            raise Conflict(_("Nobody changes their own role. Ask another administrator."))
        await invitations.change_role(account.id, Role(role), actor=who.actor, now=now(request))
    except REFUSALS as exc:
        again = Form({name: role}).refused_by(exc)
        return await form_again(_page(request, who, again, exc.status), exc)
    return back_to(request, "staff:people")


async def end_sessions(request: Request) -> Response:
    who = await guards.require(request, Permission.MANAGE_PEOPLE)
    account = await _account(request)
    await people.end_sessions(account.id, actor=who.actor, now=now(request))
    return back_to(request, "staff:people")


async def remove_from_site(request: Request) -> Response:
    """Somebody no longer looks after a place, from their next click. Inviting again undoes it."""
    who = await guards.require(request, Permission.MANAGE_PEOPLE)
    account = await _account(request)
    site_id = request.path_params["site_id"]
    if not await Membership.filter(account=account, site_id=site_id).exists():
        raise NotFound(_("This person does not look after this place."))
    await invitations.remove_from_site(account, site_id, actor=who.actor, now=now(request))
    return back_to(request, "staff:people")


def role_field(account_id: int) -> str:
    """Of one person's role, in a page of many."""
    return f"role-{account_id}"


def _may_give(who: SignedIn, role: Role) -> bool:
    """A role is given, and its invitation taken back, by those who manage people; a host's by all
    who may invite."""
    return role == Role.HOST or who.may(Permission.MANAGE_PEOPLE)


async def _offer(role: str, slug: str) -> Offer:
    chosen = Role(role) if role in list(Role) else Role.HOST
    site = await Site.get_or_none(slug=slug[:LONGEST_SLUG]) if chosen == Role.HOST else None
    return Offer(chosen, site)


async def _account(request: Request) -> Account:
    account = await Account.get_or_none(id=request.path_params["account_id"])
    if account is None:
        raise NotFound(_("There is no such account."))
    return account


async def _page(request: Request, who: SignedIn, form: Form, status: int = 200) -> Response:
    waiting = Invitation.filter(accepted_at=None, revoked_at=None, expires_at__gt=now(request))
    lines = await _lines(request, who)
    roles = {role_field(line.id): line.role for line in lines}
    return staff_page(
        request,
        "staff/people.html",
        who,
        status,
        section="people",
        people=lines,
        roles=[(role.value, str(label)) for role, label in ROLES.items()],
        invited_as=[(role.value, str(ROLES[role])) for role in ROLES if _may_give(who, role)],
        waiting=[
            (invitation, ROLES[invitation.role], _may_give(who, invitation.role))
            for invitation in await waiting.order_by("-id").select_related("site")
        ],
        sites=await Site.all().order_by("name_kana", "id").values_list("slug", "name"),
        form=Form({**roles, **form.values}, form.errors),
    )


async def _lines(request: Request, who: SignedIn) -> list[PersonLine]:
    sites: dict[int, list[tuple[int, str]]] = {}
    for member in await Membership.all().order_by("id").select_related("site", "account"):
        sites.setdefault(member.account.id, []).append((member.site.id, member.site.name))
    live = AccountSession.filter(ended_at=None, expires_at__gt=now(request))
    ids: list[Any] = list(await live.values_list("account_id", flat=True))
    sessions = Counter(ids)
    return [
        PersonLine(
            account.id,
            account.name,
            account.email,
            account.role.value,
            str(ROLES[account.role]),
            tuple(sites.get(account.id, ())),
            sessions[account.id],
            account.id == who.account.id,
            who.may(Permission.MANAGE_PEOPLE),
        )
        for account in await Account.all().order_by("-role", "name", "id")
    ]
