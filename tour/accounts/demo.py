"""A sample host and a sample member of staff, so that anyone can try both sides at once."""

from dataclasses import dataclass
from datetime import datetime

from tour.accounts.people import people
from tour.accounts.roles import Role
from tour.audit.service import Actor
from tour.db import transaction
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.sites.models import Site

SAMPLE_SITE = "sample-woodblock-oji"


@dataclass(frozen=True, slots=True)
class Sample:
    """`key` is what the sign-in page's button sends; the address is one that cannot exist."""

    key: str
    email: str
    name: str
    role: Role
    label: Text


SAMPLES = {
    sample.key: sample
    for sample in (
        Sample("host", "host@sample.invalid", "見本 職人", Role.HOST, _("As the sample host")),
        Sample("staff", "staff@sample.invalid", "見本 職員", Role.STAFF, _("As sample staff")),
    )
}


async def load_demo_accounts(*, lang: str, timezone: str, now: datetime) -> None:
    """Make the sample accounts where they are missing. Their site is loaded before."""
    loader = Actor(None, "demo")
    async with transaction():
        for sample in SAMPLES.values():
            account = await people.add_account(
                sample.email,
                role=sample.role,
                lang=lang,
                timezone=timezone,
                name=sample.name,
                is_sample=True,
                actor=loader,
                now=now,
            )
            site = await Site.get_or_none(slug=SAMPLE_SITE)
            if site and sample.role == Role.HOST:
                await people.join_site(account, site.id, actor=loader, now=now)
