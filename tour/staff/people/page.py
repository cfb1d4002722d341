"""The page of people: each with role and places, and the invitations that are still open."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tour.accounts.guards import SignedIn
from tour.accounts.models import Account, AccountSession, Invitation, Membership
from tour.accounts.roles import ROLES, Permission, Role
from tour.i18n import translate, translate_plural
from tour.sites.models import Site
from tour.staff.frame import staff_page
from tour.web import now
from tour.web.forms import Form
from tour.words.typed import number_in


@dataclass(frozen=True, slots=True)
class PersonLine:
    id: int
    name: str
    """"" where they have not said it."""
    email: str
    """"" where they have no mail box: then they are told by `phone`."""
    phone: str
    role: str
    role_label: str
    sites: tuple[tuple[int, str], ...]
    """(number, name) of each place that they look after."""
    sessions: int
    is_me: bool
    is_managed: bool
    """By who reads."""
    gets_letters: bool
    """Who reads may print them a letter to sign in with."""

    @property
    def called(self) -> str:
        """What buttons call them."""
        return self.name or self.email or self.phone

    @property
    def may_change_role(self) -> bool:
        """Nobody gives another role to themselves."""
        return self.is_managed and not self.is_me

    @property
    def may_sign_out(self) -> bool:
        return self.is_managed and self.sessions > 0


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """`is_mine`: the reader may take it back and send it again."""

    id: int
    email: str
    """"" of a printed letter."""
    role_label: str
    site: str
    invited_by: str
    expires_at: datetime
    is_mine: bool


LINE = "line-"
"""Begins the name of a line of a pasted list, where something is wrong with it."""


def role_field(account_id: int) -> str:
    """Of one person's role, in a page of many."""
    return f"role-{account_id}"


def may_give(who: SignedIn, role: Role) -> bool:
    """A role is given, and its invitation taken back, by those who manage people; a host's by all
    who may invite."""
    return role == Role.HOST or who.may(Permission.MANAGE_PEOPLE)


def called(account: Account) -> str:
    """A name, or what else tells people apart; never a part of an address."""
    return str(account.name or account.address or account.phone)


def may_print_for(who: SignedIn, account: Account) -> bool:
    """A letter signs in as who it is for, so it is printed by who could give that role; and for who
    has a mail box a link goes there."""
    return not account.address and not account.ended_at and may_give(who, account.role)


async def people_response(
    request: Request, who: SignedIn, form: Form, status: int = 200
) -> Response:
    lines = await _lines(request, who)
    roles = {role_field(line.id): line.role for line in lines}
    return staff_page(
        request,
        "staff/people.html",
        who,
        status,
        section="people",
        people=lines,
        left=await Account.filter(ended_at__not_isnull=True).order_by("-ended_at"),
        roles=[(role.value, str(label)) for role, label in ROLES.items()],
        invited_as=[(role.value, str(ROLES[role])) for role in ROLES if may_give(who, role)],
        waiting=await _waiting(request, who),
        asks_name=not who.account.name,
        sites=await Site.all().order_by("name_kana", "id").values_list("slug", "name"),
        form=Form({**roles, **form.values}, form.errors),
        told=_told(request.query_params.get("done", "")),
        lines_wrong=[(name, said) for name, said in form.errors.items() if name.startswith(LINE)],
    )


def _told(done: str) -> str:
    """What became of the form before, as its reader is told."""
    what, _dash, number = done.partition("-")
    if what == "invited" and (many := number_in(number)):
        return translate_plural(
            "%(num)d invitation is on its way.", "%(num)d invitations are on their way.", many
        )
    if what == "invited":
        return translate("The invitation is on its way.")
    return translate("Saved.") if done else ""


async def _waiting(request: Request, who: SignedIn) -> list[InvitationLine]:
    still = Invitation.filter(accepted_at=None, revoked_at=None, expires_at__gt=now(request))
    return [
        InvitationLine(
            one.id,
            one.email,
            str(ROLES[one.role]),
            one.site.name if one.site else "",
            one.invited_by,
            one.expires_at,
            may_give(who, one.role),
        )
        for one in await still.order_by("-id").select_related("site")
    ]


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
            account.address,
            account.phone,
            account.role.value,
            str(ROLES[account.role]),
            tuple(sites.get(account.id, ())),
            sessions[account.id],
            account.id == who.account.id,
            who.may(Permission.MANAGE_PEOPLE),
            may_print_for(who, account),
        )
        for account in await Account.filter(ended_at=None).order_by("-role", "name", "id")
    ]
