"""What an invitation says of itself: who writes, for whom, why, until when.

The same sentences stand in the mail, on paper and on the page behind both; they are made when they
are read.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tour.accounts.models import Invitation
from tour.accounts.roles import ROLES
from tour.events.coming import next_event
from tour.events.models import Event
from tour.events.views import days_text
from tour.i18n import localized, translate
from tour.notifications.message import Action, Message
from tour.sites.models import Site
from tour.web.templates import day_text


@dataclass(frozen=True, slots=True)
class Introduction:
    """`title` is a heading, `lines` the sentences under it; `note` is the writer's own word, to be
    shown as theirs (`note_of`). `event_path` leads to the event where it is public. No text of a
    host stands in the mail's `subject`."""

    title: str
    subject: str
    lines: tuple[str, ...]
    note_of: str
    note: str
    until: str
    event: str
    event_path: str


async def introduce(
    invitation: Invitation, *, lang: str, timezone: str, now: datetime
) -> Introduction:
    """Of an invitation with its site, in `lang`; its last day is that of `timezone` (IANA)."""
    event = await next_event(invitation.site.id if invitation.site else None, now=now)
    title = localized({"title": event.title}, "title", lang, event.translations) if event else ""
    writer = _writer(invitation, lang)
    ends = invitation.expires_at.astimezone(ZoneInfo(timezone)).date()
    return Introduction(
        title=_title(invitation.site, lang),
        subject=_subject(invitation.site, title, lang),
        lines=(
            _opening(invitation, writer, lang),
            *_reason(event, title, lang),
            _use(invitation, lang),
        ),
        note_of=translate("%(who)s writes:", lang, who=invitation.invited_by or writer),
        note=str(invitation.note),
        until=day_text(ends, lang),
        event=title,
        event_path=f"/events/{event.slug}" if event and event.is_published else "",
    )


def letter(said: Introduction, path: str, lang: str) -> Message:
    """As a mail; `path` is the invitation's own."""
    own_word = f"{said.note_of}\n{said.note}" if said.note else ""
    how = translate(
        "The link below lets you in. There is no password to choose. It works once, until %(day)s.",
        lang,
        day=said.until,
    )
    stranger = translate(
        "If you do not know what this is about, do nothing: it ends by itself.", lang
    )
    about = translate("About %(event)s", lang, event=said.event)
    actions = (Action(about, said.event_path),) if said.event_path else ()
    paragraphs = ("\n".join(said.lines), own_word, how, stranger)
    return Message(said.subject, "\n\n".join(filter(None, paragraphs)), path, actions)


def _writer(invitation: Invitation, lang: str) -> str:
    """山田 花子（北区役所）, one of the two, or whoever runs the day."""
    who, office = str(invitation.invited_by), str(invitation.office)
    if who and office:
        return translate("%(who)s (%(office)s)", lang, who=who, office=office)
    return who or office or translate("The organiser", lang)


def _title(site: Site | None, lang: str) -> str:
    if site is None:
        return translate("You are invited to the staff", lang)
    return translate("Look after the page of %(place)s", lang, place=_place(site, lang))


def _subject(site: Site | None, event: str, lang: str) -> str:
    if site is None:
        return translate("You are invited to the staff", lang)
    if event:
        return translate("%(event)s: please look after your page", lang, event=event)
    return translate("You are invited to look after a page", lang)


def _opening(invitation: Invitation, writer: str, lang: str) -> str:
    if invitation.site is None:
        return translate(
            "%(who)s invites you to the staff console. Your role there: %(role)s.",
            lang,
            who=writer,
            role=ROLES[invitation.role].in_language(lang),
        )
    return translate(
        "%(who)s asks you to look after the page of %(place)s.",
        lang,
        who=writer,
        place=_place(invitation.site, lang),
    )


def _reason(event: Event | None, title: str, lang: str) -> tuple[str, ...]:
    if event is None:
        return ()
    days = days_text(event, lang)
    return (translate("It is for %(event)s, %(days)s.", lang, event=title, days=days),)


def _use(invitation: Invitation, lang: str) -> str:
    if invitation.site is None:
        return translate("There you look after events, places and what hosts ask.", lang)
    return translate(
        "There you list sessions, see who comes and keep your hours true, from your phone.", lang
    )


def _place(site: Site, lang: str) -> str:
    return localized({"name": site.name}, "name", lang, site.translations)
