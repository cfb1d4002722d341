"""Signing in by a code on paper: for people without a mail address, once, within a month.

Sixteen letters of 25 are 74 bits: no number of tries guesses one, and whoever reads the database
has only its hash (decision 0035). A new letter takes the place of the last one.
"""

from datetime import datetime, timedelta

from tour.accounts.errors import LetterUnusable
from tour.accounts.models import Account, SignInLetter
from tour.accounts.signing_in import links
from tour.accounts.tokens import new_paper_code, token_hash, written_code
from tour.audit.service import Actor, Subject
from tour.changes import edit
from tour.db import transaction

LASTS = timedelta(days=30)
"""A letter may lie in a letter box, and its reader be away."""


async def write(account_id: int, *, actor: Actor, now: datetime) -> str:
    """The code of a new letter, which is kept nowhere; earlier ones let nobody in any more."""
    code = new_paper_code()
    subject = Subject("account", account_id)
    async with edit(actor, subject, "account.letter", now=now) as change:
        account = await change.lock(Account, account_id)
        await take_back(account_id, now=now)
        await SignInLetter.create(
            account=account,
            code_hash=token_hash(written_code(code)),
            made_by=actor.name,
            created_at=now,
            expires_at=now + LASTS,
        )
        change.after = {"name": account.name}
    return code


async def take_back(account_id: int, *, now: datetime) -> None:
    """No letter of this account lets anybody in any more. In the caller's transaction."""
    still = SignInLetter.filter(account_id=account_id, used_at=None, revoked_at=None)
    await still.update(revoked_at=now)


async def usable(code: str, *, now: datetime) -> SignInLetter:
    """The letter of a code, however it was typed, with its account; raises LetterUnusable."""
    hashed = token_hash(written_code(code) or code)
    mine = SignInLetter.filter(code_hash=hashed, used_at=None, revoked_at=None)
    letter = await mine.filter(expires_at__gt=now).select_related("account").first()
    if letter is None:
        raise LetterUnusable
    return letter


async def use(code: str, *, device: str, now: datetime) -> str:
    """Sign a browser in, once; returns the cookie's token; raises LetterUnusable."""
    async with transaction():
        letter = await usable(code, now=now)
        # One UPDATE decides who used it: two POSTs at once sign in once.
        if not await SignInLetter.filter(id=letter.id, used_at=None, revoked_at=None).update(
            used_at=now
        ):
            raise LetterUnusable
        return await links.sign_in_account(letter.account, device=device, now=now)
