"""Accounts, read."""

from tour.accounts.models import Account, Membership
from tour.sites.models import Site


async def sites_of(account: Account) -> list[Site]:
    """The sites that an account is a member of, by name."""
    return await Site.filter(memberships__account_id=account.id).order_by("name_kana", "id")


async def members_of(site_id: int) -> list[Account]:
    """Who tends a site, longest first."""
    found = await Membership.filter(site_id=site_id).order_by("id").select_related("account")
    return [membership.account for membership in found]


async def has_account(email: str) -> bool:
    return await Account.exists(email=email.lower())


async def sample_account(email: str) -> Account | None:
    """An account of the demonstration; never a real one."""
    return await Account.get_or_none(email=email, is_sample=True, ended_at=None)
