"""Six digits instead of the link, typed in the browser that asked; as safe as the link.

They are bound to that browser and its latest mail, last as long as the link, and are tried at
most `MOST_TRIES` times a mail and `MOST_WRONG` times a day for one address, whoever tries: a
stranger who asks for somebody's mails guesses right once in 100,000 days. The link goes on working
meanwhile.
"""

import hmac
import unicodedata
from datetime import datetime, timedelta

from tortoise.expressions import F
from tortoise.functions import Sum

from tour.accounts.errors import CodeWrong
from tour.accounts.models import Account, Invitation, SignInLink
from tour.accounts.signing_in import links
from tour.accounts.signing_in.links import SignedInBrowser
from tour.accounts.tokens import token_hash
from tour.db import transaction
from tour.seal import Seal

MOST_TRIES = 5
MOST_WRONG = 10
DAY = timedelta(days=1)


async def use_code(
    typed: str,
    browser: str,
    *,
    seal: Seal,
    timezone: str,
    lang: str,
    device: str,
    now: datetime,
) -> SignedInBrowser:
    """Sign this browser in by the digits of its latest mail, once; raises CodeWrong.

    A try is counted before anything is compared, and kept whatever comes of it.
    """
    async with transaction():
        link = await _counted(browser, now)
        if link and _is_right(link, typed, seal):
            return await links.use_up(link, timezone=timezone, lang=lang, device=device, now=now)
    raise CodeWrong


async def _counted(browser: str, now: datetime) -> SignInLink | None:
    """The browser's latest link that can be used, with one more try; None when none is left."""
    mine = SignInLink.filter(browser_hash=token_hash(browser), used_at=None, expires_at__gt=now)
    link = await mine.order_by("-id").first()
    if link is None:
        return None
    await _lock(link)
    if await _wrong_today(link, now) >= MOST_WRONG:
        return None
    chosen = SignInLink.filter(id=link.id, used_at=None, tries__lt=MOST_TRIES)
    return link if await chosen.update(tries=F("tries") + 1) else None


async def _lock(link: SignInLink) -> None:
    """Tries for one person are looked at one after the other, from whatever browser."""
    for rows, row_id in (
        (Account.filter(id=link.account_id), link.account_id),
        (Invitation.filter(id=link.invitation_id), link.invitation_id),
    ):
        if row_id is not None:
            await rows.select_for_update(no_key=True).first()


async def _wrong_today(link: SignInLink, now: datetime) -> int:
    """Tries of all mails to this address that signed nobody in."""
    rows = SignInLink.filter(email=link.email, created_at__gt=now - DAY, used_at=None)
    [counted] = await rows.annotate(wrong=Sum("tries")).values("wrong")
    return int(counted["wrong"] or 0)


def _is_right(link: SignInLink, typed: str, seal: Seal) -> bool:
    """Digits of any width, with or without spaces; never for who has no account and no letter."""
    digits = "".join(unicodedata.normalize("NFKC", typed[:40]).split())
    is_same = hmac.compare_digest(seal.fingerprint(digits), str(link.code_hash))
    has_way = link.account_id is not None or link.invitation_id is not None
    return is_same and has_way
