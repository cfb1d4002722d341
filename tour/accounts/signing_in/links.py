"""Signing in by a mailed link: asked for in one browser, opened there, used by a POST.

Six digits in the same mail do the same when they are typed on the page that asked: mail programs
open links in browsers of their own (`codes`).

Mail scanners open links, so opening changes nothing. Whether an address has an account shows
nowhere: the same page, the same cookie, the same row; only the mail differs.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tour.accounts.errors import LinkUnusable
from tour.accounts.models import Account, Invitation, SignInLink
from tour.accounts.people import joining, mailing
from tour.accounts.signing_in import sessions
from tour.accounts.tokens import new_code, new_token, token_hash
from tour.audit.service import Actor, Subject
from tour.changes import edit
from tour.db import transaction
from tour.notifications import recipients
from tour.notifications.models import Recipient
from tour.notifications.sending.wording import Promised, Words
from tour.seal import Seal

LASTS = timedelta(minutes=15)
"""From when the mail leaves."""
LONGEST = timedelta(hours=2)
"""So long a mail may wait for its server; after that nobody still stands before the page."""
MOST_LINKS = 20
"""Mails to one address within the life of a link, whoever asks for them. From one network it is
five (`attempts`): a stranger who asks for somebody's links does not use them up for them. Strangers
in twenty networks do, but not for a browser in which that person was signed in before."""
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody at a browser, known by `browser` (its cookie), who says to be `email`.

    `invitation` is the letter they hold, if any, and `name` what they say they are called.
    """

    email: str
    browser: str
    lang: str
    timezone: str
    next_path: str = ""
    invitation: Invitation | None = None
    name: str = ""
    is_known: bool = False
    """Whether this browser was signed in with this address before."""


@dataclass(frozen=True, slots=True)
class SignedInBrowser:
    token: str
    next_path: str
    email: str


async def ask(wish: Wish, *, seal: Seal, now: datetime) -> None:
    """Mail a link, if the address has an account or an invitation; say the same in any case."""
    async with transaction():
        await SignInLink.filter(expires_at__lt=now - KEPT).delete()
        recent = SignInLink.filter(email=wish.email, created_at__gt=now - LASTS)
        if not wish.is_known and await recent.count() >= MOST_LINKS:
            return
        account = await Account.get_or_none(email=wish.email, ended_at=None)
        token, code = new_token(), new_code()
        await SignInLink.create(
            account=account,
            invitation=wish.invitation,
            email=wish.email,
            name=wish.name,
            token_hash=token_hash(token),
            browser_hash=token_hash(wish.browser),
            code_hash=seal.fingerprint(code),
            next_path=wish.next_path,
            created_at=now,
            expires_at=now + LASTS,
        )
        if account or wish.invitation:
            recipient_id = await _recipient(account, wish)
            key = mailing.link_key(token_hash(wish.browser))
            keys = mailing.Keys(f"/sign-in/{token}", code, LASTS)
            await mailing.send_link(
                recipient_id, key, keys, expires_at=now + LONGEST, seal=seal, now=now
            )


async def words(promised: Promised, now: datetime) -> Words | None:
    """The mail as it leaves: its link is good for `LASTS` from now, unless it was told before.
    Nothing where the link was replaced or used meanwhile."""
    browser = promised.key.removeprefix(mailing.LINK_KEY)
    email = (await Recipient.get(id=promised.recipient_id)).email
    mine = SignInLink.filter(browser_hash__startswith=browser, email=email, used_at=None)
    link = await mine.order_by("-id").first()
    if link is None:
        return None
    if link.expires_at < now + LASTS and not await promised.was_told():
        await mine.filter(id=link.id).update(expires_at=now + LASTS)
    return Words(promised.message)


async def check(token: str, browser: str, *, now: datetime) -> SignInLink:
    """The link, if it can be used in this browser now; raises LinkUnusable."""
    link = await SignInLink.get_or_none(token_hash=token_hash(token), used_at=None)
    is_good = link and link.browser_hash == token_hash(browser) and link.expires_at > now
    if not link or not is_good or (link.account_id is None and link.invitation_id is None):
        raise LinkUnusable
    return link


async def use(
    token: str, browser: str, *, timezone: str, lang: str, device: str, now: datetime
) -> SignedInBrowser:
    """Sign this browser in, once; raises LinkUnusable. An invitation on the way is accepted."""
    async with transaction():
        link = await check(token, browser, now=now)
        return await use_up(link, timezone=timezone, lang=lang, device=device, now=now)


async def use_up(
    link: SignInLink, *, timezone: str, lang: str, device: str, now: datetime
) -> SignedInBrowser:
    """Sign the browser of a link in, in the caller's transaction; raises LinkUnusable."""
    # One UPDATE decides who used it: two POSTs at once sign in once.
    if not await SignInLink.filter(id=link.id, used_at=None).update(used_at=now):
        raise LinkUnusable
    account = await _account(link, lang, timezone, now)
    await recipients.note_reader(account.recipient_id, now=now)
    made = await sign_in_account(account, device=device, now=now)
    return SignedInBrowser(made, link.next_path, account.address)


async def sign_in_account(account: Account, *, device: str, now: datetime) -> str:
    """Begin a session and log it, whatever it was that let them in; returns the cookie's token.
    Raises LinkUnusable for an account that has ended."""
    if not await Account.exists(id=account.id, ended_at=None):
        raise LinkUnusable
    actor, subject = Actor(account.id, account.name), Subject("account", account.id)
    async with edit(actor, subject, "account.sign_in", now=now) as change:
        token = await sessions.begin(account, device=device, now=now)
        change.after = {"device": device}
    return token


async def _recipient(account: Account | None, wish: Wish) -> int:
    if account:
        return int(account.recipient_id)
    made = await recipients.new_recipient(lang=wish.lang, timezone=wish.timezone, email=wish.email)
    return int(made.id)


async def _account(link: SignInLink, lang: str, timezone: str, now: datetime) -> Account:
    if link.invitation_id is not None:
        invitation = await Invitation.get(id=link.invitation_id)
        joiner = joining.Joiner(link.email, link.name, lang, timezone)
        return await joining.join(invitation, joiner, now=now)
    return await Account.get(id=link.account_id)
