"""Searching a town: its sites with their sessions and the stations near them."""

from collections.abc import Iterable, Iterator

from tour.geo import distance_m
from tour.programmes.entries import Board, ProgrammeEntry
from tour.sites.entries import Catalogue, SiteEntry, StationEntry
from tour.sites.finding.facts import language_entries, price_entries, station_entry
from tour.sites.finding.ranking import Finder
from tour.sites.finding.search import Entry, Found, Index, make_entry

NEAR_M = 1000
"""What is called near a station, in a straight line."""
NEAR_DEGREES = 0.01
"""A little more than that in latitude, anywhere: most stations need no more than this."""


class FinderShelf:
    """Keeps the finder made of the present words of places and sessions; others make another, when
    somebody searches."""

    def __init__(self) -> None:
        self._made_of: int | None = None
        self._finder: Finder | None = None

    def of(self, catalogue: Catalogue, board: Board) -> Finder:
        if self._finder is None or self._made_of != catalogue.words:
            self._finder, self._made_of = make_finder(catalogue, board), catalogue.words
        return self._finder


def make_finder(catalogue: Catalogue, board: Board) -> Finder:
    sessions: dict[int, list[ProgrammeEntry]] = {}
    for programme in board.programmes.values():
        sessions.setdefault(programme.site_id, []).append(programme)
    return Finder(
        {
            site.id: _index(site, sessions.get(site.id, ()), catalogue.stations)
            for site in catalogue.sites
        },
        catalogue.vocabulary,
    )


def _index(
    site: SiteEntry, sessions: Iterable[ProgrammeEntry], stations: Iterable[StationEntry]
) -> Index:
    sessions = list(sessions)
    return (
        *site.index,
        *(_session(session) for session in sessions),
        *language_entries(code for session in sessions for code in session.languages),
        *price_entries(session.price_yen for session in sessions),
        *_stations(site, stations),
    )


def _session(session: ProgrammeEntry) -> Entry:
    translated = [
        texts.get(name, "")
        for texts in session.translations.values()
        for name in ("title", "summary")
    ]
    texts = (session.own["title"], session.own["summary"], *translated)
    return make_entry(Found.SESSION, str(session.id), texts)


def _stations(site: SiteEntry, stations: Iterable[StationEntry]) -> Iterator[Entry]:
    """Nearest first."""
    if site.point is None:
        return
    near = []
    for station in stations:
        if abs(station.point.lat - site.point.lat) < NEAR_DEGREES:
            distance = distance_m(site.point, station.point)
            if distance <= NEAR_M:
                near.append((distance, station))
    for _distance, station in sorted(near, key=lambda pair: pair[0]):
        names = [texts.get("name", "") for texts in station.translations.values()]
        yield station_entry(station.id, station.name, station.reading, tuple(filter(None, names)))
