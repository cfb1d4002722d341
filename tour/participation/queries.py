"""The events that a site was asked to open for, as its people read them."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tour.events.answers import is_over
from tour.events.models import Participation
from tour.events.said import open_days
from tour.events.states import ParticipationAnswer, ParticipationRole
from tour.events.views import days_text
from tour.i18n import localized
from tour.sites.editing.publication import showing_of
from tour.sites.opening.hours import clock_text
from tour.sites.showing import Showing


@dataclass(frozen=True, slots=True)
class Invitation:
    """An event and what the site has answered; `days` and the texts in the reader's language.

    `word` and `answer_by` are of the question. `open_days`: on which of the `dates` it opens, all
    of them before it has answered. `answered_by`: who of the place, or who staff say it was.
    """

    event_id: int
    title: str
    summary: str
    days: str
    dates: tuple[date, ...]
    open_days: tuple[date, ...]
    opens: str
    closes: str
    site_name: str
    is_published: bool
    event_slug: str
    answer: ParticipationAnswer
    is_over: bool
    place: Showing
    """Whether visitors see the place itself: without that it is on no map."""
    word: str
    answer_by: date | None
    is_late: bool
    is_asked_again: bool
    """It has answered, for other dates."""
    comment: str
    answered_by: str
    answered_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether an answer is wanted."""
        return self.answer == ParticipationAnswer.INVITED and not self.is_over

    @property
    def takes_part(self) -> bool:
        """Whether the place opens for it, now or later."""
        return self.answer == ParticipationAnswer.ACCEPTED and not self.is_over

    @property
    def is_partial(self) -> bool:
        return self.takes_part and len(self.open_days) < len(self.dates)

    @property
    def asked(self) -> str:
        """The days that its form is about, by which an answer to others is told."""
        return ",".join(day.isoformat() for day in self.dates)

    @property
    def opens_on(self) -> str:
        """The days that are ticked in its form at first."""
        return ",".join(day.isoformat() for day in self.open_days)


def invitation(row: Participation, lang: str, now: datetime) -> Invitation:
    """A participation with its event and site."""
    event, site = row.event, row.site
    own = {"title": event.title, "summary": event.summary}
    dates = event.days
    has_agreed = row.answer == ParticipationAnswer.ACCEPTED
    is_open = row.answer == ParticipationAnswer.INVITED
    today = now.astimezone(ZoneInfo(event.timezone)).date()
    return Invitation(
        event_id=event.id,
        title=localized(own, "title", lang, event.translations),
        summary=localized(own, "summary", lang, event.translations),
        days=days_text(event, lang),
        dates=dates,
        open_days=open_days(row.answered_for, dates) if has_agreed else dates,
        opens=clock_text(event.opens_minute),
        closes=clock_text(event.closes_minute),
        site_name=localized({"name": site.name}, "name", lang, site.translations),
        is_published=bool(event.is_published),
        event_slug=event.slug,
        answer=row.answer,
        is_over=is_over(event, now),
        place=showing_of(site),
        word=row.word,
        answer_by=row.answer_by,
        is_late=is_open and row.answer_by is not None and today > row.answer_by,
        is_asked_again=is_open and row.answered_for is not None,
        comment=row.comment,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
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


async def unanswered(now: datetime) -> list[Participation]:
    """Of coming events, the places that have not answered, with event and site."""
    asked = Participation.filter(event__ends_on__gte=now.date(), role=ParticipationRole.HOST)
    open_ = asked.filter(answer=ParticipationAnswer.INVITED)
    rows = await open_.order_by("event__starts_on", "number").select_related("event", "site")
    return [row for row in rows if not is_over(row.event, now)]
