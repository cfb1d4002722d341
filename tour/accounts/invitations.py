"""Inviting people by mail or by a printed letter, and joining with what they were given."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tour.accounts import mailing, people
from tour.accounts.errors import InvitationUnusable, LinkUnusable
from tour.accounts.models import Account, Invitation
from tour.accounts.roles import Role
from tour.accounts.tokens import new_token, token_hash
from tour.audit.service import Actor, Subject, note
from tour.db import transaction
from tour.notifications import service as notifications
from tour.sites.models import Site

LASTS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered: to tend `site` as a host, or a `role` among the staff."""

    role: Role = Role.HOST
    site: Site | None = None


@dataclass(frozen=True, slots=True)
class Joiner:
    email: str
    name: str
    lang: str
    timezone: str


async def invite_by_mail(
    offer: Offer, email: str, *, lang: str, timezone: str, actor: Actor, now: datetime
) -> Invitation:
    """Write an invitation and its mail in one transaction."""
    async with transaction():
        recipient = await notifications.new_recipient(lang=lang, timezone=timezone, email=email)
        made, token = await _write(offer, actor, now, email=email, recipient_id=recipient.id)
        await mailing.send_invitation(
            recipient.id,
            offer.site.name if offer.site else "",
            f"/invitations/{token}",
            expires_at=made.expires_at,
            now=now,
        )
    return made


async def invite_by_letter(offer: Offer, *, actor: Actor, now: datetime) -> str:
    """Write an invitation to be printed; returns its token, which is not kept anywhere."""
    async with transaction():
        _made, token = await _write(offer, actor, now)
    return token


async def usable(token: str, *, now: datetime) -> Invitation:
    """The invitation that this link is, with its site; raises InvitationUnusable."""
    found = await Invitation.get_or_none(
        token_hash=token_hash(token), accepted_at=None, revoked_at=None, expires_at__gt=now
    ).select_related("site")
    if found is None:
        raise InvitationUnusable
    return found


async def open_invitations(site_id: int | None, *, now: datetime) -> list[Invitation]:
    """Those of a site, or of the staff (None), that nobody has taken up yet."""
    waiting = Invitation.filter(site_id=site_id, accepted_at=None, revoked_at=None)
    return await waiting.filter(expires_at__gt=now).order_by("-id")


async def join(invitation: Invitation, joiner: Joiner, *, now: datetime) -> Account:
    """Take an invitation up, once, in the caller's transaction; raises LinkUnusable.

    Staff who are invited to a site stay staff; a host who is invited to the staff becomes staff.
    """
    waiting = Invitation.filter(
        id=invitation.id, accepted_at=None, revoked_at=None, expires_at__gt=now
    )
    if not await waiting.update(accepted_at=now):
        raise LinkUnusable
    inviter = Actor(None, str(invitation.invited_by))
    account = await people.add_account(
        joiner.email,
        role=invitation.role,
        lang=joiner.lang,
        timezone=joiner.timezone,
        name=joiner.name,
        actor=inviter,
        now=now,
    )
    await _admit(invitation, account, inviter, now)
    if invitation.recipient_id:  # type: ignore[attr-defined]
        await notifications.erase([invitation.recipient_id])  # type: ignore[attr-defined]
    return account


async def revoke(invitation_id: int, site_id: int | None, *, actor: Actor, now: datetime) -> None:
    """Take an invitation back, mail included where it has not left."""
    async with transaction():
        waiting = Invitation.filter(id=invitation_id, site_id=site_id, accepted_at=None)
        for one in await waiting.filter(revoked_at=None):
            await Invitation.filter(id=one.id).update(revoked_at=now)
            if one.recipient_id:  # type: ignore[attr-defined]
                await notifications.erase([one.recipient_id])  # type: ignore[attr-defined]
            subject = Subject("invitation", one.id, site_id)
            await note(
                actor, "invitation.revoke", subject, before={}, after={"revoked": True}, now=now
            )


async def _admit(invitation: Invitation, account: Account, inviter: Actor, now: datetime) -> None:
    if invitation.site_id is not None:  # type: ignore[attr-defined]
        await people.join_site(account, invitation.site_id, actor=inviter, now=now)  # type: ignore[attr-defined]
    if account.role == Role.HOST and invitation.role != Role.HOST:
        await Account.filter(id=account.id).update(role=invitation.role)
        subject = Subject("account", account.id)
        before, after = {"role": str(account.role)}, {"role": str(invitation.role)}
        await note(inviter, "account.role", subject, before=before, after=after, now=now)


async def _write(
    offer: Offer, actor: Actor, now: datetime, *, email: str = "", recipient_id: int | None = None
) -> tuple[Invitation, str]:
    token = new_token()
    made = await Invitation.create(
        token_hash=token_hash(token),
        site=offer.site,
        role=offer.role,
        email=email,
        recipient_id=recipient_id,
        invited_by=actor.name,
        created_at=now,
        expires_at=now + LASTS,
    )
    subject = Subject("invitation", made.id, offer.site.id if offer.site else None)
    after = {"role": str(offer.role), "by_mail": bool(email)}
    await note(actor, "invitation.send", subject, before={}, after=after, now=now)
    return made, token
