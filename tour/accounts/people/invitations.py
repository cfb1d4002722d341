"""Inviting people by mail or by a printed letter, and taking invitations back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import Q

from tour.accounts.errors import (
    Ended,
    InvitationUnusable,
    NoLetters,
    TendsAlready,
    TooManyLetters,
)
from tour.accounts.models import Account, Invitation, Membership
from tour.accounts.people import mailing, people
from tour.accounts.people.introduction import introduce, letter
from tour.accounts.people.queries import sites_of
from tour.accounts.roles import Permission, Role, may
from tour.accounts.tokens import new_paper_code, new_token, token_hash, written_code
from tour.audit.service import Actor, Subject
from tour.changes import edit
from tour.db import transaction
from tour.errors import NotFound
from tour.i18n import lazy as _
from tour.notifications import recipients
from tour.notifications import service as notifications
from tour.notifications.mail import boxes
from tour.notifications.sending.wording import Promised, Words
from tour.seal import Seal
from tour.sites.models import Site

LASTS = timedelta(days=14)
LASTS_ON_PAPER = timedelta(days=30)
"""A printed one may lie in a letter box, and its reader be away."""
MOST_LETTERS = 3
"""Invitations mailed to one address in `LETTERS_WITHIN`, whoever writes them."""
LETTERS_WITHIN = timedelta(days=1)
MOST_OFFICE = 200
MOST_NOTE = 400
"""Characters of the writer's own word."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered: to tend `site` as a host, or a `role` among the staff; and what its letter
    says beside: where its writer works, and a `note` of theirs (at most `MOST_NOTE` characters)."""

    role: Role = Role.HOST
    site: Site | None = None
    office: str = ""
    note: str = ""


async def invite_by_mail(
    offer: Offer,
    email: str,
    *,
    lang: str,
    timezone: str,
    actor: Actor,
    seal: Seal,
    now: datetime,
) -> Invitation:
    """Write an invitation and its mail in one transaction; raises Ended, NoLetters, TooManyLetters,
    and TendsAlready for who has the site.

    One for the same thing that is still open is taken back: its letter is replaced, not doubled.
    """
    async with transaction():
        await _spare(email, now)
        if offer.site and await _tends(email, offer.site.id):
            raise TendsAlready
        for before in await _open(site_id=offer.site.id if offer.site else None, email=email):
            await _take_back(before, actor, now)
        recipient = await recipients.new_recipient(
            lang=lang, timezone=timezone, email=email, is_working=True
        )
        made, token = await _write(offer, actor, now, email=email, recipient_id=recipient.id)
        await mailing.send_invitation(made, f"/invitations/{token}", seal=seal, now=now)
    return made


async def invite_by_letter(offer: Offer, *, actor: Actor, now: datetime) -> str:
    """Write an invitation to be printed; returns its code, which is not kept anywhere. The code is
    its token, too, however it is typed (`tokens.written_code`)."""
    async with transaction():
        _made, code = await _write(offer, actor, now)
    return code


async def words(promised: Promised, now: datetime) -> Words | None:
    """The mail as it leaves: its two weeks are from now, unless it was told before; event and place
    are named as they are. Nothing where it was taken back or up meanwhile."""
    mine = Invitation.filter(
        recipient_id=promised.recipient_id, accepted_at=None, revoked_at=None, expires_at__gt=now
    )
    one = await mine.order_by("-id").select_related("site", "recipient").first()
    if one is None or one.recipient is None:
        return None
    if one.expires_at < now + LASTS and not await promised.was_told():
        one.expires_at = now + LASTS
        await mine.filter(id=one.id).update(expires_at=one.expires_at)
    reader = one.recipient
    said = await introduce(one, lang=reader.lang, timezone=reader.timezone, now=now)
    return Words(letter(said, promised.message.url, reader.lang))


async def usable(token: str, *, now: datetime) -> Invitation:
    """The invitation that this link is, with its site; raises InvitationUnusable."""
    found = await Invitation.get_or_none(
        token_hash=token_hash(written_code(token) or token),
        accepted_at=None,
        revoked_at=None,
        expires_at__gt=now,
    ).select_related("site")
    if found is None:
        raise InvitationUnusable
    return found


async def open_invitations(site_id: int | None, *, now: datetime) -> list[Invitation]:
    """Those of a site, or of the staff (None), that nobody has taken up yet."""
    waiting = Invitation.filter(site_id=site_id, accepted_at=None, revoked_at=None)
    return await waiting.filter(expires_at__gt=now).order_by("-id")


async def sent_again(invitation_id: int, site_id: int | None) -> Invitation:
    """One that is still to be taken up, with its site, in order to send it again: whoever does is
    its writer then. Raises NotFound."""
    waiting = Invitation.filter(id=invitation_id, site_id=site_id, accepted_at=None)
    found = await waiting.filter(revoked_at=None).select_related("site").first()
    if found is None:
        raise NotFound(_("There is no such invitation."))
    return found


async def revoke(invitation_id: int, site_id: int | None, *, actor: Actor, now: datetime) -> None:
    """Take an invitation back, mail included where it has not left."""
    async with transaction():
        for one in await _open(id=invitation_id, site_id=site_id):
            await _take_back(one, actor, now)


async def remove_from_site(account: Account, site_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a site from somebody: their next click is refused, and so is every invitation to it
    that they wrote, or that was written to them."""
    async with transaction():
        await people.leave_site(account, site_id, actor=actor, now=now)
        for one in await _open(Q(inviter_id=account.id) | Q(email=account.email), site_id=site_id):
            await _take_back(one, actor, now)


async def take_back_of(account: Account, *, actor: Actor, now: datetime) -> None:
    """Take back what an account that leaves has written, or was written, to whatever place. In the
    caller's transaction."""
    for one in await _open(Q(inviter_id=account.id) | Q(email=account.email)):
        await _take_back(one, actor, now)


async def change_role(account_id: int, role: Role, *, actor: Actor, now: datetime) -> None:
    """Give an account another role, and take back what it offered and could no longer offer."""
    async with transaction():
        await people.change_role(account_id, role, actor=actor, now=now)
        own = {site.id for site in await sites_of(await Account.get(id=account_id))}
        for one in await _open(inviter_id=account_id):
            site_id: int | None = one.site_id
            needed = Permission.INVITE if site_id is not None else Permission.MANAGE_PEOPLE
            if not may(role, needed) and site_id not in own:
                await _take_back(one, actor, now)
        if role == Role.HOST:
            email = (await Account.get(id=account_id)).email
            for one in await _open(site_id=None, email=email):
                await _take_back(one, actor, now)


async def _open(*which: Q, **fields: object) -> list[Invitation]:
    return await Invitation.filter(*which, accepted_at=None, revoked_at=None, **fields)


async def _take_back(one: Invitation, actor: Actor, now: datetime) -> None:
    subject = Subject("invitation", one.id, one.site_id)
    async with edit(actor, subject, "invitation.revoke", now=now) as change:
        await Invitation.filter(id=one.id).update(revoked_at=now)
        if one.recipient_id:
            await notifications.erase([one.recipient_id])
        change.after = {"revoked": True}


async def _spare(email: str, now: datetime) -> None:
    """Raise Ended where who has it has left, NoLetters when its reader has stopped them, and
    TooManyLetters when a mail box has had its invitations of the day."""
    if await Account.exists(email=email, ended_at__not_isnull=True):
        raise Ended
    if await boxes.wants_no_letters(email):
        raise NoLetters
    lately = Invitation.filter(email=email, created_at__gt=now - LETTERS_WITHIN)
    if await lately.count() >= MOST_LETTERS:
        raise TooManyLetters(retry_after=int(LETTERS_WITHIN.total_seconds()))


async def _tends(email: str, site_id: int) -> bool:
    return await Membership.exists(account__email=email.lower(), site_id=site_id)


async def _write(
    offer: Offer, actor: Actor, now: datetime, *, email: str = "", recipient_id: int | None = None
) -> tuple[Invitation, str]:
    token = new_token() if email else new_paper_code()
    async with edit(actor, None, "invitation.send", now=now) as change:
        made = await Invitation.create(
            token_hash=token_hash(written_code(token) or token),
            site=offer.site,
            role=offer.role,
            email=email,
            recipient_id=recipient_id,
            invited_by=actor.name,
            office=offer.office[:MOST_OFFICE],
            note=offer.note,
            inviter_id=actor.account_id,
            created_at=now,
            expires_at=now + (LASTS if email else LASTS_ON_PAPER),
        )
        site_id = offer.site.id if offer.site else None
        change.subject = Subject("invitation", made.id, site_id)
        change.after = {"role": str(offer.role), "by_mail": bool(email)}
    return made, token
