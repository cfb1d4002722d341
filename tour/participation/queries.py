"""The events that a site was asked to open for, as its people read them."""

from dataclasses import dataclass
from datetime import date, datetime

from tour.events.answers import is_over
from tour.events.models import Participation
from tour.events.states import ParticipationAnswer, ParticipationRole
from tour.events.views import days_text
from tour.i18n import localized
from tour.sites.editing.publication import showing_of
from tour.sites.opening.hours import clock_text
from tour.sites.showing import Showing


@dataclass(frozen=True, slots=True)
class Invitation:
    """An event and what the site has answered; `days` and the texts in the reader's language."""

    event_id: int
    title: str
    summary: str
    days: str
    opens: str
    closes: str
    site_name: str
    is_published: bool
    event_slug: str
    answer: ParticipationAnswer
    is_over: bool
    place: Showing
    """Whether visitors see the place itself: without that it is on no map."""

    @property
    def is_open(self) -> bool:
        """Whether an answer is wanted."""
        return self.answer == ParticipationAnswer.INVITED and not self.is_over

    @property
    def takes_part(self) -> bool:
        """Whether the place opens for it, now or later."""
        return self.answer == ParticipationAnswer.ACCEPTED and not self.is_over


def invitation(row: Participation, lang: str, now: datetime) -> Invitation:
    """A participation with its event and site."""
    event, site = row.event, row.site
    own = {"title": event.title, "summary": event.summary}
    return Invitation(
        event_id=event.id,
        title=localized(own, "title", lang, event.translations),
        summary=localized(own, "summary", lang, event.translations),
        days=days_text(event, lang),
        opens=clock_text(event.opens_minute),
        closes=clock_text(event.closes_minute),
        site_name=localized({"name": site.name}, "name", lang, site.translations),
        is_published=bool(event.is_published),
        event_slug=event.slug,
        answer=row.answer,
        is_over=is_over(event, now),
        place=showing_of(site),
    )


async def invitations_of(
    site_id: int, *, today: date, lang: str, now: datetime
) -> list[Invitation]:
    """Events that are not over and that the site was ever asked for, soonest first."""
    rows = Participation.filter(
        site_id=site_id, role=ParticipationRole.HOST, event__ends_on__gte=today
    )
    asked = await rows.order_by("event__starts_on").select_related("event", "site")
    return [invitation(row, lang, now) for row in asked]


async def not_agreed(now: datetime) -> list[Participation]:
    """Of coming events, the places that have not answered or said no, with event and site."""
    asked = Participation.filter(event__ends_on__gte=now.date(), role=ParticipationRole.HOST)
    open_ = asked.exclude(answer=ParticipationAnswer.ACCEPTED)
    return await open_.order_by("event__starts_on", "number").select_related("event", "site")
