"""What the forms share by which hosts and staff invite: the writer's name, and a word of theirs."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from tour.accounts.forms import asking_email_form, name_form, note_form
from tour.accounts.guards import SignedIn
from tour.accounts.people import invitations, people
from tour.accounts.people.invitations import MOST_NOTE, Offer
from tour.accounts.roles import Permission
from tour.audit.service import Actor
from tour.i18n import lazy as _
from tour.web import lang, now, parts_of
from tour.web.forms import Form

OWN_NAME = "own_name"
"""Asked of a writer who has no name yet: nobody takes a letter from nobody."""
NO_SAMPLE_MAIL = _("Sample accounts send no email. Print a letter instead.")


def inviting_form(sent: Mapping[str, Any], who: SignedIn) -> Form:
    """The writer's name, where it is missing, and their own word."""
    note = note_form(sent, MOST_NOTE)
    if who.account.name:
        return note
    own = name_form(str(sent.get(OWN_NAME, "")), OWN_NAME)
    return Form({**note.values, **own.values}, {**own.errors, **note.errors})


def mailing_form(request: Request, sent: Mapping[str, Any], who: SignedIn) -> Form:
    """As `inviting_form`, to a mail address."""
    asked, rest = asking_email_form(sent), inviting_form(sent, who)
    typed = Form({**asked.values, **rest.values}, {**rest.errors, **asked.errors})
    if not asked.errors and sends_no_mail(request, who):
        return typed.refused(email=NO_SAMPLE_MAIL)
    return typed


def sends_no_mail(request: Request, who: SignedIn) -> bool:
    """Whoever tries the demonstration writes to nobody."""
    return bool(who.account.is_sample and parts_of(request).settings.smtp_url)


async def writer(request: Request, who: SignedIn, typed: Form) -> Actor:
    """Who writes, by a name that is theirs from now on."""
    if who.account.name:
        return who.actor
    name = typed.value(OWN_NAME)
    actor = Actor(who.account.id, name)
    await people.rename(who.account.id, name, actor=actor, now=now(request))
    return actor


def office_of(request: Request, who: SignedIn) -> str:
    """Where the writer works: what they said, and of staff else who runs the day."""
    own, town = str(who.account.office), parts_of(request).town
    return own or (town.contact.name if who.may(Permission.SEE_STAFF_CONSOLE) else "")


async def mail(request: Request, offer: Offer, email: str, actor: Actor) -> None:
    """Write an invitation to one address; raises what `invite_by_mail` does."""
    await invitations.invite_by_mail(
        offer,
        email,
        lang=lang(request),
        timezone=parts_of(request).town.timezone.key,
        actor=actor,
        seal=parts_of(request).seal,
        now=now(request),
    )
