"""Who may: the one place where pages ask. Each guard answers with what it found, or raises."""

from collections.abc import Collection
from dataclasses import dataclass

from starlette.requests import Request

from tour.accounts.errors import NotYours, SignInNeeded
from tour.accounts.models import Account, Membership
from tour.accounts.roles import Permission, may
from tour.accounts.signing_in import sessions
from tour.accounts.signing_in.cookies import session_token
from tour.audit.service import Actor
from tour.sites.models import Site
from tour.web import now


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who sends this request. The account is read anew each time: a changed role holds at once."""

    account: Account
    session_id: int

    @property
    def actor(self) -> Actor:
        return Actor(self.account.id, self.account.name)

    def may(self, permission: Permission) -> bool:
        return may(self.account.role, permission)


@dataclass(frozen=True, slots=True)
class Tending:
    """Somebody at a site whose texts they may tend; `is_member`: it is their own.

    What reaches people (its visitors, who else tends it) is for members, and for those whose role
    has the permission for any site.
    """

    who: SignedIn
    site: Site
    is_member: bool

    @property
    def sees_parties(self) -> bool:
        return self.may(Permission.SEE_PARTIES)

    def may(self, permission: Permission) -> bool:
        return self.is_member or self.who.may(permission)

    @property
    def actor(self) -> Actor:
        return self.who.actor


async def visitor_account(request: Request) -> SignedIn | None:
    """Who is signed in, or None."""
    token = session_token(request)
    session = await sessions.by_token(token, now=now(request)) if token else None
    return SignedIn(session.account, session.id) if session else None


async def signed_in(request: Request) -> SignedIn:
    """Who is signed in; raises SignInNeeded."""
    found = await visitor_account(request)
    if found is None:
        raise SignInNeeded
    return found


async def require(request: Request, permission: Permission) -> SignedIn:
    """Somebody who may do this; raises SignInNeeded or NotYours."""
    who = await signed_in(request)
    if not who.may(permission):
        raise NotYours
    return who


async def tended_site(request: Request) -> Tending:
    """The site of the address (`slug`) and who tends it; raises SignInNeeded or NotYours.

    A site that does not exist and one that is somebody else's answer alike.
    """
    who = await signed_in(request)
    site = await Site.get_or_none(slug=request.path_params["slug"])
    if site is None:
        raise NotYours
    is_member = await Membership.filter(account=who.account, site=site).exists()
    if not is_member and not who.may(Permission.TEND_ANY_SITE):
        raise NotYours
    return Tending(who, site, is_member)


async def tends_one_of(request: Request, site_ids: Collection[int]) -> bool:
    """Whether whoever asks may tend one of these sites."""
    who = await visitor_account(request)
    if who is None or who.may(Permission.TEND_ANY_SITE):
        return who is not None
    return await Membership.exists(account=who.account, site_id__in=list(site_ids))


async def tended_with(request: Request, permission: Permission) -> Tending:
    """As `tended_site`, for its members and those who have this permission for any site."""
    tending = await tended_site(request)
    if not tending.may(permission):
        raise NotYours
    return tending


async def door(request: Request) -> Tending:
    """As `tended_site`, for pages that show who comes."""
    return await tended_with(request, Permission.SEE_PARTIES)
