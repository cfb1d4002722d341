"""`tour account add`."""

import asyncio
from dataclasses import dataclass

import click

from tour import db
from tour.accounts.forms import MAX_NAME, email_form
from tour.accounts.people import invitations, people
from tour.accounts.roles import Role
from tour.audit.service import Actor
from tour.cli import pass_settings
from tour.clock import system_clock
from tour.errors import ConfigurationError, Conflict
from tour.settings import Settings
from tour.sites.models import Site
from tour.town import Town, read_town
from tour.words.names import one_line

OPERATOR = Actor(None, "command line")


@click.group(help="Hosts and staff.")
def account() -> None:
    pass


@account.command(help="Add a host or a member of staff, or give an account another role.")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--name", default="", help="What the person is called; asked later where not given.")
@click.option("--site", "slugs", multiple=True, metavar="SLUG", help="A site to tend; repeatable.")
@pass_settings
def add(settings: Settings, email: str, role: str, name: str, slugs: tuple[str, ...]) -> None:
    typed = email_form(email)
    if typed.errors:
        raise ConfigurationError(f"{email!r} is not an e-mail address")
    town = read_town(settings.data)
    wanted = Wanted(typed.value("email"), one_line(name, MAX_NAME)[:MAX_NAME], Role(role), slugs)
    try:
        asyncio.run(_add(settings, town, wanted))
    except Conflict as exc:
        raise ConfigurationError(exc.message.in_language("en")) from exc
    click.echo(f"{typed.value('email')} signs in at {settings.base_url}/sign-in as {role}.")


@dataclass(frozen=True, slots=True)
class Wanted:
    email: str
    name: str
    role: Role
    slugs: tuple[str, ...]


async def _add(settings: Settings, town: Town, wanted: Wanted) -> None:
    await db.migrate(settings.database_url)
    async with db.opened(settings.database_url), db.transaction():
        sites = await Site.filter(slug__in=wanted.slugs)
        if missing := set(wanted.slugs) - {site.slug for site in sites}:
            raise ConfigurationError(f"there is no site {', '.join(sorted(missing))}")
        now = system_clock()
        made = await people.add_account(
            wanted.email,
            role=wanted.role,
            lang=town.language,
            timezone=town.timezone.key,
            name=wanted.name,
            actor=OPERATOR,
            now=now,
        )
        if made.role != wanted.role:
            await invitations.change_role(made.id, wanted.role, actor=OPERATOR, now=now)
        for site in sites:
            await people.join_site(made, site.id, actor=OPERATOR, now=now)
