"""Events as the pages show them, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tour.events.entries import EventEntry, stage_of
from tour.events.models import Event
from tour.events.states import EventStage
from tour.i18n import localized
from tour.sites.editing.photo_files import WIDTHS, file_name, shared_name
from tour.sites.opening.hours import clock_text
from tour.web.templates import dates_text


@dataclass(frozen=True, slots=True)
class Cover:
    """`small` and `large` are file names; `share` is for services that show links."""

    small: str
    large: str
    share: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class EventCard:
    slug: str
    title: str
    summary: str
    description: str
    dates: tuple[date, ...]
    called_off: tuple[date, ...]
    """Days that were announced, and on which it is not held."""
    opens: str
    closes: str
    stage: EventStage
    days_until: int
    next_date: date
    """Today or the next day on which it is held; the last one once it is over."""
    site_count: int
    cover: Cover | None


def event_card(event: EventEntry, lang: str, today: date) -> EventCard:
    return EventCard(
        slug=event.slug,
        title=event.text("title", lang),
        summary=event.text("summary", lang),
        description=event.text("description", lang),
        dates=event.dates,
        called_off=event.called_off,
        opens=clock_text(event.span.opens),
        closes=clock_text(event.span.closes),
        stage=stage_of(event.starts_on, event.ends_on, today),
        days_until=max(0, (event.starts_on - today).days),
        next_date=next((day for day in event.dates if day >= today), event.ends_on),
        site_count=len(event.hosts),
        cover=cover_of(event.cover, lang) if event.cover else None,
    )


def cover_of(cover: Mapping[str, Any], lang: str) -> Cover:
    """What a page shows of a stored cover."""
    name = str(cover["name"])
    translations = {"en": {"alt": str(cover["alt_en"])}}
    return Cover(
        small=file_name(name, 480),
        large=file_name(name, WIDTHS[-1]),
        share=shared_name(name),
        width=int(cover["width"]),
        height=int(cover["height"]),
        alt=localized(cover, "alt", lang, translations),
    )


def days_text(event: Event, lang: str) -> str:
    """12月12日(土)・13日(日); Sat 12, Sun 13 Dec."""
    length = (event.ends_on - event.starts_on).days
    return dates_text([event.starts_on + timedelta(days=n) for n in range(length + 1)], lang)
