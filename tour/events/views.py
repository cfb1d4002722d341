"""Events as the pages show them, in the reader's language."""

from dataclasses import dataclass
from datetime import date

from tour.events.queries import EventEntry
from tour.sites.hours import clock_text


@dataclass(frozen=True, slots=True)
class EventCard:
    slug: str
    title: str
    summary: str
    description: str
    dates: tuple[date, ...]
    opens: str
    closes: str
    days_until: int
    site_count: int


def event_card(event: EventEntry, lang: str, today: date) -> EventCard:
    return EventCard(
        slug=event.slug,
        title=event.text("title", lang),
        summary=event.text("summary", lang),
        description=event.text("description", lang),
        dates=event.dates,
        opens=clock_text(event.span.opens),
        closes=clock_text(event.span.closes),
        days_until=max(0, (event.starts_on - today).days),
        site_count=len(event.hosts),
    )
