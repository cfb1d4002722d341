"""What a wish for a day is read against, and what the form offers of it."""

from dataclasses import dataclass
from datetime import date, datetime
from statistics import fmean

from tour.events.entries import Agenda
from tour.geo import Bounds, Point, distance_m, parse_lon_lat
from tour.i18n import translate
from tour.sites.entries import Catalogue
from tour.words.typed import DAY, minute_of_day, padded, read_minute

REACH_DEGREES = 0.05
"""How far outside the town's bounds a walk may begin: some five kilometres."""
FIRST_CHOICE, LAST_CHOICE = 7 * 60, 21 * 60


@dataclass(frozen=True, slots=True)
class PlanContext:
    """What a wish is read against."""

    catalogue: Catalogue
    agenda: Agenda
    local: datetime
    bounds: Bounds

    @property
    def days(self) -> list[date]:
        """The days that can be planned, soonest first; today, as long as its doors are open."""
        minute = minute_of_day(self.local)
        return sorted(
            {
                day
                for event in self.agenda.events
                for day in event.dates
                if day > self.local.date()
                or (day == self.local.date() and minute < event.span.closes)
            }
        )

    def span(self, day: date) -> tuple[int, int]:
        """From the first door's opening of the day's events to the last one's closing."""
        spans = [event.span for event in self.agenda.events if day in event.dates]
        return min(s.opens for s in spans), max(s.closes for s in spans)


def usual_start(context: PlanContext, day: date | None) -> str:
    """The railway station in the middle of the day's hosts; any stop where there is no railway."""
    stations = context.catalogue.stations
    railway = [station for station in stations if station.kind == "station"] or stations
    days = context.agenda.event_days
    hosts = [s.point for s in context.catalogue.sites if s.point and day in days.get(s.id, {})]
    if not hosts:
        return next((station.id for station in railway), "")
    middle = Point(lat=fmean(place.lat for place in hosts), lon=fmean(place.lon for place in hosts))
    nearest = min(railway, key=lambda station: distance_m(station.point, middle), default=None)
    return nearest.id if nearest else ""


def clock_choices(chosen: str) -> list[str]:
    """Half hours from early to late, with the one that is chosen already."""
    usual = {padded(minute) for minute in range(FIRST_CHOICE, LAST_CHOICE + 1, 30)}
    return sorted(usual | {chosen} if read_minute(chosen, DAY) is not None else usual)


def spot(name: str, context: PlanContext) -> Point:
    """Where a station's id, a site's slug or lon,lat is; ValueError with why it is none."""
    if point := context.catalogue.point_of(name):
        return point
    if name in context.catalogue.by_slug:
        raise ValueError("rough")
    point = parse_lon_lat(name)
    if not is_within_reach(point, context.bounds):
        raise ValueError("far")
    return point


def spot_name(catalogue: Catalogue, spot: str, lang: str) -> str:
    """What a station, a place or a chosen point is called."""
    if station := catalogue.station(spot):
        return station.called_in(lang)
    if site := catalogue.by_slug.get(spot):
        return site.text("name", lang)
    return translate("The chosen point", lang)


def is_within_reach(point: Point, town: Bounds) -> bool:
    """Whether a day on foot in the town may begin or end there."""
    wide = Bounds(
        south=town.south - REACH_DEGREES,
        west=town.west - REACH_DEGREES,
        north=town.north + REACH_DEGREES,
        east=town.east + REACH_DEGREES,
    )
    return point in wide
