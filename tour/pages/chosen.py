"""What a visitor chose, said above the results: each with the search that does without it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tour.i18n import translate, translate_plural
from tour.pages.explore import Filters, start_point
from tour.pages.town_now import TownNow
from tour.sites.labels import ACCESS


@dataclass(frozen=True, slots=True)
class Choice:
    """`label`, or the day `on` which the template writes; `without` is a query string."""

    label: str
    without: str
    on: date | None = None


def choices(town: TownNow, filters: Filters) -> list[Choice]:
    """The choices that the closed form does not show; words and kinds are in sight."""
    return list(_choices(town, filters))


def _choices(town: TownNow, filters: Filters) -> Iterator[Choice]:
    if filters.event:
        event = town.agenda.event(filters.event)
        title = event.text("title", town.lang) if event else translate("An open day that is over")
        yield Choice(title, filters.query_string(event="", page=1))
    if filters.on:
        yield Choice("", filters.query_string(on=None, page=1), filters.on)
    if start_point(town, filters.near):
        yield Choice(_near(town, filters), filters.query_string(near="", page=1))
    if filters.seats:
        seats = translate_plural("%(num)d seat or more", "%(num)d seats or more", filters.seats)
        yield Choice(seats, filters.query_string(seats=0, page=1))
    if filters.open_now:
        yield Choice(translate("Open now"), filters.query_string(open_now=False, page=1))
    for feature in filters.access:
        others = tuple(other for other in filters.access if other != feature)
        yield Choice(str(ACCESS[feature]), filters.query_string(access=others, page=1))


def _near(town: TownNow, filters: Filters) -> str:
    if station := town.catalogue.station(filters.near):
        return translate("Nearest to %(place)s first", place=station.name_in(town.lang))
    if site := town.catalogue.by_slug.get(filters.near):
        return translate("Nearest to %(place)s first", place=site.text("name", town.lang))
    return translate("Nearest to you first")
