"""A town's catalogue: the folder of files that people edit, read and checked as a whole.

    town.toml      the town            events.toml            open-factory days, who takes part
    crafts.csv     crafts, industries  hours.csv              opening hours by the week
    stations.csv   where walks begin   hours_exceptions.csv   what holds on other dates
    sites.csv      places              programmes.csv         hands-on sessions and their slots

Reading touches no database and knows no town. The first slip raises a `CatalogueError` that
says file, line and mend, so that nothing of a broken catalogue is ever loaded.
"""

from dataclasses import dataclass
from pathlib import Path

from tour.demo.cells import CatalogueError
from tour.demo.events import read_events, read_toml
from tour.demo.hours import read_hours, read_hours_exceptions
from tour.demo.places import read_crafts, read_sites, read_stations
from tour.demo.programmes import read_programmes
from tour.demo.records import (
    CraftRecord,
    EventRecord,
    HoursExceptionRecord,
    ProgrammeRecord,
    SiteRecord,
    StationRecord,
    WeeklyHours,
    YearlyDay,
)
from tour.errors import ConfigurationError
from tour.town import Town, read_town

__all__ = ["Catalogue", "CatalogueError", "read_catalogue", "read_places"]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything of a folder; every slug in it leads somewhere."""

    town: Town
    crafts: tuple[CraftRecord, ...]
    stations: tuple[StationRecord, ...]
    sites: tuple[SiteRecord, ...]
    hours: tuple[WeeklyHours, ...]
    hours_exceptions: tuple[HoursExceptionRecord, ...]
    events: tuple[EventRecord, ...]
    programmes: tuple[ProgrammeRecord, ...]


def read_catalogue(folder: Path) -> Catalogue:
    """Read and check a folder; raises CatalogueError at the first slip."""
    town = _town(folder)
    crafts = read_crafts(folder / "crafts.csv", town)
    stations = read_stations(folder / "stations.csv", town)
    sites = read_sites(
        folder / "sites.csv", town, crafts=crafts, sample_marks=_sample_marks(folder, town)
    )
    events = read_events(folder / "events.toml", town, sites=sites)
    hours = read_hours(folder / "hours.csv", sites)
    exceptions = read_hours_exceptions(
        folder / "hours_exceptions.csv", town, sites=sites, events=events
    )
    programmes = read_programmes(folder / "programmes.csv", town, sites=sites, events=events)
    return Catalogue(
        town=town,
        crafts=tuple(crafts.values()),
        stations=tuple(stations.values()),
        sites=tuple(sites.values()),
        hours=tuple(hours),
        hours_exceptions=tuple(exceptions),
        events=tuple(events.values()),
        programmes=tuple(programmes.values()),
    )


def read_places(folder: Path) -> Catalogue:
    """A town's own places, without samples; raises CatalogueError at the first slip.

    Events and sessions are left out: a town makes its own in the console, and the dates and the
    taken seats of these files are the demonstration's.
    """
    town = _town(folder)
    crafts = read_crafts(folder / "crafts.csv", town)
    stations = read_stations(folder / "stations.csv", town)
    marks = _sample_marks(folder, town)
    sites = read_sites(folder / "sites.csv", town, crafts=crafts, sample_marks=marks)
    file = folder / "events.toml"
    events = read_events(file, town, sites=sites) if file.exists() else {}
    hours = read_hours(folder / "hours.csv", sites)
    exceptions = read_hours_exceptions(
        folder / "hours_exceptions.csv", town, sites=sites, events=events
    )
    own = {slug: site for slug, site in sites.items() if not site.is_sample}
    return Catalogue(
        town=town,
        crafts=tuple(crafts.values()),
        stations=tuple(stations.values()),
        sites=tuple(own.values()),
        hours=tuple(row for row in hours if row.site in own),
        hours_exceptions=tuple(
            row for row in exceptions if row.site in own and isinstance(row.rule, YearlyDay)
        ),
        events=(),
        programmes=(),
    )


def _town(folder: Path) -> Town:
    try:
        return read_town(folder)
    except ConfigurationError as exc:
        raise CatalogueError(str(exc)) from exc


def _sample_marks(folder: Path, town: Town) -> dict[str, str]:
    """What the names of samples carry, by language."""
    file = folder / "town.toml"
    marks = read_toml(file).get("sample_mark", {})
    for lang in town.languages:
        if not isinstance(marks.get(lang), str) or not marks[lang].strip():
            raise CatalogueError(f"{file}, [sample_mark]: {lang} must be a text such as 'sample'")
    return {lang: marks[lang] for lang in town.languages}
