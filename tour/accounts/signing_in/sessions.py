"""Browsers that are signed in: a random token in a cookie, its hash in the database."""

from datetime import datetime, timedelta

from tour.accounts.models import Account, AccountSession
from tour.accounts.tokens import new_token, token_hash

LASTS = timedelta(days=30)
LASTS_WITHOUT_MAIL = timedelta(days=180)
"""From one open-factory day to the next: who has no mail box cannot send themselves a new link."""


async def begin(account: Account, *, device: str, now: datetime) -> str:
    """Sign a browser in; returns the token for its cookie. In the caller's transaction."""
    token = new_token()
    await AccountSession.create(
        account=account,
        token_hash=token_hash(token),
        device=device,
        created_at=now,
        expires_at=now + (LASTS if account.address else LASTS_WITHOUT_MAIL),
    )
    return token


async def by_token(token: str, *, now: datetime) -> AccountSession | None:
    """The live session of a token, with its account, unless that has ended."""
    live = AccountSession.filter(ended_at=None, expires_at__gt=now, account__ended_at=None)
    return await live.get_or_none(token_hash=token_hash(token)).select_related("account")


async def live_sessions(account_id: int, *, now: datetime) -> list[AccountSession]:
    """Where an account is signed in, latest first."""
    live = AccountSession.filter(account_id=account_id, ended_at=None, expires_at__gt=now)
    return await live.order_by("-id")


async def end(session_id: int, account_id: int, *, now: datetime) -> None:
    """Sign one browser of this account out."""
    mine = AccountSession.filter(id=session_id, account_id=account_id, ended_at=None)
    await mine.update(ended_at=now)
