"""Places as they stood when they were read: frozen values that pages, plans and API share. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tour.geo import Point
from tour.i18n import localized, translate
from tour.sites.finding.search import Entry, Found, Index, make_entry
from tour.sites.opening.hours import Hours
from tour.sites.states import DoorState, PointQuality, SiteKind
from tour.words.vocabulary import Vocabulary

Translations = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class CraftEntry:
    id: str
    kind: SiteKind
    name: str
    emblem: str
    readings: tuple[str, ...]
    """In kana and in Latin letters."""
    translations: Translations

    @property
    def entry(self) -> Entry:
        """What every site of the craft can be found by."""
        translated = (texts.get("name", "") for texts in self.translations.values())
        kana, *latin = self.readings
        return make_entry(Found.CRAFT, self.id, (self.name, *latin, *translated), (kana,))

    def name_in(self, lang: str) -> str:
        return localized({"name": self.name}, "name", lang, self.translations)


LIFT = "lift"
"""The kind of a stop on a hillside lift: no train brings anybody there."""


@dataclass(frozen=True, slots=True)
class StationEntry:
    id: str
    name: str
    kind: str
    point: Point
    translations: Translations
    reading: str = ""

    def name_in(self, lang: str) -> str:
        return localized({"name": self.name}, "name", lang, self.translations)

    def called_in(self, lang: str) -> str:
        """王子駅; a lift's stop is no station and goes by its bare name."""
        name = self.name_in(lang)
        return name if self.kind == LIFT else translate("%(name)s station", lang, name=name)


@dataclass(frozen=True, slots=True)
class Approach:
    """The walk from the nearest station; `approximate` where no street data covers it (目安)."""

    station: StationEntry
    distance_m: float
    minutes: int
    approximate: bool


@dataclass(frozen=True, slots=True)
class PhotoEntry:
    """`name` is that of its files without the width; `width` and `height` are of the largest."""

    name: str
    width: int
    height: int
    alt: str
    translations: Translations

    def alt_in(self, lang: str) -> str:
        return localized({"alt": self.alt}, "alt", lang, self.translations)


@dataclass(frozen=True, slots=True)
class DoorEntry:
    """What the host last said about a date, as it happened."""

    on_date: date
    state: DoorState
    closed_minute: int | None
    waiting_minutes: int
    delay_minutes: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class SiteEntry:
    """One published site. `point` is its entrance where known, else its building."""

    id: int
    slug: str
    kind: SiteKind
    craft: CraftEntry | None
    own: Mapping[str, str]
    name_kana: str
    translations: Translations
    point: Point | None
    quality: PointQuality
    point_source: str
    access_features: tuple[str, ...]
    languages: tuple[str, ...]
    url: str
    is_sample: bool
    hours: Hours
    index: Index
    approach: Approach | None = None
    photos: tuple[PhotoEntry, ...] = ()
    door: DoorEntry | None = None
    phone: str = ""

    @property
    def is_walkable(self) -> bool:
        """Whether a walk may lead here: a town-level point would lead to somebody's door."""
        return self.point is not None and self.quality != PointQuality.TOWN

    def text(self, name: str, lang: str) -> str:
        return localized(self.own, name, lang, self.translations)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every published site, station and craft as the news up to `revision` had it.

    `stations` are those that one arrives at; a kept plan or link may still name one of `lifts`.
    `ground` is the number of the news that last moved a point from which or to which one walks,
    `words` of those that last changed a text that is searched.
    """

    revision: int
    sites: tuple[SiteEntry, ...]
    stations: tuple[StationEntry, ...]
    by_slug: Mapping[str, SiteEntry]
    by_id: Mapping[int, SiteEntry]
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    ground: int = 0
    words: int = 0
    lifts: tuple[StationEntry, ...] = ()

    def station(self, station_id: str) -> StationEntry | None:
        return next((s for s in (*self.stations, *self.lifts) if s.id == station_id), None)

    def point_of(self, name: str) -> Point | None:
        """Where a station's id or a site's slug is, if a walk may lead there."""
        if station := self.station(name):
            return station.point
        site = self.by_slug.get(name)
        return site.point if site and site.is_walkable else None
