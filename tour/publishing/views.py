"""The published map as its pages show it, in the reader's language."""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from tour.events.states import ParticipationRole
from tour.i18n import translate
from tour.publishing.drawing import marks
from tour.publishing.drawing.symbols import course_letter, course_sample
from tour.publishing.published_map import MapCourse, MapSite, PublishedMap, text_in
from tour.sites.choices import ACCESS, KINDS
from tour.sites.views import day_hours
from tour.web.templates import metres
from tour.web.tokens import colour


@dataclass(frozen=True, slots=True)
class SiteOnMap:
    """One numbered line of the list; `hours` is (days, times), without days where all are alike."""

    number: int
    slug: str
    name: str
    own_name: str
    kind: str
    kind_label: str
    craft: str
    address: str
    hours: tuple[tuple[tuple[date, ...], str], ...]
    access: tuple[str, ...]
    sample: bool
    says_sample: bool
    """Whether its name says so already."""
    nearby: bool
    approximate: bool
    on_map: bool
    mark: Markup


@dataclass(frozen=True, slots=True)
class CourseLine:
    letter: str
    title: str
    numbers: tuple[int, ...]
    distance: str
    minutes: int
    approximate: bool
    walked: bool
    sample: Markup


@dataclass(frozen=True, slots=True)
class MapView:
    """Everything a template of the map needs."""

    slug: str
    title: str
    summary: str
    dates: tuple[date, ...]
    opens_closes: str
    places: tuple[SiteOnMap, ...]
    courses: tuple[CourseLine, ...]
    kinds: tuple[tuple[str, str, Markup], ...]
    version: int
    published_on: date | None

    @property
    def has_samples(self) -> bool:
        return any(site.sample for site in self.places)

    @property
    def has_nearby(self) -> bool:
        return any(site.nearby for site in self.places)

    @property
    def has_approximate(self) -> bool:
        return any(site.approximate for site in self.places)


def map_view(published: PublishedMap, lang: str) -> MapView:
    return MapView(
        slug=published.slug,
        title=text_in(published.titles, lang),
        summary=text_in(published.summaries, lang),
        dates=published.dates,
        opens_closes=published.span.in_language(lang),
        places=tuple(_site_on_map(site, published.dates, lang) for site in published.places),
        courses=tuple(_course_line(i, course, lang) for i, course in enumerate(published.courses)),
        kinds=tuple(
            (kind.value, KINDS[kind].label.in_language(lang), marks.mark(kind))
            for kind in published.kinds
        ),
        version=published.version,
        published_on=published.published_on,
    )


def _site_on_map(site: MapSite, dates: tuple[date, ...], lang: str) -> SiteOnMap:
    name = text_in(site.names, lang)
    nearby = site.role == ParticipationRole.NEARBY
    own_name = next(iter(site.names.values()), "")
    return SiteOnMap(
        number=site.number,
        slug=site.slug,
        name=name,
        own_name="" if own_name == name else own_name,
        kind=site.kind.value,
        kind_label=KINDS[site.kind].label.in_language(lang),
        craft=text_in(site.crafts, lang),
        address=text_in(site.addresses, lang),
        hours=_hours(site, dates, lang),
        access=tuple(ACCESS[name].in_language(lang) for name in site.access if name in ACCESS),
        sample=site.sample,
        says_sample=translate("Sample", lang).lower() in name.lower(),
        nearby=nearby,
        approximate=site.approximate,
        on_map=site.point is not None,
        mark=marks.mark(site.kind, "" if nearby else colour("paper")),
    )


def _hours(
    site: MapSite, dates: tuple[date, ...], lang: str
) -> tuple[tuple[tuple[date, ...], str], ...]:
    if site.hours is None:
        return (((), translate("Hours: please ask the place", lang)),)
    sessions = site.sessions or ((),) * len(site.hours)
    times = [day_hours(*of_day, lang) for of_day in zip(site.hours, sessions, strict=True)]
    if len(set(times)) == 1:
        return (((), times[0]),)
    days: dict[str, tuple[date, ...]] = {}
    for day, text in zip(dates, times, strict=True):
        days[text] = (*days.get(text, ()), day)
    return tuple((same, text) for text, same in days.items())


def _course_line(number: int, course: MapCourse, lang: str) -> CourseLine:
    return CourseLine(
        letter=course_letter(number),
        title=text_in(course.titles, lang),
        numbers=course.numbers,
        distance=metres(course.distance_m),
        minutes=course.minutes,
        approximate=course.approximate,
        walked=bool(course.line),
        sample=course_sample(number),
    )
